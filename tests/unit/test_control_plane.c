/* SPDX-License-Identifier: Apache-2.0
 * The control plane over the bus: the default, the log, what is refused, and how a session's past
 * survives the bucket's 64 revisions. */
#include "services/control_plane.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "json/control_json.h"
#include "lib/harness.h"
#include "lib/nats_server.h"
#include "os/os.h"

static struct tl_error error;

static struct tl_bus *open_bus(const char *url, const char *dir)
{
    struct tl_bus_options options = {.url = url, .data_dir = dir, .name = "plane-test"};
    struct tl_bus *bus = NULL;
    if (tl_bus_open(&options, &bus, &error) != TL_OK)
        test_fail(__FILE__, __LINE__, "open: %s", error.text);
    return bus;
}

static struct tl_control_plane *open_plane(struct tl_bus *bus)
{
    struct tl_control_plane *plane = NULL;
    if (tl_control_plane_open(bus, &plane, &error) != TL_OK)
        test_fail(__FILE__, __LINE__, "plane: %s", error.text);
    return plane;
}

static void first_start(struct tl_bus *bus)
{
    static struct tl_kv_entry entry;
    struct tl_control_plane *one = open_plane(bus), *two = open_plane(bus);
    REQUIRE(one && two);
    CHECK(tl_kv_get(bus, "global", &entry, &error) == TL_OK);
    CHECK(strncmp(entry.value, "{\"preset_id\":\"balanced_demo\"", 28) == 0);
    CHECK_INT(tl_control_plane_log(two)->count, 1);
    CHECK(tl_control_plane_revision(two) == entry.revision);
    CHECK_INT(tl_control_plane_effective(two), tl_control_effective_second(entry.created));

    /* A change by one is seen by the other, with the same effective second from the store's stamp.
     */
    struct tl_control control = *tl_control_plane_current(one);
    uint64_t revision = 0;
    bool changed = false;
    control.preset = TL_PRESET_EVENT_DAY;
    CHECK(tl_control_plane_poll(two, 30, &changed, &error) == TL_AGAIN);
    CHECK(tl_control_plane_put(one, &control, entry.revision, &revision, &error) == TL_OK);
    CHECK(control.updated_at_ms > 0);
    CHECK(tl_control_plane_poll(two, 2000, &changed, &error) == TL_OK);
    CHECK(changed);
    CHECK(tl_control_plane_current(two)->preset == TL_PRESET_EVENT_DAY);
    CHECK(tl_control_plane_revision(two) == revision);
    CHECK(tl_control_plane_effective(one) == tl_control_plane_effective(two));
    CHECK_INT(tl_control_plane_log(two)->count, 2);

    /* Compare-and-set. */
    CHECK(tl_control_plane_put(two, &control, entry.revision, NULL, &error) == TL_CONFLICT);

    /* A malformed value, by another program, is refused and counted; the last good one stays. */
    CHECK(tl_kv_put(bus, "global", tl_str_from("{\"preset_id\":\"x\"}"), UINT64_MAX, NULL,
                    &error) == TL_OK);
    CHECK(tl_control_plane_poll(two, 2000, &changed, &error) == TL_OK);
    CHECK(!changed);
    CHECK_INT(tl_control_plane_rejected(two), 1);
    CHECK(tl_control_plane_revision(two) == revision);
    CHECK(tl_control_plane_current(two)->preset == TL_PRESET_EVENT_DAY);
    CHECK(tl_control_plane_reload(two, &error) == TL_OK);
    CHECK_INT(tl_control_plane_rejected(two), 1);

    struct tl_applied applied = {.revision = revision, .effective_s = 12, .rate_per_s = 99.6};
    char json[512];
    CHECK(tl_control_plane_applied(bus, "ingest-options", json, sizeof json, &error) == TL_AGAIN);
    CHECK(tl_control_plane_report(one, "ingest-options", &applied) == TL_OK);
    CHECK(tl_control_plane_applied(bus, "ingest-options", json, sizeof json, &error) == TL_OK);
    CHECK(strstr(json, "\"effective_second\":12") && strstr(json, "\"rate_per_s\":100"));
    tl_control_plane_close(one);
    tl_control_plane_close(two);
}

TL_TEST("control plane: default, change, conflict, malformed value, report; in memory")
{
    struct tl_bus *bus = open_bus("memory:", NULL);
    REQUIRE(bus);
    first_start(bus);
    tl_bus_close(bus);
}

TL_TEST("control plane: default, change, conflict, malformed value, report; over NATS")
{
    struct nats_server server;
    REQUIRE(nats_server_start(&server));
    struct tl_bus *bus = open_bus(server.url, NULL);
    REQUIRE(bus);
    first_start(bus);
    tl_bus_close(bus);
    nats_server_kill(&server);
}

/* ---- more changes than the bucket keeps ---- */

static char *state_json(int number)
{
    static char bytes[TL_CONTROL_JSON_MAX + 1];
    struct tl_text text = {.data = bytes, .capacity = sizeof bytes};
    struct tl_control control = tl_control_default();
    control.shared_seed = number;
    control.updated_at_ms = 1778765400000;
    tl_control_json_put(&text, &control);
    tl_text_cstr(&text);
    return bytes;
}

/* The second a change takes effect, as the test chose it. */
static int64_t second_of(int number)
{
    return 1780000000 + 60 * number;
}

/* A data folder whose bucket has seen changes 0 to newest, a minute apart, and keeps 64: the memory
 * room's file, written by hand with stamps of the past. */
static void write_past(const char *dir, int newest)
{
    static char file[65 * 1024];
    char path[340];
    int first = newest > 63 ? newest - 63 : 0, count = newest - first + 1;
    snprintf(path, sizeof path, "%s/control.kv", dir);
    size_t at = (size_t)snprintf(file, sizeof file, "tapeloom-kv 1\nrevision %d\n", newest + 1);
    for (int i = first; i <= newest; i++) {
        const char *json = state_json(i);
        at += (size_t)snprintf(file + at, sizeof file - at, "entry global %d %lld %zu\n%s\n", i + 1,
                               (long long)((second_of(i) - 1) * TL_NS_PER_S), strlen(json), json);
    }
    at += (size_t)snprintf(file + at, sizeof file - at, "end %d\n", count);
    CHECK(tl_os_write_file(path, (struct tl_str){file, at}, 0600, &error) == TL_OK);
}

/* Copies the chunks of one bus into another whose `global` is newer: the bucket moved on. */
static void carry_chunks(struct tl_bus *from, struct tl_bus *to)
{
    struct tl_kv_entry *entry = malloc(sizeof *entry);
    for (int i = 0; i < 8; i++) {
        char key[32];
        snprintf(key, sizeof key, "history-%d", i);
        if (tl_kv_get(from, key, entry, NULL) != TL_OK) continue;
        CHECK(tl_kv_put(to, key, (struct tl_str){entry->value, entry->size}, UINT64_MAX, NULL,
                        &error) == TL_OK);
    }
    free(entry);
}

static void check_log(const struct tl_control_log *log, int oldest, int newest)
{
    CHECK_INT(log->count, newest - oldest + 1);
    for (size_t i = 0; i < log->count; i++) {
        int number = oldest + (int)i;
        if (log->entries[i].effective_s != second_of(number) ||
            log->entries[i].state.shared_seed != number) {
            test_fail(__FILE__, __LINE__, "entry %d: second %lld, seed %lld, not change %d", (int)i,
                      (long long)log->entries[i].effective_s,
                      (long long)log->entries[i].state.shared_seed, number);
            return;
        }
    }
}

TL_TEST("control plane: three hundred changes of a session are all known after a restart")
{
    struct tl_bus *before = NULL;
    for (int newest = 20; newest < 300; newest += 20) {
        char dir[300];
        snprintf(dir, sizeof dir, "%s", test_tmp_dir());
        write_past(dir, newest);
        struct tl_bus *bus = open_bus("memory:", dir);
        REQUIRE(bus);
        if (before) carry_chunks(before, bus);
        tl_bus_close(before);
        struct tl_control_plane *plane = open_plane(bus);
        REQUIRE(plane);
        check_log(tl_control_plane_log(plane), 0, newest);
        CHECK(tl_control_plane_compact(plane, &error) == TL_OK);
        CHECK(tl_control_plane_reload(plane, &error) == TL_OK);
        check_log(tl_control_plane_log(plane), 0, newest);
        tl_control_plane_close(plane);
        before = bus;
    }
    tl_bus_close(before);
}

TL_TEST("control plane: beyond what the chunks hold the oldest go, and the rest stays whole")
{
    struct tl_bus *before = NULL;
    for (int newest = 30; newest <= 660; newest += 30) {
        char dir[300];
        snprintf(dir, sizeof dir, "%s", test_tmp_dir());
        write_past(dir, newest);
        struct tl_bus *bus = open_bus("memory:", dir);
        REQUIRE(bus);
        if (before) carry_chunks(before, bus);
        tl_bus_close(before);
        struct tl_control_plane *plane = open_plane(bus);
        REQUIRE(plane);
        CHECK(tl_control_plane_compact(plane, &error) == TL_OK);
        CHECK(tl_control_plane_reload(plane, &error) == TL_OK);
        size_t count = tl_control_plane_log(plane)->count;
        CHECK((int)count == newest + 1 || count > 350);
        check_log(tl_control_plane_log(plane), newest + 1 - (int)count, newest);
        tl_control_plane_close(plane);
        before = bus;
    }
    tl_bus_close(before);
}

TL_TEST("control plane: of several changes within one second the last is in force, kept or not")
{
    struct tl_bus *bus = open_bus("memory:", NULL);
    REQUIRE(bus);
    struct tl_control_plane *plane = open_plane(bus);
    REQUIRE(plane);
    struct tl_control control = tl_control_default();
    for (int i = 0; i < 150; i++) { /* within a second or two */
        control.shared_seed = i;
        CHECK(tl_control_plane_put(plane, &control, UINT64_MAX, NULL, &error) == TL_OK);
        CHECK(tl_control_plane_compact(plane, &error) == TL_OK);
    }
    CHECK(tl_control_plane_current(plane)->shared_seed == 149);
    const struct tl_control_log *log = tl_control_plane_log(plane);
    for (size_t i = 1; i < log->count; i++) {
        CHECK(log->entries[i].effective_s >= log->entries[i - 1].effective_s);
        CHECK(log->entries[i].state.shared_seed > log->entries[i - 1].state.shared_seed || i == 1);
    }
    CHECK(log->entries[tl_control_log_at(log, INT64_MAX - 1)].state.shared_seed == 149);
    tl_control_plane_close(plane);
    tl_bus_close(bus);
}
