/* SPDX-License-Identifier: Apache-2.0
 * The rows on returns that need prints. */
#ifndef TL_SCORE_RETURNS_TAPE_H
#define TL_SCORE_RETURNS_TAPE_H

#include "score/report.h"
#include "score/returns.h"

/* Row E10 from sessions with real volume; shape: whose diurnal shapes to divide by (20 sessions
 * know them better than two; may be the same). */
void tl_score_volume_rows(struct tl_score_returns *tape, const struct tl_score_returns *shape,
                          struct tl_score_report *report);

/* The signature plot of last trades, E11's second half: trades and mids of the same sessions. */
void tl_score_trade_rows(const struct tl_score_returns *trades, const struct tl_score_returns *mids,
                         struct tl_score_report *report);

#endif
