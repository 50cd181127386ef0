/* SPDX-License-Identifier: Apache-2.0
 * The session's volatility, liquidity and cleanliness levels: states, not constants of a regime.
 * Each follows its target (the blended regime effect, tilted by the preset) with a time constant of
 * two minutes and carries its own noise of half an hour's memory. The preset's tilt moves with the
 * same time constant, so a control change is never a step. */
#ifndef TL_MARKET_LEVEL_H
#define TL_MARKET_LEVEL_H

#include <tapeloom/market.h>

enum { TL_LEVEL_VOLATILITY, TL_LEVEL_LIQUIDITY, TL_LEVEL_CLEANLINESS, TL_LEVEL_COUNT };

struct tl_levels {
    double base[TL_LEVEL_COUNT];  /* follows the target */
    double noise[TL_LEVEL_COUNT]; /* log noise */
    double value[TL_LEVEL_COUNT];
};

void tl_levels_start(struct tl_levels *levels, uint64_t seed, int64_t second, enum tl_preset preset,
                     const double effect[TL_LEVEL_COUNT]);
void tl_levels_step(struct tl_levels *levels, uint64_t seed, int64_t second, enum tl_preset preset,
                    const double effect[TL_LEVEL_COUNT]);

#endif
