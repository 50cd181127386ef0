/* SPDX-License-Identifier: Apache-2.0
 * The NBBO of one stock within one second.
 *
 * The latent state fixes bid, ask and both queues at the second's ends. Between them the efficient
 * price is a Brownian bridge with the second's own sd, looked at at clustered random times, two to
 * three a print. A quote moves by the law of the anchors (quote_anchor.h): when the price has left
 * the band around the middle. Else one queue is drawn anew, leaning with the place of the price in
 * that band, so that imbalance foretells the next move (SCORECARD E27). A move takes both sides at
 * once or one some ms after the other; now and then a side comes too early and locks or crosses the
 * market for a moment (E22), or an impatient order flickers inside the spread. The last point is
 * the end anchor, so no second needs the one before.
 *
 * Limits: at most TL_QUOTE_PATH_MAX points; with more, the newest overwrites the last. Looks are
 * limited to 88 for that reason. */
#include "tape/equity_path.h"

#include "base/math.h"
#include "base/rng.h"
#include "market/quote_anchor.h"

#define LOOKS_MAX 88.0
#define LOCK_CHANCE 0x00be0000u /* of a look: .0029, each two or three updates (E22) */
#define CROSS_PART 0.02         /* of the locks */
#define FLICKER_CHANCE 0.006    /* of a look at a clean market */
#define LAG_CHANCE 0.35         /* that the sides of a move come apart */

struct walk {
    const struct tl_latent *latent;
    struct tl_quote_path *path;
    struct tl_rng rng;
    tl_ns start;
    tl_px tick;
    tl_lots lot;
    double depth;             /* mean shares of a queue, over TL_QUEUE_MEAN */
    double band;              /* ticks */
    double per_band, per_lot; /* 1 / band, 1 / lot: a look has no time to divide */
    int64_t bid, ask;         /* ticks, now */
    tl_lots bid_size, ask_size;
    double x; /* efficient price, ticks, now */
    double u; /* fraction of the second, now */
};

static tl_lots lots_round(const struct walk *walk, double shares)
{
    double lots = tl_clamp(shares * walk->per_lot + 0.5, 1.0, 1e6);
    return (tl_lots)lots * walk->lot;
}

static double off_middle(const struct walk *walk)
{
    return walk->x - 0.5 * (double)(walk->bid + walk->ask);
}

/* Draws the queues anew: sides 1 the bid's, 2 the ask's, 3 both. */
static void queues_draw(struct walk *walk, int sides)
{
    double press = tl_quote_press(off_middle(walk) * walk->per_band, walk->latent->spread_ticks);
    uint32_t word = tl_rng_u32(&walk->rng);
    if (sides & 1)
        walk->bid_size = lots_round(walk, walk->depth * tl_queue_part(press, word & 0xffff));
    if (sides & 2)
        walk->ask_size = lots_round(walk, walk->depth * tl_queue_part(-press, word >> 16));
}

/* The quote as it stands in walk, from u on. */
static void put(struct walk *walk, double u)
{
    struct tl_quote_path *path = walk->path;
    const struct tl_quote_point *last = &path->points[path->count - 1];
    tl_ns ts = walk->start + (tl_ns)(u * 1e9);
    if (ts <= last->ts) ts = last->ts + 1;
    if (ts >= walk->start + TL_NS_PER_S) return;
    if (path->count == TL_QUOTE_PATH_MAX) path->count--;
    path->points[path->count++] = (struct tl_quote_point){.ts = ts,
                                                          .bid = walk->bid * walk->tick,
                                                          .ask = walk->ask * walk->tick,
                                                          .bid_size = walk->bid_size,
                                                          .ask_size = walk->ask_size};
}

/* Moves to (bid, ask) at u, sometimes the side that is in the way first; room: time until the next
 * look. */
static void move(struct walk *walk, int64_t bid, int64_t ask, double u, double room)
{
    bool up = bid + ask > walk->bid + walk->ask;
    bool apart = bid != walk->bid && ask != walk->ask && tl_rng_uniform(&walk->rng) < LAG_CHANCE;
    if (apart) {
        double lag = tl_min(0.9 * room, 0.008 * tl_rng_exponential(&walk->rng));
        if (up)
            walk->ask = ask;
        else
            walk->bid = bid;
        queues_draw(walk, up ? 2 : 1);
        put(walk, u);
        u += lag;
    }
    walk->bid = bid;
    walk->ask = ask;
    queues_draw(walk, 3);
    put(walk, u);
}

/* A side arrives before the other has left: locked, rarely crossed, for a few ms. The early order is
 * small against what it locks, so the market turns back. */
static void lock(struct walk *walk, double u, double room)
{
    const struct walk before = *walk;
    bool buys = off_middle(walk) > 0;
    bool through = tl_rng_uniform(&walk->rng) < CROSS_PART;
    double lag = tl_min(0.9 * room, (through ? 0.0012 : 0.006) * tl_rng_exponential(&walk->rng));
    if (lag < 4e-6) return;
    if (buys)
        walk->bid = walk->ask + (through ? 1 : 0);
    else
        walk->ask = walk->bid - (through && walk->bid > 1 ? 1 : 0);
    walk->bid_size = buys ? walk->lot : 5 * walk->lot;
    walk->ask_size = buys ? 5 * walk->lot : walk->lot;
    put(walk, u);
    if (!through) {
        walk->bid_size += buys ? walk->lot : -walk->lot;
        put(walk, u + 0.5 * lag);
    }
    walk->bid = before.bid;
    walk->ask = before.ask;
    queues_draw(walk, 3);
    put(walk, u + lag);
}

/* An order inside the spread that is gone again soon. */
static void flicker(struct walk *walk, double u, double room)
{
    const int64_t bid = walk->bid, ask = walk->ask;
    double lag = tl_min(room * 0.9, 0.020 * tl_rng_exponential(&walk->rng));
    if (lag < 4e-6 || ask - bid < 3) return;
    if (tl_rng_u32(&walk->rng) & 1)
        walk->bid++;
    else
        walk->ask--;
    queues_draw(walk, 3);
    put(walk, u);
    walk->bid = bid;
    walk->ask = ask;
    queues_draw(walk, 3);
    put(walk, u + lag);
}

/* The bridge from now to u. The four bytes of a word make a deviate that is normal enough for a
 * step of many. */
static void advance(struct walk *walk, double u, double x_end, double sd)
{
    double part = (u - walk->u) / (1.0 - walk->u);
    uint32_t word = tl_rng_u32(&walk->rng);
    uint32_t pair = (word & 0x00ff00ff) + (word >> 8 & 0x00ff00ff);
    double normal = ((double)((pair & 0xffff) + (pair >> 16)) - 510.0) * (1.0 / 147.80);
    walk->x += (x_end - walk->x) * part + sd * tl_sqrt(part * (1.0 - u)) * normal;
    walk->u = u;
}

/* One look: where the quote should stand at u, and what changes there. goal: spread in ticks. */
static void look(struct walk *walk, double u, double room, int64_t goal)
{
    uint32_t word = tl_rng_u32(&walk->rng);
    if (goal != walk->ask - walk->bid || tl_abs(off_middle(walk)) > walk->band) {
        int64_t bid = (int64_t)tl_floor(walk->x - 0.5 * (double)goal + 0.5);
        if (bid < 1) bid = 1;
        if (bid != walk->bid || bid + goal != walk->ask) {
            move(walk, bid, bid + goal, u, room);
            return;
        }
    }
    if (word < LOCK_CHANCE) {
        lock(walk, u, room);
    } else if (goal > 2 &&
               (double)word * 0x1p-32 * walk->latent->cleanliness > 1.0 - FLICKER_CHANCE) {
        flicker(walk, u, room);
    } else {
        queues_draw(walk, word & 1 ? 1 : 2);
        put(walk, u);
    }
}

/* Time to the next look over its mean, 4 u^3: over-dispersed (CV 1.13), and without a logarithm. */
static double look_gap(struct walk *walk)
{
    double part = (double)tl_rng_u32(&walk->rng) * 0x1p-32;
    return 4.0 * part * part * part;
}

/* The end anchor at u; what follows until the second's end are queues only, the last of them the
 * anchor's own. */
static void finish(struct walk *walk, double u, double next, double gap)
{
    const struct tl_latent *latent = walk->latent;
    walk->bid = latent->bid[1] / walk->tick;
    walk->ask = latent->ask[1] / walk->tick;
    for (; next < 1.0; u = next, next = u + gap * look_gap(walk)) {
        queues_draw(walk, tl_rng_u32(&walk->rng) & 1 ? 1 : 2);
        put(walk, u);
    }
    struct tl_quote_path *path = walk->path;
    const struct tl_quote_point *last = &path->points[path->count - 1];
    struct tl_quote_point end = {.ts = walk->start + (tl_ns)(u * 1e9),
                                 .bid = latent->bid[1],
                                 .ask = latent->ask[1],
                                 .bid_size = latent->bid_size[1],
                                 .ask_size = latent->ask_size[1]};
    if (end.ts <= last->ts) end.ts = last->ts + 1;
    if (end.ts >= walk->start + TL_NS_PER_S) end.ts = walk->start + TL_NS_PER_S - 1;
    if (path->count == TL_QUOTE_PATH_MAX || (path->count > 1 && last->ts >= end.ts)) path->count--;
    path->points[path->count++] = end;
}

/* Looks by the time of day beside what activity says: few in the first minutes, when quotes are wide
 * and slow, many into the close (E26: 9, 5 and 12 % of updates in the first, a midday and the last
 * half hour). */
static double looks_of_day(const struct tl_second *second)
{
    static const double minutes[] = {0, 30, 60, 105, 150, 240, 300, 330, 370, 390};
    static const double looks[] = {.84, .87, .98, .95, .71, .71, .86, 1.0, 1.50, 1.50};
    double length = (double)(second->session->session_end_s - second->session->session_start_s);
    double minute =
        390.0 * (double)(second->second - second->session->session_start_s) / tl_max(length, 1.0);
    int node = 1;
    while (node < 9 && minute >= minutes[node])
        node++;
    double part = (minute - minutes[node - 1]) / (minutes[node] - minutes[node - 1]);
    return looks[node - 1] + tl_clamp(part, 0, 1) * (looks[node] - looks[node - 1]);
}

/* Mean looks in this second: 3.3 a print and 4 more (E20, E21), by the fourth root of activity: the
 * shares of the half hours then hardly depend on the day. */
static double looks_mean(const struct tl_second *second)
{
    double usual = tl_max(second->symbol->trades_per_s, 0.01);
    double busy = tl_clamp(second->latent->trade_rate / usual, 0.01, 50.0);
    double mean = (3.3 * usual + 4.0) * tl_sqrt(tl_sqrt(busy)) * looks_of_day(second);
    return tl_clamp(mean * second->rate, 0.2, LOOKS_MAX);
}

static void walk_start(struct walk *walk, const struct tl_second *second)
{
    const struct tl_latent *latent = second->latent;
    walk->tick = latent->tick > 0 ? latent->tick : 100;
    walk->lot = second->symbol->lot > 0 ? second->symbol->lot : 100;
    walk->bid = latent->bid[0] / walk->tick;
    walk->ask = latent->ask[0] / walk->tick;
    walk->bid_size = latent->bid_size[0];
    walk->ask_size = latent->ask_size[0];
    walk->depth = (double)(latent->bid_size[0] + latent->ask_size[0] + latent->bid_size[1] +
                           latent->ask_size[1]) *
                  (0.25 / TL_QUEUE_MEAN);
    walk->band = tl_quote_band(latent->spread_ticks);
    walk->per_band = 1.0 / walk->band;
    walk->per_lot = 1.0 / (double)walk->lot;
    walk->path->count = 1;
    walk->path->points[0] = (struct tl_quote_point){.ts = walk->start,
                                                    .bid = latent->bid[0],
                                                    .ask = latent->ask[0],
                                                    .bid_size = latent->bid_size[0],
                                                    .ask_size = latent->ask_size[0]};
}

/* When the quote takes the end anchor. Looks before it move the quote at a rate r a second, taking the
 * anchor is a move with probability p, and after it only queues change: the density of this moment
 * that makes the sum even over the second, r (1 - F) + p f = c, is exp(u r / p) on 0..1. With any
 * other the tape has a period of one second. r / p is 1 where the price hardly moves; from the sd in
 * ticks, over the spread, it was measured on names of one to seven ticks, and ends at 16. */
static double settle_time(struct walk *walk, double sd_ticks, int64_t spread)
{
    double k = tl_clamp(6.0 * sd_ticks / (0.75 + 0.25 * (double)spread), 1.0, 16.0);
    double part = (double)tl_rng_u32(&walk->rng) * 0x1p-32;
    return tl_min(tl_log(1.0 + part * (tl_exp(k) - 1.0)) / k, 0.999999);
}

void tl_equity_path_make(const struct tl_second *second, struct tl_quote_path *path)
{
    const struct tl_latent *latent = second->latent;
    struct walk walk = {
        .latent = latent,
        .path = path,
        .rng = tl_rng_at(second->seed, TL_RNG_EQ_PATH, second->sym, (uint64_t)second->second),
        .start = second->second * TL_NS_PER_S};
    walk_start(&walk, second);
    double scale = TL_PX_PER_USD / (double)walk.tick;
    double x_end = scale * tl_exp(latent->log_px[1]);
    walk.x = x_end * (1.0 - (latent->log_px[1] - latent->log_px[0]));
    double sd = latent->sigma_s * x_end;
    int64_t spread[2] = {walk.ask - walk.bid, (latent->ask[1] - latent->bid[1]) / walk.tick};
    double turn = tl_rng_uniform(&walk.rng); /* when the spread changes */
    double gap = 1.0 / looks_mean(second);
    double settle = settle_time(&walk, sd, spread[1]);
    double u = 0, next = gap * look_gap(&walk);
    while (next < settle) {
        u = next;
        next = u + gap * look_gap(&walk);
        advance(&walk, u, x_end, sd);
        look(&walk, u, tl_min(next, settle) - u, spread[u >= turn]);
    }
    finish(&walk, settle, next, gap);
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
