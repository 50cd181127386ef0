/* SPDX-License-Identifier: Apache-2.0
 * The retail crowd acting as one whale. No single order is large; the evidence is the number of
 * small prints in short-dated out-of-the-money contracts of one stock and right over two minutes,
 * against its own last twelve; premium bought over sold there, against chance and against what the
 * stock usually trades; the stock already moving the crowd's way; or one contract that draws a
 * large share of the stock's prints (attention). Before an event one order buys the same contracts:
 * a crowd is told by its sellers, its lone and its small prints. Against it: a contract that was
 * quiet before this packet, or is sold as much as it is bought. */
#include "flow/profile_retail_whale.h"

#include "base/math.h"
#include "flow/thresholds.h"

static double crowd(const struct tl_evidence *e, const struct tl_retail_thresholds *t)
{
    double now = e->crowd.otm_prints;
    double usual = e->crowd_base.otm_prints * (2.0 / 12.0);
    return tl_log_ramp(now, t->crowd_prints.low, t->crowd_prints.high) *
           tl_ramp(now / tl_max(usual, 1), t->crowd_ratio.low, t->crowd_ratio.high);
}

/* One contract has many of the stock's prints. */
static double drawn(const struct tl_evidence *e, const struct tl_retail_thresholds *t)
{
    double all = e->crowd.prints + e->crowd_base.prints + e->other.prints;
    double share = all > 0 ? e->flow.prints / all : 0;
    return tl_log_ramp(e->flow.prints, t->attention_prints.low, t->attention_prints.high) *
           tl_ramp(share, t->attention_share.low, t->attention_share.high);
}

static void judge_crowd(const struct tl_evidence *e, const struct tl_retail_thresholds *t,
                        double focus, struct tl_judgement *j)
{
    double otm_lots = e->crowd.otm_buy + e->crowd.otm_sell;
    double net = otm_lots > 0 ? (e->crowd.otm_buy - e->crowd.otm_sell) / otm_lots : e->net;
    tl_judgement_for(j, "crowd_of_small_prints", crowd(e, t) * focus);
    tl_judgement_for(j, "buyers_outnumber_sellers",
                     tl_ramp(net, t->buyer_net.low, t->buyer_net.high) * focus);
    tl_judgement_for(j, "premium_chasing_short_dated",
                     tl_log_ramp(e->short_net_usd, t->short_usd.low, t->short_usd.high) * focus);
    tl_judgement_for(j, "short_dated_beyond_chance",
                     tl_ramp(e->short_z, t->short_z.low, t->short_z.high) * focus);
    tl_judgement_for(j, "short_dated_beyond_the_usual",
                     tl_log_ramp(e->short_rel, t->short_rel.low, t->short_rel.high) * focus);
    tl_judgement_for(
        j, "many_prints_in_one_contract",
        focus * tl_log_ramp(e->flow.prints, t->attention_prints.low, t->attention_prints.high));
    tl_judgement_for(j, "one_contract_draws_the_crowd", focus * drawn(e, t));
}

void tl_profile_retail_whale(const struct tl_evidence *e, struct tl_judgement *j)
{
    const struct tl_retail_thresholds *t = &tl_thresholds.retail;
    j->direction = tl_direction_from(e->right * (e->net < -0.3 ? -1 : 1));
    double shortness = e->dte < 0 ? 0 : tl_ramp(e->dte, t->dte.low, t->dte.high);
    double otm = e->spot_known ? tl_ramp(e->otm, t->otm_share.low, t->otm_share.high) : 0;
    double focus = e->structure ? 0 : shortness * otm * (1 - e->complex);
    double bought = focus * tl_ramp(e->net, t->buyer_net.low, t->buyer_net.high);
    tl_judgement_for(j, "short_dated_otm_attention_flow", focus);
    tl_judgement_for(j, "bought_with_the_crowd", bought);
    double crowded = tl_max(tl_ramp(e->short_z, t->crowd_z.low, t->crowd_z.high), drawn(e, t));
    tl_judgement_for(j, "in_a_one_sided_crowd", bought * crowded);
    tl_judgement_strength(j, e, bought);
    judge_crowd(e, t, bought, j);
    tl_judgement_for(j, "small_lots",
                     tl_ramp(e->small, t->small_share.low, t->small_share.high) * focus);
    tl_judgement_for(j, "burst_print_pattern",
                     tl_ramp(e->prints, t->prints.low, t->prints.high) * focus);
    tl_judgement_for(j, "chases_the_move",
                     tl_ramp(e->move_2m * e->right, t->chase_bps.low, t->chase_bps.high) * focus);
    tl_judgement_for(j, "crowd_before_an_event", focus * tl_small_crowd(e) * e->first_expiry_after);
    double before = bought * e->first_expiry_after;
    struct tl_many_hands hands = tl_many_hands(e);
    tl_judgement_for(j, "some_sell_before_an_event", before * hands.sellers);
    tl_judgement_for(j, "lone_prints_before_an_event", before * hands.alone);
    tl_judgement_for(j, "small_prints_before_an_event", before * hands.small);
    tl_judgement_for(j, "volatility_bid_before_an_event", before * hands.bid);
    tl_judgement_for(j, "cheap_and_far_out", focus * tl_ramp(e->delta, 0.35, 0.2));
    tl_judgement_two_sided(j, e);
    tl_judgement_nobody(j, e, 1);
    tl_judgement_against(j, "blocks", tl_ramp(e->size_max, t->block_lots.low, t->block_lots.high));
    tl_judgement_against(j, "structure", tl_max(e->structure ? 1 : 0, e->complex));
    tl_judgement_against(j, "dated", e->dte > 14 || e->dte < 0);
    tl_judgement_against(j, "too_dear_for_a_crowd",
                         tl_log_ramp(e->premium_usd, t->mega_usd.low, t->mega_usd.high));
    tl_judgement_against(j, "sold", -e->net);
    tl_judgement_against(j, "swept", tl_swept_run(e, 1));
    tl_judgement_against(j, "near_the_money", e->gamma);
    tl_judgement_against(j, "event_behind_the_expiration", e->first_expiry_after);
    tl_judgement_against(j, "event_just_past",
                         e->hours_since_event >= 0 && e->hours_since_event < 20);
    tl_judgement_against(j, "hedged_in_the_stock", tl_ramp(tl_abs(e->stock_hedge), 0.03, 0.3));
    tl_judgement_against(j, "hedged_in_the_stock_before", tl_ramp(e->hedged, 0.02, 0.3));
    tl_judgement_against(j, "clips_of_several_prints", tl_ramp(e->joined, 0.2, 0.6));
    double large = 1 - tl_small_share(e);
    tl_judgement_against(j, "few_small_prints_in_the_contract", large);
    tl_judgement_against(
        j, "turned_over_in_large_clips",
        tl_ramp(e->two_sided_large * large, t->turned_over.low, t->turned_over.high));
    tl_judgement_against(j, "worked_before_an_event",
                         e->first_expiry_after ? tl_ramp(large, 0.5, 0.95) : 0);
}
