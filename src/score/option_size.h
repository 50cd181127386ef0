/* SPDX-License-Identifier: Apache-2.0
 * Sizes of option prints and their atoms (SCORECARD O8, O9). */
#ifndef TL_SCORE_OPTION_SIZE_H
#define TL_SCORE_OPTION_SIZE_H

#include "score/curve.h"
#include "score/option_look.h"
#include "score/report.h"

#define TL_OPTION_SIZES_MAX 1100

struct tl_option_sizes {
    double prints, contracts, large_contracts; /* large: 100 lots and more */
    double penny_prints, penny_contracts;      /* at five cents and below */
    double count[TL_OPTION_SIZES_MAX + 1];     /* by size; larger ones in the last */
};

struct tl_option_sample;

void tl_option_sizes_print(struct tl_option_sizes *sizes, const struct tl_option_look *look);
void tl_option_sizes_rows(const struct tl_option_sample *sample, struct tl_score_report *report);
void tl_option_sizes_curves(const struct tl_option_sample *sample, struct tl_score_curves *curves);

/* How often a size stands out: its count over the mean count of the sizes around it, itself and
 * multiples of five left out (a neighbour that is an atom too is no neighbour). */
double tl_option_atom(const double *count, uint32_t size);

#endif
