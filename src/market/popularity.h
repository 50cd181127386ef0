/* SPDX-License-Identifier: Apache-2.0
 * Which contracts a day's background volume likes: shares by expiry and the hot list. */
#ifndef TL_MARKET_POPULARITY_H
#define TL_MARKET_POPULARITY_H

#include "market/chain.h"

/* Fills expiry_share and hot[] from listing, open interest and seed. */
void tl_popularity_fill(struct tl_chain *chain, const struct tl_symbol *symbol);

#endif
