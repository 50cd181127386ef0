/* SPDX-License-Identifier: Apache-2.0
 * One name, second by second: return from market, sector and own part; volatility and intensity on
 * the lattice; flow; quote anchors; the options side. Reads one context a second, which all names
 * share, and writes struct tl_latent. */
#ifndef TL_MARKET_UNDERLYING_H
#define TL_MARKET_UNDERLYING_H

#include "market/day_chain.h"
#include "market/day_clock.h"
#include "market/factor.h"
#include "market/flow.h"
#include "market/latent.h"
#include "market/level.h"
#include "market/quote_anchor.h"
#include "market/regime.h"
#include "market/universe.h"

/* What every name reads of one second. */
struct tl_context {
    int64_t second;
    int32_t cell_second; /* 0..TL_LATTICE_S - 1 within the lattice cell */
    uint64_t seed;
    const struct tl_day_clock *clock;
    const struct tl_normal_table *normals;
    uint32_t (*words)[4];       /* this second's own words, by name */
    const double *effect;       /* [TL_EFFECT_COUNT], blended */
    const double *level;        /* [TL_LEVEL_COUNT] */
    bool tilted;                /* effects or leans are not those of the second before */
    struct tl_bridge bridge[2]; /* by volatility curve */
    struct tl_delayed market;   /* market return and its unpredictable part, in daily sd */
    double market_sd;           /* sd of that second, in daily sd */
    double market_sum;          /* since the open */
    double market_vol;          /* the market's volatility multiplier now */
    double market_vol_log;      /* its log at the cell's end */
    double sector_move[TL_SECTOR_COUNT], sector_noise[TL_SECTOR_COUNT], sector_sd[TL_SECTOR_COUNT];
};

struct tl_name {
    /* constants of the universe */
    const struct tl_symbol *symbol;
    struct tl_loading loading;
    double own_session_sd; /* of the own part, log */
    double option_per_s, spread_ticks, depth, ticks_a_px, lots_a_share;
    double ragged;
    enum tl_curve volume_curve;
    int delay; /* class, behind the market */
    /* constants of the session */
    double open_log, day_vol, day_iv, day_rate;
    /* state */
    struct tl_path own;
    struct tl_octaves rate;
    double rate_from, rate_to, quick;  /* intensity multiplier on the lattice; the fast part */
    double log_px, slow_log, fast_log; /* averages of ten and of two minutes: what pulls look at */
    double flow_gain;                  /* how much its flow leans against that of a busy name */
    double flow_of_move, flow_of_none; /* parts of the flow that follow the price, and do not */
    double follows, vol_sweep; /* its volatility's part in trading; what it adds to sweeps */
    double minute_log;         /* and of one: what trading stirs at */
    double own_sum;
    double quick_wobble, slow_wobble; /* passing displacements of the price: seconds, 30 s; log */
    double near_log, near_usd; /* exp(near_log), near log_px: the price is a short series away */
    double wave;               /* of the crowd that chases: comes and goes in minutes, sd 1 */
    struct tl_flow flow;
    struct tl_quote_anchor quote;
    double focus, focus_to;        /* weight of the session's focus, 0..1 */
    double event_heat, event_push; /* extra volatility after an event; move a second */
    int32_t event_push_s;
    double event_ramp; /* activity building up before one */
    double
        event_lean; /* -1 or 1: which way the crowd leans before the name's event; 0: none ahead */
    double jump;
    int32_t jump_at; /* this cell's jump, -1: none */
    double iv_tide, iv_regime, skew_regime, iv_noise, iv_pressure,
        skew_push; /* tide follows tide_of */
    double drift, shock;
    int64_t shown_from; /* before this second only what lasts is stepped, see tl_latent_run_hurry */
};

void tl_name_init(struct tl_name *name, const struct tl_symbol *symbol);
/* The open: own = the name's day; market, sector: levels of the factors' skeleton. */
void tl_name_open(struct tl_name *name, uint32_t sym, uint64_t seed, int64_t ordinal,
                  const struct tl_day *own, const struct tl_day *market,
                  const struct tl_day *sector);
/* The first values of latent, from the opening state. */
void tl_name_show_open(struct tl_name *name, const struct tl_context *context, uint32_t sym,
                       struct tl_latent *latent);
/* Begins a lattice cell: new targets of the slow states, metaorders, jumps. */
void tl_name_cell(struct tl_name *name, const struct tl_context *context, uint32_t sym);
/* Whether the name's quote forgets all before this second: it is drawn anew from the price, once in
 * two minutes. So a quote can be had without the session before it. */
bool tl_name_is_fresh(const uint32_t word[4]);
/* Fills what tl_name_step left out in a second before shown_from, but for the quote. */
void tl_name_show(struct tl_name *name, const struct tl_context *context, struct tl_latent *latent);
void tl_name_step(struct tl_name *name, const struct tl_context *context, uint32_t sym,
                  const struct tl_push *push, struct tl_latent *latent);

/* Shared with the market's and the sectors' paths. */
/* Moves a path's volatility on by one lattice cell, at context->second. */
void tl_path_cell(struct tl_path *path, const struct tl_context *context, uint32_t entity);
void tl_path_open(struct tl_path *path, uint64_t seed, uint32_t entity, int64_t ordinal,
                  double target);
/* Within a session a part's volatility goes three quarters of the way from its own day's to the
 * market's, and all of them a little towards their means; what that adds to the move beyond the
 * skeleton's is excess and passes. For the market's own path part is market. */
void tl_path_follow(struct tl_path *path, const struct tl_day *part, const struct tl_day *market);

#endif
