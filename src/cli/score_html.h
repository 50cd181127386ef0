/* SPDX-License-Identifier: Apache-2.0
 * A scoring run as one self-contained HTML page: no scripts, no fetches, plots as inline SVG,
 * readable in light and dark. */
#ifndef TL_CLI_SCORE_HTML_H
#define TL_CLI_SCORE_HTML_H

#include "cli/score_print.h"
#include "score/curve.h"

void tl_score_put_html(struct tl_text *out, const struct tl_score_source *source,
                       const struct tl_score_report *report, const struct tl_score_curves *curves);

#endif
