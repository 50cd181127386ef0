/* SPDX-License-Identifier: Apache-2.0
 * Open interest at the start of a session, contract by contract. */
#ifndef TL_MARKET_OPEN_INTEREST_H
#define TL_MARKET_OPEN_INTEREST_H

#include "market/chain.h"

/* Fills chain->oi from listing, seed and the symbol's volume. */
void tl_open_interest_fill(struct tl_chain *chain, const struct tl_symbol *symbol);

#endif
