/* SPDX-License-Identifier: Apache-2.0
 * Panels: autocorrelation, tails and kurtosis of one-minute returns. */
#ifndef TL_LAB_PANEL_RETURNS_H
#define TL_LAB_PANEL_RETURNS_H

#include "lab/panel.h"

/* Fills the window's returns and shapes; first of all. */
void tl_lab_returns_prepare(const struct tl_lab *lab, struct tl_lab_work *work);

void tl_lab_panel_memory(const struct tl_lab *lab, struct tl_lab_work *work, struct tl_text *out);
void tl_lab_panel_tail(const struct tl_lab *lab, struct tl_lab_work *work, struct tl_text *out);
void tl_lab_panel_kurtosis(const struct tl_lab *lab, struct tl_lab_work *work, struct tl_text *out);

#endif
