/* SPDX-License-Identifier: Apache-2.0
 * Contract choice of background flow (SCORECARD O1 to O6, O14, O16).
 *
 * With probability hot_share a contract of the day's hot list, rank by Zipf's law; where the spot has
 * left it, its flow follows the spot within the expiry and the right. Else an expiry by its share (0
 * to 2 days tilted by the latent state) and the right (out of the money 78 to 82 %). Then log
 * moneyness from a law of one or two exponentials with the chain's widths (popularity.h), and a
 * strike about the wanted one in proportion to how much it is liked. Legs and neighbours go where
 * they are liked, too: what is spread evenly evens out the class (O14).
 */
#include "tape/option_pick.h"

#include "base/math.h"
#include "market/popularity.h"

#define NEAR_DAYS 2
/* How far from the wanted strike a liked one may lie, in widths of the law. */
#define REACH_WIDTHS 1.3
/* In the money strikes lie closer: what is deep trades little (SCORECARD O3, O6), and on the last day
 * less than before, when little but what lies in the money is worth anything. */
#define INSIDE 0.6
#define INSIDE_LAST_DAY 0.45

static bool is_near(const struct tl_chain *chain, uint32_t expiry)
{
    return chain->expiries[expiry].day - chain->trade_day <= NEAR_DAYS;
}

static bool is_last_day(const struct tl_chain *chain, uint32_t expiry)
{
    return chain->expiries[expiry].day == chain->trade_day;
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
static double last_day_shrink(double left)
{
    return tl_sqrt(0.04 + 1.6 * left);
}

/* What expires today finds fewer takers in its last half hours, as there is little left to trade. */
static double last_day_share(double left)
{
    double gone = 1 - left, cube = gone * gone * gone;
    return 1 - 0.12 * cube * cube;
}

/* Share of the session that is left. */
static double left_of(const struct tl_second *second)
{
    const struct tl_session_state *session = second->session;
    double left = (double)(session->session_end_s - second->second) /
                  (double)(session->session_end_s - session->session_start_s);
    return tl_clamp(left, 0, 1);
}

/* How the moment tilts the flow of an expiry. */
static double tilt_of(const struct tl_option_picker *picker, uint32_t expiry)
{
    const struct tl_chain *chain = picker->chain;
    double tilt = is_near(chain, expiry) ? picker->near : 1;
    if (is_last_day(chain, expiry)) tilt *= picker->last_share;
    return expiry == picker->aligned ? tilt * picker->event : tilt;
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
    picker->call_up = fund ? 0.77 : 0.805;
    picker->put_down = fund ? 0.82 : 0.67;
    picker->fade = fund ? 0.8 : 1.3;
    double money = tl_clamp(latent->near_money, 0.5, 2);
    picker->width = tl_exp(TL_STRIKES_FOLLOW * latent->atm_iv_log) / money;
    picker->open_width = tl_exp(TL_STRIKES_FOLLOW * chain->iv_log);
    picker->last_day = last_day_shrink(left_of(second));
    picker->last_share = last_day_share(left_of(second));
    picker->near = tl_clamp(latent->short_dated, 0.25, 4);
    picker->aligned = expiry_after_event(second);
    picker->event = tl_max(latent->event_expiry, 0.25);
    /* The third power: what families keep and packages add (half of all prints) has no tilt of its own.
     * Who buys a stock's calls in a chase does not buy the index's (O4 holds on any day). */
    picker->above = fund ? call_tilt : call_tilt * call_tilt * call_tilt;
    picker->below = put_tilt;
    picker->keep = 1 / (tl_max(picker->near, 1) * tl_max(picker->event, 1) *
                        tl_max(tl_max(picker->above, put_tilt), 1));
    double sum = 0;
    for (uint32_t e = 0; e < chain->expiry_count; e++) {
        sum += chain->expiry_share[e] * tilt_of(picker, e);
        picker->cumulative[e] = sum;
    }
}

/* Mean distance of an expiry's strikes on one side of the spot, in log moneyness. */
static double width_of(const struct tl_option_picker *picker, uint32_t expiry, bool up)
{
    const struct tl_chain *chain = picker->chain;
    double width = chain->width[!up][expiry] * picker->width;
    return is_last_day(chain, expiry) ? width * picker->last_day : width;
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

static int32_t milli_of(double usd)
{
    return (int32_t)tl_clamp(usd * 1000, 1, 2e9);
}

/* One of an expiry's strikes [low, high), low < high, by liking. */
static uint32_t pick_liked(const double *liked, uint32_t low, uint32_t high, struct tl_rng *rng)
{
    double from = low > 0 ? liked[low - 1] : 0;
    double at = from + tl_rng_uniform(rng) * (liked[high - 1] - from);
    uint32_t left = high - 1 - low; /* the last one takes what is left */
    for (; left > 1; left -= left / 2)
        low += left / 2 & -(uint32_t)(liked[low + left / 2 - 1] < at);
    return low + (left == 1 && liked[low] < at);
}

/* What a pick has settled before its strike. */
struct wanted {
    uint8_t expiry;
    bool up;
    char right;
    double strike, reach; /* USD: where the law points, and how far a better liked one may lie */
};

/* The nearer of the two strikes about the wanted one; spot: the first strike above the spot. */
static uint8_t pick_nearest(const struct tl_chain *chain, const struct wanted *wanted,
                            uint32_t spot)
{
    int32_t at = milli_of(wanted->strike);
    uint32_t last = chain->expiries[wanted->expiry].strike_count - 1;
    uint32_t above = tl_chain_strike_at(chain, wanted->expiry, at);
    if (above > last) above = last;
    uint32_t below = above > 0 ? above - 1 : 0;
    if (wanted->up && below < spot) return (uint8_t)above;
    if (!wanted->up && above >= spot) return (uint8_t)below;
    bool nearer = tl_chain_strike_milli(chain, wanted->expiry, above) - at <
                  at - tl_chain_strike_milli(chain, wanted->expiry, below);
    return (uint8_t)(nearer ? above : below);
}

/* Whether the strike just across the spot is nearer to the wanted one than the first on its own side:
 * what is wanted at the money is traded at the money, a few cents in it or out of it. */
static bool is_across(const struct tl_chain *chain, const struct wanted *wanted, uint32_t spot)
{
    if (spot == 0 || spot >= chain->expiries[wanted->expiry].strike_count) return false;
    int32_t at = milli_of(wanted->strike);
    int32_t above = tl_chain_strike_milli(chain, wanted->expiry, spot) - at;
    int32_t below = at - tl_chain_strike_milli(chain, wanted->expiry, spot - 1);
    return wanted->up ? below < above : above < below;
}

/* Among the strikes within reach and on the wanted side of the spot, by liking. The reach is one of
 * the law's own widths: liking must not carry the flow out to where nothing trades (SCORECARD O5). */
static uint8_t pick_strike(const struct tl_option_picker *picker, const struct wanted *wanted,
                           struct tl_rng *rng)
{
    const struct tl_chain *chain = picker->chain;
    uint32_t expiry = wanted->expiry;
    uint32_t spot = tl_chain_strike_at(chain, expiry, milli_of(picker->spot) + 1);
    uint32_t low = tl_chain_strike_at(chain, expiry, milli_of(wanted->strike - wanted->reach));
    uint32_t high = tl_chain_strike_at(chain, expiry, milli_of(wanted->strike + wanted->reach));
    bool across = is_across(chain, wanted, spot);
    if (wanted->up && low + across < spot) low = spot - across;
    if (!wanted->up && high > spot + across) high = spot + across;
    if (high < low + 2) return pick_nearest(chain, wanted, spot);
    const double *liked = chain->liked[wanted->right == 'P'] + chain->expiries[expiry].first;
    return (uint8_t)pick_liked(liked, low, high, rng);
}

/* Whether the latent state leaves a hot contract its flow: what it tilts away goes back to the law
 * outside the list, which has the same tilts. */
static bool is_hot_wanted(const struct tl_option_picker *picker, const struct tl_chain_hot *hot,
                          struct tl_rng *rng)
{
    double keep = picker->keep * tilt_of(picker, hot->expiry);
    keep *= (double)hot->log_strike > picker->log_spot ? picker->above : picker->below;
    return keep >= 1 || tl_rng_uniform(rng) < keep;
}

/* Whether a hot contract still lies where its flow wants to be. It fades as the spot leaves it and
 * as a last day runs out, by the law's own density, and gains nothing when the spot comes near, for
 * the draws it would gain go to the law around the spot. */
static bool is_hot_still(const struct tl_option_picker *picker, const struct tl_chain_hot *hot,
                         struct tl_rng *rng)
{
    const struct tl_chain *chain = picker->chain;
    double then = (double)hot->log_strike, now = then - picker->log_spot;
    double open_width = chain->width[then < 0][hot->expiry] * picker->open_width;
    double width = width_of(picker, hot->expiry, now > 0);
    /* A contract that has crossed the spot is another one: in the money. */
    double away = now * then < 0 ? tl_abs(now - then) / width
                                 : tl_abs(now) / width - tl_abs(then) / open_width;
    return away <= 0 || tl_rng_uniform(rng) < tl_exp(-away / picker->fade);
}

/* Distance from the spot in widths: exponential, for some of the flow 2.5 times as far, for the 95 %
 * quantiles of real distances are three times the 75 % ones (SCORECARD O5). */
static double distance_draw(struct tl_rng *rng)
{
    double once = tl_rng_exponential(rng);
    return tl_rng_uniform(rng) < 0.84 ? once : 2.5 * once;
}

/* The strike of a pick by the law around the spot. */
static struct tl_option_choice pick_around(const struct tl_option_picker *picker, uint8_t expiry,
                                           bool up, char right, struct tl_rng *rng)
{
    double width = width_of(picker, expiry, up);
    if (up != (right == 'C'))
        width *= is_last_day(picker->chain, expiry) ? INSIDE_LAST_DAY : INSIDE;
    double k = width * distance_draw(rng);
    double strike = picker->spot * tl_exp(tl_clamp(up ? k : -k, -2, 2));
    struct wanted wanted = {expiry, up, right, strike, picker->spot * width * REACH_WIDTHS};
    return (struct tl_option_choice){expiry, pick_strike(picker, &wanted, rng), right};
}

struct tl_option_choice tl_option_pick(const struct tl_option_picker *picker, struct tl_rng *rng)
{
    const struct tl_chain *chain = picker->chain;
    if (chain->hot_count > 0 && tl_rng_uniform(rng) < chain->hot_share) {
        uint32_t rank = chain->hot_rank[tl_rng_below(rng, TL_CHAIN_HOT_CELLS)];
        const struct tl_chain_hot *hot = &chain->hot[rank];
        if (is_hot_wanted(picker, hot, rng)) {
            if (is_hot_still(picker, hot, rng))
                return (struct tl_option_choice){hot->expiry, hot->strike, hot->right};
            /* Its flow follows the spot within the expiry and the right. */
            bool call = hot->right == 'C';
            bool out = tl_rng_uniform(rng) < (call ? picker->call_up : picker->put_down);
            return pick_around(picker, hot->expiry, call == out, hot->right, rng);
        }
    }
    uint8_t expiry = pick_expiry(picker, rng);
    bool up = pick_up(picker, expiry, rng);
    double u = tl_rng_uniform(rng);
    char right = up ? (u < picker->call_up ? 'C' : 'P') : (u < picker->put_down ? 'P' : 'C');
    return pick_around(picker, expiry, up, right, rng);
}

/* How many steps (from 1) to a liked strike on one side, within reach; always two to choose from. */
int tl_option_pick_distance(const struct tl_chain *chain, struct tl_option_choice from, int step,
                            struct tl_rng *rng)
{
    const struct tl_expiry *expiry = &chain->expiries[from.expiry];
    int32_t at = tl_chain_strike_milli(chain, from.expiry, from.strike);
    int32_t reach = (int32_t)(REACH_WIDTHS * at * chain->width[step < 0][from.expiry]);
    uint32_t here = from.strike, low = here + 1, high = here;
    if (step > 0) {
        high = tl_chain_strike_at(chain, from.expiry, at + reach + 1);
        if (high < low + 2) high = low + 2;
        if (high > expiry->strike_count) high = expiry->strike_count;
    } else {
        low = tl_chain_strike_at(chain, from.expiry, at - reach);
        if (low + 2 > high) low = high > 2 ? high - 2 : 0;
    }
    if (low >= high) return 1;
    uint32_t to = pick_liked(chain->liked[from.right == 'P'] + expiry->first, low, high, rng);
    return to > here ? (int)(to - here) : (int)(here - to);
}

struct tl_option_choice tl_option_pick_near(const struct tl_option_picker *picker,
                                            struct tl_option_choice from, struct tl_rng *rng)
{
    double strike = (double)tl_chain_strike_milli(picker->chain, from.expiry, from.strike) * 1e-3;
    bool up = strike > picker->spot;
    double reach = picker->spot * width_of(picker, from.expiry, up) * REACH_WIDTHS;
    struct wanted wanted = {from.expiry, up, from.right, strike, reach};
    from.strike = pick_strike(picker, &wanted, rng);
    return from;
}
