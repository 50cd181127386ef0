/* SPDX-License-Identifier: Apache-2.0
 * Exact decimal conversion.
 *
 * Printing: a value that is n / 10^d with n of at most 15 digits is found by trying d = 0..8 (a
 * decimal of at most 15 digits is the only one of its length in its double's interval). All others
 * go through the free-format algorithm of Steele and White (1990) with the bound handling of Burger
 * and Dybvig (1996), on big integers.
 *
 * Reading: at most 15 digits with a small power of ten are one exact operation (Clinger 1990). Else
 * the quotient of two big integers is developed to 66 bits by long division and rounded once.
 * Digits after the 790th can only break a tie: they are folded into one. */
#include "base/decimal.h"

#include <string.h>

/* 790 digits over 10^1130 and 66 bits to spare is below 3900 bits. */
#define LIMBS_MAX 128
#define DIGITS_KEPT 790

struct big {
    int size; /* limbs in use, no leading zero limb */
    uint32_t limb[LIMBS_MAX];
};

static const double POWERS[23] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                  1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static void big_set(struct big *a, uint64_t value)
{
    a->size = 0;
    for (; value; value >>= 32)
        a->limb[a->size++] = (uint32_t)value;
}

static void big_multiply_add(struct big *a, uint32_t factor, uint32_t addend)
{
    uint64_t carry = addend;
    for (int i = 0; i < a->size; i++) {
        carry += (uint64_t)a->limb[i] * factor;
        a->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry && a->size < LIMBS_MAX) a->limb[a->size++] = (uint32_t)carry;
}

static void big_multiply_power10(struct big *a, int power)
{
    for (; power >= 9; power -= 9)
        big_multiply_add(a, 1000000000u, 0);
    for (; power > 0; power--)
        big_multiply_add(a, 10, 0);
}

static void big_shift_left(struct big *a, int bits)
{
    int limbs = bits / 32, rest = bits % 32;
    if (a->size == 0 || a->size + limbs + 1 > LIMBS_MAX) return;
    uint32_t carry = 0;
    for (int i = a->size - 1; i >= 0; i--) {
        uint64_t wide = (uint64_t)a->limb[i] << rest;
        if (i == a->size - 1) carry = (uint32_t)(wide >> 32);
        uint32_t below = i > 0 && rest ? a->limb[i - 1] >> (32 - rest) : 0;
        a->limb[i + limbs] = (uint32_t)wide | below;
    }
    memset(a->limb, 0, (size_t)limbs * sizeof a->limb[0]);
    a->size += limbs;
    if (carry) a->limb[a->size++] = carry;
}

static int big_compare(const struct big *a, const struct big *b)
{
    if (a->size != b->size) return a->size < b->size ? -1 : 1;
    for (int i = a->size - 1; i >= 0; i--)
        if (a->limb[i] != b->limb[i]) return a->limb[i] < b->limb[i] ? -1 : 1;
    return 0;
}

static void big_add(struct big *a, const struct big *b) /* a += b */
{
    uint64_t carry = 0;
    int size = a->size > b->size ? a->size : b->size;
    for (int i = 0; i < size; i++) {
        carry += (uint64_t)(i < a->size ? a->limb[i] : 0) + (i < b->size ? b->limb[i] : 0);
        a->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    a->size = size;
    if (carry && a->size < LIMBS_MAX) a->limb[a->size++] = (uint32_t)carry;
}

static void big_subtract(struct big *a, const struct big *b) /* a -= b; a >= b */
{
    uint64_t borrow = 0;
    for (int i = 0; i < a->size; i++) {
        uint64_t take = (i < b->size ? b->limb[i] : 0) + borrow;
        borrow = a->limb[i] < take;
        a->limb[i] = (uint32_t)(a->limb[i] - take);
    }
    while (a->size && a->limb[a->size - 1] == 0)
        a->size--;
}

static int big_bits(const struct big *a)
{
    return a->size ? 32 * a->size - __builtin_clz(a->limb[a->size - 1]) : 0;
}

static void big_copy(struct big *a, const struct big *b)
{
    a->size = b->size;
    memcpy(a->limb, b->limb, (size_t)b->size * sizeof b->limb[0]);
}

/* ---- shortest digits ---- */

static int put_small(uint64_t n, int decimals, char digits[TL_DECIMAL_DIGITS_MAX], int *point)
{
    char text[20];
    int size = 0;
    for (; n; n /= 10)
        text[size++] = (char)('0' + n % 10);
    *point = size - decimals;
    int zeros = 0;
    while (text[zeros] == '0')
        zeros++;
    for (int i = 0; i < size - zeros; i++)
        digits[i] = text[size - 1 - i];
    return size - zeros;
}

static int shortest_fast(double value, char digits[TL_DECIMAL_DIGITS_MAX], int *point)
{
    if (value >= 1e15 || value < 1e-7) return 0;
    for (int decimals = 0; decimals <= 8; decimals++) {
        double scaled = value * POWERS[decimals];
        if (scaled >= 1e15) return 0;
        uint64_t n = (uint64_t)(scaled + 0.5);
        if (n && (double)n / POWERS[decimals] == value)
            return put_small(n, decimals, digits, point);
    }
    return 0;
}

/* value = r / s, the gap to the neighbours below and above = 2 low / s and 2 high / s, after
 * scaling so that the first digit is r * 10 / s. */
struct ratio {
    struct big r, s, low, high;
    bool closed; /* an even mantissa: the interval's ends read back as value too */
};

static void ratio_scale(struct ratio *x, uint64_t mantissa, int exponent, int *point)
{
    bool boundary = mantissa == 1ull << 52 && exponent > -1074; /* below, the gap is half */
    big_set(&x->r, mantissa);
    big_set(&x->s, 1);
    big_set(&x->low, 1);
    big_set(&x->high, 1);
    big_shift_left(&x->r, (exponent > 0 ? exponent : 0) + 1 + boundary);
    big_shift_left(&x->s, (exponent < 0 ? -exponent : 0) + 1 + boundary);
    big_shift_left(&x->low, exponent > 0 ? exponent : 0);
    big_shift_left(&x->high, (exponent > 0 ? exponent : 0) + boundary);
    /* ceil(log10) from the bit length, at most one too small; then made exact. */
    int bits = 63 - __builtin_clzll(mantissa) + exponent;
    int guess = (int)((int64_t)bits * 1292913986 >> 32); /* floor(bits log10 2) */
    if (guess >= 0) {
        big_multiply_power10(&x->s, guess);
    } else {
        big_multiply_power10(&x->r, -guess);
        big_multiply_power10(&x->low, -guess);
        big_multiply_power10(&x->high, -guess);
    }
    *point = guess;
    for (int i = 0; i < 3; i++) {
        struct big sum;
        big_copy(&sum, &x->r);
        big_add(&sum, &x->high);
        int order = big_compare(&sum, &x->s);
        if (order < 0 || (order == 0 && !x->closed)) break;
        big_multiply_add(&x->s, 10, 0);
        ++*point;
    }
}

static int ratio_digits(struct ratio *x, char digits[TL_DECIMAL_DIGITS_MAX])
{
    for (int count = 0; count < TL_DECIMAL_DIGITS_MAX;) {
        big_multiply_add(&x->r, 10, 0);
        big_multiply_add(&x->low, 10, 0);
        big_multiply_add(&x->high, 10, 0);
        int digit = 0;
        while (big_compare(&x->r, &x->s) >= 0) {
            big_subtract(&x->r, &x->s);
            digit++;
        }
        int order_low = big_compare(&x->r, &x->low);
        struct big sum;
        big_copy(&sum, &x->r);
        big_add(&sum, &x->high);
        int order_high = big_compare(&sum, &x->s);
        bool down = order_low < 0 || (order_low == 0 && x->closed);
        bool up = order_high > 0 || (order_high == 0 && x->closed);
        if (down && up) { /* both ends: the nearer one, the even one on a tie */
            big_copy(&sum, &x->r);
            big_add(&sum, &x->r);
            int order = big_compare(&sum, &x->s);
            up = order > 0 || (order == 0 && (digit & 1));
        }
        digits[count++] = (char)('0' + digit + up);
        if (down || up) return count;
    }
    return TL_DECIMAL_DIGITS_MAX;
}

int tl_decimal_shortest(double value, char digits[TL_DECIMAL_DIGITS_MAX], int *point)
{
    int count = shortest_fast(value, digits, point);
    if (count) return count;
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    int exponent = (int)(bits >> 52 & 0x7ff);
    uint64_t mantissa = bits & 0xfffffffffffffu;
    if (exponent)
        mantissa |= 1ull << 52;
    else
        exponent = 1;
    struct ratio x;
    x.closed = (mantissa & 1) == 0;
    ratio_scale(&x, mantissa, exponent - 1075, point);
    return ratio_digits(&x, digits);
}

/* ---- nearest double ---- */

/* mantissa x 2^exponent (mantissa of 66 bits in two parts: high 64, sticky) to a double. */
static bool assemble(uint64_t mantissa, bool sticky, int exponent, double *value)
{
    int shift = 11; /* 64 bits to 53 */
    int biased = exponent + 63 + 1023;
    if (biased <= 0) { /* subnormal: fewer bits */
        shift += 1 - biased;
        biased = 0;
    }
    uint64_t kept = shift < 64 ? mantissa >> shift : 0;
    uint64_t rest = shift < 64 ? mantissa << (64 - shift) : (shift == 64 ? mantissa : 0);
    sticky = sticky || (shift > 64 && mantissa);
    const uint64_t half = 1ull << 63;
    if (rest > half || (rest == half && (sticky || (kept & 1)))) kept++;
    uint64_t bits = biased > 0 ? kept + ((uint64_t)(biased - 1) << 52) : kept;
    if (biased >= 0x7ff || bits >= 0x7ff0000000000000u) return false;
    memcpy(value, &bits, sizeof bits);
    return true;
}

static bool divide(struct big *n, struct big *d, double *value)
{
    /* Scale so that d <= n < 2 d: then the first quotient bit is 1 and 64 of them follow. */
    int exponent = big_bits(n) - big_bits(d);
    if (exponent > 0)
        big_shift_left(d, exponent);
    else
        big_shift_left(n, -exponent);
    if (big_compare(n, d) < 0) {
        big_shift_left(n, 1);
        exponent--;
    }
    uint64_t quotient = 0;
    for (int i = 0; i < 64; i++) {
        quotient <<= 1;
        if (big_compare(n, d) >= 0) {
            big_subtract(n, d);
            quotient |= 1;
        }
        big_shift_left(n, 1);
    }
    return assemble(quotient, n->size > 0, exponent - 63, value);
}

static bool to_double_slow(const char *digits, size_t count, int64_t exponent, double *value)
{
    struct big n, d;
    big_set(&n, 0);
    size_t kept = count < DIGITS_KEPT ? count : DIGITS_KEPT;
    for (size_t i = 0; i < kept; i++) {
        if (n.size == 0)
            big_set(&n, (uint64_t)(digits[i] - '0'));
        else
            big_multiply_add(&n, 10, (uint32_t)(digits[i] - '0'));
    }
    exponent += (int64_t)(count - kept);
    if (count > kept) { /* the last digit dropped is not zero: the rest is more than nothing */
        big_multiply_add(&n, 10, 1);
        exponent--;
    }
    big_set(&d, 1);
    if (exponent >= 0)
        big_multiply_power10(&n, (int)exponent);
    else
        big_multiply_power10(&d, (int)-exponent);
    return divide(&n, &d, value);
}

bool tl_decimal_to_double(const char *digits, size_t count, int64_t exponent, double *value)
{
    while (count && digits[0] == '0')
        digits++, count--;
    while (count && digits[count - 1] == '0')
        count--, exponent++;
    *value = 0.0;
    if (count == 0 || exponent + (int64_t)count < -330) return true;
    if (exponent + (int64_t)count > 310) return false;
    if (count <= 15 && exponent >= -22 && exponent <= 22) {
        uint64_t n = 0;
        for (size_t i = 0; i < count; i++)
            n = n * 10 + (uint64_t)(digits[i] - '0');
        *value = exponent < 0 ? (double)n / POWERS[-exponent] : (double)n * POWERS[exponent];
        return true;
    }
    return to_double_slow(digits, count, exponent, value);
}
