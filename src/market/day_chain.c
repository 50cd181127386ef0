/* SPDX-License-Identifier: Apache-2.0
 * The day skeleton; the model stands in the header. */
#include "market/day_chain.h"

#include "base/math.h"
#include "base/rng.h"
#include "market/event_calendar.h"
#include "market/octave.h"

/* Variance of a sector inside a name's variance: what makes AMD and NVDA move .73 alike. */
static const double SECTOR_SHARE[TL_SECTOR_COUNT] = {
    [TL_SECTOR_INDEX] = 0.0,     [TL_SECTOR_TECH] = 0.15,     [TL_SECTOR_SEMI] = 0.30,
    [TL_SECTOR_CONSUMER] = 0.08, [TL_SECTOR_FINANCE] = 0.22,  [TL_SECTOR_HEALTH] = 0.15,
    [TL_SECTOR_ENERGY] = 0.20,   [TL_SECTOR_INDUSTRY] = 0.08, [TL_SECTOR_COMM] = 0.10};

#define MARKET_IV 0.145 /* the index's reference IV28: beta x this / a name's IV is a correlation */

struct tl_loading tl_loading_of(const struct tl_symbol *symbol)
{
    struct tl_loading loading;
    /* Realised over implied .95 (the variance premium). */
    loading.sd_day = symbol->iv28 * 0.95 / tl_sqrt(252.0);
    loading.market = tl_clamp(symbol->beta * MARKET_IV / symbol->iv28, -0.98, 0.995);
    double rest = 1.0 - loading.market * loading.market;
    double sector = tl_min(SECTOR_SHARE[symbol->sector], symbol->is_etf ? 0.7 * rest : 0.6 * rest);
    loading.sector = tl_sqrt(sector);
    loading.own = tl_sqrt(rest - sector);
    return loading;
}

/* Options see slow volatility coming: this much of it stands in the IV level, so that realised
 * over implied keeps its mean through calm and stress. */
#define SLOW_IN_IV 0.9

struct day_law {
    double overnight_sd, session_sd;
    double fast_rho, fast_sd, slow_rho, slow_sd; /* log volatility */
    double lever_rho, lever;                     /* its response to the day's move, in sd */
    double iv_rho, iv_spot, iv_noise;            /* log IV: response to the move, own noise */
    bool stress;                                 /* has days of its own kind */
    double iv_vol;                               /* how much of the IV level is in volatility */
};

static const struct day_law MARKET_LAW = {.stress = true,
                                          .overnight_sd = TL_OVERNIGHT_SD,
                                          .session_sd = TL_SESSION_SD,
                                          .fast_rho = 0.75,
                                          .fast_sd = 0.14,
                                          .slow_rho = 0.985,
                                          .slow_sd = 0.12,
                                          .lever_rho = 0.90,
                                          .lever = -0.050,
                                          .iv_rho = 0.96,
                                          .iv_spot = -0.050,
                                          .iv_noise = 0.028,
                                          .iv_vol = 0.8};
static const struct day_law OWN_LAW = {.overnight_sd = TL_OVERNIGHT_SD,
                                       .session_sd = TL_SESSION_SD,
                                       .fast_rho = 0.75,
                                       .fast_sd = 0.18,
                                       .slow_rho = 0.985,
                                       .slow_sd = 0.13,
                                       .lever_rho = 0.98,
                                       .lever = -0.008,
                                       .iv_rho = 0.97,
                                       .iv_spot = -0.015,
                                       .iv_noise = 0.035,
                                       .iv_vol = 0.8};

static double law_variance(const struct day_law *law)
{
    double lever = law->lever * law->lever / (1.0 - law->lever_rho * law->lever_rho);
    double iv = (law->iv_spot * law->iv_spot + law->iv_noise * law->iv_noise) /
                (1.0 - law->iv_rho * law->iv_rho);
    return law->fast_sd * law->fast_sd + law->slow_sd * law->slow_sd + lever +
           law->iv_vol * law->iv_vol * iv;
}

/* One day of one entity: returns its overnight and session moves in daily sd. */
static void walk_day(const struct day_law *law, double variance, uint64_t seed, uint32_t entity,
                     int64_t ordinal, struct tl_day_state *state, struct tl_day *day,
                     double *overnight)
{
    uint32_t word[4];
    tl_rng_block(seed, TL_RNG_DAY, entity, (uint64_t)ordinal, 0, word);
    double night = tl_normal32(word[0]);
    double noise = tl_normal32(word[2]);
    if (word[3] < 0x0a000000u) night *= 2.2; /* one night in 25: news while closed */
    day->target = tl_normal32(word[1]);
    day->vol =
        tl_exp(state->fast + state->slow + state->lever + law->iv_vol * state->iv - variance);
    /* Announcement days and, rarely, days of stress: daily tails beyond what slow volatility gives. */
    uint32_t kind = word[3] * 2246822519u >> 16;
    if (law->stress) day->vol *= kind < 900 ? 2.4 : kind < 4500 ? 1.45 : 0.95;
    day->iv_log = state->iv + SLOW_IN_IV * state->slow;
    *overnight = law->overnight_sd * day->vol * night;
    double move = law->overnight_sd * night + law->session_sd * day->target;
    double fast = tl_sqrt(1.0 - law->fast_rho * law->fast_rho) * law->fast_sd;
    double slow = tl_sqrt(1.0 - law->slow_rho * law->slow_rho) * law->slow_sd;
    state->fast = law->fast_rho * state->fast + fast * noise;
    state->slow = law->slow_rho * state->slow + slow * noise;
    state->lever = law->lever_rho * state->lever + law->lever * move;
    state->iv = law->iv_rho * state->iv + law->iv_spot * move +
                law->iv_noise * tl_normal32(word[3] * 2654435761u ^ word[0]);
}

static double earnings_gap(const struct tl_universe *universe, uint64_t seed, uint32_t sym,
                           int64_t ordinal)
{
    if (!tl_event_earnings_after(universe, seed, sym, ordinal - 1)) return 0.0;
    struct tl_rng rng = tl_rng_at(seed, TL_RNG_EVENT, 1 + sym, (uint64_t)ordinal);
    return 0.136 * universe->symbols[sym].iv28 * tl_rng_normal(&rng);
}

void tl_day_chain_at(const struct tl_universe *universe, const struct tl_loading *loadings,
                     uint64_t seed, int64_t ordinal, struct tl_day *days,
                     struct tl_day_state *state)
{
    uint32_t entities = TL_ENTITY_NAME + universe->count;
    for (uint32_t entity = 0; entity < entities; entity++) {
        bool own = entity >= TL_ENTITY_NAME;
        const struct day_law *law = entity == 0 ? &MARKET_LAW : &OWN_LAW;
        double variance = law_variance(law);
        double unit = 1.0;
        if (own) {
            const struct tl_loading *loading = &loadings[entity - TL_ENTITY_NAME];
            unit = loading->sd_day * loading->own;
        }
        struct tl_day *day = &days[entity];
        state[entity] = (struct tl_day_state){0, 0, 0, 0};
        double level = 0;
        for (int back = TL_DAY_WINDOW; back >= 0; back--) {
            int64_t at = ordinal - back;
            double weight = 1.0 - (double)back / TL_DAY_WINDOW;
            double night;
            walk_day(law, variance, seed, entity, at, &state[entity], day, &night);
            night *= unit;
            if (own) night += earnings_gap(universe, seed, entity - TL_ENTITY_NAME, at);
            level += weight * night;
            if (back > 0) level += weight * unit * law->session_sd * day->vol * day->target;
        }
        day->open = level;
    }
}
