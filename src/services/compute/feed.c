/* SPDX-License-Identifier: Apache-2.0
 * The merge: one decoded head a stream. The bytes of a head stay valid until the next message of
 * its own subscription is asked for, which happens only after the head was taken. */
#include "services/compute/feed.h"

#include <stdlib.h>

#include "base/text.h"
#include "os/os.h"

#define MALFORMED_IN_A_ROW 256 /* then the other streams get their turn */

struct source {
    struct tl_subscription *subscription;
    bool full, taken; /* taken: handed out, to be refilled on the next call */
    int64_t empty_since_ms;
    bool has_done;
    struct tl_message done; /* last message that is finished */
    struct tl_message message;
    struct tl_feed_event event;
    struct tl_json_scratch scratch;
};

struct tl_feed {
    struct source sources[TL_FEED_SOURCES];
    struct tl_feed_counts counts;
};

static const struct {
    enum tl_subject subject;
    const char *durable;
} names[TL_FEED_SOURCES] = {
    [TL_FEED_OPTION_NBBO] = {TL_SUBJECT_OPTIONS_NBBO, "compute-option-nbbo"},
    /* All prints, not the signal ones only: the context needs them, and each says whether it
     * passed. */
    [TL_FEED_OPTION_PRINT] = {TL_SUBJECT_OPTIONS_PRINTS, "compute-option-prints"},
    [TL_FEED_EQUITY_QUOTE] = {TL_SUBJECT_EQUITY_QUOTES, "compute-equity-quotes"},
    [TL_FEED_EQUITY_PRINT] = {TL_SUBJECT_EQUITY_PRINTS, "compute-equity-prints"},
};

enum tl_status tl_feed_open(struct tl_bus *bus, const struct tl_feed_options *options,
                            struct tl_feed **out, struct tl_error *error)
{
    struct tl_feed *feed = calloc(1, sizeof *feed);
    if (!feed) return tl_error_set(error, TL_NOMEM, "feed");
    for (int i = 0; i < TL_FEED_SOURCES; i++) {
        struct tl_subscribe_options subscribe = {.subject = names[i].subject,
                                                 .durable = names[i].durable,
                                                 .deliver = options->deliver,
                                                 .from = options->from,
                                                 .reset = options->reset};
        enum tl_status status =
            tl_bus_subscribe(bus, &subscribe, &feed->sources[i].subscription, error);
        feed->sources[i].empty_since_ms = INT64_MIN;
        if (status == TL_OK) continue;
        tl_error_add(error, "consumer %s", names[i].durable);
        tl_feed_close(feed);
        return status;
    }
    *out = feed;
    return TL_OK;
}

void tl_feed_close(struct tl_feed *feed)
{
    if (!feed) return;
    for (int i = 0; i < TL_FEED_SOURCES; i++)
        if (feed->sources[i].subscription) tl_subscription_close(feed->sources[i].subscription);
    free(feed);
}

static enum tl_status decode(enum tl_feed_source kind, struct source *source,
                             struct tl_error *error)
{
    struct tl_feed_event *event = &source->event;
    struct tl_str data = source->message.data;
    enum tl_status status = TL_INVALID;
    event->source = kind;
    switch (kind) {
    case TL_FEED_OPTION_NBBO:
        status = tl_json_get_option_nbbo(data, &event->u.nbbo, &source->scratch, error);
        event->ts = event->u.nbbo.ts;
        break;
    case TL_FEED_OPTION_PRINT:
        status = tl_json_get_option_print(data, &event->u.print, &source->scratch, error);
        event->ts = event->u.print.ts;
        break;
    case TL_FEED_EQUITY_QUOTE:
        status = tl_json_get_equity_quote(data, &event->u.quote, &source->scratch, error);
        event->ts = event->u.quote.ts;
        break;
    case TL_FEED_EQUITY_PRINT:
        status = tl_json_get_equity_print(data, &event->u.trade, &source->scratch, error);
        event->ts = event->u.trade.ts;
        break;
    case TL_FEED_SOURCES:
        break;
    }
    return status;
}

/* Gets the stream a head if it has none. */
static enum tl_status refill(struct tl_feed *feed, enum tl_feed_source kind, int64_t monotonic_ms)
{
    struct source *source = &feed->sources[kind];
    if (source->taken) {
        source->done = source->message;
        source->has_done = true;
        source->full = source->taken = false;
    }
    for (int tries = 0; !source->full && tries < MALFORMED_IN_A_ROW; tries++) {
        enum tl_status status = tl_subscription_next(source->subscription, 0, &source->message);
        if (status != TL_OK) {
            if (source->empty_since_ms == INT64_MIN) source->empty_since_ms = monotonic_ms;
            return status;
        }
        source->empty_since_ms = INT64_MIN;
        feed->counts.messages++;
        struct tl_error error = {.status = TL_OK};
        if (decode(kind, source, &error) == TL_OK) {
            source->full = true;
        } else {
            feed->counts.malformed++;
            feed->counts.malformed_of[kind]++;
            source->done = source->message;
            source->has_done = true;
            tl_log_rare(TL_LOG_WARN, "compute", names[kind].durable,
                        "malformed message dropped: subject=%s stream_seq=%llu reason=%s",
                        tl_subject_name(names[kind].subject),
                        (unsigned long long)source->message.stream_seq, error.text);
        }
    }
    return source->full ? TL_OK : TL_AGAIN;
}

static bool silent(const struct source *source, int64_t monotonic_ms)
{
    return !source->full && source->empty_since_ms != INT64_MIN &&
           monotonic_ms - source->empty_since_ms >= TL_FEED_LAG_MS;
}

enum tl_status tl_feed_next(struct tl_feed *feed, int64_t monotonic_ms, int64_t wall_ms,
                            const struct tl_feed_event **event)
{
    struct source *first = NULL;
    for (int i = 0; i < TL_FEED_SOURCES; i++) {
        struct source *source = &feed->sources[i];
        if (refill(feed, (enum tl_feed_source)i, monotonic_ms) == TL_CLOSED) return TL_CLOSED;
        if (source->full && (!first || source->event.ts < first->event.ts)) first = source;
    }
    if (!first) return TL_AGAIN;
    for (int i = 0; i < TL_FEED_SOURCES; i++) {
        const struct source *source = &feed->sources[i];
        if (source->full) continue;
        if (!silent(source, monotonic_ms) || first->event.ts + TL_FEED_LAG_MS > wall_ms)
            return TL_AGAIN;
    }
    first->taken = true;
    *event = &first->event;
    return TL_OK;
}

bool tl_feed_is_idle(const struct tl_feed *feed, int64_t monotonic_ms)
{
    for (int i = 0; i < TL_FEED_SOURCES; i++)
        if (!silent(&feed->sources[i], monotonic_ms)) return false;
    return true;
}

void tl_feed_ack(struct tl_feed *feed)
{
    for (int i = 0; i < TL_FEED_SOURCES; i++) {
        struct source *source = &feed->sources[i];
        if (source->taken) {
            tl_subscription_ack(source->subscription, &source->message);
        } else if (source->has_done) {
            tl_subscription_ack(source->subscription, &source->done);
        }
        source->has_done = false;
    }
}

struct tl_feed_counts tl_feed_counts(const struct tl_feed *feed)
{
    struct tl_feed_counts counts = feed->counts;
    for (int i = 0; i < TL_FEED_SOURCES; i++)
        counts.lost += tl_subscription_lost(feed->sources[i].subscription);
    return counts;
}

void tl_feed_give(struct tl_flow *flow, const struct tl_feed_event *event)
{
    switch (event->source) {
    case TL_FEED_OPTION_NBBO:
        tl_flow_option_nbbo(flow, &event->u.nbbo);
        break;
    case TL_FEED_OPTION_PRINT:
        tl_flow_option_print(flow, &event->u.print);
        break;
    case TL_FEED_EQUITY_QUOTE:
        tl_flow_equity_quote(flow, &event->u.quote);
        break;
    case TL_FEED_EQUITY_PRINT:
        tl_flow_equity_print(flow, &event->u.trade);
        break;
    case TL_FEED_SOURCES:
        break;
    }
}
