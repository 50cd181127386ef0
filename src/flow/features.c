/* SPDX-License-Identifier: Apache-2.0
 * Features by the public formulas. Days to expiration: ceil((expiry 00:00Z - ref) / day), which for
 * whole days is expiry day - UTC day of ref. On the day itself that is 0. After 00:00Z the New York
 * evening of the expiration day still counts as day 0 (a continuous session trades then). */
#include "flow/features.h"

#include <string.h>

#include "base/math.h"

#define DAY_MS 86400000LL
#define EVENING_MS (5 * 3600000LL) /* 00:00Z to 05:00Z is the New York evening before */

double tl_features_null(void)
{
    return __builtin_nan("");
}

bool tl_features_is_null(double value)
{
    return value != value;
}

int64_t tl_features_dte(int32_t expiry_day, int64_t ref_ms)
{
    int64_t day = tl_floor_div(ref_ms, DAY_MS);
    if (expiry_day == day - 1 && ref_ms - day * DAY_MS < EVENING_MS) return 0;
    return expiry_day - day;
}

static double or_null(double value)
{
    return tl_abs(value) > 0 ? value : tl_features_null();
}

static void set_event(const struct tl_flow_packet *packet, const struct tl_flow_calendar *calendar,
                      int32_t expiry_day, int64_t ref, struct tl_features *features)
{
    const struct tl_calendar_event *event = tl_calendar_next(calendar, packet->underlying_id, ref);
    int64_t event_ts = event ? event->event_ts : packet->corporate_event_ts;
    features->days_to_event = features->pre_event_concentration = tl_features_null();
    features->expiry_after_event = -1;
    if (event_ts <= 0) return;
    double days = (double)(event_ts - ref) / (double)DAY_MS;
    features->days_to_event = days;
    if (expiry_day > 0) features->expiry_after_event = expiry_day * DAY_MS >= event_ts;
    if (event_ts >= ref) features->pre_event_concentration = tl_clamp(1 - days / 21, 0, 1);
}

static void set_contract(const struct tl_flow_packet *packet,
                         const struct tl_flow_contract_name *name, int64_t ref,
                         struct tl_features *features)
{
    features->dte_days = features->moneyness = features->atm_proximity = tl_features_null();
    if (!name || !name->parsed) return;
    features->option_type = name->right;
    int64_t dte = tl_features_dte(name->expiry_day, ref);
    if (dte >= 0) features->dte_days = (double)dte;
    double mid = packet->underlying_mid;
    if (!(packet->has & TL_PACKET_UNDERLYING_QUOTE_FRESH) || !(mid > 0)) return;
    features->moneyness = name->strike / mid;
    features->atm_proximity = tl_abs(name->strike - mid) / mid;
}

static double quote_age(const struct tl_flow_packet *packet)
{
    if (packet->has & TL_PACKET_NBBO) return (double)packet->nbbo_age_ms;
    if (packet->has & TL_PACKET_UNDERLYING_QUOTE) return (double)packet->underlying_quote_age_ms;
    return tl_features_null();
}

void tl_features_from(const struct tl_flow_packet *packet, const struct tl_flow_contract_name *name,
                      const struct tl_flow_calendar *calendar, struct tl_features *features)
{
    memset(features, 0, sizeof *features);
    int64_t ref = packet->end_ts;
    double prints = packet->count;
    features->contract_count = packet->shape.legs > 1 ? packet->shape.legs : 1;
    features->print_count = packet->count;
    features->start_ts = packet->start_ts;
    features->end_ts = packet->end_ts;
    features->window_ms = packet->window_ms;
    features->venue_count = packet->venue_count > 1 ? packet->venue_count : 1;
    features->strike_count = packet->shape.strikes > 1 ? packet->shape.strikes : 1;
    features->strike_concentration = 1 / (double)features->strike_count;
    features->structure_legs = packet->shape.legs;
    features->structure_type = tl_str_from(tl_structure_type_name(packet->shape.type));
    features->total_size = (double)packet->total_size;
    features->total_premium = packet->total_premium;
    features->total_notional = packet->total_notional;
    features->option_contract_id = packet->option_contract_id;
    set_contract(packet, name, ref, features);
    features->aggressor_buy_ratio = packet->aggressive_buy;
    features->aggressor_sell_ratio = packet->aggressive_sell;
    features->aggressor_ratio = packet->aggressive;
    features->nbbo_coverage_ratio = packet->coverage;
    features->nbbo_inside_ratio = packet->inside;
    double unplaced = packet->placed[TL_SIDE_STALE] + packet->placed[TL_SIDE_MISSING];
    features->nbbo_stale_ratio = prints > 0 ? tl_clamp(unplaced / prints, 0, 1) : 0;
    features->quote_age_ms = quote_age(packet);
    features->inter_fill_ms_mean =
        prints > 1 ? (double)packet->window_ms / (prints - 1) : tl_features_null();
    features->same_size_leg_symmetry = packet->same_size_leg_symmetry;
    features->net_directional_bias =
        tl_clamp(packet->aggressive_buy - packet->aggressive_sell, -1, 1);
    features->iv_shock = or_null(packet->execution_iv_shock);
    features->spread_widening = or_null(packet->spread_stat.z);
    features->underlying_move_bps = or_null(packet->underlying_move_bps);
    set_event(packet, calendar, name && name->parsed ? name->expiry_day : 0, ref, features);
    features->special_print_ratio =
        prints > 0 ? tl_clamp(packet->special_print_count / prints, 0, 1) : 0;
}
