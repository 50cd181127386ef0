/* SPDX-License-Identifier: Apache-2.0
 * The environment of compute, and the calendar file. */
#include <string.h>

#include "json/event_calendar.h"
#include "lib/harness.h"
#include "services/compute/config.h"

static const char *const (*pairs)[2];

static const char *fake_env(const char *name)
{
    for (size_t i = 0; pairs[i][0]; i++)
        if (strcmp(pairs[i][0], name) == 0) return pairs[i][1];
    return NULL;
}

TL_TEST("compute's environment: defaults, values, and defaults again where a value is bad")
{
    static const char *const none[][2] = {{NULL, NULL}};
    static const char *const some[][2] = {{"CLUSTER_WINDOW_MS", " 250.9 "},
                                          {"NBBO_MAX_AGE_MS", "-3"},
                                          {"ROLLING_WINDOW_SIZE", "ten"},
                                          {"DARK_INFER_MAX_SPREAD_PCT", "0.01"},
                                          {"CANDLE_INTERVALS_MS", "60000, x,900000"},
                                          {"COMPUTE_DELIVER_POLICY", "last_per_subject"},
                                          {"COMPUTE_CONSUMER_RESET", "YES"},
                                          {"CANDLE_DELIVER_POLICY", "sometimes"},
                                          {NULL, NULL}};
    struct tl_compute_config config;
    pairs = none;
    tl_compute_config_read(&config, fake_env);
    CHECK_INT(config.flow.window_ms, 500);
    CHECK_INT(config.candles.interval_count, 2);
    CHECK_INT(config.deliver, TL_DELIVER_NEW);
    CHECK(!config.reset && config.bad_values == 0 && !config.calendar_path);
    pairs = some;
    tl_compute_config_read(&config, fake_env);
    CHECK_INT(config.flow.window_ms, 250);
    CHECK_INT(config.flow.nbbo_age_ms_max, 1000);
    CHECK_INT(config.flow.rolling_window, 50);
    CHECK_NEAR(config.flow.dark.max_spread_pct, 0.01, 0);
    CHECK_INT(config.candles.interval_count, 2);
    CHECK_INT(config.candles.interval_ms[1], 900000);
    CHECK_INT(config.deliver, TL_DELIVER_LAST);
    CHECK(config.reset);
    CHECK_INT(config.candle_deliver, TL_DELIVER_NEW);
    CHECK_INT(config.bad_values, 3);
}

TL_TEST("the calendar file: keys, times in three forms, entries left out")
{
    static struct tl_flow_calendar calendar;
    struct tl_error error = {.status = TL_OK};
    static const char text[] =
        "[{\"underlying_id\":\"nvda\",\"event_ts\":1778880000000,\"event_kind\":\"earnings\","
        "\"announced_ts\":1778000000000},"
        "{\"symbol\":\"AMD\",\"event_date\":\"2026-05-16\",\"event_kind\":\"news\"},"
        "{\"underlying\":\"KO\",\"event_time\":\"2026-05-16T09:30:00.5-04:00\",\"event_ts\":null},"
        "{\"symbol\":\"KO\"},{\"event_ts\":1},7,"
        "{\"symbol\":\"KO\",\"event_ts\":\"next week\"}]";
    CHECK_INT(tl_event_calendar_parse(tl_str_from(text), &calendar, &error), TL_OK);
    CHECK_INT(calendar.count, 3);
    CHECK_INT(calendar.left_out, 4);
    CHECK_STR(calendar.events[0].symbol, "NVDA");
    CHECK_INT(calendar.events[0].announced_ts, 1778000000000LL);
    CHECK_INT(calendar.events[1].event_ts, 1778889600000LL);
    CHECK_INT(calendar.events[1].kind, TL_CALENDAR_NEWS);
    CHECK_INT(calendar.events[2].event_ts, 1778938200500LL);
    CHECK_INT(calendar.events[2].kind, TL_CALENDAR_OTHER);
    CHECK_INT(tl_event_calendar_parse(tl_str_from("{}"), &calendar, &error), TL_INVALID);
    CHECK_INT(calendar.count, 0);
    CHECK_INT(tl_event_calendar_parse(tl_str_from("[{"), &calendar, &error), TL_INVALID);
}

TL_TEST("the calendar gives the earliest announced event to come, and the last one past")
{
    static struct tl_flow_calendar calendar;
    calendar.count = 3;
    calendar.events[0] = (struct tl_calendar_event){"A", 300, 0, TL_CALENDAR_NEWS};
    calendar.events[1] = (struct tl_calendar_event){"A", 200, 150, TL_CALENDAR_NEWS};
    calendar.events[2] = (struct tl_calendar_event){"B", 120, 0, TL_CALENDAR_NEWS};
    struct tl_str a = tl_str_from("A");
    CHECK_INT(tl_calendar_next(&calendar, a, 100)->event_ts, 300); /* 200 is not announced */
    CHECK_INT(tl_calendar_next(&calendar, a, 160)->event_ts, 200);
    CHECK_INT(tl_calendar_next(&calendar, a, 200)->event_ts, 200);
    CHECK_INT(tl_calendar_previous(&calendar, a, 201)->event_ts, 200);
    CHECK(tl_calendar_next(&calendar, a, 301) == NULL);
    CHECK(tl_calendar_previous(&calendar, tl_str_from("B"), 120) == NULL);
    CHECK(tl_calendar_next(NULL, a, 1) == NULL);
}
