/* SPDX-License-Identifier: Apache-2.0
 * One small blocking HTTP/1.1 request to a loopback address, for the command line. */
#ifndef TL_OS_HTTP_CLIENT_H
#define TL_OS_HTTP_CLIENT_H

#include <tapeloom/types.h>

struct tl_http_call {
    const char *address; /* "http://127.0.0.1:8080" */
    const char *method;  /* "GET", "PUT" */
    const char *path;
    const char *headers; /* "name: value\r\n" lines; "" for none */
    struct tl_str body;
    int timeout_ms;
};

struct tl_http_answer {
    int status;
    char etag[64];     /* as sent, with quotes; "" when absent */
    char body[524288]; /* NUL-terminated; five hundred control changes at 1 KiB */
    size_t body_size;
};

/* TL_IO: nobody answers there. TL_INVALID: the address is not http://IPv4:PORT. TL_CORRUPT: no HTTP answer, or one
 * that is larger than the buffer. */
enum tl_status tl_http_do(const struct tl_http_call *call, struct tl_http_answer *answer,
                          struct tl_error *error) TL_MUST_USE;

#endif
