/* SPDX-License-Identifier: Apache-2.0
 * Sessions and dates: NYSE trading days by rule, New York time by rule (no time zone files), the
 * back-to-back sessions of the continuous calendar, and the dates on which options expire.
 * Valid for 2007 to 2099. Days are days since 1970-01-01; seconds are epoch seconds, UTC. */
#ifndef TL_MARKET_CALENDAR_H
#define TL_MARKET_CALENDAR_H

#include <tapeloom/market.h>

#define TL_SESSION_S 23400 /* 390 minutes */

struct tl_session_span {
    int64_t start_s, end_s; /* [start, end) */
    int32_t trade_day;      /* New York date; a trading day */
    int64_t ordinal;        /* consecutive over sessions; never 0 or below */
};

/* The first session that ends after `second`: the one that holds it, or the next. */
void tl_session_find(enum tl_calendar calendar, int64_t second, struct tl_session_span *span);
/* The session after / before this one. */
void tl_session_after(enum tl_calendar calendar, const struct tl_session_span *span,
                      struct tl_session_span *next);
void tl_session_before(enum tl_calendar calendar, const struct tl_session_span *span,
                       struct tl_session_span *previous);

/* The second at which contracts that expire on `day` die: the close of that day (exchange), or the
 * end of the last session whose trade day it is (continuous). A day without trading: the trading
 * day before. */
int64_t tl_calendar_expiry_close_s(enum tl_calendar calendar, int32_t day);

bool tl_calendar_is_trading_day(int32_t day); /* NYSE open, half days included */
bool tl_calendar_is_half_day(int32_t day);    /* closes at 13:00 */
int32_t tl_trading_day_on_or_after(int32_t day);
int32_t tl_trading_day_on_or_before(int32_t day);
int32_t tl_trading_day_add(int32_t day, int count); /* count trading days later (or earlier) */
int64_t tl_trading_day_ordinal(int32_t day);        /* trading days since 2000-01-01, until `day` */

/* Offset of New York from UTC in seconds (-14400 or -18000) at an instant; US rule since 2007. */
int32_t tl_newyork_offset_s(int64_t second);
int32_t tl_newyork_day(int64_t second); /* New York date of an instant */
/* Instant of a New York wall time (second of day, 0..86399; the hour that does not exist is read
 * in standard time, the doubled one in daylight time). */
int64_t tl_newyork_epoch(int32_t day, int32_t second_of_day);

/* Third Friday of a month, or the trading day before it when the exchange is closed: the monthly
 * expiration. month may run past 12. */
int32_t tl_monthly_expiration(int32_t year, int32_t month);
/* Expiration of the week of `day`: its Friday, or the trading day before. */
int32_t tl_weekly_expiration(int32_t day);
/* Last trading day of a month. */
int32_t tl_month_end_expiration(int32_t year, int32_t month);

#endif
