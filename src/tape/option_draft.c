/* SPDX-License-Identifier: Apache-2.0
 * From orders to drafts: mechanism, size, sweeps over venues, legs of packages, and the thinned
 * publication of quotes.
 *
 * Sweep: 2 to 12 different venues (median 3, nine in ten below 8) within 0.1 to 5 ms. What meets
 * several resting orders in one place makes a print of each, at one nanosecond.
 * Package: vertical .50, ratio .07, calendar or diagonal .13, straddle or strangle .13, butterfly
 * .07, condor .10; all legs at one nanosecond on one venue, sizes in whole ratios.
 * Publication: contracts of the hot list, at moments the chain is re-marked, at most two a contract
 * and second; scenario contracts one more. Never from what traded in earlier seconds. */
#include "tape/option_draft.h"

#include "base/math.h"

/* Of the buyers of contracts without a bid, those who keep their money. Else such contracts are two
 * fifths of what trades at five cents and below, and that is too much (SCORECARD O7). */
#define NOT_BOUGHT 0.6

/* The place of one more; what it holds before is of no meaning. NULL: full, which is counted. */
static struct tl_option_draft *draft_new(struct tl_option_drafts *drafts)
{
    if (drafts->count < TL_OPTION_DRAFTS_MAX) return &drafts->items[drafts->count++];
    drafts->dropped++;
    return NULL;
}

static bool is_electronic(enum tl_option_mechanism mechanism)
{
    return mechanism == TL_OM_AUTO || mechanism == TL_OM_REGULAR || mechanism == TL_OM_ISO ||
           mechanism == TL_OM_SWEEP || mechanism == TL_OM_MULTI_SINGLE;
}

/* Index funds trade in smaller lots (SCORECARD O8: 4 to 6 in the mean, stocks 5 to 9), and nobody
 * shows more than an eighty-fifth of a class's day at once. */
static struct tl_option_sizes sizes_of(const struct tl_second *second)
{
    bool fund = second->symbol->option_class == TL_CLASS_PENNY_ALL;
    return (struct tl_option_sizes){second->latent->lots - (fund ? 0.4 : 0),
                                    tl_max(second->symbol->option_adv / 85, 100)};
}

static struct tl_option_draft print_of(const struct tl_option_order *order,
                                       enum tl_option_mechanism mechanism)
{
    return (struct tl_option_draft){.ts = order->ts,
                                    .contract = order->contract,
                                    .side = order->side,
                                    .mechanism = (uint8_t)mechanism,
                                    .condition = tl_option_mechanism_condition(mechanism),
                                    .electronic = is_electronic(mechanism)};
}

static void put(struct tl_option_drafts *drafts, const struct tl_option_draft *print)
{
    struct tl_option_draft *draft = draft_new(drafts);
    if (draft) *draft = *print;
}

/* The next part of a sweep's lots, when `rest` more prints need at least one each. */
static tl_lots part_of(tl_lots left, tl_lots rest, struct tl_rng *rng)
{
    if (rest == 0) return left;
    double share = 2 * tl_rng_uniform(rng) / (double)(rest + 1);
    tl_lots part = (tl_lots)((double)left * tl_min(share, 0.9));
    if (part < 1) part = 1;
    return part > left - rest ? left - rest : part;
}

static void draft_sweep(struct tl_option_drafts *drafts, const struct tl_second *second,
                        const struct tl_option_order *order, struct tl_rng *rng)
{
    tl_ns end = (second->second + 1) * TL_NS_PER_S - 1;
    uint32_t venues = 2 + (uint32_t)tl_min(tl_rng_exponential(rng) * 2.3, 10.0), used = 0;
    uint32_t fills[12];
    tl_lots rest = 0, left = tl_option_size_draw(rng, TL_OM_SWEEP, sizes_of(second));
    double span = 100e3 * tl_exp(3.9 * tl_rng_uniform(rng)); /* 0.1 to 5 ms */
    for (uint32_t i = 0; i < venues; i++)
        rest += (tl_lots)(fills[i] = tl_option_fills_draw(rng, TL_OM_SWEEP));
    if (left < rest) left = rest + (tl_lots)tl_rng_below(rng, 6);
    struct tl_option_draft print = print_of(order, TL_OM_SWEEP);
    print.multi_venue = true;
    struct tl_option_place place = tl_option_place_draw(rng, TL_OM_SWEEP, left, order->side);
    for (uint32_t i = 0; i < venues; i++) {
        uint32_t venue = tl_option_venue_draw(rng, TL_OM_SWEEP);
        for (int retry = 0; retry < 4 && used >> venue & 1; retry++)
            venue = tl_option_venue_draw(rng, TL_OM_SWEEP);
        used |= 1u << venue;
        print.ts = order->ts + (i == 0 ? 0 : (tl_ns)(span * tl_rng_uniform(rng)));
        if (print.ts > end) print.ts = end;
        print.venue = (uint8_t)venue;
        /* The last venues of a large sweep sit a tick behind. */
        print.place = place;
        if (i + 1 == venues && i > 3 && tl_abs(place.at) < 1.5) print.place.at = 2.0 * order->side;
        for (uint32_t fill = 0; fill < fills[i]; fill++) {
            print.size = part_of(left, --rest, rng);
            left -= print.size;
            print.word = tl_rng_u32(rng);
            put(drafts, &print);
        }
    }
}

struct leg {
    struct tl_option_choice contract;
    int8_t side;
    uint8_t ratio;
};

static bool strike_moved(const struct tl_chain *chain, struct tl_option_choice *contract, int by)
{
    int to = (int)contract->strike + by;
    if (to < 0 || to >= (int)chain->expiries[contract->expiry].strike_count) return false;
    contract->strike = (uint8_t)to;
    return true;
}

/* The same strike (or the nearest above) in a later expiry, where it is liked. */
static bool expiry_moved(const struct tl_chain *chain, struct tl_option_choice *contract,
                         struct tl_rng *rng)
{
    uint32_t strikes[3], count = 0;
    double weights[3];
    int32_t milli = tl_chain_strike_milli(chain, contract->expiry, contract->strike);
    for (uint32_t to = contract->expiry + 1u; to < chain->expiry_count && count < 3; to++) {
        strikes[count] = tl_chain_strike_at(chain, to, milli);
        weights[count] = 0;
        if (strikes[count] < chain->expiries[to].strike_count)
            weights[count] = tl_chain_liking(chain, to, strikes[count], contract->right);
        count++;
    }
    if (count == 0) return false;
    uint32_t by = tl_rng_pick(rng, weights, count);
    if (!(weights[by] > 0)) return false;
    contract->expiry = (uint8_t)(contract->expiry + 1 + by);
    contract->strike = (uint8_t)strikes[by];
    return true;
}

/* A leg further up (step 1) or down (-1), where it is liked. */
static bool liked_moved(const struct tl_chain *chain, struct tl_option_choice *contract, int step,
                        struct tl_rng *rng)
{
    return strike_moved(chain, contract,
                        step * tl_option_pick_distance(chain, *contract, step, rng));
}

/* Fills legs; returns how many (1 when the listing has no room for the structure). */
static uint32_t legs_of(const struct tl_chain *chain, const struct tl_option_order *order,
                        struct tl_rng *rng, struct leg legs[4])
{
    double u = tl_rng_uniform(rng);
    bool call = order->contract.right == 'C';
    int by = tl_option_pick_distance(chain, order->contract, call ? 1 : -1, rng);
    int out = call ? by : -by; /* further out of the money */
    int8_t side = order->side, other = (int8_t)-side;
    for (int i = 0; i < 4; i++)
        legs[i] = (struct leg){order->contract, side, 1};
    legs[1].side = other;
    if (u < 0.57) { /* vertical, or one by two */
        if (u > 0.50) legs[1].ratio = 2;
        return strike_moved(chain, &legs[1].contract, out) ? 2 : 1;
    }
    if (u < 0.70) { /* calendar or diagonal: the later one is bought */
        if (!expiry_moved(chain, &legs[1].contract, rng)) return 1;
        if (u > 0.66) (void)strike_moved(chain, &legs[1].contract, out);
        return 2;
    }
    if (u < 0.83) { /* straddle or strangle: both on one side */
        legs[1].contract.right = call ? 'P' : 'C';
        legs[1].side = side;
        if (u > 0.77 && !liked_moved(chain, &legs[1].contract, call ? -1 : 1, rng)) return 1;
        return 2;
    }
    if (u < 0.90) { /* butterfly */
        legs[1].ratio = 2;
        bool listed = strike_moved(chain, &legs[1].contract, out) &&
                      strike_moved(chain, &legs[2].contract, 2 * out);
        return listed ? 3 : 1;
    }
    legs[2].contract.right = legs[3].contract.right = call ? 'P' : 'C';
    legs[3].side = other; /* iron condor: a vertical on either side */
    bool listed = strike_moved(chain, &legs[1].contract, out) &&
                  liked_moved(chain, &legs[2].contract, call ? -1 : 1, rng);
    legs[3].contract = legs[2].contract;
    listed = listed && liked_moved(chain, &legs[3].contract, call ? -1 : 1, rng);
    return listed ? 4 : 1;
}

static bool quote_of(struct tl_option_frame *frame, struct tl_option_choice contract, tl_ns ts,
                     struct tl_option_quote *quote)
{
    return tl_option_quote_at(frame, contract.expiry, contract.strike, contract.right, ts, quote);
}

/* Nobody makes a market in a package with a leg that is worth nothing. */
static bool all_bid(struct tl_option_frame *frame, const struct leg *legs, uint32_t count, tl_ns ts)
{
    for (uint32_t i = 0; i < count; i++) {
        struct tl_option_quote quote;
        if (!quote_of(frame, legs[i].contract, ts, &quote) || quote.bid <= 0) return false;
    }
    return true;
}

static void draft_package(struct tl_option_drafts *drafts, struct tl_option_frame *frame,
                          const struct tl_option_order *order, struct tl_rng *rng,
                          enum tl_option_mechanism mechanism)
{
    const struct tl_second *second = frame->second;
    struct leg legs[4];
    uint32_t count = legs_of(second->chain, order, rng, legs);
    if (count > 1 && !all_bid(frame, legs, count, order->ts)) return;
    if (count == 1) mechanism = TL_OM_AUCTION;
    struct tl_option_draft print = print_of(order, mechanism);
    tl_lots size = tl_option_size_draw(rng, mechanism, sizes_of(second));
    print.venue = (uint8_t)tl_option_venue_draw(rng, mechanism);
    /* The package has one price; its legs lie about as far from their mids. */
    struct tl_option_place place = tl_option_place_draw(rng, mechanism, size, 1);
    if (count > 1) {
        if (++drafts->packages == 0) drafts->packages = 1;
        print.package = drafts->packages;
    }
    for (uint32_t i = 0; i < count; i++) {
        print.contract = legs[i].contract;
        print.side = legs[i].side;
        print.size = size * legs[i].ratio;
        print.place.at = tl_clamp(place.at, -1, 1) * legs[i].side;
        print.place.improves = place.improves;
        if (tl_abs(print.place.at) < 0.95) print.place.at += 0.3 * (tl_rng_uniform(rng) - 0.5);
        print.word = tl_rng_u32(rng);
        put(drafts, &print);
    }
}

/* Whoever routes an order has it auctioned the more often the more there is to improve, and never
 * in a market one cent wide: exchanges ask for a better price by a cent. The others go to a book. */
static bool worth_an_auction(const struct tl_option_quote *quote, struct tl_rng *rng)
{
    return tl_rng_uniform(rng) * (double)(quote->ask - quote->bid) > 100;
}

/* One electronic print of 1, 2, 3, 5 or 10 lots. */
static void draft_stray(struct tl_option_drafts *drafts, struct tl_option_frame *frame,
                        const struct tl_option_order *order, struct tl_rng *rng)
{
    struct tl_option_quote quote;
    if (!quote_of(frame, order->contract, order->ts, &quote)) return;
    if (quote.bid <= 0 && order->side < 0) return;
    struct tl_option_draft print = print_of(order, TL_OM_AUTO);
    print.venue = (uint8_t)tl_option_venue_draw(rng, TL_OM_AUTO);
    double u = tl_rng_uniform(rng);
    print.size = u < 0.3 ? 1 : u < 0.5 ? 2 : u < 0.65 ? 3 : u < 0.85 ? 5 : 10;
    print.place = tl_option_place_draw(rng, TL_OM_AUTO, print.size, order->side);
    print.word = tl_rng_u32(rng);
    put(drafts, &print);
}

void tl_option_draft_order(struct tl_option_drafts *drafts, struct tl_option_frame *frame,
                           const struct tl_option_order *order, struct tl_rng *rng)
{
    const struct tl_second *second = frame->second;
    if (order->stray) {
        draft_stray(drafts, frame, order, rng);
        return;
    }
    enum tl_option_mechanism mechanism = tl_option_mechanism_draw(rng, second->latent->multi_leg);
    if (tl_option_mechanism_is_package(mechanism)) {
        draft_package(drafts, frame, order, rng, mechanism);
        return;
    }
    struct tl_option_quote quote;
    if (!quote_of(frame, order->contract, order->ts, &quote)) return;
    /* A seller without a bid finds nobody, and few buy what nobody bids for. */
    if (quote.bid <= 0 && (order->side < 0 || tl_rng_uniform(rng) < NOT_BOUGHT)) return;
    if (mechanism == TL_OM_SWEEP) {
        draft_sweep(drafts, second, order, rng);
        return;
    }
    if (mechanism == TL_OM_AUCTION && !worth_an_auction(&quote, rng)) mechanism = TL_OM_AUTO;
    struct tl_option_draft print = print_of(order, mechanism);
    print.venue = (uint8_t)tl_option_venue_draw(rng, mechanism);
    tl_lots sizes[TL_OPTION_FILLS_MAX], lots = 0;
    uint32_t fills = tl_option_fills_draw(rng, mechanism);
    for (uint32_t i = 0; i < fills; i++)
        lots += sizes[i] = tl_option_size_draw(rng, mechanism, sizes_of(second));
    print.place = tl_option_place_draw(rng, mechanism, lots, order->side);
    for (uint32_t i = 0; i < fills; i++) {
        print.size = sizes[i];
        print.word = tl_rng_u32(rng);
        put(drafts, &print);
    }
}

/* Legs of a package lie where the package put them; who asks for a price inside gets one as anybody
 * does with as many lots. */
static struct tl_option_place child_place(const struct tl_child *child,
                                          enum tl_option_mechanism mechanism, struct tl_rng *rng)
{
    bool inside = child->aggression > 0 && child->aggression < 1;
    if (inside && child->package == 0)
        return tl_option_place_inside(rng, mechanism, child->size, child->side);
    return (struct tl_option_place){child->side * child->aggression, false};
}

void tl_option_draft_child(struct tl_option_drafts *drafts, const struct tl_second *second,
                           const struct tl_child *child)
{
    if (child->stock || child->expiry >= second->chain->expiry_count ||
        child->strike >= second->chain->expiries[child->expiry].strike_count)
        return;
    enum tl_option_mechanism mechanism =
        tl_option_mechanism_of(child->condition, child->multi_venue, child->package != 0);
    struct tl_rng rng =
        tl_rng_at(second->seed, TL_RNG_OP_PRINT, child->draw | 1u << 31, (uint64_t)second->second);
    /* Legs of a package share the venue's draw. */
    struct tl_rng shared = rng;
    if (child->package != 0)
        shared = tl_rng_at(second->seed, TL_RNG_OP_CONTRACT,
                           (uint32_t)tl_mix64(child->parent_id + child->package),
                           (uint64_t)second->second);
    struct tl_option_draft print = {
        .ts = child->ts,
        .parent_id = child->parent_id,
        .contract = {(uint8_t)child->expiry, (uint8_t)child->strike, child->right},
        .side = child->side,
        .subtype = child->subtype,
        .mechanism = (uint8_t)mechanism,
        .size = child->size > 0 ? child->size : 1,
        .condition =
            child->condition != ' ' ? child->condition : tl_option_mechanism_condition(mechanism),
        .multi_venue = child->multi_venue,
        .electronic = is_electronic(mechanism),
        .package = child->package};
    print.venue = (uint8_t)tl_option_venue_draw(&shared, mechanism);
    (void)tl_rng_u64(&rng);
    print.word = tl_rng_u32(&rng);
    print.place = child_place(child, mechanism, &rng);
    put(drafts, &print);
    /* A scenario's contract is active: a quote a little later in the second. */
    struct tl_option_draft quote = {.ts = child->ts + 3 * TL_NS_PER_MS +
                                          (tl_ns)(tl_rng_exponential(&rng) * 60e6),
                                    .contract = print.contract};
    if (quote.ts < (second->second + 1) * TL_NS_PER_S) put(drafts, &quote);
}

/* A moment just after one of the second's re-marks, or any moment when there is none. */
static tl_ns quote_moment(const struct tl_option_frame *frame, struct tl_rng *rng)
{
    tl_ns start = frame->second->second * TL_NS_PER_S, ts;
    if (frame->mark_count > 1) {
        uint32_t word = tl_rng_u32(rng);
        uint32_t mark = 1 + ((word >> 16) * (frame->mark_count - 1) >> 16);
        ts = frame->marks[mark].ts + (tl_ns)((uint64_t)(word & 0xffff) * 900000 >> 16);
    } else {
        ts = start + (tl_ns)(tl_rng_uniform(rng) * 1e9);
    }
    return ts < start + TL_NS_PER_S ? ts : start + TL_NS_PER_S - 1;
}

#define TOGETHER 32 /* publications whose ranks are called from memory at once; even */
_Static_assert(65536 % TL_CHAIN_HOT_CELLS == 0, "half a word draws a cell");

/* Draws the places of some publications' ranks, which are called into the cache meanwhile. */
static void ranks_draw(const struct tl_chain *chain, struct tl_rng *rng,
                       const uint8_t *ranks[TOGETHER], uint32_t count)
{
    for (uint32_t i = 0; i < count; i += 2) {
        uint32_t word = tl_rng_u32(rng);
        ranks[i] = &chain->hot_rank[word % TL_CHAIN_HOT_CELLS];
        ranks[i + 1] = &chain->hot_rank[(word >> 16) % TL_CHAIN_HOT_CELLS];
        __builtin_prefetch(ranks[i]);
        __builtin_prefetch(ranks[i + 1]);
    }
}

void tl_option_draft_quotes(struct tl_option_drafts *drafts, const struct tl_option_frame *frame)
{
    const struct tl_second *second = frame->second;
    const struct tl_chain *chain = second->chain;
    uint8_t published[TL_CHAIN_HOT_MAX] = {0};
    const uint8_t *ranks[TOGETHER];
    if (chain->hot_count == 0) return;
    struct tl_rng rng =
        tl_rng_at(second->seed, TL_RNG_OP_PUBLISH, second->sym, (uint64_t)second->second);
    double rate = tl_max(second->latent->option_rate * second->rate, 0);
    /* About fourteen a background print; two a contract at most in any case. */
    uint32_t count = tl_rng_poisson(&rng, tl_min(14 * rate, 1.6 * (double)chain->hot_count));
    for (uint32_t i = 0; i < count; i++) {
        if (i % TOGETHER == 0)
            ranks_draw(chain, &rng, ranks, count - i < TOGETHER ? count - i : TOGETHER);
        uint32_t rank = *ranks[i % TOGETHER];
        if (published[rank] >= 2) continue;
        published[rank]++;
        const struct tl_chain_hot *hot = &chain->hot[rank];
        struct tl_option_draft *quote = draft_new(drafts);
        if (quote)
            *quote = (struct tl_option_draft){.ts = quote_moment(frame, &rng),
                                              .contract = {hot->expiry, hot->strike, hot->right}};
        tl_option_quote_expect(frame, hot->expiry, hot->strike, hot->right);
    }
}
