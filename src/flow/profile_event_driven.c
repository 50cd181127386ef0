/* SPDX-License-Identifier: Apache-2.0
 * Event-driven. Before a scheduled event: the option outlives it, best by the first expiration
 * after it, and is bought, as a straddle or strangle of equal legs (volatility probe) or one-sided
 * and repeatedly (directional ramp). After it: buying in the direction of the gap while implied
 * volatility falls. Without a calendar entry nothing here scores: coincidence is not evidence.
 * Against it: many hands (some sell, prints come alone and small) and a quiet contract. */
#include "flow/profile_event_driven.h"

#include "base/math.h"
#include "flow/thresholds.h"

/* Whoever hedges buys the same expirations: near the money, in clips of several prints, and the
 * stock trades along their delta in the same breath. */
static void judge_hedged(const struct tl_evidence *e, double before, struct tl_judgement *j)
{
    const struct tl_hedge_thresholds *t = &tl_thresholds.hedge;
    double clips = tl_ramp(e->joined, t->clips.low, t->clips.high);
    double near_money = tl_ramp(e->delta, t->near_delta.low, t->near_delta.high);
    double stock = tl_max(tl_log_ramp(e->stock_hedge, t->stock_hedge.low, t->stock_hedge.high),
                          tl_log_ramp(e->hedged, t->trace.low, t->trace.high));
    double soon = before * (e->dte <= t->dte.low);
    tl_judgement_against(j, "clips_of_several_prints", soon * clips);
    tl_judgement_against(j, "near_the_money_in_clips", soon * clips * near_money);
    tl_judgement_against(j, "near_the_money_before_the_event", soon * near_money);
    tl_judgement_against(j, "stock_traded_with_it", soon * stock);
}

void tl_profile_event_driven(const struct tl_evidence *e, struct tl_judgement *j)
{
    const struct tl_event_thresholds *t = &tl_thresholds.event;
    j->direction = e->structure && e->core_both
                       ? TL_DIRECTION_NEUTRAL
                       : tl_direction_from(e->right * (e->net < 0 ? -1 : 1));
    double outright = e->structure ? 0 : 1 - e->complex;
    double near = e->days_to_event >= 0 ? tl_ramp(e->days_to_event, t->days.low, t->days.high) : 0;
    double after = e->expiry_after_event ? near : 0;
    double bought = tl_ramp(e->net, t->net.low, t->net.high) * e->known * outright;
    double before = e->first_expiry_after ? near * bought : 0;
    double fresh = e->hours_since_event >= 0
                       ? tl_ramp(e->hours_since_event, t->post_hours.low, t->post_hours.high)
                       : 0;
    double post = fresh * bought;
    bool alike = e->structure && e->core_both && !e->sides_mixed && e->core_legs == 2;
    double long_vol = alike ? tl_ramp(e->lean, t->lean.low, t->lean.high) * e->symmetry * after : 0;
    tl_judgement_for(j, "event_calendar_alignment", near);
    tl_judgement_for(j, "expiry_after_event", after);
    tl_judgement_for(j, "pre_event_concentration", e->first_expiry_after ? near : 0);
    tl_judgement_for(j, "pre_event_directional_buying", before);
    tl_judgement_strength(j, e, before);
    tl_judgement_for(j, "repeated_one_sided_buying",
                     before *
                         tl_log_ramp(e->flow.buy_clips, t->repeat_count.low, t->repeat_count.high));
    tl_judgement_for(j, "implied_volatility_building",
                     before * tl_ramp(e->iv_change, t->iv_rise.low, t->iv_rise.high));
    tl_judgement_for(j, "long_volatility_structure", long_vol);
    tl_judgement_package(j, e, long_vol);
    tl_judgement_for(j, "post_event_followthrough", post);
    tl_judgement_strength(j, e, post);
    /* It is swept, as nobody sweeps but who has a view; the crowd of such a morning does not. */
    tl_judgement_for(j, "swept_after_the_event", post * tl_swept_run(e, tl_max(e->sweep, 0.5)));
    tl_judgement_for(j, "paid_through_the_ask_after_the_event",
                     post * tl_ramp(e->through, t->through.low, t->through.high));
    tl_judgement_for(j, "with_the_gap",
                     post * tl_ramp(e->move_10m * e->right, t->post_bps.low, t->post_bps.high));
    tl_judgement_for(j, "implied_volatility_crush",
                     post * tl_ramp(-e->iv_change, t->iv_rise.low, t->iv_rise.high));
    tl_judgement_two_sided(j, e);
    tl_judgement_nobody(j, e, outright);
    double week = before * (e->dte <= tl_thresholds.hands.dte);
    struct tl_many_hands hands = tl_many_hands(e);
    tl_judgement_against(j, "some_sell", week * hands.sellers);
    tl_judgement_against(j, "prints_come_alone", week * hands.alone);
    tl_judgement_against(j, "small_prints", week * hands.small);
    tl_judgement_against(j, "volatility_bid", week * hands.bid);
    tl_judgement_against(j, "prints_in_quick_succession", week * hands.quick);
    tl_judgement_against(j, "cheap_and_far_out",
                         week * tl_ramp(e->delta, t->far_delta.low, t->far_delta.high));
    judge_hedged(e, before, j);
    tl_judgement_against(j, "sold", tl_max(-e->net, e->all_sold ? 1 : 0));
    tl_judgement_against(j, "near_the_money_short_dated", e->structure ? 0 : e->gamma);
    tl_judgement_against(
        j, "crowd_of_small_prints",
        e->dte <= 7 && e->otm > -0.002 ? tl_ramp(e->crowd.otm_prints, 8, 40) * e->small : 0);
    tl_judgement_against(j, "small_prints_make_the_contract",
                         e->structure ? 0 : tl_small_crowd(e) * (e->dte <= 7));
    tl_judgement_against(j, "hedged_in_the_stock_before", e->hedged * (e->dte <= 10));
    tl_judgement_against(j, "swept_before_the_event", tl_swept_run(e, near));
    tl_judgement_against(j, "no_event", tl_max(near, fresh) > 0 ? 0 : 1);
}
