/* SPDX-License-Identifier: Apache-2.0
 * Times on the command line: see time_text.h. */
#include "cli/time_text.h"

#include <tapeloom/event.h>
#include "base/date.h"
#include "base/text.h"
#include "market/calendar.h"

#define FIRST_S TL_SEQ_EPOCH_S /* 2020-01-01 */
#define LAST_S 2114380800LL    /* 2037-01-01 */

/* HH:MM[:SS[.fraction]] as second of the day. */
static bool parse_clock(struct tl_str text, int32_t *second)
{
    int64_t parts[3] = {0, 0, 0};
    int count = 0;
    struct tl_str part, whole;
    while (count < 3 && tl_str_cut(&text, ':', &part)) {
        if (count == 2) {
            struct tl_str rest = part;
            tl_str_cut(&rest, '.', &whole);
            part = whole;
        }
        if (part.size != 2 || !tl_parse_i64(part, &parts[count]) || parts[count] < 0) return false;
        count++;
    }
    if (count < 2 || text.size > 0 || parts[0] > 23 || parts[1] > 59 || parts[2] > 59) return false;
    *second = (int32_t)(parts[0] * 3600 + parts[1] * 60 + parts[2]);
    return true;
}

static enum tl_status check_range(const char *flag, int64_t second, struct tl_error *error)
{
    if (second >= FIRST_S && second < LAST_S) return TL_OK;
    return tl_error_set(error, TL_INVALID, "%s: the time must lie from 2020 to 2036", flag);
}

enum tl_status tl_time_parse(const char *flag, const char *text, int64_t *second,
                             struct tl_error *error)
{
    struct tl_str rest = tl_str_from(text), date;
    int32_t day = 0, clock = 0;
    if (tl_parse_i64(rest, second)) return check_range(flag, *second, error);
    bool utc = rest.size > 0 && rest.data[rest.size - 1] == 'Z';
    if (utc) rest.size--;
    if (tl_str_cut(&rest, 'T', &date) && tl_date_parse(date, &day) && parse_clock(rest, &clock)) {
        *second = utc ? (int64_t)day * 86400 + clock : tl_newyork_epoch(day, clock);
        return check_range(flag, *second, error);
    }
    return tl_error_set(
        error, TL_INVALID,
        "%s: \"%.40s\" is no time; write 2026-11-20T14:37:05 (New York), the same with Z (UTC), or "
        "epoch seconds",
        flag, text);
}

enum tl_status tl_time_from_date(const char *date, const char *from, int64_t *second,
                                 struct tl_error *error)
{
    int32_t day = 0, clock = 0;
    if (!tl_date_parse(tl_str_from(date), &day))
        return tl_error_set(error, TL_INVALID, "--date: \"%.40s\" is not a date like 2026-11-20",
                            date);
    if (!parse_clock(tl_str_from(from), &clock))
        return tl_error_set(error, TL_INVALID,
                            "--from: \"%.40s\" is not a time of day like 09:30 or 09:30:15", from);
    *second = tl_newyork_epoch(day, clock);
    return check_range("--date", *second, error);
}
