/* SPDX-License-Identifier: Apache-2.0
 * SCORECARD O1 to O7. All shares are of contracts unless said; the reference is whole chains of ten
 * single names on a Tuesday and a Friday of November 2025, so rows without names of their own are
 * the plain mean of those ten. Where the scorecard gives a measured value without a band, the band
 * is stated here.
 *
 * Limits: O1's SPX and whole-market figures need an index class. */
#include "score/option_mix.h"

#include <stddef.h>

#include "base/math.h"
#include "base/text.h"
#include "score/bins.h"
#include "score/estimate.h"
#include "score/option_state.h"

#define PRINTS_MIN 2000

static const struct tl_bins_axis k_axis = {-1.0, 1.0, TL_OPTION_K_BINS, false};

static uint32_t place(const double *edges, uint32_t count, double x)
{
    uint32_t at = 0;
    while (at < count && x >= edges[at])
        at++;
    return at;
}

static uint32_t dte_bucket(const struct tl_option_look *look)
{
    static const double edges[] = {8, 15, 31, 61, 91, 181, 366};
    if (look->this_week) return 0;
    return 1 + place(edges, 7, look->dte); /* next week's Friday is seven days from Friday */
}

void tl_option_mix_print(struct tl_option_mix *mix, const struct tl_option_look *look)
{
    static const double premium_edges[] = {1, 8, 31, 91, 366};
    static const double near_edges[] = {.01, .02, .05, .10, .20};
    static const double delta_edges[] = {.05, .1, .2, .3, .4, .5, .6, .7, .8, .9};
    static const double price_edges[] = {.0501,  .1001,  .2501,   .5001,   1.0001, 2.0001,
                                         3.0001, 5.0001, 10.0001, 20.0001, 50.0001};
    double size = look->size, k = look->k;
    mix->prints += 1;
    mix->volume += size;
    mix->session_volume += size;
    if (look->dte == 0) {
        mix->session_zero += size;
        mix->zero_volume += size;
        if (tl_abs(k) < 0.01) mix->zero_near += size;
    }
    if (look->call) mix->calls += size;
    if (look->call ? k > 0 : k < 0) mix->otm += size;
    mix->dte[dte_bucket(look)] += size;
    mix->premium[place(premium_edges, 5, look->dte)] += size * look->price;
    mix->premium_all += size * look->price;
    for (int i = 0; i < 5; i++)
        if (tl_abs(k) < near_edges[i]) mix->near[i] += size;
    mix->delta[place(delta_edges, 10, look->delta)] += size;
    mix->price[place(price_edges, 11, look->price)] += size;
    uint32_t group = place(premium_edges, 5, look->dte);
    if (group < TL_OPTION_K_GROUPS) tl_bins_add(&k_axis, mix->k[group], k, size);
}

void tl_option_mix_close(struct tl_option_mix *mix, const struct tl_option_session *session)
{
    enum tl_option_day day = TL_OPTION_DAY_NONE;
    if (mix->session_zero > 0)
        day =
            session->trade_day == session->week_day ? TL_OPTION_DAY_FRIDAY : TL_OPTION_DAY_MIDWEEK;
    mix->day_volume[day] += mix->session_volume;
    mix->day_zero[day] += mix->session_zero;
    mix->session_volume = mix->session_zero = 0;
}

/* ---- rows ---- */

typedef double (*measure)(const struct tl_option_mix *mix, uint32_t arg);

static double calls_of(const struct tl_option_mix *mix, uint32_t arg)
{
    (void)arg;
    return mix->calls / mix->volume;
}

static double otm_of(const struct tl_option_mix *mix, uint32_t arg)
{
    (void)arg;
    return mix->otm / mix->volume;
}

static double dte_of(const struct tl_option_mix *mix, uint32_t arg)
{
    return mix->dte[arg] / mix->volume;
}

static double premium_of(const struct tl_option_mix *mix, uint32_t arg)
{
    return mix->premium[arg] / mix->premium_all;
}

static double near_of(const struct tl_option_mix *mix, uint32_t arg)
{
    return mix->near[arg] / mix->volume;
}

static double delta_share(const struct tl_option_mix *mix, uint32_t arg)
{
    return mix->delta[arg] / mix->volume;
}

static double price_share(const struct tl_option_mix *mix, uint32_t arg)
{
    return mix->price[arg] / mix->volume;
}

/* arg: group x 5 + quantile. */
static double k_quantile(const struct tl_option_mix *mix, uint32_t arg)
{
    static const double p[5] = {.05, .25, .50, .75, .95};
    return tl_bins_quantile(&k_axis, mix->k[arg / 5], p[arg % 5]);
}

struct band {
    const char *label;
    double low, high;
};

/* The mean over the ten measured names of one measure. */
static void put_mean(struct tl_score_row *row, const struct tl_option_sample *sample, measure of,
                     uint32_t arg, struct band band)
{
    struct tl_name_numbers names = {0};
    for (uint32_t i = 0; i < sample->count; i++) {
        const struct tl_option_mix *mix = &sample->states[i].mix;
        if (tl_option_in_group(&sample->symbols[i], TL_GROUP_SAMPLE) && mix->prints > 0)
            tl_names_add(&names, of(mix, arg), band.low, band.high, mix->prints);
    }
    tl_names_put_mean(row, band.label, &names, band.low, band.high);
}

/* O1: a name's zero-day share on the days on which it has an expiry. */
static void put_zero(struct tl_score_row *row, const struct tl_option_sample *sample,
                     enum tl_option_group group, enum tl_option_day day, struct band band)
{
    struct tl_name_numbers names = {0};
    for (uint32_t i = 0; i < sample->count; i++) {
        const struct tl_option_mix *mix = &sample->states[i].mix;
        if (!tl_option_in_group(&sample->symbols[i], group)) continue;
        double all = mix->day_volume[day], zero = mix->day_zero[day];
        if (group == TL_GROUP_FUNDS) { /* an expiry every day */
            all += mix->day_volume[TL_OPTION_DAY_FRIDAY];
            zero += mix->day_zero[TL_OPTION_DAY_FRIDAY];
        }
        bool iwm = sample->symbols[i].adv_shares < 40e6; /* the smallest of the funds */
        double down = group == TL_GROUP_FUNDS && iwm ? 0.15 : 0;
        if (all > 0)
            tl_names_add(&names, zero / all, band.low - down, band.high - down, mix->prints);
    }
    tl_names_put(row, band.label, &names);
}

static void row_zero_day(const struct tl_option_sample *sample, struct tl_score_report *report)
{
    struct tl_score_row *row =
        tl_score_row(report, "O1", "0DTE share of a class's volume", 'M', PRINTS_MIN);
    row->note = "SPX and the whole market need an index class";
    put_zero(row, sample, TL_GROUP_FUNDS, TL_OPTION_DAY_MIDWEEK,
             (struct band){"index funds (IWM .35 to .45)", .50, .60});
    put_zero(row, sample, TL_GROUP_SINGLES, TL_OPTION_DAY_FRIDAY,
             (struct band){"stocks on Friday", .36, .59});
    put_zero(row, sample, TL_GROUP_SINGLES, TL_OPTION_DAY_MIDWEEK,
             (struct band){"stocks on Monday, Wednesday", .25, .45});
}

static void row_dte(const struct tl_option_sample *sample, struct tl_score_report *report)
{
    /* Wide enough for both days measured (Tuesday and Friday: 15-30 d .127 and .045, 31-60 d .117
     * and .066, 61-90 d .034 and .027, 91-180 d .045 and .027). What lies beyond this week's Friday
     * but within seven days depends on the weekday and has no band. */
    static const struct band bands[TL_OPTION_DTE_BUCKETS] = {{"to this week's Friday", .43, .58},
                                                             {NULL, 0, 1},
                                                             {"8-14 d", .05, .18},
                                                             {"15-30 d", .045, .16},
                                                             {"31-60 d", .066, .12},
                                                             {"61-90 d", .02, .04},
                                                             {"91-180 d", .025, .05},
                                                             {"181-365 d", .012, .024},
                                                             {"over 365 d", .014, .045}};
    struct tl_score_row *row =
        tl_score_row(report, "O2", "volume by days to expiry, ten names", 'H', PRINTS_MIN);
    for (uint32_t i = 0; i < TL_OPTION_DTE_BUCKETS; i++)
        if (bands[i].label) put_mean(row, sample, dte_of, i, bands[i]);
}

static void row_premium_dte(const struct tl_option_sample *sample, struct tl_score_report *report)
{
    /* One measured value each, 30 % of it either way; the first (.025) is the mean of a day without
     * and a Friday with an expiry, where it is twice that. */
    static const struct band bands[TL_OPTION_PREMIUM_BUCKETS] = {
        {"0 d", .0125, .06},   {"1-7 d", .12, .22},    {"8-30 d", .155, .285},
        {"31-90 d", .15, .27}, {"91-365 d", .14, .26}, {"over 365 d", .125, .235}};
    struct tl_score_row *row =
        tl_score_row(report, "O3", "premium by days to expiry, ten names", 'M', PRINTS_MIN);
    for (uint32_t i = 0; i < TL_OPTION_PREMIUM_BUCKETS; i++)
        put_mean(row, sample, premium_of, i, bands[i]);
    struct tl_name_numbers names = {0};
    for (uint32_t i = 0; i < sample->count; i++) {
        const struct tl_option_mix *mix = &sample->states[i].mix;
        if (tl_option_in_group(&sample->symbols[i], TL_GROUP_SAMPLE) && mix->prints > 0)
            tl_names_add(&names, 100 * mix->premium_all / mix->volume, 0, 0, mix->prints);
    }
    tl_names_put_mean(row, "USD a contract", &names, 350, 700);
}

static void row_calls(const struct tl_option_sample *sample, struct tl_score_report *report)
{
    /* Measured by name, five points either way; other stocks the range of all. */
    static const struct {
        const char *ticker;
        double share;
    } measured[] = {{"AAPL", .67}, {"META", .70}, {"NVDA", .63}, {"NFLX", .64},
                    {"PLTR", .60}, {"LLY", .57},  {"TSM", .53},  {"AMZN", .75}};
    struct tl_score_row *row =
        tl_score_row(report, "O4", "calls' share of volume", 'H', PRINTS_MIN);
    struct tl_name_numbers stocks = {0}, funds = {0};
    for (uint32_t i = 0; i < sample->count; i++) {
        const struct tl_symbol *symbol = &sample->symbols[i];
        const struct tl_option_mix *mix = &sample->states[i].mix;
        if (!(mix->prints > 0)) continue;
        double share = calls_of(mix, 0), low = .55, high = .70;
        for (size_t m = 0; m < sizeof measured / sizeof measured[0]; m++)
            if (tl_str_is(tl_str_from(symbol->ticker), measured[m].ticker)) {
                low = measured[m].share - .05;
                high = measured[m].share + .05;
            }
        if (tl_option_in_group(symbol, TL_GROUP_FUNDS))
            tl_names_add(&funds, share, .44, .50, mix->prints);
        else if (!symbol->is_etf)
            tl_names_add(&stocks, share, low, high, mix->prints);
    }
    tl_names_put(row, "stocks, each by its own", &stocks);
    tl_names_put(row, "index funds", &funds);
    put_mean(row, sample, calls_of, 0, (struct band){"ten names", .60, .68});
}

static void row_moneyness(const struct tl_option_sample *sample, struct tl_score_report *report)
{
    /* Shares: the measured value, five points either way. */
    static const struct band near_bands[5] = {{"|k| < 1 %", .15, .25},
                                              {"|k| < 2 %", .34, .44},
                                              {"|k| < 5 %", .58, .68},
                                              {"|k| < 10 %", .75, .85},
                                              {"|k| < 20 %", .87, .97}};
    static const char *const labels[TL_OPTION_K_GROUPS][5] = {
        {"0 d p05", "0 d p25", NULL, "0 d p75", "0 d p95"},
        {"1-7 d p05", "1-7 d p25", NULL, "1-7 d p75", "1-7 d p95"},
        {"8-30 d p05", "8-30 d p25", NULL, "8-30 d p75", "8-30 d p95"},
        {"31-90 d p05", "31-90 d p25", NULL, "31-90 d p75", "31-90 d p95"}};
    static const double measured[TL_OPTION_K_GROUPS][5] = {{-.038, -.010, .002, .014, .042},
                                                           {-.09, -.019, .004, .025, .075},
                                                           {-.20, -.04, .01, .053, .154},
                                                           {-.32, -.06, .024, .10, .25}};
    struct tl_score_row *row =
        tl_score_row(report, "O5", "moneyness of volume, ten names", 'H', PRINTS_MIN);
    put_mean(row, sample, otm_of, 0, (struct band){"out of the money", .78, .82});
    for (uint32_t i = 0; i < 5; i++)
        put_mean(row, sample, near_of, i, near_bands[i]);
    /* Quantiles: 30 % of the measured value, at least 0.4 points. */
    for (uint32_t g = 0; g < TL_OPTION_K_GROUPS; g++)
        for (uint32_t q = 0; q < 5; q++) {
            double value = measured[g][q], room = tl_max(0.3 * tl_abs(value), 0.004);
            if (labels[g][q])
                put_mean(row, sample, k_quantile, g * 5 + q,
                         (struct band){labels[g][q], value - room, value + room});
        }
    struct tl_name_numbers funds = {0};
    for (uint32_t i = 0; i < sample->count; i++) {
        const struct tl_option_mix *mix = &sample->states[i].mix;
        if (tl_option_in_group(&sample->symbols[i], TL_GROUP_FUNDS) && mix->zero_volume > 0)
            tl_names_add(&funds, mix->zero_near / mix->zero_volume, .85, .95, mix->prints);
    }
    tl_names_put(row, "index funds, 0 d within 1 %", &funds);
}

static void row_delta(const struct tl_option_sample *sample, struct tl_score_report *report)
{
    static const double value[TL_OPTION_DELTA_BINS] = {.22, .09,  .13, .13, .10, .10,
                                                       .08, .044, .03, .02, .05};
    static const char *const labels[TL_OPTION_DELTA_BINS] = {"0-.05", ".05-.1", ".1-.2",  ".2-.3",
                                                             ".3-.4", ".4-.5",  ".5-.6",  ".6-.7",
                                                             ".7-.8", ".8-.9",  "over .9"};
    struct tl_score_row *row =
        tl_score_row(report, "O6", "volume by absolute delta, ten names", 'H', PRINTS_MIN);
    for (uint32_t i = 0; i < TL_OPTION_DELTA_BINS; i++)
        put_mean(row, sample, delta_share, i,
                 (struct band){labels[i], tl_max(value[i] - .03, 0), value[i] + .03});
}

static void row_price(const struct tl_option_sample *sample, struct tl_score_report *report)
{
    static const double value[TL_OPTION_PRICE_BINS] = {.12, .04,  .064, .077, .12, .146,
                                                       .09, .117, .11,  .06,  .04, .013};
    static const char *const labels[TL_OPTION_PRICE_BINS] = {
        "to .05", ".05-.1", ".1-.25", ".25-.5", ".5-1",  "1-2",
        "2-3",    "3-5",    "5-10",   "10-20",  "20-50", "over 50"};
    struct tl_score_row *row =
        tl_score_row(report, "O7", "volume by option price, ten names", 'H', PRINTS_MIN);
    /* 35 % of the measured value, at least two points. */
    for (uint32_t i = 0; i < TL_OPTION_PRICE_BINS; i++) {
        double room = tl_max(.35 * value[i], .02);
        put_mean(row, sample, price_share, i,
                 (struct band){labels[i], tl_max(value[i] - room, 0), value[i] + room});
    }
}

void tl_option_mix_rows(const struct tl_option_sample *sample, struct tl_score_report *report)
{
    row_zero_day(sample, report);
    row_dte(sample, report);
    row_premium_dte(sample, report);
    row_calls(sample, report);
    row_moneyness(sample, report);
    row_delta(sample, report);
    row_price(sample, report);
}

/* ---- curves ---- */

static double mean_of(const struct tl_option_sample *sample, measure of, uint32_t arg)
{
    double sum = 0, used = 0;
    for (uint32_t i = 0; i < sample->count; i++) {
        if (!tl_option_in_group(&sample->symbols[i], TL_GROUP_SAMPLE)) continue;
        if (!(sample->states[i].mix.prints > 0)) continue;
        sum += of(&sample->states[i].mix, arg);
        used++;
    }
    return used > 0 ? sum / used : TL_NAN;
}

void tl_option_mix_curves(const struct tl_option_sample *sample, struct tl_score_curves *curves)
{
    static const double deltas[TL_OPTION_DELTA_BINS] = {.025, .075, .15, .25, .35, .45,
                                                        .55,  .65,  .75, .85, .95};
    static const double delta_real[TL_OPTION_DELTA_BINS] = {.22, .09,  .13, .13, .10, .10,
                                                            .08, .044, .03, .02, .05};
    static const double days[TL_OPTION_DTE_BUCKETS] = {4, 7, 11, 22, 45, 75, 135, 270, 550};
    static const double day_real[TL_OPTION_DTE_BUCKETS] = {.47,  0,    .145, .127, .117,
                                                           .034, .045, .022, .041};
    struct tl_score_curve *plot = tl_score_curve(curves, "option_delta", "Volume by absolute delta",
                                                 "absolute delta", "share of contracts");
    struct tl_curve_line *own = tl_score_curve_line(plot, "tape, ten names", TL_STYLE_BARS);
    struct tl_curve_line *real =
        tl_score_curve_reference(plot, "ten names, November 2025", TL_STYLE_DOTS);
    for (uint32_t i = 0; i < TL_OPTION_DELTA_BINS; i++) {
        tl_score_curve_point(own, deltas[i], mean_of(sample, delta_share, i));
        tl_score_curve_point(real, deltas[i], delta_real[i]);
    }
    plot = tl_score_curve(curves, "option_dte", "Volume by days to expiry", "days to expiry",
                          "share of contracts");
    tl_score_curve_axes(plot, TL_AXIS_LOG, TL_AXIS_LOG);
    own = tl_score_curve_line(plot, "tape, ten names", TL_STYLE_LINE);
    real = tl_score_curve_reference(plot, "ten names, a Tuesday", TL_STYLE_DOTS);
    for (uint32_t i = 0; i < TL_OPTION_DTE_BUCKETS; i++) {
        if (i == 1) continue; /* depends on the weekday */
        tl_score_curve_point(own, days[i], mean_of(sample, dte_of, i));
        tl_score_curve_point(real, days[i], day_real[i]);
    }
}
