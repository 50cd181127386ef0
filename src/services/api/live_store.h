/* SPDX-License-Identifier: Apache-2.0
 * What /ws/live knows without its clients: the newest events of every channel, per-symbol caches of
 * candles and overlays, how fresh each feed is; and the snapshots made of these and of the store.
 * Loop thread only. */
#ifndef TL_SERVICES_API_LIVE_STORE_H
#define TL_SERVICES_API_LIVE_STORE_H

#include "services/api/buffer.h"
#include "services/api/cache.h"
#include "services/api/config.h"
#include "services/api/decode.h"
#include "services/api/inbox.h"
#include "services/api/reader.h"

#define TL_LIVE_AGE_MAX_MS 86400000LL /* older events are neither cached nor sent on */

struct tl_live_scoped; /* one symbol's (and interval's) cache */

struct tl_live_store {
    const struct tl_api_config *config;             /* borrowed */
    struct tl_api_reader *reader;                   /* borrowed */
    struct tl_api_decoder *decoder;                 /* for rows read back */
    struct tl_api_cache *caches[TL_API_FEED_COUNT]; /* NULL where a feed has none */
    bool ingested[TL_API_FEED_COUNT];               /* anything yet */
    int64_t mark_ts[TL_API_FEED_COUNT];             /* cursor of the last ingested item */
    uint64_t mark_seq[TL_API_FEED_COUNT];
    int64_t newest_ts[TL_API_FEED_COUNT]; /* market time of the newest live item; 0: none */
    bool hydrated;
    size_t scoped_count;
    uint64_t clock; /* of uses, for the LRU */
    struct tl_live_scoped *scoped;
};

enum tl_status tl_live_store_init(struct tl_live_store *store, const struct tl_api_config *config,
                                  struct tl_api_reader *reader, struct tl_error *error) TL_MUST_USE;
void tl_live_store_deinit(struct tl_live_store *store);

/* Fills the caches from the store once it can be opened; a bounded piece, tens of ms, once. */
void tl_live_store_hydrate(struct tl_live_store *store, int64_t now_ms);

/* false: too old for its channel (candles are exempt; so is the overlay, whose cache takes old equity
 * prints and whose subscribers still get them). */
bool tl_live_store_ingest(struct tl_live_store *store, const struct tl_api_item *item,
                          int64_t now_ms);

/* Appends {"subscription":…,"items":[…],"watermark":…,"next_before":…}. TL_IO: storage failed. */
enum tl_status tl_live_store_snapshot(struct tl_live_store *store,
                                      const struct tl_live_subscription *subscription,
                                      struct tl_api_buffer *out,
                                      struct tl_error *error) TL_MUST_USE;

/* {"options":{"freshness_age_ms":…,"healthy":…},"nbbo":…,"equities":…,"flow":…}: the age now, not at
 * the last event, so that a dead feed turns unhealthy. */
void tl_live_store_health(const struct tl_live_store *store, int64_t now_ms,
                          struct tl_api_buffer *out);

#endif
