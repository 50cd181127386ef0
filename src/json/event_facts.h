/* SPDX-License-Identifier: Apache-2.0
 * Derived events as they come from the bus: checked against the public schema, and the few facts
 * the API's filters, counters and page rows need. */
#ifndef TL_JSON_EVENT_FACTS_H
#define TL_JSON_EVENT_FACTS_H

#include <tapeloom/contract.h>
#include <tapeloom/control.h>
#include "bus/bus.h"

struct tl_packet_facts {
    uint32_t sides; /* bit 1 << enum tl_nbbo_side: its nbbo_*_count is above 0 */
    uint32_t types; /* bit 1 << enum tl_option_type, as the contract's substring rule tells */
    bool is_etf;
    double total_notional;
    /* For the page's row; ratios 0..1, NAN-free: 0 where the packet does not tell. */
    struct tl_str id, contract, underlying_id, structure; /* structure: its type, empty: none */
    int64_t start_ts, end_ts, prints, size, legs;
    double buy, sell, coverage;
    bool quote_missing, quote_stale; /* at its end */
};

struct tl_smart_money_facts {
    bool abstained;
    int profile; /* enum tl_profile of the primary, or of the best score when abstained; -1: none */
    double probability, notional;
    int64_t prints;
    struct tl_str underlying_id, event_id, direction;
    size_t reason_count;
    struct tl_str reasons[8]; /* of that profile; further ones are left out */
};

struct tl_alert_facts {
    double score;
    struct tl_str severity, event_id, packet_id, direction,
        reason;  /* of the first hit; may be empty */
    int profile; /* enum tl_profile; -1: none */
};

struct tl_event_facts {
    int64_t source_ts;
    uint64_t seq;
    struct tl_str trace_id;
    union {
        struct tl_packet_facts packet;
        struct tl_smart_money_facts smart_money;
        struct tl_alert_facts alert;
    } u;
    void *owner; /* the strings' */
};

/* Checks one derived event (joins, dark, packets, smart money, hits, alerts). TL_INVALID: the error
 * names the field; nothing to deinit then. About 10 us for a packet. */
enum tl_status tl_event_facts_parse(enum tl_subject subject, struct tl_str json,
                                    struct tl_event_facts *facts,
                                    struct tl_error *error) TL_MUST_USE;
void tl_event_facts_deinit(struct tl_event_facts *facts);

#endif
