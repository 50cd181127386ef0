/* SPDX-License-Identifier: Apache-2.0
 * Price grid and spreads of option quotes (SCORECARD O20 to O24). */
#ifndef TL_SCORE_OPTION_SPREAD_H
#define TL_SCORE_OPTION_SPREAD_H

#include "score/curve.h"
#include "score/option_look.h"
#include "score/option_slice.h"
#include "score/report.h"

#define TL_SPREAD_DELTAS 4 /* .4-.6, .1-.25, below .1, above .9 */
#define TL_SPREAD_TENORS 5 /* 1-2 d, 3-7, 8-30, 31-90, 91-365 */
#define TL_SPREAD_REL_BINS 240
#define TL_SPREAD_USD_BINS 300

enum tl_fund_spread {
    TL_FUND_ATM_WEEK,    /* to 7 d */
    TL_FUND_ATM_MONTH,   /* 21 to 40 d */
    TL_FUND_ATM_QUARTER, /* 55 to 130 d */
    TL_FUND_OTM_MONTH,   /* |delta| .02 to .15, 21 to 40 d */
    TL_FUND_DEEP,        /* |delta| above .95 */
    TL_FUND_SPREADS
};

struct tl_option_spread {
    /* Quotes published, by side: below 3 USD and from there up; how many lie on a grid of 1, 5, 10
     * cents. Electronic prints likewise. */
    double quotes[2], on_grid[2][3];
    double prints[2], print_on_grid[2][3];
    /* Snapshots of whole chains. */
    double snapshots;
    double relative[TL_SPREAD_DELTAS][TL_SPREAD_TENORS][TL_SPREAD_REL_BINS];
    double usd[TL_SPREAD_TENORS][TL_SPREAD_USD_BINS]; /* at the money */
    double fund[TL_FUND_SPREADS][TL_SPREAD_USD_BINS];
    double fund_quotes, fund_bid_size, fund_ask_size; /* OTM_MONTH */
    /* Prints with a known NBBO, weighted by contracts; volume and rel_sum where there is a bid. */
    double print_count, volume, rel_sum, effective, quoted;
    double print_relative[TL_SPREAD_REL_BINS];
};

struct tl_option_sample;

void tl_option_spread_nbbo(struct tl_option_spread *spread, const struct tl_option_nbbo *nbbo);
void tl_option_spread_print(struct tl_option_spread *spread, const struct tl_option_look *look);
void tl_option_spread_slice(struct tl_option_spread *spread, const struct tl_option_slice *slice);
void tl_option_spread_rows(const struct tl_option_sample *sample, struct tl_score_report *report);
void tl_option_spread_curves(const struct tl_option_sample *sample, struct tl_score_curves *curves);

#endif
