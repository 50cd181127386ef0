/* SPDX-License-Identifier: Apache-2.0
 * HTTP heads, bodies and WebSocket frames as bytes on a real socket: what is read, however it is
 * cut, and what is refused. */
#include <errno.h>
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

struct wire {
    struct tl_net *net;
    pthread_t thread;
    int port;
};

static struct client_answer answer;

static bool on_show(void *context, struct tl_net_request *request)
{
    char text[512];
    (void)context;
    struct tl_str path = tl_net_path(request), query = tl_net_query(request);
    struct tl_str odd = tl_net_header(request, "x-odd");
    snprintf(text, sizeof text, "%.*s|%.*s|%.*s", (int)path.size, path.data, (int)query.size,
             query.data ? query.data : "", (int)odd.size, odd.data ? odd.data : "");
    tl_net_reply(request, 200, "text/plain", NULL, tl_str_from(text));
    return true;
}

static bool on_body(void *context, struct tl_net_request *request)
{
    (void)context;
    tl_net_reply(request, 200, "text/plain", NULL, tl_net_body(request));
    return true;
}

static void on_message(void *context, struct tl_net_socket *socket, struct tl_str text)
{
    (void)context;
    if (tl_net_send(socket, text) != TL_OK) tl_net_socket_close(socket);
}

static void *wire_main(void *context)
{
    struct wire *wire = context;
    tl_net_run(wire->net);
    return NULL;
}

static bool wire_start(struct wire *wire)
{
    static const struct tl_net_socket_ops ops = {.message = on_message};
    struct tl_net_options options = {.host = "127.0.0.1", .body_max = 4096};
    if (tl_net_open(&options, &wire->net, NULL) != TL_OK) return false;
    wire->port = tl_net_port(wire->net);
    tl_net_websocket(wire->net, "/ws", &ops, NULL);
    tl_net_route(wire->net, "GET", "/*", on_show, NULL);
    tl_net_route(wire->net, "POST", "/*", on_body, NULL);
    tl_net_route(wire->net, "PUT", "/*", on_body, NULL);
    return pthread_create(&wire->thread, NULL, wire_main, wire) == 0;
}

static void wire_stop(struct wire *wire)
{
    tl_net_stop(wire->net);
    pthread_join(wire->thread, NULL);
    tl_net_close(wire->net);
}

/* Sends bytes and reads everything up to the end of the connection; the status, 0: no answer. */
static int ask_once(const struct wire *wire, const char *bytes, size_t size)
{
    int fd = client_connect(wire->port);
    if (fd < 0) return 0;
    client_send(fd, bytes, size);
    answer.size = 0;
    ssize_t got;
    while ((got = recv(fd, answer.text + answer.size, CLIENT_ANSWER_MAX - answer.size, 0)) > 0)
        answer.size += (size_t)got;
    close(fd);
    answer.text[answer.size] = '\0';
    answer.status = got == 0 && answer.size > 12 ? atoi(answer.text + 9) : 0;
    return answer.status;
}

static int count(const char *text, const char *word)
{
    int found = 0;
    for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
        found++;
    return found;
}

TL_TEST("net: a request shows its raw path, raw query and trimmed headers")
{
    struct wire wire;
    REQUIRE(wire_start(&wire));
    client_ask(wire.port,
               "GET /flow/packets/a%3Ab%2F/../%?x=%zz&y HTTP/1.1\r\nHost: a\r\n"
               "X-Odd:  v w \r\n\r\n",
               &answer);
    CHECK_STR(client_body(&answer), "/flow/packets/a%3Ab%2F/../%|x=%zz&y|v w");
    CHECK_STR(client_header(&answer, "connection: "), "keep-alive");
    client_ask(wire.port, "GET http://h:1/p?q HTTP/1.0\r\n\r\n", &answer);
    CHECK_STR(client_body(&answer), "/p|q|");
    CHECK_STR(client_header(&answer, "connection: "), "close");
    client_ask(wire.port, "GET //evil.example/p HTTP/1.1\r\nHost: a\r\n\r\n", &answer);
    CHECK_STR(client_body(&answer), "//evil.example/p||");
    client_ask(wire.port, "\r\nGET /p HTTP/1.1\r\nHost: a\r\n\r\n", &answer);
    CHECK_INT(answer.status, 400);
    wire_stop(&wire);
}

#define LINE(text)                                                                                 \
    {                                                                                              \
        text, sizeof text - 1                                                                      \
    }
#define NEXT "GET /next HTTP/1.1\r\nHost: a\r\n\r\n"

TL_TEST("net: a head that could mean two things is refused, with all that follows")
{
    static const struct {
        const char *text;
        size_t size;
    } bad[] = {LINE("GET / HTTP/1.1\nHost: a\n\n" NEXT),
               LINE("GET / HTTP/1.1\r\nHost: a\n\r\n" NEXT),
               LINE("GET / HTTP/1.1\r\nHost: a\r\n\n" NEXT),
               LINE("GET / HTTP/2.0\r\nHost: a\r\n\r\n" NEXT),
               LINE("GET / HTTP/1.2\r\nHost: a\r\n\r\n" NEXT),
               LINE("GET  / HTTP/1.1\r\nHost: a\r\n\r\n" NEXT),
               LINE("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n" NEXT),
               LINE("GET x HTTP/1.1\r\nHost: a\r\n\r\n" NEXT),
               LINE("GET http://h HTTP/1.1\r\nHost: a\r\n\r\n" NEXT),
               LINE("GET * HTTP/1.1\r\nHost: a\r\n\r\n" NEXT),
               LINE("CONNECT h:1 HTTP/1.1\r\nHost: a\r\n\r\n" NEXT),
               LINE("GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n" NEXT),
               LINE("GET /\x80 HTTP/1.1\r\nHost: a\r\n\r\n" NEXT),
               LINE("GET /\r\n\r\n" NEXT),
               LINE("G@T / HTTP/1.1\r\n\r\n" NEXT),
               LINE("GET / HTTP/1.1\r\n\r\n" NEXT),
               LINE("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"
                    "xx" NEXT),
               LINE("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n"
                    "x" NEXT),
               LINE("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n" NEXT),
               LINE("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx" NEXT),
               LINE("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx" NEXT),
               LINE("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n" NEXT),
               LINE("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
                    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" NEXT),
               LINE("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
                    "0\r\n\r\n" NEXT),
               LINE("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n" NEXT),
               LINE("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
                    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" NEXT),
               LINE("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n" NEXT),
               LINE("HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 31\r\n\r\n" NEXT),
               LINE("WHAT / HTTP/1.1\r\nHost: a\r\nContent-Length: 31\r\n\r\n" NEXT),
               LINE("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" NEXT),
               LINE("GET / HTTP/1.1\r\nHost: a\r\nHOST: a\r\n\r\n" NEXT),
               LINE("GET / HTTP/1.1\r\nHost : a\r\n\r\n" NEXT),
               LINE("GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n" NEXT),
               LINE("GET / HTTP/1.1\r\nHost: a\r\nnothing\r\n\r\n" NEXT),
               LINE("GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n folded\r\n\r\n" NEXT),
               LINE("GET / HTTP/1.1\r\nHost: a\r\nA: b\x02\r\n\r\n" NEXT),
               LINE("GET / HTTP/1.1\r\nHost: a\r\nA: b\0c\r\n\r\n" NEXT),
               LINE("GET / HTTP/1.1\r\nHost: a\r\n\0\r\nA: b\r\n\r\n" NEXT),
               LINE("GET / HTTP/1.1\r\nHost: a\r\nA: b\rc\r\n\r\n" NEXT)};
    struct wire wire;
    REQUIRE(wire_start(&wire));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (ask_once(&wire, bad[i].text, bad[i].size) != 400 ||
            count(answer.text, "{\"error\":\"bad request\"}") != 1 ||
            count(answer.text, "HTTP/1.1 ") != 1)
            test_fail(__FILE__, __LINE__, "%s: answered %s", bad[i].text, answer.text);
    }
    wire_stop(&wire);
}

TL_TEST("net: a refusal comes after the answers to the requests before it")
{
    static const char text[] = NEXT NEXT "GET / HTTP/1.1\nHost: a\r\n\r\n" NEXT;
    struct wire wire;
    REQUIRE(wire_start(&wire));
    CHECK_INT(ask_once(&wire, text, sizeof text - 1), 200);
    CHECK_INT(count(answer.text, "/next"), 2);
    CHECK_INT(count(answer.text, "HTTP/1.1 400"), 1);
    wire_stop(&wire);
}

TL_TEST("net: heads are bounded in bytes and in lines")
{
    static char text[20000];
    struct wire wire;
    REQUIRE(wire_start(&wire));
    size_t size = (size_t)snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: a\r\n");
    for (int i = 0; i < 63; i++)
        size += (size_t)snprintf(text + size, sizeof text - size, "X-%d: y\r\n", i);
    memcpy(text + size, "\r\n", 3);
    CHECK_INT(client_ask(wire.port, text, &answer), 200);
    memcpy(text + size, "X: y\r\n\r\n", 9);
    CHECK_INT(client_ask(wire.port, text, &answer), 431);
    CHECK_STR(client_body(&answer), "{\"error\":\"request header fields too large\"}");
    int fill = 16 * 1024 - (int)sizeof "GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n" + 1;
    snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: a\r\nX: %0*d\r\n\r\n", fill, 0);
    CHECK_INT(client_ask(wire.port, text, &answer), 200);
    snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: a\r\nX: %0*d\r\n\r\n", fill + 1, 0);
    CHECK_INT(client_ask(wire.port, text, &answer), 431);
    snprintf(text, sizeof text, "GET /%0*d HTTP/1.1\r\nHost: a\r\n\r\n", 17000, 0);
    CHECK_INT(client_ask(wire.port, text, &answer), 431);
    wire_stop(&wire);
}

TL_TEST("net: every prefix of a request waits for more")
{
    static const char text[] = "PUT /a?b=c HTTP/1.1\r\nHost: h\r\nContent-Length: 7\r\n\r\n1234567";
    struct wire wire;
    char byte;
    REQUIRE(wire_start(&wire));
    int fd = client_connect(wire.port);
    for (size_t at = 0; at + 1 < sizeof text; at++) {
        CHECK(recv(fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK) == -1 && errno == EAGAIN);
        client_send(fd, text + at, 1);
        usleep(500);
    }
    CHECK_INT(client_read(fd, false, &answer), 200);
    CHECK_STR(client_body(&answer), "1234567");
    close(fd);
    wire_stop(&wire);
}

TL_TEST("net: a chunked body decodes the same however it is cut and ends its connection")
{
    static const char text[] = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                               "4\r\nWiki\r\n6\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n"
                               "0\r\nTrailer: v\r\n\r\n" NEXT;
    struct wire wire;
    REQUIRE(wire_start(&wire));
    for (size_t step = 1; step < sizeof text; step = step < 8 ? step + 1 : step * 2) {
        int fd = client_connect(wire.port);
        for (size_t at = 0; at < sizeof text - 1; at += step)
            client_send(fd, text + at, sizeof text - 1 - at < step ? sizeof text - 1 - at : step);
        CHECK_INT(client_read(fd, false, &answer), 200);
        CHECK_STR(client_body(&answer), "Wikipedia in \r\n\r\nchunks.");
        CHECK_STR(client_header(&answer, "connection: "), "close");
        char byte;
        CHECK(recv(fd, &byte, 1, 0) <= 0); /* what follows is not looked at */
        close(fd);
    }
    wire_stop(&wire);
}

TL_TEST("net: a chunked body that is too large or breaks its framing is refused")
{
    static const char *const bad[] = {"g\r\n", "-4\r\nWiki\r\n0\r\n\r\n", "123456789\r\n",
                                      "4;x=y\r\nWiki\r\n0\r\n\r\n", "1001\r\n"};
    char text[256];
    struct wire wire;
    REQUIRE(wire_start(&wire));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int size =
            snprintf(text, sizeof text,
                     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n%s", bad[i]);
        CHECK_INT(ask_once(&wire, text, (size_t)size), 413);
        CHECK(count(answer.text, "{\"error\":\"payload too large\"}") == 1);
    }
    wire_stop(&wire);
}

TL_TEST("net: a client that has finished its own half still gets its answer")
{
    struct wire wire;
    REQUIRE(wire_start(&wire));
    for (int i = 0; i < 50; i++) {
        int fd = client_connect(wire.port);
        client_send(fd, NEXT, sizeof NEXT - 1);
        shutdown(fd, SHUT_WR);
        CHECK_INT(client_read(fd, false, &answer), 200);
        close(fd);
    }
    wire_stop(&wire);
}

/* Opens a WebSocket, sends raw bytes cut in pieces, reads one frame: its opcode, -1: none. */
static int frame_once(const struct wire *wire, const void *bytes, size_t size, size_t step,
                      char data[256], size_t *got)
{
    int status, fd = client_ws_open(wire->port, "/ws", "", &status);
    if (fd < 0) return -1;
    for (size_t at = 0; at < size; at += step)
        client_send(fd, (const char *)bytes + at, size - at < step ? size - at : step);
    int opcode = client_ws_read(fd, data, 256, got);
    close(fd);
    return opcode;
}

TL_TEST("net: a masked WebSocket frame is read however it is cut (RFC 6455, 5.7)")
{
    static const unsigned char hello[] = {0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d,
                                          0x7f, 0x9f, 0x4d, 0x51, 0x58};
    struct wire wire;
    char data[256];
    size_t size;
    REQUIRE(wire_start(&wire));
    for (size_t step = 1; step <= sizeof hello; step++) {
        CHECK_INT(frame_once(&wire, hello, sizeof hello, step, data, &size), 1);
        CHECK_STR(data, "Hello");
    }
    wire_stop(&wire);
}

TL_TEST("net: a WebSocket frame that breaks the protocol closes the connection")
{
    static const struct {
        unsigned char bytes[12];
        size_t size;
        bool told; /* with 1002; wslay closes without a code what is no frame at all */
    } bad[] = {{{0x81, 0x05, 'H', 'e', 'l', 'l', 'o'}, 7, true}, /* not masked */
               {{0xc1, 0x80, 0, 0, 0, 0}, 6, true},              /* a reserved bit */
               {{0x80, 0x80, 0, 0, 0, 0}, 6, true},              /* the middle of nothing */
               {{0x83, 0x80, 0, 0, 0, 0}, 6, true},              /* no such opcode */
               {{0x89, 0xfe, 0, 126, 0, 0, 0, 0}, 8, false},     /* a long ping */
               {{0x09, 0x80, 0, 0, 0, 0}, 6, false}};            /* a fragmented ping */
    struct wire wire;
    char data[256];
    size_t size;
    REQUIRE(wire_start(&wire));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        CHECK_INT(frame_once(&wire, bad[i].bytes, bad[i].size, 12, data, &size), 8);
        CHECK_INT(size, bad[i].told ? 2 : 0);
        if (size == 2) CHECK(memcmp(data, "\x03\xea", 2) == 0);
    }
    wire_stop(&wire);
}

TL_TEST("net: WebSocket text is held to RFC 3629, binary that is no text arrives empty")
{
    static const char *const good[] = {"abc", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
    static const char *const bad[] = {"\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82",
                                      "\x80",     "\xff",         "\xf0\x80\x80\x80"};
    struct wire wire;
    char data[256];
    size_t size;
    int status;
    REQUIRE(wire_start(&wire));
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        for (int first = 0x81; first <= 0x82; first++) {
            int fd = client_ws_open(wire.port, "/ws", "", &status);
            client_ws_send(fd, first, good[i], strlen(good[i]));
            CHECK_INT(client_ws_read(fd, data, sizeof data, &size), 1);
            CHECK_STR(data, good[i]);
            close(fd);
        }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int fd = client_ws_open(wire.port, "/ws", "", &status);
        client_ws_send(fd, 0x82, bad[i], strlen(bad[i]));
        CHECK_INT(client_ws_read(fd, data, sizeof data, &size), 1);
        CHECK_INT(size, 0);
        client_ws_send(fd, 0x81, bad[i], strlen(bad[i]));
        CHECK_INT(client_ws_read(fd, data, sizeof data, &size), 8);
        CHECK(size == 2 && memcmp(data, "\x03\xef", 2) == 0);
        close(fd);
    }
    wire_stop(&wire);
}
