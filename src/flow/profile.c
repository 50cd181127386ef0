/* SPDX-License-Identifier: Apache-2.0
 * The registry of profiles and the arithmetic of judgements. */
#include "flow/profile.h"

#include <assert.h>
#include <string.h>

#include "base/math.h"
#include "flow/profile_arbitrage.h"
#include "flow/profile_event_driven.h"
#include "flow/profile_hedge_reactive.h"
#include "flow/profile_institutional_directional.h"
#include "flow/profile_retail_whale.h"
#include "flow/profile_vol_seller.h"
#include "flow/thresholds.h"

const struct tl_profile_rule tl_profile_rules[TL_PROFILE_COUNT] = {
    {TL_PROFILE_INSTITUTIONAL_DIRECTIONAL, tl_profile_institutional_directional},
    {TL_PROFILE_RETAIL_WHALE, tl_profile_retail_whale},
    {TL_PROFILE_EVENT_DRIVEN, tl_profile_event_driven},
    {TL_PROFILE_VOL_SELLER, tl_profile_vol_seller},
    {TL_PROFILE_ARBITRAGE, tl_profile_arbitrage},
    {TL_PROFILE_HEDGE_REACTIVE, tl_profile_hedge_reactive},
};

const char *tl_direction_name(enum tl_direction direction)
{
    static const char *const names[] = {"neutral", "bullish", "bearish", "unknown"};
    return names[direction];
}

enum tl_direction tl_direction_from(double sign)
{
    if (sign > 0) return TL_DIRECTION_BULLISH;
    return sign < 0 ? TL_DIRECTION_BEARISH : TL_DIRECTION_NEUTRAL;
}

static void add(struct tl_judgement *judgement, const char *name, bool against, double value)
{
    size_t at = judgement->count;
    assert(at < TL_JUDGEMENT_ITEMS_MAX);
    double weight = at < judgement->weights->count ? judgement->weights->items[at].weight : 0;
    value = tl_clamp(value, 0, 1);
    judgement->items[at] = (struct tl_judgement_item){name, against, value, weight * value};
    judgement->points += weight * value;
    judgement->count++;
}

void tl_judgement_for(struct tl_judgement *judgement, const char *reason, double value)
{
    add(judgement, reason, false, value);
}

void tl_judgement_against(struct tl_judgement *judgement, const char *name, double value)
{
    add(judgement, name, true, value);
}

/* Against any profile: what tells little because of how it printed, and the odds before any
 * evidence: hidden orders come by the hour, background by the volume, so each doubling of what the
 * stock usually trades makes any one packet likelier to be the background's. */
static void judge_print(const struct tl_evidence *e, struct tl_judgement *j)
{
    const struct tl_thresholds *t = &tl_thresholds;
    tl_judgement_against(j, "lone_small_print",
                         e->premium_usd < t->thin_usd && e->prints < t->thin_prints);
    tl_judgement_against(j, "stale_quotes", e->stale >= t->stale_share);
    tl_judgement_against(j, "special_prints", e->special >= t->special_share);
    tl_judgement_against(j, "inside_the_market",
                         e->inside >= t->inside_share && tl_abs(e->lean) < t->inside_lean);
    tl_judgement_against(j, "gathered_below_the_gate", e->burst);
    tl_judgement_against(j, "heavily_traded_stock",
                         tl_log_ramp(e->usual_usd, t->usual_usd.low, t->usual_usd.high));
}

void tl_profile_judge(const struct tl_profile_rule *rule, const struct tl_evidence *evidence,
                      struct tl_judgement *judgement)
{
    memset(judgement, 0, sizeof *judgement);
    judgement->weights = &tl_profile_weights[rule->profile];
    judgement->points = judgement->weights->bias;
    rule->judge(evidence, judgement);
    judge_print(evidence, judgement);
}

double tl_small_share(const struct tl_evidence *e)
{
    return e->flow.prints > 0 ? (double)e->flow.small / e->flow.prints : 1;
}

double tl_swept_run(const struct tl_evidence *e, double gate)
{
    const struct tl_run_thresholds *t = &tl_thresholds.run;
    return gate * tl_ramp(e->run_venues, t->venues.low, t->venues.high) *
           tl_ramp(e->run_prints, t->prints.low, t->prints.high) *
           tl_log_ramp(e->run_usd, t->usd.low, t->usd.high);
}

double tl_small_crowd(const struct tl_evidence *e)
{
    const struct tl_strength_thresholds *t = &tl_thresholds.strength;
    if (e->flow.prints == 0) return 0;
    return tl_log_ramp(e->flow.prints, t->crowd_prints.low, t->crowd_prints.high) *
           tl_ramp(tl_small_share(e), t->crowd_small.low, t->crowd_small.high);
}

struct tl_many_hands tl_many_hands(const struct tl_evidence *e)
{
    const struct tl_hands_thresholds *t = &tl_thresholds.hands;
    struct tl_many_hands hands = {0};
    if (e->structure || e->flow.prints == 0) return hands;
    double many = tl_log_ramp(e->flow.prints, t->prints.low, t->prints.high);
    hands.sellers = tl_ramp(e->two_sided, t->sellers.low, t->sellers.high);
    hands.alone = many * tl_ramp(e->joined, t->joined.low, t->joined.high);
    hands.small = many * tl_ramp(tl_small_share(e), t->small.low, t->small.high);
    hands.bid = many * tl_ramp(e->iv_change, t->iv_rise.low, t->iv_rise.high);
    double rate = e->flow.prints / tl_max(e->flow.active_slots, 1);
    hands.quick = tl_log_ramp(rate, t->rate.low, t->rate.high);
    return hands;
}

/* Far smaller than the clips of those who trade the contract to its side, or to the other side:
 * what they tell is not of this packet, which is often a scalper's beside them. */
static bool is_apart(const struct tl_evidence *e)
{
    return !e->structure && e->campaign.own < tl_thresholds.bar.apart_own;
}

static bool is_worked_by_many(const struct tl_evidence *e)
{
    const struct tl_bar_thresholds *t = &tl_thresholds.bar;
    const struct tl_contract_flow *flow = &e->flow;
    return e->dte <= tl_thresholds.hands.dte && e->two_sided > t->hands_sellers &&
           tl_small_share(e) > t->hands_small &&
           flow->prints >= t->hands_prints * tl_max(flow->active_slots, 1);
}

/* Whoever buys before an event holds until it: nearly nobody sells what a ramp buys. */
static bool is_no_ramp(const struct tl_evidence *e)
{
    return is_apart(e) || is_worked_by_many(e) || e->two_sided > tl_thresholds.bar.ramp_sides;
}

static bool is_no_crowd(const struct tl_evidence *e)
{
    const struct tl_bar_thresholds *t = &tl_thresholds.bar;
    double z = e->campaign_now.side * e->campaign_now.z;
    bool few = z < t->few_z && tl_small_share(e) < t->few_small;
    /* In and out in clips of size, where a crowd, which buys what is cheap, seldom is. */
    bool turned = !(e->small > 0) && e->two_sided > t->turned_sides && z < t->turned_z &&
                  e->delta > t->turned_delta;
    /* One clip is the mark of a scalp, but nobody scalps with that much at once. */
    bool dear = e->campaign.usd > t->dear_usd * e->campaign.clips;
    double least = dear ? t->dear_z : t->lone_z;
    return is_apart(e) || e->two_sided > t->both_sides || z < least || few || turned;
}

bool tl_profile_barred(const struct tl_evidence *e, enum tl_profile profile)
{
    if (profile == TL_PROFILE_RETAIL_WHALE) return is_no_crowd(e);
    if (profile == TL_PROFILE_HEDGE_REACTIVE) return is_apart(e);
    bool ramp = profile == TL_PROFILE_EVENT_DRIVEN && e->first_expiry_after && !e->structure;
    return ramp && is_no_ramp(e);
}

void tl_judgement_strength(struct tl_judgement *j, const struct tl_evidence *e, double gate)
{
    const struct tl_strength_thresholds *t = &tl_thresholds.strength;
    const struct tl_campaign *c = &e->campaign, *now = &e->campaign_now;
    double joins = gate * tl_log_ramp(c->own, t->own.low, t->own.high);
    double joins_now = gate * tl_log_ramp(now->own, t->own.low, t->own.high);
    tl_judgement_for(j, "premium_at_stake",
                     gate * tl_log_ramp(e->premium_usd, t->premium_usd.low, t->premium_usd.high));
    tl_judgement_for(j, "size_beyond_the_stocks_own",
                     gate * tl_ramp(e->size_z, t->size_z.low, t->size_z.high));
    tl_judgement_for(j, "large_parent_event",
                     gate * tl_log_ramp(e->premium_usd, t->large_usd.low, t->large_usd.high));
    tl_judgement_for(j, "far_beyond_the_stocks_own",
                     gate * tl_ramp(e->size_z, t->far_z.low, t->far_z.high));
    tl_judgement_for(j, "joins_one_sided_flow", joins);
    tl_judgement_for(j, "one_sided_premium_in_the_contract",
                     joins * tl_log_ramp(c->usd, t->campaign_usd.low, t->campaign_usd.high));
    tl_judgement_for(j, "more_than_the_stock_usually_trades",
                     joins * tl_log_ramp(c->rel, t->rel.low, t->rel.high));
    tl_judgement_for(j, "one_sided_beyond_chance", joins * tl_ramp(c->z, t->z.low, t->z.high));
    tl_judgement_for(j, "repeated_one_sided_premium",
                     joins * tl_log_ramp(c->rest_usd, t->rest_usd.low, t->rest_usd.high));
    tl_judgement_for(j, "premium_of_the_last_minutes",
                     joins_now * tl_log_ramp(now->usd, t->campaign_usd.low, t->campaign_usd.high));
    tl_judgement_for(j, "one_sided_in_the_last_minutes",
                     joins_now * tl_ramp(now->z, t->z.low, t->z.high));
}

void tl_judgement_two_sided(struct tl_judgement *j, const struct tl_evidence *e)
{
    const struct tl_strength_thresholds *t = &tl_thresholds.strength;
    double gate = e->structure ? 0 : 1;
    double both = gate * tl_ramp(e->two_sided, t->two_sided.low, t->two_sided.high);
    tl_judgement_against(
        j, "two_sided_in_large_clips",
        gate * tl_ramp(e->two_sided_large, t->two_sided_large.low, t->two_sided_large.high));
    tl_judgement_against(j, "two_sided_flow", both);
    tl_judgement_against(
        j, "two_sided_small_clips",
        both * tl_log_ramp(e->campaign.usd, t->two_sided_usd.low, t->two_sided_usd.high));
}

void tl_judgement_nobody(struct tl_judgement *j, const struct tl_evidence *e, double gate)
{
    const struct tl_strength_thresholds *t = &tl_thresholds.strength;
    tl_judgement_against(j, "one_clip_and_no_more",
                         gate * (1 - tl_ramp(e->campaign.z, t->lone_z.low, t->lone_z.high)));
    tl_judgement_against(
        j, "nothing_before_this_packet",
        gate * (1 - tl_log_ramp(e->campaign_now.rest_usd, t->before_usd.low, t->before_usd.high)));
    tl_judgement_against(j, "contract_of_many_small_prints",
                         gate *
                             tl_log_ramp(e->flow.small, t->small_prints.low, t->small_prints.high));
    tl_judgement_against(j, "contract_bought_and_sold",
                         gate * tl_ramp(e->two_sided, t->any_sellers.low, t->any_sellers.high));
}

void tl_judgement_package(struct tl_judgement *j, const struct tl_evidence *e, double gate)
{
    const struct tl_strength_thresholds *t = &tl_thresholds.strength;
    tl_judgement_for(j, "size_of_the_package",
                     gate * tl_log_ramp(e->premium_usd, t->premium_usd.low, t->premium_usd.high));
    tl_judgement_for(j, "size_beyond_the_stocks_own",
                     gate * tl_ramp(e->size_z, t->size_z.low, t->size_z.high));
    tl_judgement_for(j, "package_repeated",
                     gate * tl_ramp(e->package_count, t->package_count.low, t->package_count.high));
    tl_judgement_for(j, "premium_of_the_packages",
                     gate * tl_log_ramp(e->package_usd, t->package_usd.low, t->package_usd.high));
    tl_judgement_for(j, "premium_of_the_repeats",
                     gate * tl_log_ramp(e->package_rest, t->rest_usd.low, t->rest_usd.high));
    tl_judgement_for(j, "more_than_the_stock_usually_trades",
                     gate * tl_log_ramp(e->package_rel, t->rel.low, t->rel.high));
}

size_t tl_judgement_reasons(const struct tl_judgement *judgement,
                            const char *reasons[TL_REASONS_MAX])
{
    bool used[TL_JUDGEMENT_ITEMS_MAX] = {false};
    size_t count = 0;
    while (count < TL_REASONS_MAX) {
        size_t best = judgement->count;
        double floor = count == 0 ? 0 : 0.3;
        for (size_t i = 0; i < judgement->count; i++) {
            double points = judgement->items[i].points;
            if (used[i] || judgement->items[i].against || points <= 0 || points < floor) continue;
            if (best == judgement->count || points > judgement->items[best].points) best = i;
        }
        if (best == judgement->count) break;
        used[best] = true;
        reasons[count++] = judgement->items[best].name;
    }
    return count;
}

double tl_judgement_probability(const struct tl_judgement *judgement)
{
    return 1 / (1 + tl_exp(-tl_clamp(judgement->points, -30, 30)));
}

double tl_ramp(double x, double low, double high)
{
    return tl_clamp((x - low) / (high - low), 0, 1);
}

double tl_log_ramp(double x, double low, double high)
{
    if (!(x > 0)) return 0;
    return tl_clamp(tl_log(x / low) / tl_log(high / low), 0, 1);
}
