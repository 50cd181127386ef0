/* SPDX-License-Identifier: Apache-2.0
 * HTTP/1.1 message heads and chunked bodies (RFC 9112), as pure functions over caller's bytes.
 * Strict where leniency is how requests are smuggled: CRLF line ends only, no folded headers, no
 * second Content-Length, never Content-Length beside Transfer-Encoding, no control bytes. */
#ifndef TL_NET_HTTP_PARSE_H
#define TL_NET_HTTP_PARSE_H

#include <tapeloom/types.h>

enum { TL_HTTP_HEADERS_MAX = 64 };

struct tl_http_header {
    struct tl_str name, value; /* name in lower case, value trimmed */
};

enum tl_http_result {
    TL_HTTP_MORE, /* the head is not complete yet */
    TL_HTTP_DONE,
    TL_HTTP_BAD,     /* not HTTP, or not safe to interpret: answer 400 and close */
    TL_HTTP_TOO_MANY /* more than TL_HTTP_HEADERS_MAX headers: answer 431 and close */
};

/* All strings point into the parsed bytes. */
struct tl_http_head {
    struct tl_str method;      /* request */
    struct tl_str path, query; /* request; raw, query without '?' */
    int status;                /* response */
    int minor;                 /* HTTP/1.minor */
    size_t size;               /* bytes of the head with its blank line */
    bool keep_alive;
    bool chunked;
    bool has_length;
    uint64_t length; /* Content-Length */
    size_t header_count;
    struct tl_http_header headers[TL_HTTP_HEADERS_MAX];
};

/* Parse a head at data; header names are lowered in place. */
enum tl_http_result tl_http_parse_request(char *data, size_t size, struct tl_http_head *head);
enum tl_http_result tl_http_parse_response(char *data, size_t size, struct tl_http_head *head);

/* The value of the first header of that (lower-case) name; {NULL, 0} when absent. */
struct tl_str tl_http_header_get(const struct tl_http_head *head, const char *name);
/* Whether a comma-separated header names a token, in any case: "Connection: Upgrade, x". */
bool tl_http_has_token(struct tl_str value, const char *token);
bool tl_http_equal_fold(struct tl_str a, struct tl_str b); /* ASCII case is ignored */

/* Incremental decoder of chunked bodies; zero-initialise. */
struct tl_http_chunked {
    int state;
    uint64_t left;
    size_t line_size;
};

/* Decodes from data in place: the payload is moved to the front of data, *payload is its size,
 * *used is how many input bytes were read (less than size only when the body ended). */
enum tl_http_result tl_http_chunked_feed(struct tl_http_chunked *chunked, char *data, size_t size,
                                         size_t *used, size_t *payload);

#endif
