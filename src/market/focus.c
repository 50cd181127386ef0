/* SPDX-License-Identifier: Apache-2.0
 * The focus list; see the header. */
#include "market/focus.h"

#include "base/math.h"
#include "base/rng.h"

static bool holds(const uint16_t *list, uint32_t count, uint32_t sym)
{
    for (uint32_t i = 0; i < count; i++)
        if (list[i] == sym) return true;
    return false;
}

/* How much a regime looks at a name: by option activity; retail chases volatile single names,
 * dealers sit in the funds, event ramps in names with an event. */
static double weight_of(const struct tl_symbol *symbol, uint32_t sym, enum tl_regime regime,
                        const struct tl_session_state *state)
{
    double weight = tl_sqrt(symbol->option_adv + 1.0);
    if (regime == TL_REGIME_RETAIL_CHASE)
        weight *= symbol->is_etf ? 0.25 : symbol->iv28 * symbol->iv28 * 8.0;
    if (regime == TL_REGIME_DEALER_GAMMA) weight *= symbol->is_etf ? 2.0 : 1.0;
    if (regime == TL_REGIME_EVENT_RAMP && holds(state->event, state->event_count, sym))
        weight *= 25.0;
    return weight;
}

static uint32_t pick_other(const struct tl_universe *universe, struct tl_rng *rng,
                           enum tl_regime regime, const struct tl_session_state *state)
{
    double sum = 0;
    for (uint32_t i = 0; i < universe->count; i++)
        if (!holds(state->focus, state->focus_count, i))
            sum += weight_of(&universe->symbols[i], i, regime, state);
    double left = tl_rng_uniform(rng) * sum;
    uint32_t last = 0;
    for (uint32_t i = 0; i < universe->count; i++) {
        if (holds(state->focus, state->focus_count, i)) continue;
        last = i;
        left -= weight_of(&universe->symbols[i], i, regime, state);
        if (left < 0) break;
    }
    return last;
}

void tl_focus_draw(const struct tl_universe *universe, uint64_t seed, int64_t ordinal,
                   uint32_t draw, enum tl_regime regime, struct tl_session_state *state)
{
    struct tl_rng rng = tl_rng_at(seed, TL_RNG_FOCUS, draw, (uint64_t)ordinal);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < state->focus_count; i++)
        if (tl_rng_uniform(&rng) < 0.5 && kept < 3) state->focus[kept++] = state->focus[i];
    state->focus_count = kept;
    uint32_t want = 3 + tl_rng_below(&rng, 3);
    while (state->focus_count < want && state->focus_count < universe->count)
        state->focus[state->focus_count++] = (uint16_t)pick_other(universe, &rng, regime, state);
}
