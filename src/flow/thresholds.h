/* SPDX-License-Identifier: Apache-2.0
 * The set numbers of the classifier in one table: limits, guards and ramps. A pair is a ramp:
 * nothing at the first value, all at the second. The weights are fitted: weights.h. */
#ifndef TL_FLOW_THRESHOLDS_H
#define TL_FLOW_THRESHOLDS_H

#include <tapeloom/control.h>

struct tl_ramp_pair {
    double low, high;
};

/* How strong a packet, its contract's flow, its packages are: the same for all profiles. */
struct tl_strength_thresholds {
    struct tl_ramp_pair premium_usd, large_usd, size_z, far_z, own, campaign_usd, rel, z, rest_usd,
        package_count, package_usd, two_sided, two_sided_large, two_sided_usd, crowd_prints,
        crowd_small, lone_z, before_usd, small_prints, any_sellers;
};

/* Many hands in a contract, rather than one order: some of them sell, they seldom come in clips of
 * several prints, many are small, they come fast (rate: prints a minute), and they bid volatility
 * up. */
struct tl_hands_thresholds {
    struct tl_ramp_pair sellers, joined, prints, small, iv_rise, rate;
    double dte; /* to that many days before an event is a ramp held against them */
};

/* One order swept over venues: profile.h, tl_swept_run. */
struct tl_run_thresholds {
    struct tl_ramp_pair venues, prints, usd;
};

struct tl_institutional_thresholds {
    struct tl_ramp_pair premium_usd, run_usd, net, venues, run_prints, flow_net, flow_count,
        far_dte, lean;
    double flow_slots_min, tenor_dte_min, tenor_dte_max, delta_min, delta_max;
    double after_hours; /* of an event in the session: what is bought till then is the event's */
};

struct tl_retail_thresholds {
    struct tl_ramp_pair dte, otm_share, short_usd, short_z, crowd_z, short_rel, crowd_prints,
        crowd_ratio, small_share, buyer_net, prints, chase_bps, attention_prints, attention_share,
        block_lots, mega_usd, turned_over;
};

struct tl_event_thresholds {
    struct tl_ramp_pair days, lean, net, iv_rise, post_hours, post_bps, repeat_count, through,
        far_delta;
};

struct tl_vol_seller_thresholds {
    struct tl_ramp_pair lean, dip_bps, repeat_count;
    double dte_min, dte_max, delta_min, delta_max;
};

struct tl_arbitrage_thresholds {
    struct tl_ramp_pair symmetry_share, stock_match, lots;
};

struct tl_hedge_thresholds {
    struct tl_ramp_pair dte, net, move_z, size_max, near_lots, near_net, stock_hedge, hedged,
        joined;
    /* Against those who buy the same options otherwise: clips of several prints, at the money, a
     * trace of stock; and sweeps, which pay through the ask and join all their prints. */
    struct tl_ramp_pair clips, near_delta, trace, through, swept;
};

/* What contradicts a profile whatever its probability: profile.h, tl_profile_barred. */
struct tl_bar_thresholds {
    double apart_own; /* no part of its contract's campaign: premium over the mean clip, below */
    double both_sides, lone_z; /* no crowd of buyers: above the first, below the second */
    double dear_usd, dear_z;   /* below this z instead of lone_z where the mean clip is that dear */
    double few_small, few_z;   /* nor below both: share of small prints, z of the last minutes */
    /* Nor without any small print where more is sold and dearer than the first and last of these,
     * and z of the last minutes is below the other. */
    double turned_sides, turned_z, turned_delta;
    double ramp_sides; /* no ramp: sold as well, above */
    /* No ramp but many hands: above each of these; prints by the minute. */
    double hands_sellers, hands_small, hands_prints;
};

/* When a profile is named, by its probability (confirm.h). The evidence is thin: an event whose best
 * profile is below sure abstains, unless it is at least likely and an earlier packet like it was at
 * least company. */
struct tl_naming_thresholds {
    double sure, likely, company;
};

struct tl_thresholds {
    double emission; /* best profile below: the event abstains, by the public contract */
    struct tl_naming_thresholds naming[TL_PROFILE_COUNT];
    double confirm_ms_min, confirm_ms_max;
    /* Bars rise by up to so many nats of log odds with tl_evidence.market_rate. */
    struct tl_ramp_pair loud_rate;
    double loud_nats;
    struct tl_bar_thresholds bar;
    double band_high, band_medium, hit_floor;
    double stale_share, special_share, inside_share, inside_lean; /* guards start here */
    struct tl_ramp_pair gamma_dte, gamma_delta;                   /* see tl_evidence.gamma */
    double thin_usd, thin_prints;  /* a lone print smaller than that */
    struct tl_ramp_pair usual_usd; /* of the stock in a quarter of an hour */
    struct tl_strength_thresholds strength;
    struct tl_hands_thresholds hands;
    struct tl_run_thresholds run;
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
