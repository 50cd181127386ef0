/* SPDX-License-Identifier: Apache-2.0
 * The hidden instances of a session, read from the scenario layer's children: no tape is printed. */
#ifndef TL_CLI_SCENARIO_FIND_H
#define TL_CLI_SCENARIO_FIND_H

#include <tapeloom/market.h>
#include "market/calendar.h"

struct tl_found {
    uint64_t parent_id;
    int64_t seed, first_s, last_s; /* seconds of its first and last child */
    struct tl_session_span span;
    uint16_t sym;
    char ticker[12]; /* of sym */
    uint8_t subtype;
    uint32_t children; /* option legs and stock legs */
    bool has_option;   /* the four below are of its first option child */
    uint32_t expiry, strike;
    char right;
    int8_t side;
};

struct tl_found_list {
    struct tl_found *items; /* owned; in order of the first child */
    uint32_t count, room;
};

/* Adds the instances of the session at span of this market (any streams: none are asked for).
 * TL_NOMEM, TL_CLOSED: a signal. */
enum tl_status tl_scenario_find(struct tl_market *market, int64_t seed,
                                const struct tl_session_span *span, struct tl_found_list *list,
                                struct tl_error *error) TL_MUST_USE;

#endif
