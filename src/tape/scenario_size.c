/* SPDX-License-Identifier: Apache-2.0
 * A hidden order decides how much, the market's habits how it is written: a size that nobody else
 * would print gives the print away. A part of a sweep is what was left on a book, so ragged as
 * it comes. */
#include "tape/scenario_size.h"

#include <stddef.h>

#include "base/math.h"

#define CANDIDATES 12
#define SMALL 13  /* where the law of small sizes ends */
#define NEAR 0.25 /* log; beyond it the order looks for the next usual size */
/* How much is wanted is the order's own affair. */
#define ANY_SIZE ((struct tl_option_sizes){1, 1e9})

static double usual_near(double wanted)
{
    static const double usual[] = {15, 20, 25, 30, 40, 50, 100, 200, 500, 1000, 2000};
    double best = wanted, off = 1e9;
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
        double ratio = tl_abs(tl_log(usual[i] / wanted));
        if (ratio >= off) continue;
        off = ratio;
        best = usual[i];
    }
    return best;
}

static double habit_near(struct tl_rng *rng, enum tl_option_mechanism mechanism, double wanted)
{
    bool block = mechanism == TL_OM_CROSS || mechanism == TL_OM_FLOOR ||
                 mechanism == TL_OM_MULTI_CROSS || mechanism == TL_OM_MULTI_FLOOR;
    /* Laws differ in how often they are large, not in how large sizes look. */
    enum tl_option_mechanism law = block ? mechanism : wanted < SMALL ? TL_OM_AUTO : TL_OM_AUCTION;
    double best = 1, off = 1e9;
    for (int i = 0; i < CANDIDATES; i++) {
        double size = (double)tl_option_size_draw(rng, law, ANY_SIZE);
        double ratio = tl_abs(tl_log(size / wanted));
        if (ratio >= off) continue;
        off = ratio;
        best = size;
    }
    if (off < NEAR || wanted < SMALL) return best;
    return tl_rng_uniform(rng) < 0.94 ? usual_near(wanted) : wanted;
}

tl_lots tl_scenario_size_draw(struct tl_rng *rng, enum tl_option_mechanism mechanism, double wanted,
                              tl_lots divisor)
{
    double size = tl_max(wanted, 1);
    if (mechanism != TL_OM_SWEEP) {
        double by = tl_rng_uniform(rng) < 0.95 ? (double)divisor : 1;
        size = habit_near(rng, mechanism, size * by);
        size = tl_floor((size + by - 1) / by);
    }
    return (tl_lots)tl_clamp(tl_floor(size + 0.5), 1, 1e6);
}
