/* SPDX-License-Identifier: Apache-2.0
 * The text of the built-in universe, NUL-terminated. */
#ifndef TL_MARKET_UNIVERSE_DEFAULT_H
#define TL_MARKET_UNIVERSE_DEFAULT_H

extern const char tl_universe_default_text[];

#endif
