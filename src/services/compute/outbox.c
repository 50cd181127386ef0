/* SPDX-License-Identifier: Apache-2.0
 * Encoding, holding back, publishing. A full bus is waited for (flush), a lost one too: outputs
 * are never skipped while the service runs, since inputs are acknowledged only behind them. */
#include "services/compute/outbox.h"

#include <stdlib.h>
#include <string.h>

#include "os/os.h"
#include "wire/flow_json.h"
#include "wire/market_json.h"

struct stored {
    bool waiting; /* its trace id has not come by yet */
    int64_t source_ts, ingest_ts;
    size_t trace_size;
    char trace[2400];
};

struct tl_outbox {
    struct tl_bus *bus;
    struct tl_outbox_counts counts;
    struct stored stored[TL_SUBJECT_COUNT];
    int64_t flow_last_ms, candle_last_ms, candles_done_ms;
    bool broken;   /* the bus lost something for good */
    bool draining; /* shutting down */
    int64_t candles_from_ms;
    struct tl_text text;
    char candle_id[128], message_id[TL_BUS_MESSAGE_ID_MAX];
    char bytes[TL_FLOW_JSON_MAX];
};

static const enum tl_subject flow_subjects[] = {
    TL_SUBJECT_FLOW_PACKETS, TL_SUBJECT_SMART_MONEY,  TL_SUBJECT_CLASSIFIER_HITS,
    TL_SUBJECT_ALERTS,       TL_SUBJECT_EQUITY_JOINS, TL_SUBJECT_INFERRED_DARK};

/* The last stored message of a subject into outbox->bytes. TL_AGAIN: none, or not readable. */
static enum tl_status read_last(struct tl_outbox *outbox, enum tl_subject subject,
                                struct tl_str *data, struct tl_error *error)
{
    size_t size = 0;
    enum tl_status status =
        tl_bus_last(outbox->bus, subject, outbox->bytes, sizeof outbox->bytes, &size, error);
    if (status != TL_OK) return status;
    if (size > sizeof outbox->bytes) return TL_AGAIN;
    *data = (struct tl_str){outbox->bytes, size};
    return TL_OK;
}

static enum tl_status read_flow_last(struct tl_outbox *outbox, enum tl_subject subject,
                                     struct tl_error *error)
{
    struct tl_str data;
    enum tl_status status = read_last(outbox, subject, &data, error);
    if (status != TL_OK) return status == TL_AGAIN ? TL_OK : status;
    struct tl_json_scratch scratch;
    struct tl_wire_head head;
    struct stored *stored = &outbox->stored[subject];
    if (tl_json_get_head(data, &head, &scratch, NULL) != TL_OK ||
        head.meta.trace_id.size > sizeof stored->trace)
        return TL_OK; /* another program's; nothing to hold back by */
    stored->waiting = true;
    stored->source_ts = head.meta.source_ts;
    stored->ingest_ts = head.meta.ingest_ts;
    stored->trace_size = head.meta.trace_id.size;
    memcpy(stored->trace, head.meta.trace_id.data, stored->trace_size);
    if (head.meta.ingest_ts > outbox->flow_last_ms) outbox->flow_last_ms = head.meta.ingest_ts;
    return TL_OK;
}

static enum tl_status read_candle_last(struct tl_outbox *outbox, struct tl_error *error)
{
    struct tl_str data;
    enum tl_status status = read_last(outbox, TL_SUBJECT_EQUITY_CANDLES, &data, error);
    if (status != TL_OK) return status == TL_AGAIN ? TL_OK : status;
    struct tl_json_scratch scratch;
    struct tl_wire_candle candle;
    if (tl_json_get_candle(data, &candle, &scratch, NULL) != TL_OK) return TL_OK;
    int64_t end = candle.ts + candle.interval_ms;
    outbox->candle_last_ms = candle.meta.ingest_ts;
    /* Candles that end together go out one after the other: the last boundary may be incomplete. A
     * window drained at a shutdown ends later than what it was computed from. */
    outbox->candles_done_ms = candle.meta.ingest_ts < end ? candle.meta.ingest_ts : end - 1;
    return TL_OK;
}

enum tl_status tl_outbox_create(struct tl_bus *bus, struct tl_outbox **out, struct tl_error *error)
{
    struct tl_outbox *outbox = calloc(1, sizeof *outbox);
    if (!outbox) return tl_error_set(error, TL_NOMEM, "outbox");
    outbox->bus = bus;
    enum tl_status status = TL_OK;
    for (size_t i = 0; i < sizeof flow_subjects / sizeof *flow_subjects && status == TL_OK; i++)
        status = read_flow_last(outbox, flow_subjects[i], error);
    if (status == TL_OK) status = read_candle_last(outbox, error);
    if (status == TL_OK)
        *out = outbox;
    else
        free(outbox);
    return status;
}

void tl_outbox_destroy(struct tl_outbox *outbox)
{
    free(outbox);
}

int64_t tl_outbox_flow_last_ms(const struct tl_outbox *outbox)
{
    return outbox->flow_last_ms;
}

int64_t tl_outbox_candle_last_ms(const struct tl_outbox *outbox)
{
    return outbox->candle_last_ms;
}

/* True: the stream has it already. */
static bool is_held_back(struct tl_outbox *outbox, enum tl_subject subject,
                         const struct tl_meta *meta)
{
    struct stored *stored = &outbox->stored[subject];
    if (!stored->waiting) return false;
    bool same = meta->trace_id.size == stored->trace_size &&
                memcmp(meta->trace_id.data, stored->trace, stored->trace_size) == 0;
    if (same) stored->waiting = false;
    /* Long past it without meeting it (it fell to another clustering): stop asking. */
    if (meta->source_ts > stored->source_ts + 120000) stored->waiting = false;
    bool held = same || meta->source_ts <= stored->source_ts;
    outbox->counts.held_back += held;
    return held;
}

static struct tl_text *begin(struct tl_outbox *outbox)
{
    outbox->text = (struct tl_text){.data = outbox->bytes, .capacity = sizeof outbox->bytes};
    return &outbox->text;
}

/* The trace id, or where it is too long (structures of many legs) its start and a hash of it. */
static struct tl_str message_id(struct tl_outbox *outbox, struct tl_str trace)
{
    if (trace.size <= TL_BUS_MESSAGE_ID_MAX) return trace;
    uint64_t hash = 1469598103934665603u;
    for (size_t i = 0; i < trace.size; i++)
        hash = (hash ^ (unsigned char)trace.data[i]) * 1099511628211u;
    struct tl_text text = {.data = outbox->message_id, .capacity = sizeof outbox->message_id};
    tl_text_str(&text, (struct tl_str){trace.data, TL_BUS_MESSAGE_ID_MAX - 17});
    tl_text_byte(&text, ':');
    tl_text_hex64(&text, hash);
    return (struct tl_str){text.data, text.size};
}

static void publish(struct tl_outbox *outbox, enum tl_subject subject, struct tl_str trace)
{
    struct tl_str data = {outbox->text.data, outbox->text.size}, id = message_id(outbox, trace);
    if (outbox->text.overflow || data.size == 0) {
        outbox->counts.dropped++;
        tl_log_rare(TL_LOG_ERROR, "compute", "event too large", "event too large: subject=%s",
                    tl_subject_name(subject));
        return;
    }
    for (;;) {
        struct tl_error error = {.status = TL_OK};
        enum tl_status status = tl_bus_publish(outbox->bus, subject, id, data, &error);
        if (status == TL_OK) {
            outbox->counts.published[subject]++;
            return;
        }
        if (tl_os_stopping() && status != TL_FULL) break;
        if (status == TL_FULL) {
            /* The next flush of the loop sees what this one did not finish. */
            status = tl_bus_flush(outbox->bus, 1000, &error);
            if (status == TL_OK || status == TL_AGAIN) continue;
        }
        if (status == TL_IO) { /* lost for good: the session starts anew from what is stored */
            outbox->broken = true;
            break;
        }
        if (status == TL_INVALID) {
            tl_log_rare(TL_LOG_ERROR, "compute", "refused", "the bus refuses an event: %s",
                        error.text);
            break;
        }
        tl_log_rare(TL_LOG_WARN, "compute", "cannot publish", "cannot publish yet: %s", error.text);
        tl_os_sleep_ms(50);
    }
    outbox->counts.dropped++;
}

static void sink_packet(void *context, const struct tl_flow_packet *packet)
{
    struct tl_outbox *outbox = context;
    if (is_held_back(outbox, TL_SUBJECT_FLOW_PACKETS, &packet->meta)) return;
    tl_json_put_flow_packet(begin(outbox), packet);
    publish(outbox, TL_SUBJECT_FLOW_PACKETS, packet->meta.trace_id);
}

static void sink_smart_money(void *context, const struct tl_smart_money *event)
{
    struct tl_outbox *outbox = context;
    if (is_held_back(outbox, TL_SUBJECT_SMART_MONEY, &event->meta)) return;
    tl_json_put_smart_money(begin(outbox), event);
    publish(outbox, TL_SUBJECT_SMART_MONEY, event->meta.trace_id);
}

static void sink_hit(void *context, const struct tl_classifier_hit *hit)
{
    struct tl_outbox *outbox = context;
    if (is_held_back(outbox, TL_SUBJECT_CLASSIFIER_HITS, &hit->meta)) return;
    tl_json_put_classifier_hit(begin(outbox), hit);
    publish(outbox, TL_SUBJECT_CLASSIFIER_HITS, hit->meta.trace_id);
}

static void sink_alert(void *context, const struct tl_alert *alert)
{
    struct tl_outbox *outbox = context;
    if (is_held_back(outbox, TL_SUBJECT_ALERTS, &alert->meta)) return;
    tl_json_put_alert(begin(outbox), alert);
    publish(outbox, TL_SUBJECT_ALERTS, alert->meta.trace_id);
}

static void sink_join(void *context, const struct tl_equity_join *join)
{
    struct tl_outbox *outbox = context;
    if (is_held_back(outbox, TL_SUBJECT_EQUITY_JOINS, &join->meta)) return;
    tl_json_put_equity_join(begin(outbox), join);
    publish(outbox, TL_SUBJECT_EQUITY_JOINS, join->meta.trace_id);
}

static void sink_dark(void *context, const struct tl_dark_event *event)
{
    struct tl_outbox *outbox = context;
    if (is_held_back(outbox, TL_SUBJECT_INFERRED_DARK, &event->meta)) return;
    tl_json_put_dark(begin(outbox), event);
    publish(outbox, TL_SUBJECT_INFERRED_DARK, event->meta.trace_id);
}

struct tl_flow_sink tl_outbox_sink(struct tl_outbox *outbox)
{
    return (struct tl_flow_sink){.context = outbox,
                                 .packet = sink_packet,
                                 .smart_money = sink_smart_money,
                                 .hit = sink_hit,
                                 .alert = sink_alert,
                                 .join = sink_join,
                                 .dark = sink_dark};
}

void tl_outbox_candle(void *context, const struct tl_wire_candle *candle)
{
    struct tl_outbox *outbox = context;
    if (candle->ts + candle->interval_ms <= outbox->candles_done_ms ||
        candle->ts < outbox->candles_from_ms) {
        outbox->counts.held_back++;
        return;
    }
    tl_json_put_candle(begin(outbox), candle);
    struct tl_str id = candle->meta.trace_id;
    if (outbox->draining) {
        /* Perhaps half full: after a restart the full one must not pass for its duplicate. */
        struct tl_text text = {.data = outbox->candle_id, .capacity = sizeof outbox->candle_id};
        tl_text_str(&text, id);
        tl_text_lit(&text, ":drained:");
        tl_text_i64(&text, candle->trade_count);
        id = (struct tl_str){text.data, text.size};
    }
    publish(outbox, TL_SUBJECT_EQUITY_CANDLES, id);
}

void tl_outbox_draining(struct tl_outbox *outbox)
{
    outbox->draining = true;
}

void tl_outbox_candles_from(struct tl_outbox *outbox, int64_t from_ms)
{
    outbox->candles_from_ms = from_ms;
}

enum tl_status tl_outbox_flush(struct tl_outbox *outbox, int timeout_ms, struct tl_error *error)
{
    enum tl_status status = tl_bus_flush(outbox->bus, timeout_ms, error);
    return outbox->broken && status == TL_OK
               ? tl_error_set(error, TL_IO, "published messages were lost")
               : status;
}

struct tl_outbox_counts tl_outbox_counts(const struct tl_outbox *outbox)
{
    return outbox->counts;
}
