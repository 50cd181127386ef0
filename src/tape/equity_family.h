/* SPDX-License-Identifier: Apache-2.0
 * When stock trades arrive, and on which side: families of an immigrant and its offspring. */
#ifndef TL_TAPE_EQUITY_FAMILY_H
#define TL_TAPE_EQUITY_FAMILY_H

#include "base/rng.h"
#include "tape/seam.h"

/* One parent order: it becomes one to a few prints. */
struct tl_equity_parent {
    tl_ns ts;
    int8_t sign; /* +1 buyer, -1 seller is the aggressor; 0: to be drawn from the flow at ts */
};

/* How long a family lives. TL_LOOKBACK_S must cover it and, after it, 14 s in which every execution
 * is known: 10 s for late reports, and two blocks of 6 s for the quotes' refresh (equities.c). */
#define TL_EQUITY_FAMILY_S 50

/* Offspring still to come. Each immigrant second may add at most 512, and none lives longer than
 * a family, so this many entries never overflow and what is kept does not depend on history. */
#define TL_EQUITY_LATER_PER_SECOND_MAX 512
#define TL_EQUITY_LATER_MAX ((TL_EQUITY_FAMILY_S + 1) * TL_EQUITY_LATER_PER_SECOND_MAX)
#define TL_EQUITY_PARENTS_MAX 3072 /* of one symbol in one second */

#define TL_EQUITY_FAMILY_SCALES 3 /* of time, on which an order is answered */

struct tl_equity_families {
    uint32_t count;
    /* Children of one order on all scales together. Of the last second: its exponential is mostly this
     * one's. */
    struct tl_poisson_law children;
    uint32_t up_to[TL_EQUITY_FAMILY_SCALES - 1]; /* shares of the first scales, summed, of 65,536 */
    struct tl_equity_parent later[TL_EQUITY_LATER_MAX]; /* unordered */
};

/* The parents of one second, ascending ts: offspring that fall due and this second's own
 * immigrants with theirs. parents has TL_EQUITY_PARENTS_MAX places. prints_per_parent turns the
 * latent print rate into parents. Returns the count; *dropped counts what found no room. */
uint32_t tl_equity_families_second(struct tl_equity_families *families,
                                   const struct tl_second *second, double prints_per_parent,
                                   struct tl_equity_parent *parents, uint64_t *dropped);

#endif
