/* SPDX-License-Identifier: Apache-2.0
 * Counter-based randomness: Philox4x32-10 (Salmon et al., SC'11). A draw is addressed by
 * (seed, stream, entity, step, draw); nothing is sequential across addresses, so any draw can be
 * had without the ones before it. A new draw in one stream never moves another. Counter words: c0 =
 * draw, c1 = step low 32, c2 = entity, c3 = stream << 16 | step bits 32..47. Key words: seed low,
 * seed high. All-zero input gives 6627e8d5 e169c58d bc57ac4c 9b00dbd8. */
#ifndef TL_BASE_RNG_H
#define TL_BASE_RNG_H

#include <stdint.h>

#include "base/exponential.h"

/* Append only within a range; numbers never change (they are part of the tape). */
enum tl_rng_stream {
    /* market: 1..99 */
    TL_RNG_DAY = 1,
    TL_RNG_REGIME,
    TL_RNG_FACTOR,
    TL_RNG_SECTOR,
    TL_RNG_OWN,
    TL_RNG_VOL_OCTAVE,
    TL_RNG_RATE_OCTAVE,
    TL_RNG_JUMP,
    TL_RNG_META,
    TL_RNG_QUOTE_ANCHOR,
    TL_RNG_EVENT,
    TL_RNG_FOCUS,
    TL_RNG_LISTING,
    TL_RNG_OPEN_INTEREST,
    TL_RNG_SURFACE,
    TL_RNG_LEVEL,
    /* tape, equities: 100..199 */
    TL_RNG_EQ_FAMILY = 100,
    TL_RNG_EQ_PRINT,
    TL_RNG_EQ_PATH,
    TL_RNG_EQ_SIZE,
    TL_RNG_EQ_VENUE,
    TL_RNG_EQ_QUOTE_NOISE,
    TL_RNG_EQ_OCTAVE,
    /* tape, options: 200..299 */
    TL_RNG_OP_FAMILY = 200,
    TL_RNG_OP_CONTRACT,
    TL_RNG_OP_PRINT,
    TL_RNG_OP_NBBO,
    TL_RNG_OP_PUBLISH,
    TL_RNG_OP_NOISE,
    /* scenarios: 300..399 */
    TL_RNG_SC_START = 300,
    TL_RNG_SC_PARENT,
    TL_RNG_SC_CHILD
};

/* The raw block function, for known answers. */
void tl_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* Two blocks at once under one key: the words of a, then those of b. On x86-64 both run in one
 * register each way, so the pair costs about what one block does. */
void tl_philox4x32_pair(const uint32_t a[4], const uint32_t b[4], const uint32_t key[2],
                        uint32_t out[8]);

/* Four blocks whose first counter word counts up from first[0] (modulo 2^32). With AVX2 they cost
 * what a pair does; plain: the form that needs no AVX2, the same words. Refills inline either. */
void tl_philox4x32_quad(const uint32_t first[4], const uint32_t key[2], uint32_t out[16]);
void tl_philox4x32_quad_plain(const uint32_t first[4], const uint32_t key[2], uint32_t out[16]);

/* Four 32-bit words of one address. */
void tl_rng_block(uint64_t seed, enum tl_rng_stream stream, uint32_t entity, uint64_t step,
                  uint32_t draw, uint32_t out[4]);
/* The words of two addresses: at[0]'s, then at[1]'s. */
struct tl_rng_address {
    uint32_t entity;
    uint64_t step;
};
void tl_rng_block_pair(uint64_t seed, enum tl_rng_stream stream, const struct tl_rng_address at[2],
                       uint32_t draw, uint32_t out[8]);

#define TL_RNG_WORDS 32 /* eight blocks: two passes of four, which overlap in the processor */

/* A small cursor over the draws of one address: draw counts blocks up from 0. Never kept across
 * steps. */
struct tl_rng {
    uint64_t seed, step;
    uint32_t stream, entity, draw, have;
    uint32_t refills; /* the first makes four blocks only: most cursors are short */
    uint32_t words[TL_RNG_WORDS];
};

/* The words stay as they are: none is read before a refill wrote it. */
static inline struct tl_rng tl_rng_at(uint64_t seed, enum tl_rng_stream stream, uint32_t entity,
                                      uint64_t step)
{
    struct tl_rng rng;
    rng.seed = seed;
    rng.step = step;
    rng.stream = stream;
    rng.entity = entity;
    rng.draw = rng.have = rng.refills = 0;
    return rng;
}

void tl_rng_refill(struct tl_rng *rng); /* only when have is 0 */
uint64_t tl_rng_u64_split(struct tl_rng *rng);

/* Inline, because nearly everything on the tape is made of these. */
static inline uint32_t tl_rng_u32(struct tl_rng *rng)
{
    if (rng->have == 0) tl_rng_refill(rng);
    return rng->words[TL_RNG_WORDS - rng->have--];
}

static inline uint64_t tl_rng_u64(struct tl_rng *rng)
{
    if (rng->have < 2) return tl_rng_u64_split(rng);
    const uint32_t *word = rng->words + (TL_RNG_WORDS - rng->have);
    rng->have -= 2;
    return word[0] | (uint64_t)word[1] << 32;
}

/* (0, 1): never 0, never 1; 52 bits and a half, exact, so neither end can come out. */
static inline double tl_unit_of(uint64_t word)
{
    return ((double)(int64_t)(word >> 12) + 0.5) * 0x1p-52;
}

/* (0, 1): never 0, never 1; 32 bits and a half. A normal ends at 6.3 standard deviations;
 * twice the words would buy nothing that a tape can show. */
static inline double tl_rng_uniform(struct tl_rng *rng)
{
    return ((double)tl_rng_u32(rng) + 0.5) * 0x1p-32;
}

/* Mean 1, > 0; from one word but for few (exponential.c). */
static inline double tl_rng_exponential(struct tl_rng *rng)
{
    uint32_t word = tl_rng_u32(rng), place = word >> TL_EXPONENTIAL_BITS;
    const struct tl_exponential_layer *layer = &tl_exponential_layers[word % TL_EXPONENTIAL_LAYERS];
    if (place < layer->inside) return ((double)place + 0.5) * layer->unit;
    return tl_exponential_beyond(rng, word);
}

double tl_rng_normal(struct tl_rng *rng);                 /* inverse CDF, one uniform */
double tl_rng_pareto(struct tl_rng *rng, double alpha);   /* >= 1, P(X > x) = x^-alpha */
uint32_t tl_rng_poisson(struct tl_rng *rng, double mean); /* mean 0..1e4 */
/* The same draw for a mean that is drawn from many times: its exponential is taken once. */
struct tl_poisson_law {
    double mean, none; /* P(0) = exp(-mean), where inversion is used; else 0 */
};
struct tl_poisson_law tl_poisson_law_of(double mean);
uint32_t tl_poisson_above_none(const struct tl_poisson_law *law, double u); /* u > law->none */
uint32_t tl_rng_poisson_large(struct tl_rng *rng, const struct tl_poisson_law *law);
static inline uint32_t tl_rng_poisson_of(struct tl_rng *rng, const struct tl_poisson_law *law)
{
    if (!(law->none > 0)) return tl_rng_poisson_large(rng, law);
    double u = tl_rng_uniform(rng);
    return u > law->none ? tl_poisson_above_none(law, u) : 0;
}
/* 0..n-1, n >= 1; no two numbers' chances differ by more than 2^-32. */
static inline uint32_t tl_rng_below(struct tl_rng *rng, uint32_t n)
{
    return (uint32_t)((uint64_t)tl_rng_u32(rng) * n >> 32);
}

/* Index drawn with probability weights[i] / sum; count >= 1; weights >= 0, sum > 0. */
uint32_t tl_rng_pick(struct tl_rng *rng, const double *weights, uint32_t count);
/* The same where their sum, in their order, is known. */
uint32_t tl_rng_pick_of(struct tl_rng *rng, const double *weights, uint32_t count, double sum);

/* splitmix64's finaliser: for hashes and ids, and for single moments, flickers and sizes of which nothing
 * is summed; all other draws are of the counter-based blocks above. */
static inline uint64_t tl_mix64(uint64_t x)
{
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9u;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

#endif
