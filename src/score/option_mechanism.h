/* SPDX-License-Identifier: Apache-2.0
 * How option orders trade: conditions, retail footprint, sweeps, venues, place in the spread
 * (SCORECARD O10 to O13, O25). */
#ifndef TL_SCORE_OPTION_MECHANISM_H
#define TL_SCORE_OPTION_MECHANISM_H

#include "score/option_look.h"
#include "score/report.h"

#define TL_SWEEPS_OPEN 32
#define TL_SWEEP_VENUES_MAX 32
#define TL_SWEEP_SPAN_BINS 50 /* ms */

/* One order that takes several venues, while it may still go on. */
struct tl_sweep {
    struct tl_contract contract;
    tl_ns first, last; /* first 0: free */
    uint32_t venues;   /* bit by venue */
};

enum tl_option_place { TL_AT_BID, TL_AT_ASK, TL_AT_MID, TL_INSIDE, TL_OUTSIDE, TL_PLACES };

struct tl_option_mechanisms {
    double prints, contracts;
    double condition_prints[128], condition_contracts[128]; /* by OPRA character */
    double retail;                                          /* contracts */
    double venue[TL_OV_COUNT];                              /* contracts */
    struct tl_sweep open[TL_SWEEPS_OPEN];
    double sweeps, sweep_venues[TL_SWEEP_VENUES_MAX + 1], sweep_span[TL_SWEEP_SPAN_BINS + 1];
    double quoted, place[TL_PLACES];       /* prints with a known NBBO */
    double auctions, auctions_inside;      /* prints */
    double iso_prints, iso_touch;          /* prints */
    double premium_at_bid, premium_at_ask; /* USD a share x contracts */
};

struct tl_option_sample;

enum tl_option_place tl_option_place_of(const struct tl_option_look *look);
void tl_option_mechanisms_print(struct tl_option_mechanisms *mechanisms,
                                const struct tl_option_look *look);
void tl_option_mechanisms_close(struct tl_option_mechanisms *mechanisms); /* ends open sweeps */
void tl_option_mechanisms_rows(const struct tl_option_sample *sample,
                               struct tl_score_report *report);

#endif
