/* SPDX-License-Identifier: Apache-2.0
 * The four market streams as one, in event-time order: ts, then nbbo, option print, equity quote,
 * equity print; within a stream as it comes. An event waits until every other stream shows a later
 * one, or is known to be silent: empty for TL_FEED_LAG_MS and the event that old by the clock. So
 * threads and the network decide when an event is taken, not in which order. */
#ifndef TL_SERVICES_COMPUTE_FEED_H
#define TL_SERVICES_COMPUTE_FEED_H

#include "bus/bus.h"
#include "flow/flow.h"
#include "wire/market_json.h"

#define TL_FEED_LAG_MS 250

enum tl_feed_source {
    TL_FEED_OPTION_NBBO,
    TL_FEED_OPTION_PRINT,
    TL_FEED_EQUITY_QUOTE,
    TL_FEED_EQUITY_PRINT,
    TL_FEED_SOURCES
};

struct tl_feed_event { /* borrowed until the next tl_feed_next */
    enum tl_feed_source source;
    int64_t ts;
    union {
        struct tl_wire_option_nbbo nbbo;
        struct tl_wire_option_print print;
        struct tl_wire_equity_quote quote;
        struct tl_wire_equity_print trade;
    } u;
};

/* Gives an event to the classifier. */
void tl_feed_give(struct tl_flow *flow, const struct tl_feed_event *event);

struct tl_feed_options {
    enum tl_deliver deliver;
    tl_ns from;
    bool reset;
};

struct tl_feed;

enum tl_status tl_feed_open(struct tl_bus *bus, const struct tl_feed_options *options,
                            struct tl_feed **feed, struct tl_error *error) TL_MUST_USE;
void tl_feed_close(struct tl_feed *feed); /* NULL is fine */

/* The next event in order. TL_AGAIN: none may be taken yet. TL_CLOSED: the bus is closed. */
enum tl_status tl_feed_next(struct tl_feed *feed, int64_t monotonic_ms, int64_t wall_ms,
                            const struct tl_feed_event **event) TL_MUST_USE;
/* True when no stream has anything and all have been silent for the lag. */
bool tl_feed_is_idle(const struct tl_feed *feed, int64_t monotonic_ms);
/* Acknowledges all that tl_feed_next returned (and what was malformed before it). */
void tl_feed_ack(struct tl_feed *feed);

struct tl_feed_counts {
    uint64_t messages, malformed, lost;
    uint64_t malformed_of[TL_FEED_SOURCES];
};
struct tl_feed_counts tl_feed_counts(const struct tl_feed *feed);

#endif
