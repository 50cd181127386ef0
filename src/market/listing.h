/* SPDX-License-Identifier: Apache-2.0
 * Which options are listed: expirations and strikes by the exchanges' conventions. */
#ifndef TL_MARKET_LISTING_H
#define TL_MARKET_LISTING_H

#include "market/chain.h"

/* Fills expiries[] (day, close, monthly, weekly), ascending; at most 22. skip_days: earnings dates
 * (a Wednesday listing skips them). */
void tl_listing_expiries(struct tl_chain *chain, const struct tl_symbol *symbol,
                         enum tl_calendar calendar, const int32_t *skip_days, size_t skip_count);
/* Fills strike_milli and each expiry's first and strike_count, around chain->open_px. */
void tl_listing_strikes(struct tl_chain *chain, const struct tl_symbol *symbol);

/* How round a strike is, for open interest and flow: 0 the finest grid .. 3 the roundest. Relative
 * to the price: multiples of 10 are roundest at 300 USD, of 5 at 60, of 1 at 15. */
int tl_listing_roundness(int32_t strike_milli, double price);

#endif
