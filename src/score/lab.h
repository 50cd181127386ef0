/* SPDX-License-Identifier: Apache-2.0
 * Stylised facts of the session that is running, for a page that looks on: the same statistics as
 * the scorecard's rows, on what there is so far. One session is little: a number whose row asks for
 * more is n/a, and its curve is shown all the same.
 *
 * Fed with log mids every TL_LAB_STEP_S seconds and with sums over the printed tape. Curves have the
 * id of the row whose numbers stand beside them; curves L1 to L4 are ours and have no published band. */
#ifndef TL_SCORE_LAB_H
#define TL_SCORE_LAB_H

#include <tapeloom/contract.h>
#include "score/curve.h"
#include "score/report.h"

#define TL_LAB_STEP_S 10
#define TL_LAB_STEPS 2340     /* of a session of 390 minutes */
#define TL_LAB_NAMES_MAX 64   /* the first names of a universe */
#define TL_LAB_SECONDS 1800   /* print counts kept, for counts by window */
#define TL_LAB_PREMIUM_BINS 9 /* below 100 $, 1 k, 5 k, 10 k, 50 k, 100 k, 500 k, 1 M, above */

/* Sums over the printed tape since the service started; zeroed is empty. */
struct tl_lab_tape {
    double sides[TL_SIDE_COUNT];           /* option prints by side */
    double premium[TL_LAB_PREMIUM_BINS];   /* option prints by premium */
    int64_t second;                        /* the newest; 0: none yet */
    uint32_t stock_prints[TL_LAB_SECONDS]; /* by second modulo TL_LAB_SECONDS */
    uint32_t seconds;                      /* whole ones before `second` that are kept */
};

void tl_lab_option_print(struct tl_lab_tape *tape, enum tl_nbbo_side side, double premium_usd);
void tl_lab_stock_print(struct tl_lab_tape *tape, int64_t ts_ms);

struct tl_lab {
    uint32_t names, steps; /* steps known so far */
    double *mids;          /* [names][TL_LAB_STEPS + 1] log mids; the first is the open's */
    double *work;          /* [names * TL_LAB_STEPS] */
    double iv[TL_LAB_NAMES_MAX];
};

bool tl_lab_init(struct tl_lab *lab,
                 uint32_t names);        /* false: out of memory; 1.3 MB for 35 names */
void tl_lab_deinit(struct tl_lab *lab);  /* a zeroed one is fine */
void tl_lab_restart(struct tl_lab *lab); /* a new session */
/* The mids of one step, in order; a step beyond the session's end is not taken. */
void tl_lab_step(struct tl_lab *lab, const double *log_mids, const double *iv);

/* The facts into an empty report and an empty set. Some 20 ms late in a session. */
void tl_lab_facts(const struct tl_lab *lab, const struct tl_lab_tape *tape,
                  struct tl_score_report *report, struct tl_score_curves *curves);

#endif
