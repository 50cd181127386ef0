/* SPDX-License-Identifier: Apache-2.0
 * The equities room: one stock-second from its parents to its events.
 *
 * Order of work: parents (families), their prints, scenario stock legs, auctions, reports that fall
 * due from earlier seconds; then the published quotes around them. Published quotes are thinned:
 * before every execution when the quote has changed, and on price changes at most one in about
 * 100 ms. Two kinds of state outlive a second, both bounded in time so that TL_LOOKBACK_S seconds
 * of warm() restore them: offspring and reports still to come (at most 50 s and 10 s), and the last
 * published quote, which is published afresh at a random moment of every 6 s for that reason. */
#include "tape/equities.h"

#include <stdlib.h>

#include "base/math.h"
#include "base/rng.h"
#include "tape/batch.h"
#include "tape/equity_family.h"
#include "tape/equity_path.h"
#include "tape/equity_print.h"
#include "tape/order.h"

#define PRINTS_MAX 8192        /* of one symbol in one second; below the range of seq */
#define LATE_PER_SECOND_MAX 64 /* reports one second may leave to later ones */
#define LATE_MAX (11 * LATE_PER_SECOND_MAX)
#define PUBLISH_GAP_NS 100000000 /* at most one a name in about 100 ms */
#define REFRESH_S 6

_Static_assert(TL_LOOKBACK_S >= TL_EQUITY_FAMILY_S + TL_SETTLE_S, "warm() restores the state");
_Static_assert(TL_SETTLE_S >= 2 * REFRESH_S, "a whole block with its refresh lies within");
_Static_assert(TL_SETTLE_S *LATE_PER_SECOND_MAX >= LATE_MAX, "and every report still to come");

struct published {
    struct tl_quote_point quote;
    tl_ns next_allowed;
};

struct desk {
    struct tl_equity_crowd crowd;
    uint32_t late_count;
    struct tl_equity_print late[LATE_MAX];
    struct published published;
    struct tl_equity_families families;
};

struct tl_equities {
    uint32_t symbols;
    bool auctions;
    uint64_t dropped;
    struct tl_equity_parent parents[TL_EQUITY_PARENTS_MAX];
    struct tl_equity_print prints[PRINTS_MAX];
    uint64_t keys[PRINTS_MAX], scratch[PRINTS_MAX];
    struct desk desks[];
};

struct tl_equities *tl_equities_create(uint32_t symbols)
{
    /* Desks are large but touched only as far as a name's rate fills them. */
    struct tl_equities *room = calloc(1, sizeof *room + symbols * sizeof room->desks[0]);
    if (room) room->symbols = symbols;
    return room;
}

void tl_equities_destroy(struct tl_equities *room)
{
    free(room);
}

void tl_equities_set_auctions(struct tl_equities *room, bool auctions)
{
    room->auctions = auctions;
}

uint64_t tl_equities_dropped(const struct tl_equities *room)
{
    return room->dropped;
}

void tl_equities_reset(struct tl_equities *room)
{
    for (uint32_t i = 0; i < room->symbols; i++) {
        room->desks[i].families.count = 0;
        room->desks[i].late_count = 0;
        room->desks[i].published = (struct published){0};
    }
}

void tl_equities_path(struct tl_equities *room, const struct tl_second *second,
                      struct tl_quote_path *path)
{
    (void)room;
    tl_equity_path_make(second, path);
}

/* All executions of the second, in the order in which they were decided. */
static uint32_t executions_make(struct tl_equities *room, struct desk *desk,
                                const struct tl_second *second)
{
    struct tl_equity_prints prints = {room->prints, 0, PRINTS_MAX, 0};
    const struct tl_session_state *session = second->session;
    uint32_t parents = tl_equity_families_second(&desk->families, second,
                                                 tl_equity_prints_per_parent(second->latent),
                                                 room->parents, &room->dropped);
    const struct tl_quote_point *quote = second->path->points;
    tl_equity_crowd_begin(&desk->crowd, second);
    for (uint32_t i = 0; i < parents; i++) {
        quote = tl_quote_path_from(second->path, quote, room->parents[i].ts);
        const struct tl_equity_at parent = {&room->parents[i], quote};
        tl_equity_parent_print(&desk->crowd, &parent, i, &prints);
    }
    for (size_t i = 0; i < second->child_count; i++)
        if (second->children[i].stock) tl_equity_child_print(second, &second->children[i], &prints);
    if (room->auctions && second->second == session->session_start_s)
        tl_equity_auction_print(second, false, &prints);
    if (room->auctions && second->second == session->session_end_s - 1)
        tl_equity_auction_print(second, true, &prints);
    room->dropped += prints.dropped;
    return prints.count;
}

static void print_emit(const struct tl_second *second, const struct tl_equity_print *print,
                       struct tl_batch *batch)
{
    if (!batch || !(second->streams & 1u << TL_STREAM_EQUITY_PRINT)) return;
    struct tl_event *event = tl_batch_next(batch, &print->truth);
    if (!event) return;
    tl_event_begin(event, print->ts, second->sym, TL_STREAM_EQUITY_PRINT);
    event->u.trade = print->trade;
}

/* Emits what is reported in this second and keeps the rest. Reports of earlier seconds go first;
 * they stand in the order of their executions. */
static void reports_emit(struct tl_equities *room, struct desk *desk,
                         const struct tl_second *second, uint32_t count, struct tl_batch *batch)
{
    tl_ns end = (second->second + 1) * TL_NS_PER_S;
    uint32_t kept = 0, added = 0;
    for (uint32_t i = 0; i < desk->late_count; i++) {
        if (desk->late[i].ts < end)
            print_emit(second, &desk->late[i], batch);
        else
            desk->late[kept++] = desk->late[i];
    }
    desk->late_count = kept;
    for (uint32_t i = 0; i < count; i++) {
        if (room->prints[i].ts < end) {
            print_emit(second, &room->prints[i], batch);
        } else if (added < LATE_PER_SECOND_MAX && desk->late_count < LATE_MAX) {
            desk->late[desk->late_count++] = room->prints[i];
            added++;
        } else {
            room->dropped++;
        }
    }
}

/* Draws about published quotes are a hash of their own moment, so that they do not depend on what
 * was published before. */
static uint64_t moment_hash(const struct tl_second *second, tl_ns ts)
{
    return tl_mix64(second->seed ^ tl_mix64((uint64_t)ts + ((uint64_t)second->sym << 54)));
}

static void quote_publish(struct desk *desk, const struct tl_second *second,
                          const struct tl_quote_point *quote, tl_ns ts, struct tl_batch *batch)
{
    struct tl_event *event = NULL;
    if (batch && second->streams & 1u << TL_STREAM_EQUITY_QUOTE) event = tl_batch_next(batch, NULL);
    if (event) {
        tl_event_begin(event, ts, second->sym, TL_STREAM_EQUITY_QUOTE);
        event->u.quote = (struct tl_equity_quote){.bid = quote->bid,
                                                  .ask = quote->ask,
                                                  .bid_size = quote->bid_size,
                                                  .ask_size = quote->ask_size};
    }
    desk->published.quote = *quote;
    desk->published.next_allowed =
        ts + PUBLISH_GAP_NS + (tl_ns)(moment_hash(second, ts) % 60000000u);
}

static bool price_differs(const struct tl_quote_point *a, const struct tl_quote_point *b)
{
    return a->bid != b->bid || a->ask != b->ask;
}

/* A walk through a second's quote path while it is published. */
struct walk {
    struct desk *desk;
    const struct tl_second *second;
    struct tl_batch *batch;
    const struct tl_quote_point *quote; /* in force where the walk is */
};

static const struct tl_quote_point *walk_to(struct walk *walk, tl_ns ts)
{
    return walk->quote = tl_quote_path_from(walk->second->path, walk->quote, ts);
}

/* Publishes what thinning allows in [from, to): a price change at its own moment, or as soon as
 * the gap is over. */
static void changes_publish(struct walk *walk, tl_ns from, tl_ns to)
{
    const struct tl_quote_path *path = walk->second->path;
    struct desk *desk = walk->desk;
    while (from < to) {
        if (desk->published.next_allowed > from) from = desk->published.next_allowed;
        if (from >= to) return;
        const struct tl_quote_point *quote = walk_to(walk, from);
        if (price_differs(quote, &desk->published.quote)) {
            quote_publish(desk, walk->second, quote, from, walk->batch);
            continue;
        }
        const struct tl_quote_point *end = path->points + path->count;
        if (quote + 1 == end) return;
        from = quote[1].ts;
    }
}

/* Before an execution: the quote that it met, a few microseconds earlier. */
static void execution_publish(struct walk *walk, tl_ns executed)
{
    const struct tl_quote_point *quote = walk_to(walk, executed);
    const struct tl_quote_point *last = &walk->desk->published.quote;
    if (!price_differs(quote, last) && quote->bid_size == last->bid_size &&
        quote->ask_size == last->ask_size)
        return;
    tl_ns ts = executed - 10000 - (tl_ns)(moment_hash(walk->second, executed) % 60000u);
    quote_publish(walk->desk, walk->second, quote, ts < quote->ts ? quote->ts : ts, walk->batch);
}

/* The forced publication of this block of seconds, or -1 when it is not in this second. */
static tl_ns refresh_at(const struct tl_second *second)
{
    int64_t block = tl_floor_div(second->second, REFRESH_S);
    uint64_t hash = tl_mix64(((uint64_t)block << 10 | second->sym) ^ 0x7e5f4c3b2a190817ULL);
    if (block * REFRESH_S + (int64_t)(hash % REFRESH_S) != second->second) return -1;
    return second->second * TL_NS_PER_S + (tl_ns)((hash >> 16) % (uint64_t)TL_NS_PER_S);
}

/* Publishes the second's quotes around its executions (ascending ns in keys). */
static void quotes_emit(const struct tl_equities *room, struct desk *desk,
                        const struct tl_second *second, uint32_t count, struct tl_batch *batch)
{
    tl_ns start = second->second * TL_NS_PER_S, now = start, refresh = refresh_at(second);
    struct walk walk = {desk, second, batch, second->path->points};
    for (uint32_t i = 0; i <= count; i++) {
        tl_ns executed = i < count ? start + (tl_ns)room->keys[i] : start + TL_NS_PER_S;
        if (refresh >= now && refresh < executed) {
            changes_publish(&walk, now, refresh);
            quote_publish(desk, second, walk_to(&walk, refresh), refresh, batch);
            now = refresh;
        }
        changes_publish(&walk, now, executed);
        if (i < count) execution_publish(&walk, executed);
        now = executed;
    }
}

void tl_equities_second(struct tl_equities *room, const struct tl_second *second,
                        struct tl_batch *batch)
{
    struct desk *desk = &room->desks[second->sym];
    uint32_t count = executions_make(room, desk, second);
    for (uint32_t i = 0; i < count; i++)
        room->keys[i] = (uint64_t)(room->prints[i].trade.executed - second->second * TL_NS_PER_S);
    /* Parents come in order of time, and a sweep is over before many others begin. */
    tl_order_keys_near(room->keys, room->scratch, count, 0);
    quotes_emit(room, desk, second, count, batch);
    reports_emit(room, desk, second, count, batch);
}

void tl_equities_breed(struct tl_equities *room, const struct tl_second *second)
{
    (void)tl_equity_families_second(&room->desks[second->sym].families, second,
                                    tl_equity_prints_per_parent(second->latent), room->parents,
                                    &room->dropped);
}

void tl_equities_warm(struct tl_equities *room, const struct tl_second *second)
{
    tl_equities_second(room, second, NULL);
}
