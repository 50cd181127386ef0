/* SPDX-License-Identifier: Apache-2.0
 * The figures of a blind check as a table and as JSON. */
#ifndef TL_CLI_BLIND_SHOW_H
#define TL_CLI_BLIND_SHOW_H

#include "base/text.h"
#include "cli/blind_judge.h"

#define TL_BLIND_AUC_MAX 0.65 /* what the learner may reach over all (CALIBRATION D) */

void tl_blind_print_table(const char *source, const struct tl_blind_figures *figures);
void tl_blind_put_json(struct tl_text *out, const char *source,
                       const struct tl_blind_figures *figures);

#endif
