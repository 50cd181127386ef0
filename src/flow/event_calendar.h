/* SPDX-License-Identifier: Apache-2.0
 * Scheduled events of stocks, as the calendar file tells them (read by json/event_calendar.c).
 * An event is known from announced_ts on: nothing here looks ahead of what was announced. */
#ifndef TL_FLOW_EVENT_CALENDAR_H
#define TL_FLOW_EVENT_CALENDAR_H

#include <tapeloom/types.h>

#define TL_CALENDAR_EVENTS_MAX 2048 /* further ones of a file are left out and counted */
#define TL_CALENDAR_SYMBOL_MAX 23

enum tl_calendar_kind {
    TL_CALENDAR_EARNINGS,
    TL_CALENDAR_DIVIDEND,
    TL_CALENDAR_CORPORATE_ACTION,
    TL_CALENDAR_M_AND_A,
    TL_CALENDAR_NEWS,
    TL_CALENDAR_OTHER
};

struct tl_calendar_event {
    char symbol[TL_CALENDAR_SYMBOL_MAX + 1]; /* upper case */
    int64_t event_ts, announced_ts;          /* ms */
    enum tl_calendar_kind kind;
};

struct tl_flow_calendar {
    size_t count, left_out;
    struct tl_calendar_event events[TL_CALENDAR_EVENTS_MAX];
};

/* The earliest event of the symbol with announced_ts <= ref <= event_ts; NULL: none. */
const struct tl_calendar_event *tl_calendar_next(const struct tl_flow_calendar *calendar,
                                                 struct tl_str symbol, int64_t ref);
/* The latest with event_ts < ref (and announced by then); NULL: none. */
const struct tl_calendar_event *tl_calendar_previous(const struct tl_flow_calendar *calendar,
                                                     struct tl_str symbol, int64_t ref);

#endif
