/* SPDX-License-Identifier: Apache-2.0
 * The caches behind snapshots, the inbox, and the hit counts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/harness.h"
#include "services/api/cache.h"
#include "services/api/hits.h"
#include "services/api/inbox.h"

static enum tl_api_put put(struct tl_api_cache *cache, const char *key, int64_t ts, uint64_t seq,
                           const char *json)
{
    struct tl_api_cached entry = {.ts = ts, .seq = seq, .json = tl_str_from(json)};
    return tl_api_cache_put(cache, tl_str_from(key), &entry);
}

static const char *all(const struct tl_api_cache *cache)
{
    static char text[4096];
    struct tl_api_cached entry;
    size_t size = 0;
    for (int at = -1; (at = tl_api_cache_next(cache, at, &entry)) >= 0;)
        size += (size_t)snprintf(text + size, sizeof text - size, "%.*s ", (int)entry.json.size,
                                 entry.json.data);
    text[size] = '\0';
    return text;
}

TL_TEST("api cache: entries come newest first, whatever order they arrived in")
{
    struct tl_api_cache *cache = tl_api_cache_create(8);
    put(cache, "b", 2, 1, "b");
    put(cache, "d", 4, 1, "d");
    put(cache, "a", 1, 9, "a");
    put(cache, "c", 2, 2, "c");
    CHECK_STR(all(cache), "d c b a ");
    tl_api_cache_destroy(cache);
}

TL_TEST("api cache: a full cache loses its oldest and takes nothing older")
{
    struct tl_api_cache *cache = tl_api_cache_create(3);
    CHECK_INT(put(cache, "a", 1, 1, "a"), TL_API_PUT_NEW);
    put(cache, "b", 2, 1, "b");
    put(cache, "c", 3, 1, "c");
    CHECK_INT(put(cache, "d", 4, 1, "d"), TL_API_PUT_NEW);
    CHECK_STR(all(cache), "d c b ");
    CHECK_INT(put(cache, "z", 1, 5, "z"), TL_API_PUT_OLD);
    CHECK_INT(put(cache, "y", 3, 0, "y"), TL_API_PUT_NEW);
    CHECK_STR(all(cache), "d c y ");
    CHECK_INT(tl_api_cache_count(cache), 3);
    tl_api_cache_destroy(cache);
}

TL_TEST("api cache: the same key replaces, an older one of it does not; ties in (ts, seq) stay")
{
    struct tl_api_cache *cache = tl_api_cache_create(4);
    put(cache, "k", 5, 1, "old");
    put(cache, "m", 6, 1, "m");
    CHECK_INT(put(cache, "k", 7, 1, "longer-text-than-before"), TL_API_PUT_REPLACED);
    CHECK_INT(put(cache, "k", 6, 9, "late"), TL_API_PUT_OLD);
    CHECK_STR(all(cache), "longer-text-than-before m ");
    CHECK_INT(put(cache, "tie", 6, 1, "tie"), TL_API_PUT_NEW);
    CHECK_INT(tl_api_cache_count(cache), 3);
    tl_api_cache_destroy(cache);
}

TL_TEST("api cache: against a plain model, random puts agree")
{
    enum { KEYS = 40, LIMIT = 16, STEPS = 20000 };
    struct model {
        int64_t ts;
        uint64_t seq;
        bool held;
    } model[KEYS] = {0};
    struct tl_api_cache *cache = tl_api_cache_create(LIMIT);
    uint64_t state = test_seed();
    for (int step = 0; step < STEPS; step++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        int key = (int)(state >> 33) % KEYS;
        int64_t ts = step / 4 + (int64_t)(state >> 50) % 7;
        uint64_t seq = (uint64_t)step; /* distinct: no ties, one right order */
        char name[16];
        snprintf(name, sizeof name, "key%d", key);
        put(cache, name, ts, seq, name);
        int oldest = -1, count = 0;
        for (int i = 0; i < KEYS; i++) {
            if (!model[i].held) continue;
            count++;
            if (oldest < 0 || model[i].ts < model[oldest].ts ||
                (model[i].ts == model[oldest].ts && model[i].seq < model[oldest].seq))
                oldest = i;
        }
        struct model *slot = &model[key];
        if (slot->held) {
            if (ts > slot->ts || (ts == slot->ts && seq >= slot->seq))
                *slot = (struct model){ts, seq, true};
        } else if (count < LIMIT) {
            *slot = (struct model){ts, seq, true};
        } else if (ts > model[oldest].ts || (ts == model[oldest].ts && seq >= model[oldest].seq)) {
            model[oldest].held = false;
            *slot = (struct model){ts, seq, true};
        }
    }
    struct tl_api_cached entry, previous = {.ts = INT64_MAX};
    size_t seen = 0;
    for (int at = -1; (at = tl_api_cache_next(cache, at, &entry)) >= 0; seen++) {
        char name[16];
        snprintf(name, sizeof name, "%.*s", (int)entry.json.size, entry.json.data);
        int key = atoi(name + 3);
        CHECK(key >= 0 && key < KEYS && model[key].held && model[key].ts == entry.ts &&
              model[key].seq == entry.seq);
        CHECK(entry.ts < previous.ts || (entry.ts == previous.ts && entry.seq < previous.seq));
        previous = entry;
    }
    CHECK_INT(seen, LIMIT);
    tl_api_cache_destroy(cache);
}

TL_TEST("api inbox: items come out in order with their own bytes; full is told")
{
    struct tl_api_inbox *inbox = tl_api_inbox_create();
    REQUIRE(inbox != NULL);
    const struct tl_api_item *items;
    char json[16];
    for (int i = 0; i < 3; i++) {
        snprintf(json, sizeof json, "{%d}", i);
        struct tl_api_item item = {.seq = (uint64_t)i, .json = tl_str_from(json)};
        CHECK_INT(tl_api_inbox_push(inbox, &item, 0), TL_OK);
    }
    REQUIRE(tl_api_inbox_take(inbox, &items) == 3);
    CHECK(items[2].seq == 2 && items[0].json.size == 3 && items[0].json.data[1] == '0');
    struct tl_api_item filler = {.json = tl_str_from("x")};
    for (int i = 0; i < TL_API_INBOX_ITEMS; i++)
        if (tl_api_inbox_push(inbox, &filler, 0) != TL_OK)
            test_fail(__FILE__, __LINE__, "at %d", i);
    CHECK_INT(tl_api_inbox_push(inbox, &filler, 1), TL_FULL);
    CHECK_INT(tl_api_inbox_take(inbox, &items), TL_API_INBOX_ITEMS);
    CHECK_INT(tl_api_inbox_push(inbox, &filler, 0), TL_OK);
    tl_api_inbox_destroy(inbox);
}

TL_TEST("api hits: counted over the window, a redelivered event once")
{
    struct tl_hits *hits = calloc(1, sizeof *hits);
    uint32_t counts[TL_PROFILE_COUNT];
    int64_t now = 100 * 60000;
    tl_hits_add(hits, now - 1000, tl_str_from("a"), TL_PROFILE_ARBITRAGE);
    tl_hits_add(hits, now - 1000, tl_str_from("a"), TL_PROFILE_ARBITRAGE);
    tl_hits_add(hits, now - 15 * 60000, tl_str_from("b"), TL_PROFILE_ARBITRAGE);
    tl_hits_add(hits, now - 1000, tl_str_from("c"), TL_PROFILE_VOL_SELLER);
    tl_hits_count(hits, now, 10, counts);
    CHECK_INT(counts[TL_PROFILE_ARBITRAGE], 1);
    CHECK_INT(counts[TL_PROFILE_VOL_SELLER], 1);
    tl_hits_count(hits, now, 20, counts);
    CHECK_INT(counts[TL_PROFILE_ARBITRAGE], 2);
    CHECK_INT(counts[TL_PROFILE_HEDGE_REACTIVE], 0);
    for (int i = 0; i < TL_HITS_MAX + 100; i++) {
        char name[24];
        snprintf(name, sizeof name, "n%d", i);
        if (i % 1000 == 0) tl_hits_add(hits, now, tl_str_from(name), TL_PROFILE_RETAIL_WHALE);
    }
    tl_hits_count(hits, now, 10, counts);
    CHECK_INT(counts[TL_PROFILE_RETAIL_WHALE], (TL_HITS_MAX + 100 + 999) / 1000);
    free(hits);
}

TL_TEST("api hits: the bins of a window are its minutes, oldest first, and add up to its count")
{
    struct tl_hits *hits = calloc(1, sizeof *hits);
    uint32_t counts[TL_PROFILE_COUNT], bins[TL_PROFILE_COUNT][TL_HITS_BINS_MAX];
    int64_t now = 100 * 60000 + 17;
    for (int i = 0; i < 400; i++) {
        char name[24];
        snprintf(name, sizeof name, "n%d", i);
        tl_hits_add(hits, now - (int64_t)i * 5171 + 40, tl_str_from(name),
                    (enum tl_profile)(i % 6));
    }
    for (int window = 10; window <= 30; window += 10) {
        tl_hits_count(hits, now, window, counts);
        tl_hits_bins(hits, now, window, bins);
        for (int profile = 0; profile < TL_PROFILE_COUNT; profile++) {
            uint32_t sum = 0;
            for (int i = 0; i < TL_HITS_BINS_MAX; i++)
                sum += bins[profile][i];
            CHECK_INT(sum, counts[profile]);
            CHECK(sum > 15);
        }
    }
    tl_hits_bins(hits, now, 10, bins);
    CHECK_INT(bins[0][9], 2); /* i = 0 (stamped ahead of now) and i = 6 */
    CHECK_INT(bins[0][10], 0);
    free(hits);
}
