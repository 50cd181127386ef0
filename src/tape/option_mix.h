/* SPDX-License-Identifier: Apache-2.0
 * How option orders trade: mechanism, size, venue. */
#ifndef TL_TAPE_OPTION_MIX_H
#define TL_TAPE_OPTION_MIX_H

#include <tapeloom/event.h>
#include "base/rng.h"

enum tl_option_mechanism {
    TL_OM_AUTO,    /* I */
    TL_OM_REGULAR, /* blank */
    TL_OM_ISO,     /* S, one venue */
    TL_OM_SWEEP,   /* S, several venues */
    TL_OM_AUCTION, /* a */
    TL_OM_AUCTION_ISO,
    TL_OM_CROSS, /* c */
    TL_OM_FLOOR, /* e */
    TL_OM_BOOK,  /* f: multi-leg from here on */
    TL_OM_MULTI_AUCTION,
    TL_OM_MULTI_CROSS,
    TL_OM_MULTI_FLOOR,
    TL_OM_MULTI_SINGLE, /* j: legs against single-leg quotes */
    TL_OM_STOCK_TIED,   /* n */
    TL_OM_COUNT
};

/* Weights of the mechanisms with the latent tilt of multi-leg orders; prints per order follows. */
double tl_option_prints_per_order(double multi_leg);
enum tl_option_mechanism tl_option_mechanism_draw(struct tl_rng *rng, double multi_leg);
char tl_option_mechanism_condition(enum tl_option_mechanism mechanism);
bool tl_option_mechanism_is_package(enum tl_option_mechanism mechanism);

/* How many resting orders fill an order at one venue, each a print of its own: 1 to
 * TL_OPTION_FILLS_MAX. */
#define TL_OPTION_FILLS_MAX 8
uint32_t tl_option_fills_draw(struct tl_rng *rng, enum tl_option_mechanism mechanism);
/* What sizes are like. lots: the latent tilt, 1 ordinary; with probability |lots - 1| a second size is
 * drawn and the larger (lots > 1) or the smaller of both taken: round sizes stay round. most: lots that
 * the class bears at once, at least 1; a larger draw is cut to a fifth, a 25th of itself. */
struct tl_option_sizes {
    double lots, most;
};
/* Of one print (of a sweep: of the whole order). */
tl_lots tl_option_size_draw(struct tl_rng *rng, enum tl_option_mechanism mechanism,
                            struct tl_option_sizes sizes);
enum tl_option_venue tl_option_venue_draw(struct tl_rng *rng, enum tl_option_mechanism mechanism);
/* A mechanism that fits an OPRA condition code; AUTO for unknown ones. */
enum tl_option_mechanism tl_option_mechanism_of(char condition, bool multi_venue, bool package);

#endif
