/* SPDX-License-Identifier: Apache-2.0
 * The compute service over the memory bus: each derived event once, the same after any crash. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tapeloom/market.h>
#include "base/rng.h"
#include "bus/bus.h"
#include "lib/harness.h"
#include "os/os.h"
#include "services/compute/compute.h"
#include "services/compute/feed.h"
#include "wire/from_tape.h"

#define TAPE_S 40
#define TAPE_EVENTS (1 << 17)

static const enum tl_subject derived[] = {TL_SUBJECT_EQUITY_CANDLES, TL_SUBJECT_EQUITY_JOINS,
                                          TL_SUBJECT_INFERRED_DARK,  TL_SUBJECT_FLOW_PACKETS,
                                          TL_SUBJECT_SMART_MONEY,    TL_SUBJECT_CLASSIFIER_HITS,
                                          TL_SUBJECT_ALERTS};
#define DERIVED (sizeof derived / sizeof *derived)

static struct tl_bus *open_bus(void)
{
    struct tl_bus_options options = {.url = "memory:", .name = "test"};
    struct tl_bus *bus = NULL;
    struct tl_error error;
    if (tl_bus_open(&options, &bus, &error) != TL_OK) abort();
    return bus;
}

static void send(struct tl_bus *bus, enum tl_subject subject, struct tl_str id, struct tl_str data)
{
    struct tl_error error;
    while (tl_bus_publish(bus, subject, id, data, &error) != TL_OK)
        if (tl_bus_flush(bus, 1000, &error) != TL_OK) abort();
}

static void publish(struct tl_bus *bus, const struct tl_market *market,
                    const struct tl_event *event)
{
    static const enum tl_subject subjects[TL_STREAM_COUNT] = {
        TL_SUBJECT_OPTIONS_NBBO, TL_SUBJECT_OPTIONS_PRINTS, TL_SUBJECT_EQUITY_QUOTES,
        TL_SUBJECT_EQUITY_PRINTS};
    char bytes[TL_JSON_EVENT_MAX], id[64];
    struct tl_text text = {.data = bytes, .capacity = sizeof bytes};
    struct tl_signal_gate gate = tl_signal_gate_default();
    tl_wire_event_json(&text, event, tl_market_symbol(market, event->sym), &gate,
                       event->ts / TL_NS_PER_MS);
    snprintf(id, sizeof id, "%d-%llu", event->stream, (unsigned long long)event->seq);
    send(bus, subjects[event->stream], tl_str_from(id), (struct tl_str){bytes, text.size});
}

/* The last minute but some of a market that runs now, so that nothing is too old for a restart. */
static void publish_tape(struct tl_bus *bus, int64_t start)
{
    struct tl_market_options options = tl_market_options_default();
    options.mode = TL_MODE_FIREHOSE; /* enough for every derived stream at any hour */
    struct tl_market *market = NULL;
    struct tl_batch batch = {.capacity = TAPE_EVENTS};
    struct tl_error error;
    batch.events = calloc(TAPE_EVENTS, sizeof *batch.events);
    if (!batch.events || tl_market_create(&options, &market, &error) != TL_OK ||
        tl_market_seek(market, start, &error) != TL_OK)
        abort();
    for (int i = 0; i < TAPE_S; i++) {
        batch.count = 0;
        tl_market_step(market, &batch);
        for (size_t k = 0; k < batch.count; k++)
            publish(bus, market, &batch.events[k]);
    }
    tl_market_destroy(market);
    free(batch.events);
}

/* Stops after so many turns, or once the derived streams have been quiet for a second. */
struct patience {
    struct tl_bus *bus;
    int64_t turns;
    tl_ns quiet_since;
    uint64_t seen;
};

static bool enough(void *context)
{
    struct patience *patience = context;
    if (patience->turns > 0) return --patience->turns == 0;
    struct tl_compute_metrics metrics;
    tl_compute_metrics_read(&metrics);
    tl_ns now = tl_os_monotonic();
    if (metrics.messages != patience->seen || patience->quiet_since == 0) {
        patience->seen = metrics.messages;
        patience->quiet_since = now;
    }
    return now - patience->quiet_since > 1500 * TL_NS_PER_MS;
}

static enum tl_status run(struct tl_bus *bus, int64_t crash_after_turns)
{
    struct tl_service service = {.name = "compute", .bus = bus, .data_dir = test_tmp_dir()};
    struct patience patience = {.bus = bus, .turns = crash_after_turns};
    struct tl_compute_stop stop = {
        .asked = enough, .context = &patience, .at_once = crash_after_turns > 0};
    struct tl_error error = {.status = TL_OK};
    enum tl_status status = tl_compute_run_until(&service, &stop, &error);
    if (status != TL_OK) printf("    %s\n", error.text);
    return status;
}

/* Order and bytes of every derived stream in one number each. */
static void digest(struct tl_bus *bus, uint64_t digests[DERIVED], uint64_t counts[DERIVED])
{
    for (size_t i = 0; i < DERIVED; i++) {
        struct tl_subscription *subscription = NULL;
        struct tl_subscribe_options options = {.subject = derived[i], .deliver = TL_DELIVER_ALL};
        struct tl_message message;
        struct tl_error error;
        digests[i] = counts[i] = 0;
        if (tl_bus_subscribe(bus, &options, &subscription, &error) != TL_OK) abort();
        while (tl_subscription_next(subscription, 0, &message) == TL_OK) {
            uint64_t hash = tl_mix64(message.data.size);
            for (size_t k = 0; k < message.data.size; k++)
                hash = hash * 1099511628211u + (unsigned char)message.data.data[k];
            /* Candles of one boundary may come in another order: their sum must agree. */
            digests[i] = derived[i] == TL_SUBJECT_EQUITY_CANDLES ? digests[i] + tl_mix64(hash)
                                                                 : tl_mix64(digests[i] ^ hash);
            counts[i]++;
        }
        tl_subscription_close(subscription);
    }
}

/* Each stream once without a crash and once with three; the same bytes, or the test fails. True when
 * every kind of event was there to compare. */
static bool same_after_crashes(int64_t start)
{
    static const int64_t crashes[][3] = {{0, 0, 0}, {4, 14, 23}};
    uint64_t digests[2][DERIVED], counts[2][DERIVED];
    bool all = true;
    for (size_t i = 0; i < 2; i++) {
        struct tl_bus *bus = open_bus();
        publish_tape(bus, start);
        for (size_t k = 0; k < 3 && crashes[i][k] > 0; k++)
            CHECK_INT(run(bus, crashes[i][k]), TL_OK);
        CHECK_INT(run(bus, 0), TL_OK);
        digest(bus, digests[i], counts[i]);
        tl_bus_close(bus);
    }
    for (size_t k = 0; k < DERIVED; k++) {
        if (derived[k] != TL_SUBJECT_INFERRED_DARK) all = all && counts[0][k] > 0;
        if (digests[1][k] != digests[0][k])
            test_fail(__FILE__, __LINE__, "%s differs after crashes: %llu events, not %llu",
                      tl_subject_name(derived[k]), (unsigned long long)counts[1][k],
                      (unsigned long long)counts[0][k]);
    }
    return all;
}

TL_TEST("compute publishes the same derived events once each, crashed and restarted or not")
{
    setenv("COMPUTE_DELIVER_POLICY", "all", 1);
    setenv("CANDLE_DELIVER_POLICY", "all", 1);
    /* Across a minute's boundary, so that candles close; seconds of market time long past. */
    int64_t start = (tl_os_now() / TL_NS_PER_S / 60 - 2) * 60 - TAPE_S / 2;
    /* Some five hits in 40 s, in clusters: which seconds these are is the clock's choice, and a few
     * have none. Then earlier ones are taken. */
    bool all = false;
    for (int tries = 0; tries < 4 && !all; tries++)
        all = same_after_crashes(start - tries * 300);
    CHECK(all);
    unsetenv("COMPUTE_DELIVER_POLICY");
    unsetenv("CANDLE_DELIVER_POLICY");
}

static struct tl_str quote_json(char *bytes, size_t capacity, int64_t ts, int seq)
{
    int size = snprintf(bytes, capacity,
                        "{\"source_ts\":%lld,\"ingest_ts\":%lld,\"seq\":%d,\"trace_id\":\"q-%d\","
                        "\"ts\":%lld,\"underlying_id\":\"A\",\"bid\":1,\"ask\":1.01}",
                        (long long)ts, (long long)ts, seq, seq, (long long)ts);
    return (struct tl_str){bytes, (size_t)size};
}

TL_TEST("the feed waits for the other streams, then goes by silence; malformed messages are passed")
{
    struct tl_bus *bus = open_bus();
    struct tl_feed_options options = {.deliver = TL_DELIVER_ALL};
    struct tl_feed *feed = NULL;
    struct tl_error error;
    const struct tl_feed_event *event = NULL;
    char bytes[512];
    REQUIRE(tl_feed_open(bus, &options, &feed, &error) == TL_OK);
    send(bus, TL_SUBJECT_EQUITY_QUOTES, tl_str_from("bad"), tl_str_from("{\"ts\":1}"));
    send(bus, TL_SUBJECT_EQUITY_QUOTES, tl_str_from("a"),
         quote_json(bytes, sizeof bytes, 10000, 1));
    CHECK_INT(tl_feed_next(feed, 0, 10010, &event), TL_AGAIN);
    CHECK_INT(tl_feed_next(feed, 249, 10300, &event), TL_AGAIN); /* silent for 249 ms */
    CHECK_INT(tl_feed_next(feed, 250, 10249, &event), TL_AGAIN); /* but young by the clock */
    CHECK_INT(tl_feed_next(feed, 250, 10250, &event), TL_OK);
    CHECK_INT(event->ts, 10000);
    CHECK_INT(tl_feed_counts(feed).malformed, 1);
    CHECK_INT(tl_feed_next(feed, 251, 10251, &event), TL_AGAIN);
    CHECK(!tl_feed_is_idle(feed, 251));
    CHECK(tl_feed_is_idle(feed, 501));
    tl_feed_ack(feed);
    tl_feed_close(feed);
    /* Acknowledged, the malformed one too: the durable goes on behind both. */
    REQUIRE(tl_feed_open(bus, &options, &feed, &error) == TL_OK);
    CHECK_INT(tl_feed_next(feed, 0, 99999, &event), TL_AGAIN);
    CHECK_INT(tl_feed_counts(feed).messages, 0);
    tl_feed_close(feed);
    tl_bus_close(bus);
}
