/* SPDX-License-Identifier: Apache-2.0
 * The NBBO of one stock within one second.
 *
 * The latent state fixes bid, ask and both queues at the second's ends. Between them the efficient
 * price is a Brownian bridge with the second's own sd, looked at at a Poisson number of uniform
 * times. A quote moves when the bridge has left it by more than a hysteresis of about 0.6 tick; the
 * two sides move one after the other (the taken side first, the other some ms later), now and then
 * in the wrong order, which locks or crosses the market for a moment (SCORECARD E22). Between
 * moves queues refill, and an impatient order flickers inside the spread. The last point is the end
 * anchor, so no second needs the one before.
 *
 * Limits: at most TL_QUOTE_PATH_MAX points; with more, the newest overwrites the last. */
#include "tape/equity_path.h"

#include "base/math.h"
#include "base/rng.h"

#define CANDIDATES_MAX 32

struct walk {
    const struct tl_latent *latent;
    struct tl_quote_path *path;
    struct tl_rng rng;
    tl_ns start;
    tl_px tick;
    tl_lots lot;
    int64_t bid, ask; /* ticks, now */
    double x;         /* efficient price, ticks, now */
    double u;         /* fraction of the second, now */
};

static tl_lots lots_round(double size, tl_lots lot)
{
    double lots = tl_floor(size / (double)lot + 0.5);
    return (tl_lots)(tl_clamp(lots, 1.0, 1e6) * (double)lot);
}

/* A queue near the line between its anchors, log-normally ragged. */
static tl_lots queue_draw(struct walk *walk, const tl_lots anchors[2])
{
    double mean = (double)anchors[0] + ((double)anchors[1] - (double)anchors[0]) * walk->u;
    return lots_round(mean * tl_exp(0.45 * tl_rng_normal(&walk->rng) - 0.1), walk->lot);
}

static void put(struct walk *walk, double u, int64_t bid, int64_t ask)
{
    struct tl_quote_path *path = walk->path;
    const struct tl_quote_point *last = &path->points[path->count - 1];
    tl_ns ts = walk->start + (tl_ns)(u * 1e9);
    if (ts <= last->ts) ts = last->ts + 1;
    if (ts >= walk->start + TL_NS_PER_S) return;
    struct tl_quote_point point = {
        .ts = ts,
        .bid = bid * walk->tick,
        .ask = ask * walk->tick,
        .bid_size = bid == walk->bid && (tl_rng_u32(&walk->rng) & 1)
                        ? last->bid_size
                        : queue_draw(walk, walk->latent->bid_size),
        .ask_size = ask == walk->ask && (tl_rng_u32(&walk->rng) & 1)
                        ? last->ask_size
                        : queue_draw(walk, walk->latent->ask_size),
    };
    if (path->count == TL_QUOTE_PATH_MAX) path->count--;
    path->points[path->count++] = point;
    walk->bid = bid;
    walk->ask = ask;
}

/* Moves to (bid, ask) at u, the sides one after the other; room is the time until the next
 * candidate. */
static void move(struct walk *walk, int64_t bid, int64_t ask, double u, double room)
{
    bool up = bid + ask > walk->bid + walk->ask;
    bool two_sides = bid != walk->bid && ask != walk->ask;
    double kind = tl_rng_uniform(&walk->rng);
    double lag = tl_min(room * 0.9, 0.008 * tl_rng_exponential(&walk->rng));
    if (!two_sides || kind < 0.3 || lag < 2e-6) {
        put(walk, u, bid, ask);
        return;
    }
    /* Wrong order: the far side arrives before the near one has left. */
    int64_t near_bid = up ? walk->bid : bid, near_ask = up ? ask : walk->ask;
    if (kind > 0.97) {
        int64_t through = kind > 0.9992 ? 1 : 0;
        if (through) lag = tl_min(lag, 0.0015);
        near_bid = up ? walk->ask + through : walk->bid;
        near_ask = up ? walk->ask : walk->bid - through;
    }
    put(walk, u, near_bid, near_ask);
    put(walk, u + lag, bid, ask);
}

/* An order inside the spread (or, at one tick, a level briefly empty) that is gone again soon. */
static void flicker(struct walk *walk, double u, double room)
{
    int64_t bid = walk->bid, ask = walk->ask;
    double lag = tl_min(room * 0.9, 0.020 * tl_rng_exponential(&walk->rng));
    bool buy_side = tl_rng_u32(&walk->rng) & 1;
    if (lag < 4e-6) return;
    if (ask - bid > 1)
        put(walk, u, bid + (buy_side ? 1 : 0), ask - (buy_side ? 0 : 1));
    else
        put(walk, u, bid - (buy_side && bid > 1 ? 1 : 0), ask + (buy_side ? 0 : 1));
    put(walk, u + lag, bid, ask);
}

static uint32_t candidate_times(struct walk *walk, double mean, double times[CANDIDATES_MAX])
{
    uint32_t count = tl_rng_poisson(&walk->rng, mean);
    if (count > CANDIDATES_MAX) count = CANDIDATES_MAX;
    for (uint32_t i = 0; i < count; i++) {
        double u = tl_rng_uniform(&walk->rng);
        uint32_t at = i;
        for (; at > 0 && times[at - 1] > u; at--)
            times[at] = times[at - 1];
        times[at] = u;
    }
    return count;
}

/* One look at the bridge: where the quote should stand at u, and the move there. */
static void look(struct walk *walk, double u, double next, const double x_end, double sd)
{
    const struct tl_latent *latent = walk->latent;
    double left = 1.0 - walk->u, step = u - walk->u;
    if (left > 1e-9) {
        double mean = walk->x + (x_end - walk->x) * step / left;
        walk->x = mean + sd * tl_sqrt(step * (1.0 - u) / left) * tl_rng_normal(&walk->rng);
    }
    walk->u = u;
    int64_t spread = walk->ask - walk->bid;
    int64_t goal = ((u < 0.5 ? latent->ask[0] - latent->bid[0] : latent->ask[1] - latent->bid[1])) /
                   walk->tick;
    double mood = tl_rng_uniform(&walk->rng);
    if (mood < 0.12 && goal > 1) goal--;
    if (mood > 0.90) goal++;
    double mid = 0.5 * (double)(walk->bid + walk->ask);
    double hysteresis = 0.35 + 0.4 * tl_rng_uniform(&walk->rng) + 0.1 * (double)spread;
    bool left_quote = tl_abs(walk->x - mid) > hysteresis;
    bool respread = spread > 1 + goal || (goal != spread && mood > 0.3 && mood < 0.55);
    double room = next - u;
    if (left_quote || respread) {
        int64_t bid = (int64_t)tl_floor((left_quote ? walk->x : mid) - 0.5 * (double)goal + 0.5);
        if (bid < 1) bid = 1;
        if (bid != walk->bid || bid + goal != walk->ask) {
            move(walk, bid, bid + goal, u, room);
            return;
        }
    }
    if (tl_rng_uniform(&walk->rng) * latent->cleanliness < 0.10)
        flicker(walk, u, room);
    else
        put(walk, u, walk->bid, walk->ask);
}

/* The end anchor, at a random late time (or at the last moment when points reach that far). */
static void finish(struct walk *walk)
{
    const struct tl_latent *latent = walk->latent;
    struct tl_quote_path *path = walk->path;
    const struct tl_quote_point *last = &path->points[path->count - 1];
    struct tl_quote_point end = {.bid = latent->bid[1],
                                 .ask = latent->ask[1],
                                 .bid_size = latent->bid_size[1],
                                 .ask_size = latent->ask_size[1]};
    double from = (double)(last->ts - walk->start) * 1e-9;
    end.ts = walk->start + (tl_ns)((from + (1.0 - from) * tl_rng_uniform(&walk->rng)) * 1e9);
    if (end.ts <= last->ts) end.ts = last->ts + 1;
    if (end.ts >= walk->start + TL_NS_PER_S) end.ts = walk->start + TL_NS_PER_S - 1;
    if (path->count == TL_QUOTE_PATH_MAX || (path->count > 1 && last->ts >= end.ts)) path->count--;
    path->points[path->count++] = end;
}

void tl_equity_path_make(const struct tl_second *second, struct tl_quote_path *path)
{
    const struct tl_latent *latent = second->latent;
    struct walk walk = {
        .latent = latent,
        .path = path,
        .rng = tl_rng_at(second->seed, TL_RNG_EQ_PATH, second->sym, (uint64_t)second->second),
        .start = second->second * TL_NS_PER_S,
        .tick = latent->tick > 0 ? latent->tick : 100,
        .lot = second->symbol->lot > 0 ? second->symbol->lot : 100};
    walk.bid = latent->bid[0] / walk.tick;
    walk.ask = latent->ask[0] / walk.tick;
    path->count = 1;
    path->points[0] = (struct tl_quote_point){.ts = walk.start,
                                              .bid = latent->bid[0],
                                              .ask = latent->ask[0],
                                              .bid_size = latent->bid_size[0],
                                              .ask_size = latent->ask_size[0]};
    /* The quote's offset from the efficient price is kept along the bridge: the bridge runs from
     * mid to mid, and only its wiggle comes from the efficient price. */
    walk.x = 0.5 * (double)(walk.bid + walk.ask);
    double x_end = 0.5 * (double)(latent->bid[1] + latent->ask[1]) / (double)walk.tick;
    double sd = latent->sigma_s * walk.x;
    double mean = 0.5 + 1.1 * tl_sqrt(tl_max(latent->trade_rate, 0.0)) + 0.6 * tl_min(sd, 6.0);
    double times[CANDIDATES_MAX];
    uint32_t count = candidate_times(&walk, mean / tl_clamp(latent->cleanliness, 0.4, 2.0), times);
    for (uint32_t i = 0; i < count; i++)
        look(&walk, times[i], i + 1 < count ? times[i + 1] : 1.0, x_end, sd);
    finish(&walk);
}

const struct tl_quote_point *tl_quote_path_at(const struct tl_quote_path *path, tl_ns ts)
{
    uint32_t low = 0, high = path->count; /* points[low].ts <= ts < points[high].ts */
    while (high - low > 1) {
        uint32_t middle = (low + high) / 2;
        if (path->points[middle].ts <= ts)
            low = middle;
        else
            high = middle;
    }
    return &path->points[low];
}
