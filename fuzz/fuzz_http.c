/* SPDX-License-Identifier: Apache-2.0
 * Bytes as a client or an upstream sends them, to a real server on loopback. The first byte chooses:
 * a request, an answer of the upstream that a request is forwarded to, a chunked body, the frames
 * of a WebSocket. Whatever comes, the connection ends, and the server answers the next client. */
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/text.h"
#include "net/net.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct tl_net *net;
static int upstream_fd;
static char upstream_url[64];

static bool on_health(void *context, struct tl_net_request *request)
{
    (void)context;
    tl_net_reply(request, 200, "text/plain", NULL, tl_net_query(request));
    return true;
}

static bool on_body(void *context, struct tl_net_request *request)
{
    (void)context;
    tl_net_reply(request, 200, "text/plain", NULL, tl_net_body(request));
    return true;
}

static bool on_forward(void *context, struct tl_net_request *request)
{
    struct tl_net_upstream upstream = {.url = upstream_url, .path = "/", .timeout_ms = 1000};
    (void)context;
    tl_net_proxy(request, &upstream);
    return true;
}

static void on_message(void *context, struct tl_net_socket *socket, struct tl_str text)
{
    (void)context;
    (void)tl_net_send(socket, text);
}

static void *server_main(void *context)
{
    tl_net_run(context);
    return NULL;
}

static int listen_any(int *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert(bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && listen(fd, 8) == 0);
    getsockname(fd, (struct sockaddr *)&at, &size);
    *port = ntohs(at.sin_port);
    return fd;
}

static void start(void)
{
    static const struct tl_net_socket_ops ops = {.message = on_message};
    struct tl_net_options options = {.host = "127.0.0.1"};
    pthread_t thread;
    enum tl_status opened = tl_net_open(&options, &net, NULL);
    int port;
    assert(opened == TL_OK);
    upstream_fd = listen_any(&port);
    snprintf(upstream_url, sizeof upstream_url, "http://127.0.0.1:%d", port);
    tl_net_route(net, "GET", "/up", on_forward, NULL);
    tl_net_websocket(net, "/ws", &ops, NULL);
    tl_net_route(net, "GET", "/*", on_health, NULL);
    tl_net_route(net, "POST", "/*", on_body, NULL);
    assert(pthread_create(&thread, NULL, server_main, net) == 0);
}

static int connect_to(int port)
{
    struct timeval patience = {35, 0}; /* the server ends a stuck exchange after 30 s at most */
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert(connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
    return fd;
}

static void say(int fd, const void *data, size_t size)
{
    (void)!send(fd, data, size, MSG_NOSIGNAL);
}

/* Reads to the end of the connection; it must come. */
static void read_out(int fd)
{
    char away[4096];
    ssize_t got;
    while ((got = recv(fd, away, sizeof away, 0)) > 0)
        continue;
    assert(got == 0 || errno == ECONNRESET);
    close(fd);
}

static void from_client(const char *before, const uint8_t *data, size_t size)
{
    int fd = connect_to(tl_net_port(net));
    say(fd, before, strlen(before));
    say(fd, data, size);
    shutdown(fd, SHUT_WR);
    read_out(fd);
}

static void from_upstream(const uint8_t *data, size_t size)
{
    static const char ask[] = "GET /up HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    char away[1024];
    int fd = connect_to(tl_net_port(net));
    say(fd, ask, sizeof ask - 1);
    int far = accept(upstream_fd, NULL, NULL);
    assert(far >= 0);
    (void)!recv(far, away, sizeof away, 0);
    say(far, data, size);
    close(far);
    read_out(fd);
}

static void check_alive(void)
{
    static const char ask[] = "GET /?alive HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    char start_of[12];
    int fd = connect_to(tl_net_port(net));
    say(fd, ask, sizeof ask - 1);
    ssize_t got = recv(fd, start_of, sizeof start_of, MSG_WAITALL);
    assert(got == sizeof start_of && memcmp(start_of, "HTTP/1.1 200", 12) == 0);
    read_out(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > 32768) return 0;
    if (!net) start();
    if (data[0] % 4 == 0)
        from_client("", data + 1, size - 1);
    else if (data[0] % 4 == 1)
        from_upstream(data + 1, size - 1);
    else if (data[0] % 4 == 2)
        from_client("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", data + 1,
                    size - 1);
    else
        from_client("GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                    data + 1, size - 1);
    check_alive();
    return 0;
}
