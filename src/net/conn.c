/* SPDX-License-Identifier: Apache-2.0
 * Around one connection of libevent's HTTP server, which reads requests, keeps alive and writes
 * answers. Ours is what it has no setting for: an answer of our own to what is no request, deadlines
 * for a whole head or body, a bound on connections, a strict look at the raw bytes (head_watch.h).
 *
 * How: the library asks us for each connection's bufferevent, so its buffers can be watched. Bytes
 * that enter the output while no handler has a request are the library's error page; they are never
 * sent, since the task below runs before the loop turns to writing: it sends our answer and closes.
 * The library's connection is the argument of its bufferevent callbacks; that is the one detail of
 * libevent 2.1 relied on which its documentation does not promise. */
#include "net/conn.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "os/os.h"

/* --- refusing ------------------------------------------------------------------------------- */

static const char *refusal_word(int status)
{
    switch (status) {
    case 408:
        return "request timeout";
    case 413:
        return "payload too large";
    case 431:
        return "request header fields too large";
    default:
        return "bad request";
    }
}

/* Closing with unread input would reset the connection and may destroy the answer on its way: the
 * peer gets a moment to read it. Full: the oldest has had its moment. */
static void linger(struct tl_net *net, int fd)
{
    struct net_linger *place = &net->lingers[0];
    for (size_t i = 1; i < NET_LINGERS_MAX && place->deadline; i++)
        if (net->lingers[i].deadline < place->deadline) place = &net->lingers[i];
    if (place->deadline) close(place->fd);
    shutdown(fd, SHUT_WR);
    *place = (struct net_linger){fd, tl_os_monotonic() + NET_LINGER_TIMEOUT};
}

void tl_net_linger_sweep(struct tl_net *net, tl_ns now)
{
    char away[16384];
    for (size_t i = 0; i < NET_LINGERS_MAX; i++) {
        struct net_linger *place = &net->lingers[i];
        if (!place->deadline) continue;
        long got = 1;
        for (int turn = 0; turn < 64 && got > 0; turn++)
            got = (long)recv(place->fd, away, sizeof away, MSG_DONTWAIT);
        bool open = got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
        if (open && now <= place->deadline && !net->closed) continue;
        close(place->fd);
        place->deadline = 0;
    }
}

/* The answer to something that is no acceptable request; the connection ends with it. It is short
 * and the first to be written, so one send takes it or the peer does not read at all. */
static void refuse(struct net_conn *conn, int status)
{
    char text[320];
    const char *word = refusal_word(status);
    int size = snprintf(text, sizeof text,
                        "HTTP/1.1 %d %s\r\ncontent-type: application/json\r\n"
                        "content-length: %zu\r\nconnection: close\r\n\r\n{\"error\":\"%s\"}",
                        status, word, strlen(word) + strlen("{\"error\":\"\"}"), word);
    conn->net->counts.bad_requests++;
    long sent = (long)send(conn->fd, text, (size_t)size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) conn->net->counts.sent_bytes += (uint64_t)sent;
    bufferevent_setfd(conn->bev, -1); /* not to be closed with the rest */
    linger(conn->net, conn->fd);
    tl_net_conn_close(conn);
}

static void refuse_soon(struct net_conn *conn, int status)
{
    if (conn->refusal) return;
    conn->refusal = status;
    event_active(conn->task, EV_TIMEOUT, 0);
}

/* --- watching ------------------------------------------------------------------------------- */

/* Looks at the input from an offset on, as long as it belongs to a head. */
static void watch_input(struct net_conn *conn, size_t from)
{
    struct evbuffer *input = bufferevent_get_input(conn->bev);
    struct evbuffer_iovec parts[8];
    struct evbuffer_ptr at;
    if (conn->watch.state != TL_HEAD_MORE) return;
    if (conn->watch.size == 0) conn->deadline = tl_os_monotonic() + NET_HEAD_TIMEOUT;
    while (evbuffer_ptr_set(input, &at, from, EVBUFFER_PTR_SET) == 0) {
        int count = evbuffer_peek(input, -1, &at, parts, 8);
        for (int i = 0; i < count && i < 8; i++) {
            (void)tl_head_watch(&conn->watch, parts[i].iov_base, parts[i].iov_len);
            from += parts[i].iov_len;
        }
        if (count <= 8 || conn->watch.state != TL_HEAD_MORE) break;
    }
    if (conn->watch.state == TL_HEAD_DONE)
        conn->deadline = tl_os_monotonic() + NET_BODY_TIMEOUT;
    else if (conn->watch.state != TL_HEAD_MORE)
        refuse_soon(conn, conn->watch.state == TL_HEAD_LARGE ? 431 : 400);
}

static void on_input(struct evbuffer *buffer, const struct evbuffer_cb_info *info, void *context)
{
    struct net_conn *conn = context;
    (void)buffer;
    conn->net->counts.received_bytes += info->n_added;
    if (info->n_added && conn->phase == NET_READING) watch_input(conn, info->orig_size);
}

/* The code of an answer the library has begun to write; 0: not to be read. Peeked at, not copied: the
 * front of the buffer is frozen once something was written to the peer. */
static int answer_code(struct evbuffer *buffer)
{
    static const size_t start = sizeof "HTTP/1.1 " - 1;
    struct evbuffer_iovec part;
    if (evbuffer_peek(buffer, -1, NULL, &part, 1) < 1 || part.iov_len < start + 3) return 0;
    const char *digits = (const char *)part.iov_base + start;
    return (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');
}

static void on_output(struct evbuffer *buffer, const struct evbuffer_cb_info *info, void *context)
{
    struct net_conn *conn = context;
    conn->net->counts.sent_bytes += info->n_deleted;
    if (info->n_deleted && conn->phase == NET_WRITING)
        conn->deadline = tl_os_monotonic() + NET_WRITE_TIMEOUT;
    if (!info->n_added || conn->phase != NET_READING) return;
    int code = answer_code(buffer);
    if (code == 100) return; /* Continue: the body may come */
    refuse_soon(conn, code == 413 ? 413 : 400);
}

/* --- life ----------------------------------------------------------------------------------- */

static void conn_free(struct net_conn *conn)
{
    struct tl_net *net = conn->net;
    if (conn->previous)
        conn->previous->next = conn->next;
    else
        net->conns = conn->next;
    if (conn->next) conn->next->previous = conn->previous;
    net->counts.conns--;
    event_free(conn->task);
    free(conn);
}

/* The library is about to free its connection, for whatever reason. */
static void conn_gone(struct evhttp_connection *http, void *context)
{
    struct net_conn *conn = context;
    (void)http;
    evbuffer_remove_cb(bufferevent_get_input(conn->bev), on_input, conn);
    evbuffer_remove_cb(bufferevent_get_output(conn->bev), on_output, conn);
    if (conn->socket) tl_net_socket_gone(conn);
    if (conn->tunnel) tl_net_tunnel_gone(conn);
    if (conn->request) tl_net_request_orphan(conn->request);
    conn->net->conn_of[conn->fd] = NULL;
    conn_free(conn);
}

void tl_net_conn_close(struct net_conn *conn)
{
    evhttp_connection_free(conn->http);
}

void tl_net_conn_close_soon(struct net_conn *conn)
{
    conn->closing = true;
    event_active(conn->task, EV_TIMEOUT, 0);
}

/* First turn of the loop after accept; false: the connection is gone. */
static bool adopt(struct net_conn *conn)
{
    struct tl_net *net = conn->net;
    bufferevent_data_cb read = NULL;
    void *http = NULL;
    int on = 1, fd = bufferevent_getfd(conn->bev);
    bufferevent_getcb(conn->bev, &read, NULL, NULL, &http);
    bufferevent_decref(conn->bev);
    if (!read) { /* the library could not use it and has let it go */
        conn_free(conn);
        return false;
    }
    conn->http = http;
    conn->fd = fd;
    if (net->counts.conns > NET_CONNS_MAX || fd < 0 || fd >= NET_FDS_MAX || net->draining) {
        net->counts.refused++;
        tl_net_conn_close(conn); /* conn_gone is not called yet */
        conn_free(conn);
        return false;
    }
    net->conn_of[fd] = conn;
    evhttp_connection_set_closecb(conn->http, conn_gone, conn);
    evbuffer_add_cb(bufferevent_get_input(conn->bev), on_input, conn);
    evbuffer_add_cb(bufferevent_get_output(conn->bev), on_output, conn);
    bufferevent_set_max_single_write(conn->bev, NET_WRITE_MAX);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return true;
}

static void conn_task(int fd, short what, void *context)
{
    struct net_conn *conn = context;
    (void)fd, (void)what;
    if (!conn->http && !adopt(conn)) return;
    if (conn->refusal)
        refuse(conn, conn->refusal);
    else if (conn->closing)
        tl_net_conn_close(conn);
}

/* The library wants a bufferevent for a connection it has accepted. NULL: it makes one itself, and
 * its requests are answered 503. */
struct bufferevent *tl_net_conn_accept(struct event_base *base, void *context)
{
    struct tl_net *net = context;
    struct bufferevent *bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
    struct net_conn *conn = bev ? calloc(1, sizeof *conn) : NULL;
    if (conn) conn->task = event_new(base, -1, 0, conn_task, conn);
    if (!conn || !conn->task) {
        if (bev) bufferevent_free(bev);
        free(conn);
        return NULL;
    }
    bufferevent_incref(bev); /* until adopted */
    conn->net = net;
    conn->bev = bev;
    conn->deadline = tl_os_monotonic() + NET_IDLE_TIMEOUT;
    conn->next = net->conns;
    if (net->conns) net->conns->previous = conn;
    net->conns = conn;
    net->counts.conns++;
    event_active(conn->task, EV_TIMEOUT, 0);
    return bev;
}

/* --- requests ------------------------------------------------------------------------------- */

static bool path_matches(const struct net_route *route, struct tl_str path)
{
    if (!route->prefix) return tl_str_equal(route->path, path);
    return path.size >= route->path.size &&
           memcmp(path.data, route->path.data, route->path.size) == 0;
}

static bool method_matches(const struct net_route *route, const char *method)
{
    return strcmp(method, route->method) == 0 ||
           (strcmp(method, "HEAD") == 0 && strcmp(route->method, "GET") == 0);
}

/* Requests to the path of a socket: upgrade or refuse. */
static void upgrade(struct tl_net_request *request, const struct net_route *route)
{
    bool valid = strcmp(request->method, "GET") == 0 &&
                 tl_net_has_token(tl_net_header(request, "upgrade"), "websocket") &&
                 tl_net_has_token(tl_net_header(request, "connection"), "upgrade") &&
                 tl_str_is(tl_net_header(request, "sec-websocket-version"), "13") &&
                 tl_net_header(request, "sec-websocket-key").size == 24;
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
    for (size_t i = 0; i < net->route_count; i++) {
        const struct net_route *route = &net->routes[i];
        if (!path_matches(route, request->path)) continue;
        if (route->kind != NET_ROUTE_HTTP) {
            if (strcmp(request->method, "GET") != 0) continue;
            upgrade(request, route);
            return;
        }
        if (!method_matches(route, request->method)) continue;
        if (route->handler(route->context, request)) return;
    }
    tl_net_reply_error(request, 404, "not found");
}

void tl_net_conn_request(struct evhttp_request *http, void *context)
{
    struct tl_net *net = context;
    struct evhttp_connection *from = evhttp_request_get_connection(http);
    int fd = bufferevent_getfd(evhttp_connection_get_bufferevent(from));
    struct net_conn *conn = fd >= 0 && fd < NET_FDS_MAX ? net->conn_of[fd] : NULL;
    if (!conn || conn->http != from) {
        evhttp_send_error(http, 503, NULL);
        return;
    }
    if (conn->refusal) return; /* the task is on its way */
    struct tl_net_request *request = tl_net_request_create(conn, http);
    int status = request ? tl_net_request_check(request) : 503;
    conn->phase = NET_ANSWERING;
    conn->deadline = 0;
    if (status)
        refuse_soon(conn, status);
    else
        dispatch(request);
}

void tl_net_conn_ready(struct net_conn *conn)
{
    struct evbuffer *input = bufferevent_get_input(conn->bev);
    char pair[2];
    conn->phase = NET_READING;
    conn->watch = (struct tl_head_watch){0};
    conn->deadline = tl_os_monotonic() + NET_IDLE_TIMEOUT;
    while (evbuffer_copyout(input, pair, 2) == 2 && memcmp(pair, "\r\n", 2) == 0)
        evbuffer_drain(input, 2); /* old clients end a body with one (RFC 9112, 2.2) */
    if (evbuffer_get_length(input)) watch_input(conn, 0);
}

/* While a request is being answered the library does not read, so it does not see a hang-up. */
static bool client_left(const struct net_conn *conn)
{
    char byte;
    long got = (long)recv(conn->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
}

void tl_net_conn_sweep(struct net_conn *conn, tl_ns now)
{
    bool reading = conn->phase == NET_READING;
    if (!conn->http || conn->refusal) return;
    if (conn->phase == NET_WEBSOCKET) {
        tl_net_socket_sweep(conn, now);
    } else if (conn->phase == NET_TUNNEL || conn->tunnel) {
        tl_net_tunnel_sweep(conn, now);
    } else if (conn->phase == NET_ANSWERING) {
        if (client_left(conn)) tl_net_conn_close(conn);
    } else if (conn->deadline && now > conn->deadline) {
        if (reading && conn->watch.size > 0)
            refuse(conn, 408);
        else
            tl_net_conn_close(conn);
    } else if (conn->net->draining && reading && conn->watch.state == TL_HEAD_MORE) {
        tl_net_conn_close(conn);
    }
}
