/* SPDX-License-Identifier: Apache-2.0
 * The record of control changes: what differs, as JSON and back, and how it survives a restart. */
#include "json/control_change.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/harness.h"
#include "lib/nats_server.h"
#include "services/control_plane.h"

static struct tl_error error;

TL_TEST("control change: every field that differs is told, from and to, and survives JSON")
{
    char bytes[TL_CONTROL_CHANGE_JSON_MAX + 16];
    struct tl_text text = {.data = bytes, .capacity = sizeof bytes};
    struct tl_control before = tl_control_default(), after = before;
    struct tl_control_change change = {.revision = 12, .at_ms = 1000, .effective_s = 3}, read[2];
    size_t count = 0;
    after.preset = TL_PRESET_EVENT_DAY;
    after.coverage_assist = false;
    after.coverage_window_minutes = 30;
    after.shared_seed = -9007199254740991;
    for (int i = 0; i < TL_PROFILE_COUNT; i++)
        after.weights[i] = i % 2 ? TL_WEIGHT_LOW : TL_WEIGHT_HIGH;
    memset(after.updated_by, 1, sizeof after.updated_by - 1); /* six bytes each as JSON */
    after.updated_at_ms = 77;
    tl_control_change_compare(&change, &before, &after);
    CHECK_INT(change.count, TL_CONTROL_CHANGE_FIELDS);
    tl_text_lit(&text, "{\"changes\":[");
    tl_control_change_put(&text, &change);
    tl_text_lit(&text, "]}");
    CHECK(!text.overflow); /* the largest there is */
    struct tl_str json = {text.data, text.size};
    CHECK_INT(tl_control_changes_parse(json, read, 2, &count, &error), TL_OK);
    REQUIRE(count == 1);
    CHECK(read[0].revision == 12 && read[0].at_ms == 1000 && read[0].effective_s == 3);
    CHECK_STR(read[0].by, change.by);
    CHECK_INT(read[0].count, change.count);
    for (uint32_t i = 0; i < read[0].count; i++) {
        CHECK_STR(read[0].fields[i].field, change.fields[i].field);
        CHECK_STR(read[0].fields[i].from, change.fields[i].from);
        CHECK_STR(read[0].fields[i].to, change.fields[i].to);
    }
    CHECK_STR(read[0].fields[0].to, "\"event_day\"");
    CHECK_STR(read[0].fields[3].to, "-9007199254740991");
    CHECK_STR(read[0].fields[4].field, "profile_weights.institutional_directional");
    CHECK_STR(read[0].fields[4].to, "1.6");
}

TL_TEST(
    "control change: the oldest state has nothing to compare with, the same one nothing to tell")
{
    char bytes[TL_CONTROL_CHANGE_JSON_MAX];
    struct tl_text text = {.data = bytes, .capacity = sizeof bytes};
    struct tl_control state = tl_control_default();
    struct tl_control_change change = {.revision = 0};
    tl_control_change_compare(&change, NULL, &state);
    tl_control_change_put(&text, &change);
    CHECK_STR(tl_text_cstr(&text), "{\"revision\":null,\"at\":0,\"by\":\"system\","
                                   "\"effective_second\":0,\"changes\":null}");
    state.updated_at_ms = 5;
    tl_control_change_compare(&change, &state, &state);
    CHECK(change.compared && change.count == 0);
}

TL_TEST("control change: an answer that holds something else is refused")
{
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        "{\"changes\":{}}",
        "{\"changes\":[1]}",
        "{\"changes\":[{\"by\":\"x\"}]}",
        ("{\"changes\":[{\"revision\":1,\"at\":1,\"by\":\"x\",\"effective_second\":1,"
         "\"changes\":[{\"field\":\"f\",\"from\":1}]}]}")};
    struct tl_control_change change;
    size_t count = 9;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK_INT(tl_control_changes_parse(tl_str_from(bad[i]), &change, 1, &count, &error),
                  TL_CORRUPT);
        CHECK_INT(count, 0);
    }
}

/* ---- over a bus, across a restart ---- */

static struct tl_bus *open_bus(const char *url, const char *dir)
{
    struct tl_bus_options options = {.url = url, .data_dir = dir, .name = "change-test"};
    struct tl_bus *bus = NULL;
    if (tl_bus_open(&options, &bus, &error) != TL_OK)
        test_fail(__FILE__, __LINE__, "open: %s", error.text);
    return bus;
}

/* Change number i sets the seed to i; every tenth a preset too. */
static bool write_changes(struct tl_bus *bus, int count)
{
    struct tl_control_plane *plane = NULL;
    struct tl_control control = tl_control_default();
    if (tl_control_plane_open(bus, &plane, &error) != TL_OK) return false;
    for (int i = 0; i < count; i++) {
        control.shared_seed = 1000 + i;
        if (i % 10 == 0) control.preset = (enum tl_preset)((control.preset + 1) % TL_PRESET_COUNT);
        snprintf(control.updated_by, sizeof control.updated_by, "desk %d", i);
        CHECK(tl_control_plane_put(plane, &control, UINT64_MAX, NULL, &error) == TL_OK);
        CHECK(tl_control_plane_compact(plane, &error) == TL_OK);
    }
    tl_control_plane_close(plane);
    return true;
}

static void check_changes(struct tl_bus *bus, int count)
{
    struct tl_control_plane *plane = NULL;
    struct tl_control_change change;
    char by[32], from[24], to[24];
    REQUIRE(tl_control_plane_open(bus, &plane, &error) == TL_OK);
    uint64_t later = UINT64_MAX;
    for (int back = 0; back < 64; back++) {
        int i = count - 1 - back;
        REQUIRE(tl_control_plane_change(plane, (size_t)back, &change));
        snprintf(by, sizeof by, "desk %d", i);
        snprintf(from, sizeof from, "%d", 1000 + i - 1);
        snprintf(to, sizeof to, "%d", 1000 + i);
        CHECK_STR(change.by, by);
        CHECK(change.revision > 0 && change.revision < later && change.at_ms > 1600000000000);
        later = change.revision;
        /* What stands before the bucket's oldest is kept elsewhere, of each second only the last: the
         * oldest's step may be of several changes, or unknown. */
        if (back == 63) break;
        REQUIRE(change.count == (i % 10 == 0 ? 2 : 1));
        CHECK_STR(change.fields[change.count - 1].field, "shared_seed");
        CHECK_STR(change.fields[change.count - 1].to, to);
        CHECK_STR(change.fields[change.count - 1].from, from);
    }
    CHECK(!tl_control_plane_change(plane, TL_CONTROL_ENTRIES_MAX, &change));
    tl_control_plane_close(plane);
}

TL_TEST("control change: the last 64 of 100 changes are known after a restart; in memory")
{
    char dir[300];
    snprintf(dir, sizeof dir, "%s", test_tmp_dir());
    struct tl_bus *bus = open_bus("memory:", dir);
    REQUIRE(bus && write_changes(bus, 100));
    tl_bus_close(bus);
    bus = open_bus("memory:", dir);
    REQUIRE(bus);
    check_changes(bus, 100);
    tl_bus_close(bus);
}

TL_TEST("control change: the last 64 of 100 changes are known after a restart; over NATS")
{
    struct nats_server server;
    REQUIRE(nats_server_start(&server));
    struct tl_bus *bus = open_bus(server.url, NULL);
    REQUIRE(bus && write_changes(bus, 100));
    tl_bus_close(bus);
    nats_server_kill(&server);
    REQUIRE(nats_server_restart(&server));
    bus = open_bus(server.url, NULL);
    REQUIRE(bus);
    check_changes(bus, 100);
    tl_bus_close(bus);
    nats_server_kill(&server);
}
