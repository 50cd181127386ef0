/* SPDX-License-Identifier: Apache-2.0
 * A ring in order of arrival. Redelivery after a restart of the bus repeats recent events, so a new
 * one is looked up among all (16384 compares, some 10 us, a few times a second). */
#include "services/api/hits.h"

#include "services/api/hash.h"

#include <string.h>

static bool known(const struct tl_hits *hits, uint64_t hash)
{
    for (size_t i = 0; i < hits->count; i++)
        if (hits->ring[i].trace_hash == hash) return true;
    return false;
}

void tl_hits_add(struct tl_hits *hits, int64_t ts, struct tl_str trace_id, enum tl_profile profile)
{
    uint64_t hash = tl_api_hash(trace_id);
    if (known(hits, hash)) return;
    hits->ring[hits->next] = (struct tl_hit){ts, hash, (uint8_t)profile};
    hits->next = (hits->next + 1) % TL_HITS_MAX;
    if (hits->count < TL_HITS_MAX) hits->count++;
}

struct hydration {
    struct tl_hits *hits;
    struct tl_api_decoder *decoder;
};

static bool add_row(void *context, const struct tl_store_row *row)
{
    struct hydration *hydration = context;
    struct tl_api_item item;
    if (tl_api_decode(hydration->decoder, TL_API_SMART_MONEY, row->json, &item, NULL) == TL_OK &&
        item.profile >= 0)
        tl_hits_add(hydration->hits, item.ts, item.trace_id, (enum tl_profile)item.profile);
    return true;
}

void tl_hits_hydrate(struct tl_hits *hits, struct tl_api_reader *reader,
                     struct tl_api_decoder *decoder, int64_t now_ms)
{
    struct tl_store *store = hits->hydrated ? NULL : tl_api_reader_get(reader);
    if (!store) return;
    hits->hydrated = true;
    struct hydration hydration = {hits, decoder};
    struct tl_store_query query = {.table = TL_TABLE_SMART_MONEY,
                                   .has_range = true,
                                   .start_ts = now_ms - TL_HITS_SPAN_MS,
                                   .end_ts = now_ms,
                                   .limit = 5000,
                                   .etf = -1,
                                   .min_notional = -1.0};
    struct tl_error error = {0};
    if (tl_store_select(store, &query, add_row, &hydration, &error) != TL_OK)
        tl_api_reader_failed(reader, &error);
}

void tl_hits_count(const struct tl_hits *hits, int64_t now_ms, int window_minutes,
                   uint32_t counts[TL_PROFILE_COUNT])
{
    int64_t oldest = now_ms - (int64_t)window_minutes * 60000;
    for (int profile = 0; profile < TL_PROFILE_COUNT; profile++)
        counts[profile] = 0;
    for (size_t i = 0; i < hits->count; i++)
        if (hits->ring[i].ts > oldest) counts[hits->ring[i].profile]++;
}

void tl_hits_bins(const struct tl_hits *hits, int64_t now_ms, int window_minutes,
                  uint32_t bins[TL_PROFILE_COUNT][TL_HITS_BINS_MAX])
{
    memset(bins, 0, sizeof(uint32_t) * TL_PROFILE_COUNT * TL_HITS_BINS_MAX);
    for (size_t i = 0; i < hits->count; i++) {
        /* An event of the second being made may be stamped a little ahead: it is in the newest. */
        int64_t age_ms = now_ms > hits->ring[i].ts ? now_ms - hits->ring[i].ts : 0;
        int64_t minutes_ago = age_ms / 60000;
        if (minutes_ago >= window_minutes || minutes_ago >= TL_HITS_BINS_MAX) continue;
        bins[hits->ring[i].profile][window_minutes - 1 - (int)minutes_ago]++;
    }
}
