/* SPDX-License-Identifier: Apache-2.0
 * Query strings: walking, percent-decoding, and the coercions of parameters (as JavaScript's Number
 * does, which clients rely on). Pure. */
#ifndef TL_SERVICES_API_QUERY_H
#define TL_SERVICES_API_QUERY_H

#include "base/text.h"

/* One raw "name=value" after another; value is still encoded. Empty pieces are skipped. */
bool tl_query_next(struct tl_str *rest, struct tl_str *name, struct tl_str *value);

/* Decodes %XX (and '+' as a space when plus_is_space). false: a broken escape, or no room. */
bool tl_query_decode(struct tl_str raw, bool plus_is_space, struct tl_text *out);

enum tl_query_result {
    TL_QUERY_ABSENT,
    TL_QUERY_FOUND,
    TL_QUERY_BAD /* a broken escape, or longer than the buffer */
};
/* The nth (0-based) value of a parameter, decoded into out (cleared first). */
enum tl_query_result tl_query_get(struct tl_str query, const char *name, int nth,
                                  struct tl_text *out);

/* Number(text): white space around, "" is 0, decimal with exponent, 0x 0o 0b, no other. false: NaN
 * or infinite. */
bool tl_query_number(struct tl_str text, double *value);
/* The same, and whole, and within [min, max]. */
bool tl_query_integer(struct tl_str text, int64_t min, int64_t max, int64_t *value);

#endif
