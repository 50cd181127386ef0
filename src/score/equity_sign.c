/* SPDX-License-Identifier: Apache-2.0
 * Sign memory. Lags are all up to 12, then spaced by about an eighth of their size; for the decay
 * exponent, neighbouring lags are averaged into groups that grow by a factor of about 1.5, so that
 * the noise at long lags (1/sqrt n each) does not turn into missing logarithms. Bands: SCORECARD
 * E28 (four name-days of 2013; Lillo and Farmer 2004, Toth et al. 2015). */
#include "score/equity_sign.h"

#include "base/math.h"
#include "score/equity_scene.h"

#define MASK (TL_SCORE_SIGN_RING - 1)
#define GROUP_GROWTH 1.5

static const uint32_t lags[TL_SCORE_SIGN_LAGS] = {
    1,   2,   3,   4,   5,   6,   7,   8,   9,   10,  11,  12,  13,  15,  17,  19,
    21,  24,  27,  30,  34,  38,  43,  48,  54,  61,  68,  76,  85,  95,  100, 107,
    120, 134, 150, 168, 188, 210, 235, 263, 290, 320, 350, 380, 410, 440, 470, 500};

void tl_score_sign_session(struct tl_score_sign *sign)
{
    sign->count = 0;
}

void tl_score_sign_add(struct tl_score_sign *sign, int side)
{
    sign->n++;
    sign->sum += side;
    for (int l = 0; l < TL_SCORE_SIGN_LAGS; l++) {
        if (sign->count < lags[l]) break;
        sign->lag_n[l]++;
        sign->lag_sum[l] += side * sign->ring[(sign->count - lags[l]) & MASK];
    }
    sign->ring[sign->count++ & MASK] = (int8_t)side;
}

uint32_t tl_score_sign_lag(int place)
{
    return lags[place];
}

double tl_score_sign_memory(const struct tl_score_sign *sign, int place)
{
    if (sign->lag_n[place] == 0) return TL_NAN;
    double mean = (double)sign->sum / (double)sign->n;
    double product = (double)sign->lag_sum[place] / (double)sign->lag_n[place];
    return (product - mean * mean) / (1.0 - mean * mean);
}

double tl_score_sign_gamma(const struct tl_score_sign *sign)
{
    double x[TL_SCORE_SIGN_LAGS], y[TL_SCORE_SIGN_LAGS];
    size_t groups = 0;
    for (int first = 1; first < TL_SCORE_SIGN_LAGS;) {
        double lag = 0, memory = 0;
        int last = first;
        for (; last < TL_SCORE_SIGN_LAGS && lags[last] < GROUP_GROWTH * lags[first]; last++) {
            lag += tl_log(lags[last]);
            memory += tl_score_sign_memory(sign, last);
        }
        x[groups] = tl_exp(lag / (last - first));
        y[groups++] = memory / (last - first);
        first = last;
    }
    return -tl_ols_loglog(x, y, groups).slope;
}

static int place_of(uint32_t lag)
{
    int place = 0;
    while (lags[place] < lag)
        place++;
    return place;
}

void tl_score_sign_rows(struct tl_score_scene *scene)
{
    static const struct {
        const char *label;
        uint32_t lag;
        double low, high;
    } parts[] = {{"parents, lag 1", 1, 0.30, 0.80},
                 {"parents, lag 10", 10, 0.04, 0.50},
                 {"parents, lag 100", 100, 0.01, 0.13},
                 {"parents, gamma", 0, 0.40, 0.85},
                 {"prints, lag 1", 1, 0.55, 0.88}};
    struct tl_score_row *row =
        tl_score_row(scene->report, "E28", "long memory of signs", 'H', 30000);
    for (int p = 0; p < 5; p++) {
        tl_score_scene_bands(scene, parts[p].low, parts[p].high);
        for (uint32_t i = 0; i < scene->count; i++) {
            const struct tl_score_sign *sign =
                p == 4 ? &scene->names[i].print_sign : &scene->names[i].parent_sign;
            double value = parts[p].lag ? tl_score_sign_memory(sign, place_of(parts[p].lag))
                                        : tl_score_sign_gamma(sign);
            tl_score_scene_set(scene, i, value, (double)sign->n);
        }
        tl_score_scene_put(scene, row, parts[p].label);
    }
}

void tl_score_sign_curves(const struct tl_score_scene *scene, struct tl_score_curves *curves)
{
    struct tl_score_curve *plot = tl_score_curve(curves, "signs", "Memory of trade signs, parents",
                                                 "lag, parents", "autocorrelation");
    tl_score_curve_axes(plot, TL_AXIS_LOG, TL_AXIS_LOG);
    for (uint32_t i = 0; i < scene->count; i++) {
        const struct tl_score_sign *sign = &scene->names[i].parent_sign;
        if (!tl_score_is_shown(scene, i) || sign->n < 1000) continue;
        struct tl_curve_line *line =
            tl_score_curve_line(plot, scene->symbols[i].ticker, TL_STYLE_LINE);
        for (int l = 0; l < TL_SCORE_SIGN_LAGS; l++)
            if (tl_score_sign_memory(sign, l) > 1e-4)
                tl_score_curve_point(line, lags[l], tl_score_sign_memory(sign, l));
    }
    struct tl_curve_line *real = tl_score_curve_band(plot, "real, low to high");
    tl_score_curve_range(real, 1, 0.3, 0.8);
    tl_score_curve_range(real, 10, 0.04, 0.5);
    tl_score_curve_range(real, 100, 0.01, 0.13);
}
