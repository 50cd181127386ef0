/* SPDX-License-Identifier: Apache-2.0
 * The recorder over the memory bus: what is published can be queried, malformed messages are
 * dropped and counted, nothing is acknowledged before it is stored. */
#include "services/recorder/recorder.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include "base/text.h"
#include "lib/harness.h"
#include "os/os.h"

struct fixture {
    char dir[300];
    struct tl_service service;
    struct tl_recorder *recorder;
};

static struct tl_error error;

static bool setup(struct fixture *fixture)
{
    struct tl_bus_options options = {.url = "memory:", .name = "recorder-test"};
    memset(fixture, 0, sizeof *fixture);
    snprintf(fixture->dir, sizeof fixture->dir, "%s", test_tmp_dir());
    fixture->service.name = "recorder";
    fixture->service.data_dir = fixture->dir;
    if (tl_bus_open(&options, &fixture->service.bus, &error) == TL_OK &&
        tl_recorder_open(&fixture->service, &fixture->recorder, &error) == TL_OK)
        return true;
    test_fail(__FILE__, __LINE__, "%s", error.text);
    return false;
}

static void teardown(struct fixture *fixture)
{
    CHECK(tl_recorder_close(fixture->recorder, &error) == TL_OK);
    tl_bus_close(fixture->service.bus);
}

static void publish(struct fixture *fixture, enum tl_subject subject, const char *json)
{
    static int count;
    char id[32];
    snprintf(id, sizeof id, "message-%d", count++);
    CHECK(tl_bus_publish(fixture->service.bus, subject, tl_str_from(id), tl_str_from(json),
                         &error) == TL_OK);
    CHECK(tl_bus_flush(fixture->service.bus, 1000, &error) == TL_OK);
}

/* Turns until nothing more comes and the batch is old enough to have been committed. */
static enum tl_status settle(struct fixture *fixture)
{
    tl_ns end = tl_os_monotonic() + 400 * TL_NS_PER_MS;
    while (tl_os_monotonic() < end) {
        size_t taken;
        enum tl_status status = tl_recorder_turn(fixture->recorder, &taken, &error);
        if (status != TL_OK) return status;
        if (taken == 0) tl_os_sleep_ms(5);
    }
    return TL_OK;
}

struct found {
    int count;
    struct tl_store_row row;
    char json[2000], key[200], underlying[20];
};

static bool keep(void *context, const struct tl_store_row *row)
{
    struct found *found = context;
    if (found->count++ > 0) return true;
    found->row = *row;
    snprintf(found->json, sizeof found->json, "%.*s", (int)row->json.size, row->json.data);
    snprintf(found->key, sizeof found->key, "%.*s", (int)row->key.size, row->key.data);
    snprintf(found->underlying, sizeof found->underlying, "%.*s", (int)row->underlying_id.size,
             row->underlying_id.data ? row->underlying_id.data : "");
    return true;
}

static struct found find(struct fixture *fixture, enum tl_table table)
{
    struct found found = {0};
    struct tl_store *store = NULL;
    struct tl_store_options options = {.dir = fixture->dir, .read_only = true};
    struct tl_store_query query = {.table = table, .limit = 100, .etf = -1, .min_notional = -1};
    CHECK(tl_store_open(&options, &store, &error) == TL_OK);
    if (store) CHECK(tl_store_select(store, &query, keep, &found, &error) == TL_OK);
    tl_store_close(store);
    return found;
}

/* Now, so that nothing is over age. */
static const char *meta(uint64_t seq)
{
    static char text[200];
    long long now = (long long)(tl_os_now() / TL_NS_PER_MS);
    snprintf(
        text, sizeof text,
        "{\"source_ts\":%lld,\"ingest_ts\":%lld,\"seq\":%llu,\"ts\":%lld,\"trace_id\":\"t-%llu\"",
        now, now, (unsigned long long)seq, now, (unsigned long long)seq);
    return text;
}

static const struct {
    enum tl_subject subject;
    const char *rest, *key, *underlying;
} kinds[] = {
    {TL_SUBJECT_OPTIONS_PRINTS,
     ",\"option_contract_id\":\"nvda-2026-06-19-290-C\",\"price\":4.1,\"size\":3,\"exchange\":"
     "\"CBOE\",\"notional\":1230,\"nbbo_side\":\"BB\",\"option_type\":\"call\",\"is_etf\":true,"
     "\"signal_pass\":true,\"future_field\":[{}]}",
     "nvda-2026-06-19-290-C", "NVDA"},
    {TL_SUBJECT_OPTIONS_NBBO,
     ",\"option_contract_id\":\"X-2026-06-19-5-P\",\"bid\":1,\"ask\":2,\"bidSize\":1,"
     "\"askSize\":2}",
     "X-2026-06-19-5-P", ""},
    {TL_SUBJECT_EQUITY_PRINTS,
     ",\"underlying_id\":\"SPY\",\"price\":1,\"size\":2,\"exchange\":\"OTC\",\"offExchangeFlag\":"
     "true}",
     "SPY", "SPY"},
    {TL_SUBJECT_EQUITY_QUOTES, ",\"underlying_id\":\"SPY\",\"bid\":1,\"ask\":1.01}", "SPY", "SPY"},
    {TL_SUBJECT_EQUITY_CANDLES,
     ",\"interval_ms\":60000,\"underlying_id\":\"SPY\",\"open\":1,\"high\":1,\"low\":1,\"close\":1,"
     "\"volume\":5,\"trade_count\":1}",
     "SPY", "SPY"},
    {TL_SUBJECT_EQUITY_JOINS,
     ",\"id\":\"equityjoin:e-1\",\"print_trace_id\":\"e-1\",\"quote_trace_id\":\"\",\"features\":"
     "{\"underlying_id\":\"SPY\"},\"join_quality\":{}}",
     "e-1", "SPY"},
    {TL_SUBJECT_INFERRED_DARK, ",\"type\":\"absorbed_block\",\"confidence\":0.5}", "absorbed_block",
     ""},
    {TL_SUBJECT_FLOW_PACKETS,
     ",\"id\":\"flowpacket:A\",\"members\":[\"t-1\",\"t-9\"],\"features\":{\"underlying_id\":"
     "\"NVDA\"}}",
     "flowpacket:A", "NVDA"},
    {TL_SUBJECT_SMART_MONEY, ",\"packet_ids\":[\"flowpacket:A\"],\"underlying_id\":\"NVDA\"}",
     "flowpacket:A", "NVDA"},
    {TL_SUBJECT_CLASSIFIER_HITS, ",\"classifier_id\":\"smart_money_arbitrage\"}", "", ""},
    {TL_SUBJECT_ALERTS, ",\"score\":21}", "", ""},
};

TL_TEST("recorder: an event of every stream is stored as it was, with its filter columns")
{
    struct fixture fixture;
    REQUIRE(setup(&fixture));
    CHECK(settle(&fixture) == TL_OK);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        char json[1000];
        snprintf(json, sizeof json, "%s%s", meta(i), kinds[i].rest);
        publish(&fixture, kinds[i].subject, json);
    }
    CHECK(settle(&fixture) == TL_OK);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct found found = find(&fixture, tl_recorder_table(kinds[i].subject));
        CHECK_INT(found.count, 1);
        CHECK(strstr(found.json, kinds[i].rest) != NULL);
        CHECK_STR(found.key, kinds[i].key);
        CHECK_STR(found.underlying, kinds[i].underlying);
        CHECK_INT(found.row.seq, i);
    }
    struct found print = find(&fixture, TL_TABLE_OPTION_PRINTS);
    CHECK_INT(print.row.side, TL_SIDE_BB);
    CHECK_INT(print.row.type, TL_OPTION_TYPE_CALL);
    CHECK(print.row.is_etf && print.row.signal_pass && print.row.notional == 1230);
    teardown(&fixture);
}

TL_TEST("recorder: malformed messages are dropped, counted and never come again")
{
    struct fixture fixture;
    struct tl_recorder_metrics before, after;
    REQUIRE(setup(&fixture));
    tl_recorder_metrics_read(&before);
    publish(&fixture, TL_SUBJECT_EQUITY_QUOTES, "not json");
    publish(&fixture, TL_SUBJECT_EQUITY_QUOTES, "{\"source_ts\":1}");
    publish(&fixture, TL_SUBJECT_ALERTS, "[]");
    char good[300];
    snprintf(good, sizeof good, "%s%s", meta(1), kinds[3].rest);
    publish(&fixture, TL_SUBJECT_EQUITY_QUOTES, good);
    CHECK(settle(&fixture) == TL_OK);
    tl_recorder_metrics_read(&after);
    CHECK_INT(after.malformed - before.malformed, 3);
    CHECK_INT(after.rows - before.rows, 1);
    CHECK_INT(find(&fixture, TL_TABLE_EQUITY_QUOTES).count, 1);
    CHECK(tl_recorder_close(fixture.recorder, &error) == TL_OK);
    REQUIRE(tl_recorder_open(&fixture.service, &fixture.recorder, &error) == TL_OK);
    CHECK(settle(&fixture) == TL_OK);
    tl_recorder_metrics_read(&after);
    CHECK_INT(after.malformed - before.malformed, 3);
    teardown(&fixture);
}

static void alter(struct fixture *fixture, const char *sql)
{
    char path[400];
    sqlite3 *db = NULL;
    snprintf(path, sizeof path, "%s/tapeloom.db", fixture->dir);
    CHECK(sqlite3_open(path, &db) == SQLITE_OK);
    CHECK(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_close(db);
}

TL_TEST("recorder: a batch that the store refuses is given back and stored once the store works")
{
    struct fixture fixture;
    struct tl_recorder_metrics before, after;
    REQUIRE(setup(&fixture));
    tl_recorder_metrics_read(&before);
    CHECK(settle(&fixture) == TL_OK);
    alter(&fixture, "ALTER TABLE dark RENAME TO away");
    for (uint64_t i = 0; i < 20; i++) {
        char json[300];
        snprintf(json, sizeof json, "%s%s", meta(i), kinds[3].rest);
        publish(&fixture, TL_SUBJECT_EQUITY_QUOTES, json);
        snprintf(json, sizeof json, "%s%s", meta(i), kinds[6].rest);
        publish(&fixture, TL_SUBJECT_INFERRED_DARK, json);
    }
    CHECK(settle(&fixture) == TL_IO);
    tl_recorder_metrics_read(&after);
    CHECK_INT(after.store_failures - before.store_failures, 1);
    CHECK_INT(find(&fixture, TL_TABLE_EQUITY_QUOTES).count, 0);
    alter(&fixture, "ALTER TABLE away RENAME TO dark");
    CHECK(settle(&fixture) == TL_OK);
    CHECK_INT(find(&fixture, TL_TABLE_EQUITY_QUOTES).count, 20);
    CHECK_INT(find(&fixture, TL_TABLE_DARK).count, 20);
    teardown(&fixture);
}

TL_TEST("recorder: what was published before it first ran is stored, and closing commits")
{
    struct fixture fixture;
    REQUIRE(setup(&fixture));
    char json[300];
    snprintf(json, sizeof json, "%s%s", meta(7), kinds[3].rest);
    publish(&fixture, TL_SUBJECT_EQUITY_QUOTES, json);
    size_t taken = 0;
    CHECK(tl_recorder_turn(fixture.recorder, &taken, &error) == TL_OK); /* subscribes */
    CHECK(tl_recorder_turn(fixture.recorder, &taken, &error) == TL_OK);
    CHECK_INT(taken, 1);
    CHECK_INT(find(&fixture, TL_TABLE_EQUITY_QUOTES).count, 0);
    CHECK(tl_recorder_close(fixture.recorder, &error) == TL_OK);
    CHECK_INT(find(&fixture, TL_TABLE_EQUITY_QUOTES).count, 1);
    fixture.recorder = NULL;
    teardown(&fixture);
}
