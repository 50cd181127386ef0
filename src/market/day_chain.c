/* SPDX-License-Identifier: Apache-2.0
 * The day skeleton; the model stands in the header. */
#include "market/day_chain.h"

#include <stdlib.h>

#include "base/math.h"
#include "base/rng.h"
#include "market/event_calendar.h"
#include "market/octave.h"

/* Variance of a sector inside a name's variance: what makes AMD and NVDA move .73 alike. */
static const double SECTOR_SHARE[TL_SECTOR_COUNT] = {
    [TL_SECTOR_INDEX] = 0.0,     [TL_SECTOR_TECH] = 0.15,     [TL_SECTOR_SEMI] = 0.39,
    [TL_SECTOR_CONSUMER] = 0.08, [TL_SECTOR_FINANCE] = 0.22,  [TL_SECTOR_HEALTH] = 0.15,
    [TL_SECTOR_ENERGY] = 0.20,   [TL_SECTOR_INDUSTRY] = 0.08, [TL_SECTOR_COMM] = 0.10};

#define MARKET_IV 0.145 /* the index's reference IV28: beta x this / a name's IV is a correlation */

/* Realised over implied volatility, whole days: buyers of index options pay for correlation, too
 * (SCORECARD O33: .75 to .85 for the index, .9 to 1 for stocks). */
#define REALISED_BASKET 0.828
#define REALISED_STOCK 1.005

struct tl_loading tl_loading_of(const struct tl_symbol *symbol)
{
    struct tl_loading loading;
    loading.sd_day =
        symbol->iv28 * (symbol->is_etf ? REALISED_BASKET : REALISED_STOCK) / tl_sqrt(252.0);
    loading.market = tl_clamp(symbol->beta * MARKET_IV / symbol->iv28, -0.98, 0.995);
    double rest = 1.0 - loading.market * loading.market;
    double sector = tl_min(SECTOR_SHARE[symbol->sector], symbol->is_etf ? 0.7 * rest : 0.65 * rest);
    loading.sector = tl_sqrt(sector);
    loading.own = tl_sqrt(rest - sector);
    return loading;
}

/* A model of one entity's days; sd and responses are of log volatility or log IV. */
#define OCTAVES 4
#define ERA_DAYS 160
struct day_law {
    double overnight_sd, session_sd;
    /* Log volatility: autoregressions with memories from days to months, so that its memory falls
     * slowly (E5). in_iv: the share of each that options of 30 days see, the mean over the 21 days
     * to come: all of what lasts, little of what passes. So realised over implied keeps its mean
     * through calm and loud months. */
    int octaves;
    double rho[OCTAVES], sd[OCTAVES], in_iv[OCTAVES];
    double era_sd; /* the slowest of it, over years; options see it whole; see era_at */
    /* Falls raise it: response to the day's move (in sd), and what options see of that. */
    double lever_rho, lever, lever_in_iv;
    /* The IV level beside that: response to the move, own noise, what of it is in volatility. */
    double iv_rho, iv_spot, iv_noise, iv_vol;
    double iv_mean; /* so that the mean level, not the median, is the reference */
    /* Volatilities move together: this much of the market's is in a part's. Without it own parts
     * are loud while the market is calm, and correlations fall (E14). */
    double common;
    bool is_market, is_fund;
};

static const struct day_law MARKET_LAW = {.overnight_sd = TL_OVERNIGHT_SD,
                                          .session_sd = TL_SESSION_SD,
                                          .octaves = 4,
                                          .rho = {0.6065, 0.8825, 0.9692, 0.99222},
                                          .sd = {0.06, 0.12, 0.08, 0.10},
                                          .in_iv = {0.10, 0.40, 0.73, 0.92},
                                          .era_sd = 0.45,
                                          .lever_rho = 0.94,
                                          .lever = -0.085,
                                          .lever_in_iv = 0.45,
                                          .iv_rho = 0.95,
                                          .iv_spot = -0.0085,
                                          .iv_noise = 0.019,
                                          .iv_mean = -0.115,
                                          .is_market = true};
static const struct day_law OWN_LAW = {.overnight_sd = TL_OVERNIGHT_SD_OWN,
                                       .session_sd = TL_SESSION_SD_OWN,
                                       .octaves = 2,
                                       .rho = {0.80, 0.985},
                                       .sd = {0.22, 0.05},
                                       .in_iv = {0.0, 1.0},
                                       .lever_rho = 0.98,
                                       .lever = -0.008,
                                       .iv_rho = 0.97,
                                       .iv_spot = -0.009,
                                       .iv_noise = 0.031,
                                       .iv_vol = 0.7,
                                       .iv_mean = -0.075,
                                       .common = 0.95};
/* What a fund does beside its market and sector: arbitrage keeps it in proportion. */
static const struct day_law FUND_LAW = {.overnight_sd = TL_OVERNIGHT_SD,
                                        .session_sd = TL_SESSION_SD,
                                        .octaves = 2,
                                        .rho = {0.80, 0.985},
                                        .sd = {0.08, 0.03},
                                        .in_iv = {0.0, 1.0},
                                        .iv_rho = 0.97,
                                        .iv_spot = -0.006,
                                        .iv_noise = 0.020,
                                        .iv_vol = 0.3,
                                        .iv_mean = -0.075,
                                        .common = 1.0,
                                        .is_fund = true};

/* Days of their own kind, of the market only: announcements move more, and one day in 109 is one
 * of stress, a move of about four sd, half of it overnight, and four times in five a fall. They
 * give daily returns the tail and the skew that slow volatility does not (E2, E3, E7). The mean fall
 * is given back as a drift on other nights. */
#define ANNOUNCEMENT 0.055
#define ANNOUNCEMENT_VOL 1.4
#define STRESS 0.0092
#define STRESS_VOL 1.25
#define STRESS_NIGHT 4.2
#define STRESS_TARGET 1.85
#define STRESS_SPREAD 0.5
#define STRESS_FALLS 0.80
#define STRESS_DEPENDS 0.55 /* share of the log volatility it is scaled by: news has its own size */
#define ORDINARY_VOL 0.94
#define NIGHT_DRIFT 0.053

/* Variance of the log volatility. Lever and IV share the day's move. */
static double law_variance(const struct day_law *law)
{
    double l = law->lever_rho, i = law->iv_rho, sum = 0;
    double spot = law->iv_vol * law->iv_spot, noise = law->iv_vol * law->iv_noise;
    for (int k = 0; k < OCTAVES; k++)
        sum += law->sd[k] * law->sd[k];
    return sum + law->era_sd * law->era_sd + law->lever * law->lever / (1.0 - l * l) +
           (spot * spot + noise * noise) / (1.0 - i * i) + 2.0 * law->lever * spot / (1.0 - l * i);
}

struct day_state {
    double octave[OCTAVES], era, lever, iv;
};

/* One day's draws; shock: of the octaves; vol: multiplier of the day's kind, depends: exponent of
 * the prevailing one. */
struct day_draw {
    double night, target, iv, vol, depends, era, shock[OCTAVES];
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

/* Log volatility of the era: normals half a year apart, between them what keeps the variance. It is a
 * function of the date alone, so it outlasts the window. Markets are never calm beyond a point
 * (the VIX has not closed below 9 in 35 years): the era has a soft floor, ln(e^6x + e^6f)/6. ERA_LIFT
 * brings its mean square back to the normal's at an era_sd of .45; the median moves by .005. */
#define ERA_FLOOR -0.25
#define ERA_SHARP 6.0
#define ERA_LIFT 0.039
static double era_at(const struct day_law *law, uint64_t seed, uint32_t entity, int64_t ordinal)
{
    int64_t at = ordinal + (int64_t)(tl_mix64(seed + entity) % ERA_DAYS);
    uint32_t from[4], to[4];
    tl_rng_block(seed, TL_RNG_DAY, entity, (uint64_t)(at / ERA_DAYS), 2, from);
    tl_rng_block(seed, TL_RNG_DAY, entity, (uint64_t)(at / ERA_DAYS + 1), 2, to);
    double b = (double)(at % ERA_DAYS) / ERA_DAYS, a = 1.0 - b;
    double plain =
        law->era_sd * (a * tl_normal32(from[0]) + b * tl_normal32(to[0])) / tl_sqrt(a * a + b * b);
    double floored = tl_exp(ERA_SHARP * plain) + tl_exp(ERA_SHARP * ERA_FLOOR);
    return tl_log(floored) / ERA_SHARP - ERA_LIFT;
}

static struct day_draw draw_day(const struct day_law *law, uint64_t seed, uint32_t entity,
                                int64_t ordinal)
{
    uint32_t word[4], shock[4];
    tl_rng_block(seed, TL_RNG_DAY, entity, (uint64_t)ordinal, 0, word);
    tl_rng_block(seed, TL_RNG_DAY, entity, (uint64_t)ordinal, 1, shock);
    struct day_draw draw = {.night = tl_normal32(word[0]),
                            .target = tl_normal32(word[1]),
                            .iv = law->iv_noise * tl_normal32(word[2]),
                            .vol = 1.0,
                            .depends = 1.0};
    for (int k = 0; k < law->octaves; k++)
        draw.shock[k] =
            tl_sqrt(1.0 - law->rho[k] * law->rho[k]) * law->sd[k] * tl_normal32(shock[k]);
    if (law->era_sd > 0) draw.era = era_at(law, seed, entity, ordinal);
    if (law->is_market)
        take_kind(&draw, word[3] * 2246822519u);
    else if (word[3] < 0x0a000000u && !law->is_fund)
        draw.night *= 2.2; /* one night in 25: news while closed */
    return draw;
}

/* What other entities share of the market's days in the window: the log of its volatility, whole
 * and with less of what falls add (a single name's leverage is weak, E6). */
#define FALL_SHARED 0.36
struct market_days {
    double variance, calm_variance;
    double whole[TL_DAY_WINDOW + 1], calm[TL_DAY_WINDOW + 1];
    /* log IV level: the market's, and what of it parts share */
    double iv_log[TL_DAY_WINDOW + 1], iv_shared[TL_DAY_WINDOW + 1];
};

static double octaves_of(const struct day_law *law, const struct day_state *state)
{
    double sum = state->era;
    for (int k = 0; k < law->octaves; k++)
        sum += state->octave[k];
    return sum;
}

/* What options see of the octaves. */
static double octaves_in_iv(const struct day_law *law, const struct day_state *state)
{
    double sum = state->era;
    for (int k = 0; k < law->octaves; k++)
        sum += law->in_iv[k] * state->octave[k];
    return sum;
}

/* The index's level has a soft floor of its own, 7.8 % at the money where the reference is 14.5: what
 * passes within weeks would take it below in a calm era, and sellers of options would not follow. */
#define IV_FLOOR -0.62
#define IV_SHARP 10.0

static double iv_log_of(const struct day_law *law, const struct day_state *state)
{
    double plain =
        law->iv_mean + state->iv + octaves_in_iv(law, state) + law->lever_in_iv * state->lever;
    if (!law->is_market) return plain;
    return tl_log(tl_exp(IV_SHARP * plain) + tl_exp(IV_SHARP * IV_FLOOR)) / IV_SHARP;
}

/* One day of one entity; shift: added to the log volatility. Returns the overnight move in sd. */
static double walk_day(const struct day_law *law, const struct day_draw *draw, double shift,
                       struct day_state *state, struct tl_day *day)
{
    day->target = draw->target;
    day->vol = draw->vol * tl_exp(draw->depends * (octaves_of(law, state) + state->lever +
                                                   law->iv_vol * state->iv + shift));
    double move = law->overnight_sd * draw->night + law->session_sd * draw->target;
    /* Options answer a fall by its size, not by how rare it is in loud times: half way between. */
    double felt = law->is_market ? move * tl_sqrt(day->vol) : move;
    for (int k = 0; k < law->octaves; k++)
        state->octave[k] = law->rho[k] * state->octave[k] + draw->shock[k];
    state->lever = law->lever_rho * state->lever + law->lever * move;
    state->iv = law->iv_rho * state->iv + law->iv_spot * felt + draw->iv;
    return law->overnight_sd * day->vol * draw->night;
}

/* The gap a report leaves: what the surface expects (tl_surface_event_variance) less what buyers of
 * volatility overpay (O34), larger in loud times as there; iv_log: the name's level before it. */
static double earnings_gap(const struct tl_day_chain *chain, uint32_t sym, int64_t ordinal,
                           double iv_log)
{
    struct tl_rng rng = tl_rng_at(chain->seed, TL_RNG_EVENT, 1 + sym, (uint64_t)ordinal);
    return 0.157 * chain->universe->symbols[sym].iv28 * tl_exp(0.5 * iv_log) * tl_rng_normal(&rng);
}

static void note_market(struct market_days *market, int back, const struct day_draw *draw,
                        const struct day_state *state)
{
    double kind = tl_log(draw->vol);
    double fall = state->lever + MARKET_LAW.iv_vol * state->iv,
           octaves = octaves_of(&MARKET_LAW, state);
    market->calm[back] = kind + octaves + FALL_SHARED * fall;
    market->whole[back] = kind + octaves + fall;
    market->iv_shared[back] = octaves_in_iv(&MARKET_LAW, state);
    market->iv_log[back] = iv_log_of(&MARKET_LAW, state);
}

/* A walk over the window up to one session. */
struct walk {
    const struct tl_day_chain *chain;
    int64_t ordinal;
    struct market_days market; /* filled by the market, read by all others */
};

/* ---- remembered draws ---- */

#define REMEMBERED 512 /* a power of two above the window */

struct tl_day_memo {
    uint32_t entities;
    struct remembered {
        int64_t ordinal; /* 0: none; ordinals of sessions are positive */
        struct day_draw draw;
    } days[];
};

struct tl_day_memo *tl_day_memo_create(uint32_t names)
{
    uint32_t entities = TL_ENTITY_NAME + names;
    struct tl_day_memo *memo =
        calloc(1, sizeof *memo + sizeof memo->days[0] * REMEMBERED * (size_t)entities);
    if (memo) memo->entities = entities;
    return memo;
}

void tl_day_memo_destroy(struct tl_day_memo *memo)
{
    free(memo);
}

/* The memo's draw, or one made into *room. */
static const struct day_draw *recall_day(const struct tl_day_chain *chain,
                                         const struct day_law *law, uint32_t entity,
                                         int64_t ordinal, struct day_draw *room)
{
    if (!chain->memo) {
        *room = draw_day(law, chain->seed, entity, ordinal);
        return room;
    }
    struct remembered *day =
        &chain->memo->days[(size_t)entity * REMEMBERED + (size_t)(ordinal & (REMEMBERED - 1))];
    if (day->ordinal != ordinal) {
        day->draw = draw_day(law, chain->seed, entity, ordinal);
        day->ordinal = ordinal;
    }
    return &day->draw;
}

/* ---- the walk ---- */

/* What an entity shares of the market's log volatility on a day, less what brings its mean square
 * to 1. */
static double shared_at(const struct walk *walk, const struct day_law *law, int back)
{
    const struct market_days *market = &walk->market;
    double common = law->is_fund ? market->whole[back] : market->calm[back];
    double variance = law->is_fund ? market->variance : market->calm_variance;
    return law->common * (common - law->common * variance);
}

/* What a report of the evening before adds to the night. */
static double report_at(const struct walk *walk, uint32_t sym, int back, const struct tl_day *own)
{
    const struct tl_day_chain *chain = walk->chain;
    int64_t at = walk->ordinal - back;
    if (!tl_event_earnings_after(chain->universe, chain->seed, sym, at - 1)) return 0.0;
    double part = chain->loadings[sym].market * chain->loadings[sym].market;
    double iv_log = part * walk->market.iv_log[back] + (1.0 - part) * own->iv_log;
    return earnings_gap(chain, sym, at, iv_log);
}

/* Walks one entity. unit: daily sd of an own part, 1 for factors. */
static void walk_window(struct walk *walk, const struct day_law *law, uint32_t entity, double unit,
                        struct tl_day *day)
{
    const struct tl_day_chain *chain = walk->chain;
    struct day_state state = {.iv = 0};
    double variance = law_variance(law), level = 0;
    for (int back = TL_DAY_WINDOW; back >= 0; back--) {
        int64_t at = walk->ordinal - back;
        double weight = 1.0 - (double)back / TL_DAY_WINDOW;
        struct day_draw room;
        const struct day_draw *draw = recall_day(chain, law, entity, at, &room);
        state.era = draw->era;
        if (law->is_market) note_market(&walk->market, back, draw, &state);
        day->iv_log = law->is_market
                          ? walk->market.iv_log[back]
                          : iv_log_of(law, &state) + law->common * walk->market.iv_shared[back];
        double shift = (law->is_market ? 0.0 : shared_at(walk, law, back)) - variance;
        double night = unit * walk_day(law, draw, shift, &state, day);
        if (entity >= TL_ENTITY_NAME) night += report_at(walk, entity - TL_ENTITY_NAME, back, day);
        level += weight * night;
        if (back > 0) level += weight * unit * law->session_sd * day->vol * day->target;
    }
    day->open = level;
}

double tl_day_session_sd(const struct tl_symbol *symbol)
{
    return symbol->is_etf ? FUND_LAW.session_sd : OWN_LAW.session_sd;
}

void tl_day_chain_at(const struct tl_day_chain *chain, int64_t ordinal, struct tl_day *days)
{
    struct day_law calm = MARKET_LAW;
    const struct tl_universe *universe = chain->universe;
    calm.lever *= FALL_SHARED;
    calm.iv_vol *= FALL_SHARED;
    struct walk walk = {.chain = chain,
                        .ordinal = ordinal,
                        .market.variance = law_variance(&MARKET_LAW),
                        .market.calm_variance = law_variance(&calm)};
    walk_window(&walk, &MARKET_LAW, 0, 1.0, &days[0]);
    for (uint32_t i = 0; i < TL_SECTOR_COUNT; i++)
        walk_window(&walk, &OWN_LAW, TL_ENTITY_SECTOR + i, 1.0, &days[TL_ENTITY_SECTOR + i]);
    for (uint32_t i = 0; i < universe->count; i++)
        walk_window(&walk, universe->symbols[i].is_etf ? &FUND_LAW : &OWN_LAW, TL_ENTITY_NAME + i,
                    chain->loadings[i].sd_day * chain->loadings[i].own, &days[TL_ENTITY_NAME + i]);
}
