/* SPDX-License-Identifier: Apache-2.0
 * The names in focus: three to five, drawn by option activity and live events, partly redrawn when
 * a regime begins. A name's weight glides between 0 and 1 in half a minute. */
#ifndef TL_MARKET_FOCUS_H
#define TL_MARKET_FOCUS_H

#include <tapeloom/market.h>
#include "market/universe.h"

#define TL_FOCUS_GLIDE (1.0 / 30.0) /* a second */

/* Draws the list anew, keeping about half of it. draw: which redraw of the session this is. */
void tl_focus_draw(const struct tl_universe *universe, uint64_t seed, int64_t ordinal,
                   uint32_t draw, enum tl_regime regime, struct tl_session_state *state);

#endif
