/* SPDX-License-Identifier: Apache-2.0
 * Feeds the stock tape to the modules of its rows: keeps the quote in force, settles time-weighted
 * sums, tells sides, merges prints into parents.
 *
 * With truth, a print's side is the true one and a print without a side stays without. Without
 * truth it is Lee-Ready: above the middle of the quote just before the execution a buy, below it a
 * sell, at it the sign of the last price change. */
#include "score/equity_tape.h"

#include <assert.h>
#include <stdlib.h>

#include "base/math.h"
#include "score/equity_scene.h"

struct tl_score_equities {
    uint32_t symbols;
    double scratch[TL_SCORE_HAWKES_SCRATCH];
    struct tl_score_scene scene;
    struct tl_score_equity names[];
};

struct tl_score_equities *tl_score_equities_create(uint32_t symbols)
{
    assert(symbols >= 1 && symbols <= TL_SCORE_NAMES_MAX);
    struct tl_score_equities *acc = calloc(1, sizeof *acc + symbols * sizeof acc->names[0]);
    if (!acc) return NULL;
    acc->symbols = symbols;
    for (uint32_t i = 0; i < symbols; i++)
        acc->names[i].tick = TL_PX_PER_USD / 100;
    return acc;
}

void tl_score_equities_destroy(struct tl_score_equities *acc)
{
    free(acc);
}

void tl_score_equities_tick(struct tl_score_equities *acc, uint32_t sym, tl_px tick)
{
    acc->names[sym].tick = tick;
}

static int half_hour_at(const struct tl_score_equity *name, tl_ns ts)
{
    int64_t half = (ts - name->start) / (1800 * TL_NS_PER_S);
    return half < 0 ? 0 : half >= TL_SCORE_HALF_HOURS ? TL_SCORE_HALF_HOURS - 1 : (int)half;
}

/* Brings time-weighted sums up to ts with the quote in force, whole second by whole second. */
static void hold_to(struct tl_score_equity *name, tl_ns ts)
{
    const struct tl_quote_point *quote = tl_score_quotes_last(&name->quotes);
    if (ts > name->end) ts = name->end;
    if (!quote) return;
    while (name->held_to < ts) {
        tl_ns to = name->next_second < ts ? name->next_second : ts;
        double seconds = (double)(to - name->held_to) * 1e-9;
        tl_score_spread_hold(&name->spread, quote, name->tick, seconds,
                             half_hour_at(name, name->held_to));
        tl_score_nbbo_hold(&name->nbbo, quote, seconds);
        name->held_to = to;
        if (to != name->next_second) continue;
        int64_t second = (to - name->start) / TL_NS_PER_S;
        tl_score_nbbo_second(&name->nbbo, tl_score_mid(quote));
        tl_score_impact_second(&name->impact, second, tl_score_mid(quote));
        name->next_second += TL_NS_PER_S;
    }
}

static bool quote_same(const struct tl_quote_point *a, const struct tl_quote_point *b)
{
    return a->bid == b->bid && a->ask == b->ask && a->bid_size == b->bid_size &&
           a->ask_size == b->ask_size;
}

static void quote_add(struct tl_score_equity *name, const struct tl_quote_point *quote)
{
    const struct tl_quote_point *last = tl_score_quotes_last(&name->quotes);
    if (quote->ts < name->start || quote->ts >= name->end) return;
    if (last && quote_same(last, quote)) return;
    if (last) {
        hold_to(name, quote->ts);
        tl_score_impact_quote(&name->impact, last, quote);
    } else {
        name->held_to = quote->ts;
        name->next_second = (quote->ts / TL_NS_PER_S + 1) * TL_NS_PER_S;
    }
    tl_score_nbbo_update(&name->nbbo, last, quote, half_hour_at(name, quote->ts));
    tl_score_quotes_push(&name->quotes, quote);
}

static void parents_flush(struct tl_score_equity *name)
{
    for (uint32_t i = 0; i < name->open_count; i++) {
        const struct tl_score_parent *parent = &name->open[i];
        tl_score_clock_parent(&name->clock, parent);
        if (parent->side) tl_score_sign_add(&name->parent_sign, parent->side);
        tl_score_impact_parent(&name->impact, parent);
    }
    name->open_count = 0;
}

static struct tl_score_parent *parent_of(struct tl_score_equity *name,
                                         const struct tl_score_print *print)
{
    int64_t ms = print->ts / TL_NS_PER_MS;
    if (ms != name->open_ms) parents_flush(name);
    name->open_ms = ms;
    for (uint32_t i = 0; i < name->open_count; i++)
        if (name->open[i].side == print->side) return &name->open[i];
    struct tl_score_parent *parent = &name->open[name->open_count++];
    *parent = (struct tl_score_parent){.ts = print->ts,
                                       .executed = print->trade->executed,
                                       .side = print->side,
                                       .mid = print->quote ? tl_score_mid(print->quote) : 0};
    return parent;
}

static void parent_add(struct tl_score_equity *name, const struct tl_score_print *print)
{
    struct tl_score_parent *parent = parent_of(name, print);
    const struct tl_equity_trade *trade = print->trade;
    parent->prints++;
    parent->shares += trade->size;
    if (trade->off_exchange) return;
    parent->lit_shares += trade->size;
    parent->paid +=
        (double)trade->size * (double)print->side * ((double)trade->price - parent->mid);
}

/* Lee and Ready. Keeps the state of the tick rule. */
static int side_told(struct tl_score_equity *name, const struct tl_equity_trade *trade,
                     const struct tl_quote_point *quote)
{
    if (name->last_price && trade->price != name->last_price)
        name->last_side = trade->price > name->last_price ? 1 : -1;
    name->last_price = trade->price;
    double mid = quote ? tl_score_mid(quote) : (double)trade->price;
    if ((double)trade->price > mid) return 1;
    return (double)trade->price < mid ? -1 : name->last_side;
}

static void print_add(struct tl_score_equity *name, const struct tl_event *event,
                      const struct tl_truth *truth)
{
    const struct tl_equity_trade *trade = &event->u.trade;
    char reason = trade->conditions[1];
    struct tl_score_print print = {.trade = trade,
                                   .ts = event->ts,
                                   .quote = tl_score_quotes_before(&name->quotes, trade->executed),
                                   .auction = reason == 'O' || reason == '6'};
    print.side = truth ? truth->side : side_told(name, trade, print.quote);
    tl_score_spread_print(&name->spread, &print);
    tl_score_size_print(&name->size, &print);
    tl_score_venue_print(&name->venue, &print);
    tl_score_clock_print(&name->clock, &print);
    if (print.side) tl_score_sign_add(&name->print_sign, print.side);
    tl_score_impact_print(&name->impact, &print);
    if (truth && truth->parent_id)
        tl_score_metaorders_print(&name->metaorders, truth->parent_id, &print);
    parent_add(name, &print);
}

static void session_close(struct tl_score_equity *name)
{
    if (name->end == 0) return;
    parents_flush(name);
    hold_to(name, name->end);
    name->nbbo.thinned = !name->has_path;
    tl_score_impact_mark(&name->impact, &name->quotes, name->end);
    tl_score_clock_close(&name->clock);
    name->end = 0;
}

void tl_score_equities_open(struct tl_score_equities *acc, uint32_t sym, int64_t start_s,
                            int64_t end_s)
{
    struct tl_score_equity *name = &acc->names[sym];
    assert(sym < acc->symbols && start_s < end_s);
    session_close(name);
    name->start = start_s * TL_NS_PER_S;
    name->end = end_s * TL_NS_PER_S;
    name->quotes.count = 0;
    name->last_price = 0;
    name->last_side = 0;
    name->open_ms = 0;
    tl_score_nbbo_session(&name->nbbo);
    tl_score_clock_open(&name->clock, name->start, name->end);
    tl_score_sign_session(&name->parent_sign);
    tl_score_sign_session(&name->print_sign);
    tl_score_impact_session(&name->impact);
}

void tl_score_equities_session(struct tl_score_equities *acc, int64_t start_s, int64_t end_s)
{
    for (uint32_t i = 0; i < acc->symbols; i++)
        tl_score_equities_open(acc, i, start_s, end_s);
}

void tl_score_equities_end(struct tl_score_equities *acc)
{
    for (uint32_t i = 0; i < acc->symbols; i++)
        session_close(&acc->names[i]);
}

void tl_score_equities_path(struct tl_score_equities *acc, uint32_t sym,
                            const struct tl_quote_path *path, int64_t second)
{
    assert(sym < acc->symbols);
    struct tl_score_equity *name = &acc->names[sym];
    name->has_path = true;
    hold_to(name, second * TL_NS_PER_S); /* what ends with the last second ends before this one's */
    for (uint32_t i = 0; i < path->count; i++)
        quote_add(name, &path->points[i]);
    tl_score_impact_mark(&name->impact, &name->quotes, (second + 1) * TL_NS_PER_S);
}

void tl_score_equities_event(struct tl_score_equities *acc, const struct tl_event *event,
                             const struct tl_truth *truth)
{
    assert(event->sym < acc->symbols);
    struct tl_score_equity *name = &acc->names[event->sym];
    if (event->ts < name->start || event->ts >= name->end) return;
    if (!name->has_path) hold_to(name, event->ts);
    if (event->stream == TL_STREAM_EQUITY_PRINT) {
        print_add(name, event, truth);
    } else if (event->stream == TL_STREAM_EQUITY_QUOTE && !name->has_path) {
        const struct tl_equity_quote *quote = &event->u.quote;
        quote_add(name, &(struct tl_quote_point){event->ts, quote->bid, quote->ask, quote->bid_size,
                                                 quote->ask_size});
        tl_score_impact_mark(&name->impact, &name->quotes, event->ts);
    }
}

static struct tl_score_scene *scene_of(struct tl_score_equities *acc,
                                       const struct tl_symbol *symbols, uint32_t count)
{
    struct tl_score_scene *scene = &acc->scene;
    scene->names = acc->names;
    scene->symbols = symbols;
    scene->count = count < acc->symbols ? count : acc->symbols;
    scene->scratch = acc->scratch;
    tl_score_scene_clear(scene);
    return scene;
}

void tl_score_equities_rows(struct tl_score_equities *acc, const struct tl_symbol *symbols,
                            uint32_t count, struct tl_score_report *report)
{
    struct tl_score_scene *scene = scene_of(acc, symbols, count);
    scene->report = report;
    tl_score_spread_rows(scene);
    tl_score_nbbo_rows(scene);
    tl_score_sign_rows(scene);
    tl_score_clock_rows(scene);
    tl_score_size_rows(scene);
    tl_score_venue_rows(scene);
    tl_score_impact_rows(scene);
    tl_score_metaorder_rows(scene);
}

void tl_score_equities_curves(struct tl_score_equities *acc, const struct tl_symbol *symbols,
                              uint32_t count, struct tl_score_curves *curves)
{
    const struct tl_score_scene *scene = scene_of(acc, symbols, count);
    tl_score_spread_curves(scene, curves);
    tl_score_sign_curves(scene, curves);
    tl_score_clock_curves(scene, curves);
    tl_score_size_curves(scene, curves);
    tl_score_impact_curves(scene, curves);
}
