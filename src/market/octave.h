/* SPDX-License-Identifier: Apache-2.0
 * A stationary Gaussian field over time as a sum of first-order autoregressions ("octaves") with
 * time scales a factor of about five apart: a stand-in for log-correlated (multifractal) noise
 * over the scales that matter inside a session (Bacry and Muzy 2001). One step is one lattice cell
 * of TL_LATTICE_S seconds; between cells the users interpolate. */
#ifndef TL_MARKET_OCTAVE_H
#define TL_MARKET_OCTAVE_H

#include <stdint.h>

#include "base/math.h"
#include "base/rng.h"

#define TL_LATTICE_S 15
#define TL_OCTAVES 4

struct tl_octave_law {
    double rho[TL_OCTAVES]; /* correlation over one lattice step */
    double sd[TL_OCTAVES];  /* stationary standard deviation */
};

struct tl_octaves {
    double x[TL_OCTAVES];
};

void tl_octaves_start(struct tl_octaves *field, const struct tl_octave_law *law,
                      struct tl_rng *rng); /* a stationary draw */
/* A normal deviate from one 32-bit word: tails end at 6.3 sd, which is enough a step. */
static inline double tl_normal32(uint32_t word)
{
    return tl_norm_inv(((double)word + 0.5) * 0x1p-32);
}

/* The same, by linear interpolation in a table but in the outer 1/128 on each side: a third of the
 * time, within 3e-3 of the exact deviate. For the two deviates of every name and second, and those of the
 * lattice. */
#define TL_NORMAL_CELLS 512
struct tl_normal_table {
    double x[TL_NORMAL_CELLS + 1];
};

void tl_normal_table_fill(struct tl_normal_table *table);

/* One lattice step; returns the new sum. */
double tl_octaves_step(struct tl_octaves *field, const struct tl_octave_law *law,
                       const struct tl_normal_table *normals, struct tl_rng *rng);

static inline double tl_normal_quick(const struct tl_normal_table *table, uint32_t word)
{
    uint32_t cell = word >> 23;
    if (cell < TL_NORMAL_CELLS / 128 || cell >= TL_NORMAL_CELLS - TL_NORMAL_CELLS / 128)
        return tl_normal32(word);
    double part = (double)(word & 0x7fffff) * 0x1p-23;
    return table->x[cell] + part * (table->x[cell + 1] - table->x[cell]);
}

#endif
