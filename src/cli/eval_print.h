/* SPDX-License-Identifier: Apache-2.0
 * An evaluation as a table on standard output, as JSON. */
#ifndef TL_CLI_EVAL_PRINT_H
#define TL_CLI_EVAL_PRINT_H

#include "base/text.h"
#include "cli/eval_figures.h"

void tl_eval_print_table(const char *source, const struct tl_eval_figures *figures);
void tl_eval_put_json(struct tl_text *out, const char *source,
                      const struct tl_eval_figures *figures);

#endif
