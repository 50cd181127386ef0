/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/score_sessions.h"

#include "base/date.h"
#include "base/math.h"
#include "market/day_chain.h"

/* Two days say nothing of how loud days mix, and the shares of strikes, prices and spreads that the
 * bands are of were read off ordinary ones: the day's volatility multiplier and the index's IV
 * level lie within these log distances of their medians. One day in four does. */
#define VOL_LOG_MEDIAN -0.29
#define VOL_LOG_NEAR 0.30
#define IV_LOG_MEDIAN -0.095
#define IV_LOG_NEAR 0.15
#define TAPE_CANDIDATES 250
#define CALENDAR_END_S 2082758400 /* 2036 */
/* Sessions lie a year apart: names' levels of volatility last for months, and what is cheap or near
 * the money in one session is so in the next; the season and its reports stay the same. Those after
 * the eighth lie between the first eight: the calendar has no years left, and a half year is as far in a
 * quarter's reports. */
#define APART_S (364 * 86400LL)
#define A_ROUND 8

static bool ordinary(const struct tl_session_span *span)
{
    struct tl_date date = tl_date_from_day(span->trade_day);
    return !tl_calendar_is_half_day(span->trade_day) &&
           span->trade_day != tl_monthly_expiration(date.year, date.month);
}

void tl_score_ordinary_sessions(int64_t start_s, struct tl_session_span *spans, uint32_t count)
{
    struct tl_session_span span;
    tl_session_find(TL_CALENDAR_EXCHANGE, start_s, &span);
    for (uint32_t found = 0; found < count;) {
        if (span.start_s >= start_s && ordinary(&span)) spans[found++] = span;
        struct tl_session_span next;
        tl_session_after(TL_CALENDAR_EXCHANGE, &span, &next);
        span = next;
    }
}

/* How far from ordinary the market's day is: up to 1 is near. */
static double distance(uint64_t session_seed, int64_t ordinal)
{
    static const struct tl_universe no_names = {.count = 0};
    struct tl_day days[TL_ENTITY_NAME];
    const struct tl_day_chain chain = {&no_names, NULL, session_seed, NULL};
    tl_day_chain_at(&chain, ordinal, days);
    return tl_max(tl_abs(tl_log(days[0].vol) - VOL_LOG_MEDIAN) / VOL_LOG_NEAR,
                  tl_abs(days[0].iv_log - IV_LOG_MEDIAN) / IV_LOG_NEAR);
}

static void next_of_weekday(int64_t start_s, int weekday, struct tl_session_span *span)
{
    do {
        tl_score_ordinary_sessions(start_s, span, 1);
        start_s = span->end_s;
    } while (tl_day_weekday(span->trade_day) != weekday);
}

static struct tl_session_span tape_session(int64_t start_s, uint64_t session_seed, int weekday)
{
    struct tl_session_span span, nearest = {.ordinal = 0};
    double best = 1e9;
    for (int i = 0; i < TAPE_CANDIDATES && best > 1.0 && (i == 0 || start_s < CALENDAR_END_S);
         i++) {
        next_of_weekday(start_s, weekday, &span);
        double far = distance(session_seed, span.ordinal);
        if (far < best) nearest = span;
        best = tl_min(best, far);
        start_s = span.end_s;
    }
    return nearest;
}

void tl_score_tape_sessions(int64_t start_s, uint64_t session_seed, struct tl_session_span *spans,
                            uint32_t count)
{
    static const int weekdays[A_ROUND] = {2, 4, 1, 4, 0, 4, 1, 4};
    int64_t first_s = start_s;
    for (uint32_t i = 0; i < count; i++) {
        if (i == A_ROUND) start_s = first_s + APART_S / 2;
        spans[i] = tape_session(start_s, session_seed, weekdays[i % A_ROUND]);
        bool years_left = spans[i].start_s + 2 * APART_S < CALENDAR_END_S;
        start_s = years_left ? spans[i].start_s + APART_S : spans[i].end_s;
    }
}
