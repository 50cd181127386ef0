/* SPDX-License-Identifier: Apache-2.0
 * SCORECARD O20 to O24. O21 and O23 on synchronous snapshots of whole chains (quotes with a bid),
 * O20 on published quotes and electronic prints, O22 (with a bid; of the ten names all contracts as one) and O24 on the NBBO in force at
 * prints.
 *
 * O21's shares are medians over six mega caps; where a value was measured without a band, 35 % of it
 * either way. Its USD and second-tier values are by name and tenor, all of them one number, a factor
 * of 1.5 either way (they move in whole ticks of one or five cents). */
#include "score/option_spread.h"

#include <stddef.h>

#include "base/math.h"
#include "base/text.h"
#include "score/bins.h"
#include "score/estimate.h"
#include "score/option_state.h"

#define PRINTS_MIN 2000

static const struct tl_bins_axis relative_axis = {.0005, 4, TL_SPREAD_REL_BINS, true};
static const struct tl_bins_axis usd_axis = {.005, 20, TL_SPREAD_USD_BINS, true};
static const tl_px grids[3] = {100, 500, 1000};

static void add_price(double *count, double (*on)[3], tl_px price)
{
    int high = price >= 3 * TL_PX_PER_USD;
    count[high] += 1;
    for (int g = 0; g < 3; g++)
        on[high][g] += price % grids[g] == 0;
}

void tl_option_spread_nbbo(struct tl_option_spread *spread, const struct tl_option_nbbo *nbbo)
{
    if (nbbo->bid > 0) add_price(spread->quotes, spread->on_grid, nbbo->bid);
    add_price(spread->quotes, spread->on_grid, nbbo->ask);
}

void tl_option_spread_print(struct tl_option_spread *spread, const struct tl_option_look *look)
{
    const struct tl_option_trade *trade = look->trade;
    bool electronic = trade->condition == 'I' || trade->condition == 'S' || trade->condition == ' ';
    if (electronic) add_price(spread->prints, spread->print_on_grid, trade->price);
    double width = look->ask - look->bid, mid = 0.5 * (look->ask + look->bid);
    if (!trade->nbbo_known || !(width > 0)) return;
    spread->print_count += 1;
    spread->effective += look->size * 2 * tl_abs(look->price - mid);
    spread->quoted += look->size * width;
    if (!(look->bid > 0)) return; /* a relative spread of 200 % says nothing */
    spread->volume += look->size;
    spread->rel_sum += look->size * width / mid;
    tl_bins_add(&relative_axis, spread->print_relative, width / mid, look->size);
}

static int delta_bucket(double delta)
{
    if (delta >= .4 && delta <= .6) return 0;
    if (delta >= .1 && delta < .25) return 1;
    if (delta < .1) return 2;
    return delta > .9 ? 3 : -1;
}

static int tenor_bucket(int32_t dte)
{
    if (dte < 1 || dte > 365) return -1;
    return dte <= 2 ? 0 : dte <= 7 ? 1 : dte <= 30 ? 2 : dte <= 90 ? 3 : 4;
}

static void add_fund(struct tl_option_spread *spread, const struct tl_option_slice *slice, int put,
                     uint32_t i, double delta)
{
    double width = slice->ask[put][i] - slice->bid[put][i];
    int32_t dte = slice->dte;
    int which = -1;
    bool month = dte >= 21 && dte <= 40;
    if (delta >= .4 && delta <= .6)
        which = dte <= 7                  ? TL_FUND_ATM_WEEK
                : month                   ? TL_FUND_ATM_MONTH
                : dte >= 55 && dte <= 130 ? TL_FUND_ATM_QUARTER
                                          : -1;
    else if (month && delta >= .02 && delta <= .15)
        which = TL_FUND_OTM_MONTH;
    else if (delta > .95)
        which = TL_FUND_DEEP;
    if (which < 0) return;
    tl_bins_add(&usd_axis, spread->fund[which], width, 1);
    if (which != TL_FUND_OTM_MONTH) return;
    spread->fund_quotes += 1;
    spread->fund_bid_size += slice->bid_size[put][i];
    spread->fund_ask_size += slice->ask_size[put][i];
}

void tl_option_spread_slice(struct tl_option_spread *spread, const struct tl_option_slice *slice)
{
    int tenor = tenor_bucket(slice->dte);
    for (uint32_t i = 0; i < slice->count; i++)
        for (int put = 0; put < 2; put++) {
            double bid = slice->bid[put][i], ask = slice->ask[put][i];
            if (!(bid > 0)) continue;
            double delta = put ? 1 - slice->delta[i] : slice->delta[i];
            int bucket = delta_bucket(delta);
            if (tenor >= 0 && bucket >= 0)
                tl_bins_add(&relative_axis, spread->relative[bucket][tenor],
                            2 * (ask - bid) / (ask + bid), 1);
            if (tenor >= 0 && bucket == 0) tl_bins_add(&usd_axis, spread->usd[tenor], ask - bid, 1);
            add_fund(spread, slice, put, i, delta);
        }
}

/* ---- rows ---- */

static void row_grid(const struct tl_option_sample *sample, struct tl_score_report *report)
{
    struct tl_name_numbers quotes = {0}, prints = {0};
    for (uint32_t i = 0; i < sample->count; i++) {
        const struct tl_option_spread *spread = &sample->states[i].spread;
        uint8_t class = sample->symbols[i].option_class;
        int low = class == TL_CLASS_NICKEL ? 1 : 0;
        int high = class == TL_CLASS_PENNY_ALL ? 0 : class == TL_CLASS_PENNY ? 1 : 2;
        double n = spread->quotes[0] + spread->quotes[1];
        if (n > 0)
            tl_names_add(&quotes, (spread->on_grid[0][low] + spread->on_grid[1][high]) / n, 1, 1,
                         n);
        n = spread->prints[0] + spread->prints[1];
        if (n > 0)
            tl_names_add(&prints,
                         (spread->print_on_grid[0][low] + spread->print_on_grid[1][high]) / n, .999,
                         1, n);
    }
    struct tl_score_row *row =
        tl_score_row(report, "O20", "quotes on their class's grid", 'H', PRINTS_MIN);
    tl_names_put(row, "published bids and asks", &quotes);
    tl_names_put(row, "electronic prints", &prints);
}

struct cell {
    const char *label;
    int delta, tenor;
    double low, high;
};

static double relative_median(const struct tl_option_spread *spread, int delta, int tenor)
{
    return tl_bins_quantile(&relative_axis, spread->relative[delta][tenor], 0.5);
}

/* The mean over the mega caps of one cell's median. */
static void put_cell(struct tl_score_row *row, const struct tl_option_sample *sample,
                     const struct cell *cell)
{
    struct tl_name_numbers names = {0};
    for (uint32_t i = 0; i < sample->count; i++) {
        const struct tl_option_spread *spread = &sample->states[i].spread;
        if (!tl_option_in_group(&sample->symbols[i], TL_GROUP_MEGA)) continue;
        double n = tl_bins_total(&relative_axis, spread->relative[cell->delta][cell->tenor]);
        tl_names_add(&names, relative_median(spread, cell->delta, cell->tenor), 0, 0, n);
    }
    tl_names_put_mean(row, cell->label, &names, cell->low, cell->high);
}

/* At the money by name; 0: not measured. Mega caps in USD, the others as shares of the mid. */
static const struct {
    const char *ticker;
    bool usd;
    double at[TL_SPREAD_TENORS];
} measured[] = {
    {"AAPL", true, {.02, .035, .10, .10, .15}}, {"NVDA", true, {.02, .05, .05, .10, .15}},
    {"AMZN", true, {0, .03, .05, .10, .15}},    {"META", true, {.15, .15, .20, .30, .40}},
    {"GOOGL", true, {0, .05, .10, .10, .15}},   {"PLTR", true, {0, .04, .09, .20, .30}},
    {"JPM", false, {0, .13, .06, .054, .036}},  {"TSM", false, {0, .12, .10, .065, .048}},
    {"LLY", false, {0, .16, .12, .08, .05}},    {"NFLX", false, {0, .055, .048, .05, .045}}};

/* Every name and tenor that was measured, as one number: three to ten names a tenor cannot be told
 * apart at 80 % each, and one tick up or down is a factor of two where a width is one tick. */
static void put_by_name(struct tl_score_row *row, const struct tl_option_sample *sample)
{
    struct tl_name_numbers cells = {0};
    for (uint32_t i = 0; i < sample->count; i++)
        for (size_t m = 0; m < sizeof measured / sizeof measured[0]; m++) {
            const struct tl_option_spread *spread = &sample->states[i].spread;
            if (!tl_str_is(tl_str_from(sample->symbols[i].ticker), measured[m].ticker)) continue;
            for (int tenor = 0; tenor < TL_SPREAD_TENORS; tenor++) {
                double want = measured[m].at[tenor];
                double value = measured[m].usd
                                   ? tl_bins_quantile(&usd_axis, spread->usd[tenor], 0.5)
                                   : relative_median(spread, 0, tenor);
                if (want > 0)
                    tl_names_add(&cells, value / want, 1 / 1.5, 1.5,
                                 tl_bins_total(&usd_axis, spread->usd[tenor]));
            }
        }
    tl_names_put(row, "ATM by name and tenor", &cells);
}

static void row_surface(const struct tl_option_sample *sample, struct tl_score_report *report)
{
    static const struct cell cells[] = {
        {"ATM 1-2 d", 0, 0, .0117, .0243},          {"ATM 3-7 d", 0, 1, .0104, .0216},
        {"ATM 8-30 d", 0, 2, .0081, .0169},         {"ATM 31-90 d", 0, 3, .0059, .0122},
        {"ATM 91-365 d", 0, 4, .0046, .0095},       {"delta .1-.25, 1-2 d", 1, 0, .02, .027},
        {"delta .1-.25, 3-7 d", 1, 1, .02, .027},   {"delta .1-.25, 8-30 d", 1, 2, .02, .027},
        {"delta .1-.25, 31-90 d", 1, 3, .02, .027}, {"delta < .1, 1-2 d", 2, 0, .19, .39},
        {"delta < .1, 3-7 d", 2, 1, .14, .30},      {"delta < .1, 8-30 d", 2, 2, .085, .175},
        {"delta < .1, 31-90 d", 2, 3, .052, .108},  {"delta > .9, 3-7 d", 3, 1, .013, .024},
        {"delta > .9, 8-30 d", 3, 2, .013, .024}};
    struct tl_score_row *row =
        tl_score_row(report, "O21", "spread by delta and tenor (by name: over measured)", 'H', 30);
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        put_cell(row, sample, &cells[i]);
    put_by_name(row, sample);
}

static void row_weighted(const struct tl_option_sample *sample, struct tl_score_report *report)
{
    struct tl_name_numbers mega = {0}, median = {0}, effective = {0};
    double rel_sum = 0, volume = 0, prints = 0;
    for (uint32_t i = 0; i < sample->count; i++) {
        const struct tl_option_spread *spread = &sample->states[i].spread;
        double n = spread->print_count;
        if (!(n > 0)) continue;
        tl_names_add(&effective, spread->effective / spread->quoted, .75, .85, n);
        if (!tl_option_in_group(&sample->symbols[i], TL_GROUP_SAMPLE)) continue;
        rel_sum += spread->rel_sum;
        volume += spread->volume;
        prints += n;
        if (!tl_option_in_group(&sample->symbols[i], TL_GROUP_MEGA)) continue;
        tl_names_add(&mega, spread->rel_sum / spread->volume, 0, 0, n);
        tl_names_add(&median, tl_bins_quantile(&relative_axis, spread->print_relative, .5), 0, 0,
                     n);
    }
    struct tl_score_row *row =
        tl_score_row(report, "O22", "relative spread, weighted by volume", 'H', PRINTS_MIN);
    tl_names_put_mean(row, "mean, mega caps", &mega, .05, .07);
    tl_names_put_mean(row, "median, mega caps", &median, .012, .022); /* measured .017 */
    /* Measured .07 of all contracts, whatever their name. */
    tl_score_put(row, "mean, ten names", rel_sum / volume, .055, .085, prints);
    row = tl_score_row(report, "O24", "effective over quoted spread", 'H', PRINTS_MIN);
    tl_names_put(row, "by volume", &effective);
}

static void row_funds(const struct tl_option_sample *sample, struct tl_score_report *report)
{
    /* A median of exactly one tick lies in a bin 3 % wide. */
    static const struct {
        const char *label;
        double low, high;
    } bands[TL_FUND_SPREADS] = {{"ATM to 7 d, USD", .0095, .0205},
                                {"ATM 30 d", .019, .051},
                                {"ATM 90 d", .049, .121},
                                {"SPY 28 d, far out of the money", .0095, .0155},
                                {"SPY deep in the money", .30, .70}};
    struct tl_score_row *row = tl_score_row(report, "O23", "spreads of SPY and QQQ", 'H', 30);
    for (int which = 0; which < TL_FUND_SPREADS; which++) {
        struct tl_name_numbers names = {0};
        for (uint32_t i = 0; i < sample->count; i++) {
            const struct tl_option_spread *spread = &sample->states[i].spread;
            struct tl_str ticker = tl_str_from(sample->symbols[i].ticker);
            bool spy = tl_str_is(ticker, "SPY");
            if (!spy && (which >= TL_FUND_OTM_MONTH || !tl_str_is(ticker, "QQQ"))) continue;
            tl_names_add(&names, tl_bins_quantile(&usd_axis, spread->fund[which], .5),
                         bands[which].low, bands[which].high,
                         tl_bins_total(&usd_axis, spread->fund[which]));
        }
        tl_names_put(row, bands[which].label, &names);
    }
    for (uint32_t i = 0; i < sample->count; i++) {
        const struct tl_option_spread *spread = &sample->states[i].spread;
        if (!tl_str_is(tl_str_from(sample->symbols[i].ticker), "SPY")) continue;
        double n = spread->fund_quotes; /* measured about 1000 x 800, a factor of 2 either way */
        tl_score_put(row, "SPY far out, bid size", spread->fund_bid_size / n, 500, 2000, n);
        tl_score_put(row, "SPY far out, ask size", spread->fund_ask_size / n, 400, 1600, n);
    }
}

void tl_option_spread_rows(const struct tl_option_sample *sample, struct tl_score_report *report)
{
    row_grid(sample, report);
    row_surface(sample, report);
    row_weighted(sample, report);
    row_funds(sample, report);
}

void tl_option_spread_curves(const struct tl_option_sample *sample, struct tl_score_curves *curves)
{
    static const double days[TL_SPREAD_TENORS] = {1.5, 5, 18, 55, 190};
    static const double real[TL_SPREAD_TENORS] = {.018, .016, .0125, .009, .007};
    struct tl_score_curve *plot =
        tl_score_curve(curves, "option_spread", "Relative spread at the money", "days to expiry",
                       "median (ask - bid) / mid");
    tl_score_curve_axes(plot, TL_AXIS_LOG, TL_AXIS_LOG);
    struct tl_curve_line *line =
        tl_score_curve_reference(plot, "mega caps, November 2025", TL_STYLE_DOTS);
    for (int t = 0; t < TL_SPREAD_TENORS; t++)
        tl_score_curve_point(line, days[t], real[t]);
    for (uint32_t i = 0; i < sample->count; i++) {
        if (!tl_option_in_group(&sample->symbols[i], TL_GROUP_MEGA)) continue;
        line = tl_score_curve_line(plot, sample->symbols[i].ticker, TL_STYLE_LINE);
        for (int t = 0; t < TL_SPREAD_TENORS; t++)
            tl_score_curve_point(line, days[t], relative_median(&sample->states[i].spread, 0, t));
    }
}
