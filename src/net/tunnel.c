/* SPDX-License-Identifier: Apache-2.0
 * A WebSocket upgrade is passed on to the upstream, and from then on bytes are copied both ways:
 * frames are not looked at, so pings, closes and the upstream's own drop notices arrive as they
 * are. Back-pressure: while one side has not taken its bytes the other is not read, so at most one
 * read (16 KiB) waits on each side, and a slow reader is the upstream's to bound and to count.
 *
 * Origin was checked here, where the page is known; it is not passed on, since the upstream's own
 * Host differs. */
#include "net/tunnel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "os/os.h"

#define CONNECT_TIMEOUT (3 * TL_NS_PER_S)
#define SILENCE_TIMEOUT (180 * TL_NS_PER_S) /* both ends ping more often than that */

struct net_tunnel {
    struct tl_net *net;
    struct net_conn *conn; /* NULL: the client has left */
    struct tl_net_link *link;
    struct tl_net_request *request; /* until the upstream says its first byte */
    char *out;                      /* to the upstream */
    size_t out_size, out_sent;
    char *back; /* to the client */
    size_t back_size, back_sent;
    bool upstream_gone;
    bool refused; /* the upstream answered, but not 101: it gets no further bytes */
    tl_ns deadline;
};

/* Sends what waits; true: all is gone. */
static bool flush(struct tl_net_link *link, char **data, size_t *size, size_t *sent)
{
    while (*sent < *size) {
        struct iovec part = {*data + *sent, *size - *sent};
        long step = tl_net_link_send(link, &part, 1);
        if (step <= 0) return false;
        *sent += (size_t)step;
    }
    free(*data);
    *data = NULL;
    *size = *sent = 0;
    return true;
}

static bool keep(char **data, size_t *size, const char *more, size_t more_size)
{
    char *grown = realloc(*data, *size + more_size);
    if (!grown) return false;
    memcpy(grown + *size, more, more_size);
    *data = grown;
    *size += more_size;
    return true;
}

/* --- the client's side ---------------------------------------------------------------------- */

void tl_net_tunnel_received(struct net_conn *conn)
{
    struct net_tunnel *tunnel = conn->tunnel;
    if (tunnel->refused) {
        conn->in_size = 0;
        return;
    }
    tunnel->deadline = tl_os_monotonic() + SILENCE_TIMEOUT;
    if (tunnel->upstream_gone || !keep(&tunnel->out, &tunnel->out_size, conn->in, conn->in_size)) {
        tl_net_link_close(conn->link);
        return;
    }
    conn->in_size = 0;
    if (!flush(tunnel->link, &tunnel->out, &tunnel->out_size, &tunnel->out_sent))
        tl_net_conn_pause(conn, true);
}

void tl_net_tunnel_writable(struct net_conn *conn)
{
    struct net_tunnel *tunnel = conn->tunnel;
    if (!flush(conn->link, &tunnel->back, &tunnel->back_size, &tunnel->back_sent)) return;
    if (tunnel->upstream_gone)
        tl_net_link_close(conn->link);
    else
        tl_net_link_pause(tunnel->link, false);
}

static void tunnel_free(struct net_tunnel *tunnel)
{
    free(tunnel->out);
    free(tunnel->back);
    free(tunnel);
}

void tl_net_tunnel_gone(struct net_conn *conn)
{
    struct net_tunnel *tunnel = conn->tunnel;
    conn->tunnel = NULL;
    tunnel->conn = NULL;
    if (tunnel->upstream_gone)
        tunnel_free(tunnel);
    else
        tl_net_link_close(tunnel->link);
}

void tl_net_tunnel_sweep(struct net_conn *conn, tl_ns now)
{
    struct net_tunnel *tunnel = conn->tunnel;
    if (now <= tunnel->deadline && !conn->net->draining) return;
    if (tunnel->request && !tunnel->upstream_gone)
        tl_net_link_close(tunnel->link); /* 502 comes from upstream_closed */
    else
        tl_net_link_close(conn->link);
}

/* --- the upstream's side -------------------------------------------------------------------- */

static void upstream_received(void *owner, char *data, size_t size)
{
    struct net_tunnel *tunnel = owner;
    if (!tunnel->conn) return;
    tunnel->deadline = tl_os_monotonic() + (tunnel->refused ? NET_LINGER_TIMEOUT : SILENCE_TIMEOUT);
    if (tunnel->request) {
        tunnel->request->replied = true; /* by the bytes that follow */
        tunnel->request = NULL;
        if (size < 12 || memcmp(data, "HTTP/1.1 101", 12) != 0) {
            tunnel->refused = true;
            tunnel->deadline = tl_os_monotonic() + NET_LINGER_TIMEOUT;
        }
        tl_net_conn_pause(tunnel->conn, false);
    }
    if (!keep(&tunnel->back, &tunnel->back_size, data, size)) {
        tl_net_link_close(tunnel->conn->link);
        return;
    }
    tunnel->net->counts.sent_bytes += size;
    if (!flush(tunnel->conn->link, &tunnel->back, &tunnel->back_size, &tunnel->back_sent))
        tl_net_link_pause(tunnel->link, true);
}

static void upstream_writable(void *owner)
{
    struct net_tunnel *tunnel = owner;
    if (flush(tunnel->link, &tunnel->out, &tunnel->out_size, &tunnel->out_sent) && tunnel->conn &&
        !tunnel->request)
        tl_net_conn_pause(tunnel->conn, false);
}

static void upstream_closed(void *owner)
{
    struct net_tunnel *tunnel = owner;
    struct net_conn *conn = tunnel->conn;
    tunnel->upstream_gone = true;
    if (!conn) {
        tunnel_free(tunnel);
    } else if (tunnel->request) { /* it never answered: this is still a plain HTTP exchange */
        struct tl_net_request *request = tunnel->request;
        conn->tunnel = NULL;
        tunnel_free(tunnel);
        conn->net->counts.upstream_failed++;
        conn->close_after = true;
        tl_net_reply_error(request, 502, "upstream unavailable");
    } else if (!tunnel->back) {
        tl_net_link_close(conn->link);
    } /* else: the client first gets what is left for it */
}

static bool write_upgrade(struct net_tunnel *tunnel, const struct net_route *route)
{
    static const char *const passed[] = {"sec-websocket-key", "sec-websocket-version",
                                         "sec-websocket-protocol"};
    const struct tl_net_request *request = tunnel->request;
    size_t capacity = NET_HEAD_MAX + sizeof route->host + 256;
    tunnel->out = malloc(capacity);
    if (!tunnel->out) return false;
    struct tl_text text = {.data = tunnel->out, .capacity = capacity};
    tl_text_lit(&text, "GET ");
    tl_text_str(&text, request->head.path);
    if (request->head.query.data) {
        tl_text_byte(&text, '?');
        tl_text_str(&text, request->head.query);
    }
    tl_text_lit(&text, " HTTP/1.1\r\nhost: ");
    tl_text_lit(&text, route->host);
    tl_text_byte(&text, ':');
    tl_text_i64(&text, route->port);
    tl_text_lit(&text, "\r\nupgrade: websocket\r\nconnection: Upgrade\r\n");
    for (size_t i = 0; i < sizeof passed / sizeof passed[0]; i++) {
        struct tl_str value = tl_net_header(request, passed[i]);
        if (!value.data) continue;
        tl_text_lit(&text, passed[i]);
        tl_text_lit(&text, ": ");
        tl_text_str(&text, value);
        tl_text_lit(&text, "\r\n");
    }
    tl_text_lit(&text, "\r\n");
    tunnel->out_size = text.size;
    return !text.overflow;
}

void tl_net_tunnel_open(struct tl_net_request *request, const struct net_route *route)
{
    static const struct tl_net_link_ops ops = {upstream_received, upstream_writable,
                                               upstream_closed};
    struct net_conn *conn = request->conn;
    struct net_tunnel *tunnel = calloc(1, sizeof *tunnel);
    if (tunnel) {
        tunnel->net = conn->net;
        tunnel->conn = conn;
        tunnel->request = request;
        tunnel->deadline = tl_os_monotonic() + CONNECT_TIMEOUT;
        if (write_upgrade(tunnel, route))
            tunnel->link =
                tl_net_link_connect(conn->net->loop, route->host, route->port, &ops, tunnel);
        if (tunnel->link) {
            conn->tunnel = tunnel;
            conn->phase = NET_TUNNEL;
            return;
        }
        tunnel_free(tunnel);
    }
    conn->net->counts.upstream_failed++;
    tl_net_reply_error(request, 502, "upstream unavailable");
}
