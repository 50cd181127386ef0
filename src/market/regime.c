/* SPDX-License-Identifier: Apache-2.0
 * The regime process and the table of what regimes do; see the header. Volatility multipliers stay
 * within .7 to 1.5, because the sd of log volatility inside a day has a budget (.30 to .38) that
 * the other layers share. */
#include "market/regime.h"

#include <string.h>

#include "base/math.h"
#include "base/rng.h"
#include "market/octave.h"

/*  vol  liq  clean act  opt  clus off   odd  short otm  multi put  iv   skew drift mom  revert pin near lots event */
/* clang-format off */
static const double EFFECTS[TL_REGIME_COUNT][TL_EFFECT_COUNT] = {
    [TL_REGIME_TREND_UP]     = {1.05, .95, .98, 1.12, 1.15, 1.05, .00, 1.00, 1.05, 1.15, .90, .85, -.03, -.010,  .016,  .8, .0, .0, 1.0, 1.0, 0},
    [TL_REGIME_TREND_DOWN]   = {1.18, .85, .92, 1.18, 1.20, 1.05, -.02, 1.00, 1.10, .80, .90, 1.30, .05,  .015, -.016,  .8, .0, .0, 1.0, 1.0, 0},
    [TL_REGIME_MEAN_REVERT]  = {.90, 1.12, 1.08, .92,  .90,  .95, -.02, .97, .95,  .95, 1.10, 1.00, -.02, .000,  .0,   .0, 1.2, .0, 1.0, 1.0, 0},
    [TL_REGIME_RETAIL_CHASE] = {1.25, .88, .85, 1.35, 1.45, 1.12, .05, 1.20, 1.40, 1.45, .75, .80, .05,  -.015,  .012, 2.2, .0, .0, 1.0, .80, 0},
    [TL_REGIME_EVENT_RAMP]   = {1.32, .72, .75, 1.25, 1.30, 1.10, -.01, 1.00, 1.10, 1.05, 1.05, 1.10, .07, .005,  .004,  .3, .0, .0, 1.0, 1.0, 1},
    [TL_REGIME_DEALER_GAMMA] = {.98, 1.05, 1.00, 1.05, 1.15, 1.08, .00, 1.00, 1.90, .95, .95, 1.00, .00, .005,  .0,  -16.0, .0, 2.5, 1.6, 1.25, 0},
    [TL_REGIME_ARB_CALM]     = {.74, 1.22, 1.18, .80,  .85,  .90, -.01, .95, .90,  .85, 1.40, .95, -.04, .000,  .0,   .0, .4, .0, 1.0, 1.0, 0},
};

/* Preset weights; the share of a preset's own regime must at least double against balanced. */
static const double WEIGHTS[TL_PRESET_COUNT][TL_REGIME_COUNT] = {
    [TL_PRESET_BALANCED_DEMO] = {1, 1, 1, 1, 1, 1, 1},
    [TL_PRESET_EVENT_DAY]     = {1, 1, .6, .8, 13, .7, .5},
    [TL_PRESET_DEALER_DAY]    = {.9, .9, 1, .6, .6, 13, .8},
    [TL_PRESET_RETAIL_CHASE]  = {1.2, .8, .6, 13, .8, .7, .4},
    [TL_PRESET_QUIET_RANGE]   = {.35, .35, 4, .06, .06, .8, 4},
};

static const double PHASE_BIAS[TL_PHASE_COUNT][TL_REGIME_COUNT] = {
    [TL_PHASE_OPEN]        = {1.3, 1.3, .8, 1.2, 1.2, .8, .6},
    [TL_PHASE_MIDDAY]      = {.9, .9, 1.2, .9, .9, 1, 1.3},
    [TL_PHASE_POWER_HOUR]  = {1.1, 1.1, .9, 1.2, .9, 1.5, .7},
    [TL_PHASE_AFTER_EVENT] = {1.2, 1.2, .9, 1.2, 1.4, .9, .7},
};
/* clang-format on */

static const double MEAN_MINUTES[TL_REGIME_COUNT] = {11, 11, 13, 10, 10, 12, 13};

#define REPEAT_DAMPING 0.12
#define SOJOURN_LOG_SD 0.85 /* coefficient of variation 1.03 before the cut below */
#define SOJOURN_MIN_S 100.0
#define SOJOURN_MAX_S 2700.0

static void draw_sojourn(struct tl_regime_process *process, struct tl_rng *rng, int64_t second)
{
    double mean = 60.0 * MEAN_MINUTES[process->current];
    double best = 0; /* the preset's own regimes last longer, too */
    for (int i = 0; i < TL_REGIME_COUNT; i++)
        best = tl_max(best, WEIGHTS[process->preset][i]);
    if (best > 1.5 && WEIGHTS[process->preset][process->current] == best) mean *= 1.5;
    double length =
        mean * tl_exp(SOJOURN_LOG_SD * tl_rng_normal(rng) - 0.5 * SOJOURN_LOG_SD * SOJOURN_LOG_SD);
    process->change_s = second + (int64_t)tl_clamp(length, SOJOURN_MIN_S, SOJOURN_MAX_S);
}

static void begin(struct tl_regime_process *process, uint64_t seed, int64_t ordinal, int64_t second,
                  enum tl_phase phase)
{
    double weights[TL_REGIME_COUNT];
    struct tl_rng rng = tl_rng_at(seed, TL_RNG_REGIME, process->draws, (uint64_t)ordinal);
    for (int i = 0; i < TL_REGIME_COUNT; i++)
        weights[i] = WEIGHTS[process->preset][i] * PHASE_BIAS[phase][i];
    /* Who chooses a preset while its own regime is on wants more of it. */
    if (process->draws > 0 && !process->chosen) weights[process->current] *= REPEAT_DAMPING;
    process->chosen = false;
    process->current = (enum tl_regime)tl_rng_pick(&rng, weights, TL_REGIME_COUNT);
    process->draws++;
    process->since_s = second;
    process->blend_s = 20 + (int32_t)tl_rng_below(&rng, 41);
    memcpy(process->from, process->blend, sizeof process->from);
    draw_sojourn(process, &rng, second);
}

static void blend(struct tl_regime_process *process, int64_t second)
{
    process->blended = second - process->since_s < process->blend_s;
    if (!process->blended) return; /* the second before has reached the whole */
    double part = tl_clamp((double)(second - process->since_s + 1) / process->blend_s, 0.0, 1.0);
    part = part * part * (3.0 - 2.0 * part);
    for (int e = 0; e < TL_EFFECT_COUNT; e++)
        process->effect[e] = 0;
    for (int i = 0; i < TL_REGIME_COUNT; i++) {
        double to = i == (int)process->current ? part : 0.0;
        process->blend[i] = (1.0 - part) * process->from[i] + to;
        if (process->blend[i] == 0) continue;
        for (int e = 0; e < TL_EFFECT_COUNT; e++)
            process->effect[e] += process->blend[i] * EFFECTS[i][e];
    }
}

void tl_regime_start(struct tl_regime_process *process, uint64_t seed, int64_t ordinal,
                     int64_t second, enum tl_preset preset)
{
    memset(process, 0, sizeof *process);
    process->preset = preset;
    begin(process, seed, ordinal, second, TL_PHASE_OPEN);
    for (int i = 0; i < TL_REGIME_COUNT; i++)
        process->from[i] = i == (int)process->current ? 1.0 : 0.0;
    blend(process, second);
}

bool tl_regime_step(struct tl_regime_process *process, uint64_t seed, int64_t ordinal,
                    int64_t second, enum tl_preset preset, enum tl_phase phase)
{
    bool began = false;
    if (preset != process->preset) {
        struct tl_rng rng =
            tl_rng_at(seed, TL_RNG_REGIME, 1u << 16 | process->draws, (uint64_t)second);
        int64_t soon = second + 15 + tl_rng_below(&rng, 76);
        process->preset = preset;
        process->chosen = true;
        if (soon < process->change_s) process->change_s = soon;
    }
    if (second >= process->change_s) {
        begin(process, seed, ordinal, second, phase);
        began = true;
    }
    blend(process, second);
    return began;
}
