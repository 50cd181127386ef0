/* SPDX-License-Identifier: Apache-2.0
 * Query strings and page parameters, against the tables of the contract. */
#include <string.h>

#include "lib/harness.h"
#include "services/api/params.h"

static bool number_is(const char *text, double want)
{
    double got = -1.0;
    return tl_query_number(tl_str_from(text), &got) && got == want;
}

TL_TEST("api query: numbers are coerced as JavaScript's Number does")
{
    static const struct {
        const char *text;
        double value;
    } good[] = {
        {"200", 200},         {" 12 ", 12},  {"", 0},      {"1e3", 1000}, {"+5", 5}, {"007", 7},
        {"0x10", 16},         {"0b101", 5},  {"0o17", 15}, {".5", 0.5},   {"5.", 5}, {"-3", -3},
        {"25000.5", 25000.5}, {"1E-2", 0.01}};
    static const char *const bad[] = {"abc",      "1 2", "12px",  "0x",   "--1",   ".", "1e",
                                      "Infinity", "NaN", "1e999", "0xfg", "1,000", "e5"};
    double value;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!number_is(good[i].text, good[i].value))
            test_fail(__FILE__, __LINE__, "\"%s\" is not %g", good[i].text, good[i].value);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (tl_query_number(tl_str_from(bad[i]), &value))
            test_fail(__FILE__, __LINE__, "\"%s\" was taken as %g", bad[i], value);
}

TL_TEST("api query: an integer is whole and within its bounds")
{
    int64_t value;
    CHECK(tl_query_integer(tl_str_from("5.0"), 1, 10, &value) && value == 5);
    CHECK(!tl_query_integer(tl_str_from("5.5"), 1, 10, &value));
    CHECK(!tl_query_integer(tl_str_from("0"), 1, 10, &value));
    CHECK(!tl_query_integer(tl_str_from("11"), 1, 10, &value));
    CHECK(!tl_query_integer(tl_str_from("1e300"), 0, INT64_MAX, &value));
    CHECK(tl_query_integer(tl_str_from("9007199254740991"), 0, INT64_MAX, &value));
}

TL_TEST("api query: values are decoded, the nth is found, a broken escape is told")
{
    char bytes[16];
    struct tl_text text = {.data = bytes, .capacity = sizeof bytes};
    struct tl_str query = tl_str_from("a=1&b=x%2By+z&&a=two&%61=3&bad=%4&long=0123456789abcdefg");
    CHECK_INT(tl_query_get(query, "b", 0, &text), TL_QUERY_FOUND);
    CHECK(tl_str_is((struct tl_str){text.data, text.size}, "x+y z"));
    CHECK_INT(tl_query_get(query, "a", 1, &text), TL_QUERY_FOUND);
    CHECK(tl_str_is((struct tl_str){text.data, text.size}, "two"));
    CHECK_INT(tl_query_get(query, "a", 2, &text), TL_QUERY_FOUND);
    CHECK(tl_str_is((struct tl_str){text.data, text.size}, "3"));
    CHECK_INT(tl_query_get(query, "a", 3, &text), TL_QUERY_ABSENT);
    CHECK_INT(tl_query_get(query, "bad", 0, &text), TL_QUERY_BAD);
    CHECK_INT(tl_query_get(query, "long", 0, &text), TL_QUERY_BAD);
}

static const struct tl_page_rules options_rules = {
    TL_TABLE_OPTION_PRINTS, TL_PAGE_RECENT, TL_TAKES_SOURCE | TL_TAKES_OPTION_FILTERS, 200, 0};

static struct tl_page_params params;

static enum tl_status parse(const char *query, const struct tl_page_rules *rules,
                            struct tl_error *error)
{
    return tl_page_params_parse(tl_str_from(query), rules, &params, error);
}

TL_TEST("api params: an options page defaults to signal prints of stocks")
{
    struct tl_error error = {0};
    REQUIRE(parse("", &options_rules, &error) == TL_OK);
    CHECK(params.query.signal_only);
    CHECK_INT(params.query.etf, 0);
    CHECK_INT(params.query.limit, 200);
    CHECK(params.query.min_notional < 0.0);
    REQUIRE(parse("view=raw", &options_rules, &error) == TL_OK);
    CHECK(!params.query.signal_only);
    CHECK_INT(params.query.etf, -1);
    REQUIRE(parse("view=raw&security=etf", &options_rules, &error) == TL_OK);
    CHECK_INT(params.query.etf, 1);
}

TL_TEST("api params: lists are split, trimmed, upper-cased and de-duplicated")
{
    struct tl_error error = {0};
    REQUIRE(parse("underlying_id=spy, nvda&underlying_ids=SPY&underlying_ids=%20tsla,&side=A,%20AA"
                  "&type=put&min_notional=25000&source=%20Synthetic-X%20",
                  &options_rules, &error) == TL_OK);
    CHECK_INT(params.query.underlying_count, 3);
    CHECK(tl_str_is(params.query.underlyings[0], "SPY"));
    CHECK(tl_str_is(params.query.underlyings[1], "NVDA"));
    CHECK(tl_str_is(params.query.underlyings[2], "TSLA"));
    CHECK_INT(params.query.sides, 1 << TL_SIDE_A | 1 << TL_SIDE_AA);
    CHECK_INT(params.query.types, 1 << TL_OPTION_TYPE_PUT);
    CHECK(params.query.min_notional == 25000.0);
    CHECK(tl_str_is(params.query.source, "synthetic-x"));
}

TL_TEST("api params: a contract drops all other filters and asks for the raw view")
{
    struct tl_error error = {0};
    REQUIRE(parse("option_contract_id=NVDA-2026-06-19-290-C&side=A&type=call&min_notional=5&"
                  "underlying_id=SPY&security=etf&source=synthetic&limit=7",
                  &options_rules, &error) == TL_OK);
    CHECK(tl_str_is(params.query.contract, "NVDA-2026-06-19-290-C"));
    CHECK(!params.query.signal_only);
    CHECK_INT(params.query.etf, -1);
    CHECK_INT(params.query.sides, 0);
    CHECK_INT(params.query.types, 0);
    CHECK_INT(params.query.underlying_count, 0);
    CHECK(params.query.min_notional < 0.0);
    CHECK(tl_str_is(params.query.source, "synthetic"));
    CHECK_INT(params.query.limit, 7);
}

TL_TEST("api params: what is wrong is refused and named")
{
    static const char *const bad[][2] = {{"limit=", "limit"},
                                         {"limit=0", "limit"},
                                         {"limit=1001", "limit"},
                                         {"limit=abc", "limit"},
                                         {"limit=1.5", "limit"},
                                         {"view=all", "view"},
                                         {"security=x", "security"},
                                         {"side=Q", "side"},
                                         {"side=a", "side"},
                                         {"type=calls", "type"},
                                         {"min_notional=-1", "min_notional"},
                                         {"source=-x", "source"},
                                         {"source=", "source"},
                                         {"source=a%20b", "source"},
                                         {"side=%zz", "side"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct tl_error error = {0};
        if (parse(bad[i][0], &options_rules, &error) != TL_INVALID ||
            strncmp(error.text, bad[i][1], strlen(bad[i][1])) != 0)
            test_fail(__FILE__, __LINE__, "%s: \"%s\"", bad[i][0], error.text);
    }
    char many[1024] = "underlying_ids=";
    for (int i = 0; i < 65; i++) {
        char symbol[8] = {(char)('A' + i / 26), (char)('A' + i % 26), ',', 0};
        strcat(many, symbol);
    }
    struct tl_error error = {0};
    CHECK_INT(parse(many, &options_rules, &error), TL_INVALID);
}

TL_TEST("api params: history needs both cursor parts, replay starts at zero")
{
    struct tl_page_rules history = {TL_TABLE_SMART_MONEY, TL_PAGE_HISTORY, 0, 7, 0};
    struct tl_page_rules replay = {TL_TABLE_SMART_MONEY, TL_PAGE_REPLAY, 0, 7, 0};
    struct tl_error error = {0};
    CHECK_INT(parse("before_ts=5", &history, &error), TL_INVALID);
    CHECK(strncmp(error.text, "before_seq: missing", 19) == 0);
    CHECK_INT(parse("before_seq=5", &history, &error), TL_INVALID);
    CHECK_INT(parse("before_ts=-1&before_seq=0", &history, &error), TL_INVALID);
    REQUIRE(parse("before_ts=50&before_seq=3&source=x", &history, &error) == TL_OK);
    CHECK(params.query.has_before && !params.query.has_after && !params.query.ascending);
    CHECK_INT(params.query.before_ts, 50);
    CHECK_INT(params.query.before_seq, 3);
    CHECK_INT(params.query.limit, 200); /* fixed, not the environment's */
    CHECK_INT(params.query.source.size, 0);
    REQUIRE(parse("", &replay, &error) == TL_OK);
    CHECK(params.query.has_after && params.query.ascending);
    CHECK_INT(params.query.after_ts, 0);
    CHECK_INT(params.query.after_seq, 0);
}

TL_TEST("api params: a range is swapped when reversed; candles start interval x limit before")
{
    struct tl_page_rules range = {TL_TABLE_EQUITY_PRINTS, TL_PAGE_RECENT,
                                  TL_TAKES_UNDERLYING | TL_TAKES_RANGE, 200, 0};
    struct tl_page_rules candles = {TL_TABLE_CANDLES, TL_PAGE_RECENT,
                                    TL_TAKES_UNDERLYING | TL_TAKES_INTERVAL | TL_TAKES_CANDLE_RANGE,
                                    200, 100000000};
    struct tl_error error = {0};
    REQUIRE(parse("underlying_id=spy&start_ts=90&end_ts=10", &range, &error) == TL_OK);
    CHECK_INT(params.query.start_ts, 10);
    CHECK_INT(params.query.end_ts, 90);
    CHECK(params.reverse);
    CHECK_INT(parse("underlying_id=spy&start_ts=90", &range, &error), TL_INVALID);
    CHECK_INT(parse("underlying_id=%20&start_ts=1&end_ts=2", &range, &error), TL_INVALID);
    REQUIRE(parse("underlying_id=spy&interval_ms=60000&limit=5000&cache=true", &candles, &error) ==
            TL_OK);
    CHECK_INT(params.query.limit, 5000);
    CHECK_INT(params.query.end_ts, 100000000);
    CHECK_INT(params.query.start_ts, 0); /* 100 000 s is less than 5000 minutes */
    REQUIRE(parse("underlying_id=spy&interval_ms=1000&limit=10&end_ts=50000", &candles, &error) ==
            TL_OK);
    CHECK_INT(params.query.start_ts, 40000);
    CHECK_INT(parse("underlying_id=spy&interval_ms=0", &candles, &error), TL_INVALID);
    CHECK_INT(parse("interval_ms=60000", &candles, &error), TL_INVALID);
    CHECK_INT(parse("underlying_id=spy&interval_ms=60000&limit=5001", &candles, &error),
              TL_INVALID);
}
