/* SPDX-License-Identifier: Apache-2.0
 * One WebSocket client: a ring of references to shared frames, so a tick sent to a hundred clients
 * is stored once. The ring is bounded in bytes (a slow reader costs 1 MiB, then its messages are
 * refused and counted) and in messages; a message larger than the bound passes only into an empty
 * ring (snapshots). The kernel's send buffer is cut down so that "queued" means what it says.
 *
 * Frames are written with one gathering call over up to 64 of them. */
#include "net/socket.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "net/ws_frame.h"
#include "os/os.h"

enum { GATHER = 64, SEND_BUFFER = 128 * 1024 };

/* The bytes on the wire: frame header and payload. */
struct tl_net_shared {
    size_t references, size;
    bool control;
    char bytes[];
};

struct tl_net_socket {
    struct net_conn *conn;
    const struct net_route *route;
    struct tl_net_shared **ring;
    size_t ring_capacity, head, count; /* capacity is a power of two */
    size_t queued, head_sent;          /* bytes; head_sent: of the frame at head */
    uint64_t dropped;
    void *user;
    char *partial; /* a fragmented message so far */
    size_t partial_size;
    int partial_opcode; /* 0: no message is open */
    bool closing;       /* a close frame is queued or was received: nothing more is taken */
    bool close_received;
    tl_ns heard, pinged; /* monotonic */
};

/* --- shared frames -------------------------------------------------------------------------- */

static struct tl_net_shared *frame_create(enum tl_ws_opcode opcode, struct tl_str payload)
{
    unsigned char header[TL_WS_HEADER_MAX];
    size_t header_size = tl_ws_frame_header(opcode, payload.size, header);
    struct tl_net_shared *shared = malloc(sizeof *shared + header_size + payload.size);
    if (!shared) return NULL;
    shared->references = 1;
    shared->size = header_size + payload.size;
    shared->control = opcode >= TL_WS_CLOSE;
    memcpy(shared->bytes, header, header_size);
    if (payload.size) memcpy(shared->bytes + header_size, payload.data, payload.size);
    return shared;
}

struct tl_net_shared *tl_net_shared_create(struct tl_str text)
{
    return frame_create(TL_WS_TEXT, text);
}

void tl_net_shared_release(struct tl_net_shared *shared)
{
    if (shared && --shared->references == 0) free(shared);
}

/* --- the ring ------------------------------------------------------------------------------- */

static bool ring_grow(struct tl_net_socket *socket)
{
    size_t capacity = socket->ring_capacity ? socket->ring_capacity * 2 : 64;
    if (capacity > NET_WS_QUEUE_COUNT) return false;
    struct tl_net_shared **ring = malloc(capacity * sizeof *ring);
    if (!ring) return false;
    for (size_t i = 0; i < socket->count; i++)
        ring[i] = socket->ring[(socket->head + i) & (socket->ring_capacity - 1)];
    free(socket->ring);
    socket->ring = ring;
    socket->ring_capacity = capacity;
    socket->head = 0;
    return true;
}

static bool ring_push(struct tl_net_socket *socket, struct tl_net_shared *shared)
{
    if (socket->count == socket->ring_capacity && !ring_grow(socket)) return false;
    socket->ring[(socket->head + socket->count++) & (socket->ring_capacity - 1)] = shared;
    socket->queued += shared->size;
    shared->references++;
    return true;
}

static void ring_pop(struct tl_net_socket *socket)
{
    struct tl_net_shared *shared = socket->ring[socket->head];
    socket->head = (socket->head + 1) & (socket->ring_capacity - 1);
    socket->count--;
    if (!shared->control) socket->conn->net->counts.ws_sent++;
    tl_net_shared_release(shared);
}

static void ring_clear(struct tl_net_socket *socket)
{
    while (socket->count)
        ring_pop(socket);
    free(socket->ring);
    socket->ring = NULL;
    socket->ring_capacity = 0;
    socket->queued = socket->head_sent = 0;
}

/* --- writing -------------------------------------------------------------------------------- */

static int gather(const struct tl_net_socket *socket, struct iovec parts[GATHER])
{
    int count = 0;
    for (size_t i = 0; i < socket->count && count < GATHER; i++, count++) {
        struct tl_net_shared *shared =
            socket->ring[(socket->head + i) & (socket->ring_capacity - 1)];
        size_t skip = i == 0 ? socket->head_sent : 0;
        parts[count] = (struct iovec){shared->bytes + skip, shared->size - skip};
    }
    return count;
}

static void take_sent(struct tl_net_socket *socket, size_t sent)
{
    socket->queued -= sent;
    sent += socket->head_sent;
    while (socket->count && sent >= socket->ring[socket->head]->size) {
        sent -= socket->ring[socket->head]->size;
        ring_pop(socket);
    }
    socket->head_sent = sent;
}

void tl_net_socket_writable(struct net_conn *conn)
{
    struct tl_net_socket *socket = conn->socket;
    struct iovec parts[GATHER];
    while (socket->count) {
        long sent = tl_net_link_send(conn->link, parts, gather(socket, parts));
        if (sent < 0) return;
        conn->net->counts.sent_bytes += (uint64_t)sent;
        take_sent(socket, (size_t)sent);
        /* Short, or more than one gather: other clients have their turn first. */
        if (socket->count) {
            tl_net_link_want_write(conn->link);
            return;
        }
    }
    if (!socket->closing) return;
    if (socket->close_received)
        tl_net_link_close(conn->link);
    else
        tl_net_link_finish(conn->link);
}

static void queue_control(struct tl_net_socket *socket, enum tl_ws_opcode opcode,
                          struct tl_str payload)
{
    if (socket->queued >= NET_WS_QUEUE_BYTES && opcode != TL_WS_CLOSE) return;
    struct tl_net_shared *shared = frame_create(opcode, payload);
    if (shared && ring_push(socket, shared)) tl_net_link_want_write(socket->conn->link);
    tl_net_shared_release(shared);
}

/* Starts or answers the closing handshake; code 0: an empty close frame. */
static void start_close(struct tl_net_socket *socket, int code)
{
    if (socket->closing) return;
    char payload[2] = {(char)(code >> 8), (char)(code & 0xff)};
    queue_control(socket, TL_WS_CLOSE, (struct tl_str){payload, code ? 2 : 0});
    socket->closing = true;
    socket->conn->deadline = tl_os_monotonic() + 2 * NET_LINGER_TIMEOUT;
}

enum tl_status tl_net_send_shared(struct tl_net_socket *socket, struct tl_net_shared *shared)
{
    if (socket->closing) return TL_CLOSED;
    bool fits = socket->queued + shared->size <= NET_WS_QUEUE_BYTES ||
                (socket->count == 0 && shared->size <= NET_WS_SINGLE_MAX);
    if (!fits || !ring_push(socket, shared)) {
        socket->dropped++;
        socket->conn->net->counts.ws_dropped++;
        return TL_FULL;
    }
    if (socket->count == 1) tl_net_link_want_write(socket->conn->link);
    return TL_OK;
}

enum tl_status tl_net_send(struct tl_net_socket *socket, struct tl_str text)
{
    struct tl_net_shared *shared = tl_net_shared_create(text);
    if (!shared) return TL_FULL;
    enum tl_status status = tl_net_send_shared(socket, shared);
    tl_net_shared_release(shared);
    return status;
}

uint64_t tl_net_socket_dropped(const struct tl_net_socket *socket)
{
    return socket->dropped;
}

size_t tl_net_socket_queued(const struct tl_net_socket *socket)
{
    return socket->queued;
}

void tl_net_socket_set_user(struct tl_net_socket *socket, void *user)
{
    socket->user = user;
}

void *tl_net_socket_user(const struct tl_net_socket *socket)
{
    return socket->user;
}

void tl_net_socket_close(struct tl_net_socket *socket)
{
    start_close(socket, 1000);
}

/* --- reading -------------------------------------------------------------------------------- */

static void message_done(struct tl_net_socket *socket, int opcode, struct tl_str payload)
{
    if (!tl_ws_utf8_valid(payload)) {
        if (opcode == TL_WS_TEXT) {
            start_close(socket, 1007);
            return;
        }
        payload.size = 0; /* binary that is no text: the handler refuses an empty message */
    }
    socket->conn->net->counts.ws_received++;
    if (socket->route->ops->message)
        socket->route->ops->message(socket->route->context, socket, payload);
}

/* Adds a fragment; the message is delivered with its last one. */
static void take_fragment(struct tl_net_socket *socket, const struct tl_ws_frame *frame)
{
    bool first = frame->opcode != TL_WS_CONTINUATION;
    if (first == (socket->partial_opcode != 0)) {
        start_close(socket, 1002); /* a message inside a message, or the middle of none */
        return;
    }
    if (first && frame->final) {
        message_done(socket, frame->opcode, (struct tl_str){frame->payload, frame->payload_size});
        return;
    }
    if (first) socket->partial_opcode = frame->opcode;
    size_t size = socket->partial_size + frame->payload_size;
    char *grown = size <= NET_WS_MESSAGE_MAX ? realloc(socket->partial, size ? size : 1) : NULL;
    if (!grown) {
        start_close(socket, 1009);
        return;
    }
    socket->partial = grown;
    if (frame->payload_size)
        memcpy(grown + socket->partial_size, frame->payload, frame->payload_size);
    socket->partial_size = size;
    if (!frame->final) return;
    int opcode = socket->partial_opcode;
    socket->partial_opcode = 0;
    socket->partial_size = 0;
    message_done(socket, opcode, (struct tl_str){grown, size});
}

static void take_frame(struct tl_net_socket *socket, const struct tl_ws_frame *frame)
{
    struct tl_str payload = {frame->payload, frame->payload_size};
    switch (frame->opcode) {
    case TL_WS_PING:
        queue_control(socket, TL_WS_PONG, payload);
        return;
    case TL_WS_PONG:
        return;
    case TL_WS_CLOSE:
        socket->close_received = true;
        if (socket->closing && socket->count == 0)
            tl_net_link_close(socket->conn->link);
        else
            start_close(socket, payload.size >= 2 ? 1000 : 0);
        return;
    default:
        if (!socket->closing) take_fragment(socket, frame);
        return;
    }
}

void tl_net_socket_received(struct net_conn *conn)
{
    struct tl_net_socket *socket = conn->socket;
    size_t at = 0;
    socket->heard = tl_os_monotonic();
    while (at < conn->in_size && !socket->close_received) {
        struct tl_ws_frame frame;
        enum tl_status status =
            tl_ws_frame_parse(conn->in + at, conn->in_size - at, NET_WS_MESSAGE_MAX, &frame);
        if (status == TL_AGAIN) break;
        if (status != TL_OK) {
            start_close(socket, status == TL_FULL ? 1009 : 1002);
            at = conn->in_size;
            break;
        }
        at += frame.size;
        take_frame(socket, &frame);
    }
    /* After a refusal the rest cannot be framed any more; it is read away until the peer closes. */
    tl_net_conn_consume(conn, socket->closing ? conn->in_size : at);
}

/* --- life ----------------------------------------------------------------------------------- */

/* The handshake's answer goes into the ring first, as bytes like any frame. */
static bool queue_handshake(struct tl_net_socket *socket, const struct tl_net_request *request)
{
    static const char head[] = "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n"
                               "connection: Upgrade\r\nsec-websocket-accept: ";
    char accept[32];
    tl_net_accept_key(tl_net_header(request, "sec-websocket-key"), accept);
    struct tl_net_shared *shared = malloc(sizeof *shared + sizeof head + sizeof accept + 4);
    if (!shared) return false;
    struct tl_text text = {.data = shared->bytes, .capacity = sizeof head + sizeof accept + 4};
    tl_text_lit(&text, head);
    tl_text_lit(&text, accept);
    tl_text_lit(&text, "\r\n\r\n");
    shared->references = 1;
    shared->size = text.size;
    shared->control = true;
    bool pushed = ring_push(socket, shared);
    tl_net_shared_release(shared);
    return pushed;
}

void tl_net_socket_accept(struct tl_net_request *request, const struct net_route *route)
{
    struct net_conn *conn = request->conn;
    struct tl_net_socket *socket = calloc(1, sizeof *socket);
    if (!socket) {
        tl_net_link_close(conn->link);
        return;
    }
    socket->conn = conn;
    socket->route = route;
    socket->heard = socket->pinged = tl_os_monotonic();
    conn->socket = socket;
    conn->phase = NET_WEBSOCKET;
    conn->net->counts.sockets++;
    request->replied = true; /* by the handshake; the sweep frees it with its connection's next */
    tl_net_link_send_buffer(conn->link, SEND_BUFFER);
    tl_net_conn_pause(conn, false);
    if (!queue_handshake(socket, request)) {
        tl_net_link_close(conn->link);
        return;
    }
    tl_net_link_want_write(conn->link);
    if (route->ops->opened) route->ops->opened(route->context, socket, tl_net_path(request));
    if (conn->in_size) tl_net_socket_received(conn);
}

void tl_net_socket_gone(struct net_conn *conn)
{
    struct tl_net_socket *socket = conn->socket;
    if (socket->route->ops->closed) socket->route->ops->closed(socket->route->context, socket);
    ring_clear(socket);
    free(socket->partial);
    free(socket);
    conn->socket = NULL;
    conn->net->counts.sockets--;
}

void tl_net_socket_sweep(struct net_conn *conn, tl_ns now)
{
    struct tl_net_socket *socket = conn->socket;
    if (conn->net->draining) start_close(socket, 1001);
    if (socket->closing) {
        if (now > conn->deadline) tl_net_link_close(conn->link);
        return;
    }
    if (now - socket->heard > conn->net->ws_idle_ns) {
        tl_net_link_close(conn->link); /* not even a pong: nobody is there to shake hands with */
        return;
    }
    tl_ns period = NET_PING_PERIOD;
    if (period > conn->net->ws_idle_ns / 4) period = conn->net->ws_idle_ns / 4;
    if (now - socket->pinged > period) {
        socket->pinged = now;
        queue_control(socket, TL_WS_PING, (struct tl_str){NULL, 0});
    }
}
