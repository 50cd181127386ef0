/* SPDX-License-Identifier: Apache-2.0
 * The panel on when prints come: times between prints against an exponential law, and how much their
 * counts vary.
 *
 * Number: NV(60 s) = (F - 1) / (mean count), F = variance over mean of the counts in blocks of 60 s
 * (E32, SCORECARD section 0: the part of the variance that does not depend on the rate, so that a
 * tape at a third of the real rate can be held against the same band). */
#include "lab/panel_arrivals.h"

#include "base/math.h"

#define POINTS 40
#define WINDOWS 9

/* First and last second of a name's counts that are whole; false: too few. */
static bool span(const struct tl_lab_name *name, const struct tl_lab_work *work, int64_t *from,
                 int64_t *to)
{
    *to = work->now_ms / 1000 - 1;
    *from = name->first_second + 1;
    if (*from < *to - TL_LAB_SECONDS + 1) *from = *to - TL_LAB_SECONDS + 1;
    return name->second > 0 && *to - *from >= 120;
}

static double count_at(const struct tl_lab_name *name, int64_t second)
{
    if (second > name->second || name->second - second >= TL_LAB_SECONDS) return 0;
    return name->prints[second % TL_LAB_SECONDS];
}

/* Counts in blocks of `width` seconds into the scratch; how many. */
static size_t blocks(const struct tl_lab_name *name, struct tl_lab_work *work, int64_t width)
{
    int64_t from, to;
    size_t n = 0;
    if (!span(name, work, &from, &to)) return 0;
    for (int64_t at = from; at + width - 1 <= to; at += width) {
        double sum = 0;
        for (int64_t s = at; s < at + width; s++)
            sum += count_at(name, s);
        work->scratch[n++] = sum;
    }
    return n;
}

static double excess(const struct tl_lab_name *name, struct tl_lab_work *work)
{
    size_t n = blocks(name, work, 60);
    double mean = tl_mean(work->scratch, n);
    if (n < 10 || !(mean >= 15))
        return TL_NAN; /* below one in four seconds the count says little */
    return (tl_fano(work->scratch, n) - 1) / mean;
}

static const struct tl_lab_name *busiest(const struct tl_lab *lab, struct tl_lab_work *work)
{
    const struct tl_lab_name *best = NULL;
    double most = 0;
    for (uint32_t i = 0; i < lab->name_count; i++) {
        size_t n = blocks(&lab->names[i], work, 60);
        double mean = n ? tl_mean(work->scratch, n) : 0;
        if (mean <= most) continue;
        most = mean;
        best = &lab->names[i];
    }
    return best;
}

/* Quantiles of the gaps over their mean, at exponential quantiles. */
static size_t quantiles(const struct tl_lab_name *name, struct tl_lab_work *work, double *x,
                        double *y)
{
    uint32_t n = name->gap_count;
    if (n < 50) return 0;
    for (uint32_t i = 0; i < n; i++)
        work->scratch[i] = name->gaps[i];
    tl_sort(work->scratch, n);
    double mean = tl_mean(work->scratch, n);
    if (!(mean > 0)) return 0;
    for (size_t i = 0; i < POINTS; i++) {
        double p = ((double)i + 0.5) / POINTS;
        x[i] = -tl_log(1 - p);
        y[i] = tl_quantile_sorted(work->scratch, n, p) / mean;
    }
    return POINTS;
}

static void put_sets(const struct tl_lab_name *name, struct tl_lab_work *work, struct tl_text *out)
{
    static const double widths[WINDOWS] = {1, 2, 5, 10, 20, 30, 60, 120, 300};
    double x[POINTS], y[POINTS], fano[WINDOWS], poisson[WINDOWS];
    size_t points = name ? quantiles(name, work, x, y) : 0;
    for (size_t i = 0; i < WINDOWS; i++) {
        size_t n = name ? blocks(name, work, (int64_t)widths[i]) : 0;
        fano[i] = n >= 10 ? tl_fano(work->scratch, n) : TL_NAN;
        poisson[i] = 1;
    }
    tl_panel_set_open(out, &(struct tl_panel_set){.name = "times between prints",
                                                  .x_label = "exponential quantile",
                                                  .y_label = "time over its mean",
                                                  .x = x,
                                                  .count = points});
    tl_panel_series(out, "this tape", "dots", y, points);
    tl_panel_series(out, "exponential law", "line", x, points);
    tl_panel_set_close(out);
    tl_panel_set_open(out, &(struct tl_panel_set){.name = "spread of counts",
                                                  .x_label = "length of the interval, seconds",
                                                  .y_label = "variance over mean of its count",
                                                  .x = widths,
                                                  .count = WINDOWS,
                                                  .x_log = true,
                                                  .y_log = true});
    tl_panel_series(out, "this tape", "dots", fano, WINDOWS);
    tl_panel_series(out, "independent prints", "line", poisson, WINDOWS);
    tl_panel_set_close(out);
}

void tl_lab_panel_arrivals(const struct tl_lab *lab, struct tl_lab_work *work, struct tl_text *out)
{
    double values[TL_LAB_NAMES];
    char sample[96];
    struct tl_text text = {.data = sample, .capacity = sizeof sample};
    size_t names = 0, minutes = 0;
    for (uint32_t i = 0; i < lab->name_count; i++) {
        double value = excess(&lab->names[i], work);
        if (tl_is_finite(value)) values[names++] = value;
    }
    const struct tl_lab_name *name = busiest(lab, work);
    if (name) minutes = blocks(name, work, 60);
    struct tl_panel_number numbers[] = {{"variance of a minute's count beyond chance (NV)",
                                         names ? tl_median_in_place(values, names) : TL_NAN, 0.3,
                                         0.95, (double)(names * minutes), 200}};
    tl_text_lit(&text, "minutes of names with 15 prints a minute; curves: ");
    tl_text_lit(&text, name ? name->symbol : "no name yet");
    struct tl_panel panel = {
        .out = out,
        .id = "arrivals",
        .title = "When prints come",
        .what = "Prints come in bursts and silences, on every scale, not by independent chance.",
        .sample = tl_text_cstr(&text),
        .n = (double)(names * minutes),
        .note = "NV does not depend on the rate; E32's band, for parents of prints."};
    tl_panel_open(&panel, work, numbers, 1);
    put_sets(name, work, out);
    tl_panel_close(out);
}
