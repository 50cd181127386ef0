/* SPDX-License-Identifier: Apache-2.0
 * The NBBO at second boundaries: integers on the name's grid, with hysteresis. The centre of the
 * quote follows the efficient price only when it has left a band of half a tick plus eta around it
 * (uncertainty zones, Robert and Rosenbaum 2011); the spread is redrawn at random times from 1 +
 * a gamma law in ticks; queue sizes lean against the side the price presses on, so that imbalance
 * predicts the next move. */
#ifndef TL_MARKET_QUOTE_ANCHOR_H
#define TL_MARKET_QUOTE_ANCHOR_H

#include <tapeloom/types.h>

#include <stdbool.h>

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
    double ragged;                   /* how much queues differ, tl_queue_ragged */
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
 * thin. Where one tick binds, queues stand for long and one of them gives way when the price comes
 * near its edge: leaning all the time, they would change without a move and imbalance would say
 * little of moves (E49); so one-sided queues foretell the next move in .75 to .9 of cases, in .6 to
 * .7 in wider markets, where the lean saturates early and the queues' own noise does the rest
 * (E27). Both grow with that noise. */
struct tl_press_law {
    double band, ragged;
    double bands_a_tick; /* 1 / band */
    double inside; /* where one tick binds: the part of the band in which queues do not lean */
    bool bound;
};

static inline struct tl_press_law tl_press_law_of(double spread_ticks, double ragged)
{
    double band = tl_quote_band(spread_ticks);
    return (struct tl_press_law){.band = band,
                                 .bands_a_tick = 1.0 / band,
                                 .ragged = ragged,
                                 .inside = tl_max(0.25 - 0.15 * ragged, 0.0),
                                 .bound = spread_ticks < 1.5};
}

static inline double tl_quote_press(const struct tl_press_law *law, double off_ticks)
{
    double part = off_ticks * law->bands_a_tick;
    if (!law->bound) return tl_clamp(2.0 * part, -0.2, 0.2) * law->ragged;
    double lean = 0.95 * tl_clamp((tl_abs(part) - law->inside) * (1.0 / 0.22), 0.0, 1.0);
    return part > 0 ? lean : -lean;
}

/* How much the queues of a name differ, 1: sd .6 of the mean. sd_ticks: what an ordinary second
 * moves; lots: of a mean queue. Many orders wait where the price seldom comes by, and queues are
 * alike; few, where it passes every second or where one lot is shown, and only sizes well above a
 * lot are noise that can be seen. With the same law for all, order-flow imbalance explained .03 to
 * .3 of the moves of names bound to a tick and .7 to .8 in names of a few ticks (E49). In markets
 * of tens of ticks one order is the quote. */
static inline double tl_queue_ragged(double sd_ticks, double lots, double spread_ticks)
{
    double ragged = tl_clamp(sd_ticks, 0.2, spread_ticks < 1.3 ? 0.85 : 1.4);
    return ragged * (1.0 + 1.0 / tl_max(lots, 0.5)) / (1.0 + 0.01 * spread_ticks);
}

/* One queue over the mean depth; lean: the press on its own side. bits: 16 random ones. */
static inline double tl_queue_part(double lean, double ragged, uint32_t bits)
{
    double slow = (double)(bits & 0xff) * (1.0 / 255.0), even = (double)(bits >> 8) * (1.0 / 255.0);
    slow *= slow;
    double noise = 2.1 * slow * slow + 0.78 * even - 0.81; /* mean 0 */
    return (0.95 + ragged * noise) * (1.0 + tl_min(lean, ragged));
}

/* price in 1e-4 USD, efficient. word: two random words of the second. fresh: draw the spread in any
 * case (the session's open). */
void tl_quote_anchor_move(struct tl_quote_anchor *anchor, const struct tl_anchor_law *law,
                          double price, const uint32_t word[2], bool fresh);

#endif
