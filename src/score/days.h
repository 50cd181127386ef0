/* SPDX-License-Identifier: Apache-2.0
 * Daily rows: E2, E3, E5, E6, E7, E13 and O30 to O33, on close-to-close series of many days.
 *
 * The series come from the day skeleton (a session's close is its open and its normal target; what
 * paths and scenarios add within a session is not in it), or from anything else with a close, an
 * open and perhaps a 30-day at-the-money volatility a day. Index rows are SPY's; rows of single
 * names are medians over stocks.
 *
 * More than TL_DAYS_BLOCK days are several blocks of equal length, and a number is the median over
 * them: kurtosis, tail and memory of twenty years are other numbers than those of eighty. */
#ifndef TL_SCORE_DAYS_H
#define TL_SCORE_DAYS_H

#include <tapeloom/market.h>
#include "market/universe.h"

#define TL_DAYS_BLOCK 5000 /* the twenty years that the bands' figures are of */
#define TL_DAYS_BLOCKS_MAX 16

struct tl_score_days {
    const struct tl_symbol *symbols; /* borrowed */
    uint32_t count, blocks, days;    /* days of a block */
    int32_t index;                   /* SPY; -1: none */
    /* The first block's; those of the next lie 4 x count x days behind. */
    double *open, *close, *iv; /* [count][days]; log USD; iv at the close, NaN: not known */
    double *slope; /* [count][days]: d sigma / d ln K at the money of 30 days at that close; NaN */
    double *work;  /* [6 days] */
};

/* length: of all blocks. At most TL_DAYS_BLOCKS_MAX of them (assert). false: out of memory. */
bool tl_score_days_init(struct tl_score_days *days, const struct tl_symbol *symbols, uint32_t count,
                        uint32_t length);
void tl_score_days_deinit(struct tl_score_days *days); /* a zeroed one is fine */

/* One block as days of its own: borrowed, not to be deinitialised; work is shared. */
struct tl_score_days tl_score_days_block(const struct tl_score_days *days, uint32_t block);

/* Fills the (first) block's series from the skeleton of a session seed (tl_market_session_seed); the
 * last day is the session of last_ordinal. About 0.5 ms a day. false: out of memory. */
bool tl_score_days_skeleton(const struct tl_score_days *days, uint64_t seed, int64_t last_ordinal);

#endif
