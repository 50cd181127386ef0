/* SPDX-License-Identifier: Apache-2.0
 * What the rooms of the tape hand each other within one second: the stock's quote path, scenario
 * children, and the context every room reads. */
#ifndef TL_TAPE_SEAM_H
#define TL_TAPE_SEAM_H

#include <tapeloom/event.h>
#include <tapeloom/market.h>
#include "market/chain.h"
#include "market/latent.h"
#include "market/universe.h"

#define TL_QUOTE_PATH_MAX 144 /* NBBO changes of one symbol in one second; the rest coalesce */

struct tl_quote_point {
    tl_ns ts; /* in force from here on */
    tl_px bid, ask;
    tl_lots bid_size, ask_size;
};

/* The NBBO of one symbol through one second; points[0].ts is the second's start, and bid/ask there
 * are the latent anchors [0]; the last point ends at the anchors [1]. Ascending ts, count >= 1. */
struct tl_quote_path {
    uint32_t count;
    struct tl_quote_point points[TL_QUOTE_PATH_MAX];
};

/* The point in force at ts (>= the second's start). */
const struct tl_quote_point *tl_quote_path_at(const struct tl_quote_path *path, tl_ns ts);

/* The same from a point that is in force at ts or earlier: for those who ask in ascending ts. */
static inline const struct tl_quote_point *
tl_quote_path_from(const struct tl_quote_path *path, const struct tl_quote_point *point, tl_ns ts)
{
    const struct tl_quote_point *last = path->points + path->count - 1;
    while (point < last && point[1].ts <= ts)
        point++;
    return point;
}

/* One scenario child of this second: an option leg or a stock leg. */
struct tl_child {
    tl_ns ts; /* within the second */
    uint64_t parent_id;
    uint8_t subtype;         /* enum tl_subtype */
    bool stock;              /* a stock leg; contract fields unused */
    uint32_t expiry, strike; /* chain indices */
    char right;
    int8_t side;       /* +1 buys, -1 sells, 0 at the middle */
    double aggression; /* 1 at the touch, 0 mid, > 1 through it by ticks (1.0 + ticks); a single
                          option in between: some price inside, of a package this one, and < 0 on
                          the other's side */
    tl_lots size;      /* contracts or shares */
    char condition;    /* OPRA code; ' ' let the room choose */
    bool multi_venue;
    uint16_t package; /* legs of one package share it; 0 single */
    uint32_t draw;    /* entity for the child's own draws */
};

/* What the visible rooms read of one symbol and second. All borrowed. */
struct tl_second {
    int64_t second; /* epoch */
    uint64_t seed;  /* draws of this second */
    uint16_t sym;
    const struct tl_symbol *symbol;
    const struct tl_latent *latent;
    const struct tl_session_state *session;
    const double *regime_blend; /* [TL_REGIME_COUNT] */
    const struct tl_chain *chain;
    const struct tl_quote_path *path; /* set once the equity room has made it */
    double rate;                      /* mode share x --rate: 0.35 realistic, 1 firehose */
    const struct tl_child *children;  /* this symbol's, this second, ascending ts */
    size_t child_count;
    uint32_t streams; /* which to emit */
};

/* The rooms. Each keeps per-symbol state of its own (offspring still to come, last published
 * quote), rebuilt on a seek by replaying `warm` for the TL_LOOKBACK_S seconds before. create: one
 * allocation for all symbols. second(): appends the second's events (any order, seq 0) to the
 * batch. warm(): the same state changes, nothing appended; warm over the last TL_LOOKBACK_S seconds
 * must leave exactly the state that running from the open leaves. reset(): a new session. */
#define TL_LOOKBACK_S 64
#define TL_SETTLE_S 14 /* the last of them, for which the equity room needs the whole warm */

struct tl_equities;
struct tl_equities *tl_equities_create(uint32_t symbols);
void tl_equities_destroy(struct tl_equities *room);
void tl_equities_reset(struct tl_equities *room);
void tl_equities_path(struct tl_equities *room, const struct tl_second *second,
                      struct tl_quote_path *path);
void tl_equities_second(struct tl_equities *room, const struct tl_second *second,
                        struct tl_batch *batch);
void tl_equities_warm(struct tl_equities *room, const struct tl_second *second);
/* The part of warm that outlives TL_SETTLE_S seconds: families. Needs no path; a quarter of the cost.
 * What a second prints leaves reports (10 s) and the last published quote (12 s), nothing older. */
void tl_equities_breed(struct tl_equities *room, const struct tl_second *second);

struct tl_options;
struct tl_options *tl_options_create(uint32_t symbols);
void tl_options_destroy(struct tl_options *room);
void tl_options_reset(struct tl_options *room);
void tl_options_second(struct tl_options *room, const struct tl_second *second,
                       struct tl_batch *batch);
void tl_options_warm(struct tl_options *room, const struct tl_second *second);

/* The engine's synchronous NBBO of one contract at an instant: a pure function of the second's
 * latent state, so every contract can be asked at one time. false: the contract is dead. */
bool tl_options_nbbo(const struct tl_second *second, uint32_t expiry, uint32_t strike, char right,
                     tl_ns ts, struct tl_option_nbbo *nbbo, tl_ns *nbbo_ts);

#endif
