/* SPDX-License-Identifier: Apache-2.0
 * Which contracts trade: expiry, right, moneyness, delta, premium (SCORECARD O1 to O7). */
#ifndef TL_SCORE_OPTION_MIX_H
#define TL_SCORE_OPTION_MIX_H

#include "score/curve.h"
#include "score/option_look.h"
#include "score/report.h"

#define TL_OPTION_DTE_BUCKETS 9
#define TL_OPTION_PREMIUM_BUCKETS 6
#define TL_OPTION_DELTA_BINS 11
#define TL_OPTION_PRICE_BINS 12
#define TL_OPTION_K_GROUPS 4
#define TL_OPTION_K_BINS 2000

enum tl_option_day { TL_OPTION_DAY_NONE, TL_OPTION_DAY_MIDWEEK, TL_OPTION_DAY_FRIDAY };

/* One name's contract mix; all in contracts unless said. Zeroed is empty. */
struct tl_option_mix {
    double prints, volume, calls, otm;
    double session_volume, session_zero; /* of the running session */
    double day_volume[3], day_zero[3];   /* by enum tl_option_day: all, and expiring that day */
    double dte[TL_OPTION_DTE_BUCKETS];   /* this week, beyond it to 7 days, 8 to 14, ... */
    double premium[TL_OPTION_PREMIUM_BUCKETS], premium_all; /* USD a share x contracts */
    double near[5];                                         /* |k| below 1, 2, 5, 10, 20 % */
    double zero_volume, zero_near;                          /* expiring today; |k| below 1 % */
    double delta[TL_OPTION_DELTA_BINS], price[TL_OPTION_PRICE_BINS];
    double k[TL_OPTION_K_GROUPS][TL_OPTION_K_BINS];
};

struct tl_option_sample;

void tl_option_mix_print(struct tl_option_mix *mix, const struct tl_option_look *look);
/* Takes the running session into the totals by day. */
void tl_option_mix_close(struct tl_option_mix *mix, const struct tl_option_session *session);
void tl_option_mix_rows(const struct tl_option_sample *sample, struct tl_score_report *report);
void tl_option_mix_curves(const struct tl_option_sample *sample, struct tl_score_curves *curves);

#endif
