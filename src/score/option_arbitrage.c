/* SPDX-License-Identifier: Apache-2.0
 * Executable arbitrage at quotes. A trade counts when its cost is below the least it ever pays back,
 * each leg at its own touch, money at the class's rate, stock at its touch with its yield.
 *
 *   conversion   buy stock and put, sell call, get K: C_bid - P_ask <= S_ask (e^-qT) - K e^-rT
 *   reversal     sell stock and put, buy call:        C_ask - P_bid >= S_bid e^-qT - K (e^-rT)
 *                (the factors in brackets in European classes only: an American put that was sold
 *                may be exercised at once, and a call that was sold may be as well)
 *   vertical     0 <= C(K1) - C(K2) <= K2 - K1, and puts mirrored
 *   butterfly    C(K2) below the chord of its neighbours
 *   intrinsic    ask at least S_bid - K (calls), K - S_ask (puts), American only */
#include "score/option_arbitrage.h"

#include "base/math.h"

#define EPSILON 1e-9 /* USD: rounding of sums of prices on a grid of 1e-4 */

static void check_parity(const struct tl_option_slice *s, uint32_t i,
                         struct tl_arbitrage_counts *counts)
{
    double grow_r = tl_exp(-s->rate * s->years), grow_q = tl_exp(-s->yield * s->years);
    double k = s->strike[i];
    double high = s->spot_ask * (s->european ? grow_q : 1) - k * grow_r;
    double low = s->spot_bid * grow_q - k * (s->european ? grow_r : 1);
    if (s->bid[0][i] > 0 && s->bid[0][i] - s->ask[1][i] > high + EPSILON) counts->parity++;
    if (s->bid[1][i] > 0 && s->ask[0][i] - s->bid[1][i] < low - EPSILON) counts->parity++;
    if (s->european) return;
    if (s->ask[0][i] < s->spot_bid - k - EPSILON) counts->intrinsic++;
    if (s->ask[1][i] < k - s->spot_ask - EPSILON) counts->intrinsic++;
}

/* i >= 1: strikes i - 1 and i. A bid of zero can not be sold. */
static void check_vertical(const struct tl_option_slice *s, uint32_t i,
                           struct tl_arbitrage_counts *counts)
{
    double width = s->strike[i] - s->strike[i - 1];
    double limit = s->european ? width * tl_exp(-s->rate * s->years) : width;
    for (int put = 0; put < 2; put++) {
        uint32_t dear = put ? i : i - 1, cheap = put ? i - 1 : i;
        if (s->bid[put][cheap] > 0 && s->bid[put][cheap] > s->ask[put][dear] + EPSILON)
            counts->vertical++;
        if (s->bid[put][dear] > 0 && s->bid[put][dear] - s->ask[put][cheap] > limit + EPSILON)
            counts->vertical++;
    }
}

static void check_butterfly(const struct tl_option_slice *s, uint32_t i,
                            struct tl_arbitrage_counts *counts)
{
    double lower = (s->strike[i] - s->strike[i - 1]) / (s->strike[i] - s->strike[i - 2]);
    for (int put = 0; put < 2; put++) {
        double chord = lower * s->ask[put][i - 2] + (1 - lower) * s->ask[put][i];
        if (s->bid[put][i - 1] > chord + EPSILON) counts->butterfly++;
    }
}

void tl_option_arbitrage_slice(const struct tl_option_slice *slice,
                               struct tl_arbitrage_counts *counts)
{
    for (uint32_t i = 0; i < slice->count; i++) {
        check_parity(slice, i, counts);
        if (i >= 1) check_vertical(slice, i, counts);
        if (i >= 2) check_butterfly(slice, i, counts);
        counts->checked += 2;
    }
}

void tl_option_arbitrage_calendar(const struct tl_option_slice *near,
                                  const struct tl_option_slice *far,
                                  struct tl_arbitrage_counts *counts)
{
    if (near->european || far->european) return;
    uint32_t j = 0;
    for (uint32_t i = 0; i < near->count; i++) {
        while (j < far->count && far->strike[j] < near->strike[i] - EPSILON)
            j++;
        if (j >= far->count) return;
        if (far->strike[j] > near->strike[i] + EPSILON) continue;
        for (int put = 0; put < 2; put++)
            if (near->bid[put][i] > far->ask[put][j] + EPSILON) counts->calendar++;
        counts->checked += 2;
    }
}

uint64_t tl_arbitrage_total(const struct tl_arbitrage_counts *counts)
{
    return counts->parity + counts->intrinsic + counts->vertical + counts->butterfly +
           counts->calendar;
}
