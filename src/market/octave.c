/* SPDX-License-Identifier: Apache-2.0
 * Sums of autoregressions on the lattice; the model stands in the header. */
#include "market/octave.h"

struct tl_octave_law tl_octave_law_make(const double tau_s[TL_OCTAVES], const double sd[TL_OCTAVES])
{
    struct tl_octave_law law;
    for (int k = 0; k < TL_OCTAVES; k++) {
        law.rho[k] = tl_exp(-TL_LATTICE_S / tau_s[k]);
        law.sd[k] = sd[k];
    }
    return law;
}

void tl_octaves_start(struct tl_octaves *field, const struct tl_octave_law *law, struct tl_rng *rng)
{
    for (int k = 0; k < TL_OCTAVES; k++)
        field->x[k] = law->sd[k] * tl_normal32(tl_rng_u32(rng));
}

double tl_octaves_step(struct tl_octaves *field, const struct tl_octave_law *law,
                       struct tl_rng *rng)
{
    double sum = 0;
    for (int k = 0; k < TL_OCTAVES; k++) {
        double rho = law->rho[k];
        double shock = law->sd[k] * tl_sqrt(1.0 - rho * rho);
        field->x[k] = rho * field->x[k] + shock * tl_normal32(tl_rng_u32(rng));
        sum += field->x[k];
    }
    return sum;
}

double tl_octaves_variance(const struct tl_octave_law *law)
{
    double variance = 0;
    for (int k = 0; k < TL_OCTAVES; k++)
        variance += law->sd[k] * law->sd[k];
    return variance;
}
