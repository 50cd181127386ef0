/* SPDX-License-Identifier: Apache-2.0
 * Bytes out, bytes in: a bounded text builder with the number formats of the wire (no snprintf, no
 * locale), and parsers for the same. */
#ifndef TL_BASE_TEXT_H
#define TL_BASE_TEXT_H

#include <tapeloom/types.h>

/* Caller's buffer. When it is full, overflow is set and further bytes are dropped; nothing is ever
 * written past capacity. Not NUL-terminated unless tl_text_cstr is called (needs one spare byte).
 */
struct tl_text {
    char *data;
    size_t size, capacity;
    bool overflow;
};

void tl_text_byte(struct tl_text *text, char byte);
void tl_text_str(struct tl_text *text, struct tl_str str);
void tl_text_lit(struct tl_text *text, const char *literal);
void tl_text_u64(struct tl_text *text, uint64_t value);
void tl_text_i64(struct tl_text *text, int64_t value);
void tl_text_pad_u64(struct tl_text *text, uint64_t value, int digits); /* leading zeros */
void tl_text_hex64(struct tl_text *text, uint64_t value);               /* 16 lower-case digits */
/* value / 10^decimals, trailing zeros and dot trimmed (exact decimal, no double): 41000,4 -> 4.1 */
void tl_text_fixed(struct tl_text *text, int64_t value, int decimals);
/* A double as JavaScript prints it: shortest digits that round-trip; not finite -> 0. */
void tl_text_double(struct tl_text *text, double value);
/* A JSON string with quotes and escapes; the input is taken as UTF-8. */
void tl_text_json_string(struct tl_text *text, struct tl_str str);
const char *tl_text_cstr(struct tl_text *text); /* NUL-terminates within capacity */

struct tl_str tl_str_from(const char *cstr); /* NULL -> empty */
bool tl_str_equal(struct tl_str a, struct tl_str b);
bool tl_str_is(struct tl_str a, const char *literal);
bool tl_str_starts(struct tl_str a, const char *literal);
struct tl_str tl_str_trim(struct tl_str str); /* ASCII white space */
/* Splits off the part before the first `separator`; false when rest is exhausted. */
bool tl_str_cut(struct tl_str *rest, char separator, struct tl_str *part);

bool tl_parse_i64(struct tl_str str, int64_t *value); /* whole string, optional sign, no overflow */
bool tl_parse_double(struct tl_str str,
                     double *value); /* whole string, JSON number grammar, correctly rounded */

/* Error helpers: set replaces, add puts "text: " before what is there. printf's %s %d %zu %lld
 * only. */
enum tl_status tl_error_set(struct tl_error *error, enum tl_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void tl_error_add(struct tl_error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
