/* SPDX-License-Identifier: Apache-2.0
 * The hot writer under every encoder of this folder: a cursor over the free room of a tl_text, with
 * the number forms of the wire inlined. A record is written whole or not at all: when the room ends
 * the cursor turns `full`, later pieces are ignored, and tl_put_end leaves the text as it was and
 * sets its overflow flag. */
#ifndef TL_WIRE_PUT_H
#define TL_WIRE_PUT_H

#include <string.h>
#include "base/text.h"
#include "wire/plain.h"

struct tl_put {
    char *at, *end;
    bool full;
};

static inline struct tl_put tl_put_begin(const struct tl_text *text)
{
    return (struct tl_put){text->data + text->size, text->data + text->capacity, text->overflow};
}

static inline void tl_put_end(const struct tl_put *put, struct tl_text *text)
{
    if (put->full)
        text->overflow = true;
    else
        text->size = (size_t)(put->at - text->data);
}

static inline void tl_put_bytes(struct tl_put *put, const char *bytes, size_t size)
{
    if ((size_t)(put->end - put->at) < size) {
        put->full = true;
        return;
    }
    if (size > 0) memcpy(put->at, bytes, size);
    put->at += size;
}

/* A literal: its size is known to the compiler, so the copy is a few moves. */
#define TL_PUT(put, literal) tl_put_bytes(put, literal, sizeof(literal) - 1)

static inline void tl_put_byte(struct tl_put *put, char byte)
{
    if (put->at == put->end)
        put->full = true;
    else
        *put->at++ = byte;
}

static inline void tl_put_str(struct tl_put *put, struct tl_str str)
{
    tl_put_bytes(put, str.data, str.size);
}

static inline void tl_put_cstr(struct tl_put *put, const char *cstr)
{
    tl_put_bytes(put, cstr, strlen(cstr));
}

static const char tl_put_pairs[] = "00010203040506070809101112131415161718192021222324"
                                   "25262728293031323334353637383940414243444546474849"
                                   "50515253545556575859606162636465666768697071727374"
                                   "75767778798081828384858687888990919293949596979899";

static inline int tl_put_digit_count(uint64_t value)
{
    int count = 1;
    for (;;) {
        if (value < 10) return count;
        if (value < 100) return count + 1;
        if (value < 1000) return count + 2;
        if (value < 10000) return count + 3;
        value /= 10000;
        count += 4;
    }
}

static inline void tl_put_u64(struct tl_put *put, uint64_t value)
{
    int count = tl_put_digit_count(value);
    if (put->end - put->at < count) {
        put->full = true;
        return;
    }
    char *at = put->at + count;
    put->at = at;
    while (value >= 100) {
        at -= 2;
        memcpy(at, tl_put_pairs + 2 * (value % 100), 2);
        value /= 100;
    }
    if (value >= 10)
        memcpy(at - 2, tl_put_pairs + 2 * value, 2);
    else
        at[-1] = (char)('0' + (int)value);
}

static inline void tl_put_i64(struct tl_put *put, int64_t value)
{
    if (value < 0) {
        tl_put_byte(put, '-');
        tl_put_u64(put, 0 - (uint64_t)value);
    } else {
        tl_put_u64(put, (uint64_t)value);
    }
}

/* value / 10^decimals (1 to 8), trailing zeros and dot trimmed: exact, no double. */
static inline void tl_put_fixed(struct tl_put *put, int64_t value, int decimals)
{
    static const uint64_t powers[] = {1,      10,      100,      1000,     10000,
                                      100000, 1000000, 10000000, 100000000};
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    uint64_t fraction = size % powers[decimals];
    if (value < 0) tl_put_byte(put, '-');
    tl_put_u64(put, size / powers[decimals]);
    if (fraction == 0) return;
    while (fraction % 10 == 0) {
        fraction /= 10;
        decimals--;
    }
    if (put->end - put->at < decimals + 1) {
        put->full = true;
        return;
    }
    *put->at = '.';
    for (int i = decimals; i > 0; i--) {
        put->at[i] = (char)('0' + (int)(fraction % 10));
        fraction /= 10;
    }
    put->at += decimals + 1;
}

/* tl_put_fixed of 4 decimals, the form of every price: divisions by constants. */
static inline void tl_put_px(struct tl_put *put, tl_px value)
{
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    uint64_t fraction = size % 10000;
    if (value < 0) tl_put_byte(put, '-');
    tl_put_u64(put, size / 10000);
    if (fraction == 0) return;
    uint64_t high = fraction / 100, low = fraction % 100;
    char dotted[5] = {'.'};
    memcpy(dotted + 1, tl_put_pairs + 2 * high, 2);
    memcpy(dotted + 3, tl_put_pairs + 2 * low, 2);
    size_t count = low != 0 ? (low % 10 != 0 ? 5 : 4) : (high % 10 != 0 ? 3 : 2);
    if (put->end - put->at >= 5) {
        memcpy(put->at, dotted, 5); /* of which count bytes stay */
        put->at += count;
    } else {
        tl_put_bytes(put, dotted, count);
    }
}

/* As JavaScript prints it. Nearly every number here is a decimal of at most 4 (prices) or 8
 * (ratios) places and 15 digits; such a decimal is the only one of its length that reads back as
 * the double, so the integer path gives the shortest form. The rest goes the long way. */
static inline void tl_put_number(struct tl_put *put, double value)
{
    if (value > -1e11 && value < 1e11) {
        int64_t tenthousandths = (int64_t)(value < 0 ? value * 1e4 - 0.5 : value * 1e4 + 0.5);
        if ((double)tenthousandths / 1e4 == value) {
            tl_put_px(put, tenthousandths);
            return;
        }
    }
    if (value > -1e7 && value < 1e7) {
        int64_t small = (int64_t)(value < 0 ? value * 1e8 - 0.5 : value * 1e8 + 0.5);
        /* Below 1e-6 JavaScript turns to exponents. */
        if ((small >= 100 || small <= -100) && (double)small / 1e8 == value) {
            tl_put_fixed(put, small, 8);
            return;
        }
    }
    char bytes[40];
    struct tl_text text = {bytes, 0, sizeof bytes, false};
    tl_text_double(&text, value);
    tl_put_bytes(put, bytes, text.size);
}

static inline bool tl_put_is_plain(struct tl_str str)
{
    size_t i = 0;
    while (str.size - i >= 8 && tl_plain8(str.data + i))
        i += 8;
    for (; i < str.size; i++) {
        unsigned char byte = (unsigned char)str.data[i];
        if (byte < 0x20 || byte >= 0x7f || byte == '"' || byte == '\\') return false;
    }
    return true;
}

/* A JSON string with its quotes. */
static inline void tl_put_json_string(struct tl_put *put, struct tl_str str)
{
    if (tl_put_is_plain(str)) {
        tl_put_byte(put, '"');
        tl_put_str(put, str);
        tl_put_byte(put, '"');
        return;
    }
    struct tl_text text = {put->at, 0, (size_t)(put->end - put->at), false};
    tl_text_json_string(&text, str);
    if (text.overflow)
        put->full = true;
    else
        put->at += text.size;
}

#endif
