/* SPDX-License-Identifier: Apache-2.0
 * The day skeleton: what one session must know of all others. Pure in (universe, seed, session
 * ordinal); no session is recomputed. Entities: the market, the sectors, each name's own part.
 *
 * A day's move is an overnight part and a session part, normal given the day's volatility; the log
 * volatility is a sum of autoregressions over days to months and of the era's level, lifted by falls
 * (leverage), and most of it is the market's for all; the market has days of announcements and of
 * stress. The level is a sum
 * over the last TL_DAY_WINDOW sessions with linearly falling weights, so a walk of that many steps
 * gives any date: the price is a random walk over months and stays near its reference over years.
 * The implied-volatility level is what of all that lasts for a month, and falls with rises.
 *
 * Limits: the window's linear weights take 1/TL_DAY_WINDOW of the past move out of each day (an
 * autocorrelation of about -0.004); earnings gaps enter the walk with their own draw. */
#ifndef TL_MARKET_DAY_CHAIN_H
#define TL_MARKET_DAY_CHAIN_H

#include "market/calendar.h"
#include "market/universe.h"

#define TL_DAY_WINDOW 256
#define TL_ENTITY_SECTOR 1
#define TL_ENTITY_NAME (TL_ENTITY_SECTOR + TL_SECTOR_COUNT)
#define TL_OVERNIGHT_SD 0.5196 /* of a day's move: 27 % of its variance, without earnings */
#define TL_SESSION_SD 0.8544
#define TL_OVERNIGHT_SD_OWN 0.64 /* of own parts: 41 %, without earnings and news (SCORECARD E13) */
#define TL_SESSION_SD_OWN 0.7684
#define TL_LEVEL_NORM 1.0 /* of the session's volatility level: realised over implied .73 (E12) */

struct tl_day {
    double open;   /* level at the open: factors in daily sd, own parts in log price */
    double target; /* the session's standard normal */
    double vol;    /* volatility multiplier of the session, mean square about 1 */
    double iv_log; /* log implied-volatility level over its reference */
};

/* A name's daily sd and how its variance splits into market, sector and own (loadings, squares sum
 * to 1). */
struct tl_loading {
    double sd_day;
    double market, sector, own;
};

struct tl_loading tl_loading_of(const struct tl_symbol *symbol);
/* Session share of a name's own part, as an sd in units of its daily sd. */
double tl_day_session_sd(const struct tl_symbol *symbol);

/* Draws of the days walked last, for who walks many days in a row: most of a walk's time is draws.
 * Of one chain (universe and seed); used by one thread. create: NULL out of memory; destroy: NULL is
 * fine. */
struct tl_day_memo;
struct tl_day_memo *tl_day_memo_create(uint32_t names);
void tl_day_memo_destroy(struct tl_day_memo *memo);

struct tl_day_chain {
    const struct tl_universe *universe;
    const struct tl_loading *loadings; /* [universe->count] */
    uint64_t seed;
    struct tl_day_memo *memo; /* NULL: none */
};

/* Fills days[TL_ENTITY_NAME + universe->count]. About 0.2 us an entity and day of the window, with a
 * memo 0.03. */
void tl_day_chain_at(const struct tl_day_chain *chain, int64_t ordinal, struct tl_day *days);

#endif
