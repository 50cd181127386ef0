/* SPDX-License-Identifier: Apache-2.0
 * Reactive hedging. The stock moved first (two minutes before the packet, against what its implied
 * volatility leads to expect), and now options of the next days, close to the money, trade in size
 * and to one side: calls bought into a rally, puts into a fall, or the same unwound. Larger than
 * the crowd's lots, shorter than an investor's tenor. */
#include "flow/profile_hedge_reactive.h"

#include "base/math.h"
#include "flow/thresholds.h"

void tl_profile_hedge_reactive(const struct tl_evidence *e, struct tl_judgement *j)
{
    const struct tl_hedge_thresholds *t = &tl_thresholds.hedge;
    j->points = t->bias;
    double sign = e->net < -0.1 || (e->net <= 0.1 && e->lean < 0) ? -1 : 1;
    j->direction = tl_direction_from(e->right * sign);
    double shortness = e->dte < 0 ? 0 : tl_ramp(e->dte, t->dte.low, t->dte.high);
    double gamma = e->gamma;
    tl_judgement_add(j, "short_dated_atm_gamma_context", t->gamma, gamma);
    /* A hedge trades with the move; an unwind of it is sold into the move, and counts for less. */
    double with = e->move_z * e->right * sign;
    double linked = tl_max(tl_ramp(with, t->move_z.low, t->move_z.high),
                           0.5 * tl_ramp(-with, t->move_z.low, t->move_z.high));
    tl_judgement_add(j, "underlying_move_linkage", t->linkage, linked * gamma);
    double lots = tl_ramp(e->size_max, t->size_max.low, t->size_max.high);
    tl_judgement_add(j, "lots_beyond_retail", t->lots, lots * shortness);
    double near = e->crowd.near_buy + e->crowd.near_sell;
    double near_net = near > 0 ? tl_abs(e->crowd.near_buy - e->crowd.near_sell) / near : 0;
    tl_judgement_add(j, "one_sided_near_money_flow", t->one_sided,
                     tl_log_ramp(near, t->near_lots.low, t->near_lots.high) *
                         tl_ramp(near_net, t->near_net.low, t->near_net.high) * gamma);
    tl_judgement_add(j, "premium_of_the_hedge", t->size,
                     tl_log_ramp(e->premium_usd, t->premium_usd.low, t->premium_usd.high) * gamma);
    tl_judgement_add(j, "one_sided_premium_in_the_contract", t->parent,
                     tl_log_ramp(e->parent_usd, t->parent_usd.low, t->parent_usd.high) * gamma);
    tl_judgement_add(j, "index_underlying", t->etf, e->is_etf ? gamma : 0);
    tl_judgement_add(j, NULL, t->structure, tl_max(e->structure ? 1 : 0, e->complex));
    tl_judgement_add(j, NULL, t->small, (e->small > 0.8 ? 1 : 0) * (1 - lots));
    tl_judgement_add(j, NULL, t->dated, e->dte > t->dte.low || e->dte < 0);
    tl_judgement_add(j, NULL, t->still, tl_abs(e->move_z) < t->move_z.low);
}
