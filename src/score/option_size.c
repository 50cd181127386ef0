/* SPDX-License-Identifier: Apache-2.0
 * SCORECARD O8 and O9, on print sizes. The atoms are pooled over all names. */
#include "score/option_size.h"

#include "base/math.h"
#include "score/estimate.h"
#include "score/option_state.h"

#define PRINTS_MIN 2000

void tl_option_sizes_print(struct tl_option_sizes *sizes, const struct tl_option_look *look)
{
    uint32_t size = (uint32_t)look->trade->size;
    sizes->prints += 1;
    sizes->contracts += look->size;
    if (size >= 100) sizes->large_contracts += look->size;
    if (look->price < 0.0501) {
        sizes->penny_prints += 1;
        sizes->penny_contracts += look->size;
    }
    sizes->count[size < TL_OPTION_SIZES_MAX ? size : TL_OPTION_SIZES_MAX] += 1;
}

static double share_to(const struct tl_option_sizes *sizes, uint32_t size)
{
    double sum = 0;
    for (uint32_t i = 0; i <= size; i++)
        sum += sizes->count[i];
    return sum / sizes->prints;
}

static double median_of(const struct tl_option_sizes *sizes)
{
    double sum = 0;
    for (uint32_t i = 0; i <= TL_OPTION_SIZES_MAX; i++) {
        sum += sizes->count[i];
        if (2 * sum >= sizes->prints) return i;
    }
    return TL_NAN;
}

double tl_option_atom(const double *count, uint32_t size)
{
    uint32_t reach = size < 20 ? 1 : size < 100 ? 4 : size < 500 ? 9 : 40;
    double around = 0, used = 0;
    for (uint32_t i = size - reach; i <= size + reach && i < TL_OPTION_SIZES_MAX; i++) {
        if (i == size || i % 5 == 0) continue;
        around += count[i];
        used++;
    }
    if (!(count[size] > 0)) return 0;
    /* Where nothing is around, half a print is. */
    return count[size] * used / tl_max(around, 0.5);
}

enum size_number { FIRST, TEN, HUNDRED, LARGE, MEAN, MEDIAN, PENNY };

static void put(struct tl_score_row *row, const struct tl_option_sample *sample, const char *label,
                enum size_number which, const double band[2])
{
    struct tl_name_numbers names = {0};
    for (uint32_t i = 0; i < sample->count; i++) {
        const struct tl_option_sizes *sizes = &sample->states[i].sizes;
        if (!(sizes->prints > 0)) continue;
        double value = TL_NAN, low = band[0], high = band[1], n = sizes->prints;
        switch (which) {
        case FIRST:
            value = sizes->count[1] / sizes->prints;
            break;
        case TEN:
            value = share_to(sizes, 10);
            break;
        case HUNDRED:
            value = 1 - share_to(sizes, 99);
            break;
        case LARGE:
            value = sizes->large_contracts / sizes->contracts;
            break;
        case MEAN:
            value = sizes->contracts / sizes->prints;
            if (tl_option_in_group(&sample->symbols[i], TL_GROUP_FUNDS)) low = 4, high = 6;
            break;
        case MEDIAN:
            value = median_of(sizes);
            break;
        case PENNY:
            value = sizes->penny_contracts / sizes->penny_prints;
            n = sizes->penny_prints;
            break;
        }
        tl_names_add(&names, value, low, high, n);
    }
    tl_names_put(row, label, &names);
}

static void row_size(const struct tl_option_sample *sample, struct tl_score_report *report)
{
    struct tl_score_row *row = tl_score_row(report, "O8", "size of prints", 'M', PRINTS_MIN);
    put(row, sample, "P(1 lot)", FIRST, (const double[]){.40, .55});
    put(row, sample, "P(to 10 lots)", TEN, (const double[]){.85, .92});
    put(row, sample, "P(100 lots and more)", HUNDRED, (const double[]){.01, .03});
    put(row, sample, "volume in 100 lots and more", LARGE, (const double[]){.30, .45});
    put(row, sample, "mean (funds 4-6)", MEAN, (const double[]){5, 9});
    put(row, sample, "median", MEDIAN, (const double[]){1, 2});
    put(row, sample, "mean at .05 and below", PENNY, (const double[]){10, 20});
}

static void pool(const struct tl_option_sample *sample, double *count)
{
    for (uint32_t s = 0; s <= TL_OPTION_SIZES_MAX; s++) {
        count[s] = 0;
        for (uint32_t i = 0; i < sample->count; i++)
            count[s] += sample->states[i].sizes.count[s];
    }
}

static double total_of(const double *count)
{
    double sum = 0;
    for (uint32_t s = 0; s <= TL_OPTION_SIZES_MAX; s++)
        sum += count[s];
    return sum;
}

static void row_atoms(const struct tl_option_sample *sample, struct tl_score_report *report)
{
    static const struct {
        const char *label;
        uint32_t size;
        double low, high;
    } atoms[] = {{"5", 5, 2, 4},           {"10", 10, 2, 4},
                 {"15", 15, 1.5, TL_INF},  {"20", 20, 2, TL_INF},
                 {"25", 25, 2, TL_INF},    {"50", 50, 4, TL_INF},
                 {"100", 100, 10, TL_INF}, {"200", 200, 6, TL_INF},
                 {"500", 500, 10, TL_INF}, {"1000", 1000, 10, TL_INF}};
    double count[TL_OPTION_SIZES_MAX + 1];
    struct tl_score_row *row =
        tl_score_row(report, "O9", "round sizes over their neighbours", 'M', 50000);
    pool(sample, count);
    for (size_t i = 0; i < sizeof atoms / sizeof atoms[0]; i++)
        tl_score_put(row, atoms[i].label, tl_option_atom(count, atoms[i].size), atoms[i].low,
                     atoms[i].high, total_of(count));
}

void tl_option_sizes_rows(const struct tl_option_sample *sample, struct tl_score_report *report)
{
    row_size(sample, report);
    row_atoms(sample, report);
}

void tl_option_sizes_curves(const struct tl_option_sample *sample, struct tl_score_curves *curves)
{
    double count[TL_OPTION_SIZES_MAX + 1];
    pool(sample, count);
    double all = total_of(count);
    if (!(all > 0)) return;
    struct tl_score_curve *plot = tl_score_curve(curves, "option_size", "Sizes of option prints",
                                                 "contracts", "share of prints");
    tl_score_curve_axes(plot, TL_AXIS_LOG, TL_AXIS_LOG);
    struct tl_curve_line *line = tl_score_curve_line(plot, "all names", TL_STYLE_DOTS);
    for (uint32_t s = 1; s < TL_OPTION_SIZES_MAX; s++)
        if (count[s] > 0 && (s <= 120 || s % 5 == 0)) tl_score_curve_point(line, s, count[s] / all);
}
