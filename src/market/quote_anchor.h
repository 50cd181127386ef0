/* SPDX-License-Identifier: Apache-2.0
 * The NBBO at second boundaries: integers on the name's grid, with hysteresis. The centre of the
 * quote follows the efficient price only when it has left a band of half a tick plus eta around it
 * (uncertainty zones, Robert and Rosenbaum 2011); the spread is redrawn at random times from 1 +
 * a gamma law in ticks; queue sizes lean against the side the price presses on, so that imbalance
 * predicts the next move. */
#ifndef TL_MARKET_QUOTE_ANCHOR_H
#define TL_MARKET_QUOTE_ANCHOR_H

#include <tapeloom/types.h>

#include "base/math.h"

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
    double sd_ticks;                 /* of the price's move in it */
    double depth;                    /* mean shares at the inside in this second */
};

/* How far the efficient price may stand from the middle, ticks, before the quote follows. Bound to
 * one tick: .5 + eta with eta .5, so that about half of the moves turn back (E23, E24). In wide
 * markets about a quarter of the spread, which keeps price changes below 15 a second (E20). */
static inline double tl_quote_band(double spread_ticks)
{
    if (spread_ticks < 2.0) return 1.0;
    return 0.75 + 0.27 * tl_min(spread_ticks - 2.0, 5.0) + 0.13 * tl_max(spread_ticks - 7.0, 0.0);
}

/* Where the price sits in its band, as a lean of the queues: near the top bids are thick and asks
 * thin. It saturates early and the queues' own noise does the rest, so that one-sided queues
 * foretell the next move in .75 to .9 of cases where one tick binds, in .6 to .7 in wider markets
 * (E27). */
static inline double tl_quote_press(double off_ticks, double spread_ticks)
{
    double part = off_ticks / tl_quote_band(spread_ticks);
    return spread_ticks < 1.5 ? tl_clamp(2.6 * part, -0.57, 0.57)
                              : tl_clamp(1.5 * part, -0.24, 0.24);
}

/* One queue over the mean depth; lean: the press on its own side. bits: 16 random ones. */
static inline double tl_queue_part(double lean, uint32_t bits)
{
    double slow = (double)(bits & 0xff) * (1.0 / 255.0), even = (double)(bits >> 8) * (1.0 / 255.0);
    slow *= slow;
    return (0.14 + 2.1 * slow * slow + 0.78 * even) * (1.0 + lean);
}
#define TL_QUEUE_MEAN 0.95

/* price in 1e-4 USD, efficient. word: two random words of the second. fresh: draw the spread in any
 * case (the session's open). */
void tl_quote_anchor_move(struct tl_quote_anchor *anchor, const struct tl_anchor_law *law,
                          double price, const uint32_t word[2], bool fresh);

#endif
