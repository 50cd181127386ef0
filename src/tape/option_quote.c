/* SPDX-License-Identifier: Apache-2.0
 * Option NBBO as a pure function of (second, contract, ts).
 *
 * Marks: the chain is re-marked as a whole, first at the second's start and then 1 to 20 ms after
 * the stock's mid moved; at once when the last marked spot falls outside the stock's new quote, so
 * that no stale option quote can be picked off against the stock.
 * Quote: bid = snap_down(v - a w), ask = snap_up(v + (1 - a) w), v the model's value at the mark,
 * w the width, a in (0.03, 0.97) a noise field of each contract's own that moves within minutes.
 * Since every quote of one instant straddles one arbitrage-free model, no portfolio can be bought
 * below what it is sold for: mids are rough, executable arbitrage cannot exist.
 * Width (SCORECARD O21 to O23): c S sigma sqrt(T) phi(d1) + what hedging costs, spread delta^2
 * (3 - 1.25 |delta|), + unknown carry 2 to 5 bp S T |delta| + a share of what is deep in the money; c by
 * what trades in the class (class_widths) and, where it was measured, by name; wider in the first
 * minutes and with poor liquidity.
 *
 * Limits: the surface steps once a second, at its start; a quote set before the second began gets
 * a time at most a few hundred ms before it. */
#include "tape/option_quote.h"

#include <stddef.h>

#include "base/math.h"
#include "base/rng.h"
#include "tape/option_pick.h"

/* What a contract is worth, in grid steps, before anybody bids one for it: exchange and clearing take
 * a third to half a cent a share, and what is left has to pay for the tail. */
#define BID_VALUE 1.75

/* What one class's makers ask, by what trades in it: contracts a day x stock price x volatility is
 * the premium at the money, up to a constant. Ten names of November 2025 fall in two groups: six with
 * more than 35 M USD at 0.7 to 1.4 % of the value at the money, four with less than 18 M at 5 to 9 %,
 * those falling faster with tenor. Options on cheap stocks trade a few cents wide however little of
 * them trades, and index funds at a tenth of a single stock's width. */
static void class_widths(const struct tl_symbol *symbol, struct tl_option_makers *makers)
{
    double traded = symbol->option_adv * symbol->price * symbol->iv28 * (1 / 24e6);
    double steep = traded * traded * traded * traded;
    double thin = 0.062 / (1 + steep * steep * steep) * tl_min(symbol->price * (1.0 / 120), 1);
    bool fund = symbol->option_class == TL_CLASS_PENNY_ALL;
    makers->width_base = (fund ? 0.0008 : 0.0053) * symbol->option_width;
    makers->width_thin = (fund ? 0.15 * thin : thin) * symbol->option_width;
    makers->width_deep = fund ? 0.005 : 0.012;
    /* A year's financing and dividends are known to 5 bp: what widens long dates of index funds. */
    makers->width_carry = fund ? 0.0005 : 0.0002;
    makers->width_far = fund ? 0.2 : 1.75;
}

/* Makers compete where others hold: each doubling of a contract's open interest takes a tenth off its
 * width, about what is ordinary in its class. Volume goes there, so what trades is a fifth tighter
 * than what is listed (SCORECARD O22 against O21). An index fund's are all made from one another. */
static void fill_interest(const struct tl_symbol *symbol, struct tl_option_makers *makers)
{
    static const double step = 0.901; /* 2^-0.15 */
    bool fund = symbol->option_class == TL_CLASS_PENNY_ALL;
    double ordinary = 0.5 * 1.4427 * tl_log(symbol->option_adv) + 0.7; /* log2 of open interest */
    double factor = fund ? 1 : tl_pow(step, -ordinary);
    for (int bits = 0; bits < TL_OPTION_INTEREST; bits++, factor *= step)
        makers->interest[bits] = fund ? 1 : tl_clamp(factor, 0.6, 1.5);
}

static void makers_of(const struct tl_symbol *symbol, struct tl_option_makers *makers)
{
    makers->symbol = symbol;
    class_widths(symbol, makers);
    fill_interest(symbol, makers);
    makers->size = symbol->option_class == TL_CLASS_PENNY_ALL
                       ? 420
                       : tl_clamp(symbol->option_adv / 9000.0, 10, 120);
}

static double interest_of(const struct tl_option_frame *frame, uint32_t expiry, uint32_t strike,
                          char right)
{
    const struct tl_chain *chain = frame->second->chain;
    uint32_t held = (uint32_t)chain->oi[right == 'P'][chain->expiries[expiry].first + strike];
    return frame->makers->interest[held > 0 ? 32 - __builtin_clz(held) : 0];
}

static double width_state(const struct tl_second *second)
{
    const struct tl_latent *latent = second->latent;
    int64_t since_open = second->second - second->session->session_start_s;
    int64_t to_close = second->session->session_end_s - second->second;
    double scale = since_open < 60 ? 2.5 : since_open < 300 ? 1.5 : to_close <= 60 ? 1.3 : 1.0;
    scale /=
        tl_sqrt(tl_clamp(latent->liquidity, 0.2, 4.0) * tl_clamp(latent->cleanliness, 0.2, 4.0));
    return scale * tl_clamp(tl_sqrt(latent->volatility), 0.8, 2.0);
}

static void add_mark(struct tl_option_frame *frame, tl_ns ts, double spot, double spread)
{
    if (frame->mark_count >= sizeof frame->marks / sizeof frame->marks[0]) return;
    frame->marks[frame->mark_count++] = (struct tl_option_mark){ts, spot, spread};
}

static void fill_marks(struct tl_option_frame *frame)
{
    const struct tl_second *second = frame->second;
    const struct tl_quote_path *path = second->path;
    tl_ns end = (second->second + 1) * TL_NS_PER_S, due = end;
    double spot = 0, pending = 0, spread = 0;
    struct tl_rng rng =
        tl_rng_at(second->seed, TL_RNG_OP_NBBO, second->sym, (uint64_t)second->second);
    const struct tl_quote_point *seen = NULL;
    frame->mark_count = 0;
    for (uint32_t i = 0; i < path->count; i++) {
        const struct tl_quote_point *point = &path->points[i];
        /* Most points move a queue only; between two marks the same prices say nothing new. */
        if (seen && point->bid == seen->bid && point->ask == seen->ask && due >= point->ts)
            continue;
        seen = point;
        double bid = (double)point->bid * 1e-4, ask = (double)point->ask * 1e-4;
        double mid = 0.5 * (bid + ask);
        if (due < point->ts) {
            add_mark(frame, due, spot = pending, spread);
            due = end;
        }
        spread = tl_abs(ask - bid);
        if (i == 0 || spot < tl_min(bid, ask) || spot > tl_max(bid, ask)) {
            add_mark(frame, i == 0 ? second->second * TL_NS_PER_S : point->ts, spot = mid, spread);
            due = end;
        } else if (tl_abs(mid - spot) > 1e-9) {
            /* 1 to 20 ms; a move on the way is taken along. */
            if (due == end)
                due = point->ts + TL_NS_PER_MS +
                      (tl_ns)(tl_rng_exponential(&rng) * 4.0 * (double)TL_NS_PER_MS);
            pending = mid;
        }
    }
    if (due < end) add_mark(frame, due, pending, spread);
}

void tl_option_frame_init(struct tl_option_frame *frame, const struct tl_second *second)
{
    frame->own_makers.symbol = NULL;
    tl_option_frame_init_with(frame, second, &frame->own_makers);
}

void tl_option_frame_init_with(struct tl_option_frame *frame, const struct tl_second *second,
                               struct tl_option_makers *makers)
{
    if (makers->symbol != second->symbol) makers_of(second->symbol, makers);
    frame->makers = makers;
    frame->second = second;
    frame->memory = NULL;
    frame->recall = NULL;
    tl_surface_at(second->chain, second->symbol, second->latent, &frame->surface);
    frame->width_state = width_state(second);
    /* Who widens for a thin market knows its middle no less. */
    frame->sway = 0.47 * tl_min(1, 1.5 / frame->width_state);
    frame->size_scale = makers->size * tl_clamp(second->latent->liquidity, 0.3, 2.5);
    frame->slice_known = frame->slice_alive = 0;
    fill_marks(frame);
}

const struct tl_slice *tl_option_frame_slice(struct tl_option_frame *frame, uint32_t expiry)
{
    uint32_t bit = 1u << expiry;
    if (!(frame->slice_known & bit)) {
        const struct tl_second *second = frame->second;
        frame->slice_known |= bit;
        if (tl_surface_slice(&frame->surface, second->chain, second->symbol, expiry,
                             second->second * TL_NS_PER_S, &frame->slices[expiry])) {
            frame->slice_alive |= bit;
            double months = tl_max(frame->slices[expiry].years, 1.0 / 365) * (365.0 / 18);
            frame->tenor[expiry] = 1 / tl_sqrt(tl_sqrt(tl_sqrt(months)));
        }
    }
    return frame->slice_alive & bit ? &frame->slices[expiry] : NULL;
}

uint32_t tl_option_frame_mark(const struct tl_option_frame *frame, tl_ns ts)
{
    uint32_t low = 0;
    for (uint32_t left = frame->mark_count; left > 1;) { /* steps known beforehand: no guesses */
        uint32_t half = left / 2;
        low += frame->marks[low + half].ts <= ts ? half : 0;
        left -= half;
    }
    return low;
}

tl_px tl_option_grid(enum tl_option_class option_class, tl_px price)
{
    bool low = price < 3 * TL_PX_PER_USD;
    switch (option_class) {
    case TL_CLASS_PENNY_ALL:
        return 100;
    case TL_CLASS_PENNY:
        return low ? 100 : 500;
    case TL_CLASS_NICKEL:
        break;
    }
    return low ? 500 : 1000;
}

/* What a width depends on besides its expiry. */
struct shape {
    double strike, total_sd, delta, pdf;
    double spread; /* the stock's */
};

/* Width in USD before the grid. Towards the
 * wings it falls with the density, slower than the value itself. */
static double width(const struct tl_option_frame *frame, uint32_t expiry, double spot,
                    const struct shape *shape)
{
    const struct tl_slice *slice = &frame->slices[expiry];
    double tenor = frame->tenor[expiry], delta = tl_abs(shape->delta);
    /* Relative to the value a liquid class is widest near three weeks, less so at the money; a thin
     * one, the nearer its end. */
    double peak = 2.5 * shape->pdf, flat = 1 - (1 - tenor) * peak * peak * peak;
    double base = frame->makers->width_base * tl_min(flat, 1.7 - 0.7 * tenor);
    double thin = frame->makers->width_thin * tl_min(tenor * tenor * tl_max(tenor, 1), 1.7);
    /* Nor do the wings of the last days widen as their middle does (O21: .1 to .25 has 2 to 2.7 % of its
     * mid at all tenors). */
    base *= 1 + (0.08 - 0.45 * tl_max(tenor - 1, 0)) * (1 - peak);
    double w = spot * shape->total_sd * shape->pdf * (base + thin * peak);
    /* A stock's width to hedge, where far options are kept rather than hedged; and what is not known
     * of its carry until then. */
    w += shape->spread * delta * delta * (3 - 1.25 * delta) +
         frame->makers->width_carry * spot * slice->years * delta;
    double deep = (delta - 0.6) / 0.4;
    if (deep > 0)
        w += (frame->makers->width_deep + 0.3 * (base + thin)) * deep * deep *
             tl_abs(spot - shape->strike);
    return w * frame->width_state;
}

/* px on a grid, downwards; written out, since a division by a constant is a product. */
static tl_px on_grid(tl_px grid, tl_px px)
{
    switch (grid) {
    case 100:
        return px - px % 100;
    case 500:
        return px - px % 500;
    default:
        return px - px % 1000;
    }
}

static tl_px snap_down(enum tl_option_class option_class, double usd)
{
    if (!(usd > 0)) return 0;
    tl_px px = (tl_px)(usd * (double)TL_PX_PER_USD);
    return on_grid(tl_option_grid(option_class, px), px);
}

static tl_px snap_up(enum tl_option_class option_class, double usd)
{
    double scaled = usd * (double)TL_PX_PER_USD;
    tl_px px = (tl_px)scaled;
    px += (double)px < scaled;
    /* Just under 3 USD the fine grid reaches 3.00 itself. */
    tl_px grid = tl_option_grid(option_class, px);
    return on_grid(grid, px + grid - 1);
}

/* Far out of the money, in grid steps: what few hold is quoted at up to half of what it is worth, the
 * shorter its life the more often, and what is worth two steps has one all the same (O21: 29 % of the
 * mid at 1 or 2 days, 22 to 8 % until 90). Where most trade, it is one step: held contracts, index
 * funds, and the last day, when the whole expiry is looked at (O22). */
static double far_width(const struct tl_option_frame *frame, uint32_t expiry, double delta,
                        double interest, double steps)
{
    double tenor = frame->tenor[expiry], last_day = tl_min(frame->slices[expiry].years * 365, 1);
    double far = tl_max(1 - 10 * tl_abs(delta), 0) * tenor * tenor * tenor * tenor * last_day;
    double rare = tl_clamp(7 * (interest - 0.90), 0, 2);
    return tl_min(frame->makers->width_far * far * rare, 0.45 * tl_max(steps - 2.5, 0));
}

/* The quote of a contract under one mark: all but the clamp of its ts to the moment that asks. */
static void quote_make(const struct tl_option_frame *frame, const struct tl_option_choice *choice,
                       const struct tl_option_mark *mark, const struct tl_option_noise *noise,
                       struct tl_option_quote *quote)
{
    const struct tl_second *second = frame->second;
    const struct tl_slice *slice = &frame->slices[choice->expiry];
    enum tl_option_class option_class = second->symbol->option_class;
    double usd =
        (double)tl_chain_strike_milli(second->chain, choice->expiry, choice->strike) * 1e-3;
    struct tl_bs_terms terms;
    struct tl_bs_slope slope;
    double total_sd;
    tl_slice_terms(slice, second->symbol, choice->right, mark->spot, usd, &terms, &total_sd);
    double value = tl_bs_price_terms(&terms, total_sd, &slope);
    double delta = slope.delta_call - (choice->right == 'C' ? 0 : slice->growth * slice->discount);
    const struct shape shape = {usd, total_sd, delta, slope.density, mark->spread};
    double w = width(frame, choice->expiry, mark->spot, &shape) * noise->width;
    double interest = interest_of(frame, choice->expiry, choice->strike, choice->right);
    /* Snapping outward adds one grid step in the mean: take half of it back. */
    double grid = (double)tl_option_grid(option_class, (tl_px)(value * 1e4)) * 1e-4;
    w = tl_max(w * interest - 0.5 * grid,
               0.08 * grid +
                   far_width(frame, choice->expiry, delta, interest, value / grid) * grid);
    double below = w * (0.5 + frame->sway / tl_sqrt(tl_max(interest, 1)) * noise->skew);
    quote->bid = value < BID_VALUE * grid ? 0 : snap_down(option_class, value - below);
    quote->ask = snap_up(option_class, value + w - below);
    if (quote->ask <= quote->bid)
        quote->ask = quote->bid + tl_option_grid(option_class, quote->bid);
    /* Makers show about the same money at each strike's root: SPY's wings 1000, its deep ones 100. */
    double size = frame->size_scale * tl_clamp(2.3 / tl_sqrt(tl_max(value, 0.01)), 0.5, 4);
    double wing = tl_max(1 - 4 * tl_abs(delta), 0); /* fewer sell what costs little */
    quote->bid_size = quote->bid > 0 ? 1 + (tl_lots)(size * noise->bid_size) : 0;
    quote->ask_size = 1 + (tl_lots)(size * (1 - 0.25 * wing) * noise->ask_size);
    quote->delta = delta;
    quote->iv = total_sd / tl_sqrt(slice->years);
    quote->value = value;
    quote->spot = mark->spot;
    quote->vega = terms.forward * terms.discount * slope.density;
}

/* When a quote was set: with its mark, or when its noise was drawn. */
static tl_ns set_at(const struct tl_option_frame *frame, const struct tl_option_mark *mark,
                    const struct tl_option_noise *noise, uint32_t contract)
{
    tl_ns ts = mark->ts;
    if (mark == frame->marks) /* in force since before the second began */
        ts -= (tl_ns)(tl_mix64(contract ^ (uint64_t)frame->second->second << 24) % 300000000u);
    return noise->since > ts ? noise->since : ts;
}

void tl_option_quote_expect(const struct tl_option_frame *frame, uint32_t expiry, uint32_t strike,
                            char right)
{
    const struct tl_chain *chain = frame->second->chain;
    uint32_t at = chain->expiries[expiry].first + strike;
    __builtin_prefetch(&chain->oi[right == 'P'][at]);
    __builtin_prefetch(&chain->strike_milli[at]);
    if (frame->memory)
        tl_option_noise_expect(frame->memory,
                               tl_option_code(frame->second->sym, expiry, strike, right));
}

bool tl_option_quote_at(struct tl_option_frame *frame, uint32_t expiry, uint32_t strike, char right,
                        tl_ns ts, struct tl_option_quote *quote)
{
    const struct tl_second *second = frame->second;
    if (ts >= second->chain->expiries[expiry].close) return false;
    const struct tl_option_choice choice = {(uint8_t)expiry, (uint8_t)strike, right};
    uint32_t contract = tl_option_code(second->sym, expiry, strike, right);
    uint32_t mark = tl_option_frame_mark(frame, ts);
    struct tl_option_recalled none, *slot = &none;
    if (frame->recall)
        slot = &frame->recall->slots[(contract ^ contract >> 9) % TL_OPTION_RECALL_SLOTS];
    bool known = frame->recall && slot->stamp == frame->recall->stamp &&
                 slot->contract == contract && slot->mark == mark && ts >= slot->since &&
                 ts < slot->until;
    if (!known) {
        if (!tl_option_frame_slice(frame, expiry)) return false;
        struct tl_option_noise noise;
        tl_option_noise_at(second, frame->memory, contract, ts, &noise);
        quote_make(frame, &choice, &frame->marks[mark], &noise, &slot->quote);
        slot->quote.ts = set_at(frame, &frame->marks[mark], &noise, contract);
        slot->stamp = frame->recall ? frame->recall->stamp : 0;
        slot->contract = contract;
        slot->mark = mark;
        slot->since = noise.since;
        slot->until = noise.until;
    }
    *quote = slot->quote;
    if (quote->ts > ts) quote->ts = ts;
    return true;
}

bool tl_options_nbbo(const struct tl_second *second, uint32_t expiry, uint32_t strike, char right,
                     tl_ns ts, struct tl_option_nbbo *nbbo, tl_ns *nbbo_ts)
{
    struct tl_option_frame frame;
    struct tl_option_quote quote;
    tl_option_frame_init(&frame, second);
    if (!tl_option_quote_at(&frame, expiry, strike, right, ts, &quote)) return false;
    const struct tl_chain *chain = second->chain;
    nbbo->contract =
        (struct tl_contract){.sym = second->sym,
                             .right = right,
                             .expiry_day = chain->expiries[expiry].day,
                             .strike_milli = tl_chain_strike_milli(chain, expiry, strike)};
    nbbo->bid = quote.bid;
    nbbo->ask = quote.ask;
    nbbo->bid_size = quote.bid_size;
    nbbo->ask_size = quote.ask_size;
    if (nbbo_ts) *nbbo_ts = quote.ts;
    return true;
}
