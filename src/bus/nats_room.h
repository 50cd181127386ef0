/* SPDX-License-Identifier: Apache-2.0
 * Shared inside the NATS room only: the connection, error texts, and the parts of the room. */
#ifndef TL_BUS_NATS_ROOM_H
#define TL_BUS_NATS_ROOM_H

#include <nats/nats.h>

#include "bus/room.h"
#include "bus/wait.h"

#define TL_NATS_REQUEST_WAIT_MS 3000 /* a JetStream request; a live server answers in 1 */

struct tl_nats_publisher;

struct tl_nats_bus {
    struct tl_bus base;
    struct tl_bus_options options; /* strings point to the copies below */
    char url[512], name[64];
    natsConnection *connection; /* reconnects for ever; requests, subscriptions, control */
    jsCtx *js;
    kvStore *kv;
    atomic_ulong epoch; /* times the connection came back; readers check what they missed */
    struct tl_wait ending;
    bool ended; /* the library has made its last callback for the main connection */
    struct tl_nats_publisher *publisher; /* has its own connection: nats_publish.h */
};

static inline struct tl_nats_bus *tl_nats_of(struct tl_bus *bus)
{
    return (struct tl_nats_bus *)bus;
}

/* Sets "WHAT: the library's text" and the status that fits: TL_CLOSED when the link is down. */
enum tl_status tl_nats_error(struct tl_error *error, natsStatus status, const char *what);
/* Connects once, without waiting for a server that is not there. reconnect: for ever afterwards. */
enum tl_status tl_nats_connect(const struct tl_nats_bus *nats, bool reconnect,
                               natsConnection **connection, jsCtx **js,
                               struct tl_error *error) TL_MUST_USE;
enum tl_status tl_nats_up(struct tl_nats_bus *nats, struct tl_error *error) TL_MUST_USE;

/* nats_stream.c: creates, compares, updates the streams and the bucket. */
enum tl_status tl_nats_ensure_streams(const struct tl_nats_bus *nats, jsCtx *js,
                                      struct tl_error *error) TL_MUST_USE;
enum tl_status tl_nats_ensure_bucket(jsCtx *js, struct tl_error *error) TL_MUST_USE;

/* nats_subscribe.c */
enum tl_status tl_nats_subscribe(struct tl_bus *bus, const struct tl_subscribe_options *options,
                                 struct tl_subscription **subscription, struct tl_error *error);
enum tl_status tl_nats_next(struct tl_subscription *subscription, int timeout_ms,
                            struct tl_message *message);
void tl_nats_ack(struct tl_subscription *subscription, uint64_t stream_seq);
void tl_nats_unsubscribe(struct tl_subscription *subscription);
uint64_t tl_nats_lost(const struct tl_subscription *subscription);

/* nats_kv.c */
enum tl_status tl_nats_kv_get(struct tl_bus *bus, const char *key, struct tl_kv_entry *entry,
                              struct tl_error *error);
enum tl_status tl_nats_kv_put(struct tl_bus *bus, const char *key, struct tl_str value,
                              uint64_t expected_revision, struct tl_kv_entry *entry,
                              struct tl_error *error);
enum tl_status tl_nats_kv_history(struct tl_bus *bus, const char *key,
                                  void (*visit)(void *context, const struct tl_kv_entry *entry),
                                  void *context, struct tl_error *error);
enum tl_status tl_nats_watch(struct tl_bus *bus, const char *key, struct tl_watch **watch,
                             struct tl_error *error);
enum tl_status tl_nats_watch_next(struct tl_watch *watch, int timeout_ms,
                                  struct tl_kv_entry *entry);
void tl_nats_unwatch(struct tl_watch *watch);

#endif
