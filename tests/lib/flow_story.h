/* SPDX-License-Identifier: Apache-2.0
 * Short traces for the classifier: events by hand in, a readable account of inputs (">") and derived
 * events as JSON ("<") out. */
#ifndef TL_TESTS_FLOW_STORY_H
#define TL_TESTS_FLOW_STORY_H

#include "flow/flow.h"
#include "wire/flow_json.h"

#define STORY_T0 1778765400000LL /* 2026-05-14 13:30:00 UTC, a Thursday */

struct story {
    struct tl_flow *flow;
    struct tl_text out; /* the account */
    bool quiet;         /* leave the inputs out of the account */
    bool no_joins;      /* leave joins out of the account */
    const char *trace_prefix;
    uint64_t seq, seq_step;
    double spot_bid, spot_ask; /* of the last quote; prints carry its mid */
    double iv;
    size_t packets, events, alerts, joins, darks, hits; /* since story_begin */
    struct tl_smart_money last;                         /* copies; strings are not kept */
    char last_id[256], last_primary[64];
    uint32_t primaries[TL_PROFILE_COUNT];
    enum tl_direction directions[TL_PROFILE_COUNT];
    double best[TL_PROFILE_COUNT]; /* highest probability seen, by profile */
    double market_rate;            /* evidence of the last judgement */
};

void story_begin(struct story *story);
void story_begin_with(struct story *story, struct tl_flow_options options);
void story_end(struct story *story); /* drains and destroys the machine; out stays */
void story_free(struct story *story);

void story_quote(struct story *story, int64_t ms, const char *symbol, double bid, double ask);
void story_trade(struct story *story, int64_t ms, const char *symbol, double price, int64_t size,
                 bool off_exchange);
void story_nbbo(struct story *story, int64_t ms, const char *contract, double bid, double ask);
/* conditions: comma list, may be empty; signal: it passed the gate. ms counts from STORY_T0. */
void story_print(struct story *story, int64_t ms, const char *contract, double price, int64_t size,
                 const char *venue, const char *conditions, bool signal);
void story_advance(struct story *story, int64_t ms);
void story_note(struct story *story, const char *text);

#endif
