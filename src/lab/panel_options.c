/* SPDX-License-Identifier: Apache-2.0
 * Panels on option prints: implied volatility by strike and tenor; sides and premium sizes.
 *
 * Skew: implied volatility over that at the money is fitted by a line in x = ln(K/S) / (sigma sqrt T)
 * within |x| < 1.2, tenors of 5 to 90 days; at 25 delta x is about -/+ 0.67, so that the 25-delta
 * skew of O27 is -1.35 times the slope. Prints pay half a spread, which is noise here, not skew.
 * Bands: O27 (funds and stocks), O25 (between: its mid and inside together) and O8. */
#include "lab/panel_options.h"

#include "base/math.h"

#define NAMES_SHOWN 6
#define BINS 21 /* of ln(K/S), 2 % each, middle at 0 */
#define TENORS 3
#define SURVIVAL_POINTS 40

static const struct {
    const char *label;
    float from, to; /* days */
} tenors[TENORS] = {{"to 3 days", -0.1F, 3}, {"3 to 15 days", 3, 15}, {"15 to 100 days", 15, 100}};

static bool has_iv(const struct tl_lab_option *option)
{
    return option->iv > 0 && option->log_moneyness - option->log_moneyness == 0;
}

/* The median implied volatility of a name's prints in a range of moneyness and tenor. */
static double median_iv(const struct tl_lab *lab, struct tl_lab_work *work, uint32_t name,
                        const float range[4])
{
    size_t n = 0;
    for (uint32_t i = 0; i < lab->option_count; i++) {
        const struct tl_lab_option *option = &lab->options[i];
        if (option->name != name || !has_iv(option)) continue;
        if (option->log_moneyness < range[0] || option->log_moneyness >= range[1]) continue;
        if (option->days < range[2] || option->days >= range[3]) continue;
        work->scratch[n++] = (double)option->iv;
    }
    return n ? tl_median_in_place(work->scratch, n) : TL_NAN;
}

/* 25-delta skew of one name; NaN: too few prints on one of the sides. */
static double skew(const struct tl_lab *lab, struct tl_lab_work *work, uint32_t name)
{
    static const float money[] = {-0.01F, 0.01F, 5, 90};
    double atm = median_iv(lab, work, name, money);
    struct tl_pairs pairs = {0};
    double below = 0, above = 0;
    if (!(atm > 0)) return TL_NAN;
    for (uint32_t i = 0; i < lab->option_count; i++) {
        const struct tl_lab_option *option = &lab->options[i];
        if (option->name != name || !has_iv(option)) continue;
        if (!(option->days >= 5 && option->days < 90)) continue;
        double x = (double)option->log_moneyness / (atm * tl_sqrt((double)option->days / 365));
        if (tl_abs(x) >= 1.2) continue;
        tl_pairs_add(&pairs, x, (double)option->iv / atm);
        below += x < -0.2;
        above += x > 0.2;
    }
    return below >= 20 && above >= 20 ? -1.35 * tl_pairs_fit(&pairs).slope : TL_NAN;
}

/* Names by how many prints they have, most first. */
static uint32_t rank(const struct tl_lab *lab, uint32_t order[TL_LAB_NAMES])
{
    uint32_t counts[TL_LAB_NAMES] = {0}, used = 0;
    for (uint32_t i = 0; i < lab->option_count; i++)
        counts[lab->options[i].name]++;
    for (uint32_t i = 0; i < lab->name_count; i++) {
        if (counts[i] == 0) continue;
        uint32_t at = used++;
        for (; at > 0 && counts[order[at - 1]] < counts[i]; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    return used;
}

static void put_smile(const struct tl_lab *lab, struct tl_lab_work *work, uint32_t name,
                      struct tl_text *out)
{
    double x[BINS], y[BINS];
    for (int b = 0; b < BINS; b++)
        x[b] = 2.0 * (b - BINS / 2);
    tl_panel_set_open(out, &(struct tl_panel_set){.name = lab->names[name].symbol,
                                                  .x_label = "strike over spot, percent",
                                                  .y_label = "implied volatility, percent a year",
                                                  .x = x,
                                                  .count = BINS});
    for (int t = 0; t < TENORS; t++) {
        for (int b = 0; b < BINS; b++) {
            float middle = (float)x[b] / 100;
            float range[4] = {middle - 0.01F, middle + 0.01F, tenors[t].from, tenors[t].to};
            y[b] = 100 * median_iv(lab, work, name, range);
        }
        tl_panel_series(out, tenors[t].label, "dots", y, BINS);
    }
    tl_panel_set_close(out);
}

void tl_lab_panel_smile(const struct tl_lab *lab, struct tl_lab_work *work, struct tl_text *out)
{
    uint32_t order[TL_LAB_NAMES], names = rank(lab, order);
    double skews[2][TL_LAB_NAMES]; /* stocks, funds */
    size_t counts[2] = {0, 0};
    double with_iv = 0;
    for (uint32_t i = 0; i < names; i++) {
        double value = skew(lab, work, order[i]);
        bool fund = lab->names[order[i]].fund;
        if (tl_is_finite(value)) skews[fund][counts[fund]++] = value;
    }
    for (uint32_t i = 0; i < lab->option_count; i++)
        with_iv += has_iv(&lab->options[i]);
    struct tl_panel_number numbers[] = {
        {"25-delta skew, funds", counts[1] ? tl_median_in_place(skews[1], counts[1]) : TL_NAN, 0.13,
         0.23, (double)counts[1], 2},
        {"25-delta skew, stocks", counts[0] ? tl_median_in_place(skews[0], counts[0]) : TL_NAN, 0,
         0.13, (double)counts[0], 3}};
    struct tl_panel panel = {
        .out = out,
        .id = "smile",
        .title = "Implied volatility",
        .what = "Puts below the money are dearer, in funds above all; near expiries bend more.",
        .sample = "option prints with a volatility; medians by strike; n of the skews: names",
        .n = with_iv};
    tl_panel_open(&panel, work, numbers, 2);
    for (uint32_t i = 0; i < names && i < NAMES_SHOWN; i++)
        put_smile(lab, work, order[i], out);
    tl_panel_close(out);
}

/* ---- sides and sizes ---- */

static void put_sides(const double *shares, struct tl_text *out)
{
    static const double x[] = {1, 2, 3, 4, 5, 6};
    static const char *const sides[TL_LAB_SIDES] = {"below", "bid",   "between",
                                                    "ask",   "above", "none"};
    tl_panel_set_open(out, &(struct tl_panel_set){.name = "sides",
                                                  .x_label = "where the print sits in the quote",
                                                  .y_label = "percent of prints",
                                                  .x = x,
                                                  .count = TL_LAB_SIDES,
                                                  .categories = sides});
    tl_panel_series(out, "percent of prints", "bars", shares, TL_LAB_SIDES);
    tl_panel_set_close(out);
}

static void put_survival(const struct tl_lab *lab, struct tl_lab_work *work, struct tl_text *out)
{
    double x[SURVIVAL_POINTS], y[SURVIVAL_POINTS];
    size_t n = 0, count = 0;
    for (uint32_t i = 0; i < lab->option_count; i++)
        if (lab->options[i].premium >= 1) work->scratch[n++] = (double)lab->options[i].premium;
    tl_sort(work->scratch, n);
    double top = n ? tl_log(work->scratch[n - 1]) : 0;
    for (size_t p = 0, i = 0; p < SURVIVAL_POINTS && top > 0; p++) {
        x[count] = tl_exp(top * (double)p / (SURVIVAL_POINTS - 1));
        while (i < n && work->scratch[i] < x[count] * (1 - 1e-9))
            i++;
        y[count] = (double)(n - i) / (double)n;
        if (y[count] > 0) count++;
    }
    tl_panel_set_open(out, &(struct tl_panel_set){.name = "premium",
                                                  .x_label = "premium, USD",
                                                  .y_label = "share of prints with at least that",
                                                  .x = x,
                                                  .count = count,
                                                  .x_log = true,
                                                  .y_log = true});
    tl_panel_series(out, "this tape", "dots", y, count);
    tl_panel_set_close(out);
}

void tl_lab_panel_sides(const struct tl_lab *lab, struct tl_lab_work *work, struct tl_text *out)
{
    double shares[TL_LAB_SIDES] = {0}, n = lab->option_count, ones = 0;
    for (uint32_t i = 0; i < lab->option_count; i++) {
        const struct tl_lab_option *option = &lab->options[i];
        shares[option->side] += 1 / n;
        ones += option->size == 1;
    }
    struct tl_panel_number numbers[] = {
        {"at the bid", n > 0 ? shares[TL_LAB_BID] : TL_NAN, 0.28, 0.36, n, 1000},
        {"between bid and ask", n > 0 ? shares[TL_LAB_BETWEEN] : TL_NAN, 0.26, 0.42, n, 1000},
        {"at the ask", n > 0 ? shares[TL_LAB_ASK] : TL_NAN, 0.28, 0.36, n, 1000},
        {"prints of one contract", n > 0 ? ones / n : TL_NAN, 0.40, 0.55, n, 1000}};
    struct tl_panel panel = {
        .out = out,
        .id = "sides",
        .title = "Sides and sizes of option prints",
        .what = "Buyers and sellers balance; most prints are small, and a few hold the premium.",
        .sample = "option prints, the newest 8192 at most",
        .n = n,
        .note = "A large order or scenario moves the premium's side for minutes."};
    tl_panel_open(&panel, work, numbers, 4);
    for (int side = 0; side < TL_LAB_SIDES; side++)
        shares[side] *= 100;
    put_sides(shares, out);
    put_survival(lab, work, out);
    tl_panel_close(out);
}
