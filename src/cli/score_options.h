/* SPDX-License-Identifier: Apache-2.0
 * The option rows (score/option_tape.h) as a module of a scoring run. */
#ifndef TL_CLI_SCORE_OPTIONS_H
#define TL_CLI_SCORE_OPTIONS_H

#include "cli/score_modules.h"

extern const struct tl_score_module tl_score_options_module;

#endif
