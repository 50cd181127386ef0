/* SPDX-License-Identifier: Apache-2.0
 * Panels: coverage of the profiles. */
#ifndef TL_LAB_PANEL_COVERAGE_H
#define TL_LAB_PANEL_COVERAGE_H

#include "lab/panel.h"

void tl_lab_panel_coverage(const struct tl_lab *lab, struct tl_lab_work *work, struct tl_text *out);

#endif
