/* SPDX-License-Identifier: Apache-2.0
 * The strict CSV reader; the rules stand in the header. A row is split into its fields by column,
 * then each stream takes its own and refuses the rest. */
#include "wire/csv_read.h"

#include <assert.h>
#include <string.h>

#include "base/date.h"
#include "base/text.h"

enum column {
    C_STREAM,
    C_TS,
    C_SEQ,
    C_SYMBOL,
    C_EXPIRY,
    C_STRIKE,
    C_RIGHT,
    C_PRICE,
    C_SIZE,
    C_VENUE,
    C_OFF,
    C_MULTI,
    C_CONDITIONS,
    C_EXECUTED,
    C_BID,
    C_ASK,
    C_BID_SIZE,
    C_ASK_SIZE,
    C_QUOTE_NS,
    C_SPOT_BID,
    C_SPOT_ASK,
    C_SPOT_NS,
    C_IV
};

static const char *const NAMES[TL_CSV_COLUMNS] = {
    "stream",  "ts_ns", "seq",      "symbol",       "expiry",      "strike",     "right",
    "price",   "size",  "venue",    "off_exchange", "multi_venue", "conditions", "executed_ns",
    "bid",     "ask",   "bid_size", "ask_size",     "quote_ns",    "spot_bid",   "spot_ask",
    "spot_ns", "iv"};

#define BIT(column) (1u << (column))
#define CONTRACT (BIT(C_EXPIRY) | BIT(C_STRIKE) | BIT(C_RIGHT))
#define QUOTE (BIT(C_BID) | BIT(C_ASK) | BIT(C_BID_SIZE) | BIT(C_ASK_SIZE))
#define PLACE (BIT(C_STREAM) | BIT(C_TS) | BIT(C_SEQ) | BIT(C_SYMBOL))
#define PRINT (BIT(C_PRICE) | BIT(C_SIZE) | BIT(C_VENUE) | BIT(C_CONDITIONS) | BIT(C_EXECUTED))

/* Columns a stream may have. */
static const uint32_t ALLOWED[TL_STREAM_COUNT] = {
    [TL_STREAM_OPTION_NBBO] = PLACE | CONTRACT | QUOTE,
    [TL_STREAM_OPTION_PRINT] = PLACE | CONTRACT | QUOTE | PRINT | BIT(C_MULTI) | BIT(C_QUOTE_NS) |
                               BIT(C_SPOT_BID) | BIT(C_SPOT_ASK) | BIT(C_SPOT_NS) | BIT(C_IV),
    [TL_STREAM_EQUITY_QUOTE] = PLACE | QUOTE,
    [TL_STREAM_EQUITY_PRINT] = PLACE | PRINT | BIT(C_OFF)};

#define PRICE_MAX (100000000LL * TL_PX_PER_USD) /* 100 million USD a share */
#define NS_MAX 4102444800000000000LL            /* the year 2100 */
#define EXPIRY_DAY_MAX 73050                    /* the year 2170 */

/* One row being read: fields by column; the first error stands. */
struct row {
    struct tl_csv_reader *reader;
    struct tl_str field[TL_CSV_COLUMNS];
    struct tl_error *error;
    bool bad;
};

static void refuse(struct row *row, enum column column, const char *what)
{
    if (row->bad) return;
    row->bad = true;
    tl_error_set(row->error, TL_INVALID, "line %lld, column %s: %s", (long long)row->reader->line,
                 NAMES[column], what);
}

static struct tl_str without_return(struct tl_str line)
{
    if (line.size > 0 && line.data[line.size - 1] == '\r') line.size--;
    return line;
}

/* The part of *rest before the next comma; false after the last. An empty line has one field. */
static bool next_field(struct tl_str *rest, bool *more, struct tl_str *field)
{
    if (!*more) return false;
    const char *comma = rest->size ? memchr(rest->data, ',', rest->size) : NULL;
    *more = comma != NULL;
    field->data = rest->data;
    field->size = comma ? (size_t)(comma - rest->data) : rest->size;
    if (comma) {
        rest->size -= field->size + 1;
        rest->data = comma + 1;
    }
    return true;
}

enum tl_status tl_csv_read_header(struct tl_csv_reader *reader, struct tl_str line,
                                  struct tl_error *error)
{
    struct tl_str rest = without_return(line), field;
    bool more = true;
    memset(reader, 0, sizeof *reader);
    reader->line = 1;
    while (next_field(&rest, &more, &field)) {
        int column = 0;
        while (column < TL_CSV_COLUMNS && !tl_str_is(field, NAMES[column]))
            column++;
        if (column == TL_CSV_COLUMNS) {
            char shown[33] = {0};
            memcpy(shown, field.data, field.size < 32 ? field.size : 32);
            return tl_error_set(error, TL_INVALID, "line 1: \"%s\" is no column of an event file",
                                shown);
        }
        if (reader->has[column])
            return tl_error_set(error, TL_INVALID, "line 1: column %s stands twice", NAMES[column]);
        reader->has[column] = true;
        reader->column_at[reader->fields++] = (int8_t)column;
    }
    static const enum column needed[] = {C_STREAM, C_TS, C_SYMBOL};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (!reader->has[needed[i]])
            return tl_error_set(error, TL_INVALID, "line 1: column %s is missing",
                                NAMES[needed[i]]);
    return TL_OK;
}

/* ---- fields ---- */

/* value * 10 + digit, unless that is above max. */
static bool shift(int64_t *value, int digit, int64_t max)
{
    if (*value > (max - digit) / 10) return false;
    *value = *value * 10 + digit;
    return true;
}

/* DIGITS[.DIGITS] as an integer of 10^-decimals, 0..max; empty: fallback, or refused if negative. */
static int64_t fixed(struct row *row, enum column column, int decimals, int64_t max,
                     int64_t fallback)
{
    struct tl_str text = row->field[column];
    int64_t value = 0;
    int places = -1; /* before the point */
    if (text.size == 0) {
        if (fallback < 0) refuse(row, column, "is needed");
        return fallback < 0 ? 0 : fallback;
    }
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c == '.' && places < 0 && i > 0 && i + 1 < text.size && decimals > 0) {
            places = 0;
            continue;
        }
        if (c < '0' || c > '9' || places == decimals) {
            refuse(row, column,
                   decimals ? "not a plain decimal of so many places" : "not a whole number");
            return 0;
        }
        places += places >= 0;
        if (!shift(&value, c - '0', max)) {
            refuse(row, column, "too large");
            return 0;
        }
    }
    for (int i = places < 0 ? 0 : places; i < decimals; i++)
        if (!shift(&value, 0, max)) refuse(row, column, "too large");
    return value;
}

static tl_px price(struct row *row, enum column column, int64_t fallback)
{
    return fixed(row, column, 4, PRICE_MAX, fallback);
}

static tl_lots lots(struct row *row, enum column column, int64_t fallback)
{
    return (tl_lots)fixed(row, column, 0, INT32_MAX, fallback);
}

static bool flag(struct row *row, enum column column)
{
    int64_t value = fixed(row, column, 0, INT32_MAX, 0);
    if (value > 1) refuse(row, column, "neither 0 nor 1");
    return value == 1;
}

typedef const char *venue_name(int venue);

static const char *option_venue(int venue)
{
    return tl_option_venue_name((enum tl_option_venue)venue);
}

static const char *equity_venue(int venue)
{
    return tl_equity_venue_name((enum tl_equity_venue)venue);
}

static uint8_t venue(struct row *row, venue_name *name, int count, int fallback)
{
    if (row->field[C_VENUE].size == 0) return (uint8_t)fallback;
    for (int i = 0; i < count; i++)
        if (tl_str_is(row->field[C_VENUE], name(i))) return (uint8_t)i;
    refuse(row, C_VENUE, "not a venue of the list");
    return 0;
}

/* '-' stands for a blank. */
static void conditions(struct row *row, char *codes, size_t count)
{
    struct tl_str text = row->field[C_CONDITIONS];
    for (size_t i = 0; i < count; i++)
        codes[i] = ' ';
    if (text.size == 0) return;
    if (text.size != count) {
        refuse(row, C_CONDITIONS, count == 1 ? "not one code" : "not four codes");
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (text.data[i] <= ' ' || text.data[i] > '~') refuse(row, C_CONDITIONS, "not a code");
        codes[i] = text.data[i] == '-' ? ' ' : text.data[i];
    }
}

static void contract(struct row *row, struct tl_contract *what)
{
    struct tl_str right = row->field[C_RIGHT];
    if (!tl_date_parse(row->field[C_EXPIRY], &what->expiry_day) || what->expiry_day < 0 ||
        what->expiry_day > EXPIRY_DAY_MAX)
        refuse(row, C_EXPIRY, "not a date YYYY-MM-DD");
    what->strike_milli = (int32_t)fixed(row, C_STRIKE, 3, INT32_MAX, -1);
    if (what->strike_milli == 0) refuse(row, C_STRIKE, "must be above 0");
    if (right.size == 1 && (right.data[0] == 'C' || right.data[0] == 'P'))
        what->right = right.data[0];
    else
        refuse(row, C_RIGHT, "neither C nor P");
}

static tl_ns executed(struct row *row, tl_ns ts)
{
    tl_ns at = fixed(row, C_EXECUTED, 0, NS_MAX, ts);
    if (at > ts) refuse(row, C_EXECUTED, "later than ts_ns");
    return at;
}

/* ---- streams ---- */

static void read_nbbo(struct row *row, struct tl_option_nbbo *nbbo)
{
    contract(row, &nbbo->contract);
    nbbo->bid = price(row, C_BID, -1);
    nbbo->ask = price(row, C_ASK, -1);
    nbbo->bid_size = lots(row, C_BID_SIZE, 0);
    nbbo->ask_size = lots(row, C_ASK_SIZE, 0);
}

/* The quotes beside a print: all of a group or nothing of it. */
static void read_beside(struct row *row, struct tl_option_trade *trade, tl_ns ts)
{
    trade->nbbo_known = row->field[C_BID].size > 0 || row->field[C_ASK].size > 0;
    if (trade->nbbo_known) {
        trade->bid = price(row, C_BID, -1);
        trade->ask = price(row, C_ASK, -1);
    }
    trade->bid_size = lots(row, C_BID_SIZE, 0);
    trade->ask_size = lots(row, C_ASK_SIZE, 0);
    trade->nbbo_ts = fixed(row, C_QUOTE_NS, 0, NS_MAX, trade->nbbo_known ? ts : 0);
    if (trade->nbbo_ts > ts) refuse(row, C_QUOTE_NS, "later than ts_ns");
    bool spot = row->field[C_SPOT_BID].size > 0 || row->field[C_SPOT_ASK].size > 0;
    if (spot) {
        trade->spot_bid = price(row, C_SPOT_BID, -1);
        trade->spot_ask = price(row, C_SPOT_ASK, -1);
        if (trade->spot_ask == 0) refuse(row, C_SPOT_ASK, "must be above 0");
    }
    trade->spot_ts = fixed(row, C_SPOT_NS, 0, NS_MAX, spot ? ts : 0);
    if (trade->spot_ts > ts) refuse(row, C_SPOT_NS, "later than ts_ns");
    if (!trade->nbbo_known && (trade->bid_size || trade->ask_size || trade->nbbo_ts))
        refuse(row, C_BID, "is needed beside the other quote columns");
    if (!spot && trade->spot_ts) refuse(row, C_SPOT_BID, "is needed beside spot_ns");
}

static void read_option(struct row *row, struct tl_option_trade *trade, tl_ns ts)
{
    contract(row, &trade->contract);
    trade->price = price(row, C_PRICE, -1);
    trade->size = lots(row, C_SIZE, -1);
    if (trade->size == 0) refuse(row, C_SIZE, "must be above 0");
    trade->venue = venue(row, option_venue, TL_OV_COUNT, 0);
    trade->multi_venue = flag(row, C_MULTI);
    conditions(row, &trade->condition, 1);
    trade->executed = executed(row, ts);
    read_beside(row, trade, ts);
    trade->iv_e6 = (int32_t)fixed(row, C_IV, 6, INT32_MAX, 0);
}

static void read_quote(struct row *row, struct tl_equity_quote *quote)
{
    quote->bid = price(row, C_BID, -1);
    quote->ask = price(row, C_ASK, -1);
    quote->bid_size = lots(row, C_BID_SIZE, 0);
    quote->ask_size = lots(row, C_ASK_SIZE, 0);
}

static void read_print(struct row *row, struct tl_equity_trade *trade, tl_ns ts)
{
    trade->price = price(row, C_PRICE, -1);
    trade->size = lots(row, C_SIZE, -1);
    if (trade->size == 0) refuse(row, C_SIZE, "must be above 0");
    trade->off_exchange = flag(row, C_OFF);
    trade->venue = venue(row, equity_venue, TL_EV_COUNT, trade->off_exchange ? TL_EV_OTC : 0);
    if (trade->off_exchange != (trade->venue == TL_EV_OTC))
        refuse(row, C_VENUE, "OTC and off_exchange must agree");
    conditions(row, trade->conditions, 4);
    trade->executed = executed(row, ts);
}

/* Stream, time, place and symbol, and that nothing else stands there than the stream has. */
static void read_place(struct row *row, struct tl_event *event)
{
    int stream = 0;
    while (stream < TL_STREAM_COUNT &&
           !tl_str_is(row->field[C_STREAM], tl_stream_name((enum tl_stream)stream)))
        stream++;
    if (stream == TL_STREAM_COUNT) {
        refuse(row, C_STREAM, "none of option_nbbo, option_print, equity_quote, equity_print");
        return;
    }
    event->stream = (uint8_t)stream;
    for (int c = 0; c < TL_CSV_COLUMNS; c++)
        if (row->field[c].size > 0 && !(ALLOWED[stream] & BIT(c)))
            refuse(row, (enum column)c, "must be empty on this stream");
    event->ts = fixed(row, C_TS, 0, NS_MAX, -1);
    if (event->ts < row->reader->last_ts) refuse(row, C_TS, "earlier than the row before");
    event->seq =
        (tl_seq)fixed(row, C_SEQ, 0, (1LL << 53) - 1, (int64_t)row->reader->next_seq[stream]);
    struct tl_str symbol = row->field[C_SYMBOL];
    if (symbol.size == 0 || symbol.size > 11) refuse(row, C_SYMBOL, "not 1 to 11 characters");
    for (size_t i = 0; i < symbol.size; i++)
        if (symbol.data[i] <= ' ' || symbol.data[i] > '~' || symbol.data[i] == '"')
            refuse(row, C_SYMBOL, "not a ticker");
}

static void split(struct row *row, struct tl_str line)
{
    struct tl_str rest = without_return(line), field;
    bool more = true;
    uint32_t count = 0;
    while (next_field(&rest, &more, &field)) {
        if (count < row->reader->fields) row->field[row->reader->column_at[count]] = field;
        count++;
    }
    if (count == row->reader->fields || row->bad) return;
    row->bad = true;
    tl_error_set(row->error, TL_INVALID, "line %lld: %d fields, the header has %d",
                 (long long)row->reader->line, (int)count, (int)row->reader->fields);
}

enum tl_status tl_csv_read_row(struct tl_csv_reader *reader, struct tl_str line,
                               struct tl_event *event, struct tl_str *symbol,
                               struct tl_error *error)
{
    struct row row = {.reader = reader, .error = error};
    struct tl_event made;
    assert(reader->fields > 0);
    memset(&made, 0, sizeof made);
    reader->line++;
    split(&row, line);
    if (!row.bad) read_place(&row, &made);
    if (row.bad) return TL_INVALID;
    switch ((enum tl_stream)made.stream) {
    case TL_STREAM_OPTION_NBBO:
        read_nbbo(&row, &made.u.nbbo);
        break;
    case TL_STREAM_OPTION_PRINT:
        read_option(&row, &made.u.option, made.ts);
        break;
    case TL_STREAM_EQUITY_QUOTE:
        read_quote(&row, &made.u.quote);
        break;
    case TL_STREAM_EQUITY_PRINT:
        read_print(&row, &made.u.trade, made.ts);
        break;
    case TL_STREAM_COUNT:
        break;
    }
    if (row.bad) return TL_INVALID;
    reader->last_ts = made.ts;
    reader->next_seq[made.stream] = made.seq + 1;
    *event = made;
    *symbol = row.field[C_SYMBOL];
    return TL_OK;
}
