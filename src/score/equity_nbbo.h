/* SPDX-License-Identifier: Apache-2.0
 * How the NBBO moves: update and price-change rates, quotes a trade, locked and crossed moments,
 * mid reversals, standing seconds, updates through the day, and what the queues foretell (rows E20
 * to E24, E26, E27). */
#ifndef TL_SCORE_EQUITY_NBBO_H
#define TL_SCORE_EQUITY_NBBO_H

#include "score/equity_types.h"

struct tl_score_scene;

#define TL_SCORE_QUEUE_BINS 5 /* |imbalance| .0-.1, -.3, -.5, -.8, -1 */

struct tl_score_nbbo { /* zeroed is empty */
    bool thinned;      /* fed with published quotes: rates say nothing */
    double seconds, locked_s, crossed_s;
    uint64_t updates, price_changes, locked_updates, crossed_updates, crossed_episodes;
    uint64_t half_hour_updates[TL_SCORE_HALF_HOURS];
    uint64_t second_moves, second_stands; /* one-second mid returns, not zero and zero */
    double second_mid;                    /* at the last whole second; 0: none yet */
    uint64_t turns, goes;                 /* mid changes against, and with, the one before */
    double last_mid;
    int last_move;
    /* Of the interval since the last mid change: seconds by |imbalance| bin and its sign. */
    double held[TL_SCORE_QUEUE_BINS][2];
    double foretold[TL_SCORE_QUEUE_BINS], asked[TL_SCORE_QUEUE_BINS]; /* intervals, by weight */
};

void tl_score_nbbo_session(struct tl_score_nbbo *nbbo); /* a new session: forgets the last quote */
void tl_score_nbbo_hold(struct tl_score_nbbo *nbbo, const struct tl_quote_point *quote,
                        double seconds);
/* quote replaces `last` (NULL: the first). At least one field differs. */
void tl_score_nbbo_update(struct tl_score_nbbo *nbbo, const struct tl_quote_point *last,
                          const struct tl_quote_point *quote, int half_hour);
void tl_score_nbbo_second(struct tl_score_nbbo *nbbo, double mid); /* at a whole second */

void tl_score_nbbo_rows(struct tl_score_scene *scene);

#endif
