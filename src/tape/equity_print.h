/* SPDX-License-Identifier: Apache-2.0
 * From a parent order to its prints: price, size, venue, conditions, report time. */
#ifndef TL_TAPE_EQUITY_PRINT_H
#define TL_TAPE_EQUITY_PRINT_H

#include "tape/equity_family.h"
#include "tape/equity_size.h"
#include "tape/seam.h"

/* One print to be, with its label. */
struct tl_equity_print {
    tl_ns ts; /* report time, >= trade.executed */
    struct tl_equity_trade trade;
    struct tl_truth truth;
};

/* A caller's list with a bound; what found no room is counted. */
struct tl_equity_prints {
    struct tl_equity_print *items;
    uint32_t count, capacity;
    uint64_t dropped;
};

/* Mean prints of one parent, from the share of parents that trade off exchange. */
double tl_equity_prints_per_parent(const struct tl_latent *latent);

/* A parent and the stock's quote when it comes. */
struct tl_equity_at {
    const struct tl_equity_parent *order;
    const struct tl_quote_point *quote;
};

/* What all parents of one second share. */
struct tl_equity_crowd {
    const struct tl_second *second;
    const struct tl_symbol *symbol; /* whose constants stand here; NULL: nobody's yet */
    struct tl_equity_size_law size;
    double usual_size, informed; /* of the symbol: shares of a print, the part that knows */
    double off, sweep;           /* share of parents off exchange; resting orders met */
    /* What there is to know, seen from a middle of the quote (0: from none yet). */
    struct tl_equity_ahead {
        double middle, move; /* where the second takes the price from there, signed */
        double usual, paid;  /* mean move; how much of the knowing a spread leaves worth while */
        double far;          /* 0..1: how much further than a second they must look */
    } ahead;
};

/* Begins a symbol's second. The symbol's constants are kept from second to second: a zeroed crowd or
 * one of the same symbol. */
void tl_equity_crowd_begin(struct tl_equity_crowd *crowd, const struct tl_second *second);

/* Appends the prints of one background parent; place: its index among the second's parents. */
void tl_equity_parent_print(struct tl_equity_crowd *crowd, const struct tl_equity_at *parent,
                            uint32_t place, struct tl_equity_prints *prints);

/* Appends the prints of a scenario's stock leg: an ISO sweep over the lit venues with the rest off
 * exchange, or one contingent cross for a leg tied to options (condition '7'). */
void tl_equity_child_print(const struct tl_second *second, const struct tl_child *child,
                           struct tl_equity_prints *prints);

/* Appends the opening or the closing cross of the listing market. */
void tl_equity_auction_print(const struct tl_second *second, bool closing,
                             struct tl_equity_prints *prints);

#endif
