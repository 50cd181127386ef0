/* SPDX-License-Identifier: Apache-2.0
 * Signed flow; the model stands in the header. Metaorder durations: Pareto with exponent 1.5 from
 * one minute (Lillo, Mike and Farmer 2005: sign memory with exponent 0.5), cut at 90 minutes. */
#include "market/flow.h"

#include "base/math.h"
#include "base/rng.h"

/* exp(-1/tau) for 4, 30 and 240 s; shock = sd x sqrt(1 - rho^2) with sd .22, .10, .095. */
static const double RHO[TL_FLOW_MEMORIES] = {0.77880078307, 0.96721610048, 0.99584200184};
static const double SHOCK[TL_FLOW_MEMORIES] = {0.138026, 0.025395, 0.0086544};
#define SHOCK_NOW 0.12
#define FAST 0.05         /* m's averages: 20 s */
#define SLOW 0.0025       /* and 400 s */
#define START_CHANCE 0.03 /* a lattice cell: one in 8 minutes */

void tl_flow_cell(struct tl_flow *flow, uint64_t seed, uint32_t sym, int64_t second, double lean)
{
    struct tl_rng rng = tl_rng_at(seed, TL_RNG_META, sym, (uint64_t)second);
    if (tl_rng_uniform(&rng) >= START_CHANCE) return;
    for (int i = 0; i < TL_METAORDERS_MAX; i++) {
        struct tl_metaorder *order = &flow->orders[i];
        if (order->left_s > 0) continue;
        order->left_s = (int32_t)tl_min(60.0 * tl_rng_pareto(&rng, 1.5), 5400.0);
        double size = 0.03 + 0.12 * tl_rng_uniform(&rng);
        order->rate = tl_rng_uniform(&rng) < 0.5 + 0.35 * lean ? size : -size;
        return;
    }
}

void tl_flow_step(struct tl_flow *flow, double eps, double push)
{
    flow->meta = 0;
    for (int i = 0; i < TL_METAORDERS_MAX; i++) {
        struct tl_metaorder *order = &flow->orders[i];
        if (order->left_s <= 0) continue;
        order->left_s--;
        flow->meta += order->rate;
    }
    double expected = 0, moved = 0;
    for (int k = 0; k < TL_FLOW_MEMORIES; k++) {
        double carried = RHO[k] * flow->memory[k];
        expected += carried;
        flow->memory[k] = carried + SHOCK[k] * eps;
        moved += flow->memory[k];
    }
    double learned = 0.5 * (flow->fast + flow->slow);
    flow->surprise = flow->meta - learned;
    flow->fast += FAST * (flow->meta - flow->fast);
    flow->slow += SLOW * (flow->meta - flow->slow);
    flow->total = tl_clamp(moved + SHOCK_NOW * eps + flow->meta + push, -0.95, 0.95);
    flow->expected = tl_clamp(expected + learned, -0.95, 0.95);
}
