/* SPDX-License-Identifier: Apache-2.0
 * Starts of hidden orders.
 *
 * Each public profile has a start hazard of 3.3 in 20 minutes over the whole universe, times
 * control weight, regime, phase, preset and coverage boost; within it subtypes share by the family
 * table and by what the moment allows. One thinning draw a second decides: with probability equal
 * to the sum of the hazards (bounded, at most one start a second) something starts. The name is
 * drawn by option volume, focus and events; the contract by days and delta from the listing. A name
 * that lists nothing suitable is passed over, up to eight times. */
#include "tape/scenario_start.h"

#include "base/math.h"

#define BASE_RATE (3.3 / 1200.0)  /* starts a second of one profile */
#define NOISE_RATE (5.0 / 1200.0) /* of all noise families together */
#define EVENT_AHEAD_NS (12LL * 86400 * TL_NS_PER_S)
#define TRIES 8

double tl_range_draw(struct tl_rng *rng, struct tl_range range)
{
    double u = tl_rng_uniform(rng);
    if (range.low <= 0) return range.low + (range.high - range.low) * u;
    return range.low * tl_exp(u * tl_log(range.high / range.low));
}

static bool name_has_event(const struct tl_scenario_step *step,
                           const struct tl_symbol_events *events, bool past)
{
    tl_ns now = step->second * TL_NS_PER_S;
    if (past) return events->past_ts != 0 && events->past_ts <= now;
    return events->next_ts > now && events->next_ts - now < EVENT_AHEAD_NS &&
           events->next_announced_ts <= now;
}

/* Whether any name can host the family at all; pools of any name always can. */
static bool pool_open(const struct tl_scenario_step *step, const struct tl_family *family,
                      const struct tl_symbol_events *events)
{
    bool ahead = family->pool == TL_POOL_EVENT_AHEAD, past = family->pool == TL_POOL_EVENT_PAST;
    if (!ahead && !past && family->pool != TL_POOL_EUROPEAN) return true;
    for (uint32_t i = 0; i < step->universe->count; i++) {
        if (family->pool == TL_POOL_EUROPEAN && step->universe->symbols[i].european) return true;
        if ((ahead || past) && name_has_event(step, &events[i], past)) return true;
    }
    return false;
}

static double family_share(const struct tl_scenario_step *step, const struct tl_family *family,
                           const struct tl_symbol_events *events)
{
    int64_t in = step->second - step->session->session_start_s;
    int64_t left = step->session->session_end_s - step->second;
    if (family->late && left > 90 * 60) return 0;
    if (family->early && in > 75 * 60) return 0;
    if (left < 60 || !pool_open(step, family, events)) return 0;
    double trend =
        step->regime_blend[TL_REGIME_TREND_UP] - step->regime_blend[TL_REGIME_TREND_DOWN];
    return family->share * tl_max(0.2, 1.0 + family->up_tilt * trend);
}

double tl_scenario_rates(const struct tl_scenario_step *step, const struct tl_coverage *coverage,
                         const struct tl_symbol_events *events, double rates[TL_FAMILY_COUNT])
{
    double sums[TL_PROFILE_COUNT + 1] = {0}, profile_rates[TL_PROFILE_COUNT + 1], total = 0;
    for (int f = 0; f < TL_FAMILY_COUNT; f++) {
        rates[f] = family_share(step, &tl_families[f], events);
        sums[tl_families[f].profile] += rates[f];
    }
    for (int p = 0; p <= TL_PROFILE_NOISE; p++) {
        double rate = p == TL_PROFILE_NOISE ? NOISE_RATE : BASE_RATE;
        rate *= tl_profile_regime_factor(p, step->regime_blend) *
                tl_profile_phase_factor(p, step->session->phase) *
                tl_profile_preset_factor(p, step->control->preset);
        if (p < TL_PROFILE_COUNT) {
            enum tl_profile profile = (enum tl_profile)p;
            rate *= tl_weight_value(step->control->weights[p]) *
                    tl_coverage_factor(coverage, profile, step->second, step->control);
        }
        profile_rates[p] = rate;
    }
    for (int f = 0; f < TL_FAMILY_COUNT; f++) {
        uint8_t profile = tl_families[f].profile;
        rates[f] = sums[profile] > 0 ? profile_rates[profile] * rates[f] / sums[profile] : 0;
        total += rates[f];
    }
    return tl_min(total, TL_START_RATE_MAX);
}

/* Names with an expiry today, roughly: the chain has the last word. */
static bool may_expire_today(const struct tl_symbol *symbol, int32_t trade_day)
{
    int weekday = (int)((trade_day + 3) % 7); /* 0 Monday */
    switch ((enum tl_listing)symbol->listing) {
    case TL_LISTING_DAILY:
        return true;
    case TL_LISTING_MWF:
        return weekday == 0 || weekday == 2 || weekday == 4;
    case TL_LISTING_WEEKLY:
        return weekday == 4;
    case TL_LISTING_MONTHLY:
        break;
    }
    return false;
}

double tl_scenario_symbol_weight(const struct tl_scenario_step *step, uint32_t family, uint32_t sym,
                                 const struct tl_symbol_events *events)
{
    const struct tl_symbol *symbol = &step->universe->symbols[sym];
    const struct tl_session_state *session = step->session;
    double weight = tl_sqrt(tl_max(symbol->option_adv, 1.0));
    switch ((enum tl_scenario_pool)tl_families[family].pool) {
    case TL_POOL_ANY:
        break;
    case TL_POOL_INDEX:
        weight *= symbol->is_etf ? 1.5 : 0.7;
        break;
    case TL_POOL_0DTE:
        if (!may_expire_today(symbol, session->trade_day)) return 0;
        break;
    case TL_POOL_EVENT_AHEAD:
        if (!name_has_event(step, &events[sym], false)) return 0;
        break;
    case TL_POOL_EVENT_PAST:
        if (!name_has_event(step, &events[sym], true)) return 0;
        break;
    case TL_POOL_EUROPEAN:
        if (!symbol->european) return 0;
        break;
    }
    for (uint32_t i = 0; i < session->focus_count; i++)
        if (session->focus[i] == sym) weight *= 3.0;
    for (uint32_t i = 0; i < session->event_count; i++)
        if (session->event[i] == sym) weight *= 1.6;
    return weight;
}

/* First day to ask for: a draw in the family's range, counted from the event where there is one. */
static int dte_draw(struct tl_rng *rng, const struct tl_scenario_step *step,
                    const struct tl_family *family, const struct tl_symbol_events *events,
                    int *dte_high)
{
    *dte_high = family->dte_high;
    if (family->pool == TL_POOL_EVENT_AHEAD) {
        int64_t day = tl_floor_div(events->next_ts / TL_NS_PER_S - 5 * 3600, 86400);
        int dte = (int)(day - step->session->trade_day) + family->dte_low;
        *dte_high = dte + family->dte_high;
        return dte;
    }
    double u = tl_rng_uniform(rng);
    return family->dte_low + (int)(u * u * (double)(family->dte_high - family->dte_low));
}

static bool leg_find(const struct tl_scenario_step *step, uint32_t sym, const int dte[2],
                     double delta, struct tl_leg *leg)
{
    return tl_chain_find(tl_chains_listing(step->chains, sym), &step->universe->symbols[sym],
                         &step->latents[sym], tl_exp(step->latents[sym].log_px[1]),
                         step->second * TL_NS_PER_S, dte[0], dte[1], delta, leg->right,
                         &leg->expiry, &leg->strike);
}

/* The legs of a box at two strikes, calls bull, puts bear; side turns it over. */
static void box_legs(struct tl_parent *parent)
{
    const struct tl_leg low = parent->legs[0], high = parent->legs[1];
    parent->legs[2] = (struct tl_leg){high.expiry, high.strike, 'P', 1};
    parent->legs[3] = (struct tl_leg){low.expiry, low.strike, 'P', -1};
    parent->leg_count = 4;
}

static bool legs_choose(struct tl_rng *rng, const struct tl_scenario_step *step,
                        const struct tl_symbol_events *events, struct tl_parent *parent)
{
    const struct tl_family *family = &tl_families[parent->family];
    int dte[2];
    dte[0] = dte_draw(rng, step, family, events, &dte[1]);
    double delta =
        family->delta.low + (family->delta.high - family->delta.low) * tl_rng_uniform(rng);
    bool up = tl_rng_uniform(rng) < 0.5 + 0.25 * (step->regime_blend[TL_REGIME_TREND_UP] -
                                                  step->regime_blend[TL_REGIME_TREND_DOWN]);
    struct tl_leg *first = &parent->legs[0], *other = &parent->legs[1];
    first->right = family->legs == TL_LEGS_PUT ? 'P' : 'C';
    if (family->legs == TL_LEGS_EITHER || family->legs == TL_LEGS_VERTICAL)
        first->right = up ? 'C' : 'P';
    first->side = 1;
    parent->leg_count = 1;
    if (!leg_find(step, parent->sym, dte, delta, first)) return false;
    *other = *first;
    switch ((enum tl_scenario_legs)family->legs) {
    case TL_LEGS_CALL:
    case TL_LEGS_PUT:
    case TL_LEGS_EITHER:
        return true;
    case TL_LEGS_STRADDLE:
        other->right = 'P';
        parent->leg_count = 2;
        return delta > 0.44 ||
               (leg_find(step, parent->sym, dte, delta, other) && other->expiry == first->expiry);
    case TL_LEGS_CONVERSION:
        other->right = 'P';
        first->side = -1;
        parent->stock = 1;
        parent->leg_count = 2;
        return true;
    case TL_LEGS_VERTICAL:
        other->side = -1;
        parent->leg_count = 2;
        return leg_find(step, parent->sym, dte, delta * (0.45 + 0.25 * tl_rng_uniform(rng)),
                        other) &&
               other->expiry == first->expiry && other->strike != first->strike;
    case TL_LEGS_BOX:
        other->side = -1;
        if (!leg_find(step, parent->sym, dte, 1.0 - delta, other) ||
            other->expiry != first->expiry || other->strike == first->strike)
            return false;
        box_legs(parent);
        return true;
    }
    return false;
}

/* Size, pace and character of a parent whose legs are known. */
static bool plan_make(struct tl_rng *rng, const struct tl_scenario_step *step,
                      struct tl_parent *parent)
{
    const struct tl_family *family = &tl_families[parent->family];
    const struct tl_symbol *symbol = &step->universe->symbols[parent->sym];
    const struct tl_latent *latent = &step->latents[parent->sym];
    double spot = tl_exp(latent->log_px[1]);
    parent->side = family->side ? family->side : tl_rng_u32(rng) & 1 ? 1 : -1;
    for (int i = 0; i < parent->leg_count; i++) {
        struct tl_option_view view;
        const struct tl_leg *leg = &parent->legs[i];
        tl_chain_value(tl_chains_listing(step->chains, parent->sym), symbol, latent, leg->expiry,
                       leg->strike, leg->right, spot, step->second * TL_NS_PER_S, &view);
        if (i == 0) parent->price = view.price;
        parent->delta += leg->side * parent->side * view.delta;
    }
    parent->delta += parent->stock * parent->side;
    if (parent->price < 0.04) return false;
    parent->bias = parent->delta >= 0 ? 1 : -1;
    double scale = tl_clamp(tl_sqrt(symbol->option_adv / 4e5), 0.55, 1.3);
    double premium = tl_range_draw(rng, family->premium_usd) * scale;
    double most = tl_clamp(0.008 * symbol->option_adv, 300.0, 15000.0);
    /* Nobody works an order where so much of it would have to be left out: another contract. */
    if (premium > 1.5 * most * 100.0 * parent->price) return false;
    parent->target = (int32_t)tl_clamp(premium / (100.0 * parent->price), 4.0, most);
    parent->clips_left = (uint32_t)(tl_range_draw(rng, family->clips) + 0.5);
    parent->prints = tl_range_draw(rng, family->prints);
    double span = tl_range_draw(rng, family->span_s);
    double left = (double)(step->session->session_end_s - step->second) - 5.0;
    if (span > left) span = left;
    parent->end_s = parent->start_s + 1 + (int64_t)span;
    bool whole = family->style == TL_STYLE_WORK || family->style == TL_STYLE_SCALP;
    parent->gap_s = span / (whole ? parent->prints : tl_max(parent->clips_left - 0.4, 1.0));
    parent->urgency = tl_rng_uniform(rng);
    parent->raggedness = 0.3 + 0.7 * tl_rng_uniform(rng);
    parent->discretion = tl_rng_uniform(rng);
    parent->iv = family->iv.low + (family->iv.high - family->iv.low) * tl_rng_uniform(rng);
    /* Where more trades, the same order tilts the smile less, as it moves the level less. */
    double tilts = tl_clamp(tl_sqrt(200e3 / symbol->option_adv), 0.15, 1);
    parent->skew = tilts * family->skew * (0.5 + tl_rng_uniform(rng));
    parent->start_log_px = latent->log_px[1];
    parent->sd_day = tl_max(latent->sigma_annual, 0.03) / 15.87;
    return true;
}

bool tl_scenario_start(struct tl_scenario_step *step, struct tl_coverage *coverage,
                       const struct tl_symbol_events *events, double *weights,
                       struct tl_parent *parent)
{
    struct tl_rng rng = tl_rng_at(step->seed, TL_RNG_SC_START, 0, (uint64_t)step->second);
    double u = tl_rng_uniform(&rng);
    if (u >= TL_START_RATE_MAX) return false; /* most seconds end here */
    double rates[TL_FAMILY_COUNT];
    if (u >= tl_scenario_rates(step, coverage, events, rates)) return false;
    uint32_t family = tl_rng_pick(&rng, rates, TL_FAMILY_COUNT);
    double sum = 0;
    for (uint32_t i = 0; i < step->universe->count; i++)
        sum += weights[i] = tl_scenario_symbol_weight(step, family, i, events);
    if (sum <= 0) return false;
    for (int attempt = 0; attempt < TRIES; attempt++) {
        uint32_t sym = tl_rng_pick(&rng, weights, step->universe->count);
        *parent = (struct tl_parent){
            .id = ((uint64_t)(step->second - TL_SEQ_EPOCH_S) << 8) + 1,
            .start_s = step->second,
            .next_s = step->second,
            .sym = (uint16_t)sym,
            .family = (uint8_t)family,
        };
        if (!legs_choose(&rng, step, &events[sym], parent)) continue;
        if (!plan_make(&rng, step, parent)) continue;
        if (tl_families[family].profile != TL_PROFILE_NOISE)
            tl_coverage_note(coverage, (enum tl_profile)tl_families[family].profile, step->second);
        return true;
    }
    return false;
}
