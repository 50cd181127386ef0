/* SPDX-License-Identifier: Apache-2.0
 * Publishing to JetStream: asynchronous, acknowledged, in order, each message once. Thread-safe. */
#ifndef TL_BUS_NATS_PUBLISH_H
#define TL_BUS_NATS_PUBLISH_H

#include "bus/nats_room.h"

/* Connects and starts the thread that reads acknowledgements and recovers. */
enum tl_status tl_nats_publisher_create(struct tl_nats_bus *nats,
                                        struct tl_nats_publisher **publisher,
                                        struct tl_error *error) TL_MUST_USE;
bool tl_nats_publisher_connected(struct tl_nats_publisher *publisher);
enum tl_status tl_nats_publisher_send(struct tl_nats_publisher *publisher, enum tl_subject subject,
                                      struct tl_str msg_id, struct tl_str data,
                                      struct tl_error *error) TL_MUST_USE;
enum tl_status tl_nats_publisher_flush(struct tl_nats_publisher *publisher, int timeout_ms,
                                       struct tl_error *error);
/* The caller reads what is stored: it knows of a loss, and resumes from there. */
void tl_nats_publisher_forgive(struct tl_nats_publisher *publisher);
void tl_nats_publisher_stop(struct tl_nats_publisher *publisher); /* waits for the thread */
void tl_nats_publisher_destroy(struct tl_nats_publisher *publisher);

#endif
