/* SPDX-License-Identifier: Apache-2.0
 * The stock rows (score/equity_tape.h) as a module of a scoring run. */
#ifndef TL_CLI_SCORE_EQUITIES_H
#define TL_CLI_SCORE_EQUITIES_H

#include "cli/score_modules.h"

extern const struct tl_score_module tl_score_equities_module;

#endif
