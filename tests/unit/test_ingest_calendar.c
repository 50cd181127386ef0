/* SPDX-License-Identifier: Apache-2.0
 * The event calendar's file: written at a session's open, and again when news is announced. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/harness.h"
#include "os/os.h"
#include "services/ingest/settings.h"

#define OPEN_S 1792503000LL /* 2026-10-20 09:30 in New York */
#define DAYS 20

static size_t events_at(struct tl_market *market, int64_t second)
{
    struct tl_event_calendar_entry entries[256];
    CHECK(tl_market_seek(market, second, NULL) == TL_OK);
    return tl_market_events(market, entries, 256);
}

/* Entries of the file; -1: there is none. */
static int entries_of(const char *path)
{
    char *data = NULL;
    size_t size = 0;
    int count = 0;
    if (tl_os_read_file(path, 100000, &data, &size, NULL) != TL_OK) return -1;
    for (const char *at = data; (at = strstr(at, "\"underlying_id\"")) != NULL; at++)
        count++;
    free(data);
    return count;
}

TL_TEST("ingest writes the event calendar at the open, and again only when news is announced")
{
    struct tl_market_options options = tl_market_options_default();
    struct tl_market *market = NULL;
    struct tl_service service = {.name = "ingest-options", .data_dir = test_tmp_dir()};
    struct tl_ingest_calendar written = {.session = -1};
    char path[1024];
    snprintf(path, sizeof path, "%s/event-calendar.json", service.data_dir);
    options.calendar = TL_CALENDAR_EXCHANGE;
    REQUIRE(tl_market_create(&options, &market, NULL) == TL_OK);
    int64_t open = 0;
    for (int64_t day = 0; day < DAYS && open == 0; day++) {
        int64_t start = OPEN_S + day * 86400;
        struct tl_session_state state;
        size_t before = events_at(market, start + 60);
        tl_session_state(market, &state);
        if (state.session_start_s == start && events_at(market, start + 23000) > before)
            open = start;
    }
    REQUIRE(open != 0);
    int known = (int)events_at(market, open + 60);
    tl_ingest_write_calendar(&service, market, &written);
    CHECK_INT(entries_of(path), known);
    REQUIRE(unlink(path) == 0);
    tl_ingest_write_calendar(&service, market, &written);
    CHECK_INT(entries_of(path), -1);
    int later = (int)events_at(market, open + 23000);
    tl_ingest_write_calendar(&service, market, &written);
    CHECK_INT(entries_of(path), later);
    CHECK(later > known);
    tl_market_destroy(market);
}
