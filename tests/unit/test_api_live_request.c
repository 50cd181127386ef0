/* SPDX-License-Identifier: Apache-2.0
 * Messages of /ws/live: what is taken, what is refused, keys and echoes. */
#include <stdlib.h>
#include <string.h>

#include "json/live_request.h"
#include "lib/harness.h"
#include "services/api/match.h"

static struct tl_live_request request;

static enum tl_status parse(const char *text)
{
    struct tl_error error = {0};
    return tl_live_request_parse(tl_str_from(text), &request, &error);
}

static const char *key_of(size_t nth)
{
    static char bytes[TL_LIVE_KEY_MAX + 1];
    struct tl_text text = {.data = bytes, .capacity = sizeof bytes};
    tl_live_subscription_key(&text, &request.subscriptions[nth]);
    return tl_text_cstr(&text);
}

static const char *echo_of(size_t nth, bool with_limit)
{
    static char bytes[TL_LIVE_ECHO_MAX + 1];
    struct tl_text text = {.data = bytes, .capacity = sizeof bytes};
    tl_live_subscription_put(&text, &request.subscriptions[nth], with_limit);
    return tl_text_cstr(&text);
}

TL_TEST("live request: the contract's sample parses, with keys and echoes")
{
    REQUIRE(parse("{\"op\":\"subscribe\",\"subscriptions\":[{\"channel\":\"options\",\"filters\":"
                  "{\"view\":\"signal\",\"minNotional\":25000},\"snapshot_limit\":50},"
                  "{\"channel\":\"alerts\",\"extra\":1}],\"unknown\":true}") == TL_OK);
    CHECK_INT(request.op, TL_LIVE_SUBSCRIBE);
    CHECK_INT(request.count, 2);
    CHECK_STR(key_of(0), "options|{\"view\":\"signal\",\"minNotional\":25000}");
    CHECK_STR(echo_of(0, true),
              "{\"channel\":\"options\",\"filters\":{\"view\":\"signal\",\"minNotional\":25000},"
              "\"snapshot_limit\":50}");
    CHECK_STR(echo_of(0, false),
              "{\"channel\":\"options\",\"filters\":{\"view\":\"signal\",\"minNotional\":25000}}");
    CHECK_STR(key_of(1), "alerts");
    CHECK_STR(echo_of(1, true), "{\"channel\":\"alerts\"}");
}

TL_TEST("live request: a key sorts, drops repeats and empty arrays; an echo keeps them")
{
    REQUIRE(parse("{\"op\":\"subscribe\",\"subscriptions\":[{\"channel\":\"options\",\"filters\":{"
                  "\"nbboSides\":[\"STALE\",\"BB\",\"A\",\"A\"],\"securityTypes\":[],"
                  "\"optionTypes\":[\"put\",\"call\"]},\"underlying_ids\":[\"tsla\",\"SPY\","
                  "\"TSLA\"],\"option_contract_id\":\"X\"},{\"channel\":\"options\"},"
                  "{\"channel\":\"flow\",\"filters\":{\"minNotional\":0.5}}]}") == TL_OK);
    CHECK_STR(key_of(0), "options|{\"nbboSides\":[\"A\",\"BB\",\"STALE\"],\"optionTypes\":"
                         "[\"call\",\"put\"]}|underlyings:SPY,TSLA|contract:X");
    CHECK_STR(echo_of(0, true),
              "{\"channel\":\"options\",\"filters\":{\"securityTypes\":[],\"nbboSides\":[\"STALE\","
              "\"BB\",\"A\",\"A\"],\"optionTypes\":[\"put\",\"call\"]},\"underlying_ids\":"
              "[\"tsla\",\"SPY\",\"TSLA\"],\"option_contract_id\":\"X\"}");
    CHECK_STR(key_of(1), "options|{}");
    CHECK_STR(key_of(2), "flow|{\"minNotional\":0.5}");
}

TL_TEST("live request: candles and overlay are keyed by symbol")
{
    REQUIRE(parse("{\"op\":\"unsubscribe\",\"subscriptions\":[{\"channel\":\"equity-candles\","
                  "\"underlying_id\":\"spy\",\"interval_ms\":60000.0},"
                  "{\"channel\":\"equity-overlay\",\"underlying_id\":\"SPY\"}]}") == TL_OK);
    CHECK_INT(request.op, TL_LIVE_UNSUBSCRIBE);
    CHECK_STR(key_of(0), "equity-candles|SPY|60000");
    CHECK_STR(echo_of(0, false),
              "{\"channel\":\"equity-candles\",\"underlying_id\":\"spy\",\"interval_ms\":60000}");
    CHECK_STR(key_of(1), "equity-overlay|SPY");
}

TL_TEST("live request: one wrong part refuses the whole message")
{
    static const char *const bad[] = {
        "",
        "hello",
        "[]",
        "{}",
        "{\"op\":\"pong\"}",
        "{\"op\":\"subscribe\"}",
        "{\"op\":\"subscribe\",\"subscriptions\":[]}",
        "{\"op\":\"subscribe\",\"subscriptions\":[{\"channel\":\"alerts\"},{\"channel\":\"x\"}]}",
        "{\"op\":\"subscribe\",\"subscriptions\":[{\"channel\":\"alerts\",\"snapshot_limit\":0}]}",
        "{\"op\":\"subscribe\",\"subscriptions\":[{\"channel\":\"alerts\","
        "\"snapshot_limit\":1.5}]}",
        "{\"op\":\"subscribe\",\"subscriptions\":[{\"channel\":\"alerts\","
        "\"snapshot_limit\":\"5\"}]}",
        "{\"op\":\"subscribe\",\"subscriptions\":[{\"channel\":\"equity-candles\","
        "\"underlying_id\":\"SPY\"}]}",
        "{\"op\":\"subscribe\",\"subscriptions\":[{\"channel\":\"equity-overlay\"}]}",
        "{\"op\":\"subscribe\",\"subscriptions\":[{\"channel\":\"options\","
        "\"filters\":{\"view\":\"both\"}}]}",
        "{\"op\":\"subscribe\",\"subscriptions\":[{\"channel\":\"options\","
        "\"filters\":{\"nbboSides\":[\"Q\"]}}]}",
        "{\"op\":\"subscribe\",\"subscriptions\":[{\"channel\":\"flow\","
        "\"filters\":{\"minNotional\":-1}}]}",
        "{\"op\":\"subscribe\",\"subscriptions\":[{\"channel\":\"flow\",\"filters\":3}]}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (parse(bad[i]) != TL_INVALID) test_fail(__FILE__, __LINE__, "taken: %s", bad[i]);
    CHECK_INT(parse("{\"op\":\"ping\",\"subscriptions\":[]}"), TL_OK);
}

TL_TEST("live filters: options match by view, security, side, type and notional")
{
    struct tl_wire_option_print print = {.option_type = TL_OPTION_TYPE_CALL,
                                         .has = TL_HAS_NOTIONAL | TL_HAS_SIGNAL_PASS,
                                         .notional = 20000.0,
                                         .signal_pass = false};
    struct tl_api_match match = tl_api_match_of_print(&print);
    struct tl_live_filters none = {.min_notional = -1.0};
    struct tl_live_filters empty = {.present = true, .min_notional = -1.0};
    CHECK(tl_api_match_option(&none, &match));
    CHECK(!tl_api_match_option(&empty, &match)); /* view defaults to signal */
    struct tl_live_filters raw = empty;
    raw.view = TL_LIVE_VIEW_RAW;
    CHECK(tl_api_match_option(&raw, &match));
    raw.sides.mask = 1u << TL_SIDE_MISSING; /* an absent side counts as MISSING */
    CHECK(tl_api_match_option(&raw, &match));
    raw.sides.mask = 1u << TL_SIDE_A;
    CHECK(!tl_api_match_option(&raw, &match));
    raw.sides.mask = 0;
    raw.security.mask = 1u << TL_LIVE_STOCK; /* an absent is_etf counts as stock */
    CHECK(tl_api_match_option(&raw, &match));
    raw.security.mask = 1u << TL_LIVE_ETF;
    CHECK(!tl_api_match_option(&raw, &match));
    raw.security.mask = 0;
    raw.types.mask = 1u << TL_OPTION_TYPE_PUT;
    CHECK(!tl_api_match_option(&raw, &match));
    raw.types.mask = 0;
    raw.min_notional = 20000.0;
    CHECK(tl_api_match_option(&raw, &match));
    raw.min_notional = 20000.01;
    CHECK(!tl_api_match_option(&raw, &match));
}

TL_TEST("event facts: a packet's sides and types; structure packets match no option type")
{
    static const char single[] =
        "{\"source_ts\":1,\"ingest_ts\":2,\"seq\":3,\"trace_id\":\"t\",\"id\":\"t\",\"members\":"
        "[\"a\"],\"features\":{\"option_type\":\"call\",\"is_etf\":true,\"total_notional\":1000,"
        "\"nbbo_aa_count\":1,\"nbbo_mid_count\":0},\"join_quality\":{}}";
    static const char structure[] =
        "{\"source_ts\":1,\"ingest_ts\":2,\"seq\":3,\"trace_id\":\"t\",\"id\":\"t\",\"members\":"
        "[],\"features\":{\"structure_rights\":\"C/P\"},\"join_quality\":{}}";
    struct tl_event_facts facts;
    struct tl_error error = {0};
    REQUIRE(tl_event_facts_parse(TL_SUBJECT_FLOW_PACKETS, tl_str_from(single), &facts, &error) ==
            TL_OK);
    struct tl_api_match match = tl_api_match_of_packet(&facts.u.packet);
    CHECK_INT(facts.source_ts, 1);
    CHECK_INT(facts.seq, 3);
    CHECK_INT(match.sides, 1 << TL_SIDE_AA);
    CHECK_INT(match.types, 1 << TL_OPTION_TYPE_CALL);
    CHECK(match.etf && match.notional == 1000.0);
    tl_event_facts_deinit(&facts);
    REQUIRE(tl_event_facts_parse(TL_SUBJECT_FLOW_PACKETS, tl_str_from(structure), &facts, &error) ==
            TL_OK);
    struct tl_live_filters filters = {.present = true, .min_notional = -1.0};
    filters.types.mask = 1u << TL_OPTION_TYPE_CALL | 1u << TL_OPTION_TYPE_PUT;
    match = tl_api_match_of_packet(&facts.u.packet);
    CHECK(!tl_api_match_flow(&filters, &match));
    tl_event_facts_deinit(&facts);
}

TL_TEST("event facts: what the schema does not allow is refused and named")
{
    static const struct {
        enum tl_subject subject;
        const char *json, *field;
    } bad[] = {
        {TL_SUBJECT_INFERRED_DARK,
         "{\"source_ts\":1,\"ingest_ts\":1,\"seq\":1,\"trace_id\":\"d\",\"type\":\"x\","
         "\"confidence\":1.2,\"evidence_refs\":[]}",
         "confidence"},
        {TL_SUBJECT_INFERRED_DARK,
         "{\"source_ts\":1,\"ingest_ts\":1,\"seq\":1,\"trace_id\":\"\",\"type\":\"x\","
         "\"confidence\":0.2,\"evidence_refs\":[]}",
         "trace_id"},
        {TL_SUBJECT_EQUITY_JOINS,
         "{\"source_ts\":\"1\",\"ingest_ts\":1,\"seq\":1,\"trace_id\":\"j\"}", "source_ts"},
        {TL_SUBJECT_EQUITY_JOINS,
         "{\"source_ts\":1,\"ingest_ts\":1,\"seq\":1,\"trace_id\":\"j\",\"id\":\"j\","
         "\"print_trace_id\":\"p\",\"quote_trace_id\":\"\",\"features\":{\"a\":[]},"
         "\"join_quality\":{}}",
         "features"},
        {TL_SUBJECT_CLASSIFIER_HITS,
         "{\"source_ts\":1,\"ingest_ts\":1,\"seq\":1,\"trace_id\":\"h\"}", "classifier_id"},
        {TL_SUBJECT_ALERTS,
         "{\"source_ts\":1,\"ingest_ts\":1,\"seq\":1,\"trace_id\":\"h\",\"score\":1,\"severity\":"
         "\"low\",\"hits\":[{}],\"evidence_refs\":[]}",
         "hits[0]"},
        {TL_SUBJECT_SMART_MONEY, "[]", "not an object"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct tl_event_facts facts;
        struct tl_error error = {0};
        if (tl_event_facts_parse(bad[i].subject, tl_str_from(bad[i].json), &facts, &error) !=
                TL_INVALID ||
            !strstr(error.text, bad[i].field))
            test_fail(__FILE__, __LINE__, "case %zu: \"%s\"", i, error.text);
    }
}
