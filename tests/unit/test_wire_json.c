/* SPDX-License-Identifier: Apache-2.0
 * The public JSON of market events: the contract's own samples, what is refused, and that decoding
 * undoes encoding. */
#include "wire/market_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/math.h"
#include "base/rng.h"
#include "lib/harness.h"
#include "wire/derived_json.h"

static const char print_sample[] =
    "{\"source_ts\":1778765400000,\"ingest_ts\":1778765400000,\"seq\":901,\"trace_id\":\"synthetic-"
    "options-901\",\"ts\":1778765400000,\"option_contract_id\":\"NVDA-2026-06-19-290-C\",\"price\":"
    "4.1,\"size\":300,\"exchange\":\"CBOE\",\"conditions\":[\"SWEEP\"],\"underlying_id\":\"NVDA\","
    "\"option_type\":\"call\",\"notional\":123000,\"nbbo_side\":\"A\",\"execution_nbbo_bid\":4,"
    "\"execution_nbbo_ask\":4.1,\"execution_nbbo_mid\":4.05,\"execution_nbbo_spread\":0.1,"
    "\"execution_nbbo_bid_size\":120,\"execution_nbbo_ask_size\":95,\"execution_nbbo_ts\":"
    "1778765399995,\"execution_nbbo_age_ms\":5,\"execution_nbbo_side\":\"A\",\"execution_"
    "underlying_spot\":289,\"execution_underlying_bid\":288.9,\"execution_underlying_ask\":289.1,"
    "\"execution_underlying_mid\":289,\"execution_underlying_spread\":0.2,\"execution_underlying_"
    "ts\":1778765399950,\"execution_underlying_age_ms\":50,\"execution_underlying_source\":"
    "\"equity_quote_mid\",\"execution_iv\":0.41,\"execution_iv_source\":\"synthetic_pressure_"
    "model\",\"is_etf\":false,\"signal_pass\":true,\"signal_reasons\":[\"keep:auto-large\","
    "\"keep:ask-side\",\"keep:sweep-or-iso\"],\"signal_profile\":\"smart-money\"}";
static const char nbbo_sample[] =
    "{\"source_ts\":1778765399995,\"ingest_ts\":1778765399995,\"seq\":870,\"trace_id\":\"synthetic-"
    "nbbo-870\",\"ts\":1778765399995,\"option_contract_id\":\"NVDA-2026-06-19-290-C\",\"bid\":4,"
    "\"ask\":4.1,\"bidSize\":120,\"askSize\":95}";
static const char equity_sample[] =
    "{\"source_ts\":1778765400004,\"ingest_ts\":1778765400004,\"seq\":77,\"trace_id\":\"synthetic-"
    "equities-77\",\"ts\":1778765400004,\"underlying_id\":\"NVDA\",\"price\":289.1,\"size\":420,"
    "\"exchange\":\"NASDAQ\",\"offExchangeFlag\":false}";
static const char quote_sample[] =
    "{\"source_ts\":1778765400002,\"ingest_ts\":1778765400002,\"seq\":77,\"trace_id\":\"synthetic-"
    "equity-quote-77\",\"ts\":1778765400002,\"underlying_id\":\"NVDA\",\"bid\":288.9,\"ask\":289."
    "1}";
static const char candle_sample[] =
    "{\"source_ts\":1778765400004,\"ingest_ts\":1778765458900,\"seq\":131,\"trace_id\":\"candle:"
    "NVDA:60000:1778765400000\",\"ts\":1778765400000,\"interval_ms\":60000,\"underlying_id\":"
    "\"NVDA\",\"open\":289.1,\"high\":289.4,\"low\":288.8,\"close\":289.2,\"volume\":12840,"
    "\"trade_count\":37}";

static struct tl_json_scratch scratch;
static char buffer[TL_JSON_EVENT_MAX];

static struct tl_text empty_text(void)
{
    return (struct tl_text){buffer, 0, sizeof buffer, false};
}

TL_TEST("wire json: an option print of the contract's sample decodes and encodes to the same bytes")
{
    struct tl_wire_option_print print;
    struct tl_error error = {0};
    REQUIRE(tl_json_get_option_print(tl_str_from(print_sample), &print, &scratch, &error) == TL_OK);
    CHECK_INT(print.size, 300);
    CHECK(print.price == 4.1);
    CHECK(print.nbbo_side == TL_SIDE_A);
    CHECK(print.has & TL_HAS_SPOT);
    struct tl_text out = empty_text();
    tl_json_put_option_print(&out, &print);
    CHECK_STR(tl_text_cstr(&out), print_sample);
}

TL_TEST("wire json: the other samples of the contract come back byte for byte")
{
    struct tl_wire_option_nbbo nbbo;
    struct tl_wire_equity_print print;
    struct tl_wire_equity_quote quote;
    struct tl_wire_candle candle;
    struct tl_text out = empty_text();
    REQUIRE(tl_json_get_option_nbbo(tl_str_from(nbbo_sample), &nbbo, &scratch, NULL) == TL_OK);
    tl_json_put_option_nbbo(&out, &nbbo);
    CHECK_STR(tl_text_cstr(&out), nbbo_sample);
    out = empty_text();
    REQUIRE(tl_json_get_equity_print(tl_str_from(equity_sample), &print, &scratch, NULL) == TL_OK);
    tl_json_put_equity_print(&out, &print);
    CHECK_STR(tl_text_cstr(&out), equity_sample);
    out = empty_text();
    REQUIRE(tl_json_get_equity_quote(tl_str_from(quote_sample), &quote, &scratch, NULL) == TL_OK);
    tl_json_put_equity_quote(&out, &quote);
    CHECK_STR(tl_text_cstr(&out), quote_sample);
    out = empty_text();
    REQUIRE(tl_json_get_candle(tl_str_from(candle_sample), &candle, &scratch, NULL) == TL_OK);
    tl_json_put_candle(&out, &candle);
    CHECK_STR(tl_text_cstr(&out), candle_sample);
}

static enum tl_status quote_with(const char *bid)
{
    struct tl_wire_equity_quote quote;
    struct tl_error error = {0};
    char json[600];
    snprintf(json, sizeof json,
             "{\"source_ts\":1,\"ingest_ts\":1,\"seq\":1,\"trace_id\":\"q-1\",\"ts\":1,"
             "\"underlying_id\":\"SPY\",\"bid\":%s,\"ask\":1.01}",
             bid);
    return tl_json_get_equity_quote(tl_str_from(json), &quote, &scratch, &error);
}

TL_TEST("wire json: numbers are JSON's grammar, finite, in range and never strings")
{
    static const char *const good[] = {
        "0", "1", "1.5", "1e2", "1E+2", "0.5e-3", "-0", "1e-400", "123456789012345678901234567890"};
    static const char *const bad[] = {"\"1\"", "null",  "true", "-1", "01", "1.",   ".5",  "+1",
                                      "1e",    "1e999", "NaN",  "[]", "{}", "0x10", "1 2", ""};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (quote_with(good[i]) != TL_OK) test_fail(__FILE__, __LINE__, "refused %s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (quote_with(bad[i]) != TL_INVALID) test_fail(__FILE__, __LINE__, "took %s", bad[i]);
}

TL_TEST("wire json: integers may be written 1.0 or 1e3, fractions and 2^53 are refused")
{
    static const struct {
        const char *text;
        int64_t want; /* -1: refused */
    } cases[] = {{"7", 7},     {"7.0", 7},    {"1e3", 1000}, {"9007199254740991", 9007199254740991},
                 {"7.5", -1},  {"-1", -1},    {"1e-1", -1},  {"9007199254740992", -1},
                 {"1e16", -1}, {"\"7\"", -1}, {"null", -1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char json[300];
        struct tl_wire_head head;
        snprintf(json, sizeof json,
                 "{\"source_ts\":5,\"ingest_ts\":6,\"seq\":%s,\"trace_id\":\"x\"}", cases[i].text);
        enum tl_status status = tl_json_get_head(tl_str_from(json), &head, &scratch, NULL);
        CHECK(status == (cases[i].want < 0 ? TL_INVALID : TL_OK));
        if (status == TL_OK) CHECK_INT(head.meta.seq, cases[i].want);
        if (status == TL_OK) CHECK_INT(head.ts, 5);
    }
}

TL_TEST("wire json: escapes are undone, lone surrogates, bad UTF-8 and control bytes refused")
{
    static const struct {
        const char *in, *want;
    } cases[] = {{"a\\u0041\\n\\/\\\"", "aA\n/\""},
                 {"\\ud83d\\ude00", "\xf0\x9f\x98\x80"},
                 {"\xc3\xa9", "\xc3\xa9"},
                 {"\\u00e9\\u20ac", "\xc3\xa9\xe2\x82\xac"},
                 {"\\ud83d", NULL},
                 {"\\ude00", NULL},
                 {"\\ud83d\\u0041", NULL},
                 {"\\x41", NULL},
                 {"\\u12g4", NULL},
                 {"a\nb", NULL},
                 {"\xc0\x80", NULL},
                 {"\xed\xa0\x80", NULL},
                 {"\xf5\x80\x80\x80", NULL},
                 {"\xe2\x82", NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char json[300], got[100] = "";
        struct tl_wire_head head;
        snprintf(json, sizeof json,
                 "{\"\\u0073eq\":1,\"source_ts\":5,\"ingest_ts\":6,\"trace_id\":\"%s\"}",
                 cases[i].in);
        enum tl_status status = tl_json_get_head(tl_str_from(json), &head, &scratch, NULL);
        CHECK_INT(status, cases[i].want ? TL_OK : TL_INVALID);
        if (status != TL_OK || !cases[i].want) continue;
        memcpy(got, head.meta.trace_id.data, head.meta.trace_id.size);
        CHECK_STR(got, cases[i].want);
    }
}

TL_TEST("wire json: unknown keys of any shape are skipped, but must be JSON")
{
    static const struct {
        const char *value;
        bool good;
    } cases[] = {{"[1,{\"a\":[null,true,\"x\\\\\"]},-0.5e3]", true},
                 {"{}", true},
                 {"[[[[[[[[[[]]]]]]]]]]", true},
                 {"[1,]", false},
                 {"{\"a\":1,}", false},
                 {"{\"a\"}", false},
                 {"[1 2]", false},
                 {"{1:2}", false},
                 {"nul", false},
                 {"[", false},
                 {"tru", false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char json[300];
        struct tl_wire_head head;
        snprintf(json, sizeof json,
                 "{\"x\":%s,\"source_ts\":5,\"ingest_ts\":6,\"seq\":1,\"trace_id\":\"t\"}",
                 cases[i].value);
        enum tl_status status = tl_json_get_head(tl_str_from(json), &head, &scratch, NULL);
        if ((status == TL_OK) != cases[i].good)
            test_fail(__FILE__, __LINE__, "%s gave %d", cases[i].value, (int)status);
    }
    char deep[400] = "{\"source_ts\":5,\"ingest_ts\":6,\"seq\":1,\"trace_id\":\"t\",\"x\":";
    memset(deep + strlen(deep), '[', 200);
    struct tl_wire_head head;
    CHECK(tl_json_get_head(tl_str_from(deep), &head, &scratch, NULL) == TL_INVALID);
}

TL_TEST("wire json: every cut of a sample is refused, and so is text behind it")
{
    struct tl_wire_option_print print;
    struct tl_error error = {0};
    size_t taken = 0;
    for (size_t size = 0; size < sizeof print_sample - 1; size++) {
        char *copy = malloc(size + 1); /* exact, so that a sanitizer sees a read past it */
        memcpy(copy, print_sample, size);
        struct tl_str cut = {copy, size};
        taken += tl_json_get_option_print(cut, &print, &scratch, &error) == TL_OK;
        free(copy);
    }
    CHECK_INT(taken, 0);
    char behind[2000];
    snprintf(behind, sizeof behind, "%s {}", print_sample);
    CHECK(tl_json_get_option_print(tl_str_from(behind), &print, &scratch, &error) == TL_INVALID);
    snprintf(behind, sizeof behind, " \n%s\t ", print_sample);
    CHECK(tl_json_get_option_print(tl_str_from(behind), &print, &scratch, &error) == TL_OK);
}

TL_TEST("wire json: an error names the field; null is absent for optional scalars only")
{
    struct tl_wire_option_print print;
    struct tl_error error = {0};
    static const char head[] = "{\"source_ts\":1,\"ingest_ts\":1,\"seq\":1,\"trace_id\":\"a\","
                               "\"ts\":1,\"option_contract_id\":\"X-2026-06-19-5-C\",\"price\":1,"
                               "\"exchange\":\"CBOE\"";
    char json[600];
    snprintf(json, sizeof json, "%s}", head);
    CHECK(tl_json_get_option_print(tl_str_from(json), &print, &scratch, &error) == TL_INVALID);
    CHECK_STR(error.text, "option print: size is missing");
    snprintf(json, sizeof json, "%s,\"size\":0}", head);
    CHECK(tl_json_get_option_print(tl_str_from(json), &print, &scratch, &error) == TL_INVALID);
    CHECK_STR(error.text, "option print: size must be an integer > 0");
    snprintf(json, sizeof json,
             "%s,\"size\":1,\"notional\":null,\"execution_iv\":null,\"is_etf\":null,"
             "\"nbbo_side\":null,\"signal_profile\":null,\"execution_nbbo_ts\":null}",
             head);
    CHECK(tl_json_get_option_print(tl_str_from(json), &print, &scratch, &error) == TL_OK);
    CHECK_INT(print.has, 0);
    CHECK_INT(print.nbbo_side, TL_SIDE_ABSENT);
    snprintf(json, sizeof json, "%s,\"size\":1,\"conditions\":null}", head);
    CHECK(tl_json_get_option_print(tl_str_from(json), &print, &scratch, &error) == TL_INVALID);
    snprintf(json, sizeof json, "%s,\"size\":1,\"nbbo_side\":\"C\"}", head);
    CHECK(tl_json_get_option_print(tl_str_from(json), &print, &scratch, &error) == TL_INVALID);
    snprintf(json, sizeof json,
             "%s,\"size\":1,\"execution_iv\":0.4,\"execution_iv_source\":"
             "\"provider\"}",
             head);
    CHECK(tl_json_get_option_print(tl_str_from(json), &print, &scratch, &error) == TL_OK);
    struct tl_text out = empty_text();
    tl_json_put_option_print(&out, &print);
    CHECK(strstr(tl_text_cstr(&out), "\"execution_iv_source\":\"provider\"") != NULL);
}

TL_TEST("wire json: numbers print as JavaScript prints them")
{
    static const struct {
        double value;
        const char *want;
    } cases[] = {{1.0, "1"},
                 {0.1, "0.1"},
                 {-0.6666000000000001, "-0.6666000000000001"},
                 {1.0034602076124568, "1.0034602076124568"},
                 {0.0034602076124567475, "0.0034602076124567475"},
                 {166.66666666666666, "166.66666666666666"},
                 {-0.0, "0"},
                 {1e-7, "1e-7"},
                 {1.5e-6, "0.0000015"},
                 {0.000001, "0.000001"},
                 {1e21, "1e+21"},
                 {123456789012.3456, "123456789012.3456"},
                 {99999999999.9999, "99999999999.9999"},
                 {0.41, "0.41"},
                 {0.41234567, "0.41234567"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct tl_wire_equity_quote quote = {.bid = cases[i].value};
        struct tl_text out = empty_text();
        char *at;
        tl_json_put_equity_quote(&out, &quote);
        at = strstr((char *)(uintptr_t)tl_text_cstr(&out), "\"bid\":");
        REQUIRE(at != NULL);
        at += 6;
        *strchr(at, ',') = '\0';
        CHECK_STR(at, cases[i].want);
    }
}

/* A number as feeds have them: mostly decimals, some ratios, some odd doubles. */
static double random_number(struct tl_rng *rng)
{
    double pick = tl_rng_uniform(rng);
    if (pick < 0.6) return (double)tl_rng_below(rng, 90000000) / 1e4;
    if (pick < 0.9) return tl_rng_uniform(rng) * 1000;
    return tl_exp(tl_rng_normal(rng) * 20);
}

static struct tl_str random_text(struct tl_rng *rng, char *room)
{
    static const char *const pieces[] = {"SPY", "-",    "A\"",  "\\", "\xc3\xa9",        "\n",
                                         "0",   "\x7f", "</x>", " ",  "\xf0\x9f\x98\x80"};
    size_t size = 0;
    for (uint32_t i = 1 + tl_rng_below(rng, 4); i > 0; i--) {
        const char *piece = pieces[tl_rng_below(rng, 11)];
        memcpy(room + size, piece, strlen(piece));
        size += strlen(piece);
    }
    return (struct tl_str){room, size};
}

static void random_print(struct tl_rng *rng, struct tl_wire_option_print *print, char rooms[8][40])
{
    *print = (struct tl_wire_option_print){0};
    print->meta = (struct tl_meta){tl_rng_below(rng, 2000000000), 5, tl_rng_u64(rng) >> 11,
                                   random_text(rng, rooms[0])};
    print->ts = (int64_t)(tl_rng_u64(rng) >> 12);
    print->option_contract_id = random_text(rng, rooms[1]);
    print->price = random_number(rng);
    print->size = 1 + tl_rng_below(rng, 10000);
    print->exchange = random_text(rng, rooms[2]);
    print->condition_count = tl_rng_below(rng, 3);
    for (size_t i = 0; i < print->condition_count; i++)
        print->conditions[i] = random_text(rng, rooms[3 + i]);
    if (tl_rng_below(rng, 2)) print->underlying_id = random_text(rng, rooms[5]);
    print->option_type = (enum tl_option_type)tl_rng_below(rng, 3);
    print->has = tl_rng_below(rng, 256);
    if (print->has & TL_HAS_SPOT) print->has |= TL_HAS_UNDERLYING_MID;
    if (!(print->has & TL_HAS_NBBO)) print->has &= ~(uint32_t)TL_HAS_NBBO_SIZES;
    print->nbbo_side = (enum tl_nbbo_side)tl_rng_below(rng, TL_SIDE_COUNT);
    double *numbers[] = {&print->notional,    &print->nbbo_bid,    &print->nbbo_ask,
                         &print->nbbo_mid,    &print->nbbo_spread, &print->nbbo_age_ms,
                         &print->spot_bid,    &print->spot_ask,    &print->spot_mid,
                         &print->spot_spread, &print->spot_age_ms, &print->iv};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        *numbers[i] = random_number(rng);
    print->nbbo_bid_size = tl_rng_below(rng, 1000);
    print->nbbo_ts = tl_rng_below(rng, 1000000);
    print->is_etf = tl_rng_below(rng, 2);
    print->signal_pass = tl_rng_below(rng, 2);
    print->signal_reason_count = tl_rng_below(rng, 2);
    print->signal_reasons[0] = random_text(rng, rooms[6]);
    if (tl_rng_below(rng, 2)) print->signal_profile = tl_str_from("balanced");
}

TL_TEST("wire json: encode, decode, encode gives the same bytes for any print")
{
    for (uint64_t i = 0; i < 3000; i++) {
        struct tl_rng rng = tl_rng_at(test_seed(), TL_RNG_EQ_PRINT, 1, i);
        struct tl_wire_option_print print, back;
        struct tl_error error = {0};
        char rooms[8][40], again[TL_JSON_EVENT_MAX];
        random_print(&rng, &print, rooms);
        struct tl_text out = empty_text(), second = {again, 0, sizeof again, false};
        tl_json_put_option_print(&out, &print);
        struct tl_str json = {out.data, out.size};
        if (tl_json_get_option_print(json, &back, &scratch, &error) != TL_OK) {
            test_fail(__FILE__, __LINE__, "%s: %.*s", error.text, (int)out.size, out.data);
            return;
        }
        CHECK_INT(back.has, print.has);
        tl_json_put_option_print(&second, &back);
        CHECK_STR(tl_text_cstr(&second), tl_text_cstr(&out));
    }
}

TL_TEST("wire json: an event without room leaves the text as it was and sets overflow")
{
    struct tl_wire_option_print print;
    REQUIRE(tl_json_get_option_print(tl_str_from(print_sample), &print, &scratch, NULL) == TL_OK);
    for (size_t capacity = 0; capacity < sizeof print_sample - 1; capacity++) {
        char *room = malloc(capacity + 1);
        struct tl_text out = {room, 0, capacity, false};
        tl_json_put_option_print(&out, &print);
        CHECK(out.overflow);
        CHECK_INT(out.size, 0);
        free(room);
    }
}

static struct tl_wire_derived derived;

static enum tl_status get_derived(enum tl_derived_kind kind, const char *trace, const char *rest)
{
    static char json[1000]; /* the strings of `derived` live in it */
    struct tl_error error = {0};
    snprintf(json, sizeof json, "{\"source_ts\":1,\"ingest_ts\":2,\"seq\":3,\"trace_id\":\"%s\"%s}",
             trace, rest);
    return tl_json_get_derived(tl_str_from(json), kind, &derived, &scratch, &error);
}

TL_TEST("wire json: the keys of derived events are found where the contract puts them")
{
    CHECK(get_derived(TL_DERIVED_PACKET, "flowpacket:A:1:2",
                      ",\"id\":\"flowpacket:A:1:2\",\"members\":[\"p-1\",\"p-2\"],\"features\":"
                      "{\"count\":2,\"underlying_id\":\"NVDA\"},\"join_quality\":{}") == TL_OK);
    CHECK(tl_str_is(derived.id, "flowpacket:A:1:2"));
    CHECK(tl_str_is(derived.underlying_id, "NVDA"));
    CHECK_INT(derived.member_count, 2);
    CHECK(tl_str_is(derived.members[1], "p-2"));
    CHECK(get_derived(TL_DERIVED_SMART_MONEY, "smartmoney:flowpacket:A:1:2",
                      ",\"packet_ids\":[\"flowpacket:A:1:2\"],\"underlying_id\":\"SPY\"") == TL_OK);
    CHECK(tl_str_is(derived.id, "flowpacket:A:1:2"));
    CHECK(tl_str_is(derived.underlying_id, "SPY"));
    CHECK(get_derived(TL_DERIVED_HIT, "classifier:smart_money_arbitrage:flowpacket:A:1:2",
                      ",\"classifier_id\":\"smart_money_arbitrage\",\"confidence\":0.5") == TL_OK);
    CHECK(tl_str_is(derived.id, "flowpacket:A:1:2"));
    CHECK(get_derived(TL_DERIVED_ALERT, "alert:smartmoney:single_leg_event:flowpacket:A:1:2", "") ==
          TL_OK);
    CHECK(tl_str_is(derived.id, "flowpacket:A:1:2"));
    CHECK(get_derived(TL_DERIVED_JOIN, "equityjoin:e-1",
                      ",\"id\":\"equityjoin:e-1\",\"print_trace_id\":\"e-1\",\"features\":"
                      "{\"underlying_id\":\"QQQ\",\"size\":5}") == TL_OK);
    CHECK(tl_str_is(derived.id, "e-1"));
    CHECK(tl_str_is(derived.underlying_id, "QQQ"));
    CHECK(get_derived(TL_DERIVED_DARK, "dark:x", ",\"type\":\"distribution\"") == TL_OK);
    CHECK(get_derived(TL_DERIVED_PACKET, "x", "") == TL_INVALID);
    CHECK(get_derived(TL_DERIVED_PACKET, "x", ",\"id\":\"x\",\"members\":[1]") == TL_INVALID);
    CHECK(get_derived(TL_DERIVED_DARK, "", ",\"type\":\"distribution\"") == TL_INVALID);
}
