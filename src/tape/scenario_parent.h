/* SPDX-License-Identifier: Apache-2.0
 * What the scenario files share: a parent order's state, and what one step may read and write. */
#ifndef TL_TAPE_SCENARIO_PARENT_H
#define TL_TAPE_SCENARIO_PARENT_H

#include "base/rng.h"
#include "market/latent_run.h"
#include "tape/chains.h"
#include "tape/coverage.h"
#include "tape/scenario_family.h"
#include "tape/seam.h"

#define TL_PARENTS_MAX 96    /* active at once; about 15 are usual. Full: the start is skipped */
#define TL_CHILDREN_MAX 2048 /* of all parents in one second; more are dropped and counted */
#define TL_PARENT_LEGS_MAX 4

struct tl_leg {
    uint32_t expiry, strike; /* chain indices */
    char right;
    int8_t side; /* for one unit of the package */
};

/* One hidden order. All of it is latent state: rebuilt by stepping from the open. */
struct tl_parent {
    uint64_t id; /* of the start's second; never 0 */
    int64_t start_s, end_s;
    int64_t next_s; /* nothing happens before */
    uint16_t sym;
    uint8_t family; /* index into tl_families */
    bool done;
    int8_t side; /* +1 buys its (first) option, -1 sells */
    int8_t bias; /* +1 its fill lifts the stock, -1 pushes it down */
    uint8_t leg_count;
    int8_t stock; /* side of a stock leg of 100 shares a unit; 0: none */
    struct tl_leg legs[TL_PARENT_LEGS_MAX];
    int32_t target, filled; /* contracts of the first leg */
    uint32_t clips_left;
    uint32_t children; /* so far; numbers the children's own draws */
    uint16_t package;
    double price; /* of the first leg when the plan was made, USD a share */
    double delta; /* of one unit, signed by sides: shares = 100 x delta x contracts */
    double urgency, raggedness, discretion; /* 0..1, the instance's own character */
    double gap_s;                           /* mean time between actions */
    double prints;                          /* mean prints of a burst, or of the whole life */
    double iv, skew;                        /* what the whole order does to the surface */
    double start_log_px, sd_day;            /* log price at the start; a day's sd of it */
    double shares;                          /* signed delta-equivalent traded so far */
    double hedge;                           /* delta that its counterparties still have to trade */
};

/* A child on its way to its symbol. */
struct tl_order_child {
    uint16_t sym;
    struct tl_child child;
};

/* One step of the layer: second `second`, on the latent state at its start. */
struct tl_scenario_step {
    int64_t second;
    uint64_t seed;
    double rate;   /* of the mode; thins small crowd prints */
    uint64_t drop; /* instance left out; 0 none */
    const struct tl_universe *universe;
    const struct tl_latent *latents; /* of second - 1: index 1 is now */
    const struct tl_session_state *session;
    const double *regime_blend;
    const struct tl_control *control;
    struct tl_chains *chains;
    struct tl_push *pushes; /* [universe.count] */
    struct tl_order_child *children;
    uint32_t child_count;
    uint64_t dropped;
};

/* Log-uniform draw in the range (low > 0), or uniform where low <= 0. */
double tl_range_draw(struct tl_rng *rng, struct tl_range range);

#endif
