/* SPDX-License-Identifier: Apache-2.0
 * Plots of returns: tails, memory, shapes of the day, signature plot, Epps curve. Reference points
 * are the scorecard's [R] values of SPY and NVDA. Several blocks of sessions: of the first. */
#include "score/returns_curves.h"

#include "base/math.h"
#include "score/estimate.h"
#include "score/returns_rows.h"

#define MINUTES TL_RETURN_MINUTES
#define BUCKETS 13
#define TAIL_POINTS 60

static const double SPY_VOL[BUCKETS] = {1.55, 1.47, 1.16, 1.03, .88, .83, .76,
                                        .85,  .72,  .99,  .83,  .88, 1.05};
static const double NVDA_VOL[BUCKETS] = {2.17, 1.59, 1.30, 1.06, .87, .79, .73,
                                         .70,  .66,  .89,  .73,  .72, .80};
static const double SPY_VOLUME[BUCKETS] = {11.8, 9.2, 7.5, 6.6, 5.8, 5.2, 4.8,
                                           4.8,  4.7, 6.0, 5.9, 7.3, 20.5};
static const double NVDA_VOLUME[BUCKETS] = {22.3, 11.7, 9.3, 7.4, 6.2, 4.9, 4.8,
                                            5.3,  3.7,  4.4, 4.3, 5.1, 10.5};

/* The median over a group's names of one value. */
typedef double value_of(const struct tl_score_returns *returns, uint32_t sym, int argument);

static double group_median(const struct tl_score_returns *returns, enum tl_returns_names group,
                           value_of *value, int argument)
{
    double values[TL_SCORE_NAMES_MAX];
    size_t n = 0;
    for (uint32_t i = 0; i < returns->count; i++) {
        if (!tl_returns_named(group, &returns->symbols[i]) || tl_returns_n(returns, i) == 0)
            continue;
        double x = value(returns, i, argument);
        if (tl_is_finite(x)) values[n++] = x;
    }
    return tl_median_in_place(values, n);
}

/* P(|z| > x) of returns over their sd, at the ranks that are evenly spread in logs. */
static void put_tail(const struct tl_score_returns *returns, uint32_t sym,
                     struct tl_curve_line *line)
{
    double *z = returns->work;
    size_t n = tl_returns_series(returns, sym, 1, z);
    double sd = tl_rms(z, n);
    if (n < 100 || !(sd > 0)) return;
    for (size_t i = 0; i < n; i++)
        z[i] = tl_abs(z[i]) / sd;
    tl_sort(z, n);
    double rank = 1, step = tl_pow((double)n, 1.0 / TAIL_POINTS);
    for (size_t last = 0; rank < (double)n; rank *= step) {
        if ((size_t)rank == last) continue;
        last = (size_t)rank;
        tl_score_curve_point(line, z[n - last], (double)last / (double)n);
    }
}

static void tail_curves(const struct tl_score_returns *returns, struct tl_score_curves *curves)
{
    static const char *const names[] = {"SPY", "NVDA", "TSLA", "JPM", "KO"};
    struct tl_score_curve *plot = tl_score_curve(curves, "tails", "Tails of one-minute returns",
                                                 "absolute return / its sd", "P(larger)");
    tl_score_curve_axes(plot, TL_AXIS_LOG, TL_AXIS_LOG);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int32_t sym = tl_returns_find(returns, names[i]);
        if (sym >= 0)
            put_tail(returns, (uint32_t)sym,
                     tl_score_curve_line(plot, returns->symbols[sym].ticker, TL_STYLE_DOTS));
    }
    struct tl_curve_line *normal = tl_score_curve_reference(plot, "normal", TL_STYLE_LINE);
    for (double x = 0.1; x < 4.6; x *= 1.1)
        tl_score_curve_point(normal, x, 2 * tl_norm_cdf(-x));
}

static void memory_line(const struct tl_score_returns *returns, struct tl_curve_line *line,
                        const char *ticker, bool absolute)
{
    int32_t sym = tl_returns_find(returns, ticker);
    if (sym < 0) return;
    size_t n = tl_returns_deseasoned(returns, (uint32_t)sym, returns->work);
    for (size_t i = 0; i < n && absolute; i++)
        returns->work[i] = tl_abs(returns->work[i]);
    for (size_t lag = 1; lag <= MINUTES; lag += 1 + lag / 12)
        tl_score_curve_point(line, (double)lag, tl_autocorrelation(returns->work, n, lag));
}

static void memory_curves(const struct tl_score_returns *returns, struct tl_score_curves *curves)
{
    struct tl_score_curve *plot =
        tl_score_curve(curves, "memory", "Memory of absolute one-minute returns", "lag, minutes",
                       "autocorrelation");
    tl_score_curve_axes(plot, TL_AXIS_LOG, TL_AXIS_LINEAR);
    struct tl_curve_line *band = tl_score_curve_band(plot, "measured range");
    tl_score_curve_range(band, 1, 0.10, 0.25);
    tl_score_curve_range(band, 60, 0.05, 0.17);
    tl_score_curve_range(band, 390, 0.02, 0.10);
    memory_line(returns, tl_score_curve_line(plot, "SPY", TL_STYLE_LINE), "SPY", true);
    memory_line(returns, tl_score_curve_line(plot, "NVDA", TL_STYLE_LINE), "NVDA", true);
    memory_line(returns, tl_score_curve_line(plot, "JPM", TL_STYLE_LINE), "JPM", true);
    plot = tl_score_curve(curves, "linear", "No memory of signed one-minute returns",
                          "lag, minutes", "autocorrelation");
    tl_score_curve_axes(plot, TL_AXIS_LOG, TL_AXIS_LINEAR);
    band = tl_score_curve_band(plot, "band of lag 1");
    tl_score_curve_range(band, 1, -0.05, 0.05);
    tl_score_curve_range(band, 390, -0.05, 0.05);
    memory_line(returns, tl_score_curve_line(plot, "SPY", TL_STYLE_LINE), "SPY", false);
    memory_line(returns, tl_score_curve_line(plot, "NVDA", TL_STYLE_LINE), "NVDA", false);
}

static void shape_line(const struct tl_score_returns *returns, struct tl_score_curve *plot,
                       const char *label, enum tl_returns_names group, value_of *value)
{
    struct tl_curve_line *line = tl_score_curve_line(plot, label, TL_STYLE_LINE);
    for (int b = 0; b < BUCKETS; b++)
        tl_score_curve_point(line, 9.75 + b * 0.5, group_median(returns, group, value, b));
}

static void shape_reference(struct tl_score_curve *plot, const char *label, const double *values)
{
    struct tl_curve_line *line = tl_score_curve_reference(plot, label, TL_STYLE_DOTS);
    for (int b = 0; b < BUCKETS; b++)
        tl_score_curve_point(line, 9.75 + b * 0.5, values[b]);
}

static void shape_curves(const struct tl_score_returns *returns, struct tl_score_curves *curves)
{
    struct tl_score_curve *plot =
        tl_score_curve(curves, "day_volatility", "Volatility over the day", "New York time, hours",
                       "half hour / mean");
    shape_line(returns, plot, "index funds", TL_NAMES_FUND, tl_returns_vol_bucket);
    shape_line(returns, plot, "mega caps", TL_NAMES_MEGA, tl_returns_vol_bucket);
    shape_reference(plot, "SPY, real", SPY_VOL);
    shape_reference(plot, "NVDA, real", NVDA_VOL);
    plot = tl_score_curve(curves, "day_volume", "Stock volume over the day", "New York time, hours",
                          "% of the day");
    shape_line(returns, plot, "index funds", TL_NAMES_FUND, tl_returns_volume_bucket);
    shape_line(returns, plot, "mega caps", TL_NAMES_MEGA, tl_returns_volume_bucket);
    shape_reference(plot, "SPY, real (with cross)", SPY_VOLUME);
    shape_reference(plot, "NVDA, real", NVDA_VOLUME);
}

static void scale_curves(const struct tl_score_returns *returns, struct tl_score_curves *curves)
{
    static const double rv_s[TL_RV_COUNT] = {1, 5, 10, 30, 60, 300};
    static const double epps_s[TL_EPPS_COUNT] = {1, 10, 60, 300, 1800};
    struct tl_score_curve *plot =
        tl_score_curve(curves, "signature", "Signature plot of mids", "interval, s",
                       "realised variance / that at 5 min");
    tl_score_curve_axes(plot, TL_AXIS_LOG, TL_AXIS_LINEAR);
    struct tl_curve_line *band = tl_score_curve_band(plot, "band");
    tl_score_curve_range(band, 1, 1.0, 1.35);
    tl_score_curve_range(band, 300, 1.0, 1.35);
    struct tl_curve_line *line = tl_score_curve_line(plot, "median name", TL_STYLE_LINE);
    struct tl_curve_line *mega = tl_score_curve_line(plot, "mega caps", TL_STYLE_LINE);
    for (int i = 0; i < TL_RV_COUNT; i++) {
        tl_score_curve_point(line, rv_s[i],
                             group_median(returns, TL_NAMES_ALL, tl_returns_signature, i));
        tl_score_curve_point(mega, rv_s[i],
                             group_median(returns, TL_NAMES_MEGA, tl_returns_signature, i));
    }
    plot = tl_score_curve(curves, "epps", "Correlation with the index by interval", "interval, s",
                          "correlation");
    tl_score_curve_axes(plot, TL_AXIS_LOG, TL_AXIS_LINEAR);
    line = tl_score_curve_line(plot, "mega caps", TL_STYLE_LINE);
    mega = tl_score_curve_line(plot, "stocks", TL_STYLE_LINE);
    for (int i = 0; i < TL_EPPS_COUNT; i++) {
        tl_score_curve_point(line, epps_s[i],
                             group_median(returns, TL_NAMES_MEGA, tl_returns_index_correlation, i));
        tl_score_curve_point(
            mega, epps_s[i],
            group_median(returns, TL_NAMES_STOCK, tl_returns_index_correlation, i));
    }
}

void tl_score_returns_curves(struct tl_score_returns *returns, struct tl_score_curves *curves)
{
    struct tl_score_returns first = tl_returns_block(returns, 0);
    tail_curves(&first, curves);
    memory_curves(&first, curves);
    shape_curves(&first, curves);
    scale_curves(&first, curves);
}
