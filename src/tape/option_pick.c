/* SPDX-License-Identifier: Apache-2.0
 * Contract choice of background flow (SCORECARD O1 to O6, O14, O16).
 *
 * With probability hot_share a contract of the day's hot list, rank by Zipf's law. Else
 * an expiry by its share (0 to 2 days tilted by the latent state), then log moneyness from a
 * Laplace law with the chain's widths (popularity.h), then the right (out of the money 78 to 85 %),
 * then a strike near the wanted one, the more liked the likelier. */
#include "tape/option_pick.h"

#include "base/math.h"

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

/* How the last day's strikes close in on the spot: the sd of what is left of the session, over that
 * of the 0.4 days which the chain's width is made for. */
static double last_day_shrink(const struct tl_second *second)
{
    const struct tl_session_state *session = second->session;
    double left = (double)(session->session_end_s - second->second) /
                  (double)(session->session_end_s - session->session_start_s);
    return tl_sqrt(0.35 + 1.3 * tl_clamp(left, 0, 1));
}

void tl_option_picker_init(struct tl_option_picker *picker, const struct tl_second *second)
{
    const struct tl_chain *chain = second->chain;
    const struct tl_latent *latent = second->latent;
    bool fund = second->symbol->is_etf;
    picker->chain = chain;
    picker->spot = tl_exp(latent->log_px[0]);
    picker->log_spot = latent->log_px[0] - tl_log(chain->open_px);
    double call_tilt = tl_clamp(latent->otm_call, 0.6, 1.7),
           put_tilt = tl_clamp(latent->put_tilt, 0.25, 4);
    picker->call_up = 0.82;
    picker->put_down = fund ? 0.82 : 0.70;
    picker->fade = fund ? 0.8 : 1.3;
    double money = tl_clamp(latent->near_money, 0.5, 2);
    picker->width = tl_exp(latent->atm_iv_log) / money;
    picker->last_day = last_day_shrink(second);
    picker->near = tl_clamp(latent->short_dated, 0.25, 4);
    picker->money = money;
    picker->aligned = expiry_after_event(second);
    picker->event = tl_max(latent->event_expiry, 0.25);
    /* The third power: what families keep and packages add (half of all prints) has no tilt of its own. */
    picker->above = call_tilt * call_tilt * call_tilt;
    picker->below = put_tilt;
    picker->keep = 1 / (tl_max(picker->near, 1) * tl_max(picker->event, 1) *
                        tl_max(tl_max(picker->above, put_tilt), 1));
    double sum = 0;
    for (uint32_t e = 0; e < chain->expiry_count; e++) {
        sum += chain->expiry_share[e] * (is_near(chain, e) ? picker->near : 1) *
               (e == picker->aligned ? picker->event : 1);
        picker->cumulative[e] = sum;
    }
}

/* Whether a strike lies above the spot: calls = up x call_up + (1 - up) x (1 - put_down). */
static bool pick_up(const struct tl_option_picker *picker, uint32_t expiry, struct tl_rng *rng)
{
    double down_calls = 1 - picker->put_down;
    double even = (picker->chain->call_share[expiry] - down_calls) / (picker->call_up - down_calls);
    double up = tl_clamp(even, 0.12, 0.88);
    return tl_rng_uniform(rng) * (up * picker->above + (1 - up) * picker->below) <
           up * picker->above;
}

static uint8_t pick_expiry(const struct tl_option_picker *picker, struct tl_rng *rng)
{
    uint32_t last = picker->chain->expiry_count - 1, e = 0;
    double at = tl_rng_uniform(rng) * picker->cumulative[last];
    while (e < last && picker->cumulative[e] <= at)
        e++;
    return (uint8_t)e;
}

/* Among ten strikes around the wanted one and on its side of the spot, by closeness and liking. */
static uint8_t pick_strike(const struct tl_option_picker *picker, uint32_t expiry, bool up,
                           char right, double strike, struct tl_rng *rng)
{
    const struct tl_chain *chain = picker->chain;
    const float *liking = chain->liking[right == 'P'] + chain->expiries[expiry].first;
    int32_t count = (int32_t)chain->expiries[expiry].strike_count;
    int32_t wanted = (int32_t)tl_clamp(strike * 1000, 1, 2e9);
    int32_t spot = (int32_t)tl_clamp(picker->spot * 1000, 1, 2e9);
    int32_t at = (int32_t)tl_chain_strike_at(chain, expiry, wanted);
    int32_t low = at < 5 ? 0 : at - 5, high = at + 4 >= count ? count - 1 : at + 4;
    double weights[10];
    double step = 1;
    if (high > low)
        step = (double)(tl_chain_strike_milli(chain, expiry, (uint32_t)high) -
                        tl_chain_strike_milli(chain, expiry, (uint32_t)low)) /
               (double)(high - low);
    for (int32_t i = low; i <= high; i++) {
        int32_t milli = tl_chain_strike_milli(chain, expiry, (uint32_t)i);
        double off = (double)(milli - wanted) / step;
        double side = (milli > spot) == up ? 1 : 1e-6;
        weights[i - low] = side * (double)liking[i] / (1 + 0.15 * off * off);
    }
    return (uint8_t)(low + (int32_t)tl_rng_pick(rng, weights, (uint32_t)(high - low + 1)));
}

/* Whether a hot contract is in demand now. What the latent state tilts flow away from goes back to
 * the law outside the list, which has the same tilts. It fades as the spot leaves it, and gains
 * nothing when the spot comes near, for the draws it would gain go to the law around the spot. */
static bool is_hot_still(const struct tl_option_picker *picker, const struct tl_chain_hot *hot,
                         struct tl_rng *rng)
{
    const struct tl_chain *chain = picker->chain;
    double keep = picker->keep * (is_near(chain, hot->expiry) ? picker->near : 1) *
                  (hot->expiry == picker->aligned ? picker->event : 1);
    double then = (double)hot->log_strike, now = then - picker->log_spot;
    keep *= now > 0 ? picker->above : picker->below;
    /* A contract that has crossed the spot is another one: in the money. */
    double away = now * then < 0 ? tl_abs(now - then) : tl_abs(now) - tl_abs(then) / picker->money;
    if (away > 0) {
        double width = chain->width[now < 0][hot->expiry] * picker->width;
        if (hot->expiry == 0 && chain->expiries[0].day == chain->trade_day)
            width *= picker->last_day;
        keep *= tl_exp(-away / (picker->fade * width));
    }
    return keep >= 1 || tl_rng_uniform(rng) < keep;
}

struct tl_option_choice tl_option_pick(const struct tl_option_picker *picker, struct tl_rng *rng)
{
    const struct tl_chain *chain = picker->chain;
    if (chain->hot_count > 0 && tl_rng_uniform(rng) < chain->hot_share) {
        uint32_t rank = chain->hot_rank[tl_rng_below(rng, TL_CHAIN_HOT_CELLS)];
        const struct tl_chain_hot *hot = &chain->hot[rank];
        if (is_hot_still(picker, hot, rng))
            return (struct tl_option_choice){hot->expiry, hot->strike, hot->right};
    }
    uint8_t expiry = pick_expiry(picker, rng);
    bool up = pick_up(picker, expiry, rng);
    double width = picker->width * chain->width[!up][expiry];
    if (chain->expiries[expiry].day == chain->trade_day) width *= picker->last_day;
    double k = width * tl_rng_exponential(rng);
    double u = tl_rng_uniform(rng);
    char right = up ? (u < picker->call_up ? 'C' : 'P') : (u < picker->put_down ? 'P' : 'C');
    double strike = picker->spot * tl_exp(tl_clamp(up ? k : -k, -2, 2));
    return (struct tl_option_choice){expiry, pick_strike(picker, expiry, up, right, strike, rng),
                                     right};
}

int tl_option_pick_distance(const struct tl_chain *chain, struct tl_option_choice from, int step,
                            struct tl_rng *rng)
{
    const float *liking = chain->liking[from.right == 'P'] + chain->expiries[from.expiry].first;
    int count = (int)chain->expiries[from.expiry].strike_count;
    double weights[5] = {1e-9};
    for (int i = 0, to = (int)from.strike + step; i < 5; i++, to += step)
        if (to >= 0 && to < count) weights[i] += (double)liking[to];
    return 1 + (int)tl_rng_pick(rng, weights, 5);
}

struct tl_option_choice tl_option_pick_near(const struct tl_option_picker *picker,
                                            struct tl_option_choice from, struct tl_rng *rng)
{
    int32_t count = (int32_t)picker->chain->expiries[from.expiry].strike_count;
    int step = tl_rng_u32(rng) & 1 ? 1 : -1;
    int32_t to =
        (int32_t)from.strike + step * tl_option_pick_distance(picker->chain, from, step, rng);
    if (to >= 0 && to < count) from.strike = (uint8_t)to;
    return from;
}
