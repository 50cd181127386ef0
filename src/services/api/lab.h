/* SPDX-License-Identifier: Apache-2.0
 * The Lab's panels behind GET /lab/facts: windows fed by the consumer thread, measured every five
 * seconds on a thread of their own, from a copy.
 *
 * Before this service started there is no tape to read. The mids of the sessions so far are therefore
 * recomputed once, from seed and control log, a few seconds after the start (the engine's quotes at
 * whole minutes, which the published tape repeats); the document says until when. */
#ifndef TL_SERVICES_API_LAB_H
#define TL_SERVICES_API_LAB_H

#include <tapeloom/contract.h>
#include <tapeloom/market.h>
#include "bus/bus.h"
#include "services/api/hits.h"
#include "services/api/respond.h"
#include "services/api/session.h"

struct tl_api_lab;

/* market as for tl_api_session_start; session and responder are borrowed. */
enum tl_status tl_api_lab_start(struct tl_bus *bus, const struct tl_market_options *market,
                                struct tl_api_session *session, struct tl_responder *responder,
                                struct tl_api_lab **lab, struct tl_error *error) TL_MUST_USE;
void tl_api_lab_stop(struct tl_api_lab *lab); /* joins; NULL is fine */
void tl_api_lab_mount(struct tl_api_lab *lab, struct tl_net *net);

/* Thread-safe. */
void tl_api_lab_quote(struct tl_api_lab *lab, const struct tl_wire_equity_quote *quote);
void tl_api_lab_print(struct tl_api_lab *lab, const struct tl_wire_equity_print *print);
void tl_api_lab_option(struct tl_api_lab *lab, const struct tl_wire_option_print *print);
void tl_api_lab_hits(struct tl_api_lab *lab, const struct tl_hits *hits, int64_t now_ms);

#endif
