/* SPDX-License-Identifier: Apache-2.0
 * The public features of a smart-money event: a function of the packet and the event calendar.
 * NaN stands for null. */
#ifndef TL_FLOW_FEATURES_H
#define TL_FLOW_FEATURES_H

#include "flow/event_calendar.h"
#include "flow/packet.h"

struct tl_features {
    int64_t contract_count, print_count, start_ts, end_ts, window_ms, venue_count, strike_count,
        structure_legs;
    double total_size, total_premium, total_notional;
    struct tl_str option_contract_id; /* empty: left out */
    char option_type;                 /* 'C', 'P'; 0: left out */
    struct tl_str structure_type;     /* empty: left out */
    double dte_days, moneyness, atm_proximity, quote_age_ms, inter_fill_ms_mean, iv_shock,
        spread_widening, underlying_move_bps, days_to_event, pre_event_concentration;
    int expiry_after_event; /* -1 null, 0, 1 */
    double aggressor_buy_ratio, aggressor_sell_ratio, aggressor_ratio, nbbo_coverage_ratio,
        nbbo_inside_ratio, nbbo_stale_ratio, strike_concentration, same_size_leg_symmetry,
        special_print_ratio, net_directional_bias;
};

/* name: the packet's contract; NULL for a structure. */
void tl_features_from(const struct tl_flow_packet *packet, const struct tl_flow_contract_name *name,
                      const struct tl_flow_calendar *calendar, struct tl_features *features);

double tl_features_null(void); /* NaN */
bool tl_features_is_null(double value);
/* Whole days from ref to an expiration: 0 on its day, until late that evening in New York;
 * negative: expired. */
int64_t tl_features_dte(int32_t expiry_day, int64_t ref_ms);

#endif
