/* SPDX-License-Identifier: Apache-2.0
 * Sizes of stock prints: odd lots, atoms, tail, blocks (rows E34 to E38). Auctions left out. */
#ifndef TL_SCORE_EQUITY_SIZE_H
#define TL_SCORE_EQUITY_SIZE_H

#include "score/equity_types.h"

struct tl_score_scene;
struct tl_score_curves;

#define TL_SCORE_SIZE_EXACT 1024 /* sizes below are counted one by one */
#define TL_SCORE_SIZE_TAIL 1344  /* bins above, 64 an octave to 2^31 */

struct tl_score_size { /* zeroed is empty */
    uint64_t prints, odd, hundreds, exact[TL_SCORE_SIZE_EXACT], tail[TL_SCORE_SIZE_TAIL];
    double tail_log[TL_SCORE_SIZE_TAIL]; /* sums of log size, so that a bin's mean is exact */
    double volume, odd_volume, block_volume;
};

void tl_score_size_print(struct tl_score_size *size, const struct tl_score_print *print);

/* Hill's exponent of the top share (0..1) of prints; the smallest share's quantile is the print
 * below them. */
double tl_score_size_hill(const struct tl_score_size *size, double share);
double tl_score_size_median(const struct tl_score_size *size); /* shares */

void tl_score_size_rows(struct tl_score_scene *scene);
void tl_score_size_curves(const struct tl_score_scene *scene, struct tl_score_curves *curves);

#endif
