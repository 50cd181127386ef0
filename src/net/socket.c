/* SPDX-License-Identifier: Apache-2.0
 * One WebSocket client. wslay reads its frames (fragments, control frames, UTF-8, the closing
 * handshake) and writes ours; what waits to be sent is the output of libevent's bufferevent, which
 * is what "queued" counts: bounded at 1 MiB, above that a message is refused and counted; a message
 * larger than the bound passes only into an empty queue (snapshots). The kernel's send buffer is cut
 * down so that "queued" means what it says. A message to many is framed once; below 1 KiB its bytes
 * are copied into the queue, which is cheaper than a reference each. */
#include "net/socket.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <wslay/wslay.h>

#include "base/text.h"
#include "os/os.h"

enum { COPY_MAX = 1024, SEND_BUFFER = 128 * 1024, FRAME_HEAD_MAX = 10 };

/* The bytes on the wire: one whole frame. */
struct tl_net_shared {
    size_t references, size;
    unsigned char bytes[];
};

struct tl_net_socket {
    struct net_conn *conn;
    const struct net_route *route;
    wslay_event_context_ptr frames;
    uint64_t dropped;
    void *user;
    bool closing;        /* a close frame is queued: nothing more is taken or delivered */
    tl_ns heard, pinged; /* monotonic */
};

/* --- shared frames -------------------------------------------------------------------------- */

static ssize_t frame_bytes(const uint8_t *data, size_t size, int flags, void *context)
{
    struct tl_net_shared *shared = context;
    (void)flags;
    memcpy(shared->bytes + shared->size, data, size);
    shared->size += size;
    return (ssize_t)size;
}

struct tl_net_shared *tl_net_shared_create(struct tl_str text)
{
    static const struct wslay_frame_callbacks callbacks = {.send_callback = frame_bytes};
    struct tl_net_shared *shared = malloc(sizeof *shared + FRAME_HEAD_MAX + text.size);
    wslay_frame_context_ptr frame;
    if (!shared) return NULL;
    *shared = (struct tl_net_shared){.references = 1};
    struct wslay_frame_iocb whole = {.fin = 1,
                                     .opcode = WSLAY_TEXT_FRAME,
                                     .payload_length = text.size,
                                     .data = (const uint8_t *)text.data,
                                     .data_length = text.size};
    if (wslay_frame_context_init(&frame, &callbacks, shared) != 0) {
        free(shared);
        return NULL;
    }
    (void)wslay_frame_send(frame, &whole); /* takes all: frame_bytes does */
    wslay_frame_context_free(frame);
    return shared;
}

void tl_net_shared_release(struct tl_net_shared *shared)
{
    if (shared && --shared->references == 0) free(shared);
}

static void reference_sent(const void *bytes, size_t size, void *shared)
{
    (void)bytes, (void)size;
    tl_net_shared_release(shared);
}

/* --- sending -------------------------------------------------------------------------------- */

static struct evbuffer *output_of(const struct tl_net_socket *socket)
{
    return bufferevent_get_output(socket->conn->bev);
}

enum tl_status tl_net_send_shared(struct tl_net_socket *socket, struct tl_net_shared *shared)
{
    struct evbuffer *output = output_of(socket);
    size_t queued = evbuffer_get_length(output);
    if (socket->closing) return TL_CLOSED;
    bool fits = queued + shared->size <= NET_WS_QUEUE_BYTES ||
                (queued == 0 && shared->size <= NET_WS_SINGLE_MAX);
    bool copied = shared->size <= COPY_MAX;
    if (fits && copied)
        fits = evbuffer_add(output, shared->bytes, shared->size) == 0;
    else if (fits)
        fits = evbuffer_add_reference(output, shared->bytes, shared->size, reference_sent,
                                      shared) == 0;
    if (!fits) {
        socket->dropped++;
        socket->conn->net->counts.ws_dropped++;
        return TL_FULL;
    }
    if (!copied) shared->references++;
    socket->conn->net->counts.ws_sent++;
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
    return evbuffer_get_length(output_of(socket));
}

void tl_net_socket_set_user(struct tl_net_socket *socket, void *user)
{
    socket->user = user;
}

void *tl_net_socket_user(const struct tl_net_socket *socket)
{
    return socket->user;
}

/* wslay's own queue holds control frames only and is emptied at once into the output. */
static void flush_frames(struct tl_net_socket *socket)
{
    (void)wslay_event_send(socket->frames);
    if (!wslay_event_get_close_sent(socket->frames) || socket->closing) return;
    socket->closing = true;
    socket->conn->deadline = tl_os_monotonic() + 2 * NET_LINGER_TIMEOUT;
}

static void start_close(struct tl_net_socket *socket, uint16_t code)
{
    (void)wslay_event_queue_close(socket->frames, code, NULL, 0);
    flush_frames(socket);
}

void tl_net_socket_close(struct tl_net_socket *socket)
{
    start_close(socket, WSLAY_CODE_NORMAL_CLOSURE);
}

/* --- receiving ------------------------------------------------------------------------------ */

static ssize_t on_want(wslay_event_context_ptr frames, uint8_t *data, size_t size, int flags,
                       void *context)
{
    struct tl_net_socket *socket = context;
    (void)flags;
    int got = evbuffer_remove(bufferevent_get_input(socket->conn->bev), data, size);
    if (got > 0) return got;
    wslay_event_set_error(frames, WSLAY_ERR_WOULDBLOCK);
    return -1;
}

static ssize_t on_frame(wslay_event_context_ptr frames, const uint8_t *data, size_t size, int flags,
                        void *context)
{
    struct tl_net_socket *socket = context;
    (void)flags;
    if (evbuffer_add(output_of(socket), data, size) == 0) return (ssize_t)size;
    wslay_event_set_error(frames, WSLAY_ERR_CALLBACK_FAILURE);
    return -1;
}

/* wslay looks at text only. The C library's converter stops at what RFC 3629 forbids;
 * UTF-16 as the target, since it has no place for anything above U+10FFFF. */
static bool utf8_valid(const uint8_t *bytes, size_t size)
{
    char away[512], *from, *to;
    iconv_t converter = iconv_open("UTF-16LE", "UTF-8");
    size_t done = 0, room;
    if (converter == (iconv_t)-1) return false;
    memcpy(&from, &bytes, sizeof from); /* it reads only, but its type is old */
    do {
        to = away;
        room = sizeof away;
        errno = 0;
        done = iconv(converter, &from, &size, &to, &room);
    } while (done == (size_t)-1 && errno == E2BIG);
    iconv_close(converter);
    return done != (size_t)-1;
}

static void on_message(wslay_event_context_ptr frames,
                       const struct wslay_event_on_msg_recv_arg *message, void *context)
{
    struct tl_net_socket *socket = context;
    (void)frames;
    flush_frames(socket); /* a pong leaves before the answer to what came after its ping */
    if (socket->closing || wslay_is_ctrl_frame(message->opcode)) return;
    struct tl_str text = {(const char *)message->msg, message->msg_length};
    if (message->opcode == WSLAY_BINARY_FRAME && !utf8_valid(message->msg, message->msg_length))
        text.size = 0; /* the handler refuses an empty message */
    socket->conn->net->counts.ws_received++;
    if (socket->route->ops->message)
        socket->route->ops->message(socket->route->context, socket, text);
}

/* All is said, on our side or on both. */
static void close_when_sent(struct tl_net_socket *socket)
{
    struct net_conn *conn = socket->conn;
    if (!socket->closing || evbuffer_get_length(output_of(socket)) > 0) return;
    if (wslay_event_get_close_received(socket->frames))
        tl_net_conn_close_soon(conn);
    else
        shutdown(conn->fd, SHUT_WR);
}

static void on_readable(struct bufferevent *bev, void *context)
{
    struct net_conn *conn = context;
    struct tl_net_socket *socket = conn->socket;
    socket->heard = tl_os_monotonic();
    if (tl_net_socket_queued(socket) >= NET_WS_QUEUE_BYTES) {
        bufferevent_disable(bev, EV_READ); /* it asks and does not take: on_written goes on */
        return;
    }
    (void)wslay_event_recv(socket->frames);
    flush_frames(socket);
    if (!wslay_event_want_read(socket->frames)) { /* the rest cannot be framed, or is not heard */
        struct evbuffer *input = bufferevent_get_input(bev);
        evbuffer_drain(input, evbuffer_get_length(input));
    }
    close_when_sent(socket);
}

static void on_written(struct bufferevent *bev, void *context)
{
    struct net_conn *conn = context;
    close_when_sent(conn->socket);
    if (bufferevent_get_enabled(bev) & EV_READ) return;
    bufferevent_enable(bev, EV_READ);
    on_readable(bev, context);
}

static void on_end(struct bufferevent *bev, short what, void *context)
{
    (void)bev, (void)what;
    tl_net_conn_close_soon(context);
}

/* --- life ----------------------------------------------------------------------------------- */

/* base64(SHA-1(key + GUID)): RFC 6455, 4.2.2. */
static void accept_key(struct tl_str key, char accept[32])
{
    unsigned char digest[SHA_DIGEST_LENGTH];
    char text[128] = "";
    struct tl_text whole = {.data = text, .capacity = sizeof text};
    tl_text_str(&whole, key); /* 24 bytes */
    tl_text_lit(&whole, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    SHA1((const unsigned char *)text, whole.size, digest);
    EVP_EncodeBlock((unsigned char *)accept, digest, sizeof digest);
}

void tl_net_socket_accept(struct tl_net_request *request, const struct net_route *route)
{
    static const struct wslay_event_callbacks callbacks = {
        .recv_callback = on_want, .send_callback = on_frame, .on_msg_recv_callback = on_message};
    struct net_conn *conn = request->conn;
    struct tl_net_socket *socket = calloc(1, sizeof *socket);
    char accept[32];
    if (!socket || wslay_event_context_server_init(&socket->frames, &callbacks, socket) != 0) {
        free(socket);
        tl_net_reply_error(request, 503, "out of memory");
        return;
    }
    int send_buffer = SEND_BUFFER;
    setsockopt(conn->fd, SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof send_buffer);
    wslay_event_config_set_max_recv_msg_length(socket->frames, NET_WS_MESSAGE_MAX);
    socket->conn = conn;
    socket->route = route;
    socket->heard = socket->pinged = tl_os_monotonic();
    conn->socket = socket;
    conn->phase = NET_WEBSOCKET;
    conn->net->counts.sockets++;
    /* From here the bufferevent is ours; the library's connection and request stay until its end. */
    bufferevent_setcb(conn->bev, on_readable, on_written, on_end, conn);
    bufferevent_enable(conn->bev, EV_READ | EV_WRITE);
    accept_key(tl_net_header(request, "sec-websocket-key"), accept);
    evbuffer_add_printf(output_of(socket),
                        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n"
                        "connection: Upgrade\r\nsec-websocket-accept: %s\r\n\r\n",
                        accept);
    if (route->ops->opened) route->ops->opened(route->context, socket, tl_net_path(request));
    tl_net_request_destroy(request);
    if (evbuffer_get_length(bufferevent_get_input(conn->bev)))
        bufferevent_trigger(conn->bev, EV_READ, BEV_OPT_DEFER_CALLBACKS);
}

void tl_net_socket_gone(struct net_conn *conn)
{
    struct tl_net_socket *socket = conn->socket;
    if (socket->route->ops->closed) socket->route->ops->closed(socket->route->context, socket);
    wslay_event_context_free(socket->frames);
    free(socket);
    conn->socket = NULL;
    conn->net->counts.sockets--;
}

void tl_net_socket_sweep(struct net_conn *conn, tl_ns now)
{
    struct tl_net_socket *socket = conn->socket;
    if (conn->net->draining) start_close(socket, WSLAY_CODE_GOING_AWAY);
    if (socket->closing) {
        if (now > conn->deadline) tl_net_conn_close(conn);
        return;
    }
    if (now - socket->heard > conn->net->ws_idle_ns) {
        tl_net_conn_close(conn); /* not even a pong: nobody is there to shake hands with */
        return;
    }
    tl_ns period = NET_PING_PERIOD;
    if (period > conn->net->ws_idle_ns / 4) period = conn->net->ws_idle_ns / 4;
    if (now - socket->pinged > period && tl_net_socket_queued(socket) < NET_WS_QUEUE_BYTES) {
        socket->pinged = now;
        (void)wslay_event_queue_msg(socket->frames,
                                    &(struct wslay_event_msg){.opcode = WSLAY_PING});
        flush_frames(socket);
    }
}
