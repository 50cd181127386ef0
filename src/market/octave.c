/* SPDX-License-Identifier: Apache-2.0
 * Sums of autoregressions on the lattice; the model stands in the header. */
#include "market/octave.h"

void tl_octaves_start(struct tl_octaves *field, const struct tl_octave_law *law, struct tl_rng *rng)
{
    for (int k = 0; k < TL_OCTAVES; k++)
        field->x[k] = law->sd[k] * tl_normal32(tl_rng_u32(rng));
}

double tl_octaves_step(struct tl_octaves *field, const struct tl_octave_law *law,
                       const struct tl_normal_table *normals, struct tl_rng *rng)
{
    double sum = 0;
    for (int k = 0; k < TL_OCTAVES; k++) {
        double rho = law->rho[k];
        double shock = law->sd[k] * tl_sqrt(1.0 - rho * rho);
        field->x[k] = rho * field->x[k] + shock * tl_normal_quick(normals, tl_rng_u32(rng));
        sum += field->x[k];
    }
    return sum;
}

void tl_normal_table_fill(struct tl_normal_table *table)
{
    for (int i = 0; i <= TL_NORMAL_CELLS; i++) {
        double p = tl_clamp((double)i / TL_NORMAL_CELLS, 1e-12, 1.0 - 1e-12);
        table->x[i] = tl_norm_inv(p);
    }
}
