/* SPDX-License-Identifier: Apache-2.0
 * The event calendar file: a JSON array of
 *   {underlying_id | underlying | symbol, event_ts | event_time | event_date,
 *    event_kind?, announced_ts? | available_ts? | as_of_ts? | created_ts?, ...}
 * Times are ms since the epoch, or text: a date (00:00 UTC of it) or an ISO 8601 date and time with
 * Z or an offset (none: UTC). Without an announcement time an event was known since ever. */
#ifndef TL_JSON_EVENT_CALENDAR_H
#define TL_JSON_EVENT_CALENDAR_H

#include <tapeloom/types.h>
#include "flow/event_calendar.h"

#define TL_CALENDAR_FILE_MAX (4 * 1024 * 1024)

/* Fills the whole calendar. TL_INVALID: not JSON, or not an array; the calendar is then empty.
 * Entries without a symbol or a readable event time, and those beyond the bound, are left out and
 * counted in left_out. */
enum tl_status tl_event_calendar_parse(struct tl_str json, struct tl_flow_calendar *calendar,
                                       struct tl_error *error) TL_MUST_USE;
/* ms since the epoch of a calendar's time text; false: not one. */
bool tl_event_calendar_time(struct tl_str text, int64_t *ms);

#endif
