/* SPDX-License-Identifier: Apache-2.0
 * Signed order flow of one name, a second a step.
 *
 *     q = sum_k c_k + g eps + m,  q^ = sum_k rho_k c_k + m^
 *     c_k' = rho_k c_k + a_k sqrt(1 - rho_k^2) eps
 *
 * The c_k (memories of seconds to minutes) share one shock eps, so the forecast q^ is exact for
 * them and what surprises, eps, is white: the price can move with it and still be a martingale.
 * Metaorders (signed, Pareto durations) add m; the forecast learns m by two exponential averages,
 * so their impact is concave and fades. eps has correlation sqrt(TL_FLOW_SHARE) with the second's
 * price shock: flow explains that share of the variance. In the latent step the price's shock is
 * drawn and eps follows; the joint law is the same as the other way round, and market-wide moves
 * then come with market-wide flow without another draw. Visible trades realise q. */
#ifndef TL_MARKET_FLOW_H
#define TL_MARKET_FLOW_H

#include <stdint.h>

#define TL_FLOW_SHARE 0.32
#define TL_FLOW_MEMORIES 3
#define TL_METAORDERS_MAX 3

struct tl_metaorder {
    double rate; /* signed share of flow while alive; 0: free slot */
    int32_t left_s;
};

struct tl_flow {
    double memory[TL_FLOW_MEMORIES];
    double fast, slow; /* averages of m */
    double meta;       /* m now */
    double surprise;   /* m - m^ of the last second */
    double total, expected;
    struct tl_metaorder orders[TL_METAORDERS_MAX];
};

/* On the lattice: metaorders start. lean (-1..1) tilts their sign. cell: lattice index. */
void tl_flow_cell(struct tl_flow *flow, uint64_t seed, uint32_t sym, int64_t second, double lean);
/* eps: the second's flow shock, standard normal; push: scenario flow. */
void tl_flow_step(struct tl_flow *flow, double eps, double push);

#endif
