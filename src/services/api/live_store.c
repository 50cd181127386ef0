/* SPDX-License-Identifier: Apache-2.0
 * Snapshots: from the generic cache where the subscription asks for nothing narrower than a channel
 * with filters, else from the store, else (candles, overlay) from a per-symbol cache that the store
 * fills at first use. A generic snapshot applies the subscription's filters to the cached events. */
#include "services/api/live_store.h"

#include "os/os.h"

#include <stdlib.h>
#include <string.h>

#define SCOPED_CANDLES 500
#define SCOPED_OVERLAY 1500
#define SCOPED_KEY_BYTES 64
#define STORE_ROWS_MAX 5000

struct tl_live_scoped {
    char key[SCOPED_KEY_BYTES]; /* subscription key: equity-candles|SPY|60000 */
    bool hydrated;
    uint64_t used; /* store->clock at its last subscription */
    struct tl_api_cache *cache;
};

enum tl_status tl_live_store_init(struct tl_live_store *store, const struct tl_api_config *config,
                                  struct tl_api_reader *reader, struct tl_error *error)
{
    memset(store, 0, sizeof *store);
    store->config = config;
    store->reader = reader;
    store->decoder = tl_api_decoder_create();
    store->scoped = calloc((size_t)config->scoped_keys_max, sizeof *store->scoped);
    bool good = store->decoder && store->scoped;
    for (int feed = 0; good && feed < TL_API_FEED_COUNT; feed++) {
        if (config->cache_limits[feed] == 0) continue;
        store->caches[feed] = tl_api_cache_create((size_t)config->cache_limits[feed]);
        good = store->caches[feed] != NULL;
    }
    if (good) return TL_OK;
    tl_live_store_deinit(store);
    return tl_error_set(error, TL_NOMEM, "api: no memory for the live caches");
}

void tl_live_store_deinit(struct tl_live_store *store)
{
    for (int feed = 0; feed < TL_API_FEED_COUNT; feed++)
        tl_api_cache_destroy(store->caches[feed]);
    for (size_t i = 0; i < store->scoped_count; i++)
        tl_api_cache_destroy(store->scoped[i].cache);
    free(store->scoped);
    tl_api_decoder_destroy(store->decoder);
    memset(store, 0, sizeof *store);
}

/* --- ingest -------------------------------------------------------------------------------- */

static void put_item(struct tl_api_cache *cache, const struct tl_api_item *item)
{
    struct tl_api_cached entry = {item->ts, item->seq, item->match, item->json};
    bool by_contract = item->feed == TL_API_NBBO;
    (void)tl_api_cache_put(cache, by_contract ? item->key : item->trace_id, &entry);
}

static void scoped_key(struct tl_text *out, enum tl_live_channel channel, struct tl_str symbol,
                       int64_t interval_ms)
{
    struct tl_live_subscription subscription = {.channel = channel, .interval_ms = interval_ms};
    size_t size = symbol.size < TL_LIVE_SYMBOL_BYTES ? symbol.size : TL_LIVE_SYMBOL_BYTES - 1;
    if (size) memcpy(subscription.underlying, symbol.data, size);
    tl_live_subscription_key(out, &subscription);
}

static struct tl_live_scoped *scoped_find(struct tl_live_store *store, struct tl_str key)
{
    for (size_t i = 0; i < store->scoped_count; i++)
        if (tl_str_is(key, store->scoped[i].key)) return &store->scoped[i];
    return NULL;
}

static void ingest_scoped(struct tl_live_store *store, const struct tl_api_item *item)
{
    if (store->scoped_count == 0) return;
    enum tl_live_channel channel =
        item->feed == TL_API_CANDLES ? TL_LIVE_EQUITY_CANDLES : TL_LIVE_EQUITY_OVERLAY;
    char bytes[SCOPED_KEY_BYTES * 2];
    struct tl_text key = {.data = bytes, .capacity = sizeof bytes};
    scoped_key(&key, channel, item->key, item->interval_ms);
    struct tl_live_scoped *scoped = scoped_find(store, (struct tl_str){key.data, key.size});
    if (scoped) put_item(scoped->cache, item);
}

bool tl_live_store_ingest(struct tl_live_store *store, const struct tl_api_item *item,
                          int64_t now_ms)
{
    enum tl_api_feed feed = item->feed;
    if (item->ts > store->newest_ts[feed]) store->newest_ts[feed] = item->ts;
    if (feed == TL_API_CANDLES || feed == TL_API_EQUITIES) ingest_scoped(store, item);
    if (item->ts < now_ms - TL_LIVE_AGE_MAX_MS) return feed == TL_API_CANDLES;
    store->ingested[feed] = true;
    store->mark_ts[feed] = item->ts;
    store->mark_seq[feed] = item->seq;
    if (store->caches[feed]) put_item(store->caches[feed], item);
    return true;
}

/* --- hydration ----------------------------------------------------------------------------- */

struct hydration {
    struct tl_live_store *store;
    struct tl_api_cache *cache;
    enum tl_api_feed feed;
    int64_t oldest_ms;
    bool first;
};

static bool hydrate_row(void *context, const struct tl_store_row *row)
{
    struct hydration *hydration = context;
    struct tl_live_store *store = hydration->store;
    struct tl_api_item item;
    if (row->ts < hydration->oldest_ms) return true;
    if (tl_api_decode(store->decoder, hydration->feed, row->json, &item, NULL) != TL_OK)
        return true; /* a row of an older version: left out of the cache, still in the store */
    put_item(hydration->cache, &item);
    if (hydration->first && !store->ingested[item.feed]) {
        store->ingested[item.feed] = true;
        store->mark_ts[item.feed] = item.ts;
        store->mark_seq[item.feed] = item.seq;
    }
    hydration->first = false;
    return true;
}

static enum tl_status hydrate_feed(struct tl_live_store *store, struct tl_store *reader,
                                   enum tl_api_feed feed, int64_t now_ms, struct tl_error *error)
{
    int limit = store->config->cache_limits[feed];
    struct tl_store_query query = {.table = tl_api_feed_info(feed)->table,
                                   .limit = limit < STORE_ROWS_MAX ? limit : STORE_ROWS_MAX,
                                   .signal_only = feed == TL_API_OPTIONS,
                                   .etf = -1,
                                   .min_notional = -1.0};
    struct hydration hydration = {store, store->caches[feed], feed, now_ms - TL_LIVE_AGE_MAX_MS,
                                  true};
    return tl_store_select(reader, &query, hydrate_row, &hydration, error);
}

void tl_live_store_hydrate(struct tl_live_store *store, int64_t now_ms)
{
    struct tl_store *reader = store->hydrated ? NULL : tl_api_reader_get(store->reader);
    if (!reader) return;
    store->hydrated = true;
    for (int feed = 0; feed < TL_API_FEED_COUNT; feed++) {
        struct tl_error error = {0};
        if (!store->caches[feed]) continue;
        if (hydrate_feed(store, reader, (enum tl_api_feed)feed, now_ms, &error) != TL_OK) {
            tl_api_reader_failed(store->reader, &error);
            return;
        }
    }
}

/* --- snapshots ----------------------------------------------------------------------------- */

struct snapshot {
    struct tl_api_buffer *out;
    size_t count;
    int64_t first_ts, last_ts;
    uint64_t first_seq, last_seq;
};

static void add(struct snapshot *snapshot, int64_t ts, uint64_t seq, struct tl_str json)
{
    if (snapshot->count++)
        tl_api_buffer_lit(snapshot->out, ",");
    else
        snapshot->first_ts = ts, snapshot->first_seq = seq;
    snapshot->last_ts = ts;
    snapshot->last_seq = seq;
    tl_api_buffer_put(snapshot->out, json);
}

static bool add_row(void *context, const struct tl_store_row *row)
{
    add(context, row->ts, row->seq, row->json);
    return true;
}

static enum tl_status select_rows(struct tl_live_store *store, const struct tl_store_query *query,
                                  tl_store_visit visit, void *context, struct tl_error *error)
{
    struct tl_store *reader = tl_api_reader_get(store->reader);
    if (!reader) return tl_error_set(error, TL_IO, "storage unavailable");
    struct tl_error detail = {0};
    if (tl_store_select(reader, query, visit, context, &detail) == TL_OK) return TL_OK;
    tl_api_reader_failed(store->reader, &detail);
    return tl_error_set(error, TL_IO, "storage unavailable");
}

static enum tl_api_feed feed_of(enum tl_live_channel channel)
{
    for (int feed = 0; feed < TL_API_FEED_COUNT; feed++)
        if (tl_api_feed_info((enum tl_api_feed)feed)->channel == channel)
            return (enum tl_api_feed)feed;
    return TL_API_EQUITIES; /* the overlay shows equity prints */
}

static int snapshot_limit(const struct tl_live_subscription *subscription, int limit)
{
    int64_t asked = subscription->snapshot_limit;
    return asked > 0 && asked < limit ? (int)asked : limit;
}

static void query_filters(const struct tl_live_subscription *subscription,
                          struct tl_store_query *query)
{
    const struct tl_live_filters *filters = &subscription->filters;
    if (subscription->contract[0]) {
        query->contract = tl_str_from(subscription->contract);
        return;
    }
    query->signal_only = filters->view != TL_LIVE_VIEW_RAW;
    if (filters->security.mask == 1u << TL_LIVE_STOCK) query->etf = 0;
    if (filters->security.mask == 1u << TL_LIVE_ETF) query->etf = 1;
    query->sides = filters->sides.mask;
    query->types = filters->types.mask;
    query->min_notional = filters->min_notional;
}

static enum tl_status from_store(struct tl_live_store *store,
                                 const struct tl_live_subscription *subscription, int limit,
                                 struct snapshot *snapshot, struct tl_error *error)
{
    bool options = subscription->channel == TL_LIVE_OPTIONS;
    struct tl_store_query query = {.table = tl_api_feed_info(feed_of(subscription->channel))->table,
                                   .limit = limit < STORE_ROWS_MAX ? limit : STORE_ROWS_MAX,
                                   .etf = -1,
                                   .min_notional = -1.0};
    if (options) query_filters(subscription, &query);
    for (uint32_t i = 0; !query.contract.size && i < subscription->underlying_count; i++)
        query.underlyings[query.underlying_count++] = tl_str_from(subscription->underlyings[i]);
    return select_rows(store, &query, add_row, snapshot, error);
}

static bool scoped_row(void *context, const struct tl_store_row *row)
{
    struct hydration *hydration = context;
    struct tl_api_item item;
    if (tl_api_decode(hydration->store->decoder, hydration->feed, row->json, &item, NULL) == TL_OK)
        put_item(hydration->cache, &item);
    return true;
}

/* A free place, or the least recently used one's. NULL: out of memory. */
static struct tl_live_scoped *scoped_add(struct tl_live_store *store, struct tl_str key,
                                         size_t limit)
{
    struct tl_api_cache *cache = tl_api_cache_create(limit);
    if (!cache || key.size >= SCOPED_KEY_BYTES) {
        tl_api_cache_destroy(cache);
        return NULL;
    }
    struct tl_live_scoped *scoped = &store->scoped[0];
    if (store->scoped_count < (size_t)store->config->scoped_keys_max) {
        scoped = &store->scoped[store->scoped_count++];
    } else {
        for (size_t i = 1; i < store->scoped_count; i++)
            if (store->scoped[i].used < scoped->used) scoped = &store->scoped[i];
        tl_api_cache_destroy(scoped->cache);
    }
    memset(scoped, 0, sizeof *scoped);
    memcpy(scoped->key, key.data, key.size);
    scoped->cache = cache;
    return scoped;
}

/* Fills a new cache from the store; without the store it goes on with live events, and the next
 * subscription tries again. */
static void hydrate_scoped(struct tl_live_store *store, struct tl_live_scoped *scoped,
                           const struct tl_live_subscription *subscription, size_t limit)
{
    bool candles = subscription->channel == TL_LIVE_EQUITY_CANDLES;
    struct hydration hydration = {
        .store = store, .cache = scoped->cache, .feed = candles ? TL_API_CANDLES : TL_API_EQUITIES};
    char symbol[TL_LIVE_SYMBOL_BYTES] = {0};
    for (size_t i = 0; subscription->underlying[i]; i++) {
        char byte = subscription->underlying[i];
        symbol[i] = byte >= 'a' && byte <= 'z' ? (char)(byte - 'a' + 'A') : byte;
    }
    struct tl_store_query query = {.table = tl_api_feed_info(hydration.feed)->table,
                                   .limit = (int)limit,
                                   .etf = -1,
                                   .min_notional = -1.0,
                                   .underlying_count = 1,
                                   .interval_ms = subscription->interval_ms};
    query.underlyings[0] = tl_str_from(symbol);
    scoped->hydrated = select_rows(store, &query, scoped_row, &hydration, NULL) == TL_OK;
}

static enum tl_status from_scoped(struct tl_live_store *store,
                                  const struct tl_live_subscription *subscription,
                                  struct snapshot *snapshot, struct tl_error *error)
{
    char bytes[TL_LIVE_KEY_MAX];
    struct tl_text key = {.data = bytes, .capacity = sizeof bytes};
    tl_live_subscription_key(&key, subscription);
    struct tl_str name = {key.data, key.size};
    size_t limit =
        subscription->channel == TL_LIVE_EQUITY_CANDLES ? SCOPED_CANDLES : SCOPED_OVERLAY;
    struct tl_live_scoped *scoped = scoped_find(store, name);
    if (!scoped) scoped = scoped_add(store, name, limit);
    if (!scoped) return tl_error_set(error, TL_NOMEM, "no room for this symbol's cache");
    scoped->used = ++store->clock;
    if (!scoped->hydrated) hydrate_scoped(store, scoped, subscription, limit);
    struct tl_api_cached entry;
    for (int at = -1; (at = tl_api_cache_next(scoped->cache, at, &entry)) >= 0;)
        add(snapshot, entry.ts, entry.seq, entry.json);
    return TL_OK;
}

static bool wanted(const struct tl_live_subscription *subscription,
                   const struct tl_api_match *match)
{
    if (subscription->channel == TL_LIVE_OPTIONS)
        return tl_api_match_option(&subscription->filters, match);
    if (subscription->channel == TL_LIVE_FLOW)
        return tl_api_match_flow(&subscription->filters, match);
    return true;
}

static void from_cache(struct tl_live_store *store, const struct tl_live_subscription *subscription,
                       enum tl_api_feed feed, int limit, struct snapshot *snapshot)
{
    struct tl_api_cached entry;
    int at = -1;
    while (limit > 0 && (at = tl_api_cache_next(store->caches[feed], at, &entry)) >= 0) {
        if (!wanted(subscription, &entry.match)) continue;
        add(snapshot, entry.ts, entry.seq, entry.json);
        limit--;
    }
}

static void put_cursor(struct tl_api_buffer *out, bool known, int64_t ts, uint64_t seq)
{
    if (known)
        tl_api_buffer_cursor(out, ts, seq);
    else
        tl_api_buffer_lit(out, "null");
}

static void put_subscription(struct tl_api_buffer *out,
                             const struct tl_live_subscription *subscription)
{
    if (tl_api_buffer_reserve(out, TL_LIVE_ECHO_MAX))
        tl_live_subscription_put(&out->text, subscription, true);
}

enum tl_status tl_live_store_snapshot(struct tl_live_store *store,
                                      const struct tl_live_subscription *subscription,
                                      struct tl_api_buffer *out, struct tl_error *error)
{
    enum tl_live_channel channel = subscription->channel;
    enum tl_api_feed feed = feed_of(channel);
    bool scoped = channel == TL_LIVE_EQUITY_CANDLES || channel == TL_LIVE_EQUITY_OVERLAY;
    bool stored = channel == TL_LIVE_OPTIONS && (subscription->contract[0] != '\0' ||
                                                 subscription->filters.view == TL_LIVE_VIEW_RAW);
    stored |= subscription->underlying_count > 0;
    int limit = snapshot_limit(subscription, store->config->cache_limits[feed]);
    struct snapshot snapshot = {.out = out};
    enum tl_status status = TL_OK;
    tl_api_buffer_lit(out, "{\"subscription\":");
    put_subscription(out, subscription);
    tl_api_buffer_lit(out, ",\"items\":[");
    if (scoped)
        status = from_scoped(store, subscription, &snapshot, error);
    else if (stored)
        status = from_store(store, subscription, limit, &snapshot, error);
    else
        from_cache(store, subscription, feed, limit, &snapshot);
    tl_api_buffer_lit(out, "],\"watermark\":");
    if (scoped || stored)
        put_cursor(out, snapshot.count > 0, snapshot.first_ts, snapshot.first_seq);
    else
        put_cursor(out, store->ingested[feed], store->mark_ts[feed], store->mark_seq[feed]);
    tl_api_buffer_lit(out, ",\"next_before\":");
    put_cursor(out, snapshot.count > 0, snapshot.last_ts, snapshot.last_seq);
    tl_api_buffer_lit(out, "}");
    return status;
}

/* --- health -------------------------------------------------------------------------------- */

void tl_live_store_health(const struct tl_live_store *store, int64_t now_ms,
                          struct tl_api_buffer *out)
{
    const char *separator = "{\"";
    for (int feed = 0; feed < TL_API_FEED_COUNT; feed++) {
        const struct tl_api_feed_info *info = tl_api_feed_info((enum tl_api_feed)feed);
        if (!info->health_name) continue;
        int64_t newest = store->newest_ts[feed];
        int64_t age = now_ms > newest ? now_ms - newest : 0;
        tl_api_buffer_lit(out, separator);
        tl_api_buffer_lit(out, info->health_name);
        tl_api_buffer_lit(out, "\":{\"freshness_age_ms\":");
        if (newest)
            tl_api_buffer_i64(out, age);
        else
            tl_api_buffer_lit(out, "null");
        tl_api_buffer_lit(out, newest && age <= info->healthy_ms ? ",\"healthy\":true}"
                                                                 : ",\"healthy\":false}");
        separator = ",\"";
    }
    tl_api_buffer_lit(out, "}");
}
