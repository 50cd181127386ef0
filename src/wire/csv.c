/* SPDX-License-Identifier: Apache-2.0
 * CSV and JSON Lines rows: the formats stand in csv.h. Both are one list of columns, written
 * through the same cursor; the style decides what stands between and around the values. */
#include "wire/csv.h"

#include "base/date.h"
#include "wire/put.h"

enum style { STYLE_CSV, STYLE_JSONL };

struct row {
    struct tl_put put;
    enum style style;
    bool first;
};

static struct row row_begin(const struct tl_text *out, enum style style)
{
    struct row row = {tl_put_begin(out), style, true};
    if (style == STYLE_JSONL) tl_put_byte(&row.put, '{');
    return row;
}

static void row_end(struct row *row, struct tl_text *out)
{
    if (row->style == STYLE_JSONL) tl_put_byte(&row->put, '}');
    tl_put_byte(&row->put, '\n');
    tl_put_end(&row->put, out);
}

static void name(struct row *row, const char *key)
{
    if (!row->first) tl_put_byte(&row->put, ',');
    row->first = false;
    if (row->style == STYLE_CSV) return;
    tl_put_byte(&row->put, '"');
    tl_put_cstr(&row->put, key);
    TL_PUT(&row->put, "\":");
}

static void absent(struct row *row, int columns)
{
    for (int i = 0; row->style == STYLE_CSV && i < columns; i++)
        name(row, "");
}

static void integer(struct row *row, const char *key, int64_t value)
{
    name(row, key);
    tl_put_i64(&row->put, value);
}

static void big(struct row *row, const char *key, uint64_t value, bool negative)
{
    name(row, key);
    if (row->style == STYLE_JSONL) tl_put_byte(&row->put, '"');
    if (negative) tl_put_byte(&row->put, '-');
    tl_put_u64(&row->put, value);
    if (row->style == STYLE_JSONL) tl_put_byte(&row->put, '"');
}

static void ns(struct row *row, const char *key, tl_ns value)
{
    big(row, key, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, value < 0);
}

static void fixed(struct row *row, const char *key, int64_t value, int decimals)
{
    name(row, key);
    tl_put_fixed(&row->put, value, decimals);
}

/* Tickers, names and codes: nothing that CSV would have to quote. */
static void text(struct row *row, const char *key, struct tl_str value)
{
    name(row, key);
    if (row->style == STYLE_JSONL)
        tl_put_json_string(&row->put, value);
    else
        tl_put_str(&row->put, value);
}

static void flag(struct row *row, const char *key, bool value)
{
    name(row, key);
    tl_put_byte(&row->put, value ? '1' : '0');
}

static void two_digits(struct tl_put *put, int value)
{
    tl_put_byte(put, (char)('0' + value / 10));
    tl_put_byte(put, (char)('0' + value % 10));
}

static void px(struct row *row, const char *key, tl_px value)
{
    name(row, key);
    tl_put_px(&row->put, value);
}

static void contract(struct row *row, const struct tl_contract *what)
{
    struct tl_date date = tl_date_from_day(what->expiry_day);
    bool quoted = row->style == STYLE_JSONL;
    name(row, "expiry");
    if (quoted) tl_put_byte(&row->put, '"');
    tl_put_i64(&row->put, date.year);
    tl_put_byte(&row->put, '-');
    two_digits(&row->put, date.month);
    tl_put_byte(&row->put, '-');
    two_digits(&row->put, date.day);
    if (quoted) tl_put_byte(&row->put, '"');
    fixed(row, "strike", what->strike_milli, 3);
    text(row, "right", (struct tl_str){&what->right, 1});
}

static void conditions(struct row *row, const char *codes, size_t count)
{
    char shown[4];
    for (size_t i = 0; i < count; i++)
        shown[i] = codes[i] == ' ' || codes[i] == '\0' ? '-' : codes[i];
    text(row, "conditions", (struct tl_str){shown, count});
}

static void inside(struct row *row, tl_px bid, tl_px ask, tl_lots bid_size, tl_lots ask_size)
{
    px(row, "bid", bid);
    px(row, "ask", ask);
    integer(row, "bid_size", bid_size);
    integer(row, "ask_size", ask_size);
}

static void option_nbbo(struct row *row, const struct tl_option_nbbo *nbbo)
{
    contract(row, &nbbo->contract);
    absent(row, 7); /* price .. executed_ns */
    inside(row, nbbo->bid, nbbo->ask, nbbo->bid_size, nbbo->ask_size);
    absent(row, 5); /* quote_ns .. iv */
}

static void option_print(struct row *row, const struct tl_option_trade *trade)
{
    enum tl_option_venue venue = (enum tl_option_venue)trade->venue;
    contract(row, &trade->contract);
    px(row, "price", trade->price);
    integer(row, "size", trade->size);
    text(row, "venue", tl_str_from(tl_option_venue_name(venue)));
    absent(row, 1); /* off_exchange */
    flag(row, "multi_venue", trade->multi_venue);
    conditions(row, &trade->condition, 1);
    ns(row, "executed_ns", trade->executed);
    if (trade->nbbo_known) {
        inside(row, trade->bid, trade->ask, trade->bid_size, trade->ask_size);
        ns(row, "quote_ns", trade->nbbo_ts);
    } else {
        absent(row, 5);
    }
    if (trade->spot_ask > 0) {
        px(row, "spot_bid", trade->spot_bid);
        px(row, "spot_ask", trade->spot_ask);
        ns(row, "spot_ns", trade->spot_ts);
    } else {
        absent(row, 3);
    }
    if (trade->iv_e6 > 0)
        fixed(row, "iv", trade->iv_e6, 6);
    else
        absent(row, 1);
}

static void equity_quote(struct row *row, const struct tl_equity_quote *quote)
{
    absent(row, 10); /* expiry .. executed_ns */
    inside(row, quote->bid, quote->ask, quote->bid_size, quote->ask_size);
    absent(row, 5);
}

static void equity_print(struct row *row, const struct tl_equity_trade *trade)
{
    enum tl_equity_venue venue = (enum tl_equity_venue)trade->venue;
    absent(row, 3); /* contract */
    px(row, "price", trade->price);
    integer(row, "size", trade->size);
    text(row, "venue", tl_str_from(tl_equity_venue_name(venue)));
    flag(row, "off_exchange", trade->off_exchange);
    absent(row, 1); /* multi_venue */
    conditions(row, trade->conditions, 4);
    ns(row, "executed_ns", trade->executed);
    absent(row, 9); /* bid .. iv */
}

static void place(struct row *row, const struct tl_event *event)
{
    text(row, "stream", tl_str_from(tl_stream_name((enum tl_stream)event->stream)));
    ns(row, "ts_ns", event->ts);
    name(row, "seq");
    tl_put_u64(&row->put, event->seq);
}

static void put_event(struct tl_text *out, const struct tl_event *event, struct tl_str symbol,
                      enum style style)
{
    struct row row = row_begin(out, style);
    place(&row, event);
    text(&row, "symbol", symbol);
    switch ((enum tl_stream)event->stream) {
    case TL_STREAM_OPTION_NBBO:
        option_nbbo(&row, &event->u.nbbo);
        break;
    case TL_STREAM_OPTION_PRINT:
        option_print(&row, &event->u.option);
        break;
    case TL_STREAM_EQUITY_QUOTE:
        equity_quote(&row, &event->u.quote);
        break;
    case TL_STREAM_EQUITY_PRINT:
        equity_print(&row, &event->u.trade);
        break;
    case TL_STREAM_COUNT:
        break;
    }
    row_end(&row, out);
}

static void put_truth(struct tl_text *out, const struct tl_event *event,
                      const struct tl_truth *truth, enum style style)
{
    struct row row = row_begin(out, style);
    place(&row, event);
    big(&row, "parent_id", truth->parent_id, false);
    text(&row, "subtype", tl_str_from(tl_subtype_name((enum tl_subtype)truth->subtype)));
    integer(&row, "side", truth->side);
    integer(&row, "package", truth->package);
    row_end(&row, out);
}

void tl_csv_put_header(struct tl_text *out)
{
    struct tl_put put = tl_put_begin(out);
    TL_PUT(&put, "stream,ts_ns,seq,symbol,expiry,strike,right,price,size,venue,off_exchange,"
                 "multi_venue,conditions,executed_ns,bid,ask,bid_size,ask_size,quote_ns,spot_bid,"
                 "spot_ask,spot_ns,iv\n");
    tl_put_end(&put, out);
}

void tl_csv_put_truth_header(struct tl_text *out)
{
    struct tl_put put = tl_put_begin(out);
    TL_PUT(&put, "stream,ts_ns,seq,parent_id,subtype,side,package\n");
    tl_put_end(&put, out);
}

void tl_csv_put_event(struct tl_text *out, const struct tl_event *event, struct tl_str symbol)
{
    put_event(out, event, symbol, STYLE_CSV);
}

void tl_jsonl_put_event(struct tl_text *out, const struct tl_event *event, struct tl_str symbol)
{
    put_event(out, event, symbol, STYLE_JSONL);
}

void tl_csv_put_truth(struct tl_text *out, const struct tl_event *event,
                      const struct tl_truth *truth)
{
    put_truth(out, event, truth, STYLE_CSV);
}

void tl_jsonl_put_truth(struct tl_text *out, const struct tl_event *event,
                        const struct tl_truth *truth)
{
    put_truth(out, event, truth, STYLE_JSONL);
}
