/* SPDX-License-Identifier: Apache-2.0
 * Every number of the classifier in one table. Weights are log odds: 0.7 doubles them, 2.3 makes
 * them ten times. A pair is a ramp: nothing at the first value, all at the second. */
#ifndef TL_FLOW_THRESHOLDS_H
#define TL_FLOW_THRESHOLDS_H

struct tl_ramp_pair {
    double low, high;
};

struct tl_institutional_thresholds {
    double bias, size, parent, side, sweep, accumulation, far_dated, outright, tenor;
    double structure, complex, cross, lottery, gamma, event, reactive, sold, contrary;
    struct tl_ramp_pair premium_usd, parent_usd, net, venues, span_ms, flow_net, flow_count,
        flow_usd, far_dte, far_usd, far_lean;
    double flow_slots_min, tenor_dte_min, tenor_dte_max, delta_min, delta_max;
};

struct tl_retail_thresholds {
    double bias, otm, crowd, premium, parent, small, buyers, burst, chase, attention;
    double block, structure, dated, mega;
    struct tl_ramp_pair dte, otm_share, short_usd, parent_usd, crowd_prints, crowd_ratio,
        small_share, buyer_net, prints, chase_bps, attention_prints, attention_share, block_lots,
        mega_usd;
};

struct tl_event_thresholds {
    double bias, alignment, expiry, first_expiry, straddle, package, parent, directional, size,
        iv_build, repeat;
    double post, crush, sold, tiny, gamma;
    struct tl_ramp_pair days, premium_usd, parent_usd, package_usd, lean, net, iv_rise, post_hours,
        post_bps, repeat_count;
};

struct tl_vol_seller_thresholds {
    double bias, sell, structure, package, parent, tenor, size, repeat, iv_down, buy_write, dip;
    double bought, mixed, parity, short_dated;
    struct tl_ramp_pair lean, premium_usd, parent_usd, package_usd, repeat_count, dip_bps;
    double dte_min, dte_max, delta_min, delta_max;
};

struct tl_arbitrage_thresholds {
    double bias, symmetry, flat, opposite, parity, box, stock_leg, vertical, reports, size, package,
        repeat;
    double single, one_side;
    struct tl_ramp_pair symmetry_share, lots, package_usd, package_count;
};

struct tl_hedge_thresholds {
    double bias, gamma, linkage, lots, one_sided, parent, size, etf;
    double structure, small, dated, still;
    struct tl_ramp_pair dte, parent_usd, move_z, size_max, near_lots, near_net, premium_usd;
};

struct tl_thresholds {
    double emission; /* best profile below: the event abstains */
    double band_high, band_medium, hit_floor;
    double stale_share, special_share, inside_share, inside_lean; /* guards start here */
    double stale_keep, special_keep, inside_keep; /* what a guard leaves of a probability */
    struct tl_ramp_pair gamma_dte, gamma_delta;   /* see tl_evidence.gamma */
    double thin_usd, thin_prints, thin; /* points off every profile for a lone tiny print */
    struct tl_institutional_thresholds institutional;
    struct tl_retail_thresholds retail;
    struct tl_event_thresholds event;
    struct tl_vol_seller_thresholds vol_seller;
    struct tl_arbitrage_thresholds arbitrage;
    struct tl_hedge_thresholds hedge;
    /* Which packets below the signal gate are worth judging. */
    double burst_prints, burst_crowd, burst_flow_prints, burst_usd;
    double burst_cooldown_ms; /* one event a stock, profile and direction */
};

extern const struct tl_thresholds tl_thresholds;

#endif
