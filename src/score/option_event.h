/* SPDX-License-Identifier: Apache-2.0
 * What options do around earnings (SCORECARD O34), from whole chains at the opens of successive
 * sessions; and the rows that nothing here can measure (O39, O40). */
#ifndef TL_SCORE_OPTION_EVENT_H
#define TL_SCORE_OPTION_EVENT_H

#include <tapeloom/market.h>
#include "market/calendar.h"
#include "market/universe.h"
#include "score/report.h"

#define TL_OPTION_EVENTS_MAX 2048 /* 31 names report 248 times in 504 sessions */

/* One report of one name: the first expiry that outlives it, at the open before and after. */
struct tl_option_report {
    uint16_t sym;
    int32_t dte;              /* at the open after */
    double before, after;     /* volatility at the money */
    double event_sd;          /* implied of the event alone */
    double implied, realised; /* of the time between the two opens: sd; |log return| */
};

struct tl_option_events {
    uint32_t sessions, count, dropped;
    struct tl_option_report reports[TL_OPTION_EVENTS_MAX];
};

/* Walks `sessions` sessions from the one that holds (or follows) start_s, a month in four, opening each
 * (about 5 ms); fewer where the calendar ends. The market is an exchange calendar's; it stands in the last session afterwards. Zeroes `events`
 * first. TL_INVALID when the market can not be positioned. */
enum tl_status tl_option_events_walk(struct tl_option_events *events, struct tl_market *market,
                                     int64_t start_s, uint32_t sessions) TL_MUST_USE;

/* Variance of the event alone: what the first expiry held before, less the volatility after for the
 * same time; 0 at least. */
double tl_option_event_sd(double before, double years_before, double after);

void tl_option_events_rows(const struct tl_option_events *events, const struct tl_symbol *symbols,
                           uint32_t count, struct tl_score_report *report);

#endif
