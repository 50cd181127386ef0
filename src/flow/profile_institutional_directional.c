/* SPDX-License-Identifier: Apache-2.0
 * Institutional, directional. Three signatures, any of which may carry the judgement:
 *   sweep          one order takes several venues within milliseconds at the ask, large premium;
 *   accumulation   no print stands out, but over many minutes one contract is bought and bought:
 *                  net side, number of buys, premium of the contract's last 15 minutes;
 *   conviction     months to expiration, large premium, paid above the middle.
 * Against it: packages, multi-leg reports (a leg says nothing of the whole), options of the day, an
 * event right behind the expiration, a move that came first, premium that was sold. */
#include "flow/profile_institutional_directional.h"

#include "base/math.h"
#include "flow/thresholds.h"

static double accumulation(const struct tl_evidence *e, const struct tl_institutional_thresholds *t)
{
    if (e->flow.active_slots < t->flow_slots_min) return 0;
    return tl_ramp(e->flow_net, t->flow_net.low, t->flow_net.high) *
           tl_log_ramp(e->flow.buy_clips, t->flow_count.low, t->flow_count.high);
}

void tl_profile_institutional_directional(const struct tl_evidence *e, struct tl_judgement *j)
{
    const struct tl_institutional_thresholds *t = &tl_thresholds.institutional;
    double side = tl_abs(e->net) > tl_abs(e->flow_net) * 0.5 ? e->net : e->flow_net;
    double sign = side > 0 ? 1 : side < 0 ? -1 : e->lean > 0 ? 1 : -1;
    j->direction = tl_direction_from(sign * e->right);
    double outright = e->structure ? 0 : 1 - e->complex;
    double bought = tl_ramp(e->net, t->net.low, t->net.high) * e->known;
    double leans = tl_ramp(e->lean, t->lean.low, t->lean.high) * e->known;
    bool tenor = e->dte >= t->tenor_dte_min && e->dte <= t->tenor_dte_max &&
                 e->delta >= t->delta_min && e->delta <= t->delta_max;
    double far = tl_ramp(e->dte, t->far_dte.low, t->far_dte.high) * leans * outright;
    /* What is bought on the morning after an event, or right after one of this session, is the
     * event's. */
    double since = e->hours_since_event;
    bool past = (since >= 12 && since < 18.8) || (since >= 0 && since < t->after_hours);
    double near = tenor && !past ? bought * outright : 0;
    double premium = tl_log_ramp(e->premium_usd, t->premium_usd.low, t->premium_usd.high);
    tl_judgement_for(j, "directional_aggressor_mix", bought * outright);
    tl_judgement_for(j, "tenor_and_delta_of_conviction", near);
    tl_judgement_strength(j, e, near);
    double swept = tl_max(e->sweep, 0.5) * tl_ramp(e->run_venues, t->venues.low, t->venues.high) *
                   tl_ramp(e->run_prints, t->run_prints.low, t->run_prints.high);
    double taken = tl_log_ramp(e->run_usd, t->run_usd.low, t->run_usd.high);
    tl_judgement_for(j, "sweep_across_venues", near * swept);
    tl_judgement_for(j, "sweep_of_large_premium", near * swept * taken);
    tl_judgement_for(j, "large_sweep_of_the_next_days", near * swept * taken * (e->dte <= 10));
    tl_judgement_for(j, "paid_through_the_ask", near * premium * e->through);
    const struct tl_hedge_thresholds *h = &tl_thresholds.hedge;
    double through = tl_ramp(e->through, h->through.low, h->through.high);
    tl_judgement_for(j, "swept_through_the_ask_near_the_money", near * e->gamma * through);
    tl_judgement_for(j, "nothing_but_sweeps_near_the_money",
                     near * e->gamma * e->sweep * tl_ramp(e->joined, h->swept.low, h->swept.high));
    tl_judgement_for(j, "repeated_one_sided_buying", near * accumulation(e, t));
    tl_judgement_for(j, "far_dated_conviction", far);
    tl_judgement_strength(j, e, far);
    bool ahead = e->first_expiry_after;
    tl_judgement_two_sided(j, e);
    tl_judgement_nobody(j, e, 1);
    tl_judgement_against(j, "structure", e->structure);
    tl_judgement_against(j, "complex", e->complex);
    tl_judgement_against(j, "options_of_the_day", e->dte < t->tenor_dte_min);
    tl_judgement_against(j, "near_the_money_short_dated", e->gamma);
    tl_judgement_against(j, "near_the_money_and_no_sweep", e->gamma * (1 - swept * taken));
    tl_judgement_against(j, "hedged_in_the_stock_before", e->hedged * (e->dte <= 10));
    tl_judgement_against(j, "event_behind_the_expiration", ahead);
    tl_judgement_against(j, "event_and_worked", ahead ? 1 - swept : 0);
    tl_judgement_against(j, "event_just_past", past);
    tl_judgement_against(j, "swept_after_an_event", past ? swept : 0);
    tl_judgement_against(j, "followed_the_stock", e->dte <= 5 && e->move_z * e->right * sign > 1);
    tl_judgement_against(j, "hedged_in_the_stock",
                         tl_ramp(e->stock_hedge * sign, 0.03, 0.3) * (e->dte <= 10));
    tl_judgement_against(j, "sold", -e->net);
    tl_judgement_against(
        j, "crowd_of_small_prints",
        e->dte <= 7 && e->otm > -0.002 ? tl_ramp(e->crowd.otm_prints, 8, 40) * e->small : 0);
    tl_judgement_against(j, "against_the_flow", tl_max(0, -e->net * e->flow_net));
}
