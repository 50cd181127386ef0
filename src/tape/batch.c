/* SPDX-License-Identifier: Apache-2.0
 * Appending to the caller's batch. A full batch drops the newest event and counts it: the caller
 * sized it, and an engine that waited or grew would break its promise to do neither. */
#include "tape/batch.h"

void tl_batch_append(struct tl_batch *batch, const struct tl_event *event,
                     const struct tl_truth *truth)
{
    static const struct tl_truth background = {0};
    if (!batch) return;
    if (batch->count >= batch->capacity) {
        batch->dropped++;
        return;
    }
    batch->events[batch->count] = *event;
    if (batch->truth) batch->truth[batch->count] = truth ? *truth : background;
    batch->count++;
}
