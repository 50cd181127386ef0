/* SPDX-License-Identifier: Apache-2.0
 * How a day's volume and the open interest lie on the contracts of a class (SCORECARD O14 to
 * O16). */
#ifndef TL_SCORE_OPTION_CONCENTRATION_H
#define TL_SCORE_OPTION_CONCENTRATION_H

#include "market/chain.h"
#include "score/option_look.h"
#include "score/report.h"

#define TL_OPTION_SLOTS 16384 /* power of two; the largest chain has 22 x 256 x 2 contracts */
#define TL_STRIKE_CLASSES 4   /* multiples of 10, of 5, of 2.5, the rest */
#define TL_VOLUME_BINS 3200   /* half a percent each, from one contract to eight million */

/* Sums over sessions of a session's figures. */
struct tl_option_concentrations {
    double sessions, volume;
    double top_ten, median, gini, traded; /* traded: of the listed */
    double contracts[TL_VOLUME_BINS];     /* traded contracts by their day's volume */
    double turnover, over_oi;             /* volume / OI; share with volume > OI */
    double oi_sessions, call_oi;          /* call share of open interest */
    double strike_sessions, oi_round[TL_STRIKE_CLASSES], volume_round[TL_STRIKE_CLASSES];
};

/* A hash table of one session's contracts: listed ones with their open interest, and any other that
 * printed. key 0: free. */
struct tl_option_concentration {
    uint32_t used, listed;
    double spot; /* at the session's first look */
    uint64_t key[TL_OPTION_SLOTS];
    uint32_t volume[TL_OPTION_SLOTS], oi[TL_OPTION_SLOTS];
    double scratch[TL_OPTION_SLOTS];
    struct tl_option_concentrations sums;
};

struct tl_option_sample;

/* Once a session, when its chain is known. */
void tl_option_concentration_list(struct tl_option_concentration *concentration,
                                  const struct tl_chain *chain);
void tl_option_concentration_print(struct tl_option_concentration *concentration,
                                   const struct tl_option_look *look);
void tl_option_concentration_close(struct tl_option_concentration *concentration);
/* Of several names' contract-days as one set: the 99 % quantile of volume, and Hill's exponent of
 * what lies above it. bins: [TL_VOLUME_BINS]. */
double tl_option_volume_p99(const double *bins);
double tl_option_volume_hill(const double *bins);
void tl_option_concentration_rows(const struct tl_option_sample *sample,
                                  struct tl_score_report *report);

#endif
