/* SPDX-License-Identifier: Apache-2.0
 * An evaluation as a self-contained page. */
#ifndef TL_CLI_EVAL_HTML_H
#define TL_CLI_EVAL_HTML_H

#include "base/text.h"
#include "cli/eval_figures.h"

void tl_eval_put_html(struct tl_text *out, const char *source,
                      const struct tl_eval_figures *figures);

#endif
