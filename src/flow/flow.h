/* SPDX-License-Identifier: Apache-2.0
 * The classifier as one machine: market events in, derived events out through a sink. Feed the
 * four streams in event-time order (nbbo, option print, equity quote, equity print within a
 * millisecond); the output is a function of that sequence alone. It never looks at a clock:
 * tl_flow_advance tells it how far market time has come when nothing prints.
 *
 *     tl_flow_options_default -> tl_flow_create -> tl_flow_... -> tl_flow_drain -> tl_flow_destroy
 *
 * One thread. No allocation after creation. A late event (before what was already fed) is taken as
 * it comes and cannot move time back. */
#ifndef TL_FLOW_FLOW_H
#define TL_FLOW_FLOW_H

#include "flow/equity_join.h"
#include "flow/smart_money.h"

struct tl_flow_sink { /* any may be NULL; everything passed is borrowed for the call */
    void *context;
    void (*packet)(void *context, const struct tl_flow_packet *packet);
    void (*smart_money)(void *context, const struct tl_smart_money *event);
    void (*hit)(void *context, const struct tl_classifier_hit *hit);
    void (*alert)(void *context, const struct tl_alert *alert);
    void (*join)(void *context, const struct tl_equity_join *join);
    void (*dark)(void *context, const struct tl_dark_event *event);
    /* Every judgement with what it rests on, before it is known whether the event goes out: what
     * the weights are fitted on. */
    void (*judged)(void *context, const struct tl_smart_money *event,
                   const struct tl_evidence *evidence);
};

struct tl_flow_options {
    int64_t window_ms;         /* CLUSTER_WINDOW_MS */
    int64_t nbbo_age_ms_max;   /* NBBO_MAX_AGE_MS */
    int64_t quote_age_ms_max;  /* EQUITY_QUOTE_MAX_AGE_MS */
    uint32_t rolling_window;   /* ROLLING_WINDOW_SIZE */
    uint32_t rolling_keys_max; /* ROLLING_CACHE_MAX_KEYS */
    int64_t rolling_ttl_ms;    /* ROLLING_TTL_SEC */
    uint32_t nbbo_keys_max;    /* COMPUTE_NBBO_CACHE_MAX_KEYS: contracts remembered */
    int64_t nbbo_ttl_ms;       /* COMPUTE_NBBO_CACHE_TTL_MS; of stock quotes too */
    uint32_t underlyings_max;  /* 2000 */
    bool bursts;               /* judge prints below the signal gate too; default true */
    struct tl_dark_limits dark;
    struct tl_flow_sink sink;
};

struct tl_flow_options tl_flow_options_default(void);

struct tl_flow_counts { /* since creation */
    uint64_t option_prints, signal_prints, nbbos, equity_prints, equity_quotes;
    uint64_t packets, structures, bursts, smart_money, abstained, hits, alerts, joins, dark;
    uint64_t rejected;      /* ids or names too long to keep */
    uint64_t flushed_early; /* clusters closed because TL_CLUSTERS_MAX were open */
    uint64_t members_lost, contracts_evicted;
    uint64_t by_profile[TL_PROFILE_COUNT]; /* primary profiles of events not abstained */
};

struct tl_flow;
struct tl_flow *tl_flow_create(const struct tl_flow_options *options); /* NULL: no memory */
void tl_flow_destroy(struct tl_flow *flow);

void tl_flow_option_nbbo(struct tl_flow *flow, const struct tl_wire_option_nbbo *nbbo);
void tl_flow_option_print(struct tl_flow *flow, const struct tl_wire_option_print *print);
void tl_flow_equity_quote(struct tl_flow *flow, const struct tl_wire_equity_quote *quote);
void tl_flow_equity_print(struct tl_flow *flow, const struct tl_wire_equity_print *print);
/* Everything before now_ms has been fed: closes what is due by then. */
void tl_flow_advance(struct tl_flow *flow, int64_t now_ms);
/* Closes everything, in due order; for shutdown and the end of a file. */
void tl_flow_drain(struct tl_flow *flow);

/* The calendar in force from now on; borrowed until replaced; NULL: none. */
void tl_flow_set_calendar(struct tl_flow *flow, const struct tl_flow_calendar *calendar);
struct tl_flow_counts tl_flow_counts(const struct tl_flow *flow);
int64_t tl_flow_clock(const struct tl_flow *flow); /* market time reached; INT64_MIN at first */

#endif
