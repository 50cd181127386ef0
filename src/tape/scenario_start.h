/* SPDX-License-Identifier: Apache-2.0
 * Which hidden order starts in a second, in which name, and its plan. */
#ifndef TL_TAPE_SCENARIO_START_H
#define TL_TAPE_SCENARIO_START_H

#include "tape/scenario_parent.h"

/* Events of the running session by symbol: the next announced one and the last past one. */
struct tl_symbol_events {
    tl_ns next_ts, next_announced_ts; /* 0: none */
    tl_ns past_ts;                    /* 0: none since the last close */
};

/* Start rates of all families in this second, starts per second; returns their sum. Bounded by
 * TL_START_RATE_MAX. */
#define TL_START_RATE_MAX 0.30
double tl_scenario_rates(const struct tl_scenario_step *step, const struct tl_coverage *coverage,
                         const struct tl_symbol_events *events, double rates[TL_FAMILY_COUNT]);

/* How likely a family chooses a name, relative; 0: never. */
double tl_scenario_symbol_weight(const struct tl_scenario_step *step, uint32_t family, uint32_t sym,
                                 const struct tl_symbol_events *events);

/* Decides this second's start (at most one). weights: scratch, [universe.count]. true: *parent is a
 * new order; its profile has been noted in coverage. */
bool tl_scenario_start(struct tl_scenario_step *step, struct tl_coverage *coverage,
                       const struct tl_symbol_events *events, double *weights,
                       struct tl_parent *parent);

#endif
