/* SPDX-License-Identifier: Apache-2.0
 * The driver behind include/tapeloom/market.h.
 *
 *     step(t)   scenarios act on the latent state of t-1   -> children, pushes
 *               the latent run steps to t with the pushes
 *               each symbol of the shard prints its second: quote path, stock, options
 *               the second is put into tape order and numbered
 *     seek(t)   the same from the session's open, printing nothing; the rooms are warmed over the
 *               last TL_LOOKBACK_S seconds only
 *
 * What is filtered out (shard, symbols, streams) is never generated, and nothing else depends on
 * it: rooms keep state by symbol, and draws are addressed by symbol and second.
 *
 * Limits: a control log of at most LOG_MAX entries; one market, one thread. */
#include <tapeloom/market.h>

#include <stdlib.h>

#include "base/math.h"
#include "base/text.h"
#include "market/latent_run.h"
#include "tape/chains.h"
#include "tape/equities.h"
#include "tape/market_observe.h"
#include "tape/market_view.h"
#include "tape/order.h"
#include "tape/scenario.h"
#include "tape/seam.h"

#define LOG_MAX 4096 /* 64 of history and the compacted changes of a session; far above */
#define TOGETHER 16  /* symbols that go through a room one after the other */
#define STOCK_STREAMS (1u << TL_STREAM_EQUITY_QUOTE | 1u << TL_STREAM_EQUITY_PRINT)
#define OPTION_STREAMS (1u << TL_STREAM_OPTION_NBBO | 1u << TL_STREAM_OPTION_PRINT)
#define SECOND_MIN 1577836800 /* 2020-01-01, the epoch of seq */
#define SECOND_MAX 2114380800 /* 2037-01-01 */

static const double mode_rates[TL_MODE_COUNT] = {0.35, 0.70, 1.0};

struct tl_market {
    enum tl_calendar calendar;
    double rate;
    uint32_t shard, shards, streams;
    uint64_t drop;
    struct tl_universe universe;
    struct tl_symbol symbols[TL_SYMBOLS_MAX];
    bool printed[TL_SYMBOLS_MAX]; /* in the shard and asked for */
    struct tl_control_entry entries[LOG_MAX];
    struct tl_control_log log;
    struct tl_latent_run *run;
    struct tl_scenarios *scenarios;
    struct tl_chains *chains;
    struct tl_equities *equities;
    struct tl_options *options;
    struct tl_order *order;
    struct tl_quote_path paths[TOGETHER];
    tl_market_observer *observer; /* NULL: none */
    void *observer_context;
    int64_t next;      /* the next step's second */
    int64_t next_open; /* outside a session: do not ask for one before */
    bool in_session;
};

struct tl_market_options tl_market_options_default(void)
{
    return (struct tl_market_options){.calendar = TL_CALENDAR_CONTINUOUS,
                                      .mode = TL_MODE_REALISTIC,
                                      .rate = 1.0,
                                      .shards = 1,
                                      .streams = (1u << TL_STREAM_COUNT) - 1};
}

static enum tl_status options_check(const struct tl_market_options *options, struct tl_error *error)
{
    if ((unsigned)options->calendar > TL_CALENDAR_EXCHANGE)
        return tl_error_set(error, TL_INVALID, "calendar: not a calendar");
    if ((unsigned)options->mode >= TL_MODE_COUNT)
        return tl_error_set(error, TL_INVALID, "mode: not a mode");
    if (!(options->rate >= 0.01 && options->rate <= 100.0))
        return tl_error_set(error, TL_INVALID, "rate: must be within 0.01 and 100");
    if (options->shards < 1 || options->shard >= options->shards)
        return tl_error_set(error, TL_INVALID, "shard: must be below the number of shards");
    return TL_OK;
}

/* Copies a log that is in order and not too long; else leaves the market's own as it is. */
static enum tl_status log_copy(struct tl_market *market, const struct tl_control_log *log,
                               struct tl_error *error)
{
    if (log->count > LOG_MAX)
        return tl_error_set(error, TL_INVALID, "control log: more than %d entries", LOG_MAX);
    for (size_t i = 1; i < log->count; i++)
        if (log->entries[i].effective_s < log->entries[i - 1].effective_s)
            return tl_error_set(error, TL_INVALID, "control log: entry %zu is out of order", i);
    for (size_t i = 0; i < log->count; i++)
        market->entries[i] = log->entries[i];
    if (log->count == 0)
        market->entries[0] =
            (struct tl_control_entry){.effective_s = 0, .state = tl_control_default()};
    market->log = (struct tl_control_log){market->entries, log->count ? log->count : 1};
    return TL_OK;
}

/* Marks the symbols to print. An unknown ticker is an error: a typing mistake would be a silent
 * tape. */
static enum tl_status symbols_select(struct tl_market *market,
                                     const struct tl_market_options *options,
                                     struct tl_error *error)
{
    struct tl_str rest = tl_str_trim(options->symbols), part;
    bool all = rest.size == 0;
    while (!all && tl_str_cut(&rest, ',', &part)) {
        bool known = false;
        part = tl_str_trim(part);
        if (part.size == 0) continue;
        for (uint32_t i = 0; i < market->universe.count; i++)
            if (tl_str_is(part, market->symbols[i].ticker)) known = market->printed[i] = true;
        if (!known)
            return tl_error_set(error, TL_INVALID, "symbols: a ticker is not in the universe");
    }
    for (uint32_t i = 0; i < market->universe.count; i++)
        market->printed[i] = (all || market->printed[i]) && i % options->shards == options->shard;
    return TL_OK;
}

static enum tl_status rooms_create(struct tl_market *market, struct tl_error *error)
{
    uint32_t count = market->universe.count;
    market->run = tl_latent_run_create(&market->universe, market->calendar);
    market->scenarios = tl_scenarios_create(&market->universe);
    market->chains = tl_chains_create(&market->universe, market->calendar);
    market->equities = tl_equities_create(count);
    market->options = tl_options_create(count);
    market->order = tl_order_create(count);
    if (!market->run || !market->scenarios || !market->chains || !market->equities ||
        !market->options || !market->order)
        return tl_error_set(error, TL_NOMEM, "out of memory for %d symbols", (int)count);
    tl_equities_set_auctions(market->equities, market->calendar == TL_CALENDAR_EXCHANGE);
    tl_scenarios_configure(market->scenarios, market->rate, market->drop);
    tl_latent_run_set_log(market->run, &market->log);
    return TL_OK;
}

static enum tl_status market_init(struct tl_market *market, const struct tl_market_options *options,
                                  struct tl_error *error)
{
    struct tl_str text = options->universe;
    if (text.size == 0) text = tl_str_from(tl_universe_default_text);
    market->universe.symbols = market->symbols;
    enum tl_status status =
        tl_universe_parse(text, market->symbols, TL_SYMBOLS_MAX, &market->universe.count, error);
    if (status == TL_OK && market->universe.count == 0)
        status = tl_error_set(error, TL_INVALID, "universe: no symbols");
    if (status == TL_OK) status = symbols_select(market, options, error);
    if (status == TL_OK) status = log_copy(market, &options->log, error);
    if (status == TL_OK) status = rooms_create(market, error);
    return status;
}

/* Opens the session that holds `second`, if there is one. */
static void session_open(struct tl_market *market, int64_t second)
{
    int64_t next_open = second + 1;
    market->in_session = tl_latent_run_open(market->run, second, &next_open) == TL_OK;
    market->next_open = next_open;
    if (!market->in_session) return;
    tl_equities_reset(market->equities);
    tl_options_reset(market->options);
}

enum tl_status tl_market_create(const struct tl_market_options *options, struct tl_market **market,
                                struct tl_error *error)
{
    *market = NULL;
    enum tl_status status = options_check(options, error);
    if (status != TL_OK) return status;
    struct tl_market *made = calloc(1, sizeof *made);
    if (!made) return tl_error_set(error, TL_NOMEM, "out of memory");
    made->calendar = options->calendar;
    made->rate = options->rate * mode_rates[options->mode];
    made->shard = options->shard;
    made->shards = options->shards;
    made->streams = options->streams;
    made->drop = options->drop_scenario;
    status = market_init(made, options, error);
    if (status != TL_OK) {
        tl_market_destroy(made);
        return status;
    }
    /* Until the first seek it stands at an early session's open, so that there is a state to ask. */
    session_open(made, SECOND_MIN + 86400);
    if (!made->in_session) session_open(made, made->next_open);
    made->next = tl_latent_run_session(made->run)->session_start_s;
    *market = made;
    return TL_OK;
}

void tl_market_destroy(struct tl_market *market)
{
    if (!market) return;
    tl_latent_run_destroy(market->run);
    tl_scenarios_destroy(market->scenarios);
    tl_chains_destroy(market->chains);
    tl_equities_destroy(market->equities);
    tl_options_destroy(market->options);
    tl_order_destroy(market->order);
    free(market);
}

/* The latent side of one second: scenarios, then the run. */
static void latent_step(struct tl_market *market, int64_t second)
{
    const struct tl_control *control =
        &market->entries[tl_control_log_at(&market->log, second)].state;
    if (second == tl_latent_run_session(market->run)->session_start_s) {
        /* Nothing has happened yet that a parent could act on: the run opens alone. */
        market->in_session = tl_latent_run_step(market->run, NULL) == TL_OK;
        tl_chains_open(market->chains, market->run);
        tl_scenarios_open(market->scenarios, market->run);
        return;
    }
    tl_scenarios_step(market->scenarios, market->run, market->chains, control,
                      tl_latent_run_seed(market->run));
    market->in_session =
        tl_latent_run_step(market->run, tl_scenarios_pushes(market->scenarios)) == TL_OK;
}

/* How much of a second the rooms go through. */
enum depth { DEPTH_BREED, DEPTH_WARM, DEPTH_PRINT };

static void equities_step(struct tl_market *market, const struct tl_second *view, enum depth depth,
                          struct tl_batch *batch)
{
    switch (depth) {
    case DEPTH_BREED:
        tl_equities_breed(market->equities, view);
        break;
    case DEPTH_WARM:
        tl_equities_warm(market->equities, view);
        break;
    case DEPTH_PRINT:
        tl_equities_second(market->equities, view, batch);
        break;
    }
}

/* One symbol's view of a second, but for its path. */
static void view_symbol(struct tl_market *market, uint32_t sym, struct tl_second *view)
{
    view->sym = (uint16_t)sym;
    view->symbol = &market->symbols[sym];
    view->latent = &tl_latent_run_symbols(market->run)[sym];
    view->chain = view->streams & OPTION_STREAMS ? tl_chains_get(market->chains, sym) : NULL;
    view->children = tl_scenarios_children(market->scenarios, sym, &view->child_count);
}

/* Some symbols' second, a room at a time. Their events are the same in any order of rooms and symbols,
 * since the second is sorted; but a room's code is larger than the processor's first cache, and stays
 * there while the same work is done for several symbols. */
static void rooms_symbols(struct tl_market *market, struct tl_second *views, uint32_t count,
                          enum depth depth, struct tl_batch *batch)
{
    for (uint32_t i = 0; i < count && depth != DEPTH_BREED; i++)
        tl_equities_path(market->equities, &views[i], &market->paths[i]);
    for (uint32_t i = 0; i < count && depth == DEPTH_PRINT && market->observer; i++)
        market->observer(market->observer_context, &views[i], &market->paths[i]);
    for (uint32_t i = 0; i < count && views[i].streams & STOCK_STREAMS; i++)
        equities_step(market, &views[i], depth, batch);
    for (uint32_t i = 0; i < count && views[i].streams & OPTION_STREAMS; i++) {
        if (depth == DEPTH_PRINT)
            tl_options_second(market->options, &views[i], batch);
        else
            tl_options_warm(market->options, &views[i]);
    }
}

/* The visible side of one second. batch is used only to print. */
static void rooms_step(struct tl_market *market, int64_t second, enum depth depth,
                       struct tl_batch *batch)
{
    struct tl_second views[TOGETHER];
    uint32_t count = 0;
    for (uint32_t i = 0; i < market->universe.count; i++) {
        if (!market->printed[i]) continue;
        views[count] = (struct tl_second){.second = second,
                                          .seed = tl_latent_run_seed(market->run),
                                          .session = tl_latent_run_session(market->run),
                                          .regime_blend = tl_latent_run_regime_blend(market->run),
                                          .path = &market->paths[count],
                                          .rate = market->rate,
                                          .streams = market->streams};
        view_symbol(market, i, &views[count++]);
        if (count < TOGETHER) continue;
        rooms_symbols(market, views, count, depth, batch);
        count = 0;
    }
    rooms_symbols(market, views, count, depth, batch);
}

enum tl_status tl_market_seek(struct tl_market *market, int64_t second, struct tl_error *error)
{
    if (second < SECOND_MIN || second >= SECOND_MAX)
        return tl_error_set(error, TL_INVALID, "second %lld: not within 2020 and 2036",
                            (long long)second);
    market->next = second;
    session_open(market, second);
    if (!market->in_session) return TL_OK;
    int64_t start = tl_latent_run_session(market->run)->session_start_s;
    tl_latent_run_hurry(market->run, second - TL_LOOKBACK_S);
    for (int64_t s = start; s < second && market->in_session; s++) {
        latent_step(market, s);
        if (s >= second - TL_LOOKBACK_S)
            rooms_step(market, s, s >= second - TL_SETTLE_S ? DEPTH_WARM : DEPTH_BREED, NULL);
    }
    return TL_OK;
}

void tl_market_step(struct tl_market *market, struct tl_batch *batch)
{
    int64_t second = market->next++;
    size_t first = batch->count;
    if (market->in_session && second >= tl_latent_run_session(market->run)->session_end_s)
        market->in_session = false, market->next_open = second;
    if (!market->in_session && second >= market->next_open) session_open(market, second);
    if (!market->in_session) return;
    latent_step(market, second);
    if (!market->in_session) return;
    rooms_step(market, second, DEPTH_PRINT, batch);
    tl_order_second(market->order, batch, first, second);
}

int64_t tl_market_second(const struct tl_market *market)
{
    return market->next;
}

/* Whether two control states make the same market (who wrote them, and when, does not matter). */
static bool control_same(const struct tl_control *a, const struct tl_control *b)
{
    if (a->preset != b->preset || a->coverage_assist != b->coverage_assist ||
        a->coverage_window_minutes != b->coverage_window_minutes ||
        a->shared_seed != b->shared_seed)
        return false;
    for (int p = 0; p < TL_PROFILE_COUNT; p++)
        if (a->weights[p] != b->weights[p]) return false;
    return true;
}

/* Whether both logs say the same of every second up to `last`: compared at every entry's second,
 * since between entries nothing changes, and at the beginning of time. */
static bool logs_agree(const struct tl_control_log *a, const struct tl_control_log *b, int64_t last)
{
    const struct tl_control_log *const logs[2] = {a, b};
    if (!control_same(&a->entries[0].state, &b->entries[0].state)) return false;
    for (int l = 0; l < 2; l++) {
        for (size_t i = 0; i < logs[l]->count; i++) {
            int64_t at = logs[l]->entries[i].effective_s;
            if (at > last) break;
            if (!control_same(&a->entries[tl_control_log_at(a, at)].state,
                              &b->entries[tl_control_log_at(b, at)].state))
                return false;
        }
    }
    return true;
}

enum tl_status tl_market_set_log(struct tl_market *market, const struct tl_control_log *log,
                                 struct tl_error *error)
{
    if (log->count < 1) return tl_error_set(error, TL_INVALID, "control log: no entries");
    bool same = logs_agree(&market->log, log, market->next - 1);
    enum tl_status status = log_copy(market, log, error);
    if (status != TL_OK) return status;
    tl_latent_run_set_log(market->run, &market->log);
    return same ? TL_OK : tl_market_seek(market, market->next, error);
}

void tl_session_state(const struct tl_market *market, struct tl_session_state *state)
{
    *state = *tl_latent_run_session(market->run);
}

void tl_underlying_state(const struct tl_market *market, uint32_t sym,
                         struct tl_underlying_state *state)
{
    *state = (struct tl_underlying_state){0};
    if (sym < market->universe.count) tl_latent_run_underlying(market->run, sym, state);
}

/* Whether the run has stepped at least once in its session, so that there is a state to ask. */
static bool has_state(const struct tl_market *market)
{
    return market->in_session &&
           tl_latent_run_second(market->run) >= tl_latent_run_session(market->run)->session_start_s;
}

void tl_scenario_weights(const struct tl_market *market, uint32_t sym, double weights[7])
{
    for (int p = 0; p < 7; p++)
        weights[p] = 0;
    if (sym < market->universe.count && has_state(market))
        tl_scenarios_weights(market->scenarios, market->run, market->chains, sym, weights);
}

double tl_coverage_boost(const struct tl_market *market, enum tl_profile profile)
{
    if ((unsigned)profile >= TL_PROFILE_COUNT || !has_state(market)) return 1.0;
    return tl_coverage_factor(tl_scenarios_coverage(market->scenarios), profile,
                              tl_latent_run_second(market->run),
                              tl_latent_run_control(market->run));
}

void tl_coverage_counts(const struct tl_market *market, uint32_t counts[TL_PROFILE_COUNT])
{
    for (int p = 0; p < TL_PROFILE_COUNT; p++)
        counts[p] =
            has_state(market)
                ? tl_coverage_in_window(tl_scenarios_coverage(market->scenarios),
                                        (enum tl_profile)p, tl_latent_run_second(market->run),
                                        tl_latent_run_control(market->run)->coverage_window_minutes)
                : 0;
}

size_t tl_market_events(const struct tl_market *market, struct tl_event_calendar_entry *entries,
                        size_t capacity)
{
    const struct tl_event_calendar_entry *known = NULL;
    size_t count = market->in_session ? tl_latent_run_events(market->run, &known) : 0, written = 0;
    tl_ns now = market->next * TL_NS_PER_S;
    for (size_t i = 0; i < count && written < capacity; i++)
        if (known[i].announced_ts <= now) entries[written++] = known[i];
    return written;
}

uint32_t tl_market_symbol_count(const struct tl_market *market)
{
    return market->universe.count;
}

struct tl_str tl_market_symbol(const struct tl_market *market, uint32_t sym)
{
    return sym < market->universe.count ? tl_str_from(market->symbols[sym].ticker)
                                        : (struct tl_str){NULL, 0};
}

bool tl_market_symbol_is_etf(const struct tl_market *market, uint32_t sym)
{
    return sym < market->universe.count && market->symbols[sym].is_etf;
}

/* ---- market_observe.h and market_view.h ---- */

void tl_market_observe(struct tl_market *market, tl_market_observer *observer, void *context)
{
    market->observer = observer;
    market->observer_context = context;
}

const struct tl_latent *tl_market_latents(const struct tl_market *market)
{
    return has_state(market) ? tl_latent_run_symbols(market->run) : NULL;
}

const struct tl_child *tl_market_children(const struct tl_market *market, uint32_t sym,
                                          size_t *count)
{
    *count = 0;
    return has_state(market) ? tl_scenarios_children(market->scenarios, sym, count) : NULL;
}

const struct tl_chain *tl_market_chain(struct tl_market *market, uint32_t sym)
{
    return has_state(market) ? tl_chains_get(market->chains, sym) : NULL;
}

const struct tl_symbol *tl_market_reference(const struct tl_market *market, uint32_t sym)
{
    return &market->symbols[sym];
}

bool tl_market_prints(const struct tl_market *market, uint32_t sym)
{
    return market->printed[sym];
}

uint64_t tl_market_session_seed(const struct tl_market *market)
{
    return tl_latent_run_session_seed(market->run);
}

bool tl_market_view(struct tl_market *market, uint32_t sym, struct tl_quote_path *path,
                    struct tl_second *view)
{
    if (!has_state(market)) return false;
    const struct tl_latent *latent = &tl_latent_run_symbols(market->run)[sym];
    int64_t second = tl_latent_run_second(market->run);
    path->count = 1;
    path->points[0] = (struct tl_quote_point){.ts = second * TL_NS_PER_S,
                                              .bid = latent->bid[1],
                                              .ask = latent->ask[1],
                                              .bid_size = latent->bid_size[1],
                                              .ask_size = latent->ask_size[1]};
    *view = (struct tl_second){.second = second,
                               .seed = tl_latent_run_seed(market->run),
                               .sym = (uint16_t)sym,
                               .symbol = &market->symbols[sym],
                               .latent = latent,
                               .session = tl_latent_run_session(market->run),
                               .regime_blend = tl_latent_run_regime_blend(market->run),
                               .chain = tl_chains_get(market->chains, sym),
                               .path = path,
                               .rate = market->rate,
                               .streams = market->streams};
    return true;
}
