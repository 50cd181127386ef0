/* SPDX-License-Identifier: Apache-2.0
 * Option NBBO as a pure function of (second, contract, ts).
 *
 * Marks: the chain is re-marked as a whole, first at the second's start and then 1 to 20 ms after
 * the stock's mid moved; at once when the last marked spot falls outside the stock's new quote, so
 * that no stale option quote can be picked off against the stock.
 * Quote: bid = snap_down(v - a w), ask = snap_up(v + (1 - a) w), v the model's value at the mark,
 * w the width, a in (0.15, 0.85) a noise field shared in part by neighbouring strikes and redrawn at
 * ragged times of each contract's own. Since every quote of one instant straddles one arbitrage-free
 * model, no portfolio can be bought below what it is sold for: mids are rough, executable arbitrage
 * cannot exist.
 * Width (CALIBRATION B.5, SCORECARD O21): c0 S sigma sqrt(T) phi(d1) m(T) + c1 spread |delta|
 * + c2 vega 0.0015 + deep in-the-money term, c0 by the class's volume; wider in the first minutes
 * and with poor liquidity.
 *
 * Limits: the surface steps once a second, at its start; a quote set before the second began gets
 * a time at most a few hundred ms before it. */
#include "tape/option_quote.h"

#include <stddef.h>

#include "base/math.h"
#include "base/rng.h"

static double class_scale(const struct tl_symbol *symbol)
{
    if (symbol->option_class == TL_CLASS_PENNY_ALL) return 0.004;
    /* Measured medians: AAPL .010 at 900 k a day, PLTR .02 at 450 k, JPM .05 at 45 k. */
    double scale = 0.010 * tl_pow(900e3 / tl_max(symbol->option_adv, 1e3), 0.55);
    return tl_clamp(scale, 0.005, 0.14);
}

static double width_scale(const struct tl_second *second)
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
    frame->mark_count = 0;
    for (uint32_t i = 0; i < path->count; i++) {
        const struct tl_quote_point *point = &path->points[i];
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
    frame->second = second;
    frame->memory = NULL;
    tl_surface_at(second->chain, second->symbol, second->latent, &frame->surface);
    frame->width_scale = width_scale(second) * class_scale(second->symbol);
    double size = second->symbol->option_class == TL_CLASS_PENNY_ALL
                      ? 260
                      : tl_clamp(second->symbol->option_adv / 9000.0, 10, 120);
    frame->size_scale = size * tl_clamp(second->latent->liquidity, 0.3, 2.5);
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
                             second->second * TL_NS_PER_S, &frame->slices[expiry]))
            frame->slice_alive |= bit;
    }
    return frame->slice_alive & bit ? &frame->slices[expiry] : NULL;
}

uint32_t tl_option_frame_mark(const struct tl_option_frame *frame, tl_ns ts)
{
    uint32_t low = 0, high = frame->mark_count;
    while (high - low > 1) {
        uint32_t middle = (low + high) / 2;
        if (frame->marks[middle].ts <= ts)
            low = middle;
        else
            high = middle;
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

static double width(const struct tl_option_frame *frame, const struct tl_slice *slice,
                    const struct tl_option_mark *mark, double strike, double total_sd, double delta,
                    double pdf)
{
    const struct tl_symbol *symbol = frame->second->symbol;
    double c0 = frame->width_scale;
    double tenor = 1; /* long dates are quoted tighter relative to their value */
    if (slice->years > 0.085) tenor = tl_sqrt(0.085 / slice->years);
    double vega = mark->spot * pdf * tl_sqrt(slice->years);
    double w = c0 * mark->spot * total_sd * pdf * tenor + mark->spread * tl_abs(delta) +
               (symbol->option_class == TL_CLASS_PENNY_ALL ? 0.1 : 0.35) * vega * 0.0015;
    double deep = (tl_abs(delta) - 0.6) / 0.4;
    if (deep > 0) w += (0.010 + 0.5 * c0) * deep * deep * tl_abs(mark->spot - strike);
    return w;
}

static tl_px snap_down(enum tl_option_class option_class, double usd)
{
    if (!(usd > 0)) return 0;
    tl_px px = (tl_px)(usd * (double)TL_PX_PER_USD);
    return px - px % tl_option_grid(option_class, px);
}

static tl_px snap_up(enum tl_option_class option_class, double usd)
{
    double scaled = usd * (double)TL_PX_PER_USD;
    tl_px px = (tl_px)scaled;
    px += (double)px < scaled;
    /* Just under 3 USD the fine grid reaches 3.00 itself. */
    tl_px grid = tl_option_grid(option_class, px);
    px += grid - 1;
    return px - px % grid;
}

bool tl_option_quote_at(struct tl_option_frame *frame, uint32_t expiry, uint32_t strike, char right,
                        tl_ns ts, struct tl_option_quote *quote)
{
    const struct tl_second *second = frame->second;
    const struct tl_slice *slice = tl_option_frame_slice(frame, expiry);
    if (!slice || ts >= second->chain->expiries[expiry].close) return false;
    const struct tl_option_mark *mark = &frame->marks[tl_option_frame_mark(frame, ts)];
    enum tl_option_class option_class = second->symbol->option_class;
    double usd = (double)tl_chain_strike_milli(second->chain, expiry, strike) * 1e-3;
    struct tl_bs_terms terms;
    double total_sd, delta_call;
    tl_slice_terms(slice, second->symbol, right, mark->spot, usd, &terms, &total_sd);
    double value = tl_bs_price_terms(&terms, total_sd, &delta_call);
    double d1 = terms.log_fk / total_sd + 0.5 * total_sd;
    double delta = right == 'C' ? delta_call : delta_call - slice->growth * slice->discount;
    uint32_t contract = (uint32_t)second->sym << 14 | expiry << 9 | strike << 1 | (right == 'P');
    struct tl_option_noise noise;
    tl_option_noise_at(second, frame->memory, contract, ts, &noise);
    double w = width(frame, slice, mark, usd, total_sd, delta, tl_norm_pdf(d1)) * noise.width;
    /* Snapping outward adds one grid step in the mean: take half of it back. */
    double grid = (double)tl_option_grid(option_class, (tl_px)(value * 1e4)) * 1e-4;
    w = tl_max(w - 0.5 * grid, 0.2 * grid);
    double below = w * (0.5 + 0.35 * noise.skew);
    quote->bid = snap_down(option_class, value - below);
    quote->ask = snap_up(option_class, value + w - below);
    if (quote->ask <= quote->bid)
        quote->ask = quote->bid + tl_option_grid(option_class, quote->bid);
    double size = frame->size_scale * (value < 1 ? 1.8 : value < 5 ? 1.0 : 0.5);
    quote->bid_size = quote->bid > 0 ? 1 + (tl_lots)(size * noise.bid_size) : 0;
    quote->ask_size = 1 + (tl_lots)(size * noise.ask_size);
    quote->ts = mark->ts;
    if (mark == frame->marks) /* in force since before the second began */
        quote->ts -= (tl_ns)(tl_mix64(contract ^ (uint64_t)second->second << 24) % 300000000u);
    if (noise.since > quote->ts) quote->ts = noise.since;
    if (quote->ts > ts) quote->ts = ts;
    quote->delta = delta;
    quote->iv = total_sd / tl_sqrt(slice->years);
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
