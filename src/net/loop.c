/* SPDX-License-Identifier: Apache-2.0
 * libwebsockets 4.1: one context, one virtual host that accepts raw sockets. A link is the
 * library's `wsi` with our owner; the library reads into its own buffer (16 KiB) and hands it over
 * at once. */
#include "net/loop.h"

#include <libwebsockets.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "os/os.h"

enum { TIMERS_MAX = 16, READ_SIZE = 16384, NAME_SIZE = 256 };

struct tl_net_link {
    struct lws *wsi;
    struct tl_net_loop *loop;
    const struct tl_net_link_ops *ops;
    void *owner;
    bool connecting, dying;
};

struct loop_timer {
    lws_sorted_usec_list_t sul; /* first: the library hands this pointer to the callback */
    struct tl_net_loop *loop;
    lws_usec_t period_us, due_us;
    void (*tick)(void *context);
    void *context;
};

struct tl_net_loop {
    struct lws_context *lws;
    struct lws_vhost *vhost;
    struct tl_net_loop_options options;
    size_t links, refused;
    struct loop_timer timers[TIMERS_MAX];
    int timer_count;
    char host[NAME_SIZE];
    /* The last name resolved: there is one upstream. */
    char resolved_name[NAME_SIZE];
    struct sockaddr_storage resolved;
    socklen_t resolved_size;
    tl_ns resolved_at;
};

/* --- callbacks of the library --------------------------------------------------------------- */

static int link_adopted(struct tl_net_loop *loop, struct lws *wsi)
{
    struct tl_net_link *link = calloc(1, sizeof *link);
    if (!link) return -1;
    int on = 1;
    link->wsi = wsi;
    link->loop = loop;
    setsockopt(lws_get_socket_fd(wsi), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (!loop->options.accepted(loop->options.context, link)) {
        loop->refused++;
        free(link);
        return -1;
    }
    loop->links++;
    lws_set_opaque_user_data(wsi, link);
    return 0;
}

static int link_writable(struct tl_net_link *link)
{
    if (link->connecting) {
        int failure = 0;
        socklen_t size = sizeof failure;
        int fd = lws_get_socket_fd(link->wsi);
        if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size) != 0 || failure) return -1;
        link->connecting = false;
    }
    link->ops->writable(link->owner);
    return link->dying ? -1 : 0;
}

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                    size_t size)
{
    (void)user;
    struct tl_net_loop *loop = lws_context_user(lws_get_context(wsi));
    struct tl_net_link *link = NULL;
    switch ((int)reason) {
    case LWS_CALLBACK_FILTER_NETWORK_CONNECTION:
        if (loop->links < loop->options.links_max) return 0;
        loop->refused++;
        return 1;
    case LWS_CALLBACK_RAW_ADOPT:
        return lws_get_opaque_user_data(wsi) ? 0 : link_adopted(loop, wsi);
    case LWS_CALLBACK_RAW_RX:
        link = lws_get_opaque_user_data(wsi);
        if (!link || link->dying) return -1;
        link->ops->received(link->owner, in, size);
        return link->dying ? -1 : 0;
    case LWS_CALLBACK_RAW_WRITEABLE:
        link = lws_get_opaque_user_data(wsi);
        return !link || link->dying ? -1 : link_writable(link);
    case LWS_CALLBACK_RAW_CLOSE:
        link = lws_get_opaque_user_data(wsi);
        if (!link || !link->wsi) return 0; /* refused, or its adoption failed */
        lws_set_opaque_user_data(wsi, NULL);
        link->dying = true; /* whatever the owner still asks of it is too late */
        loop->links--;
        link->ops->closed(link->owner);
        free(link);
        return 0;
    default:
        return 0;
    }
}

static void on_log(int level, const char *line)
{
    int size = (int)strcspn(line, "\n");
    tl_log_line(level == LLL_ERR ? TL_LOG_WARN : TL_LOG_DEBUG, "net", "library: %.*s", size, line);
}

/* --- loop ------------------------------------------------------------------------------------ */

/* Binds and closes again, only to learn why it cannot be done: the library does not tell. */
static enum tl_status probe_port(const char *host, int port, struct tl_error *error)
{
    struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV,
                             .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    char service[16];
    snprintf(service, sizeof service, "%d", port);
    if (port < 0 || port > 65535 || getaddrinfo(host, service, &hints, &found) != 0)
        return tl_error_set(error, TL_INVALID, "cannot listen on %s port %d: not an address", host,
                            port);
    int on = 1, failure = 0;
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(fd, found->ai_addr, found->ai_addrlen) != 0 || listen(fd, 1) != 0)
        failure = errno;
    if (fd >= 0) close(fd);
    freeaddrinfo(found);
    if (failure == EADDRINUSE)
        return tl_error_set(error, TL_IO, "port %d on %s is in use; choose another with --port",
                            port, host);
    if (failure)
        return tl_error_set(error, TL_IO, "cannot listen on %s port %d: %s", host, port,
                            strerror(failure));
    return TL_OK;
}

static struct lws_context *create_context(struct tl_net_loop *loop)
{
    static const struct lws_protocols protocols[] = {{.name = "tapeloom", .callback = on_event},
                                                     {.name = NULL}};
    struct lws_context_creation_info info = {0};
    info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
    info.pt_serv_buf_size = READ_SIZE;
    info.fd_limit_per_thread = (unsigned int)loop->options.links_max + 64;
    info.user = loop;
    info.gid = -1;
    info.uid = -1;
    struct lws_context *lws = lws_create_context(&info);
    if (!lws) return NULL;
    info.options = LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG |
                   LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
    if (!strchr(loop->host, ':')) info.options |= LWS_SERVER_OPTION_DISABLE_IPV6;
    info.port = loop->options.port;
    info.iface =
        strcmp(loop->host, "0.0.0.0") == 0 || strcmp(loop->host, "::") == 0 ? NULL : loop->host;
    info.protocols = protocols;
    info.listen_accept_role = "raw-skt";
    info.listen_accept_protocol = "tapeloom";
    loop->vhost = lws_create_vhost(lws, &info);
    if (loop->vhost) return lws;
    lws_context_destroy(lws);
    return NULL;
}

enum tl_status tl_net_loop_open(const struct tl_net_loop_options *options, struct tl_net_loop **out,
                                struct tl_error *error)
{
    struct tl_net_loop *loop = calloc(1, sizeof *loop);
    if (!loop) return tl_error_set(error, TL_NOMEM, "out of memory");
    const char *host = options->host && options->host[0] ? options->host : "127.0.0.1";
    if (strcmp(host, "localhost") == 0) host = "127.0.0.1";
    loop->options = *options;
    snprintf(loop->host, sizeof loop->host, "%s", host);
    lws_set_log_level(LLL_ERR | LLL_WARN, on_log);
    enum tl_status status = probe_port(loop->host, options->port, error);
    if (status == TL_OK && !(loop->lws = create_context(loop)))
        status = tl_error_set(error, TL_IO, "cannot listen on %s port %d", host, options->port);
    if (status != TL_OK) {
        free(loop);
        return status;
    }
    *out = loop;
    return TL_OK;
}

void tl_net_loop_close(struct tl_net_loop *loop)
{
    for (int i = 0; i < loop->timer_count; i++)
        lws_sul_cancel(&loop->timers[i].sul);
    lws_context_destroy(loop->lws);
    free(loop);
}

int tl_net_loop_port(const struct tl_net_loop *loop)
{
    return lws_get_vhost_listen_port(loop->vhost);
}

size_t tl_net_loop_refused(const struct tl_net_loop *loop)
{
    return loop->refused;
}

void tl_net_loop_once(struct tl_net_loop *loop)
{
    lws_service(loop->lws, 0);
}

void tl_net_loop_wake(struct tl_net_loop *loop)
{
    lws_cancel_service(loop->lws);
}

static void timer_fired(lws_sorted_usec_list_t *sul)
{
    struct loop_timer *timer = lws_container_of(sul, struct loop_timer, sul);
    timer->tick(timer->context);
    lws_usec_t now = lws_now_usecs();
    timer->due_us += timer->period_us;
    if (timer->due_us <= now) timer->due_us = now + timer->period_us; /* late: do not catch up */
    lws_sul_schedule(timer->loop->lws, 0, &timer->sul, timer_fired, timer->due_us - now);
}

void tl_net_loop_timer(struct tl_net_loop *loop, int period_ms, void (*tick)(void *context),
                       void *context)
{
    if (loop->timer_count == TIMERS_MAX) {
        tl_log_line(TL_LOG_ERROR, "net", "more than %d timers: one was refused", TIMERS_MAX);
        return;
    }
    struct loop_timer *timer = &loop->timers[loop->timer_count++];
    timer->loop = loop;
    timer->period_us = (lws_usec_t)(period_ms > 0 ? period_ms : 1) * 1000;
    timer->due_us = lws_now_usecs() + timer->period_us;
    timer->tick = tick;
    timer->context = context;
    lws_sul_schedule(loop->lws, 0, &timer->sul, timer_fired, timer->period_us);
}

/* --- links ----------------------------------------------------------------------------------- */

static bool resolve(struct tl_net_loop *loop, const char *host, int port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    char service[16], name[NAME_SIZE];
    if (snprintf(name, sizeof name, "%s:%d", host, port) >= NAME_SIZE) return false;
    tl_ns now = tl_os_monotonic();
    if (strcmp(name, loop->resolved_name) == 0 && now - loop->resolved_at < 30 * TL_NS_PER_S)
        return true;
    snprintf(service, sizeof service, "%d", port);
    /* localhost is IPv4 here, as for listening: an IPv6 answer first would only be refused. */
    if (strcmp(host, "localhost") == 0) host = "127.0.0.1";
    if (getaddrinfo(host, service, &hints, &found) != 0) return false;
    memcpy(&loop->resolved, found->ai_addr, found->ai_addrlen);
    loop->resolved_size = found->ai_addrlen;
    loop->resolved_at = now;
    memcpy(loop->resolved_name, name, sizeof name);
    freeaddrinfo(found);
    return true;
}

struct tl_net_link *tl_net_link_connect(struct tl_net_loop *loop, const char *host, int port,
                                        const struct tl_net_link_ops *ops, void *owner)
{
    if (loop->links >= loop->options.links_max || !resolve(loop, host, port)) return NULL;
    int on = 1;
    int fd = socket(loop->resolved.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return NULL;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct tl_net_link *link = calloc(1, sizeof *link);
    const struct sockaddr *address = (const struct sockaddr *)&loop->resolved;
    if (!link || (connect(fd, address, loop->resolved_size) != 0 && errno != EINPROGRESS)) {
        close(fd);
        free(link);
        return NULL;
    }
    link->loop = loop;
    link->ops = ops;
    link->owner = owner;
    link->connecting = true;
    struct lws_adopt_desc adopt = {.vh = loop->vhost,
                                   .type = LWS_ADOPT_SOCKET,
                                   .fd = {.sockfd = fd},
                                   .vh_prot_name = "tapeloom",
                                   .opaque = link};
    link->wsi = lws_adopt_descriptor_vhost_via_info(&adopt); /* closes fd when it fails */
    if (!link->wsi) {
        free(link);
        return NULL;
    }
    loop->links++;
    lws_callback_on_writable(link->wsi);
    return link;
}

void tl_net_link_own(struct tl_net_link *link, const struct tl_net_link_ops *ops, void *owner)
{
    link->ops = ops;
    link->owner = owner;
}

long tl_net_link_send(struct tl_net_link *link, const struct iovec *parts, int count)
{
    if (link->dying) return -1;
    size_t wanted = 0;
    for (int i = 0; i < count; i++)
        wanted += parts[i].iov_len;
    struct msghdr message = {0};
    memcpy(&message.msg_iov, &parts, sizeof parts); /* sendmsg reads only, but its type is old */
    message.msg_iovlen = (size_t)count;
    long sent = link->connecting ? 0
                                 : (long)sendmsg(lws_get_socket_fd(link->wsi), &message,
                                                 MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) sent = 0;
    if (sent < 0) {
        tl_net_link_close(link);
        return -1;
    }
    if ((size_t)sent < wanted) lws_callback_on_writable(link->wsi);
    return sent;
}

void tl_net_link_want_write(struct tl_net_link *link)
{
    if (!link->dying) lws_callback_on_writable(link->wsi);
}

void tl_net_link_pause(struct tl_net_link *link, bool paused)
{
    if (!link->dying) lws_rx_flow_control(link->wsi, paused ? 0 : 1);
}

void tl_net_link_finish(struct tl_net_link *link)
{
    if (!link->dying) shutdown(lws_get_socket_fd(link->wsi), SHUT_WR);
}

void tl_net_link_close(struct tl_net_link *link)
{
    if (link->dying) return;
    link->dying = true;
    lws_set_timeout(link->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
}

void tl_net_link_send_buffer(struct tl_net_link *link, int size)
{
    setsockopt(lws_get_socket_fd(link->wsi), SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
}

void tl_net_accept_key(struct tl_str key, char accept[32])
{
    char text[128];
    unsigned char digest[20];
    int size = snprintf(text, sizeof text, "%.*s258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
                        key.size < 64 ? (int)key.size : 64, key.data);
    lws_SHA1((const unsigned char *)text, (size_t)size, digest);
    lws_b64_encode_string((const char *)digest, sizeof digest, accept, 32);
}
