/* SPDX-License-Identifier: Apache-2.0
 * Rows E1 to E16 but the daily ones: returns of mids within sessions, and their volume (the rows
 * stand in returns_rows.c, those that need prints in returns_tape.h).
 *
 * A session's seconds (second_mids.h) are boiled down to what the rows need: returns and volume by
 * minute, realised variance at six scales, lag-one correlations at four, products with the index at
 * five. Sessions are slots, filled in any order and by any thread, each slot by one.
 *
 * Estimators: SCORECARD A.1. A number is the median over names unless its label names one, and
 * E12 is judged name by name. The diurnal shape of a name is the root mean square of its one-minute
 * returns over the days and the five minutes around each (three or less at the session's ends).
 *
 * More than TL_RETURNS_BLOCK sessions are several blocks of equal length, and a name's number is the
 * median over the blocks: kurtosis and memory depend on how many days are taken together, so more
 * sessions make the estimate surer without making it another one. E12's ratio of means is of all. */
#ifndef TL_SCORE_RETURNS_H
#define TL_SCORE_RETURNS_H

#include "market/universe.h"
#include "score/second_mids.h"

#define TL_RETURN_MINUTES TL_SECOND_MIDS_MINUTES

enum { TL_RHO_1S, TL_RHO_10S, TL_RHO_1MIN, TL_RHO_5MIN, TL_RHO_COUNT };
enum { TL_RV_1S, TL_RV_5S, TL_RV_10S, TL_RV_30S, TL_RV_1MIN, TL_RV_5MIN, TL_RV_COUNT };
enum { TL_EPPS_1S, TL_EPPS_10S, TL_EPPS_1MIN, TL_EPPS_5MIN, TL_EPPS_30MIN, TL_EPPS_COUNT };

/* One name's session. */
struct tl_name_session {
    bool has;
    double open, close; /* log */
    double rho[TL_RHO_COUNT], rv[TL_RV_COUNT];
    double index_product[TL_EPPS_COUNT], own_square[TL_EPPS_COUNT]; /* sums; cross and own */
    double iv;                                                      /* NaN: not known */
    double r[TL_RETURN_MINUTES];
    double volume[TL_RETURN_MINUTES];
};

#define TL_RETURNS_BLOCK 60      /* a quarter of a year */
#define TL_RETURNS_BLOCKS_MAX 16 /* a run's sessions are at most 250, see score_run.h */

struct tl_score_returns {
    const struct tl_symbol *symbols; /* borrowed */
    uint32_t count, sessions, blocks;
    int32_t index;                 /* the market's fund (SPY), -1: none */
    struct tl_name_session *slots; /* [sessions][count] */
    double *vol_shape;  /* [blocks][count][TL_RETURN_MINUTES]; by tl_score_returns_shape */
    double *rate_shape; /* the same of volume */
    double *work;       /* [TL_RETURNS_WORK(sessions)] scratch of the rows */
};

#define TL_RETURNS_WORK(sessions) ((size_t)(sessions)*6 * TL_RETURN_MINUTES + 16384)

/* About 7 KB a name and session. false: out of memory. */
bool tl_score_returns_init(struct tl_score_returns *returns, const struct tl_symbol *symbols,
                           uint32_t count, uint32_t sessions);
void tl_score_returns_deinit(struct tl_score_returns *returns); /* a zeroed one is fine */

/* How many blocks so many sessions are, and the first session of one of them (block up to blocks). */
static inline uint32_t tl_returns_blocks(uint32_t sessions)
{
    return sessions > TL_RETURNS_BLOCK ? (sessions + TL_RETURNS_BLOCK - 1) / TL_RETURNS_BLOCK : 1;
}
static inline uint32_t tl_returns_block_from(uint32_t sessions, uint32_t block)
{
    return (uint32_t)((uint64_t)sessions * block / tl_returns_blocks(sessions));
}

/* One block as returns of its own: borrowed, not to be deinitialised; work is shared. */
struct tl_score_returns tl_returns_block(const struct tl_score_returns *returns, uint32_t block);

static inline struct tl_name_session *tl_name_session_at(const struct tl_score_returns *returns,
                                                         uint32_t slot, uint32_t sym)
{
    return &returns->slots[(size_t)slot * returns->count + sym];
}

/* Boils a session down into a slot. 23400 x count steps. Slots are disjoint. */
void tl_score_returns_session(struct tl_score_returns *returns, uint32_t slot,
                              struct tl_second_mids *mids);

/* After the last session and before the rows: the diurnal shapes of return and volume. */
void tl_score_returns_shape(struct tl_score_returns *returns);

#endif
