/* SPDX-License-Identifier: Apache-2.0
 * HTTP and WebSocket, server side and proxy side, behind one header. The library stays inside
 * src/net. One event loop, one thread: every callback runs on the thread that calls tl_net_run. */
#ifndef TL_NET_NET_H
#define TL_NET_NET_H

#include <tapeloom/types.h>

struct tl_net;
struct tl_net_request; /* one HTTP request in progress */
struct tl_net_socket;  /* one WebSocket client */

struct tl_net_options {
    const char *host; /* "127.0.0.1" */
    int port;         /* 0: any free; tl_net_port tells */
    size_t body_max;  /* request bodies above get 413; default 16 KiB when 0 */
    int ws_idle_s;    /* a WebSocket client that sends nothing, not even a pong; 0: 120 */
};

enum tl_status tl_net_open(const struct tl_net_options *options, struct tl_net **net,
                           struct tl_error *error) TL_MUST_USE; /* TL_IO: "port 8080 is in use…" */
void tl_net_close(struct tl_net *net);
int tl_net_port(const struct tl_net *net);
void tl_net_self_url(const struct tl_net *net, char *url, size_t capacity); /* reaches itself */

/* --- requests ------------------------------------------------------------------------------ */
struct tl_str tl_net_method(const struct tl_net_request *request); /* "GET" */
struct tl_str
tl_net_path(const struct tl_net_request *request); /* as sent, not decoded, without query */
struct tl_str tl_net_query(const struct tl_net_request *request); /* raw, without '?' */
struct tl_str tl_net_header(const struct tl_net_request *request,
                            const char *name); /* lower-case name */
struct tl_str tl_net_body(const struct tl_net_request *request);
/* The nth value of a query parameter, decoded into caller's buffer; false: absent. Bad escapes:
 * *bad. */
bool tl_net_query_get(const struct tl_net_request *request, const char *name, int nth, char *value,
                      size_t capacity, bool *bad);
/* Whether a browser may send this: no Origin header (not a page), Origin's host and port equal
 * Host, or Origin is one of API_CORS_ORIGINS. On a loopback listener a Host that is not a loopback
 * name fails too (DNS rebinding). WebSockets are always held to it: else any page of the web could
 * read a service on loopback. */
bool tl_net_origin_allowed(const struct tl_net_request *request);
/* Stricter, for answers that carry authority: Host is a loopback name on a loopback listener, and the
 * page that sent this, if it was one, is our own (Origin and Sec-Fetch-Site, as far as sent).
 * *told: at least one of the two was there. */
bool tl_net_own_page(const struct tl_net_request *request, bool *told);
/* The Origin when it is listed in API_CORS_ORIGINS, for Access-Control-Allow-Origin; else empty. */
struct tl_str tl_net_cors_origin(const struct tl_net_request *request);

/* Answers once; body and headers are copied. headers: "name: value\r\n" lines or NULL. HEAD drops
 * the body. */
void tl_net_reply(struct tl_net_request *request, int status, const char *content_type,
                  const char *headers, struct tl_str body);
/* Answers later from a timer or upstream callback: the request stays open until tl_net_reply. */

/* Routes are tried in order of registration; a handler returns false to pass on. No route: 404
 * {"error":"not found"}. path ending in '*' is a prefix. HEAD is served by GET routes. */
typedef bool (*tl_net_handler)(void *context, struct tl_net_request *request);
void tl_net_route(struct tl_net *net, const char *method, const char *path, tl_net_handler handler,
                  void *context);

/* --- WebSocket server ---------------------------------------------------------------------- */
struct tl_net_socket_ops {
    void (*opened)(void *context, struct tl_net_socket *socket, struct tl_str path);
    void (*message)(void *context, struct tl_net_socket *socket,
                    struct tl_str text);                         /* text or binary as UTF-8 */
    void (*closed)(void *context, struct tl_net_socket *socket); /* forget the pointer */
};
/* Sockets accepted at an exact path. A plain GET there: 400 {"error":"websocket upgrade failed"}.
 */
void tl_net_websocket(struct tl_net *net, const char *path, const struct tl_net_socket_ops *ops,
                      void *context);
/* Queues one text message. A client has at most queue_bytes_max (1 MiB) waiting: above, TL_FULL and
 * the message is dropped (tl_net_socket_dropped counts); the caller decides whether to tell or to
 * close. */
enum tl_status tl_net_send(struct tl_net_socket *socket, struct tl_str text);
/* The same bytes to many: shares one copy. */
struct tl_net_shared;
struct tl_net_shared *tl_net_shared_create(struct tl_str text);
void tl_net_shared_release(struct tl_net_shared *shared);
enum tl_status tl_net_send_shared(struct tl_net_socket *socket, struct tl_net_shared *shared);
uint64_t tl_net_socket_dropped(const struct tl_net_socket *socket);
size_t tl_net_socket_queued(const struct tl_net_socket *socket); /* bytes */
void tl_net_socket_set_user(struct tl_net_socket *socket, void *user);
void *tl_net_socket_user(const struct tl_net_socket *socket);
void tl_net_socket_close(struct tl_net_socket *socket);

/* --- proxy --------------------------------------------------------------------------------- */
struct tl_net_upstream {
    const char *url;    /* "http://127.0.0.1:4000" */
    const char *path;   /* as sent to the upstream, with query */
    const char *bearer; /* added as Authorization: Bearer; NULL: none */
    const char *const
        *forward_headers; /* NULL-terminated lower-case names copied from the request */
    int timeout_ms;
    const char *reply_headers; /* added to the answer, e.g. "cache-control: no-store\r\n" */
};
/* Forwards the request; status, body, content-type and ETag come back unchanged. Unreachable or
 * timed out: 502 {"error":"upstream unavailable"}. */
void tl_net_proxy(struct tl_net_request *request, const struct tl_net_upstream *upstream);
/* Forwards WebSockets accepted at paths under prefix to the same path of the upstream, both ways,
 * bounded. */
void tl_net_proxy_websocket(struct tl_net *net, const char *prefix, const char *url);

/* --- loop ---------------------------------------------------------------------------------- */
/* Calls tick every period_ms on the loop's thread. */
void tl_net_timer(struct tl_net *net, int period_ms, void (*tick)(void *context), void *context);
/* Runs until tl_os_stopping() or tl_net_stop(); returns after open replies had 1 s to leave. */
void tl_net_run(struct tl_net *net);
void tl_net_stop(struct tl_net *net); /* thread-safe */
/* Metrics: open connections, sockets, requests, bytes, drops; Prometheus text appended to buffer.
 */
size_t tl_net_metrics(const struct tl_net *net, char *buffer, size_t capacity);

#endif
