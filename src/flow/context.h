/* SPDX-License-Identifier: Apache-2.0
 * What the classifier remembers beyond one packet: for each contract its quote and 20 minutes of
 * signed flow by the minute; for each stock its quote, 16 minutes of mids, signed option flow by 15
 * seconds (small short-dated out-of-the-money prints, at-the-money short-dated lots, premium), its
 * recent legs, large stock prints and emitted packets. Everything is indexed by market time and of
 * fixed size; an old slot is recognised by its number and starts again. */
#ifndef TL_FLOW_CONTEXT_H
#define TL_FLOW_CONTEXT_H

#include "flow/cluster.h"
#include "flow/confirm.h"

#define TL_CONTRACT_SLOT_MS 60000
#define TL_CONTRACT_SLOTS 20
#define TL_CLIP_MS 250
#define TL_CROWD_SLOT_MS 15000
#define TL_CROWD_SLOTS 64
#define TL_MID_SLOT_MS 5000
#define TL_MID_SLOTS 192
#define TL_LEGS_KEPT 20 /* by contract */
#define TL_STOCK_PRINTS 128
#define TL_RECENT_PACKETS 16
#define TL_OPEN_HEDGES 16
#define TL_HEDGE_MS 60
#define TL_STRUCTURE_KEYS 64
#define TL_RECENT_PACKAGES 64
#define TL_FLOW_PACKET_ID_MAX 127 /* of single-contract packets */

struct tl_flow_quote {
    bool known;
    double bid, ask;
    int64_t bid_size, ask_size; /* options only */
    int64_t ts;
    uint64_t seq;
};

struct tl_contract_slot {
    int64_t slot;
    double buy_lots, sell_lots, lots, buy_usd, sell_usd, iv;
    double buy_sq, sell_sq;   /* sums of the clips' squared premiums */
    double buy_max, sell_max; /* largest clip */
    double joined_usd;        /* of prints that joined a clip: none for lone prints */
    double hedged_usd;        /* of prints that a stock print of the fitting size followed */
    uint32_t prints, buys, sells, small, buy_clips, sell_clips;
};

/* Prints of one contract and side that follow each other within TL_CLIP_MS are one clip: an order,
 * as far as the tape can tell. */
struct tl_clip {
    int64_t ts;
    double usd;
};

struct tl_flow_contract {
    bool named;
    struct tl_flow_contract_name name;
    struct tl_flow_quote quote;
    uint32_t clusters[TL_LANE_COUNT];       /* handles */
    int64_t signal_start_ts, signal_end_ts; /* the last signal packet's, so ids do not collide */
    struct tl_clip buy, sell;               /* the latest */
    struct tl_contract_slot slots[TL_CONTRACT_SLOTS];
};

struct tl_crowd {                     /* one right */
    double premium_buy, premium_sell; /* USD, all contracts */
    double otm_buy, otm_sell;         /* lots of small short-dated out-of-the-money prints */
    double near_buy, near_sell;       /* lots of short-dated near-the-money prints */
    double short_buy, short_sell;     /* USD of short-dated out-of-the-money prints, any size */
    double short_sq;                  /* sum of their squares */
    double near_usd;                  /* USD of short-dated near-the-money prints */
    uint32_t otm_prints, prints;
};

struct tl_crowd_slot {
    int64_t slot;
    struct tl_crowd right[2]; /* 0 calls, 1 puts */
};

struct tl_mid_slot {
    int64_t slot;
    double mid; /* last of the slot */
};

/* An option print of size whose hedge, bought or sold in the stock a moment later, would show. */
struct tl_open_hedge {
    int64_t ts;
    int8_t direction; /* of the stock: +1 bought */
    double lots, usd; /* lots 0: answered, or never there */
    uint8_t id_size;
    char id[64];
};

struct tl_stock_print {
    int64_t ts, size;
    int8_t side; /* +1 at or above the ask, -1 at or below the bid, 0 between or not known */
};

/* What is usual for a stock: sums over slots that have left the crowd ring, fading with a half-life
 * of an hour; so the last sixteen minutes do not count as their own norm. */
struct tl_flow_norm {
    int64_t first_slot; /* of the first print ever; 0: none yet */
    double seconds, usd, short_usd[2];
    double clips, log_usd, log_usd_sq; /* of clips: count, sums of log premium and its square */
};

struct tl_recent_packet {
    int64_t end_ts;
    uint64_t contract_hash;
    int8_t direction; /* +1 bullish, -1 bearish by its flow, 0 neither */
    uint8_t id_size;
    char id[TL_FLOW_PACKET_ID_MAX];
};

/* A package: legs of one size in one instant. */
struct tl_recent_package {
    uint64_t hash; /* of its contracts, in no order */
    int64_t ts;
    double usd;
    int8_t side; /* +1 bought, -1 sold, 0 mixed */
};

struct tl_structure_key {
    uint64_t hash;
    int64_t ts;
};

struct tl_flow_underlying {
    struct tl_flow_quote quote;
    uint8_t quote_trace_size;
    char quote_trace[TL_MEMBER_TRACE_MAX];
    struct tl_mid_slot mids[TL_MID_SLOTS];
    struct tl_crowd_slot crowd[TL_CROWD_SLOTS];
    struct tl_flow_norm norm;
    uint32_t leg_next, leg_count, stock_next, packet_next, key_next;
    struct tl_cluster legs[TL_LEGS_KEPT];
    struct tl_stock_print stock[TL_STOCK_PRINTS];
    struct tl_recent_packet packets[TL_RECENT_PACKETS];
    struct tl_structure_key keys[TL_STRUCTURE_KEYS];
    uint32_t open_next;
    struct tl_open_hedge open[TL_OPEN_HEDGES];
    uint32_t package_next;
    struct tl_recent_package packages[TL_RECENT_PACKAGES];
    struct tl_confirm confirm;
    int64_t burst_ts[6][3]; /* last event of the burst lane by profile and direction */
};

/* Sums over the last window_ms before now (whole slots). */
struct tl_contract_flow {
    double buy_lots, sell_lots, lots, buy_usd, sell_usd;
    double buy_sq, sell_sq, buy_max, sell_max, joined_usd, hedged_usd;
    uint32_t buy_clips, sell_clips;
    uint32_t prints, buys, sells, small, active_slots; /* slots with buyers or sellers */
    double iv_then; /* earliest implied volatility in the window; 0: none */
};

/* lots signed by side: +1 bought, -1 sold, 0 neither. */
struct tl_context_print {
    int64_t ts;
    int side;
    int64_t size;
    double usd, iv;
    bool put, otm_small, otm_short, near_short;
};

void tl_context_option_print(struct tl_flow_contract *contract,
                             struct tl_flow_underlying *underlying,
                             const struct tl_context_print *print);
void tl_context_quote(struct tl_flow_underlying *underlying, int64_t ts, double mid);
void tl_context_stock_print(struct tl_flow_underlying *underlying, int64_t ts, int64_t size,
                            int side);

struct tl_contract_flow tl_context_contract_flow(const struct tl_flow_contract *contract,
                                                 int64_t now, int64_t window_ms);
/* Sum of one right over slots that ended in (now - from_ms, now - to_ms]; to_ms 0: up to now. */
struct tl_crowd tl_context_crowd(const struct tl_flow_underlying *underlying, bool put, int64_t now,
                                 int64_t from_ms, int64_t to_ms);
/* Log-free move of the mid between now - back_ms and now - upto_ms in basis points; 0 where either
 * end is not known (within 60 s before the instant asked for). */
double tl_context_move_bps(const struct tl_flow_underlying *underlying, int64_t now,
                           int64_t back_ms, int64_t upto_ms);
/* Notes an option print of at least ten lots to one side; direction: of its hedge in the stock. */
void tl_context_open_hedge(struct tl_flow_underlying *underlying, struct tl_str id,
                           const struct tl_context_print *print, int direction);
/* The open hedge that a stock print answers: within TL_HEDGE_MS, to its side, between a twelfth and
 * half of its contracts' shares. Takes it out; NULL: none. */
const struct tl_open_hedge *tl_context_hedge(struct tl_flow_underlying *underlying, int64_t ts,
                                             int64_t size, int side);
/* Books that hedge with its contract. */
void tl_context_hedged(struct tl_flow_contract *contract, const struct tl_open_hedge *hedge);

/* Shares of the prints in [from, to] of at least `least` shares each: all, and signed by side. */
struct tl_stock_volume {
    double shares, net;
};
struct tl_stock_volume tl_context_stock_volume(const struct tl_flow_underlying *underlying,
                                               int64_t from, int64_t to, double least);

/* What the stock's flow usually is, from its norm and the older part of the crowd ring (all of it in
 * the first ten minutes of a tape), drawn to a weak first guess. */
struct tl_usual {
    double usd_s;               /* option premium a second */
    double short_usd_s;         /* the same of short-dated out-of-the-money prints of one right */
    double log_usd, log_usd_sd; /* of a clip's premium */
};
struct tl_usual tl_context_usual(const struct tl_flow_underlying *underlying, bool put,
                                 int64_t now);
/* True when the key was not seen within window_ms before ts; remembers it then. */
bool tl_context_structure_fresh(struct tl_flow_underlying *underlying, struct tl_str key,
                                int64_t ts, int64_t window_ms);
/* Remembers a package, once for all its legs. */
void tl_context_package(struct tl_flow_underlying *underlying,
                        const struct tl_recent_package *package);
struct tl_package_flow {
    uint32_t count; /* packages of the same contracts in the window, this one included */
    double usd, usd_max;
};
struct tl_package_flow tl_context_package_flow(const struct tl_flow_underlying *underlying,
                                               uint64_t hash, int64_t now, int64_t window_ms);
void tl_context_push_leg(struct tl_flow_underlying *underlying, const struct tl_cluster *leg);
uint64_t tl_context_hash(struct tl_str text); /* FNV-1a; for equality only */

#endif
