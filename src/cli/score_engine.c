/* SPDX-License-Identifier: Apache-2.0
 * Scoring the engine. Latent sessions are shared out by session (each thread has a market of its own
 * that prints nothing), tape sessions and those of chains by symbol (shard 0 and 1 of two): in all
 * cases the threads
 * write disjoint places and nothing has to be merged, so the figures do not depend on timing. */
#include "cli/score_engine.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "base/text.h"
#include "cli/score_sessions.h"
#include "market/day_chain.h"
#include "market/surface.h"
#include "os/os.h"
#include "tape/market_view.h"

#define EVENT_SESSIONS 1008 /* opened for what options do around earnings (O34) */
#define THREADS 2
#define BATCH_EVENTS (1 << 18) /* a second of the largest universe at rate 100 is below that */

struct worker {
    const struct tl_score_engine *engine;
    struct tl_score_run *run;
    const struct tl_session_span *spans; /* the sessions to do */
    uint32_t span_count, shard;
    struct tl_market *market;
    struct tl_second_mids seconds; /* latent sessions */
    struct tl_batch batch;         /* tape sessions */
    uint64_t seed; /* blocks of days: of the sessions, and the first one's ordinal */
    int64_t ordinal;
    void (*work)(struct worker *worker);
    atomic_int *done, *ended; /* minutes done, workers that are through */
    uint64_t events;
    enum tl_status status;
    struct tl_error error;
};

/* ---- latent sessions ---- */

static double log_mid(tl_px bid, tl_px ask)
{
    return tl_log((double)(bid + ask) / (2.0 * TL_PX_PER_USD));
}

/* The hidden orders of one second, with the mids they found (E50). */
static void take_orders(struct worker *worker, uint32_t slot)
{
    const struct tl_latent *latents = tl_market_latents(worker->market);
    for (uint32_t i = 0; latents && i < worker->run->count; i++) {
        size_t count;
        const struct tl_child *children = tl_market_children(worker->market, i, &count);
        double mid = 0.5 * (double)(latents[i].bid[0] + latents[i].ask[0]);
        for (size_t c = 0; c < count; c++)
            tl_score_latent_orders_child(&worker->run->orders[slot], i, &children[c], mid);
    }
}

/* One second of all names: the mid at its end, the expected shares, once a minute the volatility. */
static void take_latents(struct worker *worker, int64_t elapsed)
{
    const struct tl_latent *latents = tl_market_latents(worker->market);
    struct tl_second_mids *seconds = &worker->seconds;
    for (uint32_t i = 0; latents && i < worker->run->count; i++) {
        const struct tl_latent *latent = &latents[i];
        if (elapsed == 0)
            tl_second_mids_price(seconds, i, 0, log_mid(latent->bid[0], latent->ask[0]));
        if (latent->bid[1] != latent->bid[0] ||
            latent->ask[1] != latent->ask[0]) /* else it stays */
            tl_second_mids_price(seconds, i, elapsed + 1, log_mid(latent->bid[1], latent->ask[1]));
        tl_second_mids_volume(seconds, i, elapsed, latent->trade_rate);
        if (elapsed % 60 == 0)
            tl_second_mids_iv(seconds, i, tl_surface_month_iv(&worker->run->symbols[i], latent));
    }
}

static enum tl_status latent_session(struct worker *worker, uint32_t slot)
{
    const struct tl_session_span *span = &worker->spans[slot];
    struct tl_batch none = {.capacity = 0};
    enum tl_status status = tl_market_seek(worker->market, span->start_s, &worker->error);
    tl_second_mids_reset(&worker->seconds);
    for (int64_t s = span->start_s; s < span->end_s && status == TL_OK; s++) {
        tl_market_step(worker->market, &none);
        take_latents(worker, s - span->start_s);
        take_orders(worker, slot);
        if (s % 60 == 0) atomic_fetch_add(worker->done, 1);
        if (s % 60 == 0 && tl_os_stopping()) return TL_CLOSED;
    }
    if (status == TL_OK) tl_score_returns_session(&worker->run->latent, slot, &worker->seconds);
    return status;
}

static void latent_sessions(struct worker *worker)
{
    for (uint32_t slot = worker->shard; slot < worker->span_count && worker->status == TL_OK;
         slot += THREADS)
        worker->status = latent_session(worker, slot);
}

/* ---- tape sessions ---- */

/* The expected shares of one second of this shard's names, for what prints add to them (E10). */
static void take_expected(struct worker *worker, int64_t elapsed)
{
    const struct tl_latent *latents = tl_market_latents(worker->market);
    for (uint32_t i = worker->shard; latents && i < worker->run->count; i += THREADS)
        tl_second_mids_volume(&worker->run->trade_seconds, i, elapsed, latents[i].trade_rate);
}

static void check_room(struct worker *worker)
{
    if (worker->status == TL_OK && worker->batch.dropped)
        worker->status =
            tl_error_set(&worker->error, TL_FULL, "%lld events found no room at this --rate",
                         (long long)worker->batch.dropped);
}

static void tape_session(struct worker *worker)
{
    const struct tl_session_span *span = worker->spans;
    worker->status = tl_market_seek(worker->market, span->start_s, &worker->error);
    for (int64_t s = span->start_s; s < span->end_s && worker->status == TL_OK; s++) {
        worker->batch.count = 0;
        tl_market_step(worker->market, &worker->batch);
        take_expected(worker, s - span->start_s);
        tl_score_bench_second(&worker->run->bench, worker->market, s, worker->shard, THREADS);
        for (size_t i = 0; i < worker->batch.count; i++)
            tl_score_run_event(worker->run, &worker->batch.events[i], &worker->batch.truth[i]);
        worker->events += worker->batch.count;
        if (s % 60 == 0) atomic_fetch_add(worker->done, 1);
        if (s % 60 == 0 && tl_os_stopping()) worker->status = TL_CLOSED;
    }
    check_room(worker);
}

/* ---- sessions of chains ---- */

/* Whole chains as they are quoted, and the option prints: a class's volume lies on so few contracts
 * that two sessions of it are too small a sample (O1 to O7, O14 to O16, O22). */
static void chain_session(struct worker *worker)
{
    const struct tl_session_span *span = worker->spans;
    worker->status = tl_market_seek(worker->market, span->start_s, &worker->error);
    for (int64_t s = span->start_s; s < span->end_s && worker->status == TL_OK; s++) {
        worker->batch.count = 0;
        tl_market_step(worker->market, &worker->batch);
        tl_score_bench_look(&worker->run->bench, worker->market, s, worker->shard, THREADS);
        for (size_t i = 0; i < worker->batch.count; i++)
            tl_score_bench_look_event(&worker->run->bench, &worker->batch.events[i],
                                      &worker->batch.truth[i]);
        if (s % 60 == 0) atomic_fetch_add(worker->done, 1);
        if (s % 60 == 0 && tl_os_stopping()) worker->status = TL_CLOSED;
    }
    check_room(worker);
}

/* ---- threads ---- */

static void show(const struct tl_score_engine *engine, const char *what, int done, int total)
{
    if (engine->progress) fprintf(stderr, "\r%-18s %3d %%", what, total ? 100 * done / total : 100);
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    worker->work(worker);
    atomic_fetch_add(worker->ended, 1);
    return NULL;
}

/* Runs one thread a worker, shows how far they are, and gives the first error. */
static enum tl_status run_threads(struct worker *workers, void (*what_to_do)(struct worker *),
                                  const char *what, int total_minutes, struct tl_error *error)
{
    pthread_t threads[THREADS];
    atomic_int ended = 0;
    int started = 0;
    for (int i = 0; i < THREADS; i++)
        workers[i].ended = &ended, workers[i].work = what_to_do;
    for (; started < THREADS; started++)
        if (pthread_create(&threads[started], NULL, work, &workers[started]) != 0) break;
    /* A machine without room for a thread does the rest here. */
    for (int i = started; i < THREADS; i++)
        work(&workers[i]);
    while (workers->engine->progress && atomic_load(&ended) < THREADS) {
        show(workers->engine, what, atomic_load(workers->done), total_minutes);
        tl_os_sleep_ms(200);
    }
    for (int i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < THREADS; i++) {
        workers->run->events += workers[i].events;
        if (workers[i].status == TL_OK) continue;
        if (workers[i].status == TL_CLOSED) return tl_error_set(error, TL_CLOSED, "stopped");
        *error = workers[i].error;
        return workers[i].status;
    }
    return TL_OK;
}

static void workers_free(struct worker *workers)
{
    for (int i = 0; i < THREADS; i++) {
        tl_market_destroy(workers[i].market);
        tl_second_mids_deinit(&workers[i].seconds);
        free(workers[i].batch.events);
        free(workers[i].batch.truth);
    }
}

enum part { PART_LATENT, PART_TAPE, PART_CHAINS };

static enum tl_status workers_make(struct worker *workers, const struct tl_score_engine *engine,
                                   struct tl_score_run *run, enum part part, struct tl_error *error)
{
    bool tape = part == PART_TAPE, latent = part == PART_LATENT;
    enum tl_status status = TL_OK;
    memset(workers, 0, THREADS * sizeof *workers);
    for (uint32_t i = 0; i < THREADS && status == TL_OK; i++) {
        struct tl_market_options options = engine->options;
        workers[i].engine = engine;
        workers[i].run = run;
        workers[i].shard = i;
        if (!tape) options.streams &= latent ? 0 : 1u << TL_STREAM_OPTION_PRINT;
        /* Latent sessions print nobody: no symbol has the last index of so many shards. */
        options.shard = latent ? TL_SYMBOLS_MAX : i;
        options.shards = latent ? TL_SYMBOLS_MAX + 1 : THREADS;
        status = tl_market_create(&options, &workers[i].market, error);
        bool room = true;
        if (tape && status == TL_OK) tl_score_bench_attach(&run->bench, workers[i].market);
        if (!latent) {
            workers[i].batch.capacity = BATCH_EVENTS;
            workers[i].batch.events = malloc(BATCH_EVENTS * sizeof *workers[i].batch.events);
            workers[i].batch.truth = malloc(BATCH_EVENTS * sizeof *workers[i].batch.truth);
            room = workers[i].batch.events && workers[i].batch.truth;
        } else {
            room = tl_second_mids_init(&workers[i].seconds, run->count);
        }
        if (status == TL_OK && !room) status = tl_error_set(error, TL_NOMEM, "out of memory");
    }
    return status;
}

/* ---- the parts ---- */

static enum tl_status latent_part(const struct tl_score_engine *engine, struct tl_score_run *run,
                                  const struct tl_session_span *spans, struct tl_error *error)
{
    struct worker workers[THREADS];
    atomic_int done = 0;
    if (engine->latent_sessions == 0) return TL_OK;
    if (!tl_score_returns_init(&run->latent, run->symbols, run->count, engine->latent_sessions))
        return tl_error_set(error, TL_NOMEM, "out of memory");
    run->orders = calloc(engine->latent_sessions, sizeof *run->orders);
    if (!run->orders) return tl_error_set(error, TL_NOMEM, "out of memory");
    enum tl_status status = workers_make(workers, engine, run, PART_LATENT, error);
    for (int i = 0; i < THREADS; i++) {
        workers[i].spans = spans;
        workers[i].span_count = engine->latent_sessions;
        workers[i].done = &done;
    }
    if (status == TL_OK)
        status = run_threads(workers, latent_sessions, "latent sessions",
                             (int)engine->latent_sessions * 390, error);
    workers_free(workers);
    return status;
}

static enum tl_status tape_part(const struct tl_score_engine *engine, struct tl_score_run *run,
                                const struct tl_session_span *spans, struct tl_error *error)
{
    struct worker workers[THREADS];
    atomic_int done = 0;
    if (engine->tape_sessions == 0) return TL_OK;
    enum tl_status status = workers_make(workers, engine, run, PART_TAPE, error);
    for (uint32_t slot = 0; slot < engine->tape_sessions && status == TL_OK; slot++) {
        tl_score_run_open(run, spans[slot].start_s, spans[slot].end_s);
        for (int i = 0; i < THREADS; i++) {
            workers[i].spans = &spans[slot];
            workers[i].done = &done;
            workers[i].events = 0;
        }
        status = run_threads(workers, tape_session, "tape sessions",
                             (int)(slot + 1) * 390 * THREADS, error);
        if (status == TL_OK) tl_score_run_close(run, slot);
    }
    workers_free(workers);
    return status;
}

static enum tl_status chain_part(const struct tl_score_engine *engine, struct tl_score_run *run,
                                 const struct tl_session_span *spans, struct tl_error *error)
{
    struct worker workers[THREADS];
    atomic_int done = 0;
    if (engine->chain_sessions == 0) return TL_OK;
    enum tl_status status = workers_make(workers, engine, run, PART_CHAINS, error);
    for (uint32_t slot = 0; slot < engine->chain_sessions && status == TL_OK; slot++) {
        tl_score_bench_chains(&run->bench, spans[slot].start_s, spans[slot].end_s);
        for (int i = 0; i < THREADS; i++) {
            workers[i].spans = &spans[slot];
            workers[i].done = &done;
        }
        status = run_threads(workers, chain_session, "chains",
                             (int)engine->chain_sessions * 390 * THREADS, error);
    }
    workers_free(workers);
    return status;
}

/* ---- days ---- */

/* The first block ends at the first session, the others follow. */
static void day_blocks(struct worker *worker)
{
    const struct tl_score_days *days = &worker->run->days;
    for (uint32_t b = worker->shard; b < days->blocks && worker->status == TL_OK; b += THREADS) {
        struct tl_score_days block = tl_score_days_block(days, b);
        int64_t last = worker->ordinal + (int64_t)b * days->days;
        if (!tl_score_days_skeleton(&block, worker->seed, last))
            worker->status = tl_error_set(&worker->error, TL_NOMEM, "out of memory");
        if (tl_os_stopping()) worker->status = TL_CLOSED;
    }
}

/* The skeleton's days up to the first session and beyond, and the opens around earnings. */
static enum tl_status days_part(const struct tl_score_engine *engine, struct tl_score_run *run,
                                const struct tl_session_span *span, uint64_t seed,
                                struct tl_error *error)
{
    struct tl_market *market = NULL;
    struct worker workers[THREADS];
    atomic_int done = 0;
    if (!tl_score_days_init(&run->days, run->symbols, run->count, engine->days))
        return tl_error_set(error, TL_NOMEM, "out of memory");
    if (engine->days == 0) return TL_OK;
    if (span->ordinal <= run->days.days + TL_DAY_WINDOW) /* ordinals begin in 2000 */
        return tl_error_set(error, TL_INVALID, "--days: at most %lld before this --date",
                            (long long)span->ordinal - TL_DAY_WINDOW - 1);
    for (uint32_t i = 0; i < THREADS; i++)
        workers[i] = (struct worker){.engine = engine,
                                     .run = run,
                                     .shard = i,
                                     .seed = seed,
                                     .ordinal = span->ordinal,
                                     .done = &done};
    enum tl_status status = run_threads(workers, day_blocks, "days", 0, error);
    struct tl_market_options options = engine->options;
    options.streams = 0;
    if (status == TL_OK) status = tl_market_create(&options, &market, error);
    if (status == TL_OK) status = tl_market_seek(market, span->start_s, error);
    if (status == TL_OK)
        status = tl_option_events_walk(&run->option_events, market, span->start_s, EVENT_SESSIONS);
    tl_market_destroy(market);
    return status;
}

/* The universe's symbols as the market reads them, and the seed of its sessions. */
static enum tl_status market_facts(const struct tl_score_engine *engine, struct tl_symbol **symbols,
                                   uint32_t *count, uint64_t *seed, struct tl_error *error)
{
    struct tl_market *market = NULL;
    enum tl_status status = tl_market_create(&engine->options, &market, error);
    if (status == TL_OK) status = tl_market_seek(market, engine->start_s, error);
    if (status != TL_OK) {
        tl_market_destroy(market);
        return status;
    }
    *seed = tl_market_session_seed(market);
    *count = tl_market_symbol_count(market);
    *symbols = calloc(*count, sizeof **symbols);
    for (uint32_t i = 0; *symbols && i < *count; i++)
        (*symbols)[i] = *tl_market_reference(market, i);
    tl_market_destroy(market);
    return *symbols ? TL_OK : tl_error_set(error, TL_NOMEM, "out of memory");
}

/* Blocks of sessions lie sixteen months apart: an era of volatility lasts eight (market/day_chain.c),
 * so each block has another. */
#define BLOCKS_APART_S (487 * 86400LL)

static void latent_spans(const struct tl_score_engine *engine, struct tl_session_span *spans)
{
    uint32_t sessions = engine->latent_sessions;
    for (uint32_t b = 0; b < tl_returns_blocks(sessions); b++) {
        uint32_t from = tl_returns_block_from(sessions, b);
        tl_score_ordinary_sessions(engine->start_s + b * BLOCKS_APART_S, spans + from,
                                   tl_returns_block_from(sessions, b + 1) - from);
    }
}

enum tl_status tl_score_engine_run(const struct tl_score_engine *engine, struct tl_score_run *run,
                                   struct tl_error *error)
{
    struct tl_session_span spans[2 * TL_SCORE_SESSIONS_MAX];
    struct tl_symbol *symbols = NULL;
    uint32_t count = 0;
    uint64_t seed = 0;
    memset(run, 0, sizeof *run);
    enum tl_status status = market_facts(engine, &symbols, &count, &seed, error);
    if (status != TL_OK) return status;
    if (!tl_score_run_init(run, symbols, count, engine->tape_sessions))
        return tl_error_set(error, TL_NOMEM, "out of memory");
    tl_score_ordinary_sessions(engine->start_s, spans, 1);
    status = days_part(engine, run, &spans[0], seed, error);
    latent_spans(engine, spans);
    if (status == TL_OK) status = latent_part(engine, run, spans, error);
    tl_score_tape_sessions(engine->start_s, seed, spans,
                           engine->tape_sessions + engine->chain_sessions);
    for (uint32_t i = 0; i < engine->tape_sessions; i++)
        run->tape_days[i] = spans[i].trade_day;
    if (status == TL_OK) status = tape_part(engine, run, spans, error);
    if (status == TL_OK) status = chain_part(engine, run, spans + engine->tape_sessions, error);
    if (engine->progress) fprintf(stderr, "\r%30s\r", "");
    return status;
}
