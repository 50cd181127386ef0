/* SPDX-License-Identifier: Apache-2.0
 * A doubly linked list in (ts, seq) order, newest first, over a fixed array of slots, with a chained
 * hash of the keys. Put is O(1) for events in order and walks back for late ones. A slot keeps its
 * bytes when reused, so a warm cache allocates only for an event longer than any before in its slot.
 * Keys are compared by their 64-bit hash alone: with 10^5 keys a false match has odds of 3e-10. */
#include "services/api/cache.h"

#include "services/api/hash.h"

#include <stdlib.h>
#include <string.h>

struct slot {
    int newer, older; /* list; -1 at the ends */
    int chain;        /* next slot of the same bucket, or -1 */
    uint64_t hash;
    int64_t ts;
    uint64_t seq;
    struct tl_api_match match;
    char *json;
    size_t size, capacity;
};

struct tl_api_cache {
    size_t limit, count, buckets; /* buckets: a power of two */
    int newest, oldest;
    int *bucket;
    struct slot *slots;
};

struct tl_api_cache *tl_api_cache_create(size_t limit)
{
    struct tl_api_cache *cache = calloc(1, sizeof *cache);
    if (!cache) return NULL;
    cache->limit = limit;
    cache->buckets = 16;
    while (cache->buckets < limit * 2)
        cache->buckets *= 2;
    cache->bucket = malloc(cache->buckets * sizeof *cache->bucket);
    cache->slots = calloc(limit, sizeof *cache->slots);
    if (!cache->bucket || !cache->slots) {
        tl_api_cache_destroy(cache);
        return NULL;
    }
    for (size_t i = 0; i < cache->buckets; i++)
        cache->bucket[i] = -1;
    cache->newest = cache->oldest = -1;
    return cache;
}

void tl_api_cache_destroy(struct tl_api_cache *cache)
{
    if (!cache) return;
    for (size_t i = 0; cache->slots && i < cache->limit; i++)
        free(cache->slots[i].json);
    free(cache->slots);
    free(cache->bucket);
    free(cache);
}

static int *bucket_of(struct tl_api_cache *cache, uint64_t hash)
{
    return &cache->bucket[hash & (cache->buckets - 1)];
}

static bool older_than(int64_t ts, uint64_t seq, const struct slot *slot)
{
    return ts < slot->ts || (ts == slot->ts && seq < slot->seq);
}

static void unlink_list(struct tl_api_cache *cache, int at)
{
    struct slot *slot = &cache->slots[at];
    if (slot->newer >= 0)
        cache->slots[slot->newer].older = slot->older;
    else
        cache->newest = slot->older;
    if (slot->older >= 0)
        cache->slots[slot->older].newer = slot->newer;
    else
        cache->oldest = slot->newer;
}

static void link_list(struct tl_api_cache *cache, int at)
{
    struct slot *slot = &cache->slots[at];
    int older = cache->newest, newer = -1;
    while (older >= 0 && older_than(slot->ts, slot->seq, &cache->slots[older])) {
        newer = older;
        older = cache->slots[older].older;
    }
    slot->newer = newer;
    slot->older = older;
    if (newer >= 0)
        cache->slots[newer].older = at;
    else
        cache->newest = at;
    if (older >= 0)
        cache->slots[older].newer = at;
    else
        cache->oldest = at;
}

static void unlink_hash(struct tl_api_cache *cache, int at)
{
    int *link = bucket_of(cache, cache->slots[at].hash);
    while (*link != at)
        link = &cache->slots[*link].chain;
    *link = cache->slots[at].chain;
}

static int find(struct tl_api_cache *cache, uint64_t hash)
{
    int at = *bucket_of(cache, hash);
    while (at >= 0 && cache->slots[at].hash != hash)
        at = cache->slots[at].chain;
    return at;
}

static bool fill(struct slot *slot, const struct tl_api_cached *entry)
{
    if (slot->capacity < entry->json.size) {
        char *json = realloc(slot->json, entry->json.size);
        if (!json) return false;
        slot->json = json;
        slot->capacity = entry->json.size;
    }
    if (entry->json.size) memcpy(slot->json, entry->json.data, entry->json.size);
    slot->size = entry->json.size;
    slot->ts = entry->ts;
    slot->seq = entry->seq;
    slot->match = entry->match;
    return true;
}

enum tl_api_put tl_api_cache_put(struct tl_api_cache *cache, struct tl_str key,
                                 const struct tl_api_cached *entry)
{
    uint64_t hash = tl_api_hash(key);
    int at = find(cache, hash);
    if (at >= 0) {
        if (older_than(entry->ts, entry->seq, &cache->slots[at])) return TL_API_PUT_OLD;
        if (!fill(&cache->slots[at], entry)) return TL_API_PUT_OLD;
        unlink_list(cache, at);
        link_list(cache, at);
        return TL_API_PUT_REPLACED;
    }
    bool full = cache->count == cache->limit;
    if (full && older_than(entry->ts, entry->seq, &cache->slots[cache->oldest]))
        return TL_API_PUT_OLD;
    at = full ? cache->oldest : (int)cache->count;
    if (full) {
        unlink_hash(cache, at);
        unlink_list(cache, at);
    }
    /* Out of memory: the slot stays linked with what it held, empty. */
    bool filled = fill(&cache->slots[at], entry);
    if (!filled) {
        cache->slots[at].size = 0;
        if (!full) return TL_API_PUT_OLD;
    }
    if (!full) cache->count++;
    cache->slots[at].hash = hash;
    int *bucket = bucket_of(cache, hash);
    cache->slots[at].chain = *bucket;
    *bucket = at;
    link_list(cache, at);
    return TL_API_PUT_NEW;
}

int tl_api_cache_next(const struct tl_api_cache *cache, int at, struct tl_api_cached *entry)
{
    int next = at < 0 ? cache->newest : cache->slots[at].older;
    while (next >= 0 && cache->slots[next].size == 0)
        next = cache->slots[next].older;
    if (next < 0) return -1;
    const struct slot *slot = &cache->slots[next];
    *entry = (struct tl_api_cached){slot->ts, slot->seq, slot->match, {slot->json, slot->size}};
    return next;
}

size_t tl_api_cache_count(const struct tl_api_cache *cache)
{
    return cache->count;
}
