/* SPDX-License-Identifier: Apache-2.0
 * Which contract a background order is in. */
#ifndef TL_TAPE_OPTION_PICK_H
#define TL_TAPE_OPTION_PICK_H

#include "base/rng.h"
#include "tape/seam.h"

/* What all picks of one symbol-second share. */
struct tl_option_picker {
    const struct tl_chain *chain;
    double spot, log_spot; /* USD; log(spot / open) */
    double above, below;   /* tilts of strikes above and below the spot */
    double event;          /* and of the expiry after the next event */
    double keep;           /* 1 over the largest product of the tilts */
    uint32_t aligned;      /* that expiry; TL_EXPIRIES_MAX: none */
    double call_up, put_down;
    double width;      /* of log moneyness now over the chain's at its reference volatility */
    double open_width; /* the same at the open, where the hot list was made */
    double last_day;   /* and once more for what expires today */
    double last_share; /* tilt of what expires today */
    double fade;       /* widths that the spot may leave a hot contract by */
    double near;       /* tilt of expiries of at most NEAR_DAYS, which the hot list follows */
    double cumulative[TL_EXPIRIES_MAX];
};

struct tl_option_choice {
    uint8_t expiry, strike;
    char right;
};

void tl_option_picker_init(struct tl_option_picker *picker, const struct tl_second *second);
struct tl_option_choice tl_option_pick(const struct tl_option_picker *picker, struct tl_rng *rng);
/* How many steps (1 and more) to a liked strike; step: 1 upwards, -1 downwards. */
int tl_option_pick_distance(const struct tl_chain *chain, struct tl_option_choice from, int step,
                            struct tl_rng *rng);
/* A liked strike about it, in the same expiry and on the same side of the spot; often itself. */
struct tl_option_choice tl_option_pick_near(const struct tl_option_picker *picker,
                                            struct tl_option_choice from, struct tl_rng *rng);

#endif
