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
    double usd = tl_max(e->flow.buy_usd, e->flow.sell_usd);
    double count = tl_max(e->flow.buys, e->flow.sells);
    if (e->flow.active_slots < t->flow_slots_min || e->dte < t->tenor_dte_min) return 0;
    return tl_ramp(tl_abs(e->flow_net), t->flow_net.low, t->flow_net.high) *
           tl_ramp(count, t->flow_count.low, t->flow_count.high) *
           tl_log_ramp(usd, t->flow_usd.low, t->flow_usd.high);
}

void tl_profile_institutional_directional(const struct tl_evidence *e, struct tl_judgement *j)
{
    const struct tl_institutional_thresholds *t = &tl_thresholds.institutional;
    double side = tl_abs(e->net) > tl_abs(e->flow_net) * 0.5 ? e->net : e->flow_net;
    double sign = side > 0 ? 1 : side < 0 ? -1 : e->lean > 0 ? 1 : -1;
    j->points = t->bias;
    j->direction = tl_direction_from(sign * e->right);
    double premium = tl_log_ramp(e->premium_usd, t->premium_usd.low, t->premium_usd.high);
    tl_judgement_add(j, "large_parent_event", t->size, premium);
    tl_judgement_add(j, "one_sided_premium_in_the_contract", t->parent,
                     e->dte >= t->tenor_dte_min
                         ? tl_log_ramp(e->parent_usd, t->parent_usd.low, t->parent_usd.high)
                         : 0);
    tl_judgement_add(j, "directional_aggressor_mix", t->side,
                     tl_ramp(tl_abs(e->net), t->net.low, t->net.high) * e->known);
    tl_judgement_add(j, "sweep_across_venues", t->sweep,
                     premium * e->sweep * tl_ramp(e->venues, t->venues.low, t->venues.high) *
                         tl_ramp(e->span_ms, t->span_ms.low, t->span_ms.high));
    tl_judgement_add(j, "repeated_one_sided_buying", t->accumulation, accumulation(e, t));
    tl_judgement_add(j, "far_dated_conviction", t->far_dated,
                     tl_ramp(e->dte, t->far_dte.low, t->far_dte.high) *
                         tl_log_ramp(e->premium_usd, t->far_usd.low, t->far_usd.high) *
                         tl_ramp(tl_abs(e->lean), t->far_lean.low, t->far_lean.high));
    tl_judgement_add(j, "outright_single_leg", t->outright,
                     !e->structure && e->complex < 0.5 ? premium : 0);
    bool tenor = e->dte >= t->tenor_dte_min && e->dte <= t->tenor_dte_max &&
                 e->delta >= t->delta_min && e->delta <= t->delta_max;
    tl_judgement_add(j, "tenor_and_delta_of_conviction", t->tenor, tenor ? premium : 0);
    tl_judgement_add(j, NULL, t->structure, e->structure);
    tl_judgement_add(j, NULL, t->complex, e->complex);
    tl_judgement_add(j, NULL, t->cross, e->dte < t->far_dte.low ? e->cross : 0);
    tl_judgement_add(j, NULL, t->lottery, e->dte < t->tenor_dte_min);
    tl_judgement_add(j, NULL, t->gamma, e->is_etf ? e->gamma : 0);
    tl_judgement_add(j, NULL, t->event,
                     e->first_expiry_after ||
                         (e->hours_since_event >= 0 && e->hours_since_event < 2));
    bool followed = e->dte <= 5 && e->move_z * e->right * sign > 1;
    tl_judgement_add(j, NULL, t->reactive, followed);
    tl_judgement_add(j, NULL, t->sold, -e->net);
    tl_judgement_add(j, NULL, t->contrary, -e->net * e->flow_net);
}
