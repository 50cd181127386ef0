/* SPDX-License-Identifier: Apache-2.0
 * The running session's option chains, built when first asked for: a shard pays for its own
 * symbols, and for those in which a scenario starts. */
#ifndef TL_TAPE_CHAINS_H
#define TL_TAPE_CHAINS_H

#include "market/chain.h"
#include "market/latent_run.h"

struct tl_chains;

/* universe is borrowed. NULL: out of memory. About 0.1 MB a symbol, touched when built. */
struct tl_chains *tl_chains_create(const struct tl_universe *universe, enum tl_calendar calendar);
void tl_chains_destroy(struct tl_chains *chains);

/* Forgets all chains; run stands at the first second of its session (stepped once), which gives
 * the opening prices, the seed and the events. */
void tl_chains_open(struct tl_chains *chains, const struct tl_latent_run *run);

/* Listing and surface of one symbol's chain, built now if need be: all that scenarios read, so a
 * seek does not pay for open interest and popularity. Valid until the next open. */
const struct tl_chain *tl_chains_listing(struct tl_chains *chains, uint32_t sym);
/* The whole chain. */
const struct tl_chain *tl_chains_get(struct tl_chains *chains, uint32_t sym);

#endif
