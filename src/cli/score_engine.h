/* SPDX-License-Identifier: Apache-2.0
 * Fills a scoring run from the engine: sessions of the latent state, days of the skeleton, full
 * sessions of the tape, on two threads. */
#ifndef TL_CLI_SCORE_ENGINE_H
#define TL_CLI_SCORE_ENGINE_H

#include "cli/score_run.h"

#define TL_SCORE_DAYS_MAX (TL_DAYS_BLOCKS_MAX * TL_DAYS_BLOCK)

struct tl_score_engine {
    struct tl_market_options options; /* calendar, mode, log, universe, symbols; exchange hours */
    int64_t start_s;                  /* the first session is the one at or after it */
    uint32_t latent_sessions, tape_sessions, days;
    uint32_t chain_sessions; /* further ones of which only whole chains are quoted */
    bool progress;           /* a line on standard error, kept up to date */
};

/* Runs it all. Sessions are ordinary days (score_sessions.h). TL_CLOSED: stopped by a
 * signal. run is made by the call; tl_score_run_deinit also after an error. */
enum tl_status tl_score_engine_run(const struct tl_score_engine *engine, struct tl_score_run *run,
                                   struct tl_error *error) TL_MUST_USE;

#endif
