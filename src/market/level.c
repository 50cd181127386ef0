/* SPDX-License-Identifier: Apache-2.0
 * The session's levels; see the header. */
#include "market/level.h"

#include "base/math.h"
#include "base/rng.h"
#include "market/octave.h"

#define FOLLOW (1.0 / 120.0)
#define NOISE_RHO 0.99944459835 /* exp(-1/1800) */
#define NOISE_SHOCK 0.03332     /* sqrt(1 - rho^2) */

static const double NOISE_SD[TL_LEVEL_COUNT] = {0.07, 0.08, 0.06};
static const double LOW[TL_LEVEL_COUNT] = {0.55, 0.45, 0.45};
static const double HIGH[TL_LEVEL_COUNT] = {1.75, 1.70, 1.50};

/* Beside its regimes a preset has a tone of its own. */
static const double TONE[TL_PRESET_COUNT][TL_LEVEL_COUNT] = {
    [TL_PRESET_BALANCED_DEMO] = {1.00, 1.00, 1.00}, [TL_PRESET_EVENT_DAY] = {1.08, 0.92, 0.95},
    [TL_PRESET_DEALER_DAY] = {1.00, 1.02, 1.00},    [TL_PRESET_RETAIL_CHASE] = {1.08, 0.96, 0.94},
    [TL_PRESET_QUIET_RANGE] = {0.88, 1.10, 1.06},
};

static void settle(struct tl_levels *levels)
{
    for (int i = 0; i < TL_LEVEL_COUNT; i++) {
        double n = levels->noise[i]; /* exp to third order: |n| stays below .4 */
        double factor = 1.0 + n * (1.0 + 0.5 * n * (1.0 + n / 3.0));
        levels->value[i] = tl_clamp(levels->base[i] * factor, LOW[i], HIGH[i]);
    }
}

void tl_levels_start(struct tl_levels *levels, uint64_t seed, int64_t second, enum tl_preset preset,
                     const double effect[TL_LEVEL_COUNT])
{
    struct tl_rng rng = tl_rng_at(seed, TL_RNG_LEVEL, 1, (uint64_t)second);
    for (int i = 0; i < TL_LEVEL_COUNT; i++) {
        levels->base[i] = effect[i] * TONE[preset][i];
        levels->noise[i] = NOISE_SD[i] * tl_normal32(tl_rng_u32(&rng));
    }
    settle(levels);
}

void tl_levels_step(struct tl_levels *levels, uint64_t seed, int64_t second, enum tl_preset preset,
                    const double effect[TL_LEVEL_COUNT])
{
    struct tl_rng rng = tl_rng_at(seed, TL_RNG_LEVEL, 0, (uint64_t)second);
    for (int i = 0; i < TL_LEVEL_COUNT; i++) {
        levels->base[i] += FOLLOW * (effect[i] * TONE[preset][i] - levels->base[i]);
        levels->noise[i] = NOISE_RHO * levels->noise[i] +
                           NOISE_SHOCK * NOISE_SD[i] * tl_normal32(tl_rng_u32(&rng));
    }
    settle(levels);
}
