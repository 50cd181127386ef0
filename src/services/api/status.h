/* SPDX-License-Identifier: Apache-2.0
 * The public answers about the service itself: GET /session (what the market is doing), GET
 * /session/timeline (its regimes and presets since the session's start), GET
 * /session/volatility/SYMBOL (realised beside implied, volatility.h), GET /session/candles/SYMBOL
 * (the session so far, mid_candles.h), GET /events/calendar (scheduled events known now, in the shape
 * the classifier's calendar file has). */
#ifndef TL_SERVICES_API_STATUS_H
#define TL_SERVICES_API_STATUS_H

#include "services/api/hits.h"
#include "services/api/respond.h"
#include "services/api/session.h"

struct tl_status_pages {
    struct tl_responder *responder; /* borrowed */
    struct tl_api_session *session; /* borrowed */
    struct tl_session_view view;    /* scratch */
};

void tl_status_mount(struct tl_status_pages *pages, struct tl_net *net);

/* The objects themselves, for the admin's status and for tests. */
void tl_status_put_session(struct tl_api_buffer *out, const struct tl_session_view *view);
void tl_status_put_timeline(struct tl_api_buffer *out, const struct tl_session_timeline *timeline);
/* {"floor","bin_ms","bins":{profile:[…]}}: hits by minute of the last window_minutes, oldest first. */
void tl_status_put_coverage(struct tl_api_buffer *out, const struct tl_hits *hits,
                            int window_minutes);
void tl_status_put_calendar(struct tl_api_buffer *out, const struct tl_session_view *view);
void tl_status_put_symbols(struct tl_api_buffer *out,
                           const char (*symbols)[TL_SESSION_SYMBOL_BYTES], uint32_t count);

#endif
