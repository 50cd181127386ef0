/* SPDX-License-Identifier: Apache-2.0
 * The regime process of a session: semi-Markov. A regime lasts a lognormal time of minutes (more
 * dispersed than exponential, never a fixed bucket); the next is drawn with preset weight x phase
 * bias x damping of repeats; the old one blends into it over 20 to 60 s. A preset change redraws
 * what is pending: the change then comes within 15 to 90 s, under the new preset. */
#ifndef TL_MARKET_REGIME_H
#define TL_MARKET_REGIME_H

#include <tapeloom/market.h>

/* What a regime does, as multipliers (1 ordinary) or shifts (0 ordinary). */
enum tl_effect {
    TL_EFFECT_VOLATILITY,
    TL_EFFECT_LIQUIDITY,
    TL_EFFECT_CLEANLINESS,
    TL_EFFECT_ACTIVITY,
    TL_EFFECT_OPTION_ACTIVITY,
    TL_EFFECT_CLUSTERING,
    TL_EFFECT_OFF_EXCHANGE, /* shift of the share */
    TL_EFFECT_ODD_LOTS,
    TL_EFFECT_SHORT_DATED,
    TL_EFFECT_OTM_CALL,
    TL_EFFECT_MULTI_LEG,
    TL_EFFECT_PUT_TILT,
    TL_EFFECT_IV,         /* shift of log IV */
    TL_EFFECT_SKEW,       /* shift of rr */
    TL_EFFECT_DRIFT,      /* sd of a second, per second, in focus names */
    TL_EFFECT_MOMENTUM,   /* pull from (+) or to (-) the average of two minutes, per 1000 s */
    TL_EFFECT_REVERT,     /* pull to the average of ten minutes, per 1000 s */
    TL_EFFECT_PIN,        /* pull to the nearest large strike, per 1000 s */
    TL_EFFECT_NEAR_MONEY, /* how close to the money options trade */
    TL_EFFECT_LOTS,       /* option order sizes */
    TL_EFFECT_EVENT,      /* 0..1: how much of an event ramp this is */
    TL_EFFECT_COUNT
};

struct tl_regime_process {
    enum tl_regime current;
    enum tl_preset preset;
    int64_t since_s, change_s;
    int32_t blend_s; /* length of the running blend */
    uint32_t draws;  /* how many regimes this session has had */
    double from[TL_REGIME_COUNT], blend[TL_REGIME_COUNT];
    bool chosen;                    /* a preset was chosen since the last draw */
    bool blended;                   /* the last step moved blend and effect */
    double effect[TL_EFFECT_COUNT]; /* blended */
};

void tl_regime_start(struct tl_regime_process *process, uint64_t seed, int64_t ordinal,
                     int64_t second, enum tl_preset preset);
/* Moves to `second`; true when a new regime began there. */
bool tl_regime_step(struct tl_regime_process *process, uint64_t seed, int64_t ordinal,
                    int64_t second, enum tl_preset preset, enum tl_phase phase);

#endif
