/* SPDX-License-Identifier: Apache-2.0
 * Sizes of hidden orders' prints, written the way everybody writes them. */
#ifndef TL_TAPE_SCENARIO_SIZE_H
#define TL_TAPE_SCENARIO_SIZE_H

#include "base/rng.h"
#include "tape/option_mix.h"

/* Contracts near `wanted` (>= 0), as a background print of that mechanism would have them: of some
 * draws of its law the nearest. divisor (>= 1): what dear options trade in fewer lots by
 * (tl_option_dear); 1 for packages. At least 1. */
tl_lots tl_scenario_size_draw(struct tl_rng *rng, enum tl_option_mechanism mechanism, double wanted,
                              tl_lots divisor);

#endif
