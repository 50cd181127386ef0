/* SPDX-License-Identifier: Apache-2.0
 * The day skeleton; the model stands in the header. */
#include "market/day_chain.h"

#include "base/math.h"
#include "base/rng.h"
#include "market/event_calendar.h"
#include "market/octave.h"

/* Variance of a sector inside a name's variance: what makes AMD and NVDA move .73 alike. */
static const double SECTOR_SHARE[TL_SECTOR_COUNT] = {
    [TL_SECTOR_INDEX] = 0.0,     [TL_SECTOR_TECH] = 0.15,     [TL_SECTOR_SEMI] = 0.36,
    [TL_SECTOR_CONSUMER] = 0.08, [TL_SECTOR_FINANCE] = 0.22,  [TL_SECTOR_HEALTH] = 0.15,
    [TL_SECTOR_ENERGY] = 0.20,   [TL_SECTOR_INDUSTRY] = 0.08, [TL_SECTOR_COMM] = 0.10};

#define MARKET_IV 0.145 /* the index's reference IV28: beta x this / a name's IV is a correlation */

/* Realised over implied volatility, whole days: buyers of index options pay for correlation, too
 * (SCORECARD O33: .75 to .85 for the index, .9 to 1 for stocks). */
#define REALISED_BASKET 0.82
#define REALISED_STOCK 1.02

struct tl_loading tl_loading_of(const struct tl_symbol *symbol)
{
    struct tl_loading loading;
    loading.sd_day =
        symbol->iv28 * (symbol->is_etf ? REALISED_BASKET : REALISED_STOCK) / tl_sqrt(252.0);
    loading.market = tl_clamp(symbol->beta * MARKET_IV / symbol->iv28, -0.98, 0.995);
    double rest = 1.0 - loading.market * loading.market;
    double sector = tl_min(SECTOR_SHARE[symbol->sector], symbol->is_etf ? 0.7 * rest : 0.6 * rest);
    loading.sector = tl_sqrt(sector);
    loading.own = tl_sqrt(rest - sector);
    return loading;
}

/* A model of one entity's days; sd and responses are of log volatility or log IV. */
struct day_law {
    double overnight_sd, session_sd;
    double fast_rho, fast_sd, slow_rho, slow_sd;
    double lever_rho, lever;          /* response to the day's move, in sd */
    double iv_rho, iv_spot, iv_noise; /* the IV level: response to the move, own noise */
    double iv_vol;                    /* how much of the IV level is in volatility */
    /* Options see volatility coming: the slow part stands in the IV level whole, so that realised
     * over implied keeps its mean through calm and stress, and this much of the fast part. */
    double fast_in_iv;
    /* Volatilities move together: this much of the market's is in a part's. Without it own parts
     * are loud while the market is calm, and correlations fall (E14). */
    double common;
    bool is_market, is_fund;
};

static const struct day_law MARKET_LAW = {.overnight_sd = TL_OVERNIGHT_SD,
                                          .session_sd = TL_SESSION_SD,
                                          .fast_rho = 0.82,
                                          .fast_sd = 0.26,
                                          .slow_rho = 0.996,
                                          .slow_sd = 0.31,
                                          .lever_rho = 0.90,
                                          .lever = -0.026,
                                          .iv_rho = 0.96,
                                          .iv_spot = -0.044,
                                          .iv_noise = 0.010,
                                          .iv_vol = 1.0,
                                          .fast_in_iv = 0.14,
                                          .is_market = true};
static const struct day_law OWN_LAW = {.overnight_sd = TL_OVERNIGHT_SD_OWN,
                                       .session_sd = TL_SESSION_SD_OWN,
                                       .fast_rho = 0.80,
                                       .fast_sd = 0.24,
                                       .slow_rho = 0.985,
                                       .slow_sd = 0.05,
                                       .lever_rho = 0.98,
                                       .lever = -0.008,
                                       .iv_rho = 0.97,
                                       .iv_spot = -0.007,
                                       .iv_noise = 0.030,
                                       .iv_vol = 0.7,
                                       .common = 0.95};
/* What a fund does beside its market and sector: arbitrage keeps it in proportion. */
static const struct day_law FUND_LAW = {.overnight_sd = TL_OVERNIGHT_SD,
                                        .session_sd = TL_SESSION_SD,
                                        .fast_rho = 0.80,
                                        .fast_sd = 0.08,
                                        .slow_rho = 0.985,
                                        .slow_sd = 0.03,
                                        .lever_rho = 0.98,
                                        .lever = 0.0,
                                        .iv_rho = 0.97,
                                        .iv_spot = -0.006,
                                        .iv_noise = 0.020,
                                        .iv_vol = 0.3,
                                        .common = 1.0,
                                        .is_fund = true};

/* Days of their own kind, of the market only: announcements move more, and one day in 75 is one
 * of stress, a move of about four sd and three times in four a fall. They give daily
 * returns the tail and the skew that slow volatility does not (E2, E3, E7). The mean fall is given
 * back as a drift on other nights. */
#define ANNOUNCEMENT 0.055
#define ANNOUNCEMENT_VOL 1.4
#define STRESS 0.013
#define STRESS_VOL 1.5
#define STRESS_NIGHT 1.85
#define STRESS_TARGET 1.85
#define STRESS_SPREAD 0.9
#define STRESS_FALLS 0.74
#define STRESS_DEPENDS 0.4 /* share of the log volatility it is scaled by: news has its own size */
#define ORDINARY_VOL 0.94
#define NIGHT_DRIFT 0.03

/* Variance of the log volatility. Lever and IV share the day's move. */
static double law_variance(const struct day_law *law)
{
    double l = law->lever_rho, i = law->iv_rho;
    double spot = law->iv_vol * law->iv_spot, noise = law->iv_vol * law->iv_noise;
    return law->fast_sd * law->fast_sd + law->slow_sd * law->slow_sd +
           law->lever * law->lever / (1.0 - l * l) + (spot * spot + noise * noise) / (1.0 - i * i) +
           2.0 * law->lever * spot / (1.0 - l * i);
}

struct day_state {
    double fast, slow, lever, iv;
};

/* One day's draws; vol: multiplier of the day's kind, depends: exponent of the prevailing one. */
struct day_draw {
    double night, target, fast, slow, iv, vol, depends;
};

static void take_kind(struct day_draw *draw, uint32_t word)
{
    double kind = (double)word * 0x1p-32;
    draw->vol = ORDINARY_VOL;
    if (kind < STRESS) {
        double sign = kind < STRESS * STRESS_FALLS ? -1.0 : 1.0;
        draw->night = sign * (STRESS_NIGHT + STRESS_SPREAD * tl_abs(draw->night));
        draw->target = sign * (STRESS_TARGET + STRESS_SPREAD * tl_abs(draw->target));
        draw->vol = STRESS_VOL;
        draw->depends = STRESS_DEPENDS;
        return;
    }
    if (kind < STRESS + ANNOUNCEMENT) draw->vol = ANNOUNCEMENT_VOL;
    draw->night += NIGHT_DRIFT;
}

static struct day_draw draw_day(const struct day_law *law, uint64_t seed, uint32_t entity,
                                int64_t ordinal)
{
    uint32_t word[4];
    tl_rng_block(seed, TL_RNG_DAY, entity, (uint64_t)ordinal, 0, word);
    struct day_draw draw = {.night = tl_normal32(word[0]),
                            .target = tl_normal32(word[1]),
                            .fast = tl_normal32(word[2]),
                            .slow = tl_normal32(word[2] * 2654435761u ^ word[1]),
                            .iv = tl_normal32(word[3] * 2654435761u ^ word[0]),
                            .vol = 1.0,
                            .depends = 1.0};
    if (law->is_market)
        take_kind(&draw, word[3] * 2246822519u);
    else if (word[3] < 0x0a000000u && !law->is_fund)
        draw.night *= 2.2; /* one night in 25: news while closed */
    return draw;
}

/* What other entities share of the market's days in the window: the log of its volatility, whole
 * and with less of what falls add (a single name's leverage is weak, E6). */
#define FALL_SHARED 0.75
struct market_days {
    double variance, calm_variance;
    double whole[TL_DAY_WINDOW + 1], calm[TL_DAY_WINDOW + 1];
    double iv_log; /* what options see of it at the window's end */
};

/* One day of one entity; shift: added to the log volatility. Returns the overnight move in sd. */
static double walk_day(const struct day_law *law, const struct day_draw *draw, double shift,
                       struct day_state *state, struct tl_day *day)
{
    day->target = draw->target;
    day->vol = draw->vol * tl_exp(draw->depends * (state->fast + state->slow + state->lever +
                                                   law->iv_vol * state->iv + shift));
    day->iv_log = state->iv + state->slow + law->fast_in_iv * state->fast;
    double move = law->overnight_sd * draw->night + law->session_sd * draw->target;
    double fast = tl_sqrt(1.0 - law->fast_rho * law->fast_rho) * law->fast_sd;
    double slow = tl_sqrt(1.0 - law->slow_rho * law->slow_rho) * law->slow_sd;
    /* IV answers a fall by its size, not by how rare it is in loud times: half way between. */
    double felt = law->is_market ? move * tl_sqrt(day->vol) : move;
    state->fast = law->fast_rho * state->fast + fast * draw->fast;
    state->slow = law->slow_rho * state->slow + slow * draw->slow;
    state->lever = law->lever_rho * state->lever + law->lever * move;
    state->iv = law->iv_rho * state->iv + law->iv_spot * felt + law->iv_noise * draw->iv;
    return law->overnight_sd * day->vol * draw->night;
}

static double earnings_gap(const struct tl_universe *universe, uint64_t seed, uint32_t sym,
                           int64_t ordinal)
{
    if (!tl_event_earnings_after(universe, seed, sym, ordinal - 1)) return 0.0;
    struct tl_rng rng = tl_rng_at(seed, TL_RNG_EVENT, 1 + sym, (uint64_t)ordinal);
    return 0.136 * universe->symbols[sym].iv28 * tl_rng_normal(&rng);
}

static void note_market(struct market_days *market, int back, const struct day_draw *draw,
                        const struct day_state *state)
{
    double kind = tl_log(draw->vol);
    double fall = state->lever + MARKET_LAW.iv_vol * state->iv;
    market->calm[back] = kind + state->fast + state->slow + FALL_SHARED * fall;
    market->iv_log = state->slow + MARKET_LAW.fast_in_iv * state->fast;
    market->whole[back] = kind + state->fast + state->slow + fall;
}

/* A walk over the window up to one session. */
struct walk {
    const struct tl_universe *universe;
    uint64_t seed;
    int64_t ordinal;
    struct market_days market; /* filled by the market, read by all others */
};

/* What an entity shares of the market's log volatility on a day, less what brings its mean square
 * to 1. */
static double shared_at(const struct walk *walk, const struct day_law *law, int back)
{
    const struct market_days *market = &walk->market;
    double common = law->is_fund ? market->whole[back] : market->calm[back];
    double variance = law->is_fund ? market->variance : market->calm_variance;
    return law->common * (common - law->common * variance);
}

/* Walks one entity. unit: daily sd of an own part, 1 for factors. */
static void walk_window(struct walk *walk, const struct day_law *law, uint32_t entity, double unit,
                        struct tl_day *day)
{
    struct day_state state = {0, 0, 0, 0};
    double variance = law_variance(law), level = 0;
    for (int back = TL_DAY_WINDOW; back >= 0; back--) {
        int64_t at = walk->ordinal - back;
        double weight = 1.0 - (double)back / TL_DAY_WINDOW;
        struct day_draw draw = draw_day(law, walk->seed, entity, at);
        if (law->is_market) note_market(&walk->market, back, &draw, &state);
        double shift = (law->is_market ? 0.0 : shared_at(walk, law, back)) - variance;
        double night = unit * walk_day(law, &draw, shift, &state, day);
        if (entity >= TL_ENTITY_NAME)
            night += earnings_gap(walk->universe, walk->seed, entity - TL_ENTITY_NAME, at);
        level += weight * night;
        if (back > 0) level += weight * unit * law->session_sd * day->vol * day->target;
    }
    day->open = level;
    if (!law->is_market) day->iv_log += law->common * walk->market.iv_log;
}

double tl_day_session_sd(const struct tl_symbol *symbol)
{
    return symbol->is_etf ? FUND_LAW.session_sd : OWN_LAW.session_sd;
}

void tl_day_chain_at(const struct tl_universe *universe, const struct tl_loading *loadings,
                     uint64_t seed, int64_t ordinal, struct tl_day *days)
{
    struct day_law calm = MARKET_LAW;
    calm.lever *= FALL_SHARED;
    calm.iv_vol *= FALL_SHARED;
    struct walk walk = {.universe = universe,
                        .seed = seed,
                        .ordinal = ordinal,
                        .market.variance = law_variance(&MARKET_LAW),
                        .market.calm_variance = law_variance(&calm)};
    walk_window(&walk, &MARKET_LAW, 0, 1.0, &days[0]);
    for (uint32_t i = 0; i < TL_SECTOR_COUNT; i++)
        walk_window(&walk, &OWN_LAW, TL_ENTITY_SECTOR + i, 1.0, &days[TL_ENTITY_SECTOR + i]);
    for (uint32_t i = 0; i < universe->count; i++)
        walk_window(&walk, universe->symbols[i].is_etf ? &FUND_LAW : &OWN_LAW, TL_ENTITY_NAME + i,
                    loadings[i].sd_day * loadings[i].own, &days[TL_ENTITY_NAME + i]);
}
