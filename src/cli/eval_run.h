/* SPDX-License-Identifier: Apache-2.0
 * Sessions of the engine through the real path: every print, NBBO and quote becomes its JSON, is
 * read back and fed to the classifier in the order of the wire. Two threads, a session each. */
#ifndef TL_CLI_EVAL_RUN_H
#define TL_CLI_EVAL_RUN_H

#include <tapeloom/market.h>
#include "cli/eval_truth.h"

struct tl_eval {
    struct tl_market_options options; /* calendar, mode, rate, universe; the log is made a seed */
    struct tl_control control;        /* all but the seed */
    int64_t first_seed;
    uint32_t seeds;
    int64_t start_s; /* seed i runs the (i mod 5)-th ordinary session at or after it */
    int64_t minutes; /* of each session, 1..390 */
    bool progress;   /* a line on standard error */
    void *rows;      /* FILE: every judgement beside the truth, see eval_rows.h; NULL: none */
};

/* sessions: [eval->seeds], zeroed; deinit each also after an error. TL_CLOSED: a signal. */
enum tl_status tl_eval_run(const struct tl_eval *eval, struct tl_eval_session *sessions,
                           struct tl_error *error) TL_MUST_USE;

/* The market's scheduled events as the public calendar tells them; further ones than it has room for
 * are left out. */
void tl_eval_calendar(const struct tl_market *market, struct tl_flow_calendar *calendar);

#endif
