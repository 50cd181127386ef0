/* SPDX-License-Identifier: Apache-2.0
 * See the header. Returns over k steps do not overlap. Where names are pooled each is divided by its
 * own root mean square first, so that none decides alone. Bands are those of the scorecard's rows. */
#include "score/lab.h"

#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "score/estimate.h"

#define LAGS 30
#define MINUTE (60 / TL_LAB_STEP_S)
#define YEAR_STEPS (252.0 * TL_LAB_STEPS)

/* ---- collecting ---- */

static const double premium_edges[TL_LAB_PREMIUM_BINS - 1] = {1e2, 1e3, 5e3, 1e4,
                                                              5e4, 1e5, 5e5, 1e6};

void tl_lab_option_print(struct tl_lab_tape *tape, enum tl_nbbo_side side, double premium_usd)
{
    int bin = 0;
    while (bin < TL_LAB_PREMIUM_BINS - 1 && premium_usd >= premium_edges[bin])
        bin++;
    tape->premium[bin] += 1;
    tape->sides[side] += 1;
}

void tl_lab_stock_print(struct tl_lab_tape *tape, int64_t ts_ms)
{
    int64_t second = ts_ms / 1000;
    if (tape->second == 0 || second > tape->second + TL_LAB_SECONDS) {
        memset(tape->stock_prints, 0, sizeof tape->stock_prints);
        tape->second = second;
        tape->seconds = 0;
    }
    while (tape->second < second) {
        tape->second++;
        tape->stock_prints[tape->second % TL_LAB_SECONDS] = 0;
        if (tape->seconds < TL_LAB_SECONDS - 1) tape->seconds++;
    }
    if (second > tape->second - (int64_t)tape->seconds - 1)
        tape->stock_prints[second % TL_LAB_SECONDS]++;
}

bool tl_lab_init(struct tl_lab *lab, uint32_t names)
{
    *lab = (struct tl_lab){.names = names < TL_LAB_NAMES_MAX ? names : TL_LAB_NAMES_MAX};
    lab->mids = calloc((size_t)lab->names * (TL_LAB_STEPS + 1), sizeof *lab->mids);
    lab->work = calloc((size_t)lab->names * TL_LAB_STEPS, sizeof *lab->work);
    if (lab->mids && lab->work) return true;
    tl_lab_deinit(lab);
    return false;
}

void tl_lab_deinit(struct tl_lab *lab)
{
    free(lab->mids);
    free(lab->work);
    *lab = (struct tl_lab){0};
}

void tl_lab_restart(struct tl_lab *lab)
{
    lab->steps = 0;
}

void tl_lab_step(struct tl_lab *lab, const double *log_mids, const double *iv)
{
    if (lab->steps > TL_LAB_STEPS) return;
    for (uint32_t i = 0; i < lab->names; i++) {
        lab->mids[(size_t)i * (TL_LAB_STEPS + 1) + lab->steps] = log_mids[i];
        lab->iv[i] = iv[i];
    }
    lab->steps++;
}

/* ---- series ---- */

/* Returns of one name over k steps each; how many. */
static size_t returns_of(const struct tl_lab *lab, uint32_t name, size_t k, double *out)
{
    const double *mids = lab->mids + (size_t)name * (TL_LAB_STEPS + 1);
    size_t n = 0;
    for (size_t at = k; at < lab->steps; at += k)
        out[n++] = mids[at] - mids[at - k];
    return n;
}

/* All names' returns over k steps, each name over its own root mean square. */
static size_t pooled(const struct tl_lab *lab, size_t k)
{
    size_t n = 0;
    for (uint32_t name = 0; name < lab->names; name++) {
        double *own = lab->work + n;
        size_t count = returns_of(lab, name, k, own);
        double rms = tl_rms(own, count);
        if (!(rms > 0)) continue;
        for (size_t i = 0; i < count; i++)
            own[i] /= rms;
        n += count;
    }
    return n;
}

/* Median over names of an autocorrelation of r or abs(r). */
static double median_memory(const struct tl_lab *lab, size_t k, size_t lag, bool absolute)
{
    double values[TL_LAB_NAMES_MAX];
    size_t count = 0;
    for (uint32_t name = 0; name < lab->names; name++) {
        size_t n = returns_of(lab, name, k, lab->work);
        for (size_t i = 0; i < n && absolute; i++)
            lab->work[i] = tl_abs(lab->work[i]);
        double rho = n > lag + 10 ? tl_autocorrelation(lab->work, n, lag) : TL_NAN;
        if (tl_is_finite(rho)) values[count++] = rho;
    }
    return tl_median_in_place(values, count);
}

static double median_kurtosis(const struct tl_lab *lab, size_t k)
{
    double values[TL_LAB_NAMES_MAX];
    size_t count = 0;
    for (uint32_t name = 0; name < lab->names; name++) {
        size_t n = returns_of(lab, name, k, lab->work);
        double kurtosis = n > 30 ? tl_excess_kurtosis(lab->work, n) : TL_NAN;
        if (tl_is_finite(kurtosis)) values[count++] = kurtosis;
    }
    return tl_median_in_place(values, count);
}

/* ---- facts ---- */

struct facts {
    const struct tl_lab *lab;
    struct tl_score_report *report;
    struct tl_score_curves *curves;
};

static double minutes_known(const struct tl_lab *lab)
{
    return lab->steps ? (double)(lab->steps - 1) / MINUTE : 0;
}

static void memory(const struct facts *facts)
{
    const struct tl_lab *lab = facts->lab;
    double n = lab->steps > 1 ? (double)(lab->steps - 1) : 0;
    double noise = n > 0 ? 1.96 / tl_sqrt(n) : TL_NAN;
    for (int absolute = 0; absolute < 2; absolute++) {
        struct tl_score_curve *plot =
            tl_score_curve(facts->curves, absolute ? "E5" : "E4",
                           absolute ? "Memory of absolute returns" : "Memory of returns",
                           "lag, 10 s steps", "autocorrelation");
        struct tl_curve_line *line = tl_score_curve_line(plot, "median name", TL_STYLE_BARS);
        struct tl_curve_line *band = tl_score_curve_band(plot, "noise of one name, 95 %");
        for (size_t lag = 1; lag <= LAGS; lag++) {
            tl_score_curve_point(line, (double)lag, median_memory(lab, 1, lag, absolute));
            tl_score_curve_range(band, (double)lag, -noise, noise);
        }
    }
    struct tl_score_row *row = tl_score_row(facts->report, "E4", "no linear memory", 'H', 180);
    tl_score_put(row, "lag 10 s", median_memory(lab, 1, 1, false), -0.05, 0.05, n);
    row = tl_score_row(facts->report, "E5", "memory of absolute returns", 'H', 120);
    tl_score_put(row, "lag 1 min", median_memory(lab, MINUTE, 1, true), 0.10, 0.25,
                 minutes_known(lab));
}

static void tails(const struct facts *facts)
{
    struct tl_score_curve *plot = tl_score_curve(facts->curves, "E3", "Tail of one-minute returns",
                                                 "abs(r) / rms", "share above");
    tl_score_curve_axes(plot, TL_AXIS_LOG, TL_AXIS_LOG);
    struct tl_curve_line *line = tl_score_curve_line(plot, "all names", TL_STYLE_LINE);
    struct tl_curve_line *normal = tl_score_curve_reference(plot, "normal", TL_STYLE_LINE);
    size_t n = pooled(facts->lab, MINUTE);
    double *z = facts->lab->work;
    for (size_t i = 0; i < n; i++)
        z[i] = tl_abs(z[i]);
    tl_sort(z, n);
    size_t above = 0;
    for (double x = 0.5; x < 12 && n > 0; x *= 1.1) {
        while (above < n && z[above] < x)
            above++;
        double share = (double)(n - above) / (double)n, bell = 2 * tl_norm_cdf(-x);
        if (share > 0) tl_score_curve_point(line, x, share);
        if (bell > 1e-5) tl_score_curve_point(normal, x, bell);
    }
    struct tl_score_row *row = tl_score_row(facts->report, "E3", "power-law tail", 'H', 2000);
    tl_score_put(row, "Hill exponent", n >= 300 ? tl_hill_in_place(z, n, n / 100) : TL_NAN, 3.5,
                 6.5, (double)n);
}

static void scales(const struct facts *facts)
{
    static const size_t steps[] = {1, 3, MINUTE, 2 * MINUTE, 5 * MINUTE};
    struct tl_score_curve *plot = tl_score_curve(facts->curves, "E1", "Kurtosis by scale",
                                                 "return over, s", "excess kurtosis");
    tl_score_curve_axes(plot, TL_AXIS_LOG, TL_AXIS_LINEAR);
    struct tl_curve_line *line = tl_score_curve_line(plot, "median name", TL_STYLE_LINE);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        tl_score_curve_point(line, (double)(steps[i] * TL_LAB_STEP_S),
                             median_kurtosis(facts->lab, steps[i]));
    struct tl_score_row *row = tl_score_row(facts->report, "E1", "heavy tails, 1 min", 'H', 180);
    tl_score_put(row, "this session", median_kurtosis(facts->lab, MINUTE), 1.5, 4,
                 minutes_known(facts->lab));
}

/* Root mean square of one-minute returns by five minutes, all names, over that of the session. */
static void day_shape(const struct facts *facts)
{
    const struct tl_lab *lab = facts->lab;
    size_t count = lab->steps > 1 ? (lab->steps - 1) / MINUTE : 0, n = pooled(lab, MINUTE);
    struct tl_score_curve *plot = tl_score_curve(facts->curves, "E8", "Volatility over the day",
                                                 "minute of the session", "rms over the session's");
    struct tl_curve_line *line = tl_score_curve_line(plot, "all names", TL_STYLE_LINE);
    double first = 0, all = 0, first_n = 0;
    for (size_t minute = 0; count > 0 && minute + 5 <= count; minute += 5) {
        double sum = 0, got = 0;
        for (size_t name = 0; (name + 1) * count <= n; name++)
            for (size_t i = minute; i < minute + 5; i++, got++)
                sum += lab->work[name * count + i] * lab->work[name * count + i];
        tl_score_curve_point(line, (double)minute + 2.5, tl_sqrt(sum / got));
        first += minute < 30 ? sum : 0;
        first_n += minute < 30 ? got : 0;
        all += sum;
    }
    double ratio = first_n > 0 ? tl_sqrt(first / first_n) : TL_NAN;
    struct tl_score_row *row = tl_score_row(facts->report, "E8", "U-shaped volatility", 'H', 380);
    tl_score_put(row, "first half hour", all > 0 ? ratio : TL_NAN, 1.5, 2.3, (double)count);
}

/* Realised volatility of the last half hour beside the at-the-money IV of 30 days. */
static void realised(const struct facts *facts)
{
    const struct tl_lab *lab = facts->lab;
    const size_t window = 30 * MINUTE;
    struct tl_score_curve *plot =
        tl_score_curve(facts->curves, "L1", "Realised and implied", "name", "annualised, %");
    struct tl_curve_line *rv = tl_score_curve_line(plot, "realised, 30 min", TL_STYLE_BARS);
    struct tl_curve_line *iv = tl_score_curve_line(plot, "implied, 30 days", TL_STYLE_DOTS);
    for (uint32_t name = 0; name < lab->names && name < 16; name++) {
        size_t n = returns_of(lab, name, 1, lab->work);
        if (n < window) return;
        double rms = tl_rms(lab->work + n - window, window);
        tl_score_curve_point(rv, name, 100 * rms * tl_sqrt(YEAR_STEPS));
        tl_score_curve_point(iv, name, 100 * lab->iv[name]);
    }
}

/* Fano factor of print counts by window: 1 for independent arrivals, growing where they clump. */
static void arrivals(const struct facts *facts, const struct tl_lab_tape *tape)
{
    static const size_t windows[] = {1, 2, 5, 10, 20, 30, 60};
    struct tl_score_curve *plot = tl_score_curve(facts->curves, "L2", "Arrivals clump", "window, s",
                                                 "Fano factor of stock prints");
    tl_score_curve_axes(plot, TL_AXIS_LOG, TL_AXIS_LOG);
    struct tl_curve_line *line = tl_score_curve_line(plot, "all names", TL_STYLE_LINE);
    struct tl_curve_line *poisson = tl_score_curve_reference(plot, "independent", TL_STYLE_LINE);
    double counts[TL_LAB_SECONDS];
    for (size_t w = 0; w < sizeof windows / sizeof *windows; w++) {
        size_t n = 0, size = windows[w];
        for (int64_t at = tape->second - (int64_t)size; /* the newest second is not whole */
             n < TL_LAB_SECONDS && at >= tape->second - (int64_t)tape->seconds;
             at -= (int64_t)size, n++) {
            counts[n] = 0;
            for (size_t i = 0; i < size; i++)
                counts[n] += tape->stock_prints[(at + (int64_t)i) % TL_LAB_SECONDS];
        }
        if (n < 12) break;
        tl_score_curve_point(line, (double)size, tl_fano(counts, n));
        tl_score_curve_point(poisson, (double)size, 1);
    }
}

static void option_flow(const struct facts *facts, const struct tl_lab_tape *tape)
{
    static const enum tl_nbbo_side order[] = {TL_SIDE_BB, TL_SIDE_B, TL_SIDE_MID, TL_SIDE_A,
                                              TL_SIDE_AA};
    double all = 0, placed = 0, above = 0;
    for (int bin = 0; bin < TL_LAB_PREMIUM_BINS; bin++)
        all += tape->premium[bin];
    for (size_t i = 0; i < 5; i++)
        placed += tape->sides[order[i]];
    struct tl_score_curve *plot =
        tl_score_curve(facts->curves, "L3", "Side of option prints", "side", "share of placed, %");
    struct tl_curve_line *line = tl_score_curve_line(plot, "all names", TL_STYLE_BARS);
    for (size_t i = 0; i < 5 && placed > 0; i++)
        tl_score_curve_point(line, (double)i, 100 * tape->sides[order[i]] / placed);
    plot = tl_score_curve(facts->curves, "L4", "Premium of option prints", "premium, $",
                          "share above");
    tl_score_curve_axes(plot, TL_AXIS_LOG, TL_AXIS_LOG);
    line = tl_score_curve_line(plot, "all names", TL_STYLE_LINE);
    above = all;
    for (int bin = 0; bin < TL_LAB_PREMIUM_BINS - 1 && all > 0; bin++) {
        above -= tape->premium[bin];
        if (above > 0) tl_score_curve_point(line, premium_edges[bin], above / all);
    }
}

void tl_lab_facts(const struct tl_lab *lab, const struct tl_lab_tape *tape,
                  struct tl_score_report *report, struct tl_score_curves *curves)
{
    struct facts facts = {lab, report, curves};
    memory(&facts);
    tails(&facts);
    scales(&facts);
    day_shape(&facts);
    realised(&facts);
    arrivals(&facts, tape);
    option_flow(&facts, tape);
    tl_score_finish(report);
}
