/* SPDX-License-Identifier: Apache-2.0
 * Spread, depth and effective cost.
 *
 *     effective / quoted = sum v 2 |p - m| / sum v (a - b),   m just before the execution
 *
 * "Off exchange" leaves out reference prices, contingent crosses and late reports: the row is about
 * the prices customers get. Source: SCORECARD A.2; spreads by name: CALIBRATION B.1. */
#include "score/equity_spread.h"

#include "base/math.h"
#include "score/equity_scene.h"

#define MIDDAY_FIRST 5 /* 12:00 to 13:30: half hours 5, 6, 7 */
#define MIDDAY_LAST 7
#define BINS_AN_OCTAVE 16

/* The nearest whole number to BINS_AN_OCTAVE log2(size), without a logarithm: the exponent, and by
 * halving the place of the mantissa among 2^((j + 1/2) / 16). */
static int depth_bin(tl_lots size)
{
    static const double edges[16] = {
        1.0218971486541166, 1.0671404006768237, 1.1143867425958924, 1.1637248587775775,
        1.215247359980469,  1.2690509571917332, 1.3252366431597413, 1.383909881963832,
        1.4451808069770467, 1.5091644275934228, 1.5759808451078865, 1.645755478153965,
        1.718619298122478,  1.7947090750031072, 1.8741676341103,    1.9571441241754002};
    uint32_t whole = size > 1 ? (uint32_t)size : 1;
    int octave = 31 - __builtin_clz(whole), place = 0;
    double mantissa = (double)whole / (double)(1u << octave);
    for (int step = 8; step > 0; step /= 2)
        if (mantissa >= edges[place + step - 1]) place += step;
    if (place == 15 && mantissa >= edges[15]) place = 16;
    int bin = BINS_AN_OCTAVE * octave + place;
    return bin < TL_SCORE_SIZE_BINS - 1 ? bin : TL_SCORE_SIZE_BINS - 1;
}

static void depth_add(struct tl_score_spread *spread, tl_lots size, double seconds)
{
    int bin = depth_bin(size);
    if (size <= 0) return; /* a tape without sizes */
    spread->depth_seconds[bin] += seconds;
    spread->depth_shares[bin] += seconds * (double)size;
}

void tl_score_spread_hold(struct tl_score_spread *spread, const struct tl_quote_point *quote,
                          tl_px tick, double seconds, int half_hour)
{
    double ticks = tl_max((double)(quote->ask - quote->bid) / (double)tick, 0.0);
    spread->seconds += seconds;
    spread->ticks += ticks * seconds;
    spread->ticks_squared += ticks * ticks * seconds;
    if (quote->ask - quote->bid == tick) spread->at_one_tick += seconds;
    spread->half_hour_seconds[half_hour] += seconds;
    spread->half_hour_ticks[half_hour] += ticks * seconds;
    depth_add(spread, quote->bid_size, seconds);
    depth_add(spread, quote->ask_size, seconds);
}

static void add(struct tl_score_spread *spread, enum tl_score_where where, double effective,
                double quoted)
{
    spread->effective[where] += effective;
    spread->quoted[where] += quoted;
    spread->trades[where]++;
}

void tl_score_spread_print(struct tl_score_spread *spread, const struct tl_score_print *print)
{
    const struct tl_quote_point *quote = print->quote;
    const struct tl_equity_trade *trade = print->trade;
    if (!quote || quote->ask <= quote->bid || print->auction) return;
    double size = (double)trade->size;
    double effective = 2.0 * size * tl_abs((double)trade->price - tl_score_mid(quote));
    double quoted = size * (double)(quote->ask - quote->bid);
    bool plain =
        trade->conditions[1] != '4' && trade->conditions[1] != '7' && trade->conditions[2] != 'Z';
    add(spread, TL_SCORE_ALL, effective, quoted);
    if (!trade->off_exchange)
        add(spread, TL_SCORE_LIT, effective, quoted);
    else if (plain)
        add(spread, TL_SCORE_OFF, effective, quoted);
}

static double mean_ticks(const struct tl_score_spread *spread)
{
    return spread->seconds > 0 ? spread->ticks / spread->seconds : TL_NAN;
}

static double variation(const struct tl_score_spread *spread)
{
    double mean = mean_ticks(spread);
    if (!(mean > 0)) return TL_NAN;
    return tl_sqrt(tl_max(spread->ticks_squared / spread->seconds - mean * mean, 0)) / mean;
}

/* E17. The wide names' variation: the one measured distribution of a name of several ticks (IBM
 * 2013: 1 c 6, 2 c 14, 3 c 18, 4 c 16, 5 c 14, 6 c 11, 7 c 7, more 14 %) has sd / mean .55; the band
 * is that plus or minus a half. */
static void spread_row(struct tl_score_scene *scene)
{
    struct tl_score_row *row =
        tl_score_row(scene->report, "E17", "spread in ticks by price", 'H', 3600);
    for (uint32_t i = 0; i < scene->count; i++) {
        const struct tl_score_spread *spread = &scene->names[i].spread;
        double ticks = tl_score_ticks(&scene->symbols[i]);
        if (tl_score_has_reference(&scene->symbols[i]))
            tl_score_scene_set(scene, i, mean_ticks(spread), spread->seconds);
        tl_score_scene_band(scene, i, 0.7 * ticks, 1.3 * ticks);
    }
    tl_score_scene_put(scene, row, "mean ticks");
    tl_score_scene_bands(scene, 0.95, 1.0);
    for (uint32_t i = 0; i < scene->count; i++) {
        const struct tl_score_spread *spread = &scene->names[i].spread;
        if (scene->symbols[i].price >= 60 || !tl_score_is_tick_bound(&scene->symbols[i])) continue;
        tl_score_scene_set(scene, i, spread->at_one_tick / spread->seconds, spread->seconds);
    }
    tl_score_scene_put(scene, row, "below 60 $: at one tick");
    tl_score_scene_bands(scene, 0.28, 0.83);
    for (uint32_t i = 0; i < scene->count; i++)
        if (tl_score_ticks(&scene->symbols[i]) >= 3)
            tl_score_scene_set(scene, i, variation(&scene->names[i].spread),
                               scene->names[i].spread.seconds);
    tl_score_scene_put(scene, row, "3 ticks and more: sd / mean");
}

/* Mean spread of half hours [first, last] over that of midday. */
static double profile(const struct tl_score_spread *spread, int first, int last)
{
    double part[2] = {0, 0}, seconds[2] = {0, 0};
    for (int h = 0; h < TL_SCORE_HALF_HOURS; h++) {
        if (h >= first && h <= last) {
            part[0] += spread->half_hour_ticks[h];
            seconds[0] += spread->half_hour_seconds[h];
        }
        if (h >= MIDDAY_FIRST && h <= MIDDAY_LAST) {
            part[1] += spread->half_hour_ticks[h];
            seconds[1] += spread->half_hour_seconds[h];
        }
    }
    if (!(seconds[0] > 0 && part[1] > 0)) return TL_NAN;
    return part[0] / seconds[0] / (part[1] / seconds[1]);
}

/* E18. Only names not bound to one tick; a full session, so that midday and close are both there. */
static void intraday_row(struct tl_score_scene *scene)
{
    static const struct {
        const char *label;
        int first, last;
        double low, high;
    } parts[] = {{"first half hour / midday", 0, 0, 2.0, 3.0},
                 {"last half hour / midday", 12, 12, 0.55, 0.80}};
    struct tl_score_row *row =
        tl_score_row(scene->report, "E18", "intraday L-shape of the spread", 'H', 20000);
    for (int p = 0; p < 2; p++) {
        tl_score_scene_bands(scene, parts[p].low, parts[p].high);
        for (uint32_t i = 0; i < scene->count; i++)
            if (tl_score_ticks(&scene->symbols[i]) >= 2)
                tl_score_scene_set(scene, i,
                                   profile(&scene->names[i].spread, parts[p].first, parts[p].last),
                                   scene->names[i].spread.seconds);
        tl_score_scene_put(scene, row, parts[p].label);
    }
}

static void effective_row(struct tl_score_scene *scene)
{
    static const struct {
        const char *label;
        enum tl_score_where where;
        double low, high;
    } parts[] = {{"lit", TL_SCORE_LIT, 0.75, 1.05},
                 {"off exchange", TL_SCORE_OFF, 0.30, 0.70},
                 {"all", TL_SCORE_ALL, 0.60, 1.0}};
    struct tl_score_row *row =
        tl_score_row(scene->report, "E19", "effective / quoted spread", 'H', 5000);
    for (int p = 0; p < 3; p++) {
        tl_score_scene_bands(scene, parts[p].low, parts[p].high);
        for (uint32_t i = 0; i < scene->count; i++) {
            const struct tl_score_spread *spread = &scene->names[i].spread;
            enum tl_score_where where = parts[p].where;
            tl_score_scene_set(scene, i, spread->effective[where] / spread->quoted[where],
                               (double)spread->trades[where]);
        }
        tl_score_scene_put(scene, row, parts[p].label);
    }
}

/* Time-weighted median of the sizes at the inside, both sides, whole shares: bands begin at round
 * lots. */
static double depth_median(const struct tl_score_spread *spread)
{
    double sum = 0;
    for (int b = 0; b < TL_SCORE_SIZE_BINS; b++) {
        sum += spread->depth_seconds[b];
        if (sum > 0 && sum >= spread->seconds)
            return tl_floor(spread->depth_shares[b] / spread->depth_seconds[b] + 0.5);
    }
    return TL_NAN;
}

struct band {
    double low, high;
};

/* E25 by price; prices between the classes have no band. Index funds: SPY's. */
static struct band depth_band(const struct tl_symbol *symbol)
{
    double price = symbol->price;
    if (tl_symbol_is_index_fund(symbol)) return (struct band){200, 1500};
    if (price < 20) return (struct band){2000, 60000};
    if (price >= 40 && price < 65) return (struct band){300, 1500};
    if (price >= 150 && price <= 250) return (struct band){100, 400};
    if (price > 300) return (struct band){40, 200};
    return (struct band){0, 0};
}

static void depth_row(struct tl_score_scene *scene)
{
    struct tl_score_row *row =
        tl_score_row(scene->report, "E25", "displayed depth by price, shares", 'M', 3600);
    for (uint32_t i = 0; i < scene->count; i++) {
        struct band band = depth_band(&scene->symbols[i]);
        if (band.high <= 0) continue;
        tl_score_scene_set(scene, i, depth_median(&scene->names[i].spread),
                           scene->names[i].spread.seconds);
        tl_score_scene_band(scene, i, band.low, band.high);
    }
    tl_score_scene_put(scene, row, "median at the inside");
}

void tl_score_spread_rows(struct tl_score_scene *scene)
{
    spread_row(scene);
    intraday_row(scene);
    effective_row(scene);
    depth_row(scene);
}

void tl_score_spread_curves(const struct tl_score_scene *scene, struct tl_score_curves *curves)
{
    /* [R] IBM 2013, cents over its mean of 12:00 to 13:30. */
    static const double measured[TL_SCORE_HALF_HOURS] = {2.36, 1.34, 1.00, 1.05, 1.20, 1.05, 1.00,
                                                         0.95, 0.95, 1.05, 0.91, 0.80, 0.57};
    struct tl_score_curve *plot = tl_score_curve(curves, "spread_day", "Spread through the day",
                                                 "half hour", "spread / midday");
    struct tl_curve_line *line = tl_score_curve_line(plot, "names, median", TL_STYLE_LINE);
    struct tl_curve_line *real = tl_score_curve_reference(plot, "IBM 2013", TL_STYLE_DOTS);
    for (int h = 0; h < TL_SCORE_HALF_HOURS; h++) {
        double values[TL_SCORE_NAMES_MAX];
        size_t n = 0;
        for (uint32_t i = 0; i < scene->count; i++) {
            double value = profile(&scene->names[i].spread, h, h);
            if (tl_is_finite(value) && tl_score_ticks(&scene->symbols[i]) >= 2) values[n++] = value;
        }
        if (n) tl_score_curve_point(line, h + 0.5, tl_median_in_place(values, n));
        tl_score_curve_point(real, h + 0.5, measured[h]);
    }
}
