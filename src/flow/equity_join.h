/* SPDX-License-Identifier: Apache-2.0
 * An equity print beside the quote that was in force, and what off-exchange prints suggest:
 * absorbed blocks, stealth accumulation, distribution. */
#ifndef TL_FLOW_EQUITY_JOIN_H
#define TL_FLOW_EQUITY_JOIN_H

#include "flow/context.h"

struct tl_equity_join {
    struct tl_meta meta;                          /* the print's, with the join's id as trace_id */
    struct tl_str print_trace_id, quote_trace_id; /* the latter empty without a quote */
    const struct tl_wire_equity_print *print;
    enum tl_nbbo_side placement;
    struct tl_flow_quote quote; /* known: there was one */
    bool fresh;                 /* known and not older than the limit */
    int64_t quote_age_ms;
    double mid, spread; /* of a fresh quote, to 4 places */
};

/* storage: at least TL_JOIN_ID_MAX bytes for the id, kept by the caller as long as the join. */
#define TL_JOIN_ID_MAX 128
void tl_equity_join_make(const struct tl_wire_equity_print *print,
                         const struct tl_flow_quote *quote, struct tl_str quote_trace,
                         int64_t age_ms_max, char *storage, struct tl_equity_join *join);

struct tl_dark_limits { /* DARK_INFER_* */
    int64_t window_ms, cooldown_ms;
    int64_t min_block_size, min_accum_size, min_accum_count, min_print_size, max_evidence;
    double max_spread_pct;
};

#define TL_DARK_EVIDENCE_MAX 64
#define TL_DARK_KEPT 256 /* prints of one stock and side within the window; older ones give way */

enum tl_dark_type { TL_DARK_BLOCK, TL_DARK_ACCUMULATION, TL_DARK_DISTRIBUTION, TL_DARK_TYPE_COUNT };
const char *tl_dark_type_name(enum tl_dark_type type);

struct tl_dark_event {
    struct tl_meta meta;
    enum tl_dark_type type;
    double confidence;
    size_t evidence_count;
    struct tl_str evidence[TL_DARK_EVIDENCE_MAX]; /* join ids, oldest first */
};

struct tl_dark;
struct tl_dark *tl_dark_create(const struct tl_dark_limits *limits);
void tl_dark_destroy(struct tl_dark *dark);
/* Feeds one join in order of arrival. Returns how many events it gave (at most 2); they are good
 * until the next call. */
size_t tl_dark_feed(struct tl_dark *dark, const struct tl_equity_join *join,
                    struct tl_dark_event events[2]);

#endif
