/* SPDX-License-Identifier: Apache-2.0
 * Contract choice of background flow (SCORECARD O1 to O6, O14, O16).
 *
 * With probability `hot` a contract of the day's hot list, rank by Zipf's law of exponent 1. Else
 * an expiry by its share (0 to 2 days tilted by the latent state), then log moneyness from a
 * Laplace law whose width is a share of the sd to expiry (measured: 0.95 for single names, less for
 * index funds), then the right (out of the money 78 to 85 %), then a strike near the wanted one, the
 * rounder the likelier.
 */
#include "tape/option_pick.h"

#include "base/math.h"
#include "market/listing.h"

#define NEAR_DAYS 2

static bool is_near(const struct tl_chain *chain, uint32_t expiry)
{
    return chain->expiries[expiry].day - chain->trade_day <= NEAR_DAYS;
}

/* The first expiry that lives through the name's next known event; TL_EXPIRIES_MAX: none. */
static uint32_t expiry_after_event(const struct tl_second *second)
{
    const struct tl_chain *chain = second->chain;
    tl_ns now = second->second * TL_NS_PER_S, event = INT64_MAX;
    for (uint32_t i = 0; i < chain->event_count; i++)
        if (chain->events[i].ts > now && chain->events[i].announced_ts <= now &&
            chain->events[i].ts < event)
            event = chain->events[i].ts;
    for (uint32_t e = 0; e < chain->expiry_count && event < INT64_MAX; e++)
        if (chain->expiries[e].close > event) return e;
    return TL_EXPIRIES_MAX;
}

void tl_option_picker_init(struct tl_option_picker *picker, const struct tl_second *second)
{
    const struct tl_chain *chain = second->chain;
    const struct tl_latent *latent = second->latent;
    bool fund = second->symbol->is_etf;
    picker->chain = chain;
    picker->spot = tl_exp(latent->log_px[0]);
    picker->sigma = second->symbol->iv28 * tl_exp(latent->atm_iv_log);
    double call_tilt = tl_clamp(latent->otm_call, 0.25, 4),
           put_tilt = tl_clamp(latent->put_tilt, 0.25, 4);
    double up = (fund ? 0.46 : 0.59) * call_tilt, down = (fund ? 0.54 : 0.41) * put_tilt;
    picker->up = up / (up + down);
    picker->call_up = fund ? 0.82 : 0.86;
    picker->put_down = fund ? 0.82 : 0.75;
    picker->width = (fund ? 0.75 : 0.97) / tl_clamp(latent->near_money, 0.5, 2);
    picker->hot = fund ? 0.28 : 0.33;
    picker->near = tl_clamp(latent->short_dated, 0.25, 4);
    uint32_t aligned = expiry_after_event(second);
    double sum = 0;
    for (uint32_t e = 0; e < chain->expiry_count; e++) {
        sum += chain->expiry_share[e] * (is_near(chain, e) ? picker->near : 1) *
               (e == aligned ? latent->event_expiry : 1);
        picker->cumulative[e] = sum;
    }
}

static uint8_t pick_expiry(const struct tl_option_picker *picker, struct tl_rng *rng)
{
    uint32_t last = picker->chain->expiry_count - 1, e = 0;
    double at = tl_rng_uniform(rng) * picker->cumulative[last];
    while (e < last && picker->cumulative[e] <= at)
        e++;
    return (uint8_t)e;
}

/* Among the five strikes around the wanted one, by closeness and roundness. */
static uint8_t pick_strike(const struct tl_option_picker *picker, uint32_t expiry, double strike,
                           struct tl_rng *rng)
{
    static const double round_weight[4] = {0.35, 0.8, 1.5, 3.0};
    const struct tl_chain *chain = picker->chain;
    int32_t count = (int32_t)chain->expiries[expiry].strike_count;
    int32_t wanted = (int32_t)tl_clamp(strike * 1000, 1, 2e9);
    int32_t at = (int32_t)tl_chain_strike_at(chain, expiry, wanted);
    int32_t low = at < 3 ? 0 : at - 3, high = at + 2 >= count ? count - 1 : at + 2;
    double weights[6];
    double step = 1;
    if (high > low)
        step = (double)(tl_chain_strike_milli(chain, expiry, (uint32_t)high) -
                        tl_chain_strike_milli(chain, expiry, (uint32_t)low)) /
               (double)(high - low);
    for (int32_t i = low; i <= high; i++) {
        int32_t milli = tl_chain_strike_milli(chain, expiry, (uint32_t)i);
        double off = (double)(milli - wanted) / step;
        weights[i - low] =
            round_weight[tl_listing_roundness(milli, chain->open_px)] / (0.4 + off * off);
    }
    return (uint8_t)(low + (int32_t)tl_rng_pick(rng, weights, (uint32_t)(high - low + 1)));
}

struct tl_option_choice tl_option_pick(const struct tl_option_picker *picker, struct tl_rng *rng)
{
    const struct tl_chain *chain = picker->chain;
    if (chain->hot_count > 0 && tl_rng_uniform(rng) < picker->hot) {
        uint32_t rank = chain->hot_rank[tl_rng_below(rng, TL_CHAIN_HOT_CELLS)];
        const struct tl_chain_hot *hot = &chain->hot[rank];
        double keep = is_near(chain, hot->expiry) ? 1 : 1 / picker->near;
        if (keep >= 1 || tl_rng_uniform(rng) < keep)
            return (struct tl_option_choice){hot->expiry, hot->strike, hot->right};
    }
    uint8_t expiry = pick_expiry(picker, rng);
    double days = (double)(chain->expiries[expiry].day - chain->trade_day) + 0.4;
    double k = picker->width * picker->sigma * tl_sqrt(days / 365.0) * tl_rng_exponential(rng);
    bool up = tl_rng_uniform(rng) < picker->up;
    double u = tl_rng_uniform(rng);
    char right = up ? (u < picker->call_up ? 'C' : 'P') : (u < picker->put_down ? 'P' : 'C');
    double strike = picker->spot * tl_exp(tl_clamp(up ? k : -k, -2, 2));
    return (struct tl_option_choice){expiry, pick_strike(picker, expiry, strike, rng), right};
}

struct tl_option_choice tl_option_pick_near(const struct tl_option_picker *picker,
                                            struct tl_option_choice from, struct tl_rng *rng)
{
    int32_t count = (int32_t)picker->chain->expiries[from.expiry].strike_count;
    int32_t move = 1 + (int32_t)tl_rng_below(rng, 2);
    int32_t to = (int32_t)from.strike + (tl_rng_u32(rng) & 1 ? move : -move);
    if (to >= 0 && to < count) from.strike = (uint8_t)to;
    return from;
}
