/* SPDX-License-Identifier: Apache-2.0
 * The running session's option chains. A chain is a pure function of the session's opening state,
 * so it does not matter when in the session it is built. */
#include "tape/chains.h"

#include <stdlib.h>

#include "base/math.h"

#define EVENTS_MAX 512

struct tl_chains {
    const struct tl_universe *universe;
    enum tl_calendar calendar;
    int32_t trade_day;
    int64_t session_end_s;
    uint64_t seed;
    size_t event_count;
    struct tl_event_calendar_entry events[EVENTS_MAX];
    double *open_px;       /* USD */
    double *iv_log;        /* at the open, see chain.h */
    double *busy_log;      /* likewise */
    bool *listed, *ranked; /* how far a chain has been built */
    struct tl_chain *items;
};

struct tl_chains *tl_chains_create(const struct tl_universe *universe, enum tl_calendar calendar)
{
    struct tl_chains *chains = calloc(1, sizeof *chains);
    if (!chains) return NULL;
    chains->universe = universe;
    chains->calendar = calendar;
    chains->open_px = calloc(universe->count, sizeof *chains->open_px);
    chains->iv_log = calloc(universe->count, sizeof *chains->iv_log);
    chains->busy_log = calloc(universe->count, sizeof *chains->busy_log);
    chains->listed = calloc(universe->count, sizeof *chains->listed);
    chains->ranked = calloc(universe->count, sizeof *chains->ranked);
    chains->items = calloc(universe->count, sizeof *chains->items);
    if (chains->open_px && chains->iv_log && chains->busy_log && chains->listed && chains->ranked &&
        chains->items)
        return chains;
    tl_chains_destroy(chains);
    return NULL;
}

void tl_chains_destroy(struct tl_chains *chains)
{
    if (!chains) return;
    free(chains->open_px);
    free(chains->iv_log);
    free(chains->busy_log);
    free(chains->listed);
    free(chains->ranked);
    free(chains->items);
    free(chains);
}

void tl_chains_open(struct tl_chains *chains, const struct tl_latent_run *run)
{
    const struct tl_session_state *session = tl_latent_run_session(run);
    const struct tl_latent *latents = tl_latent_run_symbols(run);
    const struct tl_event_calendar_entry *events = NULL;
    size_t count = tl_latent_run_events(run, &events);
    chains->trade_day = session->trade_day;
    chains->session_end_s = session->session_end_s;
    chains->seed = tl_latent_run_session_seed(run);
    chains->event_count = count < EVENTS_MAX ? count : EVENTS_MAX;
    for (size_t i = 0; i < chains->event_count; i++)
        chains->events[i] = events[i];
    for (uint32_t i = 0; i < chains->universe->count; i++) {
        chains->open_px[i] = tl_exp(latents[i].log_px[0]);
        chains->iv_log[i] = latents[i].atm_iv_log;
        chains->busy_log[i] = tl_log(tl_max(latents[i].day_volume, 0.1));
        chains->listed[i] = chains->ranked[i] = false;
    }
}

const struct tl_chain *tl_chains_listing(struct tl_chains *chains, uint32_t sym)
{
    struct tl_chain *chain = &chains->items[sym];
    if (!chains->listed[sym]) {
        tl_chain_list(chain, &chains->universe->symbols[sym], (uint16_t)sym, chains->calendar,
                      chains->trade_day, chains->session_end_s, chains->open_px[sym], chains->seed,
                      chains->events, chains->event_count);
        chain->iv_log = chains->iv_log[sym];
        chain->busy_log = chains->busy_log[sym];
        chains->listed[sym] = true;
    }
    return chain;
}

const struct tl_chain *tl_chains_get(struct tl_chains *chains, uint32_t sym)
{
    (void)tl_chains_listing(chains, sym);
    if (!chains->ranked[sym]) {
        tl_chain_rank(&chains->items[sym], &chains->universe->symbols[sym]);
        chains->ranked[sym] = true;
    }
    return &chains->items[sym];
}
