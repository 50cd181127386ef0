/* SPDX-License-Identifier: Apache-2.0
 * The square-root law:  I(Q) = Y sigma_D (Q / V)^delta
 *
 *     I        s (m at the last child / m at the first - 1)
 *     sigma_D  IV28 / sqrt(252), V the reference volume of a day
 *
 * Orders of all names are pooled in bins of Q / V by powers of two; delta is the slope of log mean
 * I / sigma_D on log Q / V weighted by squared t values, Y the slope of I / sigma_D on sqrt(Q/V).
 * Both are n/a until their standard errors are a quarter of their bands: published figures rest on
 * 1e5 orders and more. Two sessions of tape have two hundred, whose Y is good to .2 only; the latent
 * sessions have thousands of the same orders, with mids at whole seconds.
 * Orders in index funds are left out: futures and the fund's stocks take them, several times V.
 * Only scenario instances are labelled on a stock tape, so only they are measured; those of the
 * hedge_reactive profile trade because the price moves, which lifts Y. Source of the bands: Toth et
 * al. 2011, Bershova and Rakhlin 2013, Zarinelli et al. 2015. */
#include "score/equity_metaorder.h"

#include "base/math.h"
#include "score/equity_scene.h"

#define PRINTS_MIN 10
#define CHILDREN_MIN 4 /* of them: a child meets two to four resting orders */
#define BINS 16
#define NAME "metaorder impact"
#define ORDERS_MIN 150

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
    double n, part_sum, impact_sum, impact_squares; /* of one bin, or of all */
    double product, square; /* of I / sigma_D and sqrt(Q / V); of the latter */
};

struct estimate {
    double value, error; /* standard error */
};

static void law_count(struct law *law, double part, double impact)
{
    law->n++;
    law->part_sum += part;
    law->impact_sum += impact;
    law->impact_squares += impact * impact;
    law->product += impact * tl_sqrt(part);
    law->square += part;
}

static void law_add(struct law bins[BINS], struct law *all, const struct tl_score_metaorder *order,
                    const struct tl_symbol *symbol)
{
    if (tl_symbol_is_index_fund(symbol)) return;
    double side = order->shares > 0 ? 1 : -1, part = side * (double)order->shares;
    if (order->shares == 0) return;
    if (!tl_score_has_reference(symbol)) return;
    part /= symbol->adv_shares;
    double sigma = symbol->iv28 / tl_sqrt(252.0);
    double impact = side * (order->last_mid / order->first_mid - 1.0) / sigma;
    int bin = (int)tl_clamp(-tl_log(part) / 0.6931471805599453, 0, BINS - 1);
    law_count(&bins[bin], part, impact);
    law_count(all, part, impact);
}

static struct estimate law_slope(const struct law bins[BINS])
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
    double spread = w * wxx - wx * wx;
    if (used < 3) return (struct estimate){TL_NAN, TL_INF};
    return (struct estimate){(w * wxy - wx * wy) / spread, tl_sqrt(w / spread)};
}

/* Y by least squares of I / sigma_D on sqrt(Q / V); orders move far less than the market around
 * them, so large ones tell most. */
static struct estimate prefactor(const struct law *all)
{
    struct estimate y = {all->product / all->square, TL_INF};
    double rest = all->impact_squares - y.value * all->product;
    if (all->n > 1 && all->square > 0)
        y.error = tl_sqrt(tl_max(rest, 0) / (all->n - 1) / all->square);
    return y;
}

/* A number whose standard error is more than a quarter of its band says nothing: no sample. */
static double when_known(struct estimate estimate, double low, double high)
{
    return estimate.error <= 0.25 * (high - low) ? estimate.value : TL_NAN;
}

static void laws_put(const struct law bins[BINS], const struct law *all, struct tl_score_row *row)
{
    tl_score_put(row, "delta", when_known(law_slope(bins), 0.45, 0.60), 0.45, 0.60, all->n);
    tl_score_put(row, "Y", when_known(prefactor(all), 0.5, 1.2), 0.5, 1.2, all->n);
    row->note = "labelled orders only: stock legs of scenario instances; needs truth";
}

void tl_score_metaorder_rows(struct tl_score_scene *scene)
{
    struct tl_score_row *row = tl_score_row(scene->report, "E50", NAME, 'H', ORDERS_MIN);
    struct law bins[BINS] = {{0}}, all = {0};
    if (row->count > 0) return;
    for (uint32_t i = 0; i < scene->count; i++) {
        const struct tl_score_metaorders *orders = &scene->names[i].metaorders;
        for (uint32_t o = 0; o < orders->count; o++)
            if (orders->items[o].prints >= PRINTS_MIN)
                law_add(bins, &all, &orders->items[o], &scene->symbols[i]);
    }
    laws_put(bins, &all, row);
}

/* ---- orders of latent sessions ---- */

void tl_score_latent_orders_child(struct tl_score_latent_orders *orders, uint32_t sym,
                                  const struct tl_child *child, double mid)
{
    if (!child->stock || child->condition == '7' || child->side == 0) return;
    uint32_t i = orders->count; /* the running ones are the last ones */
    while (i > 0 && orders->items[i - 1].id != child->parent_id)
        i--;
    if (i == 0) {
        if (orders->count == TL_SCORE_LATENT_ORDERS) {
            orders->lost++;
            return;
        }
        orders->items[orders->count] = (struct tl_score_latent_order){
            .id = child->parent_id, .sym = sym, .order = {.first_mid = mid}};
        i = ++orders->count;
    }
    struct tl_score_metaorder *order = &orders->items[i - 1].order;
    order->shares += child->side * child->size;
    order->prints++;
    order->last_mid = mid;
}

void tl_score_latent_orders_rows(const struct tl_score_latent_orders *orders, uint32_t sessions,
                                 const struct tl_symbol *symbols, struct tl_score_report *report)
{
    struct law bins[BINS] = {{0}}, all = {0};
    for (uint32_t s = 0; s < sessions; s++)
        for (uint32_t o = 0; o < orders[s].count; o++) {
            const struct tl_score_latent_order *item = &orders[s].items[o];
            if (item->order.prints >= CHILDREN_MIN)
                law_add(bins, &all, &item->order, &symbols[item->sym]);
        }
    if (all.n > 0) laws_put(bins, &all, tl_score_row(report, "E50", NAME, 'H', ORDERS_MIN));
}
