/* SPDX-License-Identifier: Apache-2.0
 * Panels: when prints come. */
#ifndef TL_LAB_PANEL_ARRIVALS_H
#define TL_LAB_PANEL_ARRIVALS_H

#include "lab/panel.h"

void tl_lab_panel_arrivals(const struct tl_lab *lab, struct tl_lab_work *work, struct tl_text *out);

#endif
