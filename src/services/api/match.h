/* SPDX-License-Identifier: Apache-2.0
 * What the filters of /ws/live look at, taken once from an event, and the two matching rules. */
#ifndef TL_SERVICES_API_MATCH_H
#define TL_SERVICES_API_MATCH_H

#include <tapeloom/contract.h>
#include "json/event_facts.h"
#include "json/live_request.h"

struct tl_api_match {
    bool rejected;  /* signal_pass is false (absent counts as passed) */
    bool etf;       /* absent counts as stock */
    uint16_t sides; /* bit 1 << enum tl_nbbo_side; packets: every side with a count > 0 */
    uint8_t types;  /* bit 1 << enum tl_option_type */
    double notional;
};

struct tl_api_match tl_api_match_of_print(const struct tl_wire_option_print *print);
struct tl_api_match tl_api_match_of_packet(const struct tl_packet_facts *packet);

/* No filters object passes everything; with one, view defaults to signal. */
bool tl_api_match_option(const struct tl_live_filters *filters, const struct tl_api_match *match);
/* view plays no part for packets. */
bool tl_api_match_flow(const struct tl_live_filters *filters, const struct tl_api_match *match);

#endif
