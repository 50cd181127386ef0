/* SPDX-License-Identifier: Apache-2.0
 * What one hidden instance did to its name: the market with it less the same market without it
 * (the counterfactual twin: the same draws everywhere else). */
#ifndef TL_CLI_SCENARIO_TWIN_H
#define TL_CLI_SCENARIO_TWIN_H

#include "cli/scenario_find.h"

enum { TL_TWIN_END, TL_TWIN_5_MIN, TL_TWIN_30_MIN, TL_TWIN_TIMES }; /* after its last child */

/* Differences; NaN: beyond the session's end, or without an option leg. */
struct tl_twin {
    double move_bp[TL_TWIN_TIMES]; /* of the stock's efficient price, up is positive, 1e-4 of log */
    double iv_points[TL_TWIN_TIMES]; /* of the first option leg's implied volatility, 0.01 a year */
    double premium_usd;              /* of all its option children at model prices */
    double contracts, shares;        /* shares: of its stock legs, signed */
    int direction; /* of the stock, as its first option leg is long (+1) or short (-1) of it */
};

/* options: of the market the instance was found in, log included. */
enum tl_status tl_scenario_twin(const struct tl_market_options *options,
                                const struct tl_found *found, struct tl_twin *twin,
                                struct tl_error *error) TL_MUST_USE;

#endif
