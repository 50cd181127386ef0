/* SPDX-License-Identifier: Apache-2.0
 * From the consumer thread to the event loop: two bounded boxes, one being filled while the other is
 * being read; the loop swaps them at its timer. No allocation a message. */
#ifndef TL_SERVICES_API_INBOX_H
#define TL_SERVICES_API_INBOX_H

#include "services/api/feed.h"
#include "services/api/match.h"

#define TL_API_INBOX_ITEMS 16384       /* 10 ms at 1.6 M messages/s: far above any feed */
#define TL_API_INBOX_BYTES (16u << 20) /* the same items at 1 KiB each */

/* One event, decoded. Strings live until the box is swapped again. */
struct tl_api_item {
    enum tl_api_feed feed;
    int64_t ts; /* cursor: ts, or source_ts of derived events */
    uint64_t seq;
    struct tl_str json, trace_id;
    struct tl_str key;        /* options: contract; equities, candles: symbol; else empty */
    struct tl_str underlying; /* options: symbol */
    struct tl_str row;        /* the page feed's row; empty: none */
    int64_t interval_ms;      /* candles */
    int profile;              /* smart money that did not abstain: enum tl_profile; else -1 */
    struct tl_api_match match;
};

struct tl_api_inbox;

struct tl_api_inbox *tl_api_inbox_create(void); /* NULL when out of memory */
void tl_api_inbox_destroy(struct tl_api_inbox *inbox);

/* Copies. Full: waits up to wait_ms for the loop to swap, then TL_FULL (nothing taken); once it has
 * waited in vain it does not wait again until the loop swapped. Thread: the consumer's. */
enum tl_status tl_api_inbox_push(struct tl_api_inbox *inbox, const struct tl_api_item *item,
                                 int wait_ms) TL_MUST_USE;

/* Everything pushed since the last call, in order; the arrays are the caller's until the next call.
 * Thread: the loop's. */
size_t tl_api_inbox_take(struct tl_api_inbox *inbox, const struct tl_api_item **items);

#endif
