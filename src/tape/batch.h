/* SPDX-License-Identifier: Apache-2.0
 * Appending to the caller's batch: the one place that knows what happens when it is full. A full
 * batch drops the newest event and counts it: the caller sized it, and an engine that waited or grew
 * would break its promise to do neither. */
#ifndef TL_TAPE_BATCH_H
#define TL_TAPE_BATCH_H

#include <tapeloom/event.h>

/* The place of one more event, with its label; the caller fills it in there, since copying it would
 * cost as much as making it. What it holds before is of no meaning. NULL: full, which is counted.
 * truth NULL: background, no side. */
static inline struct tl_event *tl_batch_next(struct tl_batch *batch, const struct tl_truth *truth)
{
    if (batch->count >= batch->capacity) {
        batch->dropped++;
        return NULL;
    }
    if (batch->truth) batch->truth[batch->count] = truth ? *truth : (struct tl_truth){0};
    return &batch->events[batch->count++];
}

/* What all events have. */
static inline void tl_event_begin(struct tl_event *event, tl_ns ts, uint16_t sym,
                                  enum tl_stream stream)
{
    event->ts = ts;
    event->seq = 0;
    event->sym = sym;
    event->stream = (uint8_t)stream;
}

#endif
