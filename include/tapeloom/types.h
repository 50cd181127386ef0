/* SPDX-License-Identifier: Apache-2.0
 * Scalars with a meaning, status codes, errors. Included by every other header. */
#ifndef TAPELOOM_TYPES_H
#define TAPELOOM_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef int64_t tl_ns;   /* nanoseconds since the Unix epoch, UTC */
typedef int64_t tl_px;   /* price in 1e-4 USD (12345 is 1.2345 USD) */
typedef int32_t tl_lots; /* contracts (options) or shares (equities) */
typedef uint64_t tl_seq; /* place of an event in its stream, at most 2^53 - 1 */

#define TL_NS_PER_S 1000000000LL
#define TL_NS_PER_MS 1000000LL
#define TL_PX_PER_USD 10000LL

/* What the caller does next. Must be used. */
enum tl_status {
    TL_OK = 0,
    TL_AGAIN,   /* nothing now; try again later */
    TL_FULL,    /* a bound was reached; the header of the call says which policy applies */
    TL_CLOSED,  /* the other side is gone, or shut down in order */
    TL_CORRUPT, /* stored or received bytes are not what they claim to be */
    TL_INVALID, /* the caller's input is wrong; the error text says what would be right */
    TL_NOMEM,
    TL_IO,      /* the world failed: disk, network */
    TL_CONFLICT /* compare-and-set: somebody else wrote first */
};

#define TL_MUST_USE __attribute__((warn_unused_result))

/* Optional last argument of fallible calls (NULL: not wanted). One line, no newline. Layers above
 * add to the text (tl_error_add), they never replace it. */
struct tl_error {
    enum tl_status status;
    char text[496];
};

/* A borrowed run of bytes, not NUL-terminated. {NULL, 0} is the empty string. */
struct tl_str {
    const char *data;
    size_t size;
};

#ifdef __cplusplus
}
#endif
#endif
