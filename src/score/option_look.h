/* SPDX-License-Identifier: Apache-2.0
 * One option print as the estimators look at it: computed once, read by all of them. */
#ifndef TL_SCORE_OPTION_LOOK_H
#define TL_SCORE_OPTION_LOOK_H

#include <tapeloom/event.h>
#include "market/universe.h"

#define TL_OPTION_CLOSES 48 /* more expiries than a chain lists */

/* The session a print falls in. */
struct tl_option_session {
    int64_t start_s, end_s; /* epoch seconds, [start, end) */
    int32_t trade_day;      /* New York date */
    int32_t week_day;       /* the day this week's Friday options expire */
    /* When the expiries met so far die: the calendar takes 13 us for one. */
    uint32_t closes;
    int32_t close_day[TL_OPTION_CLOSES];
    int64_t close_s[TL_OPTION_CLOSES];
};

struct tl_option_look {
    const struct tl_option_trade *trade;
    tl_ns ts;
    int64_t since_open_s;
    int32_t dte; /* calendar days; 0 expires today */
    bool call, this_week;
    double size;            /* contracts */
    double price, bid, ask; /* USD; bid and ask 0 unless trade->nbbo_known */
    double spot;            /* the stock's mid, USD */
    double k;               /* ln(strike / spot) */
    double delta;           /* absolute, of the NBBO mid's implied volatility (or the price's) */
};

void tl_option_session_init(struct tl_option_session *session, int64_t start_s, int64_t end_s);

/* symbol: rate and yields for the delta; NULL: 3.6 % and none (a tape from a file). */
void tl_option_look_at(struct tl_option_look *look, const struct tl_event *event,
                       struct tl_option_session *session, const struct tl_symbol *symbol);

#endif
