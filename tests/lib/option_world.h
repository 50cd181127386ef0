/* SPDX-License-Identifier: Apache-2.0
 * A tiny market for tests of the options part: one symbol of the built-in universe, its chain, and
 * a latent state that wanders as a pure function of (seed, second). */
#ifndef TL_TESTS_OPTION_WORLD_H
#define TL_TESTS_OPTION_WORLD_H

#include "market/chain.h"
#include "tape/seam.h"

struct option_world {
    struct tl_symbol symbol;
    struct tl_chain chain;
    struct tl_session_state session;
    struct tl_latent latent;
    struct tl_quote_path path;
    struct tl_second second;
    uint64_t seed;
    uint16_t sym;
};

/* The session of 2026-11-20 (a third Friday), or of trade_day, on the exchange calendar. */
void option_world_init(struct option_world *world, const char *ticker, uint64_t seed,
                       int32_t trade_day);
/* Sets latent state and stock path of a second of that session. */
void option_world_second(struct option_world *world, int64_t second);
bool option_world_symbol(const char *ticker, struct tl_symbol *symbol, uint16_t *sym);

#endif
