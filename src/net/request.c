/* SPDX-License-Identifier: Apache-2.0
 * What handlers see of a request lives in the library's own request. When the connection goes first
 * (the client left, or the net closes), the library's request is taken over, so strings handed out
 * stay valid and a late answer is simply dropped; the sweep frees it once it is answered. */
#include "net/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "os/os.h"

struct tl_net_request *tl_net_request_create(struct net_conn *conn, struct evhttp_request *http)
{
    struct tl_net_request *request = calloc(1, sizeof *request);
    if (!request) return NULL;
    request->net = conn->net;
    request->conn = conn;
    request->http = http;
    request->method = "?";
    request->next = conn->net->requests;
    if (request->next) request->next->previous = request;
    conn->net->requests = request;
    conn->request = request;
    return request;
}

void tl_net_request_destroy(struct tl_net_request *request)
{
    if (request->conn) request->conn->request = NULL;
    if (request->previous)
        request->previous->next = request->next;
    else
        request->net->requests = request->next;
    if (request->next) request->next->previous = request->previous;
    if (!request->conn && request->http) evhttp_request_free(request->http);
    free(request);
}

void tl_net_request_orphan(struct tl_net_request *request)
{
    evhttp_request_own(request->http);
    if (request->conn->refusal) request->replied = true;
    request->conn->request = NULL;
    request->conn = NULL;
}

/* --- what handlers ask ---------------------------------------------------------------------- */

struct tl_str tl_net_method(const struct tl_net_request *request)
{
    return tl_str_from(request->method);
}

struct tl_str tl_net_path(const struct tl_net_request *request)
{
    return request->path;
}

struct tl_str tl_net_query(const struct tl_net_request *request)
{
    return request->query;
}

struct tl_str tl_net_header(const struct tl_net_request *request, const char *name)
{
    const char *value = evhttp_find_header(evhttp_request_get_input_headers(request->http), name);
    return value ? tl_str_trim(tl_str_from(value)) : (struct tl_str){NULL, 0};
}

struct tl_str tl_net_body(const struct tl_net_request *request)
{
    struct evbuffer *body = evhttp_request_get_input_buffer(request->http);
    return (struct tl_str){(const char *)evbuffer_pullup(body, -1), evbuffer_get_length(body)};
}

static char lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte + ('a' - 'A')) : byte;
}

bool tl_net_equal_fold(struct tl_str a, struct tl_str b)
{
    if (a.size != b.size) return false;
    for (size_t i = 0; i < a.size; i++)
        if (lower(a.data[i]) != lower(b.data[i])) return false;
    return true;
}

bool tl_net_has_token(struct tl_str value, const char *token)
{
    struct tl_str part, want = tl_str_from(token);
    while (tl_str_cut(&value, ',', &part))
        if (tl_net_equal_fold(tl_str_trim(part), want)) return true;
    return false;
}

static int hex_digit(char byte)
{
    if (byte >= '0' && byte <= '9') return byte - '0';
    if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
    if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
    return -1;
}

/* Decodes %xx and '+' into value; false: bad escape, NUL, or longer than capacity - 1. */
static bool decode(struct tl_str raw, char *value, size_t capacity)
{
    size_t size = 0;
    for (size_t i = 0; i < raw.size; i++) {
        char byte = raw.data[i] == '+' ? ' ' : raw.data[i];
        if (byte == '%') {
            int high = i + 2 < raw.size ? hex_digit(raw.data[i + 1]) : -1;
            int low = i + 2 < raw.size ? hex_digit(raw.data[i + 2]) : -1;
            if (high < 0 || low < 0) return false;
            byte = (char)(high * 16 + low);
            i += 2;
        }
        if (byte == '\0' || size + 1 >= capacity) return false;
        value[size++] = byte;
    }
    value[size] = '\0';
    return true;
}

bool tl_net_query_get(const struct tl_net_request *request, const char *name, int nth, char *value,
                      size_t capacity, bool *bad)
{
    struct tl_str rest = request->query, pair, key;
    char decoded[64];
    *bad = false;
    while (tl_str_cut(&rest, '&', &pair)) {
        struct tl_str tail = pair;
        if (!tl_str_cut(&tail, '=', &key)) continue;
        if (!decode(key, decoded, sizeof decoded) || strcmp(decoded, name) != 0) continue;
        if (nth-- > 0) continue;
        *bad = !decode(tail, value, capacity);
        return true;
    }
    return false;
}

/* --- who may ask ---------------------------------------------------------------------------- */

static bool loopback_host(struct tl_str host)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t size = strlen(names[i]);
        if (host.size < size || (host.size > size && host.data[size] != ':')) continue;
        if (tl_net_equal_fold((struct tl_str){host.data, size}, tl_str_from(names[i]))) return true;
    }
    return false;
}

struct tl_str tl_net_cors_origin(const struct tl_net_request *request)
{
    struct tl_str rest = tl_str_from(request->net->cors_origins), one;
    struct tl_str origin = tl_net_header(request, "origin");
    while (origin.size && tl_str_cut(&rest, ',', &one))
        if (tl_str_equal(tl_str_trim(one), origin)) return origin;
    return (struct tl_str){NULL, 0};
}

static bool host_allowed(const struct tl_net_request *request)
{
    return !request->net->loopback || loopback_host(tl_net_header(request, "host"));
}

static bool origin_is_host(const struct tl_net_request *request, struct tl_str origin)
{
    for (size_t i = 0; i + 3 <= origin.size; i++) {
        if (memcmp(origin.data + i, "://", 3) != 0) continue;
        struct tl_str name = {origin.data + i + 3, origin.size - i - 3};
        return tl_net_equal_fold(name, tl_net_header(request, "host"));
    }
    return false; /* "null": a sandboxed page or a local file */
}

bool tl_net_origin_allowed(const struct tl_net_request *request)
{
    struct tl_str origin = tl_net_header(request, "origin");
    if (!origin.data || tl_net_cors_origin(request).size) return true;
    return host_allowed(request) && origin_is_host(request, origin);
}

bool tl_net_own_page(const struct tl_net_request *request, bool *told)
{
    struct tl_str origin = tl_net_header(request, "origin");
    struct tl_str site = tl_net_header(request, "sec-fetch-site");
    *told = origin.data || site.data;
    if (!host_allowed(request)) return false;
    if (origin.data && !origin_is_host(request, origin)) return false;
    return !site.data || tl_str_is(site, "same-origin") || tl_str_is(site, "none");
}

/* --- answers -------------------------------------------------------------------------------- */

/* "name: value\r\n" lines into the library's list. */
static void add_lines(struct evkeyvalq *to, const char *lines)
{
    char *copy = lines ? strdup(lines) : NULL, *rest = copy, *line;
    while ((line = strsep(&rest, "\r\n"))) {
        char *name = strsep(&line, ":");
        if (line) evhttp_add_header(to, name, line + strspn(line, " "));
    }
    free(copy);
}

/* The last byte has gone to the kernel; the library frees its request after this. */
static void on_sent(struct evhttp_request *http, void *context)
{
    struct tl_net_request *request = context;
    struct net_conn *conn = request->conn;
    bool last = request->last;
    (void)http;
    request->http = NULL;
    tl_net_request_destroy(request);
    if (!last) tl_net_conn_ready(conn);
}

void tl_net_reply(struct tl_net_request *request, int status, const char *content_type,
                  const char *headers, struct tl_str body)
{
    if (request->replied) {
        tl_log_rare(TL_LOG_ERROR, "net", "twice", "a request was answered twice");
        return;
    }
    request->replied = true;
    struct net_conn *conn = request->conn;
    if (!conn || conn->net->closed) return;
    if (conn->net->draining) request->last = true;
    struct evhttp_request *http = request->http;
    struct evkeyvalq *out = evhttp_request_get_output_headers(http);
    bool bodyless = status == 204 || status == 304;
    char length[32];
    snprintf(length, sizeof length, "%zu", body.size);
    if (content_type) evhttp_add_header(out, "content-type", content_type);
    if (!bodyless) evhttp_add_header(out, "content-length", length);
    add_lines(out, headers);
    evhttp_add_header(out, "connection", request->last ? "close" : "keep-alive");
    if (!bodyless && strcmp(request->method, "HEAD") != 0)
        evbuffer_add(evhttp_request_get_output_buffer(http), body.data, body.size);
    conn->phase = NET_WRITING;
    conn->deadline = tl_os_monotonic() + NET_WRITE_TIMEOUT;
    evhttp_request_set_on_complete_cb(http, on_sent, request);
    evhttp_send_reply(http, status, NULL, NULL);
    /* The library goes on reading to notice a hang-up; that would lose the answer to a client that
     * has closed its own half, and let input pile up. A broken connection shows in the writing. */
    bufferevent_disable(conn->bev, EV_READ);
}

void tl_net_reply_error(struct tl_net_request *request, int status, const char *word)
{
    char body[128];
    int size = snprintf(body, sizeof body, "{\"error\":\"%s\"}", word);
    tl_net_reply(request, status, "application/json", NULL, (struct tl_str){body, (size_t)size});
}
