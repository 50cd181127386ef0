/* SPDX-License-Identifier: Apache-2.0
 * Reproducible elementary functions: + - * / and sqrt only, so the same bits under any compiler
 * and CPU (glibc's exp, log, pow, sin differ with the CPU's FMA). Error bounds stand at each. */
#ifndef TL_BASE_MATH_H
#define TL_BASE_MATH_H

#include <stdint.h>

double tl_exp(double x); /* |error| < 2 ulp; 0 below -745, +inf above 709.78; NaN stays */
double tl_log(double x); /* |error| < 2 ulp; -inf at 0; NaN below */
double tl_pow(double x,
              double y); /* x > 0; exp(y log x), relative error < 1e-13 for |y log x| < 100 */
double tl_norm_pdf(double x);
double tl_norm_cdf(double x); /* |error| < 1e-14 absolute */
/* N(x), and N(-x) in *mirror, bit for bit as tl_norm_cdf gives them, for the price of one. */
double tl_norm_cdf_pair(double x, double *mirror);
/* The same for those who have e^(-x^2/2) already. */
double tl_norm_cdf_given(double x, double gauss, double *mirror);
#define TL_INV_SQRT_2PI 0.39894228040143267794 /* the density is this times e^(-x^2/2) */
double tl_norm_inv(double p);                  /* 0 < p < 1; relative error < 1e-9 (AS241) */
double tl_cos_2pi(double turns);               /* cos(2 pi turns), |error| < 1e-12 */

/* Inline, because they stand in every inner loop. tl_sqrt is exact. */
static inline double tl_sqrt(double x)
{
    return __builtin_sqrt(x); /* without <math.h> and its many names */
}

static inline double tl_abs(double x)
{
    return __builtin_fabs(x);
}

/* a < b ? a : b and a > b ? a : b, zeros and NaN too, which is what minsd and maxsd give. Asked for by
 * name, because compilers make branches of the plain form where one side is a constant, and a processor
 * guesses many of them wrong; not by intrinsics, whose operands gcc exchanges. */
static inline double tl_min(double a, double b)
{
#if defined __SSE2__
    if (!__builtin_constant_p(a) || !__builtin_constant_p(b)) {
        __asm__("minsd %1, %0" : "+x"(a) : "x"(b));
        return a;
    }
#endif
    return a < b ? a : b;
}

static inline double tl_max(double a, double b)
{
#if defined __SSE2__
    if (!__builtin_constant_p(a) || !__builtin_constant_p(b)) {
        __asm__("maxsd %1, %0" : "+x"(a) : "x"(b));
        return a;
    }
#endif
    return a > b ? a : b;
}

static inline double tl_clamp(double x, double low, double high) /* low <= high; NaN -> low */
{
    return tl_min(tl_max(x, low), high);
}

static inline double tl_floor(double x) /* |x| < 2^52 */
{
    double whole = (double)(int64_t)x;
    return whole > x ? whole - 1.0 : whole;
}

/* JavaScript Number(x.toFixed(digits)): exact binary value, ties away from zero; digits 0 to 8,
 * |x| < 1e12; not finite -> 0. */
double tl_round_js(double x, int digits);

int64_t tl_floor_div(int64_t a, int64_t b); /* b > 0; rounds to minus infinity */
int64_t tl_px_from_usd_nearest(double usd); /* USD to 1e-4 USD, nearest, ties away from zero */

#endif
