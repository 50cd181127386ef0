/* SPDX-License-Identifier: Apache-2.0
 * What a room of the bus provides. bus.c checks arguments, counts references and dispatches; a room
 * embeds these structures as the first member of its own. A bus lives until it is closed and its
 * last subscription and watch are closed, so that no reader is left with freed memory. */
#ifndef TL_BUS_ROOM_H
#define TL_BUS_ROOM_H

#include <stdatomic.h>

#include "bus/bus.h"

#define TL_BUS_IN_FLIGHT_MAX 4096 /* messages; about 4 MiB at 1 KiB each */
#define TL_BUS_ACK_PENDING_DEFAULT 4096
#define TL_BUS_DEDUPE_NS (120 * TL_NS_PER_S)
#define TL_BUS_MESSAGE_BYTES_MAX (1024 * 1024) /* the server's default max_payload */
#define TL_BUS_CLOSE_FLUSH_MS 2000
#define TL_KV_BUCKET "synthetic_control"
#define TL_KV_HISTORY 64
#define TL_KV_VALUE_BYTES_MAX 16384
#define TL_KV_KEY_BYTES_MAX 64

struct tl_bus_room {
    void (*close)(struct tl_bus *bus);   /* no more calls but those of open subscriptions */
    void (*destroy)(struct tl_bus *bus); /* the last reference is gone */
    bool (*connected)(struct tl_bus *bus);
    enum tl_status (*publish)(struct tl_bus *bus, enum tl_subject subject, struct tl_str msg_id,
                              struct tl_str data, struct tl_error *error);
    enum tl_status (*flush)(struct tl_bus *bus, int timeout_ms, struct tl_error *error);
    enum tl_status (*subscribe)(struct tl_bus *bus, const struct tl_subscribe_options *options,
                                struct tl_subscription **subscription, struct tl_error *error);
    enum tl_status (*next)(struct tl_subscription *subscription, int timeout_ms,
                           struct tl_message *message);
    void (*ack)(struct tl_subscription *subscription, uint64_t stream_seq);
    void (*unsubscribe)(struct tl_subscription *subscription);
    uint64_t (*lost)(const struct tl_subscription *subscription);
    enum tl_status (*last)(struct tl_bus *bus, enum tl_subject subject, char *data, size_t capacity,
                           size_t *size, struct tl_error *error);
    enum tl_status (*kv_get)(struct tl_bus *bus, const char *key, struct tl_kv_entry *entry,
                             struct tl_error *error);
    enum tl_status (*kv_put)(struct tl_bus *bus, const char *key, struct tl_str value,
                             uint64_t expected_revision, struct tl_kv_entry *entry,
                             struct tl_error *error);
    enum tl_status (*kv_history)(struct tl_bus *bus, const char *key,
                                 void (*visit)(void *context, const struct tl_kv_entry *entry),
                                 void *context, struct tl_error *error);
    enum tl_status (*watch)(struct tl_bus *bus, const char *key, struct tl_watch **watch,
                            struct tl_error *error);
    enum tl_status (*watch_next)(struct tl_watch *watch, int timeout_ms, struct tl_kv_entry *entry);
    void (*unwatch)(struct tl_watch *watch);
};

struct tl_bus {
    const struct tl_bus_room *room;
    atomic_int references;
    atomic_bool closed;
};

struct tl_subscription {
    struct tl_bus *bus;
};

struct tl_watch {
    struct tl_bus *bus;
};

/* The rooms' open calls; options are complete (no zeros left). */
enum tl_status tl_bus_memory_open(const struct tl_bus_options *options, struct tl_bus **bus,
                                  struct tl_error *error) TL_MUST_USE;
enum tl_status tl_bus_nats_open(const struct tl_bus_options *options, struct tl_bus **bus,
                                struct tl_error *error) TL_MUST_USE;

/* Retention of a subject by its class (raw or derived). */
int64_t tl_subject_max_age_ms(const struct tl_bus_options *options, enum tl_subject subject);
int64_t tl_subject_max_bytes(const struct tl_bus_options *options, enum tl_subject subject);

#endif
