/* SPDX-License-Identifier: Apache-2.0
 * Statistics on plain arrays: what the rows' definitions are made of. Pure, no allocation: where an
 * order is needed the array is sorted in place, or the caller gives room for a copy.
 *
 * Too few values, or a spread of zero, gives TL_NAN (a row then says n/a), never a made-up number.
 * Moments divide by n, as the definitions of the scorecard do. */
#ifndef TL_SCORE_ESTIMATE_H
#define TL_SCORE_ESTIMATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TL_NAN __builtin_nan("") /* without <math.h> */
#define TL_INF __builtin_inf()

static inline bool tl_is_finite(double x)
{
    return x - x == 0;
}

/* ---- one array ---- */

double tl_mean(const double *x, size_t n);
double tl_variance(const double *x, size_t n);        /* divides by n */
double tl_skew(const double *x, size_t n);            /* m3 / m2^1.5 */
double tl_excess_kurtosis(const double *x, size_t n); /* m4 / m2^2 - 3 */
double tl_rms(const double *x, size_t n);             /* about zero */
void tl_sort(double *x, size_t n);                    /* ascending; finite values */
double tl_quantile_sorted(const double *x, size_t n,
                          double p);            /* linear between order statistics */
double tl_median_in_place(double *x, size_t n); /* sorts x */

/* Hill's tail exponent of the k largest of n positive values, sorted ascending by the call:
 * alpha = k / sum ln(x_(i) / x_(k+1)). Source: Hill 1975. */
double tl_hill_in_place(double *x, size_t n, size_t k);

/* Autocorrelation at one lag about the array's mean, dividing by n (biased, as is usual). */
double tl_autocorrelation(const double *x, size_t n, size_t lag);
/* The same for pairs that must not straddle blocks (sessions of `block` values each). */
double tl_autocorrelation_blocks(const double *x, size_t n, size_t block, size_t lag);

/* Gini coefficient of values >= 0, sorted ascending by the call: 0 all alike, 1 one has all. */
double tl_gini_in_place(double *x, size_t n);

/* Fano factor var / mean of the counts. */
double tl_fano(const double *counts, size_t n);

/* ---- two arrays ---- */

struct tl_line_fit {
    double slope, intercept, r2;
    size_t n;
};

double tl_correlation(const double *x, const double *y, size_t n);
struct tl_line_fit tl_ols(const double *x, const double *y, size_t n); /* y on x */
/* y on x in logs; pairs with a value <= 0 are left out. */
struct tl_line_fit tl_ols_loglog(const double *x, const double *y, size_t n);
/* The exponent b of y ~ lag^-b over lags 1..n (y[0] is lag 1): means over bins that grow by a
 * quarter, so that the many long lags do not decide alone, then a line in logs. Bins whose mean is
 * not positive are left out. */
double tl_decay_exponent(const double *y, size_t n);
/* Spearman's rank correlation, ties by mean rank. scratch: [3 n]. */
double tl_spearman(const double *x, const double *y, size_t n, double *scratch);

/* ---- one value after another ---- */

/* Running sums of one quantity about a shift near its mean; zeroed is empty. */
struct tl_moments {
    double n, shift, s1, s2, s3, s4;
};
void tl_moments_add(struct tl_moments *moments, double x);
double tl_moments_mean(const struct tl_moments *moments);
double tl_moments_variance(const struct tl_moments *moments);
double tl_moments_skew(const struct tl_moments *moments);
double tl_moments_excess_kurtosis(const struct tl_moments *moments);

/* Running sums of pairs; zeroed is empty. */
struct tl_pairs {
    double n, shift_x, shift_y, x, y, xx, yy, xy;
};
void tl_pairs_add(struct tl_pairs *pairs, double x, double y);
double tl_pairs_correlation(const struct tl_pairs *pairs);
struct tl_line_fit tl_pairs_fit(const struct tl_pairs *pairs);

#endif
