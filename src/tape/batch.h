/* SPDX-License-Identifier: Apache-2.0
 * Appending to the caller's batch: the one place that knows what happens when it is full. */
#ifndef TL_TAPE_BATCH_H
#define TL_TAPE_BATCH_H

#include <tapeloom/event.h>

/* Appends one event and its label. batch NULL: nothing wanted, nothing done. Full: counted in
 * batch->dropped. truth NULL: background, no side. */
void tl_batch_append(struct tl_batch *batch, const struct tl_event *event,
                     const struct tl_truth *truth);

#endif
