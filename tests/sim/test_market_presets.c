/* SPDX-License-Identifier: Apache-2.0
 * What presets promise of a session's regimes and levels (docs/REALISM.md), on drawn seeds. */
#include "base/math.h"
#include "base/rng.h"
#include "base/text.h"
#include "lib/harness.h"
#include "market/latent_run.h"
#include "market/universe.h"

#define SEEDS 6                  /* docs/REALISM.md has the figures of forty */
#define SESSION_DAY 1792508400LL /* within the session of 2026-10-20, exchange calendar */

struct session_view {
    double share[TL_REGIME_COUNT]; /* of time */
    int distinct;
    double variance; /* mean over names of one-second variance over the name's reference */
    double spread;   /* mean over names of spread over its reference */
};

static void measure(const struct tl_universe *universe, struct tl_latent_run *run,
                    enum tl_preset preset, int64_t seed, struct session_view *view)
{
    struct tl_control_entry entry = {.effective_s = 0, .state = tl_control_default()};
    entry.state.preset = preset;
    entry.state.shared_seed = seed;
    struct tl_control_log log = {&entry, 1};
    *view = (struct session_view){.distinct = 0};
    tl_latent_run_set_log(run, &log);
    CHECK(tl_latent_run_open(run, SESSION_DAY, NULL) == TL_OK);
    double count = 0;
    while (tl_latent_run_step(run, NULL) == TL_OK) {
        const struct tl_latent *names = tl_latent_run_symbols(run);
        view->share[tl_latent_run_session(run)->regime] += 1;
        for (uint32_t i = 0; i < universe->count; i++) {
            const struct tl_symbol *symbol = &universe->symbols[i];
            double own = names[i].sigma_annual / symbol->iv28;
            view->variance += own * own / universe->count;
            view->spread += (double)(names[i].ask[1] - names[i].bid[1]) /
                            (symbol->spread_usd * TL_PX_PER_USD) / universe->count;
        }
        count++;
    }
    for (int r = 0; r < TL_REGIME_COUNT; r++) {
        view->distinct += view->share[r] > 0;
        view->share[r] /= count;
    }
    view->variance /= count;
    view->spread /= count;
}

TL_TEST("presets keep their promises of regimes, volatility and spreads on drawn seeds")
{
    static struct tl_symbol symbols[64];
    struct tl_universe universe = {.symbols = symbols};
    struct tl_error error;
    CHECK(tl_universe_parse(tl_str_from(tl_universe_default_text), symbols, 64, &universe.count,
                            &error) == TL_OK);
    struct tl_latent_run *run = tl_latent_run_create(&universe, TL_CALENDAR_EXCHANGE);
    struct session_view mean[TL_PRESET_COUNT] = {{.distinct = 0}};
    int five = 0, calmer = 0, tighter = 0;
    for (int s = 0; s < SEEDS; s++) {
        struct session_view view[TL_PRESET_COUNT];
        int64_t seed = (int64_t)(tl_mix64(1000 * test_seed() + (uint64_t)s) >> 12);
        for (int p = 0; p < TL_PRESET_COUNT; p++) {
            measure(&universe, run, (enum tl_preset)p, seed, &view[p]);
            for (int r = 0; r < TL_REGIME_COUNT; r++)
                mean[p].share[r] += view[p].share[r] / SEEDS;
        }
        five += view[TL_PRESET_BALANCED_DEMO].distinct >= 5;
        calmer += view[TL_PRESET_QUIET_RANGE].variance < view[TL_PRESET_RETAIL_CHASE].variance;
        tighter += view[TL_PRESET_QUIET_RANGE].spread < view[TL_PRESET_RETAIL_CHASE].spread;
    }
    CHECK_INT(calmer, SEEDS);
    CHECK_INT(tighter, SEEDS);
    CHECK_INT(five, SEEDS);
    static const int own[TL_PRESET_COUNT] = {[TL_PRESET_EVENT_DAY] = TL_REGIME_EVENT_RAMP,
                                             [TL_PRESET_DEALER_DAY] = TL_REGIME_DEALER_GAMMA,
                                             [TL_PRESET_RETAIL_CHASE] = TL_REGIME_RETAIL_CHASE};
    for (int p = TL_PRESET_EVENT_DAY; p <= TL_PRESET_RETAIL_CHASE; p++)
        CHECK(mean[p].share[own[p]] >= 2 * mean[TL_PRESET_BALANCED_DEMO].share[own[p]]);
    tl_latent_run_destroy(run);
}
