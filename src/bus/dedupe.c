/* SPDX-License-Identifier: Apache-2.0
 * Message ids seen within the last 120 s: a FIFO of 128-bit fingerprints, chained into buckets.
 * Bound: 262,144 ids (16 MiB); beyond that the oldest leave early, which is 2.6 s of one stream at
 * 100,000 messages/s, still many times what a publisher has in flight. Two different ids count as
 * one with a chance below 1e-27 a pair. */
#include "bus/dedupe.h"

#include <stdlib.h>
#include <string.h>

#include "bus/room.h"

#define IDS_MAX (1u << 18)
#define NONE UINT32_MAX

struct id {
    uint64_t hash[2];
    tl_ns added;
    uint32_t next; /* slot of the next in this bucket, or NONE */
};

struct tl_dedupe {
    struct id *ids;    /* slot = place % IDS_MAX */
    uint32_t *buckets; /* newest slot by hash[0] % IDS_MAX */
    uint64_t first, end;
};

struct tl_dedupe *tl_dedupe_create(void)
{
    struct tl_dedupe *dedupe = calloc(1, sizeof *dedupe);
    if (!dedupe) return NULL;
    /* calloc of this size is lazily mapped: an idle stream costs the buckets only. */
    dedupe->ids = calloc(IDS_MAX, sizeof *dedupe->ids);
    dedupe->buckets = malloc(IDS_MAX * sizeof *dedupe->buckets);
    if (!dedupe->ids || !dedupe->buckets) {
        tl_dedupe_destroy(dedupe);
        return NULL;
    }
    memset(dedupe->buckets, 0xff, IDS_MAX * sizeof *dedupe->buckets);
    return dedupe;
}

void tl_dedupe_destroy(struct tl_dedupe *dedupe)
{
    if (!dedupe) return;
    free(dedupe->ids);
    free(dedupe->buckets);
    free(dedupe);
}

/* FNV-1a, then the finaliser of SplitMix64; two different starts make two hashes. */
static uint64_t fingerprint(struct tl_str id, uint64_t start)
{
    uint64_t hash = start;
    for (size_t i = 0; i < id.size; i++)
        hash = (hash ^ (unsigned char)id.data[i]) * 0x100000001b3ULL;
    hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9ULL;
    hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebULL;
    return hash ^ (hash >> 31);
}

static void drop_oldest(struct tl_dedupe *dedupe)
{
    uint32_t slot = (uint32_t)(dedupe->first % IDS_MAX);
    uint32_t *link = &dedupe->buckets[dedupe->ids[slot].hash[0] % IDS_MAX];
    while (*link != slot)
        link = &dedupe->ids[*link].next;
    *link = dedupe->ids[slot].next;
    dedupe->first++;
}

bool tl_dedupe_seen(struct tl_dedupe *dedupe, struct tl_str id, tl_ns now)
{
    uint64_t hash[2] = {fingerprint(id, 0xcbf29ce484222325ULL),
                        fingerprint(id, 0x9e3779b97f4a7c15ULL)};
    while (dedupe->first < dedupe->end &&
           dedupe->ids[dedupe->first % IDS_MAX].added <= now - TL_BUS_DEDUPE_NS)
        drop_oldest(dedupe);
    uint32_t *bucket = &dedupe->buckets[hash[0] % IDS_MAX];
    for (uint32_t slot = *bucket; slot != NONE; slot = dedupe->ids[slot].next) {
        const struct id *at = &dedupe->ids[slot];
        if (at->hash[0] == hash[0] && at->hash[1] == hash[1]) return true;
    }
    if (dedupe->end - dedupe->first == IDS_MAX) drop_oldest(dedupe);
    uint32_t slot = (uint32_t)(dedupe->end++ % IDS_MAX);
    dedupe->ids[slot] = (struct id){{hash[0], hash[1]}, now, *bucket};
    *bucket = slot;
    return false;
}
