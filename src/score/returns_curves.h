/* SPDX-License-Identifier: Apache-2.0
 * Plots of returns. */
#ifndef TL_SCORE_RETURNS_CURVES_H
#define TL_SCORE_RETURNS_CURVES_H

#include "score/curve.h"
#include "score/returns.h"

/* Tails, autocorrelation, shapes of the day, signature plot, Epps curve; after
 * tl_score_returns_shape. */
void tl_score_returns_curves(struct tl_score_returns *returns, struct tl_score_curves *curves);

#endif
