/* SPDX-License-Identifier: Apache-2.0
 * One name, second by second; see the header. The cost is two normal deviates, one Philox block,
 * one exp and two square roots a name and second; whatever moves slower lives on the lattice. */
#include "market/underlying.h"

#include <string.h>

#include "base/math.h"
#include "base/rng.h"
#include "market/focus.h"

#define SECONDS_A_YEAR (252.0 * TL_SESSION_S)
#define CONTRACTS_A_PRINT 5.45 /* option volume to prints */

/* The octave laws as constants, so that no path carries them: exp(-15/tau), tau 60, 300, 1500 and
 * 7500 s for volatility (sd .17 in all: with regimes, jumps and the shape of the day one-minute
 * kurtosis of a day is near SCORECARD's E1) and 25, 120, 700, 15000 s for intensity, whose own part
 * is slow: what is fast in it follows the price (E10, E32). */
static const struct tl_octave_law VOL_LAW = {
    {0.77880078307, 0.95122942450, 0.99004983375, 0.99800199867}, {0.10, 0.06, 0.05, 0.13}};
#define VOL_VARIANCE (0.10 * 0.10 + 0.06 * 0.06 + 0.05 * 0.05 + 0.13 * 0.13)
static const struct tl_octave_law RATE_LAW = {
    {0.54881163609, 0.88249690259, 0.97879937, 0.99833472}, {0.0, 0.03, 0.06, 0.25}};
#define RATE_VARIANCE (0.03 * 0.03 + 0.06 * 0.06 + 0.25 * 0.25)
/* Activity goes with volatility: half as more orders, half as orders that meet more of the book.
 * Index funds trade more evenly: what is common to a half hour of theirs is one draw in 20 days (E9). */
#define RATE_OF_VOL 0.55
#define SWEEP_OF_VOL 0.65
#define FUND_FOLLOWS 0.7
/* Moves make volume (E10): a fifth of it as more orders, the rest as orders that meet more of the
 * book. As orders alone they would give durations a memory of a minute, which real ones lack (E31),
 * and count as self-excitation in busy names (E33). */
#define STIR_RATE 0.08
#define STIR_SWEEP 0.70
#define LIT_PRINTS 0.667 /* share of prints that lit orders make */
/* A louder day is a busier one, and an era's level is what its traders are used to: between days of
 * one year volume goes with volatility, and however quiet or wild the year it stays within a factor of
 * two of its reference. */
#define RATE_OF_DAY 1.1
#define RATE_OF_ERA 0.7   /* log volume at the most, by volatility alone */
#define RATE_DAY_SD 0.18  /* and days are busy for reasons of their own */
#define EVENT_DRIFT 0.010 /* sd of a second, per second, at the height of an event ramp */
/* Where a regime has momentum a crowd trades a focus name in waves of minutes, and the price goes with
 * them: drift in sd of a second a unit of TL_EFFECT_MOMENTUM, and what of it is signed flow. The waves
 * are the crowd's own and do not answer the price, so no push of anybody's runs on. */
#define WAVE_DRIFT 0.022
#define WAVE_FLOW 1.5
#define WAVE_RHO 0.904837418 /* a cell: 150 s */
#define WAVE_SHOCK 0.425761
#define EVENT_THIN 0.15
#define EVENT_WIDE 0.70 /* and the spread beside that */
#define EVENT_EXPIRY 0.9
#define LEVERAGE 0.009 /* log volatility a standardised fall of one cell adds */

/* ---- paths on the lattice ---- */

void tl_path_open(struct tl_path *path, uint64_t seed, uint32_t entity, int64_t ordinal,
                  double target)
{
    struct tl_rng rng = tl_rng_at(seed, TL_RNG_VOL_OCTAVE, entity, (uint64_t)ordinal);
    memset(path, 0, sizeof *path);
    path->target = target;
    path->follow = 1.0;
    tl_octaves_start(&path->vol, &VOL_LAW, &rng);
    double sum = 0;
    for (int k = 0; k < TL_OCTAVES; k++)
        sum += path->vol.x[k];
    path->vol_from = path->vol_to = tl_exp(sum - VOL_VARIANCE);
}

/* Single names answer falls little from day to day (E6, -1 to -4 against the index's -15 to -35), but
 * correlations of minutes and half hours keep within .05 over the months (E14), so within the day
 * own parts go three quarters of the way. All of it would take realised from implied volatility
 * (E12). And a session's own volatility differs a little less between days than its move does, crises
 * of years being in the daily rows only: less of it keeps E2 at half an hour and E5 at a day in
 * their bands. */
#define FOLLOW 0.75
#define CALMER 0.03

void tl_path_follow(struct tl_path *path, const struct tl_day *part, const struct tl_day *market)
{
    path->follow = tl_pow(market->vol / part->vol, FOLLOW) * tl_pow(market->vol, -CALMER);
}

void tl_path_cell(struct tl_path *path, const struct tl_context *context, uint32_t entity)
{
    struct tl_rng rng =
        tl_rng_at(context->seed, TL_RNG_VOL_OCTAVE, entity, (uint64_t)context->second);
    path->vol.x[2] -= LEVERAGE * tl_clamp(path->shock_sum * 0.2582, -4.0, 4.0); /* 1/sqrt 15 */
    path->shock_sum = 0;
    path->vol_from = path->vol_to;
    path->vol_to =
        tl_exp(tl_octaves_step(&path->vol, &VOL_LAW, context->normals, &rng) - VOL_VARIANCE);
}

/* ---- a name ---- */

/* Behind the market, in tenths of a second: index funds lead, the most traded names follow first. */
static int delay_of(const struct tl_symbol *symbol)
{
    if (tl_symbol_is_index_fund(symbol)) return 0;
    double rate = symbol->trades_per_s;
    return rate > 40.0 ? 1 : rate > 18.0 ? 2 : rate > 7.0 ? 3 : 4;
}

/* How far those who trade look ahead, 0..1: a wide spread pays for what passes only after seconds, so
 * the side of a single order says less of the minute's move there and the flow more (E49; with twice
 * as much the small orders have the impact of large ones, E47). Where one tick binds, 0. */
static double look_ahead_of(const struct tl_symbol *symbol)
{
    double ticks = tl_max(symbol->spread_usd * TL_PX_PER_USD / (double)symbol->tick, 1.0);
    double sigma_s = symbol->price * symbol->iv28 / tl_sqrt(SECONDS_A_YEAR);
    double wide = sigma_s > 0 ? 0.5 * symbol->spread_usd / sigma_s : 0;
    return wide / (1.0 + wide) * (1.0 - 1.0 / ticks);
}

/* One large order is more of what trades in a quiet name, so its signs have as long a memory in
 * trades as a busy one's (E28), and its minutes lean as much (E49). */
static double flow_gain_of(const struct tl_symbol *symbol)
{
    double quiet = tl_pow(14.0 / tl_max(symbol->trades_per_s, 0.1), 0.4);
    return tl_clamp(quiet, 0.80, 1.8) * (1.0 + 0.1 * look_ahead_of(symbol));
}

/* Shares at the inside. Deep where a tick is wide against the price; thin in wide markets. */
static double depth_of(const struct tl_symbol *symbol, double spread_ticks)
{
    double tick_usd = (double)symbol->tick / TL_PX_PER_USD;
    double depth = 60.0 + 0.25 * symbol->adv_shares * tick_usd / symbol->price;
    depth = depth / tl_sqrt(spread_ticks);
    /* The classes of E25 by price; index funds are deeper than their price says. */
    if (tl_symbol_is_index_fund(symbol)) return tl_clamp(depth, 480.0, 900.0);
    if (symbol->price > 300.0) return tl_clamp(depth, 62.0, 190.0);
    if (symbol->price > 100.0) return tl_min(depth, symbol->is_etf ? 900.0 : 350.0);
    if (symbol->price > 40.0) return tl_min(depth, 1500.0);
    return tl_min(depth, 60000.0);
}

void tl_name_init(struct tl_name *name, const struct tl_symbol *symbol)
{
    memset(name, 0, sizeof *name);
    name->symbol = symbol;
    name->loading = tl_loading_of(symbol);
    name->own_session_sd = name->loading.sd_day * name->loading.own * tl_day_session_sd(symbol);
    name->option_per_s = symbol->option_adv / (CONTRACTS_A_PRINT * TL_SESSION_S);
    name->spread_ticks = tl_max(symbol->spread_usd * TL_PX_PER_USD / (double)symbol->tick, 1.01);
    name->depth = depth_of(symbol, name->spread_ticks);
    double sd_ticks = symbol->price * symbol->iv28 / tl_sqrt(SECONDS_A_YEAR) * TL_PX_PER_USD /
                      (double)symbol->tick;
    name->ragged = tl_queue_ragged(sd_ticks, name->depth / (double)symbol->lot, name->spread_ticks);
    name->ticks_a_px = 1.0 / (double)symbol->tick;
    name->lots_a_share = 1.0 / (double)symbol->lot;
    name->delay = delay_of(symbol);
    name->flow_gain = flow_gain_of(symbol);
    name->flow_of_move = tl_min(0.56 + 0.26 * look_ahead_of(symbol), 0.95);
    name->flow_of_none = tl_sqrt(1.0 - name->flow_of_move * name->flow_of_move);
    name->follows = tl_symbol_is_index_fund(symbol) ? FUND_FOLLOWS : 1.0;
    name->volume_curve = symbol->is_etf ? TL_CURVE_VOLUME_FUND : TL_CURVE_VOLUME_NAME;
}

void tl_name_open(struct tl_name *name, uint32_t sym, uint64_t seed, int64_t ordinal,
                  const struct tl_day *own, const struct tl_day *market,
                  const struct tl_day *sector)
{
    const struct tl_loading *loading = &name->loading;
    tl_path_open(&name->own, seed, TL_ENTITY_NAME + sym, ordinal, own->target);
    tl_path_follow(&name->own, own, market);
    struct tl_rng rng = tl_rng_at(seed, TL_RNG_RATE_OCTAVE, sym, (uint64_t)ordinal);
    tl_octaves_start(&name->rate, &RATE_LAW, &rng);
    name->rate_from = name->rate_to = 1.0;
    name->vol_sweep = 0;
    name->quick = 0;
    name->wave = 0;
    name->day_vol = own->vol;
    double busy = RATE_DAY_SD * tl_normal32(tl_rng_u32(&rng));
    double loud = RATE_OF_DAY * tl_log(tl_max(0.60 * own->vol + 0.40 * market->vol, 0.1));
    loud /= tl_sqrt(1 + loud * loud / (RATE_OF_ERA * RATE_OF_ERA));
    name->day_rate = tl_exp(loud + busy - 0.5 * RATE_DAY_SD * RATE_DAY_SD);
    double market_part = loading->market * loading->market;
    /* Options see a quarter of what makes an own part as loud as the market (E12). */
    name->day_iv = market_part * market->iv_log +
                   (1.0 - market_part) * (own->iv_log + 0.25 * tl_log(name->own.follow));
    name->open_log =
        tl_log(name->symbol->price) + own->open +
        loading->sd_day * (loading->market * market->open + loading->sector * sector->open);
    name->log_px = name->slow_log = name->fast_log = name->minute_log = name->open_log;
    name->own_sum = name->quick_wobble = name->slow_wobble = 0;
    name->near_log = name->open_log;
    name->near_usd = tl_exp(name->open_log);
    memset(&name->flow, 0, sizeof name->flow);
    name->focus = name->focus_to = 0;
    name->event_heat = name->event_push = name->event_ramp = name->event_lean = 0;
    name->event_push_s = 0;
    name->jump_at = -1;
    name->iv_tide = name->iv_regime = name->iv_noise = name->iv_pressure = 0;
    name->skew_regime = name->skew_push = 0;
    name->drift = name->shock = 0;
    name->shown_from = INT64_MIN;
}

/* 1.8 jumps a day of 3.2 to 5.2 one-minute sd of the own part, twice as many in event and trend
 * regimes. Many small ones, of the day's sd: with one of 5 to 9 sd of a mean day a
 * week, kurtosis was luck (E1, E3). */
static void draw_jump(struct tl_name *name, const struct tl_context *context, uint32_t sym)
{
    uint32_t word[4];
    tl_rng_block(context->seed, TL_RNG_JUMP, sym, (uint64_t)context->second, 0, word);
    double chance = 1.8 * TL_LATTICE_S / TL_SESSION_S *
                    (context->effect[TL_EFFECT_VOLATILITY] > 1.1 ? 2.0 : 1.0);
    name->jump_at = -1;
    if (((double)word[0] + 0.5) * 0x1p-32 >= chance) return;
    /* sqrt(1/390) of the session */
    double minute_sd = 0.0506 * name->own_session_sd * name->day_vol * name->own.follow;
    double size = minute_sd * (3.2 + 2.0 * ((double)word[1] * 0x1p-32));
    name->jump = word[2] & 1 ? size : -size;
    name->jump_at = (int32_t)(word[3] % TL_LATTICE_S);
}

static double wave_of(const struct tl_name *name, const struct tl_context *context)
{
    return WAVE_DRIFT * name->focus * tl_max(context->effect[TL_EFFECT_MOMENTUM], 0.0) * name->wave;
}

/* Drift in sd of a second: trends take the focus names, event ramps the names with an event ahead. */
static double drift_of(const struct tl_name *name, const struct tl_context *context)
{
    return name->focus * context->effect[TL_EFFECT_DRIFT] +
           EVENT_DRIFT * name->event_lean * context->effect[TL_EFFECT_EVENT] +
           wave_of(name, context);
}

void tl_name_cell(struct tl_name *name, const struct tl_context *context, uint32_t sym)
{
    tl_path_cell(&name->own, context, TL_ENTITY_NAME + sym);
    struct tl_rng rng =
        tl_rng_at(context->seed, TL_RNG_RATE_OCTAVE, sym, (uint64_t)context->second);
    double rate =
        tl_octaves_step(&name->rate, &RATE_LAW, context->normals, &rng) - 0.5 * RATE_VARIANCE;
    double vol = name->own.vol.x[0] + name->own.vol.x[1] + name->own.vol.x[2] + name->own.vol.x[3] +
                 0.5 * context->market_vol_log;
    name->wave =
        WAVE_RHO * name->wave + WAVE_SHOCK * tl_normal_quick(context->normals, tl_rng_u32(&rng));
    vol = name->follows * tl_clamp(vol, -0.8, 0.9);
    name->vol_sweep = SWEEP_OF_VOL * vol;
    name->rate_from = name->rate_to;
    name->rate_to = tl_exp(name->follows * rate + RATE_OF_VOL * vol);
    draw_jump(name, context, sym);
    double lean = tl_clamp(drift_of(name, context) * 40.0, -0.8, 0.8);
    tl_flow_cell(&name->flow, context->seed, sym, context->second, lean);
}

/* How strongly the session's regime takes this name: fully in focus, half elsewhere. */
static double grip_of(const struct tl_name *name)
{
    return 0.5 + 0.5 * name->focus;
}

static double gripped(const struct tl_name *name, const struct tl_context *context,
                      enum tl_effect effect)
{
    return 1.0 + grip_of(name) * (context->effect[effect] - 1.0);
}

/* The regime's pull on the efficient price a second: drift of trends, momentum or reversion about
 * the slow average, and the draw of a large strike. Log price. */
static double regime_drift(struct tl_name *name, const struct tl_context *context, double sigma)
{
    name->slow_log += (1.0 / 600.0) * (name->log_px - name->slow_log);
    name->fast_log += (1.0 / 120.0) * (name->log_px - name->fast_log);
    double drift = drift_of(name, context) * sigma;
    drift += 1e-3 * grip_of(name) *
             (context->effect[TL_EFFECT_MOMENTUM] * (name->log_px - name->fast_log) -
              context->effect[TL_EFFECT_REVERT] * (name->log_px - name->slow_log));
    double pin = context->effect[TL_EFFECT_PIN];
    if (pin > 0.01) {
        double step = 2.0 * name->symbol->strike_step28;
        double price = tl_exp(name->log_px);
        double strike = step * tl_floor(price / step + 0.5);
        drift += 1e-3 * pin * grip_of(name) * tl_clamp((strike - price) / price, -0.004, 0.004);
    }
    return tl_clamp(drift, -0.12 * sigma, 0.12 * sigma);
}

static double outside_moves(struct tl_name *name, const struct tl_context *context)
{
    double move = 0;
    if (name->jump_at == context->cell_second) move += name->jump;
    if (name->event_push_s > 0) {
        name->event_push_s--;
        move += name->event_push;
    }
    return move;
}

struct second_move {
    double sigma, total, noise, news; /* news: the jump in it */
};

/* What quotes see of the price beside the efficient one: orders that push it and are answered
 * within seconds, and within half a minute. It passes, so days do not see it; it is each name's
 * own, so a second's correlations are .4 to .8 of a half hour's (SCORECARD E15), while the
 * signature plot stays below 1.35 and one-second returns within .05 of uncorrelated (E11, E4).
 * In sd of a second's own part: 1.3 with a memory of 3.5 s, 3.2 with one of 30 s.
 *
 * And part of what is new takes seconds to be in the price: .55 of the second's own news is shown
 * at once, the rest with a memory of 3.5 s. Who knows it trades its way before the price is there,
 * so trades and the moves of their minute agree (E49), and marks after 10 s are a good part of a
 * spread that is wide against what a second moves (E48). Knowing only of passing displacements,
 * they would trade against every move. The two parts' effects on the correlation of successive
 * returns cancel (E4). */
static double wobble(struct tl_name *name, uint32_t word, double own_sd, double noise)
{
    double before = name->quick_wobble + name->slow_wobble;
    double quick = (double)(word >> 16) * 0x1p-16 - 0.5,
           slow = (double)(word & 0xffff) * 0x1p-16 - 0.5;
    name->quick_wobble = 0.75148 * name->quick_wobble + 3.0 * own_sd * quick - 0.45 * noise;
    name->slow_wobble = 0.96722 * name->slow_wobble + 2.75 * own_sd * slow;
    return name->quick_wobble + name->slow_wobble - before;
}

/* The second's return: own path plus loaded factors. */
static struct second_move move_price(struct tl_name *name, const struct tl_context *context,
                                     const uint32_t word[4], double push)
{
    const struct tl_loading *loading = &name->loading;
    struct tl_path *own = &name->own;
    int curve = name->symbol->is_etf ? TL_CURVE_VOL_FUND : TL_CURVE_VOL_NAME;
    uint8_t sector = name->symbol->sector;
    double part = (double)(context->cell_second + 1) * (1.0 / TL_LATTICE_S);
    double vol = own->vol_from + part * (own->vol_to - own->vol_from);
    vol *= own->follow * TL_LEVEL_NORM * context->level[TL_LEVEL_VOLATILITY] *
           (1.0 + 0.12 * name->focus + name->event_heat);
    double scale = name->own_session_sd * name->day_vol;
    double own_sd = scale * vol * context->bridge[curve].root;
    double market_sd = loading->sd_day * loading->market * context->market_sd;
    double sector_sd = loading->sd_day * loading->sector * context->sector_sd[sector];
    struct second_move move;
    move.sigma = tl_sqrt(own_sd * own_sd + market_sd * market_sd + sector_sd * sector_sd);
    move.news = outside_moves(name, context);
    push += regime_drift(name, context, own_sd) + move.news;
    double noise, n = tl_normal_quick(context->normals, word[0]);
    double own_move = tl_path_step(own, &context->bridge[curve], n, scale, vol, push, &noise);
    own->shock_sum += n;
    name->own_sum += own_move;
    const struct tl_delayed *market = &context->market;
    move.total = own_move + wobble(name, word[3] * 2246822519u ^ word[0], own_sd, noise) +
                 loading->sd_day * (loading->market * market->move[name->delay] +
                                    loading->sector * context->sector_move[sector]);
    move.noise = noise + loading->sd_day * (loading->market * market->noise[name->delay] +
                                            loading->sector * context->sector_noise[sector]);
    return move;
}

/* Ticks of the mean spread above one, by the curve of the day. Where spreads are of several ticks the
 * whole spread follows the curve, not only the part above one: two ticks would stay near two
 * (SCORECARD E18). Where one tick binds only the part above follows while it is wide. Powers and
 * factors make up for the volatility of the last hour and the calm of the first spreads. */
static double spread_excess(double mean_ticks, double curve)
{
    const double midday = 0.83;
    double excess = tl_max(mean_ticks - 1.0, 0.005), part = curve / midday;
    if (part > 1.0) {
        double several = excess * excess / (1.0 + excess * excess);
        return excess * curve * (1.0 + 0.1 * (curve - midday)) + 1.2 * several * (part - 1.0);
    }
    return tl_max((1.0 + midday * excess) * part * tl_sqrt(tl_sqrt(part)) - 1.0, 0.005);
}

/* Trading follows moves: the distance from the average of a minute, whose sd is that of half a
 * minute, less its mean. */
static double stir_of(const struct tl_name *name, double sigma_s)
{
    if (sigma_s <= 0) return 0;
    double move = tl_abs(name->log_px - name->minute_log) / (5.477 * sigma_s); /* sqrt 30 */
    return tl_min(move, 3.0) - 0.8;
}

/* Rates and spread, from states and the second alone: nothing in here may step, or a seek, which
 * leaves it out, would not end where a run does. The factors .86 and .92 bring the mean day's prints,
 * over balanced sessions, to their reference. */
static void show_activity(const struct tl_name *name, const struct tl_context *context,
                          struct tl_latent *latent)
{
    const double *level = context->level;
    const struct tl_day_clock *clock = context->clock;
    double part = (double)(context->cell_second + 1) * (1.0 / TL_LATTICE_S);
    double stir = stir_of(name, latent->sigma_s);
    double rate = (name->rate_from + part * (name->rate_to - name->rate_from)) *
                  (1.0 + name->quick + 0.5 * name->quick * name->quick) * name->day_rate *
                  (0.5 + 0.5 * level[TL_LEVEL_VOLATILITY]) * (1.0 + STIR_RATE * stir) *
                  (1.0 + 0.10 * name->focus + 0.9 * name->event_heat + 0.5 * name->event_ramp);
    latent->trade_rate = 0.86 * name->symbol->trades_per_s * clock->now[name->volume_curve] * rate *
                         gripped(name, context, TL_EFFECT_ACTIVITY);
    latent->day_volume = name->day_rate;
    latent->sweep = 1.0 + STIR_SWEEP * stir + name->vol_sweep;
    latent->trade_rate *= 1.0 + LIT_PRINTS * (latent->sweep - 1.0);
    latent->option_rate = 0.92 * name->option_per_s * clock->now[TL_CURVE_OPTION] * rate *
                          gripped(name, context, TL_EFFECT_OPTION_ACTIVITY) *
                          (1.0 + 0.15 * name->focus);
    latent->volatility = level[TL_LEVEL_VOLATILITY] * (1.0 + name->event_heat);
    double ahead = tl_abs(name->event_lean) * context->effect[TL_EFFECT_EVENT];
    latent->liquidity =
        level[TL_LEVEL_LIQUIDITY] / (1.0 + 0.5 * name->event_heat + EVENT_THIN * ahead);
    latent->cleanliness = level[TL_LEVEL_CLEANLINESS] / (1.0 + 0.4 * name->event_heat);
    /* What the open does not know widens quotes by itself: what the regime adds is of midday's, and
     * less than prices move, or the close against midday would say which regime was when (E18). */
    double curve = clock->now[TL_CURVE_SPREAD];
    double wide = (0.80 + 0.20 * latent->volatility) * (1.3 - 0.3 * latent->cleanliness) /
                  (0.40 + 0.60 * latent->liquidity);
    wide = 1.0 + 0.6 * (wide - 1.0) / tl_max(curve, 1.0);
    latent->spread_ticks =
        1.0 + spread_excess(name->spread_ticks, curve) * wide * (1.0 + EVENT_WIDE * ahead);
}

/* The regime's tilts. They move while regimes blend or the focus glides, and most seconds keep those
 * of the one before. */
static void show_tilts(const struct tl_name *name, const struct tl_context *context,
                       struct tl_latent *latent)
{
    latent->clustering = tl_clamp(gripped(name, context, TL_EFFECT_CLUSTERING), 0.5, 1.3);
    latent->off_exchange = tl_clamp(name->symbol->off_exchange_share +
                                        grip_of(name) * context->effect[TL_EFFECT_OFF_EXCHANGE],
                                    0.02, 0.9);
    latent->odd_lots = gripped(name, context, TL_EFFECT_ODD_LOTS);
    latent->short_dated = gripped(name, context, TL_EFFECT_SHORT_DATED);
    latent->otm_call = gripped(name, context, TL_EFFECT_OTM_CALL);
    latent->multi_leg = gripped(name, context, TL_EFFECT_MULTI_LEG);
    latent->put_tilt = gripped(name, context, TL_EFFECT_PUT_TILT);
    latent->near_money = gripped(name, context, TL_EFFECT_NEAR_MONEY);
    latent->lots = gripped(name, context, TL_EFFECT_LOTS);
    latent->event_lean = name->event_lean * context->effect[TL_EFFECT_EVENT];
    latent->event_expiry = 1.0 + EVENT_EXPIRY * tl_abs(latent->event_lean);
}

/* IV level: the skeleton's, the spot-vol link (-6 % of level for +1 % of the index, -.5 for the
 * own part), what realised volatility and the regime add. Skew rises as the market falls. */
/* What realised volatility asks of log IV. Its fast octaves would move at-the-money IV by 2 % a minute
 * (5.5 a year; real vol of vol is near 1, O32), so IV follows it over twenty minutes, and what the
 * regime asks over four. */
static double tide_of(const struct tl_name *name, const struct tl_context *context)
{
    double part = (double)(context->cell_second + 1) * (1.0 / TL_LATTICE_S);
    double own_vol = name->own.vol_from + part * (name->own.vol_to - name->own.vol_from);
    return 0.06 * tl_clamp(context->market_vol - 1.0, -0.6, 1.5) +
           0.04 * tl_clamp(own_vol - 1.0, -0.6, 1.5) +
           0.12 * (context->level[TL_LEVEL_VOLATILITY] - 1.0);
}

static void show_surface(struct tl_name *name, const struct tl_context *context,
                         const struct tl_push *push, uint32_t word, struct tl_latent *latent)
{
    const struct tl_loading *loading = &name->loading;
    name->iv_tide += (1.0 / 1800.0) * (tide_of(name, context) - name->iv_tide);
    name->iv_regime +=
        (1.0 / 900.0) * (grip_of(name) * context->effect[TL_EFFECT_IV] - name->iv_regime);
    name->skew_regime +=
        (1.0 / 900.0) * (grip_of(name) * context->effect[TL_EFFECT_SKEW] - name->skew_regime);
    /* Forty minutes' memory, sd .7 % of the level, .16 % a minute. */
    double stirred =
        latent->sigma_s / (loading->sd_day * (1.0 / 153.0)); /* 1: an ordinary second */
    name->iv_noise = 0.999583 * name->iv_noise +
                     0.0009 * tl_min(stirred, 3) * ((double)(word >> 16) / 65536.0 - 0.5);
    name->iv_pressure *= 0.99615; /* half-life 180 s */
    name->skew_push *= 0.99769;   /* half-life 300 s */
    if (push) {
        name->iv_pressure += push->iv;
        name->skew_push += push->skew;
    }
    latent->atm_iv_log = name->day_iv -
                         0.045 * loading->market * loading->market * context->market_sum -
                         0.5 * name->own_sum + name->iv_tide + name->iv_regime + name->iv_noise;
    latent->iv_pressure = tl_clamp(name->iv_pressure, -0.15, 0.30);
    double skew =
        -0.012 * context->market_sum * (name->symbol->is_etf ? 1.0 : 0.5) + name->skew_regime;
    latent->skew_shift = tl_clamp(tl_clamp(skew, -0.06, 0.06) + name->skew_push, -0.12, 0.15);
}

/* exp(log_px): four terms about a reference within 1 % (relative error below 1e-12), which moves
 * along when the price leaves it or the quote is fresh. */
static double price_of(struct tl_name *name, bool fresh)
{
    double d = name->log_px - name->near_log;
    if (fresh || tl_abs(d) > 0.01) {
        name->near_log = name->log_px;
        name->near_usd = tl_exp(name->log_px);
        return name->near_usd;
    }
    double series = 1.0 + d * (1.0 + d * (0.5 + d * (1.0 / 6.0 + d * (1.0 / 24.0))));
    return name->near_usd * series;
}

static void move_quote(struct tl_name *name, const uint32_t word[2], bool fresh,
                       struct tl_latent *latent)
{
    struct tl_anchor_law law = {.tick = name->symbol->tick,
                                .lot = name->symbol->lot,
                                .ticks_a_px = name->ticks_a_px,
                                .lots_a_share = name->lots_a_share,
                                .spread_ticks = latent->spread_ticks,
                                .depth = name->depth * latent->liquidity,
                                .ragged = name->ragged};
    double price = price_of(name, fresh) * TL_PX_PER_USD;
    law.sd_ticks = latent->sigma_s * price * law.ticks_a_px;
    tl_quote_anchor_move(&name->quote, &law, price, word, fresh);
    latent->bid[1] = name->quote.bid;
    latent->ask[1] = name->quote.ask;
    latent->bid_size[1] = name->quote.bid_size;
    latent->ask_size[1] = name->quote.ask_size;
    latent->tick = law.tick;
    latent->depth = law.depth;
    latent->ragged = law.ragged;
}

void tl_name_show_open(struct tl_name *name, const struct tl_context *context, uint32_t sym,
                       struct tl_latent *latent)
{
    uint32_t word[4];
    memset(latent, 0, sizeof *latent);
    tl_rng_block(context->seed, TL_RNG_QUOTE_ANCHOR, sym, (uint64_t)context->second, 0, word);
    show_activity(name, context, latent);
    show_tilts(name, context, latent);
    name->iv_tide = tide_of(name, context);
    name->iv_regime = grip_of(name) * context->effect[TL_EFFECT_IV];
    name->skew_regime = grip_of(name) * context->effect[TL_EFFECT_SKEW];
    show_surface(name, context, NULL, 0x80000000u, latent);
    move_quote(name, word, true, latent);
    latent->log_px[1] = name->log_px;
    int curve = name->symbol->is_etf ? TL_CURVE_VOL_FUND : TL_CURVE_VOL_NAME;
    latent->sigma_s = name->loading.sd_day * TL_SESSION_SD * context->bridge[curve].root;
    latent->sigma_annual = latent->sigma_s * tl_sqrt(SECONDS_A_YEAR);
    latent->log_px[0] = latent->log_px[1];
    latent->bid[0] = latent->bid[1];
    latent->ask[0] = latent->ask[1];
    latent->bid_size[0] = latent->bid_size[1];
    latent->ask_size[0] = latent->ask_size[1];
}

void tl_name_step(struct tl_name *name, const struct tl_context *context, uint32_t sym,
                  const struct tl_push *push, struct tl_latent *latent)
{
    const uint32_t *word = context->words[sym];
    latent->log_px[0] = latent->log_px[1];
    latent->bid[0] = latent->bid[1];
    latent->ask[0] = latent->ask[1];
    latent->bid_size[0] = latent->bid_size[1];
    latent->ask_size[0] = latent->ask_size[1];
    double glide = tl_clamp(name->focus_to - name->focus, -TL_FOCUS_GLIDE, TL_FOCUS_GLIDE);
    name->focus += glide;
    name->event_heat *= 0.99833; /* 600 s */
    /* Metaorders the forecast has not learnt yet press on the price; 0.2 sd at full surprise. */
    double pressed = 0.2 * name->flow.surprise * latent->sigma_s;
    struct second_move move =
        move_price(name, context, word, pressed + (push ? push->log_px : 0.0));
    name->log_px += move.total;
    double inverse = 1.0 / move.sigma;
    name->drift = move.total - move.noise;
    name->shock = move.total * inverse;
    /* News makes people trade its way for a while after. */
    double said = tl_clamp(move.noise * inverse, -5.0, 5.0) +
                  tl_clamp(0.4 * move.news * inverse, -12.0, 12.0);
    double eps =
        name->flow_of_move * said + name->flow_of_none * tl_normal_quick(context->normals, word[1]);
    tl_flow_step(&name->flow, eps, WAVE_FLOW * wave_of(name, context) + (push ? push->flow : 0.0));
    latent->passing[0] = name->quick_wobble;
    latent->passing[1] = name->slow_wobble;
    latent->sigma_s = move.sigma;
    latent->sigma_annual = move.sigma * 2428.6621; /* sqrt(252 x 23400) */
    latent->flow = tl_clamp(name->flow_gain * name->flow.total, -0.95, 0.95);
    latent->flow_expected = tl_clamp(name->flow_gain * name->flow.expected, -0.95, 0.95);
    latent->log_px[1] = name->log_px;
    uint32_t mixed = word[2] * 2654435761u; /* word[2] serves the quote, too */
    name->quick = 0.78 * name->quick + 0.16 * ((double)mixed * 0x1p-32 - 0.5);
    name->minute_log += (1.0 / 60.0) * (name->log_px - name->minute_log);
    show_surface(name, context, push, mixed << 16, latent);
    if (context->second < name->shown_from) return;
    bool fresh = tl_name_is_fresh(word);
    show_activity(name, context, latent);
    if (context->tilted || fresh || glide != 0) show_tilts(name, context, latent);
    move_quote(name, word + 2, fresh, latent);
}

bool tl_name_is_fresh(const uint32_t word[4])
{
    return ((word[2] ^ word[3] * 2654435761u) * 2246822519u) >> 25 == 0;
}

void tl_name_show(struct tl_name *name, const struct tl_context *context, struct tl_latent *latent)
{
    if (context->second < name->shown_from) show_activity(name, context, latent);
}
