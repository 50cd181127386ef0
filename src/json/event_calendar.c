/* SPDX-License-Identifier: Apache-2.0
 * Reads the event calendar with jansson (cold: at start, and when the file changes). */
#include "json/event_calendar.h"

#include <jansson.h>
#include <string.h>

#include "base/date.h"
#include "base/text.h"

static bool two_digits(struct tl_str text, size_t at, int64_t max, int64_t *value)
{
    return at + 2 <= text.size && tl_parse_i64((struct tl_str){text.data + at, 2}, value) &&
           *value >= 0 && *value <= max;
}

/* "Z", "+hh:mm", "-hh:mm" or nothing: minutes east of UTC. */
static bool parse_zone(struct tl_str zone, int64_t *minutes)
{
    *minutes = 0;
    if (zone.size == 0 || tl_str_is(zone, "Z") || tl_str_is(zone, "z")) return true;
    int64_t hour = 0, minute = 0;
    if (zone.size != 6 || (zone.data[0] != '+' && zone.data[0] != '-') || zone.data[3] != ':' ||
        !two_digits(zone, 1, 23, &hour) || !two_digits(zone, 4, 59, &minute))
        return false;
    *minutes = (hour * 60 + minute) * (zone.data[0] == '-' ? -1 : 1);
    return true;
}

/* "hh:mm", "hh:mm:ss" or "hh:mm:ss.fff" with a zone: ms since the day's start in UTC. */
static bool parse_clock(struct tl_str text, int64_t *ms)
{
    int64_t hour = 0, minute = 0, second = 0, zone = 0;
    if (text.size < 5 || !two_digits(text, 0, 23, &hour) || text.data[2] != ':' ||
        !two_digits(text, 3, 59, &minute))
        return false;
    size_t at = 5;
    int64_t millis = 0;
    if (at < text.size && text.data[at] == ':') {
        if (!two_digits(text, at + 1, 60, &second)) return false;
        at += 3;
        if (at < text.size && text.data[at] == '.') {
            int64_t place = 100;
            for (at++; at < text.size && text.data[at] >= '0' && text.data[at] <= '9'; at++) {
                millis += place * (text.data[at] - '0');
                place /= 10;
            }
        }
    }
    if (!parse_zone((struct tl_str){text.data + at, text.size - at}, &zone)) return false;
    *ms = ((hour * 60 + minute - zone) * 60 + second) * 1000 + millis;
    return true;
}

bool tl_event_calendar_time(struct tl_str text, int64_t *ms)
{
    text = tl_str_trim(text);
    if (tl_parse_i64(text, ms)) return *ms >= 0;
    int32_t day = 0;
    if (text.size < 10 || !tl_date_parse((struct tl_str){text.data, 10}, &day)) return false;
    int64_t clock = 0;
    if (text.size > 10) {
        if (text.data[10] != 'T' && text.data[10] != 't' && text.data[10] != ' ') return false;
        if (!parse_clock((struct tl_str){text.data + 11, text.size - 11}, &clock)) return false;
    }
    *ms = day * 86400000LL + clock;
    return *ms >= 0;
}

/* The first of the keys that is there and not null. */
static const json_t *first_of(const json_t *object, const char *const *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const json_t *value = json_object_get(object, keys[i]);
        if (value && !json_is_null(value)) return value;
    }
    return NULL;
}

static bool read_time(const json_t *value, int64_t *ms)
{
    if (json_is_integer(value)) {
        *ms = json_integer_value(value);
        return *ms >= 0;
    }
    if (json_is_real(value)) {
        double real = json_real_value(value);
        if (!(real >= 0 && real < 9e15)) return false;
        *ms = (int64_t)real;
        return true;
    }
    if (!json_is_string(value)) return false;
    return tl_event_calendar_time(
        (struct tl_str){json_string_value(value), json_string_length(value)}, ms);
}

static enum tl_calendar_kind kind_of(const json_t *value)
{
    static const char *const names[] = {"earnings", "dividend", "corporate_action", "m_and_a",
                                        "news"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (json_is_string(value) && strcmp(json_string_value(value), names[i]) == 0)
            return (enum tl_calendar_kind)i;
    return TL_CALENDAR_OTHER;
}

static bool read_symbol(const json_t *value, char out[TL_CALENDAR_SYMBOL_MAX + 1])
{
    if (!json_is_string(value)) return false;
    struct tl_str text =
        tl_str_trim((struct tl_str){json_string_value(value), json_string_length(value)});
    if (text.size == 0 || text.size > TL_CALENDAR_SYMBOL_MAX) return false;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        out[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    out[text.size] = '\0';
    return true;
}

static bool read_entry(const json_t *entry, struct tl_calendar_event *event)
{
    static const char *const symbol_keys[] = {"underlying_id", "underlying", "symbol"};
    static const char *const time_keys[] = {"event_ts", "event_time", "event_date"};
    static const char *const known_keys[] = {"announced_ts", "available_ts", "as_of_ts",
                                             "created_ts"};
    memset(event, 0, sizeof *event);
    if (!json_is_object(entry) || !read_symbol(first_of(entry, symbol_keys, 3), event->symbol) ||
        !read_time(first_of(entry, time_keys, 3), &event->event_ts))
        return false;
    const json_t *known = first_of(entry, known_keys, 4);
    if (known && !read_time(known, &event->announced_ts)) return false;
    event->kind = kind_of(json_object_get(entry, "event_kind"));
    return true;
}

enum tl_status tl_event_calendar_parse(struct tl_str json, struct tl_flow_calendar *calendar,
                                       struct tl_error *error)
{
    calendar->count = calendar->left_out = 0;
    json_error_t problem;
    json_t *root = json_loadb(json.data, json.size, JSON_REJECT_DUPLICATES, &problem);
    if (!root)
        return tl_error_set(error, TL_INVALID, "event calendar: line %d: %s", problem.line,
                            problem.text);
    if (!json_is_array(root)) {
        json_decref(root);
        return tl_error_set(error, TL_INVALID, "event calendar: an array is wanted");
    }
    size_t size = json_array_size(root);
    for (size_t i = 0; i < size; i++) {
        if (calendar->count < TL_CALENDAR_EVENTS_MAX &&
            read_entry(json_array_get(root, i), &calendar->events[calendar->count]))
            calendar->count++;
        else
            calendar->left_out++;
    }
    json_decref(root);
    return TL_OK;
}
