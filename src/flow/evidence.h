/* SPDX-License-Identifier: Apache-2.0
 * Everything a profile may look at, gathered once a packet: the packet itself, the legs that
 * truly belong together, the contract's and the stock's last minutes, the event calendar. Only
 * what was on the bus by the packet's end; no ids, no sequence numbers. Shares are 0..1. */
#ifndef TL_FLOW_EVIDENCE_H
#define TL_FLOW_EVIDENCE_H

#include "flow/features.h"

/* One side's excess in one contract over some minutes, told without a scale where that can be:
 * what may be one order in parts. */
struct tl_campaign {
    double side;     /* +1 bought, -1 sold, 0 nothing */
    double usd;      /* premium of that side over the other's */
    double z;        /* usd over the root of the clips' squared premiums: one clip has 1 */
    double clips;    /* of that side as if all were of one size: (sum)^2 / sum of squares */
    double repeated; /* share of its premium outside its largest clip */
    double rest_usd; /* usd without that clip */
    double rel;      /* usd over what the stock usually trades in that time */
    double own;      /* the packet's premium over the mean clip (weighted by premium); 0: the other
                        side's or none */
};

struct tl_evidence {
    /* The packet. */
    bool structure;     /* two or more legs that belong together (core_legs >= 2) */
    bool burst;         /* gathered below the signal gate */
    bool signal;        /* passed it */
    double premium_usd; /* paid or received, all legs */
    double lots, prints, span_ms, venues;
    double buy, sell, net; /* shares of lots with a known position; net = buy - sell */
    double lean;           /* mean clamped position, -1 at the bids .. +1 at the asks */
    double known;          /* share of lots whose position is known */
    double through;        /* share of lots beyond the quote */
    double sweep, special, complex, cross;               /* shares of prints */
    double run_usd, run_prints, run_venues, run_span_ms; /* its largest run: cluster.h */
    double small;                                        /* share of prints of at most 10 lots */
    double size_max;
    double stale, inside; /* public ratios */
    /* The contract (of the first leg). */
    bool dated; /* a contract id that parses */
    int right;  /* +1 call, -1 put, 0 both among the legs */
    double dte; /* -1: not known */
    bool spot_known;
    double otm;   /* (K - S) / S for calls, (S - K) / S for puts; negative in the money */
    double away;  /* |K - S| / S */
    double delta; /* |Black-Scholes delta| at the print's volatility, rates left out; 0 unknown */
    double iv_change; /* last implied volatility less that of the window's start, in volatility */
    /* Its last 15 minutes, this packet included. */
    struct tl_contract_flow flow;
    double flow_net;                           /* (buy - sell) / (buy + sell) lots; 0 when empty */
    struct tl_campaign campaign, campaign_now; /* last 15 minutes; last 3 */
    double two_sided;       /* of the contract's premium of 15 minutes: 1 as much sold as bought */
    double two_sided_large; /* the same of its clips' squared premiums: in large clips */
    double joined, hedged;  /* shares of the contract's premium: in clips of several prints beyond
                              the first; followed by a fitting stock print */
    double size_z; /* log premium of the packet among the stock's prints, in standard deviations */
    double usual_usd;   /* premium that the stock usually trades in a quarter of an hour */
    double market_rate; /* packets above the gate, a minute and stock, of all stocks, lately */
    /* The stock. */
    double move_30s, move_2m, move_10m; /* bps, up to the packet's end */
    double move_before;                 /* bps in the two minutes before the packet began */
    double move_z; /* move_before over the standard deviation that the option's iv implies */
    struct tl_crowd crowd, crowd_base; /* same right: last 2 minutes; the 12 before those */
    struct tl_crowd other;             /* other right, last 2 minutes */
    struct tl_crowd crowd_long;        /* same right, last 5 minutes */
    bool is_etf;
    double gamma;       /* 1 for options of the next days near the money, 0 elsewhere */
    double stock_match; /* stock prints of the same instant over 100 x lots of the first leg */
    double stock_hedge; /* signed stock prints during the packet over its delta in shares: +1 all of
                           it was bought by call buyers, sold by put buyers */
    double short_net_usd, short_z, short_rel; /* premium bought over sold of short-dated options out
                                                 of the money, 5 minutes: see tl_campaign */
    /* Core legs. */
    uint32_t core_legs, core_strikes, core_expiries;
    bool core_both, all_bought, all_sold, sides_mixed;
    double symmetry;        /* smallest over largest leg */
    double flatness;        /* 1 - |net premium by side| / gross premium */
    double parity;          /* 1: same strike, both rights, opposite sides, near put-call parity */
    bool box;               /* four legs, two strikes, both rights, sides alternating */
    uint32_t package_count; /* packages of these contracts in the last 15 minutes */
    double package_usd;     /* and their premium, all legs */
    double package_rest;    /* without the largest */
    double package_rel;     /* over what the stock usually trades in that time */
    /* Scheduled events. */
    double days_to_event;                        /* < 0: none known */
    double hours_since_event;                    /* < 0: none in the last days */
    bool expiry_after_event, first_expiry_after; /* the latter: within 9 days of the event */
};

struct tl_evidence_input {
    const struct tl_flow_packet *packet;
    const struct tl_features *features;
    const struct tl_legs *legs;    /* of the packet; count >= 1, current first */
    const struct tl_legs *package; /* those and others beside them, current first */
    const struct tl_flow_contract *contract;
    const struct tl_flow_underlying *underlying;
    const struct tl_flow_calendar *calendar; /* may be NULL */
};

/* The package that the first leg is part of; count of legs, 1: none. */
size_t tl_evidence_package(const struct tl_legs *legs, struct tl_recent_package *package);

void tl_evidence_gather(const struct tl_evidence_input *input, struct tl_evidence *evidence);

#endif
