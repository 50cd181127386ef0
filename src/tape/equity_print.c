/* SPDX-License-Identifier: Apache-2.0
 * From a parent order to its prints.
 *
 * On exchange a parent meets one to several resting orders at the touch of its side, a few of them
 * at further venues 50 to 300 us later;
 * wider spreads have hidden midpoints and improved prices (SCORECARD E42). Off exchange it is one
 * print, reported through a TRF some milliseconds later: at the touch, at the midpoint, improved by
 * a sub-penny amount, or at a reference price of earlier (E40, E41, CALIBRATION B.5). A parent's
 * draws start at its own place in the second's counter space. */
#include "tape/equity_print.h"

#include "base/math.h"
#include "base/rng.h"
#include "market/calendar.h"
#include "tape/equity_size.h"
#include "tape/equity_venue.h"

#define LIT_PRINTS_MEAN 2.75 /* of a lit parent, extra_fills included */
#define FAN_MEAN 2.6
#define BLOCK_SHARE 0.050       /* of prints off exchange */
#define DRAWS_PER_PARENT 64     /* spacing of parents in the counter space */
#define FAN_MAX 12              /* prints of one sweep, without extra_fills */
#define INFORMED_LIT 0.36       /* chance that a parent of 100 shares knows the second (E47, E48) */
#define INFORMED_OFF 0.52       /* crosses and blocks, which know nothing, are among these */
#define OFF_SLICES 4            /* of a hedger's last slice: what a dealer takes at the touch */
#define NEXT_VENUE 0x0d000000u  /* chance of .05 that a fill is followed by one elsewhere */
#define REPORT_DELAY_S_MAX 10.0 /* TRF rule */

/* Share of parents from the share of volume. Lit parents make 2.7 prints, off exchange is one, of
 * about 1.6 times the size: .42 of volume is .58 of parents and .33 of prints (E39). */
static double off_parent_share(const struct tl_latent *latent)
{
    return tl_clamp(0.380 + 0.55 * latent->off_exchange, 0.05, 0.85);
}

double tl_equity_prints_per_parent(const struct tl_latent *latent)
{
    double off = off_parent_share(latent), more = latent->sweep - 1.0;
    /* Who meets one order cannot meet fewer. */
    double lit = LIT_PRINTS_MEAN + FAN_MEAN * more - (more < 0 ? 0.41 * more : 0);
    return off + (1.0 - off) * lit;
}

static void print_add(struct tl_equity_prints *prints, const struct tl_equity_print *print)
{
    if (prints->count < prints->capacity)
        prints->items[prints->count++] = *print;
    else
        prints->dropped++;
}

/* Orders rest at round prices, so a parent that trades there meets more of them (E51). */
static uint32_t extra_fills(struct tl_rng *rng, tl_px price)
{
    if (price % 1000 != 0) return 0;
    double u = tl_rng_uniform(rng);
    if (price % TL_PX_PER_USD == 0) return u < 0.55 ? 2 : 1;
    return u < 0.4 ? 1 : 0;
}

/* Resting orders one lit parent meets: 1 .41, 2 .22, 3 .13, then a geometric tail; mean 2.6. In a
 * moving market more. */
static uint32_t fan_draw(struct tl_rng *rng, double sweep)
{
    double u = tl_rng_uniform(rng), fan = u < 0.41 ? 1.0 : u < 0.63 ? 2.0 : 3.0;
    if (u >= 0.76) fan = tl_floor(4.0 + 1.8 * tl_rng_exponential(rng));
    fan = fan * sweep + tl_rng_uniform(rng);
    return (uint32_t)tl_clamp(fan, 1.0, FAN_MAX);
}

/* In a second that moves the price, orders take more of the book: a price is moved by what is taken.
 * So large orders have more impact than those whose side is as well informed (E47), and the volume
 * of a minute leans with its return (E49). 1 on the mean; of the whole second, since sizes must not
 * depend on an order's place in it. */
static double boldness_of(const struct tl_latent *latent)
{
    double move = tl_abs(latent->log_px[1] - latent->log_px[0]) / tl_max(latent->sigma_s, 1e-9);
    return 1.0 + 0.50 * (tl_min(move, 3.0) - 0.9);
}

/* Colo to tape: 150 to 700 us, rarely more. */
static tl_ns lit_delay(struct tl_rng *rng)
{
    return (tl_ns)(150000.0 + 180000.0 * tl_min(tl_rng_exponential(rng), 8.0));
}

/* TRF: log-normal, median 6 ms, p99 about 1 s; two in a thousand late by seconds. */
static tl_ns off_delay(struct tl_rng *rng, uint32_t *marks)
{
    if (tl_rng_uniform(rng) < 0.002) {
        *marks |= TL_MARK_LATE;
        return (tl_ns)(1e9 * (1.0 + (REPORT_DELAY_S_MAX - 1.0) * tl_rng_uniform(rng)));
    }
    double seconds = 0.006 * tl_exp(2.2 * tl_rng_normal(rng));
    return (tl_ns)(1e9 * tl_min(seconds, 0.9 * REPORT_DELAY_S_MAX));
}

static tl_px touch(const struct tl_quote_point *quote, int side)
{
    return side > 0 ? quote->ask : quote->bid;
}

/* Inside a spread of several ticks: mostly one tick better than the aggressor's touch, never the
 * middle, round cents more often. */
static tl_px inside_price(struct tl_rng *rng, const struct tl_quote_point *quote, int side,
                          tl_px tick)
{
    int64_t ticks = (quote->ask - quote->bid) / tick;
    double u = tl_rng_uniform(rng);
    int64_t off = 1 + (int64_t)(u * u * u * u * (double)(ticks - 1));
    if (2 * off == ticks) off--;
    tl_px price = touch(quote, side) - side * off * tick;
    if (ticks >= 4 && tl_rng_uniform(rng) < 0.3) {
        tl_px round = (price + 250) / 500 * 500;
        if (round > quote->bid && round < quote->ask) return round;
    }
    return price;
}

/* Hidden orders: midpoint pegs at any spread, improved prices from three ticks on, more of them in
 * high-priced names (E42). */
static tl_px lit_price(struct tl_rng *rng, const struct tl_second *second,
                       const struct tl_quote_point *quote, int side, int8_t *truth_side)
{
    tl_px tick = second->latent->tick;
    int64_t ticks = (quote->ask - quote->bid) / tick;
    bool high = second->symbol->price > 300.0; /* the class, not where the price has gone */
    double u = tl_rng_uniform(rng);
    /* At an even spread the middle is on the grid, where displayed orders trade too (E41, E42). */
    double mid = ticks <= 1 ? 0.026 : ticks == 2 ? 0.035 : 0.062;
    if (high && ticks > 1) mid = ticks & 1 ? 0.070 : 0.115;
    double inside = ticks <= 2 ? 0.0 : high ? 0.36 : tl_min(0.14 + 0.012 * (double)ticks, 0.30);
    if (quote->ask <= quote->bid || u > mid + inside) return touch(quote, side);
    if (u > mid) return inside_price(rng, quote, side, tick);
    *truth_side = 0;
    return (quote->bid + quote->ask) / 2;
}

/* Sub-penny improvement, 1e-4 USD, spikes as in CALIBRATION B.5, a third of the half-spread on the
 * mean at one tick (E19). Wider spreads: half of the improvements are a part of the spread, some of
 * them on the half cent (E41). Never on the grid. */
static tl_px improvement_draw(struct tl_rng *rng, tl_px most)
{
    static const tl_px amounts[] = {1, 5, 10, 20, 25, 30, 40};
    static const double weights[] = {0.08, 0.06, 0.12, 0.18, 0.12, 0.14, 0.12, 0.18};
    uint32_t kind = tl_rng_pick(rng, weights, 8);
    tl_px better = kind < 7 ? amounts[kind] : 1 + (tl_px)tl_rng_below(rng, 48);
    if (most <= 50) return better < most ? better : most;
    double u = tl_rng_uniform(rng);
    if (u < 0.20) return 50 + 100 * (tl_px)tl_rng_below(rng, (uint32_t)((most - 1) / 100 + 1));
    if (u < 0.75) better += (tl_px)(tl_rng_uniform(rng) * (double)most) / 100 * 100;
    return better < most ? better : most;
}

static tl_px off_price(struct tl_rng *rng, const struct tl_second *second,
                       const struct tl_quote_point *quote, int side, uint32_t *marks)
{
    tl_px near = touch(quote, side), mid = (quote->bid + quote->ask) / 2;
    double u = tl_rng_uniform(rng);
    if (quote->ask <= quote->bid || u < 0.380) return near;
    if (u < 0.565) return mid;
    if (u < 0.945) return near - side * improvement_draw(rng, (quote->ask - quote->bid) / 2);
    /* A reference price of up to a second ago, or an average: beside the quote by part of a
     * spread or of the second's own move. */
    *marks |= TL_MARK_PRIOR;
    double reach = (double)(quote->ask - quote->bid) + 2.0 * second->latent->sigma_s * (double)mid;
    tl_px price = mid + (tl_px)(reach * 0.75 * tl_rng_normal(rng));
    if (tl_rng_uniform(rng) < 0.3) price = price / 100 * 100; /* the reference was a quote */
    return price > 0 ? price : near;
}

static double odd_share(const struct tl_second *second)
{
    /* The tenth more below 300 $ is within the 30 % of the reference: E37's median needs it. */
    double share = second->symbol->odd_lot_share * (second->symbol->price < 300.0 ? 1.09 : 1.0);
    return tl_clamp(share * second->latent->odd_lots, 0.02, 0.97);
}

/* Mean shares of a print, over those of a stock of 300 $. */
static double usual_size(const struct tl_symbol *symbol)
{
    double prints = TL_SESSION_S * tl_max(symbol->trades_per_s, 0.01);
    return tl_clamp(symbol->adv_shares / prints / 80.0, 0.9, 8.0);
}

/* What there is to know is known by a smaller part where more trade: with the same part in all
 * names, flow explained .65 of the minutes of the busiest (E49). */
static double informed_part(const struct tl_symbol *symbol)
{
    return tl_min(0.25 + 0.75 * tl_sqrt(10.0 / tl_max(symbol->trades_per_s, 0.01)), 1.1);
}

void tl_equity_crowd_begin(struct tl_equity_crowd *crowd, const struct tl_second *second)
{
    if (crowd->symbol != second->symbol) {
        crowd->symbol = second->symbol;
        crowd->usual_size = usual_size(second->symbol);
        crowd->informed = informed_part(second->symbol);
        tl_equity_size_law_of(second->symbol->price, &crowd->size);
    }
    crowd->second = second;
    tl_equity_size_law_odd(&crowd->size, odd_share(second));
    crowd->off = off_parent_share(second->latent);
    crowd->sweep = second->latent->sweep * boldness_of(second->latent);
    crowd->ahead.middle = 0;
}

/* The wider the spread is against what a second moves, the more there is to know: it pays for what
 * the informed take (Glosten and Milgrom 1985), who then must look further ahead than a second, and
 * fewer small orders do. */
static void look_ahead(const struct tl_second *second, double middle, struct tl_equity_ahead *ahead)
{
    const struct tl_latent *latent = second->latent;
    double tick = (double)latent->tick, half = 0.5 * latent->spread_ticks * tick;
    double move = tl_max(latent->sigma_s * middle, 1.0);
    double wide = half * half / (move * move), far = wide / (0.8 + wide);
    double passing = (0.2 + 0.8 * far) * (latent->passing[0] + 0.1 * far * latent->passing[1]);
    double ratio = half / move, paid = 1.95 * ratio * (0.7 + 0.3 * tl_min(ratio, 1.0));
    ahead->middle = middle;
    ahead->move = TL_PX_PER_USD * tl_exp(latent->log_px[1] - passing) - middle;
    ahead->usual = 0.5 * move + 0.22 * (half + tick); /* of what there is to know: mean |ahead| */
    ahead->paid = tl_clamp(paid, 0.33, tl_min(0.83 + 0.9 * half / tick, 1.85));
    ahead->far = far;
}

/* Who trades knows something: where the second takes the price, and how much of where it stands
 * will pass again. The more likely the larger the order against the name's usual ones and the more
 * there is to know. Else the side is the family's or the flow's. This is what makes impact concave in
 * size (E47), gives the mark-outs (E48), and lets flow explain moves (E49); the price is not
 * touched. */
static int side_draw(struct tl_rng *rng, struct tl_equity_crowd *crowd,
                     const struct tl_equity_at *parent, double knows, tl_lots shares)
{
    const struct tl_quote_point *quote = parent->quote;
    struct tl_equity_ahead *ahead = &crowd->ahead;
    double middle = 0.5 * (double)(quote->bid + quote->ask);
    if (middle != ahead->middle) look_ahead(crowd->second, middle, ahead);
    double root = tl_sqrt(0.01 * (double)shares / crowd->usual_size);
    /* Powers of size .55 to .75, steeper where more of them know: chances near one make large orders
     * alike, and slopes of slow names were half of fast ones'. */
    double steep = 0.2 + 0.8 * ahead->far + 1.6 * tl_max(crowd->informed - 0.85, -0.15);
    double size = root * (1.0 + steep * (tl_sqrt(root) - 1.0));
    double odds = knows * crowd->informed * ahead->paid * size * tl_abs(ahead->move) / ahead->usual;
    double chance = odds / tl_sqrt(1.0 + odds * odds); /* a cap would make the largest alike */
    if (tl_rng_uniform(rng) < chance) return ahead->move > 0 ? 1 : -1;
    if (parent->order->sign) return parent->order->sign;
    double buy = 0.5 + 0.5 * tl_clamp(crowd->second->latent->flow, -1.0, 1.0);
    return tl_rng_uniform(rng) < buy ? 1 : -1;
}

/* 10,000 shares or 200,000 $ (Regulation NMS, rule 600). */
static bool is_block(tl_lots size, tl_px price)
{
    return size >= 10000 || (double)size * (double)price >= 2e5 * TL_PX_PER_USD;
}

static void off_parent(struct tl_rng *rng, struct tl_equity_crowd *crowd,
                       const struct tl_equity_at *parent, struct tl_equity_prints *prints)
{
    const struct tl_second *second = crowd->second;
    const struct tl_quote_point *quote = parent->quote;
    uint32_t marks = 0;
    bool block = tl_rng_uniform(rng) < BLOCK_SHARE;
    tl_lots size = block ? tl_equity_block_draw(rng, second->symbol->price)
                         : tl_equity_size_draw(rng, &crowd->size);
    int side = side_draw(rng, crowd, parent, INFORMED_OFF, size);
    struct tl_equity_print print = {.truth = {.side = (int8_t)side}};
    print.trade.executed = parent->order->ts;
    print.trade.venue = TL_EV_OTC;
    print.trade.off_exchange = true;
    print.trade.price = off_price(rng, second, quote, side, &marks);
    print.trade.size = size;
    /* A block is negotiated and a cross at the middle has two equal sides: nobody is the
     * aggressor. */
    if (block || is_block(size, print.trade.price) ||
        2 * print.trade.price == quote->bid + quote->ask)
        print.truth.side = 0;
    print.ts = parent->order->ts + off_delay(rng, &marks);
    tl_equity_conditions(print.trade.conditions, marks, print.trade.size);
    print_add(prints, &print);
}

/* Beyond what a price level usually holds, shown and hidden, sizes grow by their power 3/4: a cap
 * would be an atom. */
static tl_lots size_beyond(tl_lots size, tl_lots most)
{
    double root = tl_sqrt((double)size / (double)most);
    return (tl_lots)((double)most * root * tl_sqrt(root));
}

/* Prints of a lit parent: resting orders of one venue at one moment, further venues of a sweep 50
 * to 300 us later (E29). */
static void lit_parent(struct tl_rng *rng, struct tl_equity_crowd *crowd,
                       const struct tl_equity_at *parent, struct tl_equity_prints *prints)
{
    const struct tl_second *second = crowd->second;
    const struct tl_quote_point *quote = parent->quote;
    enum tl_equity_venue home = tl_equity_venue_home(second->symbol);
    tl_lots sizes[FAN_MAX + 2], shares = 0;
    uint32_t fan = fan_draw(rng, crowd->sweep);
    for (uint32_t i = 0; i < fan; i++)
        shares += sizes[i] = tl_equity_size_draw(rng, &crowd->size);
    int side = side_draw(rng, crowd, parent, INFORMED_LIT, shares);
    int8_t truth_side = (int8_t)side;
    tl_px price = lit_price(rng, second, quote, side, &truth_side);
    for (uint32_t extra = extra_fills(rng, price); extra > 0; extra--)
        sizes[fan++] = tl_equity_size_draw(rng, &crowd->size);
    bool iso = tl_rng_uniform(rng) < (fan > 1 ? 0.61 : 0.46);
    tl_lots depth = 8 * (side > 0 ? quote->ask_size : quote->bid_size);
    tl_lots most = depth > 2500 ? depth : 2500;
    tl_ns ts = parent->order->ts, end = (second->second + 1) * TL_NS_PER_S;
    tl_ns delay = lit_delay(rng);
    uint8_t venue = (uint8_t)tl_equity_venue_draw(rng, home);
    for (uint32_t i = 0; i < fan && ts < end; i++) {
        struct tl_equity_print print = {.ts = ts + delay, .truth = {.side = truth_side}};
        print.trade.executed = ts;
        print.trade.venue = venue;
        print.trade.price = price;
        print.trade.size = sizes[i] < most ? sizes[i] : size_beyond(sizes[i], most);
        tl_equity_conditions(print.trade.conditions, iso ? TL_MARK_ISO : 0, print.trade.size);
        print_add(prints, &print);
        if (tl_rng_u32(rng) < NEXT_VENUE) {
            ts += 50000 + (tl_ns)(250000.0 * tl_rng_uniform(rng));
            venue = (uint8_t)tl_equity_venue_draw(rng, home);
        }
    }
}

void tl_equity_parent_print(struct tl_equity_crowd *crowd, const struct tl_equity_at *parent,
                            uint32_t place, struct tl_equity_prints *prints)
{
    const struct tl_second *second = crowd->second;
    struct tl_rng rng =
        tl_rng_at(second->seed, TL_RNG_EQ_PRINT, second->sym, (uint64_t)second->second);
    rng.draw = place * DRAWS_PER_PARENT;
    if (tl_rng_uniform(&rng) < crowd->off)
        off_parent(&rng, crowd, parent, prints);
    else
        lit_parent(&rng, crowd, parent, prints);
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
        /* The last slice crosses inside a dealer; what is beyond it is worked in the flow of the
         * seconds after (a block at the touch would be the largest print of the day, E38). */
        bool off = i == FAN_MAX - 1;
        if (off) part *= OFF_SLICES;
        if (part > left) part = left;
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
    /* A busy day's auctions are large, too: shares of volume are those of E44. */
    double share = closing ? (second->symbol->is_etf ? 0.0050 : 0.088) : 0.015;
    double volume = second->symbol->adv_shares * second->latent->day_volume;
    double size = volume * share * tl_exp(0.3 * tl_rng_normal(&rng));
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
