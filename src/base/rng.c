/* SPDX-License-Identifier: Apache-2.0
 * Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers, as easy as 1, 2, 3, SC'11)
 * and draws from it. Poisson: inversion below a mean of 10, Hoermann's PTRS (1993) above, with
 * our own log so that the bits agree everywhere. */
#include "base/rng.h"

#include "base/math.h"

#if defined __x86_64__ && defined __SSE2__
#include <immintrin.h>
#endif

void tl_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53u * c0;
        uint64_t p1 = (uint64_t)0xCD9E8D57u * c2;
        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)p1;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)p0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    out[0] = c0, out[1] = c1, out[2] = c2, out[3] = c3;
}

void tl_philox4x32_quad_plain(const uint32_t first[4], const uint32_t key[2], uint32_t out[16])
{
    for (uint32_t pair = 0; pair < 2; pair++) {
        const uint32_t a[4] = {first[0] + 2 * pair, first[1], first[2], first[3]};
        const uint32_t b[4] = {first[0] + 2 * pair + 1, first[1], first[2], first[3]};
        tl_philox4x32_pair(a, b, key, out + 8 * pair);
    }
}

#if defined __x86_64__ && defined __SSE2__

/* Low word of the block of each lane; the words' upper halves hold leftovers that no product
 * reads. */
static __m128i lanes(uint32_t a, uint32_t b)
{
    return _mm_set_epi64x((long long)b, (long long)a);
}

/* SSE2 is part of every x86-64; integer lanes give the same words as the plain form. */
void tl_philox4x32_pair(const uint32_t a[4], const uint32_t b[4], const uint32_t key[2],
                        uint32_t out[8])
{
    __m128i c0 = lanes(a[0], b[0]), c1 = lanes(a[1], b[1]);
    __m128i c2 = lanes(a[2], b[2]), c3 = lanes(a[3], b[3]);
    __m128i k0 = lanes(key[0], key[0]), k1 = lanes(key[1], key[1]);
    const __m128i m0 = lanes(0xD2511F53u, 0xD2511F53u), m1 = lanes(0xCD9E8D57u, 0xCD9E8D57u);
    const __m128i w0 = lanes(0x9E3779B9u, 0x9E3779B9u), w1 = lanes(0xBB67AE85u, 0xBB67AE85u);
#pragma GCC unroll 10
    for (int round = 0; round < 10; round++) {
        __m128i p0 = _mm_mul_epu32(c0, m0), p1 = _mm_mul_epu32(c2, m1);
        c0 = _mm_xor_si128(_mm_srli_epi64(p1, 32), _mm_xor_si128(c1, k0));
        c2 = _mm_xor_si128(_mm_srli_epi64(p0, 32), _mm_xor_si128(c3, k1));
        c1 = p1;
        c3 = p0;
        k0 = _mm_add_epi32(k0, w0);
        k1 = _mm_add_epi32(k1, w1);
    }
    __m128i low_a = _mm_unpacklo_epi32(c0, c1), high_a = _mm_unpacklo_epi32(c2, c3);
    __m128i low_b = _mm_unpackhi_epi32(c0, c1), high_b = _mm_unpackhi_epi32(c2, c3);
    _mm_storeu_si128((void *)out, _mm_unpacklo_epi64(low_a, high_a));
    _mm_storeu_si128((void *)(out + 4), _mm_unpacklo_epi64(low_b, high_b));
}

/* Four blocks that count up from *first, in the wider registers that most x86-64 have: one pass costs
 * what a pair does. */
__attribute__((target("avx2"))) static inline void
quad_avx2(const uint32_t first[4], const uint32_t key[2], uint32_t out[16])
{
    __m256i c0 = _mm256_add_epi64(_mm256_set1_epi64x(first[0]), _mm256_set_epi64x(3, 2, 1, 0));
    __m256i c1 = _mm256_set1_epi64x(first[1]), c2 = _mm256_set1_epi64x(first[2]);
    __m256i c3 = _mm256_set1_epi64x(first[3]);
    __m256i k0 = _mm256_set1_epi64x(key[0]), k1 = _mm256_set1_epi64x(key[1]);
    const __m256i m0 = _mm256_set1_epi64x(0xD2511F53u), m1 = _mm256_set1_epi64x(0xCD9E8D57u);
    const __m256i w0 = _mm256_set1_epi64x(0x9E3779B9u), w1 = _mm256_set1_epi64x(0xBB67AE85u);
#pragma GCC unroll 10
    for (int round = 0; round < 10; round++) {
        __m256i p0 = _mm256_mul_epu32(c0, m0), p1 = _mm256_mul_epu32(c2, m1);
        c0 = _mm256_xor_si256(_mm256_srli_epi64(p1, 32), _mm256_xor_si256(c1, k0));
        c2 = _mm256_xor_si256(_mm256_srli_epi64(p0, 32), _mm256_xor_si256(c3, k1));
        c1 = p1;
        c3 = p0;
        k0 = _mm256_add_epi32(k0, w0);
        k1 = _mm256_add_epi32(k1, w1);
    }
    __m256i low_a = _mm256_unpacklo_epi32(c0, c1), high_a = _mm256_unpacklo_epi32(c2, c3);
    __m256i low_b = _mm256_unpackhi_epi32(c0, c1), high_b = _mm256_unpackhi_epi32(c2, c3);
    __m256i even = _mm256_unpacklo_epi64(low_a, high_a); /* blocks 0 and 2 */
    __m256i odd = _mm256_unpacklo_epi64(low_b, high_b);  /* blocks 1 and 3 */
    _mm256_storeu_si256((void *)out, _mm256_permute2x128_si256(even, odd, 0x20));
    _mm256_storeu_si256((void *)(out + 8), _mm256_permute2x128_si256(even, odd, 0x31));
}

void tl_philox4x32_quad(const uint32_t first[4], const uint32_t key[2], uint32_t out[16])
{
    if (__builtin_cpu_supports("avx2")) {
        quad_avx2(first, key, out);
        return;
    }
    tl_philox4x32_quad_plain(first, key, out);
}

#else

void tl_philox4x32_pair(const uint32_t a[4], const uint32_t b[4], const uint32_t key[2],
                        uint32_t out[8])
{
    tl_philox4x32(a, key, out);
    tl_philox4x32(b, key, out + 4);
}

void tl_philox4x32_quad(const uint32_t first[4], const uint32_t key[2], uint32_t out[16])
{
    tl_philox4x32_quad_plain(first, key, out);
}

#endif

/* Counter words after the first: step low, entity, stream with the step's high bits. */
static uint32_t last_word(uint32_t stream, uint64_t step)
{
    return stream << 16 | (uint32_t)(step >> 32 & 0xffff);
}

void tl_rng_block(uint64_t seed, enum tl_rng_stream stream, uint32_t entity, uint64_t step,
                  uint32_t draw, uint32_t out[4])
{
    const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    const uint32_t counter[4] = {draw, (uint32_t)step, entity, last_word(stream, step)};
    tl_philox4x32(counter, key, out);
}

void tl_rng_block_pair(uint64_t seed, enum tl_rng_stream stream, const struct tl_rng_address at[2],
                       uint32_t draw, uint32_t out[8])
{
    const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    uint32_t counters[2][4];
    for (int i = 0; i < 2; i++) {
        counters[i][0] = draw;
        counters[i][1] = (uint32_t)at[i].step;
        counters[i][2] = at[i].entity;
        counters[i][3] = last_word(stream, at[i].step);
    }
    tl_philox4x32_pair(counters[0], counters[1], key, out);
}

/* The words of a refill, from the draw's count on: 16 the first time, then 32. */
static inline __attribute__((always_inline)) void
refill(struct tl_rng *rng,
       void (*quad)(const uint32_t first[4], const uint32_t key[2], uint32_t out[16]))
{
    const uint32_t key[2] = {(uint32_t)rng->seed, (uint32_t)(rng->seed >> 32)};
    uint32_t first[4] = {rng->draw, (uint32_t)rng->step, rng->entity,
                         last_word(rng->stream, rng->step)};
    for (int half = rng->refills++ == 0; half < 2; half++) {
        quad(first, key, rng->words + half * (TL_RNG_WORDS / 2));
        first[0] += TL_RNG_WORDS / 8;
        rng->have += TL_RNG_WORDS / 2;
    }
    rng->draw = first[0];
}

#if defined __x86_64__ && defined __SSE2__
/* Compiled with the four blocks inlined: half of their time was getting there. */
__attribute__((target("avx2"))) static void refill_avx2(struct tl_rng *rng)
{
    refill(rng, quad_avx2);
}
#endif

void tl_rng_refill(struct tl_rng *rng)
{
#if defined __x86_64__ && defined __SSE2__
    if (__builtin_cpu_supports("avx2")) {
        refill_avx2(rng);
        return;
    }
#endif
    refill(rng, tl_philox4x32_quad_plain);
}

uint64_t tl_rng_u64_split(struct tl_rng *rng)
{
    if (rng->have == 0) {
        tl_rng_refill(rng);
        return tl_rng_u64(rng);
    }
    uint64_t low = tl_rng_u32(rng);
    return low | (uint64_t)tl_rng_u32(rng) << 32;
}

double tl_rng_normal(struct tl_rng *rng)
{
    return tl_norm_inv(tl_rng_uniform(rng));
}

double tl_rng_pareto(struct tl_rng *rng, double alpha)
{
    return tl_exp(tl_rng_exponential(rng) / alpha);
}

/* ln k!, relative error below 1e-10: a table, then Stirling's series. */
static double log_factorial(double k)
{
    static const double SMALL[10] = {0.0,
                                     0.0,
                                     0.693147180559945309,
                                     1.79175946922805500,
                                     3.17805383034794562,
                                     4.78749174278204599,
                                     6.57925121201010099,
                                     8.52516136106541430,
                                     10.6046029027452502,
                                     12.8018274800814696};
    if (k < 10.0) return SMALL[(int)k];
    double inverse = 1.0 / k;
    return (k + 0.5) * tl_log(k) - k + 0.918938533204672742 +
           inverse * (1.0 / 12 - inverse * inverse * (1.0 / 360 - inverse * inverse / 1260));
}

#define INVERSION_BELOW 10.0

uint32_t tl_poisson_above_none(const struct tl_poisson_law *law, double u)
{
    double p = law->none, sum = p;
    uint32_t k = 0;
    while (u > sum && k < 200) { /* P(X > 200 | mean < 10) is below 1e-150 */
        k++;
        p *= law->mean / (double)k;
        sum += p;
    }
    return k;
}

struct tl_poisson_law tl_poisson_law_of(double mean)
{
    struct tl_poisson_law law = {mean, 0};
    if (mean > 0 && mean < INVERSION_BELOW) law.none = tl_exp(-mean);
    return law;
}

uint32_t tl_rng_poisson(struct tl_rng *rng, double mean)
{
    struct tl_poisson_law law = tl_poisson_law_of(mean);
    return tl_rng_poisson_of(rng, &law);
}

uint32_t tl_rng_poisson_large(struct tl_rng *rng, const struct tl_poisson_law *law)
{
    double mean = law->mean;
    if (!(mean > 0)) return 0;
    if (mean > 1e4) mean = 1e4;
    double log_mean = tl_log(mean);
    double b = 0.931 + 2.53 * tl_sqrt(mean);
    double a = -0.059 + 0.02483 * b;
    double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    double v_r = 0.9277 - 3.6224 / (b - 2.0);
    for (int tries = 0; tries < 1000; tries++) { /* accepts 9 of 10: the bound is never met */
        double u = tl_rng_uniform(rng) - 0.5;
        double v = tl_rng_uniform(rng);
        double us = 0.5 - tl_abs(u);
        double k = tl_floor((2.0 * a / us + b) * u + mean + 0.43);
        if (us >= 0.07 && v <= v_r) return (uint32_t)k;
        if (k < 0 || (us < 0.013 && v > us)) continue;
        double accept = tl_log(v) + tl_log(inverse_alpha) - tl_log(a / (us * us) + b);
        if (accept <= k * log_mean - mean - log_factorial(k)) return (uint32_t)k;
    }
    return (uint32_t)mean;
}

uint32_t tl_rng_pick(struct tl_rng *rng, const double *weights, uint32_t count)
{
    double sum = 0;
    for (uint32_t i = 0; i < count; i++)
        sum += weights[i];
    return tl_rng_pick_of(rng, weights, count, sum);
}

uint32_t tl_rng_pick_of(struct tl_rng *rng, const double *weights, uint32_t count, double sum)
{
    double left = tl_rng_uniform(rng) * sum;
    uint32_t last = 0; /* the last with weight, should rounding leave a crumb */
    for (uint32_t i = 0; i < count; i++) {
        if (!(weights[i] > 0)) continue;
        last = i;
        left -= weights[i];
        if (left < 0) return i;
    }
    return last;
}
