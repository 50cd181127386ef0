/* SPDX-License-Identifier: Apache-2.0
 * Rows E1 to E9, E11, E12, E14 to E16, and E10 from real volume: the estimators and their bands,
 * after SCORECARD A.1 and its section 0. Measured values of real names stand in the comments.
 *
 * Limits: 60 sessions give 780 half hours a name, so correlations at half an hour are known to about
 * .025 on all grids, over four blocks to .015. E9 takes the expected volume of latent seconds; auctions are not in it. */
#include "score/returns_rows.h"

#include <assert.h>
#include <string.h>

#include "base/math.h"
#include "score/estimate.h"

#define MINUTES TL_RETURN_MINUTES
#define BUCKETS 13
#define BUCKET_MINUTES 30
#define N_20 (20.0 * MINUTES) /* minutes of 20 sessions: below it a moment is mostly luck */
#define N_5 (5.0 * MINUTES)
#define MEGA_USD 5e9 /* dollar volume a day of the names called mega caps */

/* ---- the median over names ---- */

bool tl_returns_named(enum tl_returns_names group, const struct tl_symbol *symbol)
{
    bool mega = !symbol->is_etf && symbol->adv_shares * symbol->price >= MEGA_USD;
    switch (group) {
    case TL_NAMES_ALL:
        return true;
    case TL_NAMES_FUND:
        return tl_symbol_is_index_fund(symbol);
    case TL_NAMES_STOCK:
        return !symbol->is_etf;
    case TL_NAMES_MEGA:
        return mega;
    }
    return false;
}

double tl_returns_n(const struct tl_score_returns *returns, uint32_t sym)
{
    double n = 0;
    for (uint32_t s = 0; s < returns->sessions; s++)
        n += tl_name_session_at(returns, s, sym)->has ? MINUTES : 0;
    return n;
}

struct median {
    double value, n;
};

typedef double name_value(const struct tl_score_returns *returns, uint32_t sym, int argument);

/* Median over the blocks of one name's value. */
static double over_blocks(const struct tl_score_returns *returns, name_value *value, uint32_t sym,
                          int argument)
{
    double values[TL_RETURNS_BLOCKS_MAX];
    size_t count = 0;
    for (uint32_t b = 0; b < returns->blocks; b++) {
        struct tl_score_returns block = tl_returns_block(returns, b);
        double x = value(&block, sym, argument);
        if (tl_is_finite(x)) values[count++] = x;
    }
    return tl_median_in_place(values, count);
}

/* Median over the group's names of a value; n: the median name's minutes. */
static struct median median_of(const struct tl_score_returns *returns, enum tl_returns_names group,
                               name_value *value, int argument)
{
    double values[TL_SCORE_NAMES_MAX], ns[TL_SCORE_NAMES_MAX];
    size_t count = 0;
    for (uint32_t i = 0; i < returns->count; i++) {
        if (!tl_returns_named(group, &returns->symbols[i])) continue;
        double n = tl_returns_n(returns, i);
        if (n == 0) continue;
        double x = over_blocks(returns, value, i, argument);
        if (!tl_is_finite(x)) continue;
        values[count] = x;
        ns[count++] = n;
    }
    return (struct median){tl_median_in_place(values, count),
                           count ? tl_median_in_place(ns, count) : 0};
}

struct band {
    const char *label;
    enum tl_returns_names group;
    name_value *value;
    int argument;
    double low, high;
};

static void put_bands(const struct tl_score_returns *returns, struct tl_score_row *row,
                      const struct band *bands, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct median median =
            median_of(returns, bands[i].group, bands[i].value, bands[i].argument);
        tl_score_put(row, bands[i].label, median.value, bands[i].low, bands[i].high, median.n);
    }
}

#define PUT_BANDS(returns, row, bands) put_bands(returns, row, bands, sizeof bands / sizeof *bands)

/* ---- series of one name ---- */

size_t tl_returns_series(const struct tl_score_returns *returns, uint32_t sym, int minutes,
                         double *out)
{
    size_t n = 0;
    for (uint32_t s = 0; s < returns->sessions; s++) {
        const struct tl_name_session *slot = tl_name_session_at(returns, s, sym);
        for (int m = 0; slot->has && m + minutes <= MINUTES; m += minutes) {
            double r = 0;
            for (int k = 0; k < minutes; k++)
                r += slot->r[m + k];
            out[n++] = r;
        }
    }
    return n;
}

size_t tl_returns_deseasoned(const struct tl_score_returns *returns, uint32_t sym, double *out)
{
    const double *shape = returns->vol_shape + (size_t)sym * MINUTES;
    size_t n = tl_returns_series(returns, sym, 1, out);
    for (size_t i = 0; i < n; i++)
        out[i] = shape[i % MINUTES] > 0 ? out[i] / shape[i % MINUTES] : 0;
    return n;
}

/* ---- E1, E2, E3, E7: distributions ---- */

static double kurtosis_at(const struct tl_score_returns *returns, uint32_t sym, int minutes)
{
    size_t n = tl_returns_series(returns, sym, minutes, returns->work);
    return tl_excess_kurtosis(returns->work, n);
}

static double kurtosis_of_days(const struct tl_score_returns *returns, uint32_t sym, int unused)
{
    (void)unused;
    double *days = returns->work;
    size_t n = 0;
    for (uint32_t s = 0; s < returns->sessions; s++) {
        const struct tl_name_session *slot = tl_name_session_at(returns, s, sym);
        double k = slot->has ? tl_excess_kurtosis(slot->r, MINUTES) : TL_NAN;
        if (tl_is_finite(k)) days[n++] = k;
    }
    return tl_median_in_place(days, n);
}

static double kurtosis_standardised(const struct tl_score_returns *returns, uint32_t sym,
                                    int unused)
{
    (void)unused;
    double *z = returns->work;
    size_t n = tl_returns_deseasoned(returns, sym, z);
    for (size_t day = 0; day < n; day += MINUTES) {
        double rms = tl_rms(z + day, MINUTES);
        for (size_t m = 0; m < MINUTES && rms > 0; m++)
            z[day + m] /= rms;
    }
    return tl_excess_kurtosis(z, n);
}

/* Kurtosis of one scale over that of a finer one; argument: coarse * 100 + fine minutes. */
static double kurtosis_fall(const struct tl_score_returns *returns, uint32_t sym, int scales)
{
    return kurtosis_at(returns, sym, scales / 100) / kurtosis_at(returns, sym, scales % 100);
}

static double hill_minutes(const struct tl_score_returns *returns, uint32_t sym, int unused)
{
    (void)unused;
    size_t n = tl_returns_deseasoned(returns, sym, returns->work);
    for (size_t i = 0; i < n; i++)
        returns->work[i] = tl_abs(returns->work[i]);
    return tl_hill_in_place(returns->work, n, n / 100);
}

static double skew_minutes(const struct tl_score_returns *returns, uint32_t sym, int unused)
{
    (void)unused;
    return tl_abs(tl_skew(returns->work, tl_returns_series(returns, sym, 1, returns->work)));
}

/* E1 [R]: a SPY 7.7 QQQ 6.4 TSLA 7.4 AMD 5.0 NVDA 5.8; b 1.9 to 3.6; c 0.8 to 1.7.
 * E2 [R]: SPY 7.7 5.1 4.3 2.8 at 1, 5, 15, 30 min. E3 [R]: 4.0 to 6.4. */
static void put_distribution(const struct tl_score_returns *returns, struct tl_score_report *report)
{
    static const struct band e1[] = {
        {"pooled", TL_NAMES_ALL, kurtosis_at, 1, 4, 15},
        {"median day", TL_NAMES_ALL, kurtosis_of_days, 0, 1.5, 4},
        {"standardised", TL_NAMES_ALL, kurtosis_standardised, 0, 0.7, 3}};
    static const struct band e2[] = {{"5 min / 1 min", TL_NAMES_ALL, kurtosis_fall, 501, 0, 1},
                                     {"15 min / 5 min", TL_NAMES_ALL, kurtosis_fall, 1505, 0, 1},
                                     {"30 min / 15 min", TL_NAMES_ALL, kurtosis_fall, 3015, 0, 1},
                                     {"30 min", TL_NAMES_ALL, kurtosis_at, 30, 1.5, 5}};
    static const struct band e3[] = {{"1 min", TL_NAMES_ALL, hill_minutes, 0, 3.5, 6.5}};
    static const struct band e7[] = {{"abs skew 1 min", TL_NAMES_ALL, skew_minutes, 0, 0, 0.4}};
    PUT_BANDS(returns, tl_score_row(report, "E1", "heavy tails, 1 min", 'H', N_20), e1);
    PUT_BANDS(returns, tl_score_row(report, "E2", "aggregational Gaussianity", 'H', N_20), e2);
    PUT_BANDS(returns, tl_score_row(report, "E3", "power-law tail", 'H', N_20), e3);
    PUT_BANDS(returns, tl_score_row(report, "E7", "gain/loss asymmetry", 'M', N_20), e7);
}

/* ---- E4, E5, E6: memory ---- */

static double rho_at(const struct tl_score_returns *returns, uint32_t sym, int scale)
{
    struct tl_moments days = {0};
    for (uint32_t s = 0; s < returns->sessions; s++) {
        const struct tl_name_session *slot = tl_name_session_at(returns, s, sym);
        if (slot->has && tl_is_finite(slot->rho[scale])) tl_moments_add(&days, slot->rho[scale]);
    }
    return tl_moments_mean(&days);
}

static size_t abs_deseasoned(const struct tl_score_returns *returns, uint32_t sym)
{
    size_t n = tl_returns_deseasoned(returns, sym, returns->work);
    for (size_t i = 0; i < n; i++)
        returns->work[i] = tl_abs(returns->work[i]);
    return n;
}

static double abs_memory(const struct tl_score_returns *returns, uint32_t sym, int lag)
{
    size_t n = abs_deseasoned(returns, sym);
    return tl_autocorrelation(returns->work, n, (size_t)lag);
}

static double abs_memory_exponent(const struct tl_score_returns *returns, uint32_t sym, int lags)
{
    double acf[MINUTES];
    assert(lags <= MINUTES);
    size_t n = abs_deseasoned(returns, sym);
    for (int lag = 1; lag <= lags; lag++)
        acf[lag - 1] = tl_autocorrelation(returns->work, n, (size_t)lag);
    return tl_decay_exponent(acf, (size_t)lags);
}

/* A return and the mean absolute return of the half hour after it, within the day. */
static double leverage_minutes(const struct tl_score_returns *returns, uint32_t sym, int ahead)
{
    size_t n = tl_returns_deseasoned(returns, sym, returns->work);
    const double *z = returns->work;
    struct tl_pairs pairs = {0};
    for (size_t day = 0; day < n; day += MINUTES) {
        double sum = 0;
        for (int m = 1; m <= ahead; m++)
            sum += tl_abs(z[day + (size_t)m]);
        for (size_t m = 0; m + (size_t)ahead < MINUTES; m++) {
            tl_pairs_add(&pairs, z[day + m], sum / ahead);
            if (m + (size_t)ahead + 1 < MINUTES)
                sum += tl_abs(z[day + m + (size_t)ahead + 1]) - tl_abs(z[day + m + 1]);
        }
    }
    return tl_pairs_correlation(&pairs);
}

/* E4 [R]: -.04 to +.05. E5 [R]: SPY .23/.17/.10 b .11; NVDA .18/.09/.04 b .19; AMD .10/.05/.02 b
 * .22. E6 [R]: SPY -.013 QQQ -.019 AMD 0. */
static void put_memory(const struct tl_score_returns *returns, struct tl_score_report *report)
{
    static const struct band e4[] = {{"1 s mid", TL_NAMES_ALL, rho_at, TL_RHO_1S, -0.05, 0.05},
                                     {"10 s", TL_NAMES_ALL, rho_at, TL_RHO_10S, -0.05, 0.05},
                                     {"1 min", TL_NAMES_ALL, rho_at, TL_RHO_1MIN, -0.05, 0.05},
                                     {"5 min", TL_NAMES_ALL, rho_at, TL_RHO_5MIN, -0.05, 0.05}};
    static const struct band e5[] = {
        {"lag 1", TL_NAMES_ALL, abs_memory, 1, 0.10, 0.25},
        {"lag 60", TL_NAMES_ALL, abs_memory, 60, 0.05, 0.17},
        {"lag 390", TL_NAMES_ALL, abs_memory, 390, 0.02, 0.10},
        {"beta 1 min", TL_NAMES_ALL, abs_memory_exponent, 390, 0.10, 0.25}};
    static const struct band e6[] = {
        {"intraday", TL_NAMES_ALL, leverage_minutes, 30, -0.05, -0.005}};
    PUT_BANDS(returns, tl_score_row(report, "E4", "no linear autocorrelation", 'H', N_5), e4);
    PUT_BANDS(returns, tl_score_row(report, "E5", "long memory of abs(r)", 'H', N_20), e5);
    PUT_BANDS(returns, tl_score_row(report, "E6", "leverage effect", 'M', N_20), e6);
}

/* ---- E8, E9: shapes of the day ---- */

double tl_returns_rms(const struct tl_score_returns *returns, uint32_t sym, int from, int to)
{
    double sum = 0, n = 0;
    for (uint32_t s = 0; s < returns->sessions; s++) {
        const struct tl_name_session *slot = tl_name_session_at(returns, s, sym);
        for (int m = from; slot->has && m < to; m++, n++)
            sum += slot->r[m] * slot->r[m];
    }
    return n > 0 ? tl_sqrt(sum / n) : TL_NAN;
}

double tl_returns_vol_bucket(const struct tl_score_returns *returns, uint32_t sym, int bucket)
{
    double all[BUCKETS];
    for (int b = 0; b < BUCKETS; b++)
        all[b] = tl_returns_rms(returns, sym, b * BUCKET_MINUTES, (b + 1) * BUCKET_MINUTES);
    return all[bucket] / tl_mean(all, BUCKETS);
}

/* From one minute of the day (argument) for five, over 12:00 to 13:30. */
static double vol_five(const struct tl_score_returns *returns, uint32_t sym, int from)
{
    return tl_returns_rms(returns, sym, from, from + 5) / tl_returns_rms(returns, sym, 150, 240);
}

double tl_returns_volume_bucket(const struct tl_score_returns *returns, uint32_t sym, int bucket)
{
    double sum = 0, part = 0;
    for (uint32_t s = 0; s < returns->sessions; s++) {
        const struct tl_name_session *slot = tl_name_session_at(returns, s, sym);
        for (int m = 0; slot->has && m < MINUTES; m++) {
            sum += slot->volume[m];
            part += m / BUCKET_MINUTES == bucket ? slot->volume[m] : 0;
        }
    }
    return sum > 0 ? 100 * part / sum : TL_NAN;
}

/* The three half hours from 12:30: the low of the day in all measured names. */
static double volume_midday(const struct tl_score_returns *returns, uint32_t sym, int unused)
{
    (void)unused;
    return (tl_returns_volume_bucket(returns, sym, 6) + tl_returns_volume_bucket(returns, sym, 7) +
            tl_returns_volume_bucket(returns, sym, 8)) /
           3;
}

/* E8 [R]: by half hour SPY 1.55 1.47 1.16 1.03 .88 .83 .76 .85 .72 .99 .83 .88 1.05, NVDA 2.17 1.59
 * 1.30 1.06 .87 .79 .73 .70 .66 .89 .73 .72 .80. Midday is the half hour from 13:30; its band is
 * the scorecard's .70 and .66 plus or minus 10 %. E9 [R]: SPY 11.8 to 4.7 to 20.5 (with the cross),
 * NVDA 22.3 to 3.7 to 10.5. */
static void put_shapes(const struct tl_score_returns *returns, struct tl_score_report *report)
{
    static const struct band e8[] = {
        {"fund open", TL_NAMES_FUND, tl_returns_vol_bucket, 0, 1.5, 1.8},
        {"fund midday", TL_NAMES_FUND, tl_returns_vol_bucket, 8, 0.63, 0.77},
        {"fund close", TL_NAMES_FUND, tl_returns_vol_bucket, 12, 1.0, 1.1},
        {"mega open", TL_NAMES_MEGA, tl_returns_vol_bucket, 0, 2.1, 2.3},
        {"mega midday", TL_NAMES_MEGA, tl_returns_vol_bucket, 8, 0.59, 0.73},
        {"mega close", TL_NAMES_MEGA, tl_returns_vol_bucket, 12, 0.75, 0.80},
        {"fund first 5 min", TL_NAMES_FUND, vol_five, 0, 2.2, 2.8},
        {"stock first 5 min", TL_NAMES_STOCK, vol_five, 0, 3.9, 4.6},
        {"fund last 5 min", TL_NAMES_FUND, vol_five, 385, 1.3, 1.9},
        {"stock last 5 min", TL_NAMES_STOCK, vol_five, 385, 0.9, 1.2}};
    static const struct band e9[] = {
        {"fund open %", TL_NAMES_FUND, tl_returns_volume_bucket, 0, 11, 15},
        {"fund midday %", TL_NAMES_FUND, volume_midday, 0, 4.7, 5},
        {"fund close %", TL_NAMES_FUND, tl_returns_volume_bucket, 12, 14, 20},
        {"mega open %", TL_NAMES_MEGA, tl_returns_volume_bucket, 0, 20, 23},
        {"mega midday %", TL_NAMES_MEGA, volume_midday, 0, 3.7, 5},
        {"mega close %", TL_NAMES_MEGA, tl_returns_volume_bucket, 12, 8, 11}};
    PUT_BANDS(returns, tl_score_row(report, "E8", "U/L-shaped volatility", 'H', N_5), e8);
    PUT_BANDS(returns, tl_score_row(report, "E9", "U-shaped volume", 'H', N_5), e9);
}

/* ---- E11, E12: realised variance ---- */

double tl_returns_signature(const struct tl_score_returns *returns, uint32_t sym, int scale)
{
    double at = 0, base = 0;
    for (uint32_t s = 0; s < returns->sessions; s++) {
        const struct tl_name_session *slot = tl_name_session_at(returns, s, sym);
        at += slot->has ? slot->rv[scale] : 0;
        base += slot->has ? slot->rv[TL_RV_5MIN] : 0;
    }
    return base > 0 ? at / base : TL_NAN;
}

/* Mean annualised intraday volatility over the mean 30-day ATM volatility (the reference one where
 * no surface is known). */
static double vol_over_iv(const struct tl_score_returns *returns, uint32_t sym)
{
    struct tl_moments vol = {0}, iv = {0};
    for (uint32_t s = 0; s < returns->sessions; s++) {
        const struct tl_name_session *slot = tl_name_session_at(returns, s, sym);
        if (!slot->has) continue;
        tl_moments_add(&vol, tl_sqrt(252 * slot->rv[TL_RV_1MIN]));
        tl_moments_add(&iv, tl_is_finite(slot->iv) ? slot->iv : returns->symbols[sym].iv28);
    }
    double level = tl_moments_mean(&iv);
    return level > 0 ? tl_moments_mean(&vol) / level : TL_NAN;
}

static void put_variance(const struct tl_score_returns *returns, struct tl_score_report *report)
{
    static const struct band e11[] = {
        {"mid 1 s", TL_NAMES_ALL, tl_returns_signature, TL_RV_1S, 1.0, 1.35},
        {"mid 5 s", TL_NAMES_ALL, tl_returns_signature, TL_RV_5S, 1.0, 1.35},
        {"mid 10 s", TL_NAMES_ALL, tl_returns_signature, TL_RV_10S, 1.0, 1.35},
        {"mid 30 s", TL_NAMES_ALL, tl_returns_signature, TL_RV_30S, 1.0, 1.35},
        {"mid 60 s", TL_NAMES_ALL, tl_returns_signature, TL_RV_1MIN, 1.0, 1.35}};
    double values[TL_SCORE_NAMES_MAX], lows[TL_SCORE_NAMES_MAX], highs[TL_SCORE_NAMES_MAX],
        ns[TL_SCORE_NAMES_MAX];
    PUT_BANDS(returns, tl_score_row(report, "E11", "signature plot", 'H', 2.0 * MINUTES), e11);
    for (uint32_t i = 0; i < returns->count; i++) {
        values[i] = vol_over_iv(returns, i);
        lows[i] = 0.6;
        highs[i] = 0.9;
        ns[i] = tl_returns_n(returns, i);
    }
    tl_score_put_names(tl_score_row(report, "E12", "intraday volatility over IV28", 'H', N_5),
                       "by name", values, lows, highs, ns, returns->count);
}

/* ---- E14, E15, E16: together ---- */

int32_t tl_returns_find(const struct tl_score_returns *returns, const char *ticker)
{
    for (uint32_t i = 0; i < returns->count; i++)
        if (strcmp(returns->symbols[i].ticker, ticker) == 0) return (int32_t)i;
    return -1;
}

/* Adds a session's pairs of returns on the grid of `minutes` that starts at `shift`; what is left
 * over at its two ends counts as it is. */
static void add_pairs(struct tl_pairs *pairs, const struct tl_name_session *x,
                      const struct tl_name_session *y, int minutes, int shift)
{
    double rx = 0, ry = 0;
    for (int m = 0; m < MINUTES; m++) {
        rx += x->r[m];
        ry += y->r[m];
        if ((m + 1) % minutes != shift && m + 1 < MINUTES) continue;
        tl_pairs_add(pairs, rx, ry);
        rx = ry = 0;
    }
}

/* Pairs of returns of two names over common sessions, on all grids: 13 half hours a session on one
 * grid are known to half as much again. */
static struct tl_pairs pairs_of(const struct tl_score_returns *returns, uint32_t a, uint32_t b,
                                int minutes)
{
    struct tl_pairs pairs = {0};
    for (uint32_t s = 0; s < returns->sessions; s++) {
        const struct tl_name_session *x = tl_name_session_at(returns, s, a);
        const struct tl_name_session *y = tl_name_session_at(returns, s, b);
        for (int shift = 0; shift < minutes && x->has && y->has; shift++)
            add_pairs(&pairs, x, y, minutes, shift);
    }
    return pairs;
}

/* A minute of a and the next of b. */
static struct tl_pairs pairs_behind(const struct tl_score_returns *returns, uint32_t a, uint32_t b)
{
    struct tl_pairs pairs = {0};
    for (uint32_t s = 0; s < returns->sessions; s++) {
        const struct tl_name_session *x = tl_name_session_at(returns, s, a);
        const struct tl_name_session *y = tl_name_session_at(returns, s, b);
        for (int m = 0; x->has && y->has && m + 1 < MINUTES; m++)
            tl_pairs_add(&pairs, x->r[m], y->r[m + 1]);
    }
    return pairs;
}

struct together {
    const char *label, *a, *b;
    int minutes;
    double low, high;
};

static void put_together(const struct tl_score_returns *returns, struct tl_score_row *row,
                         const struct together *what)
{
    int32_t a = tl_returns_find(returns, what->a), b = tl_returns_find(returns, what->b);
    double values[TL_RETURNS_BLOCKS_MAX], n = 0;
    size_t count = 0;
    for (uint32_t k = 0; k < returns->blocks && a >= 0 && b >= 0; k++) {
        struct tl_score_returns block = tl_returns_block(returns, k);
        struct tl_pairs pairs = pairs_of(&block, (uint32_t)a, (uint32_t)b, what->minutes);
        double x = tl_pairs_correlation(&pairs);
        if (tl_is_finite(x)) values[count++] = x;
        n += pairs.n;
    }
    tl_score_put(row, what->label, tl_median_in_place(values, count), what->low, what->high, n);
}

/* [R] at 1 min QQQ .92 NVDA .67 TSLA .57 AMD .62; 30 min .90 .60 .60 .60; AMD-NVDA .73 .79 .80.
 * Betas follow from correlations and volatilities; only XLF's has a bound of its own. */
static void put_factor(const struct tl_score_returns *returns, struct tl_score_report *report)
{
    static const struct together e14[] = {{"QQQ 1 min", "SPY", "QQQ", 1, 0.90, 0.94},
                                          {"QQQ 30 min", "SPY", "QQQ", 30, 0.90, 0.94},
                                          {"NVDA 1 min", "SPY", "NVDA", 1, 0.60, 0.70},
                                          {"NVDA 30 min", "SPY", "NVDA", 30, 0.60, 0.70},
                                          {"TSLA 1 min", "SPY", "TSLA", 1, 0.50, 0.60},
                                          {"TSLA 30 min", "SPY", "TSLA", 30, 0.50, 0.60},
                                          {"AMD 1 min", "SPY", "AMD", 1, 0.60, 0.65},
                                          {"AMD 30 min", "SPY", "AMD", 30, 0.60, 0.65},
                                          {"AAPL 1 min", "SPY", "AAPL", 1, 0.60, 0.75},
                                          {"MSFT 1 min", "SPY", "MSFT", 1, 0.60, 0.75},
                                          {"AMD-NVDA 1 min", "AMD", "NVDA", 1, 0.65, 0.80},
                                          {"AMD-NVDA 30 min", "AMD", "NVDA", 30, 0.70, 0.88}};
    struct tl_score_row *row = tl_score_row(report, "E14", "market factor", 'H', N_20);
    for (size_t i = 0; i < sizeof e14 / sizeof *e14; i++)
        put_together(returns, row, &e14[i]);
    int32_t spy = tl_returns_find(returns, "SPY"), xlf = tl_returns_find(returns, "XLF");
    struct tl_pairs pairs = {0};
    if (spy >= 0 && xlf >= 0) pairs = pairs_of(returns, (uint32_t)spy, (uint32_t)xlf, 5);
    tl_score_put(row, "XLF beta 5 min", tl_pairs_fit(&pairs).slope, -TL_INF, 0.75, pairs.n);
}

double tl_returns_index_correlation(const struct tl_score_returns *returns, uint32_t sym, int scale)
{
    double xy = 0, xx = 0, yy = 0;
    if (returns->index < 0 || (int32_t)sym == returns->index) return TL_NAN;
    for (uint32_t s = 0; s < returns->sessions; s++) {
        const struct tl_name_session *own = tl_name_session_at(returns, s, sym);
        const struct tl_name_session *index =
            tl_name_session_at(returns, s, (uint32_t)returns->index);
        if (!own->has || !index->has) continue;
        xy += own->index_product[scale];
        xx += own->own_square[scale];
        yy += index->own_square[scale];
    }
    return xx > 0 && yy > 0 ? xy / (tl_sqrt(xx) * tl_sqrt(yy)) : TL_NAN;
}

static double epps(const struct tl_score_returns *returns, uint32_t sym, int scale)
{
    return tl_returns_index_correlation(returns, sym, scale) /
           tl_returns_index_correlation(returns, sym, TL_EPPS_30MIN);
}

/* Correlation of one side's minute with the other's next; argument: whether the index is first. */
static double lead(const struct tl_score_returns *returns, uint32_t sym, int index_first)
{
    if (returns->index < 0 || (int32_t)sym == returns->index) return TL_NAN;
    uint32_t index = (uint32_t)returns->index;
    struct tl_pairs pairs =
        index_first ? pairs_behind(returns, index, sym) : pairs_behind(returns, sym, index);
    return tl_pairs_correlation(&pairs);
}

/* E15 [R]: 1 min over 30 min AMD-NVDA .91, QQQ-SPY 1.02; the 5 min band is the scorecard's "about
 * 1". E16 [R]: .012 to .058. */
static void put_timing(const struct tl_score_returns *returns, struct tl_score_report *report)
{
    static const struct band e15[] = {{"1 s", TL_NAMES_MEGA, epps, TL_EPPS_1S, 0.40, 0.80},
                                      {"10 s", TL_NAMES_MEGA, epps, TL_EPPS_10S, 0.75, 0.98},
                                      {"1 min", TL_NAMES_MEGA, epps, TL_EPPS_1MIN, 0.90, 1.0},
                                      {"5 min", TL_NAMES_MEGA, epps, TL_EPPS_5MIN, 0.95, 1.05}};
    static const struct band e16[] = {{"index leads, 1 min", TL_NAMES_ALL, lead, 1, 0.0, 0.06},
                                      {"name leads, 1 min", TL_NAMES_ALL, lead, 0, 0.0, 0.06}};
    PUT_BANDS(returns, tl_score_row(report, "E15", "Epps effect", 'M', N_20), e15);
    struct tl_score_row *row = tl_score_row(report, "E16", "lead-lag", 'M', N_20);
    PUT_BANDS(returns, row, e16);
    tl_score_put(row, "peak lag, ms", TL_NAN, 1, 50, 0);
    row->note = "milliseconds need quotes finer than seconds";
}

void tl_score_returns_rows(struct tl_score_returns *returns, struct tl_score_report *report)
{
    put_distribution(returns, report);
    put_memory(returns, report);
    put_shapes(returns, report);
    put_variance(returns, report);
    put_factor(returns, report);
    put_timing(returns, report);
}
