/* SPDX-License-Identifier: Apache-2.0
 * SCORECARD O10 to O13 and O25, pooled over all names as their references are (exchange and
 * industry statistics).
 *
 * O10's groups, of contracts: electronic I, blank, S; single-leg auction a, b; multi-leg f g h i j
 * and stock-tied; floor e and i; cross c, d; stock-tied k n to s. Floor and stock-tied multi-leg
 * prints count in two groups, as in the statistics. Late and cancelled prints are left out.
 * O11: NYSE's definition as the scorecard words it: auctions that are no ISO, of any size, and
 * electronic prints of at most ten lots; small premium is read as below 5 000 USD.
 * O12: a sweep is what prints with S or b, flagged as one order over several venues, in one contract
 * within 50 ms of its first print. At most 32 are open at once, the oldest gives way.
 *
 * Limit: two sweeps of one contract within 50 ms count as one. */
#include "score/option_mechanism.h"

#include <stddef.h>
#include <string.h>

#include "base/math.h"
#include "score/estimate.h"
#include "score/option_state.h"

#define SWEEP_NS (50 * TL_NS_PER_MS)
#define RETAIL_PREMIUM_MAX 5000.0

static bool one_of(char condition, const char *set)
{
    return condition && strchr(set, condition) != NULL;
}

enum tl_option_place tl_option_place_of(const struct tl_option_look *look)
{
    tl_px price = look->trade->price, bid = look->trade->bid, ask = look->trade->ask;
    if (price == bid && bid > 0) return TL_AT_BID;
    if (price == ask) return TL_AT_ASK;
    if (price < bid || price > ask) return TL_OUTSIDE;
    return 2 * price == bid + ask ? TL_AT_MID : TL_INSIDE;
}

static void add_place(struct tl_option_mechanisms *m, const struct tl_option_look *look)
{
    enum tl_option_place place = tl_option_place_of(look);
    double premium = look->size * look->price;
    m->quoted += 1;
    m->place[place] += 1;
    if (one_of(look->trade->condition, "ab")) {
        m->auctions += 1;
        m->auctions_inside += place == TL_AT_MID || place == TL_INSIDE;
    }
    if (look->trade->condition == 'S') {
        m->iso_prints += 1;
        m->iso_touch += place == TL_AT_BID || place == TL_AT_ASK;
    }
    if (look->trade->price >= look->trade->ask)
        m->premium_at_ask += premium;
    else if (look->trade->price <= look->trade->bid)
        m->premium_at_bid += premium;
}

static void sweep_end(struct tl_option_mechanisms *m, struct tl_sweep *sweep)
{
    uint32_t venues = 0;
    if (sweep->first == 0) return;
    for (uint32_t bits = sweep->venues; bits; bits &= bits - 1)
        venues++;
    if (venues >= 2) {
        tl_ns span = (sweep->last - sweep->first) / TL_NS_PER_MS;
        m->sweeps += 1;
        m->sweep_venues[venues] += 1;
        m->sweep_span[span < TL_SWEEP_SPAN_BINS ? span : TL_SWEEP_SPAN_BINS] += 1;
    }
    sweep->first = 0;
}

static bool same_contract(const struct tl_contract *a, const struct tl_contract *b)
{
    return a->expiry_day == b->expiry_day && a->strike_milli == b->strike_milli &&
           a->right == b->right;
}

static void add_sweep(struct tl_option_mechanisms *m, const struct tl_option_look *look)
{
    struct tl_sweep *oldest = &m->open[0];
    for (uint32_t i = 0; i < TL_SWEEPS_OPEN; i++) {
        struct tl_sweep *sweep = &m->open[i];
        if (sweep->first != 0 && look->ts - sweep->first > SWEEP_NS) sweep_end(m, sweep);
        if (sweep->first != 0 && same_contract(&sweep->contract, &look->trade->contract)) {
            sweep->last = look->ts;
            sweep->venues |= 1u << look->trade->venue;
            return;
        }
        if (sweep->first < oldest->first) oldest = sweep;
    }
    sweep_end(m, oldest);
    *oldest =
        (struct tl_sweep){look->trade->contract, look->ts, look->ts, 1u << look->trade->venue};
}

void tl_option_mechanisms_print(struct tl_option_mechanisms *m, const struct tl_option_look *look)
{
    const struct tl_option_trade *trade = look->trade;
    uint32_t code = (unsigned char)trade->condition & 127;
    m->prints += 1;
    m->contracts += look->size;
    m->condition_prints[code] += 1;
    m->condition_contracts[code] += look->size;
    if (trade->venue < TL_OV_COUNT) m->venue[trade->venue] += look->size;
    bool small = 100 * look->size * look->price < RETAIL_PREMIUM_MAX;
    if (trade->condition == 'a' || (one_of(trade->condition, "I ") && trade->size <= 10 && small))
        m->retail += look->size;
    if (trade->multi_venue && one_of(trade->condition, "Sb")) add_sweep(m, look);
    if (trade->nbbo_known) add_place(m, look);
}

void tl_option_mechanisms_close(struct tl_option_mechanisms *m)
{
    for (uint32_t i = 0; i < TL_SWEEPS_OPEN; i++)
        sweep_end(m, &m->open[i]);
}

/* ---- rows ---- */

static void pool(const struct tl_option_sample *sample, struct tl_option_mechanisms *all)
{
    memset(all, 0, sizeof *all);
    for (uint32_t i = 0; i < sample->count; i++) {
        const struct tl_option_mechanisms *m = &sample->states[i].mechanisms;
        all->prints += m->prints;
        all->contracts += m->contracts;
        all->retail += m->retail;
        all->sweeps += m->sweeps;
        all->quoted += m->quoted;
        all->auctions += m->auctions;
        all->auctions_inside += m->auctions_inside;
        all->iso_prints += m->iso_prints;
        all->iso_touch += m->iso_touch;
        all->premium_at_bid += m->premium_at_bid;
        all->premium_at_ask += m->premium_at_ask;
        for (int c = 0; c < 128; c++) {
            all->condition_prints[c] += m->condition_prints[c];
            all->condition_contracts[c] += m->condition_contracts[c];
        }
        for (int v = 0; v < TL_OV_COUNT; v++)
            all->venue[v] += m->venue[v];
        for (int v = 0; v <= TL_SWEEP_VENUES_MAX; v++)
            all->sweep_venues[v] += m->sweep_venues[v];
        for (int s = 0; s <= TL_SWEEP_SPAN_BINS; s++)
            all->sweep_span[s] += m->sweep_span[s];
        for (int p = 0; p < TL_PLACES; p++)
            all->place[p] += m->place[p];
    }
}

static double sum_of(const double *by_condition, const char *conditions)
{
    double sum = 0;
    for (; *conditions; conditions++)
        sum += by_condition[(unsigned char)*conditions];
    return sum;
}

static void row_mechanism(const struct tl_option_mechanisms *all, struct tl_score_report *report)
{
    const double *contracts = all->condition_contracts;
    double known = all->contracts - sum_of(contracts, "ABCDEGHO"), n = all->prints;
    struct tl_score_row *row =
        tl_score_row(report, "O10", "how contracts trade, OPRA conditions", 'H', 50000);
    tl_score_put(row, "electronic", sum_of(contracts, "I S") / known, .45, .55, n);
    tl_score_put(row, "single-leg auction", sum_of(contracts, "ab") / known, .12, .20, n);
    tl_score_put(row, "multi-leg", sum_of(contracts, "fghijklmnopqrs") / known, .26, .34, n);
    tl_score_put(row, "floor", sum_of(contracts, "eim") / known, .04, .11, n);
    tl_score_put(row, "cross", sum_of(contracts, "cd") / known, .04, .05, n);
    tl_score_put(row, "stock-tied", sum_of(contracts, "knopqrs") / known, .007, .015, n);
    row = tl_score_row(report, "O11", "retail footprint, of contracts", 'M', 50000);
    tl_score_put(row, "auction, or to 10 lots", all->retail / all->contracts, .43, .48, n);
}

/* The value below which a share p of the counts lies. */
static double count_quantile(const double *counts, uint32_t size, double p)
{
    double total = 0, sum = 0;
    for (uint32_t i = 0; i < size; i++)
        total += counts[i];
    for (uint32_t i = 0; i < size && total > 0; i++) {
        sum += counts[i];
        if (sum >= p * total) return i;
    }
    return TL_NAN;
}

static void row_sweeps(const struct tl_option_mechanisms *all, struct tl_score_report *report)
{
    double short_spans = 0, n = all->prints;
    for (int ms = 0; ms < 5; ms++)
        short_spans += all->sweep_span[ms];
    struct tl_score_row *row = tl_score_row(report, "O12", "sweeps", 'L', 50000);
    tl_score_put(row, "share of prints", sum_of(all->condition_prints, "Sb") / n, .15, .30, n);
    tl_score_put(row, "share of contracts", sum_of(all->condition_contracts, "Sb") / all->contracts,
                 .10, .18, n);
    tl_score_put(row, "venues, median", count_quantile(all->sweep_venues, 33, .5), 3, 3, n);
    tl_score_put(row, "venues, p90", count_quantile(all->sweep_venues, 33, .9), 6, 8, n);
    /* "max ~12"; two sweeps that fell together would make a true maximum. */
    tl_score_put(row, "venues, p99.9", count_quantile(all->sweep_venues, 33, .999), 10, 14, n);
    tl_score_put(row, "within 5 ms", short_spans / all->sweeps, .8, 1, n);
}

static void row_venues(const struct tl_option_mechanisms *all, struct tl_score_report *report)
{
    double shares[TL_OV_COUNT], top = 0, live = 0;
    for (int v = 0; v < TL_OV_COUNT; v++) {
        shares[v] = all->venue[v] / all->contracts;
        live += all->venue[v] > 0;
    }
    if (all->contracts > 0) tl_sort(shares, TL_OV_COUNT);
    for (int v = TL_OV_COUNT - 5; v < TL_OV_COUNT; v++)
        top += shares[v];
    struct tl_score_row *row = tl_score_row(report, "O13", "venues, of contracts", 'M', 50000);
    tl_score_put(row, "count", live, 18, 19, all->prints);
    tl_score_put(row, "largest five", top, .45, .52, all->prints);
    tl_score_put(row, "largest", shares[TL_OV_COUNT - 1], .08, .15, all->prints);
}

static void row_places(const struct tl_option_mechanisms *all, struct tl_score_report *report)
{
    double n = all->quoted;
    struct tl_score_row *row = tl_score_row(report, "O25", "where prints sit", 'M', 50000);
    tl_score_put(row, "at the bid", all->place[TL_AT_BID] / n, .28, .36, n);
    tl_score_put(row, "at the ask", all->place[TL_AT_ASK] / n, .28, .36, n);
    tl_score_put(row, "at the mid", all->place[TL_AT_MID] / n, .08, .14, n);
    tl_score_put(row, "inside", all->place[TL_INSIDE] / n, .18, .28, n);
    tl_score_put(row, "outside", all->place[TL_OUTSIDE] / n, .01, .04, n);
    /* "mostly", "about 90 %" */
    tl_score_put(row, "auctions inside or mid", all->auctions_inside / all->auctions, .6, 1, n);
    tl_score_put(row, "ISO at a touch", all->iso_touch / all->iso_prints, .85, .95, n);
    tl_score_put(row, "ask's share of premium",
                 all->premium_at_ask / (all->premium_at_ask + all->premium_at_bid), .48, .55, n);
}

void tl_option_mechanisms_rows(const struct tl_option_sample *sample,
                               struct tl_score_report *report)
{
    struct tl_option_mechanisms all;
    pool(sample, &all);
    row_mechanism(&all, report);
    row_sweeps(&all, report);
    row_venues(&all, report);
    row_places(&all, report);
}
