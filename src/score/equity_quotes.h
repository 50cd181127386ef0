/* SPDX-License-Identifier: Apache-2.0
 * The last NBBO states of one symbol, to ask which was in force at a time gone by: executions are
 * reported late (TRF rule: up to 10 s). */
#ifndef TL_SCORE_EQUITY_QUOTES_H
#define TL_SCORE_EQUITY_QUOTES_H

#include "tape/seam.h"

#define TL_SCORE_QUOTES 4096 /* 42 s at the path's limit of 96 a second; power of two */

struct tl_score_quotes { /* zeroed is empty */
    uint32_t count;      /* pushed since the session's start */
    struct tl_quote_point ring[TL_SCORE_QUOTES];
};

/* Times ascend. */
void tl_score_quotes_push(struct tl_score_quotes *quotes, const struct tl_quote_point *quote);

/* The newest; NULL: none yet. */
const struct tl_quote_point *tl_score_quotes_last(const struct tl_score_quotes *quotes);

/* In force just before ts, so set strictly earlier. NULL: none, or no longer remembered. */
const struct tl_quote_point *tl_score_quotes_before(const struct tl_score_quotes *quotes, tl_ns ts);

#endif
