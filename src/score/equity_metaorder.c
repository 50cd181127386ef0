/* SPDX-License-Identifier: Apache-2.0
 * The square-root law:  I(Q) = Y sigma_D (Q / V)^delta
 *
 *     I        s (m at the last child / m at the first - 1)
 *     sigma_D  IV28 / sqrt(252), V the reference volume of a day
 *
 * Orders of all names are pooled in bins of Q / V by powers of two; delta is the slope of log mean
 * I / sigma_D on log Q / V weighted by squared t values, Y the mean of I / sigma_D over sqrt(Q/V).
 * Only scenario instances are labelled on a stock tape, so only they are measured; those of the
 * hedge_reactive profile trade because the price moves, which lifts Y. Source of the bands: Toth et
 * al. 2011, Bershova and Rakhlin 2013, Zarinelli et al. 2015. */
#include "score/equity_metaorder.h"

#include "base/math.h"
#include "score/equity_scene.h"

#define PRINTS_MIN 10
#define BINS 16

void tl_score_metaorders_print(struct tl_score_metaorders *orders, uint64_t id,
                               const struct tl_score_print *print)
{
    if (!print->quote || print->side == 0 || print->trade->conditions[1] == '7') return;
    uint32_t i = orders->count; /* the running ones are the last ones */
    while (i > 0 && orders->items[i - 1].id != id)
        i--;
    if (i == 0) {
        if (orders->count == TL_SCORE_METAORDERS) {
            orders->lost++;
            return;
        }
        orders->items[orders->count] =
            (struct tl_score_metaorder){.id = id, .first_mid = tl_score_mid(print->quote)};
        i = ++orders->count;
    }
    struct tl_score_metaorder *order = &orders->items[i - 1];
    order->shares += print->side * print->trade->size;
    order->prints++;
    order->last_mid = tl_score_mid(print->quote);
}

struct law {
    double n, part_sum, impact_sum, impact_squares; /* of one bin */
};

static void law_add(struct law bins[BINS], const struct tl_score_metaorder *order,
                    const struct tl_symbol *symbol)
{
    double side = order->shares > 0 ? 1 : -1, part = side * (double)order->shares;
    if (order->prints < PRINTS_MIN || order->shares == 0) return;
    if (!tl_score_has_reference(symbol)) return;
    part /= symbol->adv_shares;
    double sigma = symbol->iv28 / tl_sqrt(252.0);
    double impact = side * (order->last_mid / order->first_mid - 1.0) / sigma;
    int bin = (int)tl_clamp(-tl_log(part) / 0.6931471805599453, 0, BINS - 1);
    bins[bin].n++;
    bins[bin].part_sum += part;
    bins[bin].impact_sum += impact;
    bins[bin].impact_squares += impact * impact;
}

static double law_slope(const struct law bins[BINS])
{
    double w = 0, wx = 0, wy = 0, wxx = 0, wxy = 0;
    int used = 0;
    for (int b = 0; b < BINS; b++) {
        if (bins[b].n < 20 || bins[b].impact_sum <= 0) continue;
        double mean = bins[b].impact_sum / bins[b].n;
        double variance = bins[b].impact_squares / bins[b].n - mean * mean;
        double weight = mean * mean * bins[b].n / tl_max(variance, 1e-6 * mean * mean);
        double x = tl_log(bins[b].part_sum / bins[b].n), y = tl_log(mean);
        if (weight < 4) continue;
        w += weight;
        wx += weight * x;
        wy += weight * y;
        wxx += weight * x * x;
        wxy += weight * x * y;
        used++;
    }
    return used < 3 ? TL_NAN : (w * wxy - wx * wy) / (w * wxx - wx * wx);
}

void tl_score_metaorder_rows(struct tl_score_scene *scene)
{
    struct tl_score_row *row = tl_score_row(scene->report, "E50", "metaorder impact", 'H', 150);
    struct law bins[BINS] = {{0}};
    double n = 0, impact = 0, root = 0;
    for (uint32_t i = 0; i < scene->count; i++)
        for (uint32_t o = 0; o < scene->names[i].metaorders.count; o++)
            law_add(bins, &scene->names[i].metaorders.items[o], &scene->symbols[i]);
    for (int b = 0; b < BINS; b++) {
        if (bins[b].n <= 0) continue;
        n += bins[b].n;
        impact += bins[b].impact_sum;
        root += bins[b].n * tl_sqrt(bins[b].part_sum / bins[b].n);
    }
    tl_score_put(row, "delta", law_slope(bins), 0.45, 0.60, n);
    tl_score_put(row, "Y", impact / root, 0.5, 1.2, n);
    row->note = "labelled orders only: stock legs of scenario instances; needs truth";
}
