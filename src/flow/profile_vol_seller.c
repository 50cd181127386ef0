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
    bool both = e->structure && e->core_both;
    j->direction = both ? TL_DIRECTION_NEUTRAL : tl_direction_from(-e->right);
    double sold = tl_ramp(-e->lean, t->lean.low, t->lean.high) * e->known;
    double towards = tl_ramp(-e->lean, 0, t->lean.high) * e->known;
    bool tenor = e->dte >= t->dte_min && e->dte <= t->dte_max && e->delta >= t->delta_min &&
                 e->delta <= t->delta_max;
    double writes = tenor && !e->structure ? sold : 0;
    bool alike = both && !e->sides_mixed && e->core_legs == 2;
    double straddle = alike ? towards * e->symmetry : 0;
    tl_judgement_for(j, "sell_side_premium", sold);
    tl_judgement_for(j, "overwriting_tenor_and_delta", writes);
    tl_judgement_strength(j, e, e->campaign.side < 0 ? writes : 0);
    tl_judgement_for(
        j, "repeated_one_sided_selling",
        writes * tl_log_ramp(e->flow.sell_clips, t->repeat_count.low, t->repeat_count.high));
    tl_judgement_for(j, "through_an_auction_or_cross", writes * tl_max(e->cross, e->special));
    tl_judgement_for(j, "short_vol_structure_evidence", straddle);
    tl_judgement_package(j, e, straddle);
    tl_judgement_for(j, "short_straddle_on_a_fund", e->is_etf ? straddle : 0);
    tl_judgement_for(j, "implied_volatility_sold_down", e->iv_change < 0 ? writes : 0);
    tl_judgement_for(j, "puts_written_after_a_dip",
                     e->right < 0 ? writes * tl_ramp(-e->move_10m, t->dip_bps.low, t->dip_bps.high)
                                  : 0);
    tl_judgement_two_sided(j, e);
    tl_judgement_nobody(j, e, 1);
    tl_judgement_against(j, "bought", tl_max(e->net, e->all_bought ? 1 : 0));
    tl_judgement_against(j, "mixed_sides", e->sides_mixed);
    tl_judgement_against(j, "put_call_parity", e->parity);
    tl_judgement_against(j, "short_dated_single", !both && e->dte < t->dte_min);
    tl_judgement_against(j, "leg_of_a_package", !e->structure ? e->complex : 0);
    tl_judgement_against(j, "many_prints", !both ? tl_ramp(e->prints, 3, 8) : 0);
    tl_judgement_against(j, "sweep", e->sweep);
}
