/* SPDX-License-Identifier: Apache-2.0
 * ingest-options and ingest-equities: publish exactly the engine's events, on time.
 *
 * The tape is a pure function of time and control log, so a restart needs no memory of its own: it
 * reads the last stored message of each subject, goes back to that second and publishes what comes
 * after. Events of one second are computed 300 ms ahead of it; a control change takes effect at the
 * earliest a second after it was stored, so it is in the log by then. One that comes later all the
 * same makes the market recompute from its effective second, and is counted.
 *
 * Without the bus nothing is published; once it is back the control log is read first, then the
 * tape is caught up, back to the raw retention at most. What is older is a gap, and is reported. */
#include "services/ingest/ingest.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "os/os.h"
#include "services/control_plane.h"
#include "services/ingest/settings.h"
#include "wire/from_tape.h"
#include "wire/market_json.h"

#define LEAD_NS (300 * TL_NS_PER_MS) /* a second is computed this long before it starts */
#define SIGNAL_LOOKBACK_S 60         /* half the bus's 120 s window in which ids are unique */
#define REPORT_EVERY_NS (5 * TL_NS_PER_S)
#define BATCH_PER_RATE 16384 /* events a second at rate 1 in firehose: a few thousand */
#define BATCH_MAX (1 << 18)

/* The figures of /metrics; one row a subject follows the fixed ones. */
enum { BEHIND_MS, WAITING, GAPS_S, LATE_CONTROLS, CONTROL_REVISION, BUS_AWAY, PUBLISHED };
static const struct tl_metric figures[PUBLISHED + TL_SUBJECT_EQUITY_QUOTES + 2] = {
    [BEHIND_MS] = {"ingest_behind_ms", "How late the last event was published, ms", NULL, NULL},
    [WAITING] = {"ingest_waiting_events", "Events computed and not yet published", NULL, NULL},
    [GAPS_S] = {"ingest_gap_seconds_total", "Seconds of tape left out after a long stop", NULL,
                NULL},
    [LATE_CONTROLS] = {"ingest_late_controls_total",
                       "Control changes that came after their second was published", NULL, NULL},
    [CONTROL_REVISION] = {"ingest_control_revision", "Revision of the control state in force", NULL,
                          NULL},
    [BUS_AWAY] = {"ingest_bus_away_total", "Times the bus went away", NULL, NULL},
    [PUBLISHED + TL_SUBJECT_OPTIONS_PRINTS] = {"ingest_published_total",
                                               "Events published, by subject", "subject",
                                               "options.prints"},
    [PUBLISHED +
        TL_SUBJECT_OPTIONS_NBBO] = {"ingest_published_total", NULL, "subject", "options.nbbo"},
    [PUBLISHED +
        TL_SUBJECT_EQUITY_PRINTS] = {"ingest_published_total", NULL, "subject", "equities.prints"},
    [PUBLISHED +
        TL_SUBJECT_EQUITY_QUOTES] = {"ingest_published_total", NULL, "subject", "equities.quotes"},
    [PUBLISHED + TL_SUBJECT_OPTIONS_SIGNAL] = {"ingest_published_total", NULL, "subject",
                                               "options.prints.signal"},
};

struct mark { /* the last stored place of a subject; {-1, 0}: nothing is stored */
    int64_t ts;
    uint64_t seq;
};

struct ingest {
    const struct tl_service *service;
    struct tl_ingest_settings settings;
    uint32_t streams;
    struct tl_market *market;
    struct tl_control_plane *plane;
    struct tl_batch batch;
    size_t next; /* in batch */
    struct mark marks[TL_SUBJECT_COUNT];
    uint64_t published, gaps_s, late_controls, bus_away;
    uint64_t published_of[TL_SUBJECT_COUNT];
    uint64_t reported_published;
    tl_ns reported_at, last_emit_ms;
    struct tl_ingest_calendar calendar;
    int64_t behind_ms;
};

static enum tl_subject subject_of(uint8_t stream)
{
    static const enum tl_subject subjects[TL_STREAM_COUNT] = {
        [TL_STREAM_OPTION_NBBO] = TL_SUBJECT_OPTIONS_NBBO,
        [TL_STREAM_OPTION_PRINT] = TL_SUBJECT_OPTIONS_PRINTS,
        [TL_STREAM_EQUITY_QUOTE] = TL_SUBJECT_EQUITY_QUOTES,
        [TL_STREAM_EQUITY_PRINT] = TL_SUBJECT_EQUITY_PRINTS,
    };
    return subjects[stream];
}

static bool is_mine(const struct ingest *ingest, enum tl_subject subject)
{
    if (subject == TL_SUBJECT_OPTIONS_SIGNAL)
        return ingest->streams & (1u << TL_STREAM_OPTION_PRINT);
    for (uint8_t stream = 0; stream < TL_STREAM_COUNT; stream++) {
        if ((ingest->streams & (1u << stream)) && subject_of(stream) == subject) return true;
    }
    return false;
}

static void set_figures(struct ingest *ingest)
{
    struct tl_metrics *metrics = ingest->service->metrics;
    if (!metrics) return;
    tl_metrics_set(metrics, BEHIND_MS, ingest->behind_ms);
    tl_metrics_set(metrics, WAITING, (int64_t)(ingest->batch.count - ingest->next));
    tl_metrics_set(metrics, GAPS_S, (int64_t)ingest->gaps_s);
    tl_metrics_set(metrics, LATE_CONTROLS, (int64_t)ingest->late_controls);
    tl_metrics_set(metrics, CONTROL_REVISION, (int64_t)tl_control_plane_revision(ingest->plane));
    tl_metrics_set(metrics, BUS_AWAY, (int64_t)ingest->bus_away);
    for (int i = 0; i < TL_SUBJECT_COUNT; i++) {
        if (is_mine(ingest, (enum tl_subject)i))
            tl_metrics_set(metrics, (size_t)(PUBLISHED + i), (int64_t)ingest->published_of[i]);
    }
    tl_metrics_turn(metrics);
}

static enum tl_status read_mark(struct ingest *ingest, enum tl_subject subject,
                                struct tl_error *error)
{
    static const struct mark nothing = {-1, 0};
    char data[TL_JSON_EVENT_MAX];
    size_t size = 0;
    struct tl_wire_head head;
    struct tl_json_scratch scratch = {.used = 0};
    ingest->marks[subject] = nothing;
    enum tl_status status =
        tl_bus_last(ingest->service->bus, subject, data, sizeof data, &size, error);
    if (status == TL_AGAIN) return TL_OK;
    if (status != TL_OK) return status;
    struct tl_str json = {data, size < sizeof data ? size : sizeof data};
    if (tl_json_get_head(json, &head, &scratch, error) != TL_OK) {
        tl_log_line(TL_LOG_WARN, ingest->service->name,
                    "the last message of %s is not an event of ours; "
                    "starting after it",
                    tl_subject_name(subject));
        return TL_OK;
    }
    ingest->marks[subject].ts = head.ts;
    ingest->marks[subject].seq = head.meta.seq;
    return TL_OK;
}

/* Where to go on: the earliest of the subjects' last seconds; now, when nothing is stored. */
static int64_t resume_second(struct ingest *ingest, int64_t now_s)
{
    int64_t start = INT64_MAX;
    for (uint8_t stream = 0; stream < TL_STREAM_COUNT; stream++) {
        if (!(ingest->streams & (1u << stream))) continue;
        int64_t ts = ingest->marks[subject_of(stream)].ts;
        if (ts >= 0 && ts / 1000 < start) start = ts / 1000;
    }
    if (start == INT64_MAX) return now_s + 1;
    int64_t signal = ingest->marks[TL_SUBJECT_OPTIONS_SIGNAL].ts;
    if (signal >= 0 && signal / 1000 < start)
        start =
            signal / 1000 > start - SIGNAL_LOOKBACK_S ? signal / 1000 : start - SIGNAL_LOOKBACK_S;
    int64_t oldest = now_s - ingest->settings.retention_s;
    if (start >= oldest) return start;
    ingest->gaps_s += (uint64_t)(oldest - start);
    tl_log_line(TL_LOG_WARN, ingest->service->name,
                "gap of %lld s in the tape: it stopped longer ago than the "
                "raw retention",
                (long long)(oldest - start));
    return oldest;
}

static enum tl_status resume(struct ingest *ingest, struct tl_error *error)
{
    int64_t now_s = tl_os_now() / TL_NS_PER_S;
    enum tl_status status = TL_OK;
    for (int subject = 0; subject < TL_SUBJECT_COUNT && status == TL_OK; subject++) {
        if (is_mine(ingest, (enum tl_subject)subject))
            status = read_mark(ingest, (enum tl_subject)subject, error);
    }
    if (status == TL_OK) status = tl_control_plane_reload(ingest->plane, error);
    if (status == TL_OK)
        status = tl_market_set_log(ingest->market, tl_control_plane_log(ingest->plane), error);
    if (status != TL_OK) return status;
    int64_t start = resume_second(ingest, now_s);
    ingest->batch.count = ingest->next = 0;
    status = tl_market_seek(ingest->market, start, error);
    if (status == TL_OK)
        tl_log_line(TL_LOG_INFO, ingest->service->name,
                    "publishing from second %lld (%lld s behind)", (long long)start,
                    (long long)(start < now_s ? now_s - start : 0));
    return status;
}

static enum tl_status publish(struct ingest *ingest, enum tl_subject subject,
                              const struct tl_wire_head *head, struct tl_str json,
                              struct tl_error *error)
{
    struct mark *mark = &ingest->marks[subject];
    if (head->ts < mark->ts || (head->ts == mark->ts && head->meta.seq <= mark->seq)) return TL_OK;
    enum tl_status status;
    while ((status = tl_bus_publish(ingest->service->bus, subject, head->meta.trace_id, json,
                                    error)) == TL_FULL) {
        status = tl_bus_flush(ingest->service->bus, 1000, error);
        if (status != TL_OK && status != TL_AGAIN) return status;
        if (tl_os_stopping()) return TL_AGAIN;
    }
    if (status != TL_OK) return status;
    mark->ts = head->ts;
    mark->seq = head->meta.seq;
    ingest->published++;
    ingest->published_of[subject]++;
    return TL_OK;
}

static enum tl_status publish_event(struct ingest *ingest, const struct tl_event *event,
                                    struct tl_error *error)
{
    char bytes[TL_JSON_EVENT_MAX];
    struct tl_text out = {.data = bytes, .capacity = sizeof bytes};
    struct tl_wire_strings strings = {.used = 0};
    struct tl_str symbol = tl_market_symbol(ingest->market, event->sym);
    int64_t now_ms = tl_os_now() / TL_NS_PER_MS;
    struct tl_wire_head head = {.ts = event->ts / TL_NS_PER_MS};
    bool signal = false;
    if (ingest->settings.throttle_ms >
        0) { /* TESTING_MODE: anything too soon after the last is dropped */
        if (now_ms - ingest->last_emit_ms < ingest->settings.throttle_ms) return TL_OK;
        ingest->last_emit_ms = now_ms;
    }
    union {
        struct tl_wire_option_print print;
        struct tl_wire_option_nbbo nbbo;
        struct tl_wire_equity_print trade;
        struct tl_wire_equity_quote quote;
    } wire;
    switch ((enum tl_stream)event->stream) {
    case TL_STREAM_OPTION_PRINT:
        tl_wire_option_print_from(event, symbol, &ingest->settings.gate, now_ms, &strings,
                                  &wire.print);
        tl_json_put_option_print(&out, &wire.print);
        head.meta = wire.print.meta;
        signal = wire.print.signal_pass;
        break;
    case TL_STREAM_OPTION_NBBO:
        tl_wire_option_nbbo_from(event, symbol, now_ms, &strings, &wire.nbbo);
        tl_json_put_option_nbbo(&out, &wire.nbbo);
        head.meta = wire.nbbo.meta;
        break;
    case TL_STREAM_EQUITY_PRINT:
        tl_wire_equity_print_from(event, symbol, now_ms, &strings, &wire.trade);
        tl_json_put_equity_print(&out, &wire.trade);
        head.meta = wire.trade.meta;
        break;
    case TL_STREAM_EQUITY_QUOTE:
        tl_wire_equity_quote_from(event, symbol, now_ms, &strings, &wire.quote);
        tl_json_put_equity_quote(&out, &wire.quote);
        head.meta = wire.quote.meta;
        break;
    case TL_STREAM_COUNT:
        return TL_OK;
    }
    struct tl_str json = {out.data, out.size};
    enum tl_status status = publish(ingest, subject_of(event->stream), &head, json, error);
    if (status == TL_OK && signal)
        status = publish(ingest, TL_SUBJECT_OPTIONS_SIGNAL, &head, json, error);
    return status;
}

/* Publishes what is due; *wait_ns is how long until the next event is. */
static enum tl_status publish_due(struct ingest *ingest, tl_ns *wait_ns, struct tl_error *error)
{
    while (ingest->next < ingest->batch.count) {
        const struct tl_event *event = &ingest->batch.events[ingest->next];
        tl_ns now = tl_os_now();
        if (event->ts > now) {
            *wait_ns = event->ts - now;
            return TL_OK;
        }
        ingest->behind_ms = (now - event->ts) / TL_NS_PER_MS;
        enum tl_status status = publish_event(ingest, event, error);
        if (status != TL_OK) return status;
        /* A long catch-up stays in here. */
        if (ingest->next++ % 256 == 0) set_figures(ingest);
    }
    *wait_ns = 0;
    return TL_OK;
}

static void report(struct ingest *ingest, bool now_please)
{
    tl_ns now = tl_os_monotonic();
    if (!now_please && now - ingest->reported_at < REPORT_EVERY_NS) return;
    double seconds = (double)(now - ingest->reported_at) / 1e9;
    struct tl_applied applied = {
        .revision = tl_control_plane_revision(ingest->plane),
        .effective_s = tl_control_plane_effective(ingest->plane),
        .lag_ms = ingest->behind_ms,
        .rate_per_s =
            seconds > 0 ? (double)(ingest->published - ingest->reported_published) / seconds : 0,
        .published = ingest->published,
        .gap_s = ingest->gaps_s,
        .late_controls = ingest->late_controls,
    };
    if (tl_control_plane_report(ingest->plane, ingest->service->name, &applied) != TL_OK) return;
    ingest->reported_at = now;
    ingest->reported_published = ingest->published;
}

/* Takes control changes that arrived; a late one bends what is still to come, back to its second.
 */
static enum tl_status take_controls(struct ingest *ingest, int timeout_ms, struct tl_error *error)
{
    bool changed = false;
    enum tl_status status = tl_control_plane_poll(ingest->plane, timeout_ms, &changed, error);
    if (status != TL_OK || !changed) return status == TL_AGAIN ? TL_OK : status;
    int64_t effective = tl_control_plane_effective(ingest->plane);
    if (effective < tl_market_second(ingest->market)) {
        ingest->late_controls++;
        tl_log_line(TL_LOG_WARN, ingest->service->name,
                    "control change of second %lld came %lld s late", (long long)effective,
                    (long long)(tl_market_second(ingest->market) - effective));
    }
    status = tl_market_set_log(ingest->market, tl_control_plane_log(ingest->plane), error);
    report(ingest, true);
    return status;
}

static void step_when_due(struct ingest *ingest, tl_ns *wait_ns)
{
    tl_ns due = tl_market_second(ingest->market) * TL_NS_PER_S - LEAD_NS, now = tl_os_now();
    if (now < due) {
        *wait_ns = due - now;
        return;
    }
    ingest->batch.count = ingest->next = 0;
    tl_market_step(ingest->market, &ingest->batch);
    tl_wire_order(&ingest->batch);
    *wait_ns = 0;
    if (ingest->streams & (1u << TL_STREAM_OPTION_PRINT))
        tl_ingest_write_calendar(ingest->service, ingest->market, &ingest->calendar);
}

static enum tl_status wait_for_bus(struct ingest *ingest)
{
    tl_log_line(TL_LOG_WARN, ingest->service->name,
                "the bus is away; nothing is published until it is back");
    ingest->bus_away++;
    set_figures(ingest);
    while (!tl_bus_connected(ingest->service->bus)) {
        if (tl_os_stopping()) return TL_CLOSED;
        tl_os_sleep_ms(100);
    }
    return TL_OK;
}

/* Runs until the service stops or the bus goes away (TL_CLOSED, TL_IO). */
static enum tl_status run_connected(struct ingest *ingest, struct tl_error *error)
{
    enum tl_status status = resume(ingest, error);
    while (status == TL_OK && !tl_os_stopping()) {
        tl_ns wait_ns = 0;
        status = publish_due(ingest, &wait_ns, error);
        if (status == TL_OK && wait_ns == 0) step_when_due(ingest, &wait_ns);
        if (wait_ns > 20 * TL_NS_PER_MS) wait_ns = 20 * TL_NS_PER_MS;
        if (status == TL_OK) status = take_controls(ingest, (int)(wait_ns / TL_NS_PER_MS), error);
        if (status == TL_OK && wait_ns > 0 && wait_ns < TL_NS_PER_MS) tl_os_sleep_ms(1);
        if (status == TL_OK) report(ingest, false);
        set_figures(ingest);
    }
    return status;
}

static enum tl_status ingest_open(struct ingest *ingest, struct tl_error *error)
{
    enum tl_status status =
        tl_ingest_settings_read(ingest->service, ingest->streams, &ingest->settings, error);
    if (status == TL_OK)
        status = tl_control_plane_open(ingest->service->bus, &ingest->plane, error);
    if (status != TL_OK) return status;
    struct tl_market_options options = ingest->settings.market;
    options.streams = ingest->streams;
    options.log = *tl_control_plane_log(ingest->plane);
    status = tl_market_create(&options, &ingest->market, error);
    if (status != TL_OK) return status;
    double room = BATCH_PER_RATE * (options.rate > 1 ? options.rate : 1);
    ingest->batch.capacity = room < BATCH_MAX ? (size_t)room : BATCH_MAX;
    ingest->batch.events = calloc(ingest->batch.capacity, sizeof *ingest->batch.events);
    ingest->calendar.session = -1;
    return ingest->batch.events ? TL_OK : tl_error_set(error, TL_NOMEM, "out of memory");
}

static enum tl_status ingest_run(const struct tl_service *service, uint32_t streams,
                                 struct tl_error *error)
{
    struct ingest ingest = {.service = service, .streams = streams};
    enum tl_status status = ingest_open(&ingest, error);
    tl_metrics_describe(service->metrics, figures, sizeof figures / sizeof *figures);
    while (status == TL_OK && !tl_os_stopping()) {
        status = run_connected(&ingest, error);
        if (status == TL_CLOSED || status == TL_IO || status == TL_AGAIN)
            status = wait_for_bus(&ingest) == TL_OK ? TL_OK : TL_CLOSED;
    }
    if (tl_os_stopping()) status = TL_OK;
    if (ingest.plane) tl_control_plane_close(ingest.plane);
    tl_market_destroy(ingest.market);
    free(ingest.batch.events);
    return status;
}

enum tl_status tl_ingest_options_run(const struct tl_service *service, struct tl_error *error)
{
    return ingest_run(service, 1u << TL_STREAM_OPTION_NBBO | 1u << TL_STREAM_OPTION_PRINT, error);
}

enum tl_status tl_ingest_equities_run(const struct tl_service *service, struct tl_error *error)
{
    return ingest_run(service, 1u << TL_STREAM_EQUITY_QUOTE | 1u << TL_STREAM_EQUITY_PRINT, error);
}
