/* SPDX-License-Identifier: Apache-2.0
 * Known answers and error bounds of src/base/math.c against glibc's long double functions. */
#include "lib/harness.h"

#include <math.h>
#include <string.h>

#include "base/math.h"
#include "base/rng.h"

static double ulps(double got, long double want)
{
    double nearest = (double)want;
    double gap = nextafter(fabs(nearest), (double)INFINITY) - fabs(nearest);
    return (double)(fabsl((long double)got - want) / (long double)gap);
}

TL_TEST("exp stays within 2 ulp over its whole range and saturates beyond")
{
    struct tl_rng rng = tl_rng_at(test_seed(), TL_RNG_DAY, 1, 1);
    double worst = 0;
    for (int i = 0; i < 200000; i++) {
        double x = (tl_rng_uniform(&rng) - 0.5) * (i % 2 ? 1400.0 : 2.0);
        worst = fmax(worst, ulps(tl_exp(x), expl((long double)x)));
    }
    CHECK(worst < 2.0);
    CHECK(tl_exp(0) == 1.0 && tl_exp(-746) == 0.0 && isinf(tl_exp(709.79)));
    CHECK(isnan(tl_exp((double)NAN)) && tl_exp(-745) > 0);
    CHECK_NEAR(tl_exp(1), 2.718281828459045, 1e-15);
}

TL_TEST("log stays within 2 ulp, down to subnormals")
{
    struct tl_rng rng = tl_rng_at(test_seed(), TL_RNG_DAY, 2, 1);
    double worst = 0;
    for (int i = 0; i < 200000; i++) {
        double x = i % 2 ? ldexp(tl_rng_uniform(&rng), (int)tl_rng_below(&rng, 2000) - 1050)
                         : 0.5 + tl_rng_uniform(&rng);
        if (x > 0) worst = fmax(worst, ulps(tl_log(x), logl((long double)x)));
    }
    CHECK(worst < 2.0);
    CHECK(tl_log(1) == 0 && isinf(tl_log(0)) && isnan(tl_log(-1)) &&
          isinf(tl_log((double)INFINITY)));
    CHECK_NEAR(tl_pow(2.5, 3.5), 24.705294220065465, 1e-12);
}

TL_TEST("the normal distribution and its inverse meet their bounds")
{
    double worst = 0, worst_inverse = 0;
    for (int i = -3800; i <= 3800; i++) {
        double x = (double)i / 100.0;
        long double want = 0.5L * erfcl(-(long double)x / sqrtl(2.0L));
        worst = fmax(worst, (double)fabsl((long double)tl_norm_cdf(x) - want));
        if (i > -3700 && i < 0)
            worst_inverse = fmax(worst_inverse, fabs(tl_norm_inv((double)want) / x - 1));
    }
    CHECK(worst < 1e-14);
    CHECK(worst_inverse < 1e-9);
    CHECK(tl_norm_inv(0.5) == 0);
    CHECK_NEAR(tl_norm_inv(0.975), 1.959963984540054, 1e-14);
    CHECK_NEAR(tl_norm_cdf(1.96), 0.9750021048517795, 1e-15);
    CHECK_NEAR(tl_norm_pdf(0), 0.3989422804014327, 1e-16);
}

TL_TEST("cos_2pi meets its bound in all octants and both signs")
{
    double worst = 0;
    for (int i = -4000; i <= 4000; i++) {
        double turns = (double)i / 999.0;
        double want = (double)cosl(2.0L * acosl(-1.0L) * (long double)turns);
        worst = fmax(worst, fabs(tl_cos_2pi(turns) - want));
    }
    CHECK(worst < 1e-12);
}

TL_TEST("round_js is toFixed: exact binary value, ties away from zero")
{
    CHECK(tl_round_js(0.125, 2) == 0.13);
    CHECK(tl_round_js(-0.125, 2) == -0.13);
    CHECK(tl_round_js(0.03125, 4) == 0.0313);
    CHECK(tl_round_js(1.005, 2) == 1.00);
    CHECK(tl_round_js(2.5, 0) == 3);
    CHECK(tl_round_js(-2.5, 0) == -3);
    CHECK(tl_round_js(8.345, 2) == 8.35);
    CHECK(tl_round_js(1.45, 1) == 1.4);
    CHECK(tl_round_js(0.1 + 0.7, 4) == 0.8);
    CHECK(tl_round_js(123456789012.34567, 4) == 123456789012.3457);
    CHECK(tl_round_js(999999999999.99995, 4) == 1e12);
    CHECK(tl_round_js(987654321987.125, 8) == 987654321987.125);
    CHECK(tl_round_js(1e-9, 8) == 0 && tl_round_js(5e-9, 8) == 1e-8);
    CHECK(tl_round_js((double)NAN, 2) == 0 && tl_round_js((double)INFINITY, 2) == 0);
    CHECK(!signbit(tl_round_js(-0.001, 2)));
    CHECK(tl_round_js(5e-324, 8) == 0);
}

TL_TEST("floor division, px and clamp round as their names say")
{
    CHECK_INT(tl_floor_div(-1, 60), -1);
    CHECK_INT(tl_floor_div(-60, 60), -1);
    CHECK_INT(tl_floor_div(119, 60), 1);
    CHECK_INT(tl_px_from_usd_nearest(4.1), 41000);
    CHECK_INT(tl_px_from_usd_nearest(-0.00005), -1);
    CHECK(tl_floor(-0.5) == -1 && tl_floor(3) == 3 && tl_floor(2.9) == 2);
    CHECK(tl_clamp((double)NAN, 1, 2) == 1 && tl_clamp(3, 1, 2) == 2 && tl_clamp(0, 1, 2) == 1);
}

TL_TEST("lesser, greater and clamp are their C expressions, with zeros and what is no number")
{
    static const double values[] = {
        0.0, -0.0, 1, -1, 2.5, (double)NAN, (double)INFINITY, -(double)INFINITY};
    enum { COUNT = sizeof values / sizeof values[0] };
    for (int i = 0; i < COUNT; i++)
        for (int k = 0; k < COUNT; k++) {
            volatile double a = values[i], b = values[k]; /* not known to the compiler */
            double x = a, y = b;
            double lesser = tl_min(x, y), less = x < y ? x : y;
            double greater = tl_max(x, y), great = x > y ? x : y;
            CHECK(memcmp(&lesser, &less, sizeof less) == 0);
            CHECK(memcmp(&greater, &great, sizeof great) == 0);
        }
    volatile double none = (double)NAN;
    CHECK(tl_clamp(none, 1, 2) == 1 && tl_max(none, 1) == 1 && tl_min(none, 1) == 1);
    CHECK(tl_max((double)NAN, 1) == 1 && tl_min((double)NAN, 1) == 1);
}

TL_TEST("the normal distribution's pair is N(x) and N(-x), bit for bit")
{
    for (int i = -8000; i <= 8000; i++) {
        double x = i * 0.005, mirror;
        CHECK(tl_norm_cdf_pair(x, &mirror) == tl_norm_cdf(x));
        CHECK(mirror == tl_norm_cdf(-x));
    }
}
