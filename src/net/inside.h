/* SPDX-License-Identifier: Apache-2.0
 * What the files of src/net share: one connection is read by conn.c, answered through request.c,
 * becomes a WebSocket in socket.c or is relayed by tunnel.c; proxy.c is the client side. */
#ifndef TL_NET_INSIDE_H
#define TL_NET_INSIDE_H

#include <stdatomic.h>

#include "net/http_parse.h"
#include "net/loop.h"
#include "net/net.h"

enum {
    NET_CONNS_MAX = 1024,     /* links, accepted and made; a browser opens at most 6 a page */
    NET_ROUTES_MAX = 192,     /* the API has about 50 */
    NET_HEAD_MAX = 16 * 1024, /* request line and headers; holds about 200 trace ids in a query */
    NET_BODY_DEFAULT = 16 * 1024,
    NET_WS_MESSAGE_MAX = 64 * 1024,      /* from a client, fragments together */
    NET_WS_QUEUE_BYTES = 1024 * 1024,    /* waiting for one client */
    NET_WS_QUEUE_COUNT = 16 * 1024,      /* messages waiting for one client */
    NET_WS_SINGLE_MAX = 8 * 1024 * 1024, /* one message for an empty queue (a snapshot) */
    NET_UPSTREAM_BODY_MAX = 8 * 1024 * 1024,
    NET_UPSTREAMS_MAX = 64,
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
    NET_READ_HEAD,
    NET_READ_BODY,
    NET_ANSWERING, /* a handler has the request, or will answer later */
    NET_WRITING,
    NET_WEBSOCKET,
    NET_TUNNEL,
    NET_LINGER /* all is said: discard input until the peer hangs up */
};

struct net_upstream;
struct net_tunnel;

struct net_conn {
    struct tl_net *net;
    struct tl_net_link *link;
    struct net_conn *previous, *next;
    enum net_phase phase;
    bool close_after; /* the answer in progress is the last one */
    bool paused;
    tl_ns deadline; /* 0: none */
    char *in;       /* received and not used yet */
    size_t in_size, in_capacity;
    char *out; /* the answer */
    size_t out_size, out_sent;
    struct tl_net_request *request;
    struct tl_net_socket *socket;
    struct net_tunnel *tunnel;
};

struct tl_net_request {
    struct tl_net *net;
    struct net_conn *conn; /* NULL: the client has left */
    struct tl_net_request *previous, *next;
    struct net_upstream *upstream; /* when forwarded */
    char *head_bytes;
    struct tl_http_head head;
    struct tl_http_chunked chunked;
    char *body;
    size_t body_size, body_capacity;
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
    char host[256]; /* tunnel */
    int port;
};

struct net_counts {
    uint64_t conns, sockets; /* open now */
    uint64_t requests, bad_requests, sent_bytes, received_bytes;
    uint64_t ws_sent, ws_received, ws_dropped;
    uint64_t upstream_failed, origin_refused;
};

struct tl_net {
    struct tl_net_loop *loop;
    size_t body_max;
    tl_ns ws_idle_ns;
    bool loopback; /* listens on a loopback address */
    char host[256];
    char cors_origins[1024];
    struct net_route routes[NET_ROUTES_MAX];
    size_t route_count;
    struct net_conn *conns;
    struct tl_net_request *requests;
    struct net_upstream *upstreams;
    size_t upstream_count;
    struct net_counts counts;
    atomic_bool stop;
    bool draining; /* stopping: no new connections, answers are the last ones */
    bool closed;   /* being torn down: nothing is answered any more */
};

/* conn.c */
bool tl_net_conn_accept(void *context, struct tl_net_link *link);
void tl_net_conn_answer(struct net_conn *conn, char *out, size_t size); /* takes out */
void tl_net_conn_sweep(struct net_conn *conn, tl_ns now);
void tl_net_conn_pause(struct net_conn *conn, bool paused);
bool tl_net_conn_append(struct net_conn *conn, const char *data, size_t size);
void tl_net_conn_consume(struct net_conn *conn, size_t size);

/* request.c */
struct tl_net_request *tl_net_request_create(struct net_conn *conn, const char *head, size_t size);
void tl_net_request_destroy(struct tl_net_request *request);
bool tl_net_request_body_append(struct tl_net_request *request, const char *data, size_t size);
void tl_net_reply_error(struct tl_net_request *request, int status, const char *word);

/* socket.c */
void tl_net_socket_accept(struct tl_net_request *request, const struct net_route *route);
void tl_net_socket_received(struct net_conn *conn);
void tl_net_socket_writable(struct net_conn *conn);
void tl_net_socket_gone(struct net_conn *conn);
void tl_net_socket_sweep(struct net_conn *conn, tl_ns now);

/* proxy.c */
struct net_upstream *tl_net_proxy_sweep(struct net_upstream *upstream, tl_ns now); /* the next */
bool tl_net_url_parse(const char *url, char *host, size_t capacity, int *port);

/* tunnel.c */
void tl_net_tunnel_open(struct tl_net_request *request, const struct net_route *route);
void tl_net_tunnel_received(struct net_conn *conn); /* from the client */
void tl_net_tunnel_writable(struct net_conn *conn);
void tl_net_tunnel_gone(struct net_conn *conn);
void tl_net_tunnel_sweep(struct net_conn *conn, tl_ns now);

#endif
