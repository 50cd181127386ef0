/* SPDX-License-Identifier: Apache-2.0
 * The event loop and its sockets: listen, connect, timers, wake-up. The one file that knows
 * libwebsockets.
 *
 * Only the library's loop and raw sockets are used, not its HTTP and WebSocket roles: version 4.1
 * decodes and normalises the request target before it shows it (a bad escape is answered 403 by
 * the library, "%2F" and "/" are the same), has no chunked request bodies, waits for 100 MB after a
 * POST without a length, and buffers a slow reader's bytes out of our sight. What we promise in
 * net.h (paths as sent, our own error bodies, queues bounded in bytes) needs the bytes themselves.
 * For the same reason bytes are written with send(2): the library's raw role spins while it holds a
 * partial write and input is waiting. */
#ifndef TL_NET_LOOP_H
#define TL_NET_LOOP_H

#include <sys/uio.h>

#include <tapeloom/types.h>

struct tl_net_loop;
struct tl_net_link; /* one TCP connection, accepted or made */

struct tl_net_link_ops {
    void (*received)(void *owner, char *data, size_t size);
    void (*writable)(void *owner); /* after a short send or tl_net_link_want_write */
    void (*closed)(void *owner);   /* last call; the link is freed after it */
};

struct tl_net_loop_options {
    const char *host;
    int port;
    size_t links_max; /* further connections are refused and counted */
    /* A new connection: the owner calls tl_net_link_own, or returns false to refuse it. */
    bool (*accepted)(void *context, struct tl_net_link *link);
    void *context;
};

enum tl_status tl_net_loop_open(const struct tl_net_loop_options *options,
                                struct tl_net_loop **loop, struct tl_error *error) TL_MUST_USE;
void tl_net_loop_close(struct tl_net_loop *loop); /* closes every link: closed() is called */
int tl_net_loop_port(const struct tl_net_loop *loop);
size_t tl_net_loop_refused(const struct tl_net_loop *loop);
void tl_net_loop_once(struct tl_net_loop *loop); /* waits for events or the next timer, serves it */
void tl_net_loop_wake(struct tl_net_loop *loop); /* thread-safe */
void tl_net_loop_timer(struct tl_net_loop *loop, int period_ms, void (*tick)(void *context),
                       void *context);

/* Starts connecting; NULL: cannot even start. writable() comes once connected, closed() when not.
 * Names are resolved by the system's resolver, which may block for its own timeout: use addresses
 * or names in /etc/hosts (answers are kept for 30 s). */
struct tl_net_link *tl_net_link_connect(struct tl_net_loop *loop, const char *host, int port,
                                        const struct tl_net_link_ops *ops, void *owner);
void tl_net_link_own(struct tl_net_link *link, const struct tl_net_link_ops *ops, void *owner);
/* Sends now what fits: bytes taken (fewer: writable() follows), -1: broken, closed() follows. */
long tl_net_link_send(struct tl_net_link *link, const struct iovec *parts, int count);
void tl_net_link_want_write(struct tl_net_link *link);
void tl_net_link_pause(struct tl_net_link *link, bool paused); /* stop or go on receiving */
void tl_net_link_finish(struct tl_net_link *link);             /* no more bytes from us (FIN) */
void tl_net_link_close(struct tl_net_link *link);              /* closed() follows, never at once */
void tl_net_link_send_buffer(struct tl_net_link *link, int size); /* the kernel's share, bytes */

/* Of a WebSocket handshake: base64(SHA-1(key + GUID)), NUL-terminated (RFC 6455, 4.2.2). */
void tl_net_accept_key(struct tl_str key, char accept[32]);

#endif
