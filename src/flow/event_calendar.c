/* SPDX-License-Identifier: Apache-2.0
 * Look-ups in the event calendar: a plain scan. It is asked once a packet that is scored, and a
 * calendar has some dozens of entries. */
#include "flow/event_calendar.h"

#include "base/text.h"

const struct tl_calendar_event *tl_calendar_next(const struct tl_flow_calendar *calendar,
                                                 struct tl_str symbol, int64_t ref)
{
    const struct tl_calendar_event *best = NULL;
    for (size_t i = 0; calendar && i < calendar->count; i++) {
        const struct tl_calendar_event *event = &calendar->events[i];
        if (event->announced_ts > ref || event->event_ts < ref) continue;
        if (best && best->event_ts <= event->event_ts) continue;
        if (tl_str_is(symbol, event->symbol)) best = event;
    }
    return best;
}

const struct tl_calendar_event *tl_calendar_previous(const struct tl_flow_calendar *calendar,
                                                     struct tl_str symbol, int64_t ref)
{
    const struct tl_calendar_event *best = NULL;
    for (size_t i = 0; calendar && i < calendar->count; i++) {
        const struct tl_calendar_event *event = &calendar->events[i];
        if (event->announced_ts > ref || event->event_ts >= ref) continue;
        if (best && best->event_ts >= event->event_ts) continue;
        if (tl_str_is(symbol, event->symbol)) best = event;
    }
    return best;
}
