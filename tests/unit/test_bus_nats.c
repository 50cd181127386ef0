/* SPDX-License-Identifier: Apache-2.0
 * The NATS room against a server that dies: kill -9 in mid-stream, down for a while, its storage
 * gone; and against streams that somebody else made differently. */
#include <nats/nats.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "bus/bus.h"
#include "lib/harness.h"
#include "lib/nats_server.h"
#include "os/os.h"

static struct tl_error error;

static struct tl_bus *open_bus(const struct nats_server *server)
{
    struct tl_bus_options options = {.url = server->url, .name = "crash-test"};
    struct tl_bus *bus = NULL;
    if (tl_bus_open(&options, &bus, &error) != TL_OK)
        test_fail(__FILE__, __LINE__, "open: %s", error.text);
    return bus;
}

static enum tl_status put(struct tl_bus *bus, enum tl_subject subject, int number)
{
    char text[32], id[32];
    snprintf(text, sizeof text, "%d", number);
    snprintf(id, sizeof id, "id-%d-%d", (int)subject, number);
    return tl_bus_publish(bus, subject, tl_str_from(id), tl_str_from(text), &error);
}

static int number_of(const struct tl_message *message)
{
    char text[32];
    snprintf(text, sizeof text, "%.*s", (int)message->data.size, message->data.data);
    return atoi(text);
}

static bool await_up(struct tl_bus *bus, bool up)
{
    for (int i = 0; i < 1000 && tl_bus_connected(bus) != up; i++)
        tl_os_sleep_ms(10);
    return tl_bus_connected(bus) == up;
}

static struct tl_subscription *open_durable(struct tl_bus *bus, enum tl_subject subject,
                                            const char *name)
{
    struct tl_subscribe_options options = {
        .subject = subject, .durable = name, .deliver = TL_DELIVER_ALL};
    struct tl_subscription *subscription = NULL;
    if (tl_bus_subscribe(bus, &options, &subscription, &error) != TL_OK)
        test_fail(__FILE__, __LINE__, "subscribe: %s", error.text);
    return subscription;
}

/* ---- killed in mid-stream ---- */

/* Longer is a hang. It takes 4 s on an idle machine; 35 s were too few beside a busy one, since what
 * was under way at a kill is fetched message by message. */
#define HANG_S 120

struct traffic {
    struct tl_bus *bus;
    atomic_int sent;
    atomic_bool done;
    int goal;
};

/* Publishes 0, 1, 2, … on two subjects in turn; waits when the bus is full or down. */
static void *publish_all(void *argument)
{
    struct traffic *traffic = argument;
    tl_ns deadline = tl_os_monotonic() + HANG_S * TL_NS_PER_S;
    for (int i = 0; i < traffic->goal && tl_os_monotonic() < deadline;) {
        enum tl_subject subject = i % 2 ? TL_SUBJECT_OPTIONS_NBBO : TL_SUBJECT_OPTIONS_PRINTS;
        if (put(traffic->bus, subject, i) == TL_OK)
            atomic_store(&traffic->sent, ++i);
        else
            tl_os_sleep_ms(1);
    }
    while (tl_bus_flush(traffic->bus, 1000, NULL) != TL_OK && tl_os_monotonic() < deadline) {
    }
    atomic_store(&traffic->done, true);
    return NULL;
}

struct checker {
    struct tl_subscription *subscription;
    int count, expected, step, wrong, ack_every;
    uint64_t lost;
};

static void *check_all(void *argument)
{
    struct checker *checker = argument;
    struct tl_message message;
    tl_ns deadline = tl_os_monotonic() + (HANG_S + 5) * TL_NS_PER_S;
    while (checker->count > 0 && tl_os_monotonic() < deadline) {
        if (tl_subscription_next(checker->subscription, 200, &message) != TL_OK) continue;
        if (number_of(&message) != checker->expected && checker->wrong++ == 0)
            test_fail(__FILE__, __LINE__, "%d came instead of %d", number_of(&message),
                      checker->expected);
        checker->expected = number_of(&message) + checker->step;
        checker->count--;
        if (checker->count % checker->ack_every == 0)
            tl_subscription_ack(checker->subscription, &message);
    }
    return NULL;
}

TL_TEST("nats: the server is killed -9 three times in mid-stream; all is there once, in order")
{
    struct nats_server server;
    REQUIRE(nats_server_start(&server));
    struct traffic traffic = {.goal = 60000};
    traffic.bus = open_bus(&server);
    REQUIRE(traffic.bus);
    pthread_t publisher, reader[2];
    struct checker live[2] = {{.expected = 0, .step = 2, .count = 30000, .ack_every = 7},
                              {.expected = 1, .step = 2, .count = 30000, .ack_every = 3000}};
    for (int i = 0; i < 2; i++) {
        live[i].subscription =
            open_durable(traffic.bus, i ? TL_SUBJECT_OPTIONS_NBBO : TL_SUBJECT_OPTIONS_PRINTS,
                         i ? "live-nbbo" : "live-prints");
        REQUIRE(live[i].subscription);
        pthread_create(&reader[i], NULL, check_all, &live[i]);
    }
    pthread_create(&publisher, NULL, publish_all, &traffic);
    for (int round = 1; round <= 3; round++) {
        while (atomic_load(&traffic.sent) < round * 12000)
            tl_os_sleep_ms(1);
        nats_server_kill(&server);
        tl_os_sleep_ms(150);
        REQUIRE(nats_server_restart(&server));
    }
    pthread_join(publisher, NULL);
    CHECK(atomic_load(&traffic.done));
    CHECK_INT(atomic_load(&traffic.sent), 60000);
    for (int i = 0; i < 2; i++) {
        pthread_join(reader[i], NULL);
        CHECK_INT(live[i].count, 0);
        CHECK_INT(live[i].wrong, 0);
        CHECK_INT(tl_subscription_lost(live[i].subscription), 0);
        tl_subscription_close(live[i].subscription);
    }
    /* Once more from the store: stream sequence n holds message n - 1 of its subject. */
    struct tl_subscription *again =
        open_durable(traffic.bus, TL_SUBJECT_OPTIONS_PRINTS, "afterwards");
    struct tl_message message;
    int wrong = 0;
    for (int i = 0; i < 30000 && wrong == 0; i++) {
        if (tl_subscription_next(again, 3000, &message) != TL_OK || number_of(&message) != 2 * i ||
            message.stream_seq != (uint64_t)i + 1)
            wrong = i + 1;
        if (i % 1000 == 0) tl_subscription_ack(again, &message);
    }
    CHECK_INT(wrong, 0);
    CHECK(tl_subscription_next(again, 200, &message) == TL_AGAIN);
    tl_subscription_close(again);
    tl_bus_close(traffic.bus);
    nats_server_kill(&server);
}

TL_TEST("nats: while the server is down nothing is taken, and all goes on when it is back")
{
    struct nats_server server;
    REQUIRE(nats_server_start(&server));
    struct tl_bus *bus = open_bus(&server);
    REQUIRE(bus);
    struct tl_watch *watch = NULL;
    static struct tl_kv_entry entry;
    struct tl_message message;
    char data[32];
    size_t size;
    CHECK(put(bus, TL_SUBJECT_ALERTS, 0) == TL_OK);
    CHECK(tl_bus_flush(bus, 3000, &error) == TL_OK);
    struct tl_subscription *subscription = open_durable(bus, TL_SUBJECT_ALERTS, "api-alerts");
    REQUIRE(subscription);
    REQUIRE(tl_kv_watch(bus, "global", &watch, &error) == TL_OK);
    CHECK(tl_kv_put(bus, "global", tl_str_from("before"), UINT64_MAX, NULL, &error) == TL_OK);
    CHECK(tl_watch_next(watch, 1000, &entry) == TL_OK);
    nats_server_kill(&server);
    CHECK(await_up(bus, false));
    tl_os_sleep_ms(100); /* both connections have noticed */
    CHECK(put(bus, TL_SUBJECT_ALERTS, 1) == TL_CLOSED);
    CHECK(strstr(error.text, server.url) != NULL);
    CHECK(tl_bus_last(bus, TL_SUBJECT_ALERTS, data, sizeof data, &size, &error) == TL_CLOSED);
    CHECK(tl_kv_get(bus, "global", &entry, &error) == TL_CLOSED);
    CHECK(tl_kv_put(bus, "global", tl_str_from("x"), UINT64_MAX, NULL, &error) == TL_CLOSED);
    CHECK(tl_watch_next(watch, 50, &entry) == TL_AGAIN);
    CHECK(tl_subscription_next(subscription, 1000, &message) != TL_CLOSED);
    CHECK(tl_subscription_next(subscription, 50, &message) == TL_AGAIN);
    REQUIRE(nats_server_restart(&server));
    /* Somebody else changes the control state before this bus is back. */
    struct tl_bus *other = open_bus(&server);
    REQUIRE(other);
    CHECK(tl_kv_put(other, "global", tl_str_from("after"), UINT64_MAX, NULL, &error) == TL_OK);
    CHECK(tl_watch_next(watch, 5000, &entry) == TL_OK);
    CHECK_STR(entry.value, "after");
    CHECK(await_up(bus, true));
    CHECK(put(bus, TL_SUBJECT_ALERTS, 1) == TL_OK);
    CHECK(tl_bus_flush(bus, 3000, &error) == TL_OK);
    CHECK(tl_subscription_next(subscription, 5000, &message) == TL_OK);
    CHECK_INT(number_of(&message), 1);
    CHECK(tl_kv_put(other, "global", tl_str_from("later"), UINT64_MAX, NULL, &error) == TL_OK);
    CHECK(tl_watch_next(watch, 5000, &entry) == TL_OK);
    CHECK_STR(entry.value, "later");
    tl_watch_close(watch);
    tl_subscription_close(subscription);
    tl_bus_close(other);
    tl_bus_close(bus);
    nats_server_kill(&server);
}

TL_TEST("nats: a server back with an empty store makes a flush say that messages were lost")
{
    struct nats_server server;
    REQUIRE(nats_server_start(&server));
    struct tl_bus *bus = open_bus(&server);
    REQUIRE(bus);
    struct tl_subscription *subscription = open_durable(bus, TL_SUBJECT_ALERTS, "api-alerts");
    REQUIRE(subscription);
    struct tl_message message;
    for (int i = 0; i < 10; i++)
        CHECK(put(bus, TL_SUBJECT_ALERTS, i) == TL_OK);
    CHECK(tl_bus_flush(bus, 3000, &error) == TL_OK);
    for (int i = 0; i < 10; i++)
        CHECK(tl_subscription_next(subscription, 3000, &message) == TL_OK);
    tl_subscription_ack(subscription, &message);
    nats_server_kill(&server);
    CHECK(await_up(bus, false));
    REQUIRE(nats_server_restart_empty(&server));
    CHECK(await_up(bus, true));
    CHECK(put(bus, TL_SUBJECT_ALERTS, 10) == TL_IO); /* a hole otherwise */
    CHECK(put(bus, TL_SUBJECT_ALERTS, 10) == TL_IO);
    CHECK(tl_bus_flush(bus, 3000, &error) == TL_IO);
    CHECK(tl_bus_flush(bus, 3000, &error) == TL_OK);
    char data[32];
    size_t size;
    CHECK(tl_bus_last(bus, TL_SUBJECT_ALERTS, data, sizeof data, &size, &error) == TL_AGAIN);
    for (int i = 0; i < 3; i++)
        CHECK(put(bus, TL_SUBJECT_ALERTS, i) == TL_OK);
    CHECK(tl_bus_flush(bus, 3000, &error) == TL_OK);
    /* The subscription notices that its stream was replaced. */
    for (int i = 0; i < 3; i++) {
        REQUIRE(tl_subscription_next(subscription, 5000, &message) == TL_OK);
        CHECK_INT(number_of(&message), i);
    }
    tl_subscription_close(subscription);
    tl_bus_close(bus);
    nats_server_kill(&server);
}

TL_TEST("nats: messages not acknowledged at the crash of a reader come again to the next, at once")
{
    struct nats_server server;
    REQUIRE(nats_server_start(&server));
    struct tl_bus *bus = open_bus(&server), *reader = open_bus(&server);
    REQUIRE(bus && reader);
    struct tl_message message;
    for (int i = 0; i < 500; i++)
        CHECK(put(bus, TL_SUBJECT_FLOW_PACKETS, i) == TL_OK);
    CHECK(tl_bus_flush(bus, 3000, &error) == TL_OK);
    struct tl_subscription *first = open_durable(reader, TL_SUBJECT_FLOW_PACKETS, "d");
    REQUIRE(first);
    for (int i = 0; i < 300; i++) {
        REQUIRE(tl_subscription_next(first, 3000, &message) == TL_OK);
        if (i == 99) tl_subscription_ack(first, &message);
    }
    tl_subscription_close(first);
    tl_bus_close(reader);
    /* The server, too, is killed in between; it writes a consumer's place some 100 ms late. */
    tl_os_sleep_ms(600);
    nats_server_kill(&server);
    REQUIRE(nats_server_restart(&server));
    CHECK(await_up(bus, true));
    tl_ns begin = tl_os_monotonic();
    struct tl_subscription *second = open_durable(bus, TL_SUBJECT_FLOW_PACKETS, "d");
    REQUIRE(second);
    for (int i = 100; i < 500; i++) {
        REQUIRE(tl_subscription_next(second, 3000, &message) == TL_OK);
        if (number_of(&message) != i) {
            test_fail(__FILE__, __LINE__, "%d came instead of %d", number_of(&message), i);
            break;
        }
    }
    CHECK(tl_os_monotonic() - begin < 5 * TL_NS_PER_S);
    tl_subscription_close(second);
    tl_bus_close(bus);
    nats_server_kill(&server);
}

/* ---- streams made by somebody else ---- */

static void make_stream(const struct nats_server *server, const char *name, const char *subject,
                        jsStorageType storage, int64_t max_age)
{
    natsConnection *connection = NULL;
    jsCtx *js = NULL;
    jsStreamConfig config;
    CHECK(natsConnection_ConnectTo(&connection, server->url) == NATS_OK);
    CHECK(natsConnection_JetStream(&js, connection, NULL) == NATS_OK);
    jsStreamConfig_Init(&config);
    config.Name = name;
    config.Subjects = &subject;
    config.SubjectsLen = 1;
    config.Storage = storage;
    config.MaxAge = max_age;
    CHECK(js_AddStream(NULL, js, &config, NULL, NULL) == NATS_OK);
    jsCtx_Destroy(js);
    natsConnection_Destroy(connection);
}

TL_TEST("nats: streams of another shape stop the start by name; other retention is updated")
{
    static const struct {
        const char *subject, *named;
        jsStorageType storage;
    } cases[] = {{"flow.other", "flow.other", js_FileStorage},
                 {"flow.alerts", "memory storage", js_MemoryStorage}};
    for (int i = 0; i < 2; i++) {
        struct nats_server server;
        struct tl_bus *bus = NULL;
        REQUIRE(nats_server_start(&server));
        make_stream(&server, "ALERTS", cases[i].subject, cases[i].storage, 0);
        struct tl_bus_options options = {.url = server.url, .name = "shape"};
        CHECK(tl_bus_open(&options, &bus, &error) == TL_INVALID);
        CHECK(bus == NULL);
        CHECK(strstr(error.text, "ALERTS") != NULL);
        CHECK(strstr(error.text, cases[i].named) != NULL);
        nats_server_kill(&server);
    }
    struct nats_server server;
    REQUIRE(nats_server_start(&server));
    make_stream(&server, "ALERTS", "flow.alerts", js_FileStorage, 5 * TL_NS_PER_S * 60);
    struct tl_bus *bus = open_bus(&server);
    REQUIRE(bus);
    natsConnection *connection = NULL;
    jsCtx *js = NULL;
    jsStreamInfo *info = NULL;
    CHECK(natsConnection_ConnectTo(&connection, server.url) == NATS_OK);
    CHECK(natsConnection_JetStream(&js, connection, NULL) == NATS_OK);
    REQUIRE(js_GetStreamInfo(&info, js, "ALERTS", NULL, NULL) == NATS_OK);
    CHECK_INT(info->Config->MaxAge, 43200000LL * 1000000);
    CHECK_INT(info->Config->MaxBytes, 268435456);
    CHECK_INT(info->Config->MaxMsgs, -1);
    CHECK_INT(info->Config->Duplicates, 120 * TL_NS_PER_S);
    CHECK_INT(info->Config->Storage, js_FileStorage);
    CHECK_INT(info->Config->Replicas, 1);
    CHECK(!info->Config->AllowDirect);
    jsStreamInfo_Destroy(info);
    REQUIRE(js_GetStreamInfo(&info, js, "OPTIONS_PRINTS", NULL, NULL) == NATS_OK);
    CHECK_INT(info->Config->MaxAge, 3600000LL * 1000000);
    CHECK_INT(info->Config->MaxBytes, 536870912);
    CHECK_STR(info->Config->Subjects[0], "options.prints");
    jsStreamInfo_Destroy(info);
    REQUIRE(js_GetStreamInfo(&info, js, "KV_synthetic_control", NULL, NULL) == NATS_OK);
    CHECK_INT(info->Config->MaxMsgsPerSubject, 64);
    CHECK_INT(info->Config->Storage, js_FileStorage);
    jsStreamInfo_Destroy(info);
    jsCtx_Destroy(js);
    natsConnection_Destroy(connection);
    tl_bus_close(bus);
    nats_server_kill(&server);
}

TL_TEST("nats: a subject that a stranger's stream has stops the start with the server's reason")
{
    struct nats_server server;
    struct tl_bus *bus = NULL;
    REQUIRE(nats_server_start(&server));
    make_stream(&server, "STRANGER", "flow.alerts", js_FileStorage, 0);
    struct tl_bus_options options = {.url = server.url, .name = "overlap"};
    CHECK(tl_bus_open(&options, &bus, &error) != TL_OK);
    CHECK(bus == NULL);
    CHECK(strstr(error.text, "ALERTS") != NULL);
    CHECK(strstr(error.text, "overlap") != NULL);
    nats_server_kill(&server);
}

/* ---- all services of a system at once ---- */

#define SERVICES 8
#define FRESH_SERVERS 30

struct together {
    pthread_barrier_t start;
    struct tl_bus_options options;
    atomic_int opened;
};

static void *open_together(void *argument)
{
    struct together *together = argument;
    struct tl_error own;
    struct tl_bus *bus = NULL;
    pthread_barrier_wait(&together->start);
    if (tl_bus_open(&together->options, &bus, &own) == TL_OK)
        atomic_fetch_add(&together->opened, 1);
    else
        fprintf(stderr, "open together: %s\n", own.text);
    tl_bus_close(bus);
    return NULL;
}

TL_TEST("nats: services that open an empty server at the same moment all get their bus")
{
    for (int i = 0; i < FRESH_SERVERS; i++) {
        struct nats_server server;
        pthread_t threads[SERVICES];
        REQUIRE(nats_server_start(&server));
        struct together together = {.options = {.url = server.url, .name = "together"}};
        pthread_barrier_init(&together.start, NULL, SERVICES);
        for (int k = 0; k < SERVICES; k++)
            REQUIRE(pthread_create(&threads[k], NULL, open_together, &together) == 0);
        for (int k = 0; k < SERVICES; k++)
            pthread_join(threads[k], NULL);
        CHECK_INT(atomic_load(&together.opened), SERVICES);
        pthread_barrier_destroy(&together.start);
        nats_server_kill(&server);
    }
}
