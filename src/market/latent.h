/* SPDX-License-Identifier: Apache-2.0
 * The seam between the latent market (src/market) and what it prints (src/tape): one symbol's
 * latent state over one second [sec, sec + 1). Index 0 is the second's start, 1 its end; the end of
 * one second is the start of the next, bit for bit. Nothing here depends on later seconds. */
#ifndef TL_MARKET_LATENT_H
#define TL_MARKET_LATENT_H

#include <tapeloom/types.h>

struct tl_latent {
    double log_px[2];    /* efficient price, log USD */
    double passing[2];   /* of log_px[1]: what passes again within some 4 s, within 30 s; log */
    double sigma_s;      /* sd of this second's efficient log return */
    double sigma_annual; /* the same, annualised over 252 x 23400 s */
    double trade_rate;   /* expected equity prints (parents x prints a parent) a second, firehose */
    double option_rate;  /* expected background option prints a second, firehose */
    double day_volume; /* the day's volume against the reference one, as far as the open knows it */
    double flow;       /* expected mean sign of the second's aggressive trades, -1..1 (q) */
    double flow_expected; /* its forecast from earlier seconds (q^) */
    double spread_ticks;  /* mean quoted spread in ticks in this second, >= 1 */
    tl_px bid[2], ask[2]; /* the NBBO at the second's start and end, on the symbol's grid */
    tl_lots bid_size[2], ask_size[2]; /* shares at the inside */
    double depth, ragged;             /* of the law of its queues (quote_anchor.h) in this second */
    tl_px tick;                       /* the grid: 100 is a cent, 50 half a cent */
    double volatility, liquidity, cleanliness; /* levels of name and session, 1.0 ordinary */
    double clustering;   /* scales the families' branching, 1.0 ordinary, 0.5..1.3 */
    double off_exchange; /* share of volume, 0..1 */
    double sweep;        /* tilt of how many resting orders a lit parent meets, 1.0 ordinary */
    double odd_lots;     /* tilt of the odd-lot share, 1.0 ordinary */
    /* The options side. */
    double atm_iv_log;  /* log of (30-day ATM vol now / the symbol's reference IV28) */
    double skew_shift;  /* added to the symbol's rr (25-delta risk reversal over ATM) */
    double iv_pressure; /* additive, in vol (0.01 is one point), decays by itself */
    /* Tilts of background option flow, 1.0 ordinary: 0 to 2 days, calls above the money, packages,
     * puts, strikes near the money, order sizes, the first expiry after the name's next event. */
    double short_dated, otm_call, multi_leg, put_tilt, near_money, lots, event_expiry;
    double event_lean; /* where a ramp before the name's next event drifts, -1..1 */
};

/* What scenario parents of this second do to one symbol, given to the next latent step. */
struct tl_push {
    double flow;   /* added to q: signed shares over the second's expected volume */
    double log_px; /* permanent log-price impact */
    double iv;     /* added to iv_pressure, vol */
    double skew;   /* added to skew_shift; decays with a half-life of 5 min */
};

#endif
