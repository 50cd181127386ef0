/* SPDX-License-Identifier: Apache-2.0
 * Durations and counts.
 *
 * F(w) = var / mean of the counts in windows of w, within a session, averaged over sessions; with
 * it the part of the variance that does not depend on the rate (SCORECARD section 0, to E32):
 *
 *     NV(w) = (F(w) - 1) / (rate w) - max(0, S - .20)
 *
 * S is the variance of the half hours' counts over their squared mean. The bands of E31 and E32 were
 * measured on name-days of 2013 with 13 to 14 % of the volume in the first half hour (IBM: S = .20).
 * The shape that E9 asks of a mega cap of today, 20 to 23 % there and 8 % in the first five minutes,
 * has NV(300 s) = .60 without any other variability: no tape could be inside E9 and E32. What a
 * name's day has more of shape than IBM's is E9's matter and is taken off here; so it is from the
 * memory of log durations, to which a slow shape adds its variance at every lag.
 *
 * Durations (E29, E31) are measured session by session and averaged: the band's are of single
 * name-days, and what a day is busier than another is no memory within it (it is E10's).
 *
 * E33 is fitted on the parents of 12:00 to 13:00; where a busy name has more than there is room
 * for, on the first part of that hour. Bands: SCORECARD A.3 with the corrections of its section 0. */
#include "score/equity_clock.h"

#include "base/math.h"
#include "score/equity_hawkes.h"
#include "score/equity_scene.h"

#define HOUR_FROM_S 9000 /* 12:00 after 09:30 */
#define HOUR_S 3600
#define MASK (TL_SCORE_CLOCK_RING - 1)
#define W60 8 /* places of 60 s and 300 s in the table below */
#define W300 10
#define SHAPE_2013 0.20         /* of IBM's half hours in E9: counts */
#define SHAPE_MEMORY_2013 0.016 /* IBM's memory at lag 100: its day's shape is at most all of it */

static const double window_s[TL_SCORE_WINDOWS] = {0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 150, 300};
static const uint32_t lags[TL_SCORE_CLOCK_LAGS] = {1, 10, 100};

void tl_score_clock_open(struct tl_score_clock *clock, tl_ns start, tl_ns end)
{
    clock->start = start;
    clock->end = end;
    clock->hour_start = start + HOUR_FROM_S * TL_NS_PER_S;
    clock->hour_end = clock->hour_start + HOUR_S * TL_NS_PER_S;
    clock->hour_session++;
    clock->prints.last = clock->parents.last = clock->last_executed_us = 0;
    clock->logs = (struct tl_score_log_times){0};
    for (int h = 0; h < TL_SCORE_CLOCK_HALVES; h++)
        clock->half_hour_parents[h] = 0;
    for (int w = 0; w < TL_SCORE_WINDOWS; w++) {
        struct tl_score_window *window = &clock->windows[w];
        window->end = start + (tl_ns)(window_s[w] * 1e9);
        window->count = window->n = window->sum = window->squares = 0;
    }
}

/* Closes windows that end at or before ts. */
static void windows_to(struct tl_score_clock *clock, tl_ns ts)
{
    for (int w = 0; w < TL_SCORE_WINDOWS; w++) {
        struct tl_score_window *window = &clock->windows[w];
        while (window->end <= ts) {
            window->n++;
            window->sum += window->count;
            window->squares += window->count * window->count;
            window->count = 0;
            window->end += (tl_ns)(window_s[w] * 1e9);
        }
    }
}

static int half_hour_of(const struct tl_score_clock *clock, tl_ns ts)
{
    double part = (double)(ts - clock->start) / (double)(clock->end - clock->start);
    return (int)tl_clamp(part * TL_SCORE_CLOCK_HALVES, 0, TL_SCORE_CLOCK_HALVES - 1);
}

/* In the first and the last half hour the day's shape moves as much as in the twelve steps between. */
static int span_of(const struct tl_score_clock *clock, tl_ns ts)
{
    int half_hour = half_hour_of(clock, ts);
    double part = (double)(ts - clock->start) / (double)(clock->end - clock->start);
    double fine = tl_clamp(6 * (part * TL_SCORE_CLOCK_HALVES - half_hour), 0, 5);
    if (half_hour == 0) return (int)fine;
    return half_hour < TL_SCORE_CLOCK_HALVES - 1 ? half_hour + 5 : half_hour + 5 + (int)fine;
}

/* What the session's half hours vary more than those behind the band. */
static double shape_excess(const struct tl_score_clock *clock)
{
    double sum = 0, squares = 0;
    for (int h = 0; h < TL_SCORE_CLOCK_HALVES; h++) {
        sum += clock->half_hour_parents[h];
        squares += clock->half_hour_parents[h] * clock->half_hour_parents[h];
    }
    if (sum <= 0) return 0;
    return tl_max(squares * TL_SCORE_CLOCK_HALVES / (sum * sum) - 1.0 - SHAPE_2013, 0);
}

static void durations_close(struct tl_score_durations *durations)
{
    if (durations->count >= 2 && durations->sum > 0) {
        double mean = durations->sum / durations->count;
        double variance = durations->squares / durations->count - mean * mean;
        durations->variation += tl_sqrt(tl_max(variance, 0)) / mean;
        durations->sessions++;
    }
    durations->n += durations->count;
    durations->seconds += durations->sum;
    durations->count = durations->sum = durations->squares = 0;
}

/* What the spans' means of log times vary more than those behind the band, which is told by
 * the part of the variance they explain: the logs of a faster name vary less, so that the same shape
 * is more of them. */
static double log_shape_excess(const struct tl_score_log_times *logs, double mean, double variance)
{
    double between = 0;
    for (int h = 0; h < TL_SCORE_CLOCK_SPANS; h++) {
        if (logs->span_n[h] <= 0) continue;
        double off = logs->span_sum[h] / logs->span_n[h] - mean;
        between += logs->span_n[h] / logs->count * off * off;
    }
    return tl_max(between - SHAPE_MEMORY_2013 * variance, 0);
}

static void logs_close(struct tl_score_clock *clock)
{
    const struct tl_score_log_times *logs = &clock->logs;
    clock->log_n += logs->count;
    if (logs->count <= lags[TL_SCORE_CLOCK_LAGS - 1]) return;
    double mean = logs->sum / logs->count, variance = logs->squares / logs->count - mean * mean;
    double shape = log_shape_excess(logs, mean, variance);
    if (!(variance > 0)) return;
    for (int l = 0; l < TL_SCORE_CLOCK_LAGS; l++)
        clock->memory[l] +=
            (logs->lag_products[l] / (logs->count - lags[l]) - mean * mean - shape) / variance;
    clock->memory_sessions++;
}

void tl_score_clock_close(struct tl_score_clock *clock)
{
    windows_to(clock, clock->end);
    durations_close(&clock->prints);
    durations_close(&clock->parents);
    logs_close(clock);
    clock->shape += shape_excess(clock);
    for (int w = 0; w < TL_SCORE_WINDOWS; w++) {
        struct tl_score_window *window = &clock->windows[w];
        if (window->n < 2 || window->sum <= 0) continue;
        double mean = window->sum / window->n;
        double fano = (window->squares / window->n - mean * mean) / mean;
        window->fano += fano;
        window->excess += (fano - 1.0) / mean;
    }
    clock->sessions++;
    clock->seconds += (double)(clock->end - clock->start) * 1e-9;
}

static void duration_add(struct tl_score_durations *durations, tl_ns ts)
{
    if (durations->last) {
        double seconds = (double)(ts - durations->last) * 1e-9;
        durations->count++;
        durations->sum += seconds;
        durations->squares += seconds * seconds;
    }
    durations->last = ts;
}

void tl_score_clock_print(struct tl_score_clock *clock, const struct tl_score_print *print)
{
    tl_ns executed_us = print->trade->executed / 1000;
    clock->print_count++;
    if (clock->prints.last) {
        clock->under_10ms += print->ts - clock->prints.last < 10 * TL_NS_PER_MS;
        clock->same_us += executed_us == clock->last_executed_us;
    }
    clock->last_executed_us = executed_us;
    duration_add(&clock->prints, print->ts);
}

static void log_add(struct tl_score_log_times *logs, double value, int span)
{
    logs->span_n[span]++;
    logs->span_sum[span] += value;
    logs->sum += value;
    logs->squares += value * value;
    for (int l = 0; l < TL_SCORE_CLOCK_LAGS; l++)
        if (logs->count >= lags[l])
            logs->lag_products[l] += value * logs->ring[(logs->count - lags[l]) & MASK];
    logs->ring[logs->count++ & MASK] = value;
}

static void hour_add(struct tl_score_clock *clock, tl_ns ts)
{
    if (ts < clock->hour_start || ts >= clock->hour_end ||
        clock->hour_session > TL_SCORE_HOUR_SESSIONS)
        return;
    uint32_t place = clock->hour_session - 1, count = clock->hour_count[place];
    double at_s = (double)(ts - clock->hour_start) * 1e-9;
    if (count == TL_SCORE_HOUR_PARENTS) return;
    clock->hour_us[place][clock->hour_count[place]++] = (uint32_t)(at_s * 1e6);
    clock->hour_span_s[place] = count + 1 == TL_SCORE_HOUR_PARENTS ? at_s : HOUR_S;
}

static void duration_bin(struct tl_score_clock *clock, double seconds)
{
    double bin = tl_log(tl_max(seconds * 1e6, 1.0)) * (8.0 / 0.6931471805599453);
    clock->duration_bins[(int)tl_min(bin, TL_SCORE_DURATION_BINS - 1)]++;
}

void tl_score_clock_parent(struct tl_score_clock *clock, const struct tl_score_parent *parent)
{
    tl_ns last = clock->parents.last;
    int half_hour = half_hour_of(clock, parent->ts);
    windows_to(clock, parent->ts);
    clock->half_hour_parents[half_hour]++;
    for (int w = 0; w < TL_SCORE_WINDOWS; w++)
        clock->windows[w].count++;
    clock->parent_count++;
    if (last) {
        tl_ns ms = parent->ts / TL_NS_PER_MS - last / TL_NS_PER_MS;
        log_add(&clock->logs, tl_log(ms > 0 ? (double)ms : 0.5), span_of(clock, parent->ts));
        duration_bin(clock, (double)(parent->ts - last) * 1e-9);
    }
    duration_add(&clock->parents, parent->ts);
    hour_add(clock, parent->ts);
}

/* Parents a second. */
static double rate(const struct tl_score_clock *clock)
{
    return clock->seconds > 0 ? (double)clock->parent_count / clock->seconds : TL_NAN;
}

static double duration_part(const struct tl_score_clock *clock, int part)
{
    switch (part) {
    case 0:
        return clock->prints.variation / clock->prints.sessions;
    case 1:
        return clock->parents.variation / clock->parents.sessions;
    case 2:
        return (double)clock->under_10ms / clock->prints.n;
    default:
        return (double)clock->same_us / clock->prints.n;
    }
}

static void duration_row(struct tl_score_scene *scene)
{
    static const struct {
        const char *label;
        double low, high;
    } parts[] = {{"prints: sd / mean", 2.3, 4.5},
                 {"parents: sd / mean", 1.8, 3.0},
                 {"prints: under 10 ms", 0.53, 0.80},
                 {"prints: same us (execution)", 0.35, 0.55}};
    struct tl_score_row *row =
        tl_score_row(scene->report, "E29", "durations over-dispersed", 'H', 10000);
    for (int p = 0; p < 4; p++) {
        tl_score_scene_bands(scene, parts[p].low, parts[p].high);
        for (uint32_t i = 0; i < scene->count; i++)
            tl_score_scene_set(scene, i, duration_part(&scene->names[i].clock, p),
                               scene->names[i].clock.prints.n);
        tl_score_scene_put(scene, row, parts[p].label);
    }
}

static void fan_row(struct tl_score_scene *scene)
{
    struct tl_score_row *row = tl_score_row(scene->report, "E30", "prints a parent", 'H', 10000);
    tl_score_scene_bands(scene, 1.3, 2.2);
    for (uint32_t i = 0; i < scene->count; i++) {
        const struct tl_score_clock *clock = &scene->names[i].clock;
        tl_score_scene_set(scene, i, (double)clock->print_count / (double)clock->parent_count,
                           (double)clock->parent_count);
    }
    tl_score_scene_put(scene, row, "mean");
}

/* E31. The band at lag 100 is the range of four measured name-days; a day's sampling error of
 * 1/sqrt(n) is as wide as it, so it is widened by two of them. All four had fewer than 10 parents a
 * second: with more, 100 parents are seconds and not minutes, and nothing is known. */
static void memory_row(struct tl_score_scene *scene)
{
    static const char *const labels[] = {"lag 1", "lag 10", "lag 100, below 10 a s"};
    struct tl_score_row *row =
        tl_score_row(scene->report, "E31", "memory of log durations", 'H', 20000);
    for (int p = 0; p < TL_SCORE_CLOCK_LAGS; p++) {
        for (uint32_t i = 0; i < scene->count; i++) {
            const struct tl_score_clock *clock = &scene->names[i].clock;
            double error = clock->log_n > 0 ? 2.0 / tl_sqrt(clock->log_n) : 0;
            bool fast = rate(clock) > 10;
            if (!(p == 2 && fast))
                tl_score_scene_set(scene, i, clock->memory[p] / clock->memory_sessions,
                                   clock->log_n);
            if (p == 0) tl_score_scene_band(scene, i, fast ? 0.15 : 0.24, 0.50);
            if (p == 1) tl_score_scene_band(scene, i, 0.02, 0.20);
            if (p == 2) tl_score_scene_band(scene, i, 0.015 - error, 0.020 + error);
        }
        tl_score_scene_put(scene, row, labels[p]);
    }
}

static void fano_row(struct tl_score_scene *scene)
{
    static const struct {
        const char *label;
        int window;
        double low, high;
    } parts[] = {{"NV(60 s)", W60, 0.30, 0.95}, {"NV(300 s)", W300, 0.20, 0.55}};
    struct tl_score_row *row =
        tl_score_row(scene->report, "E32", "Fano growth, parents", 'H', 10000);
    for (int p = 0; p < 2; p++) {
        tl_score_scene_bands(scene, parts[p].low, parts[p].high);
        for (uint32_t i = 0; i < scene->count; i++) {
            const struct tl_score_clock *clock = &scene->names[i].clock;
            if (clock->sessions)
                tl_score_scene_set(scene, i,
                                   (clock->windows[parts[p].window].excess - clock->shape) /
                                       (double)clock->sessions,
                                   (double)clock->parent_count);
        }
        tl_score_scene_put(scene, row, parts[p].label);
    }
    row->note = "NV(w) = (F(w) - 1) / (rate w), less what the day's shape has over that of 2013";
}

/* Mean of the kept hours' fits. */
static struct tl_score_hawkes hours_fit(const struct tl_score_clock *clock, double *scratch)
{
    struct tl_score_hawkes mean = {0};
    int hours = 0;
    for (int s = 0; s < TL_SCORE_HOUR_SESSIONS; s++) {
        if (clock->hour_count[s] < 500) continue;
        struct tl_score_hawkes fit = tl_score_hawkes_fit(clock->hour_us[s], clock->hour_count[s],
                                                         clock->hour_span_s[s], scratch);
        for (int k = 0; k < TL_SCORE_HAWKES_TERMS; k++)
            mean.mass[k] += fit.mass[k];
        mean.branching += fit.branching;
        hours++;
    }
    for (int k = 0; k < TL_SCORE_HAWKES_TERMS; k++)
        mean.mass[k] /= hours;
    mean.branching /= hours;
    return mean; /* without an hour: 0 / 0, not a number, so n/a */
}

static void hawkes_row(struct tl_score_scene *scene)
{
    static const char *const labels[] = {"branching n", "mass at 20 ms", "mass at 2 to 20 s"};
    static const double bands[3][2] = {{0.7, 0.9}, {0.5, 0.6}, {0.1, 0.2}};
    double values[3][TL_SCORE_NAMES_MAX], n[TL_SCORE_NAMES_MAX];
    struct tl_score_row *row =
        tl_score_row(scene->report, "E33", "branching, midday hour, maximum likelihood", 'H', 2000);
    for (uint32_t i = 0; i < scene->count; i++) {
        const struct tl_score_clock *clock = &scene->names[i].clock;
        struct tl_score_hawkes fit = hours_fit(clock, scene->scratch);
        values[0][i] = fit.branching;
        values[1][i] = fit.mass[0];
        values[2][i] = fit.mass[2] + fit.mass[3];
        n[i] = (double)clock->hour_count[0] + (double)clock->hour_count[1];
    }
    for (int p = 0; p < 3; p++) {
        tl_score_scene_bands(scene, bands[p][0], bands[p][1]);
        for (uint32_t i = 0; i < scene->count; i++)
            tl_score_scene_set(scene, i, values[p][i], n[i]);
        tl_score_scene_put(scene, row, labels[p]);
    }
}

void tl_score_clock_rows(struct tl_score_scene *scene)
{
    duration_row(scene);
    fan_row(scene);
    memory_row(scene);
    fano_row(scene);
    hawkes_row(scene);
}

static void fano_curve(const struct tl_score_scene *scene, struct tl_score_curves *curves)
{
    struct tl_score_curve *plot = tl_score_curve(curves, "fano", "Fano factor of parent counts",
                                                 "window, s", "variance / mean");
    tl_score_curve_axes(plot, TL_AXIS_LOG, TL_AXIS_LOG);
    for (uint32_t i = 0; i < scene->count; i++) {
        const struct tl_score_clock *clock = &scene->names[i].clock;
        if (!tl_score_is_shown(scene, i) || !clock->sessions) continue;
        struct tl_curve_line *line =
            tl_score_curve_line(plot, scene->symbols[i].ticker, TL_STYLE_LINE);
        for (int w = 0; w < TL_SCORE_WINDOWS; w++)
            tl_score_curve_point(line, window_s[w],
                                 clock->windows[w].fano / (double)clock->sessions);
    }
    struct tl_curve_line *real = tl_score_curve_band(plot, "real, within 10 min blocks");
    tl_score_curve_range(real, 1, 6, 21);
    tl_score_curve_range(real, 10, 10, 37);
    tl_score_curve_range(real, 60, 15, 49);
}

/* Duration over its mean at the quantiles of an exponential: straight for a Poisson stream. */
static void duration_curve(const struct tl_score_scene *scene, struct tl_score_curves *curves)
{
    struct tl_score_curve *plot =
        tl_score_curve(curves, "durations", "Durations between parents, QQ",
                       "quantile of an exponential", "duration / mean");
    tl_score_curve_axes(plot, TL_AXIS_LOG, TL_AXIS_LOG);
    for (uint32_t i = 0; i < scene->count; i++) {
        const struct tl_score_clock *clock = &scene->names[i].clock;
        if (!tl_score_is_shown(scene, i) || clock->parents.n < 100) continue;
        struct tl_curve_line *line =
            tl_score_curve_line(plot, scene->symbols[i].ticker, TL_STYLE_LINE);
        double below = 0, mean = clock->parents.seconds / clock->parents.n;
        for (int b = 0; b < TL_SCORE_DURATION_BINS - 1; b++) {
            below += (double)clock->duration_bins[b];
            double p = below / clock->parents.n;
            double upper = 1e-6 * tl_exp((b + 1) * (0.6931471805599453 / 8.0));
            if (p > 0.001 && p < 0.9999) tl_score_curve_point(line, -tl_log(1 - p), upper / mean);
        }
    }
    struct tl_curve_line *poisson = tl_score_curve_reference(plot, "Poisson", TL_STYLE_LINE);
    tl_score_curve_point(poisson, 0.001, 0.001);
    tl_score_curve_point(poisson, 9, 9);
}

void tl_score_clock_curves(const struct tl_score_scene *scene, struct tl_score_curves *curves)
{
    fano_curve(scene, curves);
    duration_curve(scene, curves);
}
