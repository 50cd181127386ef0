/* SPDX-License-Identifier: Apache-2.0
 * The strict JSON scanner: see json_scan.h. Numbers of at most 15 digits and a power of ten up to
 * 22 are exact in one multiplication or division (Clinger's fast path); others go to
 * tl_parse_double. */
#include "wire/json_scan.h"

#include <string.h>
#include "wire/plain.h"

struct tl_scan tl_scan_from(struct tl_str json, struct tl_json_scratch *scratch)
{
    scratch->used = 0;
    const char *start = json.size > 0 ? json.data : "";
    return (struct tl_scan){start, start + json.size, scratch, false, false};
}

#define SAFE_INTEGER_MAX 9007199254740991LL /* 2^53 - 1 */

static bool fail(struct tl_scan *scan)
{
    scan->fault = true;
    scan->at = scan->end;
    return false;
}

static void skip_space(struct tl_scan *scan)
{
    while (scan->at < scan->end &&
           (*scan->at == ' ' || *scan->at == '\n' || *scan->at == '\r' || *scan->at == '\t'))
        scan->at++;
}

enum tl_scan_kind tl_scan_peek(struct tl_scan *scan)
{
    skip_space(scan);
    if (scan->fault || scan->at == scan->end) return TL_SCAN_FAULT;
    switch (*scan->at) {
    case '"':
        return TL_SCAN_STRING;
    case 't':
        return TL_SCAN_TRUE;
    case 'f':
        return TL_SCAN_FALSE;
    case 'n':
        return TL_SCAN_NULL;
    case '{':
        return TL_SCAN_OBJECT;
    case '[':
        return TL_SCAN_ARRAY;
    default:
        return *scan->at == '-' || (*scan->at >= '0' && *scan->at <= '9') ? TL_SCAN_NUMBER
                                                                          : TL_SCAN_FAULT;
    }
}

bool tl_scan_open(struct tl_scan *scan, char bracket)
{
    skip_space(scan);
    if (scan->at == scan->end || *scan->at != bracket) return fail(scan);
    scan->at++;
    scan->first = true;
    return true;
}

/* Eats the comma between items; false at the closing bracket (eaten) or on a fault. */
static bool next_item(struct tl_scan *scan, char closing)
{
    bool first = scan->first;
    scan->first = false;
    skip_space(scan);
    if (scan->fault || scan->at == scan->end) return fail(scan);
    if (*scan->at == closing) {
        scan->at++;
        return false;
    }
    if (first) return true;
    if (*scan->at != ',') return fail(scan);
    scan->at++;
    skip_space(scan);
    if (scan->at == scan->end || *scan->at == closing) return fail(scan);
    return true;
}

bool tl_scan_key_near(struct tl_scan *scan, struct tl_str guess, struct tl_str *key)
{
    if (!next_item(scan, '}')) return false;
    if ((size_t)(scan->end - scan->at) >= guess.size + 2 && scan->at[0] == '"' &&
        scan->at[guess.size + 1] == '"' && memcmp(scan->at + 1, guess.data, guess.size) == 0) {
        *key = (struct tl_str){scan->at + 1, guess.size};
        scan->at += guess.size + 2;
    } else if (!tl_scan_string(scan, key)) {
        return false;
    }
    skip_space(scan);
    if (scan->at == scan->end || *scan->at != ':') return fail(scan);
    scan->at++;
    return true;
}

bool tl_scan_key(struct tl_scan *scan, struct tl_str *key)
{
    return tl_scan_key_near(scan, (struct tl_str){"", 0}, key);
}

bool tl_scan_item(struct tl_scan *scan)
{
    return next_item(scan, ']');
}

/* Length of the valid UTF-8 sequence at `at` (2 to 4), 0 when it is not one (Unicode table 3-7). */
static size_t utf8_size(const unsigned char *at, size_t left)
{
    unsigned char lead = at[0];
    size_t size = lead >= 0xc2 && lead <= 0xdf   ? 2
                  : lead >= 0xe0 && lead <= 0xef ? 3
                  : lead >= 0xf0 && lead <= 0xf4 ? 4
                                                 : 0;
    if (size == 0 || left < size) return 0;
    unsigned char low = 0x80, high = 0xbf;
    if (lead == 0xe0) low = 0xa0;
    if (lead == 0xed) high = 0x9f;
    if (lead == 0xf0) low = 0x90;
    if (lead == 0xf4) high = 0x8f;
    if (at[1] < low || at[1] > high) return 0;
    for (size_t i = 2; i < size; i++) {
        if (at[i] < 0x80 || at[i] > 0xbf) return 0;
    }
    return size;
}

static bool keep(struct tl_scan *scan, char byte)
{
    if (scan->scratch->used == sizeof scan->scratch->bytes) return fail(scan);
    scan->scratch->bytes[scan->scratch->used++] = byte;
    return true;
}

static bool hex4(struct tl_scan *scan, uint32_t *unit)
{
    if (scan->end - scan->at < 4) return fail(scan);
    *unit = 0;
    for (int i = 0; i < 4; i++) {
        char digit = *scan->at++;
        uint32_t value = digit >= '0' && digit <= '9'   ? (uint32_t)(digit - '0')
                         : digit >= 'a' && digit <= 'f' ? (uint32_t)(digit - 'a') + 10
                         : digit >= 'A' && digit <= 'F' ? (uint32_t)(digit - 'A') + 10
                                                        : 16;
        if (value == 16) return fail(scan);
        *unit = *unit << 4 | value;
    }
    return true;
}

static bool keep_code_point(struct tl_scan *scan, uint32_t code)
{
    if (code < 0x80) return keep(scan, (char)code);
    if (code < 0x800)
        return keep(scan, (char)(0xc0 | code >> 6)) && keep(scan, (char)(0x80 | (code & 0x3f)));
    if (code < 0x10000)
        return keep(scan, (char)(0xe0 | code >> 12)) &&
               keep(scan, (char)(0x80 | (code >> 6 & 0x3f))) &&
               keep(scan, (char)(0x80 | (code & 0x3f)));
    return keep(scan, (char)(0xf0 | code >> 18)) &&
           keep(scan, (char)(0x80 | (code >> 12 & 0x3f))) &&
           keep(scan, (char)(0x80 | (code >> 6 & 0x3f))) &&
           keep(scan, (char)(0x80 | (code & 0x3f)));
}

/* Behind "\u". A high surrogate must be followed by an escaped low one. */
static bool unicode_escape(struct tl_scan *scan)
{
    uint32_t unit, low;
    if (!hex4(scan, &unit)) return false;
    if (unit >= 0xdc00 && unit <= 0xdfff) return fail(scan);
    if (unit < 0xd800 || unit > 0xdbff) return keep_code_point(scan, unit);
    if (scan->end - scan->at < 6 || scan->at[0] != '\\' || scan->at[1] != 'u') return fail(scan);
    scan->at += 2;
    if (!hex4(scan, &low) || low < 0xdc00 || low > 0xdfff) return fail(scan);
    return keep_code_point(scan, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
}

static bool escape(struct tl_scan *scan)
{
    if (scan->at == scan->end) return fail(scan);
    switch (*scan->at++) {
    case '"':
        return keep(scan, '"');
    case '\\':
        return keep(scan, '\\');
    case '/':
        return keep(scan, '/');
    case 'b':
        return keep(scan, '\b');
    case 'f':
        return keep(scan, '\f');
    case 'n':
        return keep(scan, '\n');
    case 'r':
        return keep(scan, '\r');
    case 't':
        return keep(scan, '\t');
    case 'u':
        return unicode_escape(scan);
    default:
        return fail(scan);
    }
}

/* The rest of a string that holds an escape: what was read so far, then byte by byte. */
static bool unescape(struct tl_scan *scan, const char *start, struct tl_str *str)
{
    size_t first = scan->scratch->used;
    for (const char *at = start; at < scan->at; at++) {
        if (!keep(scan, *at)) return false;
    }
    while (scan->at < scan->end && *scan->at != '"') {
        unsigned char byte = (unsigned char)*scan->at;
        size_t size = 1;
        if (byte < 0x20) return fail(scan);
        if (byte == '\\') {
            scan->at++;
            if (!escape(scan)) return false;
            continue;
        }
        if (byte >= 0x80)
            size = utf8_size((const unsigned char *)scan->at, (size_t)(scan->end - scan->at));
        if (size == 0) return fail(scan);
        for (size_t i = 0; i < size; i++) {
            if (!keep(scan, *scan->at++)) return false;
        }
    }
    if (scan->at == scan->end) return fail(scan);
    scan->at++;
    *str = (struct tl_str){scan->scratch->bytes + first, scan->scratch->used - first};
    return true;
}

bool tl_scan_string(struct tl_scan *scan, struct tl_str *str)
{
    skip_space(scan);
    if (scan->at == scan->end || *scan->at != '"') return fail(scan);
    const char *start = ++scan->at;
    while (scan->at < scan->end) {
        while (scan->end - scan->at >= 8 && tl_plain8(scan->at))
            scan->at += 8;
        if (scan->at == scan->end) break;
        unsigned char byte = (unsigned char)*scan->at;
        if (byte == '"') {
            *str = (struct tl_str){start, (size_t)(scan->at - start)};
            scan->at++;
            return true;
        }
        if (byte < 0x20) return fail(scan);
        if (byte == '\\') return unescape(scan, start, str);
        size_t size = 1;
        if (byte >= 0x80)
            size = utf8_size((const unsigned char *)scan->at, (size_t)(scan->end - scan->at));
        if (size == 0) return fail(scan);
        scan->at += size;
    }
    return fail(scan);
}

/* The parts of one number's text. */
struct number {
    const char *start;
    uint64_t digits;  /* without the dot; right while count <= 18 */
    int64_t count;    /* digits, leading zeros too */
    int64_t exponent; /* of ten, of `digits` */
    bool negative;
};

static bool is_digit(const struct tl_scan *scan)
{
    return scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9';
}

/* A run of digits, at least one; false where there is none. */
static bool take_digits(struct tl_scan *scan, struct number *number)
{
    const char *at = scan->at, *end = scan->end;
    uint64_t digits = number->digits;
    while (at < end && *at >= '0' && *at <= '9')
        digits = digits * 10 + (uint64_t)(*at++ - '0');
    number->count += at - scan->at;
    number->digits = digits;
    bool some = at > scan->at;
    scan->at = at;
    return some;
}

static bool number_exponent(struct tl_scan *scan, struct number *number)
{
    bool minus = false;
    int exponent = 0;
    scan->at++;
    if (scan->at < scan->end && (*scan->at == '+' || *scan->at == '-')) minus = *scan->at++ == '-';
    if (!is_digit(scan)) return fail(scan);
    while (is_digit(scan)) {
        int digit = *scan->at++ - '0';
        if (exponent < 10000) exponent = exponent * 10 + digit;
    }
    number->exponent += minus ? -exponent : exponent;
    return true;
}

/* -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)? */
static bool number_parts(struct tl_scan *scan, struct number *number)
{
    skip_space(scan);
    *number = (struct number){.start = scan->at};
    if (scan->at < scan->end && *scan->at == '-') {
        number->negative = true;
        scan->at++;
    }
    const char *whole = scan->at;
    if (!take_digits(scan, number)) return fail(scan);
    if (*whole == '0' && number->count > 1) return fail(scan);
    if (scan->at < scan->end && *scan->at == '.') {
        int64_t before = number->count;
        scan->at++;
        if (!take_digits(scan, number)) return fail(scan);
        number->exponent = before - number->count;
    }
    if (scan->at < scan->end && (*scan->at == 'e' || *scan->at == 'E'))
        return number_exponent(scan, number);
    return true;
}

static bool number_value(struct tl_scan *scan, const struct number *number, double *value)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (number->count <= 18 && number->digits <= (uint64_t)SAFE_INTEGER_MAX &&
        number->exponent >= -22 && number->exponent <= 22) {
        double digits = (double)number->digits;
        double size = number->exponent < 0 ? digits / powers[-number->exponent]
                                           : digits * powers[number->exponent];
        *value = number->negative ? -size : size;
        return true;
    }
    struct tl_str text = {number->start, (size_t)(scan->at - number->start)};
    if (!tl_parse_double(text, value) || *value - *value != 0) return fail(scan);
    return true;
}

bool tl_scan_number(struct tl_scan *scan, double *value)
{
    struct number number;
    return number_parts(scan, &number) && number_value(scan, &number, value);
}

bool tl_scan_int(struct tl_scan *scan, int64_t *value)
{
    struct number number;
    if (!number_parts(scan, &number)) return false;
    if (number.exponent == 0 && number.count <= 18) {
        if (number.digits > (uint64_t)SAFE_INTEGER_MAX) return fail(scan);
        *value = number.negative ? -(int64_t)number.digits : (int64_t)number.digits;
        return true;
    }
    double wide;
    if (!number_value(scan, &number, &wide)) return false;
    if (!(wide >= -(double)SAFE_INTEGER_MAX && wide <= (double)SAFE_INTEGER_MAX)) return fail(scan);
    *value = (int64_t)wide;
    return (double)*value == wide || fail(scan);
}

static bool word(struct tl_scan *scan, const char *text, size_t size)
{
    skip_space(scan);
    if ((size_t)(scan->end - scan->at) < size || memcmp(scan->at, text, size) != 0)
        return fail(scan);
    scan->at += size;
    return true;
}

bool tl_scan_bool(struct tl_scan *scan, bool *value)
{
    *value = tl_scan_peek(scan) == TL_SCAN_TRUE;
    return *value ? word(scan, "true", 4) : word(scan, "false", 5);
}

static bool skip_value(struct tl_scan *scan, int depth)
{
    struct tl_str text;
    double number;
    size_t used = scan->scratch->used;
    bool fine = false;
    switch (tl_scan_peek(scan)) {
    case TL_SCAN_FAULT:
        return fail(scan);
    case TL_SCAN_STRING:
        fine = tl_scan_string(scan, &text);
        break;
    case TL_SCAN_NUMBER:
        fine = tl_scan_number(scan, &number);
        break;
    case TL_SCAN_TRUE:
        return word(scan, "true", 4);
    case TL_SCAN_FALSE:
        return word(scan, "false", 5);
    case TL_SCAN_NULL:
        return word(scan, "null", 4);
    case TL_SCAN_OBJECT:
        if (depth == TL_SCAN_DEPTH_MAX) return fail(scan);
        (void)tl_scan_open(scan, '{');
        while (tl_scan_key(scan, &text)) {
            scan->scratch->used = used;
            if (!skip_value(scan, depth + 1)) return false;
        }
        fine = !scan->fault;
        break;
    case TL_SCAN_ARRAY:
        if (depth == TL_SCAN_DEPTH_MAX) return fail(scan);
        (void)tl_scan_open(scan, '[');
        while (tl_scan_item(scan)) {
            if (!skip_value(scan, depth + 1)) return false;
        }
        fine = !scan->fault;
        break;
    }
    scan->scratch->used = used; /* what was skipped needs no room */
    return fine;
}

bool tl_scan_skip(struct tl_scan *scan)
{
    return skip_value(scan, 0);
}

bool tl_scan_done(struct tl_scan *scan)
{
    skip_space(scan);
    return !scan->fault && scan->at == scan->end;
}
