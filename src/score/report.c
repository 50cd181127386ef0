/* SPDX-License-Identifier: Apache-2.0
 * Rows, numbers and verdicts; the rules stand in the header. */
#include "score/report.h"

#include <assert.h>
#include <string.h>

#include "base/math.h"
#include "score/estimate.h"

#define NAMES_IN_SHARE 0.8 /* of the names; the row is then in */
#define NEAR_WIDTHS 0.25
#define FAR_WIDTHS 1.0

struct tl_score_row *tl_score_row(struct tl_score_report *report, const char *id, const char *name,
                                  char confidence, double n_min)
{
    for (uint32_t i = 0; i < report->count; i++)
        if (strcmp(report->rows[i].id, id) == 0) return &report->rows[i];
    assert(report->count < TL_SCORE_ROWS_MAX);
    struct tl_score_row *row = &report->rows[report->count++];
    *row = (struct tl_score_row){
        .id = id, .name = name, .confidence = confidence, .n_min = n_min, .verdict = TL_SCORE_NA};
    return row;
}

static double width_of(double low, double high)
{
    bool bottom = tl_is_finite(low), top = tl_is_finite(high);
    if (bottom && top) return high - low;
    return bottom ? tl_abs(low) : top ? tl_abs(high) : 0;
}

static enum tl_score_verdict verdict_of(double value, double low, double high)
{
    if (!tl_is_finite(value) || low != low || high != high) return TL_SCORE_NA;
    double outside = value < low ? low - value : value > high ? value - high : 0;
    double width = width_of(low, high);
    if (!(outside > 0)) return TL_SCORE_IN;
    if (outside <= NEAR_WIDTHS * width) return TL_SCORE_NEAR;
    return outside <= FAR_WIDTHS * width ? TL_SCORE_OUT : TL_SCORE_FAR;
}

static struct tl_score_number *number_add(struct tl_score_row *row, const char *label)
{
    assert(row->count < TL_SCORE_NUMBERS_MAX);
    struct tl_score_number *number = &row->numbers[row->count++];
    *number = (struct tl_score_number){.label = label, .value = TL_NAN, .verdict = TL_SCORE_NA};
    return number;
}

void tl_score_put(struct tl_score_row *row, const char *label, double value, double low,
                  double high, double n)
{
    struct tl_score_number *number = number_add(row, label);
    number->value = value;
    number->low = low;
    number->high = high;
    number->n = n;
    if (n >= row->n_min) number->verdict = verdict_of(value, low, high);
}

/* Median of the values of the names that count. */
static double names_median(const double *values, const bool *counts, uint32_t names,
                           double *scratch)
{
    size_t n = 0;
    for (uint32_t i = 0; i < names; i++)
        if (counts[i]) scratch[n++] = values[i];
    tl_sort(scratch, n);
    /* Not between two: a band's end may be infinite. */
    return n % 2 == 1 || (n && scratch[n / 2] - scratch[n / 2] != 0)
               ? scratch[n / 2]
               : tl_quantile_sorted(scratch, n, 0.5);
}

/* How far outside the names are as a whole, where too few are in: by the verdict of the median
 * name, but never better than near. */
static enum tl_score_verdict names_verdict(const struct tl_score_number *number,
                                           const enum tl_score_verdict *each, uint32_t names)
{
    uint32_t close = number->inside;
    if (number->names == 0) return TL_SCORE_NA;
    if ((double)number->inside >= NAMES_IN_SHARE * number->names - 1e-9) return TL_SCORE_IN;
    for (uint32_t i = 0; i < names; i++)
        close += each[i] == TL_SCORE_NEAR;
    if ((double)close >= NAMES_IN_SHARE * number->names - 1e-9) return TL_SCORE_NEAR;
    enum tl_score_verdict median = verdict_of(number->value, number->low, number->high);
    return median == TL_SCORE_FAR ? TL_SCORE_FAR : TL_SCORE_OUT;
}

void tl_score_put_names(struct tl_score_row *row, const char *label, const double *values,
                        const double *lows, const double *highs, const double *ns, uint32_t names)
{
    enum tl_score_verdict each[TL_SCORE_NAMES_MAX];
    bool counts[TL_SCORE_NAMES_MAX];
    double scratch[TL_SCORE_NAMES_MAX];
    assert(names <= TL_SCORE_NAMES_MAX);
    struct tl_score_number *number = number_add(row, label);
    for (uint32_t i = 0; i < names; i++) {
        each[i] = ns[i] >= row->n_min ? verdict_of(values[i], lows[i], highs[i]) : TL_SCORE_NA;
        counts[i] = each[i] != TL_SCORE_NA;
        number->names += counts[i];
        number->inside += each[i] == TL_SCORE_IN;
    }
    if (number->names == 0) return;
    number->value = names_median(values, counts, names, scratch);
    number->low = names_median(lows, counts, names, scratch);
    number->high = names_median(highs, counts, names, scratch);
    number->n = names_median(ns, counts, names, scratch);
    number->verdict = names_verdict(number, each, names);
}

/* A row is as good as its worst measured number. */
static void row_finish(struct tl_score_row *row)
{
    row->verdict = TL_SCORE_NA;
    for (uint32_t i = 0; i < row->count; i++)
        if (row->numbers[i].verdict > row->verdict) row->verdict = row->numbers[i].verdict;
}

/* E before O, then by number: "E9" before "E10". */
static int row_place(const char *id)
{
    int number = 0;
    for (const char *at = id + 1; *at >= '0' && *at <= '9'; at++)
        number = number * 10 + (*at - '0');
    return (id[0] == 'E' ? 0 : 10000) + number;
}

void tl_score_finish(struct tl_score_report *report)
{
    for (uint32_t i = 0; i < report->count; i++)
        row_finish(&report->rows[i]);
    for (uint32_t i = 1; i < report->count; i++) {
        struct tl_score_row row = report->rows[i];
        uint32_t at = i;
        for (; at > 0 && row_place(report->rows[at - 1].id) > row_place(row.id); at--)
            report->rows[at] = report->rows[at - 1];
        report->rows[at] = row;
    }
}

const char *tl_score_verdict_name(enum tl_score_verdict verdict)
{
    static const char *const names[] = {"n/a", "in", "near", "out", "far"};
    return names[verdict];
}
