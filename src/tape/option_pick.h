/* SPDX-License-Identifier: Apache-2.0
 * Which contract a background order is in. */
#ifndef TL_TAPE_OPTION_PICK_H
#define TL_TAPE_OPTION_PICK_H

#include "base/rng.h"
#include "tape/seam.h"

/* What all picks of one symbol-second share. */
struct tl_option_picker {
    const struct tl_chain *chain;
    double spot, sigma; /* USD; ATM volatility now */
    double up;          /* probability that the strike lies above the spot */
    double call_up, put_down;
    double width; /* of log moneyness, in sd to expiry */
    double hot;   /* probability of the hot list */
    double near;  /* tilt of expiries of at most NEAR_DAYS, which the hot list follows */
    double cumulative[TL_EXPIRIES_MAX];
};

struct tl_option_choice {
    uint8_t expiry, strike;
    char right;
};

void tl_option_picker_init(struct tl_option_picker *picker, const struct tl_second *second);
struct tl_option_choice tl_option_pick(const struct tl_option_picker *picker, struct tl_rng *rng);
/* A strike one or two places away in the same expiry. */
struct tl_option_choice tl_option_pick_near(const struct tl_option_picker *picker,
                                            struct tl_option_choice from, struct tl_rng *rng);

#endif
