/* SPDX-License-Identifier: Apache-2.0
 * Market events by the wire's scanner, derived ones by json/event_facts. The page's rows are made
 * here, on the consumer's thread, so that the loop only appends bytes. Equity rows carry the latest
 * quote of their symbol as this thread saw it: the two feeds are separate consumers, so at a print a
 * quote of the same few ms may still be missing. */
#include "services/api/decode.h"

#include "base/contract_id.h"
#include "base/placement.h"
#include "services/api/hash.h"
#include "services/api/lab.h"
#include "wire/market_json.h"

#include <stdlib.h>
#include <string.h>

#define QUOTE_SLOTS 4096  /* open addressing over at most 1024 symbols */
#define ROW_BYTES 8192    /* a row is under 1 KiB but for very long ids */
#define QUOTE_AGE_MS 1000 /* EQUITY_QUOTE_MAX_AGE_MS's default */

const char tl_api_page_columns[] =
    "{\"opt\":[\"ts\",\"sym\",\"exp\",\"strike\",\"right\",\"price\",\"size\",\"bid\",\"ask\","
    "\"side\",\"notional\",\"iv\",\"spot\",\"ex\",\"conds\",\"signal\",\"trace_id\"],"
    "\"eq\":[\"ts\",\"sym\",\"price\",\"size\",\"bid\",\"ask\",\"side\",\"ex\",\"off\","
    "\"trace_id\"],"
    "\"sm\":[\"ts\",\"sym\",\"profile\",\"direction\",\"probability\",\"reasons\",\"event_id\","
    "\"prints\",\"notional\",\"abstained\"],"
    "\"pk\":[\"ts\",\"sym\",\"contract\",\"span\",\"prints\",\"size\",\"notional\",\"buy\","
    "\"sell\",\"coverage\",\"structure\",\"legs\",\"quality\",\"packet_id\"],"
    "\"al\":[\"ts\",\"sym\",\"severity\",\"score\",\"profile\",\"direction\",\"reason\","
    "\"event_id\"]}";

struct quote {
    uint64_t hash; /* 0: free */
    int64_t ts;
    double bid, ask;
};

struct tl_api_decoder {
    struct tl_json_scratch scratch;
    struct tl_event_facts facts;
    struct tl_api_lab *lab; /* sees market events; NULL: none */
    char row[ROW_BYTES];
    size_t quote_count;
    struct quote quotes[QUOTE_SLOTS];
};

struct tl_api_decoder *tl_api_decoder_create(void)
{
    return calloc(1, sizeof(struct tl_api_decoder));
}

void tl_api_decoder_destroy(struct tl_api_decoder *decoder)
{
    if (!decoder) return;
    tl_event_facts_deinit(&decoder->facts);
    free(decoder);
}

void tl_api_decoder_watch(struct tl_api_decoder *decoder, struct tl_api_lab *lab)
{
    decoder->lab = lab;
}

/* NULL only when the table is full and the symbol unknown. */
static struct quote *quote_of(struct tl_api_decoder *decoder, struct tl_str symbol)
{
    uint64_t hash = tl_api_hash(symbol) | 1;
    for (size_t i = 0; i < QUOTE_SLOTS; i++) {
        struct quote *quote = &decoder->quotes[(hash + i) % QUOTE_SLOTS];
        if (quote->hash == hash) return quote;
        if (quote->hash) continue;
        if (decoder->quote_count >= QUOTE_SLOTS / 2) return NULL;
        decoder->quote_count++;
        quote->hash = hash;
        return quote;
    }
    return NULL;
}

/* --- rows ---------------------------------------------------------------------------------- */

static void col_str(struct tl_text *row, struct tl_str str)
{
    tl_text_byte(row, ',');
    if (str.size)
        tl_text_json_string(row, str);
    else
        tl_text_lit(row, "null");
}

static void col_double(struct tl_text *row, bool known, double value)
{
    tl_text_byte(row, ',');
    if (known)
        tl_text_double(row, value);
    else
        tl_text_lit(row, "null");
}

static void col_int(struct tl_text *row, int64_t value)
{
    tl_text_byte(row, ',');
    tl_text_i64(row, value);
}

static void col_bool(struct tl_text *row, bool value)
{
    tl_text_lit(row, value ? ",true" : ",false");
}

static void col_strs(struct tl_text *row, const struct tl_str *strs, size_t count)
{
    tl_text_lit(row, ",[");
    for (size_t i = 0; i < count; i++) {
        if (i) tl_text_byte(row, ',');
        tl_text_json_string(row, strs[i]);
    }
    tl_text_byte(row, ']');
}

static void col_contract(struct tl_text *row, const struct tl_wire_option_print *print)
{
    struct tl_contract_id id;
    if (!tl_contract_id_parse(print->option_contract_id, &id)) {
        col_str(row, print->underlying_id);
        tl_text_lit(row, ",null,null,null");
        return;
    }
    col_str(row, print->underlying_id.size ? print->underlying_id : id.root);
    tl_text_lit(row, ",\"");
    tl_text_pad_u64(row, (uint64_t)id.year, 4);
    tl_text_byte(row, '-');
    tl_text_pad_u64(row, (uint64_t)id.month, 2);
    tl_text_byte(row, '-');
    tl_text_pad_u64(row, (uint64_t)id.day, 2);
    tl_text_byte(row, '"');
    col_double(row, true, id.strike);
    col_str(row, (struct tl_str){&id.right, 1});
}

static struct tl_str finish(struct tl_text *row)
{
    tl_text_byte(row, ']');
    /* A row that did not fit (ids of several KiB) is left out of the page, never cut. */
    return row->overflow ? (struct tl_str){NULL, 0} : (struct tl_str){row->data, row->size};
}

static struct tl_str option_row(struct tl_api_decoder *decoder,
                                const struct tl_wire_option_print *print)
{
    struct tl_text row = {.data = decoder->row, .capacity = ROW_BYTES};
    bool nbbo = print->has & TL_HAS_NBBO, spot = print->has & TL_HAS_SPOT;
    tl_text_byte(&row, '[');
    tl_text_i64(&row, print->ts);
    col_contract(&row, print);
    col_double(&row, true, print->price);
    col_int(&row, print->size);
    col_double(&row, nbbo, print->nbbo_bid);
    col_double(&row, nbbo, print->nbbo_ask);
    col_str(&row, tl_str_from(tl_nbbo_side_name(
                      print->nbbo_side == TL_SIDE_ABSENT ? TL_SIDE_MISSING : print->nbbo_side)));
    col_double(&row, print->has & TL_HAS_NOTIONAL, print->notional);
    col_double(&row, print->has & TL_HAS_IV, print->iv);
    col_double(&row, spot || (print->has & TL_HAS_UNDERLYING_MID), print->spot_mid);
    col_str(&row, print->exchange);
    col_strs(&row, print->conditions, print->condition_count);
    col_bool(&row, (print->has & TL_HAS_SIGNAL_PASS) && print->signal_pass);
    col_str(&row, print->meta.trace_id);
    return finish(&row);
}

static struct tl_str equity_row(struct tl_api_decoder *decoder,
                                const struct tl_wire_equity_print *print)
{
    struct tl_text row = {.data = decoder->row, .capacity = ROW_BYTES};
    const struct quote *quote = quote_of(decoder, print->underlying_id);
    bool known = quote && quote->ts > 0;
    enum tl_nbbo_side side =
        tl_placement(print->price, known, known ? quote->bid : 0.0, known ? quote->ask : 0.0,
                     print->ts, known ? quote->ts : 0, QUOTE_AGE_MS);
    tl_text_byte(&row, '[');
    tl_text_i64(&row, print->ts);
    col_str(&row, print->underlying_id);
    col_double(&row, true, print->price);
    col_int(&row, print->size);
    col_double(&row, known, known ? quote->bid : 0.0);
    col_double(&row, known, known ? quote->ask : 0.0);
    col_str(&row, tl_str_from(tl_nbbo_side_name(side)));
    col_str(&row, print->exchange);
    col_bool(&row, print->off_exchange);
    col_str(&row, print->meta.trace_id);
    return finish(&row);
}

static struct tl_str smart_money_row(struct tl_api_decoder *decoder, int64_t ts,
                                     const struct tl_smart_money_facts *facts)
{
    struct tl_text row = {.data = decoder->row, .capacity = ROW_BYTES};
    bool named = !facts->abstained && facts->profile >= 0;
    tl_text_byte(&row, '[');
    tl_text_i64(&row, ts);
    col_str(&row, facts->underlying_id);
    col_str(&row, tl_str_from(named ? tl_profile_name((enum tl_profile)facts->profile) : NULL));
    col_str(&row, facts->direction);
    col_double(&row, true, facts->probability);
    col_strs(&row, facts->reasons, facts->reason_count);
    col_str(&row, facts->event_id);
    col_int(&row, facts->prints);
    col_double(&row, true, facts->notional);
    col_bool(&row, facts->abstained);
    return finish(&row);
}

/* The symbol of "flowpacket:ROOT-YYYY-MM-DD-…"; a root may have dashes, a year has four digits. */
static struct tl_str packet_symbol(struct tl_str id)
{
    static const char prefix[] = "flowpacket:";
    size_t from = tl_str_starts(id, prefix) ? sizeof prefix - 1 : 0;
    for (size_t i = from + 1; i + 5 < id.size; i++) {
        size_t digits = 0;
        while (digits < 4 && id.data[i + 1 + digits] >= '0' && id.data[i + 1 + digits] <= '9')
            digits++;
        if (id.data[i] == '-' && digits == 4 && id.data[i + 5] == '-')
            return (struct tl_str){id.data + from, i - from};
    }
    return (struct tl_str){NULL, 0};
}

static struct tl_str packet_row(struct tl_api_decoder *decoder, const struct tl_packet_facts *facts)
{
    struct tl_text row = {.data = decoder->row, .capacity = ROW_BYTES};
    const char *quality = facts->quote_missing ? "no quote"
                          : facts->quote_stale ? "stale"
                                               : "fresh";
    tl_text_byte(&row, '[');
    tl_text_i64(&row, facts->start_ts);
    col_str(&row, facts->underlying_id.size ? facts->underlying_id : packet_symbol(facts->id));
    col_str(&row, facts->contract);
    col_int(&row, facts->end_ts > facts->start_ts ? facts->end_ts - facts->start_ts : 0);
    col_int(&row, facts->prints);
    col_int(&row, facts->size);
    col_double(&row, true, facts->total_notional);
    col_double(&row, true, facts->buy);
    col_double(&row, true, facts->sell);
    col_double(&row, true, facts->coverage);
    col_str(&row, facts->structure);
    col_int(&row, facts->legs);
    col_str(&row, tl_str_from(quality));
    col_str(&row, facts->id);
    return finish(&row);
}

static struct tl_str alert_row(struct tl_api_decoder *decoder, int64_t ts,
                               const struct tl_alert_facts *facts)
{
    struct tl_text row = {.data = decoder->row, .capacity = ROW_BYTES};
    bool named = facts->profile >= 0;
    tl_text_byte(&row, '[');
    tl_text_i64(&row, ts);
    col_str(&row, packet_symbol(facts->packet_id));
    col_str(&row, facts->severity);
    col_double(&row, true, facts->score);
    col_str(&row, tl_str_from(named ? tl_profile_name((enum tl_profile)facts->profile) : NULL));
    col_str(&row, facts->direction);
    col_str(&row, facts->reason);
    col_str(&row, facts->event_id);
    return finish(&row);
}

/* --- feeds --------------------------------------------------------------------------------- */

static void set_place(struct tl_api_item *item, int64_t ts, const struct tl_meta *meta)
{
    item->ts = ts;
    item->seq = meta->seq;
    item->trace_id = meta->trace_id;
}

static enum tl_status decode_option(struct tl_api_decoder *decoder, struct tl_str json,
                                    struct tl_api_item *item, struct tl_error *error)
{
    struct tl_wire_option_print print;
    enum tl_status status = tl_json_get_option_print(json, &print, &decoder->scratch, error);
    if (status != TL_OK) return status;
    set_place(item, print.ts, &print.meta);
    item->key = print.option_contract_id;
    item->underlying = print.underlying_id;
    struct tl_contract_id id;
    if (!item->underlying.size && tl_contract_id_parse(print.option_contract_id, &id))
        item->underlying = id.root;
    item->match = tl_api_match_of_print(&print);
    if (item->feed == TL_API_RAW) item->row = option_row(decoder, &print);
    if (item->feed == TL_API_RAW && decoder->lab) tl_api_lab_option(decoder->lab, &print);
    return TL_OK;
}

static enum tl_status decode_nbbo(struct tl_api_decoder *decoder, struct tl_str json,
                                  struct tl_api_item *item, struct tl_error *error)
{
    struct tl_wire_option_nbbo nbbo;
    enum tl_status status = tl_json_get_option_nbbo(json, &nbbo, &decoder->scratch, error);
    if (status != TL_OK) return status;
    set_place(item, nbbo.ts, &nbbo.meta);
    item->key = nbbo.option_contract_id;
    return TL_OK;
}

static enum tl_status decode_equity(struct tl_api_decoder *decoder, struct tl_str json,
                                    struct tl_api_item *item, struct tl_error *error)
{
    struct tl_wire_equity_print print;
    enum tl_status status = tl_json_get_equity_print(json, &print, &decoder->scratch, error);
    if (status != TL_OK) return status;
    set_place(item, print.ts, &print.meta);
    item->key = print.underlying_id;
    item->row = equity_row(decoder, &print);
    if (decoder->lab) tl_api_lab_print(decoder->lab, &print);
    return TL_OK;
}

static enum tl_status decode_quote(struct tl_api_decoder *decoder, struct tl_str json,
                                   struct tl_api_item *item, struct tl_error *error)
{
    struct tl_wire_equity_quote wire;
    enum tl_status status = tl_json_get_equity_quote(json, &wire, &decoder->scratch, error);
    if (status != TL_OK) return status;
    set_place(item, wire.ts, &wire.meta);
    item->key = wire.underlying_id;
    if (decoder->lab) tl_api_lab_quote(decoder->lab, &wire);
    struct quote *quote = quote_of(decoder, wire.underlying_id);
    if (quote && wire.ts >= quote->ts) {
        quote->ts = wire.ts;
        quote->bid = wire.bid;
        quote->ask = wire.ask;
    }
    return TL_OK;
}

static enum tl_status decode_candle(struct tl_api_decoder *decoder, struct tl_str json,
                                    struct tl_api_item *item, struct tl_error *error)
{
    struct tl_wire_candle candle;
    enum tl_status status = tl_json_get_candle(json, &candle, &decoder->scratch, error);
    if (status != TL_OK) return status;
    set_place(item, candle.ts, &candle.meta);
    item->key = candle.underlying_id;
    item->interval_ms = candle.interval_ms;
    return TL_OK;
}

static enum tl_status decode_derived(struct tl_api_decoder *decoder, struct tl_str json,
                                     struct tl_api_item *item, struct tl_error *error)
{
    struct tl_event_facts *facts = &decoder->facts;
    tl_event_facts_deinit(facts);
    enum tl_status status =
        tl_event_facts_parse(tl_api_feed_info(item->feed)->subject, json, facts, error);
    if (status != TL_OK) return status;
    item->ts = facts->source_ts;
    item->seq = facts->seq;
    item->trace_id = facts->trace_id;
    if (item->feed == TL_API_PACKETS) {
        item->match = tl_api_match_of_packet(&facts->u.packet);
        item->row = packet_row(decoder, &facts->u.packet);
    }
    if (item->feed == TL_API_ALERTS) item->row = alert_row(decoder, item->ts, &facts->u.alert);
    if (item->feed == TL_API_SMART_MONEY) {
        const struct tl_smart_money_facts *event = &facts->u.smart_money;
        item->row = smart_money_row(decoder, item->ts, event);
        item->profile = event->abstained ? -1 : event->profile;
    }
    return TL_OK;
}

enum tl_status tl_api_decode(struct tl_api_decoder *decoder, enum tl_api_feed feed,
                             struct tl_str json, struct tl_api_item *item, struct tl_error *error)
{
    *item = (struct tl_api_item){.feed = feed, .json = json, .profile = -1};
    decoder->scratch.used = 0;
    switch (feed) {
    case TL_API_OPTIONS:
    case TL_API_RAW:
        return decode_option(decoder, json, item, error);
    case TL_API_NBBO:
        return decode_nbbo(decoder, json, item, error);
    case TL_API_EQUITIES:
        return decode_equity(decoder, json, item, error);
    case TL_API_QUOTES:
        return decode_quote(decoder, json, item, error);
    case TL_API_CANDLES:
        return decode_candle(decoder, json, item, error);
    case TL_API_JOINS:
    case TL_API_DARK:
    case TL_API_PACKETS:
    case TL_API_SMART_MONEY:
    case TL_API_HITS:
    case TL_API_ALERTS:
        return decode_derived(decoder, json, item, error);
    case TL_API_FEED_COUNT:
        break;
    }
    return TL_INVALID;
}
