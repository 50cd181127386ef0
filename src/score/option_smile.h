/* SPDX-License-Identifier: Apache-2.0
 * The volatility surface as quotes show it: term structure, skew, curvature, and the last day's
 * volatility (SCORECARD O26 to O29, O41). */
#ifndef TL_SCORE_OPTION_SMILE_H
#define TL_SCORE_OPTION_SMILE_H

#include "score/curve.h"
#include "score/estimate.h"
#include "score/option_look.h"
#include "score/option_slice.h"
#include "score/report.h"

#define TL_SMILE_POINTS 128

struct tl_smile_node {
    double years, variance; /* total, at the money */
    bool event;
};

enum tl_term_ratio { TL_TERM_9_30, TL_TERM_365_30, TL_TERM_60_28, TL_TERM_119_28, TL_TERMS };

struct tl_option_smile {
    /* The snapshot being built. */
    uint32_t nodes;
    struct tl_smile_node node[TL_EXPIRIES_MAX];
    /* Over snapshots. */
    struct tl_moments term[TL_TERMS]; /* ratios of volatilities */
    struct tl_moments rr, curvature;  /* 18 to 45 d, 10 to 60 d */
    struct tl_moments quadratic;      /* 20 to 45 d */
    struct tl_moments slope_root;     /* slope x sqrt T, 15 to 90 d */
    struct tl_pairs decay;            /* ln |slope| on ln T, 5 to 365 d, where it falls */
    /* Expiring today. */
    struct tl_moments zero_open; /* ATM over 30 d, first half hour */
    struct tl_moments wing[2];   /* wing over ATM: before noon, in the last hour */
    double zero_sd;              /* of the session, from its first snapshot */
    /* For plots: one smile near 28 d and one term structure, the latest. */
    uint32_t points, term_points;
    double smile_k[TL_SMILE_POINTS], smile_iv[TL_SMILE_POINTS];
    double term_days[TL_EXPIRIES_MAX], term_iv[TL_EXPIRIES_MAX];
};

struct tl_option_sample;

void tl_option_smile_slice(struct tl_option_smile *smile, const struct tl_option_slice *slice,
                           int64_t since_open_s);
/* After the last slice of a snapshot. */
void tl_option_smile_end(struct tl_option_smile *smile, int64_t since_open_s);
void tl_option_smile_close(struct tl_option_smile *smile); /* the session's end */
/* Total variance at a tenor, linear between nodes; TL_NAN outside. */
double tl_smile_variance_at(const struct tl_option_smile *smile, double days);
void tl_option_smile_rows(const struct tl_option_sample *sample, struct tl_score_report *report);
void tl_option_smile_curves(const struct tl_option_sample *sample, struct tl_score_curves *curves);

#endif
