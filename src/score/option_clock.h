/* SPDX-License-Identifier: Apache-2.0
 * When option prints come: the day's shape, clustering, quotes a print (SCORECARD O17 to O19). */
#ifndef TL_SCORE_OPTION_CLOCK_H
#define TL_SCORE_OPTION_CLOCK_H

#include "score/curve.h"
#include "score/estimate.h"
#include "score/option_look.h"
#include "score/report.h"

#define TL_OPTION_HALF_HOURS 13
#define TL_OPTION_BLOCK_WINDOWS 30 /* minutes of a block */

struct tl_option_clock {
    double prints, nbbos, same_us;
    double volume[TL_OPTION_HALF_HOURS], zero[TL_OPTION_HALF_HOURS]; /* contracts; 0 d alone */
    double expected[TL_OPTION_HALF_HOURS]; /* prints, in sessions of chains */
    struct tl_moments gap; /* s between prints of one session */
    tl_ns last, last_ms;   /* last print; ms of the last parent */
    int64_t minute;        /* of the open window; block = minute / 30 */
    double window[TL_OPTION_BLOCK_WINDOWS];
    struct tl_moments fano; /* of blocks with at least 30 parents */
};

struct tl_option_sample;

void tl_option_clock_print(struct tl_option_clock *clock, const struct tl_option_look *look);
/* A minute of a session that prints nothing: how many prints a second would be expected. */
void tl_option_clock_expect(struct tl_option_clock *clock, int64_t since_open_s, double rate);
void tl_option_clock_close(struct tl_option_clock *clock);
void tl_option_clock_rows(const struct tl_option_sample *sample, struct tl_score_report *report);
void tl_option_clock_curves(const struct tl_option_sample *sample, struct tl_score_curves *curves);

#endif
