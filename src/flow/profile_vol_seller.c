/* SPDX-License-Identifier: Apache-2.0
 * Volatility seller. Premium is received: prints at or towards the bid. Out of the money at one to
 * ten weeks (overwriting, put writing), perhaps again and again; or a call and a put of equal size
 * sold at one moment (short straddle, strangle). A stock purchase of the same size at the same
 * moment makes a buy-write; puts sold after a dip make a cash-secured write. */
#include "flow/profile_vol_seller.h"

#include "base/math.h"
#include "flow/thresholds.h"

void tl_profile_vol_seller(const struct tl_evidence *e, struct tl_judgement *j)
{
    const struct tl_vol_seller_thresholds *t = &tl_thresholds.vol_seller;
    j->points = t->bias;
    bool both = e->structure && e->core_both;
    j->direction = both ? TL_DIRECTION_NEUTRAL : tl_direction_from(-e->right);
    double sold = tl_ramp(-e->lean, t->lean.low, t->lean.high) * e->known;
    double premium = tl_log_ramp(e->premium_usd, t->premium_usd.low, t->premium_usd.high);
    tl_judgement_add(j, "sell_side_premium", t->sell, sold);
    tl_judgement_add(j, "short_vol_structure_evidence", t->structure,
                     both && !e->sides_mixed ? tl_ramp(-e->lean, 0, t->lean.high) * e->symmetry
                                             : 0);
    tl_judgement_add(j, "repeated_short_volatility", t->package,
                     both && !e->sides_mixed
                         ? tl_ramp(-e->lean, 0, t->lean.high) *
                               tl_log_ramp(e->package_usd, t->package_usd.low, t->package_usd.high)
                         : 0);
    bool tenor = e->dte >= t->dte_min && e->dte <= t->dte_max && e->delta >= t->delta_min &&
                 e->delta <= t->delta_max;
    tl_judgement_add(j, "overwriting_tenor_and_delta", t->tenor, tenor ? sold : 0);
    tl_judgement_add(j, "premium_sold_in_the_contract", t->parent,
                     tenor && e->flow_net < 0
                         ? sold * tl_log_ramp(e->parent_usd, t->parent_usd.low, t->parent_usd.high)
                         : 0);
    tl_judgement_add(j, "premium_received", t->size, premium * sold);
    tl_judgement_add(j, "repeated_one_sided_selling", t->repeat,
                     tl_ramp(e->flow.sells, t->repeat_count.low, t->repeat_count.high) *
                         tl_clamp(-e->flow_net, 0, 1));
    tl_judgement_add(j, "implied_volatility_sold_down", t->iv_down, e->iv_change < 0 ? sold : 0);
    tl_judgement_add(j, "stock_bought_with_the_calls", t->buy_write,
                     e->stock_leg && e->right > 0 ? sold : 0);
    tl_judgement_add(j, "puts_written_after_a_dip", t->dip,
                     e->right < 0 ? sold * tl_ramp(-e->move_10m, t->dip_bps.low, t->dip_bps.high)
                                  : 0);
    tl_judgement_add(j, NULL, t->bought, tl_max(e->net, e->all_bought ? 1 : 0));
    tl_judgement_add(j, NULL, t->mixed, e->sides_mixed);
    tl_judgement_add(j, NULL, t->parity, e->parity);
    tl_judgement_add(j, NULL, t->short_dated, e->dte < t->dte_min && !both);
}
