/* SPDX-License-Identifier: Apache-2.0
 * From a parent order to its prints.
 *
 * On exchange a parent sweeps: one to several prints, 50 to 300 us apart, at the touch of its side;
 * wider spreads have hidden midpoints and improved prices (SCORECARD E42). Off exchange it is one
 * print, reported through a TRF some milliseconds later: at the touch, at the midpoint, improved by
 * a sub-penny amount, or at a reference price of earlier (E40, E41, CALIBRATION B.5). A parent's
 * draws start at its own place in the second's counter space. */
#include "tape/equity_print.h"

#include "base/math.h"
#include "base/rng.h"
#include "tape/equity_size.h"
#include "tape/equity_venue.h"

#define LIT_PRINTS_MEAN 1.80    /* of fan_draw */
#define OFF_PARENTS 0.98        /* share of volume -> share of parents (sizes differ) */
#define BLOCK_SHARE 0.035       /* of prints off exchange */
#define DRAWS_PER_PARENT 48     /* spacing of parents in the counter space */
#define FAN_MAX 12              /* prints of one sweep */
#define REPORT_DELAY_S_MAX 10.0 /* TRF rule */

static double off_parent_share(const struct tl_latent *latent)
{
    return tl_clamp(latent->off_exchange * OFF_PARENTS, 0.05, 0.85);
}

double tl_equity_prints_per_parent(const struct tl_latent *latent)
{
    double off = off_parent_share(latent);
    return off + (1.0 - off) * LIT_PRINTS_MEAN;
}

static void print_add(struct tl_equity_prints *prints, const struct tl_equity_print *print)
{
    if (prints->count < prints->capacity)
        prints->items[prints->count++] = *print;
    else
        prints->dropped++;
}

/* Prints of one lit parent: 1 .62, 2 .18, 3 .09, then a geometric tail; mean 1.8. */
static uint32_t fan_draw(struct tl_rng *rng)
{
    double u = tl_rng_uniform(rng);
    if (u < 0.62) return 1;
    if (u < 0.80) return 2;
    if (u < 0.89) return 3;
    double tail = 4.0 + 1.6 * tl_rng_exponential(rng);
    return tail < FAN_MAX ? (uint32_t)tail : FAN_MAX;
}

/* Colo to tape: 150 to 700 us, rarely more. */
static tl_ns lit_delay(struct tl_rng *rng)
{
    return (tl_ns)(150000.0 + 180000.0 * tl_min(tl_rng_exponential(rng), 8.0));
}

/* TRF: log-normal, median 8 ms, p99 about 1 s; two in a thousand late by seconds. */
static tl_ns off_delay(struct tl_rng *rng, uint32_t *marks)
{
    if (tl_rng_uniform(rng) < 0.002) {
        *marks |= TL_MARK_LATE;
        return (tl_ns)(1e9 * (1.0 + (REPORT_DELAY_S_MAX - 1.0) * tl_rng_uniform(rng)));
    }
    double seconds = 0.008 * tl_exp(2.05 * tl_rng_normal(rng));
    return (tl_ns)(1e9 * tl_min(seconds, 0.9 * REPORT_DELAY_S_MAX));
}

static tl_px touch(const struct tl_quote_point *quote, int side)
{
    return side > 0 ? quote->ask : quote->bid;
}

/* Inside a spread of several ticks: nearer to the aggressor's touch, round cents more often. */
static tl_px inside_price(struct tl_rng *rng, const struct tl_quote_point *quote, int side,
                          tl_px tick)
{
    int64_t ticks = (quote->ask - quote->bid) / tick;
    double u = tl_rng_uniform(rng);
    int64_t off = 1 + (int64_t)(u * u * (double)(ticks - 1));
    tl_px price = touch(quote, side) - side * off * tick;
    if (ticks >= 4 && tl_rng_uniform(rng) < 0.3) {
        tl_px round = (price + 250) / 500 * 500;
        if (round > quote->bid && round < quote->ask) return round;
    }
    return price;
}

static tl_px lit_price(struct tl_rng *rng, const struct tl_quote_point *quote, int side, tl_px tick,
                       int8_t *truth_side)
{
    int64_t ticks = (quote->ask - quote->bid) / tick;
    double u = tl_rng_uniform(rng);
    double mid = ticks <= 1 ? 0.014 : ticks < 12 ? 0.055 : 0.10;
    double inside = ticks <= 1 ? 0.0 : tl_min(0.10 + 0.016 * (double)ticks, 0.36);
    if (quote->ask <= quote->bid || u > mid + inside) return touch(quote, side);
    if (u > mid) return inside_price(rng, quote, side, tick);
    *truth_side = 0;
    return (quote->bid + quote->ask) / 2;
}

/* Sub-penny improvement, 1e-4 USD: spikes at .0001, .0005, .001, .002 (CALIBRATION B.5). */
static tl_px improvement_draw(struct tl_rng *rng)
{
    static const tl_px amounts[] = {1, 5, 10, 20, 15, 25};
    static const double weights[] = {0.34, 0.14, 0.16, 0.12, 0.05, 0.04, 0.15};
    uint32_t kind = tl_rng_pick(rng, weights, 7);
    return kind < 6 ? amounts[kind] : 1 + (tl_px)tl_rng_below(rng, 30);
}

static tl_px off_price(struct tl_rng *rng, const struct tl_second *second,
                       const struct tl_quote_point *quote, int side, uint32_t *marks)
{
    tl_px near = touch(quote, side), mid = (quote->bid + quote->ask) / 2;
    double u = tl_rng_uniform(rng);
    if (quote->ask <= quote->bid || u < 0.40) return near;
    if (u < 0.58) return mid;
    if (u < 0.965) {
        tl_px better = improvement_draw(rng);
        tl_px most = (quote->ask - quote->bid) / 2;
        /* Wide spreads: improvement grows with them, still off the penny grid. */
        if (most > 400 && tl_rng_uniform(rng) < 0.5)
            better += (tl_px)(0.5 * (double)most * tl_rng_uniform(rng));
        return near - side * (better < most ? better : most);
    }
    /* A reference price of up to a second ago, or an average: beside the quote by part of a
     * spread or of the second's own move. */
    *marks |= TL_MARK_PRIOR;
    double reach = (double)(quote->ask - quote->bid) + 2.0 * second->latent->sigma_s * (double)mid;
    tl_px price = mid + (tl_px)(reach * 0.5 * tl_rng_normal(rng));
    return price > 0 ? price : near;
}

static double odd_share(const struct tl_second *second)
{
    return tl_clamp(second->symbol->odd_lot_share * second->latent->odd_lots, 0.02, 0.97);
}

static void off_parent(struct tl_rng *rng, const struct tl_second *second,
                       const struct tl_equity_parent *parent, int side,
                       struct tl_equity_prints *prints)
{
    const struct tl_quote_point *quote = tl_quote_path_at(second->path, parent->ts);
    uint32_t marks = 0;
    struct tl_equity_print print = {.truth = {.side = (int8_t)side}};
    print.trade.executed = parent->ts;
    print.trade.venue = TL_EV_OTC;
    print.trade.off_exchange = true;
    print.trade.price = off_price(rng, second, quote, side, &marks);
    print.trade.size = tl_equity_size_draw(rng, odd_share(second), second->symbol->price);
    if (tl_rng_uniform(rng) < BLOCK_SHARE)
        print.trade.size = tl_equity_block_draw(rng, second->symbol->price);
    print.ts = parent->ts + off_delay(rng, &marks);
    tl_equity_conditions(print.trade.conditions, marks, print.trade.size);
    print_add(prints, &print);
}

static void lit_parent(struct tl_rng *rng, const struct tl_second *second,
                       const struct tl_equity_parent *parent, int side,
                       struct tl_equity_prints *prints)
{
    const struct tl_quote_point *quote = tl_quote_path_at(second->path, parent->ts);
    enum tl_equity_venue home = tl_equity_venue_home(second->symbol);
    uint32_t fan = fan_draw(rng);
    bool iso = tl_rng_uniform(rng) < (fan > 1 ? 0.66 : 0.46);
    int8_t truth_side = (int8_t)side;
    tl_px price = lit_price(rng, quote, side, second->latent->tick, &truth_side);
    /* Prints stop at the displayed queue, but a round lot finds hidden size in high-priced names. */
    tl_lots depth = side > 0 ? quote->ask_size : quote->bid_size, most = depth > 100 ? depth : 100;
    tl_ns ts = parent->ts, delay = lit_delay(rng), end = (second->second + 1) * TL_NS_PER_S;
    for (uint32_t i = 0; i < fan && ts < end; i++) {
        struct tl_equity_print print = {.ts = ts + delay, .truth = {.side = truth_side}};
        tl_lots size = tl_equity_size_draw(rng, odd_share(second), second->symbol->price);
        print.trade.executed = ts;
        print.trade.venue = (uint8_t)tl_equity_venue_draw(rng, home);
        print.trade.price = price;
        print.trade.size = size < most ? size : most;
        tl_equity_conditions(print.trade.conditions, iso ? TL_MARK_ISO : 0, print.trade.size);
        print_add(prints, &print);
        ts += 50000 + (tl_ns)(250000.0 * tl_rng_uniform(rng));
    }
}

void tl_equity_parent_print(const struct tl_second *second, const struct tl_equity_parent *parent,
                            uint32_t place, struct tl_equity_prints *prints)
{
    struct tl_rng rng =
        tl_rng_at(second->seed, TL_RNG_EQ_PRINT, second->sym, (uint64_t)second->second);
    rng.draw = place * DRAWS_PER_PARENT;
    int side = parent->sign;
    if (side == 0) {
        double buy = 0.5 + 0.5 * tl_clamp(second->latent->flow, -1.0, 1.0);
        side = tl_rng_uniform(&rng) < buy ? 1 : -1;
    }
    if (tl_rng_uniform(&rng) < off_parent_share(second->latent))
        off_parent(&rng, second, parent, side, prints);
    else
        lit_parent(&rng, second, parent, side, prints);
}

static void contingent_print(struct tl_rng *rng, const struct tl_second *second,
                             const struct tl_child *child, struct tl_equity_prints *prints,
                             const struct tl_truth *truth)
{
    const struct tl_quote_point *quote = tl_quote_path_at(second->path, child->ts);
    tl_px mid = (quote->bid + quote->ask) / 2, half = (quote->ask - quote->bid) / 2;
    struct tl_equity_print print = {.truth = *truth};
    print.trade.executed = child->ts;
    print.trade.venue = TL_EV_OTC;
    print.trade.off_exchange = true;
    print.trade.size = child->size;
    print.trade.price = mid + (tl_px)((double)(child->side * half) * child->aggression);
    tl_equity_conditions(print.trade.conditions, TL_MARK_CONTINGENT, child->size);
    print.ts = child->ts + (tl_ns)(2e6 + 6e6 * tl_rng_uniform(rng));
    print_add(prints, &print);
}

void tl_equity_child_print(const struct tl_second *second, const struct tl_child *child,
                           struct tl_equity_prints *prints)
{
    struct tl_rng rng =
        tl_rng_at(second->seed, TL_RNG_SC_CHILD, child->draw, (uint64_t)second->second);
    struct tl_truth truth = {.parent_id = child->parent_id,
                             .subtype = child->subtype,
                             .side = child->side,
                             .package = child->package};
    if (child->condition == '7') {
        contingent_print(&rng, second, child, prints, &truth);
        return;
    }
    int side = child->side >= 0 ? 1 : -1;
    enum tl_equity_venue home = tl_equity_venue_home(second->symbol);
    tl_ns ts = child->ts, end = (second->second + 1) * TL_NS_PER_S;
    tl_lots left = child->size;
    for (int i = 0; i < FAN_MAX && left > 0 && ts < end; i++) {
        const struct tl_quote_point *quote = tl_quote_path_at(second->path, ts);
        tl_lots depth = side > 0 ? quote->ask_size : quote->bid_size;
        tl_lots part = 1 + (tl_lots)((double)depth * (0.15 + 0.6 * tl_rng_uniform(&rng)));
        bool off = i == FAN_MAX - 1; /* the rest crosses inside a dealer */
        if (off || part > left) part = left;
        struct tl_equity_print print = {.truth = truth};
        print.trade.executed = ts;
        print.trade.off_exchange = off;
        print.trade.venue = (uint8_t)(off ? TL_EV_OTC : tl_equity_venue_draw(&rng, home));
        print.trade.price = touch(quote, side);
        print.trade.size = part;
        print.ts = ts + lit_delay(&rng);
        tl_equity_conditions(print.trade.conditions, off ? 0 : TL_MARK_ISO, part);
        print_add(prints, &print);
        left -= part;
        ts += 40000 + (tl_ns)(200000.0 * tl_rng_exponential(&rng));
    }
}

void tl_equity_auction_print(const struct tl_second *second, bool closing,
                             struct tl_equity_prints *prints)
{
    struct tl_rng rng =
        tl_rng_at(second->seed, TL_RNG_EQ_SIZE, second->sym, (uint64_t)second->second);
    double share = closing ? (second->symbol->is_etf ? 0.008 : 0.075) : 0.012;
    double size = second->symbol->adv_shares * share * tl_exp(0.3 * tl_rng_normal(&rng));
    double u = closing ? 0.93 + 0.06 * tl_rng_uniform(&rng) : 0.02 + 0.6 * tl_rng_uniform(&rng);
    struct tl_equity_print print = {0};
    print.trade.executed = second->second * TL_NS_PER_S + (tl_ns)(u * 1e9);
    const struct tl_quote_point *quote = tl_quote_path_at(second->path, print.trade.executed);
    print.trade.price = tl_rng_u32(&rng) & 1 ? quote->bid : quote->ask;
    print.trade.size = (tl_lots)tl_clamp(size, 1.0, 2e9);
    print.trade.venue = (uint8_t)tl_equity_venue_home(second->symbol);
    print.ts = print.trade.executed + lit_delay(&rng);
    tl_equity_conditions(print.trade.conditions, closing ? TL_MARK_CLOSING : TL_MARK_OPENING,
                         print.trade.size);
    print_add(prints, &print);
}
