/* SPDX-License-Identifier: Apache-2.0
 * Expectation maximisation: each event is split between the background and the terms by their
 * shares of the intensity, then mu and the masses are the sums of these shares over what they could
 * have made (Veen and Schoenberg 2008; the exponential sums by Ozaki's recursion). */
#include "score/equity_hawkes.h"

#include "base/math.h"
#include "score/estimate.h"

#define STEPS 200
#define COUNT_MIN 50

static const double betas[TL_SCORE_HAWKES_TERMS] = {50.0, 5.0, 0.5, 0.05};

/* excite[4 i + k] = beta_k sum_{j < i} exp(-beta_k (t_i - t_j)); reach[k] = sum_j of the part of
 * the kernel's mass that falls before the end. */
static void excitation(const uint32_t *times_us, uint32_t count, double span_s, double *excite,
                       double reach[TL_SCORE_HAWKES_TERMS])
{
    for (int k = 0; k < TL_SCORE_HAWKES_TERMS; k++) {
        double sum = 0;
        reach[k] = 0;
        for (uint32_t i = 0; i < count; i++) {
            double step = i ? 1e-6 * (double)(times_us[i] - times_us[i - 1]) : 0;
            if (i) sum = (sum + 1.0) * tl_exp(-betas[k] * step);
            excite[4 * i + (uint32_t)k] = betas[k] * sum;
            reach[k] += 1.0 - tl_exp(-betas[k] * (span_s - 1e-6 * (double)times_us[i]));
        }
    }
}

struct tl_score_hawkes tl_score_hawkes_fit(const uint32_t *times_us, uint32_t count, double span_s,
                                           double *scratch)
{
    struct tl_score_hawkes fit = {TL_NAN, {TL_NAN, TL_NAN, TL_NAN, TL_NAN}, TL_NAN};
    double reach[TL_SCORE_HAWKES_TERMS];
    if (count < COUNT_MIN || !(span_s > 0)) return fit;
    excitation(times_us, count, span_s, scratch, reach);
    fit.mu = 0.5 * (double)count / span_s;
    for (int k = 0; k < TL_SCORE_HAWKES_TERMS; k++)
        fit.mass[k] = 0.125;
    for (int step = 0; step < STEPS; step++) {
        double background = 0, made[TL_SCORE_HAWKES_TERMS] = {0};
        for (uint32_t i = 0; i < count; i++) {
            const double *excite = scratch + 4 * (size_t)i;
            double part[TL_SCORE_HAWKES_TERMS], lambda = fit.mu;
            for (int k = 0; k < TL_SCORE_HAWKES_TERMS; k++)
                lambda += part[k] = fit.mass[k] * excite[k];
            double share = 1.0 / lambda;
            background += fit.mu * share;
            for (int k = 0; k < TL_SCORE_HAWKES_TERMS; k++)
                made[k] += part[k] * share;
        }
        fit.mu = background / span_s;
        for (int k = 0; k < TL_SCORE_HAWKES_TERMS; k++)
            fit.mass[k] = made[k] / reach[k];
    }
    fit.branching = fit.mass[0] + fit.mass[1] + fit.mass[2] + fit.mass[3];
    return fit;
}
