/* SPDX-License-Identifier: Apache-2.0
 * Maximum likelihood of a self-exciting process whose kernel is a sum of exponentials of fixed
 * rates:  lambda(t) = mu + sum_k mass_k beta_k sum_{t_i < t} exp(-beta_k (t - t_i)). */
#ifndef TL_SCORE_EQUITY_HAWKES_H
#define TL_SCORE_EQUITY_HAWKES_H

#include <stdint.h>

#define TL_SCORE_HAWKES_TERMS 4

struct tl_score_hawkes {
    double mu;                          /* immigrants a second */
    double mass[TL_SCORE_HAWKES_TERMS]; /* children an event, by term */
    double branching;                   /* their sum */
};

/* Rates 50, 5, .5, .05 a second (SCORECARD E33). times_us: ascending, in [0, span_s x 1e6]; an hour
 * is beyond 31 bits.
 * scratch: [4 count]. Fewer than 50 events: all NaN. O(count) a step, 200 steps. */
struct tl_score_hawkes tl_score_hawkes_fit(const uint32_t *times_us, uint32_t count, double span_s,
                                           double *scratch);

#endif
