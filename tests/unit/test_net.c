/* SPDX-License-Identifier: Apache-2.0
 * The server and the proxy over real sockets: a net in a thread, plain clients in the test. */
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "lib/harness.h"
#include "lib/net_client.h"
#include "net/net.h"
#include "os/os.h"

enum { CLIENTS_MAX = 128 };

struct server {
    struct tl_net *net;
    pthread_t thread;
    int port;
    struct tl_net_request *held; /* /never: answered when the test says so, by the tick */
    struct tl_net_socket *clients[CLIENTS_MAX];
    size_t client_count;
    bool flooding;     /* the tick sends 64 KiB to all until a queue is full */
    uint64_t dropped;  /* as told by the flooded socket */
    size_t queued_max; /* bytes */
    int broadcasts;    /* left to send, one a tick */
    const char *upstream;
};

static struct client_answer answer;

static bool on_hello(void *context, struct tl_net_request *request)
{
    (void)context;
    tl_net_reply(request, 200, "application/json", "etag: \"7\"\r\n", tl_str_from("{\"a\":1}"));
    return true;
}

static bool on_echo(void *context, struct tl_net_request *request)
{
    (void)context;
    tl_net_reply(request, 200, "text/plain", NULL, tl_net_body(request));
    return true;
}

static bool on_pass(void *context, struct tl_net_request *request)
{
    (void)context, (void)request;
    return false;
}

static bool on_options(void *context, struct tl_net_request *request)
{
    (void)context;
    tl_net_reply(request, 204, NULL, "access-control-allow-origin: x\r\n", (struct tl_str){0});
    return true;
}

static bool on_query(void *context, struct tl_net_request *request)
{
    (void)context;
    char first[16], second[16], text[128];
    bool bad_first, bad_second;
    bool has_first = tl_net_query_get(request, "a", 0, first, sizeof first, &bad_first);
    bool has_second = tl_net_query_get(request, "a", 1, second, sizeof second, &bad_second);
    snprintf(text, sizeof text, "%s|%s",
             !has_first  ? "none"
             : bad_first ? "bad"
                         : first,
             !has_second  ? "none"
             : bad_second ? "bad"
                          : second);
    tl_net_reply(request, 200, "text/plain", NULL, tl_str_from(text));
    return true;
}

static bool on_never(void *context, struct tl_net_request *request)
{
    struct server *server = context;
    server->held = request;
    return true;
}

static bool on_big(void *context, struct tl_net_request *request)
{
    (void)context;
    size_t size = 200 * 1024;
    char *text = malloc(size);
    memset(text, 'x', size);
    tl_net_reply(request, 200, "text/plain", NULL, (struct tl_str){text, size});
    free(text);
    return true;
}

static bool on_forward(void *context, struct tl_net_request *request)
{
    struct server *server = context;
    static const char *const names[] = {"content-type", "if-match", NULL};
    char path[256];
    struct tl_str from = tl_net_path(request);
    snprintf(path, sizeof path, "%.*s", (int)from.size - 3, from.data + 3); /* without "/up" */
    struct tl_net_upstream upstream = {.url = server->upstream,
                                       .path = path,
                                       .bearer = "secret",
                                       .forward_headers = names,
                                       .timeout_ms = 400,
                                       .reply_headers = "cache-control: no-store\r\n"};
    tl_net_proxy(request, &upstream);
    return true;
}

static bool on_who(void *context, struct tl_net_request *request)
{
    (void)context;
    char text[256];
    struct tl_str bearer = tl_net_header(request, "authorization");
    struct tl_str cookie = tl_net_header(request, "cookie");
    struct tl_str match = tl_net_header(request, "if-match");
    snprintf(text, sizeof text, "%.*s|%.*s|%.*s|%.*s", (int)tl_net_method(request).size,
             tl_net_method(request).data, (int)bearer.size, bearer.data, (int)cookie.size,
             cookie.data, (int)match.size, match.data);
    tl_net_reply(request, 412, "text/plain", "etag: \"9\"\r\n", tl_str_from(text));
    return true;
}

static void on_opened(void *context, struct tl_net_socket *socket, struct tl_str path)
{
    struct server *server = context;
    (void)path;
    if (server->client_count < CLIENTS_MAX) server->clients[server->client_count++] = socket;
}

static void on_message(void *context, struct tl_net_socket *socket, struct tl_str text)
{
    struct server *server = context;
    if (tl_str_is(text, "flood")) {
        server->flooding = true;
        return;
    }
    if (tl_str_is(text, "bye")) {
        tl_net_socket_close(socket);
        return;
    }
    if (tl_net_send(socket, text) != TL_OK) server->dropped++;
}

static void on_closed(void *context, struct tl_net_socket *socket)
{
    struct server *server = context;
    for (size_t i = 0; i < server->client_count; i++)
        if (server->clients[i] == socket)
            server->clients[i] = server->clients[--server->client_count];
}

static void flood(struct server *server)
{
    static char big[65536];
    memset(big, 'f', sizeof big);
    struct tl_net_shared *shared = tl_net_shared_create((struct tl_str){big, sizeof big});
    for (size_t i = 0; i < server->client_count; i++) {
        for (int n = 0; n < 8; n++)
            (void)tl_net_send_shared(server->clients[i], shared);
        size_t queued = tl_net_socket_queued(server->clients[i]);
        if (queued > server->queued_max) server->queued_max = queued;
        server->dropped = tl_net_socket_dropped(server->clients[i]);
    }
    tl_net_shared_release(shared);
    if (server->dropped > 100) server->flooding = false;
}

static void on_tick(void *context)
{
    struct server *server = context;
    if (server->flooding) flood(server);
    if (server->broadcasts > 0 && server->client_count >= 100) {
        char text[32];
        snprintf(text, sizeof text, "tick %d", server->broadcasts--);
        struct tl_net_shared *shared = tl_net_shared_create(tl_str_from(text));
        for (size_t i = 0; i < server->client_count; i++)
            (void)tl_net_send_shared(server->clients[i], shared);
        tl_net_shared_release(shared);
    }
}

static void *server_main(void *context)
{
    struct server *server = context;
    tl_net_run(server->net);
    return NULL;
}

/* upstream: address that /up/... and /far/... are forwarded to, or NULL. */
static bool server_start(struct server *server, const char *upstream, int ws_idle_s)
{
    static const struct tl_net_socket_ops ops = {on_opened, on_message, on_closed};
    struct tl_net_options options = {.host = "127.0.0.1", .body_max = 4096, .ws_idle_s = ws_idle_s};
    struct tl_error error;
    server->upstream = upstream;
    if (tl_net_open(&options, &server->net, &error) != TL_OK) {
        test_fail(__FILE__, __LINE__, "%s", error.text);
        return false;
    }
    server->port = tl_net_port(server->net);
    tl_net_route(server->net, "GET", "/hello", on_pass, NULL);
    tl_net_route(server->net, "GET", "/hello", on_hello, NULL);
    tl_net_route(server->net, "POST", "/echo", on_echo, NULL);
    tl_net_route(server->net, "OPTIONS", "/*", on_options, NULL);
    tl_net_route(server->net, "GET", "/query", on_query, NULL);
    tl_net_route(server->net, "GET", "/never", on_never, server);
    tl_net_route(server->net, "GET", "/big", on_big, NULL);
    tl_net_route(server->net, "GET", "/who", on_who, NULL);
    tl_net_route(server->net, "PUT", "/who", on_who, NULL);
    tl_net_route(server->net, "GET", "/up/*", on_forward, server);
    tl_net_route(server->net, "PUT", "/up/*", on_forward, server);
    tl_net_websocket(server->net, "/ws", &ops, server);
    if (upstream) tl_net_proxy_websocket(server->net, "/w", upstream);
    tl_net_timer(server->net, 5, on_tick, server);
    return pthread_create(&server->thread, NULL, server_main, server) == 0;
}

static void server_stop(struct server *server)
{
    tl_net_stop(server->net);
    pthread_join(server->thread, NULL);
    tl_net_close(server->net);
}

static int ask(struct server *server, const char *text)
{
    return client_ask(server->port, text, &answer);
}

#define HOST "Host: 127.0.0.1\r\n"

TL_TEST("net: routes answer by method and exact path, the rest is 404 in JSON")
{
    struct server server = {0};
    REQUIRE(server_start(&server, NULL, 0));
    CHECK_INT(ask(&server, "GET /hello HTTP/1.1\r\n" HOST "\r\n"), 200);
    CHECK_STR(client_body(&answer), "{\"a\":1}");
    CHECK_STR(client_header(&answer, "etag: "), "\"7\"");
    CHECK_STR(client_header(&answer, "content-type: "), "application/json");
    CHECK_INT(ask(&server, "HEAD /hello HTTP/1.1\r\n" HOST "\r\n"), 200);
    CHECK_STR(client_body(&answer), "");
    CHECK_STR(client_header(&answer, "content-length: "), "7");
    CHECK_INT(ask(&server, "OPTIONS /hello HTTP/1.1\r\n" HOST "\r\n"), 204);
    CHECK_INT(ask(&server, "GET /hello/ HTTP/1.1\r\n" HOST "\r\n"), 404);
    CHECK_STR(client_body(&answer), "{\"error\":\"not found\"}");
    CHECK_INT(ask(&server, "DELETE /hello HTTP/1.1\r\n" HOST "\r\n"), 404);
    CHECK_INT(ask(&server, "GET /query?a=x%20y&b&a=%4 HTTP/1.1\r\n" HOST "\r\n"), 200);
    CHECK_STR(client_body(&answer), "x y|bad");
    CHECK_INT(ask(&server, "GET /query?a HTTP/1.1\r\n" HOST "\r\n"), 200);
    CHECK_STR(client_body(&answer), "|none");
    CHECK_INT(ask(&server, "GET /big HTTP/1.1\r\n" HOST "\r\n"), 200);
    CHECK_INT(answer.size - answer.head_size, 200 * 1024);
    server_stop(&server);
}

TL_TEST("net: bodies are read with a length or in chunks and bounded")
{
    struct server server = {0};
    REQUIRE(server_start(&server, NULL, 0));
    CHECK_INT(ask(&server, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc"), 200);
    CHECK_STR(client_body(&answer), "abc");
    CHECK_INT(ask(&server, "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"
                           "2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"),
              200);
    CHECK_STR(client_body(&answer), "abcde");
    CHECK_INT(ask(&server, "POST /echo HTTP/1.1\r\n" HOST "\r\n"), 200);
    CHECK_STR(client_body(&answer), "");
    static char large[70000];
    memset(large, 'x', sizeof large - 1);
    int head = snprintf(large, sizeof large,
                        "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 60000\r\n\r\n");
    large[head] = 'x';
    CHECK_INT(ask(&server, large), 413);
    CHECK_STR(client_body(&answer), "{\"error\":\"payload too large\"}");
    int fd = client_connect(server.port);
    /* The same as the second request of a connection. */
    static const char first[] = "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\nx";
    client_send(fd, first, sizeof first - 1);
    CHECK_INT(client_read(fd, false, &answer), 200);
    client_send(fd, large, strlen(large));
    CHECK_INT(client_read(fd, false, &answer), 413);
    CHECK_STR(client_body(&answer), "{\"error\":\"payload too large\"}");
    close(fd);
    fd = client_connect(server.port);
    client_send(fd, first, sizeof first - 1);
    CHECK_INT(client_read(fd, false, &answer), 200);
    static const char expect[] = "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\n"
                                 "Expect: 100-continue\r\n\r\n";
    client_send(fd, expect, sizeof expect - 1);
    CHECK_INT(client_read(fd, true, &answer), 100);
    client_send(fd, "abc", 3);
    CHECK_INT(client_read(fd, false, &answer), 200);
    CHECK_STR(client_body(&answer), "abc");
    close(fd);
    server_stop(&server);
}

TL_TEST("net: requests on one connection are answered in order, pipelined or not")
{
    struct server server = {0};
    REQUIRE(server_start(&server, NULL, 0));
    static const char two[] =
        "GET /hello HTTP/1.1\r\n" HOST "\r\nPOST /echo HTTP/1.1\r\n" HOST
        "Content-Length: 2\r\n\r\nokGET /none HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n";
    for (size_t step = 1; step < sizeof two; step = step * 2 + 1) {
        int fd = client_connect(server.port);
        for (size_t at = 0; at < sizeof two - 1; at += step)
            client_send(fd, two + at, sizeof two - 1 - at < step ? sizeof two - 1 - at : step);
        CHECK_INT(client_read(fd, false, &answer), 200);
        CHECK_STR(client_header(&answer, "connection: "), "keep-alive");
        CHECK_INT(client_read(fd, false, &answer), 200);
        CHECK_STR(client_body(&answer), "ok");
        CHECK_INT(client_read(fd, false, &answer), 404);
        CHECK_STR(client_header(&answer, "connection: "), "close");
        char end;
        CHECK_INT(recv(fd, &end, 1, 0), 0);
        close(fd);
    }
    server_stop(&server);
}

TL_TEST("net: malformed and random requests are refused and harm nobody")
{
    struct server server = {0};
    REQUIRE(server_start(&server, NULL, 0));
    CHECK_INT(ask(&server, "nonsense\r\n\r\n"), 400);
    CHECK_STR(client_body(&answer), "{\"error\":\"bad request\"}");
    CHECK_INT(ask(&server, "GET /hello HTTP/1.1\r\n\r\n"), 400); /* no Host */
    static char text[20000];
    int head = snprintf(text, sizeof text, "GET /hello HTTP/1.1\r\n" HOST "X: ");
    memset(text + head, 'y', 17000);
    CHECK_INT(ask(&server, text), 431);
    CHECK_INT(ask(&server, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 400);
    CHECK_INT(
        ask(&server, "GET /hello HTTP/1.1\r\n" HOST "Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n"),
        200);
    uint64_t state = test_seed();
    for (int round = 0; round < 200; round++) {
        char noise[300];
        for (size_t i = 0; i < sizeof noise; i++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            noise[i] = (char)(state >> 56);
        }
        int fd = client_connect(server.port);
        client_send(fd, round & 1 ? "GET /hello HTTP/1.1\r\n" : "", round & 1 ? 21 : 0);
        client_send(fd, noise, sizeof noise);
        close(fd);
    }
    CHECK_INT(ask(&server, "GET /hello HTTP/1.1\r\n" HOST "\r\n"), 200);
    server_stop(&server);
}

TL_TEST("net: a port in use is told in words a person can act on")
{
    struct server server = {0};
    REQUIRE(server_start(&server, NULL, 0));
    struct tl_net_options options = {.host = "127.0.0.1", .port = server.port};
    struct tl_net *second = NULL;
    struct tl_error error;
    char want[128];
    CHECK_INT(tl_net_open(&options, &second, &error), TL_IO);
    snprintf(want, sizeof want, "port %d on 127.0.0.1 is in use; choose another with --port",
             server.port);
    CHECK_STR(error.text, want);
    server_stop(&server);
}

TL_TEST("net: WebSocket messages, fragments, pings and closes go both ways")
{
    struct server server = {0};
    char data[70000];
    size_t size;
    int status;
    REQUIRE(server_start(&server, NULL, 0));
    CHECK_INT(ask(&server, "GET /ws HTTP/1.1\r\n" HOST "\r\n"), 400);
    CHECK_STR(client_body(&answer), "{\"error\":\"websocket upgrade failed\"}");
    CHECK(client_ws_open(server.port, "/none", "", &status) < 0);
    CHECK_INT(status, 404);
    int fd = client_ws_open(server.port, "/ws", "", &status);
    REQUIRE(fd >= 0);
    client_ws_send(fd, 0x81, "hello", 5);
    CHECK_INT(client_ws_read(fd, data, sizeof data, &size), 1);
    CHECK_STR(data, "hello");
    client_ws_send(fd, 0x82, "binary", 6);
    CHECK_INT(client_ws_read(fd, data, sizeof data, &size), 1);
    CHECK_STR(data, "binary");
    client_ws_send(fd, 0x01, "one ", 4);
    client_ws_send(fd, 0x89, "p", 1); /* a ping between fragments */
    client_ws_send(fd, 0x00, "two ", 4);
    client_ws_send(fd, 0x80, "three", 5);
    CHECK_INT(client_ws_read(fd, data, sizeof data, &size), 10);
    CHECK_STR(data, "p");
    CHECK_INT(client_ws_read(fd, data, sizeof data, &size), 1);
    CHECK_STR(data, "one two three");
    static char large[65536];
    memset(large, 'z', sizeof large);
    client_ws_send(fd, 0x81, large, sizeof large);
    CHECK_INT(client_ws_read(fd, data, sizeof data, &size), 1);
    CHECK_INT(size, sizeof large);
    client_ws_send(fd, 0x88, "\x03\xe8", 2);
    CHECK_INT(client_ws_read(fd, data, sizeof data, &size), 8);
    CHECK_INT(recv(fd, data, 1, 0), 0);
    close(fd);
    fd = client_ws_open(server.port, "/ws", "", &status);
    client_ws_send(fd, 0x81, "bye", 3);
    CHECK_INT(client_ws_read(fd, data, sizeof data, &size), 8);
    CHECK(size == 2 && memcmp(data, "\x03\xe8", 2) == 0);
    close(fd);
    server_stop(&server);
}

static void check_close_code(struct server *server, int first, const void *data, size_t size,
                             int code)
{
    char back[256];
    size_t back_size;
    int status, fd = client_ws_open(server->port, "/ws", "", &status);
    REQUIRE(fd >= 0);
    client_ws_send(fd, first, data, size);
    CHECK_INT(client_ws_read(fd, back, sizeof back, &back_size), 8);
    if (back_size == 2)
        CHECK_INT((unsigned char)back[0] * 256 + (unsigned char)back[1], code);
    else
        CHECK_INT(back_size, 2);
    close(fd);
}

TL_TEST("net: broken WebSocket input is closed with the right code")
{
    struct server server = {0};
    static char large[65537];
    REQUIRE(server_start(&server, NULL, 0));
    memset(large, 'z', sizeof large);
    check_close_code(&server, 0x81, "\xff\xfe", 2, 1007);
    check_close_code(&server, 0x80, "x", 1, 1002);
    check_close_code(&server, 0xf1, "x", 1, 1002);
    check_close_code(&server, 0x81, large, sizeof large, 1009);
    server_stop(&server);
}

TL_TEST("net: a page of another origin gets no WebSocket")
{
    struct server server = {0};
    char line[128];
    int status;
    REQUIRE(server_start(&server, NULL, 0));
    CHECK(client_ws_open(server.port, "/ws", "Origin: http://evil.example\r\n", &status) < 0);
    CHECK_INT(status, 403);
    CHECK(client_ws_open(server.port, "/ws", "Origin: null\r\n", &status) < 0);
    CHECK_INT(status, 403);
    snprintf(line, sizeof line, "Origin: http://127.0.0.1:%d\r\n", server.port);
    int fd = client_ws_open(server.port, "/ws", line, &status);
    CHECK_INT(status, 101);
    close(fd);
    CHECK_INT(ask(&server,
                  "GET /ws HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://evil.example\r\n"
                  "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"
                  "\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"),
              403); /* rebound name */
    server_stop(&server);
}

TL_TEST("net: a slow reader costs at most its queue and slows nobody")
{
    struct server server = {0};
    char data[70000];
    size_t size;
    int status;
    REQUIRE(server_start(&server, NULL, 0));
    int slow = client_ws_open(server.port, "/ws", "", &status);
    REQUIRE(slow >= 0);
    client_ws_send(slow, 0x81, "flood", 5);
    for (int i = 0; i < 50; i++)
        CHECK_INT(ask(&server, "GET /hello HTTP/1.1\r\n" HOST "\r\n"), 200);
    tl_os_sleep_ms(500);
    long frames = 0;
    while (client_ws_read(slow, data, sizeof data, &size) == 1) {
        CHECK_INT(size, 65536);
        if (++frames == 16) break; /* what was queued arrives whole */
    }
    CHECK_INT(frames, 16);
    close(slow);
    server_stop(&server);
    CHECK(server.dropped > 100);
    CHECK(server.queued_max <= 1024 * 1024);
}

TL_TEST("net: one message reaches a hundred clients")
{
    struct server server = {0};
    static int fds[100];
    char data[64], want[64];
    int status;
    server.broadcasts = 20;
    REQUIRE(server_start(&server, NULL, 0));
    for (int i = 0; i < 100; i++)
        fds[i] = client_ws_open(server.port, "/ws", "", &status);
    int wrong = 0;
    for (int left = 20; left > 0; left--) {
        snprintf(want, sizeof want, "tick %d", left);
        for (int i = 0; i < 100; i++)
            wrong +=
                client_ws_read(fds[i], data, sizeof data, NULL) != 1 || strcmp(data, want) != 0;
    }
    CHECK_INT(wrong, 0);
    for (int i = 0; i < 100; i++)
        close(fds[i]);
    server_stop(&server);
}

TL_TEST("net: a silent WebSocket client is dropped, one that pongs stays")
{
    struct server server = {0};
    char data[64];
    int status, opcode;
    size_t size;
    REQUIRE(server_start(&server, NULL, 1));
    int silent = client_ws_open(server.port, "/ws", "", &status);
    int alive = client_ws_open(server.port, "/ws", "", &status);
    tl_ns begin = tl_os_monotonic();
    while (tl_os_monotonic() - begin < 2 * TL_NS_PER_S) {
        opcode = client_ws_read(alive, data, sizeof data, &size);
        CHECK_INT(opcode, 9);
        if (opcode != 9) break;
        client_ws_send(alive, 0x8a, data, size);
    }
    while ((opcode = client_ws_read(silent, data, sizeof data, &size)) == 9)
        continue;
    CHECK_INT(opcode, -1);
    close(silent);
    close(alive);
    server_stop(&server);
}

static void upstream_url(const struct server *upstream, char url[64])
{
    snprintf(url, 64, "http://127.0.0.1:%d", upstream->port);
}

TL_TEST("net: the proxy adds the token, passes listed headers only, and changes no answer")
{
    struct server far = {0}, near = {0};
    char url[64];
    REQUIRE(server_start(&far, NULL, 0));
    upstream_url(&far, url);
    REQUIRE(server_start(&near, url, 0));
    CHECK_INT(ask(&near, "PUT /up/who HTTP/1.1\r\n" HOST "Cookie: c\r\nIf-Match: \"4\"\r\n"
                         "Content-Length: 2\r\n\r\n{}"),
              412);
    CHECK_STR(client_body(&answer), "PUT|Bearer secret||\"4\"");
    CHECK_STR(client_header(&answer, "etag: "), "\"9\"");
    CHECK_STR(client_header(&answer, "content-type: "), "text/plain");
    CHECK_STR(client_header(&answer, "cache-control: "), "no-store");
    CHECK_INT(ask(&near, "HEAD /up/hello HTTP/1.1\r\n" HOST "\r\n"), 200);
    CHECK_STR(client_body(&answer), "");
    CHECK_INT(ask(&near, "GET /up/big HTTP/1.1\r\n" HOST "\r\n"), 200);
    CHECK_INT(answer.size - answer.head_size, 200 * 1024);
    server_stop(&far);
    CHECK_INT(ask(&near, "GET /up/hello HTTP/1.1\r\n" HOST "\r\n"), 502);
    CHECK_STR(client_body(&answer), "{\"error\":\"upstream unavailable\"}");
    CHECK(strstr(answer.text, "secret") == NULL);
    server_stop(&near);
}

TL_TEST("net: an upstream whose name has no address is answered 502")
{
    struct server server = {0};
    int status;
    REQUIRE(server_start(&server, "http://..:1", 0));
    for (int i = 0; i < 3; i++) {
        CHECK_INT(ask(&server, "GET /up/hello HTTP/1.1\r\n" HOST "\r\n"), 502);
        CHECK(client_ws_open(server.port, "/w", "", &status) < 0);
        CHECK_INT(status, 502);
    }
    server_stop(&server);
}

TL_TEST("net: an upstream that answers nonsense, half or too much is answered 502")
{
    static const char *const bad[] = {
        "nonsense\r\n\r\n",
        "",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"};
    struct server server = {0};
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    char url[64], away[1024];
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    REQUIRE(bind(listener, (struct sockaddr *)&at, sizeof at) == 0 && listen(listener, 8) == 0);
    getsockname(listener, (struct sockaddr *)&at, &size);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", ntohs(at.sin_port));
    REQUIRE(server_start(&server, url, 0));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int fd = client_connect(server.port);
        client_send(fd, "GET /up/x HTTP/1.1\r\n" HOST "\r\n", 20 + sizeof HOST - 1 + 2);
        int far = accept(listener, NULL, NULL);
        (void)!recv(far, away, sizeof away, 0);
        client_send(far, bad[i], strlen(bad[i]));
        close(far);
        CHECK_INT(client_read(fd, false, &answer), 502);
        close(fd);
    }
    close(listener);
    server_stop(&server);
}

TL_TEST("net: a slow upstream is given up after its timeout while others are served")
{
    struct server far = {0}, near = {0};
    char url[64];
    REQUIRE(server_start(&far, NULL, 0));
    upstream_url(&far, url);
    REQUIRE(server_start(&near, url, 0));
    int slow = client_connect(near.port);
    static const char text[] = "GET /up/never HTTP/1.1\r\n" HOST "\r\n";
    tl_ns begin = tl_os_monotonic();
    client_send(slow, text, sizeof text - 1);
    int served = 0;
    while (tl_os_monotonic() - begin < 200 * TL_NS_PER_MS)
        served += ask(&near, "GET /hello HTTP/1.1\r\n" HOST "\r\n") == 200;
    CHECK(served >= 5);
    CHECK_INT(client_read(slow, false, &answer), 502);
    tl_ns waited = tl_os_monotonic() - begin;
    CHECK(waited >= 400 * TL_NS_PER_MS && waited < 1500 * TL_NS_PER_MS);
    /* A client that leaves takes its upstream request with it. */
    client_send(slow, text, sizeof text - 1);
    close(slow);
    tl_os_sleep_ms(300);
    CHECK_INT(ask(&near, "GET /hello HTTP/1.1\r\n" HOST "\r\n"), 200);
    server_stop(&near);
    server_stop(&far);
}

TL_TEST("net: WebSockets are relayed to the upstream both ways")
{
    struct server far = {0}, near = {0};
    char url[64], data[70000];
    size_t size;
    int status;
    REQUIRE(server_start(&far, NULL, 0));
    upstream_url(&far, url);
    struct tl_net_options options = {.host = "127.0.0.1"};
    REQUIRE(tl_net_open(&options, &near.net, NULL) == TL_OK);
    near.port = tl_net_port(near.net);
    tl_net_proxy_websocket(near.net, "/w", url);
    REQUIRE(pthread_create(&near.thread, NULL, server_main, &near) == 0);
    int fd = client_ws_open(near.port, "/ws", "", &status);
    CHECK_INT(status, 101);
    REQUIRE(fd >= 0);
    static char large[60000];
    memset(large, 'r', sizeof large);
    for (int i = 0; i < 20; i++) {
        client_ws_send(fd, 0x81, large, sizeof large);
        CHECK_INT(client_ws_read(fd, data, sizeof data, &size), 1);
        CHECK_INT(size, sizeof large);
    }
    CHECK(client_ws_open(near.port, "/wrong", "", &status) < 0);
    CHECK_INT(status, 404);
    CHECK(client_ws_open(near.port, "/ws", "Origin: http://evil.example\r\n", &status) < 0);
    CHECK_INT(status, 403);
    CHECK_INT(client_ask(near.port, "GET /ws HTTP/1.1\r\n" HOST "\r\n", &answer), 400);
    server_stop(&far);
    while (client_ws_read(fd, data, sizeof data, &size) == 8)
        continue; /* the far end says 1001, then the relay ends */
    close(fd);
    CHECK(client_ws_open(near.port, "/ws", "", &status) < 0);
    CHECK_INT(status, 502);
    server_stop(&near);
}

TL_TEST("net: stopping answers what is open and says goodbye")
{
    struct server server = {0};
    char data[64], metrics[4096];
    int status;
    size_t size;
    REQUIRE(server_start(&server, NULL, 0));
    int fd = client_ws_open(server.port, "/ws", "", &status);
    int waiting = client_connect(server.port);
    static const char never[] = "GET /never HTTP/1.1\r\n" HOST "\r\n";
    client_send(waiting, never, sizeof never - 1);
    CHECK_INT(ask(&server, "GET /hello HTTP/1.1\r\n" HOST "\r\n"), 200);
    tl_ns begin = tl_os_monotonic();
    tl_net_stop(server.net);
    CHECK_INT(client_ws_read(fd, data, sizeof data, &size), 8);
    CHECK(size == 2 && memcmp(data, "\x03\xe9", 2) == 0); /* 1001: going away */
    pthread_join(server.thread, NULL);
    CHECK(tl_os_monotonic() - begin < 2 * TL_NS_PER_S);
    size_t used = tl_net_metrics(server.net, metrics, sizeof metrics - 1);
    metrics[used] = '\0';
    CHECK(strstr(metrics, "\ntapeloom_net_requests_total 3\n") != NULL);
    tl_net_close(server.net);
    close(fd);
    close(waiting);
}
