/* SPDX-License-Identifier: Apache-2.0
 * Logistic regression with a ridge and a fixed sign for each weight, by Newton steps: each step
 * minimises the quadratic model over the box by coordinate descent, and halves until the true loss
 * falls.
 *     loss = sum_i w_i log(1 + exp(-y_i f_i)) + ridge/2 sum_k weight_k^2,  f = bias + sum weight x */
#ifndef TL_CLI_FIT_LOGISTIC_H
#define TL_CLI_FIT_LOGISTIC_H

#include "cli/fit_rows.h"
#include "flow/profile.h"

struct tl_fit_problem {
    const struct tl_fit_rows *rows;
    int profile;
    size_t count;                         /* items */
    bool against[TL_JUDGEMENT_ITEMS_MAX]; /* weight <= 0; else >= 0 */
    double ridge;
    double positive; /* how much a row of the profile's own counts */
};

struct tl_fit_solution {
    double bias, weights[TL_JUDGEMENT_ITEMS_MAX];
    double loss; /* a row */
    int steps;
};

/* solution: where to start. */
void tl_fit_solve(const struct tl_fit_problem *problem, struct tl_fit_solution *solution);
double tl_fit_points(const struct tl_fit_rows *rows, const struct tl_fit_row *row, int profile,
                     const struct tl_fit_solution *solution);

#endif
