/* SPDX-License-Identifier: Apache-2.0
 * Sessions and dates. NYSE Rule 7.2 gives the holidays (a Saturday holiday is kept on Friday, a
 * Sunday one on Monday; New Year's Day on a Saturday is not kept) and the 13:00 closes; daylight
 * saving by the Energy Policy Act of 2005 (from 2007). One closing was by decree: 2025-01-09. */
#include "market/calendar.h"

#include "base/date.h"
#include "base/math.h"

#define DAY_S 86400
#define OPEN_S (9 * 3600 + 30 * 60)
#define CLOSE_S (16 * 3600)
#define CLOSE_HALF_S (13 * 3600)

/* The nth weekday (0 Monday) of a month, n from 1. */
static int32_t nth_weekday(int32_t year, int32_t month, int weekday, int n)
{
    int32_t first = tl_date_to_day((struct tl_date){year, month, 1});
    int ahead = (weekday - tl_day_weekday(first) + 7) % 7;
    return first + ahead + 7 * (n - 1);
}

/* Easter Sunday (anonymous Gregorian computus, Nature 1876). */
static int32_t easter(int32_t year)
{
    int32_t a = year % 19, b = year / 100, c = year % 100;
    int32_t g = (b - (b + 8) / 25 + 1) / 3;
    int32_t h = (19 * a + b - b / 4 - g + 15) % 30;
    int32_t l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    int32_t m = (a + 11 * h + 22 * l) / 451;
    int32_t sum = h + l - 7 * m + 114;
    return tl_date_to_day((struct tl_date){year, sum / 31, sum % 31 + 1});
}

/* A fixed date, kept on the nearest weekday. */
static int32_t observed(int32_t year, int32_t month, int32_t mday)
{
    int32_t day = tl_date_to_day((struct tl_date){year, month, mday});
    int weekday = tl_day_weekday(day);
    return day + (weekday == 6) - (weekday == 5);
}

static bool is_holiday(int32_t day)
{
    struct tl_date date = tl_date_from_day(day);
    int32_t year = date.year;
    switch (date.month) {
    case 1: {
        int32_t new_year = tl_date_to_day((struct tl_date){year, 1, 1});
        new_year += tl_day_weekday(new_year) == 6; /* Saturday: a weekend anyway, not kept */
        return day == new_year || day == nth_weekday(year, 1, 0, 3) ||
               (year == 2025 && date.day == 9);
    }
    case 2:
        return day == nth_weekday(year, 2, 0, 3);
    case 3:
    case 4:
        return day == easter(year) - 2;
    case 5:
        return tl_day_weekday(day) == 0 && date.day > 24;
    case 6:
        return year >= 2022 && day == observed(year, 6, 19);
    case 7:
        return day == observed(year, 7, 4);
    case 9:
        return day == nth_weekday(year, 9, 0, 1);
    case 11:
        return day == nth_weekday(year, 11, 3, 4);
    case 12:
        return day == observed(year, 12, 25);
    default:
        return false;
    }
}

bool tl_calendar_is_trading_day(int32_t day)
{
    return tl_day_weekday(day) < 5 && !is_holiday(day);
}

bool tl_calendar_is_half_day(int32_t day)
{
    if (!tl_calendar_is_trading_day(day)) return false;
    struct tl_date date = tl_date_from_day(day);
    if (date.month == 7) return date.day == 3;
    if (date.month == 12) return date.day == 24;
    return date.month == 11 && day == nth_weekday(date.year, 11, 3, 4) + 1;
}

int32_t tl_trading_day_on_or_after(int32_t day)
{
    while (!tl_calendar_is_trading_day(day))
        day++;
    return day;
}

int32_t tl_trading_day_on_or_before(int32_t day)
{
    while (!tl_calendar_is_trading_day(day))
        day--;
    return day;
}

int32_t tl_trading_day_add(int32_t day, int count)
{
    for (; count > 0; count--)
        day = tl_trading_day_on_or_after(day + 1);
    for (; count < 0; count++)
        day = tl_trading_day_on_or_before(day - 1);
    return day;
}

int64_t tl_trading_day_ordinal(int32_t day)
{
    static const struct tl_date START = {2000, 1, 1};
    int32_t first = tl_date_to_day(START); /* a Saturday */
    int32_t span = day - first;
    int64_t weekdays = (int64_t)(span / 7) * 5 + (span % 7 > 2 ? span % 7 - 2 : 0);
    int64_t closed = 0;
    int32_t year = tl_date_from_day(day).year;
    for (int32_t y = 2000; y < year; y++) {
        /* Nine holidays, ten with Juneteenth; New Year's on a Saturday falls away. */
        int32_t new_year = tl_date_to_day((struct tl_date){y, 1, 1});
        closed += 9 + (y >= 2022) - (tl_day_weekday(new_year) == 5) + (y == 2025);
    }
    for (int32_t d = tl_date_to_day((struct tl_date){year, 1, 1}); d < day; d++)
        closed += tl_day_weekday(d) < 5 && is_holiday(d);
    return weekdays - closed;
}

int32_t tl_newyork_offset_s(int64_t second)
{
    int32_t year = tl_date_from_day((int32_t)tl_floor_div(second, DAY_S)).year;
    int64_t begin = (int64_t)nth_weekday(year, 3, 6, 2) * DAY_S + 7 * 3600;
    int64_t end = (int64_t)nth_weekday(year, 11, 6, 1) * DAY_S + 6 * 3600;
    return second >= begin && second < end ? -4 * 3600 : -5 * 3600;
}

int32_t tl_newyork_day(int64_t second)
{
    return (int32_t)tl_floor_div(second + tl_newyork_offset_s(second), DAY_S);
}

int64_t tl_newyork_epoch(int32_t day, int32_t second_of_day)
{
    int64_t local = (int64_t)day * DAY_S + second_of_day;
    int64_t daylight = local + 4 * 3600;
    return tl_newyork_offset_s(daylight) == -4 * 3600 ? daylight : local + 5 * 3600;
}

static int64_t exchange_close_s(int32_t day)
{
    return tl_newyork_epoch(day, tl_calendar_is_half_day(day) ? CLOSE_HALF_S : CLOSE_S);
}

static void exchange_session(int32_t day, struct tl_session_span *span)
{
    span->trade_day = day;
    span->start_s = tl_newyork_epoch(day, OPEN_S);
    span->end_s = exchange_close_s(day);
    span->ordinal = tl_trading_day_ordinal(day);
}

static void continuous_session(int64_t ordinal, struct tl_session_span *span)
{
    span->ordinal = ordinal;
    span->start_s = ordinal * TL_SESSION_S;
    span->end_s = span->start_s + TL_SESSION_S;
    span->trade_day = tl_trading_day_on_or_after(tl_newyork_day(span->end_s));
}

void tl_session_find(enum tl_calendar calendar, int64_t second, struct tl_session_span *span)
{
    if (calendar == TL_CALENDAR_CONTINUOUS) {
        continuous_session(tl_floor_div(second, TL_SESSION_S), span);
        return;
    }
    exchange_session(tl_trading_day_on_or_after(tl_newyork_day(second)), span);
    if (span->end_s <= second)
        exchange_session(tl_trading_day_on_or_after(span->trade_day + 1), span);
}

void tl_session_after(enum tl_calendar calendar, const struct tl_session_span *span,
                      struct tl_session_span *next)
{
    if (calendar == TL_CALENDAR_CONTINUOUS)
        continuous_session(span->ordinal + 1, next);
    else
        exchange_session(tl_trading_day_on_or_after(span->trade_day + 1), next);
}

void tl_session_before(enum tl_calendar calendar, const struct tl_session_span *span,
                       struct tl_session_span *previous)
{
    if (calendar == TL_CALENDAR_CONTINUOUS)
        continuous_session(span->ordinal - 1, previous);
    else
        exchange_session(tl_trading_day_on_or_before(span->trade_day - 1), previous);
}

int64_t tl_calendar_expiry_close_s(enum tl_calendar calendar, int32_t day)
{
    day = tl_trading_day_on_or_before(day);
    if (calendar == TL_CALENDAR_EXCHANGE) return exchange_close_s(day);
    /* The last boundary whose New York date is still `day`. */
    return tl_floor_div(tl_newyork_epoch(day + 1, 0) - 1, TL_SESSION_S) * TL_SESSION_S;
}

int32_t tl_monthly_expiration(int32_t year, int32_t month)
{
    struct tl_date first = tl_date_from_day(tl_date_to_day((struct tl_date){year, month, 1}));
    return tl_trading_day_on_or_before(nth_weekday(first.year, first.month, 4, 3));
}

int32_t tl_weekly_expiration(int32_t day)
{
    return tl_trading_day_on_or_before(day - tl_day_weekday(day) + 4);
}

int32_t tl_month_end_expiration(int32_t year, int32_t month)
{
    return tl_trading_day_on_or_before(tl_date_to_day((struct tl_date){year, month + 1, 1}) - 1);
}
