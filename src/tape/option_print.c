/* SPDX-License-Identifier: Apache-2.0
 * A draft becomes events.
 *
 * Price: the draft's place between the bid and ask in force, in cents inside the spread (auctions,
 * crosses and packages may trade between the class's increments), on the class's grid for
 * electronic prints; an American option never prints below its intrinsic value. Its implied
 * volatility is the inversion of that price at the stock's mid and time of the print.
 * Publication: just before a print its contract's quote goes out, unless the same quote went out
 * earlier in this second; rarely it is late or missing, more often when quotes are unclean.
 * A few prints are reported late: they traded 0.3 to 8 s before. */
#include "tape/option_print.h"

#include "base/math.h"
#include "tape/batch.h"

#define REPEATS 0.27 /* share of quote publications that repeat what went out before */

static struct tl_contract contract_of(const struct tl_second *second,
                                      struct tl_option_choice choice)
{
    return (struct tl_contract){
        .sym = second->sym,
        .right = choice.right,
        .expiry_day = second->chain->expiries[choice.expiry].day,
        .strike_milli = tl_chain_strike_milli(second->chain, choice.expiry, choice.strike)};
}

/* The place of a contract, new or known; -1 when a new one finds the table full (published anew). */
static int published_find(struct tl_option_published *published, struct tl_option_choice choice,
                          bool *known)
{
    uint32_t key =
        (uint32_t)choice.expiry << 9 | (uint32_t)choice.strike << 1 | (choice.right == 'P');
    uint32_t at = (uint32_t)tl_mix64(key) % TL_OPTION_PUBLISHED_MAX;
    while (published->entries[at].stamp == published->stamp) {
        if (published->entries[at].contract == key) {
            *known = true;
            return (int)at;
        }
        at = (at + 1) % TL_OPTION_PUBLISHED_MAX;
    }
    *known = false;
    if (published->used >= TL_OPTION_PUBLISHED_MAX * 3 / 4) return -1;
    published->used++;
    published->entries[at].stamp = published->stamp;
    published->entries[at].contract = key;
    return (int)at;
}

static void emit_quote(const struct tl_option_printer *printer, struct tl_option_choice choice,
                       const struct tl_option_quote *quote, tl_ns ts)
{
    const struct tl_second *second = printer->frame->second;
    struct tl_event *event = tl_batch_next(printer->batch, NULL);
    if (!event) return;
    tl_event_begin(event, ts, second->sym, TL_STREAM_OPTION_NBBO);
    event->u.nbbo = (struct tl_option_nbbo){.contract = contract_of(second, choice),
                                            .bid = quote->bid,
                                            .ask = quote->ask,
                                            .bid_size = quote->bid_size,
                                            .ask_size = quote->ask_size};
}

/* Publishes a quote at ts unless the same one went out before in this second. */
static void publish(struct tl_option_printer *printer, struct tl_option_choice choice,
                    const struct tl_option_quote *quote, tl_ns ts)
{
    if (!(printer->frame->second->streams & 1u << TL_STREAM_OPTION_NBBO)) return;
    bool known;
    int at = published_find(printer->published, choice, &known);
    if (at >= 0) {
        struct tl_option_published_quote *last = &printer->published->entries[at];
        if (known && last->bid == quote->bid && last->ask == quote->ask &&
            last->bid_size == quote->bid_size && last->ask_size == quote->ask_size)
            return;
        last->bid = quote->bid;
        last->ask = quote->ask;
        last->bid_size = quote->bid_size;
        last->ask_size = quote->ask_size;
    }
    emit_quote(printer, choice, quote, ts);
}

/* What went out in earlier seconds is not known here, so nothing at a second's start could be
 * suppressed as a repeat and most things at its end: NBBOs would have a period of one second. So
 * as many are left out early as repeats are found late; the share was measured. */
static bool repeats_earlier(const struct tl_second *second, const struct tl_option_draft *draft)
{
    double u = (double)(draft->ts - second->second * TL_NS_PER_S) * 1e-9;
    uint64_t contract = (uint64_t)draft->contract.expiry << 16 | draft->contract.strike;
    double chance = (double)(tl_mix64((uint64_t)draft->ts ^ contract << 44) >> 11) * 0x1p-53;
    return chance < REPEATS * (1 - u);
}

/* Of a print's own numbers, two to a hash of its word. */
enum salt { SALT_PLACE, SALT_SIZE, SALT_FATE, SALT_BEFORE, SALT_EXECUTED, SALT_AFTER };

static inline double uniform_of(uint32_t word, enum salt salt)
{
    uint64_t mixed = tl_mix64((uint64_t)(1 + (salt >> 1)) << 32 | word);
    uint32_t half = salt & 1 ? (uint32_t)(mixed >> 32) : (uint32_t)mixed;
    return ((double)half + 0.5) / 4294967296.0;
}

static tl_px price_of(const struct tl_option_frame *frame, const struct tl_option_draft *draft,
                      const struct tl_option_quote *quote, double spot)
{
    enum tl_option_class option_class = frame->second->symbol->option_class;
    const struct tl_option_market market = {quote->bid, quote->ask, option_class,
                                            draft->electronic};
    tl_px price = tl_option_place_price(&market, draft->place, uniform_of(draft->word, SALT_PLACE));
    double strike = (double)tl_chain_strike_milli(frame->second->chain, draft->contract.expiry,
                                                  draft->contract.strike) *
                    1e-3;
    double floor = draft->contract.right == 'C' ? spot - strike : strike - spot;
    if (!frame->second->symbol->european && (double)price < floor * 1e4) {
        tl_px grid = draft->electronic ? tl_option_grid(option_class, (tl_px)(floor * 1e4)) : 100;
        price = ((tl_px)(floor * 1e4) + grid) / grid * grid;
    }
    /* A seller without a bid gets the smallest price there is. */
    if (price <= 0) price = tl_option_grid(option_class, 0);
    return price;
}

/* The volatility of a price near the model's, to begin its inversion with: one step of Halley's from the
 * quote's own, which costs no distribution function and saves one of two that do. */
static double iv_near(const struct tl_option_quote *quote, const struct tl_bs_terms *terms,
                      double price)
{
    double root = tl_sqrt(terms->years), s = quote->iv * root, x = terms->log_fk;
    double off = price - quote->value - quote->delta * (terms->spot - quote->spot);
    if (!(tl_abs(off) < 0.3 * s * quote->vega)) return quote->iv;
    double newton = off / quote->vega, second = x * x / (s * s * s) - 0.25 * s;
    return (s + newton / tl_clamp(1 + 0.5 * second * newton, 0.5, 4.0)) / root;
}

static int32_t iv_of(const struct tl_option_frame *frame, const struct tl_option_draft *draft,
                     const struct tl_option_quote *quote, tl_px price, double spot)
{
    const struct tl_second *second = frame->second;
    const struct tl_symbol *symbol = second->symbol;
    const struct tl_slice *slice = &frame->slices[draft->contract.expiry];
    struct tl_bs_terms terms = {
        .call = draft->contract.right == 'C', .european = symbol->european, .spot = spot};
    terms.strike = (double)tl_chain_strike_milli(second->chain, draft->contract.expiry,
                                                 draft->contract.strike) *
                   1e-3;
    terms.years = tl_years_to(draft->ts, second->chain->expiries[draft->contract.expiry].close);
    /* The slice stands at the second's start; one second of carry is linear to 1e-17. */
    double less = slice->years - terms.years;
    double carry = symbol->rate - symbol->dividend - symbol->borrow;
    terms.forward = spot * slice->growth * (1 - carry * less);
    terms.discount = slice->discount * (1 + symbol->rate * less);
    terms.ratio = terms.forward / terms.strike;
    terms.log_fk = tl_log(terms.ratio);
    double usd = (double)price * 1e-4;
    double iv = tl_bs_iv_terms(&terms, usd, iv_near(quote, &terms, usd));
    return (int32_t)tl_min(iv * 1e6 + 0.5, 2e9);
}

/* The same, remembered: what meets several resting orders in one place makes a print of each. */
static int32_t iv_known(struct tl_option_printer *printer, const struct tl_option_draft *draft,
                        const struct tl_option_quote *quote, tl_px price, double spot)
{
    struct tl_option_inverted *last = &printer->inverted;
    const struct tl_option_choice *was = &last->contract, *is = &draft->contract;
    if (last->ts != draft->ts || last->price != price || was->expiry != is->expiry ||
        was->strike != is->strike || was->right != is->right)
        *last = (struct tl_option_inverted){draft->ts, price, *is,
                                            iv_of(printer->frame, draft, quote, price, spot)};
    return last->iv_e6;
}

/* Whether an option costs more than a tenth of the strike over `parts`, or than `usd`. */
static bool is_above(tl_px ask, int32_t strike_milli, int32_t parts, tl_px usd)
{
    return ask > strike_milli / parts || ask > usd * TL_PX_PER_USD;
}

/* Few private accounts put more than 5,000 USD on one electronic ticket (the small premium of O11). */
static tl_lots ticket_of(const struct tl_option_draft *draft, tl_lots lots, tl_px ask)
{
    tl_lots most = (tl_lots)(5000 / 100 * TL_PX_PER_USD / (ask > 0 ? ask : 1));
    if (draft->mechanism != TL_OM_AUTO || lots > 10 || lots <= most) return lots;
    return most > 1 ? most : 1;
}

/* What is dear, for its stock or in dollars, trades in a half to a sixth of the lots. */
tl_lots tl_option_dear(tl_px ask, int32_t strike_milli)
{
    if (!is_above(ask, strike_milli, 12, 4)) return 1;
    if (is_above(ask, strike_milli, 1, 30)) return 6;
    return is_above(ask, strike_milli, 3, 10) ? 4 : 2;
}

/* Traders count premium (SCORECARD O3, O7, O8): small lots in options that cost pennies come in
 * larger numbers, most of all in auctions, and dear ones in smaller. */
static tl_lots size_of(const struct tl_option_frame *frame, const struct tl_option_draft *draft,
                       const struct tl_option_quote *quote)
{
    if (draft->parent_id != 0 || draft->package != 0) return draft->size;
    int32_t strike =
        tl_chain_strike_milli(frame->second->chain, draft->contract.expiry, draft->contract.strike);
    double u = uniform_of(draft->word, SALT_SIZE);
    tl_lots dear = tl_option_dear(quote->ask, strike);
    if (u < 0.95 && dear > 1) return ticket_of(draft, (draft->size + dear - 1) / dear, quote->ask);
    if (quote->ask > 700 || quote->ask > strike / 100 || draft->size > 10) return draft->size;
    if (draft->mechanism == TL_OM_AUCTION) return draft->size * (5 + (tl_lots)(draft->word % 25u));
    return u < 0.87 ? draft->size : draft->size * (8 + (tl_lots)(draft->word % 22u));
}

static tl_ns executed_of(const struct tl_option_draft *draft)
{
    double u = uniform_of(draft->word, SALT_EXECUTED), e = 0.02 + 2.5 * u * u;
    if (draft->condition == 'D') return draft->ts - (tl_ns)(300e6 + 7.7e9 * u * u);
    bool manual = draft->mechanism == TL_OM_FLOOR || draft->mechanism == TL_OM_MULTI_FLOOR;
    if (manual) return draft->ts - (tl_ns)(20e6 + 900e6 * u);
    return draft->ts - (tl_ns)(e * 120e3);
}

void tl_option_print(struct tl_option_printer *printer, const struct tl_option_draft *draft)
{
    struct tl_option_frame *frame = printer->frame;
    const struct tl_second *second = frame->second;
    struct tl_option_choice choice = draft->contract;
    struct tl_option_quote quote;
    if (draft->size == 0 && repeats_earlier(second, draft)) return;
    if (!tl_option_quote_at(frame, choice.expiry, choice.strike, choice.right, draft->ts, &quote))
        return;
    if (draft->size == 0) {
        publish(printer, choice, &quote, draft->ts);
        return;
    }
    double unclean = 1 / tl_clamp(second->latent->cleanliness, 0.3, 3);
    double fate = uniform_of(draft->word, SALT_FATE);
    if (fate > 0.008 * unclean) {
        /* 20 us to 2 ms before, but not before it was set. */
        double u = uniform_of(draft->word, SALT_BEFORE);
        tl_ns start = second->second * TL_NS_PER_S;
        tl_ns ts = draft->ts - (tl_ns)(20e3 + 2e6 * u * u);
        if (ts < quote.ts) ts = quote.ts;
        if (ts < start) ts = start;
        publish(printer, choice, &quote, ts);
    } else if (fate < 0.004 * unclean) {
        tl_ns ts = draft->ts + 1 + (tl_ns)(20e6 * uniform_of(draft->word, SALT_AFTER));
        if (ts < (second->second + 1) * TL_NS_PER_S) publish(printer, choice, &quote, ts);
    }
    if (!(second->streams & 1u << TL_STREAM_OPTION_PRINT)) return;
    const struct tl_truth truth = {.parent_id = draft->parent_id,
                                   .subtype = draft->subtype,
                                   .side = draft->side,
                                   .package = draft->package};
    struct tl_event *event = tl_batch_next(printer->batch, &truth);
    if (!event) return;
    const struct tl_quote_point *spot = tl_quote_path_at(second->path, draft->ts);
    double mid = 0.5e-4 * (double)(spot->bid + spot->ask);
    tl_event_begin(event, draft->ts, second->sym, TL_STREAM_OPTION_PRINT);
    struct tl_option_trade *trade = &event->u.option;
    trade->contract = contract_of(second, choice);
    trade->price = price_of(frame, draft, &quote, mid);
    trade->size = size_of(printer->frame, draft, &quote);
    trade->venue = draft->venue;
    trade->condition = draft->condition;
    trade->multi_venue = draft->multi_venue;
    trade->executed = executed_of(draft);
    trade->nbbo_known = fate > 0.002 * unclean;
    if (trade->nbbo_known) {
        trade->bid = quote.bid;
        trade->ask = quote.ask;
        trade->bid_size = quote.bid_size;
        trade->ask_size = quote.ask_size;
        trade->nbbo_ts = quote.ts;
    } else {
        trade->bid = trade->ask = trade->nbbo_ts = 0;
        trade->bid_size = trade->ask_size = 0;
    }
    trade->spot_bid = spot->bid;
    trade->spot_ask = spot->ask;
    trade->spot_ts = spot->ts;
    trade->iv_e6 = iv_known(printer, draft, &quote, trade->price, mid);
}
