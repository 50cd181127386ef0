/* SPDX-License-Identifier: Apache-2.0
 * Market events <-> public JSON. Encoding is straight-line code in the contract's key order.
 * Decoding is driven by one table a type: key, kind, place in the struct. Keys usually come in the
 * table's order, so the next row is tried first; any order is accepted, the last of a doubled key
 * wins (as in JavaScript). */
#include "wire/market_json.h"

#include "base/placement.h"
#include "wire/json_scan.h"
#include "wire/put.h"

/* ---- encode ---- */

static void put_meta(struct tl_put *put, const struct tl_meta *meta)
{
    TL_PUT(put, "{\"source_ts\":");
    tl_put_i64(put, meta->source_ts);
    TL_PUT(put, ",\"ingest_ts\":");
    tl_put_i64(put, meta->ingest_ts);
    TL_PUT(put, ",\"seq\":");
    tl_put_u64(put, meta->seq);
    TL_PUT(put, ",\"trace_id\":");
    tl_put_json_string(put, meta->trace_id);
}

static void put_strings(struct tl_put *put, const struct tl_str *strings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        tl_put_byte(put, i == 0 ? '[' : ',');
        tl_put_json_string(put, strings[i]);
    }
    tl_put_byte(put, ']');
}

static void put_bool(struct tl_put *put, bool value)
{
    if (value)
        TL_PUT(put, "true");
    else
        TL_PUT(put, "false");
}

static void put_print_nbbo(struct tl_put *put, const struct tl_wire_option_print *print)
{
    TL_PUT(put, ",\"execution_nbbo_bid\":");
    tl_put_number(put, print->nbbo_bid);
    TL_PUT(put, ",\"execution_nbbo_ask\":");
    tl_put_number(put, print->nbbo_ask);
    TL_PUT(put, ",\"execution_nbbo_mid\":");
    tl_put_number(put, print->nbbo_mid);
    TL_PUT(put, ",\"execution_nbbo_spread\":");
    tl_put_number(put, print->nbbo_spread);
    if (print->has & TL_HAS_NBBO_SIZES) {
        TL_PUT(put, ",\"execution_nbbo_bid_size\":");
        tl_put_i64(put, print->nbbo_bid_size);
        TL_PUT(put, ",\"execution_nbbo_ask_size\":");
        tl_put_i64(put, print->nbbo_ask_size);
    }
    TL_PUT(put, ",\"execution_nbbo_ts\":");
    tl_put_i64(put, print->nbbo_ts);
    TL_PUT(put, ",\"execution_nbbo_age_ms\":");
    tl_put_number(put, print->nbbo_age_ms);
    if (print->nbbo_side != TL_SIDE_ABSENT) {
        TL_PUT(put, ",\"execution_nbbo_side\":\"");
        tl_put_cstr(put, tl_nbbo_side_name(print->nbbo_side));
        tl_put_byte(put, '"');
    }
}

static void put_print_spot(struct tl_put *put, const struct tl_wire_option_print *print)
{
    if (print->has & TL_HAS_SPOT) {
        TL_PUT(put, ",\"execution_underlying_spot\":");
        tl_put_number(put, print->spot_mid);
        TL_PUT(put, ",\"execution_underlying_bid\":");
        tl_put_number(put, print->spot_bid);
        TL_PUT(put, ",\"execution_underlying_ask\":");
        tl_put_number(put, print->spot_ask);
    }
    TL_PUT(put, ",\"execution_underlying_mid\":");
    tl_put_number(put, print->spot_mid);
    if (print->has & TL_HAS_SPOT) {
        TL_PUT(put, ",\"execution_underlying_spread\":");
        tl_put_number(put, print->spot_spread);
        TL_PUT(put, ",\"execution_underlying_ts\":");
        tl_put_i64(put, print->spot_ts);
        TL_PUT(put, ",\"execution_underlying_age_ms\":");
        tl_put_number(put, print->spot_age_ms);
        TL_PUT(put, ",\"execution_underlying_source\":\"equity_quote_mid\"");
    }
}

static void put_print_signal(struct tl_put *put, const struct tl_wire_option_print *print)
{
    if (print->has & TL_HAS_IS_ETF) {
        TL_PUT(put, ",\"is_etf\":");
        put_bool(put, print->is_etf);
    }
    if (print->has & TL_HAS_SIGNAL_PASS) {
        TL_PUT(put, ",\"signal_pass\":");
        put_bool(put, print->signal_pass);
    }
    if (print->signal_reason_count > 0) {
        TL_PUT(put, ",\"signal_reasons\":");
        put_strings(put, print->signal_reasons, print->signal_reason_count);
    }
    if (print->signal_profile.size > 0) {
        TL_PUT(put, ",\"signal_profile\":");
        tl_put_json_string(put, print->signal_profile);
    }
}

void tl_json_put_option_print(struct tl_text *out, const struct tl_wire_option_print *print)
{
    struct tl_put cursor = tl_put_begin(out), *put = &cursor;
    put_meta(put, &print->meta);
    TL_PUT(put, ",\"ts\":");
    tl_put_i64(put, print->ts);
    TL_PUT(put, ",\"option_contract_id\":");
    tl_put_json_string(put, print->option_contract_id);
    TL_PUT(put, ",\"price\":");
    tl_put_number(put, print->price);
    TL_PUT(put, ",\"size\":");
    tl_put_i64(put, print->size);
    TL_PUT(put, ",\"exchange\":");
    tl_put_json_string(put, print->exchange);
    if (print->condition_count > 0) {
        TL_PUT(put, ",\"conditions\":");
        put_strings(put, print->conditions, print->condition_count);
    }
    if (print->underlying_id.size > 0) {
        TL_PUT(put, ",\"underlying_id\":");
        tl_put_json_string(put, print->underlying_id);
    }
    if (print->option_type == TL_OPTION_TYPE_CALL) TL_PUT(put, ",\"option_type\":\"call\"");
    if (print->option_type == TL_OPTION_TYPE_PUT) TL_PUT(put, ",\"option_type\":\"put\"");
    if (print->has & TL_HAS_NOTIONAL) {
        TL_PUT(put, ",\"notional\":");
        tl_put_number(put, print->notional);
    }
    if (print->nbbo_side != TL_SIDE_ABSENT) {
        TL_PUT(put, ",\"nbbo_side\":\"");
        tl_put_cstr(put, tl_nbbo_side_name(print->nbbo_side));
        tl_put_byte(put, '"');
    }
    if (print->has & TL_HAS_NBBO) put_print_nbbo(put, print);
    if (print->has & TL_HAS_UNDERLYING_MID) put_print_spot(put, print);
    if (print->has & TL_HAS_IV) {
        TL_PUT(put, ",\"execution_iv\":");
        tl_put_number(put, print->iv);
        if (print->has & TL_HAS_IV_PROVIDER)
            TL_PUT(put, ",\"execution_iv_source\":\"provider\"");
        else
            TL_PUT(put, ",\"execution_iv_source\":\"synthetic_pressure_model\"");
    }
    put_print_signal(put, print);
    tl_put_byte(put, '}');
    tl_put_end(put, out);
}

void tl_json_put_option_nbbo(struct tl_text *out, const struct tl_wire_option_nbbo *nbbo)
{
    struct tl_put cursor = tl_put_begin(out), *put = &cursor;
    put_meta(put, &nbbo->meta);
    TL_PUT(put, ",\"ts\":");
    tl_put_i64(put, nbbo->ts);
    TL_PUT(put, ",\"option_contract_id\":");
    tl_put_json_string(put, nbbo->option_contract_id);
    TL_PUT(put, ",\"bid\":");
    tl_put_number(put, nbbo->bid);
    TL_PUT(put, ",\"ask\":");
    tl_put_number(put, nbbo->ask);
    TL_PUT(put, ",\"bidSize\":");
    tl_put_i64(put, nbbo->bid_size);
    TL_PUT(put, ",\"askSize\":");
    tl_put_i64(put, nbbo->ask_size);
    tl_put_byte(put, '}');
    tl_put_end(put, out);
}

void tl_json_put_equity_print(struct tl_text *out, const struct tl_wire_equity_print *print)
{
    struct tl_put cursor = tl_put_begin(out), *put = &cursor;
    put_meta(put, &print->meta);
    TL_PUT(put, ",\"ts\":");
    tl_put_i64(put, print->ts);
    TL_PUT(put, ",\"underlying_id\":");
    tl_put_json_string(put, print->underlying_id);
    TL_PUT(put, ",\"price\":");
    tl_put_number(put, print->price);
    TL_PUT(put, ",\"size\":");
    tl_put_i64(put, print->size);
    TL_PUT(put, ",\"exchange\":");
    tl_put_json_string(put, print->exchange);
    TL_PUT(put, ",\"offExchangeFlag\":");
    put_bool(put, print->off_exchange);
    tl_put_byte(put, '}');
    tl_put_end(put, out);
}

void tl_json_put_equity_quote(struct tl_text *out, const struct tl_wire_equity_quote *quote)
{
    struct tl_put cursor = tl_put_begin(out), *put = &cursor;
    put_meta(put, &quote->meta);
    TL_PUT(put, ",\"ts\":");
    tl_put_i64(put, quote->ts);
    TL_PUT(put, ",\"underlying_id\":");
    tl_put_json_string(put, quote->underlying_id);
    TL_PUT(put, ",\"bid\":");
    tl_put_number(put, quote->bid);
    TL_PUT(put, ",\"ask\":");
    tl_put_number(put, quote->ask);
    tl_put_byte(put, '}');
    tl_put_end(put, out);
}

void tl_json_put_candle(struct tl_text *out, const struct tl_wire_candle *candle)
{
    struct tl_put cursor = tl_put_begin(out), *put = &cursor;
    put_meta(put, &candle->meta);
    TL_PUT(put, ",\"ts\":");
    tl_put_i64(put, candle->ts);
    TL_PUT(put, ",\"interval_ms\":");
    tl_put_i64(put, candle->interval_ms);
    TL_PUT(put, ",\"underlying_id\":");
    tl_put_json_string(put, candle->underlying_id);
    TL_PUT(put, ",\"open\":");
    tl_put_number(put, candle->open);
    TL_PUT(put, ",\"high\":");
    tl_put_number(put, candle->high);
    TL_PUT(put, ",\"low\":");
    tl_put_number(put, candle->low);
    TL_PUT(put, ",\"close\":");
    tl_put_number(put, candle->close);
    TL_PUT(put, ",\"volume\":");
    tl_put_i64(put, candle->volume);
    TL_PUT(put, ",\"trade_count\":");
    tl_put_i64(put, candle->trade_count);
    tl_put_byte(put, '}');
    tl_put_end(put, out);
}

/* ---- decode ---- */

enum kind {
    KIND_INT,      /* int64_t, >= 0 */
    KIND_POSITIVE, /* int64_t, > 0 */
    KIND_NUMBER,   /* double */
    KIND_AMOUNT,   /* double, >= 0 */
    KIND_STRING,   /* struct tl_str, not empty */
    KIND_BOOL,     /* bool */
    KIND_SIDE,     /* enum tl_nbbo_side */
    KIND_TYPE,     /* enum tl_option_type */
    KIND_PROFILE,  /* struct tl_str: smart-money, balanced, all */
    KIND_SPOT_SOURCE,
    KIND_IV_SOURCE,
    KIND_CONDITIONS,
    KIND_REASONS
};

static const char *const kind_wants[] = {
    "an integer >= 0",
    "an integer > 0",
    "a number",
    "a number >= 0",
    "a string, not empty",
    "true or false",
    "AA, A, MID, B, BB, MISSING or STALE",
    "call or put",
    "smart-money, balanced or all",
    "equity_quote_mid",
    "provider or synthetic_pressure_model",
    "an array of strings, none empty",
    "an array of strings",
};

struct field {
    const char *key;
    uint8_t key_size, kind, flags;
    uint16_t offset;
};

#define REQUIRED 1
#define NULLABLE 2
#define FIELD(type, key, kind, flags, member)                                                      \
    {                                                                                              \
        key, sizeof(key) - 1, kind, flags, offsetof(struct type, member)                           \
    }
#define META(type)                                                                                 \
    FIELD(type, "source_ts", KIND_INT, REQUIRED, meta.source_ts),                                  \
        FIELD(type, "ingest_ts", KIND_INT, REQUIRED, meta.ingest_ts),                              \
        FIELD(type, "seq", KIND_INT, REQUIRED, meta.seq),                                          \
        FIELD(type, "trace_id", KIND_STRING, REQUIRED, meta.trace_id)

struct table {
    const char *name;
    const struct field *fields;
    size_t count;
};

static bool get_strings(struct tl_scan *scan, bool empty_allowed, struct tl_str *strings,
                        size_t capacity, size_t *count)
{
    *count = 0;
    if (tl_scan_peek(scan) != TL_SCAN_ARRAY || !tl_scan_open(scan, '[')) return false;
    while (tl_scan_item(scan)) {
        struct tl_str str;
        if (tl_scan_peek(scan) != TL_SCAN_STRING || !tl_scan_string(scan, &str)) return false;
        if (str.size == 0 && !empty_allowed) return false;
        if (*count < capacity) strings[(*count)++] = str;
    }
    return !scan->fault;
}

static bool get_side(struct tl_str text, enum tl_nbbo_side *side)
{
    for (int i = TL_SIDE_AA; i < TL_SIDE_COUNT; i++) {
        if (tl_str_is(text, tl_nbbo_side_name((enum tl_nbbo_side)i))) {
            *side = (enum tl_nbbo_side)i;
            return true;
        }
    }
    return false;
}

/* A string field of any kind into its place. */
static bool get_word(const struct field *field, struct tl_str text, char *place)
{
    switch ((enum kind)field->kind) {
    case KIND_SIDE:
        return get_side(text, (enum tl_nbbo_side *)(void *)place);
    case KIND_TYPE:
        *(enum tl_option_type *)(void *)place =
            tl_str_is(text, "call") ? TL_OPTION_TYPE_CALL : TL_OPTION_TYPE_PUT;
        return tl_str_is(text, "call") || tl_str_is(text, "put");
    case KIND_SPOT_SOURCE:
        return tl_str_is(text, "equity_quote_mid");
    case KIND_IV_SOURCE:
        if (!tl_str_is(text, "provider")) return tl_str_is(text, "synthetic_pressure_model");
        *(uint32_t *)(void *)place |= TL_HAS_IV_PROVIDER;
        return true;
    case KIND_PROFILE:
        memcpy(place, &text, sizeof text);
        return tl_str_is(text, "smart-money") || tl_str_is(text, "balanced") ||
               tl_str_is(text, "all");
    case KIND_INT:
    case KIND_POSITIVE:
    case KIND_NUMBER:
    case KIND_AMOUNT:
    case KIND_STRING:
    case KIND_BOOL:
    case KIND_CONDITIONS:
    case KIND_REASONS:
        break;
    }
    memcpy(place, &text, sizeof text);
    return text.size > 0;
}

static bool get_value(struct tl_scan *scan, const struct field *field, void *event)
{
    char *place = (char *)event + field->offset;
    enum tl_scan_kind found = tl_scan_peek(scan);
    struct tl_wire_option_print *print = event; /* of the two array kinds only */
    switch ((enum kind)field->kind) {
    case KIND_INT:
    case KIND_POSITIVE: {
        int64_t value;
        if (found != TL_SCAN_NUMBER || !tl_scan_int(scan, &value)) return false;
        memcpy(place, &value, sizeof value);
        return field->kind == KIND_INT ? value >= 0 : value > 0;
    }
    case KIND_NUMBER:
    case KIND_AMOUNT: {
        double value;
        if (found != TL_SCAN_NUMBER || !tl_scan_number(scan, &value)) return false;
        memcpy(place, &value, sizeof value);
        return field->kind == KIND_NUMBER || value >= 0;
    }
    case KIND_BOOL:
        return (found == TL_SCAN_TRUE || found == TL_SCAN_FALSE) &&
               tl_scan_bool(scan, (bool *)(void *)place);
    case KIND_CONDITIONS:
        return get_strings(scan, false, print->conditions, TL_CONDITIONS_MAX,
                           &print->condition_count);
    case KIND_REASONS:
        return get_strings(scan, true, print->signal_reasons, TL_SIGNAL_REASONS_MAX,
                           &print->signal_reason_count);
    case KIND_STRING:
    case KIND_SIDE:
    case KIND_TYPE:
    case KIND_PROFILE:
    case KIND_SPOT_SOURCE:
    case KIND_IV_SOURCE: {
        struct tl_str text;
        return found == TL_SCAN_STRING && tl_scan_string(scan, &text) &&
               get_word(field, text, place);
    }
    }
    return false;
}

static const struct field *find_field(const struct table *table, struct tl_str key, size_t *next)
{
    for (size_t tried = 0; tried < table->count; tried++) {
        const struct field *field = &table->fields[*next];
        *next = *next + 1 == table->count ? 0 : *next + 1;
        if (field->key_size == key.size && memcmp(field->key, key.data, key.size) == 0)
            return field;
    }
    return NULL;
}

static struct tl_str guess(const struct table *table, size_t next)
{
    return (struct tl_str){table->fields[next].key, table->fields[next].key_size};
}

/* Reads one event by its table. seen: bit i set when table->fields[i] was present and not null. */
static enum tl_status get_event(const struct table *table, struct tl_str json, void *event,
                                uint64_t *seen, struct tl_json_scratch *scratch,
                                struct tl_error *error)
{
    struct tl_scan scan = tl_scan_from(json, scratch);
    struct tl_str key;
    size_t next = 0;
    *seen = 0;
    if (tl_scan_peek(&scan) == TL_SCAN_OBJECT)
        (void)tl_scan_open(&scan, '{');
    else
        scan.fault = true;
    while (!scan.fault && tl_scan_key_near(&scan, guess(table, next), &key)) {
        const struct field *field = find_field(table, key, &next);
        if (!field) {
            if (!tl_scan_skip(&scan)) break;
            continue;
        }
        uint64_t bit = 1ULL << (field - table->fields);
        *seen &= ~bit;
        if ((field->flags & NULLABLE) && tl_scan_peek(&scan) == TL_SCAN_NULL) {
            if (!tl_scan_skip(&scan)) break;
            continue;
        }
        if (!get_value(&scan, field, event))
            return tl_error_set(error, TL_INVALID, "%s: %s must be %s", table->name, field->key,
                                kind_wants[field->kind]);
        *seen |= bit;
    }
    if (!tl_scan_done(&scan))
        return tl_error_set(error, TL_INVALID, "%s: not a JSON object", table->name);
    for (size_t i = 0; i < table->count; i++) {
        if ((table->fields[i].flags & REQUIRED) && !(*seen >> i & 1))
            return tl_error_set(error, TL_INVALID, "%s: %s is missing", table->name,
                                table->fields[i].key);
    }
    return TL_OK;
}

#define PRINT(key, kind, flags, member) FIELD(tl_wire_option_print, key, kind, flags, member)

/* Places in print_fields that decode_print's groups need. */
enum print_place {
    AT_UNDERLYING = 10,
    AT_TYPE,
    AT_NOTIONAL,
    AT_SIDE,
    AT_NBBO_BID,
    AT_NBBO_ASK,
    AT_NBBO_MID,
    AT_NBBO_SPREAD,
    AT_NBBO_BID_SIZE,
    AT_NBBO_ASK_SIZE,
    AT_NBBO_TS,
    AT_NBBO_AGE,
    AT_NBBO_SIDE,
    AT_SPOT,
    AT_SPOT_BID,
    AT_SPOT_ASK,
    AT_SPOT_MID,
    AT_SPOT_SPREAD,
    AT_SPOT_TS,
    AT_SPOT_AGE,
    AT_SPOT_SOURCE,
    AT_IV,
    AT_IV_SOURCE,
    AT_IS_ETF,
    AT_SIGNAL_PASS
};

static const struct field print_fields[] = {
    META(tl_wire_option_print),
    PRINT("ts", KIND_INT, REQUIRED, ts),
    PRINT("option_contract_id", KIND_STRING, REQUIRED, option_contract_id),
    PRINT("price", KIND_AMOUNT, REQUIRED, price),
    PRINT("size", KIND_POSITIVE, REQUIRED, size),
    PRINT("exchange", KIND_STRING, REQUIRED, exchange),
    PRINT("conditions", KIND_CONDITIONS, 0, conditions),
    [AT_UNDERLYING] = PRINT("underlying_id", KIND_STRING, NULLABLE, underlying_id),
    PRINT("option_type", KIND_TYPE, NULLABLE, option_type),
    PRINT("notional", KIND_AMOUNT, NULLABLE, notional),
    PRINT("nbbo_side", KIND_SIDE, NULLABLE, nbbo_side),
    PRINT("execution_nbbo_bid", KIND_NUMBER, NULLABLE, nbbo_bid),
    PRINT("execution_nbbo_ask", KIND_NUMBER, NULLABLE, nbbo_ask),
    PRINT("execution_nbbo_mid", KIND_NUMBER, NULLABLE, nbbo_mid),
    PRINT("execution_nbbo_spread", KIND_NUMBER, NULLABLE, nbbo_spread),
    PRINT("execution_nbbo_bid_size", KIND_INT, NULLABLE, nbbo_bid_size),
    PRINT("execution_nbbo_ask_size", KIND_INT, NULLABLE, nbbo_ask_size),
    PRINT("execution_nbbo_ts", KIND_INT, NULLABLE, nbbo_ts),
    PRINT("execution_nbbo_age_ms", KIND_AMOUNT, NULLABLE, nbbo_age_ms),
    [AT_NBBO_SIDE] = PRINT("execution_nbbo_side", KIND_SIDE, NULLABLE, nbbo_side),
    PRINT("execution_underlying_spot", KIND_NUMBER, NULLABLE, spot_mid),
    PRINT("execution_underlying_bid", KIND_NUMBER, NULLABLE, spot_bid),
    PRINT("execution_underlying_ask", KIND_NUMBER, NULLABLE, spot_ask),
    PRINT("execution_underlying_mid", KIND_NUMBER, NULLABLE, spot_mid),
    PRINT("execution_underlying_spread", KIND_NUMBER, NULLABLE, spot_spread),
    PRINT("execution_underlying_ts", KIND_INT, NULLABLE, spot_ts),
    PRINT("execution_underlying_age_ms", KIND_AMOUNT, NULLABLE, spot_age_ms),
    /* Checked, not kept. */
    [AT_SPOT_SOURCE] = PRINT("execution_underlying_source", KIND_SPOT_SOURCE, NULLABLE, has),
    [AT_IV] = PRINT("execution_iv", KIND_AMOUNT, NULLABLE, iv),
    [AT_IV_SOURCE] = PRINT("execution_iv_source", KIND_IV_SOURCE, NULLABLE, has),
    [AT_IS_ETF] = PRINT("is_etf", KIND_BOOL, NULLABLE, is_etf),
    [AT_SIGNAL_PASS] = PRINT("signal_pass", KIND_BOOL, NULLABLE, signal_pass),
    PRINT("signal_reasons", KIND_REASONS, 0, signal_reasons),
    PRINT("signal_profile", KIND_PROFILE, NULLABLE, signal_profile),
};

static bool has_all(uint64_t seen, uint64_t bits)
{
    return (seen & bits) == bits;
}

#define AT_BIT(place) (1ULL << (place))

enum tl_status tl_json_get_option_print(struct tl_str json, struct tl_wire_option_print *print,
                                        struct tl_json_scratch *scratch, struct tl_error *error)
{
    static const struct table table = {"option print", print_fields,
                                       sizeof print_fields / sizeof print_fields[0]};
    uint64_t seen, bits;
    *print = (struct tl_wire_option_print){0};
    enum tl_status status = get_event(&table, json, print, &seen, scratch, error);
    if (status != TL_OK) return status;
    bits = AT_BIT(AT_NBBO_BID) | AT_BIT(AT_NBBO_ASK) | AT_BIT(AT_NBBO_MID) |
           AT_BIT(AT_NBBO_SPREAD) | AT_BIT(AT_NBBO_TS) | AT_BIT(AT_NBBO_AGE);
    if (has_all(seen, bits)) print->has |= TL_HAS_NBBO;
    bits = AT_BIT(AT_NBBO_BID_SIZE) | AT_BIT(AT_NBBO_ASK_SIZE);
    if (has_all(seen, bits)) print->has |= TL_HAS_NBBO_SIZES;
    bits = AT_BIT(AT_SPOT_BID) | AT_BIT(AT_SPOT_ASK) | AT_BIT(AT_SPOT_SPREAD) | AT_BIT(AT_SPOT_TS) |
           AT_BIT(AT_SPOT_AGE);
    if (has_all(seen, bits) && (seen & (AT_BIT(AT_SPOT) | AT_BIT(AT_SPOT_MID))))
        print->has |= TL_HAS_SPOT | TL_HAS_UNDERLYING_MID;
    if (seen & AT_BIT(AT_SPOT_MID)) print->has |= TL_HAS_UNDERLYING_MID;
    if (seen & AT_BIT(AT_NOTIONAL)) print->has |= TL_HAS_NOTIONAL;
    if (seen & AT_BIT(AT_IV)) print->has |= TL_HAS_IV;
    if (seen & AT_BIT(AT_IS_ETF)) print->has |= TL_HAS_IS_ETF;
    if (seen & AT_BIT(AT_SIGNAL_PASS)) print->has |= TL_HAS_SIGNAL_PASS;
    return TL_OK;
}

enum tl_status tl_json_get_option_nbbo(struct tl_str json, struct tl_wire_option_nbbo *nbbo,
                                       struct tl_json_scratch *scratch, struct tl_error *error)
{
    static const struct field fields[] = {
        META(tl_wire_option_nbbo),
        FIELD(tl_wire_option_nbbo, "ts", KIND_INT, REQUIRED, ts),
        FIELD(tl_wire_option_nbbo, "option_contract_id", KIND_STRING, REQUIRED, option_contract_id),
        FIELD(tl_wire_option_nbbo, "bid", KIND_AMOUNT, REQUIRED, bid),
        FIELD(tl_wire_option_nbbo, "ask", KIND_AMOUNT, REQUIRED, ask),
        FIELD(tl_wire_option_nbbo, "bidSize", KIND_INT, REQUIRED, bid_size),
        FIELD(tl_wire_option_nbbo, "askSize", KIND_INT, REQUIRED, ask_size),
    };
    static const struct table table = {"option nbbo", fields, sizeof fields / sizeof fields[0]};
    uint64_t seen;
    *nbbo = (struct tl_wire_option_nbbo){0};
    return get_event(&table, json, nbbo, &seen, scratch, error);
}

enum tl_status tl_json_get_equity_print(struct tl_str json, struct tl_wire_equity_print *print,
                                        struct tl_json_scratch *scratch, struct tl_error *error)
{
    static const struct field fields[] = {
        META(tl_wire_equity_print),
        FIELD(tl_wire_equity_print, "ts", KIND_INT, REQUIRED, ts),
        FIELD(tl_wire_equity_print, "underlying_id", KIND_STRING, REQUIRED, underlying_id),
        FIELD(tl_wire_equity_print, "price", KIND_AMOUNT, REQUIRED, price),
        FIELD(tl_wire_equity_print, "size", KIND_POSITIVE, REQUIRED, size),
        FIELD(tl_wire_equity_print, "exchange", KIND_STRING, REQUIRED, exchange),
        FIELD(tl_wire_equity_print, "offExchangeFlag", KIND_BOOL, REQUIRED, off_exchange),
    };
    static const struct table table = {"equity print", fields, sizeof fields / sizeof fields[0]};
    uint64_t seen;
    *print = (struct tl_wire_equity_print){0};
    return get_event(&table, json, print, &seen, scratch, error);
}

enum tl_status tl_json_get_equity_quote(struct tl_str json, struct tl_wire_equity_quote *quote,
                                        struct tl_json_scratch *scratch, struct tl_error *error)
{
    static const struct field fields[] = {
        META(tl_wire_equity_quote),
        FIELD(tl_wire_equity_quote, "ts", KIND_INT, REQUIRED, ts),
        FIELD(tl_wire_equity_quote, "underlying_id", KIND_STRING, REQUIRED, underlying_id),
        FIELD(tl_wire_equity_quote, "bid", KIND_AMOUNT, REQUIRED, bid),
        FIELD(tl_wire_equity_quote, "ask", KIND_AMOUNT, REQUIRED, ask),
    };
    static const struct table table = {"equity quote", fields, sizeof fields / sizeof fields[0]};
    uint64_t seen;
    *quote = (struct tl_wire_equity_quote){0};
    return get_event(&table, json, quote, &seen, scratch, error);
}

enum tl_status tl_json_get_candle(struct tl_str json, struct tl_wire_candle *candle,
                                  struct tl_json_scratch *scratch, struct tl_error *error)
{
    static const struct field fields[] = {
        META(tl_wire_candle),
        FIELD(tl_wire_candle, "ts", KIND_INT, REQUIRED, ts),
        FIELD(tl_wire_candle, "interval_ms", KIND_POSITIVE, REQUIRED, interval_ms),
        FIELD(tl_wire_candle, "underlying_id", KIND_STRING, REQUIRED, underlying_id),
        FIELD(tl_wire_candle, "open", KIND_AMOUNT, REQUIRED, open),
        FIELD(tl_wire_candle, "high", KIND_AMOUNT, REQUIRED, high),
        FIELD(tl_wire_candle, "low", KIND_AMOUNT, REQUIRED, low),
        FIELD(tl_wire_candle, "close", KIND_AMOUNT, REQUIRED, close),
        FIELD(tl_wire_candle, "volume", KIND_INT, REQUIRED, volume),
        FIELD(tl_wire_candle, "trade_count", KIND_INT, REQUIRED, trade_count),
    };
    static const struct table table = {"equity candle", fields, sizeof fields / sizeof fields[0]};
    uint64_t seen;
    *candle = (struct tl_wire_candle){0};
    return get_event(&table, json, candle, &seen, scratch, error);
}

enum tl_status tl_json_get_head(struct tl_str json, struct tl_wire_head *head,
                                struct tl_json_scratch *scratch, struct tl_error *error)
{
    static const struct field fields[] = {
        META(tl_wire_head),
        FIELD(tl_wire_head, "ts", KIND_INT, 0, ts),
    };
    static const struct table table = {"event", fields, sizeof fields / sizeof fields[0]};
    uint64_t seen;
    *head = (struct tl_wire_head){0};
    enum tl_status status = get_event(&table, json, head, &seen, scratch, error);
    if (status == TL_OK && !(seen >> 4 & 1)) head->ts = head->meta.source_ts;
    return status;
}
