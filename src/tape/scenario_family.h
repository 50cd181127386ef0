/* SPDX-License-Identifier: Apache-2.0
 * The table of hidden families: what an instance of each subtype is like. Numbers are ranges from
 * which an instance draws; no two instances share them. */
#ifndef TL_TAPE_SCENARIO_FAMILY_H
#define TL_TAPE_SCENARIO_FAMILY_H

#include <tapeloom/control.h>
#include <tapeloom/event.h>
#include <tapeloom/market.h>

#define TL_PROFILE_NOISE TL_PROFILE_COUNT /* the row after the public profiles */
#define TL_FAMILY_COUNT (TL_SUB_COUNT - 1)

/* How an instance works its order; each has a function in scenario_child.c. */
enum tl_scenario_style {
    TL_STYLE_SWEEP,   /* bursts over several venues, minutes apart */
    TL_STYLE_WORK,    /* an order worked in ragged slices */
    TL_STYLE_CLIP,    /* a few large negotiated prints */
    TL_STYLE_CROWD,   /* many small orders of many hands, some large */
    TL_STYLE_PACKAGE, /* legs that trade together */
    TL_STYLE_HEDGE,   /* options and stock that follow the price */
    TL_STYLE_SCALP,   /* two-sided noise */
    TL_STYLE_SINGLE,  /* one print */
    TL_STYLE_COUNT
};

/* Which names it may choose. */
enum tl_scenario_pool {
    TL_POOL_ANY,
    TL_POOL_INDEX,       /* index funds first */
    TL_POOL_0DTE,        /* names with an expiry today */
    TL_POOL_EVENT_AHEAD, /* an announced event within 12 days */
    TL_POOL_EVENT_PAST,  /* an event since the last close or in this session */
    TL_POOL_EUROPEAN     /* no early exercise: boxes */
};

enum tl_scenario_legs {
    TL_LEGS_CALL,
    TL_LEGS_PUT,
    TL_LEGS_EITHER,     /* by the instance's view */
    TL_LEGS_STRADDLE,   /* call and put, one strike (or a strangle) */
    TL_LEGS_VERTICAL,   /* two strikes, one right */
    TL_LEGS_CONVERSION, /* call, put, stock */
    TL_LEGS_BOX         /* two strikes, both rights */
};

struct tl_range {
    double low, high;
};

struct tl_family {
    uint8_t subtype, profile, style, pool, legs; /* enums above; profile may be TL_PROFILE_NOISE */
    int8_t side;                                 /* +1 buys the options, -1 sells, 0 either */
    double share;                                /* of its profile's starts */
    double up_tilt;              /* > 0: likelier in rising regimes, < 0 in falling ones */
    bool late, early;            /* only in the last 90 minutes; only in the first 75 */
    int dte_low, dte_high;       /* days; for event families counted from the event */
    struct tl_range delta;       /* |delta| of the first leg */
    struct tl_range premium_usd; /* of the whole order, first leg */
    struct tl_range span_s;      /* its planned life */
    struct tl_range clips;       /* bursts, packages, clips */
    struct tl_range prints;      /* of one burst; for WORK and CROWD of the whole */
    struct tl_range iv;          /* what the whole order does to the surface, vol points / 100 */
    double skew;                 /* the same to the risk reversal */
};

extern const struct tl_family tl_families[TL_FAMILY_COUNT]; /* [subtype - 1] */

/* Factors on a profile's start rate; profile may be TL_PROFILE_NOISE. */
double tl_profile_regime_factor(int profile, const double blend[TL_REGIME_COUNT]);
double tl_profile_phase_factor(int profile, enum tl_phase phase);
double tl_profile_preset_factor(int profile, enum tl_preset preset);

#endif
