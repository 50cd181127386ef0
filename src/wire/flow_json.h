/* SPDX-License-Identifier: Apache-2.0
 * Derived events to public JSON: packets, smart-money events, hits, alerts, joins, dark. Key order
 * is part of the format. (Candles are in market_json.h.) */
#ifndef TL_WIRE_FLOW_JSON_H
#define TL_WIRE_FLOW_JSON_H

#include "base/text.h"
#include "flow/flow.h"

/* A packet has at most TL_PACKET_MEMBERS_MAX members of TL_MEMBER_TRACE_MAX bytes; an escaped byte
 * is at most six. Ordinary ones are a few KB. */
#define TL_FLOW_JSON_MAX (768 * 1024)

/* Each appends one whole event, or sets overflow and appends nothing. */
void tl_json_put_flow_packet(struct tl_text *out, const struct tl_flow_packet *packet);
void tl_json_put_smart_money(struct tl_text *out, const struct tl_smart_money *event);
void tl_json_put_classifier_hit(struct tl_text *out, const struct tl_classifier_hit *hit);
void tl_json_put_alert(struct tl_text *out, const struct tl_alert *alert);
void tl_json_put_equity_join(struct tl_text *out, const struct tl_equity_join *join);
void tl_json_put_dark(struct tl_text *out, const struct tl_dark_event *event);

#endif
