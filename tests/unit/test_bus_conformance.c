/* SPDX-License-Identifier: Apache-2.0
 * What bus.h promises, asked of both rooms by the same cases. Cases that need a server to die are
 * in test_bus_nats.c. */
#include "bus/bus.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "lib/harness.h"
#include "lib/nats_server.h"
#include "os/os.h"

enum room { MEMORY, NATS, ROOM_COUNT };
static const char *const room_names[] = {"memory", "nats"};

struct fixture {
    enum room room;
    struct nats_server server;
    struct tl_bus_options options;
    struct tl_bus *bus;
    char dir[300];
};

static struct tl_error error;

static bool setup(struct fixture *fixture, enum room room)
{
    memset(fixture, 0, sizeof *fixture);
    fixture->room = room;
    snprintf(fixture->dir, sizeof fixture->dir, "%s", test_tmp_dir());
    if (room == NATS && !nats_server_start(&fixture->server)) return false;
    fixture->options.url = room == NATS ? fixture->server.url : "memory:";
    fixture->options.data_dir = fixture->dir;
    fixture->options.name = "conformance";
    if (tl_bus_open(&fixture->options, &fixture->bus, &error) == TL_OK) return true;
    test_fail(__FILE__, __LINE__, "%s does not open: %s", room_names[room], error.text);
    nats_server_kill(&fixture->server);
    return false;
}

static void teardown(struct fixture *fixture)
{
    tl_bus_close(fixture->bus);
    nats_server_kill(&fixture->server);
}

#define IN_BOTH_ROOMS(case_function)                                                               \
    do {                                                                                           \
        for (int room_ = 0; room_ < ROOM_COUNT; room_++) {                                         \
            struct fixture fixture_;                                                               \
            if (!setup(&fixture_, (enum room)room_)) continue;                                     \
            case_function(&fixture_);                                                              \
            teardown(&fixture_);                                                                   \
        }                                                                                          \
    } while (0)

static enum tl_status put(struct tl_bus *bus, enum tl_subject subject, int number)
{
    char text[32], id[32];
    snprintf(text, sizeof text, "message %d", number);
    snprintf(id, sizeof id, "%d-%d", (int)subject, number);
    return tl_bus_publish(bus, subject, tl_str_from(id), tl_str_from(text), &error);
}

static void put_range(struct tl_bus *bus, enum tl_subject subject, int from, int to)
{
    for (int i = from; i < to; i++) {
        enum tl_status status;
        while ((status = put(bus, subject, i)) == TL_FULL)
            CHECK(tl_bus_flush(bus, 5000, &error) == TL_OK);
        if (status != TL_OK) {
            test_fail(__FILE__, __LINE__, "publish %d: %s", i, error.text);
            return;
        }
    }
    CHECK(tl_bus_flush(bus, 5000, &error) == TL_OK);
}

static struct tl_subscription *open_at(struct tl_bus *bus, enum tl_subject subject,
                                       const char *durable, enum tl_deliver deliver)
{
    struct tl_subscribe_options options = {
        .subject = subject, .durable = durable, .deliver = deliver};
    struct tl_subscription *subscription = NULL;
    if (tl_bus_subscribe(bus, &options, &subscription, &error) != TL_OK)
        test_fail(__FILE__, __LINE__, "subscribe: %s", error.text);
    return subscription;
}

/* The number of the next message; -1: nothing within timeout_ms. */
static int next_number(struct tl_subscription *subscription, int timeout_ms,
                       struct tl_message *message)
{
    struct tl_message local;
    if (!message) message = &local;
    char text[64];
    int number = -2;
    enum tl_status status = tl_subscription_next(subscription, timeout_ms, message);
    if (status != TL_OK) return -1;
    snprintf(text, sizeof text, "%.*s", (int)message->data.size, message->data.data);
    sscanf(text, "message %d", &number);
    return number;
}

static void expect_range(struct tl_subscription *subscription, int from, int to,
                         struct tl_message *message)
{
    struct tl_message local;
    if (!message) message = &local;
    for (int i = from; i < to; i++) {
        int got = next_number(subscription, 5000, message);
        if (got != i) {
            test_fail(__FILE__, __LINE__, "message %d came instead of %d", got, i);
            return;
        }
    }
}

/* ---- streams ---- */

static void order_case(struct fixture *fixture)
{
    struct tl_subscription *subscription =
        open_at(fixture->bus, TL_SUBJECT_EQUITY_PRINTS, NULL, TL_DELIVER_NEW);
    REQUIRE(subscription);
    struct tl_message message = {0};
    put_range(fixture->bus, TL_SUBJECT_EQUITY_PRINTS, 0, 10000);
    tl_ns stored = 0;
    for (int i = 0; i < 10000; i++) {
        int got = next_number(subscription, 5000, &message);
        if (got != i || message.stream_seq != (uint64_t)i + 1 || message.stored < stored) {
            test_fail(__FILE__, __LINE__, "%s: place %d holds %d, seq %lld",
                      room_names[fixture->room], i, got, (long long)message.stream_seq);
            break;
        }
        stored = message.stored;
    }
    CHECK_INT(message.subject, TL_SUBJECT_EQUITY_PRINTS);
    CHECK(llabs(message.stored - tl_os_now()) < 60 * TL_NS_PER_S);
    CHECK_INT(next_number(subscription, 0, NULL), -1);
    CHECK_INT(tl_subscription_lost(subscription), 0);
    tl_subscription_close(subscription);
}

TL_TEST("bus: ten thousand messages come in the order they were published")
{
    IN_BOTH_ROOMS(order_case);
}

static void dedupe_case(struct fixture *fixture)
{
    for (int round = 0; round < 3; round++)
        put_range(fixture->bus, TL_SUBJECT_ALERTS, 0, 50);
    /* Without an id nothing is dropped. */
    for (int i = 0; i < 2; i++)
        CHECK(tl_bus_publish(fixture->bus, TL_SUBJECT_ALERTS, (struct tl_str){NULL, 0},
                             tl_str_from("message 50"), &error) == TL_OK);
    CHECK(tl_bus_flush(fixture->bus, 5000, &error) == TL_OK);
    /* The same id on another subject is another message. */
    CHECK(tl_bus_publish(fixture->bus, TL_SUBJECT_EQUITY_JOINS, tl_str_from("11-0"),
                         tl_str_from("message 7"), &error) == TL_OK);
    CHECK(tl_bus_flush(fixture->bus, 5000, &error) == TL_OK);
    struct tl_subscription *subscription =
        open_at(fixture->bus, TL_SUBJECT_ALERTS, NULL, TL_DELIVER_ALL);
    REQUIRE(subscription);
    expect_range(subscription, 0, 51, NULL);
    CHECK_INT(next_number(subscription, 1000, NULL), 50);
    CHECK_INT(next_number(subscription, 50, NULL), -1);
    tl_subscription_close(subscription);
    subscription = open_at(fixture->bus, TL_SUBJECT_EQUITY_JOINS, NULL, TL_DELIVER_ALL);
    CHECK_INT(next_number(subscription, 1000, NULL), 7);
    tl_subscription_close(subscription);
}

TL_TEST("bus: a message id already seen is not stored again")
{
    IN_BOTH_ROOMS(dedupe_case);
}

static void durable_case(struct fixture *fixture)
{
    struct tl_message message;
    put_range(fixture->bus, TL_SUBJECT_FLOW_PACKETS, 0, 20);
    struct tl_subscription *subscription =
        open_at(fixture->bus, TL_SUBJECT_FLOW_PACKETS, "api-flow-packets", TL_DELIVER_ALL);
    REQUIRE(subscription);
    expect_range(subscription, 0, 8, &message);
    tl_subscription_ack(subscription, &message); /* 0 to 7 */
    expect_range(subscription, 8, 15, &message); /* handed out, not acknowledged */
    tl_subscription_close(subscription);
    put_range(fixture->bus, TL_SUBJECT_FLOW_PACKETS, 20, 25);
    /* deliver says where a new consumer starts; this one goes on. */
    subscription =
        open_at(fixture->bus, TL_SUBJECT_FLOW_PACKETS, "api-flow-packets", TL_DELIVER_NEW);
    REQUIRE(subscription);
    expect_range(subscription, 8, 25, &message);
    CHECK_INT(next_number(subscription, 100, NULL), -1);
    tl_subscription_ack(subscription, &message);
    tl_subscription_close(subscription);
    subscription =
        open_at(fixture->bus, TL_SUBJECT_FLOW_PACKETS, "api-flow-packets", TL_DELIVER_ALL);
    CHECK_INT(next_number(subscription, 100, NULL), -1);
    tl_subscription_close(subscription);
    /* reset starts anew. */
    struct tl_subscribe_options options = {.subject = TL_SUBJECT_FLOW_PACKETS,
                                           .durable = "api-flow-packets",
                                           .deliver = TL_DELIVER_ALL,
                                           .reset = true};
    REQUIRE(tl_bus_subscribe(fixture->bus, &options, &subscription, &error) == TL_OK);
    expect_range(subscription, 0, 25, NULL);
    tl_subscription_close(subscription);
}

TL_TEST("bus: a durable goes on behind its last acknowledgement, in order")
{
    IN_BOTH_ROOMS(durable_case);
}

static void in_use_case(struct fixture *fixture)
{
    struct tl_subscribe_options options = {
        .subject = TL_SUBJECT_ALERTS, .durable = "one", .deliver = TL_DELIVER_ALL};
    struct tl_subscription *first = open_at(fixture->bus, TL_SUBJECT_ALERTS, "one", TL_DELIVER_ALL);
    struct tl_subscription *second = NULL;
    CHECK(tl_bus_subscribe(fixture->bus, &options, &second, &error) == TL_CONFLICT);
    CHECK(second == NULL);
    tl_subscription_close(first);
    options.durable = "bad name";
    CHECK(tl_bus_subscribe(fixture->bus, &options, &second, &error) == TL_INVALID);
    options.durable = "one";
    CHECK(tl_bus_subscribe(fixture->bus, &options, &second, &error) == TL_OK);
    tl_subscription_close(second);
}

TL_TEST("bus: a durable has one subscriber at a time")
{
    IN_BOTH_ROOMS(in_use_case);
}

static void pending_case(struct fixture *fixture)
{
    struct tl_subscribe_options options = {.subject = TL_SUBJECT_SMART_MONEY,
                                           .durable = "slow",
                                           .deliver = TL_DELIVER_ALL,
                                           .max_ack_pending = 10};
    struct tl_subscription *subscription = NULL;
    struct tl_message message;
    put_range(fixture->bus, TL_SUBJECT_SMART_MONEY, 0, 40);
    REQUIRE(tl_bus_subscribe(fixture->bus, &options, &subscription, &error) == TL_OK);
    expect_range(subscription, 0, 10, &message);
    CHECK_INT(next_number(subscription, 150, NULL), -1);
    tl_subscription_ack(subscription, &message);
    expect_range(subscription, 10, 20, &message);
    CHECK_INT(next_number(subscription, 150, NULL), -1);
    tl_subscription_ack(subscription, &message);
    tl_subscription_close(subscription);
}

TL_TEST("bus: no more than max_ack_pending messages are handed out unacknowledged")
{
    IN_BOTH_ROOMS(pending_case);
}

/* A predecessor that died with the whole window unacknowledged must not hold up its successor. */
static void full_window_case(struct fixture *fixture)
{
    struct tl_subscribe_options options = {.subject = TL_SUBJECT_CLASSIFIER_HITS,
                                           .durable = "window",
                                           .deliver = TL_DELIVER_ALL,
                                           .max_ack_pending = 300};
    struct tl_subscription *subscription = NULL;
    struct tl_message message;
    put_range(fixture->bus, TL_SUBJECT_CLASSIFIER_HITS, 0, 1000);
    REQUIRE(tl_bus_subscribe(fixture->bus, &options, &subscription, &error) == TL_OK);
    expect_range(subscription, 0, 300, &message);
    tl_subscription_close(subscription);
    tl_ns begin = tl_os_monotonic();
    REQUIRE(tl_bus_subscribe(fixture->bus, &options, &subscription, &error) == TL_OK);
    for (int i = 0; i < 1000; i += 100) {
        expect_range(subscription, i, i + 100, &message);
        tl_subscription_ack(subscription, &message);
    }
    CHECK(tl_os_monotonic() - begin < 4 * TL_NS_PER_S);
    tl_subscription_close(subscription);
    REQUIRE(tl_bus_subscribe(fixture->bus, &options, &subscription, &error) == TL_OK);
    CHECK_INT(next_number(subscription, 100, NULL), -1);
    tl_subscription_close(subscription);
}

TL_TEST("bus: a reader that left its whole window unacknowledged does not hold up the next")
{
    IN_BOTH_ROOMS(full_window_case);
}

static void deliver_case(struct fixture *fixture)
{
    enum tl_subject subject = TL_SUBJECT_EQUITY_CANDLES;
    struct tl_subscription *empty = open_at(fixture->bus, subject, "last-empty", TL_DELIVER_LAST);
    put_range(fixture->bus, subject, 0, 10);
    CHECK_INT(next_number(empty, 1000, NULL), 0);
    tl_subscription_close(empty);
    tl_os_sleep_ms(20);
    tl_ns between = tl_os_now();
    tl_os_sleep_ms(20);
    put_range(fixture->bus, subject, 10, 15);
    struct tl_subscription *all = open_at(fixture->bus, subject, NULL, TL_DELIVER_ALL);
    struct tl_subscription *last = open_at(fixture->bus, subject, NULL, TL_DELIVER_LAST);
    struct tl_subscription *new = open_at(fixture->bus, subject, "new", TL_DELIVER_NEW);
    struct tl_subscribe_options options = {
        .subject = subject, .deliver = TL_DELIVER_FROM_TIME, .from = between};
    struct tl_subscription *from = NULL;
    REQUIRE(all && last && new);
    REQUIRE(tl_bus_subscribe(fixture->bus, &options, &from, &error) == TL_OK);
    CHECK_INT(next_number(new, 50, NULL), -1);
    put_range(fixture->bus, subject, 15, 17);
    expect_range(all, 0, 17, NULL);
    expect_range(last, 14, 17, NULL);
    expect_range(new, 15, 17, NULL);
    expect_range(from, 10, 17, NULL);
    tl_subscription_close(all);
    tl_subscription_close(last);
    tl_subscription_close(new);
    tl_subscription_close(from);
}

TL_TEST("bus: new, all, last and from-time start where they say")
{
    IN_BOTH_ROOMS(deliver_case);
}

static void last_case(struct fixture *fixture)
{
    char data[64] = "";
    size_t size = 99;
    CHECK(tl_bus_last(fixture->bus, TL_SUBJECT_OPTIONS_NBBO, data, sizeof data, &size, &error) ==
          TL_AGAIN);
    put_range(fixture->bus, TL_SUBJECT_OPTIONS_NBBO, 0, 12);
    CHECK(tl_bus_last(fixture->bus, TL_SUBJECT_OPTIONS_NBBO, data, sizeof data, &size, &error) ==
          TL_OK);
    CHECK_INT(size, 10);
    CHECK(memcmp(data, "message 11", 10) == 0);
    memset(data, '#', sizeof data);
    CHECK(tl_bus_last(fixture->bus, TL_SUBJECT_OPTIONS_NBBO, data, 4, &size, &error) == TL_OK);
    CHECK_INT(size, 10);
    CHECK(memcmp(data, "mess####", 8) == 0);
}

TL_TEST("bus: the newest message of a stream can be read, cut to the buffer")
{
    IN_BOTH_ROOMS(last_case);
}

static void refuse_case(struct fixture *fixture)
{
    static char large[1024 * 1024 + 1];
    memset(large, 'x', sizeof large);
    CHECK(tl_bus_publish(fixture->bus, TL_SUBJECT_ALERTS, (struct tl_str){NULL, 0},
                         (struct tl_str){large, sizeof large}, &error) == TL_INVALID);
    CHECK(tl_bus_publish(fixture->bus, TL_SUBJECT_ALERTS, (struct tl_str){NULL, 0},
                         (struct tl_str){NULL, 0}, &error) == TL_INVALID);
    CHECK(tl_bus_publish(fixture->bus, TL_SUBJECT_COUNT, (struct tl_str){NULL, 0}, tl_str_from("x"),
                         &error) == TL_INVALID);
    CHECK(tl_bus_flush(fixture->bus, 1000, &error) == TL_OK);
    CHECK(tl_bus_connected(fixture->bus));
}

TL_TEST("bus: a message too large, empty or for no subject is refused and nothing breaks")
{
    IN_BOTH_ROOMS(refuse_case);
}

/* A byte cap, and a reader that was overtaken by it. */
static void retention_case(struct fixture *fixture)
{
    tl_bus_close(fixture->bus);
    fixture->options.derived_max_bytes = 64 * 1024;
    fixture->options.derived_max_age_ms = 3600 * 1000;
    REQUIRE(tl_bus_open(&fixture->options, &fixture->bus, &error) == TL_OK);
    struct tl_subscription *slow =
        open_at(fixture->bus, TL_SUBJECT_ALERTS, "overtaken", TL_DELIVER_ALL);
    REQUIRE(slow);
    char data[1000];
    memset(data, 'y', sizeof data);
    tl_subscription_close(slow);
    for (int i = 0; i < 200; i++)
        CHECK(tl_bus_publish(fixture->bus, TL_SUBJECT_ALERTS, (struct tl_str){NULL, 0},
                             (struct tl_str){data, sizeof data}, &error) == TL_OK);
    CHECK(tl_bus_flush(fixture->bus, 5000, &error) == TL_OK);
    slow = open_at(fixture->bus, TL_SUBJECT_ALERTS, "overtaken", TL_DELIVER_ALL);
    REQUIRE(slow);
    struct tl_message message;
    uint64_t count = 0, first = 0;
    while (tl_subscription_next(slow, 300, &message) == TL_OK) {
        if (count == 0) first = message.stream_seq;
        CHECK_INT(message.stream_seq, first + count);
        count++;
    }
    CHECK_INT(first + count - 1, 200);
    CHECK(count > 40 && count < 66); /* 64 KiB of 1000 bytes each and the room's own overhead */
    CHECK_INT(tl_subscription_lost(slow), 200 - count);
    tl_subscription_close(slow);
}

TL_TEST("bus: the byte cap drops the oldest, and an overtaken reader counts what it lost")
{
    IN_BOTH_ROOMS(retention_case);
}

static void age_case(struct fixture *fixture)
{
    tl_bus_close(fixture->bus);
    fixture->options.raw_max_age_ms = 300;
    REQUIRE(tl_bus_open(&fixture->options, &fixture->bus, &error) == TL_OK);
    char data[16];
    size_t size;
    put_range(fixture->bus, TL_SUBJECT_EQUITY_PRINTS, 0, 3);
    put_range(fixture->bus, TL_SUBJECT_ALERTS, 0, 3); /* derived: stays */
    tl_os_sleep_ms(900);
    CHECK(tl_bus_last(fixture->bus, TL_SUBJECT_EQUITY_PRINTS, data, sizeof data, &size, &error) ==
          TL_AGAIN);
    CHECK(tl_bus_last(fixture->bus, TL_SUBJECT_ALERTS, data, sizeof data, &size, &error) == TL_OK);
}

TL_TEST("bus: messages older than the age of their class are gone")
{
    IN_BOTH_ROOMS(age_case);
}

/* ---- threads ---- */

struct reader {
    struct tl_subscription *subscription;
    pthread_t thread;
    int count, per_publisher[2];
    bool ordered;
};

static void *read_all(void *argument)
{
    struct reader *reader = argument;
    struct tl_message message;
    reader->ordered = true;
    while (reader->count < 4000 &&
           tl_subscription_next(reader->subscription, 5000, &message) == TL_OK) {
        char text[64];
        int number = 0;
        snprintf(text, sizeof text, "%.*s", (int)message.data.size, message.data.data);
        sscanf(text, "message %d", &number);
        int publisher = number >= 100000;
        if (number % 100000 != reader->per_publisher[publisher]++) reader->ordered = false;
        reader->count++;
        tl_subscription_ack(reader->subscription, &message);
    }
    return NULL;
}

static void *publish_second(void *bus)
{
    put_range(bus, TL_SUBJECT_EQUITY_QUOTES, 100000, 102000);
    return NULL;
}

static void threads_case(struct fixture *fixture)
{
    struct reader readers[4];
    pthread_t second;
    char name[32];
    memset(readers, 0, sizeof readers);
    for (int i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "reader-%d", i);
        readers[i].subscription =
            open_at(fixture->bus, TL_SUBJECT_EQUITY_QUOTES, i < 2 ? name : NULL, TL_DELIVER_ALL);
        REQUIRE(readers[i].subscription);
        pthread_create(&readers[i].thread, NULL, read_all, &readers[i]);
    }
    pthread_create(&second, NULL, publish_second, fixture->bus);
    put_range(fixture->bus, TL_SUBJECT_EQUITY_QUOTES, 0, 2000);
    pthread_join(second, NULL);
    for (int i = 0; i < 4; i++) {
        pthread_join(readers[i].thread, NULL);
        CHECK_INT(readers[i].count, 4000);
        CHECK(readers[i].ordered);
        tl_subscription_close(readers[i].subscription);
    }
}

TL_TEST("bus: two publishing and four reading threads; each publisher's order holds")
{
    IN_BOTH_ROOMS(threads_case);
}

/* ---- key-value ---- */

static enum tl_status kv(struct tl_bus *bus, const char *value, uint64_t expected,
                         struct tl_kv_entry *entry)
{
    return tl_kv_put(bus, "global", tl_str_from(value), expected, entry, &error);
}

static void cas_case(struct fixture *fixture)
{
    static struct tl_kv_entry a, b, c;
    CHECK(tl_kv_get(fixture->bus, "global", &a, &error) == TL_AGAIN);
    CHECK(kv(fixture->bus, "one", 0, &a) == TL_OK);
    CHECK(a.revision > 0);
    CHECK(llabs(a.created - tl_os_now()) < 60 * TL_NS_PER_S);
    CHECK(kv(fixture->bus, "again", 0, NULL) == TL_CONFLICT);
    CHECK(kv(fixture->bus, "two", a.revision, &b) == TL_OK);
    CHECK(b.revision > a.revision && b.created > a.created);
    CHECK(kv(fixture->bus, "late", a.revision, NULL) == TL_CONFLICT);
    CHECK(kv(fixture->bus, "three", UINT64_MAX, &c) == TL_OK);
    CHECK(tl_kv_get(fixture->bus, "global", &a, &error) == TL_OK);
    CHECK_STR(a.value, "three");
    CHECK_INT(a.size, 5);
    CHECK(a.revision == c.revision && a.created == c.created);
    /* Another key does not disturb the first one's compare-and-set. */
    CHECK(tl_kv_put(fixture->bus, "applied.ingest-options", tl_str_from("{}"), 0, &b, &error) ==
          TL_OK);
    CHECK(b.revision > c.revision);
    CHECK(kv(fixture->bus, "four", c.revision, NULL) == TL_OK);
    static char large[16385];
    memset(large, 'x', sizeof large);
    CHECK(tl_kv_put(fixture->bus, "global", (struct tl_str){large, 16385}, UINT64_MAX, NULL,
                    &error) == TL_INVALID);
    CHECK(tl_kv_put(fixture->bus, "global", (struct tl_str){large, 16384}, UINT64_MAX, &a,
                    &error) == TL_OK);
    CHECK_INT(a.size, 16384);
    CHECK(tl_kv_put(fixture->bus, "a..b", tl_str_from("x"), UINT64_MAX, NULL, &error) ==
          TL_INVALID);
    CHECK(tl_kv_get(fixture->bus, "*", &a, &error) == TL_INVALID);
}

TL_TEST("kv: writes are compare-and-set on the revision")
{
    IN_BOTH_ROOMS(cas_case);
}

struct collected {
    int count;
    char first[32], last[32];
    uint64_t revision;
    tl_ns created;
    bool ascending;
};

static void collect(void *context, const struct tl_kv_entry *entry)
{
    struct collected *all = context;
    if (all->count++ == 0) {
        all->ascending = true;
        snprintf(all->first, sizeof all->first, "%.31s", entry->value);
    } else if (entry->revision <= all->revision || entry->created < all->created) {
        all->ascending = false;
    }
    snprintf(all->last, sizeof all->last, "%.31s", entry->value);
    all->revision = entry->revision;
    all->created = entry->created;
}

static void history_case(struct fixture *fixture)
{
    struct collected all = {0}, again = {0}, none = {0};
    static struct tl_kv_entry entry;
    char value[32];
    CHECK(tl_kv_history(fixture->bus, "global", collect, &none, &error) == TL_OK);
    CHECK_INT(none.count, 0);
    for (int i = 0; i < 70; i++) {
        snprintf(value, sizeof value, "state %d", i);
        CHECK(kv(fixture->bus, value, UINT64_MAX, NULL) == TL_OK);
    }
    CHECK(tl_kv_history(fixture->bus, "global", collect, &all, &error) == TL_OK);
    CHECK_INT(all.count, 64);
    CHECK(all.ascending);
    CHECK_STR(all.first, "state 6");
    CHECK_STR(all.last, "state 69");
    /* A restart keeps it, with revisions and stamps. */
    tl_bus_close(fixture->bus);
    if (fixture->room == NATS) {
        nats_server_kill(&fixture->server);
        REQUIRE(nats_server_restart(&fixture->server));
    }
    REQUIRE(tl_bus_open(&fixture->options, &fixture->bus, &error) == TL_OK);
    CHECK(tl_kv_history(fixture->bus, "global", collect, &again, &error) == TL_OK);
    CHECK_INT(again.count, 64);
    CHECK_STR(again.first, "state 6");
    CHECK(again.revision == all.revision && again.created == all.created);
    CHECK(kv(fixture->bus, "after", all.revision, &entry) == TL_OK);
    CHECK(entry.revision > all.revision && entry.created > all.created);
}

TL_TEST("kv: 64 revisions are kept, oldest first, across a restart")
{
    IN_BOTH_ROOMS(history_case);
}

static void *put_later(void *bus)
{
    char value[32];
    for (int i = 0; i < 30; i++) {
        tl_os_sleep_ms(i % 3);
        snprintf(value, sizeof value, "change %d", i);
        (void)kv(bus, value, UINT64_MAX, NULL);
    }
    return NULL;
}

static void watch_case(struct fixture *fixture)
{
    static struct tl_kv_entry entry;
    struct tl_watch *early = NULL, *watch = NULL;
    pthread_t writer;
    REQUIRE(tl_kv_watch(fixture->bus, "global", &early, &error) == TL_OK);
    CHECK(tl_watch_next(early, 20, &entry) == TL_AGAIN);
    CHECK(kv(fixture->bus, "first", UINT64_MAX, NULL) == TL_OK);
    CHECK(kv(fixture->bus, "second", UINT64_MAX, NULL) == TL_OK);
    REQUIRE(tl_kv_watch(fixture->bus, "global", &watch, &error) == TL_OK);
    CHECK(tl_watch_next(watch, 1000, &entry) == TL_OK);
    CHECK_STR(entry.value, "second"); /* the current value first */
    CHECK(tl_watch_next(watch, 20, &entry) == TL_AGAIN);
    /* Other keys and refused writes are not changes. */
    CHECK(tl_kv_put(fixture->bus, "history", tl_str_from("[]"), UINT64_MAX, NULL, &error) == TL_OK);
    CHECK(kv(fixture->bus, "refused", 0, NULL) == TL_CONFLICT);
    CHECK(tl_watch_next(watch, 150, &entry) == TL_AGAIN);
    pthread_create(&writer, NULL, put_later, fixture->bus);
    uint64_t revision = 0;
    for (int i = 0; i < 30; i++) {
        char want[32];
        snprintf(want, sizeof want, "change %d", i);
        if (tl_watch_next(watch, 3000, &entry) != TL_OK) {
            test_fail(__FILE__, __LINE__, "%s: no %s", room_names[fixture->room], want);
            break;
        }
        CHECK_STR(entry.value, want);
        CHECK(entry.revision > revision);
        revision = entry.revision;
    }
    pthread_join(writer, NULL);
    CHECK(tl_watch_next(watch, 0, &entry) == TL_AGAIN);
    tl_watch_close(watch);
    tl_watch_close(early);
}

TL_TEST("kv: a watch gives the current value, then every change in order")
{
    IN_BOTH_ROOMS(watch_case);
}

/* ---- opening and closing ---- */

TL_TEST("bus: a malformed URL is named, a server that is not there is TL_IO at once")
{
    struct tl_bus *bus = NULL;
    struct tl_bus_options options = {.url = "http://localhost", .name = "test"};
    CHECK(tl_bus_open(&options, &bus, &error) == TL_INVALID);
    CHECK(strstr(error.text, "http://localhost") != NULL);
    options.url = NULL;
    CHECK(tl_bus_open(&options, &bus, &error) == TL_INVALID);
    options.url = "nats://127.0.0.1:1";
    tl_ns begin = tl_os_monotonic();
    CHECK(tl_bus_open(&options, &bus, &error) == TL_IO);
    CHECK(tl_os_monotonic() - begin < 5 * TL_NS_PER_S);
    CHECK(strstr(error.text, "127.0.0.1:1") != NULL);
    options.url = "nats://127.0.0.1:notaport";
    CHECK(tl_bus_open(&options, &bus, &error) != TL_OK);
    CHECK(bus == NULL);
}

static void *close_soon(void *bus)
{
    tl_os_sleep_ms(100);
    tl_bus_close(bus);
    return NULL;
}

static void closing_case(struct fixture *fixture)
{
    static struct tl_kv_entry entry;
    struct tl_message message;
    struct tl_watch *watch = NULL;
    pthread_t closer;
    struct tl_subscription *subscription =
        open_at(fixture->bus, TL_SUBJECT_ALERTS, NULL, TL_DELIVER_ALL);
    REQUIRE(subscription);
    REQUIRE(tl_kv_watch(fixture->bus, "global", &watch, &error) == TL_OK);
    pthread_create(&closer, NULL, close_soon, fixture->bus);
    CHECK(tl_subscription_next(subscription, 5000, &message) == TL_CLOSED);
    CHECK(tl_watch_next(watch, 5000, &entry) == TL_CLOSED);
    pthread_join(closer, NULL);
    tl_subscription_close(subscription);
    tl_watch_close(watch);
    fixture->bus = NULL;
}

TL_TEST("bus: closing wakes waiting readers with TL_CLOSED")
{
    IN_BOTH_ROOMS(closing_case);
}

TL_TEST("bus: retention comes from the environment, bad values leave the default")
{
    struct tl_bus_options options = {0};
    setenv("STREAM_RAW_MAX_AGE_MS", "1500.9", 1);
    setenv("STREAM_RAW_MAX_BYTES", "-5", 1);
    setenv("STREAM_DERIVED_MAX_AGE_MS", "soon", 1);
    setenv("STREAM_DERIVED_MAX_BYTES", " 4096 ", 1);
    tl_bus_options_env(&options);
    CHECK_INT(options.raw_max_age_ms, 1500);
    CHECK_INT(options.raw_max_bytes, 536870912);
    CHECK_INT(options.derived_max_age_ms, 43200000);
    CHECK_INT(options.derived_max_bytes, 4096);
    unsetenv("STREAM_RAW_MAX_AGE_MS");
    unsetenv("STREAM_RAW_MAX_BYTES");
    unsetenv("STREAM_DERIVED_MAX_AGE_MS");
    unsetenv("STREAM_DERIVED_MAX_BYTES");
}

TL_TEST("kv: a damaged control file is refused whole and left as it is")
{
    char dir[300], path[340];
    struct tl_bus *bus = NULL;
    snprintf(dir, sizeof dir, "%s", test_tmp_dir());
    snprintf(path, sizeof path, "%s/control.kv", dir);
    struct tl_bus_options options = {.url = "memory:", .data_dir = dir, .name = "test"};
    REQUIRE(tl_bus_open(&options, &bus, &error) == TL_OK);
    CHECK(kv(bus, "{\"a\": 1}", UINT64_MAX, NULL) == TL_OK);
    CHECK(kv(bus, "line\nline", UINT64_MAX, NULL) == TL_OK);
    tl_bus_close(bus);
    char *good = NULL, *now = NULL;
    size_t size = 0, size_now = 0;
    REQUIRE(tl_os_read_file(path, 100000, &good, &size, &error) == TL_OK);
    /* Cut anywhere, it is not taken for a shorter good file. */
    for (size_t cut = 0; cut + 1 < size; cut += 3) {
        CHECK(tl_os_write_file(path, (struct tl_str){good, cut}, 0600, &error) == TL_OK);
        enum tl_status status = tl_bus_open(&options, &bus, &error);
        if (status != TL_CORRUPT)
            test_fail(__FILE__, __LINE__, "cut at %d of %d: status %d", (int)cut, (int)size,
                      (int)status);
        tl_bus_close(bus);
        REQUIRE(tl_os_read_file(path, 100000, &now, &size_now, &error) == TL_OK);
        CHECK(size_now == cut && memcmp(good, now, cut) == 0);
        free(now);
    }
    CHECK(tl_os_write_file(path, (struct tl_str){good, size}, 0600, &error) == TL_OK);
    REQUIRE(tl_bus_open(&options, &bus, &error) == TL_OK);
    static struct tl_kv_entry entry;
    CHECK(tl_kv_get(bus, "global", &entry, &error) == TL_OK);
    CHECK_STR(entry.value, "line\nline");
    CHECK_INT(entry.revision, 2);
    tl_bus_close(bus);
    free(good);
}
