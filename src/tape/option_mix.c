/* SPDX-License-Identifier: Apache-2.0
 * Constant tables behind option orders, from CALIBRATION B.3 (condition mix by prints), B.4 (venue
 * shares), B.5 (size atoms) and SCORECARD O8 to O13, O25.
 *
 * The mix is measured by prints; orders are drawn, so each weight is the share of prints over the
 * prints an order makes (a sweep about 3.8, a package about 2.35).
 * Limits: the shares are the market's, the same for all classes. */
#include "tape/option_mix.h"

#include <stddef.h>

#include "base/math.h"

#define LEGS_MEAN 2.35
#define SWEEP_MEAN 3.8

/* Orders, not prints. */
static const double order_weight[TL_OM_COUNT] = {
    [TL_OM_AUTO] = 0.520,          [TL_OM_REGULAR] = 0.006,      [TL_OM_ISO] = 0.030,
    [TL_OM_SWEEP] = 0.037,         [TL_OM_AUCTION] = 0.130,      [TL_OM_AUCTION_ISO] = 0.003,
    [TL_OM_CROSS] = 0.003,         [TL_OM_FLOOR] = 0.0011,       [TL_OM_BOOK] = 0.034,
    [TL_OM_MULTI_AUCTION] = 0.015, [TL_OM_MULTI_CROSS] = 0.0013, [TL_OM_MULTI_FLOOR] = 0.0009,
    [TL_OM_MULTI_SINGLE] = 0.019,  [TL_OM_STOCK_TIED] = 0.004,
};

bool tl_option_mechanism_is_package(enum tl_option_mechanism mechanism)
{
    return mechanism >= TL_OM_BOOK && mechanism <= TL_OM_MULTI_SINGLE;
}

double tl_option_prints_per_order(double multi_leg)
{
    double tilt = tl_clamp(multi_leg, 0.2, 4), orders = 0, prints = 0;
    for (int m = 0; m < TL_OM_COUNT; m++) {
        bool package = tl_option_mechanism_is_package((enum tl_option_mechanism)m);
        double weight = order_weight[m] * (package ? tilt : 1);
        orders += weight;
        prints += weight * (package ? LEGS_MEAN : m == TL_OM_SWEEP ? SWEEP_MEAN : 1);
    }
    return prints / orders;
}

enum tl_option_mechanism tl_option_mechanism_draw(struct tl_rng *rng, double multi_leg)
{
    double tilt = tl_clamp(multi_leg, 0.2, 4);
    /* Packages last, so that most draws end in the first few steps. */
    double single = 0, package = 0;
    for (int m = 0; m < TL_OM_COUNT; m++) {
        if (tl_option_mechanism_is_package((enum tl_option_mechanism)m))
            package += order_weight[m];
        else
            single += order_weight[m];
    }
    double at = tl_rng_uniform(rng) * (single + tilt * package);
    for (int m = 0; m < TL_OM_COUNT; m++) {
        double weight = order_weight[m];
        if (tl_option_mechanism_is_package((enum tl_option_mechanism)m)) weight *= tilt;
        if (at < weight) return (enum tl_option_mechanism)m;
        at -= weight;
    }
    return TL_OM_AUTO;
}

char tl_option_mechanism_condition(enum tl_option_mechanism mechanism)
{
    static const char codes[TL_OM_COUNT + 1] = "I SSabcefghijn";
    return mechanism < TL_OM_COUNT ? codes[mechanism] : 'I';
}

enum tl_option_mechanism tl_option_mechanism_of(char condition, bool multi_venue, bool package)
{
    switch (condition) {
    case 'S':
        return multi_venue ? TL_OM_SWEEP : TL_OM_ISO;
    case 'a':
        return TL_OM_AUCTION;
    case 'b':
        return TL_OM_AUCTION_ISO;
    case 'c':
    case 'd':
        return TL_OM_CROSS;
    case 'e':
        return TL_OM_FLOOR;
    case 'f':
        return TL_OM_BOOK;
    case 'g':
    case 'l':
        return TL_OM_MULTI_AUCTION;
    case 'h':
        return TL_OM_MULTI_CROSS;
    case 'i':
    case 'm':
        return TL_OM_MULTI_FLOOR;
    case 'j':
        return TL_OM_MULTI_SINGLE;
    case 'k':
    case 'n':
    case 'o':
    case 'p':
    case 'q':
    case 'r':
    case 's':
        return TL_OM_STOCK_TIED;
    case ' ':
        break;
    default:
        return TL_OM_AUTO;
    }
    if (package) return TL_OM_BOOK;
    return multi_venue ? TL_OM_SWEEP : TL_OM_AUTO;
}

/* Negotiated blocks: crosses, floor, large complex orders. */
static tl_lots block_size(struct tl_rng *rng, double scale)
{
    static const double atoms[] = {50, 100, 100, 150, 200, 250, 300, 500, 500, 1000};
    double u = tl_rng_uniform(rng);
    double size = u < 0.7 ? atoms[tl_rng_below(rng, 10)] : tl_floor(40 * tl_rng_pareto(rng, 1.3));
    size *= scale;
    return (tl_lots)tl_clamp(size, 1, 20000);
}

/* A uniform index over 4 6 7 8 9 11 .. 49 with weight n^-1.6, by inverse of the continuous law. */
static tl_lots ragged_size(struct tl_rng *rng)
{
    double v = 1 - tl_rng_uniform(rng) * 0.778; /* 1 - (4/49)^0.6 */
    return (tl_lots)(4 * tl_pow(v, -1.0 / 0.6));
}

static tl_lots tail_size(struct tl_rng *rng)
{
    static const tl_lots atoms[] = {20, 25, 50, 100, 200, 500, 1000};
    static const double weights[] = {.33, .20, .18, .14, .036, .009, .003};
    double at = tl_rng_uniform(rng);
    for (size_t i = 0; i < sizeof atoms / sizeof atoms[0]; i++) {
        if (at < weights[i]) return atoms[i];
        at -= weights[i];
    }
    return (tl_lots)tl_min(20 * tl_rng_pareto(rng, 1.4), 3000);
}

static tl_lots plain_size(struct tl_rng *rng, enum tl_option_mechanism mechanism)
{
    double tail = 0.04;
    switch (mechanism) {
    case TL_OM_CROSS:
        return block_size(rng, 0.35);
    case TL_OM_FLOOR:
    case TL_OM_MULTI_FLOOR:
        return block_size(rng, 0.6);
    case TL_OM_MULTI_CROSS:
        return block_size(rng, 0.25);
    case TL_OM_SWEEP:
        tail = 0.22;
        break; /* of the whole order, before it is split */
    case TL_OM_MULTI_AUCTION:
        tail = 0.09;
        break;
    case TL_OM_AUTO:
    case TL_OM_REGULAR:
        tail = 0.035;
        break;
    case TL_OM_STOCK_TIED:
        tail = 0.25;
        break;
    case TL_OM_ISO:
    case TL_OM_AUCTION:
    case TL_OM_AUCTION_ISO:
    case TL_OM_BOOK:
    case TL_OM_MULTI_SINGLE:
    case TL_OM_COUNT:
        break;
    }
    double u = tl_rng_uniform(rng);
    if (u < tail) return tail_size(rng);
    u = (u - tail) / (1 - tail);
    if (u < 0.50) return 1;
    if (u < 0.63) return 2;
    if (u < 0.69) return 3;
    if (u < 0.77) return 5;
    if (u < 0.86) return 10;
    return ragged_size(rng);
}

tl_lots tl_option_size_draw(struct tl_rng *rng, enum tl_option_mechanism mechanism, double lots)
{
    tl_lots size = plain_size(rng, mechanism);
    double tilt = lots - 1;
    if (tilt == 0 || tl_rng_uniform(rng) >= tl_abs(tilt)) return size;
    tl_lots other = plain_size(rng, mechanism);
    return (tilt > 0) == (other > size) ? other : size;
}

double tl_option_place_draw(struct tl_rng *rng, enum tl_option_mechanism mechanism, int8_t side)
{
    /* At the aggressor's touch, at the mid, through the touch by a tick; the rest is inside. */
    static const struct {
        double touch, mid, through;
    } table[TL_OM_COUNT] = {
        [TL_OM_AUTO] = {.69, .09, .008},        [TL_OM_REGULAR] = {.50, .20, .03},
        [TL_OM_ISO] = {.90, .02, .02},          [TL_OM_SWEEP] = {.88, .01, .03},
        [TL_OM_AUCTION] = {.17, .27, .003},     [TL_OM_AUCTION_ISO] = {.40, .20, .01},
        [TL_OM_CROSS] = {.10, .35, 0},          [TL_OM_FLOOR] = {.15, .25, .02},
        [TL_OM_BOOK] = {.26, .18, .02},         [TL_OM_MULTI_AUCTION] = {.20, .25, .01},
        [TL_OM_MULTI_CROSS] = {.10, .35, .01},  [TL_OM_MULTI_FLOOR] = {.15, .25, .03},
        [TL_OM_MULTI_SINGLE] = {.62, .10, .01}, [TL_OM_STOCK_TIED] = {.20, .35, .01},
    };
    double u = tl_rng_uniform(rng), sign = side < 0 ? -1 : 1;
    if (u < table[mechanism].touch) return sign;
    u -= table[mechanism].touch;
    if (u < table[mechanism].mid) return 0;
    u -= table[mechanism].mid;
    if (u < table[mechanism].through) return sign * 2;
    /* Inside: mostly on the aggressor's half, a little on the other. */
    return sign * (1.0 - 1.3 * tl_rng_uniform(rng));
}

/* Shares in 1/1000 in the order of enum tl_option_venue: CBOE PHLX ARCA AMEX ISE EDGX NOM BOX BZX
 * MIAX GEMX C2 EMLD PEARL MRX MEMX SPHR BX. */
static const uint16_t venue_all[TL_OV_COUNT] = {105, 105, 100, 85, 65, 65, 50, 65, 45,
                                                60,  40,  30,  40, 30, 35, 40, 30, 10};
static const uint16_t venue_auction[TL_OV_COUNT] = {125, 120, 30, 125, 85, 100, 8, 120, 5,
                                                    95,  10,  3,  25,  8,  65,  6, 65,  5};
static const uint16_t venue_taker[TL_OV_COUNT] = {70, 70, 160, 35, 30, 40, 110, 10, 105,
                                                  30, 75, 60,  35, 65, 15, 80,  5,  5};
static const uint16_t venue_floor[TL_OV_COUNT] = {340, 270, 110, 70, 0, 0, 0, 180, 0,
                                                  0,   0,   0,   0,  0, 0, 0, 30,  0};
static const uint16_t venue_complex[TL_OV_COUNT] = {190, 150, 60, 90, 110, 60, 0, 80, 0,
                                                    110, 15,  10, 45, 0,   45, 0, 35, 0};

enum tl_option_venue tl_option_venue_draw(struct tl_rng *rng, enum tl_option_mechanism mechanism)
{
    const uint16_t *shares = venue_all;
    switch (mechanism) {
    case TL_OM_ISO:
    case TL_OM_SWEEP:
        shares = venue_taker;
        break;
    case TL_OM_AUCTION:
    case TL_OM_AUCTION_ISO:
    case TL_OM_CROSS:
        shares = venue_auction;
        break;
    case TL_OM_FLOOR:
    case TL_OM_MULTI_FLOOR:
        shares = venue_floor;
        break;
    case TL_OM_BOOK:
    case TL_OM_MULTI_AUCTION:
    case TL_OM_MULTI_CROSS:
    case TL_OM_MULTI_SINGLE:
    case TL_OM_STOCK_TIED:
        shares = venue_complex;
        break;
    case TL_OM_AUTO:
    case TL_OM_REGULAR:
    case TL_OM_COUNT:
        break;
    }
    /* Every table sums to 1000. */
    uint32_t at = tl_rng_below(rng, 1000);
    for (uint32_t v = 0; v < TL_OV_COUNT; v++) {
        if (at < shares[v]) return (enum tl_option_venue)v;
        at -= shares[v];
    }
    return TL_OV_CBOE;
}
