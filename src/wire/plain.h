/* SPDX-License-Identifier: Apache-2.0
 * Eight bytes of a JSON string at once: are all of them plain, so not a quote, backslash, control
 * byte or part of a longer character? Per byte b the four terms set the high bit for b < 0x20, b = '"',
 * b = '\\' and b >= 0x80; a borrow from a lower byte can only come from one that is itself flagged, so
 * the answer "plain" is exact. */
#ifndef TL_WIRE_PLAIN_H
#define TL_WIRE_PLAIN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline bool tl_plain8(const char *at)
{
    const uint64_t ones = 0x0101010101010101ULL;
    uint64_t word;
    memcpy(&word, at, sizeof word);
    uint64_t flags =
        (word - 0x20 * ones) | ((word ^ '"' * ones) - ones) | ((word ^ '\\' * ones) - ones) | word;
    return (flags & 0x80 * ones) == 0;
}

#endif
