/* SPDX-License-Identifier: Apache-2.0
 * The NBBO of one stock within one second, between the two latent anchors. */
#ifndef TL_TAPE_EQUITY_PATH_H
#define TL_TAPE_EQUITY_PATH_H

#include "tape/seam.h"

/* Fills path for the second. Pure: depends on the second's latent state and its draws only. */
void tl_equity_path_make(const struct tl_second *second, struct tl_quote_path *path);

#endif
