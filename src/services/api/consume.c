/* SPDX-License-Identifier: Apache-2.0
 * One thread over all subscriptions in turn: a burst of each, then, when nothing came, a short sleep
 * (2 ms, below the loop's own tick). A message that fails validation is dropped for good, counted,
 * logged once a kind and minute. Everything taken is acknowledged, once a burst (ack policy: all). */
#include "services/api/consume.h"

#include "base/text.h"
#include "os/os.h"
#include "services/api/decode.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define BURST_MAX 256    /* messages of one feed before the next has its turn */
#define IDLE_SLEEP_MS 2  /* */
#define FULL_WAIT_MS 250 /* the bus keeps the rest meanwhile */

struct feed_state {
    struct tl_subscription *subscription;
    atomic_uint_fast64_t received, invalid, dropped, lost;
};

struct tl_api_consumer {
    struct tl_api_inbox *inbox;
    struct tl_api_decoder *decoder;
    struct feed_state feeds[TL_API_FEED_COUNT];
    atomic_bool stopping;
    bool started;
    pthread_t thread;
};

static void consume(struct tl_api_consumer *consumer, enum tl_api_feed feed,
                    const struct tl_message *message)
{
    struct feed_state *state = &consumer->feeds[feed];
    struct tl_api_item item;
    struct tl_error error = {0};
    atomic_fetch_add_explicit(&state->received, 1, memory_order_relaxed);
    if (tl_api_decode(consumer->decoder, feed, message->data, &item, &error) != TL_OK) {
        atomic_fetch_add_explicit(&state->invalid, 1, memory_order_relaxed);
        const char *name = tl_api_feed_info(feed)->name;
        tl_log_rare(TL_LOG_WARN, "api", name, "feed=%s dropped an invalid message: %s", name,
                    error.text);
        return;
    }
    if (tl_api_inbox_push(consumer->inbox, &item, FULL_WAIT_MS) != TL_OK) {
        atomic_fetch_add_explicit(&state->dropped, 1, memory_order_relaxed);
        tl_log_rare(TL_LOG_WARN, "api", "inbox-full", "the event loop is behind: messages dropped");
    }
}

/* How many were taken. */
static int burst(struct tl_api_consumer *consumer, enum tl_api_feed feed)
{
    struct feed_state *state = &consumer->feeds[feed];
    struct tl_message message;
    int count = 0;
    while (count < BURST_MAX && !atomic_load(&consumer->stopping) &&
           tl_subscription_next(state->subscription, 0, &message) == TL_OK) {
        consume(consumer, feed, &message);
        tl_subscription_ack(state->subscription, &message);
        count++;
    }
    if (count)
        atomic_store_explicit(&state->lost, tl_subscription_lost(state->subscription),
                              memory_order_relaxed);
    return count;
}

static void *run(void *context)
{
    struct tl_api_consumer *consumer = context;
    while (!atomic_load(&consumer->stopping)) {
        /* Quotes before the prints that the page shows against them. */
        int taken = burst(consumer, TL_API_QUOTES);
        for (int feed = 0; feed < TL_API_FEED_COUNT; feed++)
            if (feed != TL_API_QUOTES) taken += burst(consumer, (enum tl_api_feed)feed);
        if (taken == 0) tl_os_sleep_ms(IDLE_SLEEP_MS);
    }
    return NULL;
}

static enum tl_status subscribe_all(struct tl_api_consumer *consumer, struct tl_bus *bus,
                                    const struct tl_api_config *config, struct tl_error *error)
{
    for (int feed = 0; feed < TL_API_FEED_COUNT; feed++) {
        const struct tl_api_feed_info *info = tl_api_feed_info((enum tl_api_feed)feed);
        struct tl_subscribe_options options = {.subject = info->subject,
                                               .durable = info->durable,
                                               .deliver = config->deliver,
                                               .reset = config->reset};
        enum tl_status status =
            tl_bus_subscribe(bus, &options, &consumer->feeds[feed].subscription, error);
        if (status != TL_OK) {
            tl_error_add(error, "api: consumer %s", info->durable);
            return status;
        }
    }
    return TL_OK;
}

enum tl_status tl_api_consumer_start(struct tl_bus *bus, const struct tl_api_config *config,
                                     struct tl_api_inbox *inbox, struct tl_api_lab *lab,
                                     struct tl_api_consumer **out, struct tl_error *error)
{
    struct tl_api_consumer *consumer = calloc(1, sizeof *consumer);
    if (!consumer) return tl_error_set(error, TL_NOMEM, "api: out of memory");
    consumer->inbox = inbox;
    consumer->decoder = tl_api_decoder_create();
    enum tl_status status = TL_NOMEM;
    if (consumer->decoder) tl_api_decoder_watch(consumer->decoder, lab);
    if (consumer->decoder)
        status = subscribe_all(consumer, bus, config, error);
    else
        tl_error_set(error, TL_NOMEM, "api: out of memory");
    if (status == TL_OK && pthread_create(&consumer->thread, NULL, run, consumer) != 0)
        status = tl_error_set(error, TL_IO, "api: cannot start the consumer thread");
    consumer->started = status == TL_OK;
    if (status != TL_OK) {
        tl_api_consumer_stop(consumer);
        return status;
    }
    *out = consumer;
    return TL_OK;
}

void tl_api_consumer_stop(struct tl_api_consumer *consumer)
{
    if (!consumer) return;
    atomic_store(&consumer->stopping, true);
    if (consumer->started) pthread_join(consumer->thread, NULL);
    for (int feed = 0; feed < TL_API_FEED_COUNT; feed++)
        if (consumer->feeds[feed].subscription)
            tl_subscription_close(consumer->feeds[feed].subscription);
    tl_api_decoder_destroy(consumer->decoder);
    free(consumer);
}

struct tl_api_feed_counts tl_api_consumer_counts(const struct tl_api_consumer *consumer,
                                                 enum tl_api_feed feed)
{
    const struct feed_state *state = &consumer->feeds[feed];
    return (struct tl_api_feed_counts){atomic_load_explicit(&state->received, memory_order_relaxed),
                                       atomic_load_explicit(&state->invalid, memory_order_relaxed),
                                       atomic_load_explicit(&state->dropped, memory_order_relaxed),
                                       atomic_load_explicit(&state->lost, memory_order_relaxed)};
}
