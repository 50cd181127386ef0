/* SPDX-License-Identifier: Apache-2.0
 * The consumer thread: takes messages of every feed from the bus, checks and decodes them, and puts
 * them into the inbox for the event loop. */
#ifndef TL_SERVICES_API_CONSUME_H
#define TL_SERVICES_API_CONSUME_H

#include "services/api/config.h"
#include "services/api/inbox.h"

struct tl_api_consumer;

struct tl_api_feed_counts {
    uint64_t received; /* messages taken from the bus */
    uint64_t invalid;  /* dropped for good: not what the schema says */
    uint64_t dropped;  /* no room in the inbox: the loop was too slow */
    uint64_t lost;     /* skipped by the bus's retention */
};

struct tl_api_lab;

/* Subscribes every feed and starts the thread; lab (may be NULL) sees the market's events. TL_IO, TL_CLOSED: the bus failed (which durable). */
enum tl_status tl_api_consumer_start(struct tl_bus *bus, const struct tl_api_config *config,
                                     struct tl_api_inbox *inbox, struct tl_api_lab *lab,
                                     struct tl_api_consumer **consumer,
                                     struct tl_error *error) TL_MUST_USE;
void tl_api_consumer_stop(struct tl_api_consumer *consumer); /* joins; NULL is fine */
/* Thread-safe. */
struct tl_api_feed_counts tl_api_consumer_counts(const struct tl_api_consumer *consumer,
                                                 enum tl_api_feed feed);

#endif
