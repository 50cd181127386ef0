/* SPDX-License-Identifier: Apache-2.0
 * Where stock prints happen and at which price: off-exchange share and location, sub-penny prices,
 * sweeps, auctions, venues (rows E39 to E46), and the clustering of prices (E51). */
#ifndef TL_SCORE_EQUITY_VENUE_H
#define TL_SCORE_EQUITY_VENUE_H

#include "score/equity_types.h"

struct tl_score_scene;

enum tl_score_place {
    TL_SCORE_AT_QUOTE,
    TL_SCORE_AT_MID,
    TL_SCORE_INSIDE,
    TL_SCORE_OUTSIDE,
    TL_SCORE_PLACES
};

/* [0] on exchange, [1] off. */
struct tl_score_venue { /* zeroed is empty */
    uint64_t prints[2], sub_penny[2], half_cent[2], iso[2];
    double volume[2], auction_open, auction_close; /* auctions are in volume[0] too */
    double placed[2][TL_SCORE_PLACES];             /* shares; known quotes, no auctions */
    double venue_volume[TL_EV_COUNT];
    uint64_t whole_cents, digit[10], whole_dollars, quarters; /* prices on the cent */
};

void tl_score_venue_print(struct tl_score_venue *venue, const struct tl_score_print *print);

void tl_score_venue_rows(struct tl_score_scene *scene);

#endif
