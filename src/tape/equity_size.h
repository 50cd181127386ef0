/* SPDX-License-Identifier: Apache-2.0
 * Sizes of stock prints. */
#ifndef TL_TAPE_EQUITY_SIZE_H
#define TL_TAPE_EQUITY_SIZE_H

#include "base/rng.h"
#include "tape/seam.h"

#define TL_EQUITY_ROUND_KINDS 7

/* What sizes of a name's prints depend on. */
struct tl_equity_size_law {
    double odd; /* share of odd lots, 0..1; set by the caller, it moves from second to second */
    double round[TL_EQUITY_ROUND_KINDS], round_sum; /* weights of the round sizes and the tail */
    double tail;                                    /* where the tail begins, shares */
};
/* All but odd, from the price in USD. */
void tl_equity_size_law_of(double price, struct tl_equity_size_law *law);
/* Shares of one print, >= 1. */
tl_lots tl_equity_size_draw(struct tl_rng *rng, const struct tl_equity_size_law *law);

/* Shares of a negotiated print off exchange: a Pareto tail of index 1.6, not bound by a queue. */
tl_lots tl_equity_block_draw(struct tl_rng *rng, double price);

#endif
