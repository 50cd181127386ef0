/* SPDX-License-Identifier: Apache-2.0
 * The panel on the day's shapes: spread, volatility and volume by half hour of the session.
 * Bands: E18 (spread, names that are not bound to one tick) and E8 (volatility: between funds'
 * 1.5 / .70 and mega caps' 2.3 / .66). Volume is shown for the half hours seen since the start. */
#include "lab/panel_day.h"

#include "base/math.h"

#define HALVES TL_LAB_HALF_HOURS
#define MIDDAY_FROM 5 /* 12:00 to 13:30 */
#define MIDDAY_TO 8

/* Mean of x[from..to) where it is finite. */
static double mean_of(const double *x, int from, int to)
{
    double sum = 0, n = 0;
    for (int h = from; h < to; h++) {
        if (!tl_is_finite(x[h])) continue;
        sum += x[h];
        n++;
    }
    return n > 0 ? sum / n : TL_NAN;
}

static void name_spread(const struct tl_lab_name *name, double out[HALVES])
{
    for (int h = 0; h < HALVES; h++)
        out[h] = name->spread_n[h] >= 3 ? name->spread_sum[h] / name->spread_n[h] : TL_NAN;
}

/* The median over names of a half hour's spread over the midday's; the open's ratio by name. */
static size_t spreads(const struct tl_lab *lab, double out[HALVES], double *opening)
{
    double ratios[HALVES][TL_LAB_NAMES];
    size_t counts[HALVES] = {0}, names = 0;
    for (uint32_t i = 0; i < lab->name_count; i++) {
        const struct tl_lab_name *name = &lab->names[i];
        double spread[HALVES];
        if (!(name->tick_n > 0) || name->tick_sum / name->tick_n <= 1.3) continue; /* tick-bound */
        name_spread(name, spread);
        double midday = mean_of(spread, MIDDAY_FROM, MIDDAY_TO);
        /* Before midday was seen, over what was. */
        double base = midday > 0 ? midday : mean_of(spread, 0, HALVES);
        for (int h = 0; h < HALVES; h++)
            if (tl_is_finite(spread[h] / base)) ratios[h][counts[h]++] = spread[h] / base;
        if (midday > 0 && tl_is_finite(spread[0])) opening[names++] = spread[0] / midday;
    }
    for (int h = 0; h < HALVES; h++)
        out[h] = counts[h] ? tl_median_in_place(ratios[h], counts[h]) : TL_NAN;
    return names;
}

static void volumes(const struct tl_lab *lab, double out[HALVES])
{
    double all = 0;
    for (int h = 0; h < HALVES; h++) {
        out[h] = 0;
        for (uint32_t i = 0; i < lab->name_count; i++)
            out[h] += lab->names[i].volume[h];
        all += out[h];
    }
    for (int h = 0; h < HALVES; h++)
        out[h] = out[h] > 0 ? 100 * out[h] / all : TL_NAN;
}

void tl_lab_panel_day(const struct tl_lab *lab, struct tl_lab_work *work, struct tl_text *out)
{
    double x[HALVES], spread[HALVES], volatility[HALVES], volume[HALVES], opening[TL_LAB_NAMES];
    size_t names = spreads(lab, spread, opening);
    double seen = 0, minutes = 0;
    volumes(lab, volume);
    for (int h = 0; h < HALVES; h++) {
        x[h] = 0.5 * h;
        volatility[h] = work->shape_n[h] >= 15 ? work->shape[h] : TL_NAN;
        minutes += work->shape_n[h];
        seen += tl_is_finite(volatility[h]);
    }
    double midday = mean_of(volatility, MIDDAY_FROM, MIDDAY_TO);
    for (int h = 0; h < HALVES; h++)
        if (midday > 0) volatility[h] /= midday;
    struct tl_panel_number numbers[] = {{"spread, first half hour over midday",
                                         names ? tl_median_in_place(opening, names) : TL_NAN, 2, 3,
                                         (double)names, 5},
                                        {"volatility, first half hour over midday",
                                         midday > 0 ? volatility[0] : TL_NAN, 2.1, 3.5, seen, 4}};
    struct tl_panel panel = {
        .out = out,
        .id = "day",
        .title = "Shape of the day",
        .what = "Wide and loud at the open, quiet at midday, busier at the close.",
        .sample = "minutes of sessions; medians over names that are not bound to one tick",
        .n = minutes,
        .note = "Volume: percent of what this service saw printed, where it saw the half hour."};
    tl_panel_open(&panel, work, numbers, 2);
    tl_panel_set_open(out, &(struct tl_panel_set){.name = "spread and volatility",
                                                  .x_label = "hours since the open",
                                                  .y_label = "over midday",
                                                  .x = x,
                                                  .count = HALVES});
    tl_panel_series(out, "spread", "line", spread, HALVES);
    tl_panel_series(out, "volatility", "line", volatility, HALVES);
    tl_panel_set_close(out);
    tl_panel_set_open(out, &(struct tl_panel_set){.name = "volume",
                                                  .x_label = "hours since the open",
                                                  .y_label = "percent",
                                                  .x = x,
                                                  .count = HALVES});
    tl_panel_series(out, "volume", "bars", volume, HALVES);
    tl_panel_set_close(out);
    tl_panel_close(out);
}
