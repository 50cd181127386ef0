/* SPDX-License-Identifier: Apache-2.0
 * Sizes of stock prints. */
#ifndef TL_TAPE_EQUITY_SIZE_H
#define TL_TAPE_EQUITY_SIZE_H

#include "base/rng.h"
#include "tape/seam.h"

/* Shares of one print, >= 1. odd: share of odd lots, 0..1. price: USD. */
tl_lots tl_equity_size_draw(struct tl_rng *rng, double odd, double price);

/* Shares of a negotiated print off exchange: a Pareto tail of index 1.6, not bound by a queue. */
tl_lots tl_equity_block_draw(struct tl_rng *rng, double price);

#endif
