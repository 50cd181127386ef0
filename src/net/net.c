/* SPDX-License-Identifier: Apache-2.0
 * Opening, routing table, the loop's run and its end, metrics. A sweep every 100 ms looks at every
 * connection's deadline: with at most 1024 connections that is cheaper than a timer each, and a
 * deadline is late by at most 100 ms. */
#include "net/net.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "net/loop.h"
#include "os/os.h"

static void sweep(void *context)
{
    struct tl_net *net = context;
    tl_ns now = tl_os_monotonic();
    if (tl_os_stopping()) atomic_store(&net->stop, true);
    for (struct net_conn *conn = net->conns, *next; conn; conn = next) {
        next = conn->next;
        tl_net_conn_sweep(conn, now);
    }
    for (struct net_upstream *upstream = net->upstreams; upstream;)
        upstream = tl_net_proxy_sweep(upstream, now);
    for (struct tl_net_request *request = net->requests, *next; request; request = next) {
        next = request->next;
        if (request->replied && !request->conn) tl_net_request_destroy(request);
    }
    tl_net_linger_sweep(net, now);
    tl_net_loop_accept_again(net);
}

static bool loopback_address(const char *host)
{
    return !host || !host[0] || strcmp(host, "localhost") == 0 || strncmp(host, "127.", 4) == 0 ||
           strcmp(host, "::1") == 0;
}

enum tl_status tl_net_open(const struct tl_net_options *options, struct tl_net **out,
                           struct tl_error *error)
{
    struct tl_net *net = calloc(1, sizeof *net);
    if (!net) return tl_error_set(error, TL_NOMEM, "out of memory");
    net->body_max = options->body_max ? options->body_max : NET_BODY_DEFAULT;
    net->ws_idle_ns =
        (options->ws_idle_s ? options->ws_idle_s : NET_WS_IDLE_DEFAULT_S) * TL_NS_PER_S;
    net->loopback = loopback_address(options->host);
    snprintf(net->host, sizeof net->host, "%s", options->host ? options->host : "");
    atomic_init(&net->stop, false);
    snprintf(net->cors_origins, sizeof net->cors_origins, "%s", tl_os_env("API_CORS_ORIGINS", ""));
    enum tl_status status = tl_net_loop_open(net, options->port, error);
    if (status != TL_OK) {
        tl_net_loop_close(net);
        free(net);
        return status;
    }
    tl_net_timer(net, NET_SWEEP_MS, sweep, net);
    *out = net;
    return TL_OK;
}

void tl_net_close(struct tl_net *net)
{
    if (!net) return;
    net->draining = net->closed = true;
    tl_net_proxy_close(net);
    tl_net_loop_close(net);
    while (net->requests)
        tl_net_request_destroy(net->requests);
    tl_net_linger_sweep(net, 0);
    free(net);
}

int tl_net_port(const struct tl_net *net)
{
    return net->port;
}

void tl_net_self_url(const struct tl_net *net, char *url, size_t capacity)
{
    const char *host = net->host;
    if (!host[0] || strcmp(host, "localhost") == 0 || strcmp(host, "0.0.0.0") == 0)
        host = "127.0.0.1";
    bool six = strchr(host, ':') != NULL;
    if (strcmp(host, "::") == 0) host = "::1";
    snprintf(url, capacity, "http://%s%s%s:%d", six ? "[" : "", host, six ? "]" : "",
             tl_net_port(net));
}

/* --- routes --------------------------------------------------------------------------------- */

static struct net_route *add_route(struct tl_net *net, enum net_route_kind kind, const char *path,
                                   bool prefix)
{
    if (net->route_count == NET_ROUTES_MAX) {
        tl_log_line(TL_LOG_ERROR, "net", "more than %d routes: %s was refused", NET_ROUTES_MAX,
                    path);
        return NULL;
    }
    struct net_route *route = &net->routes[net->route_count++];
    *route = (struct net_route){.kind = kind, .path = tl_str_from(path), .prefix = prefix};
    return route;
}

void tl_net_route(struct tl_net *net, const char *method, const char *path, tl_net_handler handler,
                  void *context)
{
    size_t size = strlen(path);
    bool prefix = size > 0 && path[size - 1] == '*';
    struct net_route *route = add_route(net, NET_ROUTE_HTTP, path, prefix);
    if (!route) return;
    if (prefix) route->path.size--;
    route->method = method;
    route->handler = handler;
    route->context = context;
}

void tl_net_websocket(struct tl_net *net, const char *path, const struct tl_net_socket_ops *ops,
                      void *context)
{
    struct net_route *route = add_route(net, NET_ROUTE_WEBSOCKET, path, false);
    if (!route) return;
    route->ops = ops;
    route->context = context;
}

void tl_net_proxy_websocket(struct tl_net *net, const char *prefix, const char *url)
{
    struct net_route *route = add_route(net, NET_ROUTE_TUNNEL, prefix, true);
    if (!route) return;
    if (!tl_net_url_parse(url, route->host, sizeof route->host, &route->port)) {
        tl_log_line(TL_LOG_ERROR, "net", "not an http:// address for WebSockets: %s", url);
        net->route_count--;
    }
}

/* --- running -------------------------------------------------------------------------------- */

static bool busy(const struct tl_net *net)
{
    for (const struct net_conn *conn = net->conns; conn; conn = conn->next)
        if (conn->phase != NET_READING || conn->watch.state != TL_HEAD_MORE) return true;
    return false;
}

void tl_net_run(struct tl_net *net)
{
    while (!atomic_load(&net->stop) && !tl_os_stopping())
        tl_net_loop_once(net);
    net->draining = true;
    tl_ns deadline = tl_os_monotonic() + TL_NS_PER_S;
    sweep(net); /* says goodbye to WebSockets, closes what is idle */
    while (busy(net) && tl_os_monotonic() < deadline)
        tl_net_loop_once(net);
}

void tl_net_stop(struct tl_net *net)
{
    atomic_store(&net->stop, true);
    tl_net_loop_wake(net);
}

size_t tl_net_metrics(const struct tl_net *net, char *buffer, size_t capacity)
{
    const struct net_counts *counts = &net->counts;
    const struct {
        const char *name, *type, *help;
        uint64_t value;
    } rows[] = {
        {"connections", "gauge", "Open connections", counts->conns},
        {"sockets", "gauge", "Open WebSocket clients", counts->sockets},
        {"requests_total", "counter", "HTTP requests given to routes", counts->requests},
        {"bad_requests_total", "counter", "Requests refused before a route", counts->bad_requests},
        {"received_bytes_total", "counter", "Bytes read from clients", counts->received_bytes},
        {"sent_bytes_total", "counter", "Bytes written to clients", counts->sent_bytes},
        {"ws_sent_total", "counter", "WebSocket messages queued for clients", counts->ws_sent},
        {"ws_received_total", "counter", "WebSocket messages read", counts->ws_received},
        {"ws_dropped_total", "counter", "Messages refused by full client queues",
         counts->ws_dropped},
        {"upstream_failed_total", "counter", "Forwarded requests answered 502",
         counts->upstream_failed},
        {"origin_refused_total", "counter", "WebSockets refused for a foreign Origin",
         counts->origin_refused},
        {"refused_total", "counter", "Connections refused, too many are open", counts->refused}};
    struct tl_text text = {.data = buffer, .capacity = capacity};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *const parts[] = {"# HELP tapeloom_net_",   rows[i].name, " ", rows[i].help,
                                     "\n# TYPE tapeloom_net_", rows[i].name, " ", rows[i].type,
                                     "\ntapeloom_net_",        rows[i].name, " "};
        for (size_t part = 0; part < sizeof parts / sizeof parts[0]; part++)
            tl_text_lit(&text, parts[part]);
        tl_text_u64(&text, rows[i].value);
        tl_text_byte(&text, '\n');
    }
    return text.size;
}
