/* SPDX-License-Identifier: Apache-2.0
 * HTTP heads, chunked bodies and WebSocket frames as bytes. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "lib/harness.h"
#include "net/http_parse.h"
#include "net/ws_frame.h"

static enum tl_http_result parse(const char *text, struct tl_http_head *head)
{
    static char bytes[8192];
    size_t size = strlen(text);
    memcpy(bytes, text, size);
    return tl_http_parse_request(bytes, size, head);
}

TL_TEST("an HTTP head is cut into raw path, raw query and lowered header names")
{
    struct tl_http_head head;
    CHECK_INT(
        parse("GET /flow/packets/a%3Ab%2F?x=%zz&y HTTP/1.1\r\nHost: a\r\nX-Odd:  v w \r\n\r\n",
              &head),
        TL_HTTP_DONE);
    CHECK(tl_str_is(head.path, "/flow/packets/a%3Ab%2F"));
    CHECK(tl_str_is(head.query, "x=%zz&y"));
    CHECK(tl_str_is(tl_http_header_get(&head, "x-odd"), "v w"));
    CHECK(head.keep_alive);
    CHECK_INT(parse("GET http://h:1/p?q HTTP/1.0\r\n\r\n", &head), TL_HTTP_DONE);
    CHECK(tl_str_is(head.path, "/p"));
    CHECK(!head.keep_alive);
}

TL_TEST("an HTTP head that could mean two things is refused")
{
    static const char *const bad[] = {
        "GET / HTTP/1.1\nHost: a\n\n",
        "GET / HTTP/2.0\r\n\r\n",
        "GET  / HTTP/1.1\r\n\r\n",
        "GET x HTTP/1.1\r\n\r\n",
        "GET /\x01 HTTP/1.1\r\n\r\n",
        "GET /\r\n\r\n",
        "G@T / HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\x02\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n"};
    struct tl_http_head head;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (parse(bad[i], &head) != TL_HTTP_BAD)
            test_fail(__FILE__, __LINE__, "accepted: %s", bad[i]);
}

TL_TEST("every prefix of an HTTP head asks for more")
{
    static const char text[] = "PUT /a?b=c HTTP/1.1\r\nHost: h\r\nContent-Length: 7\r\n\r\n";
    char bytes[sizeof text];
    struct tl_http_head head;
    for (size_t size = 0; size < sizeof text - 1; size++) {
        memcpy(bytes, text, sizeof text);
        CHECK_INT(tl_http_parse_request(bytes, size, &head), TL_HTTP_MORE);
    }
    CHECK_INT(tl_http_parse_request(bytes, sizeof text - 1, &head), TL_HTTP_DONE);
    CHECK_INT(head.length, 7);
    CHECK_INT(head.size, sizeof text - 1);
}

TL_TEST("a chunked body decodes the same however it is cut")
{
    static const char text[] = "4;x=y\r\nWiki\r\n6\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n"
                               "0\r\nTrailer: v\r\n\r\nNEXT";
    size_t total = sizeof text - 1 - 4;
    for (size_t step = 1; step <= total; step++) {
        struct tl_http_chunked chunked = {0};
        char body[128];
        size_t size = 0, at = 0;
        enum tl_http_result result = TL_HTTP_MORE;
        while (at < sizeof text - 1 && result == TL_HTTP_MORE) {
            char piece[128];
            size_t take = sizeof text - 1 - at < step ? sizeof text - 1 - at : step;
            size_t used, payload;
            memcpy(piece, text + at, take);
            result = tl_http_chunked_feed(&chunked, piece, take, &used, &payload);
            memcpy(body + size, piece, payload);
            size += payload;
            at += used;
        }
        CHECK_INT(result, TL_HTTP_DONE);
        CHECK_INT(at, total);
        CHECK(size == 24 && memcmp(body, "Wikipedia in \r\n\r\nchunks.", 24) == 0);
    }
}

TL_TEST("a chunked body with a broken size line is refused")
{
    static const char *const bad[] = {"\r\n", "g\r\n", "4\nWiki", "123456789\r\n", "1\r\nab\r\n"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct tl_http_chunked chunked = {0};
        char piece[64];
        size_t used, payload;
        memcpy(piece, bad[i], strlen(bad[i]));
        CHECK_INT(tl_http_chunked_feed(&chunked, piece, strlen(bad[i]), &used, &payload),
                  TL_HTTP_BAD);
    }
}

TL_TEST("a masked WebSocket frame is unmasked, an unmasked one refused (RFC 6455, 5.7)")
{
    char hello[] = {(char)0x81, (char)0x85, 0x37, (char)0xfa, 0x21, 0x3d,
                    0x7f,       (char)0x9f, 0x4d, 0x51,       0x58};
    struct tl_ws_frame frame;
    for (size_t size = 0; size < sizeof hello; size++)
        CHECK_INT(tl_ws_frame_parse(hello, size, 100, &frame), TL_AGAIN);
    CHECK_INT(tl_ws_frame_parse(hello, sizeof hello, 4, &frame), TL_FULL);
    CHECK_INT(tl_ws_frame_parse(hello, sizeof hello, 100, &frame), TL_OK);
    CHECK(frame.payload_size == 5 && memcmp(frame.payload, "Hello", 5) == 0);
    char plain[] = {(char)0x81, 0x05, 'H', 'e', 'l', 'l', 'o'};
    CHECK_INT(tl_ws_frame_parse(plain, sizeof plain, 100, &frame), TL_INVALID);
    char reserved[] = {(char)0xc1, (char)0x80, 0, 0, 0, 0};
    CHECK_INT(tl_ws_frame_parse(reserved, sizeof reserved, 100, &frame), TL_INVALID);
    char long_ping[] = {(char)0x89, (char)0xfe, 0, 126, 0, 0, 0, 0};
    CHECK_INT(tl_ws_frame_parse(long_ping, sizeof long_ping, 100, &frame), TL_INVALID);
}

TL_TEST("UTF-8 is held to RFC 3629")
{
    static const char *const good[] = {"", "abc", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
    static const char *const bad[] = {"\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82",
                                      "\x80",     "\xff",         "\xf0\x80\x80\x80"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        CHECK(tl_ws_utf8_valid(tl_str_from(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK(!tl_ws_utf8_valid(tl_str_from(bad[i])));
}
