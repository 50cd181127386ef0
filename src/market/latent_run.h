/* SPDX-License-Identifier: Apache-2.0
 * The forward recursion of the latent market over one session, in steps of one second.
 * open() goes to the start of the session that holds a second; step() computes the next second's
 * latent state of every symbol. Reads only the control in force at each second (no look-ahead). */
#ifndef TL_MARKET_LATENT_RUN_H
#define TL_MARKET_LATENT_RUN_H

#include <tapeloom/market.h>
#include "market/latent.h"
#include "market/universe.h"

struct tl_latent_run;

/* universe is borrowed for the run's life. One allocation; NULL when out of memory. */
struct tl_latent_run *tl_latent_run_create(const struct tl_universe *universe,
                                           enum tl_calendar calendar);
void tl_latent_run_destroy(struct tl_latent_run *run);

/* The log is borrowed until replaced and may only grow at seconds not yet stepped; for any other
 * change open() again. */
void tl_latent_run_set_log(struct tl_latent_run *run, const struct tl_control_log *log);

/* Positions before the first second of the session that holds `second`. TL_AGAIN: no session then;
 * *next_s (if not NULL) is the start of the next one. */
enum tl_status tl_latent_run_open(struct tl_latent_run *run, int64_t second, int64_t *next_s);

/* Right after open: what comes before `second` will not be looked at, only stepped through. Quotes,
 * rates and tilts are left out until each name's last fresh quote before it; everything from `second`
 * on is bit for bit what it would have been. tl_latent_run_show fills one name's rates meanwhile. */
void tl_latent_run_hurry(struct tl_latent_run *run, int64_t second);
void tl_latent_run_show(struct tl_latent_run *run, uint32_t sym);

/* Steps to the next second of the session. pushes: one a symbol, what scenarios do in this second
 * (NULL: nothing). TL_CLOSED at the session's end. */
enum tl_status tl_latent_run_step(struct tl_latent_run *run, const struct tl_push *pushes);

int64_t tl_latent_run_second(
    const struct tl_latent_run *run); /* the second last stepped; start - 1 after open */
const struct tl_latent *
tl_latent_run_symbols(const struct tl_latent_run *run); /* [universe.count] */
const struct tl_session_state *tl_latent_run_session(const struct tl_latent_run *run);
const double *
tl_latent_run_regime_blend(const struct tl_latent_run *run); /* [TL_REGIME_COUNT], sums to 1 */
const struct tl_control *
tl_latent_run_control(const struct tl_latent_run *run);       /* in force at the second */
uint64_t tl_latent_run_seed(const struct tl_latent_run *run); /* key of draws in that second */
uint64_t tl_latent_run_session_seed(
    const struct tl_latent_run *run); /* in force at the open: listings, OI, skeleton */
/* The step's drift, shock for tl_underlying_state. */
void tl_latent_run_underlying(const struct tl_latent_run *run, uint32_t sym,
                              struct tl_underlying_state *state);
/* Symbol events (earnings, news) relevant to the running session: past and next 30 days. Sorted by
 * event_ts. At least three names always have one within 10 days ahead or in this session. */
size_t tl_latent_run_events(const struct tl_latent_run *run,
                            const struct tl_event_calendar_entry **entries);

#endif
