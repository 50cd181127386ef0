/* SPDX-License-Identifier: Apache-2.0
 * Venues, places, conditions and price digits.
 *
 * A print stands at the quote when its price is the bid or the ask in force just before its
 * execution, at the middle when it is (bid + ask) / 2 to 1e-4 USD, else inside or outside. Locked
 * and crossed quotes have no places and are left out. Bands: SCORECARD E39 to E46 (Rosenblatt
 * 2024-25; one stock of 157 $ in 2018), venue shares of CALIBRATION B.4 doubled to shares of lit
 * volume, plus or minus 30 %. */
#include "score/equity_venue.h"

#include "base/math.h"
#include "score/equity_scene.h"
#include "tape/equity_venue.h"

static enum tl_score_place place_of(tl_px price, const struct tl_quote_point *quote)
{
    if (price == quote->bid || price == quote->ask) return TL_SCORE_AT_QUOTE;
    if (price < quote->bid || price > quote->ask) return TL_SCORE_OUTSIDE;
    return price == (quote->bid + quote->ask) / 2 ? TL_SCORE_AT_MID : TL_SCORE_INSIDE;
}

static void digits_add(struct tl_score_venue *venue, tl_px price)
{
    if (price % 100 != 0) return;
    int64_t cents = price / 100;
    venue->whole_cents++;
    venue->digit[cents % 10]++;
    venue->whole_dollars += cents % 100 == 0;
    venue->quarters += cents % 25 == 0 && cents % 100 != 0;
}

void tl_score_venue_print(struct tl_score_venue *venue, const struct tl_score_print *print)
{
    const struct tl_equity_trade *trade = print->trade;
    const struct tl_quote_point *quote = print->quote;
    int off = trade->off_exchange;
    double shares = (double)trade->size;
    venue->volume[off] += shares;
    if (trade->venue < TL_EV_COUNT) venue->venue_volume[trade->venue] += shares;
    if (print->auction) {
        if (trade->conditions[1] == 'O')
            venue->auction_open += shares;
        else
            venue->auction_close += shares;
        return;
    }
    venue->prints[off]++;
    venue->sub_penny[off] += trade->price % 100 != 0;
    venue->half_cent[off] += trade->price % 100 == 50;
    venue->iso[off] += trade->conditions[1] == 'F';
    digits_add(venue, trade->price);
    if (quote && quote->bid < quote->ask)
        venue->placed[off][place_of(trade->price, quote)] += shares;
}

static double prints_of(const struct tl_score_venue *venue)
{
    return (double)(venue->prints[0] + venue->prints[1]);
}

/* E39. The volume band is for mega caps and funds; auctions count as volume. A name without any
 * print off exchange is a tape that does not say. */
static void off_row(struct tl_score_scene *scene)
{
    struct tl_score_row *row = tl_score_row(scene->report, "E39", "off exchange", 'H', 10000);
    tl_score_scene_bands(scene, 0.38, 0.52);
    for (uint32_t i = 0; i < scene->count; i++) {
        const struct tl_score_venue *venue = &scene->names[i].venue;
        bool mine = tl_score_is_mega(&scene->symbols[i]) || scene->symbols[i].is_etf;
        if (mine && venue->prints[1])
            tl_score_scene_set(scene, i, venue->volume[1] / (venue->volume[0] + venue->volume[1]),
                               prints_of(venue));
    }
    tl_score_scene_put(scene, row, "volume, mega caps and funds");
    tl_score_scene_bands(scene, 0.30, 0.45);
    for (uint32_t i = 0; i < scene->count; i++) {
        const struct tl_score_venue *venue = &scene->names[i].venue;
        if (venue->prints[1])
            tl_score_scene_set(scene, i, (double)venue->prints[1] / prints_of(venue),
                               prints_of(venue));
    }
    tl_score_scene_put(scene, row, "prints");
    row->note = "the market-wide share is n/a on a part of the market";
}

/* E40: a figure of the whole market, so all names summed. */
static void off_place_row(struct tl_score_scene *scene)
{
    static const struct {
        const char *label;
        double low, high;
    } parts[] = {{"at the NBBO", 0.37, 0.41}, {"at the middle", 0.16, 0.20}, {"else", 0.40, 0.46}};
    struct tl_score_row *row =
        tl_score_row(scene->report, "E40", "off-exchange volume by place", 'H', 10000);
    double placed[TL_SCORE_PLACES] = {0}, all = 0, prints = 0;
    for (uint32_t i = 0; i < scene->count; i++) {
        for (int p = 0; p < TL_SCORE_PLACES; p++) {
            placed[p] += scene->names[i].venue.placed[1][p];
            all += scene->names[i].venue.placed[1][p];
        }
        prints += (double)scene->names[i].venue.prints[1];
    }
    const double values[3] = {placed[TL_SCORE_AT_QUOTE], placed[TL_SCORE_AT_MID],
                              placed[TL_SCORE_INSIDE] + placed[TL_SCORE_OUTSIDE]};
    for (int p = 0; p < 3; p++)
        tl_score_put(row, parts[p].label, values[p] / all, parts[p].low, parts[p].high, prints);
}

static double penny_part(const struct tl_score_venue *venue, int part)
{
    switch (part) {
    case 0:
        return (double)(venue->sub_penny[0] + venue->sub_penny[1]) / prints_of(venue);
    case 1:
        return (double)venue->sub_penny[1] / (double)venue->prints[1];
    case 2:
        return (double)venue->half_cent[1] / (double)venue->prints[1];
    default:
        return (double)venue->sub_penny[0] / (double)venue->prints[0];
    }
}

/* E41. Half cents are midpoints of odd spreads, so their share is asked of names like the measured
 * one (157 $): 100 to 250 $. */
static void penny_row(struct tl_score_scene *scene)
{
    static const struct {
        const char *label;
        double low, high;
    } parts[] = {{"all prints", 0.17, 0.30},
                 {"off exchange", 0.50, 0.60},
                 {"off, half cent, 100 to 250 $", 0.14, 0.18},
                 {"on exchange", 0.02, 0.04}};
    struct tl_score_row *row = tl_score_row(scene->report, "E41", "sub-penny prices", 'H', 10000);
    for (int p = 0; p < 4; p++) {
        tl_score_scene_bands(scene, parts[p].low, parts[p].high);
        for (uint32_t i = 0; i < scene->count; i++) {
            const struct tl_score_venue *venue = &scene->names[i].venue;
            double price = scene->symbols[i].price;
            if (p != 2 || (price >= 100 && price <= 250))
                tl_score_scene_set(scene, i, penny_part(venue, p), prints_of(venue));
        }
        tl_score_scene_put(scene, row, parts[p].label);
    }
}

/* 0 tick-bound, 1 a few ticks (like IBM of 183 $ in 2013), 2 above 300 $ and wide, 3 no band. */
static int place_class(const struct tl_symbol *symbol)
{
    double ticks = tl_score_ticks(symbol);
    if (tl_score_is_tick_bound(symbol)) return 0;
    if (symbol->price > 300 && ticks >= 3) return 2;
    return ticks >= 3 && ticks <= 7 ? 1 : 3;
}

static void lit_place_row(struct tl_score_scene *scene)
{
    static const struct {
        const char *label;
        int class;
        enum tl_score_place place;
        double low, high;
    } parts[] = {{"tick-bound: at the NBBO", 0, TL_SCORE_AT_QUOTE, 0.95, 1.0},
                 {"tick-bound: middle", 0, TL_SCORE_AT_MID, 0.0, 0.03},
                 {"a few ticks: at the NBBO", 1, TL_SCORE_AT_QUOTE, 0.66, 0.82},
                 {"a few ticks: middle", 1, TL_SCORE_AT_MID, 0.03, 0.08},
                 {"a few ticks: inside", 1, TL_SCORE_INSIDE, 0.12, 0.24},
                 {"above 300 $: at the NBBO", 2, TL_SCORE_AT_QUOTE, 0.40, 0.65},
                 {"above 300 $: middle", 2, TL_SCORE_AT_MID, 0.08, 0.12},
                 {"above 300 $: inside", 2, TL_SCORE_INSIDE, 0.25, 0.45}};
    struct tl_score_row *row = tl_score_row(scene->report, "E42", "lit volume by place", 'H', 5000);
    for (int p = 0; p < 8; p++) {
        tl_score_scene_bands(scene, parts[p].low, parts[p].high);
        for (uint32_t i = 0; i < scene->count; i++) {
            const double *placed = scene->names[i].venue.placed[0];
            double all = placed[0] + placed[1] + placed[2] + placed[3];
            if (place_class(&scene->symbols[i]) == parts[p].class)
                tl_score_scene_set(scene, i, placed[parts[p].place] / all,
                                   (double)scene->names[i].venue.prints[0]);
        }
        tl_score_scene_put(scene, row, parts[p].label);
    }
}

static void iso_row(struct tl_score_scene *scene)
{
    struct tl_score_row *row = tl_score_row(scene->report, "E43", "ISO share of prints", 'H', 5000);
    for (int all = 0; all < 2; all++) {
        tl_score_scene_bands(scene, all ? 0.32 : 0.50, all ? 0.48 : 0.62);
        for (uint32_t i = 0; i < scene->count; i++) {
            const struct tl_score_venue *venue = &scene->names[i].venue;
            double prints = all ? prints_of(venue) : (double)venue->prints[0];
            double iso = (double)(venue->iso[0] + venue->iso[1]);
            /* A tape without conditions has none at all. */
            if (iso > 0) tl_score_scene_set(scene, i, iso / prints, prints);
        }
        tl_score_scene_put(scene, row, all ? "all" : "on exchange");
    }
    row->note = "needs sale conditions: file or truth output";
}

/* E44: the mean over names, since one day's cross is log-normally ragged. */
static void auction_row(struct tl_score_scene *scene)
{
    static const struct {
        const char *label;
        int kind; /* 0 close of stocks, 1 close of funds, 2 open of stocks */
        double low, high;
    } parts[] = {{"close, stocks", 0, 0.06, 0.12},
                 {"close, funds", 1, 0.0, 0.01},
                 {"open, stocks", 2, 0.007, 0.025}};
    struct tl_score_row *row =
        tl_score_row(scene->report, "E44", "auctions, share of volume", 'H', 5000);
    for (int p = 0; p < 3; p++) {
        for (uint32_t i = 0; i < scene->count; i++) {
            const struct tl_score_venue *venue = &scene->names[i].venue;
            double cross = parts[p].kind == 2 ? venue->auction_open : venue->auction_close;
            if (cross > 0 && scene->symbols[i].is_etf == (parts[p].kind == 1))
                tl_score_scene_set(scene, i, cross / (venue->volume[0] + venue->volume[1]),
                                   prints_of(venue));
        }
        tl_score_scene_put_mean(scene, row, parts[p].label, parts[p].low, parts[p].high);
    }
    row->note = "mean over names; there are no auctions in continuous sessions";
}

/* E45 is declared so that its absence is seen. */
static void extended_row(struct tl_score_scene *scene)
{
    struct tl_score_row *row =
        tl_score_row(scene->report, "E45", "extended hours, share of volume", 'H', 1);
    tl_score_put(row, "pre and post", TL_NAN, 0.03, 0.11, 0);
    row->note = "the market has no extended hours";
}

/* A tape that knows no venues has one. */
static double lit_share(const struct tl_score_venue *venue, enum tl_equity_venue at)
{
    int seen = 0;
    for (int v = 0; v < TL_EV_OTC; v++)
        seen += venue->venue_volume[v] > 0;
    if (seen < 2) return TL_NAN;
    return venue->venue_volume[at] / venue->volume[0];
}

static void venue_row(struct tl_score_scene *scene)
{
    static const struct {
        const char *label;
        enum tl_equity_venue at;
        int home; /* enum tl_equity_venue, or -1: all names */
        double share;
    } parts[] = {{"Nasdaq-listed: Nasdaq", TL_EV_NASDAQ, TL_EV_NASDAQ, 0.36},
                 {"NYSE-listed: NYSE", TL_EV_NYSE, TL_EV_NYSE, 0.26},
                 {"funds: Arca", TL_EV_ARCA, TL_EV_ARCA, 0.26},
                 {"EDGX", TL_EV_EDGX, -1, 0.110},
                 {"BZX", TL_EV_BATS, -1, 0.072},
                 {"MEMX", TL_EV_MEMX, -1, 0.040},
                 {"IEX", TL_EV_IEX, -1, 0.050}};
    struct tl_score_row *row =
        tl_score_row(scene->report, "E46", "venues, share of lit volume", 'H', 5000);
    for (int p = 0; p < 7; p++) {
        tl_score_scene_bands(scene, 0.7 * parts[p].share, 1.3 * parts[p].share);
        for (uint32_t i = 0; i < scene->count; i++) {
            const struct tl_score_venue *venue = &scene->names[i].venue;
            int home = (int)tl_equity_venue_home(&scene->symbols[i]);
            if (parts[p].home < 0 || parts[p].home == home)
                tl_score_scene_set(scene, i, lit_share(venue, parts[p].at),
                                   (double)venue->prints[0]);
        }
        tl_score_scene_put(scene, row, parts[p].label);
    }
}

/* E51: mean over names; what a name visits in a day decides more than its habits. */
static void digit_row(struct tl_score_scene *scene)
{
    static const char *const labels[] = {"last digit 0", "last digit 5, above 30 $",
                                         "whole dollars"};
    static const double bands[3][2] = {{0.115, 0.135}, {0.10, 0.115}, {0.013, 0.020}};
    struct tl_score_row *row = tl_score_row(scene->report, "E51", "price clustering", 'H', 10000);
    for (int p = 0; p < 3; p++) {
        for (uint32_t i = 0; i < scene->count; i++) {
            const struct tl_score_venue *venue = &scene->names[i].venue;
            double n = (double)venue->whole_cents;
            uint64_t count = p == 0   ? venue->digit[0]
                             : p == 1 ? venue->digit[5]
                                      : venue->whole_dollars;
            if (n > 0 && (p != 1 || scene->symbols[i].price > 30))
                tl_score_scene_set(scene, i, (double)count / n, n);
        }
        tl_score_scene_put_mean(scene, row, labels[p], bands[p][0], bands[p][1]);
    }
    row->note = "prices on the cent; mean over names";
}

void tl_score_venue_rows(struct tl_score_scene *scene)
{
    off_row(scene);
    off_place_row(scene);
    penny_row(scene);
    lit_place_row(scene);
    iso_row(scene);
    auction_row(scene);
    extended_row(scene);
    venue_row(scene);
    digit_row(scene);
}
