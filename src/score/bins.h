/* SPDX-License-Identifier: Apache-2.0
 * Weighted histograms in fixed memory, for distributions too large to keep: the caller owns the
 * counts, an axis says what they mean. Values beyond an end fall into the end's bin. A quantile is
 * exact to a bin's width. */
#ifndef TL_SCORE_BINS_H
#define TL_SCORE_BINS_H

#include <stdbool.h>
#include <stdint.h>

struct tl_bins_axis {
    double low, high; /* low < high; of a logarithmic axis low > 0 */
    uint32_t count;   /* bins, equal in x or in ln x */
    bool logarithmic;
};

uint32_t tl_bins_index(const struct tl_bins_axis *axis, double x);
double tl_bins_edge(const struct tl_bins_axis *axis, uint32_t index); /* lower edge of a bin */
void tl_bins_add(const struct tl_bins_axis *axis, double *counts, double x, double weight);
double tl_bins_total(const struct tl_bins_axis *axis, const double *counts);
/* TL_NAN when empty. Linear within the bin. */
double tl_bins_quantile(const struct tl_bins_axis *axis, const double *counts, double p);

#endif
