/* SPDX-License-Identifier: Apache-2.0
 * The forward recursion over one session: opens from the skeleton, then steps the session's state
 * (control, phase, regime, levels, focus, events), the factors and every name, a second at a time.
 * A step reads the control in force at its second and states of earlier seconds, nothing later.
 * Everything lives in one allocation. */
#include "market/latent_run.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "base/rng.h"
#include "market/calendar.h"
#include "market/day_chain.h"
#include "market/event_calendar.h"
#include "market/focus.h"
#include "market/surface.h"
#include "market/underlying.h"

#define AFTER_EVENT_S 1200
#define EVENT_RAMP_S 1800
#define EVENT_PUSH_S 60
#define MARKET_MOMENTUM 1.15e-3 /* a second, of the distance from its trail */
/* What runs on over minutes comes back over ten: else the market's half hours would be a tenth
 * louder than its minutes say, and names' correlations with it rise from one to the other (E14). */
#define MARKET_RETURN 1.3e-4
/* What a regime's momentum adds to that, a unit of TL_EFFECT_MOMENTUM: dealers hedge the index as they
 * hedge its names, so their answer turns the market's minutes, too (-.0037 in all). Without it
 * what runs on in the market hid the reversals of its names on some seeds. */
#define MARKET_ANSWER 3.0e-4

struct tl_latent_run {
    const struct tl_universe *universe;
    enum tl_calendar calendar;
    struct tl_control_entry default_entry;
    struct tl_control_log log;
    struct tl_session_span span;
    int64_t second;
    size_t control; /* index in the log */
    uint64_t seed, session_seed;
    struct tl_day_clock clock;
    struct tl_regime_process regime;
    struct tl_levels levels;
    struct tl_session_state session;
    struct tl_context context;
    struct tl_normal_table normals;
    struct tl_path market, sectors[TL_SECTOR_COUNT];
    double market_trail; /* average of the market's move over a minute and a half */
    double market_slow;  /* and over ten minutes */
    int64_t after_event_end_s;
    size_t event_count, event_next; /* event_next: the first not yet passed */
    struct tl_event_calendar_entry events[TL_EVENTS_MAX];
    /* [universe->count] or, for days, [TL_ENTITY_NAME + count] */
    struct tl_name *names;
    struct tl_latent *latents;
    struct tl_loading *loadings;
    struct tl_day *days;
    uint32_t (*words)[4]; /* [universe->count, made even] */
};

/* ---- life ---- */

static size_t room(size_t size)
{
    return (size + 63) / 64 * 64;
}

struct tl_latent_run *tl_latent_run_create(const struct tl_universe *universe,
                                           enum tl_calendar calendar)
{
    size_t count = universe->count, entities = TL_ENTITY_NAME + count;
    assert(count >= 1 && count <= TL_SYMBOLS_MAX);
    size_t at_names = room(sizeof(struct tl_latent_run));
    size_t at_latents = at_names + room(count * sizeof(struct tl_name));
    size_t at_loadings = at_latents + room(count * sizeof(struct tl_latent));
    size_t at_days = at_loadings + room(count * sizeof(struct tl_loading));
    size_t at_words = at_days + room(entities * sizeof(struct tl_day));
    char *memory = calloc(1, at_words + room((count + 1) * sizeof(uint32_t[4])));
    if (!memory) return NULL;
    struct tl_latent_run *run = (void *)memory;
    run->universe = universe;
    run->calendar = calendar;
    run->default_entry.state = tl_control_default();
    run->log = (struct tl_control_log){&run->default_entry, 1};
    run->names = (void *)(memory + at_names);
    run->latents = (void *)(memory + at_latents);
    run->loadings = (void *)(memory + at_loadings);
    run->days = (void *)(memory + at_days);
    run->words = (void *)(memory + at_words);
    tl_normal_table_fill(&run->normals);
    for (uint32_t i = 0; i < count; i++) {
        tl_name_init(&run->names[i], &universe->symbols[i]);
        run->loadings[i] = run->names[i].loading;
    }
    return run;
}

void tl_latent_run_destroy(struct tl_latent_run *run)
{
    free(run);
}

void tl_latent_run_set_log(struct tl_latent_run *run, const struct tl_control_log *log)
{
    assert(log->count >= 1);
    run->log = *log;
}

/* ---- the session's state ---- */

static uint64_t seed_of(const struct tl_control *control)
{
    return tl_mix64((uint64_t)control->shared_seed + 0x7461706c6f6f6du);
}

static void take_control(struct tl_latent_run *run, int64_t second)
{
    run->control = tl_control_log_at(&run->log, second);
    run->seed = seed_of(&run->log.entries[run->control].state);
}

static enum tl_phase phase_at(const struct tl_latent_run *run, int64_t second)
{
    if (second < run->after_event_end_s) return TL_PHASE_AFTER_EVENT;
    if (second - run->span.start_s < 3600) return TL_PHASE_OPEN;
    if (run->span.end_s - second <= 5400) return TL_PHASE_POWER_HOUR;
    return TL_PHASE_MIDDAY;
}

static void show_session(struct tl_latent_run *run, int64_t second)
{
    struct tl_session_state *state = &run->session;
    int64_t elapsed = second - run->span.start_s;
    state->minute = elapsed > 0 ? (int)(elapsed / 60) : 0;
    state->regime = run->regime.current;
    state->regime_since_s = run->regime.since_s;
    state->volatility_level = run->levels.value[TL_LEVEL_VOLATILITY];
    state->liquidity_level = run->levels.value[TL_LEVEL_LIQUIDITY];
    state->quote_cleanliness = run->levels.value[TL_LEVEL_CLEANLINESS];
    state->seed_bucket = (uint64_t)run->span.ordinal << 16 | run->regime.draws;
}

static void draw_focus(struct tl_latent_run *run)
{
    struct tl_session_state *state = &run->session;
    tl_focus_draw(run->universe, run->seed, run->span.ordinal, run->regime.draws,
                  run->regime.current, state);
    for (uint32_t i = 0; i < run->universe->count; i++)
        run->names[i].focus_to = 0;
    for (uint32_t i = 0; i < state->focus_count; i++)
        run->names[state->focus[i]].focus_to = 1;
}

/* ---- events ---- */

static void open_events(struct tl_latent_run *run)
{
    struct tl_session_state *state = &run->session;
    run->event_count = tl_event_calendar_build(run->universe, run->calendar, run->session_seed,
                                               &run->span, run->events);
    run->event_next = run->event_count;
    run->after_event_end_s = 0;
    state->event_count = 0;
    tl_ns start = run->span.start_s * TL_NS_PER_S;
    for (size_t i = 0; i < run->event_count; i++) {
        const struct tl_event_calendar_entry *event = &run->events[i];
        if (event->event_ts <= start) {
            /* What came since the last close still works at this open. */
            bool fresh = event->event_ts > start - 4 * 86400 * TL_NS_PER_S;
            if (fresh && run->event_next == run->event_count)
                run->names[event->sym].event_heat = event->kind == TL_EVENT_EARNINGS ? 1.0 : 0.4;
            continue;
        }
        if (run->event_next == run->event_count) run->event_next = i;
        bool known = false;
        for (uint32_t j = 0; j < state->event_count; j++)
            known = known || state->event[j] == event->sym;
        if (!known && state->event_count < TL_FOCUS_MAX) {
            uint64_t coin =
                tl_mix64(run->session_seed ^ tl_mix64((uint64_t)event->event_ts + event->sym));
            state->event[state->event_count++] = event->sym;
            run->names[event->sym].event_lean = coin & 1 ? 1 : -1;
        }
    }
}

/* An event inside the session: a move over a minute (news is read, not known), then heat
 * that decays. Faster and hotter, one piece of news in sixty sessions made half of the kurtosis of a
 * name's minutes (E1, E2). */
static void strike_event(struct tl_latent_run *run, const struct tl_event_calendar_entry *event,
                         int64_t second)
{
    struct tl_name *name = &run->names[event->sym];
    struct tl_rng rng = tl_rng_at(run->seed, TL_RNG_EVENT, 1u << 16 | event->sym, (uint64_t)second);
    /* As wide as the surface has priced it, less what buyers of volatility overpay. */
    double sd =
        tl_sqrt(tl_surface_event_variance(name->symbol, event->sym, run->session_seed, event) *
                tl_exp(run->latents[event->sym].atm_iv_log));
    double move = 0.5 * sd * tl_rng_normal(&rng);
    name->event_push = move / EVENT_PUSH_S;
    name->event_push_s = EVENT_PUSH_S;
    name->event_heat = tl_max(name->event_heat, 0.9);
    name->event_ramp = name->event_lean = 0;
    run->context.tilted = true;
    run->after_event_end_s = second + AFTER_EVENT_S;
}

static void pass_events(struct tl_latent_run *run, int64_t second)
{
    while (run->event_next < run->event_count &&
           run->events[run->event_next].event_ts <= second * TL_NS_PER_S)
        strike_event(run, &run->events[run->event_next++], second);
}

/* Activity that builds up over the half hour before an event. */
static void ramp_events(struct tl_latent_run *run, int64_t second)
{
    for (size_t i = run->event_next; i < run->event_count; i++) {
        const struct tl_event_calendar_entry *event = &run->events[i];
        int64_t ahead = event->event_ts / TL_NS_PER_S - second;
        if (ahead > EVENT_RAMP_S) return;
        run->names[event->sym].event_ramp = 0.6 * (1.0 - (double)ahead / EVENT_RAMP_S);
    }
}

/* ---- factors ---- */

static double vol_log(const struct tl_path *path)
{
    return path->vol.x[0] + path->vol.x[1] + path->vol.x[2] + path->vol.x[3];
}

static void open_context(struct tl_latent_run *run)
{
    run->context = (struct tl_context){.second = run->span.start_s - 1,
                                       .cell_second = TL_LATTICE_S - 1,
                                       .seed = run->seed,
                                       .clock = &run->clock,
                                       .normals = &run->normals,
                                       .words = run->words,
                                       .effect = run->regime.effect,
                                       .level = run->levels.value,
                                       .market_vol = run->market.vol_to,
                                       .market_vol_log = vol_log(&run->market)};
    for (int c = 0; c < 2; c++)
        run->context.bridge[c] = tl_bridge_of(run->clock.share[c], run->clock.left[c]);
}

struct factor_second {
    double move, noise, sd;
};

static struct factor_second move_factor(struct tl_latent_run *run, struct tl_path *path,
                                        uint32_t entity, double n, double push)
{
    const struct tl_context *context = &run->context;
    double part = (double)(context->cell_second + 1) * (1.0 / TL_LATTICE_S);
    double vol = (path->vol_from + part * (path->vol_to - path->vol_from)) * path->follow *
                 run->levels.value[TL_LEVEL_VOLATILITY] * TL_LEVEL_NORM;
    double scale = (entity == 0 ? TL_SESSION_SD : TL_SESSION_SD_OWN) * run->days[entity].vol;
    /* Sectors keep the hours of single names: loud at the open, quiet at the close. */
    const struct tl_bridge *bridge =
        &context->bridge[entity == 0 ? TL_CURVE_VOL_FUND : TL_CURVE_VOL_NAME];
    struct factor_second second = {.sd = scale * vol * bridge->root};
    path->shock_sum += n;
    second.move = tl_path_step(path, bridge, n, scale, vol, push, &second.noise);
    return second;
}

/* The market's second, cut for the delays. It runs on a little: all names then answer in the same
 * direction over the next minute (SCORECARD E16, .01 to .06 both ways). */
static void move_market(struct tl_latent_run *run, int64_t second)
{
    struct tl_context *context = &run->context;
    struct tl_rng rng = tl_rng_at(run->seed, TL_RNG_FACTOR, 0, (uint64_t)second);
    double n[TL_DELAYS], sum = 0;
    for (int k = 0; k < TL_DELAYS; k++) {
        n[k] = tl_normal_quick(&run->normals, tl_rng_u32(&rng));
        sum += (k == 0 ? 0.774596669 : 0.316227766) * n[k]; /* sqrt .6, sqrt .1 */
    }
    double runs_on = MARKET_MOMENTUM + MARKET_ANSWER * context->effect[TL_EFFECT_MOMENTUM];
    double push = runs_on * (context->market_sum - run->market_trail) -
                  MARKET_RETURN * (context->market_sum - run->market_slow);
    struct factor_second market = move_factor(run, &run->market, 0, sum, push);
    tl_delayed_step(&context->market, market.move, market.noise, n, sum);
    context->market_sd = market.sd;
    context->market_sum += market.move;
    run->market_trail += (1.0 / 90.0) * (context->market_sum - run->market_trail);
    run->market_slow += (1.0 / 600.0) * (context->market_sum - run->market_slow);
}

static void step_factors(struct tl_latent_run *run, int64_t second)
{
    struct tl_context *context = &run->context;
    struct tl_rng sector = tl_rng_at(run->seed, TL_RNG_SECTOR, 0, (uint64_t)second);
    for (int c = 0; c < 2; c++)
        context->bridge[c] = tl_bridge_of(run->clock.share[c], run->clock.left[c]);
    move_market(run, second);
    context->market_vol = run->market.vol_from + (double)(context->cell_second + 1) *
                                                     (1.0 / TL_LATTICE_S) *
                                                     (run->market.vol_to - run->market.vol_from);
    for (int i = 0; i < TL_SECTOR_COUNT; i++) {
        struct factor_second moved =
            move_factor(run, &run->sectors[i], (uint32_t)(TL_ENTITY_SECTOR + i),
                        tl_normal_quick(&run->normals, tl_rng_u32(&sector)), 0.0);
        context->sector_move[i] = moved.move;
        context->sector_noise[i] = moved.noise;
        context->sector_sd[i] = moved.sd;
    }
}

/* The second's words of all names, two names a draw. */
static void draw_words(struct tl_latent_run *run, int64_t second)
{
    for (uint32_t i = 0; i < run->universe->count; i += 2) {
        const struct tl_rng_address at[2] = {{i, (uint64_t)second}, {i + 1, (uint64_t)second}};
        tl_rng_block_pair(run->seed, TL_RNG_OWN, at, 0, run->words[i]);
    }
}

static void begin_cell(struct tl_latent_run *run, int64_t second)
{
    tl_path_cell(&run->market, &run->context, 0);
    for (uint32_t i = 0; i < TL_SECTOR_COUNT; i++)
        tl_path_cell(&run->sectors[i], &run->context, TL_ENTITY_SECTOR + i);
    run->context.market_vol_log = vol_log(&run->market);
    ramp_events(run, second);
    for (uint32_t i = 0; i < run->universe->count; i++)
        tl_name_cell(&run->names[i], &run->context, i);
}

/* ---- open and step ---- */

static void open_paths(struct tl_latent_run *run)
{
    int64_t ordinal = run->span.ordinal;
    uint64_t seed = run->session_seed;
    const struct tl_day_chain chain = {run->universe, run->loadings, seed, NULL};
    tl_day_chain_at(&chain, ordinal, run->days);
    tl_path_open(&run->market, seed, 0, ordinal, run->days[0].target);
    tl_path_follow(&run->market, &run->days[0], &run->days[0]);
    run->market_trail = run->market_slow = 0;
    for (uint32_t i = 0; i < TL_SECTOR_COUNT; i++) {
        const struct tl_day *day = &run->days[TL_ENTITY_SECTOR + i];
        tl_path_open(&run->sectors[i], seed, TL_ENTITY_SECTOR + i, ordinal, day->target);
        tl_path_follow(&run->sectors[i], day, &run->days[0]);
    }
    for (uint32_t i = 0; i < run->universe->count; i++)
        tl_name_open(&run->names[i], i, seed, ordinal, &run->days[TL_ENTITY_NAME + i],
                     &run->days[0],
                     &run->days[TL_ENTITY_SECTOR + run->universe->symbols[i].sector]);
}

enum tl_status tl_latent_run_open(struct tl_latent_run *run, int64_t second, int64_t *next_s)
{
    struct tl_session_span span;
    tl_session_find(run->calendar, second, &span);
    if (second < span.start_s) {
        if (next_s) *next_s = span.start_s;
        return TL_AGAIN;
    }
    run->span = span;
    run->second = span.start_s - 1;
    take_control(run, span.start_s);
    run->session_seed = run->seed;
    enum tl_preset preset = run->log.entries[run->control].state.preset;
    memset(&run->session, 0, sizeof run->session);
    run->session.session_start_s = span.start_s;
    run->session.session_end_s = span.end_s;
    run->session.trade_day = span.trade_day;
    tl_day_clock_open(&run->clock, (int32_t)(span.end_s - span.start_s));
    tl_day_clock_at(&run->clock, 0);
    open_paths(run);
    open_events(run);
    tl_regime_start(&run->regime, run->seed, span.ordinal, span.start_s, preset);
    tl_levels_start(&run->levels, run->seed, span.start_s, preset, run->regime.effect);
    draw_focus(run);
    for (uint32_t i = 0; i < run->universe->count; i++)
        run->names[i].focus = run->names[i].focus_to;
    open_context(run);
    run->session.phase = phase_at(run, span.start_s);
    show_session(run, span.start_s);
    for (uint32_t i = 0; i < run->universe->count; i++)
        tl_name_show_open(&run->names[i], &run->context, i, &run->latents[i]);
    return TL_OK;
}

void tl_latent_run_hurry(struct tl_latent_run *run, int64_t second)
{
    for (uint32_t i = 0; i < run->universe->count; i++) {
        int64_t from = second - 1;
        for (; from >= run->span.start_s; from--) {
            uint32_t word[4];
            const struct tl_control_entry *entry =
                &run->log.entries[tl_control_log_at(&run->log, from)];
            tl_rng_block(seed_of(&entry->state), TL_RNG_OWN, i, (uint64_t)from, 0, word);
            if (tl_name_is_fresh(word)) break;
        }
        run->names[i].shown_from = from;
    }
}

void tl_latent_run_show(struct tl_latent_run *run, uint32_t sym)
{
    tl_name_show(&run->names[sym], &run->context, &run->latents[sym]);
}

enum tl_status tl_latent_run_step(struct tl_latent_run *run, const struct tl_push *pushes)
{
    int64_t second = run->second + 1;
    if (second >= run->span.end_s) return TL_CLOSED;
    int32_t elapsed = (int32_t)(second - run->span.start_s);
    take_control(run, second);
    enum tl_preset preset = run->log.entries[run->control].state.preset;
    run->context.second = second;
    run->context.cell_second = elapsed % TL_LATTICE_S;
    run->context.seed = run->seed;
    if (elapsed > 0) tl_day_clock_at(&run->clock, elapsed);
    run->context.tilted = false;
    pass_events(run, second);
    run->session.phase = phase_at(run, second);
    if (tl_regime_step(&run->regime, run->seed, run->span.ordinal, second, preset,
                       run->session.phase))
        draw_focus(run);
    run->context.tilted = run->context.tilted || run->regime.blended;
    tl_levels_step(&run->levels, run->seed, second, preset, run->regime.effect);
    if (run->context.cell_second == 0) begin_cell(run, second);
    step_factors(run, second);
    draw_words(run, second);
    for (uint32_t i = 0; i < run->universe->count; i++)
        tl_name_step(&run->names[i], &run->context, i, pushes ? &pushes[i] : NULL,
                     &run->latents[i]);
    run->second = second;
    show_session(run, second);
    return TL_OK;
}

/* ---- views ---- */

int64_t tl_latent_run_second(const struct tl_latent_run *run)
{
    return run->second;
}

const struct tl_latent *tl_latent_run_symbols(const struct tl_latent_run *run)
{
    return run->latents;
}

const struct tl_session_state *tl_latent_run_session(const struct tl_latent_run *run)
{
    return &run->session;
}

const double *tl_latent_run_regime_blend(const struct tl_latent_run *run)
{
    return run->regime.blend;
}

const struct tl_control *tl_latent_run_control(const struct tl_latent_run *run)
{
    return &run->log.entries[run->control].state;
}

uint64_t tl_latent_run_seed(const struct tl_latent_run *run)
{
    return run->seed;
}

uint64_t tl_latent_run_session_seed(const struct tl_latent_run *run)
{
    return run->session_seed;
}

void tl_latent_run_underlying(const struct tl_latent_run *run, uint32_t sym,
                              struct tl_underlying_state *state)
{
    assert(sym < run->universe->count);
    const struct tl_latent *latent = &run->latents[sym];
    const struct tl_name *name = &run->names[sym];
    state->bid = latent->bid[1];
    state->ask = latent->ask[1];
    state->mid = (state->bid + state->ask) / 2;
    state->spread = state->ask - state->bid;
    state->drift = name->drift;
    state->shock = name->shock;
    state->volatility = latent->sigma_annual;
    state->liquidity = latent->liquidity;
    state->cleanliness = latent->cleanliness;
    state->clustering = latent->clustering;
    state->off_exchange_share = latent->off_exchange;
    state->atm_iv = tl_surface_month_iv(name->symbol, latent);
}

size_t tl_latent_run_events(const struct tl_latent_run *run,
                            const struct tl_event_calendar_entry **entries)
{
    *entries = run->events;
    return run->event_count;
}
