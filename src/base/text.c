/* SPDX-License-Identifier: Apache-2.0
 * Bounded text building, and parsing of what it builds. Number to text is by hand: printf depends
 * on the locale and costs ten times as much. The one exception is tl_error_set and _add, which use
 * vsnprintf: they run once, on the way out of a failure, and write no number of the tape. */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"

void tl_text_byte(struct tl_text *text, char byte)
{
    if (text->size >= text->capacity) {
        text->overflow = true;
        return;
    }
    text->data[text->size++] = byte;
}

void tl_text_str(struct tl_text *text, struct tl_str str)
{
    size_t room = text->capacity - text->size;
    size_t size = str.size;
    if (size > room) {
        text->overflow = true;
        size = room;
    }
    if (size) memcpy(text->data + text->size, str.data, size);
    text->size += size;
}

void tl_text_lit(struct tl_text *text, const char *literal)
{
    tl_text_str(text, (struct tl_str){literal, strlen(literal)});
}

void tl_text_u64(struct tl_text *text, uint64_t value)
{
    tl_text_pad_u64(text, value, 1);
}

void tl_text_i64(struct tl_text *text, int64_t value)
{
    if (value < 0) tl_text_byte(text, '-');
    tl_text_u64(text, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void tl_text_pad_u64(struct tl_text *text, uint64_t value, int digits)
{
    char buffer[20];
    int at = (int)sizeof buffer;
    do {
        buffer[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    while ((int)sizeof buffer - at < digits && at > 0)
        buffer[--at] = '0';
    tl_text_str(text, (struct tl_str){buffer + at, sizeof buffer - (size_t)at});
}

static const char HEX[] = "0123456789abcdef";

void tl_text_hex64(struct tl_text *text, uint64_t value)
{
    for (int shift = 60; shift >= 0; shift -= 4)
        tl_text_byte(text, HEX[value >> shift & 15]);
}

void tl_text_fixed(struct tl_text *text, int64_t value, int decimals)
{
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    uint64_t power = 1;
    for (int i = 0; i < decimals; i++)
        power *= 10;
    if (value < 0) tl_text_byte(text, '-');
    tl_text_u64(text, magnitude / power);
    uint64_t fraction = magnitude % power;
    if (fraction == 0) return;
    while (fraction % 10 == 0) {
        fraction /= 10;
        decimals--;
    }
    tl_text_byte(text, '.');
    tl_text_pad_u64(text, fraction, decimals);
}

/* ECMA-262 Number::toString: plain digits up to 10^21 and down to 10^-6, else an exponent. */
void tl_text_double(struct tl_text *text, double value)
{
    if (value == 0.0 || value - value != 0.0) {
        tl_text_byte(text, '0');
        return;
    }
    if (value < 0) {
        tl_text_byte(text, '-');
        value = -value;
    }
    char digits[TL_DECIMAL_DIGITS_MAX];
    int point;
    int count = tl_decimal_shortest(value, digits, &point);
    struct tl_str all = {digits, (size_t)count};
    if (point > 21 || point < -5) {
        tl_text_byte(text, digits[0]);
        if (count > 1) tl_text_byte(text, '.');
        tl_text_str(text, (struct tl_str){digits + 1, (size_t)count - 1});
        tl_text_lit(text, point > 0 ? "e+" : "e-");
        tl_text_u64(text, (uint64_t)(point > 0 ? point - 1 : 1 - point));
    } else if (point <= 0) {
        tl_text_lit(text, "0.");
        for (int i = point; i < 0; i++)
            tl_text_byte(text, '0');
        tl_text_str(text, all);
    } else if (point >= count) {
        tl_text_str(text, all);
        for (int i = count; i < point; i++)
            tl_text_byte(text, '0');
    } else {
        tl_text_str(text, (struct tl_str){digits, (size_t)point});
        tl_text_byte(text, '.');
        tl_text_str(text, (struct tl_str){digits + point, (size_t)(count - point)});
    }
}

/* Bytes of the well-formed UTF-8 sequence at data, 0 when there is none (Unicode table 3-7). */
static size_t utf8_size(const unsigned char *data, size_t left)
{
    unsigned char lead = data[0];
    size_t size = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (lead > 0xf4 || size == 0 || size > left) return 0;
    for (size_t i = 1; i < size; i++)
        if ((data[i] & 0xc0) != 0x80) return 0;
    if ((lead == 0xe0 && data[1] < 0xa0) || (lead == 0xed && data[1] > 0x9f) ||
        (lead == 0xf0 && data[1] < 0x90) || (lead == 0xf4 && data[1] > 0x8f))
        return 0;
    return size;
}

static void json_escape(struct tl_text *text, unsigned char byte)
{
    static const char SHORT[] = "btn?fr"; /* 8 9 10 - 12 13 */
    tl_text_byte(text, '\\');
    if (byte == '"' || byte == '\\') {
        tl_text_byte(text, (char)byte);
    } else if (byte >= 8 && byte <= 13 && byte != 11) {
        tl_text_byte(text, SHORT[byte - 8]);
    } else {
        tl_text_lit(text, "u00");
        tl_text_byte(text, HEX[byte >> 4]);
        tl_text_byte(text, HEX[byte & 15]);
    }
}

/* Bytes that are not UTF-8 become U+FFFD: one bad name must not break a client's whole frame. */
void tl_text_json_string(struct tl_text *text, struct tl_str str)
{
    const unsigned char *data = (const unsigned char *)str.data;
    size_t begin = 0, at = 0;
    tl_text_byte(text, '"');
    while (at < str.size) {
        size_t size = utf8_size(data + at, str.size - at);
        if (size && data[at] >= 0x20 && data[at] != '"' && data[at] != '\\') {
            at += size;
            continue;
        }
        tl_text_str(text, (struct tl_str){str.data + begin, at - begin});
        if (size)
            json_escape(text, data[at]);
        else
            tl_text_lit(text, "\xef\xbf\xbd");
        begin = ++at;
    }
    tl_text_str(text, (struct tl_str){str.data + begin, at - begin});
    tl_text_byte(text, '"');
}

const char *tl_text_cstr(struct tl_text *text)
{
    if (text->capacity == 0) return "";
    if (text->size >= text->capacity) {
        text->overflow = true;
        text->size = text->capacity - 1;
    }
    text->data[text->size] = '\0';
    return text->data;
}

struct tl_str tl_str_from(const char *cstr)
{
    return (struct tl_str){cstr, cstr ? strlen(cstr) : 0};
}

bool tl_str_equal(struct tl_str a, struct tl_str b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool tl_str_is(struct tl_str a, const char *literal)
{
    return tl_str_equal(a, tl_str_from(literal));
}

bool tl_str_starts(struct tl_str a, const char *literal)
{
    size_t size = strlen(literal);
    return a.size >= size && (size == 0 || memcmp(a.data, literal, size) == 0);
}

static bool is_space(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

struct tl_str tl_str_trim(struct tl_str str)
{
    while (str.size && is_space(str.data[0]))
        str.data++, str.size--;
    while (str.size && is_space(str.data[str.size - 1]))
        str.size--;
    return str;
}

bool tl_str_cut(struct tl_str *rest, char separator, struct tl_str *part)
{
    if (rest->data == NULL) return false;
    *part = *rest;
    for (size_t i = 0; i < rest->size; i++) {
        if (rest->data[i] != separator) continue;
        part->size = i;
        rest->data += i + 1;
        rest->size -= i + 1;
        return true;
    }
    *rest = (struct tl_str){NULL, 0};
    return true;
}

bool tl_parse_i64(struct tl_str str, int64_t *value)
{
    size_t at = str.size > 0 && (str.data[0] == '-' || str.data[0] == '+');
    bool negative = at && str.data[0] == '-';
    uint64_t limit = negative ? 1ull << 63 : (1ull << 63) - 1;
    uint64_t magnitude = 0;
    if (at >= str.size) return false;
    for (; at < str.size; at++) {
        unsigned digit = (unsigned char)str.data[at] - (unsigned)'0';
        if (digit > 9 || magnitude > (limit - digit) / 10) return false;
        magnitude = magnitude * 10 + digit;
    }
    *value = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    return true;
}

static size_t digit_run(struct tl_str str, size_t at)
{
    size_t begin = at;
    while (at < str.size && str.data[at] >= '0' && str.data[at] <= '9')
        at++;
    return at - begin;
}

/* Exponent part from `at` on; saturates, so that "1e999999999999" cannot overflow. */
static bool parse_exponent(struct tl_str str, size_t at, int64_t *exponent)
{
    if (at == str.size) return true;
    if (str.data[at] != 'e' && str.data[at] != 'E') return false;
    at++;
    bool negative = at < str.size && str.data[at] == '-';
    if (at < str.size && (str.data[at] == '-' || str.data[at] == '+')) at++;
    size_t run = digit_run(str, at);
    if (run == 0 || at + run != str.size) return false;
    int64_t value = 0;
    for (; at < str.size; at++)
        if (value < 100000000) value = value * 10 + (str.data[at] - '0');
    *exponent += negative ? -value : value;
    return true;
}

/* Digits beyond what can matter are dropped (see decimal.c); room for those that do. */
#define PARSE_DIGITS_MAX 1200

bool tl_parse_double(struct tl_str str, double *value)
{
    char digits[PARSE_DIGITS_MAX];
    size_t count = 0;
    size_t at = str.size > 0 && str.data[0] == '-';
    size_t whole = digit_run(str, at);
    if (whole == 0 || (whole > 1 && str.data[at] == '0')) return false;
    int64_t exponent = 0;
    bool tail = false; /* a dropped digit was not zero */
    for (size_t i = 0; i < whole; i++) {
        char digit = str.data[at + i];
        if (count < PARSE_DIGITS_MAX - 1) {
            digits[count++] = digit;
        } else {
            exponent++;
            tail = tail || digit != '0';
        }
    }
    size_t end = at + whole;
    if (end < str.size && str.data[end] == '.') {
        size_t run = digit_run(str, end + 1);
        if (run == 0) return false;
        bool leading = whole == 1 && str.data[at] == '0';
        for (size_t i = 0; i < run; i++) {
            char digit = str.data[end + 1 + i];
            if (leading && digit == '0') { /* 0.000…: no digit yet, only the point moves */
                exponent--;
                continue;
            }
            leading = false;
            if (count < PARSE_DIGITS_MAX - 1) {
                digits[count++] = digit;
                exponent--;
            } else {
                tail = tail || digit != '0';
            }
        }
        end += 1 + run;
    }
    if (!parse_exponent(str, end, &exponent)) return false;
    if (tail) {
        digits[count++] = '1';
        exponent--;
    }
    double magnitude;
    if (!tl_decimal_to_double(digits, count, exponent, &magnitude)) return false;
    *value = str.data[0] == '-' ? -magnitude : magnitude;
    return true;
}

enum tl_status tl_error_set(struct tl_error *error, enum tl_status status, const char *format, ...)
{
    if (error) {
        va_list args;
        va_start(args, format);
        error->status = status;
        vsnprintf(error->text, sizeof error->text, format, args);
        va_end(args);
    }
    return status;
}

void tl_error_add(struct tl_error *error, const char *format, ...)
{
    if (!error) return;
    char old[sizeof error->text];
    memcpy(old, error->text, sizeof old);
    va_list args;
    va_start(args, format);
    vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
    size_t size = strlen(error->text);
    struct tl_text text = {error->text, size, sizeof error->text, false};
    tl_text_lit(&text, ": ");
    tl_text_str(&text, (struct tl_str){old, strlen(old)});
    tl_text_cstr(&text);
}
