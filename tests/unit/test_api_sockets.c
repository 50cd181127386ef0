/* SPDX-License-Identifier: Apache-2.0
 * The sockets: per-channel ones, /ws/live and the page feed, from the bus to a client. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/api_fixture.h"
#include "lib/harness.h"

enum { FRAME_MAX = 256 * 1024 };
static char frame[FRAME_MAX];

static int open_socket(struct api_fixture *fixture, const char *path)
{
    int status = 0;
    return client_ws_open(tl_net_port(fixture->net), path, "", &status);
}

static bool say(int fd, const char *text)
{
    return client_ws_send(fd, 0x81, text, strlen(text));
}

static bool publish_smart_money(struct api_fixture *fixture, int seq, bool abstained)
{
    char json[2048], id[32];
    api_smart_money_json(json, sizeof json, api_now_ms(), seq, abstained);
    snprintf(id, sizeof id, "smartmoney:p%d", seq);
    return api_publish(fixture, TL_SUBJECT_SMART_MONEY, id, json);
}

static bool publish_print(struct api_fixture *fixture, enum tl_subject subject, uint64_t seq,
                          bool signal)
{
    char json[2048], id[64];
    struct api_print print = {
        .ts = api_now_ms(), .seq = seq, .notional = 123000.0, .signal = signal, .side = TL_SIDE_A};
    api_print_json(&print, json, sizeof json);
    snprintf(id, sizeof id, "synthetic-options-%llu", (unsigned long long)seq);
    return api_publish(fixture, subject, id, json);
}

TL_TEST("api sockets: /ws/smart-money sends the event as it was on the bus; bad ones are dropped")
{
    struct api_fixture fixture;
    char json[2048], want[4096];
    REQUIRE(api_fixture_open(&fixture, NULL));
    int fd = open_socket(&fixture, "/ws/smart-money");
    REQUIRE(fd >= 0);
    CHECK(api_publish(&fixture, TL_SUBJECT_SMART_MONEY, "bad", "{\"not\":\"an event\"}"));
    api_smart_money_json(json, sizeof json, api_now_ms(), 1, false);
    CHECK(api_publish(&fixture, TL_SUBJECT_SMART_MONEY, "smartmoney:p1", json));
    CHECK(api_ws_await(fd, "{", frame, sizeof frame));
    snprintf(want, sizeof want, "{\"type\":\"smart-money\",\"payload\":%s}", json);
    CHECK_STR(frame, want);
    CHECK_INT(api_get(&fixture, "/metrics", ""), 200);
    CHECK(strstr(api_body(&fixture), "tapeloom_api_invalid_total{feed=\"smart-money\"} 1\n"));
    CHECK(strstr(api_body(&fixture), "tapeloom_api_messages_total{feed=\"smart-money\"} 2\n"));
    close(fd);
    api_fixture_close(&fixture);
}

TL_TEST("api sockets: /ws/options carries the signal stream only")
{
    struct api_fixture fixture;
    REQUIRE(api_fixture_open(&fixture, NULL));
    int fd = open_socket(&fixture, "/ws/options");
    REQUIRE(fd >= 0);
    CHECK(publish_print(&fixture, TL_SUBJECT_OPTIONS_PRINTS, 1, false));
    CHECK(publish_print(&fixture, TL_SUBJECT_OPTIONS_PRINTS, 2, true));
    CHECK(publish_print(&fixture, TL_SUBJECT_OPTIONS_SIGNAL, 2, true));
    CHECK(api_ws_await(fd, "{", frame, sizeof frame));
    CHECK(api_starts(frame, "{\"type\":\"option-print\",\"payload\":{"));
    CHECK(strstr(frame, "\"seq\":2,"));
    close(fd);
    api_fixture_close(&fixture);
}

TL_TEST("api live: ready, ping, error, snapshot, event, unsubscribe")
{
    static const char alerts[] =
        "{\"op\":\"subscribe\",\"subscriptions\":[{\"channel\":\"alerts\"}]}";
    struct api_fixture fixture;
    REQUIRE(api_fixture_open(&fixture, NULL));
    int fd = open_socket(&fixture, "/ws/live");
    REQUIRE(fd >= 0);
    CHECK(api_ws_await(fd, "{", frame, sizeof frame));
    CHECK_STR(frame, "{\"op\":\"ready\",\"channel_health\":{\"options\":{\"freshness_age_ms\":null,"
                     "\"healthy\":false},\"nbbo\":{\"freshness_age_ms\":null,\"healthy\":false},"
                     "\"equities\":{\"freshness_age_ms\":null,\"healthy\":false},\"flow\":{"
                     "\"freshness_age_ms\":null,\"healthy\":false}}}");
    CHECK(say(fd, "{\"op\":\"ping\"}"));
    CHECK(api_ws_await(fd, "\"op\":\"heartbeat\",\"ts\":", frame, sizeof frame));
    CHECK(say(fd, "{\"op\":\"subscribe\",\"subscriptions\":[{\"channel\":\"alerts\"},{}]}"));
    CHECK(api_ws_await(fd, "{", frame, sizeof frame));
    CHECK(api_starts(frame, "{\"op\":\"error\",\"message\":\"subscriptions[1]"));
    CHECK(client_ws_send(fd, 0x82, alerts, sizeof alerts - 1));
    CHECK(api_ws_await(fd, "{", frame, sizeof frame));
    CHECK_STR(frame, "{\"op\":\"snapshot\",\"snapshot\":{\"subscription\":{\"channel\":"
                     "\"alerts\"},\"items\":[],\"watermark\":null,\"next_before\":null}}");
    CHECK(say(fd, "{\"op\":\"subscribe\",\"subscriptions\":[{\"channel\":\"smart-money\","
                  "\"snapshot_limit\":5}]}"));
    CHECK(api_ws_await(fd, "\"snapshot_limit\":5}", frame, sizeof frame));
    CHECK(publish_smart_money(&fixture, 7, false));
    CHECK(api_ws_await(fd, "\"op\":\"event\"", frame, sizeof frame));
    CHECK(api_starts(
        frame, "{\"op\":\"event\",\"subscription\":{\"channel\":\"smart-money\"},\"item\":{"));
    CHECK(strstr(frame, ",\"seq\":7}}"));
    CHECK(say(fd, "{\"op\":\"unsubscribe\",\"subscriptions\":[{\"channel\":\"smart-money\"}]}"));
    CHECK(say(fd, "{\"op\":\"subscribe\",\"subscriptions\":[{\"channel\":\"smart-money\"}]}"));
    CHECK(api_ws_await(fd, "\"snapshot\"", frame, sizeof frame));
    CHECK(strstr(frame, "\"items\":[{\"source_ts\""));
    CHECK(strstr(frame, ",\"seq\":7},\"next_before\":{\"ts\":"));
    close(fd);
    api_fixture_close(&fixture);
}

TL_TEST("api live: signal and raw views of options get their own prints, filters hold")
{
    struct api_fixture fixture;
    REQUIRE(api_fixture_open(&fixture, NULL));
    int signal = open_socket(&fixture, "/ws/live"), raw = open_socket(&fixture, "/ws/live"),
        large = open_socket(&fixture, "/ws/live");
    REQUIRE(signal >= 0 && raw >= 0 && large >= 0);
    CHECK(say(signal, "{\"op\":\"subscribe\",\"subscriptions\":[{\"channel\":\"options\"}]}"));
    CHECK(say(raw, "{\"op\":\"subscribe\",\"subscriptions\":[{\"channel\":\"options\",\"filters\":{"
                   "\"view\":\"raw\"},\"underlying_ids\":[\"nvda\"]}]}"));
    CHECK(say(large, "{\"op\":\"subscribe\",\"subscriptions\":[{\"channel\":\"options\","
                     "\"filters\":{\"minNotional\":1000000}},{\"channel\":\"smart-money\"}]}"));
    CHECK(api_ws_await(signal, "\"snapshot\"", frame, sizeof frame));
    CHECK(api_ws_await(raw, "\"snapshot\"", frame, sizeof frame));
    CHECK(api_ws_await(large, "smart-money", frame, sizeof frame));
    CHECK(publish_print(&fixture, TL_SUBJECT_OPTIONS_PRINTS, 11, false));
    CHECK(publish_print(&fixture, TL_SUBJECT_OPTIONS_PRINTS, 12, true));
    CHECK(publish_print(&fixture, TL_SUBJECT_OPTIONS_SIGNAL, 12, true));
    CHECK(publish_smart_money(&fixture, 1, false));
    CHECK(api_ws_await(raw, "\"op\":\"event\"", frame, sizeof frame));
    CHECK(strstr(frame, "\"seq\":11,"));
    CHECK(strstr(frame, "\"subscription\":{\"channel\":\"options\",\"filters\":{\"view\":\"raw\"},"
                        "\"underlying_ids\":[\"nvda\"]}"));
    CHECK(api_ws_await(raw, "\"op\":\"event\"", frame, sizeof frame));
    CHECK(strstr(frame, "\"seq\":12,"));
    CHECK(api_ws_await(signal, "\"op\":\"event\"", frame, sizeof frame));
    CHECK(strstr(frame, "\"seq\":12,"));
    CHECK(api_ws_await(large, "\"op\":\"event\"", frame, sizeof frame));
    CHECK(strstr(frame, "\"channel\":\"smart-money\"")); /* the print was too small */
    close(signal);
    close(raw);
    close(large);
    api_fixture_close(&fixture);
}

TL_TEST("api live: scoped snapshots come from the store, newest first")
{
    struct api_fixture fixture;
    int64_t now = api_now_ms();
    REQUIRE(api_fixture_open(&fixture, NULL));
    for (uint64_t seq = 1; seq <= 3; seq++) {
        struct api_print print = {
            .ts = now - 1000 + (int64_t)seq, .seq = seq, .notional = 5.0, .side = TL_SIDE_A};
        REQUIRE(api_store_print(&fixture, &print));
    }
    REQUIRE(api_commit(&fixture));
    int fd = open_socket(&fixture, "/ws/live");
    REQUIRE(fd >= 0);
    CHECK(say(fd, "{\"op\":\"subscribe\",\"subscriptions\":[{\"channel\":\"options\",\"filters\":{"
                  "\"view\":\"raw\"},\"snapshot_limit\":2}]}"));
    CHECK(api_ws_await(fd, "\"snapshot\"", frame, sizeof frame));
    const char *third = strstr(frame, "\"seq\":3,"), *second = strstr(frame, "\"seq\":2,");
    CHECK(third && second && third < second && !strstr(frame, "\"seq\":1,"));
    CHECK(strstr(frame, ",\"seq\":3},\"next_before\":{\"ts\":"));
    CHECK(say(fd, "{\"op\":\"subscribe\",\"subscriptions\":[{\"channel\":\"options\","
                  "\"underlying_ids\":[\"NVDA\"]}]}"));
    CHECK(api_ws_await(fd, "\"items\":[],\"watermark\":null", frame, sizeof frame)); /* signal */
    close(fd);
    api_fixture_close(&fixture);
}

TL_TEST("api live: candles and overlays follow one symbol")
{
    static const char candle[] =
        "{\"source_ts\":1,\"ingest_ts\":1,\"seq\":5,\"trace_id\":\"candle:SPY:60000:60000\",\"ts\":"
        "60000,\"interval_ms\":60000,\"underlying_id\":\"SPY\",\"open\":1,\"high\":1,\"low\":1,"
        "\"close\":1,\"volume\":1,\"trade_count\":1}";
    static const char print[] =
        "{\"source_ts\":1,\"ingest_ts\":1,\"seq\":6,\"trace_id\":\"synthetic-equities-6\",\"ts\":2,"
        "\"underlying_id\":\"SPY\",\"price\":1,\"size\":1,\"exchange\":\"ARCA\","
        "\"offExchangeFlag\":false}";
    struct api_fixture fixture;
    REQUIRE(api_fixture_open(&fixture, NULL));
    int fd = open_socket(&fixture, "/ws/live");
    REQUIRE(fd >= 0);
    CHECK(say(fd, "{\"op\":\"subscribe\",\"subscriptions\":[{\"channel\":\"equity-candles\","
                  "\"underlying_id\":\"SPY\",\"interval_ms\":60000},{\"channel\":"
                  "\"equity-overlay\",\"underlying_id\":\"spy\"},{\"channel\":\"equities\"}]}"));
    CHECK(api_ws_await(fd, "\"channel\":\"equities\"", frame, sizeof frame));
    CHECK(api_publish(&fixture, TL_SUBJECT_EQUITY_CANDLES, "c", candle));
    CHECK(api_ws_await(fd, "\"op\":\"event\"", frame, sizeof frame));
    CHECK(strstr(frame, "\"watermark\":{\"ts\":60000,\"seq\":5}}"));
    CHECK(api_publish(&fixture, TL_SUBJECT_EQUITY_PRINTS, "p", print));
    /* Decades old: the overlay is exempt from the age limit, the equities channel is not. */
    CHECK(api_ws_await(fd, "\"op\":\"event\"", frame, sizeof frame));
    CHECK(strstr(frame, "\"channel\":\"equity-overlay\""));
    CHECK(say(fd, "{\"op\":\"subscribe\",\"subscriptions\":[{\"channel\":\"equity-overlay\","
                  "\"underlying_id\":\"SPY\"}]}"));
    CHECK(api_ws_await(fd, "{", frame, sizeof frame));
    CHECK(strstr(frame, "\"op\":\"snapshot\"") && strstr(frame, "synthetic-equities-6"));
    close(fd);
    api_fixture_close(&fixture);
}

TL_TEST("api page: hello, snapshots, rows in columns, heartbeat")
{
    static const char quote[] = "{\"source_ts\":%lld,\"ingest_ts\":%lld,\"seq\":77,\"trace_id\":"
                                "\"synthetic-equity-quote-77\",\"ts\":%lld,\"underlying_id\":"
                                "\"NVDA\",\"bid\":288.9,\"ask\":289.1}";
    static const char print[] = "{\"source_ts\":%lld,\"ingest_ts\":%lld,\"seq\":78,\"trace_id\":"
                                "\"synthetic-equities-78\",\"ts\":%lld,\"underlying_id\":\"NVDA\","
                                "\"price\":289.1,\"size\":420,\"exchange\":\"NASDAQ\","
                                "\"offExchangeFlag\":false}";
    struct api_fixture fixture;
    char json[1024], want[256];
    long long now = (long long)api_now_ms();
    REQUIRE(api_fixture_open(&fixture, NULL));
    int fd = open_socket(&fixture, "/ws"), quotes = open_socket(&fixture, "/ws/equity-quotes");
    REQUIRE(fd >= 0 && quotes >= 0);
    CHECK(api_ws_await(fd, "{\"c\":\"hello\",\"columns\":{\"opt\":[\"ts\",\"sym\"", frame,
                       sizeof frame));
    CHECK(api_ws_await(fd, "{", frame, sizeof frame));
    CHECK_STR(frame, "{\"c\":\"opt\",\"s\":0,\"n\":0,\"snapshot\":true,\"d\":[]}");
    CHECK(publish_print(&fixture, TL_SUBJECT_OPTIONS_PRINTS, 901, false));
    CHECK(api_ws_await(fd, "\"c\":\"opt\",\"s\":901,\"n\":1,\"d\":[[", frame, sizeof frame));
    CHECK(strstr(frame, ",\"NVDA\",\"2026-06-19\",290,\"C\",4.1,300,null,null,\"A\",123000,null,"
                        "null,\"CBOE\",[\"SWEEP\"],false,\"synthetic-options-901\"]]}"));
    snprintf(json, sizeof json, quote, now, now, now);
    CHECK(api_publish(&fixture, TL_SUBJECT_EQUITY_QUOTES, "q", json));
    CHECK(api_ws_await(quotes, "equity-quote", frame, sizeof frame)); /* it has arrived */
    CHECK(api_ws_await(fd, "\"c\":\"hb\"", frame, sizeof frame));
    CHECK(strstr(frame, "\"feeds\":{\"opt\":{\"age_ms\":"));
    snprintf(json, sizeof json, print, now, now, now);
    CHECK(api_publish(&fixture, TL_SUBJECT_EQUITY_PRINTS, "p", json));
    CHECK(api_ws_await(fd, "{\"c\":\"eq\",\"s\":78,\"n\":1,\"d\":[[", frame, sizeof frame));
    snprintf(want, sizeof want,
             "\"d\":[[%lld,\"NVDA\",289.1,420,288.9,289.1,\"A\",\"NASDAQ\",false,"
             "\"synthetic-equities-78\"]]}",
             now);
    if (!strstr(frame, want)) test_fail(__FILE__, __LINE__, "%.400s has no %s", frame, want);
    CHECK(publish_smart_money(&fixture, 3, false));
    CHECK(api_ws_await(fd, "{\"c\":\"sm\",\"s\":3,\"n\":1,\"d\":[[", frame, sizeof frame));
    CHECK(strstr(frame, "\"NVDA\",\"retail_whale\",\"bullish\",0.61,[\"burst_print_pattern\"],"
                        "\"smartmoney:single_leg_event:p3\",2,410000,false]]}"));
    int second = open_socket(&fixture, "/ws");
    CHECK(api_ws_await(second, "{\"c\":\"sm\",\"s\":3,\"n\":1,\"snapshot\":true,\"d\":[[", frame,
                       sizeof frame));
    close(fd);
    close(second);
    close(quotes);
    api_fixture_close(&fixture);
}

TL_TEST("api page: packets and alerts are rows of their own")
{
    static const char packet[] =
        "{\"source_ts\":%lld,\"ingest_ts\":1,\"seq\":904,\"trace_id\":\"p\",\"id\":"
        "\"flowpacket:A-B-2026-06-19-290-C:1:46\",\"members\":[\"a\"],\"features\":{"
        "\"option_contract_id\":\"A-B-2026-06-19-290-C\",\"count\":4,\"total_size\":1000,"
        "\"total_notional\":410000,\"start_ts\":1000,\"end_ts\":1045,\"structure_type\":"
        "\"vertical\",\"structure_legs\":2,\"nbbo_aggressive_buy_ratio\":0.75,"
        "\"nbbo_aggressive_sell_ratio\":0.25,\"nbbo_coverage_ratio\":1},"
        "\"join_quality\":{\"nbbo_age_ms\":1200,\"nbbo_stale\":1}}";
    static const char alert[] =
        "{\"source_ts\":%lld,\"ingest_ts\":1,\"seq\":904,\"trace_id\":\"alert:e\",\"score\":"
        "81,\"severity\":\"high\",\"hits\":[{\"classifier_id\":\"smart_money_arbitrage\","
        "\"confidence\":0.6,\"direction\":\"bullish\",\"explanations\":[\"Profile arbitrage "
        "probability 60%%.\",\"matched_leg_symmetry\"]}],\"evidence_refs\":[\"smartmoney:e\","
        "\"flowpacket:A-B-2026-06-19-290-C:1:46\",\"a\"],\"primary_profile_id\":\"arbitrage\"}";
    struct api_fixture fixture;
    char json[1536], want[512];
    long long now = (long long)api_now_ms();
    REQUIRE(api_fixture_open(&fixture, NULL));
    int fd = open_socket(&fixture, "/ws");
    REQUIRE(fd >= 0);
    CHECK(api_ws_await(fd, "\"c\":\"al\"", frame, sizeof frame)); /* the last snapshot */
    snprintf(json, sizeof json, packet, now);
    CHECK(api_publish(&fixture, TL_SUBJECT_FLOW_PACKETS, "p", json));
    CHECK(api_ws_await(fd, "{\"c\":\"pk\",\"s\":904,\"n\":1,\"d\":[[", frame, sizeof frame));
    CHECK(strstr(frame, "[[1000,\"A-B\",\"A-B-2026-06-19-290-C\",45,4,1000,410000,0.75,0.25,1,"
                        "\"vertical\",2,\"stale\",\"flowpacket:A-B-2026-06-19-290-C:1:46\"]]"));
    snprintf(json, sizeof json, alert, now);
    CHECK(api_publish(&fixture, TL_SUBJECT_ALERTS, "a", json));
    CHECK(api_ws_await(fd, "{\"c\":\"al\",\"s\":904,\"n\":1,\"d\":[[", frame, sizeof frame));
    snprintf(want, sizeof want,
             "[[%lld,\"A-B\",\"high\",81,\"arbitrage\",\"bullish\",\"matched_leg_symmetry\","
             "\"smartmoney:e\"]]",
             now);
    if (!strstr(frame, want)) test_fail(__FILE__, __LINE__, "%.400s has no %s", frame, want);
    close(fd);
    api_fixture_close(&fixture);
}

TL_TEST("api: hits in the status are those events that did not abstain, stored ones included")
{
    static const char *const auth = "Authorization: Bearer t\r\n";
    struct api_fixture fixture;
    char json[2048];
    int64_t now = api_now_ms();
    REQUIRE(api_fixture_prepare(&fixture));
    for (int seq = 50; seq < 53; seq++) {
        /* One in the window, one that abstained, one older than the window of 20 minutes. */
        int64_t ts = seq == 52 ? now - 25 * 60000 : now - 5000;
        char id[16], trace[32];
        api_smart_money_json(json, sizeof json, ts, seq, seq == 51);
        snprintf(id, sizeof id, "p%d", seq);
        snprintf(trace, sizeof trace, "smartmoney:%s", id);
        REQUIRE(api_store_row(&fixture, TL_TABLE_SMART_MONEY, ts, (uint64_t)seq, trace, id, "NVDA",
                              json));
    }
    REQUIRE(api_commit(&fixture));
    REQUIRE(api_fixture_mount(&fixture, "t", NULL));
    CHECK(publish_smart_money(&fixture, 1, false));
    CHECK(publish_smart_money(&fixture, 2, true));
    CHECK(publish_smart_money(&fixture, 50, false)); /* redelivered: it is in the store */
    CHECK(publish_smart_money(&fixture, 3, false));
    int fd = open_socket(&fixture, "/ws/live");
    CHECK(say(fd, "{\"op\":\"subscribe\",\"subscriptions\":[{\"channel\":\"smart-money\"}]}"));
    CHECK(api_ws_await(fd, "\"snapshot\"", frame, sizeof frame));
    usleep(1200000); /* the first second's tick has read the store */
    CHECK_INT(api_get(&fixture, "/admin/synthetic/status", auth), 200);
    CHECK(strstr(api_body(&fixture), "\"retail_whale\":3,"));
    CHECK(strstr(api_body(&fixture), "\"arbitrage\":0,"));
    CHECK(strstr(api_body(&fixture), "\"coverage\":{\"floor\":1,\"bin_ms\":60000,\"bins\":{"));
    CHECK(strstr(api_body(&fixture), "\"retail_whale\":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,3]"));
    close(fd);
    api_fixture_close(&fixture);
}

TL_TEST("api live: after a restart the snapshots show what is stored")
{
    struct api_fixture fixture;
    char json[2048];
    int64_t now = api_now_ms();
    REQUIRE(api_fixture_prepare(&fixture));
    api_smart_money_json(json, sizeof json, now - 1000, 9, false);
    REQUIRE(api_store_row(&fixture, TL_TABLE_SMART_MONEY, now - 1000, 9, "smartmoney:p9", "p9",
                          "NVDA", json));
    api_smart_money_json(json, sizeof json, now - 90000000, 8, false); /* older than 24 h */
    REQUIRE(api_store_row(&fixture, TL_TABLE_SMART_MONEY, now - 90000000, 8, "smartmoney:p8", "p8",
                          "NVDA", json));
    REQUIRE(api_commit(&fixture));
    REQUIRE(api_fixture_mount(&fixture, NULL, NULL));
    int fd = open_socket(&fixture, "/ws/live");
    usleep(100000); /* a few ticks: the first one reads the store */
    CHECK(say(fd, "{\"op\":\"subscribe\",\"subscriptions\":[{\"channel\":\"smart-money\"}]}"));
    CHECK(api_ws_await(fd, "\"snapshot\"", frame, sizeof frame));
    CHECK(strstr(frame, "smartmoney:p9") && !strstr(frame, "smartmoney:p8"));
    CHECK(strstr(frame, ",\"seq\":9},\"next_before\""));
    close(fd);
    api_fixture_close(&fixture);
}

TL_TEST("api live: snapshots that do not fit the socket at once follow in order, none is lost")
{
    struct api_fixture fixture;
    int64_t now = api_now_ms();
    static char packet[8192];
    REQUIRE(api_fixture_prepare(&fixture));
    for (int seq = 1; seq <= 500; seq++) { /* 500 packets of 4 KiB: a snapshot of 2 MiB */
        char id[16];
        api_packet_json(packet, sizeof packet, now - 1000, seq);
        size_t size = strlen(packet);
        memset(packet + size - 1, ' ', 4000);
        strcpy(packet + size + 3999, "}");
        snprintf(id, sizeof id, "p%d", seq);
        REQUIRE(api_store_row(&fixture, TL_TABLE_PACKETS, now - 1000, (uint64_t)seq, id, id, NULL,
                              packet));
    }
    REQUIRE(api_commit(&fixture));
    REQUIRE(api_fixture_mount(&fixture, NULL, NULL));
    usleep(100000); /* a few ticks: the first one reads the store */
    int fd = open_socket(&fixture, "/ws/live");
    CHECK(say(fd, "{\"op\":\"subscribe\",\"subscriptions\":[{\"channel\":\"flow\"},"
                  "{\"channel\":\"flow\",\"filters\":{\"minNotional\":1}},"
                  "{\"channel\":\"flow\",\"filters\":{\"minNotional\":2},\"snapshot_limit\":1},"
                  "{\"channel\":\"alerts\"},{\"channel\":\"smart-money\"}]}"));
    CHECK(say(fd, "{\"op\":\"unsubscribe\",\"subscriptions\":[{\"channel\":\"smart-money\"}]}"));
    static const char *const starts[] = {
        "{\"op\":\"snapshot\",\"snapshot\":{\"subscription\":{\"channel\":\"flow\"},",
        "{\"op\":\"snapshot\",\"snapshot\":{\"subscription\":{\"channel\":\"flow\",\"filters\":{"
        "\"minNotional\":1}},",
        "{\"op\":\"snapshot\",\"snapshot\":{\"subscription\":{\"channel\":\"flow\",\"filters\":{"
        "\"minNotional\":2},\"snapshot_limit\":1},",
        "{\"op\":\"snapshot\",\"snapshot\":{\"subscription\":{\"channel\":\"alerts\"},"};
    static char large[3 << 20];
    CHECK(api_ws_await(fd, "\"ready\"", large, sizeof large));
    usleep(300000); /* a reader that takes its time */
    for (size_t i = 0; i < 4; i++) {
        CHECK(api_ws_await(fd, "{", large, sizeof large));
        if (!api_starts(large, starts[i])) test_fail(__FILE__, __LINE__, "%zu: %.200s", i, large);
    }
    close(fd);
    api_fixture_close(&fixture);
}
