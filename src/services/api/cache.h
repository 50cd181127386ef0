/* SPDX-License-Identifier: Apache-2.0
 * The newest N events of a feed, in order, for the snapshots of /ws/live. Entries are keyed (trace
 * id; for nbbo the contract), so a redelivered event or a newer quote takes its old one's place. */
#ifndef TL_SERVICES_API_CACHE_H
#define TL_SERVICES_API_CACHE_H

#include "services/api/match.h"

struct tl_api_cache;

struct tl_api_cached {
    int64_t ts;
    uint64_t seq;
    struct tl_api_match match;
    struct tl_str json; /* borrowed until the next put */
};

/* limit: 1..100000 entries. NULL when out of memory. */
struct tl_api_cache *tl_api_cache_create(size_t limit);
void tl_api_cache_destroy(struct tl_api_cache *cache);

enum tl_api_put { TL_API_PUT_NEW, TL_API_PUT_REPLACED, TL_API_PUT_OLD /* nothing taken */ };

/* Copies. When full the oldest by (ts, seq) leaves; an event older than all of a full cache, or
 * older than the entry of its own key, is not taken. */
enum tl_api_put tl_api_cache_put(struct tl_api_cache *cache, struct tl_str key,
                                 const struct tl_api_cached *entry);

/* The newest entry, then the next older: pass -1 first; -1 comes back at the end. */
int tl_api_cache_next(const struct tl_api_cache *cache, int at, struct tl_api_cached *entry);
size_t tl_api_cache_count(const struct tl_api_cache *cache);

#endif
