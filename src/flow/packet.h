/* SPDX-License-Identifier: Apache-2.0
 * A flow packet: the facts about one cluster, or about the legs of one structure, as they are
 * published (the JSON is wire/flow_json.c). Strings are borrowed from the builder's text and the
 * member ring: good until the next packet is built. */
#ifndef TL_FLOW_PACKET_H
#define TL_FLOW_PACKET_H

#include "base/text.h"
#include "flow/rolling.h"
#include "flow/structure.h"

#define TL_PACKET_MEMBERS_MAX 1024 /* the count features tell the true number */

enum tl_packet_field { /* bits of tl_flow_packet.has */
                       TL_PACKET_UNDERLYING_QUOTE = 1
                                                    << 0, /* a quote was cached: its age is known */
                       TL_PACKET_UNDERLYING_QUOTE_FRESH = 1 << 1, /* and not older than the limit */
                       TL_PACKET_IS_ETF = 1 << 2,
                       TL_PACKET_IV_SHOCK = 1 << 3,
                       TL_PACKET_MOVE = 1 << 4,
                       TL_PACKET_NBBO = 1 << 5,
                       TL_PACKET_NBBO_FRESH = 1 << 6
};

struct tl_flow_packet {
    struct tl_meta meta; /* trace_id is the packet's id */
    size_t member_count;
    const struct tl_str *members; /* trace ids of the prints */
    bool structure;
    uint32_t has;
    struct tl_str option_contract_id; /* pseudo id of a structure */
    struct tl_str underlying_id;      /* may be empty */
    uint32_t count;
    int64_t total_size;
    double total_premium, total_notional, first_price, last_price;
    int64_t start_ts, end_ts, window_ms; /* window_ms: the true span */
    struct tl_flow_quote underlying_quote;
    double underlying_mid, underlying_spread;
    int64_t underlying_quote_age_ms;
    enum tl_option_type option_type;
    bool is_etf;
    struct tl_str conditions;
    uint32_t special_print_count, venue_count;
    double execution_iv_shock, underlying_move_bps;
    int64_t corporate_event_ts; /* 0: none */
    uint32_t placed[TL_SIDE_COUNT];
    double coverage, aggressive_buy, aggressive_sell, inside, aggressive;
    struct tl_rolling_stat premium_stat, size_stat, spread_stat;
    struct tl_structure_summary shape; /* tag of a single, or the structure's own */
    struct tl_flow_quote nbbo;
    double nbbo_mid, nbbo_spread;
    int64_t nbbo_age_ms;
    /* structures */
    struct tl_str contract_ids, expiries, strikes_list;
    uint32_t expiry_count;
    double same_size_leg_symmetry;
    bool roll;
    struct tl_str roll_from_expiry, roll_to_expiry;
    double roll_from_strike, roll_to_strike, roll_strike_delta;
    int64_t roll_expiry_days_delta;
};

struct tl_packet_builder; /* text and member storage of the packet in hand */

struct tl_packet_limits {
    int64_t window_ms, nbbo_age_ms_max, quote_age_ms_max;
};

struct tl_packet_builder *tl_packet_builder_create(const struct tl_packet_limits *limits);
void tl_packet_builder_destroy(struct tl_packet_builder *builder);

/* A packet of one cluster. nbbo and quote are the cached ones at the flush; rolling: NULL leaves
 * the baselines out (packets below the signal gate have none and move none). */
void tl_packet_single(struct tl_packet_builder *builder, const struct tl_cluster *cluster,
                      const struct tl_flow_quote *nbbo, const struct tl_flow_quote *quote,
                      const struct tl_structure_summary *shape, struct tl_rolling *rolling,
                      struct tl_members *members, struct tl_flow_packet *packet);
/* A packet of all legs. shape->type is one of straddle .. roll. */
void tl_packet_structure(struct tl_packet_builder *builder, const struct tl_legs *legs,
                         const struct tl_structure_summary *shape, struct tl_members *members,
                         struct tl_flow_packet *packet);

#endif
