/* SPDX-License-Identifier: Apache-2.0
 * One plot of a scoring run as inline SVG. Colours are CSS classes (s0 to s7, ref, band, grid), so
 * that the page decides them for light and dark. */
#ifndef TL_CLI_SCORE_SVG_H
#define TL_CLI_SCORE_SVG_H

#include "base/text.h"
#include "score/curve.h"

void tl_score_put_svg(struct tl_text *out, const struct tl_score_curve *plot);

/* Text with &, <, > and quotes escaped. */
void tl_score_put_escaped(struct tl_text *out, const char *text);

#endif
