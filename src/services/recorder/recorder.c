/* SPDX-License-Identifier: Apache-2.0
 * The recorder. One thread, one durable consumer a stream (recorder-<stream>), one store.
 *
 *     take messages -> rows of one transaction -> commit -> acknowledge -> trim
 *
 * A batch ends after COMMIT_MS or COMMIT_ROWS. Acknowledgements follow the commit, so after a crash
 * at any point the bus delivers again what the store has not, and some of what it has: a row with
 * the same key replaces. A message that is no event is dropped for good, counted, and acknowledged
 * with the batch. When the store fails the batch is given back: the subscriptions are opened anew
 * and go on behind the last acknowledgement. A lost bus shows as silence until it is back. */
#include "services/recorder/recorder.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include "os/os.h"
#include "services/service.h"

#define COMMIT_MS 200
#define COMMIT_ROWS 5000
#define TURN_MESSAGES 256 /* of one stream before the next has its turn */
#define IDLE_MS 10
#define TRIM_BUDGET_MS 30 /* after each commit */
#define RETRY_MS 1000
#define ACK_PENDING_MAX 8192 /* more than a batch: a stream alone may fill one */

static struct {
    atomic_uint_fast64_t messages, rows, malformed, lost, commits, trims, store_failures;
    atomic_uint_fast64_t malformed_of[TL_SUBJECT_COUNT];
    atomic_int_fast64_t store_bytes, commit_us, commit_us_max, commit_us_sum, behind_ms, waiting;
} counters;

void tl_recorder_metrics_read(struct tl_recorder_metrics *metrics)
{
    *metrics = (struct tl_recorder_metrics){
        .messages = atomic_load(&counters.messages),
        .rows = atomic_load(&counters.rows),
        .malformed = atomic_load(&counters.malformed),
        .lost = atomic_load(&counters.lost),
        .commits = atomic_load(&counters.commits),
        .trims = atomic_load(&counters.trims),
        .store_failures = atomic_load(&counters.store_failures),
        .store_bytes = atomic_load(&counters.store_bytes),
        .commit_us = atomic_load(&counters.commit_us),
        .commit_us_max = atomic_load(&counters.commit_us_max),
        .commit_us_sum = atomic_load(&counters.commit_us_sum),
        .behind_ms = atomic_load(&counters.behind_ms),
        .waiting = atomic_load(&counters.waiting),
    };
    for (int i = 0; i < TL_SUBJECT_COUNT; i++)
        metrics->malformed_of[i] = atomic_load(&counters.malformed_of[i]);
}

/* ---- the figures of /metrics ---- */

enum {
    MESSAGES,
    ROWS,
    LOST,
    COMMITS,
    COMMIT_US,
    COMMIT_US_MAX,
    COMMIT_US_SUM,
    TRIMS,
    STORE_FAILURES,
    STORE_BYTES,
    BEHIND_MS,
    WAITING,
    MALFORMED /* one a subject */
};

static void describe(struct tl_metrics *metrics)
{
    if (!metrics) return;
    static struct tl_metric figures[MALFORMED + TL_SUBJECT_COUNT] = {
        [MESSAGES] = {"recorder_messages_total", "Messages taken from the bus", NULL, NULL},
        [ROWS] = {"recorder_rows_total", "Rows committed to the store", NULL, NULL},
        [LOST] = {"recorder_bus_lost_total", "Messages skipped by the bus's retention", NULL, NULL},
        [COMMITS] = {"recorder_commits_total", "Transactions committed", NULL, NULL},
        [COMMIT_US] = {"recorder_commit_us", "Time of the last commit, microseconds", NULL, NULL},
        [COMMIT_US_MAX] = {"recorder_commit_us_max", "Time of the slowest commit, microseconds",
                           NULL, NULL},
        [COMMIT_US_SUM] = {"recorder_commit_us_total", "Time of all commits, microseconds", NULL,
                           NULL},
        [TRIMS] = {"recorder_trims_total", "Pieces deleted because of age or size", NULL, NULL},
        [STORE_FAILURES] = {"recorder_store_failures_total", "Batches given back to the bus", NULL,
                            NULL},
        [STORE_BYTES] = {"recorder_store_bytes", "Size of the store, bytes", NULL, NULL},
        [BEHIND_MS] = {"recorder_behind_ms", "Age of the last message when it was taken, ms", NULL,
                       NULL},
        [WAITING] = {"recorder_waiting_messages", "Messages taken and not yet committed", NULL,
                     NULL},
    };
    for (int i = 0; i < TL_SUBJECT_COUNT; i++)
        figures[MALFORMED + i] = (struct tl_metric){
            "recorder_malformed_total", "Messages dropped for good: no event of their subject",
            "subject", tl_subject_name((enum tl_subject)i)};
    tl_metrics_describe(metrics, figures, sizeof figures / sizeof *figures);
}

static void set_figures(struct tl_metrics *metrics)
{
    if (!metrics) return;
    struct tl_recorder_metrics now;
    tl_recorder_metrics_read(&now);
    tl_metrics_set(metrics, MESSAGES, (int64_t)now.messages);
    tl_metrics_set(metrics, ROWS, (int64_t)now.rows);
    tl_metrics_set(metrics, LOST, (int64_t)now.lost);
    tl_metrics_set(metrics, COMMITS, (int64_t)now.commits);
    tl_metrics_set(metrics, COMMIT_US, now.commit_us);
    tl_metrics_set(metrics, COMMIT_US_MAX, now.commit_us_max);
    tl_metrics_set(metrics, COMMIT_US_SUM, now.commit_us_sum);
    tl_metrics_set(metrics, TRIMS, (int64_t)now.trims);
    tl_metrics_set(metrics, STORE_FAILURES, (int64_t)now.store_failures);
    tl_metrics_set(metrics, STORE_BYTES, now.store_bytes);
    tl_metrics_set(metrics, BEHIND_MS, now.behind_ms);
    tl_metrics_set(metrics, WAITING, now.waiting);
    for (int i = 0; i < TL_SUBJECT_COUNT; i++)
        tl_metrics_set(metrics, (size_t)(MALFORMED + i), (int64_t)now.malformed_of[i]);
    tl_metrics_turn(metrics);
}

/* ---- message to row ---- */

enum tl_table tl_recorder_table(enum tl_subject subject)
{
    static const enum tl_table tables[TL_SUBJECT_COUNT] = {
        [TL_SUBJECT_OPTIONS_PRINTS] = TL_TABLE_OPTION_PRINTS,
        [TL_SUBJECT_OPTIONS_NBBO] = TL_TABLE_OPTION_NBBO,
        [TL_SUBJECT_EQUITY_PRINTS] = TL_TABLE_EQUITY_PRINTS,
        [TL_SUBJECT_EQUITY_QUOTES] = TL_TABLE_EQUITY_QUOTES,
        [TL_SUBJECT_OPTIONS_SIGNAL] = TL_TABLE_OPTION_PRINTS,
        [TL_SUBJECT_EQUITY_CANDLES] = TL_TABLE_CANDLES,
        [TL_SUBJECT_EQUITY_JOINS] = TL_TABLE_JOINS,
        [TL_SUBJECT_INFERRED_DARK] = TL_TABLE_DARK,
        [TL_SUBJECT_FLOW_PACKETS] = TL_TABLE_PACKETS,
        [TL_SUBJECT_SMART_MONEY] = TL_TABLE_SMART_MONEY,
        [TL_SUBJECT_CLASSIFIER_HITS] = TL_TABLE_HITS,
        [TL_SUBJECT_ALERTS] = TL_TABLE_ALERTS,
    };
    return tables[subject];
}

static void set_place(struct tl_store_row *row, const struct tl_meta *meta, int64_t ts)
{
    row->ts = ts;
    row->seq = meta->seq;
    row->trace_id = meta->trace_id;
}

static enum tl_status option_print_row(struct tl_str data, struct tl_recorder_scratch *scratch,
                                       struct tl_store_row *row, struct tl_error *error)
{
    struct tl_wire_option_print *print = &scratch->print;
    enum tl_status status = tl_json_get_option_print(data, print, &scratch->json, error);
    set_place(row, &print->meta, print->ts);
    row->key = print->option_contract_id;
    row->underlying_id = print->underlying_id;
    row->notional = print->notional;
    /* A print without a side is one without a quote, to every filter of the contract. */
    row->side = (int8_t)(print->nbbo_side == TL_SIDE_ABSENT ? TL_SIDE_MISSING : print->nbbo_side);
    row->type = (int8_t)print->option_type;
    row->is_etf = print->is_etf;
    row->signal_pass = print->signal_pass;
    return status;
}

static enum tl_status option_nbbo_row(struct tl_str data, struct tl_recorder_scratch *scratch,
                                      struct tl_store_row *row, struct tl_error *error)
{
    struct tl_wire_option_nbbo nbbo;
    enum tl_status status = tl_json_get_option_nbbo(data, &nbbo, &scratch->json, error);
    set_place(row, &nbbo.meta, nbbo.ts);
    row->key = nbbo.option_contract_id;
    return status;
}

static enum tl_status equity_print_row(struct tl_str data, struct tl_recorder_scratch *scratch,
                                       struct tl_store_row *row, struct tl_error *error)
{
    struct tl_wire_equity_print print;
    enum tl_status status = tl_json_get_equity_print(data, &print, &scratch->json, error);
    set_place(row, &print.meta, print.ts);
    row->key = row->underlying_id = print.underlying_id;
    return status;
}

static enum tl_status equity_quote_row(struct tl_str data, struct tl_recorder_scratch *scratch,
                                       struct tl_store_row *row, struct tl_error *error)
{
    struct tl_wire_equity_quote quote;
    enum tl_status status = tl_json_get_equity_quote(data, &quote, &scratch->json, error);
    set_place(row, &quote.meta, quote.ts);
    row->key = row->underlying_id = quote.underlying_id;
    return status;
}

static enum tl_status candle_row(struct tl_str data, struct tl_recorder_scratch *scratch,
                                 struct tl_store_row *row, struct tl_error *error)
{
    struct tl_wire_candle candle;
    enum tl_status status = tl_json_get_candle(data, &candle, &scratch->json, error);
    set_place(row, &candle.meta, candle.ts);
    row->key = row->underlying_id = candle.underlying_id;
    row->interval_ms = candle.interval_ms;
    return status;
}

static enum tl_status derived_row(enum tl_derived_kind kind, struct tl_str data,
                                  struct tl_recorder_scratch *scratch, struct tl_store_row *row,
                                  struct tl_error *error)
{
    struct tl_wire_derived *derived = &scratch->derived;
    enum tl_status status = tl_json_get_derived(data, kind, derived, &scratch->json, error);
    set_place(row, &derived->meta, derived->meta.source_ts);
    row->key = derived->id;
    row->underlying_id = derived->underlying_id;
    row->members = derived->members;
    row->member_count = derived->member_count;
    return status;
}

enum tl_status tl_recorder_row(enum tl_subject subject, struct tl_str data,
                               struct tl_recorder_scratch *scratch, struct tl_store_row *row,
                               struct tl_error *error)
{
    *row = (struct tl_store_row){.json = data};
    switch (subject) {
    case TL_SUBJECT_OPTIONS_PRINTS:
    case TL_SUBJECT_OPTIONS_SIGNAL:
        return option_print_row(data, scratch, row, error);
    case TL_SUBJECT_OPTIONS_NBBO:
        return option_nbbo_row(data, scratch, row, error);
    case TL_SUBJECT_EQUITY_PRINTS:
        return equity_print_row(data, scratch, row, error);
    case TL_SUBJECT_EQUITY_QUOTES:
        return equity_quote_row(data, scratch, row, error);
    case TL_SUBJECT_EQUITY_CANDLES:
        return candle_row(data, scratch, row, error);
    case TL_SUBJECT_EQUITY_JOINS:
        return derived_row(TL_DERIVED_JOIN, data, scratch, row, error);
    case TL_SUBJECT_INFERRED_DARK:
        return derived_row(TL_DERIVED_DARK, data, scratch, row, error);
    case TL_SUBJECT_FLOW_PACKETS:
        return derived_row(TL_DERIVED_PACKET, data, scratch, row, error);
    case TL_SUBJECT_SMART_MONEY:
        return derived_row(TL_DERIVED_SMART_MONEY, data, scratch, row, error);
    case TL_SUBJECT_CLASSIFIER_HITS:
        return derived_row(TL_DERIVED_HIT, data, scratch, row, error);
    case TL_SUBJECT_ALERTS:
        return derived_row(TL_DERIVED_ALERT, data, scratch, row, error);
    case TL_SUBJECT_COUNT:
        break;
    }
    return tl_error_set(error, TL_INVALID, "unknown subject");
}

/* ---- the loop ---- */

struct tl_recorder {
    const struct tl_service *service;
    struct tl_store *store;
    struct tl_subscription *subscriptions[TL_SUBJECT_COUNT];
    struct tl_message last[TL_SUBJECT_COUNT]; /* newest of the running batch; for acknowledging */
    bool pending[TL_SUBJECT_COUNT];
    uint64_t lost_before[TL_SUBJECT_COUNT]; /* by subscriptions since closed */
    size_t taken, rows;                     /* of the running batch */
    tl_ns batch_start;                      /* monotonic */
    struct tl_recorder_scratch scratch;
};

static void note_lost(struct tl_recorder *recorder)
{
    uint64_t lost = 0;
    for (int i = 0; i < TL_SUBJECT_COUNT; i++) {
        lost += recorder->lost_before[i];
        if (recorder->subscriptions[i]) lost += tl_subscription_lost(recorder->subscriptions[i]);
    }
    atomic_store(&counters.lost, lost);
}

static void unsubscribe(struct tl_recorder *recorder)
{
    for (int i = 0; i < TL_SUBJECT_COUNT; i++) {
        if (!recorder->subscriptions[i]) continue;
        recorder->lost_before[i] += tl_subscription_lost(recorder->subscriptions[i]);
        tl_subscription_close(recorder->subscriptions[i]);
        recorder->subscriptions[i] = NULL;
        recorder->pending[i] = false;
    }
    recorder->taken = recorder->rows = 0;
}

static enum tl_status subscribe(struct tl_recorder *recorder, struct tl_error *error)
{
    for (int i = 0; i < TL_SUBJECT_COUNT; i++) {
        char durable[64] = "recorder-";
        const char *stream = tl_subject_stream_name((enum tl_subject)i);
        strncat(durable, stream, sizeof durable - strlen(durable) - 1);
        struct tl_subscribe_options options = {.subject = (enum tl_subject)i,
                                               .durable = durable,
                                               .deliver = TL_DELIVER_ALL,
                                               .max_ack_pending = ACK_PENDING_MAX};
        enum tl_status status =
            tl_bus_subscribe(recorder->service->bus, &options, &recorder->subscriptions[i], error);
        if (status != TL_OK) {
            tl_error_add(error, "cannot subscribe to %s", stream);
            unsubscribe(recorder);
            return status;
        }
    }
    return TL_OK;
}

/* One message into the open transaction. Only a store's failure is returned. */
static enum tl_status record(struct tl_recorder *recorder, const struct tl_message *message,
                             struct tl_error *error)
{
    struct tl_store_row row;
    struct tl_error why;
    if (recorder->taken++ == 0) recorder->batch_start = tl_os_monotonic();
    recorder->last[message->subject] = *message;
    recorder->pending[message->subject] = true;
    atomic_fetch_add(&counters.messages, 1);
    atomic_store(&counters.behind_ms, (tl_os_now() - message->stored) / TL_NS_PER_MS);
    if (tl_recorder_row(message->subject, message->data, &recorder->scratch, &row, &why) != TL_OK) {
        atomic_fetch_add(&counters.malformed, 1);
        atomic_fetch_add(&counters.malformed_of[message->subject], 1);
        tl_log_rare(TL_LOG_WARN, recorder->service->name, tl_subject_name(message->subject),
                    "dropped a malformed message on %s: %s", tl_subject_name(message->subject),
                    why.text);
        return TL_OK;
    }
    recorder->rows++;
    return tl_store_append(recorder->store, tl_recorder_table(message->subject), &row, error);
}

/* Up to TURN_MESSAGES of one stream. */
static enum tl_status take_turn(struct tl_recorder *recorder, int subject, size_t *taken,
                                struct tl_error *error)
{
    for (int i = 0; i < TURN_MESSAGES && recorder->taken < COMMIT_ROWS; i++) {
        struct tl_message message;
        if (tl_subscription_next(recorder->subscriptions[subject], 0, &message) != TL_OK) break;
        enum tl_status status = record(recorder, &message, error);
        if (status != TL_OK) return status;
        (*taken)++;
    }
    return TL_OK;
}

static void note_commit(int64_t us)
{
    atomic_fetch_add(&counters.commits, 1);
    atomic_store(&counters.commit_us, us);
    atomic_fetch_add(&counters.commit_us_sum, us);
    if (us > atomic_load(&counters.commit_us_max)) atomic_store(&counters.commit_us_max, us);
}

static enum tl_status commit(struct tl_recorder *recorder, struct tl_error *error)
{
    tl_ns began = tl_os_monotonic();
    enum tl_status status = tl_store_commit(recorder->store, error);
    if (status != TL_OK) return status;
    note_commit((tl_os_monotonic() - began) / 1000);
    for (int i = 0; i < TL_SUBJECT_COUNT; i++) {
        if (recorder->pending[i])
            tl_subscription_ack(recorder->subscriptions[i], &recorder->last[i]);
        recorder->pending[i] = false;
    }
    atomic_fetch_add(&counters.rows, recorder->rows);
    recorder->taken = recorder->rows = 0;
    note_lost(recorder);
    return TL_OK;
}

static enum tl_status trim(struct tl_recorder *recorder, struct tl_error *error)
{
    tl_ns end = tl_os_monotonic() + TRIM_BUDGET_MS * TL_NS_PER_MS;
    enum tl_status status;
    while ((status = tl_store_trim(recorder->store, tl_os_now() / TL_NS_PER_MS, error)) == TL_OK) {
        atomic_fetch_add(&counters.trims, 1);
        if (tl_os_monotonic() >= end) break;
    }
    atomic_store(&counters.store_bytes, tl_store_bytes(recorder->store));
    return status == TL_AGAIN ? TL_OK : status;
}

static bool batch_is_due(const struct tl_recorder *recorder)
{
    return recorder->taken >= COMMIT_ROWS ||
           (recorder->taken > 0 &&
            tl_os_monotonic() - recorder->batch_start >= COMMIT_MS * TL_NS_PER_MS);
}

/* One round over all streams; commits when it is time. */
static enum tl_status take_all(struct tl_recorder *recorder, size_t *taken, struct tl_error *error)
{
    for (int i = 0; i < TL_SUBJECT_COUNT; i++) {
        enum tl_status status = take_turn(recorder, i, taken, error);
        if (status != TL_OK) return status;
    }
    if (!batch_is_due(recorder)) return TL_OK;
    enum tl_status status = commit(recorder, error);
    return status == TL_OK ? trim(recorder, error) : status;
}

enum tl_status tl_recorder_turn(struct tl_recorder *recorder, size_t *taken, struct tl_error *error)
{
    *taken = 0;
    if (!recorder->subscriptions[0]) return subscribe(recorder, error);
    enum tl_status status = take_all(recorder, taken, error);
    if (status == TL_OK) return TL_OK;
    atomic_fetch_add(&counters.store_failures, 1);
    unsubscribe(recorder);
    return status;
}

static int64_t env_count(const char *name)
{
    int64_t value;
    return tl_parse_i64(tl_str_from(tl_os_env(name, "0")), &value) && value > 0 ? value : 0;
}

enum tl_status tl_recorder_open(const struct tl_service *service, struct tl_recorder **recorder,
                                struct tl_error *error)
{
    struct tl_store_options options = {.dir = service->data_dir,
                                       .max_bytes = env_count("STORE_MAX_BYTES"),
                                       .quote_age_ms = env_count("STORE_QUOTE_AGE_MS"),
                                       .print_age_ms = env_count("STORE_PRINT_AGE_MS"),
                                       .derived_age_ms = env_count("STORE_DERIVED_AGE_MS")};
    *recorder = NULL;
    enum tl_status status = tl_os_mkdir(service->data_dir, error);
    if (status != TL_OK) return status;
    struct tl_recorder *made = calloc(1, sizeof *made);
    if (!made) return tl_error_set(error, TL_NOMEM, "recorder: out of memory");
    made->service = service;
    status = tl_store_open(&options, &made->store, error);
    if (status != TL_OK) {
        free(made);
        return status;
    }
    *recorder = made;
    return TL_OK;
}

enum tl_status tl_recorder_close(struct tl_recorder *recorder, struct tl_error *error)
{
    if (!recorder) return TL_OK;
    enum tl_status status = recorder->subscriptions[0] ? commit(recorder, error) : TL_OK;
    unsubscribe(recorder);
    tl_store_close(recorder->store);
    free(recorder);
    return status;
}

static void wait_before_retry(void)
{
    for (int waited = 0; waited < RETRY_MS && !tl_os_stopping(); waited += 50)
        tl_os_sleep_ms(50);
}

enum tl_status tl_recorder_run(const struct tl_service *service, struct tl_error *error)
{
    struct tl_recorder *recorder;
    struct tl_error own;
    if (!error) error = &own;
    enum tl_status status = tl_recorder_open(service, &recorder, error);
    if (status != TL_OK) return status;
    describe(service->metrics);
    while (!tl_os_stopping()) {
        size_t taken;
        status = tl_recorder_turn(recorder, &taken, error);
        atomic_store(&counters.waiting, (int64_t)recorder->taken);
        set_figures(service->metrics);
        /* Damage and a stream of another shape do not heal. */
        if (status == TL_CORRUPT || status == TL_INVALID) break;
        if (status == TL_OK) {
            if (taken == 0) tl_os_sleep_ms(IDLE_MS);
            continue;
        }
        tl_log_rare(TL_LOG_ERROR, service->name, "recorder-retry", "will try again: %s",
                    error->text);
        wait_before_retry();
    }
    if (status == TL_CORRUPT || status == TL_INVALID) {
        struct tl_error unheard; /* the first failure is the one to tell */
        enum tl_status closed = tl_recorder_close(recorder, &unheard);
        (void)closed;
        return status;
    }
    return tl_recorder_close(recorder, error);
}
