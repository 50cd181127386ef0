/* SPDX-License-Identifier: Apache-2.0
 * Intraday curves; see the header. The nodes are means over many ordinary days, with the bump of
 * days with a 14:00 announcement smoothed out. */
#include "market/day_clock.h"

#include "base/math.h"

enum { NODES = 17 };

static const double MINUTES[NODES] = {0,   5,   15,  30,  60,  90,  120, 150, 180,
                                      210, 240, 270, 300, 330, 360, 385, 390};

static const double CURVES[TL_CURVE_COUNT][NODES] = {
    {1.98, 1.63, 1.48, 1.42, 1.25, 1.08, .95, .84, .77, .71, .66, .71, .82, .86, .86, 1.03, 1.385},
    {3.71, 2.61, 2.00, 1.67, 1.40, 1.2, .95, .82, .73, .67, .62, .63, .61, .58, .482, .445, .503},
    {2.7, 2.3, 1.4, 1.3, 1.05, .9, .8, .72, .65, .62, .6, .68, .75, .78, 1.0, 2.8, 5.5},
    {5.0, 3.55, 2.35, 1.72, 1.3, 1.1, .88, .75, .64, .62, .6, .55, .55, .57, .78, 1.5, 2.6},
    {2.09, 1.85, 1.49, 1.25, 1.16, 1.02, .86, .73, .64, .61, .59, .65, .73, .82, .99, 1.28, 1.35},
    {3.27, 2.73, 2.03, 1.58, 1.22, 1.08, 1.02, 1, 1, 1, 1, .98, .95, .9, .80, .66, .61},
};

static void evaluate(const struct tl_day_clock *clock, int32_t second, double now[TL_CURVE_COUNT])
{
    double minute = 390.0 * ((double)second + 0.5) / (double)clock->session_s;
    int node = 1;
    while (node < NODES - 1 && minute >= MINUTES[node])
        node++;
    double part = (minute - MINUTES[node - 1]) / (MINUTES[node] - MINUTES[node - 1]);
    for (int c = 0; c < TL_CURVE_COUNT; c++) {
        double low = CURVES[c][node - 1], high = CURVES[c][node];
        now[c] = clock->scale[c] * (low + part * (high - low));
    }
}

void tl_day_clock_open(struct tl_day_clock *clock, int32_t session_s)
{
    double sum[TL_CURVE_COUNT] = {0}, now[TL_CURVE_COUNT];
    clock->session_s = session_s;
    for (int c = 0; c < TL_CURVE_COUNT; c++)
        clock->scale[c] = 1.0;
    for (int32_t second = 0; second < session_s; second++) {
        evaluate(clock, second, now);
        for (int c = 0; c < TL_CURVE_COUNT; c++)
            sum[c] += c <= TL_CURVE_VOL_NAME ? now[c] * now[c] : now[c];
    }
    for (int c = 0; c < TL_CURVE_COUNT; c++) {
        double scale = (double)session_s / sum[c];
        clock->scale[c] = c <= TL_CURVE_VOL_NAME ? tl_sqrt(scale) : scale;
    }
    for (int c = 0; c < 2; c++)
        clock->left[c] = 1.0, clock->share[c] = 0.0;
}

void tl_day_clock_at(struct tl_day_clock *clock, int32_t second)
{
    evaluate(clock, second, clock->now);
    for (int c = 0; c < 2; c++) {
        clock->left[c] = tl_max(clock->left[c] - clock->share[c], 0.0);
        clock->share[c] = clock->now[c] * clock->now[c] / (double)clock->session_s;
        clock->left[c] = tl_max(clock->left[c], clock->share[c]);
    }
}
