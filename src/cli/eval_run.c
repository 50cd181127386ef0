/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/eval_run.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/eval_rows.h"
#include "cli/score_sessions.h"
#include "os/os.h"
#include "wire/from_tape.h"
#include "wire/market_json.h"

#define THREADS 2
#define WEEK 5
#define BATCH_EVENTS (1 << 17)

struct worker {
    const struct tl_eval *eval;
    struct tl_eval_session *sessions;
    atomic_uint *next, *minutes, *ended; /* the next seed to do; minutes done, workers through */
    struct tl_signal_gate gate;
    struct tl_flow *flow;
    struct tl_batch batch;
    struct tl_text json;
    struct tl_eval_session *session; /* in hand */
    enum tl_status status;
    struct tl_error error;
};

void tl_eval_calendar(const struct tl_market *market, struct tl_flow_calendar *calendar)
{
    struct tl_event_calendar_entry entries[TL_CALENDAR_EVENTS_MAX];
    size_t count = tl_market_events(market, entries, TL_CALENDAR_EVENTS_MAX);
    calendar->count = 0;
    for (size_t i = 0; i < count; i++) {
        struct tl_calendar_event *event = &calendar->events[calendar->count++];
        struct tl_str symbol = tl_market_symbol(market, entries[i].sym);
        memset(event, 0, sizeof *event);
        memcpy(event->symbol, symbol.data, symbol.size);
        event->event_ts = entries[i].event_ts / TL_NS_PER_MS;
        event->announced_ts = entries[i].announced_ts / TL_NS_PER_MS;
        event->kind = entries[i].kind ? TL_CALENDAR_NEWS : TL_CALENDAR_EARNINGS;
    }
}

static void on_smart_money(void *context, const struct tl_smart_money *event)
{
    struct worker *worker = context;
    tl_eval_event(worker->session, event);
}

static void on_judged(void *context, const struct tl_smart_money *event,
                      const struct tl_evidence *evidence)
{
    struct worker *worker = context;
    tl_eval_row_judged(worker->eval->rows, worker->session, event, evidence);
}

/* One event as a consumer of the bus meets it: text, read back, fed. */
static enum tl_status feed(struct worker *worker, const struct tl_market *market, size_t at)
{
    const struct tl_event *event = &worker->batch.events[at];
    struct tl_json_scratch scratch;
    struct tl_wire_option_print print;
    struct tl_wire_option_nbbo nbbo;
    struct tl_wire_equity_print trade;
    struct tl_wire_equity_quote quote;
    enum tl_status status = TL_OK;
    worker->json.size = 0;
    tl_wire_event_json(&worker->json, event, tl_market_symbol(market, event->sym), &worker->gate,
                       event->ts / TL_NS_PER_MS);
    struct tl_str text = {worker->json.data, worker->json.size};
    switch ((enum tl_stream)event->stream) {
    case TL_STREAM_OPTION_PRINT:
        status = tl_json_get_option_print(text, &print, &scratch, &worker->error);
        if (status != TL_OK) return status;
        tl_eval_print(worker->session, &print, &worker->batch.truth[at]);
        tl_flow_option_print(worker->flow, &print);
        return TL_OK;
    case TL_STREAM_OPTION_NBBO:
        status = tl_json_get_option_nbbo(text, &nbbo, &scratch, &worker->error);
        if (status == TL_OK) tl_flow_option_nbbo(worker->flow, &nbbo);
        return status;
    case TL_STREAM_EQUITY_PRINT:
        status = tl_json_get_equity_print(text, &trade, &scratch, &worker->error);
        if (status == TL_OK) tl_flow_equity_print(worker->flow, &trade);
        return status;
    case TL_STREAM_EQUITY_QUOTE:
        status = tl_json_get_equity_quote(text, &quote, &scratch, &worker->error);
        if (status == TL_OK) tl_flow_equity_quote(worker->flow, &quote);
        return status;
    case TL_STREAM_COUNT:
        break;
    }
    return TL_OK;
}

static enum tl_status run_seconds(struct worker *worker, struct tl_market *market,
                                  struct tl_flow_calendar *calendar)
{
    struct tl_eval_session *session = worker->session;
    tl_flow_set_calendar(worker->flow, calendar);
    for (int64_t i = 0; i < session->seconds; i++) {
        /* News may be announced while the session runs. */
        if (i % 60 == 0) tl_eval_calendar(market, calendar);
        worker->batch.count = 0;
        tl_market_step(market, &worker->batch);
        tl_wire_order(&worker->batch);
        for (size_t k = 0; k < worker->batch.count; k++) {
            enum tl_status status = feed(worker, market, k);
            if (status != TL_OK) return status;
        }
        tl_flow_advance(worker->flow, (session->start_s + i + 1) * 1000);
        if (i % 60 == 59) atomic_fetch_add(worker->minutes, 1);
        if (i % 60 == 59 && tl_os_stopping())
            return tl_error_set(&worker->error, TL_CLOSED, "stopped");
    }
    tl_flow_drain(worker->flow);
    if (worker->batch.dropped > 0)
        return tl_error_set(&worker->error, TL_FULL, "%lld events found no room at this --rate",
                            (long long)worker->batch.dropped);
    return session->full ? tl_error_set(&worker->error, TL_NOMEM, "out of memory") : TL_OK;
}

static enum tl_status run_seed(struct worker *worker, uint32_t index)
{
    const struct tl_eval *eval = worker->eval;
    struct tl_session_span spans[WEEK];
    struct tl_control_entry entry = {.effective_s = 0, .state = eval->control};
    struct tl_market_options options = eval->options;
    struct tl_market *market = NULL;
    struct tl_flow_options flow_options = tl_flow_options_default();
    struct tl_flow_calendar *calendar = malloc(sizeof *calendar);
    entry.state.shared_seed = eval->first_seed + index;
    options.log = (struct tl_control_log){&entry, 1};
    flow_options.sink.context = worker;
    flow_options.sink.smart_money = on_smart_money;
    if (eval->rows) flow_options.sink.judged = on_judged;
    worker->session = &worker->sessions[index];
    worker->flow = tl_flow_create(&flow_options);
    enum tl_status status = TL_OK;
    if (!calendar || !worker->flow || !tl_eval_session_init(worker->session))
        status = tl_error_set(&worker->error, TL_NOMEM, "out of memory");
    tl_score_ordinary_sessions(eval->start_s, spans, WEEK);
    if (status == TL_OK) {
        worker->session->seed = entry.state.shared_seed;
        worker->session->start_s = spans[index % WEEK].start_s;
        worker->session->seconds = 60 * eval->minutes;
        status = tl_market_create(&options, &market, &worker->error);
    }
    if (status == TL_OK) status = tl_market_seek(market, worker->session->start_s, &worker->error);
    if (status == TL_OK) status = run_seconds(worker, market, calendar);
    if (status == TL_OK && eval->rows) tl_eval_row_session(eval->rows, worker->session);
    tl_eval_session_close(worker->session);
    tl_market_destroy(market);
    tl_flow_destroy(worker->flow);
    free(calendar);
    return status;
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    while (worker->status == TL_OK) {
        uint32_t index = atomic_fetch_add(worker->next, 1);
        if (index >= worker->eval->seeds) break;
        worker->status = run_seed(worker, index);
    }
    /* Nobody need start another seed after an error. */
    if (worker->status != TL_OK) atomic_store(worker->next, worker->eval->seeds);
    atomic_fetch_add(worker->ended, 1);
    return NULL;
}

static bool worker_room(struct worker *worker)
{
    worker->batch.capacity = BATCH_EVENTS;
    worker->batch.events = malloc(BATCH_EVENTS * sizeof *worker->batch.events);
    worker->batch.truth = malloc(BATCH_EVENTS * sizeof *worker->batch.truth);
    worker->json = (struct tl_text){malloc(TL_JSON_EVENT_MAX), 0, TL_JSON_EVENT_MAX, false};
    return worker->batch.events && worker->batch.truth && worker->json.data;
}

static void show(const struct tl_eval *eval, unsigned minutes)
{
    uint64_t total = (uint64_t)eval->seeds * (uint64_t)eval->minutes;
    fprintf(stderr, "\r%3u %% of %u sessions", (unsigned)(100 * (uint64_t)minutes / total),
            eval->seeds);
}

enum tl_status tl_eval_run(const struct tl_eval *eval, struct tl_eval_session *sessions,
                           struct tl_error *error)
{
    struct worker workers[THREADS];
    pthread_t threads[THREADS];
    atomic_uint next = 0, minutes = 0, ended = 0;
    int started = 0;
    enum tl_status status = TL_OK;
    memset(workers, 0, sizeof workers);
    for (int i = 0; i < THREADS; i++) {
        workers[i].eval = eval;
        workers[i].sessions = sessions;
        workers[i].next = &next;
        workers[i].minutes = &minutes;
        workers[i].ended = &ended;
        workers[i].gate = tl_signal_gate_default();
        if (!worker_room(&workers[i])) status = tl_error_set(error, TL_NOMEM, "out of memory");
    }
    for (; status == TL_OK && started < THREADS; started++)
        if (pthread_create(&threads[started], NULL, work, &workers[started]) != 0) break;
    /* A machine without room for threads does it here. */
    if (status == TL_OK && started == 0) work(&workers[0]);
    while (eval->progress && atomic_load(&ended) < (unsigned)started) {
        show(eval, atomic_load(&minutes));
        tl_os_sleep_ms(200);
    }
    for (int i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    if (eval->progress) fprintf(stderr, "\r%30s\r", "");
    for (int i = 0; i < THREADS; i++) {
        if (status == TL_OK && workers[i].status != TL_OK) {
            status = workers[i].status;
            *error = workers[i].error;
        }
        free(workers[i].batch.events);
        free(workers[i].batch.truth);
        free(workers[i].json.data);
    }
    return status;
}
