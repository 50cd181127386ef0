/* SPDX-License-Identifier: Apache-2.0
 * One connection as a small state machine (enum net_phase). One request at a time: while a request
 * is being answered the link is paused, so a client that pipelines is held by TCP, and what it had
 * sent already waits in `in` (at most one read). Connections are closed by asking the link; memory
 * goes in conn_closed, which the loop calls last, so no callback ever finds a freed connection. */
#include "net/conn.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "os/os.h"

static void conn_received(void *owner, char *data, size_t size);
static void conn_writable(void *owner);
static void conn_closed(void *owner);

static const struct tl_net_link_ops conn_ops = {conn_received, conn_writable, conn_closed};

bool tl_net_conn_accept(void *context, struct tl_net_link *link)
{
    struct tl_net *net = context;
    struct net_conn *conn = net->draining ? NULL : calloc(1, sizeof *conn);
    if (!conn) return false;
    conn->net = net;
    conn->link = link;
    conn->deadline = tl_os_monotonic() + NET_IDLE_TIMEOUT;
    conn->next = net->conns;
    if (net->conns) net->conns->previous = conn;
    net->conns = conn;
    net->counts.conns++;
    tl_net_link_own(link, &conn_ops, conn);
    return true;
}

static void conn_closed(void *owner)
{
    struct net_conn *conn = owner;
    struct tl_net *net = conn->net;
    if (conn->socket) tl_net_socket_gone(conn);
    if (conn->tunnel) tl_net_tunnel_gone(conn);
    if (conn->request) {
        conn->request->conn = NULL; /* its answer, when it comes, goes nowhere; the sweep frees */
        conn->request = NULL;
    }
    if (conn->previous)
        conn->previous->next = conn->next;
    else
        net->conns = conn->next;
    if (conn->next) conn->next->previous = conn->previous;
    net->counts.conns--;
    free(conn->in);
    free(conn->out);
    free(conn);
}

void tl_net_conn_pause(struct net_conn *conn, bool paused)
{
    if (conn->paused == paused) return;
    conn->paused = paused;
    tl_net_link_pause(conn->link, paused);
}

bool tl_net_conn_append(struct net_conn *conn, const char *data, size_t size)
{
    if (conn->in_capacity - conn->in_size < size) {
        size_t capacity = conn->in_capacity ? conn->in_capacity : 2048;
        while (capacity - conn->in_size < size)
            capacity *= 2;
        char *grown = realloc(conn->in, capacity);
        if (!grown) return false;
        conn->in = grown;
        conn->in_capacity = capacity;
    }
    memcpy(conn->in + conn->in_size, data, size);
    conn->in_size += size;
    return true;
}

void tl_net_conn_consume(struct net_conn *conn, size_t size)
{
    conn->in_size -= size;
    if (conn->in_size) memmove(conn->in, conn->in + size, conn->in_size);
}

/* --- writing answers ------------------------------------------------------------------------ */

static void conn_linger(struct net_conn *conn)
{
    /* Closing with unread input would reset the connection and may destroy the answer on its way:
     * finish our side and read the rest away for a moment. */
    conn->phase = NET_LINGER;
    conn->deadline = tl_os_monotonic() + NET_LINGER_TIMEOUT;
    conn->in_size = 0;
    tl_net_link_finish(conn->link);
    tl_net_conn_pause(conn, false);
}

static void answer_sent(struct net_conn *conn)
{
    free(conn->out);
    conn->out = NULL;
    if (conn->close_after) {
        conn_linger(conn);
        return;
    }
    conn->phase = NET_READ_HEAD;
    conn->deadline = tl_os_monotonic() + NET_IDLE_TIMEOUT;
    tl_net_conn_pause(conn, false);
    /* A pipelined request waits already; it is taken up from the loop, not from inside a handler */
    if (conn->in_size) tl_net_link_want_write(conn->link);
}

static void conn_flush(struct net_conn *conn)
{
    while (conn->out_sent < conn->out_size) {
        struct iovec part = {conn->out + conn->out_sent, conn->out_size - conn->out_sent};
        long sent = tl_net_link_send(conn->link, &part, 1);
        if (sent <= 0) return;
        conn->out_sent += (size_t)sent;
        conn->net->counts.sent_bytes += (uint64_t)sent;
        conn->deadline = tl_os_monotonic() + NET_WRITE_TIMEOUT;
    }
    answer_sent(conn);
}

void tl_net_conn_answer(struct net_conn *conn, char *out, size_t size)
{
    conn->out = out;
    conn->out_size = size;
    conn->out_sent = 0;
    conn->phase = NET_WRITING;
    conn->deadline = tl_os_monotonic() + NET_WRITE_TIMEOUT;
    conn_flush(conn);
}

/* --- reading requests ----------------------------------------------------------------------- */

static bool path_matches(const struct net_route *route, struct tl_str path)
{
    if (!route->prefix) return tl_str_equal(route->path, path);
    return path.size >= route->path.size &&
           memcmp(path.data, route->path.data, route->path.size) == 0;
}

static bool method_matches(const struct net_route *route, struct tl_str method)
{
    return tl_str_is(method, route->method) ||
           (tl_str_is(method, "HEAD") && strcmp(route->method, "GET") == 0);
}

/* Requests to the path of a socket: upgrade or refuse. */
static void upgrade(struct tl_net_request *request, const struct net_route *route)
{
    const struct tl_http_head *head = &request->head;
    struct tl_str key = tl_http_header_get(head, "sec-websocket-key");
    bool valid = tl_str_is(head->method, "GET") && head->minor == 1 &&
                 tl_http_has_token(tl_http_header_get(head, "upgrade"), "websocket") &&
                 tl_http_has_token(tl_http_header_get(head, "connection"), "upgrade") &&
                 tl_str_is(tl_http_header_get(head, "sec-websocket-version"), "13") &&
                 key.size == 24;
    if (!valid) {
        tl_net_reply_error(request, 400, "websocket upgrade failed");
    } else if (!tl_net_origin_allowed(request)) {
        request->net->counts.origin_refused++;
        tl_net_reply_error(request, 403, "origin not allowed");
    } else if (route->kind == NET_ROUTE_TUNNEL) {
        tl_net_tunnel_open(request, route);
    } else {
        tl_net_socket_accept(request, route);
    }
}

static void dispatch(struct tl_net_request *request)
{
    struct tl_net *net = request->net;
    net->counts.requests++;
    request->conn->phase = NET_ANSWERING;
    request->conn->deadline = 0;
    tl_net_conn_pause(request->conn, true);
    for (size_t i = 0; i < net->route_count; i++) {
        const struct net_route *route = &net->routes[i];
        if (!path_matches(route, request->head.path)) continue;
        if (route->kind != NET_ROUTE_HTTP) {
            if (!tl_str_is(request->head.method, "GET")) continue;
            upgrade(request, route);
            return;
        }
        if (!method_matches(route, request->head.method)) continue;
        if (route->handler(route->context, request)) return;
    }
    tl_net_reply_error(request, 404, "not found");
}

/* An answer to something that is no whole request; the connection ends with it. */
static void refuse(struct net_conn *conn, int status, const char *word)
{
    conn->net->counts.bad_requests++;
    conn->close_after = true;
    conn->in_size = 0;
    if (!conn->request && !(conn->request = tl_net_request_create(conn, NULL, 0))) {
        tl_net_link_close(conn->link);
        return;
    }
    tl_net_reply_error(conn->request, status, word);
}

/* The head is whole: is the request acceptable, and is there a body to come? */
static bool head_done(struct net_conn *conn, const struct tl_http_head *head)
{
    struct tl_net_request *request = tl_net_request_create(conn, conn->in, head->size);
    if (!request) {
        tl_net_link_close(conn->link);
        return false;
    }
    conn->request = request;
    conn->close_after = !head->keep_alive;
    tl_net_conn_consume(conn, head->size);
    if (head->minor == 1 && tl_http_header_get(&request->head, "host").data == NULL) {
        refuse(conn, 400, "bad request");
        return false;
    }
    if (head->length > conn->net->body_max) {
        refuse(conn, 413, "payload too large");
        return false;
    }
    if (!head->chunked && head->length == 0) {
        dispatch(request);
        return true;
    }
    conn->phase = NET_READ_BODY;
    conn->deadline = tl_os_monotonic() + NET_BODY_TIMEOUT;
    if (tl_http_has_token(tl_http_header_get(&request->head, "expect"), "100-continue")) {
        static char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
        struct iovec part = {go_on, sizeof go_on - 1};
        return tl_net_link_send(conn->link, &part, 1) == (long)part.iov_len;
    }
    return true;
}

/* Each step returns whether another one may follow at once. */
static bool read_head(struct net_conn *conn)
{
    while (conn->in_size >= 2 && memcmp(conn->in, "\r\n", 2) == 0)
        tl_net_conn_consume(conn, 2); /* old clients end a body with one (RFC 9112, 2.2) */
    if (conn->in_size == 0) return false;
    if (conn->request) tl_net_request_destroy(conn->request); /* the one before is answered */
    struct tl_http_head head;
    size_t size = conn->in_size < NET_HEAD_MAX ? conn->in_size : NET_HEAD_MAX;
    switch (tl_http_parse_request(conn->in, size, &head)) {
    case TL_HTTP_DONE:
        return head_done(conn, &head);
    case TL_HTTP_MORE:
        if (size == NET_HEAD_MAX) refuse(conn, 431, "request header fields too large");
        return false;
    case TL_HTTP_TOO_MANY:
        refuse(conn, 431, "request header fields too large");
        return false;
    case TL_HTTP_BAD:
        break;
    }
    refuse(conn, 400, "bad request");
    return false;
}

static bool read_body(struct net_conn *conn)
{
    struct tl_net_request *request = conn->request;
    size_t used = conn->in_size, payload = conn->in_size;
    bool done = false;
    if (request->head.chunked) {
        enum tl_http_result result =
            tl_http_chunked_feed(&request->chunked, conn->in, conn->in_size, &used, &payload);
        if (result != TL_HTTP_MORE && result != TL_HTTP_DONE) {
            refuse(conn, 400, "bad request");
            return false;
        }
        done = result == TL_HTTP_DONE;
    } else {
        size_t left = (size_t)request->head.length - request->body_size;
        if (used > left) used = payload = left;
        done = used == left;
    }
    if (!tl_net_request_body_append(request, conn->in, payload)) {
        refuse(conn, 413, "payload too large");
        return false;
    }
    tl_net_conn_consume(conn, used);
    if (done) dispatch(request);
    return done;
}

static void conn_advance(struct net_conn *conn)
{
    bool more = true;
    while (more && conn->in_size > 0) {
        if (conn->phase == NET_READ_HEAD)
            more = read_head(conn);
        else if (conn->phase == NET_READ_BODY)
            more = read_body(conn);
        else
            return;
    }
}

static void conn_received(void *owner, char *data, size_t size)
{
    struct net_conn *conn = owner;
    conn->net->counts.received_bytes += size;
    if (conn->phase == NET_LINGER) return;
    if (conn->phase == NET_READ_HEAD && conn->in_size == 0)
        conn->deadline = tl_os_monotonic() + NET_HEAD_TIMEOUT;
    if (!tl_net_conn_append(conn, data, size)) {
        tl_net_link_close(conn->link);
        return;
    }
    if (conn->phase == NET_WEBSOCKET)
        tl_net_socket_received(conn);
    else if (conn->phase == NET_TUNNEL)
        tl_net_tunnel_received(conn);
    else
        conn_advance(conn);
}

static void conn_writable(void *owner)
{
    struct net_conn *conn = owner;
    if (conn->phase == NET_WRITING)
        conn_flush(conn);
    else if (conn->phase == NET_WEBSOCKET)
        tl_net_socket_writable(conn);
    else if (conn->phase == NET_TUNNEL)
        tl_net_tunnel_writable(conn);
    else if (conn->phase == NET_READ_HEAD)
        conn_advance(conn);
}

void tl_net_conn_sweep(struct net_conn *conn, tl_ns now)
{
    if (conn->phase == NET_WEBSOCKET) {
        tl_net_socket_sweep(conn, now);
    } else if (conn->phase == NET_TUNNEL) {
        tl_net_tunnel_sweep(conn, now);
    } else if (conn->deadline && now > conn->deadline) {
        if (conn->phase == NET_READ_BODY || (conn->phase == NET_READ_HEAD && conn->in_size > 0))
            refuse(conn, 408, "request timeout");
        else
            tl_net_link_close(conn->link);
    } else if (conn->net->draining && conn->phase == NET_READ_HEAD) {
        tl_net_link_close(conn->link);
    }
}
