/* SPDX-License-Identifier: Apache-2.0
 * The rows on returns that need prints. */
#ifndef TL_SCORE_RETURNS_TAPE_H
#define TL_SCORE_RETURNS_TAPE_H

#include "score/report.h"
#include "score/returns.h"

/* What row E10 is computed from. */
struct tl_volume_sessions {
    const struct tl_score_returns *tape;     /* printed volume */
    const struct tl_score_returns *expected; /* the same sessions' expected volume; none: zeroes */
    const struct tl_score_returns *latent;   /* expected volume of more sessions, with shapes; where
                                                there are none: the tape sessions, with shapes */
};

/* Row E10: the memory of volume lies between days as much as within them, so it needs the latent
 * sessions of SCORECARD section 0. Their volume is an expectation, which has the slow part of memory
 * but not the noise of prints; each carries the ratio of printed to expected volume, minute by
 * minute, of one of the tape sessions. A tape from a file is measured as it is. */
void tl_score_volume_rows(const struct tl_volume_sessions *sessions,
                          struct tl_score_report *report);

/* The signature plot of last trades, E11's second half: trades and mids of the same sessions, and
 * latent, the mids of more sessions; where there are none: mids again. */
void tl_score_trade_rows(const struct tl_score_returns *trades, const struct tl_score_returns *mids,
                         const struct tl_score_returns *latent, struct tl_score_report *report);

#endif
