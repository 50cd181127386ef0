/* SPDX-License-Identifier: Apache-2.0
 * Messages of /ws/live through jansson (cold: a few a client), then our own key and echo text. */
#include "json/live_request.h"

#include <jansson.h>
#include <string.h>

static const char *const channel_names[TL_LIVE_CHANNEL_COUNT] = {
    [TL_LIVE_OPTIONS] = "options",
    [TL_LIVE_FLOW] = "flow",
    [TL_LIVE_EQUITIES] = "equities",
    [TL_LIVE_SMART_MONEY] = "smart-money",
    [TL_LIVE_NBBO] = "nbbo",
    [TL_LIVE_EQUITY_QUOTES] = "equity-quotes",
    [TL_LIVE_EQUITY_JOINS] = "equity-joins",
    [TL_LIVE_CLASSIFIER_HITS] = "classifier-hits",
    [TL_LIVE_ALERTS] = "alerts",
    [TL_LIVE_INFERRED_DARK] = "inferred-dark",
    [TL_LIVE_EQUITY_CANDLES] = "equity-candles",
    [TL_LIVE_EQUITY_OVERLAY] = "equity-overlay",
};

/* Filter words in the order JavaScript sorts them (keys are sorted), with their enum values. */
struct word {
    const char *text;
    uint8_t value;
};

static const struct word security_words[] = {{"etf", TL_LIVE_ETF}, {"stock", TL_LIVE_STOCK}};
static const struct word side_words[] = {
    {"A", TL_SIDE_A},     {"AA", TL_SIDE_AA},           {"B", TL_SIDE_B},        {"BB", TL_SIDE_BB},
    {"MID", TL_SIDE_MID}, {"MISSING", TL_SIDE_MISSING}, {"STALE", TL_SIDE_STALE}};
static const struct word type_words[] = {{"call", TL_OPTION_TYPE_CALL},
                                         {"put", TL_OPTION_TYPE_PUT}};

struct vocabulary {
    const char *key;
    const struct word *words;
    size_t count;
};

static const struct vocabulary securities = {"securityTypes", security_words, 2};
static const struct vocabulary sides = {"nbboSides", side_words, 7};
static const struct vocabulary types = {"optionTypes", type_words, 2};

const char *tl_live_channel_name(enum tl_live_channel channel)
{
    return channel_names[channel];
}

static enum tl_status get_choices(const json_t *filters, const struct vocabulary *vocabulary,
                                  struct tl_live_choices *choices, struct tl_error *error)
{
    const json_t *array = json_object_get(filters, vocabulary->key);
    if (!array) return TL_OK;
    if (!json_is_array(array) || json_array_size(array) > TL_LIVE_CHOICES_MAX)
        return tl_error_set(error, TL_INVALID, "filters.%s: expected an array of at most %d items",
                            vocabulary->key, TL_LIVE_CHOICES_MAX);
    choices->present = true;
    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *text = json_string_value(json_array_get(array, i));
        size_t w = 0;
        while (w < vocabulary->count && (!text || strcmp(text, vocabulary->words[w].text) != 0))
            w++;
        if (w == vocabulary->count)
            return tl_error_set(error, TL_INVALID, "filters.%s[%zu]: not one of the known values",
                                vocabulary->key, i);
        choices->mask |= 1u << vocabulary->words[w].value;
        choices->items[choices->count++] = vocabulary->words[w].value;
    }
    return TL_OK;
}

static enum tl_status get_view(const json_t *filters, enum tl_live_view *view,
                               struct tl_error *error)
{
    const json_t *value = json_object_get(filters, "view");
    if (!value) return TL_OK;
    const char *text = json_string_value(value);
    if (text && strcmp(text, "signal") == 0)
        *view = TL_LIVE_VIEW_SIGNAL;
    else if (text && strcmp(text, "raw") == 0)
        *view = TL_LIVE_VIEW_RAW;
    else
        return tl_error_set(error, TL_INVALID, "filters.view: expected \"signal\" or \"raw\"");
    return TL_OK;
}

static enum tl_status get_filters(const json_t *object, struct tl_live_filters *out,
                                  struct tl_error *error)
{
    const json_t *filters = json_object_get(object, "filters");
    if (!filters) return TL_OK;
    if (!json_is_object(filters))
        return tl_error_set(error, TL_INVALID, "filters: expected an object");
    out->present = true;
    enum tl_status status = get_view(filters, &out->view, error);
    if (status == TL_OK) status = get_choices(filters, &securities, &out->security, error);
    if (status == TL_OK) status = get_choices(filters, &sides, &out->sides, error);
    if (status == TL_OK) status = get_choices(filters, &types, &out->types, error);
    if (status != TL_OK) return status;
    const json_t *notional = json_object_get(filters, "minNotional");
    if (!notional) return TL_OK;
    double value = json_number_value(notional);
    /* Above, the number's own text could be a whole one that no JSON reader of 64 bits takes back. */
    if (!json_is_number(notional) || !(value >= 0.0) || value > 9007199254740991.0)
        return tl_error_set(error, TL_INVALID,
                            "filters.minNotional: expected a number >= 0, at most 2^53 - 1");
    out->min_notional = value;
    return TL_OK;
}

/* A JSON number that is a whole one above 0, however it is spelt (50, 50.0, 5e1). */
static enum tl_status get_positive(const json_t *object, const char *key, bool required,
                                   int64_t *out, struct tl_error *error)
{
    const json_t *value = json_object_get(object, key);
    if (!value && !required) return TL_OK;
    double number = json_number_value(value);
    if (!json_is_number(value) || !(number > 0.0) || number > 9007199254740991.0 ||
        number != (double)(int64_t)number)
        return tl_error_set(error, TL_INVALID, "%s: expected an integer > 0", key);
    *out = (int64_t)number;
    return TL_OK;
}

static bool copy_string(const json_t *value, char *out, size_t capacity)
{
    const char *text = json_string_value(value);
    size_t size = json_string_length(value);
    if (!text || size == 0 || size >= capacity || strlen(text) != size) return false;
    memcpy(out, text, size + 1);
    return true;
}

static enum tl_status get_string(const json_t *object, const char *key, bool required, char *out,
                                 size_t capacity, struct tl_error *error)
{
    const json_t *value = json_object_get(object, key);
    if (!value && !required) return TL_OK;
    if (!copy_string(value, out, capacity))
        return tl_error_set(error, TL_INVALID, "%s: expected a string of 1 to %zu bytes", key,
                            capacity - 1);
    return TL_OK;
}

static enum tl_status get_underlyings(const json_t *object, struct tl_live_subscription *out,
                                      struct tl_error *error)
{
    const json_t *array = json_object_get(object, "underlying_ids");
    if (!array) return TL_OK;
    if (!json_is_array(array) || json_array_size(array) > TL_LIVE_UNDERLYINGS_MAX)
        return tl_error_set(error, TL_INVALID, "underlying_ids: expected an array of at most %d",
                            TL_LIVE_UNDERLYINGS_MAX);
    out->has_underlyings = true;
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (!copy_string(json_array_get(array, i), out->underlyings[out->underlying_count],
                         TL_LIVE_SYMBOL_BYTES))
            return tl_error_set(error, TL_INVALID,
                                "underlying_ids[%zu]: expected a string of 1 to %d bytes", i,
                                TL_LIVE_SYMBOL_BYTES - 1);
        out->underlying_count++;
    }
    return TL_OK;
}

static enum tl_status get_channel(const json_t *object, enum tl_live_channel *channel,
                                  struct tl_error *error)
{
    const char *text = json_string_value(json_object_get(object, "channel"));
    for (int i = 0; text && i < TL_LIVE_CHANNEL_COUNT; i++)
        if (strcmp(text, channel_names[i]) == 0) {
            *channel = (enum tl_live_channel)i;
            return TL_OK;
        }
    return tl_error_set(error, TL_INVALID, "channel: not one of the known channels");
}

static enum tl_status get_subscription(const json_t *object, struct tl_live_subscription *out,
                                       struct tl_error *error)
{
    memset(out, 0, sizeof *out);
    out->filters.min_notional = -1.0;
    if (!json_is_object(object)) return tl_error_set(error, TL_INVALID, "expected an object");
    enum tl_status status = get_channel(object, &out->channel, error);
    if (status != TL_OK) return status;
    enum tl_live_channel channel = out->channel;
    bool candles = channel == TL_LIVE_EQUITY_CANDLES;
    if (candles || channel == TL_LIVE_EQUITY_OVERLAY) {
        status =
            get_string(object, "underlying_id", true, out->underlying, TL_LIVE_SYMBOL_BYTES, error);
        if (status == TL_OK && candles)
            status = get_positive(object, "interval_ms", true, &out->interval_ms, error);
        return status;
    }
    if (channel == TL_LIVE_OPTIONS || channel == TL_LIVE_FLOW)
        status = get_filters(object, &out->filters, error);
    if (status == TL_OK && (channel == TL_LIVE_OPTIONS || channel == TL_LIVE_EQUITIES))
        status = get_underlyings(object, out, error);
    if (status == TL_OK && channel == TL_LIVE_OPTIONS)
        status = get_string(object, "option_contract_id", false, out->contract,
                            TL_LIVE_CONTRACT_BYTES, error);
    if (status == TL_OK)
        status = get_positive(object, "snapshot_limit", false, &out->snapshot_limit, error);
    return status;
}

static enum tl_status get_subscriptions(const json_t *root, struct tl_live_request *request,
                                        struct tl_error *error)
{
    const json_t *array = json_object_get(root, "subscriptions");
    size_t count = json_array_size(array);
    if (!json_is_array(array) || count == 0 || count > TL_LIVE_SUBSCRIPTIONS_MAX)
        return tl_error_set(error, TL_INVALID, "subscriptions: expected an array of 1 to %d",
                            TL_LIVE_SUBSCRIPTIONS_MAX);
    for (size_t i = 0; i < count; i++) {
        enum tl_status status =
            get_subscription(json_array_get(array, i), &request->subscriptions[i], error);
        if (status != TL_OK) {
            tl_error_add(error, "subscriptions[%zu]", i);
            return status;
        }
    }
    request->count = count;
    return TL_OK;
}

static enum tl_status get_request(const json_t *root, struct tl_live_request *request,
                                  struct tl_error *error)
{
    const char *op = json_string_value(json_object_get(root, "op"));
    request->count = 0;
    if (op && strcmp(op, "ping") == 0) {
        request->op = TL_LIVE_PING;
        return TL_OK;
    }
    if (op && strcmp(op, "subscribe") == 0)
        request->op = TL_LIVE_SUBSCRIBE;
    else if (op && strcmp(op, "unsubscribe") == 0)
        request->op = TL_LIVE_UNSUBSCRIBE;
    else
        return tl_error_set(error, TL_INVALID, "op: expected ping, subscribe or unsubscribe");
    return get_subscriptions(root, request, error);
}

enum tl_status tl_live_request_parse(struct tl_str text, struct tl_live_request *request,
                                     struct tl_error *error)
{
    json_error_t detail;
    json_t *root = json_loadb(text.data ? text.data : "", text.size, 0, &detail);
    if (!root)
        return tl_error_set(error, TL_INVALID, "not JSON: %s at byte %d", detail.text,
                            detail.position);
    enum tl_status status = get_request(root, request, error);
    json_decref(root);
    return status;
}

/* --- key ----------------------------------------------------------------------------------- */

static void comma(struct tl_text *out, bool *first)
{
    if (!*first) tl_text_byte(out, ',');
    *first = false;
}

static void key_choices(struct tl_text *out, bool *first, const struct vocabulary *vocabulary,
                        uint32_t mask)
{
    if (!mask) return;
    comma(out, first);
    tl_text_json_string(out, tl_str_from(vocabulary->key));
    tl_text_lit(out, ":[");
    bool first_item = true;
    for (size_t i = 0; i < vocabulary->count; i++) {
        if (!(mask & 1u << vocabulary->words[i].value)) continue;
        comma(out, &first_item);
        tl_text_json_string(out, tl_str_from(vocabulary->words[i].text));
    }
    tl_text_byte(out, ']');
}

static void put_view(struct tl_text *out, bool *first, enum tl_live_view view)
{
    if (view == TL_LIVE_VIEW_ABSENT) return;
    comma(out, first);
    tl_text_lit(out, view == TL_LIVE_VIEW_RAW ? "\"view\":\"raw\"" : "\"view\":\"signal\"");
}

static void put_notional(struct tl_text *out, bool *first, double notional)
{
    if (notional < 0.0) return;
    comma(out, first);
    tl_text_lit(out, "\"minNotional\":");
    tl_text_double(out, notional);
}

static void key_filters(struct tl_text *out, const struct tl_live_filters *filters)
{
    bool first = true;
    tl_text_byte(out, '{');
    put_view(out, &first, filters->view);
    key_choices(out, &first, &securities, filters->security.mask);
    key_choices(out, &first, &sides, filters->sides.mask);
    key_choices(out, &first, &types, filters->types.mask);
    put_notional(out, &first, filters->min_notional);
    tl_text_byte(out, '}');
}

static char upper(char byte)
{
    return byte >= 'a' && byte <= 'z' ? (char)(byte - 'a' + 'A') : byte;
}

static int compare_upper(const char *a, const char *b)
{
    while (*a && upper(*a) == upper(*b))
        a++, b++;
    return (unsigned char)upper(*a) - (unsigned char)upper(*b);
}

/* Upper-cased, sorted, without repeats: matching is case-insensitive, so "spy" and "SPY" are one
 * subscription. */
static void key_underlyings(struct tl_text *out, const struct tl_live_subscription *subscription)
{
    if (subscription->underlying_count == 0) return;
    const char *order[TL_LIVE_UNDERLYINGS_MAX];
    size_t count = 0;
    for (uint32_t i = 0; i < subscription->underlying_count; i++) {
        const char *symbol = subscription->underlyings[i];
        size_t at = count;
        while (at > 0 && compare_upper(order[at - 1], symbol) > 0)
            at--;
        if (at > 0 && compare_upper(order[at - 1], symbol) == 0) continue;
        memmove(&order[at + 1], &order[at], (count - at) * sizeof *order);
        order[at] = symbol;
        count++;
    }
    tl_text_lit(out, "|underlyings:");
    for (size_t i = 0; i < count; i++) {
        if (i) tl_text_byte(out, ',');
        for (const char *byte = order[i]; *byte; byte++)
            tl_text_byte(out, upper(*byte));
    }
}

void tl_live_subscription_key(struct tl_text *out, const struct tl_live_subscription *subscription)
{
    enum tl_live_channel channel = subscription->channel;
    tl_text_lit(out, channel_names[channel]);
    if (channel == TL_LIVE_OPTIONS || channel == TL_LIVE_FLOW) {
        tl_text_byte(out, '|');
        key_filters(out, &subscription->filters);
    }
    if (channel == TL_LIVE_OPTIONS || channel == TL_LIVE_EQUITIES)
        key_underlyings(out, subscription);
    if (subscription->contract[0]) {
        tl_text_lit(out, "|contract:");
        tl_text_lit(out, subscription->contract);
    }
    if (channel == TL_LIVE_EQUITY_CANDLES || channel == TL_LIVE_EQUITY_OVERLAY) {
        tl_text_byte(out, '|');
        for (const char *byte = subscription->underlying; *byte; byte++)
            tl_text_byte(out, upper(*byte));
    }
    if (channel == TL_LIVE_EQUITY_CANDLES) {
        tl_text_byte(out, '|');
        tl_text_i64(out, subscription->interval_ms);
    }
}

/* --- echo ---------------------------------------------------------------------------------- */

static void echo_choices(struct tl_text *out, bool *first, const struct vocabulary *vocabulary,
                         const struct tl_live_choices *choices)
{
    if (!choices->present) return;
    comma(out, first);
    tl_text_json_string(out, tl_str_from(vocabulary->key));
    tl_text_lit(out, ":[");
    for (size_t i = 0; i < choices->count; i++) {
        size_t w = 0;
        while (vocabulary->words[w].value != choices->items[i])
            w++;
        if (i) tl_text_byte(out, ',');
        tl_text_json_string(out, tl_str_from(vocabulary->words[w].text));
    }
    tl_text_byte(out, ']');
}

static void echo_filters(struct tl_text *out, const struct tl_live_filters *filters)
{
    bool first = true;
    tl_text_lit(out, ",\"filters\":{");
    put_view(out, &first, filters->view);
    echo_choices(out, &first, &securities, &filters->security);
    echo_choices(out, &first, &sides, &filters->sides);
    echo_choices(out, &first, &types, &filters->types);
    put_notional(out, &first, filters->min_notional);
    tl_text_byte(out, '}');
}

static void echo_string(struct tl_text *out, const char *key, const char *value)
{
    if (!value[0]) return;
    tl_text_lit(out, ",\"");
    tl_text_lit(out, key);
    tl_text_lit(out, "\":");
    tl_text_json_string(out, tl_str_from(value));
}

static void echo_number(struct tl_text *out, const char *key, int64_t value)
{
    if (value <= 0) return;
    tl_text_lit(out, ",\"");
    tl_text_lit(out, key);
    tl_text_lit(out, "\":");
    tl_text_i64(out, value);
}

void tl_live_subscription_put(struct tl_text *out, const struct tl_live_subscription *subscription,
                              bool with_limit)
{
    tl_text_lit(out, "{\"channel\":");
    tl_text_json_string(out, tl_str_from(channel_names[subscription->channel]));
    if (subscription->filters.present) echo_filters(out, &subscription->filters);
    if (subscription->has_underlyings) {
        tl_text_lit(out, ",\"underlying_ids\":[");
        for (uint32_t i = 0; i < subscription->underlying_count; i++) {
            if (i) tl_text_byte(out, ',');
            tl_text_json_string(out, tl_str_from(subscription->underlyings[i]));
        }
        tl_text_byte(out, ']');
    }
    echo_string(out, "option_contract_id", subscription->contract);
    echo_string(out, "underlying_id", subscription->underlying);
    echo_number(out, "interval_ms", subscription->interval_ms);
    if (with_limit) echo_number(out, "snapshot_limit", subscription->snapshot_limit);
    tl_text_byte(out, '}');
}
