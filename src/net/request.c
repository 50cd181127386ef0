/* SPDX-License-Identifier: Apache-2.0
 * A request owns a copy of its head and body, so it outlives the connection: a late answer to a
 * client that left is simply dropped. Requests are freed when the next one starts on the same
 * connection, or by the sweep. */
#include "net/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "os/os.h"

struct tl_net_request *tl_net_request_create(struct net_conn *conn, const char *head, size_t size)
{
    struct tl_net_request *request = calloc(1, sizeof *request);
    if (!request) return NULL;
    if (size > 0) {
        request->head_bytes = malloc(size);
        if (!request->head_bytes) {
            free(request);
            return NULL;
        }
        memcpy(request->head_bytes, head, size);
        /* Parsed before and found whole: this only sets the pointers into our own copy. */
        (void)tl_http_parse_request(request->head_bytes, size, &request->head);
    }
    request->net = conn->net;
    request->conn = conn;
    request->next = conn->net->requests;
    if (request->next) request->next->previous = request;
    conn->net->requests = request;
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
    free(request->head_bytes);
    free(request->body);
    free(request);
}

bool tl_net_request_body_append(struct tl_net_request *request, const char *data, size_t size)
{
    if (size > request->net->body_max - request->body_size) return false;
    if (request->body_capacity - request->body_size < size) {
        size_t capacity = request->body_capacity ? request->body_capacity : 1024;
        while (capacity - request->body_size < size)
            capacity *= 2;
        char *grown = realloc(request->body, capacity);
        if (!grown) return false;
        request->body = grown;
        request->body_capacity = capacity;
    }
    if (size) memcpy(request->body + request->body_size, data, size);
    request->body_size += size;
    return true;
}

/* --- what handlers ask ---------------------------------------------------------------------- */

struct tl_str tl_net_method(const struct tl_net_request *request)
{
    return request->head.method;
}

struct tl_str tl_net_path(const struct tl_net_request *request)
{
    return request->head.path;
}

struct tl_str tl_net_query(const struct tl_net_request *request)
{
    return request->head.query;
}

struct tl_str tl_net_header(const struct tl_net_request *request, const char *name)
{
    return tl_http_header_get(&request->head, name);
}

struct tl_str tl_net_body(const struct tl_net_request *request)
{
    return (struct tl_str){request->body, request->body_size};
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
    struct tl_str rest = request->head.query, pair, key;
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
        if (tl_http_equal_fold((struct tl_str){host.data, size}, tl_str_from(names[i])))
            return true;
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
        return tl_http_equal_fold(name, tl_net_header(request, "host"));
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

static const char *reason_phrase(int status)
{
    static const struct {
        int status;
        const char *phrase;
    } phrases[] = {
        {200, "OK"},           {204, "No Content"},          {304, "Not Modified"},
        {400, "Bad Request"},  {401, "Unauthorized"},        {403, "Forbidden"},
        {404, "Not Found"},    {405, "Method Not Allowed"},  {408, "Request Timeout"},
        {409, "Conflict"},     {412, "Precondition Failed"}, {413, "Content Too Large"},
        {500, "Server Error"}, {502, "Bad Gateway"},         {503, "Service Unavailable"}};
    for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++)
        if (phrases[i].status == status) return phrases[i].phrase;
    return status < 400 ? "OK" : "Error";
}

static size_t write_head(char *out, size_t capacity, const struct tl_net_request *request,
                         int status, const char *content_type, const char *headers, size_t size)
{
    char date[64] = "", length[64] = "", type[256] = "";
    time_t seconds = (time_t)(tl_os_now() / TL_NS_PER_S);
    struct tm broken;
    if (gmtime_r(&seconds, &broken))
        strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &broken);
    if (status != 204 && status != 304)
        snprintf(length, sizeof length, "content-length: %zu\r\n", size);
    if (content_type) snprintf(type, sizeof type, "content-type: %s\r\n", content_type);
    int used = snprintf(out, capacity, "HTTP/1.1 %d %s\r\ndate: %s\r\n%s%s%sconnection: %s\r\n\r\n",
                        status, reason_phrase(status), date, type, length, headers ? headers : "",
                        request->conn->close_after ? "close" : "keep-alive");
    return used > 0 && (size_t)used < capacity ? (size_t)used : 0;
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
    if (conn->net->draining) conn->close_after = true;
    bool bare = status == 204 || status == 304 || tl_str_is(request->head.method, "HEAD");
    size_t head_capacity = 1024 + (headers ? strlen(headers) : 0);
    size_t body_size = bare ? 0 : body.size;
    char *out = malloc(head_capacity + body_size);
    size_t head =
        out ? write_head(out, head_capacity, request, status, content_type, headers, body.size) : 0;
    if (head == 0) {
        free(out);
        tl_net_link_close(conn->link);
        return;
    }
    if (body_size) memcpy(out + head, body.data, body_size);
    tl_net_conn_answer(conn, out, head + body_size);
}

void tl_net_reply_error(struct tl_net_request *request, int status, const char *word)
{
    char body[128];
    int size = snprintf(body, sizeof body, "{\"error\":\"%s\"}", word);
    tl_net_reply(request, status, "application/json", NULL, (struct tl_str){body, (size_t)size});
}
