/* SPDX-License-Identifier: Apache-2.0
 * The NBBO of one stock within one second.
 *
 * The latent state fixes bid, ask and both queues at the second's ends. Between them:
 *
 *   1. The moves, in the walk's own time: the efficient price is a Brownian bridge with the
 *      second's own sd, looked at in even steps, and the quote moves by the law of the anchors
 *      (quote_anchor.h), when the price has left the band around the middle. What is left to the
 *      end anchor is the last move.
 *   2. The looks, in real time: a stationary renewal process of clustered gaps, three to four
 *      looks a print. The moves fall on as many of them, each set as likely as any other.
 *   3. At every other look a queue is drawn anew, leaning with the place of the price in its band
 *      at that point between two moves, so that imbalance foretells the next move (SCORECARD E27).
 *
 * Since looks know nothing of seconds and moves nothing of where looks fall, no second shows: with
 * the price looked at in real time, as was done before, moves shun the time just after an anchor
 * (the price has not gone anywhere yet) and just before the next, and the tape has a period of one
 * second.
 *
 * A move takes both sides at once, or one some ms before the other; where one tick binds the early
 * side locks the market, rarely crosses it (E22). In wider markets an early order locks and is gone
 * again, or an impatient one flickers inside the spread. The last look at a side takes the end
 * anchor's queue, so no second needs the one before.
 *
 * Limits: at most TL_QUOTE_PATH_MAX points; with more, the newest overwrites the last. Looks are
 * limited to LOOKS_MAX for that reason. */
#include "tape/equity_path.h"

#include "base/math.h"
#include "base/rng.h"
#include "market/quote_anchor.h"

#define LOOKS_MEAN_MAX 88.0
#define LOOKS_MAX 120 /* three sd more */
#define STEPS_MAX 40
#define LOCKED_PART 0.012 /* of updates, in locked moments (E22: .005 to .04) */
#define GOES_BACK 0.50    /* of them, in locks that turn back; all in markets of 3 ticks and more */
#define CROSS_PART 0.02   /* of the locks */
#define FLICKER_CHANCE 0.025 /* of a look at a market of ordinary cleanliness (E23) */
#define LAG_NARROW 0.15      /* chance that the sides of a move come apart: below 3 ticks, */
#define LAG_WIDE 0.42        /* and above; each makes two changes of one direction (E23) */
#define FOLLOW 0.20 /* of the band: how far a quote of several ticks stays behind the price (E23) */
#define STAY_BAND 1.5 /* the band's width in a second whose anchors agree, over the usual */

struct move {
    int step; /* of the walk; steps + 1 is the second's end */
    int64_t bid, ask;
};

/* A moment at which something is drawn. Its two draws are of 16 bits: what is asked of them has chances
 * of a thousandth and more. */
struct look {
    double u;       /* when, 0..1 of the second */
    uint8_t sides;  /* whose queue is drawn anew: 1 the bid's, 2 the ask's; 3: the quote moves */
    uint16_t fate;  /* whether somebody intrudes */
    uint16_t queue; /* the queue's own noise */
};

struct walk {
    const struct tl_latent *latent;
    struct tl_quote_path *path;
    struct tl_rng rng;
    tl_ns start;
    tl_px tick;
    tl_lots lot;
    double depth;                   /* mean lots of a queue */
    double lock_updates;            /* expected locked updates of a move, where one tick binds */
    uint32_t locks[2], flickers[2]; /* chances of a look in 65,536 parts; [1] in a narrow market */
    struct tl_press_law leans;
    int64_t bid, ask;              /* ticks, now */
    tl_lots size[2], last_size[2]; /* the bid's, the ask's: now, and at the end */
    double press;                  /* lean of the queues, now */
    int settled; /* sides whose queue is the end anchor's by now: 1 the bid's, 2 the ask's */
    int steps, moves, looks;
    int last[2];             /* the last look that draws that side's queue; -1: none does */
    double x[STEPS_MAX + 2]; /* efficient price after each step, ticks; [0]: the start */
    struct move move[STEPS_MAX + 1];
    struct look look[LOOKS_MAX];
};

static double chance_draw(struct walk *walk)
{
    return (double)tl_rng_u32(&walk->rng) * 0x1p-32;
}

/* ---- the moves, in the walk's time ---- */

static void move_add(struct walk *walk, int step, int64_t bid, int64_t ask)
{
    walk->move[walk->moves++] = (struct move){step, bid, ask};
    walk->bid = bid;
    walk->ask = ask;
}

/* A deviate that is normal enough for a step of many: the four bytes of a word. */
static double quick_normal(struct walk *walk)
{
    uint32_t word = tl_rng_u32(&walk->rng);
    uint32_t pair = (word & 0x00ff00ff) + (word >> 8 & 0x00ff00ff);
    return ((double)((pair & 0xffff) + (pair >> 16)) - 510.0) * (1.0 / 147.80);
}

/* Looks where a second's move can leave the band; few where it cannot. */
static int steps_of(double sd, double band)
{
    return (int)tl_min(3.0 + 2.5 * (sd / band) * (sd / band), STEPS_MAX);
}

/* All moves of the second. spread: at its ends, ticks. Ends at the end anchor. */
static void moves_make(struct walk *walk, double sd, double x_end, const int64_t spread[2])
{
    const struct tl_latent *latent = walk->latent;
    int64_t end = latent->bid[1] / walk->tick;
    double band = walk->leans.band;
    walk->steps = steps_of(sd, band);
    if (end == walk->bid && spread[0] == spread[1]) band *= STAY_BAND;
    double size = 1.0 / (walk->steps + 1), turn = chance_draw(walk); /* when the spread changes */
    for (int k = 1; k <= walk->steps; k++) {
        double left = 1.0 - (k - 1) * size;
        walk->x[k] = walk->x[k - 1] + (x_end - walk->x[k - 1]) * size / left +
                     sd * tl_sqrt(size * (left - size) / left) * quick_normal(walk);
        int64_t goal = spread[k * size >= turn];
        double off = walk->x[k] - 0.5 * (double)(walk->bid + walk->ask);
        if (goal == walk->ask - walk->bid && tl_abs(off) <= band) continue;
        double to = walk->x[k];
        if (band > 1.2 && tl_abs(off) > band) to -= off > 0 ? FOLLOW * band : -FOLLOW * band;
        int64_t bid = (int64_t)tl_floor(to - 0.5 * (double)goal + 0.5);
        if (bid < 1) bid = 1;
        if (bid != walk->bid || bid + goal != walk->ask) move_add(walk, k, bid, bid + goal);
    }
    walk->x[walk->steps + 1] = x_end;
    if (end != walk->bid || end + spread[1] != walk->ask)
        move_add(walk, walk->steps + 1, end, end + spread[1]);
}

/* ---- what happens at a look ---- */

/* Shares of one queue, drawn by 16 bits: side 0 the bid's, 1 the ask's. */
static inline tl_lots queue_of(const struct walk *walk, int side, double press, uint32_t bits)
{
    double part = tl_queue_part(side ? -press : press, walk->leans.ragged, bits);
    return (tl_lots)tl_clamp(walk->depth * part + 0.5, 1.0, 1e6) * walk->lot;
}

/* Draws the queues anew: sides 1 the bid's, 2 the ask's, 3 both. */
static void queues_draw(struct walk *walk, int sides)
{
    uint32_t word = tl_rng_u32(&walk->rng);
    if (sides & 1) walk->size[0] = queue_of(walk, 0, walk->press, word & 0xffff);
    if (sides & 2) walk->size[1] = queue_of(walk, 1, walk->press, word >> 16);
    if (walk->settled & 1) walk->size[0] = walk->last_size[0];
    if (walk->settled & 2) walk->size[1] = walk->last_size[1];
}

static double now_of(const struct walk *walk)
{
    return (double)(walk->path->points[walk->path->count - 1].ts - walk->start) * 1e-9;
}

/* The quote as it stands in walk, from u on. */
static inline void put(struct walk *walk, double u)
{
    struct tl_quote_path *path = walk->path;
    tl_ns ts = walk->start + (tl_ns)(u * 1e9), last = path->points[path->count - 1].ts;
    if (ts <= last) ts = last + 1;
    if (ts >= walk->start + TL_NS_PER_S) ts = walk->start + TL_NS_PER_S - 1;
    bool full = path->count == TL_QUOTE_PATH_MAX || ts <= last;
    if (full && path->count > 1) path->count--;
    path->points[path->count++] = (struct tl_quote_point){.ts = ts,
                                                          .bid = walk->bid * walk->tick,
                                                          .ask = walk->ask * walk->tick,
                                                          .bid_size = walk->size[0],
                                                          .ask_size = walk->size[1]};
}

/* Lean of the queues of a quote after a step of the walk. */
static inline void press_at(struct walk *walk, int step, int64_t bid, int64_t ask)
{
    double off = walk->x[step] - 0.5 * (double)(bid + ask);
    walk->press = tl_quote_press(&walk->leans, off);
}

/* Two moments of one event: the earlier one, lag and its mean in seconds. Which of them is the look
 * is even, so that neither end of a second has more of the earlier or the later. */
static double pair_begin(struct walk *walk, double u, double room, double *lag)
{
    double mean = *lag;
    bool back = tl_rng_u32(&walk->rng) & 1;
    *lag = tl_min(mean * tl_rng_exponential(&walk->rng), 0.9 * (back ? u - now_of(walk) : room));
    return back ? u - *lag : u;
}

static bool is_narrow(const struct walk *walk)
{
    return walk->ask - walk->bid < 3;
}

/* Mean updates of a lock: more where locks are rare. */
static double updates_a_lock(const struct walk *walk, bool narrow)
{
    return narrow ? 2.0 + walk->lock_updates : 7.0;
}

/* The market is locked from u for lag, and sizes are updated. The side that comes early: buys the
 * bid's; stays: it is the larger one, and the other will give way. */
static void locked(struct walk *walk, double u, double lag, bool buys, bool stays)
{
    bool through = chance_draw(walk) < CROSS_PART;
    int updates =
        1 + (int)(chance_draw(walk) * (2.0 * updates_a_lock(walk, is_narrow(walk)) - 1.0));
    if (buys)
        walk->bid = walk->ask + (through ? 1 : 0);
    else
        walk->ask = walk->bid - (through && walk->bid > 1 ? 1 : 0);
    for (int i = 0; i < (through ? 1 : updates); i++) {
        walk->size[0] = walk->lot * (buys == stays ? 5 + 2 * i : 1 + i);
        walk->size[1] = walk->lot * (buys == stays ? 1 + i : 5 + 2 * i);
        put(walk, u + lag * i / updates);
    }
    if (through) { /* a moment only: the rest of the lag it is locked */
        walk->bid -= buys;
        walk->ask += !buys;
        put(walk, u + tl_min(0.5 * lag, 0.0012));
    }
}

/* Moves to (bid, ask) at u, sometimes the side that is in the way first, or where one tick binds
 * the other: the market is locked until it follows. room: time until the next look. */
static void move(struct walk *walk, const struct move *to, double u, double room)
{
    bool up = to->bid + to->ask > walk->bid + walk->ask;
    /* Of a spread that changes about the price the early side would go the wrong way. */
    bool both = (to->bid - walk->bid) * (to->ask - walk->ask) > 0;
    double lock = (1.0 - GOES_BACK) * walk->lock_updates / updates_a_lock(walk, is_narrow(walk));
    double chance = chance_draw(walk);
    if (both && is_narrow(walk) && chance < lock) {
        double lag = 0.003 * (1.0 + 2.0 * walk->lock_updates);
        u = pair_begin(walk, u, room, &lag);
        locked(walk, u, lag, up, true);
        u += lag;
    } else if (both && chance > 1.0 - (is_narrow(walk) ? LAG_NARROW : LAG_WIDE)) {
        double lag = 0.008;
        u = pair_begin(walk, u, room, &lag);
        if (up)
            walk->ask = to->ask;
        else
            walk->bid = to->bid;
        /* Where one tick binds the second side comes because its queue is gone (E27). */
        bool bound = is_narrow(walk);
        press_at(walk, to->step, bound ? walk->bid : to->bid, bound ? walk->ask : to->ask);
        queues_draw(walk, up ? 2 : 1);
        put(walk, u);
        u += lag;
    }
    walk->bid = to->bid;
    walk->ask = to->ask;
    press_at(walk, to->step, walk->bid, walk->ask);
    queues_draw(walk, 3);
    put(walk, u);
}

/* An early order that is gone again: it locks the market, or stands inside the spread. */
static void intrude(struct walk *walk, double u, double room, bool locks)
{
    const int64_t bid = walk->bid, ask = walk->ask;
    double lag = locks ? 0.008 : 0.020;
    u = pair_begin(walk, u, room, &lag);
    if (locks) {
        locked(walk, u, lag, walk->press > 0, false);
    } else {
        if (tl_rng_u32(&walk->rng) & 1)
            walk->bid++;
        else
            walk->ask--;
        queues_draw(walk, 3);
        put(walk, u);
    }
    walk->bid = bid;
    walk->ask = ask;
    queues_draw(walk, 3);
    put(walk, u + lag);
}

/* ---- the looks, in real time ---- */

/* Looks by the time of day beside what activity says: few in the first minutes, when quotes are
 * wide and slow, many into the close (E26: 9, 5 and 12 % of updates in the first, a midday and the
 * last half hour). */
static double looks_of_day(const struct tl_second *second)
{
    static const double minutes[] = {0, 30, 60, 105, 150, 240, 300, 330, 370, 390};
    static const double looks[] = {.765, .81, .96, .95, .70, .70, .86, 1.0, 1.50, 1.50};
    double length = (double)(second->session->session_end_s - second->session->session_start_s);
    double minute =
        390.0 * (double)(second->second - second->session->session_start_s) / tl_max(length, 1.0);
    int node = 1;
    while (node < 9 && minute >= minutes[node])
        node++;
    double part = (minute - minutes[node - 1]) / (minutes[node] - minutes[node - 1]);
    return looks[node - 1] + tl_clamp(part, 0, 1) * (looks[node] - looks[node - 1]);
}

/* Mean looks in this second: 3.7 a print and 4 more (E20, E21), by the fourth root of activity: the
 * shares of the half hours then hardly depend on the day. */
static double looks_mean(const struct tl_second *second)
{
    double usual = tl_max(second->symbol->trades_per_s, 0.01);
    double busy = tl_clamp(second->latent->trade_rate / usual, 0.01, 50.0);
    double mean = (3.7 * usual + 4.0) * tl_sqrt(tl_sqrt(busy)) * looks_of_day(second);
    return tl_clamp(mean * second->rate, 0.2, LOOKS_MEAN_MAX);
}

/* The looks' times, ascending, at least one a move. Gaps over their mean are 4 u^3:
 * over-dispersed (CV 1.13), and without a logarithm; the first is the rest of one that began in an
 * earlier second (length-biased, of which a uniform part is left), so that looks are as dense
 * everywhere. */
static void looks_make(struct walk *walk, double mean)
{
    double gap = 4.0 / mean, root = tl_sqrt(chance_draw(walk));
    int count = 0, least = walk->moves > 0 ? walk->moves : 1;
    for (double next = gap * root * tl_sqrt(root) * chance_draw(walk); next < 1.0;) {
        uint32_t word = tl_rng_u32(&walk->rng);
        double part = ((double)(word >> 16) + 0.5) * 0x1p-16;
        if (count < LOOKS_MAX)
            walk->look[count++] = (struct look){.u = next, .fate = (uint16_t)word};
        next += gap * part * part * part;
    }
    for (; count < least; count++) {
        uint32_t word = tl_rng_u32(&walk->rng);
        struct look extra = {.u = chance_draw(walk), .fate = (uint16_t)word};
        int place = count;
        for (; place > 0 && walk->look[place - 1].u > extra.u; place--)
            walk->look[place] = walk->look[place - 1];
        walk->look[place] = extra;
    }
    walk->looks = count;
}

/* What is drawn at each look. Every set of looks is as likely to be the moves. */
static void sides_choose(struct walk *walk)
{
    uint32_t left = (uint32_t)walk->moves;
    walk->last[0] = walk->last[1] = -1;
    for (int i = 0; i < walk->looks; i++) {
        uint32_t word = tl_rng_u32(&walk->rng);
        bool moves = (word >> 17) * (uint32_t)(walk->looks - i) < left << 15;
        int side = word >> 16 & 1;
        left -= moves;
        walk->look[i].sides = (uint8_t)(moves ? 3 : 1 + side);
        walk->look[i].queue = (uint16_t)word;
        walk->last[side] = i;
        if (moves) walk->last[!side] = i;
    }
}

/* A chance in 65,536 parts, against 16 bits. */
static uint32_t parts_of(double chance)
{
    return (uint32_t)(chance * 65536.0 + 0.5);
}

static void settle(struct walk *walk, int at)
{
    walk->settled = (at >= walk->last[0]) + 2 * (at >= walk->last[1]);
}

/* From look `at` to the next, in seconds. */
static double room_after(const struct walk *walk, int at)
{
    return (at + 1 < walk->looks ? walk->look[at + 1].u : 1.0) - walk->look[at].u;
}

/* The looks from `first` up to `end`, at which the quote stays. They stand at even steps of the walk,
 * from its step `from`, where the last move was, to `to`. */
static void stay(struct walk *walk, int first, int end, int from, int to)
{
    const bool narrow = is_narrow(walk);
    const double middle = 0.5 * (double)(walk->bid + walk->ask);
    const uint32_t locks = walk->locks[narrow], flickers = walk->flickers[narrow];
    /* 16 binary places, rounded up: whole steps come out whole. */
    const uint32_t stride = ((uint32_t)(to - from) << 16) / (uint32_t)(end - first + 1) + 1;
    uint32_t place = (uint32_t)from << 16;
    for (int i = first; i < end; i++) {
        const struct look *look = &walk->look[i];
        place += stride;
        double press = tl_quote_press(&walk->leans, walk->x[place >> 16] - middle);
        if (look->fate < locks + flickers) {
            walk->press = press;
            settle(walk, i);
            intrude(walk, look->u, room_after(walk, i), look->fate < locks);
            continue;
        }
        int side = look->sides >> 1;
        tl_lots drawn = queue_of(walk, side, press, look->queue);
        walk->size[side] = i >= walk->last[side] ? walk->last_size[side] : drawn;
        put(walk, look->u);
    }
}

/* Plays the moves at the looks. */
static void play(struct walk *walk)
{
    int done = 0, from = 0;
    for (int i = 0; i < walk->looks;) {
        int end = i;
        while (end < walk->looks && walk->look[end].sides != 3)
            end++;
        int to = done < walk->moves ? walk->move[done].step : walk->steps + 1;
        stay(walk, i, end, from, to);
        if (end < walk->looks) {
            settle(walk, end);
            move(walk, &walk->move[done++], walk->look[end].u, room_after(walk, end));
        }
        from = to;
        i = end + 1;
    }
}

static void walk_start(struct walk *walk, const struct tl_second *second)
{
    const struct tl_latent *latent = second->latent;
    walk->tick = latent->tick > 0 ? latent->tick : 100;
    walk->lot = second->symbol->lot > 0 ? second->symbol->lot : 100;
    walk->bid = latent->bid[0] / walk->tick;
    walk->ask = latent->ask[0] / walk->tick;
    walk->size[0] = latent->bid_size[0];
    walk->size[1] = latent->ask_size[0];
    walk->last_size[0] = latent->bid_size[1];
    walk->last_size[1] = latent->ask_size[1];
    walk->depth = latent->depth / (double)walk->lot;
    walk->leans = tl_press_law_of(latent->spread_ticks, latent->ragged);
    walk->path->count = 1;
    walk->path->points[0] = (struct tl_quote_point){.ts = walk->start,
                                                    .bid = latent->bid[0],
                                                    .ask = latent->ask[0],
                                                    .bid_size = latent->bid_size[0],
                                                    .ask_size = latent->ask_size[0]};
}

/* Locked updates that a move must bring along for their part of all updates, where locks are parts
 * of moves: by the rate of moves at this sd, which is about sd^2 where it is small (exits from the
 * band of one tick after a move of one) and 6 a second at 3.5 ticks. */
static double lock_updates_of(double looks, double sd)
{
    double moves = sd * sd / (1.0 + 0.08 * sd * sd);
    return tl_min(LOCKED_PART * looks / tl_max(moves, 1e-3), 8.0);
}

void tl_equity_path_make(const struct tl_second *second, struct tl_quote_path *path)
{
    const struct tl_latent *latent = second->latent;
    struct walk walk;
    walk.latent = latent;
    walk.path = path;
    walk.rng = tl_rng_at(second->seed, TL_RNG_EQ_PATH, second->sym, (uint64_t)second->second);
    walk.start = second->second * TL_NS_PER_S;
    walk.moves = 0;
    walk_start(&walk, second);
    double x_end = TL_PX_PER_USD / (double)walk.tick * tl_exp(latent->log_px[1]);
    walk.x[0] = x_end * (1.0 - (latent->log_px[1] - latent->log_px[0]));
    double sd = latent->sigma_s * x_end, mean = looks_mean(second);
    const int64_t bid = walk.bid, ask = walk.ask;
    const int64_t spread[2] = {ask - bid, (latent->ask[1] - latent->bid[1]) / walk.tick};
    walk.lock_updates = lock_updates_of(mean, sd);
    walk.locks[0] = parts_of(LOCKED_PART / updates_a_lock(&walk, false));
    walk.locks[1] = parts_of(LOCKED_PART * GOES_BACK / updates_a_lock(&walk, true));
    walk.flickers[0] = parts_of(FLICKER_CHANCE / latent->cleanliness);
    walk.flickers[1] = 0;
    moves_make(&walk, sd, x_end, spread);
    looks_make(&walk, mean);
    sides_choose(&walk);
    walk.bid = bid;
    walk.ask = ask;
    play(&walk);
}

const struct tl_quote_point *tl_quote_path_at(const struct tl_quote_path *path, tl_ns ts)
{
    const struct tl_quote_point *low = path->points;
    for (uint32_t left = path->count; left > 1;) { /* steps known beforehand: no guesses */
        uint32_t half = left / 2;
        low += low[half].ts <= ts ? half : 0;
        left -= half;
    }
    return low;
}
