/* SPDX-License-Identifier: Apache-2.0
 * The tape's total order: sorting of 64-bit keys, and of one second's events. Stable, no qsort. */
#ifndef TL_TAPE_ORDER_H
#define TL_TAPE_ORDER_H

#include <tapeloom/event.h>

/* Events of one second that can be put in order; more are dropped and counted by the caller. */
#define TL_ORDER_EVENTS_MAX (1u << 18)

/* Ascending order of the bits above low_bits; keys equal there keep their order. scratch: as many
 * words. O(count) for long runs, insertion for short ones. */
void tl_order_keys(uint64_t *keys, uint64_t *scratch, size_t count, unsigned low_bits);

/* The same for keys that are nearly in order: insertion, unless that turns out to be much work. */
void tl_order_keys_near(uint64_t *keys, uint64_t *scratch, size_t count, unsigned low_bits);

struct tl_order; /* scratch for tl_order_second: two arrays of keys and the counters of seq */

struct tl_order *tl_order_create(uint32_t symbols); /* NULL: out of memory */
void tl_order_destroy(struct tl_order *order);

/* Puts batch->events[first..count), all of `second`, into tape order (ts, stream, symbol, order of
 * emission) with their truth, and assigns seq. An event outside the second, or beyond the index
 * range of its symbol and stream, is removed and counted in batch->dropped. */
void tl_order_second(struct tl_order *order, struct tl_batch *batch, size_t first, int64_t second);

#endif
