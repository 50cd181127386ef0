/* SPDX-License-Identifier: Apache-2.0
 * HTTP/1.1 client for one request a connection ("connection: close"): written, read to its end,
 * handed to tl_net_reply. Bounded: 8 MiB of answer, 64 at once, one deadline for the whole. No
 * redirects are followed: a bearer token must not travel. HEAD is asked as GET and its body left
 * out, which is what HEAD means. */
#include "net/proxy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "os/os.h"

struct net_upstream {
    struct tl_net *net;
    struct tl_net_link *link;
    struct net_upstream *previous, *next;
    struct tl_net_request *request; /* NULL: answered */
    char *out;
    size_t out_size, out_sent;
    char *in;
    size_t in_size, in_capacity;
    bool head_done;
    int status;
    char content_type[128], etag[128];
    bool chunked, has_length, bodyless;
    uint64_t length;
    struct tl_http_chunked decoder;
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
    *port = (int)number;
    return true;
}

/* Answers 502 once; the link closes in any case. */
static void upstream_fail(struct net_upstream *upstream)
{
    struct tl_net_request *request = upstream->request;
    tl_net_link_close(upstream->link);
    if (!request) return;
    upstream->request = NULL;
    request->upstream = NULL;
    upstream->net->counts.upstream_failed++;
    tl_net_reply(request, 502, "application/json", upstream->reply_headers,
                 tl_str_from("{\"error\":\"upstream unavailable\"}"));
}

static void upstream_done(struct net_upstream *upstream)
{
    struct tl_net_request *request = upstream->request;
    char headers[sizeof upstream->reply_headers + sizeof upstream->etag + 16];
    tl_net_link_close(upstream->link);
    if (!request) return;
    upstream->request = NULL;
    request->upstream = NULL;
    snprintf(headers, sizeof headers, "%s%s%s%s", upstream->reply_headers,
             upstream->etag[0] ? "etag: " : "", upstream->etag, upstream->etag[0] ? "\r\n" : "");
    tl_net_reply(request, upstream->status,
                 upstream->content_type[0] ? upstream->content_type : NULL, headers,
                 (struct tl_str){upstream->in, upstream->in_size});
}

/* --- reading the answer --------------------------------------------------------------------- */

static bool append(struct net_upstream *upstream, const char *data, size_t size)
{
    if (size > NET_UPSTREAM_BODY_MAX + NET_HEAD_MAX - upstream->in_size) return false;
    if (upstream->in_capacity - upstream->in_size < size) {
        size_t capacity = upstream->in_capacity ? upstream->in_capacity : 16384;
        while (capacity - upstream->in_size < size)
            capacity *= 2;
        char *grown = realloc(upstream->in, capacity);
        if (!grown) return false;
        upstream->in = grown;
        upstream->in_capacity = capacity;
    }
    memcpy(upstream->in + upstream->in_size, data, size);
    upstream->in_size += size;
    return true;
}

static void copy_header(const struct tl_http_head *head, const char *name, char *to, size_t size)
{
    struct tl_str value = tl_http_header_get(head, name);
    to[0] = '\0';
    if (value.size < size && value.size > 0)
        snprintf(to, size, "%.*s", (int)value.size, value.data);
}

/* false: not an answer we can pass on. */
static bool read_head(struct net_upstream *upstream)
{
    struct tl_http_head head;
    do {
        enum tl_http_result result = tl_http_parse_response(upstream->in, upstream->in_size, &head);
        if (result == TL_HTTP_MORE) return upstream->in_size < NET_HEAD_MAX;
        if (result != TL_HTTP_DONE || head.status == 101) return false;
        upstream->status = head.status;
        copy_header(&head, "content-type", upstream->content_type, sizeof upstream->content_type);
        copy_header(&head, "etag", upstream->etag, sizeof upstream->etag);
        upstream->in_size -= head.size;
        memmove(upstream->in, upstream->in + head.size, upstream->in_size);
    } while (head.status < 200); /* 100 Continue and its like */
    upstream->head_done = true;
    upstream->chunked = head.chunked;
    upstream->has_length = head.has_length;
    upstream->length = head.length;
    upstream->bodyless = head.status == 204 || head.status == 304;
    return upstream->length <= NET_UPSTREAM_BODY_MAX;
}

/* Decodes the chunked bytes that start at `fresh`; the body so far stays in front of them. */
static bool read_chunked(struct net_upstream *upstream, size_t fresh)
{
    size_t used, payload;
    enum tl_http_result result = tl_http_chunked_feed(&upstream->decoder, upstream->in + fresh,
                                                      upstream->in_size - fresh, &used, &payload);
    upstream->in_size = fresh + payload;
    if (result == TL_HTTP_DONE) upstream_done(upstream);
    return result == TL_HTTP_DONE || result == TL_HTTP_MORE;
}

static void upstream_received(void *owner, char *data, size_t size)
{
    struct net_upstream *upstream = owner;
    size_t fresh = upstream->in_size;
    if (!upstream->request || !append(upstream, data, size)) {
        upstream_fail(upstream);
        return;
    }
    if (!upstream->head_done) {
        fresh = 0;
        if (!read_head(upstream)) {
            upstream_fail(upstream);
            return;
        }
        if (!upstream->head_done) return;
    }
    if (upstream->bodyless) {
        upstream->in_size = 0;
        upstream_done(upstream);
    } else if (upstream->chunked) {
        if (!read_chunked(upstream, fresh)) upstream_fail(upstream);
    } else if (upstream->has_length && upstream->in_size >= upstream->length) {
        upstream->in_size = (size_t)upstream->length;
        upstream_done(upstream);
    } else if (upstream->in_size > NET_UPSTREAM_BODY_MAX) {
        upstream_fail(upstream);
    }
}

static void upstream_writable(void *owner)
{
    struct net_upstream *upstream = owner;
    while (upstream->out_sent < upstream->out_size) {
        struct iovec part = {upstream->out + upstream->out_sent,
                             upstream->out_size - upstream->out_sent};
        long sent = tl_net_link_send(upstream->link, &part, 1);
        if (sent <= 0) return;
        upstream->out_sent += (size_t)sent;
    }
}

static void upstream_closed(void *owner)
{
    struct net_upstream *upstream = owner;
    if (upstream->request) {
        bool whole = upstream->head_done && !upstream->chunked && !upstream->has_length;
        if (whole)
            upstream_done(upstream);
        else
            upstream_fail(upstream);
    }
    if (upstream->previous)
        upstream->previous->next = upstream->next;
    else
        upstream->net->upstreams = upstream->next;
    if (upstream->next) upstream->next->previous = upstream->previous;
    upstream->net->upstream_count--;
    if (upstream->out) memset(upstream->out, 0, upstream->out_size); /* held the token */
    free(upstream->out);
    free(upstream->in);
    free(upstream);
}

struct net_upstream *tl_net_proxy_sweep(struct net_upstream *upstream, tl_ns now)
{
    struct net_upstream *next = upstream->next;
    /* A client that left takes its upstream request with it. */
    if (upstream->request && !upstream->request->conn) {
        upstream->request->replied = true;
        upstream->request->upstream = NULL;
        upstream->request = NULL;
        tl_net_link_close(upstream->link);
    } else if (now > upstream->deadline) {
        upstream_fail(upstream);
    }
    return next;
}

/* --- asking --------------------------------------------------------------------------------- */

static size_t head_capacity(const struct tl_net_request *request,
                            const struct tl_net_upstream *options, const char *host)
{
    size_t size = 256 + strlen(host) + strlen(options->path);
    if (options->bearer) size += strlen(options->bearer);
    for (const char *const *name = options->forward_headers; name && *name; name++)
        size += strlen(*name) + tl_net_header(request, *name).size + 4;
    return size;
}

static bool write_request(struct net_upstream *upstream, const struct tl_net_upstream *options,
                          const char *host, int port)
{
    const struct tl_net_request *request = upstream->request;
    struct tl_str method = tl_net_method(request), body = tl_net_body(request);
    size_t capacity = head_capacity(request, options, host) + body.size;
    upstream->out = malloc(capacity);
    if (!upstream->out) return false;
    struct tl_text text = {.data = upstream->out, .capacity = capacity};
    tl_text_str(&text, tl_str_is(method, "HEAD") ? tl_str_from("GET") : method);
    tl_text_byte(&text, ' ');
    tl_text_lit(&text, options->path);
    tl_text_lit(&text, " HTTP/1.1\r\nhost: ");
    tl_text_lit(&text, host);
    tl_text_byte(&text, ':');
    tl_text_i64(&text, port);
    tl_text_lit(&text, "\r\nconnection: close\r\naccept: */*\r\n");
    if (options->bearer) {
        tl_text_lit(&text, "authorization: Bearer ");
        tl_text_lit(&text, options->bearer);
        tl_text_lit(&text, "\r\n");
    }
    for (const char *const *name = options->forward_headers; name && *name; name++) {
        struct tl_str value = tl_net_header(request, *name);
        if (!value.data) continue;
        tl_text_lit(&text, *name);
        tl_text_lit(&text, ": ");
        tl_text_str(&text, value);
        tl_text_lit(&text, "\r\n");
    }
    if (body.size || tl_str_is(method, "POST") || tl_str_is(method, "PUT")) {
        tl_text_lit(&text, "content-length: ");
        tl_text_u64(&text, body.size);
        tl_text_lit(&text, "\r\n");
    }
    tl_text_lit(&text, "\r\n");
    tl_text_str(&text, body);
    upstream->out_size = text.size;
    return !text.overflow;
}

void tl_net_proxy(struct tl_net_request *request, const struct tl_net_upstream *options)
{
    static const struct tl_net_link_ops ops = {upstream_received, upstream_writable,
                                               upstream_closed};
    struct tl_net *net = request->net;
    char host[256];
    int port;
    struct net_upstream *upstream = NULL;
    if (net->upstream_count < NET_UPSTREAMS_MAX && request->conn &&
        tl_net_url_parse(options->url, host, sizeof host, &port))
        upstream = calloc(1, sizeof *upstream);
    if (upstream) {
        upstream->net = net;
        upstream->request = request;
        upstream->deadline = tl_os_monotonic() + (tl_ns)options->timeout_ms * TL_NS_PER_MS;
        if (options->reply_headers)
            snprintf(upstream->reply_headers, sizeof upstream->reply_headers, "%s",
                     options->reply_headers);
        if (write_request(upstream, options, host, port))
            upstream->link = tl_net_link_connect(net->loop, host, port, &ops, upstream);
    }
    if (!upstream || !upstream->link) {
        if (upstream) free(upstream->out);
        free(upstream);
        net->counts.upstream_failed++;
        tl_net_reply(request, 502, "application/json", options->reply_headers,
                     tl_str_from("{\"error\":\"upstream unavailable\"}"));
        return;
    }
    request->upstream = upstream;
    upstream->next = net->upstreams;
    if (upstream->next) upstream->next->previous = upstream;
    net->upstreams = upstream;
    net->upstream_count++;
}
