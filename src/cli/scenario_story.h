/* SPDX-License-Identifier: Apache-2.0
 * One printed instance as a person would read it: its option prints as they stand on the tape, and
 * what it did in the stock. Markdown. */
#ifndef TL_CLI_SCENARIO_STORY_H
#define TL_CLI_SCENARIO_STORY_H

#include "cli/scenario_twin.h"

/* Writes to standard output. options: as for tl_scenario_twin; twin: of the same instance. */
enum tl_status tl_scenario_story(const struct tl_market_options *options,
                                 const struct tl_found *found, const struct tl_twin *twin,
                                 struct tl_error *error) TL_MUST_USE;

#endif
