/* SPDX-License-Identifier: Apache-2.0
 * Civil dates as days since 1970-01-01 (proleptic Gregorian), after Howard Hinnant's algorithms. */
#ifndef TL_BASE_DATE_H
#define TL_BASE_DATE_H

#include <tapeloom/types.h>

struct tl_date {
    int32_t year;
    int32_t month; /* 1..12 */
    int32_t day;   /* 1..31 */
};

int32_t tl_date_to_day(struct tl_date date);
struct tl_date tl_date_from_day(int32_t day);
int tl_day_weekday(int32_t day);                      /* 0 Monday .. 6 Sunday */
bool tl_date_parse(struct tl_str text, int32_t *day); /* YYYY-MM-DD, a real date */
#endif
