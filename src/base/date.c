/* SPDX-License-Identifier: Apache-2.0
 * Civil dates, after Howard Hinnant, "chrono-compatible low-level date algorithms". Months outside
 * 1..12 carry into the year and days run on, as in JavaScript's Date.UTC. */
#include "base/date.h"

static int32_t floor_div(int32_t a, int32_t b)
{
    int32_t quotient = a / b;
    return quotient * b > a ? quotient - 1 : quotient;
}

int32_t tl_date_to_day(struct tl_date date)
{
    int32_t carry = floor_div(date.month - 1, 12);
    int32_t month = date.month - 12 * carry;
    int32_t year = date.year + carry - (month <= 2);
    int32_t era = floor_div(year, 400);
    int32_t year_of_era = year - era * 400;
    int32_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
    int32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct tl_date tl_date_from_day(int32_t day)
{
    day += 719468;
    int32_t era = floor_div(day, 146097);
    int32_t day_of_era = day - era * 146097;
    int32_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int32_t month_from_march = (5 * day_of_year + 2) / 153;
    struct tl_date date;
    date.day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    date.month = month_from_march + (month_from_march < 10 ? 3 : -9);
    date.year = year_of_era + era * 400 + (date.month <= 2);
    return date;
}

int tl_day_weekday(int32_t day)
{
    int32_t weekday = (day + 3) % 7; /* 1970-01-01 was a Thursday */
    return weekday < 0 ? weekday + 7 : weekday;
}

static bool digits(const char *data, int count, int32_t *value)
{
    *value = 0;
    for (int i = 0; i < count; i++) {
        if (data[i] < '0' || data[i] > '9') return false;
        *value = *value * 10 + (data[i] - '0');
    }
    return true;
}

bool tl_date_parse(struct tl_str text, int32_t *day)
{
    struct tl_date date;
    if (text.size != 10 || text.data[4] != '-' || text.data[7] != '-') return false;
    if (!digits(text.data, 4, &date.year) || !digits(text.data + 5, 2, &date.month) ||
        !digits(text.data + 8, 2, &date.day))
        return false;
    if (date.month < 1 || date.month > 12 || date.day < 1 || date.day > 31) return false;
    int32_t number = tl_date_to_day(date);
    struct tl_date back = tl_date_from_day(number);
    if (back.month != date.month || back.day != date.day) return false;
    *day = number;
    return true;
}
