/* SPDX-License-Identifier: Apache-2.0
 * Entries are lists a channel; matching walks the list of the event's channel. Bounds: 256 clients
 * of 64 subscriptions each. A client with 1 MiB waiting misses events, which are counted.
 *
 * Signal and raw prints are two feeds: entries with view raw (or a contract and no filters, which is
 * a raw view by the contract) listen to the raw one, all others to the signal one. */
#include "services/api/live.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BACKLOG_BYTES (1u << 20)  /* besides the net's own MiB a client */
#define SNAPSHOT_QUEUED_MAX 65536 /* bytes waiting above which no snapshot is even made */

struct entry {
    struct entry *next;
    struct tl_str key;                        /* ours */
    struct tl_str echo;                       /* "subscription" of its events, ours */
    struct tl_live_subscription subscription; /* the latest registered */
    size_t count;
    struct client *members[TL_LIVE_CLIENTS_MAX];
};

/* Snapshots can be a MiB each, and a socket takes no more than that at a time: subscriptions whose
 * snapshot has no room yet wait, in order, and are tried again at each tick. Only with its snapshot
 * on the way does a subscription get events. */
struct client {
    struct tl_net_socket *socket;
    size_t count;
    struct entry *entries[TL_LIVE_CLIENT_ENTRIES_MAX];
    size_t waiting_count;
    struct tl_live_subscription *waiting; /* [TL_LIVE_CLIENT_ENTRIES_MAX], made when first needed */
    /* Events that found the socket full, most often behind a large snapshot: up to BACKLOG_BYTES
     * of them follow when there is room, each as its size (4 bytes) and text. */
    struct tl_api_buffer backlog;
    size_t backlog_sent; /* bytes of backlog already gone */
};

struct tl_live {
    struct tl_live_store *store;
    struct entry *entries[TL_LIVE_CHANNEL_COUNT];
    size_t client_count;
    struct client *clients[TL_LIVE_CLIENTS_MAX];
    struct tl_live_request request; /* scratch of the message being read */
    struct tl_api_buffer frame;
    struct tl_live_counts counts;
};

struct tl_live *tl_live_create(struct tl_live_store *store)
{
    struct tl_live *live = calloc(1, sizeof *live);
    if (live) live->store = store;
    return live;
}

static void entry_destroy(struct entry *entry)
{
    /* key and echo are borrowed strings in type only: both were made by copy_text. */
    free((void *)(uintptr_t)entry->key.data);
    free((void *)(uintptr_t)entry->echo.data);
    free(entry);
}

static void client_destroy(struct client *client)
{
    tl_api_buffer_deinit(&client->backlog);
    free(client->waiting);
    free(client);
}

void tl_live_destroy(struct tl_live *live)
{
    if (!live) return;
    for (size_t i = 0; i < live->client_count; i++)
        client_destroy(live->clients[i]);
    for (int channel = 0; channel < TL_LIVE_CHANNEL_COUNT; channel++)
        for (struct entry *entry = live->entries[channel], *next; entry; entry = next) {
            next = entry->next;
            entry_destroy(entry);
        }
    tl_api_buffer_deinit(&live->frame);
    free(live);
}

struct tl_live_counts tl_live_counts(const struct tl_live *live)
{
    struct tl_live_counts counts = live->counts;
    counts.clients = live->client_count;
    return counts;
}

/* --- sending ------------------------------------------------------------------------------- */

static void send_frame(struct tl_live *live, struct tl_net_socket *socket)
{
    if (live->frame.text.overflow || tl_net_send(socket, tl_api_buffer_str(&live->frame)) != TL_OK)
        live->counts.dropped++;
}

static void send_error(struct tl_live *live, struct tl_net_socket *socket, const char *text)
{
    tl_api_buffer_clear(&live->frame);
    tl_api_buffer_lit(&live->frame, "{\"op\":\"error\",\"message\":");
    tl_api_buffer_json(&live->frame, tl_str_from(text));
    tl_api_buffer_lit(&live->frame, "}");
    send_frame(live, socket);
}

static void heartbeat_frame(struct tl_live *live, int64_t now_ms)
{
    tl_api_buffer_clear(&live->frame);
    tl_api_buffer_lit(&live->frame, "{\"op\":\"heartbeat\",\"ts\":");
    tl_api_buffer_i64(&live->frame, now_ms);
    tl_api_buffer_lit(&live->frame, ",\"channel_health\":");
    tl_live_store_health(live->store, now_ms, &live->frame);
    tl_api_buffer_lit(&live->frame, "}");
}

void tl_live_heartbeat(struct tl_live *live, int64_t now_ms)
{
    heartbeat_frame(live, now_ms);
    for (size_t i = 0; i < live->client_count; i++)
        send_frame(live, live->clients[i]->socket);
}

/* Full: the event is missed, and counted. */
static void keep_for_later(struct tl_live *live, struct client *client, struct tl_str text)
{
    uint32_t size = (uint32_t)text.size;
    struct tl_api_buffer *backlog = &client->backlog;
    if (!tl_api_buffer_reserve(backlog, sizeof size + text.size)) {
        backlog->text.overflow = false; /* what is in it stays good */
        live->counts.dropped++;
        return;
    }
    tl_text_str(&backlog->text, (struct tl_str){(const char *)&size, sizeof size});
    tl_text_str(&backlog->text, text);
}

static void send_backlog(struct tl_live *live, struct client *client)
{
    struct tl_text *text = &client->backlog.text;
    while (client->backlog_sent < text->size) {
        uint32_t size;
        memcpy(&size, text->data + client->backlog_sent, sizeof size);
        struct tl_str event = {text->data + client->backlog_sent + sizeof size, size};
        if (tl_net_socket_queued(client->socket) > BACKLOG_BYTES / 2) return;
        if (tl_net_send(client->socket, event) == TL_OK)
            live->counts.events++;
        else
            live->counts.dropped++; /* closing */
        client->backlog_sent += sizeof size + size;
    }
    client->backlog_sent = text->size = 0;
}

/* --- registry ------------------------------------------------------------------------------ */

static struct client *client_of(struct tl_live *live, const struct tl_net_socket *socket)
{
    for (size_t i = 0; i < live->client_count; i++)
        if (live->clients[i]->socket == socket) return live->clients[i];
    return NULL;
}

static bool copy_text(struct tl_str *to, struct tl_str text)
{
    char *data = malloc(text.size + 1);
    if (!data) return false;
    if (text.size) memcpy(data, text.data, text.size);
    free((void *)(uintptr_t)to->data);
    *to = (struct tl_str){data, text.size};
    return true;
}

static struct entry *entry_find(struct tl_live *live, enum tl_live_channel channel,
                                struct tl_str key)
{
    struct entry *entry = live->entries[channel];
    while (entry && !tl_str_equal(entry->key, key))
        entry = entry->next;
    return entry;
}

static struct entry *entry_create(struct tl_live *live, enum tl_live_channel channel,
                                  struct tl_str key)
{
    struct entry *entry = calloc(1, sizeof *entry);
    if (!entry || !copy_text(&entry->key, key)) {
        free(entry);
        return NULL;
    }
    entry->next = live->entries[channel];
    live->entries[channel] = entry;
    live->counts.entries++;
    return entry;
}

static void entry_unlink(struct tl_live *live, struct entry *entry)
{
    struct entry **link = &live->entries[entry->subscription.channel];
    while (*link != entry)
        link = &(*link)->next;
    *link = entry->next;
    live->counts.entries--;
    entry_destroy(entry);
}

/* Options, flow and equities echo the definition registered last; others their bare form. */
static bool entry_define(struct tl_live *live, struct entry *entry,
                         const struct tl_live_subscription *subscription)
{
    enum tl_live_channel channel = subscription->channel;
    bool full =
        channel == TL_LIVE_OPTIONS || channel == TL_LIVE_FLOW || channel == TL_LIVE_EQUITIES;
    entry->subscription = *subscription;
    tl_api_buffer_clear(&live->frame);
    if (!tl_api_buffer_reserve(&live->frame, TL_LIVE_ECHO_MAX)) return false;
    tl_live_subscription_put(&live->frame.text, subscription, full);
    return copy_text(&entry->echo, tl_api_buffer_str(&live->frame));
}

static void leave(struct tl_live *live, struct client *client, struct entry *entry)
{
    for (size_t i = 0; i < client->count; i++)
        if (client->entries[i] == entry) client->entries[i] = client->entries[--client->count];
    for (size_t i = 0; i < entry->count; i++)
        if (entry->members[i] == client) entry->members[i] = entry->members[--entry->count];
    if (entry->count == 0) entry_unlink(live, entry);
}

static bool joined(const struct client *client, const struct entry *entry)
{
    for (size_t i = 0; i < client->count; i++)
        if (client->entries[i] == entry) return true;
    return false;
}

static struct tl_str key_text(const struct tl_live_subscription *subscription,
                              char bytes[TL_LIVE_KEY_MAX])
{
    struct tl_text text = {.data = bytes, .capacity = TL_LIVE_KEY_MAX};
    tl_live_subscription_key(&text, subscription);
    return (struct tl_str){text.data, text.size};
}

static struct entry *entry_of(struct tl_live *live, const struct tl_live_subscription *subscription)
{
    char bytes[TL_LIVE_KEY_MAX];
    return entry_find(live, subscription->channel, key_text(subscription, bytes));
}

/* false: out of memory. The client has room for one more. */
static bool join(struct tl_live *live, struct client *client,
                 const struct tl_live_subscription *subscription)
{
    char bytes[TL_LIVE_KEY_MAX];
    struct tl_str key = key_text(subscription, bytes);
    struct entry *entry = entry_find(live, subscription->channel, key);
    bool member = entry && joined(client, entry);
    if (!entry) entry = entry_create(live, subscription->channel, key);
    if (!entry) return false;
    bool defined = entry_define(live, entry, subscription);
    if (!member) {
        entry->members[entry->count++] = client; /* at most one a client: it fits */
        client->entries[client->count++] = entry;
    }
    if (!defined) leave(live, client, entry);
    return defined;
}

static enum tl_status send_snapshot(struct tl_live *live, struct client *client,
                                    const struct tl_live_subscription *subscription)
{
    struct tl_error error = {0};
    tl_api_buffer_clear(&live->frame);
    tl_api_buffer_lit(&live->frame, "{\"op\":\"snapshot\",\"snapshot\":");
    if (tl_live_store_snapshot(live->store, subscription, &live->frame, &error) != TL_OK) {
        send_error(live, client->socket, error.text);
        return TL_OK;
    }
    tl_api_buffer_lit(&live->frame, "}");
    if (!live->frame.text.overflow) {
        enum tl_status status = tl_net_send(client->socket, tl_api_buffer_str(&live->frame));
        if (status != TL_FULL || tl_net_socket_queued(client->socket) > 0) return status;
    }
    /* It does not fit into an empty socket either. */
    send_error(live, client->socket, "snapshot too large: ask for a smaller snapshot_limit");
    return TL_OK;
}

/* false: no room on the socket now; try again later. */
static bool subscribe(struct tl_live *live, struct client *client,
                      const struct tl_live_subscription *subscription)
{
    const struct entry *entry = entry_of(live, subscription);
    if (client->count == TL_LIVE_CLIENT_ENTRIES_MAX && !(entry && joined(client, entry))) {
        send_error(live, client->socket, "too many subscriptions: at most 64 a socket");
        return true;
    }
    if (client->backlog.text.size || tl_net_socket_queued(client->socket) > SNAPSHOT_QUEUED_MAX)
        return false;
    if (send_snapshot(live, client, subscription) == TL_FULL) return false;
    if (!join(live, client, subscription)) send_error(live, client->socket, "out of memory");
    return true;
}

static const char *wait_for_room(struct client *client,
                                 const struct tl_live_subscription *subscription)
{
    if (client->waiting_count == TL_LIVE_CLIENT_ENTRIES_MAX)
        return "too many subscriptions waiting for their snapshots";
    if (!client->waiting)
        client->waiting = calloc(TL_LIVE_CLIENT_ENTRIES_MAX, sizeof *client->waiting);
    if (!client->waiting) return "out of memory";
    client->waiting[client->waiting_count++] = *subscription;
    return NULL;
}

static void subscribe_all(struct tl_live *live, struct client *client)
{
    for (size_t i = 0; i < live->request.count; i++) {
        const struct tl_live_subscription *subscription = &live->request.subscriptions[i];
        if (client->waiting_count == 0 && subscribe(live, client, subscription)) continue;
        const char *problem = wait_for_room(client, subscription);
        if (problem) send_error(live, client->socket, problem);
    }
}

static void unwait(struct client *client, size_t at)
{
    client->waiting_count--;
    memmove(&client->waiting[at], &client->waiting[at + 1],
            (client->waiting_count - at) * sizeof *client->waiting);
}

void tl_live_tick(struct tl_live *live)
{
    for (size_t i = 0; i < live->client_count; i++) {
        struct client *client = live->clients[i];
        if (client->backlog.text.size) send_backlog(live, client);
        while (client->waiting_count && subscribe(live, client, &client->waiting[0]))
            unwait(client, 0);
    }
}

/* A waiting subscription of the same identity is forgotten. */
static void forget_waiting(struct client *client, struct tl_str key)
{
    char bytes[TL_LIVE_KEY_MAX];
    for (size_t i = client->waiting_count; i-- > 0;)
        if (tl_str_equal(key_text(&client->waiting[i], bytes), key)) unwait(client, i);
}

static void unsubscribe_all(struct tl_live *live, struct client *client)
{
    for (size_t i = 0; i < live->request.count; i++) {
        const struct tl_live_subscription *subscription = &live->request.subscriptions[i];
        char bytes[TL_LIVE_KEY_MAX];
        forget_waiting(client, key_text(subscription, bytes));
        struct entry *entry = entry_of(live, subscription);
        if (entry && joined(client, entry)) leave(live, client, entry);
    }
}

/* --- socket events ------------------------------------------------------------------------- */

void tl_live_opened(struct tl_live *live, struct tl_net_socket *socket, int64_t now_ms)
{
    if (live->client_count == TL_LIVE_CLIENTS_MAX) {
        send_error(live, socket, "too many clients");
        tl_net_socket_close(socket);
        return;
    }
    struct client *client = calloc(1, sizeof *client);
    if (!client) {
        tl_net_socket_close(socket);
        return;
    }
    client->socket = socket;
    client->backlog.capacity_max = BACKLOG_BYTES;
    live->clients[live->client_count++] = client;
    tl_api_buffer_clear(&live->frame);
    tl_api_buffer_lit(&live->frame, "{\"op\":\"ready\",\"channel_health\":");
    tl_live_store_health(live->store, now_ms, &live->frame);
    tl_api_buffer_lit(&live->frame, "}");
    send_frame(live, socket);
}

void tl_live_message(struct tl_live *live, struct tl_net_socket *socket, struct tl_str text,
                     int64_t now_ms)
{
    struct client *client = client_of(live, socket);
    struct tl_error error = {0};
    if (!client) return;
    if (tl_live_request_parse(text, &live->request, &error) != TL_OK) {
        live->counts.refused++;
        send_error(live, socket, error.text);
        return;
    }
    switch (live->request.op) {
    case TL_LIVE_PING:
        heartbeat_frame(live, now_ms);
        send_frame(live, socket);
        break;
    case TL_LIVE_SUBSCRIBE:
        subscribe_all(live, client);
        break;
    case TL_LIVE_UNSUBSCRIBE:
        unsubscribe_all(live, client);
        break;
    }
}

void tl_live_closed(struct tl_live *live, struct tl_net_socket *socket)
{
    struct client *client = client_of(live, socket);
    if (!client) return;
    while (client->count)
        leave(live, client, client->entries[0]);
    for (size_t i = 0; i < live->client_count; i++)
        if (live->clients[i] == client) live->clients[i] = live->clients[--live->client_count];
    client_destroy(client);
}

/* --- fan-out ------------------------------------------------------------------------------- */

static bool same_symbol(const char *asked, struct tl_str symbol)
{
    return strlen(asked) == symbol.size && strncasecmp(asked, symbol.data, symbol.size) == 0;
}

static bool wants_symbol(const struct tl_live_subscription *subscription, struct tl_str symbol)
{
    for (uint32_t i = 0; i < subscription->underlying_count; i++)
        if (same_symbol(subscription->underlyings[i], symbol)) return true;
    return subscription->underlying_count == 0;
}

static bool raw_view(const struct tl_live_subscription *subscription)
{
    return subscription->filters.view == TL_LIVE_VIEW_RAW ||
           (subscription->contract[0] && !subscription->filters.present);
}

static bool wants_option(const struct tl_live_subscription *subscription,
                         const struct tl_api_item *item)
{
    if (raw_view(subscription) != (item->feed == TL_API_RAW)) return false;
    if (!tl_api_match_option(&subscription->filters, &item->match)) return false;
    if (subscription->contract[0] && !tl_str_is(item->key, subscription->contract)) return false;
    return wants_symbol(subscription, item->underlying);
}

static bool wants(const struct tl_live_subscription *subscription, const struct tl_api_item *item)
{
    enum tl_live_channel channel = subscription->channel;
    if (channel == TL_LIVE_OPTIONS) return wants_option(subscription, item);
    if (channel == TL_LIVE_FLOW) return tl_api_match_flow(&subscription->filters, &item->match);
    if (channel == TL_LIVE_EQUITIES) return wants_symbol(subscription, item->key);
    if (channel == TL_LIVE_EQUITY_OVERLAY) return same_symbol(subscription->underlying, item->key);
    if (channel == TL_LIVE_EQUITY_CANDLES)
        return same_symbol(subscription->underlying, item->key) &&
               subscription->interval_ms == item->interval_ms;
    return true;
}

static void send_event(struct tl_live *live, const struct entry *entry,
                       const struct tl_api_item *item)
{
    struct tl_api_buffer *frame = &live->frame;
    tl_api_buffer_clear(frame);
    tl_api_buffer_lit(frame, "{\"op\":\"event\",\"subscription\":");
    tl_api_buffer_put(frame, entry->echo);
    tl_api_buffer_lit(frame, ",\"item\":");
    tl_api_buffer_put(frame, item->json);
    tl_api_buffer_lit(frame, ",\"watermark\":");
    tl_api_buffer_cursor(frame, item->ts, item->seq);
    tl_api_buffer_lit(frame, "}");
    struct tl_net_shared *shared =
        frame->text.overflow ? NULL : tl_net_shared_create(tl_api_buffer_str(frame));
    for (size_t i = 0; i < entry->count; i++) {
        struct client *client = entry->members[i];
        bool waiting = client->backlog.text.size > 0;
        if (shared && !waiting && tl_net_send_shared(client->socket, shared) == TL_OK)
            live->counts.events++;
        else
            keep_for_later(live, client, tl_api_buffer_str(frame));
    }
    if (shared) tl_net_shared_release(shared);
}

static void send_channel(struct tl_live *live, enum tl_live_channel channel,
                         const struct tl_api_item *item)
{
    for (const struct entry *entry = live->entries[channel]; entry; entry = entry->next)
        if (wants(&entry->subscription, item)) send_event(live, entry, item);
}

void tl_live_event(struct tl_live *live, const struct tl_api_item *item, bool fresh)
{
    if (fresh) send_channel(live, tl_api_feed_info(item->feed)->channel, item);
    if (item->feed == TL_API_EQUITIES) send_channel(live, TL_LIVE_EQUITY_OVERLAY, item);
}
