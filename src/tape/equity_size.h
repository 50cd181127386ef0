/* SPDX-License-Identifier: Apache-2.0
 * Sizes of stock prints. */
#ifndef TL_TAPE_EQUITY_SIZE_H
#define TL_TAPE_EQUITY_SIZE_H

#include "base/rng.h"
#include "tape/seam.h"

#define TL_EQUITY_ROUND_KINDS 7

/* What sizes of a name's prints depend on. */
struct tl_equity_size_law {
    double odd;                                /* share of odd lots, within 0..1 */
    double a_odd, a_round;                     /* 1 / odd, 1 / (1 - odd) */
    double round_up_to[TL_EQUITY_ROUND_KINDS]; /* shares of round sizes and the tail, summed */
    double tail;                               /* where the tail begins, shares */
};
/* The share of odd lots moves from second to second. */
void tl_equity_size_law_odd(struct tl_equity_size_law *law, double odd);
/* All the rest, from the price in USD. */
void tl_equity_size_law_of(double price, struct tl_equity_size_law *law);
/* Shares of one print, >= 1. */
tl_lots tl_equity_size_draw(struct tl_rng *rng, const struct tl_equity_size_law *law);

/* Shares of a negotiated print off exchange: a Pareto tail of index 1.6, not bound by a queue. */
tl_lots tl_equity_block_draw(struct tl_rng *rng, double price);

#endif
