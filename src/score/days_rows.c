/* SPDX-License-Identifier: Apache-2.0
 * The daily rows: estimators and bands after SCORECARD A.1 (E2, E3, E5, E6, E7, E13) and A.5 (O30 to
 * O33) with the corrections of its section 0.
 *
 * Limits: on one block of 5000 days, the twenty years that the measured kurtosis, tail and memory are
 * of, the leverage L(1) of the index has a standard error near 6 and the exponent of memory one near
 * .07; on 1000 days twice as much, as the median of nine blocks less than half. */
#include "score/days_rows.h"

#include "base/math.h"
#include "score/estimate.h"

#define DAYS_MIN 500
#define PASSAGE 0.05 /* of the inverse statistics */
#define RV_DAYS 21
#define SQRT_YEAR 15.874507866387544 /* sqrt 252 */

typedef double day_value(const struct tl_score_days *days, uint32_t sym, int argument);

static size_t returns_of(const struct tl_score_days *days, uint32_t sym, double *r)
{
    const double *close = days->close + (size_t)sym * days->days;
    for (uint32_t t = 1; t < days->days; t++)
        r[t - 1] = close[t] - close[t - 1];
    return days->days > 0 ? days->days - 1 : 0;
}

static double stock_median(const struct tl_score_days *days, day_value *value, int argument)
{
    double values[TL_SCORE_NAMES_MAX];
    size_t n = 0;
    for (uint32_t i = 0; i < days->count; i++) {
        double x = days->symbols[i].is_etf ? TL_NAN : value(days, i, argument);
        if (tl_is_finite(x)) values[n++] = x;
    }
    return tl_median_in_place(values, n);
}

/* One number of a row: of the index, the median over stocks, or one of all stocks together. */
enum whose { INDEX, STOCKS, POOLED };
struct band {
    const char *label;
    enum whose whose;
    day_value *value;
    int argument;
    double low, high;
};

static double value_of(const struct tl_score_days *days, const struct band *band)
{
    if (band->whose == STOCKS) return stock_median(days, band->value, band->argument);
    if (band->whose == POOLED) return band->value(days, 0, band->argument);
    if (days->index < 0) return TL_NAN;
    return band->value(days, (uint32_t)days->index, band->argument);
}

/* Puts the median over the blocks. */
static void put_bands(const struct tl_score_days *days, struct tl_score_row *row,
                      const struct band *bands, size_t count)
{
    double before = row->n_min;
    row->n_min = DAYS_MIN;
    for (size_t i = 0; i < count; i++) {
        const struct band *band = &bands[i];
        double values[TL_DAYS_BLOCKS_MAX];
        size_t n = 0;
        for (uint32_t b = 0; b < days->blocks; b++) {
            struct tl_score_days block = tl_score_days_block(days, b);
            double x = value_of(&block, band);
            if (tl_is_finite(x)) values[n++] = x;
        }
        tl_score_put(row, band->label, tl_median_in_place(values, n), band->low, band->high,
                     (double)days->days * days->blocks);
    }
    row->n_min = before;
}

#define PUT_BANDS(days, row, bands) put_bands(days, row, bands, sizeof bands / sizeof *bands)

/* ---- stock prices ---- */

static double kurtosis(const struct tl_score_days *days, uint32_t sym, int unused)
{
    (void)unused;
    return tl_excess_kurtosis(days->work, returns_of(days, sym, days->work));
}

static double skew(const struct tl_score_days *days, uint32_t sym, int unused)
{
    (void)unused;
    return tl_skew(days->work, returns_of(days, sym, days->work));
}

static size_t abs_returns(const struct tl_score_days *days, uint32_t sym)
{
    size_t n = returns_of(days, sym, days->work);
    for (size_t i = 0; i < n; i++)
        days->work[i] = tl_abs(days->work[i]);
    return n;
}

/* Tail exponent of the top 2.5 %. */
static double hill(const struct tl_score_days *days, uint32_t sym, int unused)
{
    (void)unused;
    size_t n = abs_returns(days, sym);
    return tl_hill_in_place(days->work, n, n / 40);
}

static double memory_exponent(const struct tl_score_days *days, uint32_t sym, int lags)
{
    double acf[128];
    size_t n = abs_returns(days, sym);
    for (int lag = 1; lag <= lags && lag <= 128; lag++)
        acf[lag - 1] = tl_autocorrelation(days->work, n, (size_t)lag);
    return tl_decay_exponent(acf, (size_t)lags);
}

double tl_score_days_leverage(const struct tl_score_days *days, uint32_t sym, int lag)
{
    size_t n = returns_of(days, sym, days->work);
    const double *r = days->work;
    double sum = 0, square = 0;
    for (size_t t = 0; t < n; t++)
        square += r[t] * r[t] / (double)n;
    for (size_t t = 0; t + (size_t)lag < n; t++)
        sum += r[t] * r[t + (size_t)lag] * r[t + (size_t)lag];
    return n > (size_t)lag ? sum / (double)(n - (size_t)lag) / (square * square) : TL_NAN;
}

/* Median days until the log price has moved by `move`; starts that never see it count as never. */
static double passage_days(const struct tl_score_days *days, uint32_t sym, double move)
{
    const double *close = days->close + (size_t)sym * days->days;
    double *waits = days->work;
    for (uint32_t t = 0; t < days->days; t++) {
        uint32_t k = t + 1;
        while (k < days->days &&
               (move > 0 ? close[k] - close[t] < move : close[k] - close[t] > move))
            k++;
        waits[t] = k < days->days ? (double)(k - t) : 1e9;
    }
    double median = tl_median_in_place(waits, days->days);
    return median < 1e9 ? median : TL_NAN;
}

static double passage_ratio(const struct tl_score_days *days, uint32_t sym, int unused)
{
    (void)unused;
    return passage_days(days, sym, -PASSAGE) / passage_days(days, sym, PASSAGE);
}

static double overnight_share(const struct tl_score_days *days, uint32_t sym, int unused)
{
    (void)unused;
    const double *open = days->open + (size_t)sym * days->days;
    const double *close = days->close + (size_t)sym * days->days;
    struct tl_moments night = {0}, whole = {0};
    for (uint32_t t = 1; t < days->days; t++) {
        tl_moments_add(&night, open[t] - close[t - 1]);
        tl_moments_add(&whole, close[t] - close[t - 1]);
    }
    return tl_moments_variance(&night) / tl_moments_variance(&whole);
}

/* [R] SPY daily: kurtosis 9.1 (1998-2021), Hill 3.2, beta .34, L(1) -28, skew -.35. E13 is [K]; the
 * stocks' band is the one with earnings, which the skeleton has. */
static void put_prices(const struct tl_score_days *days, struct tl_score_report *report)
{
    static const struct band e2[] = {{"1 day, index", INDEX, kurtosis, 0, 6, 12}};
    static const struct band e3[] = {{"1 day, index", INDEX, hill, 0, 2.7, 4}};
    static const struct band e5[] = {{"beta daily, index", INDEX, memory_exponent, 100, 0.2, 0.4}};
    static const struct band e6[] = {{"L(1) index", INDEX, tl_score_days_leverage, 1, -35, -15},
                                     {"L(1) stocks", STOCKS, tl_score_days_leverage, 1, -4, -1}};
    static const struct band e7[] = {{"daily skew, index", INDEX, skew, 0, -0.8, -0.2},
                                     {"t(-5%)/t(+5%) index", INDEX, passage_ratio, 0, 0.5, 0.8},
                                     {"t(-5%)/t(+5%) stocks", STOCKS, passage_ratio, 0, 0.8, 1.25}};
    static const struct band e13[] = {{"index", INDEX, overnight_share, 0, 0.2, 0.45},
                                      {"stocks", STOCKS, overnight_share, 0, 0.4, 0.6}};
    PUT_BANDS(days, tl_score_row(report, "E2", "aggregational Gaussianity", 'H', DAYS_MIN), e2);
    PUT_BANDS(days, tl_score_row(report, "E3", "power-law tail", 'H', DAYS_MIN), e3);
    PUT_BANDS(days, tl_score_row(report, "E5", "long memory of abs(r)", 'H', DAYS_MIN), e5);
    PUT_BANDS(days, tl_score_row(report, "E6", "leverage effect", 'M', DAYS_MIN), e6);
    PUT_BANDS(days, tl_score_row(report, "E7", "gain/loss asymmetry", 'M', DAYS_MIN), e7);
    PUT_BANDS(days, tl_score_row(report, "E13", "overnight share of variance", 'M', DAYS_MIN), e13);
}

/* ---- implied volatility ---- */

/* Pairs of (daily return, that day's change of the 30-day volatility or of its log). */
static struct tl_pairs spot_vol(const struct tl_score_days *days, uint32_t sym, bool logs)
{
    const double *close = days->close + (size_t)sym * days->days;
    const double *iv = days->iv + (size_t)sym * days->days;
    struct tl_pairs pairs = {0};
    for (uint32_t t = 1; t < days->days; t++) {
        double change = logs ? tl_log(iv[t]) - tl_log(iv[t - 1]) : iv[t] - iv[t - 1];
        if (tl_is_finite(change)) tl_pairs_add(&pairs, close[t] - close[t - 1], change);
    }
    return pairs;
}

static double spot_vol_correlation(const struct tl_score_days *days, uint32_t sym, int unused)
{
    (void)unused;
    struct tl_pairs pairs = spot_vol(days, sym, true);
    return tl_pairs_correlation(&pairs);
}

static double spot_vol_beta(const struct tl_score_days *days, uint32_t sym, int unused)
{
    (void)unused;
    struct tl_pairs pairs = spot_vol(days, sym, true);
    return tl_pairs_fit(&pairs).slope;
}

static double mean_iv(const struct tl_score_days *days, uint32_t sym)
{
    return tl_mean(days->iv + (size_t)sym * days->days, days->days);
}

/* Points of volatility a fall of one percent brings, over the volatility's own level. */
static double spot_vol_points(const struct tl_score_days *days, uint32_t sym, int unused)
{
    (void)unused;
    struct tl_pairs pairs = spot_vol(days, sym, false);
    return -0.01 * tl_pairs_fit(&pairs).slope / mean_iv(days, sym);
}

/* A stock's skew may be near nothing, and a ratio to it anything; so stocks are pooled, each day of
 * each weighing as much as its skew and move say. */
static void add_sticky(const struct tl_score_days *days, uint32_t sym, struct tl_pairs *pairs)
{
    const double *close = days->close + (size_t)sym * days->days;
    const double *iv = days->iv + (size_t)sym * days->days;
    const double *slope = days->slope + (size_t)sym * days->days;
    for (uint32_t t = 1; t < days->days; t++) {
        double sticky = slope[t - 1] * (close[t] - close[t - 1]), change = iv[t] - iv[t - 1];
        if (tl_is_finite(sticky) && tl_is_finite(change)) tl_pairs_add(pairs, sticky, change);
    }
}

/* Skew stickiness: what the money's volatility moves over what sticky strikes would make it, which
 * is the skew of the close before times the return. */
static double stickiness(const struct tl_score_days *days, uint32_t sym, int unused)
{
    (void)unused;
    struct tl_pairs pairs = {0};
    add_sticky(days, sym, &pairs);
    return tl_pairs_fit(&pairs).slope;
}

/* Of all stocks, whichever symbol is asked for. */
static double stock_stickiness(const struct tl_score_days *days, uint32_t sym, int unused)
{
    (void)sym;
    (void)unused;
    struct tl_pairs pairs = {0};
    for (uint32_t i = 0; i < days->count; i++)
        if (!days->symbols[i].is_etf) add_sticky(days, i, &pairs);
    return tl_pairs_fit(&pairs).slope;
}

static double slope_root_t(const struct tl_score_days *days, uint32_t sym, int unused)
{
    (void)unused;
    return tl_mean(days->slope + (size_t)sym * days->days, days->days) * tl_sqrt(30.0 / 365.0);
}

static size_t iv_changes(const struct tl_score_days *days, uint32_t sym)
{
    const double *iv = days->iv + (size_t)sym * days->days;
    size_t n = 0;
    for (uint32_t t = 1; t < days->days; t++) {
        double change = tl_log(iv[t]) - tl_log(iv[t - 1]);
        if (tl_is_finite(change)) days->work[n++] = change;
    }
    return n;
}

static double vol_of_vol(const struct tl_score_days *days, uint32_t sym, int unused)
{
    (void)unused;
    size_t n = iv_changes(days, sym);
    return tl_sqrt(tl_variance(days->work, n)) * SQRT_YEAR;
}

static double median_iv_change(const struct tl_score_days *days, uint32_t sym, int unused)
{
    (void)unused;
    size_t n = iv_changes(days, sym);
    for (size_t i = 0; i < n; i++)
        days->work[i] = tl_abs(days->work[i]);
    return 100 * tl_median_in_place(days->work, n);
}

enum { PREMIUM_POINTS, PREMIUM_SHARE, PREMIUM_RATIO };

/* The volatility of a day against what the next 21 days realise, close to close. */
static double premium(const struct tl_score_days *days, uint32_t sym, int what)
{
    const double *iv = days->iv + (size_t)sym * days->days;
    size_t n = returns_of(days, sym, days->work); /* work[t]: from close t to close t + 1 */
    struct tl_moments points = {0}, share = {0}, ratio = {0};
    for (size_t t = 0; t + RV_DAYS <= n; t++) {
        double realised = tl_rms(days->work + t, RV_DAYS) * SQRT_YEAR;
        if (!tl_is_finite(iv[t])) continue;
        tl_moments_add(&points, 100 * (iv[t] - realised));
        tl_moments_add(&share, iv[t] > realised);
        tl_moments_add(&ratio, realised / iv[t]);
    }
    return tl_moments_mean(what == PREMIUM_POINTS  ? &points
                           : what == PREMIUM_SHARE ? &share
                                                   : &ratio);
}

/* [R] corr -.85, beta -7.2, +1.76 points (2024-08 to 2026-08); ln VIX 1.38; VIX - RV 4.28, P .862,
 * RV/IV .775. O31's band stands at a slope x sqrt T of -.15 to -.175. */
static void put_volatility(const struct tl_score_days *days, struct tl_score_report *report)
{
    static const struct band o30[] = {
        {"corr, index", INDEX, spot_vol_correlation, 0, -0.85, -0.70},
        {"beta, index", INDEX, spot_vol_beta, 0, -8, -5},
        {"points per -1 % / level", INDEX, spot_vol_points, 0, 0.05, 0.08},
        {"corr, stocks", STOCKS, spot_vol_correlation, 0, -0.5, -0.2}};
    static const struct band o31[] = {
        {"SSR 1 month, index", INDEX, stickiness, 0, 1.4, 1.6},
        {"slope x sqrt T, index", INDEX, slope_root_t, 0, -0.175, -0.15},
        {"SSR 1 month, stocks", POOLED, stock_stickiness, 0, 0, 1}};
    static const struct band o32[] = {
        {"index", INDEX, vol_of_vol, 0, 0.9, 1.4},
        {"stocks", STOCKS, vol_of_vol, 0, 0.5, 0.9},
        {"median abs change %, stocks", STOCKS, median_iv_change, 0, 2.6, 3.3}};
    static const struct band o33[] = {{"IV - RV, points", INDEX, premium, PREMIUM_POINTS, 3, 5},
                                      {"P(IV > RV)", INDEX, premium, PREMIUM_SHARE, 0.80, 0.88},
                                      {"RV/IV index", INDEX, premium, PREMIUM_RATIO, 0.75, 0.85},
                                      {"RV/IV stocks", STOCKS, premium, PREMIUM_RATIO, 0.9, 1.0}};
    PUT_BANDS(days, tl_score_row(report, "O30", "spot-vol", 'H', DAYS_MIN), o30);
    PUT_BANDS(days, tl_score_row(report, "O31", "sticky rule", 'M', DAYS_MIN), o31);
    PUT_BANDS(days, tl_score_row(report, "O32", "vol of vol", 'H', DAYS_MIN), o32);
    PUT_BANDS(days, tl_score_row(report, "O33", "variance risk premium", 'H', DAYS_MIN), o33);
}

void tl_score_days_rows(struct tl_score_days *days, struct tl_score_report *report)
{
    put_prices(days, report);
    put_volatility(days, report);
}

/* ---- plots ---- */

void tl_score_days_curves(struct tl_score_days *days, struct tl_score_curves *curves)
{
    if (days->index < 0 || days->days < DAYS_MIN) return;
    uint32_t index = (uint32_t)days->index;
    struct tl_score_curve *plot = tl_score_curve(
        curves, "daily_memory", "Memory of absolute daily returns", "lag, days", "autocorrelation");
    tl_score_curve_axes(plot, TL_AXIS_LOG, TL_AXIS_LINEAR);
    struct tl_curve_line *line = tl_score_curve_line(plot, "SPY", TL_STYLE_LINE);
    size_t n = abs_returns(days, index);
    for (size_t lag = 1; lag <= 100; lag += 1 + lag / 12)
        tl_score_curve_point(line, (double)lag, tl_autocorrelation(days->work, n, lag));
    line = tl_score_curve_reference(plot, "SPY, real", TL_STYLE_DOTS);
    tl_score_curve_point(line, 1, 0.28);
    tl_score_curve_point(line, 50, 0.13);
    tl_score_curve_point(line, 100, 0.08);
    plot = tl_score_curve(curves, "leverage", "Leverage: falls bring volatility", "lag, days",
                          "L = E[r r'^2] / E[r^2]^2");
    line = tl_score_curve_line(plot, "SPY", TL_STYLE_LINE);
    for (int lag = 1; lag <= 40; lag++)
        tl_score_curve_point(line, lag, tl_score_days_leverage(days, index, lag));
    line = tl_score_curve_reference(plot, "SPY, real", TL_STYLE_DOTS);
    static const double real[][2] = {{1, -28}, {2, -32}, {10, -21}, {20, -23}, {40, -7}};
    for (size_t i = 0; i < 5; i++)
        tl_score_curve_point(line, real[i][0], real[i][1]);
    plot = tl_score_curve(curves, "spot_vol", "A day's return and its change of implied volatility",
                          "return, %", "change of 30-day volatility, points");
    line = tl_score_curve_line(plot, "SPY", TL_STYLE_DOTS);
    const double *close = days->close + (size_t)index * days->days;
    const double *iv = days->iv + (size_t)index * days->days;
    for (uint32_t t = days->days > 500 ? days->days - 500 : 1; t < days->days; t++)
        tl_score_curve_point(line, 100 * (close[t] - close[t - 1]), 100 * (iv[t] - iv[t - 1]));
}
