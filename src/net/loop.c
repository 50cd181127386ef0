/* SPDX-License-Identifier: Apache-2.0
 * libevent's loop: opening and closing it with its HTTP server, timers, the wake-up from another
 * thread. An eventfd wakes, so the library needs no locks. */
#include "net/loop.h"

#include <errno.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "os/os.h"

static void on_log(int severity, const char *text)
{
    tl_log_line(severity >= EVENT_LOG_ERR ? TL_LOG_WARN : TL_LOG_DEBUG, "net", "library: %s", text);
}

static void on_wake(int fd, short what, void *context)
{
    uint64_t count;
    (void)what, (void)context;
    (void)!read(fd, &count, sizeof count);
}

/* Out of descriptors: accepting again at once would only spin, so the next sweep does. The context is
 * the library's own. */
static void on_accept_error(struct evconnlistener *listener, void *context)
{
    (void)context;
    tl_log_rare(TL_LOG_WARN, "net", "accept", "cannot accept: %s", strerror(errno));
    evconnlistener_disable(listener);
}

/* As the library's evhttp_bind_socket, which forgets why it failed. */
static enum tl_status listen_on(struct tl_net *net, const char *host, int port,
                                struct tl_error *error)
{
    struct evutil_addrinfo hints = {.ai_flags = EVUTIL_AI_PASSIVE | EVUTIL_AI_NUMERICHOST,
                                    .ai_socktype = SOCK_STREAM};
    struct evutil_addrinfo *found = NULL;
    char service[16];
    snprintf(service, sizeof service, "%d", port);
    if (port < 0 || port > 65535 || evutil_getaddrinfo(host, service, &hints, &found) != 0)
        return tl_error_set(error, TL_INVALID, "cannot listen on %s port %d: not an address", host,
                            port);
    net->listener = evconnlistener_new_bind(
        net->base, NULL, NULL, LEV_OPT_REUSEABLE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_CLOSE_ON_FREE,
        128, found->ai_addr, (int)found->ai_addrlen);
    int failure = errno;
    evutil_freeaddrinfo(found);
    if (!net->listener && failure == EADDRINUSE)
        return tl_error_set(error, TL_IO, "port %d on %s is in use; choose another with --port",
                            port, host);
    if (!net->listener || !evhttp_bind_listener(net->http, net->listener))
        return tl_error_set(error, TL_IO, "cannot listen on %s port %d: %s", host, port,
                            strerror(failure));
    struct sockaddr_storage bound;
    socklen_t size = sizeof bound;
    getsockname(evconnlistener_get_fd(net->listener), (struct sockaddr *)&bound, &size);
    net->port = ntohs(bound.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&bound)->sin6_port
                                                  : ((struct sockaddr_in *)&bound)->sin_port);
    evconnlistener_set_error_cb(net->listener, on_accept_error);
    return TL_OK;
}

/* The library enables and disables reading and writing for every answer; collected until the loop
 * waits, that is 2 calls of epoll_ctl a request instead of 6. Its condition: no descriptor is a dup. */
static bool create(struct tl_net *net)
{
    event_set_log_callback(on_log);
    struct event_config *config = event_config_new();
    if (config) event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
    net->base = config ? event_base_new_with_config(config) : NULL;
    if (config) event_config_free(config);
    net->http = net->base ? evhttp_new(net->base) : NULL;
    net->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (net->base && net->wake_fd >= 0)
        net->wake = event_new(net->base, net->wake_fd, EV_READ | EV_PERSIST, on_wake, net);
    return net->http && net->wake && event_add(net->wake, NULL) == 0;
}

enum tl_status tl_net_loop_open(struct tl_net *net, int port, struct tl_error *error)
{
    const char *host = net->host[0] ? net->host : "127.0.0.1";
    if (strcmp(host, "localhost") == 0) host = "127.0.0.1";
    if (!create(net)) return tl_error_set(error, TL_NOMEM, "out of memory");
    evhttp_set_max_headers_size(net->http, TL_HEAD_BYTES_MAX);
    evhttp_set_max_body_size(net->http, (ev_ssize_t)net->body_max);
    evhttp_set_allowed_methods(net->http, 0xffff); /* our routes decide */
    evhttp_set_default_content_type(net->http, NULL);
    evhttp_set_bevcb(net->http, tl_net_conn_accept, net);
    evhttp_set_gencb(net->http, tl_net_conn_request, net);
    return listen_on(net, host, port, error);
}

void tl_net_loop_close(struct tl_net *net)
{
    for (size_t i = 0; i < net->timer_count; i++)
        event_free(net->timers[i].event);
    if (net->wake) event_free(net->wake);
    if (net->http) evhttp_free(net->http); /* the listener and every connection with it */
    if (net->base) event_base_free(net->base);
    if (net->wake_fd >= 0) close(net->wake_fd);
}

void tl_net_loop_once(struct tl_net *net)
{
    event_base_loop(net->base, EVLOOP_ONCE);
}

void tl_net_loop_wake(struct tl_net *net)
{
    uint64_t one = 1;
    (void)!write(net->wake_fd, &one, sizeof one);
}

void tl_net_loop_accept_again(struct tl_net *net)
{
    evconnlistener_enable(net->listener);
}

static void on_timer(int fd, short what, void *context)
{
    struct net_timer *timer = context;
    (void)fd, (void)what;
    timer->tick(timer->context);
}

void tl_net_timer(struct tl_net *net, int period_ms, void (*tick)(void *context), void *context)
{
    struct net_timer *timer = &net->timers[net->timer_count];
    struct timeval period = {period_ms / 1000, period_ms % 1000 * 1000};
    if (period_ms < 1) period.tv_usec = 1000;
    if (net->timer_count < NET_TIMERS_MAX)
        timer->event = event_new(net->base, -1, EV_PERSIST, on_timer, timer);
    if (net->timer_count == NET_TIMERS_MAX || !timer->event) {
        tl_log_line(TL_LOG_ERROR, "net", "more than %d timers: one was refused", NET_TIMERS_MAX);
        return;
    }
    timer->tick = tick;
    timer->context = context;
    net->timer_count++;
    event_add(timer->event, &period);
}
