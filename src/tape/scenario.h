/* SPDX-License-Identifier: Apache-2.0
 * The scenario layer: hidden orders as latent state. Each second it starts new ones, lets the
 * active ones act, and hands back children (by symbol) and pushes on the latent state. */
#ifndef TL_TAPE_SCENARIO_H
#define TL_TAPE_SCENARIO_H

#include "tape/chains.h"
#include "tape/coverage.h"
#include "tape/seam.h"

struct tl_scenarios;

/* universe is borrowed. NULL: out of memory. */
struct tl_scenarios *tl_scenarios_create(const struct tl_universe *universe);
void tl_scenarios_destroy(struct tl_scenarios *layer);

/* rate: of the mode, thins small crowd prints; drop: instance to leave out, 0 none. */
void tl_scenarios_configure(struct tl_scenarios *layer, double rate, uint64_t drop);

/* Forgets everything; run stands at the first second of its session. */
void tl_scenarios_open(struct tl_scenarios *layer, const struct tl_latent_run *run);

/* Steps to `second`, one after run's: on its latent state, before the run steps itself. control:
 * in force at `second`; seed: of its draws. */
void tl_scenarios_step(struct tl_scenarios *layer, struct tl_latent_run *run,
                       struct tl_chains *chains, const struct tl_control *control, uint64_t seed);

/* What the step left: one push a symbol, or NULL when there is none at all. */
const struct tl_push *tl_scenarios_pushes(const struct tl_scenarios *layer);
/* The children of one symbol, ascending ts. */
const struct tl_child *tl_scenarios_children(const struct tl_scenarios *layer, uint32_t sym,
                                             size_t *count);

/* Expected starts a minute of that symbol by profile, [6] noise, in the state after the step. */
void tl_scenarios_weights(struct tl_scenarios *layer, const struct tl_latent_run *run,
                          struct tl_chains *chains, uint32_t sym, double weights[7]);
const struct tl_coverage *tl_scenarios_coverage(const struct tl_scenarios *layer);
uint32_t tl_scenarios_active(const struct tl_scenarios *layer);
/* Starts and children that found no room since create. */
uint64_t tl_scenarios_dropped(const struct tl_scenarios *layer);

#endif
