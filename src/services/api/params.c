/* SPDX-License-Identifier: Apache-2.0
 * One function a parameter; each leaves the default where the parameter is absent. A repeated scalar
 * parameter counts by its first value. Decoded strings are kept in params->bytes; a query that does
 * not fit there (4 KiB) is refused. */
#include "services/api/params.h"

#include "base/placement.h"

#include <string.h>

#define TS_MAX 9007199254740991LL
#define GOT_MAX 40 /* bytes of a bad value shown in the error */

struct reader {
    struct tl_str query;
    struct tl_page_params *params;
    struct tl_error *error;
};

static enum tl_status refuse(struct reader *reader, const char *name, struct tl_str got,
                             const char *allowed)
{
    char shown[GOT_MAX + 1];
    size_t size = got.size < GOT_MAX ? got.size : GOT_MAX;
    for (size_t i = 0; i < size; i++)
        shown[i] = got.data[i] >= ' ' && got.data[i] < 127 ? got.data[i] : '?';
    shown[size] = '\0';
    return tl_error_set(reader->error, TL_INVALID, "%s: got \"%s\", allowed %s", name, shown,
                        allowed);
}

static enum tl_status missing(struct reader *reader, const char *name, const char *allowed)
{
    return tl_error_set(reader->error, TL_INVALID, "%s: missing, required: %s", name, allowed);
}

/* The value lives in params->bytes. */
static enum tl_query_result get(struct reader *reader, const char *name, int nth,
                                struct tl_str *value)
{
    struct tl_text *strings = &reader->params->strings;
    struct tl_text free_part = {.data = strings->data + strings->size,
                                .capacity = strings->capacity - strings->size};
    enum tl_query_result result = tl_query_get(reader->query, name, nth, &free_part);
    *value = (struct tl_str){free_part.data, free_part.size};
    if (result == TL_QUERY_FOUND) strings->size += free_part.size;
    return result;
}

static enum tl_status get_text(struct reader *reader, const char *name, struct tl_str *value)
{
    enum tl_query_result result = get(reader, name, 0, value);
    if (result == TL_QUERY_BAD)
        return refuse(reader, name, *value, "valid %-escapes and a shorter text");
    if (result == TL_QUERY_ABSENT) *value = (struct tl_str){NULL, 0};
    return TL_OK;
}

/* *value keeps its default when absent; required makes that an error. */
static enum tl_status get_integer(struct reader *reader, const char *name, bool required,
                                  int64_t min, int64_t max, int64_t *value)
{
    static const char *const words = "an integer >= 0";
    const char *allowed = max == TS_MAX ? (min == 0 ? words : "an integer > 0")
                          : max == 5000 ? "an integer from 1 to 5000"
                                        : "an integer from 1 to 1000";
    struct tl_str text;
    enum tl_status status = get_text(reader, name, &text);
    if (status != TL_OK) return status;
    if (!text.data) return required ? missing(reader, name, allowed) : TL_OK;
    if (!tl_query_integer(text, min, max, value)) return refuse(reader, name, text, allowed);
    return TL_OK;
}

static bool source_char(char byte, bool first)
{
    bool alnum = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                 (byte >= 'A' && byte <= 'Z');
    return alnum || (!first && (byte == '_' || byte == '-'));
}

static void lower(char *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (data[i] >= 'A' && data[i] <= 'Z') data[i] = (char)(data[i] - 'A' + 'a');
}

static void upper(char *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (data[i] >= 'a' && data[i] <= 'z') data[i] = (char)(data[i] - 'a' + 'A');
}

/* Values point into params->bytes, which is ours to change. */
static char *writable(struct reader *reader, struct tl_str value)
{
    return reader->params->bytes + (value.data - reader->params->bytes);
}

static enum tl_status get_source(struct reader *reader)
{
    struct tl_str text;
    enum tl_status status = get_text(reader, "source", &text);
    if (status != TL_OK || !text.data) return status;
    struct tl_str source = tl_str_trim(text);
    bool good = source.size >= 1 && source.size <= 64;
    for (size_t i = 0; good && i < source.size; i++)
        good = source_char(source.data[i], i == 0);
    if (!good)
        return refuse(reader, "source", text,
                      "1 to 64 letters, digits, _ or -, a letter or digit first");
    lower(writable(reader, source), source.size);
    reader->params->query.source = source;
    return TL_OK;
}

static bool has_underlying(const struct tl_store_query *query, struct tl_str symbol)
{
    for (size_t i = 0; i < query->underlying_count; i++)
        if (tl_str_equal(query->underlyings[i], symbol)) return true;
    return false;
}

static enum tl_status add_underlyings(struct reader *reader, const char *name, struct tl_str list)
{
    struct tl_store_query *query = &reader->params->query;
    struct tl_str item;
    while (tl_str_cut(&list, ',', &item)) {
        item = tl_str_trim(item);
        if (item.size == 0) continue;
        upper(writable(reader, item), item.size);
        if (has_underlying(query, item)) continue;
        if (query->underlying_count == TL_QUERY_UNDERLYINGS_MAX)
            return refuse(reader, name, item, "at most 64 different symbols");
        query->underlyings[query->underlying_count++] = item;
    }
    return TL_OK;
}

static enum tl_status get_underlyings(struct reader *reader)
{
    static const char *const names[] = {"underlying_id", "underlying_ids"};
    for (size_t n = 0; n < 2; n++)
        for (int nth = 0;; nth++) {
            struct tl_str list;
            enum tl_query_result result = get(reader, names[n], nth, &list);
            if (result == TL_QUERY_BAD)
                return refuse(reader, names[n], list, "valid %-escapes and a shorter list");
            if (result == TL_QUERY_ABSENT) break;
            enum tl_status status = add_underlyings(reader, names[n], list);
            if (status != TL_OK) return status;
        }
    return TL_OK;
}

static enum tl_status get_underlying(struct reader *reader)
{
    static const char *const allowed = "one symbol";
    struct tl_str text;
    enum tl_status status = get_text(reader, "underlying_id", &text);
    if (status != TL_OK) return status;
    if (!text.data) return missing(reader, "underlying_id", allowed);
    struct tl_str symbol = tl_str_trim(text);
    if (symbol.size == 0) return refuse(reader, "underlying_id", text, allowed);
    upper(writable(reader, symbol), symbol.size);
    reader->params->query.underlyings[0] = symbol;
    reader->params->query.underlying_count = 1;
    return TL_OK;
}

/* --- option filters ------------------------------------------------------------------------ */

static enum tl_status get_sides(struct reader *reader)
{
    struct tl_str list, item;
    enum tl_status status = get_text(reader, "side", &list);
    while (status == TL_OK && tl_str_cut(&list, ',', &item)) {
        item = tl_str_trim(item);
        if (item.size == 0) continue;
        int side = TL_SIDE_AA;
        while (side < TL_SIDE_COUNT && !tl_str_is(item, tl_nbbo_side_name((enum tl_nbbo_side)side)))
            side++;
        if (side == TL_SIDE_COUNT)
            return refuse(reader, "side", item, "a list of AA, A, MID, B, BB, MISSING, STALE");
        reader->params->query.sides |= 1u << side;
    }
    return status;
}

static enum tl_status get_types(struct reader *reader)
{
    struct tl_str list, item;
    enum tl_status status = get_text(reader, "type", &list);
    while (status == TL_OK && tl_str_cut(&list, ',', &item)) {
        item = tl_str_trim(item);
        if (item.size == 0) continue;
        if (tl_str_is(item, "call"))
            reader->params->query.types |= 1u << TL_OPTION_TYPE_CALL;
        else if (tl_str_is(item, "put"))
            reader->params->query.types |= 1u << TL_OPTION_TYPE_PUT;
        else
            return refuse(reader, "type", item, "a list of call, put");
    }
    return status;
}

static enum tl_status get_view(struct reader *reader)
{
    struct tl_store_query *query = &reader->params->query;
    struct tl_str view, security;
    query->signal_only = true;
    enum tl_status status = get_text(reader, "view", &view);
    if (status != TL_OK) return status;
    if (view.data && tl_str_is(view, "raw"))
        query->signal_only = false;
    else if (view.data && !tl_str_is(view, "signal"))
        return refuse(reader, "view", view, "signal or raw");
    query->etf = query->signal_only ? 0 : -1;
    status = get_text(reader, "security", &security);
    if (status != TL_OK || !security.data) return status;
    if (tl_str_is(security, "stock"))
        query->etf = 0;
    else if (tl_str_is(security, "etf"))
        query->etf = 1;
    else if (tl_str_is(security, "all"))
        query->etf = -1;
    else
        return refuse(reader, "security", security, "stock, etf or all");
    return TL_OK;
}

static enum tl_status get_min_notional(struct reader *reader)
{
    struct tl_str text;
    enum tl_status status = get_text(reader, "min_notional", &text);
    if (status != TL_OK || !text.data) return status;
    double value;
    if (!tl_query_number(text, &value) || value < 0.0)
        return refuse(reader, "min_notional", text, "a number >= 0");
    reader->params->query.min_notional = value;
    return TL_OK;
}

/* A contract drops every other filter and asks for the raw view. */
static enum tl_status get_contract(struct reader *reader)
{
    struct tl_store_query *query = &reader->params->query;
    struct tl_str text;
    enum tl_status status = get_text(reader, "option_contract_id", &text);
    if (status != TL_OK || !text.data) return status;
    struct tl_str contract = tl_str_trim(text);
    if (contract.size == 0) return TL_OK;
    query->contract = contract;
    query->signal_only = false;
    query->etf = -1;
    query->sides = query->types = 0;
    query->min_notional = -1.0;
    query->underlying_count = 0;
    return TL_OK;
}

static enum tl_status get_option_filters(struct reader *reader)
{
    enum tl_status status = get_view(reader);
    if (status == TL_OK) status = get_sides(reader);
    if (status == TL_OK) status = get_types(reader);
    if (status == TL_OK) status = get_min_notional(reader);
    if (status == TL_OK) status = get_underlyings(reader);
    if (status == TL_OK) status = get_contract(reader);
    return status;
}

/* --- pages --------------------------------------------------------------------------------- */

static enum tl_status get_limit(struct reader *reader, const struct tl_page_rules *rules)
{
    bool candles = rules->takes & TL_TAKES_CANDLE_RANGE;
    int64_t limit = rules->kind == TL_PAGE_RECENT ? rules->limit_default : 200;
    enum tl_status status = get_integer(reader, "limit", false, 1, candles ? 5000 : 1000, &limit);
    reader->params->query.limit = (int)limit;
    return status;
}

static enum tl_status get_cursor(struct reader *reader, const struct tl_page_rules *rules)
{
    struct tl_store_query *query = &reader->params->query;
    bool history = rules->kind == TL_PAGE_HISTORY;
    if (rules->kind == TL_PAGE_RECENT) return TL_OK;
    int64_t ts = 0, seq = 0;
    enum tl_status status =
        get_integer(reader, history ? "before_ts" : "after_ts", history, 0, TS_MAX, &ts);
    if (status == TL_OK)
        status =
            get_integer(reader, history ? "before_seq" : "after_seq", history, 0, TS_MAX, &seq);
    query->has_before = history;
    query->has_after = query->ascending = !history;
    query->before_ts = query->after_ts = ts;
    query->before_seq = query->after_seq = (uint64_t)seq;
    return status;
}

static enum tl_status get_range(struct reader *reader, const struct tl_page_rules *rules)
{
    struct tl_store_query *query = &reader->params->query;
    bool candles = rules->takes & TL_TAKES_CANDLE_RANGE;
    if (!candles && !(rules->takes & TL_TAKES_RANGE)) return TL_OK;
    int64_t start = -1, end = rules->now_ms;
    enum tl_status status = get_integer(reader, "start_ts", !candles, 0, TS_MAX, &start);
    if (status == TL_OK) status = get_integer(reader, "end_ts", !candles, 0, TS_MAX, &end);
    if (status != TL_OK) return status;
    if (start < 0) {
        /* interval x limit may not overflow: an interval of years leaves nothing out anyway. */
        bool all = query->interval_ms > end / query->limit;
        start = all ? 0 : end - query->interval_ms * query->limit;
    }
    query->has_range = true;
    query->start_ts = !candles && start > end ? end : start;
    query->end_ts = !candles && start > end ? start : end;
    reader->params->reverse = true; /* the newest of the range, answered oldest first */
    return TL_OK;
}

enum tl_status tl_page_params_parse(struct tl_str query, const struct tl_page_rules *rules,
                                    struct tl_page_params *params, struct tl_error *error)
{
    struct reader reader = {query, params, error};
    memset(&params->query, 0, sizeof params->query);
    params->query.table = rules->table;
    params->query.etf = -1;
    params->query.min_notional = -1.0;
    params->reverse = false;
    params->strings = (struct tl_text){.data = params->bytes, .capacity = TL_PARAM_BYTES};
    enum tl_status status = get_limit(&reader, rules);
    if (status == TL_OK) status = get_cursor(&reader, rules);
    if (status == TL_OK && (rules->takes & TL_TAKES_SOURCE)) status = get_source(&reader);
    if (status == TL_OK && (rules->takes & TL_TAKES_OPTION_FILTERS))
        status = get_option_filters(&reader);
    if (status == TL_OK && (rules->takes & TL_TAKES_UNDERLYINGS)) status = get_underlyings(&reader);
    if (status == TL_OK && (rules->takes & TL_TAKES_UNDERLYING)) status = get_underlying(&reader);
    if (status == TL_OK && (rules->takes & TL_TAKES_INTERVAL))
        status = get_integer(&reader, "interval_ms", true, 1, TS_MAX, &params->query.interval_ms);
    if (status == TL_OK) status = get_range(&reader, rules);
    return status;
}
