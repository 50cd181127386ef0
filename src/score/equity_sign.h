/* SPDX-License-Identifier: Apache-2.0
 * Memory of trade signs (row E28), in parent time or print time. */
#ifndef TL_SCORE_EQUITY_SIGN_H
#define TL_SCORE_EQUITY_SIGN_H

#include <stdint.h>

struct tl_score_scene;
struct tl_score_curves;

#define TL_SCORE_SIGN_LAGS 48  /* from 1 to 500; the table is in the .c */
#define TL_SCORE_SIGN_RING 512 /* more than the longest lag; power of two */

struct tl_score_sign { /* zeroed is empty */
    int64_t n, sum;
    int64_t lag_n[TL_SCORE_SIGN_LAGS], lag_sum[TL_SCORE_SIGN_LAGS];
    uint32_t count; /* in this session */
    int8_t ring[TL_SCORE_SIGN_RING];
};

void tl_score_sign_session(struct tl_score_sign *sign);       /* pairs do not straddle sessions */
void tl_score_sign_add(struct tl_score_sign *sign, int side); /* +1 or -1 */

/* Autocorrelation about the mean at the place-th lag, and that lag. */
double tl_score_sign_memory(const struct tl_score_sign *sign, int place);
uint32_t tl_score_sign_lag(int place);
/* Minus the slope of log autocorrelation on log lag, lags 2 to 500, by log-spaced groups. */
double tl_score_sign_gamma(const struct tl_score_sign *sign);

void tl_score_sign_rows(struct tl_score_scene *scene);
void tl_score_sign_curves(const struct tl_score_scene *scene, struct tl_score_curves *curves);

#endif
