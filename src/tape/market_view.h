/* SPDX-License-Identifier: Apache-2.0
 * What measurements inside the project may see of a market beyond its public door: the latent state
 * of the second last stepped, the chains, the reference numbers. Read only; nothing here changes
 * what is printed. Not installed. */
#ifndef TL_TAPE_MARKET_VIEW_H
#define TL_TAPE_MARKET_VIEW_H

#include <tapeloom/market.h>
#include "market/latent_run.h"
#include "tape/seam.h"

/* [symbol count]; the second last stepped. Valid until the next step; NULL outside a session. */
const struct tl_latent *tl_market_latents(const struct tl_market *market);

/* The scenario children of one symbol in the second last stepped, ascending ts; no symbol need be
 * printed for it. Valid until the next step; count 0 outside a session. */
const struct tl_child *tl_market_children(const struct tl_market *market, uint32_t sym,
                                          size_t *count);

/* The running session's chain of one symbol, built when first asked for. NULL outside a session. */
const struct tl_chain *tl_market_chain(struct tl_market *market, uint32_t sym);

/* The symbol's line of the universe; lives as long as the market. */
const struct tl_symbol *tl_market_reference(const struct tl_market *market, uint32_t sym);

/* Whether the market prints a symbol: it is in the shard and was asked for. */
bool tl_market_prints(const struct tl_market *market, uint32_t sym);

/* The key of the running session's skeleton, listings and open interest. */
uint64_t tl_market_session_seed(const struct tl_market *market);

/* What the rooms read of one symbol in the second last stepped, with a quote path of one point (the
 * NBBO at the second's end, in force from its start), e.g. for tl_options_nbbo at the second's end.
 * path: the caller's, view borrows it. No children. false: outside a session. */
bool tl_market_view(struct tl_market *market, uint32_t sym, struct tl_quote_path *path,
                    struct tl_second *view);

#endif
