/* SPDX-License-Identifier: Apache-2.0
 * The noise field of option quotes: where a contract's quote sits around the model's value, how wide
 * and how deep it is. A pure function of (session, contract, time). */
#ifndef TL_TAPE_OPTION_NOISE_H
#define TL_TAPE_OPTION_NOISE_H

#include "tape/seam.h"

struct tl_option_noise {
    double skew;  /* -1..1: where the model's value sits within the width */
    double width; /* about 1 */
    double bid_size, ask_size;
    tl_ns since; /* when this contract was last quoted by itself */
    tl_ns until; /* the same numbers hold at least to here, within one second */
};

#define TL_OPTION_NOISE_SLOTS 256 /* a symbol; the hot list alone has 128 contracts */
#define TL_OPTION_NOISE_SHARED_SLOTS 128

/* Draws made lately for one symbol. The field changes every few seconds a contract, while a busy one
 * is asked many times a second. It remembers and decides nothing: zeroed, or overwritten in any
 * order, the field is the same. */
struct tl_option_noise_memory {
    struct tl_option_noise_slot {
        uint64_t seed;
        tl_ns since, until;      /* flicker and sizes are in force from since, at least to until */
        uint32_t contract, step; /* the slow lattice's */
        uint32_t flicker, sizes; /* words */
        uint32_t place[2], width[2]; /* words at the step's two nodes */
    } slots[TL_OPTION_NOISE_SLOTS];
    struct tl_option_noise_shared {
        uint64_t seed, step;
        uint32_t entity, nodes[2];
    } shared[TL_OPTION_NOISE_SHARED_SLOTS];
};

/* One number for a contract of one session. */
static inline uint32_t tl_option_code(uint32_t sym, uint32_t expiry, uint32_t strike, char right)
{
    return sym << 14 | expiry << 9 | strike << 1 | (right == 'P');
}

/* Calls what a contract's noise will be made from into the processor's cache: a second's contracts are
 * known a while before their quotes are made, and what was drawn lately has left the cache since. */
void tl_option_noise_expect(const struct tl_option_noise_memory *memory, uint32_t contract);

/* The field at ts for a contract's code. memory NULL: drawn anew. */
void tl_option_noise_at(const struct tl_second *second, struct tl_option_noise_memory *memory,
                        uint32_t contract, tl_ns ts, struct tl_option_noise *noise);

#endif
