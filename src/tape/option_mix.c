/* SPDX-License-Identifier: Apache-2.0
 * Constant tables behind option orders, from CALIBRATION B.3 (condition mix by prints and by
 * contracts), B.4 (venue shares), B.5 (size atoms) and SCORECARD O8 to O13, O18.
 *
 * The mix is measured by prints; orders are drawn, so each weight is the share of prints over the
 * prints an order makes: a package one a leg, a sweep one a venue and more, and whatever takes what
 * rests on one book one print a resting order, all at one instant (O18: about half of all prints
 * share their microsecond with the one before). Each print has its own size: that of what rested.
 * Weights and sizes were then calibrated so that shares of contracts are O10's, retail's is O11's and
 * sizes are O8's; that takes more small electronic prints than B.3's mix (a half).
 * Limits: the shares are the market's, the same for all classes. */
#include "tape/option_mix.h"

#include <stddef.h>

#include "base/math.h"

/* Probability that one more resting order fills the same order, in one place. */
#define AUTO_AGAIN 0.50
#define AUCTION_AGAIN 0.45
#define SWEEP_AGAIN 0.25

/* Prints an order makes: 1 / (1 - again), legs, or venues x fills. */
#define AUTO_PRINTS 1.992 /* cut at TL_OPTION_FILLS_MAX */
#define AUCTION_PRINTS 1.815
#define SWEEP_PRINTS (3.8 * 1.333)
#define LEGS 2.35

/* Orders: share of prints over prints an order. */
static const double order_weight[TL_OM_COUNT] = {
    [TL_OM_AUTO] = 0.99 / AUTO_PRINTS,
    [TL_OM_REGULAR] = 0.006 / AUTO_PRINTS,
    [TL_OM_ISO] = 0.020 / AUTO_PRINTS,
    [TL_OM_SWEEP] = 0.264 / SWEEP_PRINTS,
    [TL_OM_AUCTION] = 0.339 / AUCTION_PRINTS,
    [TL_OM_AUCTION_ISO] = 0.002 / AUCTION_PRINTS,
    [TL_OM_CROSS] = 0.0074,
    [TL_OM_FLOOR] = 0.0036,
    [TL_OM_BOOK] = 0.081 / LEGS,
    [TL_OM_MULTI_AUCTION] = 0.042 / LEGS,
    [TL_OM_MULTI_CROSS] = 0.003 / LEGS,
    [TL_OM_MULTI_FLOOR] = 0.0037 / LEGS,
    [TL_OM_MULTI_SINGLE] = 0.058 / LEGS,
    [TL_OM_STOCK_TIED] = 0.0085,
};

static double prints_of(int mechanism)
{
    if (tl_option_mechanism_is_package((enum tl_option_mechanism)mechanism)) return LEGS;
    if (mechanism == TL_OM_SWEEP) return SWEEP_PRINTS;
    if (mechanism <= TL_OM_ISO) return AUTO_PRINTS;
    return mechanism <= TL_OM_AUCTION_ISO ? AUCTION_PRINTS : 1;
}

uint32_t tl_option_fills_draw(struct tl_rng *rng, enum tl_option_mechanism mechanism)
{
    double again = mechanism == TL_OM_SWEEP         ? SWEEP_AGAIN
                   : mechanism <= TL_OM_ISO         ? AUTO_AGAIN
                   : mechanism <= TL_OM_AUCTION_ISO ? AUCTION_AGAIN
                                                    : 0;
    if (!(again > 0)) return 1;
    double u = tl_rng_uniform(rng), at = again;
    uint32_t fills = 1;
    for (; fills < TL_OPTION_FILLS_MAX && u < at; at *= again)
        fills++;
    return fills;
}

bool tl_option_mechanism_is_package(enum tl_option_mechanism mechanism)
{
    return mechanism >= TL_OM_BOOK && mechanism <= TL_OM_MULTI_SINGLE;
}

double tl_option_prints_per_order(double multi_leg)
{
    double tilt = tl_clamp(multi_leg, 0.2, 4), orders = 0, prints = 0;
#pragma GCC unroll 14 /* so that the weights are constants of the code */
    for (int m = 0; m < TL_OM_COUNT; m++) {
        bool package = tl_option_mechanism_is_package((enum tl_option_mechanism)m);
        double weight = order_weight[m] * (package ? tilt : 1);
        orders += weight;
        prints += weight * prints_of(m);
    }
    return prints / orders;
}

enum tl_option_mechanism tl_option_mechanism_draw(struct tl_rng *rng, double multi_leg)
{
    double tilt = tl_clamp(multi_leg, 0.2, 4);
    /* Packages last, so that most draws end in the first few steps. */
    double single = 0, package = 0;
#pragma GCC unroll 14
    for (int m = 0; m < TL_OM_COUNT; m++) {
        if (tl_option_mechanism_is_package((enum tl_option_mechanism)m))
            package += order_weight[m];
        else
            single += order_weight[m];
    }
    double at = tl_rng_uniform(rng) * (single + tilt * package);
#pragma GCC unroll 14
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

/* Negotiated blocks: crosses and floor. */
static tl_lots block_size(struct tl_rng *rng)
{
    static const tl_lots atoms[] = {20, 25, 50, 50, 50, 100, 100, 100, 150, 200};
    if (tl_rng_uniform(rng) < 0.85) return atoms[tl_rng_below(rng, 10)];
    return (tl_lots)tl_min(30 * tl_rng_pareto(rng, 1.4), 20000);
}

static tl_lots complex_cross_size(struct tl_rng *rng)
{
    static const tl_lots atoms[] = {5, 10, 10, 20, 25, 25, 50, 50, 100, 100};
    return atoms[tl_rng_below(rng, 10)];
}

/* Lots of 1 to 12. Ragged sizes from 4 have weight n^-1.2, by the inverse of the continuous law;
 * 5 and 10 come to about two and a half times their neighbours (SCORECARD O9). */
static tl_lots small_size(struct tl_rng *rng)
{
    double u = tl_rng_uniform(rng);
    if (u < 0.350) return 1;
    if (u < 0.522) return 2;
    if (u < 0.640) return 3;
    if (u < 0.746) return 5;
    if (u < 0.786) return 10;
    double y = 0.75786 - (u - 0.786) / 0.214 * (0.75786 - 0.59870); /* 4^-.2 to 13^-.2 */
    return (tl_lots)(1 / (y * y * y * y * y));
}

static tl_lots middle_size(struct tl_rng *rng)
{
    static const tl_lots atoms[] = {15, 20, 25, 30, 40, 50};
    static const double below[] = {.12, .31, .41, .47, .50, .58};
    double u = tl_rng_uniform(rng);
    for (int i = 0; i < 6; i++)
        if (u < below[i]) return atoms[i];
    double y = 0.59870 - (u - 0.58) / 0.42 * (0.59870 - 0.45731); /* 13^-.2 to 50^-.2 */
    return (tl_lots)(1 / (y * y * y * y * y));
}

static tl_lots large_size(struct tl_rng *rng)
{
    static const tl_lots atoms[] = {20, 25, 50, 100, 200, 500, 1000};
    static const double weights[] = {.05, .03, .12, .51, .14, .028, .010};
    double at = tl_rng_uniform(rng);
    for (size_t i = 0; i < sizeof atoms / sizeof atoms[0]; i++) {
        if (at < weights[i]) return atoms[i];
        at -= weights[i];
    }
    return (tl_lots)tl_min(20 * tl_rng_pareto(rng, 1.4), 3000);
}

static tl_lots plain_size(struct tl_rng *rng, enum tl_option_mechanism mechanism)
{
    /* Probabilities of middle and large sizes, from O10's shares of contracts over its shares of
     * prints: retail trades electronically in small lots, auctions hold the larger ones (O11). */
    static const struct {
        double middle, large;
    } law[TL_OM_COUNT] = {
        [TL_OM_AUTO] = {.008, .0002},       [TL_OM_REGULAR] = {.002, .0001},
        [TL_OM_ISO] = {.02, .01},           [TL_OM_SWEEP] = {.19, .10}, /* before it is split */
        [TL_OM_AUCTION] = {.29, .102},      [TL_OM_AUCTION_ISO] = {.29, .102},
        [TL_OM_BOOK] = {.22, .098},         [TL_OM_MULTI_AUCTION] = {.22, .093},
        [TL_OM_MULTI_SINGLE] = {.22, .065}, [TL_OM_STOCK_TIED] = {.12, .04},
    };
    if (mechanism == TL_OM_CROSS || mechanism == TL_OM_FLOOR || mechanism == TL_OM_MULTI_FLOOR)
        return block_size(rng);
    if (mechanism == TL_OM_MULTI_CROSS) return complex_cross_size(rng);
    double u = tl_rng_uniform(rng);
    if (u < law[mechanism].large) return large_size(rng);
    return u < law[mechanism].large + law[mechanism].middle ? middle_size(rng) : small_size(rng);
}

tl_lots tl_option_size_draw(struct tl_rng *rng, enum tl_option_mechanism mechanism,
                            struct tl_option_sizes sizes)
{
    tl_lots size = plain_size(rng, mechanism);
    double tilt = sizes.lots - 1;
    if (tilt != 0 && tl_rng_uniform(rng) < tl_abs(tilt)) {
        tl_lots other = plain_size(rng, mechanism);
        if ((tilt > 0) == (other > size)) size = other;
    }
    while ((double)size > sizes.most && size >= 5)
        size /= 5;
    return size;
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
