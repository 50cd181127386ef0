/* SPDX-License-Identifier: Apache-2.0
 * Print sizes as a histogram, exact below 1024 shares and in bins of 1.1 % above, each with its
 * mean logarithm: order statistics and Hill sums are then as good as from sorted sizes.
 *
 * "Odd" is the old definition, below 100 shares. Bands by price: SCORECARD E34 to E38 with the
 * corrections of its section 0; odd-lot shares by name: CALIBRATION B.1. */
#include "score/equity_size.h"

#include "base/math.h"
#include "score/equity_scene.h"

#define BLOCK_SHARES 10000
#define LN2 0.6931471805599453
#define BINS_AN_OCTAVE 64.0
#define LOG_EXACT (10.0 * LN2) /* ln 1024 */

static int tail_bin(double log_size)
{
    return (int)tl_clamp((log_size - LOG_EXACT) * (BINS_AN_OCTAVE / LN2), 0,
                         TL_SCORE_SIZE_TAIL - 1);
}

void tl_score_size_print(struct tl_score_size *size, const struct tl_score_print *print)
{
    tl_lots shares = print->trade->size;
    if (print->auction || shares <= 0) return;
    size->prints++;
    size->odd += shares < 100;
    size->hundreds += shares % 100 == 0;
    size->volume += (double)shares;
    if (shares < 100) size->odd_volume += (double)shares;
    if (shares >= BLOCK_SHARES) size->block_volume += (double)shares;
    if (shares < TL_SCORE_SIZE_EXACT) {
        size->exact[shares]++;
        return;
    }
    double log_size = tl_log((double)shares);
    int bin = tail_bin(log_size);
    size->tail[bin]++;
    size->tail_log[bin] += log_size;
}

struct hill {
    double left, sum, taken;
    double next; /* log of the largest not taken; < 0: not met yet */
};

/* Takes up to what is left from `count` prints of one log size; true: done. */
static bool hill_take(struct hill *hill, double count, double log_size)
{
    double take = tl_min(count, hill->left);
    hill->sum += take * log_size;
    hill->taken += take;
    hill->left -= take;
    if (count <= take) return false;
    hill->next = log_size;
    return true;
}

double tl_score_size_hill(const struct tl_score_size *size, double share)
{
    struct hill hill = {.left = tl_floor(share * (double)size->prints), .next = -1};
    bool done = false;
    if (hill.left < 10) return TL_NAN;
    for (int b = TL_SCORE_SIZE_TAIL - 1; b >= 0 && !done; b--)
        if (size->tail[b])
            done =
                hill_take(&hill, (double)size->tail[b], size->tail_log[b] / (double)size->tail[b]);
    for (int s = TL_SCORE_SIZE_EXACT - 1; s >= 1 && !done; s--)
        if (size->exact[s]) done = hill_take(&hill, (double)size->exact[s], tl_log(s));
    double excess = hill.sum - hill.taken * hill.next;
    return done && excess > 0 ? hill.taken / excess : TL_NAN;
}

double tl_score_size_median(const struct tl_score_size *size)
{
    double sum = 0, half = 0.5 * (double)size->prints;
    if (size->prints == 0) return TL_NAN;
    for (int s = 1; s < TL_SCORE_SIZE_EXACT; s++)
        if ((sum += (double)size->exact[s]) >= half) return s;
    for (int b = 0; b < TL_SCORE_SIZE_TAIL; b++)
        if ((sum += (double)size->tail[b]) >= half)
            return tl_exp(size->tail_log[b] / (double)size->tail[b]);
    return TL_NAN;
}

static double share_of(const struct tl_score_size *size, int shares)
{
    return (double)size->exact[shares] / (double)size->prints;
}

static double odd_share(const struct tl_score_size *size)
{
    return (double)size->odd / (double)size->prints;
}

/* E34. The share of volume is a market figure (about 12 %): all names summed. */
static void odd_row(struct tl_score_scene *scene)
{
    struct tl_score_row *row = tl_score_row(scene->report, "E34", "odd lots", 'H', 10000);
    double odd = 0, volume = 0, prints = 0;
    for (uint32_t i = 0; i < scene->count; i++) {
        const struct tl_score_size *size = &scene->names[i].size;
        double reference = scene->symbols[i].odd_lot_share;
        if (tl_score_has_reference(&scene->symbols[i]))
            tl_score_scene_set(scene, i, odd_share(size), (double)size->prints);
        tl_score_scene_band(scene, i, 0.7 * reference, tl_min(1.3 * reference, 1.0));
        odd += size->odd_volume;
        volume += size->volume;
        prints += (double)size->prints;
    }
    tl_score_scene_put(scene, row, "share of prints, by name");
    tl_score_put(row, "share of volume, all", odd / volume, 0.08, 0.20, prints);
}

/* E35. P(100) by name: .25 to .42, above 250 $ .5 to .75 of what is not odd. */
static void round_atom(struct tl_score_scene *scene, struct tl_score_row *row)
{
    for (uint32_t i = 0; i < scene->count; i++) {
        const struct tl_score_size *size = &scene->names[i].size;
        double rest = 1 - odd_share(size);
        bool high = scene->symbols[i].price > 250;
        tl_score_scene_set(scene, i, share_of(size, 100), (double)size->prints);
        tl_score_scene_band(scene, i, high ? 0.5 * rest : 0.25, high ? 0.75 * rest : 0.42);
    }
    tl_score_scene_put(scene, row, "100");
}

/* The other atoms were measured on one stock of 157 $: names of 100 to 250 $. */
static void atom_row(struct tl_score_scene *scene)
{
    static const struct {
        const char *label;
        int shares; /* 0: multiples of 100 */
        double low, high;
    } atoms[] = {{"200", 200, 0.03, 0.05},         {"1", 1, 0.04, 0.10},
                 {"50", 50, 0.010, 0.025},         {"10", 10, 0.010, 0.025},
                 {"5", 5, 0.010, 0.025},           {"20", 20, 0.010, 0.025},
                 {"2", 2, 0.010, 0.025},           {"15", 15, 0.010, 0.025},
                 {"300", 300, 0.010, 0.025},       {"40", 40, 0.010, 0.025},
                 {"multiples of 100", 0, 0.3, 0.5}};
    struct tl_score_row *row = tl_score_row(scene->report, "E35", "size atoms", 'H', 10000);
    round_atom(scene, row);
    for (size_t a = 0; a < sizeof atoms / sizeof atoms[0]; a++) {
        tl_score_scene_bands(scene, atoms[a].low, atoms[a].high);
        for (uint32_t i = 0; i < scene->count; i++) {
            const struct tl_score_size *size = &scene->names[i].size;
            double price = scene->symbols[i].price;
            if (price < 100 || price > 250) continue;
            double share = atoms[a].shares ? share_of(size, atoms[a].shares)
                                           : (double)size->hundreds / (double)size->prints;
            tl_score_scene_set(scene, i, share, (double)size->prints);
        }
        tl_score_scene_put(scene, row, atoms[a].label);
    }
    row->note = "100 in every name; the other atoms in names of 100 to 250 $";
}

static void tail_row(struct tl_score_scene *scene)
{
    static const char *const labels[] = {"Hill, top 1 %", "Hill, top .5 %"};
    struct tl_score_row *row = tl_score_row(scene->report, "E36", "size tail", 'H', 20000);
    for (int p = 0; p < 2; p++) {
        tl_score_scene_bands(scene, 1.5, 2.2);
        for (uint32_t i = 0; i < scene->count; i++)
            tl_score_scene_set(scene, i,
                               tl_score_size_hill(&scene->names[i].size, p ? 0.005 : 0.01),
                               (double)scene->names[i].size.prints);
        tl_score_scene_put(scene, row, labels[p]);
    }
}

static void mean_row(struct tl_score_scene *scene)
{
    static const struct {
        const char *label;
        double from, to; /* USD */
        bool median;
        double low, high;
    } parts[] = {{"mean, 150 to 250 $", 150, 250, false, 60, 110},
                 {"median, 150 to 250 $", 150, 250, true, 20, 60},
                 {"mean, below 20 $", 0, 20, false, 300, 700}};
    struct tl_score_row *row = tl_score_row(scene->report, "E37", "print size, shares", 'H', 10000);
    for (int p = 0; p < 3; p++) {
        tl_score_scene_bands(scene, parts[p].low, parts[p].high);
        for (uint32_t i = 0; i < scene->count; i++) {
            const struct tl_score_size *size = &scene->names[i].size;
            double price = scene->symbols[i].price;
            if (price < parts[p].from || price > parts[p].to) continue;
            tl_score_scene_set(scene, i,
                               parts[p].median ? tl_score_size_median(size)
                                               : size->volume / (double)size->prints,
                               (double)size->prints);
        }
        tl_score_scene_put(scene, row, parts[p].label);
    }
}

static void block_row(struct tl_score_scene *scene)
{
    struct tl_score_row *row =
        tl_score_row(scene->report, "E38", "blocks of 10,000 shares, share of volume", 'H', 20000);
    for (int low_priced = 0; low_priced < 2; low_priced++) {
        tl_score_scene_bands(scene, low_priced ? 0.10 : 0.005, low_priced ? 0.20 : 0.03);
        for (uint32_t i = 0; i < scene->count; i++) {
            const struct tl_score_size *size = &scene->names[i].size;
            double price = scene->symbols[i].price;
            if (low_priced ? price < 20 : price > 150)
                tl_score_scene_set(scene, i, size->block_volume / size->volume,
                                   (double)size->prints);
        }
        tl_score_scene_put(scene, row, low_priced ? "below 20 $" : "above 150 $");
    }
    row->note = "without auctions; the market-wide figure is n/a on a part of the market";
}

void tl_score_size_rows(struct tl_score_scene *scene)
{
    odd_row(scene);
    atom_row(scene);
    tail_row(scene);
    mean_row(scene);
    block_row(scene);
}

void tl_score_size_curves(const struct tl_score_scene *scene, struct tl_score_curves *curves)
{
    static const int atoms[] = {1,  2,  3,  4,  5,  7,  10,  12,  15,  20,  25,  30,
                                40, 50, 60, 75, 80, 99, 100, 150, 200, 300, 400, 500};
    struct tl_score_curve *plot =
        tl_score_curve(curves, "sizes", "Size atoms of stock prints", "shares", "share of prints");
    tl_score_curve_axes(plot, TL_AXIS_LOG, TL_AXIS_LOG);
    for (uint32_t i = 0; i < scene->count; i++) {
        const struct tl_score_size *size = &scene->names[i].size;
        if (!tl_score_is_shown(scene, i) || size->prints < 1000) continue;
        struct tl_curve_line *line =
            tl_score_curve_line(plot, scene->symbols[i].ticker, TL_STYLE_DOTS);
        for (size_t a = 0; a < sizeof atoms / sizeof atoms[0]; a++)
            if (size->exact[atoms[a]])
                tl_score_curve_point(line, atoms[a], share_of(size, atoms[a]));
    }
}
