/* SPDX-License-Identifier: Apache-2.0
 * Realism of the stock tape: rows E17 to E51 of the scorecard, from events and quote paths.
 *
 *     acc = tl_score_equities_create(symbols)
 *     per session  tl_score_equities_session(acc, start, end)
 *     per second   tl_score_equities_path(...) of each symbol, if the engine's own path is there
 *                  tl_score_equities_event(...) of each event of the second
 *     at the end   tl_score_equities_end(acc); tl_score_equities_rows(...); ..._curves(...)
 *
 * All sums are running sums: memory does not grow with the tape. State is separate by symbol, so
 * two threads may feed paths and events of disjoint symbols (and open sessions of their own symbols
 * with tl_score_equities_open); session, end, rows and curves want the accumulator alone.
 *
 * Without paths, the quotes of the tape take their place. Published quotes are thinned, so rows on
 * the rates and locked moments of the NBBO are n/a there, and time-weighted ones are coarser. */
#ifndef TL_SCORE_EQUITY_TAPE_H
#define TL_SCORE_EQUITY_TAPE_H

#include <tapeloom/event.h>
#include "market/universe.h"
#include "score/curve.h"
#include "score/report.h"
#include "tape/seam.h"

struct tl_score_equities;

/* symbols: 1..TL_SCORE_NAMES_MAX. NULL: out of memory. */
struct tl_score_equities *tl_score_equities_create(uint32_t symbols);
void tl_score_equities_destroy(struct tl_score_equities *acc);

/* A session of all symbols, [start_s, end_s) epoch seconds; the one before is closed. */
void tl_score_equities_session(struct tl_score_equities *acc, int64_t start_s, int64_t end_s);
/* The same for one symbol. */
void tl_score_equities_open(struct tl_score_equities *acc, uint32_t sym, int64_t start_s,
                            int64_t end_s);
/* Closes the running session of all symbols. */
void tl_score_equities_end(struct tl_score_equities *acc);
/* The price grid of a symbol, 1e-4 USD; 100 unless set. */
void tl_score_equities_tick(struct tl_score_equities *acc, uint32_t sym, tl_px tick);

/* The engine's NBBO through one second of one symbol, before that second's events. */
void tl_score_equities_path(struct tl_score_equities *acc, uint32_t sym,
                            const struct tl_quote_path *path, int64_t second);

/* Stock quotes and prints in tape order of one symbol; other streams and what lies outside the
 * session are ignored. truth NULL, or side 0 of none: the side is told by the quote, then by the
 * tick rule (Lee and Ready 1991). */
void tl_score_equities_event(struct tl_score_equities *acc, const struct tl_event *event,
                             const struct tl_truth *truth);

/* symbols: [count], the universe's reference numbers, in the order of event.sym. */
void tl_score_equities_rows(struct tl_score_equities *acc, const struct tl_symbol *symbols,
                            uint32_t count, struct tl_score_report *report);
/* Plots; the symbols' tickers are borrowed as labels. */
void tl_score_equities_curves(struct tl_score_equities *acc, const struct tl_symbol *symbols,
                              uint32_t count, struct tl_score_curves *curves);

#endif
