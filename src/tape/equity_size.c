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
static tl_lots odd_draw(struct tl_rng *rng, double u)
{
    static const tl_lots atoms[] = {5, 10, 15, 20, 25, 30, 35, 40, 50};
    /* Weights .02 .07 .06 .105 .17 .14 .05 .13 .16, summed up. */
    static const double up_to[] = {0.02, 0.09, 0.15, 0.255, 0.425, 0.565, 0.615, 0.745};
    if (u < 0.15) return 1;
    if (u < 0.345) {
        double part = (u - 0.15) * (0.905 / 0.195);
        int atom = 0;
        while (atom < 8 && part >= up_to[atom])
            atom++;
        return atoms[atom];
    }
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
    double sum = 0, up_to = 0;
    for (int i = 0; i < TL_EQUITY_ROUND_KINDS; i++)
        sum += weights[i];
    for (int i = 0; i < TL_EQUITY_ROUND_KINDS; i++)
        law->round_up_to[i] = up_to += weights[i] / sum;
    law->tail = 100.0 + 310.0 * cheap * cheap;
}

static tl_lots round_draw(struct tl_rng *rng, const struct tl_equity_size_law *law, double u)
{
    static const tl_lots atoms[] = {100, 200, 300, 400, 500, 1000};
    for (int kind = 0; kind < TL_EQUITY_ROUND_KINDS - 1; kind++)
        if (u < law->round_up_to[kind]) return atoms[kind];
    double size = tl_min(law->tail * tl_rng_pareto(rng, 1.63), 400000.0);
    if (tl_rng_uniform(rng) < 0.5) size = 100.0 * tl_floor(size / 100.0 + 0.5);
    return (tl_lots)size;
}

void tl_equity_size_law_odd(struct tl_equity_size_law *law, double odd)
{
    law->odd = odd;
    law->a_odd = 1 / odd;
    law->a_round = 1 / (1 - odd);
}

tl_lots tl_equity_size_draw(struct tl_rng *rng, const struct tl_equity_size_law *law)
{
    /* What is left of a word after a choice is as even as it was. */
    double u = tl_rng_uniform(rng);
    if (u < law->odd) return odd_draw(rng, u * law->a_odd);
    return round_draw(rng, law, (u - law->odd) * law->a_round);
}

/* From about 33,000 $, so that blocks of 10,000 shares are a tenth of the volume of a 15 $ name and
 * one or two per cent at 150 $ (E38). */
tl_lots tl_equity_block_draw(struct tl_rng *rng, double price)
{
    double size = tl_min(tl_max(33000.0 / price, 210.0) * tl_rng_pareto(rng, 1.65), 400000.0);
    if (tl_rng_uniform(rng) < 0.7) size = 100.0 * tl_floor(size / 100.0 + 0.5);
    return (tl_lots)tl_max(size, 100.0);
}
