/* SPDX-License-Identifier: Apache-2.0
 * The few fields of a derived event that a store or an index needs, without decoding the whole:
 *
 *   flow packet    id, members, features.underlying_id
 *   smart money    id = packet_ids[0], underlying_id
 *   hit            id = the packet's id, which its trace id holds: classifier:{classifier_id}:{id}
 *   alert          id = the packet's id, from alert:smartmoney:{event_kind}:{id}; else empty
 *   join           id = print_trace_id, features.underlying_id
 *   dark           id = type; no underlying (its evidence names joins only)
 *
 * The text is checked to be one JSON object with meta; fields that are not asked for are skipped. */
#ifndef TL_WIRE_DERIVED_JSON_H
#define TL_WIRE_DERIVED_JSON_H

#include <tapeloom/contract.h>
#include "wire/market_json.h"

enum tl_derived_kind {
    TL_DERIVED_PACKET,
    TL_DERIVED_SMART_MONEY,
    TL_DERIVED_HIT,
    TL_DERIVED_ALERT,
    TL_DERIVED_JOIN,
    TL_DERIVED_DARK
};

#define TL_DERIVED_MEMBERS_MAX 1024

struct tl_wire_derived {
    struct tl_meta meta;
    struct tl_str id, underlying_id; /* empty: none */
    size_t member_count;             /* packets */
    size_t member_dropped;           /* beyond TL_DERIVED_MEMBERS_MAX */
    struct tl_str members[TL_DERIVED_MEMBERS_MAX];
};

/* TL_INVALID: not JSON, meta or what the kind must have is missing or of the wrong type. */
enum tl_status tl_json_get_derived(struct tl_str json, enum tl_derived_kind kind,
                                   struct tl_wire_derived *derived, struct tl_json_scratch *scratch,
                                   struct tl_error *error) TL_MUST_USE;

#endif
