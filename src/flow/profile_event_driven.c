/* SPDX-License-Identifier: Apache-2.0
 * Event-driven. Before a scheduled event: the option outlives it, best by the first expiration
 * after it, and is bought, as a straddle or strangle of equal legs (volatility probe) or one-sided
 * and repeatedly (directional ramp). After it: buying in the direction of the gap while implied
 * volatility falls. Without a calendar entry nothing here scores: coincidence is not evidence. */
#include "flow/profile_event_driven.h"

#include "base/math.h"
#include "flow/thresholds.h"

static void judge_before(const struct tl_evidence *e, const struct tl_event_thresholds *t,
                         struct tl_judgement *j)
{
    double near = e->days_to_event >= 0 ? tl_ramp(e->days_to_event, t->days.low, t->days.high) : 0;
    double after = e->expiry_after_event ? near : 0;
    double first = e->first_expiry_after ? near : 0;
    tl_judgement_add(j, "event_calendar_alignment", t->alignment, near);
    tl_judgement_add(j, "expiry_after_event", t->expiry, after);
    tl_judgement_add(j, "pre_event_concentration", t->first_expiry, first);
    double long_vol = e->structure && e->core_both && !e->sides_mixed
                          ? tl_ramp(e->lean, t->lean.low, t->lean.high) * e->symmetry
                          : 0;
    tl_judgement_add(j, "long_volatility_structure", t->straddle, long_vol * after);
    tl_judgement_add(j, "repeated_long_volatility", t->package,
                     long_vol * after *
                         tl_log_ramp(e->package_usd, t->package_usd.low, t->package_usd.high));
    double net = tl_max(
        e->net, e->flow_net * tl_ramp(e->flow.buys, t->repeat_count.low, t->repeat_count.high));
    tl_judgement_add(j, "pre_event_directional_buying", t->directional,
                     e->structure ? 0 : tl_ramp(net, t->net.low, t->net.high) * after);
    tl_judgement_add(j, "repeated_one_sided_buying", t->repeat,
                     tl_ramp(e->flow.buys, t->repeat_count.low, t->repeat_count.high) *
                         tl_ramp(e->flow_net, t->net.low, t->net.high) * after);
    tl_judgement_add(j, "implied_volatility_building", t->iv_build,
                     tl_ramp(e->iv_change, t->iv_rise.low, t->iv_rise.high) * after);
}

static void judge_after(const struct tl_evidence *e, const struct tl_event_thresholds *t,
                        struct tl_judgement *j)
{
    double fresh = e->hours_since_event >= 0
                       ? tl_ramp(e->hours_since_event, t->post_hours.low, t->post_hours.high)
                       : 0;
    double with_gap =
        tl_ramp(e->move_10m * e->right * (e->net > 0 ? 1 : -1), t->post_bps.low, t->post_bps.high);
    double side = tl_ramp(tl_abs(e->net), t->net.low, t->net.high);
    tl_judgement_add(j, "post_event_followthrough", t->post,
                     e->structure ? 0 : fresh * side * (0.6 + 0.4 * with_gap));
    tl_judgement_add(j, "implied_volatility_crush", t->crush,
                     fresh * side * tl_ramp(-e->iv_change, t->iv_rise.low, t->iv_rise.high));
}

void tl_profile_event_driven(const struct tl_evidence *e, struct tl_judgement *j)
{
    const struct tl_event_thresholds *t = &tl_thresholds.event;
    j->points = t->bias;
    j->direction = e->structure && e->core_both
                       ? TL_DIRECTION_NEUTRAL
                       : tl_direction_from(e->right * (e->net < 0 ? -1 : 1));
    bool before = e->days_to_event >= 0 && e->days_to_event < t->days.low;
    bool after = e->hours_since_event >= 0 && e->hours_since_event < t->post_hours.low;
    judge_before(e, t, j);
    judge_after(e, t, j);
    double timely = after ? 1 : before && e->expiry_after_event ? 1 : 0;
    tl_judgement_add(j, "one_sided_premium_in_the_contract", t->parent,
                     !e->structure && e->flow_net > 0
                         ? timely *
                               tl_log_ramp(e->parent_usd, t->parent_usd.low, t->parent_usd.high)
                         : 0);
    tl_judgement_add(
        j, "premium_at_stake", t->size,
        before || after ? tl_log_ramp(e->premium_usd, t->premium_usd.low, t->premium_usd.high) : 0);
    tl_judgement_add(j, NULL, t->sold, tl_max(-e->net, e->all_sold ? 1 : 0));
    tl_judgement_add(j, NULL, t->gamma, e->structure ? 0 : e->gamma * (e->is_etf ? 1 : 0.6));
    tl_judgement_add(j, NULL, t->tiny, e->premium_usd < t->premium_usd.low * 0.3);
}
