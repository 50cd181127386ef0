/* SPDX-License-Identifier: Apache-2.0
 * application/x-www-form-urlencoded, read in place. Source: the URL standard's parser (names and
 * values are decoded after the split) and ECMAScript StringToNumber. */
#include "services/api/query.h"

#define INTEGER_MAX 9007199254740991.0

bool tl_query_next(struct tl_str *rest, struct tl_str *name, struct tl_str *value)
{
    struct tl_str piece;
    while (tl_str_cut(rest, '&', &piece)) {
        if (piece.size == 0) continue;
        size_t equals = 0;
        while (equals < piece.size && piece.data[equals] != '=')
            equals++;
        *name = (struct tl_str){piece.data, equals};
        size_t skip = equals < piece.size ? equals + 1 : equals;
        *value = (struct tl_str){piece.data + skip, piece.size - skip};
        return true;
    }
    return false;
}

static int hex(char byte)
{
    if (byte >= '0' && byte <= '9') return byte - '0';
    if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
    if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
    return -1;
}

bool tl_query_decode(struct tl_str raw, bool plus_is_space, struct tl_text *out)
{
    for (size_t i = 0; i < raw.size; i++) {
        char byte = raw.data[i];
        if (byte == '%') {
            if (raw.size - i < 3) return false;
            int high = hex(raw.data[i + 1]), low = hex(raw.data[i + 2]);
            if (high < 0 || low < 0) return false;
            byte = (char)(high << 4 | low);
            i += 2;
        } else if (byte == '+' && plus_is_space) {
            byte = ' ';
        }
        tl_text_byte(out, byte);
    }
    return !out->overflow;
}

static bool named(struct tl_str raw, const char *name)
{
    char bytes[64];
    struct tl_text text = {.data = bytes, .capacity = sizeof bytes};
    return tl_query_decode(raw, true, &text) &&
           tl_str_is((struct tl_str){text.data, text.size}, name);
}

enum tl_query_result tl_query_get(struct tl_str query, const char *name, int nth,
                                  struct tl_text *out)
{
    struct tl_str key, value;
    out->size = 0;
    out->overflow = false;
    while (tl_query_next(&query, &key, &value)) {
        if (!named(key, name) || nth-- > 0) continue;
        return tl_query_decode(value, true, out) ? TL_QUERY_FOUND : TL_QUERY_BAD;
    }
    return TL_QUERY_ABSENT;
}

static bool radix_number(struct tl_str digits, int radix, double *value)
{
    if (digits.size == 0 || digits.size > 64) return false;
    *value = 0.0;
    for (size_t i = 0; i < digits.size; i++) {
        int digit = hex(digits.data[i]);
        if (digit < 0 || digit >= radix) return false;
        *value = *value * radix + digit;
    }
    return true;
}

static bool all_digits(struct tl_str text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] < '0' || text.data[i] > '9') return false;
    return true;
}

/* JavaScript takes "+5", "007", "5." and ".5" besides the JSON grammar: rewritten into it. */
static bool decimal(struct tl_str text, double *value)
{
    char bytes[128];
    struct tl_text out = {.data = bytes, .capacity = sizeof bytes};
    size_t at = 0;
    if (at < text.size && (text.data[at] == '-' || text.data[at] == '+'))
        if (text.data[at++] == '-') tl_text_byte(&out, '-');
    size_t digits = at;
    while (at + 1 < text.size && text.data[at] == '0' && text.data[at + 1] >= '0' &&
           text.data[at + 1] <= '9')
        at++;
    size_t whole = at;
    while (at < text.size && text.data[at] >= '0' && text.data[at] <= '9')
        tl_text_byte(&out, text.data[at++]);
    if (at == whole) tl_text_byte(&out, '0');
    bool any = at > digits;
    if (at < text.size && text.data[at] == '.') {
        size_t end = ++at;
        while (end < text.size && text.data[end] >= '0' && text.data[end] <= '9')
            end++;
        struct tl_str fraction = {text.data + at, end - at};
        any |= fraction.size > 0;
        if (fraction.size) {
            tl_text_byte(&out, '.');
            tl_text_str(&out, fraction);
        }
        at = end;
    }
    tl_text_str(&out, (struct tl_str){text.data + at, text.size - at});
    return any && !out.overflow && tl_parse_double((struct tl_str){out.data, out.size}, value);
}

bool tl_query_number(struct tl_str text, double *value)
{
    struct tl_str trimmed = tl_str_trim(text);
    *value = 0.0;
    if (trimmed.size == 0) return true;
    if (all_digits(trimmed) && trimmed.size < 16) {
        for (size_t i = 0; i < trimmed.size; i++)
            *value = *value * 10.0 + (trimmed.data[i] - '0');
        return true;
    }
    if (trimmed.size > 2 && trimmed.data[0] == '0') {
        struct tl_str digits = {trimmed.data + 2, trimmed.size - 2};
        char mark = trimmed.data[1];
        if (mark == 'x' || mark == 'X') return radix_number(digits, 16, value);
        if (mark == 'o' || mark == 'O') return radix_number(digits, 8, value);
        if (mark == 'b' || mark == 'B') return radix_number(digits, 2, value);
    }
    return decimal(trimmed, value) && *value - *value == 0.0;
}

bool tl_query_integer(struct tl_str text, int64_t min, int64_t max, int64_t *value)
{
    double number;
    if (!tl_query_number(text, &number)) return false;
    if (!(number >= -INTEGER_MAX && number <= INTEGER_MAX)) return false;
    if (number != (double)(int64_t)number) return false;
    *value = (int64_t)number;
    return *value >= min && *value <= max;
}
