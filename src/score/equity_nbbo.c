/* SPDX-License-Identifier: Apache-2.0
 * Dynamics of the NBBO.
 *
 * Queue imbalance I = (bid - ask) / (bid + ask) of the sizes. E27 after Gould and Bonart 2016: the
 * imbalance at one uniformly random time between two mid changes, and the direction of the later
 * one. Here its exact expectation: each interval between changes has weight 1, spread over the
 * imbalances by the time they stood. Both directions are folded: "foretold" is a move up with I > 0
 * or down with I < 0.
 *
 * Rates and locked moments of a published (thinned) tape are not the engine's: n/a there. Source of
 * the bands: SCORECARD A.2. */
#include "score/equity_nbbo.h"

#include "base/math.h"
#include "base/text.h"
#include "score/equity_scene.h"

#define LOW_PRICE 65.0   /* names that may be locked for 1 % of the time */
#define BOUND_PRICE 20.0 /* E20's "tick-bound low-price": see rate_row */

static int queue_bin(double size)
{
    static const double edges[TL_SCORE_QUEUE_BINS - 1] = {0.1, 0.3, 0.5, 0.8};
    int bin = 0;
    while (bin < TL_SCORE_QUEUE_BINS - 1 && size > edges[bin])
        bin++;
    return bin;
}

void tl_score_nbbo_session(struct tl_score_nbbo *nbbo)
{
    nbbo->second_mid = nbbo->last_mid = 0;
    nbbo->last_move = 0;
    for (int b = 0; b < TL_SCORE_QUEUE_BINS; b++)
        nbbo->held[b][0] = nbbo->held[b][1] = 0;
}

void tl_score_nbbo_hold(struct tl_score_nbbo *nbbo, const struct tl_quote_point *quote,
                        double seconds)
{
    double total = (double)quote->bid_size + (double)quote->ask_size;
    nbbo->seconds += seconds;
    if (quote->bid == quote->ask) nbbo->locked_s += seconds;
    if (quote->bid > quote->ask) nbbo->crossed_s += seconds;
    if (total <= 0) return;
    double imbalance = ((double)quote->bid_size - (double)quote->ask_size) / total;
    nbbo->held[queue_bin(tl_abs(imbalance))][imbalance > 0] += seconds;
}

/* Closes the interval before a mid change. */
static void foretell(struct tl_score_nbbo *nbbo, int move)
{
    double total = 0;
    for (int b = 0; b < TL_SCORE_QUEUE_BINS; b++)
        total += nbbo->held[b][0] + nbbo->held[b][1];
    for (int b = 0; b < TL_SCORE_QUEUE_BINS; b++) {
        if (total > 0) {
            nbbo->asked[b] += (nbbo->held[b][0] + nbbo->held[b][1]) / total;
            nbbo->foretold[b] += nbbo->held[b][move > 0] / total;
        }
        nbbo->held[b][0] = nbbo->held[b][1] = 0;
    }
}

void tl_score_nbbo_update(struct tl_score_nbbo *nbbo, const struct tl_quote_point *last,
                          const struct tl_quote_point *quote, int half_hour)
{
    double mid = tl_score_mid(quote);
    if (last) {
        nbbo->updates++;
        nbbo->half_hour_updates[half_hour]++;
        nbbo->price_changes += last->bid != quote->bid || last->ask != quote->ask;
        nbbo->locked_updates += quote->bid == quote->ask;
        nbbo->crossed_updates += quote->bid > quote->ask;
        nbbo->crossed_episodes += quote->bid > quote->ask && last->bid <= last->ask;
    }
    if (last && nbbo->last_mid > 0 && mid != nbbo->last_mid) {
        int move = mid > nbbo->last_mid ? 1 : -1;
        if (nbbo->last_move) {
            nbbo->turns += move != nbbo->last_move;
            nbbo->goes += move == nbbo->last_move;
        }
        nbbo->last_move = move;
        foretell(nbbo, move);
    }
    nbbo->last_mid = mid;
}

void tl_score_nbbo_second(struct tl_score_nbbo *nbbo, double mid)
{
    if (nbbo->second_mid > 0) {
        nbbo->second_moves += mid != nbbo->second_mid;
        nbbo->second_stands += mid == nbbo->second_mid;
    }
    nbbo->second_mid = mid;
}

static bool tick_bound_low(const struct tl_symbol *symbol)
{
    return tl_score_is_tick_bound(symbol) && symbol->price < BOUND_PRICE;
}

/* The low-priced part was measured on BAC of 14 $ (.036 price changes a second); AIG of 50 $, as bound
 * to its tick, had .45. A mid that moves in ticks needs about variance / tick^2 changes a second,
 * so at 62 $ and 20 % a year (.27 ticks^2 a second) no tape is in a band of .03 to .1: the part is
 * for names below 20 $, like E24's. */
static void rate_row(struct tl_score_scene *scene)
{
    static const struct {
        const char *label;
        bool prices, low_priced;
        double low, high;
    } parts[] = {{"mega caps: updates a s", false, false, 20, 300},
                 {"mega caps: price changes a s", true, false, 1, 15},
                 {"below 20 $: updates a s", false, true, 10, 30},
                 {"below 20 $: price changes a s", true, true, 0.03, 0.1}};
    struct tl_score_row *row =
        tl_score_row(scene->report, "E20", "NBBO updates and price changes", 'M', 3600);
    for (int p = 0; p < 4; p++) {
        tl_score_scene_bands(scene, parts[p].low, parts[p].high);
        for (uint32_t i = 0; i < scene->count; i++) {
            const struct tl_score_nbbo *nbbo = &scene->names[i].nbbo;
            const struct tl_symbol *symbol = &scene->symbols[i];
            bool mine = parts[p].low_priced ? tick_bound_low(symbol) : tl_score_is_mega(symbol);
            uint64_t count = parts[p].prices ? nbbo->price_changes : nbbo->updates;
            if (mine && !nbbo->thinned)
                tl_score_scene_set(scene, i, (double)count / nbbo->seconds, nbbo->seconds);
        }
        tl_score_scene_put(scene, row, parts[p].label);
    }
    row->note = "the engine's own NBBO; not asked of a published tape";
}

static void trade_row(struct tl_score_scene *scene)
{
    struct tl_score_row *row =
        tl_score_row(scene->report, "E21", "NBBO updates a print", 'M', 5000);
    tl_score_scene_bands(scene, 2, 16);
    for (uint32_t i = 0; i < scene->count; i++) {
        const struct tl_score_nbbo *nbbo = &scene->names[i].nbbo;
        double prints = (double)scene->names[i].size.prints;
        if (!nbbo->thinned) tl_score_scene_set(scene, i, (double)nbbo->updates / prints, prints);
    }
    tl_score_scene_put(scene, row, "NBBO updates / prints");
    row->note = "quotes of single venues are not made: that part is n/a";
}

static double locked_part(const struct tl_score_nbbo *nbbo, int part)
{
    switch (part) {
    case 0:
        return 100 * nbbo->locked_s / nbbo->seconds;
    case 1:
        return 100 * (double)nbbo->locked_updates / (double)nbbo->updates;
    case 2:
        return 100 * nbbo->crossed_s / nbbo->seconds;
    case 3:
        return 100 * (double)nbbo->crossed_updates / (double)nbbo->updates;
    default:
        if (nbbo->crossed_episodes == 0) return TL_NAN;
        return 1000 * nbbo->crossed_s / (double)nbbo->crossed_episodes;
    }
}

/* E22: 1.0 % of time locked is allowed to low-priced names. */
static void locked_row(struct tl_score_scene *scene)
{
    static const struct {
        const char *label;
        double low, high;
    } parts[] = {{"locked, % of time", 0.01, 0.5},
                 {"locked, % of updates", 0.5, 4},
                 {"crossed, % of time", 0, 0.01},
                 {"crossed, % of updates", 0, 0.1},
                 {"crossed, mean ms", 0, 2}};
    struct tl_score_row *row =
        tl_score_row(scene->report, "E22", "locked and crossed moments", 'H', 10000);
    for (int p = 0; p < 5; p++) {
        tl_score_scene_bands(scene, parts[p].low, parts[p].high);
        for (uint32_t i = 0; i < scene->count; i++) {
            const struct tl_score_nbbo *nbbo = &scene->names[i].nbbo;
            if (nbbo->thinned) continue;
            if (p == 0 && scene->symbols[i].price < LOW_PRICE)
                tl_score_scene_band(scene, i, 0.01, 1.0);
            tl_score_scene_set(scene, i, locked_part(nbbo, p), (double)nbbo->updates);
        }
        tl_score_scene_put(scene, row, parts[p].label);
    }
}

static void reversal_row(struct tl_score_scene *scene)
{
    struct tl_score_row *row = tl_score_row(scene->report, "E23", "mid reversal", 'M', 1000);
    tl_score_scene_bands(scene, 0.40, 0.60);
    for (uint32_t i = 0; i < scene->count; i++) {
        const struct tl_score_nbbo *nbbo = &scene->names[i].nbbo;
        double n = (double)(nbbo->turns + nbbo->goes);
        tl_score_scene_set(scene, i, (double)nbbo->turns / n, n);
    }
    tl_score_scene_put(scene, row, "P(next change differs)");
}

static void standing_row(struct tl_score_scene *scene)
{
    static const char *const labels[] = {"SPY", "mega caps", "below 20 $"};
    static const double bands[3][2] = {{0.05, 0.25}, {0.03, 0.40}, {0.97, 0.99}};
    struct tl_score_row *row =
        tl_score_row(scene->report, "E24", "zero one-second mid returns", 'M', 3600);
    for (int p = 0; p < 3; p++) {
        tl_score_scene_bands(scene, bands[p][0], bands[p][1]);
        for (uint32_t i = 0; i < scene->count; i++) {
            const struct tl_score_nbbo *nbbo = &scene->names[i].nbbo;
            const struct tl_symbol *symbol = &scene->symbols[i];
            bool spy = tl_str_is(tl_str_from("SPY"), symbol->ticker);
            int mine = spy ? 0 : tl_score_is_mega(symbol) ? 1 : symbol->price < 20 ? 2 : 3;
            double n = (double)(nbbo->second_moves + nbbo->second_stands);
            if (mine == p) tl_score_scene_set(scene, i, (double)nbbo->second_stands / n, n);
        }
        tl_score_scene_put(scene, row, labels[p]);
    }
}

/* E26: the mean over names, since the shares of single days wander. */
static void season_row(struct tl_score_scene *scene)
{
    static const struct {
        const char *label;
        int first, last;
        double low, high;
    } parts[] = {{"first half hour", 0, 0, 0.086, 0.094},
                 {"midday half hour", 5, 7, 0.045, 0.060},
                 {"last half hour", 12, 12, 0.10, 0.15}};
    struct tl_score_row *row =
        tl_score_row(scene->report, "E26", "NBBO updates by half hour", 'H', 50000);
    for (int p = 0; p < 3; p++) {
        for (uint32_t i = 0; i < scene->count; i++) {
            const struct tl_score_nbbo *nbbo = &scene->names[i].nbbo;
            double part = 0, all = (double)nbbo->updates;
            for (int h = parts[p].first; h <= parts[p].last; h++)
                part += (double)nbbo->half_hour_updates[h];
            part /= 1 + parts[p].last - parts[p].first;
            /* A session that ends early, or a part of one, has no such shares. */
            bool whole =
                nbbo->half_hour_updates[TL_SCORE_HALF_HOURS - 1] && nbbo->half_hour_updates[0];
            if (!nbbo->thinned && whole) tl_score_scene_set(scene, i, part / all, all);
        }
        tl_score_scene_put_mean(scene, row, parts[p].label, parts[p].low, parts[p].high);
    }
}

static void queue_row(struct tl_score_scene *scene)
{
    static const struct {
        const char *label;
        int bin, kind; /* kind 0 all names, 1 tick-bound, 2 of several ticks */
        double low, high;
    } parts[] = {{"even queues", 0, 0, 0.45, 0.55},
                 {"one-sided, tick-bound", 4, 1, 0.75, 0.90},
                 {"one-sided, several ticks", 4, 2, 0.60, 0.70}};
    struct tl_score_row *row =
        tl_score_row(scene->report, "E27", "queue imbalance foretells the next move", 'M', 200);
    for (int p = 0; p < 3; p++) {
        tl_score_scene_bands(scene, parts[p].low, parts[p].high);
        for (uint32_t i = 0; i < scene->count; i++) {
            const struct tl_score_nbbo *nbbo = &scene->names[i].nbbo;
            const struct tl_symbol *symbol = &scene->symbols[i];
            bool mine = parts[p].kind == 0 ||
                        (parts[p].kind == 1 && tl_score_is_tick_bound(symbol)) ||
                        (parts[p].kind == 2 && tl_score_ticks(symbol) >= 2);
            int b = parts[p].bin;
            if (mine)
                tl_score_scene_set(scene, i, nbbo->foretold[b] / nbbo->asked[b], nbbo->asked[b]);
        }
        tl_score_scene_put(scene, row, parts[p].label);
    }
}

void tl_score_nbbo_rows(struct tl_score_scene *scene)
{
    rate_row(scene);
    trade_row(scene);
    locked_row(scene);
    reversal_row(scene);
    standing_row(scene);
    season_row(scene);
    queue_row(scene);
}
