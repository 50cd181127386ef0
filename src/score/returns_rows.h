/* SPDX-License-Identifier: Apache-2.0
 * Between the files of the rows on returns: series and shapes of one name, and groups of names. */
#ifndef TL_SCORE_RETURNS_ROWS_H
#define TL_SCORE_RETURNS_ROWS_H

#include "score/report.h"
#include "score/returns.h"

/* Rows E1 to E9, E11, E12, E14 to E16, after tl_score_returns_shape. Without volumes E9 says n/a. */
void tl_score_returns_rows(struct tl_score_returns *returns, struct tl_score_report *report);

/* Whose median: all; index funds; stocks; stocks that trade 5 billion USD a day or more. */
enum tl_returns_names { TL_NAMES_ALL, TL_NAMES_FUND, TL_NAMES_STOCK, TL_NAMES_MEGA };

bool tl_returns_named(enum tl_returns_names group, const struct tl_symbol *symbol);
int32_t tl_returns_find(const struct tl_score_returns *returns, const char *ticker); /* -1: none */
double tl_returns_n(const struct tl_score_returns *returns, uint32_t sym); /* minutes measured */

/* Returns over `minutes`, day after day, into out (room for sessions x 390); how many. */
size_t tl_returns_series(const struct tl_score_returns *returns, uint32_t sym, int minutes,
                         double *out);
/* One-minute returns over the diurnal shape. */
size_t tl_returns_deseasoned(const struct tl_score_returns *returns, uint32_t sym, double *out);

double tl_returns_rms(const struct tl_score_returns *returns, uint32_t sym, int from, int to);
/* Half hour 0..12: volatility over the mean of the half hours; volume in percent of the day. */
double tl_returns_vol_bucket(const struct tl_score_returns *returns, uint32_t sym, int bucket);
double tl_returns_volume_bucket(const struct tl_score_returns *returns, uint32_t sym, int bucket);
/* Realised variance at TL_RV_* over that at five minutes; correlation with the index at TL_EPPS_*. */
double tl_returns_signature(const struct tl_score_returns *returns, uint32_t sym, int scale);
double tl_returns_index_correlation(const struct tl_score_returns *returns, uint32_t sym,
                                    int scale);

#endif
