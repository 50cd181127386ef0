/* SPDX-License-Identifier: Apache-2.0
 * Where in the market an option order trades (SCORECARD O12, O24, O25).
 *
 * A small order is often improved: by an increment at least, in cents in auctions and packages, on the
 * class's grid on a book; so nothing is better than the touch in a market one increment wide, and
 * a market of two has its mid. What is large takes the touch or is negotiated about four fifths of
 * the way from the mid to it, and its price is rounded without bias.
 *
 * The shares are calibrated: at a touch .28 to .36 a side, at the mid .08 to .14, inside .18 to .28
 * of all prints (O25, of which two fifths are in markets one cent wide), and effective over quoted
 * spread .75 to .85 by volume (O24), which large orders decide. */
#include "tape/option_place.h"

#include "base/math.h"

#define SMALL_LOTS 10   /* as NYSE and others tell retail orders */
#define AUCTION_LOTS 50 /* below, a price improvement mechanism has to improve */

/* At the aggressor's touch, at the mid, through the touch by a tick; the rest is inside. */
struct shares {
    double touch, mid, through;
};

static const struct shares small_shares[TL_OM_COUNT] = {
    [TL_OM_AUTO] = {.004, .006, .006},      [TL_OM_REGULAR] = {.004, .006, .02},
    [TL_OM_ISO] = {.90, .02, .02},          [TL_OM_SWEEP] = {.89, .01, .03},
    [TL_OM_AUCTION] = {.02, .02, 0},        [TL_OM_AUCTION_ISO] = {.40, .15, .01},
    [TL_OM_CROSS] = {.30, .20, 0},          [TL_OM_FLOOR] = {.40, .15, .02},
    [TL_OM_BOOK] = {.06, .04, .01},         [TL_OM_MULTI_AUCTION] = {.05, .06, .005},
    [TL_OM_MULTI_CROSS] = {.30, .20, .005}, [TL_OM_MULTI_FLOOR] = {.35, .15, .02},
    [TL_OM_MULTI_SINGLE] = {.20, .08, .01}, [TL_OM_STOCK_TIED] = {.20, .30, .01},
};
static const struct shares large_shares = {.46, .04, .02};

static bool is_small(enum tl_option_mechanism mechanism, tl_lots lots)
{
    return lots <= SMALL_LOTS || (mechanism == TL_OM_AUCTION && lots < AUCTION_LOTS) ||
           mechanism == TL_OM_ISO || mechanism == TL_OM_SWEEP;
}

struct tl_option_place tl_option_place_inside(struct tl_rng *rng,
                                              enum tl_option_mechanism mechanism, tl_lots lots,
                                              int8_t side)
{
    double v = tl_rng_uniform(rng), sign = side < 0 ? -1 : 1;
    if (!is_small(mechanism, lots))
        return (struct tl_option_place){sign * (0.60 + 0.38 * v), false};
    return (struct tl_option_place){sign * (0.95 - 0.6 * v * v), true}; /* mostly little */
}

struct tl_option_place tl_option_place_draw(struct tl_rng *rng, enum tl_option_mechanism mechanism,
                                            tl_lots lots, int8_t side)
{
    const struct shares *shares =
        is_small(mechanism, lots) ? &small_shares[mechanism] : &large_shares;
    double u = tl_rng_uniform(rng), sign = side < 0 ? -1 : 1;
    if (u < shares->touch) return (struct tl_option_place){sign, false};
    u -= shares->touch;
    if (u < shares->mid) return (struct tl_option_place){0, false};
    u -= shares->mid;
    if (u < shares->through) return (struct tl_option_place){2 * sign, false};
    return tl_option_place_inside(rng, mechanism, lots, side);
}

static tl_px step_of(const struct tl_option_market *market, double price)
{
    return market->electronic ? tl_option_grid(market->option_class, (tl_px)price) : 100;
}

/* Whole increments better than the touch, one at least; the mid at best, and where one increment is
 * all there is to the mid, in five of six cases. */
static tl_px improved(const struct tl_option_market *market, double place, double u)
{
    double half = 0.5 * (double)(market->ask - market->bid);
    tl_px step = step_of(market, (double)market->bid + half);
    tl_px most = (tl_px)half / step, steps = 1 + (tl_px)((1 - tl_abs(place)) * half / (double)step);
    if (steps > most) steps = most;
    if (u * (double)step > half - 0.17 * (double)step) steps = 0;
    tl_px price = place > 0 ? market->ask - steps * step : market->bid + steps * step;
    return price - price % step_of(market, (double)price); /* across 3 USD the step changes */
}

tl_px tl_option_place_price(const struct tl_option_market *market, struct tl_option_place place,
                            double u)
{
    tl_px price;
    if (place.at >= 1) {
        price = market->ask;
        for (int tick = 0; tick < (int)(place.at - 1 + 1e-9) && tick < 20; tick++)
            price += tl_option_grid(market->option_class, price);
        return price;
    }
    if (place.at <= -1) {
        price = market->bid;
        for (int tick = 0; tick < (int)(-place.at - 1 + 1e-9) && tick < 20; tick++)
            price -= tl_option_grid(market->option_class, price - 1);
        return price;
    }
    if (place.improves) {
        price = improved(market, place.at, u);
    } else {
        double at =
            (double)market->bid + 0.5 * (double)(market->ask - market->bid) * (1 + place.at);
        tl_px step = step_of(market, at);
        price = (tl_px)(at / (double)step + u) * step;
    }
    if (price > market->ask) return market->ask;
    return price < market->bid ? market->bid : price;
}
