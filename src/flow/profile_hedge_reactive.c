/* SPDX-License-Identifier: Apache-2.0
 * Reactive hedging. The stock moved first (two minutes before the packet, against what its implied
 * volatility leads to expect), and now options of the next days, close to the money, trade in size
 * and to one side: calls bought into a rally, puts into a fall, or the same unwound; with stock
 * prints of the same direction in the same breath. Larger than the crowd's lots, shorter than an
 * investor's tenor. */
#include "flow/profile_hedge_reactive.h"

#include "base/math.h"
#include "flow/thresholds.h"

void tl_profile_hedge_reactive(const struct tl_evidence *e, struct tl_judgement *j)
{
    const struct tl_hedge_thresholds *t = &tl_thresholds.hedge;
    double sign = e->net < -0.1 || (e->net <= 0.1 && e->lean < 0) ? -1 : 1;
    j->direction = tl_direction_from(e->right * sign);
    double outright = e->structure ? 0 : 1 - e->complex;
    double one_way = tl_ramp(tl_abs(e->net), t->net.low, t->net.high) * e->known;
    double gamma = e->gamma * outright;
    double bought = sign > 0 ? gamma * one_way : 0;
    double unwound = sign < 0 && e->dte <= 0 ? gamma * one_way : 0;
    double lots = tl_ramp(e->size_max, t->size_max.low, t->size_max.high);
    double hedged = tl_log_ramp(e->stock_hedge * sign, t->stock_hedge.low, t->stock_hedge.high);
    tl_judgement_for(j, "short_dated_atm_gamma_context", gamma);
    tl_judgement_for(j, "bought_in_one_direction", bought);
    tl_judgement_strength(j, e, e->campaign.side > 0 ? bought : 0);
    tl_judgement_for(j, "sold_back_on_the_last_day", unwound);
    tl_judgement_strength(j, e, e->campaign.side < 0 ? unwound : 0);
    tl_judgement_for(j, "stock_traded_in_the_same_breath", hedged * gamma * one_way);
    tl_judgement_for(j, "hedged_in_the_stock_before",
                     tl_log_ramp(e->hedged, t->hedged.low, t->hedged.high) * gamma * one_way);
    tl_judgement_for(j, "clips_of_several_prints",
                     tl_ramp(e->joined, t->joined.low, t->joined.high) * gamma * one_way);
    /* Before an event others buy these expirations too: a ramp further out, print by print. */
    double ahead = e->first_expiry_after ? gamma * one_way : 0;
    double clips = tl_ramp(e->joined, t->clips.low, t->clips.high);
    double near_money = tl_ramp(e->delta, t->near_delta.low, t->near_delta.high);
    tl_judgement_for(j, "clips_near_the_money_before_an_event", ahead * clips * near_money);
    tl_judgement_for(j, "few_small_prints_in_the_contract",
                     gamma * one_way * (1 - tl_small_share(e)));
    double with = e->move_z * e->right * sign;
    tl_judgement_for(j, "underlying_move_linkage",
                     tl_ramp(with, t->move_z.low, t->move_z.high) * gamma * one_way);
    tl_judgement_for(j, "lots_beyond_retail", lots * gamma);
    tl_judgement_for(j, "several_prints_at_once", gamma * one_way * tl_ramp(e->prints, 1, 3));
    double near = e->crowd.near_buy + e->crowd.near_sell;
    double near_net = near > 0 ? tl_abs(e->crowd.near_buy - e->crowd.near_sell) / near : 0;
    tl_judgement_for(j, "one_sided_near_money_flow",
                     tl_log_ramp(near, t->near_lots.low, t->near_lots.high) *
                         tl_ramp(near_net, t->near_net.low, t->near_net.high) * gamma * one_way);
    tl_judgement_for(j, "index_underlying", e->is_etf ? gamma * one_way : 0);
    tl_judgement_two_sided(j, e);
    tl_judgement_nobody(j, e, 1);
    tl_judgement_against(j, "structure", tl_max(e->structure ? 1 : 0, e->complex));
    tl_judgement_against(j, "small_lots", (e->small > 0.8 ? 1 : 0) * (1 - lots));
    tl_judgement_against(j, "dated", e->dte > t->dte.low || e->dte < 0);
    tl_judgement_against(j, "not_on_a_fund", e->is_etf ? 0 : 1);
    tl_judgement_against(j, "swept", tl_swept_run(e, 1));
    tl_judgement_against(j, "not_hedged", gamma * (1 - tl_max(hedged, tl_min(4 * e->hedged, 1))));
    tl_judgement_against(j, "paid_through_the_ask",
                         gamma * tl_ramp(e->through, t->through.low, t->through.high));
    tl_judgement_against(j, "nothing_but_sweeps",
                         gamma * e->sweep * tl_ramp(e->joined, t->swept.low, t->swept.high));
    tl_judgement_against(j, "event_behind_the_expiration", e->first_expiry_after);
    tl_judgement_against(j, "printed_alone_before_an_event", ahead * (1 - clips));
    tl_judgement_against(j, "further_out_before_an_event", ahead * (1 - near_money));
    tl_judgement_against(j, "event_just_past",
                         e->hours_since_event >= 0 && e->hours_since_event < 20);
    tl_judgement_against(j, "out_of_the_money_crowd",
                         tl_ramp(e->crowd.otm_prints, 8, 40) * tl_ramp(e->delta, 0.45, 0.3));
}
