/* SPDX-License-Identifier: Apache-2.0
 * Estimators on series with known answers, and the verdicts. */
#include "base/math.h"
#include "base/rng.h"
#include "lib/harness.h"
#include "score/curve.h"
#include "score/estimate.h"
#include "score/report.h"

#include <stdlib.h>
#include <string.h>

TL_TEST("moments of a small array are those worked out by hand")
{
    /* 1 2 3 4 10: mean 4, deviations -3 -2 -1 0 6; sums of powers 50, 180, 1394. */
    const double x[] = {1, 2, 3, 4, 10};
    struct tl_moments moments = {0};
    for (size_t i = 0; i < 5; i++)
        tl_moments_add(&moments, x[i]);
    CHECK_NEAR(tl_mean(x, 5), 4, 1e-12);
    CHECK_NEAR(tl_variance(x, 5), 10, 1e-12);
    CHECK_NEAR(tl_skew(x, 5), 36 / (10 * tl_sqrt(10)), 1e-12);
    CHECK_NEAR(tl_excess_kurtosis(x, 5), 278.8 / 100 - 3, 1e-12);
    CHECK_NEAR(tl_moments_mean(&moments), 4, 1e-12);
    CHECK_NEAR(tl_moments_variance(&moments), 10, 1e-12);
    CHECK_NEAR(tl_moments_skew(&moments), 36 / (10 * tl_sqrt(10)), 1e-12);
    CHECK_NEAR(tl_moments_excess_kurtosis(&moments), 278.8 / 100 - 3, 1e-12);
}

TL_TEST("statistics without enough values are not numbers")
{
    const double same[] = {2, 2, 2, 2};
    double one[] = {1};
    CHECK(!tl_is_finite(tl_mean(same, 0)));
    CHECK(!tl_is_finite(tl_skew(same, 4)));
    CHECK(!tl_is_finite(tl_excess_kurtosis(same, 4)));
    CHECK(!tl_is_finite(tl_autocorrelation(same, 4, 1)));
    CHECK(!tl_is_finite(tl_correlation(same, same, 4)));
    CHECK(!tl_is_finite(tl_hill_in_place(one, 1, 1)));
    CHECK(!tl_is_finite(tl_median_in_place(one, 0)));
    CHECK(!tl_is_finite(TL_NAN) && !tl_is_finite(TL_INF) && tl_is_finite(1e308));
}

TL_TEST("quantiles stand between order statistics, whatever the order of the input")
{
    double x[] = {9, 1, 5, 3, 7, 2, 8, 4, 6, 10};
    CHECK_NEAR(tl_median_in_place(x, 10), 5.5, 1e-12);
    for (size_t i = 0; i < 10; i++)
        CHECK_NEAR(x[i], (double)(i + 1), 0);
    CHECK_NEAR(tl_quantile_sorted(x, 10, 0), 1, 0);
    CHECK_NEAR(tl_quantile_sorted(x, 10, 0.25), 3.25, 1e-12);
    CHECK_NEAR(tl_quantile_sorted(x, 10, 1), 10, 0);
}

TL_TEST("Hill finds the exponent of exact Pareto quantiles")
{
    enum { N = 100000 };
    double *x = malloc(N * sizeof *x);
    REQUIRE(x);
    for (size_t i = 0; i < N; i++) /* the survival function is x^-3 */
        x[i] = tl_pow(((double)i + 0.5) / N, -1.0 / 3.0);
    /* Standard error of k = 1000 draws is 3 / sqrt(1000) = .09; on exact quantiles only the
     * discreteness is left, of the order of ln(k) / k. */
    CHECK_NEAR(tl_hill_in_place(x, N, 1000), 3, 0.02);
    free(x);
}

TL_TEST("a first-order autoregression shows its coefficient at lag 1 and its square at lag 2")
{
    enum { N = 200000 };
    double *x = malloc(N * sizeof *x);
    REQUIRE(x);
    struct tl_rng rng = tl_rng_at(5, TL_RNG_DAY, 0, 0);
    x[0] = 0;
    for (size_t i = 1; i < N; i++)
        x[i] = 0.6 * x[i - 1] + tl_rng_normal(&rng);
    /* Standard error below 1 / sqrt(N) = .0022; five of them. */
    CHECK_NEAR(tl_autocorrelation(x, N, 1), 0.6, 0.011);
    CHECK_NEAR(tl_autocorrelation(x, N, 2), 0.36, 0.011);
    CHECK_NEAR(tl_autocorrelation_blocks(x, N, 1000, 1), 0.6, 0.011);
    free(x);
}

TL_TEST("pairs do not straddle blocks")
{
    /* Alternating inside blocks of two, equal across the border. */
    const double x[] = {1, -1, -1, 1, 1, -1, -1, 1};
    CHECK_NEAR(tl_autocorrelation_blocks(x, 8, 2, 1), -1, 1e-12);
    CHECK_NEAR(tl_autocorrelation(x, 8, 1), -1.0 / 8, 1e-12);
}

TL_TEST("a line gives its slope, and a power law its exponent")
{
    const double x[] = {1, 2, 3, 4}, y[] = {5, 7, 9, 11};
    double px[10], py[10];
    struct tl_line_fit fit = tl_ols(x, y, 4);
    CHECK_NEAR(fit.slope, 2, 1e-12);
    CHECK_NEAR(fit.intercept, 3, 1e-12);
    CHECK_NEAR(fit.r2, 1, 1e-12);
    for (int i = 0; i < 10; i++) {
        px[i] = 1 << i;
        py[i] = 3 * tl_pow(px[i], -0.25);
    }
    py[3] = 0; /* left out: it has no logarithm */
    fit = tl_ols_loglog(px, py, 10);
    CHECK_NEAR(fit.slope, -0.25, 1e-12);
    CHECK_INT(fit.n, 9);
}

TL_TEST("a decaying memory gives its exponent, also where single lags are negative")
{
    double y[390];
    for (int lag = 1; lag <= 390; lag++)
        y[lag - 1] = 0.2 * tl_pow(lag, -0.3);
    /* Bins average the curve, not its logarithm: a bias of order (width^2 / 24) b (b + 1), < .001. */
    CHECK_NEAR(tl_decay_exponent(y, 390), 0.3, 0.002);
    for (int lag = 101; lag <= 389; lag += 2) { /* noise that cancels in pairs */
        y[lag - 1] += 0.2;
        y[lag] -= 0.2;
    }
    CHECK(y[101] < 0);
    CHECK_NEAR(tl_decay_exponent(y, 390), 0.3, 0.02);
}

TL_TEST("Spearman looks at ranks, and shares the rank of ties")
{
    const double x[] = {1, 2, 3, 4, 5}, up[] = {1, 8, 27, 64, 125}, tied[] = {1, 1, 2, 2, 3};
    double scratch[15];
    CHECK_NEAR(tl_spearman(x, up, 5, scratch), 1, 1e-12);
    /* Ranks 1.5 1.5 3.5 3.5 5: covariance sum 9 over sqrt(10 x 9). */
    CHECK_NEAR(tl_spearman(x, tied, 5, scratch), 9 / tl_sqrt(90), 1e-12);
}

TL_TEST("the Fano factor of even counts is below one, and Gini's ends are 0 and near 1")
{
    const double counts[] = {3, 5, 3, 5};
    double same[] = {4, 4, 4, 4}, one[] = {0, 0, 8, 0};
    CHECK_NEAR(tl_fano(counts, 4), 0.25, 1e-12);
    CHECK_NEAR(tl_gini_in_place(same, 4), 0, 1e-12);
    CHECK_NEAR(tl_gini_in_place(one, 4), 0.75, 1e-12);
}

TL_TEST("a value outside its band is near within a quarter of the width, far beyond one width")
{
    static struct tl_score_report report;
    memset(&report, 0, sizeof report);
    struct tl_score_row *row = tl_score_row(&report, "E1", "x", 'H', 10);
    tl_score_put(row, "in", 2, 2, 4, 10);
    tl_score_put(row, "near", 4.5, 2, 4, 10);
    tl_score_put(row, "out", 4.6, 2, 4, 10);
    tl_score_put(row, "far", -0.1, 2, 4, 10);
    tl_score_put(row, "few", 3, 2, 4, 9);
    tl_score_put(row, "open", 5, 4, TL_INF, 10);
    tl_score_put(row, "open near", 3, 4, TL_INF, 10);
    static const enum tl_score_verdict want[] = {TL_SCORE_IN,  TL_SCORE_NEAR, TL_SCORE_OUT,
                                                 TL_SCORE_FAR, TL_SCORE_NA,   TL_SCORE_IN,
                                                 TL_SCORE_NEAR};
    for (uint32_t i = 0; i < row->count; i++)
        CHECK_INT(row->numbers[i].verdict, want[i]);
    tl_score_finish(&report);
    CHECK_INT(report.rows[0].verdict, TL_SCORE_FAR);
    CHECK_STR(tl_score_verdict_name(TL_SCORE_NA), "n/a");
}

TL_TEST("a number over names is in when four of five are, and small samples do not count")
{
    static struct tl_score_report report;
    memset(&report, 0, sizeof report);
    struct tl_score_row *row = tl_score_row(&report, "E2", "x", 'M', 100);
    const double low[] = {0, 0, 0, 0, 0, 0}, high[] = {1, 1, 1, 1, 1, TL_INF};
    const double n[] = {100, 100, 100, 100, 100, 99};
    const double good[] = {.1, .2, .3, .4, 9, 9}, bad[] = {.1, .2, .3, 1.2, 9, 9},
                 worse[] = {.1, .2, 3, 4, 9, 9};
    tl_score_put_names(row, "good", good, low, high, n, 6);
    tl_score_put_names(row, "bad", bad, low, high, n, 6);
    tl_score_put_names(row, "worse", worse, low, high, n, 6);
    CHECK_INT(row->numbers[0].verdict, TL_SCORE_IN);
    CHECK_INT(row->numbers[0].names, 5);
    CHECK_INT(row->numbers[0].inside, 4);
    CHECK_NEAR(row->numbers[0].value, 0.3, 1e-12);
    CHECK_INT(row->numbers[1].verdict, TL_SCORE_NEAR);
    CHECK_INT(row->numbers[2].verdict, TL_SCORE_FAR);
}

TL_TEST("rows come out in the order of their ids, and are found again by them")
{
    static struct tl_score_report report;
    static const char *const ids[] = {"O2", "E10", "E9", "O10", "E1"};
    memset(&report, 0, sizeof report);
    for (int i = 0; i < 5; i++)
        tl_score_row(&report, ids[i], "x", 'H', 0);
    CHECK(tl_score_row(&report, "E9", "x", 'H', 0) == &report.rows[2]);
    tl_score_finish(&report);
    static const char *const want[] = {"E1", "E9", "E10", "O2", "O10"};
    for (int i = 0; i < 5; i++)
        CHECK_STR(report.rows[i].id, want[i]);
}

TL_TEST("a plot that is full or absent takes no more and does not fall over")
{
    struct tl_score_curves *curves = tl_score_curves_create();
    REQUIRE(curves);
    struct tl_score_curve *plot = tl_score_curve(curves, "a", "A", "x", "y");
    CHECK(tl_score_curve(curves, "a", "A", "x", "y") == plot);
    struct tl_curve_line *line = tl_score_curve_line(plot, "one", TL_STYLE_DOTS);
    for (int i = 0; i < TL_CURVE_POINTS_MAX + 3; i++)
        tl_score_curve_point(line, i, i);
    tl_score_curve_point(line, TL_NAN, 1);
    CHECK_INT(line->count, TL_CURVE_POINTS_MAX);
    CHECK_INT(line->dropped, 3);
    for (int i = 0; i < TL_CURVE_LINES_MAX; i++)
        line = tl_score_curve_line(plot, "more", TL_STYLE_LINE);
    CHECK(line == NULL);
    tl_score_curve_point(tl_score_curve_line(tl_score_curve(NULL, "b", "", "", ""), "", 0), 1, 1);
    CHECK_INT(tl_score_curves_count(curves), 1);
    tl_score_curves_destroy(curves);
}
