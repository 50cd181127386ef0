/* SPDX-License-Identifier: Apache-2.0
 * The event hash for digests, and the names of venues, subtypes and streams. The hash takes every
 * field in turn (never the struct's bytes: padding has no value); the symbol's place in the
 * universe is left out of seq, its ticker enters instead. */
#include <tapeloom/event.h>

#include "base/rng.h"

static uint64_t add(uint64_t hash, uint64_t value)
{
    hash = (hash << 27 | hash >> 37) ^ value;
    return hash * 0x9e3779b97f4a7c15u + 0xd1b54a32d192ed03u;
}

static uint64_t add_i(uint64_t hash, int64_t value)
{
    return add(hash, (uint64_t)value);
}

static uint64_t add_contract(uint64_t hash, const struct tl_contract *contract)
{
    hash = add_i(hash, contract->right);
    hash = add_i(hash, contract->expiry_day);
    return add_i(hash, contract->strike_milli);
}

static uint64_t add_quote(uint64_t hash, tl_px bid, tl_px ask, tl_lots bid_size, tl_lots ask_size)
{
    hash = add_i(hash, bid);
    hash = add_i(hash, ask);
    hash = add_i(hash, bid_size);
    return add_i(hash, ask_size);
}

static uint64_t add_option_trade(uint64_t hash, const struct tl_option_trade *trade)
{
    hash = add_contract(hash, &trade->contract);
    hash = add_i(hash, trade->price);
    hash = add_i(hash, trade->size);
    hash = add(hash, trade->venue);
    hash = add_i(hash, trade->condition);
    hash = add(hash, (uint64_t)trade->multi_venue << 1 | trade->nbbo_known);
    hash = add_i(hash, trade->executed);
    hash = add_quote(hash, trade->bid, trade->ask, trade->bid_size, trade->ask_size);
    hash = add_i(hash, trade->nbbo_ts);
    hash = add_i(hash, trade->spot_bid);
    hash = add_i(hash, trade->spot_ask);
    hash = add_i(hash, trade->spot_ts);
    return add_i(hash, trade->iv_e6);
}

static uint64_t add_equity_trade(uint64_t hash, const struct tl_equity_trade *trade)
{
    hash = add_i(hash, trade->price);
    hash = add_i(hash, trade->size);
    hash = add(hash, trade->venue);
    hash = add(hash, trade->off_exchange);
    for (int i = 0; i < 4; i++)
        hash = add_i(hash, trade->conditions[i]);
    return add_i(hash, trade->executed);
}

uint64_t tl_event_hash(const struct tl_event *event, struct tl_str symbol)
{
    uint64_t hash = add(0x7461706c6f6f6d31u, symbol.size);
    for (size_t i = 0; i < symbol.size; i++)
        hash = add_i(hash, symbol.data[i]);
    hash = add_i(hash, event->ts);
    hash = add(hash, event->seq >> (TL_SEQ_SYMBOL_BITS + TL_SEQ_INDEX_BITS));
    hash = add(hash, event->seq & (TL_EVENTS_PER_SYMBOL_SECOND_MAX - 1));
    hash = add(hash, event->stream);
    switch ((enum tl_stream)event->stream) {
    case TL_STREAM_OPTION_NBBO:
        hash = add_contract(hash, &event->u.nbbo.contract);
        hash = add_quote(hash, event->u.nbbo.bid, event->u.nbbo.ask, event->u.nbbo.bid_size,
                         event->u.nbbo.ask_size);
        break;
    case TL_STREAM_OPTION_PRINT:
        hash = add_option_trade(hash, &event->u.option);
        break;
    case TL_STREAM_EQUITY_QUOTE:
        hash = add_quote(hash, event->u.quote.bid, event->u.quote.ask, event->u.quote.bid_size,
                         event->u.quote.ask_size);
        break;
    case TL_STREAM_EQUITY_PRINT:
        hash = add_equity_trade(hash, &event->u.trade);
        break;
    case TL_STREAM_COUNT:
        break;
    }
    return tl_mix64(hash);
}

const char *tl_option_venue_name(enum tl_option_venue venue)
{
    static const char *const NAMES[TL_OV_COUNT] = {"CBOE", "PHLX",  "ARCA", "AMEX", "ISE",  "EDGX",
                                                   "NOM",  "BOX",   "BZX",  "MIAX", "GEMX", "C2",
                                                   "EMLD", "PEARL", "MRX",  "MEMX", "SPHR", "BX"};
    return (unsigned)venue < TL_OV_COUNT ? NAMES[venue] : "";
}

const char *tl_equity_venue_name(enum tl_equity_venue venue)
{
    static const char *const NAMES[TL_EV_COUNT] = {"NYSE", "NASDAQ", "ARCA", "BATS",  "IEX", "MEMX",
                                                   "EDGX", "EDGA",   "BYX",  "PEARL", "BX",  "PSX",
                                                   "AMEX", "NSX",    "LTSE", "CHX",   "OTC"};
    return (unsigned)venue < TL_EV_COUNT ? NAMES[venue] : "";
}

const char *tl_subtype_name(enum tl_subtype subtype)
{
    static const char *const NAMES[TL_SUB_COUNT] = {"background",
                                                    "call_sweep",
                                                    "put_sweep",
                                                    "ask_lift_accumulation",
                                                    "far_dated_conviction",
                                                    "0dte_call_chase",
                                                    "short_dated_put_panic",
                                                    "attention_contract_spike",
                                                    "earnings_vol_probe",
                                                    "pre_event_directional_ramp",
                                                    "post_gap_followthrough",
                                                    "covered_call_overwrite",
                                                    "cash_secured_put_write",
                                                    "short_straddle_harvest",
                                                    "parity_vertical",
                                                    "conversion_reversal",
                                                    "box_spread",
                                                    "gamma_pinch_call_hedge",
                                                    "reactive_put_wall",
                                                    "dealer_unwind",
                                                    "single_print_mid",
                                                    "two_sided_scalp",
                                                    "stale_quote_noise"};
    return (unsigned)subtype < TL_SUB_COUNT ? NAMES[subtype] : "";
}

const char *tl_stream_name(enum tl_stream stream)
{
    static const char *const NAMES[TL_STREAM_COUNT] = {"option_nbbo", "option_print",
                                                       "equity_quote", "equity_print"};
    return (unsigned)stream < TL_STREAM_COUNT ? NAMES[stream] : "";
}
