/* SPDX-License-Identifier: Apache-2.0
 * The universe file's parser. One symbol a line: a ticker, then key=value fields in any order,
 * separated by blanks; # starts a comment. Required: sector price adv tps spread iv28. The other
 * fields have defaults from the exchanges' rules (round lot and strike steps by price) or from the
 * required ones. Every error names line and field. */
#include "market/universe.h"

#include <assert.h>
#include <string.h>

#include "base/math.h"
#include "base/text.h"

enum kind { KIND_NUMBER, KIND_PX, KIND_LOTS, KIND_CHOICE, KIND_FLAG };

struct field {
    const char *key;
    enum kind kind;
    bool required;
    size_t offset;
    double low, high;          /* allowed range of a number, inclusive */
    const char *const *choice; /* NULL-ended names; a choice's value is its index */
};

static const char *const SECTORS[] = {"index",  "tech",   "semi",     "consumer", "finance",
                                      "health", "energy", "industry", "comm",     NULL};
static const char *const LISTINGS[] = {"monthly", "weekly", "mwf", "daily", NULL};
static const char *const GRIDS[] = {"penny_all", "penny", "nickel", NULL};
static const char *const TYPES[] = {"stock", "etf", NULL};
static const char *const STYLES[] = {"american", "european", NULL};

#define AT(member) offsetof(struct tl_symbol, member)

static const struct field FIELDS[] = {
    {"sector", KIND_CHOICE, true, AT(sector), 0, 0, SECTORS},
    {"price", KIND_NUMBER, true, AT(price), 0.5, 100000, NULL},
    {"adv", KIND_NUMBER, true, AT(adv_shares), 1000, 1e10, NULL},
    {"tps", KIND_NUMBER, true, AT(trades_per_s), 0.001, 1000, NULL},
    {"spread", KIND_NUMBER, true, AT(spread_usd), 0.0001, 100, NULL},
    {"iv28", KIND_NUMBER, true, AT(iv28), 0.02, 4, NULL},
    {"iv119", KIND_NUMBER, false, AT(iv119), 0.02, 4, NULL},
    {"rr", KIND_NUMBER, false, AT(rr), -0.5, 0.6, NULL},
    {"calls", KIND_NUMBER, false, AT(calls), 0.2, 0.8, NULL},
    {"beta", KIND_NUMBER, false, AT(beta), -3, 5, NULL},
    {"odd", KIND_NUMBER, false, AT(odd_lot_share), 0, 1, NULL},
    {"off", KIND_NUMBER, false, AT(off_exchange_share), 0, 0.95, NULL},
    {"option_adv", KIND_NUMBER, false, AT(option_adv), 0, 1e9, NULL},
    {"option_width", KIND_NUMBER, false, AT(option_width), 0.2, 5, NULL},
    {"fine", KIND_NUMBER, false, AT(strike_fine), 0.05, 1000, NULL},
    {"step7", KIND_NUMBER, false, AT(strike_step7), 0.05, 1000, NULL},
    {"step28", KIND_NUMBER, false, AT(strike_step28), 0.05, 1000, NULL},
    {"rate", KIND_NUMBER, false, AT(rate), -0.1, 0.5, NULL},
    {"dividend", KIND_NUMBER, false, AT(dividend), 0, 0.5, NULL},
    {"borrow", KIND_NUMBER, false, AT(borrow), 0, 5, NULL},
    {"tick", KIND_PX, false, AT(tick), 0.0001, 1, NULL},
    {"lot", KIND_LOTS, false, AT(lot), 1, 10000, NULL},
    {"type", KIND_FLAG, false, AT(is_etf), 0, 0, TYPES},
    {"style", KIND_FLAG, false, AT(european), 0, 0, STYLES},
    {"listing", KIND_CHOICE, false, AT(listing), 0, 0, LISTINGS},
    {"grid", KIND_CHOICE, false, AT(option_class), 0, 0, GRIDS},
};
enum { FIELD_COUNT = sizeof FIELDS / sizeof *FIELDS };

struct parser {
    struct tl_error *error;
    int line;
};

/* key: NULL when the fault is not one field's. */
static enum tl_status fail_field(const struct parser *parser, const char *key, const char *what,
                                 struct tl_str got)
{
    return tl_error_set(parser->error, TL_INVALID, "universe line %d%s%s: %s, got \"%.*s\"",
                        parser->line, key ? ", field " : "", key ? key : "", what,
                        (int)(got.size < 40 ? got.size : 40), got.size ? got.data : "");
}

static enum tl_status fail(const struct parser *parser, const char *what, struct tl_str got)
{
    return fail_field(parser, NULL, what, got);
}

static enum tl_status set_choice(const struct parser *parser, struct tl_symbol *symbol,
                                 const struct field *field, struct tl_str text)
{
    for (uint8_t i = 0; field->choice[i]; i++) {
        if (!tl_str_is(text, field->choice[i])) continue;
        char *at = (char *)symbol + field->offset;
        bool flag = i > 0;
        if (field->kind == KIND_FLAG)
            memcpy(at, &flag, sizeof flag);
        else
            memcpy(at, &i, sizeof i);
        return TL_OK;
    }
    char buffer[200];
    struct tl_text allowed = {buffer, 0, sizeof buffer, false};
    tl_text_lit(&allowed, "must be one of");
    for (int i = 0; field->choice[i]; i++) {
        tl_text_byte(&allowed, ' ');
        tl_text_lit(&allowed, field->choice[i]);
    }
    return fail_field(parser, field->key, tl_text_cstr(&allowed), text);
}

static enum tl_status set_number(const struct parser *parser, struct tl_symbol *symbol,
                                 const struct field *field, struct tl_str text)
{
    double value;
    if (!tl_parse_double(text, &value))
        return fail_field(parser, field->key, "must be a number", text);
    if (!(value >= field->low && value <= field->high))
        return fail_field(parser, field->key, "is out of range", text);
    char *at = (char *)symbol + field->offset;
    if (field->kind == KIND_NUMBER) {
        memcpy(at, &value, sizeof value);
    } else if (field->kind == KIND_PX) {
        tl_px px = tl_px_from_usd_nearest(value);
        memcpy(at, &px, sizeof px);
    } else {
        tl_lots lots = (tl_lots)value;
        if ((double)lots != value)
            return fail_field(parser, field->key, "must be a whole number", text);
        memcpy(at, &lots, sizeof lots);
    }
    return TL_OK;
}

static enum tl_status set_field(const struct parser *parser, struct tl_symbol *symbol,
                                struct tl_str word, uint32_t *seen)
{
    struct tl_str value = word, key;
    tl_str_cut(&value, '=', &key);
    if (key.size == word.size) return fail(parser, "a field must be key=value", word);
    for (uint32_t i = 0; i < FIELD_COUNT; i++) {
        const struct field *field = &FIELDS[i];
        if (!tl_str_is(key, field->key)) continue;
        if (*seen >> i & 1) return fail_field(parser, field->key, "stands twice", word);
        *seen |= 1u << i;
        if (field->choice) return set_choice(parser, symbol, field, value);
        return set_number(parser, symbol, field, value);
    }
    return fail(parser, "unknown field", key);
}

static bool has(uint32_t seen, const char *key)
{
    for (uint32_t i = 0; i < FIELD_COUNT; i++)
        if (strcmp(FIELDS[i].key, key) == 0) return seen >> i & 1;
    assert(false); /* no such field */
    return false;
}

/* Round lot by the SIP plan of 2025-11 (by price), strike steps by the listing conventions. */
static void fill_defaults(struct tl_symbol *symbol, uint32_t seen)
{
    double price = symbol->price;
    if (!has(seen, "listing")) symbol->listing = TL_LISTING_WEEKLY;
    if (!has(seen, "grid")) symbol->option_class = TL_CLASS_PENNY;
    if (!has(seen, "iv119")) symbol->iv119 = symbol->iv28 * 1.08;
    if (!has(seen, "rr")) symbol->rr = symbol->is_etf ? 0.15 : 0.05;
    if (!has(seen, "calls")) symbol->calls = symbol->is_etf ? 0.458 : 0.63;
    if (!has(seen, "beta")) symbol->beta = 1.0;
    if (!has(seen, "odd")) symbol->odd_lot_share = price < 30 ? 0.25 : price < 120 ? 0.45 : 0.65;
    if (!has(seen, "off")) symbol->off_exchange_share = 0.42;
    if (!has(seen, "option_adv")) symbol->option_adv = symbol->adv_shares * 0.006;
    if (!has(seen, "option_width")) symbol->option_width = 1;
    if (!has(seen, "step7")) symbol->strike_step7 = price < 60 ? 0.5 : price < 110 ? 1 : 2.5;
    if (!has(seen, "step28")) symbol->strike_step28 = price < 60 ? 1 : price < 110 ? 2.5 : 5;
    if (!has(seen, "rate")) symbol->rate = 0.036;
    if (!has(seen, "tick")) symbol->tick = 100;
    if (!has(seen, "lot")) symbol->lot = price <= 250 ? 100 : price <= 1000 ? 40 : 10;
}

static bool next_word(struct tl_str *rest, struct tl_str *word)
{
    *rest = tl_str_trim(*rest);
    if (rest->size == 0) return false;
    size_t size = 0;
    while (size < rest->size && rest->data[size] != ' ' && rest->data[size] != '\t')
        size++;
    *word = (struct tl_str){rest->data, size};
    rest->data += size;
    rest->size -= size;
    return true;
}

/* Letters, digits, '.' and '-': what an option id's root may hold. */
static enum tl_status set_ticker(const struct parser *parser, struct tl_symbol *symbol,
                                 struct tl_str ticker)
{
    if (ticker.size >= sizeof symbol->ticker) return fail(parser, "ticker too long", ticker);
    for (size_t i = 0; i < ticker.size; i++) {
        char c = ticker.data[i];
        bool good = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
        if (!good) return fail(parser, "a ticker has only A-Z 0-9 . -", ticker);
    }
    memcpy(symbol->ticker, ticker.data, ticker.size);
    return TL_OK;
}

static enum tl_status parse_line(const struct parser *parser, struct tl_str line,
                                 struct tl_symbol *symbol)
{
    struct tl_str word;
    uint32_t seen = 0;
    memset(symbol, 0, sizeof *symbol);
    next_word(&line, &word);
    enum tl_status status = set_ticker(parser, symbol, word);
    while (status == TL_OK && next_word(&line, &word))
        status = set_field(parser, symbol, word, &seen);
    if (status != TL_OK) return status;
    for (uint32_t i = 0; i < FIELD_COUNT; i++)
        if (FIELDS[i].required && !(seen >> i & 1))
            return fail_field(parser, FIELDS[i].key, "is missing", tl_str_from(symbol->ticker));
    fill_defaults(symbol, seen);
    return TL_OK;
}

enum tl_status tl_universe_parse(struct tl_str text, struct tl_symbol *symbols, uint32_t capacity,
                                 uint32_t *count, struct tl_error *error)
{
    struct parser parser = {error, 0};
    struct tl_str line;
    *count = 0;
    while (tl_str_cut(&text, '\n', &line)) {
        struct tl_str body = line;
        parser.line++;
        tl_str_cut(&body, '#', &line);
        line = tl_str_trim(line);
        if (line.size == 0) continue;
        struct tl_symbol symbol;
        enum tl_status status = parse_line(&parser, line, &symbol);
        if (status != TL_OK) return status;
        for (uint32_t i = 0; i < *count; i++)
            if (strcmp(symbols[i].ticker, symbol.ticker) == 0)
                return fail(&parser, "this ticker stands twice", tl_str_from(symbol.ticker));
        if (*count >= capacity || *count >= TL_SYMBOLS_MAX)
            return fail(&parser, "too many symbols", tl_str_from(symbol.ticker));
        symbols[(*count)++] = symbol;
    }
    if (*count == 0) return tl_error_set(error, TL_INVALID, "universe: no symbol in the text");
    return TL_OK;
}
