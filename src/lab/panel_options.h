/* SPDX-License-Identifier: Apache-2.0
 * Panels: implied volatility; sides and sizes. */
#ifndef TL_LAB_PANEL_OPTIONS_H
#define TL_LAB_PANEL_OPTIONS_H

#include "lab/panel.h"

void tl_lab_panel_smile(const struct tl_lab *lab, struct tl_lab_work *work, struct tl_text *out);
void tl_lab_panel_sides(const struct tl_lab *lab, struct tl_lab_work *work, struct tl_text *out);

#endif
