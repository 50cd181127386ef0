/* SPDX-License-Identifier: Apache-2.0
 * The retail crowd acting as one whale. No single order is large; the evidence is the number of
 * small prints in short-dated out-of-the-money contracts of one stock and right over two minutes,
 * against its own last twelve; buyers ahead of sellers; the stock already moving the crowd's way;
 * or one contract that draws a large share of the stock's prints (attention). */
#include "flow/profile_retail_whale.h"

#include "base/math.h"
#include "flow/thresholds.h"

static double crowd(const struct tl_evidence *e, const struct tl_retail_thresholds *t)
{
    double now = e->crowd.otm_prints;
    double usual = e->crowd_base.otm_prints * (2.0 / 12.0);
    return tl_ramp(now, t->crowd_prints.low, t->crowd_prints.high) *
           tl_ramp(now / tl_max(usual, 1), t->crowd_ratio.low, t->crowd_ratio.high);
}

void tl_profile_retail_whale(const struct tl_evidence *e, struct tl_judgement *j)
{
    const struct tl_retail_thresholds *t = &tl_thresholds.retail;
    j->points = t->bias;
    double otm_lots = e->crowd.otm_buy + e->crowd.otm_sell;
    double net = otm_lots > 0 ? (e->crowd.otm_buy - e->crowd.otm_sell) / otm_lots : e->net;
    j->direction = tl_direction_from(e->right * (net < -0.3 && e->net < -0.3 ? -1 : 1));
    double shortness = e->dte < 0 ? 0 : tl_ramp(e->dte, t->dte.low, t->dte.high);
    double otm = e->spot_known ? tl_ramp(e->otm, t->otm_share.low, t->otm_share.high) : 0;
    double small = tl_ramp(e->small, t->small_share.low, t->small_share.high);
    double focus = shortness * otm;
    tl_judgement_add(j, "short_dated_otm_attention_flow", t->otm, focus);
    tl_judgement_add(j, "crowd_of_small_prints", t->crowd, crowd(e, t) * focus);
    double money = e->crowd_long.short_buy + e->crowd_long.short_sell;
    double money_net = money > 0 ? (e->crowd_long.short_buy - e->crowd_long.short_sell) / money : 0;
    tl_judgement_add(j, "premium_chasing_short_dated", t->premium,
                     tl_log_ramp(e->crowd_long.short_buy, t->short_usd.low, t->short_usd.high) *
                         tl_ramp(money_net, t->buyer_net.low, t->buyer_net.high) * focus);
    tl_judgement_add(j, "one_sided_premium_in_the_contract", t->parent,
                     e->flow_net > 0
                         ? tl_log_ramp(e->parent_usd, t->parent_usd.low, t->parent_usd.high) * focus
                         : 0);
    tl_judgement_add(j, "small_lots", t->small, small * shortness);
    tl_judgement_add(j, "buyers_outnumber_sellers", t->buyers,
                     tl_ramp(net, t->buyer_net.low, t->buyer_net.high) * focus);
    tl_judgement_add(j, "burst_print_pattern", t->burst,
                     tl_ramp(e->prints, t->prints.low, t->prints.high) * shortness);
    tl_judgement_add(j, "chases_the_move", t->chase,
                     tl_ramp(e->move_2m * e->right, t->chase_bps.low, t->chase_bps.high) * focus);
    double all = e->crowd.prints + e->crowd_base.prints + e->other.prints;
    double share = all > 0 ? e->flow.prints / all : 0;
    tl_judgement_add(j, "one_contract_draws_the_crowd", t->attention,
                     tl_ramp(e->flow.prints, t->attention_prints.low, t->attention_prints.high) *
                         tl_ramp(share, t->attention_share.low, t->attention_share.high) * focus *
                         (e->flow.prints > 0 ? (double)e->flow.small / e->flow.prints : 0));
    tl_judgement_add(j, NULL, t->block,
                     tl_ramp(e->size_max, t->block_lots.low, t->block_lots.high));
    tl_judgement_add(j, NULL, t->structure, tl_max(e->structure ? 1 : 0, e->complex));
    tl_judgement_add(j, NULL, t->dated, e->dte > 14 || e->dte < 0);
    tl_judgement_add(j, NULL, t->mega,
                     tl_log_ramp(e->premium_usd, t->mega_usd.low, t->mega_usd.high));
}
