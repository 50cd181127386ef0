/* SPDX-License-Identifier: Apache-2.0
 * Statistics on plain arrays; the definitions stand in the header. Sums are of deviations from the
 * mean (two passes), so that small returns on large levels keep their digits. */
#include "score/estimate.h"

#include "base/math.h"

/* ---- one array ---- */

double tl_mean(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return n ? sum / (double)n : TL_NAN;
}

struct central {
    double m2, m3, m4;
};

static struct central central_of(const double *x, size_t n)
{
    struct central c = {0, 0, 0};
    double mean = tl_mean(x, n);
    for (size_t i = 0; i < n; i++) {
        double d = x[i] - mean, dd = d * d;
        c.m2 += dd;
        c.m3 += dd * d;
        c.m4 += dd * dd;
    }
    double count = (double)n;
    return (struct central){c.m2 / count, c.m3 / count, c.m4 / count};
}

double tl_variance(const double *x, size_t n)
{
    return n ? central_of(x, n).m2 : TL_NAN;
}

double tl_skew(const double *x, size_t n)
{
    struct central c = central_of(x, n);
    return n > 2 && c.m2 > 0 ? c.m3 / (c.m2 * tl_sqrt(c.m2)) : TL_NAN;
}

double tl_excess_kurtosis(const double *x, size_t n)
{
    struct central c = central_of(x, n);
    return n > 3 && c.m2 > 0 ? c.m4 / (c.m2 * c.m2) - 3.0 : TL_NAN;
}

double tl_rms(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    return n ? tl_sqrt(sum / (double)n) : TL_NAN;
}

static void sift(double *x, size_t root, size_t n)
{
    double value = x[root];
    for (size_t child; (child = 2 * root + 1) < n; root = child) {
        if (child + 1 < n && x[child + 1] > x[child]) child++;
        if (!(x[child] > value)) break;
        x[root] = x[child];
    }
    x[root] = value;
}

/* Heap sort: no memory, no recursion, n log n in the worst case. */
void tl_sort(double *x, size_t n)
{
    for (size_t i = n / 2; i > 0; i--)
        sift(x, i - 1, n);
    for (size_t end = n; end > 1; end--) {
        double top = x[0];
        x[0] = x[end - 1];
        x[end - 1] = top;
        sift(x, 0, end - 1);
    }
}

double tl_quantile_sorted(const double *x, size_t n, double p)
{
    if (n == 0) return TL_NAN;
    double place = tl_clamp(p, 0, 1) * (double)(n - 1);
    size_t low = (size_t)place;
    if (low + 1 >= n) return x[n - 1];
    return x[low] + (place - (double)low) * (x[low + 1] - x[low]);
}

double tl_median_in_place(double *x, size_t n)
{
    tl_sort(x, n);
    return tl_quantile_sorted(x, n, 0.5);
}

double tl_hill_in_place(double *x, size_t n, size_t k)
{
    if (k < 2 || k >= n) return TL_NAN;
    tl_sort(x, n);
    double edge = x[n - 1 - k], sum = 0;
    if (!(edge > 0)) return TL_NAN;
    for (size_t i = n - k; i < n; i++)
        sum += tl_log(x[i] / edge);
    return sum > 0 ? (double)k / sum : TL_NAN;
}

double tl_autocorrelation(const double *x, size_t n, size_t lag)
{
    return tl_autocorrelation_blocks(x, n, n, lag);
}

double tl_autocorrelation_blocks(const double *x, size_t n, size_t block, size_t lag)
{
    if (block == 0 || lag >= block || n < 2) return TL_NAN;
    double mean = tl_mean(x, n), zero = 0, sum = 0;
    size_t pairs = 0;
    for (size_t i = 0; i < n; i++)
        zero += (x[i] - mean) * (x[i] - mean);
    for (size_t start = 0; start < n; start += block) {
        size_t end = start + block < n ? start + block : n;
        for (size_t i = start; i + lag < end; i++, pairs++)
            sum += (x[i] - mean) * (x[i + lag] - mean);
    }
    if (!(zero > 0) || pairs == 0) return TL_NAN;
    /* One block: divides by n, not by its pairs; blocks: by their pairs, which are far fewer. */
    double count = block >= n ? (double)n : (double)pairs;
    return sum / count / (zero / (double)n);
}

double tl_gini_in_place(double *x, size_t n)
{
    tl_sort(x, n);
    double sum = 0, ranked = 0;
    for (size_t i = 0; i < n; i++) {
        sum += x[i];
        ranked += (double)(i + 1) * x[i];
    }
    double count = (double)n;
    return sum > 0 ? 2.0 * ranked / (count * sum) - (count + 1.0) / count : TL_NAN;
}

double tl_fano(const double *counts, size_t n)
{
    double mean = tl_mean(counts, n);
    return n > 1 && mean > 0 ? tl_variance(counts, n) / mean : TL_NAN;
}

/* ---- two arrays ---- */

double tl_correlation(const double *x, const double *y, size_t n)
{
    struct tl_pairs pairs = {0};
    for (size_t i = 0; i < n; i++)
        tl_pairs_add(&pairs, x[i], y[i]);
    return tl_pairs_correlation(&pairs);
}

struct tl_line_fit tl_ols(const double *x, const double *y, size_t n)
{
    struct tl_pairs pairs = {0};
    for (size_t i = 0; i < n; i++)
        tl_pairs_add(&pairs, x[i], y[i]);
    return tl_pairs_fit(&pairs);
}

struct tl_line_fit tl_ols_loglog(const double *x, const double *y, size_t n)
{
    struct tl_pairs pairs = {0};
    for (size_t i = 0; i < n; i++)
        if (x[i] > 0 && y[i] > 0) tl_pairs_add(&pairs, tl_log(x[i]), tl_log(y[i]));
    return tl_pairs_fit(&pairs);
}

double tl_decay_exponent(const double *y, size_t n)
{
    struct tl_pairs pairs = {0};
    for (size_t first = 1; first <= n;) {
        size_t end = first + (first + 3) / 4; /* [first, end) */
        if (end > n + 1) end = n + 1;
        double sum = 0, logs = 0;
        for (size_t lag = first; lag < end; lag++) {
            sum += y[lag - 1];
            logs += tl_log((double)lag);
        }
        double count = (double)(end - first);
        if (sum > 0) tl_pairs_add(&pairs, logs / count, tl_log(sum / count));
        first = end;
    }
    return -tl_pairs_fit(&pairs).slope;
}

/* How many of the sorted values are below (or, equal: at or below) a value. */
static size_t count_below(const double *sorted, size_t n, double value, bool equal)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (sorted[mid] < value || (equal && sorted[mid] == value))
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static void ranks(const double *x, size_t n, double *sorted, double *rank)
{
    for (size_t i = 0; i < n; i++)
        sorted[i] = x[i];
    tl_sort(sorted, n);
    for (size_t i = 0; i < n; i++)
        rank[i] = 0.5 * (double)(count_below(sorted, n, x[i], false) +
                                 count_below(sorted, n, x[i], true) + 1);
}

double tl_spearman(const double *x, const double *y, size_t n, double *scratch)
{
    ranks(x, n, scratch, scratch + n);
    ranks(y, n, scratch, scratch + 2 * n);
    return tl_correlation(scratch + n, scratch + 2 * n, n);
}

/* ---- one value after another ---- */

void tl_moments_add(struct tl_moments *moments, double x)
{
    if (moments->n == 0) moments->shift = x;
    double d = x - moments->shift, dd = d * d;
    moments->n += 1;
    moments->s1 += d;
    moments->s2 += dd;
    moments->s3 += dd * d;
    moments->s4 += dd * dd;
}

static struct central moments_central(const struct tl_moments *moments)
{
    double n = moments->n, a = moments->s1 / n, b = moments->s2 / n, c = moments->s3 / n,
           d = moments->s4 / n;
    return (struct central){b - a * a, c - 3 * a * b + 2 * a * a * a,
                            d - 4 * a * c + 6 * a * a * b - 3 * a * a * a * a};
}

double tl_moments_mean(const struct tl_moments *moments)
{
    return moments->n > 0 ? moments->shift + moments->s1 / moments->n : TL_NAN;
}

double tl_moments_variance(const struct tl_moments *moments)
{
    return moments->n > 0 ? tl_max(0, moments_central(moments).m2) : TL_NAN;
}

double tl_moments_skew(const struct tl_moments *moments)
{
    struct central c = moments_central(moments);
    return moments->n > 2 && c.m2 > 0 ? c.m3 / (c.m2 * tl_sqrt(c.m2)) : TL_NAN;
}

double tl_moments_excess_kurtosis(const struct tl_moments *moments)
{
    struct central c = moments_central(moments);
    return moments->n > 3 && c.m2 > 0 ? c.m4 / (c.m2 * c.m2) - 3.0 : TL_NAN;
}

void tl_pairs_add(struct tl_pairs *pairs, double x, double y)
{
    if (pairs->n == 0) {
        pairs->shift_x = x;
        pairs->shift_y = y;
    }
    x -= pairs->shift_x;
    y -= pairs->shift_y;
    pairs->n += 1;
    pairs->x += x;
    pairs->y += y;
    pairs->xx += x * x;
    pairs->yy += y * y;
    pairs->xy += x * y;
}

struct products {
    double xx, yy, xy;
};

static struct products products_of(const struct tl_pairs *pairs)
{
    double n = pairs->n;
    return (struct products){pairs->xx - pairs->x * pairs->x / n,
                             pairs->yy - pairs->y * pairs->y / n,
                             pairs->xy - pairs->x * pairs->y / n};
}

double tl_pairs_correlation(const struct tl_pairs *pairs)
{
    if (pairs->n < 3) return TL_NAN;
    struct products s = products_of(pairs);
    return s.xx > 0 && s.yy > 0 ? s.xy / (tl_sqrt(s.xx) * tl_sqrt(s.yy)) : TL_NAN;
}

struct tl_line_fit tl_pairs_fit(const struct tl_pairs *pairs)
{
    struct tl_line_fit fit = {TL_NAN, TL_NAN, TL_NAN, (size_t)pairs->n};
    if (pairs->n < 2) return fit;
    struct products s = products_of(pairs);
    if (!(s.xx > 0)) return fit;
    fit.slope = s.xy / s.xx;
    fit.intercept =
        pairs->shift_y + pairs->y / pairs->n - fit.slope * (pairs->shift_x + pairs->x / pairs->n);
    fit.r2 = s.yy > 0 ? s.xy * s.xy / (s.xx * s.yy) : TL_NAN;
    return fit;
}
