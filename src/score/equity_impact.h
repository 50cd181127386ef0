/* SPDX-License-Identifier: Apache-2.0
 * What trades do to the price: impact by size, mark-outs against the half-spread paid, and how much
 * of the moves signed flow and order-flow imbalance explain (rows E47 to E49). */
#ifndef TL_SCORE_EQUITY_IMPACT_H
#define TL_SCORE_EQUITY_IMPACT_H

#include "score/equity_quotes.h"
#include "score/equity_types.h"
#include "score/estimate.h"

struct tl_score_scene;
struct tl_score_curves;

#define TL_SCORE_HORIZONS 3       /* 1, 10, 60 s */
#define TL_SCORE_IMPACT_BINS 14   /* of a parent's lit shares, by powers of 2 */
#define TL_SCORE_IMPACT_GROUPS 13 /* half hours, over all sessions: what the errors are told from */
#define TL_SCORE_PENDING 32768    /* parents of the last 60 s at 540 a second; power of two */

struct tl_score_pending {
    tl_ns executed;
    double mid;
    int32_t side, shares;
};

struct tl_score_impact_bin {
    double n, shares, move, move_squared; /* at 10 s, 1e-4 USD */
};

struct tl_score_impact_marks {
    struct tl_score_impact_bin bins[TL_SCORE_IMPACT_BINS];
    double marked[TL_SCORE_HORIZONS], move[TL_SCORE_HORIZONS]; /* lit parents; sums, 1e-4 USD */
};

struct tl_score_impact { /* zeroed is empty */
    struct tl_score_impact_marks groups[TL_SCORE_IMPACT_GROUPS];
    uint32_t group;
    double parents, paid; /* lit parents; sum of the half-spread paid a share */
    uint64_t lost;        /* parents without room or without a remembered quote */
    uint32_t head, next[TL_SCORE_HORIZONS];
    /* One-minute signed volume and return; ten-second imbalance and mid change by half hour. */
    double minute_flow, minute_mid, imbalance, ten_mid;
    struct tl_pairs minutes, tens;
    double r2_sum, r2_n;
    struct tl_score_pending pending[TL_SCORE_PENDING];
};

void tl_score_impact_session(struct tl_score_impact *impact);
void tl_score_impact_parent(struct tl_score_impact *impact, const struct tl_score_parent *parent);
void tl_score_impact_print(struct tl_score_impact *impact, const struct tl_score_print *print);
/* quote replaces last. */
void tl_score_impact_quote(struct tl_score_impact *impact, const struct tl_quote_point *last,
                           const struct tl_quote_point *quote);
/* At a whole second of the session (seconds since its start, from 1 on). */
void tl_score_impact_second(struct tl_score_impact *impact, int64_t second, double mid);
/* Marks out the parents whose horizon is over at `now`; quotes up to now are known. */
void tl_score_impact_mark(struct tl_score_impact *impact, const struct tl_score_quotes *quotes,
                          tl_ns now);

void tl_score_impact_rows(struct tl_score_scene *scene);
void tl_score_impact_curves(const struct tl_score_scene *scene, struct tl_score_curves *curves);

#endif
