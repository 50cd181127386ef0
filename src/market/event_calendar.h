/* SPDX-License-Identifier: Apache-2.0
 * Scheduled symbol events, pure in (seed, session ordinal). Earnings: every single name once in
 * TL_EVENT_CYCLE sessions, spread evenly by rank, after the session's close. News (a launch, a
 * ruling, an investor day): one a session on a name in turn, within the session in about half of
 * them, else after its close. Earnings are announced three weeks ahead, news six days, so that at
 * least three names always have a live event. */
#ifndef TL_MARKET_EVENT_CALENDAR_H
#define TL_MARKET_EVENT_CALENDAR_H

#include <tapeloom/market.h>
#include "market/calendar.h"
#include "market/universe.h"

#define TL_EVENT_CYCLE 63
#define TL_EVENTS_MAX 512

enum { TL_EVENT_EARNINGS, TL_EVENT_NEWS };

/* Events of the sessions around `span` known at its open or announced within it: from 3 sessions
 * back to 30 days ahead, sorted by event_ts, then symbol. Returns the count, at most TL_EVENTS_MAX
 * (with a crowded universe the furthest ones fall away). Costs about 0.1 ms. */
size_t tl_event_calendar_build(const struct tl_universe *universe, enum tl_calendar calendar,
                               uint64_t seed, const struct tl_session_span *span,
                               struct tl_event_calendar_entry entries[TL_EVENTS_MAX]);

/* Does this name report after session `ordinal`? */
bool tl_event_earnings_after(const struct tl_universe *universe, uint64_t seed, uint32_t sym,
                             int64_t ordinal);

#endif
