/* SPDX-License-Identifier: Apache-2.0
 * Sizes of stock prints: a mixture after CALIBRATION B.5 (SCORECARD E34 to E38).
 *
 *     odd lots   1 share, a geometric body on 2..50 drawn to round numbers, 51..99
 *     round      100 most often, then 200 300 400 500 1000, and a Pareto tail of index 1.63
 *
 * Low-priced names trade in more shares: their round part is lifted towards the tail. */
#include "tape/equity_size.h"

#include "base/math.h"

/* Calibrated so that the atoms of SCORECARD E35 hold at odd shares of .45 to .6, and so few prints
 * are of 61 to 99 shares that the median of a 200 $ name is below 60 (E37). */
static tl_lots odd_draw(struct tl_rng *rng)
{
    static const tl_lots atoms[] = {5, 10, 15, 20, 25, 30, 35, 40, 50};
    static const double weights[] = {0.02, 0.07, 0.060, 0.105, 0.17, 0.14, 0.05, 0.13, 0.16};
    double u = tl_rng_uniform(rng);
    if (u < 0.15) return 1;
    if (u < 0.345) return atoms[tl_rng_pick(rng, weights, 9)];
    if (u < 0.945) {
        double geometric = 2.0 + 16.0 * tl_rng_exponential(rng);
        if (geometric < 51.0) return (tl_lots)geometric;
    }
    return 51 + (tl_lots)tl_rng_below(rng, 49);
}

void tl_equity_size_law_of(double price, struct tl_equity_size_law *law)
{
    /* Few of 500 and 1000, where the largest hundredth and half of it begin in a 300 $ name: an atom
     * at the edge of a tail makes it look thin (E36). Above about 250 $ round sizes are nearly all 100; at 15 $ the tail is a third. */
    double cheap = tl_clamp(1.6 - tl_log(tl_max(price, 2.0)) * 0.29, 0.0, 1.0);
    const double weights[TL_EQUITY_ROUND_KINDS] = {
        0.64 - 0.24 * cheap,  0.052 - 0.012 * cheap, 0.009 + 0.02 * cheap, 0.02 + 0.02 * cheap,
        0.010 + 0.04 * cheap, 0.001 + 0.012 * cheap, 0.155 + 0.165 * cheap};
    law->round_sum = 0;
    for (int i = 0; i < TL_EQUITY_ROUND_KINDS; i++)
        law->round_sum += law->round[i] = weights[i];
    law->tail = 100.0 + 310.0 * cheap * cheap;
}

static tl_lots round_draw(struct tl_rng *rng, const struct tl_equity_size_law *law)
{
    static const tl_lots atoms[] = {100, 200, 300, 400, 500, 1000};
    uint32_t kind = tl_rng_pick_of(rng, law->round, TL_EQUITY_ROUND_KINDS, law->round_sum);
    if (kind < 6) return atoms[kind];
    double size = tl_min(law->tail * tl_rng_pareto(rng, 1.63), 400000.0);
    if (tl_rng_uniform(rng) < 0.5) size = 100.0 * tl_floor(size / 100.0 + 0.5);
    return (tl_lots)size;
}

tl_lots tl_equity_size_draw(struct tl_rng *rng, const struct tl_equity_size_law *law)
{
    return tl_rng_uniform(rng) < law->odd ? odd_draw(rng) : round_draw(rng, law);
}

/* From about 33,000 $, so that blocks of 10,000 shares are a tenth of the volume of a 15 $ name and
 * one or two per cent at 150 $ (E38). */
tl_lots tl_equity_block_draw(struct tl_rng *rng, double price)
{
    double size = tl_min(tl_max(33000.0 / price, 210.0) * tl_rng_pareto(rng, 1.65), 400000.0);
    if (tl_rng_uniform(rng) < 0.7) size = 100.0 * tl_floor(size / 100.0 + 0.5);
    return (tl_lots)tl_max(size, 100.0);
}
