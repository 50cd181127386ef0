/* SPDX-License-Identifier: Apache-2.0
 * `tapeloom score --regimes`: what each regime does to both tapes, against all others. */
#ifndef TL_CLI_SCORE_REGIMES_H
#define TL_CLI_SCORE_REGIMES_H

#include "cli/score_engine.h"

/* Runs engine->latent_sessions ordinary sessions in realistic mode (option prints only) and prints
 * one table: a line a regime and group of names, "inside / outside" a measure (score/contrast.h). */
enum tl_status tl_score_regimes_run(const struct tl_score_engine *engine,
                                    struct tl_error *error) TL_MUST_USE;

#endif
