/* SPDX-License-Identifier: Apache-2.0
 * Engine events as public events. Times go from ns to ms by flooring. Prices are multiples of
 * 1e-4 USD, so most derived figures are exact in integers: notional = price x size x 100 has two
 * decimals, a spread four; only a mid of an odd sum needs the rounding rule (tl_round_js).
 *
 * The signal gate is a fixed list of tests, first rejection wins; a passing print carries all
 * reasons to keep it, in the list's order. */
#include "wire/from_tape.h"

#include <string.h>

#include "base/math.h"
#include "base/placement.h"
#include "wire/market_json.h"
#include "wire/put.h"

/* ---- small pieces ---- */

static int64_t ms_from_ns(tl_ns ns)
{
    return ns >= 0 ? ns / TL_NS_PER_MS : tl_floor_div(ns, TL_NS_PER_MS);
}

static double usd_from_px(tl_px px)
{
    return (double)px / (double)TL_PX_PER_USD;
}

/* r4((a + b) / 2) */
static double mid_usd(tl_px bid, tl_px ask)
{
    tl_px sum = bid + ask;
    if (sum % 2 == 0) return usd_from_px(sum / 2);
    return tl_round_js((usd_from_px(bid) + usd_from_px(ask)) / 2, 4);
}

static double spread_usd(tl_px bid, tl_px ask)
{
    return ask > bid ? usd_from_px(ask - bid) : 0;
}

static struct tl_text strings_text(struct tl_wire_strings *strings)
{
    return (struct tl_text){strings->bytes + strings->used, 0,
                            sizeof strings->bytes - strings->used, false};
}

static struct tl_str strings_take(struct tl_wire_strings *strings, const struct tl_text *text)
{
    strings->used += text->size;
    return (struct tl_str){text->data, text->size};
}

static struct tl_str trace_id(struct tl_wire_strings *strings, const char *prefix, tl_seq seq)
{
    struct tl_text text = strings_text(strings);
    struct tl_put put = tl_put_begin(&text);
    tl_put_cstr(&put, prefix);
    tl_put_u64(&put, seq);
    tl_put_end(&put, &text);
    return strings_take(strings, &text);
}

static struct tl_str contract_id(struct tl_wire_strings *strings, struct tl_str symbol,
                                 const struct tl_contract *contract)
{
    struct tl_text text = strings_text(strings);
    tl_contract_id_put(&text, symbol, contract);
    return strings_take(strings, &text);
}

static struct tl_meta meta_from(const struct tl_event *event, const char *prefix, int64_t ingest_ms,
                                struct tl_wire_strings *strings)
{
    return (struct tl_meta){.source_ts = ms_from_ns(event->ts),
                            .ingest_ts = ingest_ms,
                            .seq = event->seq,
                            .trace_id = trace_id(strings, prefix, event->seq)};
}

/* ---- conditions ---- */

static void add_condition(struct tl_wire_option_print *print, const char *word)
{
    print->conditions[print->condition_count++] = tl_str_from(word);
}

/* The public words of an OPRA sale condition. Codes outside the public list (H opened late, J
 * reopening, u compression, v extended hours) take the nearest word. */
static void set_conditions(struct tl_wire_option_print *print, char code, bool multi_venue)
{
    if (code == 'S' || code == 'b') {
        if (multi_venue) add_condition(print, "SWEEP");
        add_condition(print, "ISO");
    } else if (code == 'c' || code == 'd') {
        add_condition(print, "CROSS");
    } else if (code == 'e') {
        add_condition(print, "FLOOR");
    } else if (code >= 'f' && code <= 'u') {
        add_condition(print, "COMPLEX");
    } else if (code == 'B' || code == 'F' || code == 'H' || code == 'J') {
        add_condition(print, "OPENING");
    } else if (code == 'D') {
        add_condition(print, "LATE");
    } else if (code == 'A' || code == 'C' || code == 'E' || code == 'G') {
        add_condition(print, "CANCEL");
    } else {
        add_condition(print, "FILL");
    }
}

/* ---- the gate ---- */

static const char etfs_default[] =
    "SPY,QQQ,IWM,DIA,TLT,GLD,SLV,XLF,XLE,XLV,XLI,XLP,XLU,XLY,SMH,ARKK";

struct tl_signal_gate tl_signal_gate_default(void)
{
    return (struct tl_signal_gate){.mode = TL_SIGNAL_SMART_MONEY,
                                   .min_notional = 10000,
                                   .etf_min_notional = 50000,
                                   .bid_side_min_notional = 25000,
                                   .mid_min_notional = 20000,
                                   .missing_min_notional = 50000,
                                   .sweep_min_notional = 25000,
                                   .auto_keep_notional = 100000,
                                   .nbbo_age_ms_max = 1500,
                                   .etfs = tl_str_from(etfs_default)};
}

void tl_signal_gate_apply_mode(struct tl_signal_gate *gate)
{
    if (gate->mode != TL_SIGNAL_BALANCED) return;
    gate->min_notional = tl_min(gate->min_notional, 5000);
    gate->etf_min_notional = tl_min(gate->etf_min_notional, 25000);
    gate->bid_side_min_notional = tl_min(gate->bid_side_min_notional, 15000);
    gate->mid_min_notional = tl_min(gate->mid_min_notional, 12500);
    gate->missing_min_notional = tl_min(gate->missing_min_notional, 25000);
    gate->sweep_min_notional = tl_min(gate->sweep_min_notional, 15000);
    gate->auto_keep_notional = tl_min(gate->auto_keep_notional, 75000);
}

static bool is_listed(struct tl_str list, struct tl_str symbol)
{
    struct tl_str part;
    while (tl_str_cut(&list, ',', &part))
        if (tl_str_equal(tl_str_trim(part), symbol)) return true;
    return false;
}

static const char *const mode_names[] = {"smart-money", "balanced", "all"};

static bool is_sweep_or_iso(const struct tl_wire_option_print *print)
{
    for (size_t i = 0; i < print->condition_count; i++) {
        if (tl_str_is(print->conditions[i], "SWEEP") || tl_str_is(print->conditions[i], "ISO"))
            return true;
    }
    return false;
}

/* The rejection that applies first, or NULL. */
static const char *rejection(const struct tl_signal_gate *gate,
                             const struct tl_wire_option_print *print, bool sweep)
{
    double notional = print->notional;
    enum tl_nbbo_side side = print->nbbo_side;
    if (notional < gate->min_notional) return "reject:min-notional";
    if (print->is_etf && notional < gate->etf_min_notional) return "reject:etf-min-notional";
    if ((side == TL_SIDE_B || side == TL_SIDE_BB) && notional < gate->bid_side_min_notional)
        return "reject:bid-side-min-notional";
    if (side == TL_SIDE_MID && !sweep && notional < gate->mid_min_notional)
        return "reject:mid-min-notional";
    if ((side == TL_SIDE_MISSING || side == TL_SIDE_STALE) && notional < gate->missing_min_notional)
        return "reject:missing-nbbo-min-notional";
    return NULL;
}

static void add_reason(struct tl_wire_option_print *print, const char *reason)
{
    print->signal_reasons[print->signal_reason_count++] = tl_str_from(reason);
}

static void apply_gate(const struct tl_signal_gate *gate, struct tl_wire_option_print *print)
{
    bool sweep = is_sweep_or_iso(print);
    print->has |= TL_HAS_SIGNAL_PASS;
    print->signal_profile = tl_str_from(mode_names[gate->mode]);
    if (gate->mode == TL_SIGNAL_ALL) {
        print->signal_pass = true;
        add_reason(print, "mode:all");
        return;
    }
    const char *reject = rejection(gate, print, sweep);
    if (reject) {
        add_reason(print, reject);
        return;
    }
    if (print->notional >= gate->auto_keep_notional) add_reason(print, "keep:auto-large");
    if (print->nbbo_side == TL_SIDE_A || print->nbbo_side == TL_SIDE_AA)
        add_reason(print, "keep:ask-side");
    if (sweep && print->notional >= gate->sweep_min_notional)
        add_reason(print, "keep:sweep-or-iso");
    if (print->size >= 500) add_reason(print, "keep:large-contract-count");
    print->signal_pass = print->signal_reason_count > 0;
    if (!print->signal_pass) add_reason(print, "reject:no-signal-rule");
}

/* ---- events ---- */

static void set_execution_nbbo(const struct tl_option_trade *trade,
                               struct tl_wire_option_print *print)
{
    print->has |= TL_HAS_NBBO | TL_HAS_NBBO_SIZES;
    print->nbbo_bid = usd_from_px(trade->bid);
    print->nbbo_ask = usd_from_px(trade->ask);
    print->nbbo_mid = mid_usd(trade->bid, trade->ask);
    print->nbbo_spread = spread_usd(trade->bid, trade->ask);
    print->nbbo_bid_size = trade->bid_size;
    print->nbbo_ask_size = trade->ask_size;
    print->nbbo_ts = ms_from_ns(trade->nbbo_ts);
    print->nbbo_age_ms = (double)(print->ts - print->nbbo_ts);
}

static void set_execution_spot(const struct tl_option_trade *trade,
                               struct tl_wire_option_print *print)
{
    print->has |= TL_HAS_SPOT | TL_HAS_UNDERLYING_MID;
    print->spot_bid = usd_from_px(trade->spot_bid);
    print->spot_ask = usd_from_px(trade->spot_ask);
    print->spot_mid = mid_usd(trade->spot_bid, trade->spot_ask);
    print->spot_spread = spread_usd(trade->spot_bid, trade->spot_ask);
    print->spot_ts = ms_from_ns(trade->spot_ts);
    print->spot_age_ms = (double)(print->ts - print->spot_ts);
}

void tl_wire_option_print_from(const struct tl_event *event, struct tl_str symbol,
                               const struct tl_signal_gate *gate, int64_t ingest_ms,
                               struct tl_wire_strings *strings, struct tl_wire_option_print *print)
{
    const struct tl_option_trade *trade = &event->u.option;
    strings->used = 0;
    *print = (struct tl_wire_option_print){0};
    print->meta = meta_from(event, "synthetic-options-", ingest_ms, strings);
    print->ts = print->meta.source_ts;
    print->option_contract_id = contract_id(strings, symbol, &trade->contract);
    print->price = usd_from_px(trade->price);
    print->size = trade->size;
    print->exchange = tl_str_from(tl_option_venue_name((enum tl_option_venue)trade->venue));
    set_conditions(print, trade->condition, trade->multi_venue);
    print->underlying_id = symbol;
    print->option_type = trade->contract.right == 'C' ? TL_OPTION_TYPE_CALL : TL_OPTION_TYPE_PUT;
    print->notional = (double)(trade->price * trade->size) / 100;
    print->is_etf = is_listed(gate->etfs, symbol);
    print->has = TL_HAS_NOTIONAL | TL_HAS_IS_ETF;
    if (trade->nbbo_known) set_execution_nbbo(trade, print);
    print->nbbo_side =
        tl_placement(print->price, trade->nbbo_known, print->nbbo_bid, print->nbbo_ask, print->ts,
                     print->nbbo_ts, gate->nbbo_age_ms_max);
    if (trade->spot_ask > 0) set_execution_spot(trade, print);
    if (trade->iv_e6 > 0) {
        print->has |= TL_HAS_IV;
        print->iv = (double)trade->iv_e6 / 1e6;
    }
    apply_gate(gate, print);
}

void tl_wire_option_nbbo_from(const struct tl_event *event, struct tl_str symbol, int64_t ingest_ms,
                              struct tl_wire_strings *strings, struct tl_wire_option_nbbo *nbbo)
{
    const struct tl_option_nbbo *quote = &event->u.nbbo;
    strings->used = 0;
    *nbbo = (struct tl_wire_option_nbbo){.bid = usd_from_px(quote->bid),
                                         .ask = usd_from_px(quote->ask),
                                         .bid_size = quote->bid_size,
                                         .ask_size = quote->ask_size};
    nbbo->meta = meta_from(event, "synthetic-nbbo-", ingest_ms, strings);
    nbbo->ts = nbbo->meta.source_ts;
    nbbo->option_contract_id = contract_id(strings, symbol, &quote->contract);
}

void tl_wire_equity_print_from(const struct tl_event *event, struct tl_str symbol,
                               int64_t ingest_ms, struct tl_wire_strings *strings,
                               struct tl_wire_equity_print *print)
{
    const struct tl_equity_trade *trade = &event->u.trade;
    enum tl_equity_venue venue = (enum tl_equity_venue)trade->venue;
    strings->used = 0;
    *print = (struct tl_wire_equity_print){.underlying_id = symbol,
                                           .price = usd_from_px(trade->price),
                                           .size = trade->size,
                                           .exchange = tl_str_from(tl_equity_venue_name(venue)),
                                           .off_exchange = trade->off_exchange};
    print->meta = meta_from(event, "synthetic-equities-", ingest_ms, strings);
    print->ts = print->meta.source_ts;
}

void tl_wire_equity_quote_from(const struct tl_event *event, struct tl_str symbol,
                               int64_t ingest_ms, struct tl_wire_strings *strings,
                               struct tl_wire_equity_quote *quote)
{
    strings->used = 0;
    *quote = (struct tl_wire_equity_quote){.underlying_id = symbol,
                                           .bid = usd_from_px(event->u.quote.bid),
                                           .ask = usd_from_px(event->u.quote.ask)};
    quote->meta = meta_from(event, "synthetic-equity-quote-", ingest_ms, strings);
    quote->ts = quote->meta.source_ts;
}

void tl_wire_event_json(struct tl_text *out, const struct tl_event *event, struct tl_str symbol,
                        const struct tl_signal_gate *gate, int64_t ingest_ms)
{
    struct tl_wire_strings strings;
    switch ((enum tl_stream)event->stream) {
    case TL_STREAM_OPTION_PRINT: {
        struct tl_wire_option_print print;
        tl_wire_option_print_from(event, symbol, gate, ingest_ms, &strings, &print);
        tl_json_put_option_print(out, &print);
        return;
    }
    case TL_STREAM_OPTION_NBBO: {
        struct tl_wire_option_nbbo nbbo;
        tl_wire_option_nbbo_from(event, symbol, ingest_ms, &strings, &nbbo);
        tl_json_put_option_nbbo(out, &nbbo);
        return;
    }
    case TL_STREAM_EQUITY_PRINT: {
        struct tl_wire_equity_print print;
        tl_wire_equity_print_from(event, symbol, ingest_ms, &strings, &print);
        tl_json_put_equity_print(out, &print);
        return;
    }
    case TL_STREAM_EQUITY_QUOTE: {
        struct tl_wire_equity_quote quote;
        tl_wire_equity_quote_from(event, symbol, ingest_ms, &strings, &quote);
        tl_json_put_equity_quote(out, &quote);
        return;
    }
    case TL_STREAM_COUNT:
        break;
    }
}

static bool wire_before(const struct tl_event *a, const struct tl_event *b)
{
    int64_t a_ms = ms_from_ns(a->ts), b_ms = ms_from_ns(b->ts);
    if (a_ms != b_ms) return a_ms < b_ms;
    if (a->stream != b->stream) return a->stream < b->stream;
    return a->seq < b->seq;
}

/* Insertion sort: the input is sorted by ns, so nothing moves further than its own millisecond. */
void tl_wire_order(struct tl_batch *batch)
{
    for (size_t i = 1; i < batch->count; i++) {
        size_t to = i;
        while (to > 0 && wire_before(&batch->events[i], &batch->events[to - 1]))
            to--;
        if (to == i) continue;
        struct tl_event event = batch->events[i];
        memmove(&batch->events[to + 1], &batch->events[to], (i - to) * sizeof event);
        batch->events[to] = event;
        if (!batch->truth) continue;
        struct tl_truth truth = batch->truth[i];
        memmove(&batch->truth[to + 1], &batch->truth[to], (i - to) * sizeof truth);
        batch->truth[to] = truth;
    }
}
