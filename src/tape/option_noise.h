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
    struct tl_option_noise_own {
        uint64_t seed;
        tl_ns since, until; /* the draws are in force from since, at least to until */
        uint32_t contract, words[3];
    } own[TL_OPTION_NOISE_SLOTS];
    struct tl_option_noise_slow {
        uint64_t seed, step;
        uint32_t contract, place[2], width[2];
    } slow[TL_OPTION_NOISE_SLOTS];
    struct tl_option_noise_shared {
        uint64_t seed, step;
        uint32_t entity, nodes[2];
    } shared[TL_OPTION_NOISE_SHARED_SLOTS];
};

/* The field at ts for a contract, coded sym << 14 | expiry << 9 | strike << 1 | put. memory NULL:
 * drawn anew. */
void tl_option_noise_at(const struct tl_second *second, struct tl_option_noise_memory *memory,
                        uint32_t contract, tl_ns ts, struct tl_option_noise *noise);

#endif
