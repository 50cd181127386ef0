/* SPDX-License-Identifier: Apache-2.0
 * Requests forwarded with libevent's HTTP client, one a connection ("connection: close"); the whole
 * answer is read and handed to tl_net_reply. Bounded: 8 MiB of answer, 64 at once, one deadline for
 * the whole. No redirects are followed: a bearer token must not travel. HEAD is asked as GET and its
 * body left out, which is what HEAD means.
 *
 * Names are resolved by the system's resolver, which may block for its own timeout: use addresses or
 * names in /etc/hosts. */
#include "net/proxy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "os/os.h"

struct net_upstream {
    struct tl_net *net;
    struct evhttp_connection *http;
    struct net_upstream *previous, *next;
    struct tl_net_request *request; /* NULL: answered; the sweep frees */
    char reply_headers[512];
    tl_ns deadline;
};

bool tl_net_url_parse(const char *url, char *host, size_t capacity, int *port)
{
    struct tl_str rest = tl_str_from(url);
    if (!tl_str_starts(rest, "http://")) return false;
    rest.data += 7;
    rest.size -= 7;
    if (rest.size && rest.data[rest.size - 1] == '/') rest.size--;
    bool bracket = tl_str_starts(rest, "[");
    size_t end = 0;
    while (end < rest.size && rest.data[end] != (bracket ? ']' : ':'))
        end++;
    struct tl_str name = {rest.data + bracket, end - bracket};
    if (bracket) end++;
    if (end > rest.size || name.size == 0 || name.size >= capacity) return false;
    int64_t number = 80;
    if (end < rest.size) {
        struct tl_str digits = {rest.data + end + 1, rest.size - end - 1};
        if (rest.data[end] != ':' || !tl_parse_i64(digits, &number)) return false;
    }
    if (number < 1 || number > 65535 || memchr(name.data, '/', name.size)) return false;
    memcpy(host, name.data, name.size);
    host[name.size] = '\0';
    /* localhost is IPv4 here, as for listening: an IPv6 answer first would only be refused. */
    if (strcmp(host, "localhost") == 0 && capacity > 9) memcpy(host, "127.0.0.1", 10);
    *port = (int)number;
    return true;
}

/* The request that an upstream was asked for, once. */
static struct tl_net_request *take_request(struct net_upstream *upstream)
{
    struct tl_net_request *request = upstream->request;
    upstream->request = NULL;
    if (request) request->upstream = NULL;
    return request;
}

static void reply_failed(struct tl_net_request *request, const char *headers)
{
    request->net->counts.upstream_failed++;
    tl_net_reply(request, 502, "application/json", headers,
                 tl_str_from("{\"error\":\"upstream unavailable\"}"));
}

/* The library has the whole answer, or none: NULL or status 0. */
static void on_answer(struct evhttp_request *http, void *context)
{
    struct net_upstream *upstream = context;
    struct tl_net_request *request = take_request(upstream);
    char headers[sizeof upstream->reply_headers + 256];
    int status = http ? evhttp_request_get_response_code(http) : 0;
    if (!request) return;
    if (status < 200) {
        reply_failed(request, upstream->reply_headers);
        return;
    }
    const struct evkeyvalq *from = evhttp_request_get_input_headers(http);
    const char *etag = evhttp_find_header(from, "etag");
    bool passed = etag && strlen(etag) < 128;
    snprintf(headers, sizeof headers, "%s%s%s%s", upstream->reply_headers, passed ? "etag: " : "",
             passed ? etag : "", passed ? "\r\n" : "");
    struct evbuffer *body = evhttp_request_get_input_buffer(http);
    tl_net_reply(
        request, status, evhttp_find_header(from, "content-type"), headers,
        (struct tl_str){(const char *)evbuffer_pullup(body, -1), evbuffer_get_length(body)});
}

static void upstream_free(struct net_upstream *upstream)
{
    if (upstream->previous)
        upstream->previous->next = upstream->next;
    else
        upstream->net->upstreams = upstream->next;
    if (upstream->next) upstream->next->previous = upstream->previous;
    upstream->net->upstream_count--;
    evhttp_connection_free(upstream->http); /* with its request, when that still runs */
    free(upstream);
}

struct net_upstream *tl_net_proxy_sweep(struct net_upstream *upstream, tl_ns now)
{
    struct net_upstream *next = upstream->next;
    bool client_left = upstream->request && !upstream->request->conn;
    if (upstream->request && !client_left && now <= upstream->deadline) return next;
    struct tl_net_request *request = take_request(upstream);
    if (request && client_left)
        request->replied = true;
    else if (request)
        reply_failed(request, upstream->reply_headers);
    upstream_free(upstream);
    return next;
}

void tl_net_proxy_close(struct tl_net *net)
{
    while (net->upstreams) {
        (void)take_request(net->upstreams);
        upstream_free(net->upstreams);
    }
}

/* --- asking --------------------------------------------------------------------------------- */

static enum evhttp_cmd_type command(const char *method)
{
    static const struct {
        const char *name;
        enum evhttp_cmd_type type;
    } commands[] = {{"POST", EVHTTP_REQ_POST},
                    {"PUT", EVHTTP_REQ_PUT},
                    {"DELETE", EVHTTP_REQ_DELETE},
                    {"OPTIONS", EVHTTP_REQ_OPTIONS},
                    {"PATCH", EVHTTP_REQ_PATCH}};
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(method, commands[i].name) == 0) return commands[i].type;
    return EVHTTP_REQ_GET; /* and HEAD */
}

static void add_value(struct evkeyvalq *to, const char *name, const char *before,
                      struct tl_str value)
{
    size_t capacity = strlen(before) + value.size + 1;
    char *text = malloc(capacity);
    if (!text) return;
    snprintf(text, capacity, "%s%.*s", before, (int)value.size, value.data);
    evhttp_add_header(to, name, text);
    memset(text, 0, capacity); /* may be the token */
    free(text);
}

/* Hands the request to the library; false: it could not even start. */
static bool ask(struct net_upstream *upstream, const struct tl_net_upstream *options,
                const char *host, int port)
{
    const struct tl_net_request *request = upstream->request;
    struct evhttp_request *http = evhttp_request_new(on_answer, upstream);
    char authority[NET_NAME_SIZE + 16];
    if (!http) return false;
    struct evkeyvalq *out = evhttp_request_get_output_headers(http);
    snprintf(authority, sizeof authority, "%s:%d", host, port);
    evhttp_add_header(out, "host", authority);
    evhttp_add_header(out, "connection", "close");
    evhttp_add_header(out, "accept", "*/*");
    if (options->bearer) add_value(out, "authorization", "Bearer ", tl_str_from(options->bearer));
    for (const char *const *name = options->forward_headers; name && *name; name++) {
        struct tl_str value = tl_net_header(request, *name);
        if (value.data) add_value(out, *name, "", value);
    }
    struct tl_str body = tl_net_body(request);
    evbuffer_add(evhttp_request_get_output_buffer(http), body.data, body.size);
    return evhttp_make_request(upstream->http, http, command(request->method), options->path) == 0;
}

void tl_net_proxy(struct tl_net_request *request, const struct tl_net_upstream *options)
{
    struct tl_net *net = request->net;
    char host[NET_NAME_SIZE];
    int port;
    struct net_upstream *upstream = NULL;
    if (net->upstream_count < NET_UPSTREAMS_MAX && request->conn &&
        tl_net_url_parse(options->url, host, sizeof host, &port))
        upstream = calloc(1, sizeof *upstream);
    if (upstream)
        upstream->http = evhttp_connection_base_new(net->base, NULL, host, (uint16_t)port);
    if (!upstream || !upstream->http) {
        free(upstream);
        reply_failed(request, options->reply_headers);
        return;
    }
    evhttp_connection_set_max_body_size(upstream->http, NET_UPSTREAM_BODY_MAX);
    evhttp_connection_set_max_headers_size(upstream->http, TL_HEAD_BYTES_MAX);
    upstream->net = net;
    upstream->request = request;
    upstream->deadline = tl_os_monotonic() + (tl_ns)options->timeout_ms * TL_NS_PER_MS;
    if (options->reply_headers)
        snprintf(upstream->reply_headers, sizeof upstream->reply_headers, "%s",
                 options->reply_headers);
    request->upstream = upstream;
    upstream->next = net->upstreams;
    if (upstream->next) upstream->next->previous = upstream;
    net->upstreams = upstream;
    net->upstream_count++;
    if (!ask(upstream, options, host, port) && upstream->request)
        reply_failed(take_request(upstream), options->reply_headers);
}
