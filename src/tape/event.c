/* SPDX-License-Identifier: Apache-2.0
 * Names and hashes of engine events (include/tapeloom/event.h).
 *
 * The hash runs splitmix64's finaliser over the fields one by one, so padding never enters. The
 * symbol enters by its ticker and seq without its symbol bits, so the same market in a universe
 * file of another order keeps its digests where its draws are the same. */
#include <tapeloom/event.h>

#include "base/rng.h"

static const char *const option_venues[TL_OV_COUNT] = {
    "CBOE", "PHLX", "ARCA", "AMEX", "ISE",   "EDGX", "NOM",  "BOX",  "BZX",
    "MIAX", "GEMX", "C2",   "EMLD", "PEARL", "MRX",  "MEMX", "SPHR", "BX"};

static const char *const equity_venues[TL_EV_COUNT] = {
    "NYSE",  "NASDAQ", "ARCA", "BATS", "IEX", "MEMX", "EDGX", "EDGA", "BYX",
    "PEARL", "BX",     "PSX",  "AMEX", "NSX", "LTSE", "CHX",  "OTC"};

static const char *const subtypes[TL_SUB_COUNT] = {"background",
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

static const char *const streams[TL_STREAM_COUNT] = {"option_nbbo", "option_print", "equity_quote",
                                                     "equity_print"};

/* An index outside the table (from a damaged file) names nothing. */
static const char *name_at(const char *const *names, unsigned index, unsigned count)
{
    return index < count ? names[index] : "";
}

const char *tl_option_venue_name(enum tl_option_venue venue)
{
    return name_at(option_venues, (unsigned)venue, TL_OV_COUNT);
}

const char *tl_equity_venue_name(enum tl_equity_venue venue)
{
    return name_at(equity_venues, (unsigned)venue, TL_EV_COUNT);
}

const char *tl_subtype_name(enum tl_subtype subtype)
{
    return name_at(subtypes, (unsigned)subtype, TL_SUB_COUNT);
}

const char *tl_stream_name(enum tl_stream stream)
{
    return name_at(streams, (unsigned)stream, TL_STREAM_COUNT);
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    return tl_mix64((hash ^ value) + 0x9e3779b97f4a7c15ULL);
}

static uint64_t mix_signed(uint64_t hash, int64_t value)
{
    return mix(hash, (uint64_t)value);
}

static uint64_t mix_contract(uint64_t hash, const struct tl_contract *contract)
{
    hash = mix(hash, (uint64_t)(unsigned char)contract->right);
    hash = mix_signed(hash, contract->expiry_day);
    return mix_signed(hash, contract->strike_milli);
}

static uint64_t mix_nbbo(uint64_t hash, const struct tl_option_nbbo *nbbo)
{
    hash = mix_contract(hash, &nbbo->contract);
    hash = mix_signed(mix_signed(hash, nbbo->bid), nbbo->ask);
    return mix_signed(mix_signed(hash, nbbo->bid_size), nbbo->ask_size);
}

static uint64_t mix_option(uint64_t hash, const struct tl_option_trade *trade)
{
    hash = mix_contract(hash, &trade->contract);
    hash = mix_signed(mix_signed(hash, trade->price), trade->size);
    hash = mix(hash, (uint64_t)trade->venue | (uint64_t)(unsigned char)trade->condition << 8 |
                         (uint64_t)trade->multi_venue << 16 | (uint64_t)trade->nbbo_known << 17);
    hash = mix_signed(hash, trade->executed);
    hash = mix_signed(mix_signed(hash, trade->bid), trade->ask);
    hash = mix_signed(mix_signed(hash, trade->bid_size), trade->ask_size);
    hash = mix_signed(hash, trade->nbbo_ts);
    hash = mix_signed(mix_signed(hash, trade->spot_bid), trade->spot_ask);
    return mix_signed(mix_signed(hash, trade->spot_ts), trade->iv_e6);
}

static uint64_t mix_quote(uint64_t hash, const struct tl_equity_quote *quote)
{
    hash = mix_signed(mix_signed(hash, quote->bid), quote->ask);
    return mix_signed(mix_signed(hash, quote->bid_size), quote->ask_size);
}

static uint64_t mix_trade(uint64_t hash, const struct tl_equity_trade *trade)
{
    hash = mix_signed(mix_signed(hash, trade->price), trade->size);
    hash = mix(hash, (uint64_t)trade->venue | (uint64_t)trade->off_exchange << 8);
    for (int i = 0; i < 4; i++)
        hash = mix(hash, (uint64_t)(unsigned char)trade->conditions[i]);
    return mix_signed(hash, trade->executed);
}

uint64_t tl_event_hash(const struct tl_event *event, struct tl_str symbol)
{
    uint64_t hash = mix_signed(0, event->ts);
    hash = mix(hash, event->seq >> (TL_SEQ_SYMBOL_BITS + TL_SEQ_INDEX_BITS));
    hash = mix(hash, event->seq & (TL_EVENTS_PER_SYMBOL_SECOND_MAX - 1));
    hash = mix(hash, event->stream);
    for (size_t i = 0; i < symbol.size; i++)
        hash = mix(hash, (uint64_t)(unsigned char)symbol.data[i]);
    switch ((enum tl_stream)event->stream) {
    case TL_STREAM_OPTION_NBBO:
        return mix_nbbo(hash, &event->u.nbbo);
    case TL_STREAM_OPTION_PRINT:
        return mix_option(hash, &event->u.option);
    case TL_STREAM_EQUITY_QUOTE:
        return mix_quote(hash, &event->u.quote);
    case TL_STREAM_EQUITY_PRINT:
        return mix_trade(hash, &event->u.trade);
    case TL_STREAM_COUNT:
        break;
    }
    return hash;
}
