/* SPDX-License-Identifier: Apache-2.0
 * A WebSocket upgrade is passed on to the upstream, and from then on bytes are moved both ways:
 * frames are not looked at, so pings, closes and the upstream's own drop notices arrive as they
 * are. Back-pressure: while NET_TUNNEL_BYTES wait for one side the other is not read, so a slow
 * reader is the upstream's to bound and to count.
 *
 * Until the upstream answers this is a plain HTTP exchange, whose failure is a plain 502. Origin was
 * checked here, where the page is known; it is not passed on, since the upstream's own Host
 * differs. */
#include "net/tunnel.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"
#include "os/os.h"

#define CONNECT_TIMEOUT (3 * TL_NS_PER_S)
#define SILENCE_TIMEOUT (180 * TL_NS_PER_S) /* both ends ping more often than that */

struct net_tunnel {
    struct net_conn *conn;
    struct bufferevent *far;
    struct tl_net_request *request; /* until the upstream says its first bytes */
    bool far_gone;                  /* the client first gets what is left for it */
    bool refused;                   /* the upstream answered, but not 101: it gets nothing more */
    tl_ns deadline;
};

/* Moves what came from one side to the other, and stops reading where too much waits. */
static void move(struct bufferevent *from, struct bufferevent *to)
{
    struct evbuffer *output = bufferevent_get_output(to);
    evbuffer_add_buffer(output, bufferevent_get_input(from));
    if (evbuffer_get_length(output) >= NET_TUNNEL_BYTES) bufferevent_disable(from, EV_READ);
}

/* --- the client's side ---------------------------------------------------------------------- */

static void near_readable(struct bufferevent *bev, void *context)
{
    struct net_conn *conn = context;
    struct net_tunnel *tunnel = conn->tunnel;
    if (tunnel->refused || tunnel->far_gone) {
        struct evbuffer *input = bufferevent_get_input(bev);
        evbuffer_drain(input, evbuffer_get_length(input));
        return;
    }
    tunnel->deadline = tl_os_monotonic() + SILENCE_TIMEOUT;
    move(bev, tunnel->far);
}

static void near_written(struct bufferevent *bev, void *context)
{
    struct net_conn *conn = context;
    (void)bev;
    if (conn->tunnel->far_gone)
        tl_net_conn_close_soon(conn);
    else
        bufferevent_enable(conn->tunnel->far, EV_READ);
}

static void near_end(struct bufferevent *bev, short what, void *context)
{
    (void)bev, (void)what;
    tl_net_conn_close_soon(context);
}

void tl_net_tunnel_gone(struct net_conn *conn)
{
    bufferevent_free(conn->tunnel->far);
    free(conn->tunnel);
    conn->tunnel = NULL;
}

/* --- the upstream's side -------------------------------------------------------------------- */

static void fail(struct net_tunnel *tunnel)
{
    struct tl_net_request *request = tunnel->request;
    tl_net_tunnel_gone(tunnel->conn);
    request->net->counts.upstream_failed++;
    request->last = true;
    tl_net_reply_error(request, 502, "upstream unavailable");
}

/* The first bytes: from here the client's bufferevent is ours. */
static void open_up(struct net_tunnel *tunnel)
{
    struct net_conn *conn = tunnel->conn;
    char start[13] = "";
    (void)evbuffer_copyout(bufferevent_get_input(tunnel->far), start, sizeof start - 1);
    tunnel->refused = strcmp(start, "HTTP/1.1 101") != 0;
    conn->phase = NET_TUNNEL;
    tl_net_request_destroy(tunnel->request);
    tunnel->request = NULL;
    bufferevent_setcb(conn->bev, near_readable, near_written, near_end, conn);
    bufferevent_enable(conn->bev, EV_READ | EV_WRITE);
    if (evbuffer_get_length(bufferevent_get_input(conn->bev)))
        bufferevent_trigger(conn->bev, EV_READ, BEV_OPT_DEFER_CALLBACKS);
}

static void far_readable(struct bufferevent *far, void *context)
{
    struct net_tunnel *tunnel = context;
    if (tunnel->request) open_up(tunnel);
    tunnel->deadline = tl_os_monotonic() + (tunnel->refused ? NET_LINGER_TIMEOUT : SILENCE_TIMEOUT);
    move(far, tunnel->conn->bev);
}

static void far_written(struct bufferevent *far, void *context)
{
    struct net_tunnel *tunnel = context;
    (void)far;
    if (!tunnel->request) bufferevent_enable(tunnel->conn->bev, EV_READ);
}

static void far_event(struct bufferevent *far, short what, void *context)
{
    struct net_tunnel *tunnel = context;
    int on = 1;
    if (what & BEV_EVENT_CONNECTED) {
        setsockopt(bufferevent_getfd(far), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        return;
    }
    if (tunnel->request) {
        fail(tunnel);
        return;
    }
    tunnel->far_gone = true;
    if (evbuffer_get_length(bufferevent_get_output(tunnel->conn->bev)) == 0)
        tl_net_conn_close_soon(tunnel->conn);
}

void tl_net_tunnel_sweep(struct net_conn *conn, tl_ns now)
{
    struct net_tunnel *tunnel = conn->tunnel;
    if (now <= tunnel->deadline && !conn->net->draining) return;
    if (tunnel->request)
        fail(tunnel);
    else
        tl_net_conn_close(conn);
}

/* --- opening -------------------------------------------------------------------------------- */

static void write_upgrade(const struct net_tunnel *tunnel, const struct net_route *route)
{
    static const char *const passed[] = {"sec-websocket-key", "sec-websocket-version",
                                         "sec-websocket-protocol"};
    const struct tl_net_request *request = tunnel->request;
    struct evbuffer *out = bufferevent_get_output(tunnel->far);
    evbuffer_add_printf(out, "GET %.*s%s%.*s HTTP/1.1\r\nhost: %s:%d\r\n", (int)request->path.size,
                        request->path.data, request->query.data ? "?" : "",
                        (int)request->query.size, request->query.data ? request->query.data : "",
                        route->host, route->port);
    evbuffer_add_printf(out, "upgrade: websocket\r\nconnection: Upgrade\r\n");
    for (size_t i = 0; i < sizeof passed / sizeof passed[0]; i++) {
        struct tl_str value = tl_net_header(request, passed[i]);
        if (value.data)
            evbuffer_add_printf(out, "%s: %.*s\r\n", passed[i], (int)value.size, value.data);
    }
    evbuffer_add(out, "\r\n", 2);
}

void tl_net_tunnel_open(struct tl_net_request *request, const struct net_route *route)
{
    struct net_conn *conn = request->conn;
    struct net_tunnel *tunnel = calloc(1, sizeof *tunnel);
    if (tunnel) tunnel->far = bufferevent_socket_new(conn->net->base, -1, BEV_OPT_CLOSE_ON_FREE);
    if (!tunnel || !tunnel->far) {
        free(tunnel);
        tl_net_reply_error(request, 503, "out of memory");
        return;
    }
    tunnel->conn = conn;
    tunnel->request = request;
    tunnel->deadline = tl_os_monotonic() + CONNECT_TIMEOUT;
    conn->tunnel = tunnel;
    bufferevent_setcb(tunnel->far, far_readable, far_written, far_event, tunnel);
    bufferevent_enable(tunnel->far, EV_READ | EV_WRITE);
    write_upgrade(tunnel, route);
    /* A failure to even start is told by far_event too, unless the name has no address. */
    if (bufferevent_socket_connect_hostname(tunnel->far, NULL, AF_UNSPEC, route->host,
                                            route->port) != 0 &&
        conn->tunnel)
        fail(tunnel);
}
