/* SPDX-License-Identifier: Apache-2.0
 * Derived events to the bus, each once. After a restart the machine computes again what was
 * published before; the outbox holds back what the streams already have:
 *   flow   everything up to the stored last event of a subject: until its trace id comes by, what
 *          is not newer (by source_ts) is held back
 *   candle everything that had ended by the time of the stored last one
 * What slips through carries the same message id and content, so the bus or the reader drops it. */
#ifndef TL_SERVICES_COMPUTE_OUTBOX_H
#define TL_SERVICES_COMPUTE_OUTBOX_H

#include "bus/bus.h"
#include "flow/candle.h"
#include "flow/flow.h"

struct tl_outbox;

/* Reads the last stored event of each derived subject. TL_CLOSED, TL_IO: the bus is not there. */
enum tl_status tl_outbox_create(struct tl_bus *bus, struct tl_outbox **outbox,
                                struct tl_error *error) TL_MUST_USE;
void tl_outbox_destroy(struct tl_outbox *outbox);

/* ms at which the newest stored flow event (or candle) was published; 0: none is stored. */
int64_t tl_outbox_flow_last_ms(const struct tl_outbox *outbox);
int64_t tl_outbox_candle_last_ms(const struct tl_outbox *outbox);

struct tl_flow_sink tl_outbox_sink(struct tl_outbox *outbox);
void tl_outbox_candle(void *outbox, const struct tl_wire_candle *candle);

/* Candles of windows that start before are not all there: held back. */
void tl_outbox_candles_from(struct tl_outbox *outbox, int64_t from_ms);
/* From now on candles are those of windows that a stop cut short. */
void tl_outbox_draining(struct tl_outbox *outbox);

/* Waits until all is stored. TL_OK; TL_AGAIN: not yet (bus down); TL_IO: something was lost for
 * good, start again from the stored state. */
enum tl_status tl_outbox_flush(struct tl_outbox *outbox, int timeout_ms,
                               struct tl_error *error) TL_MUST_USE;

struct tl_outbox_counts {
    uint64_t published[TL_SUBJECT_COUNT];
    uint64_t held_back; /* stored before the restart */
    uint64_t dropped;   /* too large for a message, or stopped while the bus was down */
};
struct tl_outbox_counts tl_outbox_counts(const struct tl_outbox *outbox);

#endif
