/* SPDX-License-Identifier: Apache-2.0
 * Executable arbitrage: trades that earn money at the quotes of one instant whatever happens. For
 * any sheet of quotes; nothing here knows the engine's model. */
#ifndef TL_SCORE_OPTION_ARBITRAGE_H
#define TL_SCORE_OPTION_ARBITRAGE_H

#include "score/option_slice.h"

struct tl_arbitrage_counts {
    uint64_t checked; /* contracts or combinations looked at */
    uint64_t parity, intrinsic, vertical, butterfly, calendar;
};

/* Within one expiry: conversions and reversals, purchases below intrinsic (American), verticals of
 * adjacent strikes, butterflies of adjacent triples. Needs quotes, not the solved part. */
void tl_option_arbitrage_slice(const struct tl_option_slice *slice,
                               struct tl_arbitrage_counts *counts);
/* Between two expiries, American classes: the later option bought for less than the earlier one of
 * the same strike and right is sold for. */
void tl_option_arbitrage_calendar(const struct tl_option_slice *near,
                                  const struct tl_option_slice *far,
                                  struct tl_arbitrage_counts *counts);
uint64_t tl_arbitrage_total(const struct tl_arbitrage_counts *counts);

#endif
