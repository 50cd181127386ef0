/* SPDX-License-Identifier: Apache-2.0
 * A path of one session for one source of risk: the market, a sector, a name's own part.
 *
 * In units of the session's sd a standard Brownian motion B runs on the variance clock and is
 * bridged to the skeleton's normal: dB = (target - B) du / left + sqrt(du (left - du) / left) n.
 * The return is dB times the volatility of the moment. What volatility and outside pushes make of
 * it beyond B (`excess`) decays with a half-life of two hours, so that the session's end stays near
 * the skeleton's close and the rest goes into the overnight gap. */
#ifndef TL_MARKET_FACTOR_H
#define TL_MARKET_FACTOR_H

#include "market/octave.h"

/* Names follow the market by a constant delay: class k by k x 100 ms (SCORECARD E15, E16). A
 * second's move is drawn as its first 600 ms and four tenths, so that a delayed name carries the
 * last k tenths of the second before in place of those of this one: the same walk, later. */
#define TL_DELAYS 5

#define TL_EXCESS_DECAY 9.62654e-5 /* 1 - 2^(-1/7200) */

struct tl_path {
    double target; /* of B at the end */
    double b;
    double excess;
    struct tl_octaves vol;
    double vol_from, vol_to; /* lattice values of the volatility multiplier */
    double follow;           /* the session's: goes with the market's, see tl_path_follow */
    double shock_sum;        /* standardised shocks of this cell, for the leverage term */
};

/* The market's second, seen with each delay. */
struct tl_delayed {
    double move[TL_DELAYS], noise[TL_DELAYS];           /* of the names of a class */
    double move_tail[TL_DELAYS], noise_tail[TL_DELAYS]; /* the second's last k tenths */
};

/* move, noise: of the whole second; n: its standard normals, n[0] the 600 ms; sum: their sum
 * weighted by sqrt of duration. */
static inline void tl_delayed_step(struct tl_delayed *delayed, double move, double noise,
                                   const double n[TL_DELAYS], double sum)
{
    double unit = tl_abs(sum) > 1e-9 ? 0.316227766 * noise / sum : 0.0, tail = 0;
    for (int k = 0; k < TL_DELAYS; k++) {
        if (k > 0) tail += unit * n[TL_DELAYS - k];
        double whole = tail + 0.1 * k * (move - noise);
        delayed->move[k] = move - whole + delayed->move_tail[k];
        delayed->noise[k] = noise - tail + delayed->noise_tail[k];
        delayed->move_tail[k] = whole;
        delayed->noise_tail[k] = tail;
    }
}

/* The bridge of one second, shared by all paths on one variance clock. */
struct tl_bridge {
    double pull;   /* du / left */
    double spread; /* sqrt(du (left - du) / left) */
    double root;   /* sqrt(du): what a second carries before the bridge */
};

static inline struct tl_bridge tl_bridge_of(double du, double left)
{
    return (struct tl_bridge){du / left, tl_sqrt(du * (left - du) / left), tl_sqrt(du)};
}

/* n: standard normal. scale: sd of a session; vol: multiplier now; push: outside log move. Sets
 * *noise to the unpredictable part of the return. */
static inline double tl_path_step(struct tl_path *path, const struct tl_bridge *bridge, double n,
                                  double scale, double vol, double push, double *noise)
{
    double drift = (path->target - path->b) * bridge->pull;
    double spread = bridge->spread * n;
    double decay = TL_EXCESS_DECAY * path->excess;
    path->b += drift + spread;
    path->excess += scale * (vol - 1.0) * (drift + spread) + push - decay;
    *noise = scale * vol * spread;
    return scale * vol * (drift + spread) + push - decay;
}

#endif
