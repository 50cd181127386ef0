/* SPDX-License-Identifier: Apache-2.0
 * When background orders come, and in what: self-exciting families and their future offspring. */
#ifndef TL_TAPE_OPTION_FLOW_H
#define TL_TAPE_OPTION_FLOW_H

#include "base/rng.h"
#include "tape/option_pick.h"

#define TL_OPTION_FLOW_SLOTS 64 /* seconds; a family lives at most 60 */
/* Future offspring of one symbol-second. The busiest default name has about 30 in firehose mode;
 * beyond this bound an offspring comes in its family's first second instead: no order is lost. */
#define TL_OPTION_FLOW_SLOT_MAX 256
#define TL_OPTION_ORDERS_MAX 8192 /* of one symbol-second */

/* An order packed in 64 bits, sortable by time: ns since the family's second (36), expiry (5),
 * strike (8), put (1), seller (1). A stray has no children and never waits. */
typedef uint64_t tl_option_packed;

struct tl_option_order {
    tl_ns ts;
    struct tl_option_choice contract;
    int8_t side;
    bool stray; /* by itself, of a few lots, in a contract that need not be liked */
};

struct tl_option_flow {
    /* The strays' share for that many strikes of a class: asked every second, changed at most once a
     * session. */
    double stray_share, stray_adv;
    uint32_t stray_strikes;
    struct tl_poisson_law children; /* the last second's: its exponential is mostly this one's */
    int64_t second[TL_OPTION_FLOW_SLOTS]; /* the family's second of each slot; 0: empty */
    tl_ns due[TL_OPTION_FLOW_SLOTS];      /* of the next pending order; INT64_MAX: none */
    uint16_t at[TL_OPTION_FLOW_SLOTS], count[TL_OPTION_FLOW_SLOTS];
    tl_option_packed pending[TL_OPTION_FLOW_SLOTS][TL_OPTION_FLOW_SLOT_MAX];
};

void tl_option_flow_reset(struct tl_option_flow *flow);
/* The orders of a second, in no set order; returns how many. orders NULL: only the state moves.
 * prints_per_order: how many prints an order makes in the mean. *dropped counts orders beyond
 * TL_OPTION_ORDERS_MAX. */
uint32_t tl_option_flow_second(struct tl_option_flow *flow, const struct tl_second *second,
                               double prints_per_order, struct tl_option_order *orders,
                               uint64_t *dropped);

#endif
