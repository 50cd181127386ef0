/* SPDX-License-Identifier: Apache-2.0
 * Weighted histograms; see the header. */
#include "score/bins.h"

#include "base/math.h"
#include "score/estimate.h"

static double place(const struct tl_bins_axis *axis, double x)
{
    if (!axis->logarithmic) return (x - axis->low) / (axis->high - axis->low);
    if (!(x > axis->low)) return 0;
    return tl_log(x / axis->low) / tl_log(axis->high / axis->low);
}

uint32_t tl_bins_index(const struct tl_bins_axis *axis, double x)
{
    double at = tl_clamp(place(axis, x) * (double)axis->count, 0, (double)axis->count - 1);
    return (uint32_t)at;
}

double tl_bins_edge(const struct tl_bins_axis *axis, uint32_t index)
{
    double at = (double)index / (double)axis->count;
    if (!axis->logarithmic) return axis->low + at * (axis->high - axis->low);
    return axis->low * tl_exp(at * tl_log(axis->high / axis->low));
}

void tl_bins_add(const struct tl_bins_axis *axis, double *counts, double x, double weight)
{
    counts[tl_bins_index(axis, x)] += weight;
}

double tl_bins_total(const struct tl_bins_axis *axis, const double *counts)
{
    double total = 0;
    for (uint32_t i = 0; i < axis->count; i++)
        total += counts[i];
    return total;
}

double tl_bins_quantile(const struct tl_bins_axis *axis, const double *counts, double p)
{
    double total = tl_bins_total(axis, counts), left = p * total;
    if (!(total > 0)) return TL_NAN;
    for (uint32_t i = 0; i < axis->count; i++) {
        if (left <= counts[i] && counts[i] > 0) {
            double low = tl_bins_edge(axis, i), high = tl_bins_edge(axis, i + 1);
            return low + (high - low) * left / counts[i];
        }
        left -= counts[i];
    }
    return axis->high;
}
