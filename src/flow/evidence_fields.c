/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/evidence_fields.h"

#include <stddef.h>

enum field_kind { TL_FIELD_DOUBLE, TL_FIELD_BOOL, TL_FIELD_INT, TL_FIELD_COUNT };

static const struct field {
    const char *name;
    size_t offset;
    enum field_kind kind;
} fields[] = {
    {"structure", offsetof(struct tl_evidence, structure), TL_FIELD_BOOL},
    {"burst", offsetof(struct tl_evidence, burst), TL_FIELD_BOOL},
    {"signal", offsetof(struct tl_evidence, signal), TL_FIELD_BOOL},
    {"premium_usd", offsetof(struct tl_evidence, premium_usd), TL_FIELD_DOUBLE},
    {"lots", offsetof(struct tl_evidence, lots), TL_FIELD_DOUBLE},
    {"prints", offsetof(struct tl_evidence, prints), TL_FIELD_DOUBLE},
    {"span_ms", offsetof(struct tl_evidence, span_ms), TL_FIELD_DOUBLE},
    {"venues", offsetof(struct tl_evidence, venues), TL_FIELD_DOUBLE},
    {"buy", offsetof(struct tl_evidence, buy), TL_FIELD_DOUBLE},
    {"sell", offsetof(struct tl_evidence, sell), TL_FIELD_DOUBLE},
    {"net", offsetof(struct tl_evidence, net), TL_FIELD_DOUBLE},
    {"lean", offsetof(struct tl_evidence, lean), TL_FIELD_DOUBLE},
    {"known", offsetof(struct tl_evidence, known), TL_FIELD_DOUBLE},
    {"through", offsetof(struct tl_evidence, through), TL_FIELD_DOUBLE},
    {"sweep", offsetof(struct tl_evidence, sweep), TL_FIELD_DOUBLE},
    {"special", offsetof(struct tl_evidence, special), TL_FIELD_DOUBLE},
    {"run_usd", offsetof(struct tl_evidence, run_usd), TL_FIELD_DOUBLE},
    {"run_prints", offsetof(struct tl_evidence, run_prints), TL_FIELD_DOUBLE},
    {"run_venues", offsetof(struct tl_evidence, run_venues), TL_FIELD_DOUBLE},
    {"run_span_ms", offsetof(struct tl_evidence, run_span_ms), TL_FIELD_DOUBLE},
    {"two_sided", offsetof(struct tl_evidence, two_sided), TL_FIELD_DOUBLE},
    {"two_sided_large", offsetof(struct tl_evidence, two_sided_large), TL_FIELD_DOUBLE},
    {"joined", offsetof(struct tl_evidence, joined), TL_FIELD_DOUBLE},
    {"hedged", offsetof(struct tl_evidence, hedged), TL_FIELD_DOUBLE},
    {"complex", offsetof(struct tl_evidence, complex), TL_FIELD_DOUBLE},
    {"cross", offsetof(struct tl_evidence, cross), TL_FIELD_DOUBLE},
    {"small", offsetof(struct tl_evidence, small), TL_FIELD_DOUBLE},
    {"size_max", offsetof(struct tl_evidence, size_max), TL_FIELD_DOUBLE},
    {"stale", offsetof(struct tl_evidence, stale), TL_FIELD_DOUBLE},
    {"inside", offsetof(struct tl_evidence, inside), TL_FIELD_DOUBLE},
    {"dated", offsetof(struct tl_evidence, dated), TL_FIELD_BOOL},
    {"right", offsetof(struct tl_evidence, right), TL_FIELD_INT},
    {"dte", offsetof(struct tl_evidence, dte), TL_FIELD_DOUBLE},
    {"spot_known", offsetof(struct tl_evidence, spot_known), TL_FIELD_BOOL},
    {"otm", offsetof(struct tl_evidence, otm), TL_FIELD_DOUBLE},
    {"away", offsetof(struct tl_evidence, away), TL_FIELD_DOUBLE},
    {"delta", offsetof(struct tl_evidence, delta), TL_FIELD_DOUBLE},
    {"iv_change", offsetof(struct tl_evidence, iv_change), TL_FIELD_DOUBLE},
    {"flow.buy_lots", offsetof(struct tl_evidence, flow.buy_lots), TL_FIELD_DOUBLE},
    {"flow.sell_lots", offsetof(struct tl_evidence, flow.sell_lots), TL_FIELD_DOUBLE},
    {"flow.lots", offsetof(struct tl_evidence, flow.lots), TL_FIELD_DOUBLE},
    {"flow.buy_usd", offsetof(struct tl_evidence, flow.buy_usd), TL_FIELD_DOUBLE},
    {"flow.sell_usd", offsetof(struct tl_evidence, flow.sell_usd), TL_FIELD_DOUBLE},
    {"flow.buy_clips", offsetof(struct tl_evidence, flow.buy_clips), TL_FIELD_COUNT},
    {"flow.sell_clips", offsetof(struct tl_evidence, flow.sell_clips), TL_FIELD_COUNT},
    {"flow.prints", offsetof(struct tl_evidence, flow.prints), TL_FIELD_COUNT},
    {"flow.buys", offsetof(struct tl_evidence, flow.buys), TL_FIELD_COUNT},
    {"flow.sells", offsetof(struct tl_evidence, flow.sells), TL_FIELD_COUNT},
    {"flow.small", offsetof(struct tl_evidence, flow.small), TL_FIELD_COUNT},
    {"flow.active_slots", offsetof(struct tl_evidence, flow.active_slots), TL_FIELD_COUNT},
    {"flow.iv_then", offsetof(struct tl_evidence, flow.iv_then), TL_FIELD_DOUBLE},
    {"flow_net", offsetof(struct tl_evidence, flow_net), TL_FIELD_DOUBLE},
    {"campaign.side", offsetof(struct tl_evidence, campaign.side), TL_FIELD_DOUBLE},
    {"campaign.usd", offsetof(struct tl_evidence, campaign.usd), TL_FIELD_DOUBLE},
    {"campaign.z", offsetof(struct tl_evidence, campaign.z), TL_FIELD_DOUBLE},
    {"campaign.clips", offsetof(struct tl_evidence, campaign.clips), TL_FIELD_DOUBLE},
    {"campaign.repeated", offsetof(struct tl_evidence, campaign.repeated), TL_FIELD_DOUBLE},
    {"campaign.rest_usd", offsetof(struct tl_evidence, campaign.rest_usd), TL_FIELD_DOUBLE},
    {"campaign.rel", offsetof(struct tl_evidence, campaign.rel), TL_FIELD_DOUBLE},
    {"campaign.own", offsetof(struct tl_evidence, campaign.own), TL_FIELD_DOUBLE},
    {"campaign_now.side", offsetof(struct tl_evidence, campaign_now.side), TL_FIELD_DOUBLE},
    {"campaign_now.usd", offsetof(struct tl_evidence, campaign_now.usd), TL_FIELD_DOUBLE},
    {"campaign_now.z", offsetof(struct tl_evidence, campaign_now.z), TL_FIELD_DOUBLE},
    {"campaign_now.clips", offsetof(struct tl_evidence, campaign_now.clips), TL_FIELD_DOUBLE},
    {"campaign_now.repeated", offsetof(struct tl_evidence, campaign_now.repeated), TL_FIELD_DOUBLE},
    {"campaign_now.rest_usd", offsetof(struct tl_evidence, campaign_now.rest_usd), TL_FIELD_DOUBLE},
    {"campaign_now.rel", offsetof(struct tl_evidence, campaign_now.rel), TL_FIELD_DOUBLE},
    {"campaign_now.own", offsetof(struct tl_evidence, campaign_now.own), TL_FIELD_DOUBLE},
    {"size_z", offsetof(struct tl_evidence, size_z), TL_FIELD_DOUBLE},
    {"usual_usd", offsetof(struct tl_evidence, usual_usd), TL_FIELD_DOUBLE},
    {"market_rate", offsetof(struct tl_evidence, market_rate), TL_FIELD_DOUBLE},
    {"move_30s", offsetof(struct tl_evidence, move_30s), TL_FIELD_DOUBLE},
    {"move_2m", offsetof(struct tl_evidence, move_2m), TL_FIELD_DOUBLE},
    {"move_10m", offsetof(struct tl_evidence, move_10m), TL_FIELD_DOUBLE},
    {"move_before", offsetof(struct tl_evidence, move_before), TL_FIELD_DOUBLE},
    {"move_z", offsetof(struct tl_evidence, move_z), TL_FIELD_DOUBLE},
    {"crowd.premium_buy", offsetof(struct tl_evidence, crowd.premium_buy), TL_FIELD_DOUBLE},
    {"crowd.premium_sell", offsetof(struct tl_evidence, crowd.premium_sell), TL_FIELD_DOUBLE},
    {"crowd.otm_buy", offsetof(struct tl_evidence, crowd.otm_buy), TL_FIELD_DOUBLE},
    {"crowd.otm_sell", offsetof(struct tl_evidence, crowd.otm_sell), TL_FIELD_DOUBLE},
    {"crowd.near_buy", offsetof(struct tl_evidence, crowd.near_buy), TL_FIELD_DOUBLE},
    {"crowd.near_sell", offsetof(struct tl_evidence, crowd.near_sell), TL_FIELD_DOUBLE},
    {"crowd.short_buy", offsetof(struct tl_evidence, crowd.short_buy), TL_FIELD_DOUBLE},
    {"crowd.short_sell", offsetof(struct tl_evidence, crowd.short_sell), TL_FIELD_DOUBLE},
    {"crowd.near_usd", offsetof(struct tl_evidence, crowd.near_usd), TL_FIELD_DOUBLE},
    {"crowd.otm_prints", offsetof(struct tl_evidence, crowd.otm_prints), TL_FIELD_COUNT},
    {"crowd.prints", offsetof(struct tl_evidence, crowd.prints), TL_FIELD_COUNT},
    {"crowd_base.premium_buy", offsetof(struct tl_evidence, crowd_base.premium_buy),
     TL_FIELD_DOUBLE},
    {"crowd_base.premium_sell", offsetof(struct tl_evidence, crowd_base.premium_sell),
     TL_FIELD_DOUBLE},
    {"crowd_base.otm_buy", offsetof(struct tl_evidence, crowd_base.otm_buy), TL_FIELD_DOUBLE},
    {"crowd_base.otm_sell", offsetof(struct tl_evidence, crowd_base.otm_sell), TL_FIELD_DOUBLE},
    {"crowd_base.near_buy", offsetof(struct tl_evidence, crowd_base.near_buy), TL_FIELD_DOUBLE},
    {"crowd_base.near_sell", offsetof(struct tl_evidence, crowd_base.near_sell), TL_FIELD_DOUBLE},
    {"crowd_base.short_buy", offsetof(struct tl_evidence, crowd_base.short_buy), TL_FIELD_DOUBLE},
    {"crowd_base.short_sell", offsetof(struct tl_evidence, crowd_base.short_sell), TL_FIELD_DOUBLE},
    {"crowd_base.near_usd", offsetof(struct tl_evidence, crowd_base.near_usd), TL_FIELD_DOUBLE},
    {"crowd_base.otm_prints", offsetof(struct tl_evidence, crowd_base.otm_prints), TL_FIELD_COUNT},
    {"crowd_base.prints", offsetof(struct tl_evidence, crowd_base.prints), TL_FIELD_COUNT},
    {"other.premium_buy", offsetof(struct tl_evidence, other.premium_buy), TL_FIELD_DOUBLE},
    {"other.premium_sell", offsetof(struct tl_evidence, other.premium_sell), TL_FIELD_DOUBLE},
    {"other.otm_buy", offsetof(struct tl_evidence, other.otm_buy), TL_FIELD_DOUBLE},
    {"other.otm_sell", offsetof(struct tl_evidence, other.otm_sell), TL_FIELD_DOUBLE},
    {"other.near_buy", offsetof(struct tl_evidence, other.near_buy), TL_FIELD_DOUBLE},
    {"other.near_sell", offsetof(struct tl_evidence, other.near_sell), TL_FIELD_DOUBLE},
    {"other.short_buy", offsetof(struct tl_evidence, other.short_buy), TL_FIELD_DOUBLE},
    {"other.short_sell", offsetof(struct tl_evidence, other.short_sell), TL_FIELD_DOUBLE},
    {"other.near_usd", offsetof(struct tl_evidence, other.near_usd), TL_FIELD_DOUBLE},
    {"other.otm_prints", offsetof(struct tl_evidence, other.otm_prints), TL_FIELD_COUNT},
    {"other.prints", offsetof(struct tl_evidence, other.prints), TL_FIELD_COUNT},
    {"crowd_long.premium_buy", offsetof(struct tl_evidence, crowd_long.premium_buy),
     TL_FIELD_DOUBLE},
    {"crowd_long.premium_sell", offsetof(struct tl_evidence, crowd_long.premium_sell),
     TL_FIELD_DOUBLE},
    {"crowd_long.otm_buy", offsetof(struct tl_evidence, crowd_long.otm_buy), TL_FIELD_DOUBLE},
    {"crowd_long.otm_sell", offsetof(struct tl_evidence, crowd_long.otm_sell), TL_FIELD_DOUBLE},
    {"crowd_long.near_buy", offsetof(struct tl_evidence, crowd_long.near_buy), TL_FIELD_DOUBLE},
    {"crowd_long.near_sell", offsetof(struct tl_evidence, crowd_long.near_sell), TL_FIELD_DOUBLE},
    {"crowd_long.short_buy", offsetof(struct tl_evidence, crowd_long.short_buy), TL_FIELD_DOUBLE},
    {"crowd_long.short_sell", offsetof(struct tl_evidence, crowd_long.short_sell), TL_FIELD_DOUBLE},
    {"crowd_long.near_usd", offsetof(struct tl_evidence, crowd_long.near_usd), TL_FIELD_DOUBLE},
    {"crowd_long.otm_prints", offsetof(struct tl_evidence, crowd_long.otm_prints), TL_FIELD_COUNT},
    {"crowd_long.prints", offsetof(struct tl_evidence, crowd_long.prints), TL_FIELD_COUNT},
    {"is_etf", offsetof(struct tl_evidence, is_etf), TL_FIELD_BOOL},
    {"gamma", offsetof(struct tl_evidence, gamma), TL_FIELD_DOUBLE},
    {"stock_match", offsetof(struct tl_evidence, stock_match), TL_FIELD_DOUBLE},
    {"stock_hedge", offsetof(struct tl_evidence, stock_hedge), TL_FIELD_DOUBLE},
    {"short_net_usd", offsetof(struct tl_evidence, short_net_usd), TL_FIELD_DOUBLE},
    {"short_z", offsetof(struct tl_evidence, short_z), TL_FIELD_DOUBLE},
    {"short_rel", offsetof(struct tl_evidence, short_rel), TL_FIELD_DOUBLE},
    {"core_legs", offsetof(struct tl_evidence, core_legs), TL_FIELD_COUNT},
    {"core_strikes", offsetof(struct tl_evidence, core_strikes), TL_FIELD_COUNT},
    {"core_expiries", offsetof(struct tl_evidence, core_expiries), TL_FIELD_COUNT},
    {"core_both", offsetof(struct tl_evidence, core_both), TL_FIELD_BOOL},
    {"all_bought", offsetof(struct tl_evidence, all_bought), TL_FIELD_BOOL},
    {"all_sold", offsetof(struct tl_evidence, all_sold), TL_FIELD_BOOL},
    {"sides_mixed", offsetof(struct tl_evidence, sides_mixed), TL_FIELD_BOOL},
    {"symmetry", offsetof(struct tl_evidence, symmetry), TL_FIELD_DOUBLE},
    {"flatness", offsetof(struct tl_evidence, flatness), TL_FIELD_DOUBLE},
    {"parity", offsetof(struct tl_evidence, parity), TL_FIELD_DOUBLE},
    {"box", offsetof(struct tl_evidence, box), TL_FIELD_BOOL},
    {"package_count", offsetof(struct tl_evidence, package_count), TL_FIELD_COUNT},
    {"package_usd", offsetof(struct tl_evidence, package_usd), TL_FIELD_DOUBLE},
    {"package_rest", offsetof(struct tl_evidence, package_rest), TL_FIELD_DOUBLE},
    {"package_rel", offsetof(struct tl_evidence, package_rel), TL_FIELD_DOUBLE},
    {"days_to_event", offsetof(struct tl_evidence, days_to_event), TL_FIELD_DOUBLE},
    {"hours_since_event", offsetof(struct tl_evidence, hours_since_event), TL_FIELD_DOUBLE},
    {"expiry_after_event", offsetof(struct tl_evidence, expiry_after_event), TL_FIELD_BOOL},
    {"first_expiry_after", offsetof(struct tl_evidence, first_expiry_after), TL_FIELD_BOOL},
};

size_t tl_evidence_field_count(void)
{
    return sizeof fields / sizeof fields[0];
}

const char *tl_evidence_field_name(size_t field)
{
    return fields[field].name;
}

double tl_evidence_field(const struct tl_evidence *evidence, size_t field)
{
    const char *at = (const char *)evidence + fields[field].offset;
    switch (fields[field].kind) {
    case TL_FIELD_DOUBLE:
        return *(const double *)(const void *)at;
    case TL_FIELD_BOOL:
        return *(const bool *)(const void *)at;
    case TL_FIELD_INT:
        return *(const int *)(const void *)at;
    case TL_FIELD_COUNT:
        return *(const uint32_t *)(const void *)at;
    }
    return 0;
}

void tl_evidence_field_set(struct tl_evidence *evidence, size_t field, double value)
{
    char *at = (char *)evidence + fields[field].offset;
    switch (fields[field].kind) {
    case TL_FIELD_DOUBLE:
        *(double *)(void *)at = value;
        break;
    case TL_FIELD_BOOL:
        *(bool *)(void *)at = value > 0.5;
        break;
    case TL_FIELD_INT:
        *(int *)(void *)at = (int)value;
        break;
    case TL_FIELD_COUNT:
        *(uint32_t *)(void *)at = (uint32_t)value;
        break;
    }
}
