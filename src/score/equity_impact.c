/* SPDX-License-Identifier: Apache-2.0
 * Impact of lit parents with a sign.
 *
 *     E47  slope of log E[s (m(t + 10 s) - m(t-))] on log shares, over bins of shares by powers of
 *          two, each weighted by its squared t value: a bin without a clear mean says little
 *     E48  sum s (m(t + H) - m(t-)) / sum s (p - m(t-)), H = 1, 10, 60 s
 *     E49  correlation of one-minute signed volume and return; R2 of ten-second mid changes on the
 *          order-flow imbalance of the best quotes (Cont, Kukanov and Stoikov 2014), half hour by
 *          half hour, averaged
 *
 * m(t-) is the mid just before the execution. Bands: SCORECARD E47 to E49.
 *
 * A name whose standard error is larger than a quarter of the band's width says nothing and is left out
 * of E47 and E48: moves over 10 and 60 s overlap and signs have a long memory, so 20,000 parents
 * may be worth a hundred. The error is a jackknife's over the half hours of the day:
 *
 *     se^2 = (G - 1) / G sum_g (v_g - mean v)^2,   v_g without half hour g of any session */
#include "score/equity_impact.h"

#include "base/math.h"
#include "score/equity_scene.h"

#define MASK (TL_SCORE_PENDING - 1)
#define TEN 1 /* places of the horizons */
#define SIXTY 2
#define WIDE_BP 3.0 /* E48 leaves out names of wider reference spreads */

static const tl_ns horizons[TL_SCORE_HORIZONS] = {1 * TL_NS_PER_S, 10 * TL_NS_PER_S,
                                                  60 * TL_NS_PER_S};

void tl_score_impact_session(struct tl_score_impact *impact)
{
    impact->head = 0;
    impact->group = 0;
    for (int h = 0; h < TL_SCORE_HORIZONS; h++)
        impact->next[h] = 0;
    impact->minute_flow = impact->minute_mid = impact->imbalance = impact->ten_mid = 0;
    impact->tens = (struct tl_pairs){0};
}

void tl_score_impact_parent(struct tl_score_impact *impact, const struct tl_score_parent *parent)
{
    if (parent->side == 0 || parent->lit_shares <= 0) return;
    if (parent->mid <= 0 || impact->head - impact->next[TL_SCORE_HORIZONS - 1] > MASK) {
        impact->lost++;
        return;
    }
    impact->parents++;
    impact->paid += parent->paid / (double)parent->lit_shares;
    int64_t shares = parent->lit_shares < INT32_MAX ? parent->lit_shares : INT32_MAX;
    impact->pending[impact->head++ & MASK] =
        (struct tl_score_pending){parent->executed, parent->mid, parent->side, (int32_t)shares};
}

void tl_score_impact_print(struct tl_score_impact *impact, const struct tl_score_print *print)
{
    bool contingent = print->trade->conditions[1] == '7';
    if (!print->auction && !contingent)
        impact->minute_flow += print->side * (double)print->trade->size;
}

void tl_score_impact_quote(struct tl_score_impact *impact, const struct tl_quote_point *last,
                           const struct tl_quote_point *quote)
{
    double flow = 0;
    if (quote->bid >= last->bid) flow += (double)quote->bid_size;
    if (quote->bid <= last->bid) flow -= (double)last->bid_size;
    if (quote->ask <= last->ask) flow -= (double)quote->ask_size;
    if (quote->ask >= last->ask) flow += (double)last->ask_size;
    impact->imbalance += flow;
}

void tl_score_impact_second(struct tl_score_impact *impact, int64_t second, double mid)
{
    if (second % 60 == 0) {
        if (impact->minute_mid > 0)
            tl_pairs_add(&impact->minutes, impact->minute_flow, mid - impact->minute_mid);
        impact->minute_mid = mid;
        impact->minute_flow = 0;
    }
    if (second % 10 == 0) {
        if (impact->ten_mid > 0)
            tl_pairs_add(&impact->tens, impact->imbalance, mid - impact->ten_mid);
        impact->ten_mid = mid;
        impact->imbalance = 0;
    }
    if (second % 1800 == 0) {
        impact->group = (uint32_t)tl_min((double)(second / 1800), TL_SCORE_IMPACT_GROUPS - 1);
        double r2 = tl_pairs_fit(&impact->tens).r2;
        if (tl_is_finite(r2) && impact->tens.n > 100) impact->r2_sum += r2, impact->r2_n++;
        impact->tens = (struct tl_pairs){0};
    }
}

static int bin_of(int32_t shares)
{
    int bin = 0;
    while (shares > 1 && bin < TL_SCORE_IMPACT_BINS - 1) {
        shares >>= 1;
        bin++;
    }
    return bin;
}

static void mark(struct tl_score_impact *impact, int horizon,
                 const struct tl_score_pending *pending, const struct tl_quote_point *quote)
{
    double move = pending->side * (tl_score_mid(quote) - pending->mid);
    struct tl_score_impact_marks *marks = &impact->groups[impact->group];
    marks->marked[horizon]++;
    marks->move[horizon] += move;
    if (horizon != TEN) return;
    struct tl_score_impact_bin *bin = &marks->bins[bin_of(pending->shares)];
    bin->n++;
    bin->shares += pending->shares;
    bin->move += move;
    bin->move_squared += move * move;
}

void tl_score_impact_mark(struct tl_score_impact *impact, const struct tl_score_quotes *quotes,
                          tl_ns now)
{
    for (int h = 0; h < TL_SCORE_HORIZONS; h++) {
        while (impact->next[h] != impact->head) {
            const struct tl_score_pending *pending = &impact->pending[impact->next[h] & MASK];
            tl_ns due = pending->executed + horizons[h];
            if (due > now) break;
            const struct tl_quote_point *quote = tl_score_quotes_before(quotes, due);
            if (quote)
                mark(impact, h, pending, quote);
            else
                impact->lost++;
            impact->next[h]++;
        }
    }
}

static void marks_add(struct tl_score_impact_marks *to, const struct tl_score_impact_marks *from)
{
    for (int b = 0; b < TL_SCORE_IMPACT_BINS; b++) {
        to->bins[b].n += from->bins[b].n;
        to->bins[b].shares += from->bins[b].shares;
        to->bins[b].move += from->bins[b].move;
        to->bins[b].move_squared += from->bins[b].move_squared;
    }
    for (int h = 0; h < TL_SCORE_HORIZONS; h++) {
        to->marked[h] += from->marked[h];
        to->move[h] += from->move[h];
    }
}

/* All marks but those of one half hour; without TL_SCORE_IMPACT_GROUPS: all. */
static struct tl_score_impact_marks marks_of(const struct tl_score_impact *impact, int without)
{
    struct tl_score_impact_marks sum = {.marked = {0}};
    for (int g = 0; g < TL_SCORE_IMPACT_GROUPS; g++)
        if (g != without) marks_add(&sum, &impact->groups[g]);
    return sum;
}

typedef double statistic(const struct tl_score_impact_marks *marks);

/* Of the half hours that have marks; of fewer than five no error is known. */
static double standard_error(const struct tl_score_impact *impact, statistic *value_of)
{
    double n = 0, sum = 0, squares = 0;
    for (int g = 0; g < TL_SCORE_IMPACT_GROUPS; g++) {
        if (!(impact->groups[g].marked[TEN] > 0)) continue;
        struct tl_score_impact_marks marks = marks_of(impact, g);
        double value = value_of(&marks);
        n++;
        sum += value;
        squares += value * value;
    }
    return n < 5 ? 0 : tl_sqrt(tl_max(squares - sum * sum / n, 0) * (n - 1) / n);
}

/* Weighted least squares in logs; fewer than four clear bins: not a number. */
static double impact_slope(const struct tl_score_impact_marks *marks)
{
    double w = 0, wx = 0, wy = 0, wxx = 0, wxy = 0;
    int bins = 0;
    for (int b = 0; b < TL_SCORE_IMPACT_BINS; b++) {
        const struct tl_score_impact_bin *bin = &marks->bins[b];
        if (bin->n < 100 || bin->move <= 0) continue;
        double mean = bin->move / bin->n;
        double variance = bin->move_squared / bin->n - mean * mean;
        /* 1 / var(log mean); alike moves (a made tape) would weigh infinitely. */
        double weight = mean * mean * bin->n / tl_max(variance, 1e-6 * mean * mean);
        if (weight < 9) continue;
        double x = tl_log(bin->shares / bin->n), y = tl_log(mean);
        w += weight;
        wx += weight * x;
        wy += weight * y;
        wxx += weight * x * x;
        wxy += weight * x * y;
        bins++;
    }
    return bins < 4 ? TL_NAN : (w * wxy - wx * wy) / (w * wxx - wx * wx);
}

static double mean_move_ten(const struct tl_score_impact_marks *marks)
{
    return marks->move[TEN] / marks->marked[TEN];
}

static double mean_move_sixty(const struct tl_score_impact_marks *marks)
{
    return marks->move[SIXTY] / marks->marked[SIXTY];
}

/* The value over unit, unless its interval of two standard errors either way is wider than the band: a
 * name in the middle of the band would be out by luck one time in three at twice the error. */
static double known(const struct tl_score_impact *impact, statistic *value_of, double unit,
                    double width)
{
    struct tl_score_impact_marks marks = marks_of(impact, TL_SCORE_IMPACT_GROUPS);
    double error = standard_error(impact, value_of) / unit;
    return error > 0.25 * width || error != error ? TL_NAN : value_of(&marks) / unit;
}

static void slope_row(struct tl_score_scene *scene)
{
    const double low = 0.2, high = 0.4;
    struct tl_score_row *row =
        tl_score_row(scene->report, "E47", "impact concave in size", 'H', 20000);
    tl_score_scene_bands(scene, low, high);
    for (uint32_t i = 0; i < scene->count; i++) {
        const struct tl_score_impact *impact = &scene->names[i].impact;
        tl_score_scene_set(scene, i, known(impact, impact_slope, 1.0, high - low),
                           marks_of(impact, TL_SCORE_IMPACT_GROUPS).marked[TEN]);
    }
    tl_score_scene_put(scene, row, "log-log slope at 10 s");
    row->note = "names whose standard error is at most a quarter of the band's width";
}

static bool has_half_spread(const struct tl_symbol *symbol)
{
    return tl_score_ticks(symbol) >= 1.5 && symbol->spread_usd < WIDE_BP * 1e-4 * symbol->price;
}

static void mark_out_row(struct tl_score_scene *scene)
{
    static const char *const labels[] = {"10 s / half-spread paid", "60 s / half-spread paid"};
    static statistic *const values[] = {mean_move_ten, mean_move_sixty};
    const double low = 0.30, high = 1.15;
    struct tl_score_row *row =
        tl_score_row(scene->report, "E48", "impact against the half-spread", 'H', 20000);
    for (int p = 0; p < 2; p++) {
        tl_score_scene_bands(scene, low, high);
        for (uint32_t i = 0; i < scene->count; i++) {
            const struct tl_score_impact *impact = &scene->names[i].impact;
            double unit = impact->paid / impact->parents;
            if (has_half_spread(&scene->symbols[i]))
                tl_score_scene_set(scene, i, known(impact, values[p], unit, high - low),
                                   marks_of(impact, TL_SCORE_IMPACT_GROUPS).marked[TEN + p]);
        }
        tl_score_scene_put(scene, row, labels[p]);
    }
    row->note =
        "names of 1.5 ticks and more, below 3 bp, with an error of at most a quarter of the band";
}

static void flow_row(struct tl_score_scene *scene)
{
    struct tl_score_row *row = tl_score_row(scene->report, "E49", "flow explains moves", 'H', 300);
    tl_score_scene_bands(scene, 0.35, 0.60);
    for (uint32_t i = 0; i < scene->count; i++) {
        const struct tl_pairs *minutes = &scene->names[i].impact.minutes;
        tl_score_scene_set(scene, i, tl_pairs_correlation(minutes), minutes->n);
    }
    tl_score_scene_put(scene, row, "signed volume, return: corr");
    tl_score_scene_bands(scene, 0.4, 0.7);
    for (uint32_t i = 0; i < scene->count; i++) {
        const struct tl_score_impact *impact = &scene->names[i].impact;
        if (!scene->names[i].nbbo.thinned)
            tl_score_scene_set(scene, i, impact->r2_sum / impact->r2_n, 180 * impact->r2_n);
    }
    tl_score_scene_put(scene, row, "R2 on imbalance, 10 s");
}

void tl_score_impact_rows(struct tl_score_scene *scene)
{
    slope_row(scene);
    mark_out_row(scene);
    flow_row(scene);
}

void tl_score_impact_curves(const struct tl_score_scene *scene, struct tl_score_curves *curves)
{
    struct tl_score_curve *plot = tl_score_curve(
        curves, "impact", "Price 10 s after a trade, by its size", "shares", "cents");
    tl_score_curve_axes(plot, TL_AXIS_LOG, TL_AXIS_LOG);
    for (uint32_t i = 0; i < scene->count; i++) {
        const struct tl_score_impact *impact = &scene->names[i].impact;
        if (!tl_score_is_shown(scene, i) || impact->parents < 1000) continue;
        struct tl_curve_line *line =
            tl_score_curve_line(plot, scene->symbols[i].ticker, TL_STYLE_LINE);
        struct tl_score_impact_marks marks = marks_of(impact, TL_SCORE_IMPACT_GROUPS);
        for (int b = 0; b < TL_SCORE_IMPACT_BINS; b++)
            if (marks.bins[b].n >= 100 && marks.bins[b].move > 0)
                tl_score_curve_point(line, marks.bins[b].shares / marks.bins[b].n,
                                     0.01 * marks.bins[b].move / marks.bins[b].n);
    }
    struct tl_curve_line *real = tl_score_curve_reference(plot, "IBM 2013", TL_STYLE_DOTS);
    tl_score_curve_point(real, 122, 0.96);
    tl_score_curve_point(real, 319, 1.75);
    tl_score_curve_point(real, 793, 2.09);
}
