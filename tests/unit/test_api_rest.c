/* SPDX-License-Identifier: Apache-2.0
 * The REST shapes over real sockets: pages, cursors, lookups, errors. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/math.h"
#include "lib/api_fixture.h"
#include "lib/harness.h"
#include "os/os.h"
#include "services/api/session.h"

static int count(const char *text, const char *needle)
{
    int found = 0;
    for (const char *at = text; (at = strstr(at, needle)); at += strlen(needle))
        found++;
    return found;
}

/* Ten prints: seq 1..10, ts 1000 x seq; odd ones pass the gate; 4 and 5 are of an ETF. */
static bool fill_prints(struct api_fixture *fixture)
{
    for (uint64_t seq = 1; seq <= 10; seq++) {
        struct api_print print = {.ts = (int64_t)seq * 1000,
                                  .seq = seq,
                                  .notional = 10000.0 * (double)seq,
                                  .signal = seq % 2 == 1,
                                  .side = seq < 6 ? TL_SIDE_A : TL_SIDE_BB,
                                  .put = seq == 9};
        if (seq == 4 || seq == 5) {
            print.etf = true;
            print.symbol = "SPY";
            print.contract = "SPY-2026-06-19-600-C";
        }
        if (!api_store_print(fixture, &print)) return false;
    }
    return api_commit(fixture);
}

TL_TEST("api: health, metrics, unknown paths and wrong methods")
{
    struct api_fixture fixture;
    REQUIRE(api_fixture_open(&fixture, NULL));
    CHECK_INT(api_get(&fixture, "/health", ""), 200);
    CHECK_STR(api_body(&fixture), "{\"status\":\"ok\"}");
    CHECK_STR(client_header(fixture.answer, "content-type: "), "application/json");
    CHECK_INT(api_get(&fixture, "/metrics", ""), 200);
    CHECK(strstr(api_body(&fixture), "tapeloom_api_messages_total{feed=\"smart-money\"} 0\n"));
    CHECK(strstr(api_body(&fixture), "# TYPE tapeloom_api_uptime_seconds gauge\n"));
    static const char *const unknown[] = {"/",
                                          "/health/",
                                          "/nope",
                                          "/flow/packets/",
                                          "/flow",
                                          "/flow/packets/a/b",
                                          "/admin/synthetic/status"};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        CHECK_INT(api_get(&fixture, unknown[i], ""), 404);
        CHECK_STR(api_body(&fixture), "{\"error\":\"not found\"}");
    }
    CHECK_INT(api_send(&fixture, "POST", "/health", "", "{}"), 404);
    CHECK_INT(api_send(&fixture, "DELETE", "/flow/alerts", "", ""), 404);
    CHECK_INT(api_get(&fixture, "/ws/live", ""), 400);
    CHECK_STR(api_body(&fixture), "{\"error\":\"websocket upgrade failed\"}");
    api_fixture_close(&fixture);
}

TL_TEST("api: recent prints are signal prints of stocks, newest first, byte for byte")
{
    struct api_fixture fixture;
    REQUIRE(api_fixture_open(&fixture, NULL));
    REQUIRE(fill_prints(&fixture));
    struct api_print print = {
        .ts = 9000, .seq = 9, .notional = 90000.0, .signal = true, .side = TL_SIDE_BB, .put = true};
    char json[2048], want[4096];
    api_print_json(&print, json, sizeof json);
    CHECK_INT(api_get(&fixture, "/prints/options?limit=1", ""), 200);
    snprintf(want, sizeof want, "{\"data\":[%s]}", json);
    CHECK_STR(api_body(&fixture), want);
    CHECK_INT(api_get(&fixture, "/prints/options", ""), 200);
    CHECK_INT(count(api_body(&fixture), "\"trace_id\""), 4); /* 9 7 3 1; 5 is an ETF */
    CHECK_INT(api_get(&fixture, "/prints/options?view=raw", ""), 200);
    CHECK_INT(count(api_body(&fixture), "\"trace_id\""), 10);
    CHECK_INT(api_get(&fixture, "/prints/options?view=raw&security=etf", ""), 200);
    CHECK_INT(count(api_body(&fixture), "\"trace_id\""), 2);
    CHECK_INT(api_get(&fixture, "/prints/options?view=raw&underlying_id=spy,qqq", ""), 200);
    CHECK_INT(count(api_body(&fixture), "\"trace_id\""), 2);
    CHECK_INT(api_get(&fixture, "/prints/options?type=put", ""), 200);
    CHECK_INT(count(api_body(&fixture), "\"trace_id\""), 1);
    CHECK_INT(api_get(&fixture, "/prints/options?view=raw&side=BB&min_notional=80000", ""), 200);
    CHECK_INT(count(api_body(&fixture), "\"trace_id\""), 3);
    CHECK_INT(
        api_get(&fixture, "/prints/options?option_contract_id=SPY-2026-06-19-600-C&type=put", ""),
        200);
    CHECK_INT(count(api_body(&fixture), "\"trace_id\""), 2);
    CHECK_INT(api_get(&fixture, "/prints/options?view=raw&source=databento", ""), 200);
    CHECK_STR(api_body(&fixture), "{\"data\":[]}");
    CHECK_INT(api_get(&fixture, "/prints/options?view=raw&source=SYNTHETIC", ""), 200);
    CHECK_INT(count(api_body(&fixture), "\"trace_id\""), 10);
    api_fixture_close(&fixture);
}

TL_TEST("api: history walks back and replay forward through every row once")
{
    struct api_fixture fixture;
    REQUIRE(api_fixture_open(&fixture, NULL));
    REQUIRE(fill_prints(&fixture));
    CHECK_INT(
        api_get(&fixture, "/history/options?view=raw&limit=4&before_ts=7000&before_seq=7", ""),
        200);
    CHECK_INT(count(api_body(&fixture), "\"trace_id\""), 4);
    CHECK(strstr(api_body(&fixture), "],\"next_before\":{\"ts\":3000,\"seq\":3}}"));
    CHECK_INT(api_get(&fixture, "/history/options?view=raw&before_ts=3000&before_seq=3", ""), 200);
    CHECK_INT(count(api_body(&fixture), "\"trace_id\""), 2);
    CHECK(strstr(api_body(&fixture), "\"next_before\":{\"ts\":1000,\"seq\":1}}")); /* short page */
    CHECK_INT(api_get(&fixture, "/history/options?view=raw&before_ts=1000&before_seq=1", ""), 200);
    CHECK_STR(api_body(&fixture), "{\"data\":[],\"next_before\":null}");
    CHECK_INT(api_get(&fixture, "/replay/options?view=raw&limit=4", ""), 200);
    CHECK(strstr(api_body(&fixture), "],\"next\":{\"ts\":4000,\"seq\":4}}"));
    CHECK_INT(api_get(&fixture, "/replay/options?view=raw&after_ts=10000&after_seq=9", ""), 200);
    CHECK_INT(count(api_body(&fixture), "\"trace_id\""), 1);
    CHECK_INT(api_get(&fixture, "/replay/options?view=raw&after_ts=10000&after_seq=10", ""), 200);
    CHECK_STR(api_body(&fixture), "{\"data\":[],\"next\":null}");
    api_fixture_close(&fixture);
}

TL_TEST("api: a wrong parameter is a 400 with the endpoint's label and the parameter's name")
{
    static const char *const bad[][3] = {
        {"/prints/options?view=x", "invalid options query", "view"},
        {"/history/options", "invalid options history query", "before_ts"},
        {"/replay/options?limit=0", "invalid options replay query", "limit"},
        {"/prints/equities/range?underlying_id=SPY", "invalid equity range query", "start_ts"},
        {"/candles/equities?underlying_id=SPY", "invalid candle query", "interval_ms"},
        {"/replay/equity-candles?interval_ms=60000", "invalid candle replay query",
         "underlying_id"},
        {"/flow/alerts?limit=", "invalid query", "limit"},
        {"/history/smart-money?before_ts=1", "invalid query", "before_seq"},
        {"/replay/nbbo?source=%25", "invalid query", "source"},
    };
    struct api_fixture fixture;
    REQUIRE(api_fixture_open(&fixture, NULL));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char want[128];
        snprintf(want, sizeof want, "{\"error\":\"%s\",\"detail\":\"%s:", bad[i][1], bad[i][2]);
        CHECK_INT(api_get(&fixture, bad[i][0], ""), 400);
        if (strncmp(api_body(&fixture), want, strlen(want)) != 0)
            test_fail(__FILE__, __LINE__, "%s: %s", bad[i][0], api_body(&fixture));
    }
    api_fixture_close(&fixture);
}

TL_TEST("api: every page of the contract answers, in its own shape")
{
    static const char *const paths[] = {
        "/prints/options",
        "/nbbo/options",
        "/prints/equities",
        "/quotes/equities",
        "/joins/equities",
        "/dark/inferred",
        "/flow/packets",
        "/flow/smart-money",
        "/flow/classifier-hits",
        "/flow/alerts",
        "/prints/equities/range?underlying_id=SPY&start_ts=1&end_ts=2",
        "/candles/equities?underlying_id=SPY&interval_ms=60000",
        "/history/options",
        "/history/nbbo",
        "/history/equities",
        "/history/equity-quotes",
        "/history/equity-joins",
        "/history/flow",
        "/history/smart-money",
        "/history/classifier-hits",
        "/history/alerts",
        "/history/inferred-dark",
        "/replay/options",
        "/replay/nbbo",
        "/replay/equities",
        "/replay/equity-quotes",
        "/replay/equity-candles?underlying_id=SPY&interval_ms=60000",
        "/replay/equity-joins",
        "/replay/inferred-dark",
        "/replay/flow",
        "/replay/smart-money",
        "/replay/classifier-hits",
        "/replay/alerts"};
    struct api_fixture fixture;
    REQUIRE(api_fixture_open(&fixture, NULL));
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        bool history = strncmp(paths[i], "/history", 8) == 0;
        char path[128];
        snprintf(path, sizeof path, "%s%s", paths[i], history ? "?before_ts=9&before_seq=9" : "");
        const char *want = history ? "{\"data\":[],\"next_before\":null}"
                           : strncmp(paths[i], "/replay", 7) == 0 ? "{\"data\":[],\"next\":null}"
                                                                  : "{\"data\":[]}";
        if (api_get(&fixture, path, "") != 200 || strcmp(api_body(&fixture), want) != 0)
            test_fail(__FILE__, __LINE__, "%s: %s", path, api_body(&fixture));
    }
    api_fixture_close(&fixture);
}

TL_TEST("api: a range takes the newest of the limit, answered oldest first; so do candles")
{
    struct api_fixture fixture;
    REQUIRE(api_fixture_open(&fixture, NULL));
    for (int i = 1; i <= 5; i++) {
        char json[64], trace[16];
        snprintf(json, sizeof json, "{\"n\":%d}", i);
        snprintf(trace, sizeof trace, "t%d", i);
        REQUIRE(api_store_row(&fixture, TL_TABLE_EQUITY_PRINTS, i * 1000, (uint64_t)i, trace, "SPY",
                              "SPY", json));
        REQUIRE(api_store_row(&fixture, TL_TABLE_CANDLES, i * 60000, (uint64_t)i, trace, "SPY",
                              "SPY", json));
    }
    REQUIRE(api_commit(&fixture));
    CHECK_INT(api_get(&fixture,
                      "/prints/equities/range?underlying_id=spy&start_ts=4000&end_ts=1000&limit=2",
                      ""),
              200);
    CHECK_STR(api_body(&fixture), "{\"data\":[{\"n\":3},{\"n\":4}]}");
    CHECK_INT(api_get(&fixture,
                      "/candles/equities?underlying_id=SPY&interval_ms=60000&start_ts=0&"
                      "end_ts=240000&limit=3&cache=false",
                      ""),
              200);
    CHECK_STR(api_body(&fixture), "{\"data\":[{\"n\":2},{\"n\":3},{\"n\":4}]}");
    CHECK_INT(api_get(&fixture, "/candles/equities?underlying_id=SPY&interval_ms=300000", ""), 200);
    CHECK_STR(api_body(&fixture), "{\"data\":[]}");
    api_fixture_close(&fixture);
}

/* A packet p1 with its event and hit, the print it is of, a join and a quote. */
static bool fill_lookups(struct api_fixture *fixture)
{
    char packet[1024], event[2048];
    struct api_print print = {.ts = 5000, .seq = 901, .notional = 1.0, .side = TL_SIDE_A};
    api_packet_json(packet, sizeof packet, 5000, 1);
    api_smart_money_json(event, sizeof event, 5000, 1, false);
    return api_store_print(fixture, &print) &&
           api_store_row(fixture, TL_TABLE_PACKETS, 5000, 1, "p1", "p1", NULL, packet) &&
           api_store_row(fixture, TL_TABLE_SMART_MONEY, 5000, 1, "smartmoney:p1", "p1", "NVDA",
                         event) &&
           api_store_row(fixture, TL_TABLE_HITS, 5000, 1, "classifier:x:p1", "p1", NULL,
                         "{\"hit\":1}") &&
           api_store_row(fixture, TL_TABLE_JOINS, 5000, 1, "equityjoin:e-1", "e-1", NULL,
                         "{\"join\":1}") &&
           api_store_row(fixture, TL_TABLE_OPTION_NBBO, 4000, 1, "n1", "C-1", NULL,
                         "{\"nbbo\":1}") &&
           api_store_row(fixture, TL_TABLE_OPTION_NBBO, 6000, 2, "n2", "C-1", NULL,
                         "{\"nbbo\":2}") &&
           api_commit(fixture);
}

TL_TEST("api: lookups by id, by trace, and what belongs to a set of prints")
{
    struct api_fixture fixture;
    REQUIRE(api_fixture_open(&fixture, NULL));
    REQUIRE(fill_lookups(&fixture));
    CHECK_INT(api_get(&fixture, "/flow/packets/%701", ""), 200);
    CHECK(api_starts(api_body(&fixture), "{\"data\":{\"source_ts\":5000"));
    CHECK_INT(api_get(&fixture, "/flow/packets/none", ""), 200);
    CHECK_STR(api_body(&fixture), "{\"data\":null}");
    CHECK_INT(api_get(&fixture, "/flow/packets/%7", ""), 400);
    CHECK_INT(
        api_get(&fixture, "/option-prints/by-trace?trace_id=x&trace_id=synthetic-options-901", ""),
        200);
    CHECK_INT(count(api_body(&fixture), "\"trace_id\""), 1);
    CHECK_INT(api_get(&fixture, "/option-prints/by-trace", ""), 200);
    CHECK_STR(api_body(&fixture), "{\"data\":[]}");
    CHECK_INT(api_get(&fixture, "/equity-joins/by-id?id=e-1", ""), 200);
    CHECK_STR(api_body(&fixture), "{\"data\":[{\"join\":1}]}");
    CHECK_INT(api_get(&fixture, "/equity-joins/by-id?id=equityjoin%3Ae-1&id=e-1", ""), 200);
    CHECK_STR(api_body(&fixture), "{\"data\":[{\"join\":1}]}");
    CHECK_INT(api_send(&fixture, "POST", "/lookup/options-support", "", ""), 200);
    CHECK_STR(api_body(&fixture), "{\"packets\":[],\"smart_money\":[],\"classifier_hits\":[],"
                                  "\"nbbo_by_trace_id\":{}}");
    CHECK_INT(api_send(&fixture, "POST", "/lookup/options-support", "",
                       "{\"trace_ids\":[\"synthetic-options-901\",\"zz\"],\"nbbo_context\":["
                       "{\"trace_id\":\"a\",\"option_contract_id\":\"C-1\",\"ts\":5999},"
                       "{\"trace_id\":\"b\",\"option_contract_id\":\"C-2\",\"ts\":5999}]}"),
              200);
    CHECK(strstr(api_body(&fixture), "{\"packets\":[{\"source_ts\":5000"));
    CHECK(strstr(api_body(&fixture), "\"smart_money\":[{\"source_ts\":5000"));
    CHECK(strstr(api_body(&fixture), "\"classifier_hits\":[{\"hit\":1}]"));
    CHECK(strstr(api_body(&fixture), "\"nbbo_by_trace_id\":{\"a\":{\"nbbo\":1},\"b\":null}}"));
    static const char *const bad[] = {"{", "[]", "{\"trace_ids\":\"x\"}", "{\"trace_ids\":[1]}",
                                      "{\"nbbo_context\":[{\"trace_id\":\"a\"}]}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK_INT(api_send(&fixture, "POST", "/lookup/options-support", "", bad[i]), 400);
        CHECK(strstr(api_body(&fixture), "\"error\":\"invalid options support lookup\""));
    }
    api_fixture_close(&fixture);
}

TL_TEST("api: without a store, pages say 503 storage unavailable and health stays")
{
    struct api_fixture fixture;
    char path[512];
    REQUIRE(api_fixture_prepare(&fixture));
    snprintf(path, sizeof path, "%s/a-file", fixture.dir);
    fclose(fopen(path, "w"));
    REQUIRE(api_fixture_mount(&fixture, NULL, path)); /* no folder: no store can be opened */
    CHECK_INT(api_get(&fixture, "/health", ""), 200);
    CHECK_INT(api_get(&fixture, "/flow/alerts", ""), 503);
    CHECK_STR(api_body(&fixture), "{\"error\":\"storage unavailable\"}");
    CHECK_INT(api_get(&fixture, "/flow/packets/x", ""), 503);
    CHECK_INT(api_get(&fixture, "/equity-joins/by-id?id=x", ""), 503);
    CHECK_INT(api_send(&fixture, "POST", "/lookup/options-support", "", "{}"), 503);
    CHECK_INT(api_get(&fixture, "/metrics", ""), 200);
    CHECK(!strstr(api_body(&fixture), "tapeloom_api_storage_failures_total 0\n"));
    api_fixture_close(&fixture);
}

TL_TEST("api: the session and its calendar become known")
{
    struct api_fixture fixture;
    REQUIRE(api_fixture_open(&fixture, NULL));
    int status = 503;
    for (int i = 0; i < 100 && status == 503; i++) {
        status = api_get(&fixture, "/session", "");
        if (status == 503) {
            struct timespec pause = {0, 100000000};
            nanosleep(&pause, NULL);
        }
    }
    CHECK_INT(status, 200);
    CHECK(strstr(api_body(&fixture), "\"session_phase\":\""));
    CHECK(strstr(api_body(&fixture), "\"regime\":\""));
    CHECK(strstr(api_body(&fixture), "\"preset_id\":\"balanced_demo\""));
    CHECK(strstr(api_body(&fixture), "\"focus_symbols\":["));
    CHECK_STR(client_header(fixture.answer, "cache-control: "), "no-store");
    for (int i = 0; i < 300; i++) {
        struct timespec pause = {0, 100000000};
        CHECK_INT(api_get(&fixture, "/session/timeline", ""), 200);
        if (!strstr(api_body(&fixture), "\"regimes\":[]")) break;
        nanosleep(&pause, NULL);
    }
    CHECK(strstr(api_body(&fixture), "\"regimes\":[{\"ts\":"));
    CHECK(strstr(api_body(&fixture), "\"presets\":[{\"ts\":"));
    CHECK(strstr(api_body(&fixture), "\"preset_id\":\"balanced_demo\"}]}"));
    CHECK_INT(api_get(&fixture, "/session/candles/SPY", ""), 200);
    CHECK(strstr(api_body(&fixture), "\"interval_ms\":60000,\"source\":\"mid\",\"sessions\":["));
    CHECK_INT(api_get(&fixture, "/session/candles/NOPE", ""), 404);
    CHECK_INT(api_get(&fixture, "/events/calendar", ""), 200);
    CHECK(api_body(&fixture)[0] == '[');
    api_fixture_close(&fixture);
}

/* The regime in force at a second, asked of a market of our own. */
static enum tl_regime regime_at(struct tl_market *market, int64_t second)
{
    struct tl_session_state state;
    if (tl_market_seek(market, second + 1, NULL) != TL_OK) return TL_REGIME_COUNT;
    tl_session_state(market, &state);
    return state.regime;
}

TL_TEST("api: the timeline holds the session's regimes as they were, each from its first second on")
{
    struct tl_bus_options bus_options = {.url = "memory:", .name = "test"};
    struct tl_market_options options = tl_market_options_default();
    struct tl_session_timeline past = {0};
    struct tl_api_session *session = NULL;
    struct tl_market *market = NULL;
    struct tl_bus *bus = NULL;
    struct tl_error error = {0};
    REQUIRE(tl_bus_open(&bus_options, &bus, &error) == TL_OK);
    REQUIRE(tl_api_session_start(bus, &options, &session, &error) == TL_OK);
    for (int i = 0; i < 1200 && !past.known; i++) { /* 2 s, or 40 under sanitizers and load */
        struct timespec pause = {0, 100000000};
        nanosleep(&pause, NULL);
        tl_api_session_timeline(session, &past);
    }
    tl_api_session_stop(session);
    tl_bus_close(bus);
    REQUIRE(past.known);
    REQUIRE(tl_market_create(&options, &market, &error) == TL_OK);
    CHECK_INT(past.regimes[0].second, past.session_start_s);
    CHECK(past.second >= past.session_start_s && past.second < past.session_end_s);
    for (size_t i = past.regime_count > 5 ? past.regime_count - 5 : 0; i < past.regime_count; i++) {
        int64_t first = past.regimes[i].second;
        CHECK_INT(regime_at(market, first), past.regimes[i].regime);
        if (i > 0) CHECK_INT(regime_at(market, first - 1), past.regimes[i - 1].regime);
    }
    CHECK_INT(regime_at(market, past.second), past.regimes[past.regime_count - 1].regime);
    CHECK_INT(past.preset_count, 1);
    CHECK_INT(past.presets[0].preset, TL_PRESET_BALANCED_DEMO);
    tl_market_destroy(market);
}

TL_TEST("api: the lab has no content until it has measured")
{
    struct api_fixture fixture;
    REQUIRE(api_fixture_open(&fixture, NULL));
    CHECK_INT(api_get(&fixture, "/lab/facts", ""), 204);
    CHECK_STR(api_body(&fixture), "");
    for (int i = 0; i < 50 && api_get(&fixture, "/lab/facts", "") != 200; i++)
        tl_os_sleep_ms(100);
    CHECK(api_starts(api_body(&fixture), "{\"computed_at\":"));
    CHECK_STR(client_header(fixture.answer, "cache-control: "), "no-store");
    api_fixture_close(&fixture);
}

TL_TEST(
    "api: realised volatility is that of the mids, implied that of the surface, a value a minute")
{
    struct tl_market_options options = tl_market_options_default();
    struct tl_volatility volatility;
    struct tl_market *market = NULL;
    struct tl_session_state session;
    struct tl_underlying_state state;
    struct tl_batch nothing = {0};
    struct tl_api_buffer out = {0};
    double mids[8], iv[8];
    options.streams = 0;
    REQUIRE(tl_market_create(&options, &market, NULL) == TL_OK);
    REQUIRE(tl_market_seek(market, 1795210000, NULL) == TL_OK);
    tl_session_state(market, &session);
    int64_t start = session.session_start_s;
    REQUIRE(tl_market_seek(market, start, NULL) == TL_OK);
    REQUIRE(tl_volatility_init(&volatility, market));
    for (int64_t second = start; second < start + 6 * 60 + 30; second++) {
        tl_market_step(market, &nothing);
        if (!tl_volatility_wants(start, second)) continue;
        tl_underlying_state(market, 0, &state);
        int at = second == start ? 0 : (int)((second - start) / 60) + 1;
        mids[at] = tl_log((double)state.mid);
        iv[at] = state.atm_iv;
        tl_volatility_add(&volatility, market, start, second);
    }
    CHECK_INT(volatility.minutes, 6);
    double sum = 0;
    for (int m = 1; m < 6; m++) /* minutes 1 to 5: the last value of rv5 */
        sum += (mids[m + 1] - mids[m]) * (mids[m + 1] - mids[m]);
    char wanted[96];
    REQUIRE(tl_volatility_put(&volatility, tl_market_symbol(market, 0), &out));
    snprintf(wanted, sizeof wanted, "\"rv5\":[null,null,null,null,");
    CHECK(strstr(out.text.data, wanted));
    snprintf(wanted, sizeof wanted, ",%.5f],\"rv30\":[null,null,null,null,null,null]}",
             tl_sqrt(sum / 5 * 252 * 390));
    CHECK(strstr(out.text.data, wanted));
    snprintf(wanted, sizeof wanted, ",%.5f],\"rv5\"", iv[6]);
    CHECK(strstr(out.text.data, wanted));
    tl_volatility_add(&volatility, market, start, start + 9 * 60 + 59); /* a hole: left out */
    CHECK_INT(volatility.minutes, 6);
    CHECK(!tl_volatility_put(&volatility, tl_str_from("NOPE"), &out));
    CHECK(!tl_volatility_put(&volatility, tl_str_from(""), &out));
    struct tl_volatility unknown = {0};
    tl_api_buffer_clear(&out);
    CHECK(tl_volatility_put(&unknown, tl_str_from("SPY"), &out)); /* the service has just started */
    CHECK(strstr(out.text.data, "\"iv\":[],\"rv5\":[],\"rv30\":[]}"));
    tl_api_buffer_deinit(&out);
    tl_volatility_deinit(&volatility);
    tl_market_destroy(market);
}

#define MIDS 210 /* three minutes and a half */

/* Bar `minute` of a name, from mids by second kept beside: [0] after the first second. */
static void put_wanted_bar(const tl_px *mids, int minute, char *text, size_t size)
{
    int from = minute ? minute * 60 - 1 : 0, to = minute * 60 + 59;
    if (to >= MIDS) to = MIDS - 1;
    tl_px high = mids[from], low = mids[from];
    for (int i = from; i <= to; i++) {
        if (mids[i] > high) high = mids[i];
        if (mids[i] < low) low = mids[i];
    }
    snprintf(text, size, "[%.10g,%.10g,%.10g,%.10g]", (double)mids[from] / TL_PX_PER_USD,
             (double)high / TL_PX_PER_USD, (double)low / TL_PX_PER_USD,
             (double)mids[to] / TL_PX_PER_USD);
}

TL_TEST("api: a session's candles are of its mids by second, each opens where the last one closed")
{
    struct tl_market_options options = tl_market_options_default();
    struct tl_mid_candles sessions[2] = {0}, *candles = &sessions[1];
    struct tl_market *market = NULL;
    struct tl_session_state session;
    struct tl_underlying_state state;
    struct tl_batch nothing = {0};
    struct tl_api_buffer out = {0};
    tl_px mids[MIDS];
    options.streams = 0;
    REQUIRE(tl_market_create(&options, &market, NULL) == TL_OK);
    REQUIRE(tl_market_seek(market, 1795210000, NULL) == TL_OK);
    tl_session_state(market, &session);
    int64_t start = session.session_start_s;
    REQUIRE(tl_market_seek(market, start, NULL) == TL_OK);
    REQUIRE(tl_mid_candles_init(candles, market));
    tl_mid_candles_add(candles, market, start, start + 5); /* not from the open: left out */
    for (int64_t second = start; second < start + MIDS; second++) {
        tl_market_step(market, &nothing);
        tl_underlying_state(market, 2, &state);
        mids[second - start] = state.mid;
        tl_mid_candles_add(candles, market, start, second);
    }
    char bars[3][96], running[96], wanted[640];
    for (int minute = 0; minute < 3; minute++)
        put_wanted_bar(mids, minute, bars[minute], sizeof bars[minute]);
    put_wanted_bar(mids, 3, running, sizeof running); /* half of the fourth minute */
    snprintf(wanted, sizeof wanted,
             "\"source\":\"mid\",\"sessions\":[{\"session_start\":%lld,\"bars\":[%s,%s,%s],"
             "\"running\":%s}]}",
             (long long)start * 1000, bars[0], bars[1], bars[2], running);
    REQUIRE(tl_mid_candles_put(sessions, 2, tl_market_symbol(market, 2), &out));
    CHECK(strstr(out.text.data, wanted));
    tl_mid_candles_add(candles, market, start,
                       start + 300); /* a hole: nothing more of this session */
    tl_mid_candles_add(candles, market, start, start + 301);
    CHECK_INT(candles->next_s, start + MIDS);
    CHECK(!tl_mid_candles_put(sessions, 2, tl_str_from("NOPE"), &out));
    tl_mid_candles_add(candles, market, start + 23400, start + 23400); /* the next session */
    tl_api_buffer_clear(&out);
    CHECK(tl_mid_candles_put(sessions, 2, tl_market_symbol(market, 2), &out));
    CHECK(strstr(out.text.data, "\"bars\":[],\"running\":[")); /* its first second */
    tl_api_buffer_deinit(&out);
    tl_mid_candles_deinit(candles);
    tl_market_destroy(market);
}
