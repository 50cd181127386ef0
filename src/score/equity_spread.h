/* SPDX-License-Identifier: Apache-2.0
 * The quoted spread in ticks and through the day, displayed depth, and what trades paid of the
 * spread (rows E17, E18, E19, E25). Time-weighted on the NBBO in force. */
#ifndef TL_SCORE_EQUITY_SPREAD_H
#define TL_SCORE_EQUITY_SPREAD_H

#include "score/equity_types.h"

struct tl_score_scene;
struct tl_score_curves;

#define TL_SCORE_SIZE_BINS 448 /* 16 an octave of shares, to 2^28 */

enum tl_score_where { TL_SCORE_LIT, TL_SCORE_OFF, TL_SCORE_ALL, TL_SCORE_WHERES };

struct tl_score_spread {         /* zeroed is empty */
    double seconds, at_one_tick; /* of session time */
    double ticks, ticks_squared; /* integrals over time; below 0 counts as 0 */
    double half_hour_seconds[TL_SCORE_HALF_HOURS], half_hour_ticks[TL_SCORE_HALF_HOURS];
    /* Both sides, by size; the sums of shares give each bin's own mean. */
    double depth_seconds[TL_SCORE_SIZE_BINS], depth_shares[TL_SCORE_SIZE_BINS];
    double effective[TL_SCORE_WHERES], quoted[TL_SCORE_WHERES]; /* sums of shares x 1e-4 USD */
    uint64_t trades[TL_SCORE_WHERES];
};

/* The quote was in force for `seconds` of a half hour. tick: the grid, 1e-4 USD. */
void tl_score_spread_hold(struct tl_score_spread *spread, const struct tl_quote_point *quote,
                          tl_px tick, double seconds, int half_hour);
/* Trades without a known quote, in a locked or crossed market, or in an auction are left out. */
void tl_score_spread_print(struct tl_score_spread *spread, const struct tl_score_print *print);

void tl_score_spread_rows(struct tl_score_scene *scene);
void tl_score_spread_curves(const struct tl_score_scene *scene, struct tl_score_curves *curves);

#endif
