/* SPDX-License-Identifier: Apache-2.0
 * When stock trades arrive: a cluster (Hawkes-Oakes) process.
 *
 * Immigrants come as a Poisson stream at rate (1 - n) x parents a second. Every event has
 * Poisson(mass) children on each of three time scales (CALIBRATION C.0, SCORECARD E33):
 *
 *     exponential 20 ms  mass .625     log-uniform .2 to 2 s  mass .085     exponential 20 s  .026
 *
 * times the latent clustering; the slow two are more in quiet names. n is their sum, about .7. A
 * family ends 50 s after its immigrant (loses about 1 % of events) and all of its draws come from
 * the immigrant's second, so a second needs the 50 before it and nothing older. A child copies its
 * parent's sign with probability .95 and else asks the latent flow of the second in which it trades,
 * which the visible signed flow follows (E28, E49).
 *
 * Limits: one family has at most 256 events. */
#include "tape/equity_family.h"

#include "base/math.h"
#include "base/rng.h"
#include "tape/order.h"

#define FAMILY_MAX 256
#define HORIZON_NS (TL_EQUITY_FAMILY_S * TL_NS_PER_S)
#define COPY_SIGN 62259 /* of 65,536: .95 */
#define SCALES TL_EQUITY_FAMILY_SCALES

static const double masses[SCALES] = {0.625, 0.085, 0.026};

struct brood {
    struct tl_equity_families *families;
    const struct tl_second *second;
    struct tl_rng rng;
    struct tl_equity_parent *parents;
    uint32_t count, later;
    uint64_t dropped;
};

static int8_t sign_draw(struct brood *brood)
{
    double buy = 0.5 + 0.5 * tl_clamp(brood->second->latent->flow, -1.0, 1.0);
    return tl_rng_uniform(&brood->rng) < buy ? 1 : -1;
}

static void parent_add(struct brood *brood, struct tl_equity_parent parent)
{
    tl_ns end = (brood->second->second + 1) * TL_NS_PER_S;
    if (parent.ts < end) {
        if (brood->count < TL_EQUITY_PARENTS_MAX)
            brood->parents[brood->count++] = parent;
        else
            brood->dropped++;
        return;
    }
    struct tl_equity_families *families = brood->families;
    if (brood->later < TL_EQUITY_LATER_PER_SECOND_MAX && families->count < TL_EQUITY_LATER_MAX) {
        families->later[families->count++] = parent;
        brood->later++;
    } else {
        brood->dropped++;
    }
}

/* bits: 16 random ones, which say on what scale. */
static double delay_draw(struct tl_rng *rng, const uint32_t *up_to, uint32_t bits)
{
    if (bits < up_to[0]) return 0.020 * tl_rng_exponential(rng);
    if (bits < up_to[1]) return 0.2 * tl_exp(2.302585092994046 * tl_rng_uniform(rng));
    return 20.0 * tl_rng_exponential(rng);
}

/* The whole family of one immigrant, breadth first. An order's children on the three scales are one
 * Poisson number of them, each of them on a scale by its share. */
static void family_grow(struct brood *brood, tl_ns born)
{
    const struct tl_equity_families *families = brood->families;
    struct tl_equity_parent members[FAMILY_MAX];
    uint32_t count = 1;
    members[0] = (struct tl_equity_parent){born, sign_draw(brood)};
    for (uint32_t i = 0; i < count; i++) {
        uint32_t children = tl_rng_poisson_of(&brood->rng, &families->children);
        for (uint32_t c = 0; c < children && count < FAMILY_MAX; c++) {
            uint32_t word = tl_rng_u32(&brood->rng);
            double delay = delay_draw(&brood->rng, families->up_to, word >> 16);
            tl_ns ts = members[i].ts + (tl_ns)(delay * 1e9);
            bool copies = (word & 0xffff) < COPY_SIGN;
            if (ts - born < HORIZON_NS)
                members[count++] =
                    (struct tl_equity_parent){ts, copies ? members[i].sign : (int8_t)0};
        }
    }
    /* A child that asks the flow has no sign yet; children of it ask too. */
    for (uint32_t i = 0; i < count; i++)
        parent_add(brood, members[i]);
}

static void due_take(struct brood *brood)
{
    struct tl_equity_families *families = brood->families;
    tl_ns end = (brood->second->second + 1) * TL_NS_PER_S;
    uint32_t kept = 0, count = families->count;
    for (uint32_t i = 0; i < count; i++) {
        if (families->later[i].ts >= end)
            families->later[kept++] = families->later[i];
        else if (brood->count < TL_EQUITY_PARENTS_MAX)
            brood->parents[brood->count++] = families->later[i];
        else
            brood->dropped++;
    }
    families->count = kept;
}

/* In a busy name the answers that take seconds are lost in the intensity, which wanders as slowly;
 * E33's fit counts both. */
static double slow_gain(double trades_per_s)
{
    return tl_sqrt(tl_sqrt(tl_clamp(8.0 / tl_max(trades_per_s, 1.0), 0.3, 2.0)));
}

/* Mean children of an order in this second. */
static double branching_of(struct tl_equity_families *families, const struct tl_second *second)
{
    double slow = slow_gain(second->symbol->trades_per_s);
    double first = masses[0], two = first + slow * masses[1], all = two + slow * masses[2];
    double branching = all * tl_clamp(second->latent->clustering, 0.3, 1.15);
    if (families->children.mean == branching) return branching;
    families->children = tl_poisson_law_of(branching);
    families->up_to[0] = (uint32_t)(first / all * 65536.0 + 0.5);
    families->up_to[1] = (uint32_t)(two / all * 65536.0 + 0.5);
    return branching;
}

static void immigrants_draw(struct brood *brood, double prints_per_parent)
{
    const struct tl_second *second = brood->second;
    double branching = branching_of(brood->families, second);
    double rate = tl_max(second->latent->trade_rate, 0.0) * second->rate / prints_per_parent *
                  (1 - branching);
    /* Half-second octave of the log-intensity. */
    double tilt = 0.12 * tl_rng_normal(&brood->rng);
    for (int half = 0; half < 2; half++) {
        double mean = 0.5 * rate * tl_exp(half ? -tilt : tilt) * 0.993;
        uint32_t count = tl_rng_poisson(&brood->rng, tl_min(mean, 1000.0));
        for (uint32_t i = 0; i < count; i++) {
            double u = 0.5 * (half + tl_rng_uniform(&brood->rng));
            family_grow(brood, second->second * TL_NS_PER_S + (tl_ns)(u * 1e9));
        }
    }
}

static void parents_sort(struct tl_equity_parent *parents, uint32_t count, tl_ns start)
{
    uint64_t keys[TL_EQUITY_PARENTS_MAX], scratch[TL_EQUITY_PARENTS_MAX];
    /* ns in the second, then the sign: due offspring are unordered in memory, and equal keys are
     * then equal parents. */
    for (uint32_t i = 0; i < count; i++)
        keys[i] = (uint64_t)(parents[i].ts - start) << 32 | (uint64_t)(parents[i].sign + 1);
    tl_order_keys(keys, scratch, count, 0);
    for (uint32_t i = 0; i < count; i++)
        parents[i] = (struct tl_equity_parent){start + (tl_ns)(keys[i] >> 32),
                                               (int8_t)((int)(keys[i] & 3) - 1)};
}

uint32_t tl_equity_families_second(struct tl_equity_families *families,
                                   const struct tl_second *second, double prints_per_parent,
                                   struct tl_equity_parent *parents, uint64_t *dropped)
{
    struct brood brood; /* field by field: its random words need no clearing */
    brood.families = families;
    brood.second = second;
    brood.rng = tl_rng_at(second->seed, TL_RNG_EQ_FAMILY, second->sym, (uint64_t)second->second);
    brood.parents = parents;
    brood.count = brood.later = 0;
    brood.dropped = 0;
    due_take(&brood);
    immigrants_draw(&brood, prints_per_parent);
    parents_sort(parents, brood.count, second->second * TL_NS_PER_S);
    *dropped += brood.dropped;
    return brood.count;
}
