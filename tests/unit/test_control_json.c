/* SPDX-License-Identifier: Apache-2.0
 * The control state as JSON: what is accepted, and how everything else is named. */
#include "json/control_json.h"

#include <stdio.h>
#include <string.h>

#include "json/control_log_file.h"
#include "lib/harness.h"
#include "os/os.h"

static const char default_json[] =
    "{\"preset_id\":\"balanced_demo\",\"coverage_assist\":true,\"coverage_window_minutes\":20,"
    "\"shared_seed\":11,\"profile_weights\":{\"institutional_directional\":1,\"retail_whale\":1,"
    "\"event_driven\":1,\"vol_seller\":1,\"arbitrage\":1,\"hedge_reactive\":1},\"updated_at\":0,"
    "\"updated_by\":\"system\"}";

static const char *format(const struct tl_control *control)
{
    static char bytes[TL_CONTROL_JSON_MAX + 1];
    struct tl_text text = {.data = bytes, .capacity = sizeof bytes};
    tl_control_json_put(&text, control);
    CHECK(!text.overflow);
    return tl_text_cstr(&text);
}

/* default_json with the first `from` replaced. */
static const char *with(const char *from, const char *to)
{
    static char json[2048];
    const char *at = strstr(default_json, from);
    if (!at) return "";
    snprintf(json, sizeof json, "%.*s%s%s", (int)(at - default_json), default_json, to,
             at + strlen(from));
    return json;
}

TL_TEST("control json: the default is printed in the contract's order and read back")
{
    struct tl_control control = tl_control_default(), read;
    CHECK_STR(format(&control), default_json);
    CHECK(tl_control_json_parse(tl_str_from(default_json), &read, NULL, NULL) == TL_OK);
    CHECK_STR(format(&read), default_json);
}

TL_TEST("control json: every value that is allowed is read exactly")
{
    static const struct {
        const char *from, *to;
    } cases[] = {{"balanced_demo", "quiet_range"},
                 {"assist\":true", "assist\":false"},
                 {"minutes\":20", "minutes\":10"},
                 {"minutes\":20", "minutes\":30"},
                 {"seed\":11", "seed\":-9007199254740991"},
                 {"seed\":11", "seed\":9007199254740991"},
                 {"seed\":11", "seed\":0"},
                 {"arbitrage\":1", "arbitrage\":0.6"},
                 {"hedge_reactive\":1", "hedge_reactive\":1.6"},
                 {"updated_at\":0", "updated_at\":1778765400123"},
                 {"system", "Zo\xc3\xab \\\"op\\\" \\\\"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct tl_control control;
        struct tl_error error = {.text = ""};
        const char *json = with(cases[i].from, cases[i].to);
        if (tl_control_json_parse(tl_str_from(json), &control, NULL, &error) != TL_OK)
            test_fail(__FILE__, __LINE__, "%s: %s", json, error.text);
        CHECK_STR(format(&control), json);
    }
    /* Whole numbers may be written as reals, and weights as integers. */
    struct tl_control control;
    CHECK(tl_control_json_parse(tl_str_from(with("seed\":11", "seed\":1.1e1")), &control, NULL,
                                NULL) == TL_OK);
    CHECK_STR(format(&control), default_json);
}

static void refuse(const char *json, const char *path, const char *part, int line)
{
    struct tl_control control = tl_control_default();
    struct tl_control_issues issues;
    struct tl_error error = {.text = ""};
    control.shared_seed = 77;
    if (tl_control_json_parse(tl_str_from(json), &control, &issues, &error) != TL_INVALID) {
        test_fail(__FILE__, line, "accepted: %s", json);
        return;
    }
    CHECK(control.shared_seed == 77);
    if (issues.count != 1 || strcmp(issues.items[0].path, path) != 0 ||
        !strstr(issues.items[0].message, part) || !strstr(error.text, part))
        test_fail(__FILE__, line, "%d issues, \"%s\": \"%s\"", (int)issues.count,
                  issues.items[0].path, issues.items[0].message);
}
#define REFUSE(json, path, part) refuse(json, path, part, __LINE__)

TL_TEST("control json: what is wrong is named with the field, what it got and what is allowed")
{
    REFUSE(with("balanced_demo", "lively"), "preset_id",
           "got \"lively\"; allowed are balanced_demo");
    REFUSE(with("\"balanced_demo\"", "3"), "preset_id", "got 3");
    REFUSE(with("assist\":true", "assist\":1"), "coverage_assist", "got 1; true or false");
    REFUSE(with("minutes\":20", "minutes\":15"), "coverage_window_minutes",
           "got 15; allowed are 10, 20 and 30");
    REFUSE(with("minutes\":20", "minutes\":\"20\""), "coverage_window_minutes", "got \"20\"");
    REFUSE(with("seed\":11", "seed\":9007199254740992"), "shared_seed", "2^53 - 1");
    REFUSE(with("seed\":11", "seed\":1.5"), "shared_seed", "got 1.5");
    REFUSE(with("seed\":11", "seed\":null"), "shared_seed", "got null");
    REFUSE(with("updated_at\":0", "updated_at\":-1"), "updated_at", "got -1");
    REFUSE(with("\"system\"", "\" \\t\""), "updated_by", "not blank");
    REFUSE(with("arbitrage\":1", "arbitrage\":1.1"), "profile_weights.arbitrage",
           "allowed are 0.6, 1.0 and 1.6");
    REFUSE(with("arbitrage\":1", "arbitrage\":true"), "profile_weights.arbitrage", "got true");
    REFUSE(with(",\"arbitrage\":1", ""), "profile_weights.arbitrage", "missing");
    REFUSE(with("arbitrage\":1", "arbitrage\":1,\"luck\":1"), "profile_weights.luck", "unknown");
    REFUSE(with("\"updated_at\":0,", ""), "updated_at", "missing");
    REFUSE(with("\"updated_at\":0", "\"updated_at\":0,\"note\":\"x\""), "note", "unknown");
    REFUSE(with("\"updated_at\":0", "\"updated_at\":0,\"updated_at\":0"), "", "not JSON");
    REFUSE("[]", "", "an object is needed");
    REFUSE("", "", "not JSON");
    REFUSE("{\"preset_id\"", "", "not JSON");
}

TL_TEST("control json: all problems are listed, up to 16")
{
    struct tl_control control;
    struct tl_control_issues issues;
    CHECK(tl_control_json_parse(tl_str_from("{\"profile_weights\":{}}"), &control, &issues, NULL) ==
          TL_INVALID);
    CHECK_INT(issues.count, 12); /* six fields and six weights */
    CHECK(tl_control_json_parse(
              tl_str_from("{\"profile_weights\":{},\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1}"),
              &control, &issues, NULL) == TL_INVALID);
    CHECK_INT(issues.count, 16);
}

TL_TEST("control json: the longest author, all of control characters, still fits")
{
    struct tl_control control = tl_control_default(), read;
    memset(control.updated_by, 1, sizeof control.updated_by - 1);
    control.shared_seed = -9007199254740991;
    const char *json = format(&control);
    CHECK(tl_control_json_parse(tl_str_from(json), &read, NULL, NULL) == TL_OK);
    CHECK(strcmp(read.updated_by, control.updated_by) == 0);
}

TL_TEST("control json: KEY=VALUE sets one field and refuses what the schema refuses")
{
    struct tl_control control = tl_control_default();
    struct tl_error error;
    static const char *const good[] = {
        "preset_id=event_day", "coverage_assist=off",           "coverage_window_minutes=30",
        "shared_seed=-5",      "profile_weights.arbitrage=low", "profile_weights.vol_seller=1.6",
        "updated_by=me"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        CHECK(tl_control_assign(&control, tl_str_from(good[i]), &error) == TL_OK);
    CHECK_STR(format(&control),
              "{\"preset_id\":\"event_day\",\"coverage_assist\":false,\"coverage_window_minutes\":"
              "30,\"shared_seed\":-5,\"profile_weights\":{\"institutional_directional\":1,"
              "\"retail_whale\":1,\"event_driven\":1,\"vol_seller\":1.6,\"arbitrage\":0.6,"
              "\"hedge_reactive\":1},\"updated_at\":0,\"updated_by\":\"me\"}");
    static const struct {
        const char *text, *part;
    } bad[] = {{"preset_id", "is not KEY=VALUE"},
               {"preset=event_day", "is no field"},
               {"preset_id=lively", "allowed are"},
               {"profile_weights={}", "is no field"},
               {"profile_weights.luck=low", "is no field"},
               {"profile_weights.arbitrage=2", "allowed are 0.6"},
               {"coverage_window_minutes=", "allowed are 10"},
               {"shared_seed=x", "whole number"}};
    const struct tl_control before = control;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        CHECK(tl_control_assign(&control, tl_str_from(bad[i].text), &error) == TL_INVALID);
        if (!strstr(error.text, bad[i].part))
            test_fail(__FILE__, __LINE__, "%s: %s", bad[i].text, error.text);
    }
    CHECK(control.preset == before.preset && control.shared_seed == before.shared_seed);
}

TL_TEST("control log file: entries read back; errors name the entry and the field")
{
    struct tl_control_entry entries[4] = {{5, tl_control_default()}, {9, tl_control_default()}};
    struct tl_control_entry read[4];
    struct tl_error error;
    char bytes[4096], path[340];
    size_t count = 0;
    struct tl_text text = {.data = bytes, .capacity = sizeof bytes};
    entries[1].state.preset = TL_PRESET_DEALER_DAY;
    tl_control_log_put(&text, entries, 2);
    snprintf(path, sizeof path, "%s/log.json", test_tmp_dir());
    CHECK(tl_os_write_file(path, (struct tl_str){text.data, text.size}, 0600, &error) == TL_OK);
    CHECK(tl_control_log_read(path, read, 4, &count, &error) == TL_OK);
    CHECK_INT(count, 2);
    CHECK(read[0].effective_s == 5 && read[1].effective_s == 9);
    CHECK(read[1].state.preset == TL_PRESET_DEALER_DAY);
    CHECK(tl_control_log_read(path, read, 1, &count, &error) == TL_INVALID);
    CHECK(strstr(error.text, "at most 1") != NULL);
    CHECK(tl_control_log_read("/nonexistent/log.json", read, 4, &count, &error) != TL_OK);
    entries[1].effective_s = 4;
    text.size = 0;
    tl_control_log_put(&text, entries, 2);
    CHECK(tl_control_log_parse((struct tl_str){text.data, text.size}, read, 4, &count, &error) ==
          TL_INVALID);
    CHECK(strstr(error.text, "entry 1") && strstr(error.text, "goes back"));
    char one[2048];
    snprintf(one, sizeof one,
             "[{\"effective_second\":1,\"control\":%s},{\"effective_second\":2,"
             "\"control\":%s}]",
             default_json, "{}");
    CHECK(tl_control_log_parse(tl_str_from(one), read, 4, &count, &error) == TL_INVALID);
    CHECK(strstr(error.text, "entry 1: preset_id is missing") != NULL);
    CHECK(tl_control_log_parse(tl_str_from("[]"), read, 4, &count, &error) == TL_INVALID);
    CHECK(tl_control_log_parse(tl_str_from("{}"), read, 4, &count, &error) == TL_INVALID);
    CHECK(tl_control_log_parse(tl_str_from("[1]"), read, 4, &count, &error) == TL_INVALID);
}
