/* SPDX-License-Identifier: Apache-2.0
 * The calendar against published NYSE calendars, the control log, and the universe's parser. */
#include "lib/harness.h"

#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "market/calendar.h"
#include "market/universe.h"

static int32_t day_of(const char *text)
{
    int32_t day = -1;
    CHECK(tl_date_parse(tl_str_from(text), &day));
    return day;
}

TL_TEST("the exchange's holidays and half days are those it published")
{
    static const char *const CLOSED[] = {
        "2020-04-10", "2020-07-03", "2021-01-01", "2021-07-05", "2021-12-24", "2022-06-20",
        "2022-12-26", "2023-01-02", "2023-06-19", "2024-03-29", "2024-05-27", "2025-01-09",
        "2025-04-18", "2025-11-27", "2026-01-01", "2026-01-19", "2026-02-16", "2026-04-03",
        "2026-05-25", "2026-06-19", "2026-07-03", "2026-09-07", "2026-11-26", "2026-12-25",
        "2027-06-18", "2027-12-24", "2028-01-17", "2026-11-28"};
    static const char *const OPEN[] = {"2020-06-19", "2021-06-18", "2021-12-31", "2022-01-03",
                                       "2026-07-02", "2026-10-12", "2027-12-31", "2026-11-11"};
    static const char *const HALF[] = {"2023-07-03", "2023-11-24", "2024-07-03", "2024-12-24",
                                       "2025-07-03", "2025-12-24", "2026-11-27", "2026-12-24"};
    for (size_t i = 0; i < sizeof CLOSED / sizeof *CLOSED; i++)
        if (tl_calendar_is_trading_day(day_of(CLOSED[i])))
            test_fail(__FILE__, __LINE__, "%s", CLOSED[i]);
    for (size_t i = 0; i < sizeof OPEN / sizeof *OPEN; i++)
        if (!tl_calendar_is_trading_day(day_of(OPEN[i])) ||
            tl_calendar_is_half_day(day_of(OPEN[i])))
            test_fail(__FILE__, __LINE__, "%s", OPEN[i]);
    for (size_t i = 0; i < sizeof HALF / sizeof *HALF; i++)
        if (!tl_calendar_is_half_day(day_of(HALF[i]))) test_fail(__FILE__, __LINE__, "%s", HALF[i]);
    CHECK(!tl_calendar_is_half_day(day_of("2026-07-02")));
}

TL_TEST("the trading day ordinal counts trading days one by one, 2000 to 2040")
{
    int32_t first = day_of("2022-01-01");
    int64_t ordinal = tl_trading_day_ordinal(first);
    for (int32_t day = first; day < day_of("2040-01-01"); day++) {
        if (tl_trading_day_ordinal(day) != ordinal) {
            test_fail(__FILE__, __LINE__, "day %d", day);
            return;
        }
        ordinal += tl_calendar_is_trading_day(day);
    }
    for (int32_t day = day_of("2007-01-01"); day < first; day += 31) {
        int64_t next = tl_trading_day_ordinal(tl_trading_day_on_or_after(day) + 1);
        CHECK(next - tl_trading_day_ordinal(tl_trading_day_on_or_after(day)) == 1);
    }
    CHECK_INT(tl_trading_day_add(day_of("2026-11-25"), 1), day_of("2026-11-27"));
    CHECK_INT(tl_trading_day_add(day_of("2026-11-30"), -2), day_of("2026-11-25"));
}

TL_TEST("New York time follows daylight saving both ways")
{
    int64_t spring = (int64_t)day_of("2026-03-08") * 86400 + 7 * 3600;
    CHECK_INT(tl_newyork_offset_s(spring - 1), -18000);
    CHECK_INT(tl_newyork_offset_s(spring), -14400);
    int64_t autumn = (int64_t)day_of("2026-11-01") * 86400 + 6 * 3600;
    CHECK_INT(tl_newyork_offset_s(autumn - 1), -14400);
    CHECK_INT(tl_newyork_offset_s(autumn), -18000);
    CHECK_INT(tl_newyork_epoch(day_of("2026-07-01"), 34200),
              (int64_t)day_of("2026-07-01") * 86400 + 13 * 3600 + 1800);
    CHECK_INT(tl_newyork_epoch(day_of("2026-12-01"), 34200),
              (int64_t)day_of("2026-12-01") * 86400 + 14 * 3600 + 1800);
    CHECK_INT(tl_newyork_day((int64_t)day_of("2026-12-01") * 86400 + 5 * 3600 - 1),
              day_of("2026-11-30"));
}

TL_TEST("sessions follow each other and hold the seconds they should")
{
    struct tl_session_span span, next, back;
    int64_t noon = tl_newyork_epoch(day_of("2026-11-27"), 12 * 3600);
    tl_session_find(TL_CALENDAR_EXCHANGE, noon, &span);
    CHECK_INT(span.trade_day, day_of("2026-11-27"));
    CHECK_INT(span.end_s - span.start_s, 12600);
    tl_session_find(TL_CALENDAR_EXCHANGE, span.end_s, &next);
    CHECK_INT(next.trade_day, day_of("2026-11-30"));
    CHECK_INT(next.ordinal, span.ordinal + 1);
    tl_session_after(TL_CALENDAR_EXCHANGE, &span, &back);
    CHECK_INT(back.start_s, next.start_s);
    tl_session_before(TL_CALENDAR_EXCHANGE, &next, &back);
    CHECK(back.start_s == span.start_s && back.ordinal == span.ordinal);
    for (int64_t at = noon; at < noon + 40 * 86400; at += 23400) {
        tl_session_find(TL_CALENDAR_CONTINUOUS, at, &span);
        CHECK(span.start_s <= at && at < span.end_s && span.end_s - span.start_s == TL_SESSION_S);
        CHECK(tl_calendar_is_trading_day(span.trade_day) &&
              span.ordinal * TL_SESSION_S == span.start_s);
        CHECK(span.trade_day >= tl_newyork_day(span.end_s));
        CHECK(tl_calendar_expiry_close_s(TL_CALENDAR_CONTINUOUS, span.trade_day) >= span.end_s);
        tl_session_after(TL_CALENDAR_CONTINUOUS, &span, &next);
        if (next.trade_day != span.trade_day)
            CHECK_INT(tl_calendar_expiry_close_s(TL_CALENDAR_CONTINUOUS, span.trade_day),
                      span.end_s);
    }
    CHECK_INT(tl_calendar_expiry_close_s(TL_CALENDAR_EXCHANGE, day_of("2026-11-26")),
              tl_newyork_epoch(day_of("2026-11-25"), 16 * 3600));
}

TL_TEST("expirations fall on third Fridays, week ends and month ends that trade")
{
    CHECK_INT(tl_monthly_expiration(2026, 6), day_of("2026-06-18")); /* Juneteenth */
    CHECK_INT(tl_monthly_expiration(2026, 11), day_of("2026-11-20"));
    CHECK_INT(tl_monthly_expiration(2026, 13), day_of("2027-01-15"));
    CHECK_INT(tl_weekly_expiration(day_of("2026-03-31")), day_of("2026-04-02"));
    CHECK_INT(tl_weekly_expiration(day_of("2026-11-24")), day_of("2026-11-27"));
    CHECK_INT(tl_month_end_expiration(2026, 10), day_of("2026-10-30"));
    CHECK_INT(tl_month_end_expiration(2026, 12), day_of("2026-12-31"));
}

TL_TEST("the control log answers which state is in force, from before its first entry on")
{
    struct tl_control_entry entries[3] = {
        {100, tl_control_default()}, {200, tl_control_default()}, {200, tl_control_default()}};
    struct tl_control_log log = {entries, 3};
    CHECK_INT(tl_control_log_at(&log, 5), 0);
    CHECK_INT(tl_control_log_at(&log, 199), 0);
    CHECK_INT(tl_control_log_at(&log, 200), 2);
    CHECK_INT(tl_control_log_at(&log, 1000), 2);
    CHECK_INT(tl_control_effective_second(5 * TL_NS_PER_S), 6);
    CHECK_INT(tl_control_effective_second(5 * TL_NS_PER_S + 1), 7);
    struct tl_control control = tl_control_default();
    CHECK(control.shared_seed == 11 && control.coverage_window_minutes == 20);
    enum tl_preset preset;
    enum tl_profile profile;
    enum tl_mode mode;
    for (int i = 0; i < TL_PRESET_COUNT; i++)
        CHECK(tl_preset_parse(tl_str_from(tl_preset_name((enum tl_preset)i)), &preset) &&
              (int)preset == i);
    for (int i = 0; i < TL_PROFILE_COUNT; i++)
        CHECK(tl_profile_parse(tl_str_from(tl_profile_name((enum tl_profile)i)), &profile) &&
              (int)profile == i);
    for (int i = 0; i < TL_MODE_COUNT; i++)
        CHECK(tl_mode_parse(tl_str_from(tl_mode_name((enum tl_mode)i)), &mode) && (int)mode == i);
    CHECK(!tl_preset_parse(tl_str_from("Balanced"), &preset));
    CHECK(tl_weight_value(TL_WEIGHT_HIGH) == 1.6);
    CHECK_STR(tl_regime_name(TL_REGIME_DEALER_GAMMA), "dealer_gamma");
    CHECK_STR(tl_phase_name(TL_PHASE_POWER_HOUR), "power_hour");
}

TL_TEST("the built-in universe parses to forty names with sane numbers")
{
    static struct tl_symbol symbols[TL_SYMBOLS_MAX];
    struct tl_error error = {0};
    uint32_t count;
    enum tl_status status = tl_universe_parse(tl_str_from(tl_universe_default_text), symbols,
                                              TL_SYMBOLS_MAX, &count, &error);
    CHECK_STR(error.text, "");
    REQUIRE(status == TL_OK);
    CHECK_INT(count, 40);
    double prints = 0;
    for (uint32_t i = 0; i < count; i++) {
        prints += symbols[i].trades_per_s;
        CHECK(symbols[i].beta * 0.145 / symbols[i].iv28 < 1.01);
        CHECK(symbols[i].lot == (symbols[i].price <= 250 || symbols[i].european ? 100
                                 : symbols[i].price <= 1000                     ? 40
                                                                                : 10));
    }
    CHECK(prints > 450 && prints < 700);
    CHECK_STR(symbols[0].ticker, "SPY");
    CHECK(symbols[0].is_etf && symbols[0].listing == TL_LISTING_DAILY && symbols[0].tick == 100);
    CHECK(symbols[0].adv_shares == 75e6 && symbols[32].european);
}

static const char *universe_error(const char *text)
{
    static struct tl_error error;
    struct tl_symbol symbols[2];
    uint32_t count;
    memset(&error, 0, sizeof error);
    CHECK(tl_universe_parse(tl_str_from(text), symbols, 2, &count, &error) == TL_INVALID);
    return error.text;
}

TL_TEST("universe errors name line and field")
{
#define GOOD "A sector=tech price=10 adv=1e6 tps=1 spread=0.01 iv28=0.3\n"
    CHECK_STR(universe_error("# x\n" GOOD "B sector=tech price=ten"),
              "universe line 3, field price: must be a number, got \"ten\"");
    CHECK_STR(universe_error("A sector=tech price=-1"),
              "universe line 1, field price: is out of range, got \"-1\"");
    CHECK_STR(universe_error("A sector=gold"),
              "universe line 1, field sector: must be one of index tech semi consumer finance "
              "health energy industry comm, got \"gold\"");
    CHECK_STR(universe_error("A price=1"), "universe line 1, field sector: is missing, got \"A\"");
    CHECK_STR(universe_error("A colour=red"), "universe line 1: unknown field, got \"colour\"");
    CHECK_STR(universe_error("A price"),
              "universe line 1: a field must be key=value, got \"price\"");
    CHECK_STR(universe_error("A price=1 price=2"),
              "universe line 1, field price: stands twice, got \"price=2\"");
    CHECK_STR(universe_error("spy price=1"),
              "universe line 1: a ticker has only A-Z 0-9 . -, got \"spy\"");
    CHECK_STR(universe_error(GOOD GOOD), "universe line 2: this ticker stands twice, got \"A\"");
    CHECK_STR(universe_error("\n# nothing\n"), "universe: no symbol in the text");
#undef GOOD
}
