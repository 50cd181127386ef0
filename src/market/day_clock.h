/* SPDX-License-Identifier: Apache-2.0
 * The intraday clock: how volatility, volume, option volume and spread run over a session, for
 * index funds and for single names. Piecewise linear over 390 minutes (a half day runs through the
 * same shape faster), normalised over the session: volatility curves to a mean square of 1, the
 * others to a mean of 1. Shapes: SCORECARD rows E8, E9, E18, O17. */
#ifndef TL_MARKET_DAY_CLOCK_H
#define TL_MARKET_DAY_CLOCK_H

#include <stdint.h>

enum tl_curve {
    TL_CURVE_VOL_FUND,
    TL_CURVE_VOL_NAME, /* of the own part: steeper than what a name shows with its market part */
    TL_CURVE_VOLUME_FUND,
    TL_CURVE_VOLUME_NAME,
    TL_CURVE_OPTION,
    TL_CURVE_SPREAD,
    TL_CURVE_COUNT
};

struct tl_day_clock {
    int32_t session_s;
    double scale[TL_CURVE_COUNT];
    double now[TL_CURVE_COUNT]; /* of the last tl_day_clock_at */
    double share[2];            /* of the session's variance in this second, by volatility curve */
    double left[2];             /* variance still to come, this second included */
};

/* A new session of session_s seconds; costs 1 ms. */
void tl_day_clock_open(struct tl_day_clock *clock, int32_t session_s);
/* Sets now, share and left for second 0..session_s - 1; to be called in order. */
void tl_day_clock_at(struct tl_day_clock *clock, int32_t second);

#endif
