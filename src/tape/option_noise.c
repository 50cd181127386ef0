/* SPDX-License-Identifier: Apache-2.0
 * skew = 0.89 own + 0.06 flicker + 0.05 shared. Own: on a lattice of 10 minutes, each contract's
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
    double first = words[0], last = words[1];
    return (first + (last - first) * t + 0.5) * 0x1p-31 - 1;
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
    double t = (double)((uint64_t)second->second - step * COARSE_S) * (1.0 / COARSE_S);
    return between(slot->nodes, t);
}

/* What an epoch of a contract's draws: when in it, flicker, sizes, 16 bits each. A hash of the epoch, as
 * nearly every quote is of another one than the contract's last. */
static uint64_t epoch_draw(const struct tl_option_noise_slot *slot, uint64_t epoch)
{
    return tl_mix64(slot->seed ^ tl_mix64(epoch << 32 | slot->contract));
}

/* A contract re-quotes by itself about every 1.5 to 6 s, at ragged times: epoch j starts in the
 * first half of its period. */
static void own_draw(struct tl_option_noise_slot *slot, tl_ns ts)
{
    uint64_t mixed = tl_mix64((uint64_t)slot->contract + 0x9e37u);
    tl_ns period = 1500 * TL_NS_PER_MS + (tl_ns)(mixed % 4500u) * TL_NS_PER_MS;
    tl_ns shift = (tl_ns)(mixed >> 32), shifted = ts + shift;
    /* A whole division costs as much as the rest. Times of this size are rounded to 256 ns as doubles:
     * with 1 us more this epoch is never too early, and one too late has not begun. */
    uint64_t epoch = (uint64_t)((double)(shifted + 1000) / (double)period);
    uint64_t drawn = epoch_draw(slot, epoch);
    tl_ns half = period >> 17; /* of the period, in 65,536 parts */
    tl_ns start = (tl_ns)epoch * period + (tl_ns)(drawn & 0xffff) * half;
    tl_ns until = (tl_ns)(epoch + 1) * period; /* the next epoch starts there or later */
    if (shifted < start) {                     /* the epoch before is still in force */
        until = start;
        epoch--;
        drawn = epoch_draw(slot, epoch);
        start = (tl_ns)epoch * period + (tl_ns)(drawn & 0xffff) * half;
    }
    slot->since = start - shift;
    slot->until = until - shift;
    slot->flicker = (uint32_t)drawn & 0xffff0000u;
    slot->sizes = (uint32_t)(drawn >> 32);
}

/* Where between its two nodes a contract is, 0..1; the nodes are drawn when a new pair begins. */
static double slow_at(const struct tl_second *second, struct tl_option_noise_slot *slot)
{
    uint64_t mixed = tl_mix64((uint64_t)slot->contract + 0x51edu);
    uint64_t shifted = (uint64_t)second->second + mixed % SLOW_S, step = shifted / SLOW_S;
    if (slot->step != (uint32_t)step) {
        /* The high bit of the entity keeps these nodes apart from the flicker's epochs. */
        const struct tl_rng_address nodes[2] = {{slot->contract | 1u << 30, step},
                                                {slot->contract | 1u << 30, step + 1}};
        uint32_t words[8];
        tl_rng_block_pair(slot->seed, TL_RNG_OP_NOISE, nodes, 2, words);
        slot->step = (uint32_t)step;
        slot->place[0] = words[0];
        slot->place[1] = words[4];
        slot->width[0] = words[1];
        slot->width[1] = words[5];
    }
    return (double)(shifted - step * SLOW_S) * (1.0 / SLOW_S);
}

/* Whose neighbours share a part of the noise: a code of their own. */
static uint32_t shared_entity(uint32_t contract)
{
    return contract >> 3 | 1u << 31;
}

void tl_option_noise_expect(const struct tl_option_noise_memory *memory, uint32_t contract)
{
    const struct tl_option_noise_slot *slot =
        &memory->slots[slot_of(contract, TL_OPTION_NOISE_SLOTS)];
    __builtin_prefetch(slot);
    __builtin_prefetch(&slot->width[1]); /* most slots lie across two lines */
    __builtin_prefetch(
        &memory->shared[slot_of(shared_entity(contract), TL_OPTION_NOISE_SHARED_SLOTS)]);
}

void tl_option_noise_at(const struct tl_second *second, struct tl_option_noise_memory *memory,
                        uint32_t contract, tl_ns ts, struct tl_option_noise *noise)
{
    uint64_t seed = second->chain->seed;
    uint32_t entity = shared_entity(contract);
    struct tl_option_noise_slot no_slot, *slot = &no_slot;
    struct tl_option_noise_shared no_shared, *shared = &no_shared;
    if (memory) {
        slot = &memory->slots[slot_of(contract, TL_OPTION_NOISE_SLOTS)];
        shared = &memory->shared[slot_of(entity, TL_OPTION_NOISE_SHARED_SLOTS)];
    } else {
        no_slot = (struct tl_option_noise_slot){.seed = ~seed};
        no_shared = (struct tl_option_noise_shared){.seed = ~seed};
    }
    if (slot->contract != contract || slot->seed != seed) /* step 0 is long past */
        *slot = (struct tl_option_noise_slot){.seed = seed, .contract = contract};
    if (ts < slot->since || ts >= slot->until) own_draw(slot, ts);
    noise->since = slot->since;
    noise->until = slot->until;
    double t = slow_at(second, slot);
    noise->skew = tl_clamp(0.89 * tl_clamp(1.25 * between(slot->place, t), -1, 1) +
                               0.06 * (2 * unit(slot->flicker) - 1) +
                               0.05 * shared_noise(second, shared, entity),
                           -1, 1);
    noise->width = 1 + 0.25 * between(slot->width, t);
    double b = unit(slot->sizes << 16), a = unit(slot->sizes & 0xffff0000u);
    noise->bid_size = 0.1 + 2.7 * b * b;
    noise->ask_size = 0.1 + 2.7 * a * a;
}
