/* SPDX-License-Identifier: Apache-2.0
 * Background option orders as families (Hawkes and Oakes, 1974). Immigrants of a second are Poisson
 * and bring their whole family: every member has Poisson(n) children, each after a delay of
 * exp(20 ms) with .69, log-uniform 0.2 to 2 s with .19, exp(20 s) with .12, cut 60 s after the
 * family's second. n = .82 x the latent clustering, so the immigrants' rate is (1 - n) of the whole.
 * A child trades its parent's contract (.5), a liked strike about it (.3) or another (.2), and
 * keeps its side with .7. Beside the families there are strays: single orders of a few lots in
 * contracts that nobody follows.
 *
 * A family depends on the state of its immigrant's second only. What lies in later seconds waits,
 * sorted, in that second's slot; so the state after 60 seconds does not know anything earlier.
 * Limit: the cut loses about 1 % of the orders. */
#include "tape/option_flow.h"

#include <stddef.h>

#include "base/math.h"

#define FAMILY_MAX 512 /* members; mean 5, P(more) < 1e-9 at n = .88 */
#define LIFE_NS (60 * TL_NS_PER_S)
#define CONTRACTS_A_PRINT 7.5 /* SCORECARD O8 */
#define HELD 0
#define FLOW_LEAN 0.35  /* of the latent flow, in the chance that a call is bought and a put sold */
#define EVENT_LEAN 0.20 /* and of what an event ramp drifts to */

static tl_option_packed pack(tl_ns offset, struct tl_option_choice contract, int8_t side)
{
    return (uint64_t)offset << 16 | (uint64_t)contract.expiry << 10 |
           (uint64_t)contract.strike << 2 | (uint64_t)(contract.right == 'P') << 1 |
           (uint64_t)(side < 0);
}

static struct tl_option_order unpack(tl_option_packed packed, int64_t second)
{
    return (struct tl_option_order){.ts = second * TL_NS_PER_S + (tl_ns)(packed >> 16),
                                    .contract = {.expiry = (uint8_t)(packed >> 10 & 31),
                                                 .strike = (uint8_t)(packed >> 2 & 255),
                                                 .right = packed >> 1 & 1 ? 'P' : 'C'},
                                    .side = packed & 1 ? -1 : 1};
}

void tl_option_flow_reset(struct tl_option_flow *flow)
{
    for (int slot = 0; slot < TL_OPTION_FLOW_SLOTS; slot++) {
        flow->second[slot] = 0;
        flow->due[slot] = INT64_MAX;
        flow->at[slot] = flow->count[slot] = 0;
    }
}

/* Where a second's orders go while they are drawn. */
struct sink {
    const struct tl_second *second;
    const struct tl_option_picker *picker;
    struct tl_rng rng;
    struct tl_poisson_law children;
    double lean; /* lean: how far the latent flow tilts the sides */
    struct tl_option_order *orders;
    uint32_t order_count;
    uint64_t dropped;
    tl_option_packed *pending;
    uint32_t pending_count;
};

static void place(struct sink *sink, tl_ns offset, struct tl_option_choice contract, int8_t side)
{
    if (offset >= TL_NS_PER_S && sink->pending_count < TL_OPTION_FLOW_SLOT_MAX) {
        sink->pending[sink->pending_count++] = pack(offset, contract, side);
        return;
    }
    if (!sink->orders) return;
    if (sink->order_count >= TL_OPTION_ORDERS_MAX) {
        sink->dropped++;
        return;
    }
    sink->orders[sink->order_count++] =
        unpack(pack(offset % TL_NS_PER_S, contract, side), sink->second->second);
}

static tl_ns delay(struct tl_rng *rng)
{
    double u = tl_rng_uniform(rng), ns;
    if (u < 0.69)
        ns = 20e6 * tl_rng_exponential(rng);
    else if (u < 0.88)
        ns = 200e6 * tl_exp(2.302585092994046 * tl_rng_uniform(rng));
    else
        ns = 20e9 * tl_rng_exponential(rng);
    return (tl_ns)tl_min(ns, 1e12) + 1;
}

static int8_t first_side(const struct sink *sink, struct tl_rng *rng, char right)
{
    /* Scenarios buy more than they sell, and what nobody bids for can only be bought: the others
     * sell a little more, so that asks take .48 to .55 of the premium at touches (O25). */
    double buy = 0.465 + (right == 'C' ? sink->lean : -sink->lean);
    return tl_rng_uniform(rng) < buy ? 1 : -1;
}

struct member {
    tl_ns offset;
    struct tl_option_choice contract;
    int8_t side;
};

static struct member child_of(struct sink *sink, const struct member *parent)
{
    struct tl_rng *rng = &sink->rng;
    struct member child = *parent;
    child.offset += delay(rng);
    double u = tl_rng_uniform(rng);
    if (u > 0.70)
        child.contract = tl_option_pick_near(sink->picker, child.contract, rng);
    else if (u > 0.5)
        child.contract = tl_option_pick(sink->picker, rng);
    if (tl_rng_uniform(rng) > 0.7) child.side = (int8_t)-child.side;
    return child;
}

static void draw_family(struct sink *sink)
{
    struct member members[FAMILY_MAX];
    uint32_t count = 1;
    struct tl_rng *rng = &sink->rng;
    members[0].offset = (tl_ns)(tl_rng_uniform(rng) * 1e9);
    members[0].contract = tl_option_pick(sink->picker, rng);
    members[0].side = first_side(sink, rng, members[0].contract.right);
    for (uint32_t i = 0; i < count; i++) {
        place(sink, members[i].offset, members[i].contract, members[i].side);
        uint32_t children = tl_rng_poisson_of(rng, &sink->children);
        for (uint32_t c = 0; c < children && count < FAMILY_MAX; c++) {
            members[count] = child_of(sink, &members[i]);
            if (members[count].offset < LIFE_NS) count++;
        }
    }
}

/* Strays, as a share of prints: about a third of the listed contracts see one on an ordinary day
 * of a class of 400 000 contracts, fewer in quiet classes and in long lists (SCORECARD O14: the median
 * contract trades 5 to 39 lots, a third to three fifths of all trade at all). */
static double stray_share(const struct tl_second *second)
{
    double active = tl_max(second->symbol->option_adv, 1000);
    double listed = 2 * (double)second->chain->strike_total;
    double a_day = 0.34 * tl_pow(active / 400e3, 0.12) * tl_sqrt(2000 * listed);
    return tl_min(a_day * CONTRACTS_A_PRINT / active, 0.3);
}

static double stray_share_of(struct tl_option_flow *flow, const struct tl_second *second)
{
    if (flow->stray_strikes != second->chain->strike_total ||
        flow->stray_adv != second->symbol->option_adv) {
        flow->stray_strikes = second->chain->strike_total;
        flow->stray_adv = second->symbol->option_adv;
        flow->stray_share = stray_share(second);
    }
    return flow->stray_share;
}

/* Somebody gets rid of the few contracts he has, whatever the crowd looks at: any listed contract
 * in which something is held, four times in five out of the money. No family, no later seconds. */
static void draw_strays(struct sink *sink, double mean)
{
    const struct tl_chain *chain = sink->second->chain;
    struct tl_rng *rng = &sink->rng;
    uint32_t count = chain->strike_total > 0 ? tl_rng_poisson(rng, tl_min(mean, 1e3)) : 0;
    if (count == 0) return;
    double spot = tl_exp(sink->second->latent->log_px[0]) * 1e3;
    for (; count > 0 && sink->order_count < TL_OPTION_ORDERS_MAX; count--) {
        uint32_t at = tl_rng_below(rng, chain->strike_total), expiry = 0;
        while (expiry + 1 < chain->expiry_count && chain->expiries[expiry + 1].first <= at)
            expiry++;
        bool up = chain->strike_milli[at] > spot, out = tl_rng_uniform(rng) < 0.8;
        struct tl_option_order order = {
            .ts = sink->second->second * TL_NS_PER_S + (tl_ns)(tl_rng_uniform(rng) * 1e9),
            .contract = {(uint8_t)expiry, (uint8_t)(at - chain->expiries[expiry].first),
                         up == out ? 'C' : 'P'},
            .side = tl_rng_u32(rng) & 1 ? 1 : -1,
            .stray = true};
        if (chain->oi[up != out][at] >= HELD) sink->orders[sink->order_count++] = order;
    }
}

/* Shell sort: equal keys are equal orders, so stability does not matter. */
static void sort_packed(tl_option_packed *items, uint32_t count)
{
    static const uint32_t gaps[] = {132, 57, 23, 10, 4, 1};
    for (size_t g = 0; g < sizeof gaps / sizeof gaps[0]; g++)
        for (uint32_t i = gaps[g]; i < count; i++) {
            tl_option_packed item = items[i];
            uint32_t at = i;
            for (; at >= gaps[g] && items[at - gaps[g]] > item; at -= gaps[g])
                items[at] = items[at - gaps[g]];
            items[at] = item;
        }
}

static void set_due(struct tl_option_flow *flow, uint32_t slot)
{
    flow->due[slot] = INT64_MAX;
    if (flow->at[slot] < flow->count[slot])
        flow->due[slot] = unpack(flow->pending[slot][flow->at[slot]], flow->second[slot]).ts;
}

/* Takes what older families have in this second. */
static void take_due(struct tl_option_flow *flow, struct sink *sink, int64_t second)
{
    tl_ns end = (second + 1) * TL_NS_PER_S;
    /* By the family's age, so that the order does not depend on where the ring stands. */
    uint32_t slot = (uint32_t)((uint64_t)second % TL_OPTION_FLOW_SLOTS);
    for (int age = 1; age < TL_OPTION_FLOW_SLOTS; age++) {
        slot = (slot == 0 ? TL_OPTION_FLOW_SLOTS : slot) - 1;
        if (flow->second[slot] != second - age) continue;
        while (flow->due[slot] < end) {
            struct tl_option_order order =
                unpack(flow->pending[slot][flow->at[slot]], flow->second[slot]);
            flow->at[slot]++;
            set_due(flow, slot);
            if (!sink->orders || order.ts < second * TL_NS_PER_S) continue;
            if (sink->order_count < TL_OPTION_ORDERS_MAX)
                sink->orders[sink->order_count++] = order;
            else
                sink->dropped++;
        }
    }
}

uint32_t tl_option_flow_second(struct tl_option_flow *flow, const struct tl_second *second,
                               double prints_per_order, struct tl_option_order *orders,
                               uint64_t *dropped)
{
    uint32_t slot = (uint32_t)((uint64_t)second->second % TL_OPTION_FLOW_SLOTS);
    struct sink sink; /* field by field: its random words need no clearing */
    sink.second = second;
    sink.orders = orders;
    sink.pending = flow->pending[slot];
    sink.order_count = sink.pending_count = 0;
    sink.dropped = 0;
    take_due(flow, &sink, second->second);
    sink.rng = tl_rng_at(second->seed, TL_RNG_OP_FAMILY, second->sym, (uint64_t)second->second);
    double branching = tl_clamp(0.82 * second->latent->clustering, 0.1, 0.88);
    if (flow->children.mean != branching) flow->children = tl_poisson_law_of(branching);
    sink.children = flow->children;
    double lean = FLOW_LEAN * second->latent->flow + EVENT_LEAN * second->latent->event_lean;
    sink.lean = tl_clamp(lean, -0.3, 0.3);
    double rate = tl_max(second->latent->option_rate * second->rate, 0);
    double strays = rate * stray_share_of(flow, second);
    double immigrants = (rate - strays) * (1 - branching) / prints_per_order;
    uint32_t count =
        second->chain->expiry_count > 0 ? tl_rng_poisson(&sink.rng, tl_min(immigrants, 1e4)) : 0;
    struct tl_option_picker picker;
    if (count > 0) tl_option_picker_init(&picker, second);
    sink.picker = &picker;
    while (count-- > 0)
        draw_family(&sink);
    if (orders) draw_strays(&sink, strays);
    sort_packed(flow->pending[slot], sink.pending_count);
    flow->second[slot] = second->second;
    flow->at[slot] = 0;
    flow->count[slot] = (uint16_t)sink.pending_count;
    set_due(flow, slot);
    if (dropped) *dropped += sink.dropped;
    return sink.order_count;
}
