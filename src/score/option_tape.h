/* SPDX-License-Identifier: Apache-2.0
 * The option rows of the scorecard (O1 to O29, O35 to O41 without the daily rows): one accumulator
 * fed with the option events of a tape, and once a second with the market behind it.
 *
 *     tl_score_options_session(acc, start_s, end_s);
 *     for each second: tl_market_step(market, &batch);
 *                      tl_score_options_second(acc, market, second);
 *                      for each event of the batch: tl_score_options_event(acc, event, truth);
 *     tl_score_options_rows(acc, symbols, count, &report);
 *
 * Threads: all state is by symbol. Two threads may feed disjoint symbols (each from its own market,
 * which prints only its own symbols); create, session and rows belong to one thread, while none
 * feeds. A tape from a file has no market: leave tl_score_options_second out, and the rows that
 * need whole chains say n/a. */
#ifndef TL_SCORE_OPTION_TAPE_H
#define TL_SCORE_OPTION_TAPE_H

#include <tapeloom/event.h>
#include <tapeloom/market.h>
#include "market/universe.h"
#include "score/curve.h"
#include "score/report.h"

struct tl_score_options;

/* symbols: of the universe. One allocation of about 0.6 MB a symbol, touched when used. NULL: out of
 * memory, or symbols not within 1 and TL_SYMBOLS_MAX. */
struct tl_score_options *tl_score_options_create(uint32_t symbols);
void tl_score_options_destroy(struct tl_score_options *acc); /* NULL is fine */

/* A new session begins: [start_s, end_s), epoch seconds. */
void tl_score_options_session(struct tl_score_options *acc, int64_t start_s, int64_t end_s);

/* A new session of which whole chains and one-minute mids are looked at and option prints may be fed,
 * but no quotes: the rows about times (O17 to O19) do not know of its prints. */
void tl_score_options_chains(struct tl_score_options *acc, int64_t start_s, int64_t end_s);

/* An OPTION_PRINT or OPTION_NBBO event, in tape order of its symbol (others are ignored). truth may
 * be NULL; it is not used by any row and stands here for symmetry with the other tapes. */
void tl_score_options_event(struct tl_score_options *acc, const struct tl_event *event,
                            const struct tl_truth *truth);

/* Once a second, before or after the market's step: looks at open interest (first call of a
 * session), at one-minute mids (every minute), at whole chains (every fifteen minutes, about 3 ms a
 * symbol), for the symbols that the market prints. */
void tl_score_options_second(struct tl_score_options *acc, struct tl_market *market,
                             int64_t second);

/* Ends the running session and adds the rows. symbols: [count], as the market's universe has
 * them. */
void tl_score_options_rows(struct tl_score_options *acc, const struct tl_symbol *symbols,
                           uint32_t count, struct tl_score_report *report);
/* After the rows; curves NULL: nothing. */
void tl_score_options_curves(const struct tl_score_options *acc, const struct tl_symbol *symbols,
                             uint32_t count, struct tl_score_curves *curves);

#endif
