/* SPDX-License-Identifier: Apache-2.0
 * One session's prices, second by second, and volume by minute: what the rows on returns are
 * computed from, whatever the source (latent seconds, quotes, prints). A second without news keeps
 * the price before it (previous tick); seconds before the first price take the first.
 *
 * Symbols are disjoint: two threads may put different symbols. A session longer than
 * TL_SECOND_MIDS_S is cut there; a half day's missing seconds keep its last price. */
#ifndef TL_SCORE_SECOND_MIDS_H
#define TL_SCORE_SECOND_MIDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TL_SECOND_MIDS_S 23400
#define TL_SECOND_MIDS_MINUTES 390

struct tl_second_mids {
    uint32_t symbols;
    double *log_px; /* [symbols][TL_SECOND_MIDS_S + 1]: at the start of each second, and the end */
    double *volume; /* [symbols][TL_SECOND_MIDS_MINUTES]: shares */
    double *iv_sum, *iv_count; /* [symbols]: of the 30-day ATM volatility, where known */
    int32_t *filled;           /* [symbols]: places of log_px written; 0: no price yet */
};

/* One allocation besides the struct, about 190 KB a symbol. false: out of memory. */
bool tl_second_mids_init(struct tl_second_mids *mids, uint32_t symbols);
void tl_second_mids_deinit(struct tl_second_mids *mids); /* a zeroed one is fine */
void tl_second_mids_reset(struct tl_second_mids *mids);

/* The price in force from `place` seconds after the open on (0..TL_SECOND_MIDS_S; others are
 * ignored, as are prices before one already put). log_px finite. */
void tl_second_mids_price(struct tl_second_mids *mids, uint32_t sym, int64_t place, double log_px);
void tl_second_mids_volume(struct tl_second_mids *mids, uint32_t sym, int64_t second,
                           double shares);
void tl_second_mids_iv(struct tl_second_mids *mids, uint32_t sym, double iv);

/* The whole session of a symbol, filled up to its end; NULL: no price at all. */
const double *tl_second_mids_prices(struct tl_second_mids *mids, uint32_t sym);

#endif
