/* SPDX-License-Identifier: Apache-2.0
 * What the files of src/net share: conn.c stands around libevent's HTTP server, request.c answers,
 * a connection becomes a WebSocket in socket.c or is relayed by tunnel.c; proxy.c is the client
 * side. */
#ifndef TL_NET_INSIDE_H
#define TL_NET_INSIDE_H

#include <stdatomic.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>

#include "net/head_watch.h"
#include "net/net.h"

enum {
    NET_CONNS_MAX = 1024, /* accepted; a browser opens at most 6 a page */
    NET_ROUTES_MAX = 192, /* the API has about 50 */
    NET_TIMERS_MAX = 16,  /* the sweep and about 5 of a service */
    NET_LINGERS_MAX = 64, /* refused peers that are still reading our last words */
    NET_BODY_DEFAULT = 16 * 1024,
    NET_WS_MESSAGE_MAX = 64 * 1024,      /* from a client, fragments together */
    NET_WS_QUEUE_BYTES = 1024 * 1024,    /* waiting for one client */
    NET_WS_SINGLE_MAX = 8 * 1024 * 1024, /* one message for an empty queue (a snapshot) */
    NET_UPSTREAM_BODY_MAX = 8 * 1024 * 1024,
    NET_UPSTREAMS_MAX = 64,
    NET_TUNNEL_BYTES = 64 * 1024, /* waiting each way: above, the other side is not read */
    NET_FDS_MAX = 4096,           /* the lowest free number is given: connections and some files */
    NET_WRITE_MAX = 256 * 1024,   /* one turn of the loop, so that others have theirs */
    NET_NAME_SIZE = 256,
    NET_SWEEP_MS = 100
};

#define NET_HEAD_TIMEOUT (10 * TL_NS_PER_S)  /* from a head's first byte to its last */
#define NET_IDLE_TIMEOUT (75 * TL_NS_PER_S)  /* a kept-alive connection without a request */
#define NET_BODY_TIMEOUT (30 * TL_NS_PER_S)  /* a whole request body */
#define NET_WRITE_TIMEOUT (30 * TL_NS_PER_S) /* an answer of which nothing could be sent */
#define NET_LINGER_TIMEOUT (1 * TL_NS_PER_S) /* the peer reads our last words */
#define NET_PING_PERIOD (30 * TL_NS_PER_S)
#define NET_WS_IDLE_DEFAULT_S 120

enum net_phase {
    NET_READING,   /* the library waits for a request or reads one */
    NET_ANSWERING, /* a handler has the request, or will answer later; nothing is read */
    NET_WRITING,
    NET_WEBSOCKET,
    NET_TUNNEL
};

struct net_upstream;
struct net_tunnel;

struct net_conn {
    struct tl_net *net;
    struct net_conn *previous, *next;
    struct evhttp_connection *http; /* NULL until the loop's next turn after accept */
    struct bufferevent *bev;        /* the library's */
    int fd;
    struct event *task; /* work that may free the connection: never inside a callback */
    enum net_phase phase;
    struct tl_head_watch watch;
    int refusal;    /* status to refuse with, 0: none */
    bool closing;   /* the task shall close it */
    tl_ns deadline; /* monotonic; 0: none */
    struct tl_net_request *request;
    struct tl_net_socket *socket;
    struct net_tunnel *tunnel;
};

struct tl_net_request {
    struct tl_net *net;
    struct net_conn *conn; /* NULL: the client has left */
    struct tl_net_request *previous, *next;
    struct net_upstream *upstream; /* when forwarded */
    struct evhttp_request *http;   /* NULL: answered and gone */
    const char *method;
    struct tl_str path, query; /* raw, in http's own string */
    bool last;                 /* its answer ends the connection */
    bool replied;
};

enum net_route_kind { NET_ROUTE_HTTP, NET_ROUTE_WEBSOCKET, NET_ROUTE_TUNNEL };

struct net_route {
    enum net_route_kind kind;
    const char *method; /* the caller's strings live as long as the net */
    struct tl_str path;
    bool prefix;
    tl_net_handler handler;
    const struct tl_net_socket_ops *ops;
    void *context;
    char host[NET_NAME_SIZE]; /* tunnel */
    int port;
};

struct net_counts {
    uint64_t conns, sockets; /* open now */
    uint64_t requests, bad_requests, sent_bytes, received_bytes;
    uint64_t ws_sent, ws_received, ws_dropped;
    uint64_t upstream_failed, origin_refused, refused;
};

struct net_timer {
    struct event *event;
    void (*tick)(void *context);
    void *context;
};

struct net_linger {
    int fd;
    tl_ns deadline; /* 0: the place is free */
};

struct tl_net {
    struct event_base *base;
    struct evhttp *http;
    struct evconnlistener *listener;
    int wake_fd; /* eventfd, written by tl_net_stop */
    struct event *wake;
    int port;
    size_t body_max;
    tl_ns ws_idle_ns;
    bool loopback; /* listens on a loopback address */
    char host[NET_NAME_SIZE];
    char cors_origins[1024];
    struct net_route routes[NET_ROUTES_MAX];
    size_t route_count;
    struct net_timer timers[NET_TIMERS_MAX];
    size_t timer_count;
    struct net_linger lingers[NET_LINGERS_MAX];
    struct net_conn *conns;
    struct net_conn *conn_of[NET_FDS_MAX]; /* by descriptor */
    struct tl_net_request *requests;
    struct net_upstream *upstreams;
    size_t upstream_count;
    struct net_counts counts;
    atomic_bool stop;
    bool draining; /* stopping: no new connections, answers are the last ones */
    bool closed;   /* being torn down: nothing is answered any more */
};

/* conn.c */
struct bufferevent *tl_net_conn_accept(struct event_base *base, void *net);
void tl_net_conn_request(struct evhttp_request *http, void *net);
void tl_net_conn_ready(struct net_conn *conn); /* answered: the next request may come */
void tl_net_conn_close(struct net_conn *conn); /* at once: not from its own callbacks */
void tl_net_conn_close_soon(struct net_conn *conn);
void tl_net_conn_sweep(struct net_conn *conn, tl_ns now);
void tl_net_linger_sweep(struct tl_net *net, tl_ns now);

/* request.c */
struct tl_net_request *tl_net_request_create(struct net_conn *conn, struct evhttp_request *http);
void tl_net_request_destroy(struct tl_net_request *request);
void tl_net_request_orphan(struct tl_net_request *request); /* its connection is going */
void tl_net_reply_error(struct tl_net_request *request, int status, const char *word);
bool tl_net_equal_fold(struct tl_str a, struct tl_str b); /* ASCII case is ignored */
bool tl_net_has_token(struct tl_str value, const char *token);

/* request_check.c: 0, or the status to refuse with */
int tl_net_request_check(struct tl_net_request *request);

/* socket.c */
void tl_net_socket_accept(struct tl_net_request *request, const struct net_route *route);
void tl_net_socket_gone(struct net_conn *conn);
void tl_net_socket_sweep(struct net_conn *conn, tl_ns now);

/* proxy.c */
struct net_upstream *tl_net_proxy_sweep(struct net_upstream *upstream, tl_ns now); /* the next */
void tl_net_proxy_close(struct tl_net *net);
bool tl_net_url_parse(const char *url, char *host, size_t capacity, int *port);

/* tunnel.c */
void tl_net_tunnel_open(struct tl_net_request *request, const struct net_route *route);
void tl_net_tunnel_gone(struct net_conn *conn);
void tl_net_tunnel_sweep(struct net_conn *conn, tl_ns now);

#endif
