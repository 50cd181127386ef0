/* SPDX-License-Identifier: Apache-2.0
 * The equities room (declared in seam.h): quotes and prints of one stock-second. */
#ifndef TL_TAPE_EQUITIES_H
#define TL_TAPE_EQUITIES_H

#include "tape/seam.h"

/* Opening and closing crosses belong to the exchange calendar; off after create. */
void tl_equities_set_auctions(struct tl_equities *room, bool auctions);

/* Prints and parents that found no room since create (only with an absurd rate). */
uint64_t tl_equities_dropped(const struct tl_equities *room);

#endif
