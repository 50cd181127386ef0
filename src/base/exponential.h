/* SPDX-License-Identifier: Apache-2.0
 * What the exponential draws of rng.h are made of: a table, and the few draws that need more. */
#ifndef TL_BASE_EXPONENTIAL_H
#define TL_BASE_EXPONENTIAL_H

#include <stdint.h>

#define TL_EXPONENTIAL_BITS 7
#define TL_EXPONENTIAL_LAYERS (1 << TL_EXPONENTIAL_BITS)

struct tl_exponential_layer {
    double unit;     /* width of each of the layer's 2^25 places */
    uint32_t inside; /* the first of them lie under the curve for certain */
};
extern const struct tl_exponential_layer tl_exponential_layers[TL_EXPONENTIAL_LAYERS];

struct tl_rng;
/* The whole draw whose first word has been drawn, in any case; the inline form calls it for few. */
double tl_exponential_beyond(struct tl_rng *rng, uint32_t word);

#endif
