/* SPDX-License-Identifier: Apache-2.0
 * The daily rows: tl_score_days_rows and tl_score_days_curves of days.h stand here. */
#ifndef TL_SCORE_DAYS_ROWS_H
#define TL_SCORE_DAYS_ROWS_H

#include "score/curve.h"
#include "score/days.h"
#include "score/report.h"

/* L(lag) = E[r_t r_(t+lag)^2] / E[r^2]^2 of one name's daily returns (row E6). */
double tl_score_days_leverage(const struct tl_score_days *days, uint32_t sym, int lag);

void tl_score_days_rows(struct tl_score_days *days, struct tl_score_report *report);
void tl_score_days_curves(struct tl_score_days *days, struct tl_score_curves *curves);

#endif
