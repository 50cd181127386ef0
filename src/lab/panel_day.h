/* SPDX-License-Identifier: Apache-2.0
 * Panels: the day's shapes. */
#ifndef TL_LAB_PANEL_DAY_H
#define TL_LAB_PANEL_DAY_H

#include "lab/panel.h"

void tl_lab_panel_day(const struct tl_lab *lab, struct tl_lab_work *work, struct tl_text *out);

#endif
