/* SPDX-License-Identifier: Apache-2.0
 * Which contracts a day's background volume likes: shares by expiry and the hot list. */
#ifndef TL_MARKET_POPULARITY_H
#define TL_MARKET_POPULARITY_H

#include "market/chain.h"

/* How the width of strikes follows at-the-money volatility, as a power of it: premium and delta of
 * what people choose move with the day's volatility, log moneyness less (SCORECARD O5 against O6). */
#define TL_STRIKES_FOLLOW 0.6

/* Fills expiry_share and hot[] from listing, open interest and seed. */
void tl_popularity_fill(struct tl_chain *chain, const struct tl_symbol *symbol);

#endif
