/* SPDX-License-Identifier: Apache-2.0
 * Where in the market an option order trades. */
#ifndef TL_TAPE_OPTION_PLACE_H
#define TL_TAPE_OPTION_PLACE_H

#include "base/rng.h"
#include "tape/option_mix.h"
#include "tape/option_quote.h"

struct tl_option_place {
    double at;     /* -1 bid, 0 mid, 1 ask, beyond by ticks */
    bool improves; /* inside: better than the touch by an increment at least, never past the mid */
};

/* What a seller (side < 0) or buyer of so many lots gets. */
struct tl_option_place tl_option_place_draw(struct tl_rng *rng, enum tl_option_mechanism mechanism,
                                            tl_lots lots, int8_t side);

/* The same for one who gets a price between the middle and his touch. */
struct tl_option_place tl_option_place_inside(struct tl_rng *rng,
                                              enum tl_option_mechanism mechanism, tl_lots lots,
                                              int8_t side);

/* The market a price is for: its class's increments bind electronic prints, the others trade in
 * cents. */
struct tl_option_market {
    tl_px bid, ask;
    enum tl_option_class option_class;
    bool electronic;
};

/* The price at a place. u: uniform in (0, 1), decides between two increments. It may be zero or less
 * where a place lies beyond a small bid. */
tl_px tl_option_place_price(const struct tl_option_market *market, struct tl_option_place place,
                            double u);

#endif
