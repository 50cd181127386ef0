/* SPDX-License-Identifier: Apache-2.0
 * A scoring run: everything that is measured, whatever the source. score_engine.c fills it from the
 * engine, score_csv.c from a file. */
#ifndef TL_CLI_SCORE_RUN_H
#define TL_CLI_SCORE_RUN_H

#include "cli/score_modules.h"
#include "score/days.h"
#include "score/equity_metaorder.h"
#include "score/option_event.h"
#include "score/returns.h"
#include "score/second_mids.h"

#define TL_SCORE_SESSIONS_MAX 250

struct tl_score_run {
    struct tl_symbol *symbols; /* [count], owned */
    uint32_t count;
    struct tl_score_returns latent;       /* sessions of the latent state; empty for a file */
    struct tl_score_latent_orders *orders; /* [latent.sessions], owned; NULL for a file */
    struct tl_score_returns mids, trades; /* tape sessions: quotes' mids and last trades */
    struct tl_second_mids mid_seconds, trade_seconds; /* the tape session being fed */
    struct tl_score_days days;
    struct tl_option_events option_events; /* opens of 1008 sessions; empty without days */
    struct tl_score_bench bench;
    int32_t tape_days[TL_SCORE_SESSIONS_MAX]; /* trade days of the engine's tape sessions */
    int64_t session_start_s;
    uint64_t events;
};

/* Room for tape sessions; symbols is taken over (freed by deinit), also when it fails. */
bool tl_score_run_init(struct tl_score_run *run, struct tl_symbol *symbols, uint32_t count,
                       uint32_t tape_sessions);
void tl_score_run_deinit(struct tl_score_run *run); /* a zeroed one is fine */

/* A tape session: open, feed its events (two threads may feed different symbols), close into its
 * slot. */
void tl_score_run_open(struct tl_score_run *run, int64_t start_s, int64_t end_s);
void tl_score_run_event(struct tl_score_run *run, const struct tl_event *event,
                        const struct tl_truth *truth);
void tl_score_run_close(struct tl_score_run *run, uint32_t slot);

/* All rows, finished. curves NULL: none. */
void tl_score_run_report(struct tl_score_run *run, struct tl_score_report *report,
                         struct tl_score_curves *curves);

#endif
