/* SPDX-License-Identifier: Apache-2.0
 * Panels on one-minute returns of mids: autocorrelation, tails, kurtosis by scale.
 *
 * Volatility's shape over the day is taken out of absolute returns and tails: each half hour by its
 * own root mean square, the mean over names, over that of all half hours (SCORECARD A.1 by minutes
 * over twenty days; a window of hours has no more than half hours to say).
 *
 * Bands: E1b, E2, E3, E4, E5 of the scorecard. A window of n minutes is measured about its own mean,
 * so it shows of an autocorrelation rho(k) about (rho(k) - m) / (1 - m), where m is the mean of rho
 * over the window (Kendall 1954; Marriott and Pope 1954). E5's band is moved by that, with rho(k)
 * falling as k^-0.15, the middle of E5's slope. */
#include "lab/panel_returns.h"

#include "base/math.h"

#define LAGS 60
#define TAIL_POINTS 48
#define SESSION_MINUTES 390

/* ---- the window ---- */

static size_t place(int64_t minute)
{
    return (size_t)(minute % TL_LAB_MINUTES);
}

static bool usable(const struct tl_lab *lab, int64_t minute)
{
    return lab->alive[place(minute)] && lab->alive[place(minute - 1)] &&
           !lab->opening[place(minute)];
}

/* The mid at the end of a minute, carried forward; 0: none yet. */
static int32_t mid_at(const struct tl_lab_name *name, int64_t minute)
{
    if (minute > name->minute) return name->last;
    return name->minute - minute < TL_LAB_MINUTES ? name->mids[place(minute)] : 0;
}

static double fill_returns(const struct tl_lab *lab, const struct tl_lab_work *work,
                           const struct tl_lab_name *name, double *r)
{
    double n = 0;
    for (uint32_t i = 0; i < work->minutes; i++) {
        int64_t minute = work->first_minute + i;
        int32_t before = mid_at(name, minute - 1), after = mid_at(name, minute);
        r[i] = TL_NAN;
        if (before <= 0 || after <= 0 || !usable(lab, minute)) continue;
        r[i] = tl_log((double)after / before);
        n++;
    }
    return n;
}

static double rms_of(const double *r, uint32_t n)
{
    double sum = 0, count = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!tl_is_finite(r[i])) continue;
        sum += r[i] * r[i];
        count++;
    }
    return count > 0 ? tl_sqrt(sum / count) : 0;
}

static void fill_shape(const struct tl_lab *lab, struct tl_lab_work *work)
{
    double square[TL_LAB_HALF_HOURS] = {0}, seen[TL_LAB_HALF_HOURS] = {0};
    for (int h = 0; h < TL_LAB_HALF_HOURS; h++)
        work->shape_n[h] = 0;
    for (uint32_t i = 0; i < work->minutes; i++) {
        int h = tl_lab_half_hour(lab, (work->first_minute + i) * 60);
        if (h < 0) continue;
        bool any = false;
        for (uint32_t k = 0; k < work->names; k++) {
            double z = work->r[k][i] / work->rms[k];
            if (!tl_is_finite(z)) continue;
            square[h] += z * z;
            seen[h]++;
            any = true;
        }
        work->shape_n[h] += any;
    }
    for (int h = 0; h < TL_LAB_HALF_HOURS; h++)
        work->shape[h] = work->shape_n[h] >= 15 ? tl_sqrt(square[h] / seen[h]) : 1;
}

void tl_lab_returns_prepare(const struct tl_lab *lab, struct tl_lab_work *work)
{
    int64_t last = work->now_ms / 60000 - 1; /* the newest whole minute */
    int64_t newest = lab->newest_ms / 60000;
    if (newest < last) last = newest;
    int64_t first = last - TL_LAB_MINUTES + 2;
    if (first < lab->first_minute + 1) first = lab->first_minute + 1;
    work->names = work->minutes = 0;
    work->first_minute = first;
    for (int h = 0; h < TL_LAB_HALF_HOURS; h++)
        work->shape[h] = 1, work->shape_n[h] = 0;
    if (lab->first_minute == 0 || last < first) return;
    work->minutes = (uint32_t)(last - first + 1);
    for (uint32_t i = 0; i < lab->name_count; i++) {
        double *r = work->r[work->names];
        if (fill_returns(lab, work, &lab->names[i], r) < TL_LAB_RETURNS_MIN) continue;
        work->rms[work->names] = rms_of(r, work->minutes);
        if (work->rms[work->names] <= 0) continue;
        work->name[work->names++] = i;
    }
    fill_shape(lab, work);
}

static double total(const struct tl_lab_work *work)
{
    double n = 0;
    for (uint32_t k = 0; k < work->names; k++)
        for (uint32_t i = 0; i < work->minutes; i++)
            n += tl_is_finite(work->r[k][i]);
    return n;
}

/* |r| over the shape of the day. */
static double level(const struct tl_lab *lab, const struct tl_lab_work *work, uint32_t k,
                    uint32_t i)
{
    int h = tl_lab_half_hour(lab, (work->first_minute + i) * 60);
    return tl_abs(work->r[k][i]) / (h < 0 ? 1 : work->shape[h]);
}

/* ---- memory ---- */

/* About the mean of the finite values; pairs with a gap between are left out. */
static double autocorrelation(const double *x, uint32_t n, uint32_t lag)
{
    double mean = 0, count = 0, square = 0, product = 0, pairs = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!tl_is_finite(x[i])) continue;
        mean += x[i];
        count++;
    }
    if (count < TL_LAB_RETURNS_MIN) return TL_NAN;
    mean /= count;
    for (uint32_t i = 0; i < n; i++) {
        if (!tl_is_finite(x[i])) continue;
        square += (x[i] - mean) * (x[i] - mean);
        if (i + lag >= n || !tl_is_finite(x[i + lag])) continue;
        product += (x[i] - mean) * (x[i + lag] - mean);
        pairs++;
    }
    if (square <= 0 || pairs < 20) return TL_NAN;
    return product / pairs / (square / count);
}

static double mean_autocorrelation(double (*x)[TL_LAB_MINUTES], uint32_t names, uint32_t n,
                                   uint32_t lag)
{
    double sum = 0, count = 0;
    for (uint32_t k = 0; k < names; k++) {
        double rho = autocorrelation(x[k], n, lag);
        if (!tl_is_finite(rho)) continue;
        sum += rho;
        count++;
    }
    return count > 0 ? sum / count : TL_NAN;
}

/* What a window of n shows of rho(1) = rho, falling as k^-0.15; see above. */
static double shown(double rho, uint32_t n)
{
    double sum = 0, weights = 0;
    for (uint32_t k = 1; k < n; k++) {
        sum += (n - k) * rho * tl_pow(k, -0.15);
        weights += n - k;
    }
    double mean = weights > 0 ? sum / weights : 0;
    return (rho - mean) / (1 - mean);
}

void tl_lab_panel_memory(const struct tl_lab *lab, struct tl_lab_work *work, struct tl_text *out)
{
    double lags[LAGS], signed_rho[LAGS], level_rho[LAGS], high[LAGS], low[LAGS];
    double(*levels)[TL_LAB_MINUTES] = (double(*)[TL_LAB_MINUTES])work->scratch;
    for (uint32_t k = 0; k < work->names; k++)
        for (uint32_t i = 0; i < work->minutes; i++)
            levels[k][i] = level(lab, work, k, i);
    double n = work->names ? total(work) / work->names : 0;
    for (uint32_t lag = 1; lag <= LAGS; lag++) {
        lags[lag - 1] = lag;
        signed_rho[lag - 1] = mean_autocorrelation(work->r, work->names, work->minutes, lag);
        level_rho[lag - 1] = mean_autocorrelation(levels, work->names, work->minutes, lag);
        high[lag - 1] = n > 0 ? 1.96 / tl_sqrt(n) : TL_NAN;
        low[lag - 1] = -high[lag - 1];
    }
    struct tl_panel_number numbers[] = {{"returns, lag 1", signed_rho[0], -0.05, 0.05, n, 120},
                                        {"absolute returns, lag 1", level_rho[0],
                                         shown(0.10, work->minutes), shown(0.25, work->minutes), n,
                                         240}};
    struct tl_panel panel = {
        .out = out,
        .id = "memory",
        .title = "Memory of returns",
        .what = "Returns do not foretell each other, their size does, for hours.",
        .sample = "one-minute returns of mids a name, means over names",
        .n = n,
        .note =
            "The band of absolute returns is E5's less what a window of this length cannot see."};
    tl_panel_open(&panel, work, numbers, 2);
    tl_panel_set_open(out, &(struct tl_panel_set){.name = "all names",
                                                  .x_label = "lag, minutes",
                                                  .y_label = "autocorrelation",
                                                  .x = lags,
                                                  .count = LAGS});
    tl_panel_series(out, "returns", "line", signed_rho, LAGS);
    tl_panel_series(out, "absolute returns", "line", level_rho, LAGS);
    tl_panel_series(out, "95 % of one name without memory", "edge", high, LAGS);
    tl_panel_series(out, "95 %, lower", "edge", low, LAGS);
    tl_panel_set_close(out);
    tl_panel_close(out);
}

/* ---- tails ---- */

void tl_lab_panel_tail(const struct tl_lab *lab, struct tl_lab_work *work, struct tl_text *out)
{
    double x[TAIL_POINTS], seen[TAIL_POINTS], normal[TAIL_POINTS];
    double *z = work->scratch;
    size_t n = 0, count = 0;
    for (uint32_t k = 0; k < work->names; k++)
        for (uint32_t i = 0; i < work->minutes; i++) {
            double value = level(lab, work, k, i) / work->rms[k];
            if (tl_is_finite(value) && value > 0) z[n++] = value;
        }
    double hill = n >= 500 ? tl_hill_in_place(z, n, n / 100) : TL_NAN; /* sorts */
    if (n < 500) tl_sort(z, n);
    /* Points evenly in the logarithm, from half a standard deviation to the largest. */
    double top = n ? z[n - 1] : 1, step = top > 0.5 ? tl_log(top / 0.5) / (TAIL_POINTS - 1) : 0;
    for (size_t p = 0, i = 0; p < TAIL_POINTS && n > 0 && step > 0; p++) {
        x[count] = 0.5 * tl_exp(step * (double)p);
        while (i < n && z[i] < x[count] * (1 - 1e-12))
            i++;
        seen[count] = (double)(n - i) / (double)n;
        double beyond = 2 * tl_norm_cdf(-x[count]);
        normal[count] = beyond >= 0.1 / (double)n ? beyond : TL_NAN; /* below: off the picture */
        if (seen[count] > 0) count++;
    }
    struct tl_panel_number numbers[] = {
        {"tail exponent, largest 1 %", hill, 3.5, 6.5, (double)n, 3000}};
    struct tl_panel panel = {
        .out = out,
        .id = "tail",
        .title = "Tail of returns",
        .what = "Large moves are far more frequent than a normal law's: a power of their size.",
        .sample = "one-minute returns of all names, each over its own standard deviation",
        .n = (double)n};
    tl_panel_open(&panel, work, numbers, 1);
    tl_panel_set_open(out,
                      &(struct tl_panel_set){.name = "all names",
                                             .x_label = "size of the move, standard deviations",
                                             .y_label = "share of moves at least as large",
                                             .x = x,
                                             .count = count,
                                             .x_log = true,
                                             .y_log = true});
    tl_panel_series(out, "this tape", "dots", seen, count);
    tl_panel_series(out, "normal law", "line", normal, count);
    tl_panel_set_close(out);
    tl_panel_close(out);
}

/* ---- kurtosis ---- */

/* Excess kurtosis of sums of `scale` returns that follow each other, from minute `from` on. */
static double kurtosis_at(const double *r, uint32_t from, uint32_t n, uint32_t scale)
{
    struct tl_moments moments = {0};
    for (uint32_t i = from; i + scale <= n; i += scale) {
        double sum = 0;
        for (uint32_t j = 0; j < scale; j++)
            sum += r[i + j];
        if (tl_is_finite(sum)) tl_moments_add(&moments, sum);
    }
    return moments.n >= 12 ? tl_moments_excess_kurtosis(&moments) : TL_NAN;
}

static double median_kurtosis(struct tl_lab_work *work, uint32_t from, uint32_t scale)
{
    double values[TL_LAB_NAMES];
    size_t count = 0;
    for (uint32_t k = 0; k < work->names; k++) {
        double value = kurtosis_at(work->r[k], from, work->minutes, scale);
        if (tl_is_finite(value)) values[count++] = value;
    }
    return count ? tl_median_in_place(values, count) : TL_NAN;
}

void tl_lab_panel_kurtosis(const struct tl_lab *lab, struct tl_lab_work *work, struct tl_text *out)
{
    static const double scales[] = {1, 2, 3, 5, 10, 15, 30};
    enum { SCALES = sizeof scales / sizeof *scales };
    double values[SCALES];
    (void)lab;
    uint32_t day = work->minutes > SESSION_MINUTES ? work->minutes - SESSION_MINUTES : 0;
    for (size_t i = 0; i < SCALES; i++)
        values[i] = median_kurtosis(work, 0, (uint32_t)scales[i]);
    double n = work->minutes - day;
    struct tl_panel_number numbers[] = {
        {"1 minute, the last session's length", median_kurtosis(work, day, 1), 1.5, 4, n, 240},
        {"30 minutes over 1 minute", values[SCALES - 1] / values[0], -TL_INF, 1, work->minutes,
         SESSION_MINUTES}};
    struct tl_panel panel = {
        .out = out,
        .id = "kurtosis",
        .title = "Kurtosis by scale",
        .what = "Returns come closer to a normal law the longer they are.",
        .sample = "minutes a name; medians over names",
        .n = work->minutes,
        .note = "Few long returns fit into the window: their kurtosis is measured too low."};
    tl_panel_open(&panel, work, numbers, 2);
    tl_panel_set_open(out, &(struct tl_panel_set){.name = "all names",
                                                  .x_label = "length of the return, minutes",
                                                  .y_label = "excess kurtosis",
                                                  .x = scales,
                                                  .count = SCALES,
                                                  .x_log = true});
    tl_panel_series(out, "excess kurtosis", "dots", values, SCALES);
    tl_panel_set_close(out);
    tl_panel_close(out);
}
