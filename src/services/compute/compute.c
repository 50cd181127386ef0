/* SPDX-License-Identifier: Apache-2.0
 * The compute and candles services: market streams in, derived events out. One thread.
 *
 *     feed (four streams, one order) -> flow -> outbox -> bus
 *     equities.prints again (own consumer) -> candles -> outbox -> bus
 *     every ACK_MS or ACK_EVENTS: flush what was published, then acknowledge what was read
 *
 * Restart. The machine's memory is some twenty minutes of market; it is not saved, but computed
 * again: consumers start CONTEXT_MS before the newest derived event that the bus has stored, the
 * outbox holds back what is stored already, and from there on goes what a run without a stop would
 * have published. A stop in order closes open clusters and candles first. When the bus reports
 * messages lost for good, the session ends and begins again in the same way. */
#include "services/compute/compute.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "base/text.h"
#include "json/event_calendar.h"
#include "os/os.h"
#include "services/compute/config.h"
#include "services/compute/feed.h"
#include "services/compute/outbox.h"
#include "services/service.h"

#define CONTEXT_MS (20 * 60000LL)
#define REACH_BACK_MS (60 * 60000LL) /* no further than the raw streams keep */
#define ACK_MS 100
#define ACK_EVENTS 1024
#define IDLE_SLEEP_MS 2
#define SECOND_MS 1000
#define CALENDAR_MS 5000
#define CANDLE_QUIET_MS 2000 /* without any print: then the clock closes candles */
#define CANDLE_JITTER_MS 1000
#define CANDLE_TURN 256
#define CANDLE_BEFORE_MS 5000

struct session {
    const struct tl_service *service;
    const struct tl_compute_stop *stop;
    struct tl_compute_config config;
    struct tl_outbox *outbox;
    struct tl_flow *flow;
    struct tl_feed *feed;
    struct tl_candles *candles;
    struct tl_subscription *candle_prints;
    struct tl_message candle_done;
    bool candle_unacked;
    int64_t candles_from_ms; /* 0: not resumed, or decided */
    struct tl_json_scratch candle_scratch;
    struct tl_flow_calendar *calendars; /* two: in force, and spare */
    int calendar_in_force;
    uint64_t calendar_hash;
    int64_t event_ms, event_at_ms; /* last event's ts, and when (monotonic) it was taken */
    int64_t candle_at_ms;          /* when the last print came */
    int64_t ack_ms, second_ms, calendar_ms;
    uint64_t unacked, candle_messages, candle_malformed;
};

static pthread_mutex_t metrics_lock = PTHREAD_MUTEX_INITIALIZER;
static struct tl_compute_metrics metrics_now;

void tl_compute_metrics_read(struct tl_compute_metrics *metrics)
{
    pthread_mutex_lock(&metrics_lock);
    *metrics = metrics_now;
    pthread_mutex_unlock(&metrics_lock);
}

/* The figures of /metrics. */
enum {
    MESSAGES,
    LOST,
    HELD_BACK,
    DROPPED,
    LATE_PRINTS,
    RESTARTS,
    BEHIND_MS,
    WAITING,
    CALENDAR_EVENTS,
    SIGNAL_PRINTS,
    ABSTAINED,
    REJECTED,
    FLUSHED_EARLY,
    MALFORMED,                                   /* one a stream, and the candles' */
    PUBLISHED = MALFORMED + TL_FEED_SOURCES + 1, /* one a subject; derived ones are set */
    FIGURES = PUBLISHED + TL_SUBJECT_COUNT
};

static void describe(struct tl_metrics *metrics)
{
    if (!metrics) return;
    static struct tl_metric figures[FIGURES] = {
        [MESSAGES] = {"compute_messages_total", "Messages taken from the bus", NULL, NULL},
        [LOST] = {"compute_bus_lost_total", "Messages skipped by the bus's retention", NULL, NULL},
        [HELD_BACK] = {"compute_held_back_total", "Events not published again after a restart",
                       NULL, NULL},
        [DROPPED] = {"compute_dropped_total", "Events too large, or left when it stopped", NULL,
                     NULL},
        [LATE_PRINTS] = {"compute_late_candle_prints_total", "Prints behind their closed candle",
                         NULL, NULL},
        [RESTARTS] = {"compute_restarts_total", "Sessions begun again after the bus lost messages",
                      NULL, NULL},
        [BEHIND_MS] = {"compute_behind_ms", "Now less the event time reached, ms", NULL, NULL},
        [WAITING] = {"compute_waiting_events", "Events taken and not yet acknowledged", NULL, NULL},
        [CALENDAR_EVENTS] = {"compute_calendar_events", "Entries of the event calendar in force",
                             NULL, NULL},
        [SIGNAL_PRINTS] = {"compute_signal_prints_total", "Option prints that passed the gate",
                           NULL, NULL},
        [ABSTAINED] = {"compute_abstained_total", "Smart-money events without a profile", NULL,
                       NULL},
        [REJECTED] = {"compute_rejected_total", "Events with ids or names too long to keep", NULL,
                      NULL},
        [FLUSHED_EARLY] = {"compute_flushed_early_total", "Clusters closed for want of room", NULL,
                           NULL},
    };
    static const enum tl_subject streams[] = {
        [TL_FEED_OPTION_NBBO] = TL_SUBJECT_OPTIONS_NBBO,
        [TL_FEED_OPTION_PRINT] = TL_SUBJECT_OPTIONS_PRINTS,
        [TL_FEED_EQUITY_QUOTE] = TL_SUBJECT_EQUITY_QUOTES,
        [TL_FEED_EQUITY_PRINT] = TL_SUBJECT_EQUITY_PRINTS,
    };
    static const char help[] = "Messages dropped for good: no event of their subject";
    for (int i = 0; i < TL_FEED_SOURCES; i++)
        figures[MALFORMED + i] = (struct tl_metric){"compute_malformed_total", help, "consumer",
                                                    tl_subject_name(streams[i])};
    figures[MALFORMED + TL_FEED_SOURCES] =
        (struct tl_metric){"compute_malformed_total", NULL, "consumer", "candles"};
    for (int i = 0; i < TL_SUBJECT_COUNT; i++)
        figures[PUBLISHED + i] =
            (struct tl_metric){"compute_published_total", "Events published, by subject", "subject",
                               tl_subject_name((enum tl_subject)i)};
    tl_metrics_describe(metrics, figures, FIGURES);
}

static int64_t wall_ms(void)
{
    return tl_os_now() / TL_NS_PER_MS;
}

static int64_t monotonic_ms(void)
{
    return tl_os_monotonic() / TL_NS_PER_MS;
}

static void set_figures(const struct session *session, const struct tl_compute_metrics *now,
                        const struct tl_feed_counts *feed, const struct tl_outbox_counts *out)
{
    struct tl_metrics *metrics = session->service->metrics;
    tl_metrics_set(metrics, MESSAGES, (int64_t)now->messages);
    tl_metrics_set(metrics, LOST, (int64_t)now->lost);
    tl_metrics_set(metrics, HELD_BACK, (int64_t)now->held_back);
    tl_metrics_set(metrics, DROPPED, (int64_t)now->dropped);
    tl_metrics_set(metrics, LATE_PRINTS, (int64_t)now->candle_prints_late);
    tl_metrics_set(metrics, RESTARTS, (int64_t)now->restarts);
    tl_metrics_set(metrics, BEHIND_MS, now->lag_ms);
    tl_metrics_set(metrics, WAITING, (int64_t)session->unacked);
    tl_metrics_set(metrics, CALENDAR_EVENTS, now->calendar_events);
    tl_metrics_set(metrics, SIGNAL_PRINTS, (int64_t)now->flow.signal_prints);
    tl_metrics_set(metrics, ABSTAINED, (int64_t)now->flow.abstained);
    tl_metrics_set(metrics, REJECTED, (int64_t)now->flow.rejected);
    tl_metrics_set(metrics, FLUSHED_EARLY, (int64_t)now->flow.flushed_early);
    for (int i = 0; i < TL_FEED_SOURCES; i++)
        tl_metrics_set(metrics, (size_t)(MALFORMED + i), (int64_t)feed->malformed_of[i]);
    tl_metrics_set(metrics, MALFORMED + TL_FEED_SOURCES, (int64_t)session->candle_malformed);
    /* The first of the derived subjects; the four markets and the signal are not ours. */
    for (int i = TL_SUBJECT_EQUITY_CANDLES; i < TL_SUBJECT_COUNT; i++)
        tl_metrics_set(metrics, (size_t)(PUBLISHED + i), (int64_t)out->published[i]);
    tl_metrics_turn(metrics);
}

static void write_metrics(const struct session *session)
{
    struct tl_feed_counts feed = tl_feed_counts(session->feed);
    struct tl_outbox_counts out = tl_outbox_counts(session->outbox);
    struct tl_compute_metrics now = {
        .messages = feed.messages + session->candle_messages,
        .malformed = feed.malformed + session->candle_malformed,
        .lost = feed.lost + tl_subscription_lost(session->candle_prints),
        .held_back = out.held_back,
        .dropped = out.dropped,
        .candles = out.published[TL_SUBJECT_EQUITY_CANDLES],
        .candle_prints_late = tl_candles_late(session->candles),
        .lag_ms = session->event_ms ? wall_ms() - session->event_ms : 0,
        .calendar_events = (int64_t)session->calendars[session->calendar_in_force].count,
        .flow = tl_flow_counts(session->flow),
    };
    for (int i = 0; i < TL_SUBJECT_COUNT; i++)
        now.published += out.published[i];
    pthread_mutex_lock(&metrics_lock);
    now.restarts = metrics_now.restarts;
    metrics_now = now;
    pthread_mutex_unlock(&metrics_lock);
    if (session->service->metrics) set_figures(session, &now, &feed, &out);
}

/* ---- the event calendar ---- */

static uint64_t hash_bytes(const char *data, size_t size)
{
    uint64_t hash = 1469598103934665603u;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)data[i]) * 1099511628211u;
    return hash;
}

/* Reads the file; takes it when its bytes are new and it parses. A broken file leaves the calendar
 * in force as it is. */
static void read_calendar(struct session *session)
{
    char path[1024];
    struct tl_text text = {.data = path, .capacity = sizeof path};
    if (session->config.calendar_path) {
        tl_text_lit(&text, session->config.calendar_path);
    } else {
        if (!session->service->data_dir) return;
        tl_text_lit(&text, session->service->data_dir);
        tl_text_lit(&text, "/event-calendar.json");
    }
    char *data = NULL;
    size_t size = 0;
    struct tl_error error = {.status = TL_OK};
    enum tl_status status =
        tl_os_read_file(tl_text_cstr(&text), TL_CALENDAR_FILE_MAX, &data, &size, &error);
    if (status != TL_OK) {
        if (status != TL_AGAIN || session->config.calendar_path)
            tl_log_rare(TL_LOG_WARN, "compute", "calendar", "event calendar not read: path=%s %s",
                        path, error.text);
        return;
    }
    uint64_t hash = hash_bytes(data, size);
    int spare = !session->calendar_in_force;
    if (hash != session->calendar_hash) {
        session->calendar_hash = hash;
        status = tl_event_calendar_parse((struct tl_str){data, size}, &session->calendars[spare],
                                         &error);
        if (status == TL_OK) {
            const struct tl_flow_calendar *calendar = &session->calendars[spare];
            session->calendar_in_force = spare;
            tl_flow_set_calendar(session->flow, calendar);
            tl_log_line(TL_LOG_INFO, "compute", "event calendar: events=%zu left_out=%zu",
                        calendar->count, calendar->left_out);
        } else {
            tl_log_rare(TL_LOG_WARN, "compute", "calendar", "event calendar not taken: path=%s %s",
                        path, error.text);
        }
    }
    free(data);
}

/* ---- opening and closing ---- */

/* Where to start again after what is stored was published at last_ms. */
static tl_ns reach_back(int64_t last_ms, int64_t context_ms)
{
    int64_t from = last_ms - context_ms, floor = wall_ms() - REACH_BACK_MS;
    return (from > floor ? from : floor) * TL_NS_PER_MS;
}

static enum tl_status open_feed(struct session *session, struct tl_error *error)
{
    const struct tl_compute_config *config = &session->config;
    struct tl_feed_options options = {.deliver = config->deliver, .reset = config->reset};
    int64_t last = tl_outbox_flow_last_ms(session->outbox);
    if (last > 0 && !config->reset) {
        options.reset = true;
        options.deliver = TL_DELIVER_FROM_TIME;
        options.from = reach_back(last, CONTEXT_MS);
    }
    return tl_feed_open(session->service->bus, &options, &session->feed, error);
}

static enum tl_status open_candles(struct session *session, struct tl_error *error)
{
    const struct tl_compute_config *config = &session->config;
    struct tl_subscribe_options options = {.subject = TL_SUBJECT_EQUITY_PRINTS,
                                           .durable = "candles-equity-prints",
                                           .deliver = config->candle_deliver,
                                           .reset = config->candle_reset};
    int64_t last = tl_outbox_candle_last_ms(session->outbox), longest = 0;
    for (size_t i = 0; i < config->candles.interval_count; i++)
        if (config->candles.interval_ms[i] > longest) longest = config->candles.interval_ms[i];
    /* Before the first candle was due the joins tell how far this service had come. */
    if (last == 0) last = tl_outbox_flow_last_ms(session->outbox);
    if (last > 0 && !config->candle_reset) {
        /* From a boundary of every usual interval, and a little of what was before it: by that
         * little the first windows are known to be incomplete. */
        session->candles_from_ms =
            tl_floor_div(reach_back(last, longest) / TL_NS_PER_MS, longest) * longest;
        options.reset = true;
        options.deliver = TL_DELIVER_FROM_TIME;
        options.from = (session->candles_from_ms - CANDLE_BEFORE_MS) * TL_NS_PER_MS;
    }
    enum tl_status status =
        tl_bus_subscribe(session->service->bus, &options, &session->candle_prints, error);
    if (status != TL_OK) tl_error_add(error, "consumer candles-equity-prints");
    return status;
}

static enum tl_status open_session(struct session *session, struct tl_error *error)
{
    enum tl_status status = tl_outbox_create(session->service->bus, &session->outbox, error);
    if (status != TL_OK) return status;
    tl_compute_config_read(&session->config, tl_compute_env);
    session->config.flow.sink = tl_outbox_sink(session->outbox);
    session->config.candles.context = session->outbox;
    session->config.candles.emit = tl_outbox_candle;
    session->flow = tl_flow_create(&session->config.flow);
    session->candles = tl_candles_create(&session->config.candles);
    session->calendars = calloc(2, sizeof *session->calendars);
    if (!session->flow || !session->candles || !session->calendars)
        return tl_error_set(error, TL_NOMEM, "compute tables");
    read_calendar(session);
    status = open_feed(session, error);
    if (status == TL_OK) status = open_candles(session, error);
    return status;
}

static void close_session(struct session *session)
{
    if (session->candle_prints) tl_subscription_close(session->candle_prints);
    tl_feed_close(session->feed);
    tl_flow_destroy(session->flow);
    tl_candles_destroy(session->candles);
    tl_outbox_destroy(session->outbox);
    free(session->calendars);
}

/* ---- the loop ---- */

/* Takes what the order allows, at most ACK_EVENTS; returns how many, or -1: the bus is closed. */
static int64_t turn_feed(struct session *session)
{
    const struct tl_feed_event *event = NULL;
    int64_t taken = 0, mono = monotonic_ms(), wall = wall_ms();
    while (session->unacked < ACK_EVENTS) {
        enum tl_status status = tl_feed_next(session->feed, mono, wall, &event);
        if (status == TL_CLOSED) return -1;
        if (status != TL_OK) break;
        tl_feed_give(session->flow, event);
        if (event->ts > session->event_ms) session->event_ms = event->ts;
        session->event_at_ms = mono;
        session->unacked++;
        taken++;
    }
    /* A feed that fell silent: market time goes on by the clock, a lag behind. */
    if (taken == 0 && session->event_ms > 0 && tl_feed_is_idle(session->feed, mono))
        tl_flow_advance(session->flow,
                        session->event_ms + (mono - session->event_at_ms) - TL_FEED_LAG_MS);
    return taken;
}

/* The first print after a resume: if it is of the time just before the boundary asked for, windows
 * from before that are incomplete. (If not, there was nothing before, or it is an old tape.) */
static void decide_candles_from(struct session *session, int64_t ts)
{
    int64_t from = session->candles_from_ms;
    session->candles_from_ms = 0;
    if (from > 0 && ts < from && ts > from - 60000) tl_outbox_candles_from(session->outbox, from);
}

static int64_t turn_candles(struct session *session)
{
    int64_t taken = 0;
    while (taken < CANDLE_TURN) {
        struct tl_message message;
        enum tl_status status = tl_subscription_next(session->candle_prints, 0, &message);
        if (status == TL_CLOSED) return -1;
        if (status != TL_OK) break;
        struct tl_wire_equity_print print;
        struct tl_error error = {.status = TL_OK};
        taken++;
        session->candle_messages++;
        session->candle_done = message;
        session->candle_unacked = true;
        if (tl_json_get_equity_print(message.data, &print, &session->candle_scratch, &error) ==
            TL_OK) {
            decide_candles_from(session, print.ts);
            tl_candles_print(session->candles, &print);
        } else {
            session->candle_malformed++;
            tl_log_rare(TL_LOG_WARN, "candles", "malformed print",
                        "malformed message dropped: stream_seq=%llu reason=%s",
                        (unsigned long long)message.stream_seq, error.text);
        }
    }
    if (taken > 0) session->candle_at_ms = monotonic_ms();
    return taken;
}

/* Closes candles of symbols that do not print: by the others' prints, and by the clock once nothing
 * prints at all. */
static void sweep_candles(struct session *session, int64_t mono)
{
    int64_t clock = tl_candles_clock(session->candles);
    if (clock == INT64_MIN) return;
    int64_t quiet = mono - session->candle_at_ms;
    int64_t ahead = quiet > CANDLE_QUIET_MS ? quiet - CANDLE_QUIET_MS : 0;
    tl_candles_sweep(session->candles, clock + ahead - CANDLE_JITTER_MS);
}

/* Outputs first, inputs then. TL_AGAIN: the bus is away, nothing was acknowledged. */
static enum tl_status acknowledge(struct session *session, int timeout_ms, struct tl_error *error)
{
    enum tl_status status = tl_outbox_flush(session->outbox, timeout_ms, error);
    if (status != TL_OK) return status;
    tl_feed_ack(session->feed);
    if (session->candle_unacked) tl_subscription_ack(session->candle_prints, &session->candle_done);
    session->candle_unacked = false;
    session->unacked = 0;
    return TL_OK;
}

static void every_second(struct session *session, int64_t mono)
{
    if (mono - session->second_ms < SECOND_MS) return;
    session->second_ms = mono;
    sweep_candles(session, mono);
    write_metrics(session);
    if (session->config.calendar_path || mono - session->calendar_ms < CALENDAR_MS) return;
    session->calendar_ms = mono;
    read_calendar(session);
}

/* TL_OK: stopping. TL_IO: begin again. */
static enum tl_status loop(struct session *session, struct tl_error *error)
{
    while (!session->stop->asked(session->stop->context)) {
        int64_t events = turn_feed(session), prints = turn_candles(session);
        if (events < 0 || prints < 0) return tl_error_set(error, TL_CLOSED, "the bus is closed");
        int64_t mono = monotonic_ms();
        every_second(session, mono);
        if (session->unacked >= ACK_EVENTS || mono - session->ack_ms >= ACK_MS) {
            session->ack_ms = mono;
            enum tl_status status = acknowledge(session, 2000, error);
            if (status == TL_IO) return status;
        }
        if (events == 0 && prints == 0) tl_os_sleep_ms(IDLE_SLEEP_MS);
    }
    return TL_OK;
}

/* A stop in order: what is open goes out. */
static void finish(struct session *session)
{
    struct tl_error error = {.status = TL_OK};
    tl_flow_drain(session->flow);
    tl_outbox_draining(session->outbox);
    tl_candles_drain(session->candles);
    enum tl_status status = acknowledge(session, 2000, &error);
    if (status != TL_OK)
        tl_log_line(TL_LOG_WARN, "compute", "stopped before all was stored: %s", error.text);
    write_metrics(session);
}

static enum tl_status run_once(const struct tl_service *service, const struct tl_compute_stop *stop,
                               struct tl_error *error)
{
    struct session *session = calloc(1, sizeof *session);
    if (!session) return tl_error_set(error, TL_NOMEM, "compute");
    session->service = service;
    session->stop = stop;
    enum tl_status status = open_session(session, error);
    if (status == TL_OK) {
        tl_log_line(TL_LOG_INFO, "compute", "running: resumed=%d",
                    tl_outbox_flow_last_ms(session->outbox) > 0);
        status = loop(session, error);
        if (status == TL_OK && !stop->at_once) finish(session);
    }
    close_session(session);
    free(session);
    return status;
}

enum tl_status tl_compute_run_until(const struct tl_service *service,
                                    const struct tl_compute_stop *stop, struct tl_error *error)
{
    describe(service->metrics);
    for (;;) {
        enum tl_status status = run_once(service, stop, error);
        if (status != TL_IO && status != TL_CLOSED) return status;
        if (stop->asked(stop->context)) return TL_OK;
        tl_log_rare(TL_LOG_WARN, "compute", "again", "starting again: %s",
                    error ? error->text : "");
        pthread_mutex_lock(&metrics_lock);
        metrics_now.restarts++;
        pthread_mutex_unlock(&metrics_lock);
        tl_os_sleep_ms(500);
    }
}

static bool os_stopping(void *context)
{
    (void)context;
    return tl_os_stopping();
}

enum tl_status tl_compute_run(const struct tl_service *service, struct tl_error *error)
{
    struct tl_compute_stop stop = {.asked = os_stopping};
    return tl_compute_run_until(service, &stop, error);
}
