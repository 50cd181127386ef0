/* SPDX-License-Identifier: Apache-2.0
 * The NBBO at second boundaries: integers on the name's grid, with hysteresis. The centre of the
 * quote follows the efficient price only when it has left a band of half a tick plus eta around it
 * (uncertainty zones, Robert and Rosenbaum 2011); the spread is redrawn at random times from 1 +
 * a gamma law in ticks; queue sizes lean against the side the price presses on, so that imbalance
 * predicts the next move. */
#ifndef TL_MARKET_QUOTE_ANCHOR_H
#define TL_MARKET_QUOTE_ANCHOR_H

#include <tapeloom/types.h>

struct tl_quote_anchor {
    tl_px bid, ask;
    int64_t bid_ticks, spread; /* the same in ticks */
    tl_lots bid_size, ask_size;
};

struct tl_anchor_law {
    tl_px tick;
    tl_lots lot;
    double ticks_a_px, lots_a_share; /* 1 / tick, 1 / lot: divisions cost more than all the rest */
    double spread_ticks;             /* mean in this second */
    double depth;                    /* mean shares at the inside in this second */
};

/* price in 1e-4 USD, efficient. word: two random words of the second. fresh: draw the spread in any
 * case (the session's open). */
void tl_quote_anchor_move(struct tl_quote_anchor *anchor, const struct tl_anchor_law *law,
                          double price, const uint32_t word[2], bool fresh);

#endif
