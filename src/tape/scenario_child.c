/* SPDX-License-Identifier: Apache-2.0
 * How hidden orders act.
 *
 * A parent looks at the latent market at the second's start (never at published quotes) and decides
 * whether to wait, to trade, to chase or to give up. Sizes are broken by ragged random weights and
 * written the way everybody writes them (scenario_size.h); gaps are exponential around the plan's pace; prices are asked for
 * by aggression (1 the touch, 0 the middle, above 1 through it by ticks). What was traded pushes
 * the latent state: price by the square root law on the delta-equivalent shares (SCORECARD E50),
 * the surface in proportion to the part filled, and the flow by the counterparties' hedging, a
 * third of the open delta a second. */
#include "tape/scenario_child.h"

#include "base/math.h"
#include "tape/option_place.h"
#include "tape/option_print.h"
#include "tape/scenario_size.h"

#define IMPACT_Y 0.68    /* of the square root law; the last child's is not in E50's */
#define IMPACT_MAX 0.004 /* log price, one parent */
#define INDEX_DEPTH 3 /* volume behind an index fund, over its own: futures and its stocks (E14) */
#define HEDGE_RELEASE 0.30 /* of the open delta, a second */
#define BURST_MAX 24       /* prints of one burst */

/* A moment in the second, in ns from its start. */
static tl_ns moment_draw(struct tl_rng *rng)
{
    return (tl_ns)(1e9 * tl_rng_uniform(rng));
}

static void child_add(struct tl_scenario_step *step, struct tl_parent *parent,
                      struct tl_child child)
{
    tl_ns start = step->second * TL_NS_PER_S;
    parent->children++;
    if (parent->id == step->drop) return;
    if (step->child_count >= TL_CHILDREN_MAX) {
        step->dropped++;
        return;
    }
    /* What would run past the second's end comes before it: clamped, bursts would pile up there. */
    tl_ns end = start + TL_NS_PER_S;
    if (child.ts >= end) child.ts = 2 * end - 1 - child.ts;
    if (child.ts < start) child.ts = start;
    child.parent_id = parent->id;
    child.subtype = tl_families[parent->family].subtype;
    child.draw = (uint32_t)tl_mix64(parent->id * 65537 + parent->children);
    step->children[step->child_count++] = (struct tl_order_child){parent->sym, child};
}

/* A child in the parent's first leg. */
static struct tl_child leg_child(const struct tl_parent *parent, int leg, tl_ns ts, tl_lots size)
{
    return (struct tl_child){.ts = ts,
                             .expiry = parent->legs[leg].expiry,
                             .strike = parent->legs[leg].strike,
                             .right = parent->legs[leg].right,
                             .side = (int8_t)(parent->legs[leg].side * parent->side),
                             .aggression = 1.0,
                             .size = size,
                             .condition = 'I'};
}

/* Books `contracts` as traded: fills, impact, surface, hedging. */
static void book(struct tl_scenario_step *step, struct tl_parent *parent, int32_t contracts)
{
    const struct tl_symbol *symbol = &step->universe->symbols[parent->sym];
    struct tl_push *push = &step->pushes[parent->sym];
    double shares = 100.0 * contracts * parent->delta;
    double volume = symbol->adv_shares * (tl_symbol_is_index_fund(symbol) ? INDEX_DEPTH : 1);
    double before = tl_sqrt(tl_abs(parent->shares) / volume);
    parent->shares += shares;
    double after = tl_sqrt(tl_abs(parent->shares) / volume);
    parent->filled += contracts;
    parent->hedge += shares;
    if (parent->id == step->drop) return;
    double limit = IMPACT_MAX / tl_max(parent->sd_day * IMPACT_Y, 1e-6);
    after = tl_min(after, limit);
    before = tl_min(before, limit);
    push->log_px += (shares >= 0 ? 1.0 : -1.0) * IMPACT_Y * parent->sd_day * (after - before);
    double part = (double)contracts / (double)parent->target;
    push->iv += parent->iv * part;
    push->skew += parent->skew * part;
}

/* The counterparties' hedging of what is open, as signed flow of this second. */
static void hedge_release(struct tl_scenario_step *step, struct tl_parent *parent)
{
    const struct tl_symbol *symbol = &step->universe->symbols[parent->sym];
    double shares = HEDGE_RELEASE * parent->hedge;
    parent->hedge -= shares;
    if (tl_abs(parent->hedge) < 50.0) parent->hedge = 0;
    if (parent->id == step->drop) return;
    double pace = step->latents[parent->sym].trade_rate / tl_max(symbol->trades_per_s, 0.1);
    double volume = tl_max(symbol->adv_shares / 23400.0 * tl_max(pace, 0.1), 1.0);
    step->pushes[parent->sym].flow += tl_clamp(shares / volume, -0.8, 0.8);
}

/* What the parent's contract divides sizes by, with its price for its ask. */
static tl_lots dear_of(const struct tl_scenario_step *step, const struct tl_parent *parent)
{
    const struct tl_chain *chain = tl_chains_listing(step->chains, parent->sym);
    int32_t strike = tl_chain_strike_milli(chain, parent->legs[0].expiry, parent->legs[0].strike);
    return tl_option_dear((tl_px)(parent->price * 1e4), strike);
}

/* Sizes a single print of the parent as its condition's prints are sized. */
static void child_size(const struct tl_scenario_step *step, const struct tl_parent *parent,
                       struct tl_rng *rng, double wanted, struct tl_child *child)
{
    enum tl_option_mechanism mechanism =
        tl_option_mechanism_of(child->condition, child->multi_venue, false);
    child->size = tl_scenario_size_draw(rng, mechanism, wanted, dear_of(step, parent));
}

/* Breaks total into count <= BURST_MAX ragged parts. */
static void parts_draw(struct tl_rng *rng, int32_t total, uint32_t count, double raggedness,
                       double *parts)
{
    double sum = 0;
    for (uint32_t i = 0; i < count; i++)
        sum += parts[i] = tl_exp(raggedness * 1.1 * tl_rng_normal(rng));
    for (uint32_t i = 0; i < count; i++)
        parts[i] *= (double)total / sum;
}

static int32_t remaining(const struct tl_parent *parent)
{
    return parent->filled < parent->target ? parent->target - parent->filled : 0;
}

/* Contracts of the next clip: an even share of what is left, made ragged. */
static int32_t clip_draw(struct tl_rng *rng, const struct tl_parent *parent)
{
    double left = remaining(parent);
    if (parent->clips_left <= 1) return (int32_t)tl_max(left, 1.0);
    double clip = left / parent->clips_left * tl_exp(0.5 * parent->raggedness * tl_rng_normal(rng));
    return (int32_t)tl_clamp(clip, 1.0, tl_max(left, 1.0));
}

/* The move since the start against a day's sd, in the parent's own direction: > 0 is against a
 * buyer who waits. */
static double move_since_start(const struct tl_scenario_step *step, const struct tl_parent *parent)
{
    return parent->bias * (step->latents[parent->sym].log_px[1] - parent->start_log_px) /
           parent->sd_day;
}

/* Pause in a thin market, or walk away when it has run: true when the parent does not trade now. */
static bool holds_back(struct tl_scenario_step *step, struct tl_parent *parent, struct tl_rng *rng)
{
    const struct tl_latent *latent = &step->latents[parent->sym];
    double move = move_since_start(step, parent);
    if (move > 0.5 + parent->urgency && tl_rng_uniform(rng) < 0.5 && parent->filled > 0) {
        parent->done = true; /* it got away */
        return true;
    }
    if (latent->liquidity < 0.55 && tl_rng_uniform(rng) > parent->urgency) {
        parent->next_s = step->second + 2 + (int64_t)tl_rng_below(rng, 12);
        return true;
    }
    return false;
}

static void schedule(struct tl_scenario_step *step, struct tl_parent *parent, struct tl_rng *rng)
{
    double pace =
        1.0 + 0.8 * tl_clamp(move_since_start(step, parent), -0.5, 0.8) * (parent->urgency - 0.3);
    double gap = parent->gap_s / pace * tl_rng_exponential(rng);
    parent->next_s = step->second + 1 + (int64_t)tl_min(gap, 1200.0);
    if (parent->clips_left > 0) parent->clips_left--;
}

/* A burst over the venues: the touch first, then through it; seldom a better fill. */
static void act_sweep(struct tl_scenario_step *step, struct tl_parent *parent, struct tl_rng *rng)
{
    if (holds_back(step, parent, rng)) return;
    double parts[BURST_MAX];
    int32_t clip = clip_draw(rng, parent);
    double wanted = parent->prints * tl_exp(0.3 * tl_rng_normal(rng));
    uint32_t count = (uint32_t)tl_clamp(tl_min(wanted, clip), 1.0, BURST_MAX);
    parts_draw(rng, clip, count, parent->raggedness, parts);
    tl_ns ts = step->second * TL_NS_PER_S + moment_draw(rng);
    double gap_ns = tl_exp(tl_log(0.08e6) + tl_rng_uniform(rng) * tl_log(40.0));
    int32_t traded = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct tl_child child = leg_child(parent, 0, ts, 0);
        double through = (double)(i + 1) / count - 0.45 - 0.3 * tl_rng_uniform(rng);
        if (through > 0.1) child.aggression = 2.0 + (tl_rng_uniform(rng) < 0.3 ? 1.0 : 0.0);
        if (tl_rng_uniform(rng) < 0.06) child.aggression = 0.4;
        child.condition = tl_rng_uniform(rng) < 0.75 ? 'S' : 'I';
        child.multi_venue = count > 1 && child.condition == 'S';
        child_size(step, parent, rng, parts[i], &child);
        child_add(step, parent, child);
        traded += child.size;
        ts += (tl_ns)(gap_ns * tl_rng_exponential(rng));
    }
    book(step, parent, traded);
    schedule(step, parent, rng);
}

/* One to three slices of an order that is worked; patient ones wait inside the spread. */
static void act_work(struct tl_scenario_step *step, struct tl_parent *parent, struct tl_rng *rng)
{
    if (holds_back(step, parent, rng)) return;
    double many = tl_rng_uniform(rng);
    uint32_t slices = many < 0.74 ? 1 : many < 0.95 ? 2 : 3;
    tl_ns ts = step->second * TL_NS_PER_S + moment_draw(rng);
    double mean = (double)parent->target / parent->prints;
    for (uint32_t i = 0; i < slices && remaining(parent) > 0; i++) {
        double size = mean * tl_exp(0.6 * parent->raggedness * tl_rng_normal(rng));
        struct tl_child child = leg_child(parent, 0, ts, 0);
        double u = tl_rng_uniform(rng) * (1.0 + 0.3 * parent->discretion);
        child.aggression = u < 0.78 ? 1.0 : 0.5;
        child.condition = u >= 0.78 ? 'a' : tl_rng_uniform(rng) < 0.03 ? 'S' : 'I';
        child_size(step, parent, rng, tl_min(size, remaining(parent)), &child);
        child_add(step, parent, child);
        book(step, parent, child.size);
        ts += (tl_ns)(120e6 * tl_rng_exponential(rng));
    }
    schedule(step, parent, rng);
}

/* A negotiated clip: one print or a few, inside the spread, through an auction, a cross or the
 * floor; an overwriter may buy the stock with it. */
static void act_clip(struct tl_scenario_step *step, struct tl_parent *parent, struct tl_rng *rng)
{
    static const char codes[] = {'a', 'I', 'c', 'e', 'S'};
    static const double weights[] = {0.53, 0.28, 0.10, 0.08, 0.01};
    if (holds_back(step, parent, rng)) return;
    double parts[BURST_MAX];
    int32_t clip = clip_draw(rng, parent), traded = 0;
    uint32_t count = (uint32_t)tl_clamp(parent->prints + tl_rng_uniform(rng) - 0.3, 1.0, 6.0);
    parts_draw(rng, clip, count, 0.6 * parent->raggedness, parts);
    tl_ns ts = step->second * TL_NS_PER_S + moment_draw(rng);
    for (uint32_t i = 0; i < count; i++) {
        struct tl_child child = leg_child(parent, 0, ts, 0);
        child.condition = codes[tl_rng_pick(rng, weights, 5)];
        child.aggression = tl_rng_uniform(rng) < 0.5 + 0.2 * parent->urgency ? 1.0 : 0.5;
        child_size(step, parent, rng, parts[i], &child);
        child_add(step, parent, child);
        traded += child.size;
        ts += (tl_ns)(60e6 * tl_rng_exponential(rng));
    }
    book(step, parent, traded);
    schedule(step, parent, rng);
}

/* A broker sends it to a book or has it auctioned; half of the auctions improve, and of those that
 * do not one in seven comes with intermarket sweeps, as anybody's. */
static void crowd_route(struct tl_rng *rng, bool patient, struct tl_child *child)
{
    double code = tl_rng_uniform(rng);
    bool improved = code < 0.50 ? patient : code < 0.74;
    child->condition = code < 0.50 ? 'I' : code < 0.96 ? 'a' : 'b';
    child->aggression = improved ? 0.5 : 1.0;
}

/* One hand of a crowd: small mostly, sometimes a large account; some of them sell. */
static void crowd_child(struct tl_scenario_step *step, struct tl_parent *parent, struct tl_rng *rng)
{
    bool large = tl_rng_uniform(rng) < 0.22;
    double lots = 1.0 + 3.0 * tl_rng_exponential(rng) * tl_rng_uniform(rng);
    if (large) {
        double usd = 11e3 * tl_exp(1.1 * tl_rng_exponential(rng));
        lots = tl_clamp(tl_min(usd, 150e3) / (100.0 * parent->price), 2.0,
                        tl_max(0.1 * parent->target, 20.0));
    }
    struct tl_child child = leg_child(parent, 0, step->second * TL_NS_PER_S + moment_draw(rng), 0);
    double u = tl_rng_uniform(rng), sells = large ? 0.10 : 0.26;
    if (u < sells) child.side = (int8_t)-child.side;
    crowd_route(rng, u > 0.80, &child);
    child_size(step, parent, rng, lots, &child);
    int32_t signed_size = u < sells ? -child.size : child.size;
    /* The mode thins the many; the few large ones stay, as does the latent push of all. */
    bool shown = large || tl_rng_uniform(rng) < step->rate;
    if (shown) child_add(step, parent, child);
    if (signed_size > 0) book(step, parent, signed_size);
}

/* Follows the price: strikes roll with the spot when the contract has left its delta range. */
static void crowd_roll(struct tl_scenario_step *step, struct tl_parent *parent, struct tl_rng *rng)
{
    const struct tl_family *family = &tl_families[parent->family];
    const struct tl_symbol *symbol = &step->universe->symbols[parent->sym];
    const struct tl_chain *chain = tl_chains_listing(step->chains, parent->sym);
    const struct tl_latent *latent = &step->latents[parent->sym];
    struct tl_leg *leg = &parent->legs[0];
    double spot = tl_exp(latent->log_px[1]);
    tl_ns now = step->second * TL_NS_PER_S;
    struct tl_option_view view;
    tl_chain_value(chain, symbol, latent, leg->expiry, leg->strike, leg->right, spot, now, &view);
    if (view.price >= 0.03) parent->price = view.price;
    parent->delta = parent->side * view.delta;
    double delta = tl_abs(view.delta);
    bool left = delta < family->delta.low * 0.6 || delta > family->delta.high * 1.35;
    if (!left && tl_rng_uniform(rng) > 0.10) return;
    int dte = chain->expiries[leg->expiry].day - chain->trade_day;
    double target =
        family->delta.low + (family->delta.high - family->delta.low) * tl_rng_uniform(rng);
    uint32_t expiry, strike;
    if (tl_chain_find(chain, symbol, latent, spot, now, dte, dte, target, leg->right, &expiry,
                      &strike))
        leg->strike = strike;
}

static void act_crowd(struct tl_scenario_step *step, struct tl_parent *parent, struct tl_rng *rng)
{
    double span = tl_max((double)(parent->end_s - parent->start_s), 1.0);
    double t = (double)(step->second - parent->start_s) / span;
    double shape = t < 0.15 ? 0.4 + 8.0 * t : 1.88 * (1.0 - t);
    double chase = tl_clamp(1.0 + 2.5 * move_since_start(step, parent), 0.4, 2.5);
    double rate = parent->prints / span * tl_max(shape, 0.05) * chase;
    /* A crowd comes in waves: its log rate wanders from ten seconds to ten seconds. */
    struct tl_rng wave =
        tl_rng_at(step->seed, TL_RNG_SC_PARENT, (uint32_t)(parent->id >> 8) ^ 0x80000000u,
                  (uint64_t)tl_floor_div(step->second, 11));
    rate *= tl_exp(0.7 * parent->raggedness * tl_rng_normal(&wave) - 0.15);
    bool roll = tl_families[parent->family].subtype != TL_SUB_ATTENTION_CONTRACT_SPIKE;
    uint32_t count = tl_rng_poisson(rng, tl_min(rate, 40.0));
    if (count > 0 && roll && step->second % 8 == (int64_t)(parent->id >> 8) % 8)
        crowd_roll(step, parent, rng);
    for (uint32_t i = 0; i < count; i++)
        crowd_child(step, parent, rng);
    parent->next_s = step->second + 1;
}

static char package_code(struct tl_rng *rng, const struct tl_parent *parent)
{
    double u = tl_rng_uniform(rng);
    if (parent->stock) return u < 0.55 ? 'n' : 'o';
    return u < 0.42 ? 'f' : u < 0.65 ? 'g' : u < 0.96 ? 'j' : u < 0.98 ? 'h' : 'i';
}

/* The stock of a package, crossed with those who answered the auction, each with a print of its own:
 * about one answer in 60 lots (one print of it all would make half of the day's blocks, E38). */
static void stock_legs(struct tl_scenario_step *step, struct tl_parent *parent, struct tl_rng *rng,
                       tl_ns ts, int32_t size)
{
    double parts[BURST_MAX];
    uint32_t count = (uint32_t)tl_clamp(size / 60.0 + tl_rng_uniform(rng), 1.0, BURST_MAX);
    double aggression = 0.3 * tl_rng_normal(rng);
    parts_draw(rng, size, count, 0.4, parts);
    ts += (tl_ns)(4e6 * tl_rng_uniform(rng));
    for (uint32_t i = 0; i < count; i++) {
        struct tl_child child = {.ts = ts,
                                 .stock = true,
                                 .side = (int8_t)(parent->stock * parent->side),
                                 .aggression = aggression,
                                 .size = 100 * (tl_lots)tl_max(parts[i] + 0.5, 1),
                                 .condition = '7',
                                 .package = parent->package};
        child_add(step, parent, child);
        ts += (tl_ns)(0.2e6 * tl_rng_exponential(rng));
    }
}

/* How far from its mid a leg is printed, in its own direction. As far as anybody's; a box pays
 * between its mids, so all four lie towards one side of their markets and most of it cancels; a
 * conversion is negotiated about its mids. */
static double leg_place(struct tl_rng *rng, const struct tl_parent *parent, double paid,
                        const struct tl_child *child)
{
    enum tl_subtype subtype = (enum tl_subtype)tl_families[parent->family].subtype;
    if (subtype == TL_SUB_CONVERSION_REVERSAL)
        return tl_clamp(0.3 * paid + 0.15 * tl_rng_normal(rng), -1, 1);
    double at = subtype == TL_SUB_BOX_SPREAD ? paid * child->side : paid;
    return paid < 0.95 ? at + 0.3 * (tl_rng_uniform(rng) - 0.5) : at;
}

/* One package: all legs at one time with matching sizes, and the stock with it. */
static void package_trade(struct tl_scenario_step *step, struct tl_parent *parent,
                          struct tl_rng *rng, tl_ns ts, double wanted)
{
    char code = package_code(rng, parent);
    enum tl_option_mechanism mechanism = tl_option_mechanism_of(code, false, true);
    tl_lots size = tl_scenario_size_draw(rng, mechanism, wanted, 1);
    double paid = tl_clamp(tl_option_place_draw(rng, mechanism, size, 1).at, -1, 1);
    uint16_t number = ++parent->package;
    for (int leg = 0; leg < parent->leg_count; leg++) {
        struct tl_child child = leg_child(parent, leg, ts, size);
        child.aggression = leg_place(rng, parent, paid, &child);
        child.condition = code;
        child.package = number;
        child_add(step, parent, child);
    }
    if (parent->stock) stock_legs(step, parent, rng, ts, size);
    book(step, parent, size);
}

static void act_package(struct tl_scenario_step *step, struct tl_parent *parent, struct tl_rng *rng)
{
    if (holds_back(step, parent, rng)) return;
    double parts[BURST_MAX];
    int32_t clip = clip_draw(rng, parent);
    uint32_t count = tl_rng_uniform(rng) < 0.3 * parent->prints - 0.1 ? 2 : 1;
    parts_draw(rng, clip, count, parent->raggedness, parts);
    tl_ns ts = step->second * TL_NS_PER_S + moment_draw(rng);
    for (uint32_t i = 0; i < count; i++) {
        package_trade(step, parent, rng, ts, parts[i]);
        ts += (tl_ns)(70e6 * tl_rng_exponential(rng));
    }
    schedule(step, parent, rng);
}

/* Options and stock in one breath: the option prints come with the stock's own sweeps between. */
static void act_hedge(struct tl_scenario_step *step, struct tl_parent *parent, struct tl_rng *rng)
{
    if (holds_back(step, parent, rng)) return;
    double parts[BURST_MAX];
    int32_t clip = clip_draw(rng, parent), traded = 0;
    uint32_t count =
        (uint32_t)tl_clamp(parent->prints * tl_exp(0.3 * tl_rng_normal(rng)), 2.0, 8.0);
    parts_draw(rng, clip, count, parent->raggedness, parts);
    tl_ns ts = step->second * TL_NS_PER_S + moment_draw(rng);
    double cover = 0.25 + 0.5 * tl_rng_uniform(rng);
    for (uint32_t i = 0; i < count; i++) {
        struct tl_child child = leg_child(parent, 0, ts, 0);
        child.aggression = tl_rng_uniform(rng) < 0.85 ? 1.0 : 0.4;
        double code = tl_rng_uniform(rng);
        child.condition = code < 0.35 ? 'I' : code < 0.6 ? 'a' : 'S';
        child.multi_venue = child.condition == 'S';
        child_size(step, parent, rng, parts[i], &child);
        child_add(step, parent, child);
        traded += child.size;
        double shares = 100.0 * child.size * tl_abs(parent->delta) * cover;
        if (shares >= 100.0 && tl_rng_uniform(rng) < 0.6) {
            struct tl_child stock = {.ts = ts + (tl_ns)(15e6 * tl_rng_exponential(rng)),
                                     .stock = true,
                                     .side = parent->bias,
                                     .aggression = 1.0,
                                     .size = (tl_lots)tl_min(shares, 60000.0),
                                     .condition = ' '};
            child_add(step, parent, stock);
        }
        ts += (tl_ns)(45e6 * tl_rng_exponential(rng));
    }
    book(step, parent, traded);
    schedule(step, parent, rng);
}

static void act_scalp(struct tl_scenario_step *step, struct tl_parent *parent, struct tl_rng *rng)
{
    /* Leans against what it holds, so that the net stays small. */
    double lean = (double)parent->filled / tl_max((double)parent->target / parent->prints, 1.0);
    bool buys = tl_rng_uniform(rng) < 0.5 - 0.15 * tl_clamp(lean, -3.0, 3.0);
    double mean = (double)parent->target / parent->prints;
    struct tl_child child = leg_child(parent, 0, step->second * TL_NS_PER_S + moment_draw(rng), 0);
    child_size(step, parent, rng, mean * tl_exp(0.6 * tl_rng_normal(rng)), &child);
    child.side = buys ? 1 : -1;
    child.aggression = tl_rng_uniform(rng) < 0.75 ? 1.0 : 0.3;
    child_add(step, parent, child);
    parent->filled += buys ? child.size : -child.size;
    schedule(step, parent, rng);
}

/* One cross in the middle; or a few small prints that meet a quote which has just moved. */
static void act_single(struct tl_scenario_step *step, struct tl_parent *parent, struct tl_rng *rng)
{
    bool stale = tl_families[parent->family].subtype == TL_SUB_STALE_QUOTE_NOISE;
    uint32_t count = stale ? (uint32_t)tl_clamp(parent->prints, 1.0, 8.0) : 1;
    double parts[BURST_MAX];
    parts_draw(rng, parent->target, count, parent->raggedness, parts);
    tl_ns ts = step->second * TL_NS_PER_S + moment_draw(rng);
    for (uint32_t i = 0; i < count; i++) {
        struct tl_child child = leg_child(parent, 0, ts, 0);
        child.aggression = stale ? 2.0 : 0.0;
        child.condition = stale ? 'I' : tl_rng_uniform(rng) < 0.6 ? 'a' : 'c';
        child_size(step, parent, rng, parts[i], &child);
        child_add(step, parent, child);
        ts += (tl_ns)(40e6 * tl_rng_exponential(rng));
    }
    parent->done = true;
}

void tl_parent_act(struct tl_scenario_step *step, struct tl_parent *parent)
{
    static void (*const acts[TL_STYLE_COUNT])(struct tl_scenario_step *, struct tl_parent *,
                                              struct tl_rng *) = {
        [TL_STYLE_SWEEP] = act_sweep,     [TL_STYLE_WORK] = act_work,
        [TL_STYLE_CLIP] = act_clip,       [TL_STYLE_CROWD] = act_crowd,
        [TL_STYLE_PACKAGE] = act_package, [TL_STYLE_HEDGE] = act_hedge,
        [TL_STYLE_SCALP] = act_scalp,     [TL_STYLE_SINGLE] = act_single,
    };
    uint8_t style = tl_families[parent->family].style;
    if (!parent->done && step->second >= parent->next_s) {
        struct tl_rng rng = tl_rng_at(step->seed, TL_RNG_SC_PARENT, (uint32_t)(parent->id >> 8),
                                      (uint64_t)step->second);
        acts[style](step, parent, &rng);
        bool counted = style != TL_STYLE_WORK && style != TL_STYLE_CROWD && style != TL_STYLE_SCALP;
        if (counted && parent->clips_left == 0) parent->done = true;
        if (style != TL_STYLE_SCALP && remaining(parent) == 0) parent->done = true;
    }
    if (step->second >= parent->end_s + (int64_t)(2.0 * parent->gap_s)) parent->done = true;
    if (step->second >= parent->end_s && style == TL_STYLE_CROWD) parent->done = true;
    if (parent->hedge != 0) hedge_release(step, parent);
}
