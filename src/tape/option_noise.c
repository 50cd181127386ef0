/* SPDX-License-Identifier: Apache-2.0
 * skew = 0.90 own + 0.10 shared + 0.08 flicker. Own: on a lattice of 10 minutes, each contract's
 * shifted by a phase of its own, linear between: makers disagree with the model a contract at a time
 * and for long, so mids are rough across strikes (SCORECARD O35, O36) and yet follow the stock
 * (O38). Shared: by four neighbouring strikes, on a lattice of 64 s. Flicker, with the sizes: redrawn
 * at ragged times of each contract's own, about every 1.5 to 6 s. */
#include "tape/option_noise.h"

#include "base/math.h"
#include "base/rng.h"

#define COARSE_S 300 /* lattice of the noise that neighbours share */
#define SLOW_S 1800  /* lattice of a contract's own place and width */

static double unit(uint32_t word)
{
    return ((double)word + 0.5) * (1.0 / 4294967296.0);
}

/* Two nodes of a lattice as numbers in (-1, 1), and a place 0..1 between them. */
static double between(const uint32_t words[2], double t)
{
    return (2 * unit(words[0]) - 1) * (1 - t) + (2 * unit(words[1]) - 1) * t;
}

static uint32_t slot_of(uint32_t key, uint32_t slots)
{
    return (uint32_t)((uint64_t)(key * 2654435761u) * slots >> 32);
}

static double shared_noise(const struct tl_second *second, struct tl_option_noise_shared *slot,
                           uint32_t entity)
{
    uint64_t seed = second->chain->seed, step = (uint64_t)second->second / COARSE_S;
    if (slot->entity != entity || slot->step != step || slot->seed != seed) {
        const struct tl_rng_address nodes[2] = {{entity, step}, {entity, step + 1}};
        uint32_t words[8];
        tl_rng_block_pair(seed, TL_RNG_OP_NOISE, nodes, 0, words);
        *slot = (struct tl_option_noise_shared){
            .seed = seed, .step = step, .entity = entity, .nodes = {words[0], words[4]}};
    }
    double t = (double)((uint64_t)second->second % COARSE_S) / COARSE_S;
    return between(slot->nodes, t);
}

/* A contract re-quotes by itself about every 1.5 to 6 s, at ragged times: epoch j starts in the
 * first half of its period. */
static void own_draw(uint64_t seed, struct tl_option_noise_own *slot, uint32_t contract, tl_ns ts)
{
    uint64_t mixed = tl_mix64((uint64_t)contract + 0x9e37u);
    tl_ns period = 1500 * TL_NS_PER_MS + (tl_ns)(mixed % 4500u) * TL_NS_PER_MS;
    tl_ns shift = (tl_ns)(mixed >> 32), shifted = ts + shift;
    uint64_t epoch = (uint64_t)(shifted / period);
    const struct tl_rng_address epochs[2] = {{contract, epoch}, {contract, epoch - 1}};
    uint32_t pair[8], *words = pair;
    tl_rng_block_pair(seed, TL_RNG_OP_NOISE, epochs, 1, pair);
    tl_ns start = (tl_ns)epoch * period + (tl_ns)(0.5 * unit(words[0]) * (double)period);
    tl_ns until = (tl_ns)(epoch + 1) * period; /* the next epoch starts there or later */
    if (shifted < start) {                     /* the epoch before is still in force */
        until = start;
        epoch--;
        words = pair + 4;
        start = (tl_ns)epoch * period + (tl_ns)(0.5 * unit(words[0]) * (double)period);
    }
    *slot = (struct tl_option_noise_own){.seed = seed,
                                         .contract = contract,
                                         .since = start - shift,
                                         .until = until - shift,
                                         .words = {words[1], words[2], words[3]}};
}

/* Where between its two nodes a contract is, 0..1; the nodes are drawn when a new pair begins. */
static double slow_at(const struct tl_second *second, struct tl_option_noise_slow *slot,
                      uint32_t contract)
{
    uint64_t seed = second->chain->seed, mixed = tl_mix64((uint64_t)contract + 0x51edu);
    uint64_t shifted = (uint64_t)second->second + mixed % SLOW_S, step = shifted / SLOW_S;
    if (slot->contract != contract || slot->step != step || slot->seed != seed) {
        /* The high bit of the entity keeps these nodes apart from the flicker's epochs. */
        const struct tl_rng_address nodes[2] = {{contract | 1u << 30, step},
                                                {contract | 1u << 30, step + 1}};
        uint32_t words[8];
        tl_rng_block_pair(seed, TL_RNG_OP_NOISE, nodes, 2, words);
        *slot = (struct tl_option_noise_slow){.seed = seed,
                                              .step = step,
                                              .contract = contract,
                                              .place = {words[0], words[4]},
                                              .width = {words[1], words[5]}};
    }
    return (double)(shifted % SLOW_S) / SLOW_S;
}

void tl_option_noise_at(const struct tl_second *second, struct tl_option_noise_memory *memory,
                        uint32_t contract, tl_ns ts, struct tl_option_noise *noise)
{
    uint64_t seed = second->chain->seed;
    uint32_t entity = contract >> 3 | 1u << 31;
    struct tl_option_noise_own no_own = {0}, *own = &no_own;
    struct tl_option_noise_slow no_slow = {0}, *slow = &no_slow;
    struct tl_option_noise_shared no_shared = {0}, *shared = &no_shared;
    if (memory) {
        own = &memory->own[slot_of(contract, TL_OPTION_NOISE_SLOTS)];
        slow = &memory->slow[slot_of(contract, TL_OPTION_NOISE_SLOTS)];
        shared = &memory->shared[slot_of(entity, TL_OPTION_NOISE_SHARED_SLOTS)];
    }
    if (own->contract != contract || own->seed != seed || ts < own->since || ts >= own->until)
        own_draw(seed, own, contract, ts);
    noise->since = own->since;
    double t = slow_at(second, slow, contract);
    noise->skew = tl_clamp(0.90 * tl_clamp(1.25 * between(slow->place, t), -1, 1) +
                               0.04 * (2 * unit(own->words[0]) - 1) +
                               0.05 * shared_noise(second, shared, entity),
                           -1, 1);
    noise->width = 1 + 0.25 * between(slow->width, t);
    double b = unit(own->words[2] << 16), a = unit(own->words[2] & 0xffff0000u);
    noise->bid_size = 0.1 + 2.7 * b * b;
    noise->ask_size = 0.1 + 2.7 * a * a;
}
