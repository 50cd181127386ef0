/* SPDX-License-Identifier: Apache-2.0
 * Reading a stream through a push consumer, in order and without a gap.
 *
 * The consumer (file-stored, ack policy all) keeps the place across restarts; the server pushes to
 * its deliver subject. Since each stream has one subject, stream sequences are contiguous, and that
 * is what order is checked against, not what the server happens to push:
 *
 *     pushed == handed + 1   it is the next one
 *     pushed <= handed       seen already (a redelivery): dropped, acknowledged again if it was
 *     pushed >  handed + 1   the ones between were lost on the way: each is fetched from the stream
 *                            by its sequence; one that is no longer stored was lost to retention
 *
 * After a lost link, and after 10 s without traffic, the consumer is asked how far it has delivered;
 * what it delivered and never arrived is fetched the same way at once, instead of waiting 30 s for
 * the redelivery and getting it behind later messages. A consumer that is gone (the storage was
 * wiped) is made again behind the last acknowledgement.
 *
 * An open subscription hands each message out once. What it did not acknowledge comes again to the
 * next subscription of the durable. Acknowledgements are sent in bundles: when the subscription is
 * about to wait, every 256 messages, and on close; a crash repeats at most those. */
#include "bus/nats_room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "bus/bus.h"
#include "os/os.h"

#define ACK_BUNDLE 256
#define SILENCE (10 * TL_NS_PER_S)
#define ACK_WAIT (30 * TL_NS_PER_S)
#define EPHEMERAL_LIFE (60 * TL_NS_PER_S) /* the server drops it when nobody listens that long */
#define BIND_WAIT_MS 3000 /* a killed predecessor's connection may take a moment to be noticed */

struct delivery {
    uint64_t stream_seq, consumer_seq;
};

struct nats_subscription {
    struct tl_subscription base;
    struct tl_nats_bus *nats;
    enum tl_subject subject;
    const char *stream;
    bool durable;
    char name[80], deliver[112];
    int64_t ack_pending_max;
    natsSubscription *pushed;
    natsMsg *current; /* handed out last */
    natsMsg *held;    /* pushed, but others come before it */
    uint64_t held_seq;
    uint64_t handed, acked, ack_sent; /* stream sequences */
    uint64_t fetch_to;                /* up to here: fetch, do not wait for a push */
    uint64_t lost;
    struct delivery *deliveries; /* handed out, not acknowledged: what an ack must name */
    uint64_t delivery_first, delivery_end, delivery_capacity;
    struct delivery ack_last;  /* sent last; again after a lost link */
    struct delivery fetch_end; /* the server's newest delivery when fetch_to was set */
    unsigned long epoch;
    tl_ns heard; /* monotonic: last push or check */
};

/* ---- acknowledging ---- */

/* The server reads stream and consumer sequence from the ack subject; the other fields are its own
 * notes. */
static void send_ack(const struct nats_subscription *subscription, uint64_t stream_seq,
                     uint64_t consumer_seq)
{
    char reply[256];
    snprintf(reply, sizeof reply, "$JS.ACK.%s.%s.1.%llu.%llu.0.0", subscription->stream,
             subscription->name, (unsigned long long)stream_seq, (unsigned long long)consumer_seq);
    (void)natsConnection_PublishString(subscription->nats->connection, reply, "+ACK");
}

static void flush_acks(struct nats_subscription *subscription)
{
    struct delivery newest = {0, 0};
    if (subscription->ack_sent == subscription->acked) return;
    if (tl_nats_up(subscription->nats, NULL) != TL_OK) return;
    while (subscription->delivery_first < subscription->delivery_end) {
        const struct delivery *at =
            &subscription
                 ->deliveries[subscription->delivery_first % subscription->delivery_capacity];
        if (at->stream_seq > subscription->acked) break;
        newest = *at;
        subscription->delivery_first++;
    }
    if (newest.stream_seq > 0) {
        send_ack(subscription, newest.stream_seq, newest.consumer_seq);
        subscription->ack_last = newest;
    }
    subscription->ack_sent = subscription->acked;
}

static void note_delivery(struct nats_subscription *subscription, uint64_t stream_seq,
                          uint64_t consumer_seq)
{
    /* Full only if the server forgot acknowledgements; dropping the oldest costs nothing but a
     * coarser ack, since a later one covers it. */
    if (subscription->delivery_end - subscription->delivery_first ==
        subscription->delivery_capacity)
        subscription->delivery_first++;
    subscription->deliveries[subscription->delivery_end++ % subscription->delivery_capacity] =
        (struct delivery){stream_seq, consumer_seq};
}

void tl_nats_ack(struct tl_subscription *base, uint64_t stream_seq)
{
    struct nats_subscription *subscription = (struct nats_subscription *)base;
    if (stream_seq <= subscription->acked || stream_seq > subscription->handed) return;
    subscription->acked = stream_seq;
    if (subscription->acked - subscription->ack_sent >= ACK_BUNDLE) flush_acks(subscription);
}

/* ---- consumer ---- */

static natsStatus stream_range(const struct nats_subscription *subscription, uint64_t *first,
                               uint64_t *last)
{
    jsStreamInfo *info = NULL;
    natsStatus s =
        js_GetStreamInfo(&info, subscription->nats->js, subscription->stream, NULL, NULL);
    if (s != NATS_OK) return s;
    *first = info->State.FirstSeq;
    *last = info->State.LastSeq;
    jsStreamInfo_Destroy(info);
    return NATS_OK;
}

static natsStatus add_consumer(const struct nats_subscription *subscription, uint64_t start)
{
    jsConsumerConfig config;
    natsStatus s = jsConsumerConfig_Init(&config);
    if (s != NATS_OK) return s;
    config.Durable = subscription->name;
    config.DeliverSubject = subscription->deliver;
    config.DeliverPolicy = js_DeliverByStartSequence;
    config.OptStartSeq = start;
    config.AckPolicy = js_AckAll;
    config.AckWait = ACK_WAIT;
    config.MaxAckPending = subscription->ack_pending_max;
    config.FilterSubject = tl_subject_name(subscription->subject);
    if (!subscription->durable) config.InactiveThreshold = EPHEMERAL_LIFE;
    return js_AddConsumer(NULL, subscription->nats->js, subscription->stream, &config, NULL, NULL);
}

static natsStatus listen(struct nats_subscription *subscription)
{
    natsStatus s = natsConnection_SubscribeSync(
        &subscription->pushed, subscription->nats->connection, subscription->deliver);
    /* The consumer's max_ack_pending bounds what can wait here. */
    if (s == NATS_OK) s = natsSubscription_SetPendingLimits(subscription->pushed, -1, -1);
    return s;
}

/* First sequence stored at or after a time, by halves over the stream's messages: about 20 reads.
 * (A consumer by start time would do, but libnats 3.4.1 writes fractions of a second below 0.1
 * without their leading zeros.) What retention removes meanwhile counts as earlier. */
static natsStatus seq_from(const struct nats_subscription *subscription, tl_ns from, uint64_t low,
                           uint64_t high, uint64_t *start)
{
    while (low < high) {
        natsMsg *message = NULL;
        uint64_t middle = low + (high - low) / 2;
        natsStatus s =
            js_GetMsg(&message, subscription->nats->js, subscription->stream, middle, NULL, NULL);
        if (s != NATS_OK && s != NATS_NOT_FOUND) return s;
        if (s == NATS_NOT_FOUND || natsMsg_GetTime(message) < from)
            low = middle + 1;
        else
            high = middle;
        natsMsg_Destroy(message);
    }
    *start = low;
    return NATS_OK;
}

/* A consumer always starts at an explicit sequence: it stays in the consumer's configuration, so
 * that a successor knows the start even when nothing was acknowledged. */
static natsStatus start_seq(struct nats_subscription *subscription,
                            const struct tl_subscribe_options *options, uint64_t *start)
{
    uint64_t first = 0, last = 0;
    natsStatus s = stream_range(subscription, &first, &last);
    if (s == NATS_OK && options->deliver == TL_DELIVER_FROM_TIME)
        return seq_from(subscription, options->from, first > 0 ? first : 1, last + 1, start);
    *start = last + 1;
    if (options->deliver == TL_DELIVER_ALL) *start = first;
    if (options->deliver == TL_DELIVER_LAST && last >= first) *start = last;
    if (*start == 0) *start = 1;
    return s;
}

static enum tl_status create(struct nats_subscription *subscription,
                             const struct tl_subscribe_options *options, struct tl_error *error)
{
    uint64_t start = 0;
    snprintf(subscription->deliver, sizeof subscription->deliver, "_TL.deliver.%s",
             subscription->name);
    natsStatus s = start_seq(subscription, options, &start);
    if (s == NATS_OK) s = add_consumer(subscription, start);
    if (s == NATS_OK) s = listen(subscription);
    subscription->handed = start - 1;
    return s == NATS_OK ? TL_OK : tl_nats_error(error, s, subscription->name);
}

/* What the server has delivered and we did not get is fetched. Fetched messages carry no consumer
 * sequence; without an acknowledgement they would fill the server's max_ack_pending and stop the
 * pushes until their redelivery. Once all of them are acknowledged, one that names the server's
 * newest delivery covers them: every later delivery has larger sequences. */
static void set_fetch(struct nats_subscription *subscription, const jsConsumerInfo *info)
{
    if (info->Delivered.Stream <= subscription->handed) return;
    if (info->Delivered.Stream < subscription->fetch_to) return;
    subscription->fetch_to = info->Delivered.Stream;
    subscription->fetch_end = (struct delivery){info->Delivered.Stream, info->Delivered.Consumer};
}

/* An existing durable: it must have our shape and no subscriber. What it delivered to a predecessor
 * without an acknowledgement is fetched; nothing is under way while nobody listens. */
static enum tl_status adopt(struct nats_subscription *subscription, const jsConsumerInfo *info,
                            struct tl_error *error)
{
    const jsConsumerConfig *config = info->Config;
    if (!config->DeliverSubject || config->AckPolicy != js_AckAll || config->DeliverGroup)
        return tl_error_set(error, TL_INVALID,
                            "durable %s exists, but is no push consumer that acknowledges all; "
                            "delete it first",
                            subscription->name);
    if (config->FilterSubject && config->FilterSubject[0] &&
        strcmp(config->FilterSubject, tl_subject_name(subscription->subject)) != 0)
        return tl_error_set(error, TL_INVALID, "durable %s exists for %s", subscription->name,
                            config->FilterSubject);
    snprintf(subscription->deliver, sizeof subscription->deliver, "%s", config->DeliverSubject);
    if (config->MaxAckPending > subscription->ack_pending_max)
        subscription->ack_pending_max = config->MaxAckPending;
    subscription->handed = info->AckFloor.Stream;
    if (config->OptStartSeq > subscription->handed + 1)
        subscription->handed = config->OptStartSeq - 1; /* nothing acknowledged yet */
    set_fetch(subscription, info);
    natsStatus s = listen(subscription);
    return s == NATS_OK ? TL_OK : tl_nats_error(error, s, subscription->name);
}

/* Asks for the durable, waiting a little while another subscriber is bound to it. */
static enum tl_status find_durable(struct nats_subscription *subscription, jsConsumerInfo **info,
                                   struct tl_error *error)
{
    tl_ns deadline = tl_os_monotonic() + BIND_WAIT_MS * TL_NS_PER_MS;
    for (;;) {
        natsStatus s = js_GetConsumerInfo(info, subscription->nats->js, subscription->stream,
                                          subscription->name, NULL, NULL);
        if (s == NATS_NOT_FOUND) return TL_OK;
        if (s != NATS_OK) return tl_nats_error(error, s, subscription->name);
        if (!(*info)->PushBound) return TL_OK;
        jsConsumerInfo_Destroy(*info);
        *info = NULL;
        if (tl_os_monotonic() > deadline)
            return tl_error_set(error, TL_CONFLICT, "durable %s has a subscriber already",
                                subscription->name);
        tl_os_sleep_ms(50);
    }
}

/* The server notices a listener a moment after it listens. Waiting for that keeps a second
 * subscriber from finding the durable free; not seeing it in time is no error. */
static void await_bound(const struct nats_subscription *subscription)
{
    for (int i = 0; i < 40; i++) {
        jsConsumerInfo *info = NULL;
        natsStatus s = js_GetConsumerInfo(&info, subscription->nats->js, subscription->stream,
                                          subscription->name, NULL, NULL);
        bool done = s != NATS_OK || info->PushBound;
        jsConsumerInfo_Destroy(info);
        if (done) return;
        tl_os_sleep_ms(5);
    }
}

static enum tl_status open_consumer(struct nats_subscription *subscription,
                                    const struct tl_subscribe_options *options,
                                    struct tl_error *error)
{
    jsConsumerInfo *info = NULL;
    enum tl_status status = TL_OK;
    if (options->durable) status = find_durable(subscription, &info, error);
    if (status == TL_OK && info && options->reset) {
        jsConsumerInfo_Destroy(info);
        info = NULL;
        natsStatus s = js_DeleteConsumer(subscription->nats->js, subscription->stream,
                                         subscription->name, NULL, NULL);
        if (s != NATS_OK && s != NATS_NOT_FOUND)
            status = tl_nats_error(error, s, subscription->name);
    }
    if (status == TL_OK)
        status = info ? adopt(subscription, info, error) : create(subscription, options, error);
    jsConsumerInfo_Destroy(info);
    if (status == TL_OK && options->durable) await_bound(subscription);
    return status;
}

static void destroy(struct nats_subscription *subscription)
{
    natsMsg_Destroy(subscription->current);
    natsMsg_Destroy(subscription->held);
    natsSubscription_Destroy(subscription->pushed);
    free(subscription->deliveries);
    free(subscription);
}

enum tl_status tl_nats_subscribe(struct tl_bus *bus, const struct tl_subscribe_options *options,
                                 struct tl_subscription **out, struct tl_error *error)
{
    struct nats_subscription *subscription = calloc(1, sizeof *subscription);
    if (!subscription) return tl_error_set(error, TL_NOMEM, "out of memory");
    subscription->nats = tl_nats_of(bus);
    subscription->subject = options->subject;
    subscription->stream = tl_subject_stream_name(options->subject);
    subscription->durable = options->durable != NULL;
    subscription->ack_pending_max = options->max_ack_pending;
    subscription->epoch = atomic_load(&subscription->nats->epoch);
    uint64_t random = 0;
    enum tl_status status = tl_nats_up(subscription->nats, error);
    if (status == TL_OK && !options->durable) status = tl_os_random(&random, sizeof random);
    if (options->durable)
        snprintf(subscription->name, sizeof subscription->name, "%s", options->durable);
    else
        snprintf(subscription->name, sizeof subscription->name, "tl-%016llx",
                 (unsigned long long)random);
    if (status == TL_OK) status = open_consumer(subscription, options, error);
    if (status == TL_OK) {
        subscription->delivery_capacity = (uint64_t)subscription->ack_pending_max + 1;
        subscription->deliveries =
            calloc(subscription->delivery_capacity, sizeof *subscription->deliveries);
        if (!subscription->deliveries) status = tl_error_set(error, TL_NOMEM, "out of memory");
    }
    if (status != TL_OK) {
        destroy(subscription);
        return status;
    }
    subscription->acked = subscription->ack_sent = subscription->handed;
    subscription->heard = tl_os_monotonic();
    *out = &subscription->base;
    return TL_OK;
}

void tl_nats_unsubscribe(struct tl_subscription *base)
{
    struct nats_subscription *subscription = (struct nats_subscription *)base;
    if (subscription->durable) {
        flush_acks(subscription);
        /* The server must know that nobody listens before close returns: what it still pushed
         * would count as delivered, and if retention then took it, as acknowledged. */
        (void)natsSubscription_Unsubscribe(subscription->pushed);
        if (tl_nats_up(subscription->nats, NULL) == TL_OK)
            (void)natsConnection_FlushTimeout(subscription->nats->connection, 1000);
    } else if (tl_nats_up(subscription->nats, NULL) == TL_OK) {
        (void)js_DeleteConsumer(subscription->nats->js, subscription->stream, subscription->name,
                                NULL, NULL);
    }
    destroy(subscription);
}

uint64_t tl_nats_lost(const struct tl_subscription *base)
{
    return ((const struct nats_subscription *)base)->lost;
}

/* ---- what was missed while the link was down ---- */

/* The stream is not the one that was read: its end is before what was handed out. */
static void start_over(struct nats_subscription *subscription, uint64_t floor)
{
    tl_log_line(TL_LOG_WARN, subscription->nats->name,
                "stream %s was replaced; %s reads it from message %llu", subscription->stream,
                subscription->name, (unsigned long long)floor + 1);
    natsMsg_Destroy(subscription->held);
    subscription->held = NULL;
    subscription->handed = subscription->acked = subscription->ack_sent = floor;
    subscription->fetch_to = 0;
    subscription->ack_last = subscription->fetch_end = (struct delivery){0, 0};
    subscription->delivery_first = subscription->delivery_end;
}

static natsStatus recreate(struct nats_subscription *subscription)
{
    uint64_t from = subscription->durable ? subscription->acked : subscription->handed;
    subscription->ack_last = subscription->fetch_end = (struct delivery){0, 0};
    subscription->delivery_first = subscription->delivery_end;
    return add_consumer(subscription, from + 1);
}

static natsStatus check_consumer(struct nats_subscription *subscription)
{
    jsConsumerInfo *info = NULL;
    uint64_t first = 0, last = 0;
    natsStatus s = stream_range(subscription, &first, &last);
    if (s == NATS_NOT_FOUND) {
        s = NATS_TIMEOUT; /* the publisher will make it again; look later */
    } else if (s == NATS_OK) {
        s = js_GetConsumerInfo(&info, subscription->nats->js, subscription->stream,
                               subscription->name, NULL, NULL);
        if (s == NATS_OK || s == NATS_NOT_FOUND) {
            if (last < subscription->handed)
                start_over(subscription, s == NATS_OK ? info->AckFloor.Stream : 0);
        }
        if (s == NATS_NOT_FOUND) {
            s = recreate(subscription);
        } else if (s == NATS_OK) {
            set_fetch(subscription, info);
        }
        jsConsumerInfo_Destroy(info);
    }
    return s;
}

/* True when the subscription may go on reading. */
static bool catch_up(struct nats_subscription *subscription)
{
    unsigned long epoch = atomic_load(&subscription->nats->epoch);
    tl_ns now = tl_os_monotonic();
    if (epoch == subscription->epoch && now - subscription->heard < SILENCE) return true;
    if (check_consumer(subscription) != NATS_OK) return false;
    if (epoch != subscription->epoch && subscription->ack_last.stream_seq > 0)
        send_ack(subscription, subscription->ack_last.stream_seq,
                 subscription->ack_last.consumer_seq); /* it may have been lost on the way */
    subscription->epoch = epoch;
    subscription->heard = now;
    return true;
}

/* ---- reading ---- */

static enum tl_status hand_out(struct nats_subscription *subscription, natsMsg *message,
                               uint64_t stream_seq, tl_ns stored, struct tl_message *out)
{
    subscription->current = message;
    subscription->handed = stream_seq;
    *out = (struct tl_message){
        .subject = subscription->subject,
        .data = {natsMsg_GetData(message), (size_t)natsMsg_GetDataLength(message)},
        .stream_seq = stream_seq,
        .stored = stored,
        .ack = subscription};
    return TL_OK;
}

/* Sequences out of $JS.ACK.STREAM.CONSUMER.DELIVERIES.STREAM_SEQ.CONSUMER_SEQ.STAMP.PENDING; with a
 * domain and account two tokens more in front. */
static bool read_place(natsMsg *message, struct delivery *place, tl_ns *stored)
{
    struct tl_str rest = tl_str_from(natsMsg_GetReply(message)), tokens[12], part;
    int64_t numbers[3];
    size_t count = 0;
    while (count < 12 && tl_str_cut(&rest, '.', &part))
        tokens[count++] = part;
    if (count < 9 || !tl_str_is(tokens[1], "ACK")) return false;
    size_t at = count == 9 ? 5 : 7;
    for (size_t i = 0; i < 3; i++) {
        if (!tl_parse_i64(tokens[at + i], &numbers[i]) || numbers[i] < 0) return false;
    }
    *place = (struct delivery){(uint64_t)numbers[0], (uint64_t)numbers[1]};
    *stored = numbers[2];
    return true;
}

static void note_fetched(struct nats_subscription *subscription)
{
    if (subscription->fetch_end.stream_seq == 0 ||
        subscription->handed < subscription->fetch_end.stream_seq)
        return;
    note_delivery(subscription, subscription->fetch_end.stream_seq,
                  subscription->fetch_end.consumer_seq);
    subscription->fetch_end = (struct delivery){0, 0};
}

/* Fetches handed + 1. TL_AGAIN: it is not stored any more (counted), look again. */
static enum tl_status fetch(struct nats_subscription *subscription, struct tl_message *out)
{
    natsMsg *message = NULL;
    uint64_t seq = subscription->handed + 1, first = 0, last = 0;
    natsStatus s =
        js_GetMsg(&message, subscription->nats->js, subscription->stream, seq, NULL, NULL);
    if (s == NATS_OK) {
        (void)hand_out(subscription, message, seq, natsMsg_GetTime(message), out);
        note_fetched(subscription);
        return TL_OK;
    }
    if (s != NATS_NOT_FOUND) return TL_CLOSED;
    s = stream_range(subscription, &first, &last);
    if (s != NATS_OK) return TL_CLOSED;
    /* Retention takes from the front: skip what is gone at once, not one request each. */
    uint64_t next = first > seq ? first : seq + 1;
    if (next > subscription->fetch_to + 1) next = subscription->fetch_to + 1;
    subscription->lost += next - seq;
    subscription->handed = next - 1;
    note_fetched(subscription);
    return TL_AGAIN;
}

/* Takes one pushed message. TL_AGAIN: it was a repeat, or must wait in `held` for earlier ones. */
static enum tl_status take(struct nats_subscription *subscription, natsMsg *message,
                           struct tl_message *out)
{
    struct delivery place;
    tl_ns stored;
    subscription->heard = tl_os_monotonic();
    if (!read_place(message, &place, &stored) || place.stream_seq <= subscription->handed) {
        if (natsMsg_GetReply(message) && read_place(message, &place, &stored) &&
            place.stream_seq <= subscription->acked)
            send_ack(subscription, place.stream_seq, place.consumer_seq);
        natsMsg_Destroy(message);
        return TL_AGAIN;
    }
    if (place.stream_seq == subscription->handed + 1) {
        note_delivery(subscription, place.stream_seq, place.consumer_seq);
        return hand_out(subscription, message, place.stream_seq, stored, out);
    }
    natsMsg_Destroy(subscription->held);
    subscription->held = message;
    subscription->held_seq = place.stream_seq;
    if (subscription->fetch_to < place.stream_seq - 1)
        subscription->fetch_to = place.stream_seq - 1;
    return TL_AGAIN;
}

static enum tl_status step(struct nats_subscription *subscription, int wait_ms,
                           struct tl_message *out)
{
    natsMsg *message = NULL;
    bool up = tl_nats_up(subscription->nats, NULL) == TL_OK;
    if (up && !catch_up(subscription)) {
        tl_os_sleep_ms(wait_ms < 20 ? wait_ms : 20);
        return TL_AGAIN;
    }
    if (subscription->held && subscription->held_seq <= subscription->handed + 1) {
        message = subscription->held;
        subscription->held = NULL;
        return take(subscription, message, out);
    }
    if (subscription->fetch_to > subscription->handed) {
        enum tl_status status = up ? fetch(subscription, out) : TL_CLOSED;
        if (status != TL_CLOSED) return status;
        tl_os_sleep_ms(wait_ms < 20 ? wait_ms : 20);
        return TL_AGAIN;
    }
    natsStatus s = natsSubscription_NextMsg(&message, subscription->pushed, 0);
    if (s != NATS_OK) {
        flush_acks(subscription);
        if (wait_ms > 0)
            s = natsSubscription_NextMsg(&message, subscription->pushed,
                                         wait_ms < 100 ? wait_ms : 100);
    }
    return s == NATS_OK ? take(subscription, message, out) : TL_AGAIN;
}

enum tl_status tl_nats_next(struct tl_subscription *base, int timeout_ms,
                            struct tl_message *message)
{
    struct nats_subscription *subscription = (struct nats_subscription *)base;
    tl_ns deadline = timeout_ms > 0 ? tl_os_monotonic() + timeout_ms * TL_NS_PER_MS : 0;
    natsMsg_Destroy(subscription->current);
    subscription->current = NULL;
    if (!subscription->durable) tl_nats_ack(base, subscription->handed);
    for (;;) {
        if (atomic_load(&base->bus->closed)) return TL_CLOSED;
        tl_ns left = timeout_ms > 0 ? deadline - tl_os_monotonic() : 0;
        int wait_ms = left > 0 ? (int)(left / TL_NS_PER_MS) + 1 : 0;
        uint64_t lost = subscription->lost;
        const natsMsg *held = subscription->held;
        enum tl_status status = step(subscription, wait_ms, message);
        if (status == TL_OK) return TL_OK;
        /* A repeat or a gap is no reason to return empty-handed. */
        bool progress = lost != subscription->lost || held != subscription->held;
        if (wait_ms == 0 && !progress) return TL_AGAIN;
    }
}
