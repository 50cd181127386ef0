/* SPDX-License-Identifier: Apache-2.0
 * /ws/live: clients, their subscriptions, and the fan-out. Subscriptions that ask for the same (by
 * key) share one entry, so an event is matched and encoded once an entry, not once a client. Loop
 * thread only. */
#ifndef TL_SERVICES_API_LIVE_H
#define TL_SERVICES_API_LIVE_H

#include "net/net.h"
#include "services/api/live_store.h"

#define TL_LIVE_CLIENTS_MAX 256
#define TL_LIVE_CLIENT_ENTRIES_MAX 64 /* subscriptions of one client */

struct tl_live;

struct tl_live *tl_live_create(struct tl_live_store *store); /* store: borrowed; NULL: no memory */
void tl_live_destroy(struct tl_live *live);

/* now_ms: for the health in ready and heartbeat. */
void tl_live_opened(struct tl_live *live, struct tl_net_socket *socket, int64_t now_ms);
void tl_live_message(struct tl_live *live, struct tl_net_socket *socket, struct tl_str text,
                     int64_t now_ms);
void tl_live_closed(struct tl_live *live, struct tl_net_socket *socket);

/* Sends an event to whoever asked for it; fresh: what tl_live_store_ingest said. */
void tl_live_event(struct tl_live *live, const struct tl_api_item *item, bool fresh);
void tl_live_tick(struct tl_live *live); /* every 10 ms: snapshots that waited for room */
void tl_live_heartbeat(struct tl_live *live, int64_t now_ms); /* every 15 s */

struct tl_live_counts {
    size_t clients, entries;
    uint64_t events, dropped, refused; /* sent; missed by slow clients; invalid client messages */
};
struct tl_live_counts tl_live_counts(const struct tl_live *live);

#endif
