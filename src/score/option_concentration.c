/* SPDX-License-Identifier: Apache-2.0
 * SCORECARD O14 to O16, session by session and averaged. They need a whole day at the real world's
 * rate: a name whose mean daily volume is below 60 % of its reference is left out.
 *
 * O14: the top ten's share, the median and the share that trades are a class's own, in the row's
 * words and by the names it gives. Gini is the plain mean of the ten names. The 99 % quantile (one
 * number for classes whose volumes differ by sixty) and Hill's exponent of what lies above it are of
 * all their contracts as one set; in one class that tail is ten contracts, and the error of their
 * exponent (a third) exceeds the band. O15: one number for ten names is their mean.
 *
 * O16: strikes within 15 % of the spot, open interest (volume) summed over rights and expiries, the
 * mean a strike of a class of roundness over the mean a strike of all; four names of 200 to 360 USD,
 * for which these classes were measured. */
#include "score/option_concentration.h"

#include <string.h>

#include "base/math.h"
#include "score/bins.h"
#include "score/estimate.h"
#include "score/option_state.h"

static const struct tl_bins_axis volume_axis = {0.9, 8e6, TL_VOLUME_BINS, true};

static uint64_t key_of(int32_t day, int32_t strike_milli, char right)
{
    return (uint64_t)(uint32_t)day << 33 | (uint64_t)(uint32_t)strike_milli << 1 | (right == 'P');
}

static double strike_of(uint64_t key)
{
    return (double)(key >> 1 & 0xffffffffu) * 1e-3;
}

/* The slot of a contract; TL_OPTION_SLOTS when the table is full. */
static uint32_t slot_of(struct tl_option_concentration *c, uint64_t key)
{
    uint64_t mixed = key * 0x9e3779b97f4a7c15u;
    uint32_t at = (uint32_t)(mixed >> 50);
    while (c->key[at] != 0 && c->key[at] != key)
        at = (at + 1) % TL_OPTION_SLOTS;
    if (c->key[at] == 0) {
        if (c->used >= TL_OPTION_SLOTS - 1) return TL_OPTION_SLOTS;
        c->key[at] = key;
        c->used++;
    }
    return at;
}

void tl_option_concentration_list(struct tl_option_concentration *c, const struct tl_chain *chain)
{
    c->spot = chain->open_px;
    for (uint32_t e = 0; e < chain->expiry_count; e++) {
        const struct tl_expiry *expiry = &chain->expiries[e];
        for (uint32_t i = 0; i < expiry->strike_count; i++)
            for (uint32_t put = 0; put < 2; put++) {
                uint64_t key =
                    key_of(expiry->day, chain->strike_milli[expiry->first + i], put ? 'P' : 'C');
                uint32_t slot = slot_of(c, key);
                if (slot == TL_OPTION_SLOTS) continue;
                c->oi[slot] = (uint32_t)chain->oi[put][expiry->first + i];
                c->listed++;
            }
    }
}

void tl_option_concentration_print(struct tl_option_concentration *c,
                                   const struct tl_option_look *look)
{
    const struct tl_contract *contract = &look->trade->contract;
    uint32_t slot =
        slot_of(c, key_of(contract->expiry_day, contract->strike_milli, contract->right));
    if (!(c->spot > 0)) c->spot = look->spot;
    if (slot < TL_OPTION_SLOTS) c->volume[slot] += (uint32_t)look->trade->size;
}

static void close_volume(struct tl_option_concentration *c)
{
    uint32_t n = 0;
    double total = 0, top = 0;
    for (uint32_t i = 0; i < TL_OPTION_SLOTS; i++)
        if (c->volume[i] > 0) {
            c->scratch[n++] = c->volume[i];
            total += c->volume[i];
            tl_bins_add(&volume_axis, c->sums.contracts, c->volume[i], 1);
        }
    c->sums.volume += total;
    if (n < 50) return;
    tl_sort(c->scratch, n);
    for (uint32_t i = n - 10; i < n; i++)
        top += c->scratch[i];
    c->sums.sessions += 1;
    c->sums.top_ten += top / total;
    c->sums.median += tl_quantile_sorted(c->scratch, n, 0.5);
    c->sums.gini += tl_gini_in_place(c->scratch, n);
    if (c->listed > 0) c->sums.traded += (double)n / c->listed;
}

static void close_interest(struct tl_option_concentration *c)
{
    double volume = 0, oi = 0, calls = 0, traded = 0, over = 0;
    if (c->listed == 0) return;
    for (uint32_t i = 0; i < TL_OPTION_SLOTS; i++) {
        volume += c->volume[i];
        oi += c->oi[i];
        if (!(c->key[i] & 1)) calls += c->oi[i];
        traded += c->volume[i] > 0;
        over += c->volume[i] > c->oi[i];
    }
    if (!(oi > 0) || !(traded > 0)) return;
    c->sums.oi_sessions += 1;
    c->sums.turnover += volume / oi;
    c->sums.over_oi += over / traded;
    c->sums.call_oi += calls / oi;
}

static int class_of(double strike)
{
    int64_t milli = (int64_t)(strike * 1000 + 0.5);
    return milli % 10000 == 0 ? 0 : milli % 5000 == 0 ? 1 : milli % 2500 == 0 ? 2 : 3;
}

static void close_strikes(struct tl_option_concentration *c)
{
    double strikes[TL_STRIKE_CLASSES] = {0}, oi[TL_STRIKE_CLASSES] = {0},
           volume[TL_STRIKE_CLASSES] = {0}, all[3] = {0};
    uint32_t n = 0;
    for (uint32_t i = 0; i < TL_OPTION_SLOTS; i++) {
        double strike = strike_of(c->key[i]);
        if (c->key[i] == 0 || !(tl_abs(tl_log(strike / c->spot)) < 0.15)) continue;
        int which = class_of(strike);
        oi[which] += c->oi[i];
        volume[which] += c->volume[i];
        c->scratch[n++] = strike;
    }
    if (n == 0) return;
    tl_sort(c->scratch, n);
    for (uint32_t i = 0; i < n; i++)
        if (i == 0 || c->scratch[i] > c->scratch[i - 1]) strikes[class_of(c->scratch[i])] += 1;
    for (int which = 0; which < TL_STRIKE_CLASSES; which++) {
        all[0] += strikes[which];
        all[1] += oi[which];
        all[2] += volume[which];
    }
    if (!(all[1] > 0) || !(all[2] > 0)) return;
    c->sums.strike_sessions += 1;
    for (int which = 0; which < TL_STRIKE_CLASSES; which++) {
        if (!(strikes[which] > 0)) continue;
        c->sums.oi_round[which] += oi[which] / strikes[which] / (all[1] / all[0]);
        c->sums.volume_round[which] += volume[which] / strikes[which] / (all[2] / all[0]);
    }
}

void tl_option_concentration_close(struct tl_option_concentration *c)
{
    if (c->used > 0) {
        close_volume(c);
        close_interest(c);
        close_strikes(c);
    }
    memset(c->key, 0, sizeof c->key);
    memset(c->volume, 0, sizeof c->volume);
    memset(c->oi, 0, sizeof c->oi);
    c->used = c->listed = 0;
    c->spot = 0;
}

double tl_option_volume_p99(const double *bins)
{
    return tl_bins_quantile(&volume_axis, bins, 0.99);
}

double tl_option_volume_hill(const double *bins)
{
    double edge = tl_option_volume_p99(bins), count = 0, sum = 0;
    if (!(edge > 0)) return TL_NAN;
    for (uint32_t i = tl_bins_index(&volume_axis, edge) + 1; i < TL_VOLUME_BINS; i++) {
        double middle = tl_sqrt(tl_bins_edge(&volume_axis, i) * tl_bins_edge(&volume_axis, i + 1));
        count += bins[i];
        sum += bins[i] * tl_log(middle / edge);
    }
    return count >= 10 && sum > 0 ? count / sum : TL_NAN;
}

/* ---- rows ---- */

/* Whether a name traded about what it does in the real world. */
static bool full_rate(const struct tl_symbol *symbol, const struct tl_option_concentrations *sums)
{
    return sums->sessions > 0 && sums->volume / sums->sessions > 0.6 * symbol->option_adv;
}

enum which { TOP_TEN, MEDIAN, GINI, TRADED, TURNOVER, OVER_OI, CALL_OI };

static double value_of(const struct tl_option_concentrations *sums, enum which which)
{
    switch (which) {
    case TOP_TEN:
        return sums->top_ten / sums->sessions;
    case MEDIAN:
        return sums->median / sums->sessions;
    case GINI:
        return sums->gini / sums->sessions;
    case TRADED:
        return sums->traded > 0 ? sums->traded / sums->sessions : TL_NAN;
    case TURNOVER:
        return sums->turnover / sums->oi_sessions;
    case OVER_OI:
        return sums->over_oi / sums->oi_sessions;
    case CALL_OI:
        return sums->call_oi / sums->oi_sessions;
    }
    return TL_NAN;
}

struct number {
    const char *label;
    enum tl_option_group group;
    enum which which;
    double low, high;
};

static void names_of(const struct tl_option_sample *sample, const struct number *number,
                     struct tl_name_numbers *names)
{
    for (uint32_t i = 0; i < sample->count; i++) {
        const struct tl_option_concentrations *sums = &sample->states[i].concentration.sums;
        if (tl_option_in_group(&sample->symbols[i], number->group) &&
            full_rate(&sample->symbols[i], sums))
            tl_names_add(names, value_of(sums, number->which), number->low, number->high,
                         sums->sessions);
    }
}

/* By name: each in its band. */
static void put(struct tl_score_row *row, const struct tl_option_sample *sample,
                const struct number *number)
{
    struct tl_name_numbers names = {0};
    names_of(sample, number, &names);
    tl_names_put(row, number->label, &names);
}

/* The mean of the names in the band. */
static void put_mean(struct tl_score_row *row, const struct tl_option_sample *sample,
                     const struct number *number)
{
    struct tl_name_numbers names = {0};
    names_of(sample, number, &names);
    tl_names_put_mean(row, number->label, &names, number->low, number->high);
}

static void put_pool(struct tl_score_row *row, const struct tl_option_sample *sample)
{
    double bins[TL_VOLUME_BINS] = {0};
    for (uint32_t i = 0; i < sample->count; i++) {
        const struct tl_option_concentrations *sums = &sample->states[i].concentration.sums;
        if (!tl_option_in_group(&sample->symbols[i], TL_GROUP_SAMPLE) ||
            !full_rate(&sample->symbols[i], sums))
            continue;
        for (uint32_t b = 0; b < TL_VOLUME_BINS; b++)
            bins[b] += sums->contracts[b];
    }
    double n = tl_bins_total(&volume_axis, bins);
    /* Measured about 7 000: half and double. */
    tl_score_put(row, "p99 contract of all", tl_option_volume_p99(bins), 3500, 14000, n);
    tl_score_put(row, "Hill, top 1 % of all", tl_option_volume_hill(bins), .95, 1.2, n);
}

static void row_strikes(const struct tl_option_sample *sample, struct tl_score_report *report)
{
    static const char *const labels[2][TL_STRIKE_CLASSES - 1] = {
        {"OI, multiples of 10", "OI, of 5", "OI, of 2.5"},
        {"volume, multiples of 10", "volume, of 5", "volume, of 2.5"}};
    static const double low[2][3] = {{2.3, .7, .04}, {1.7, .9, .5}};
    static const double high[2][3] = {{4.8, 2.2, .3}, {4, 3.3, 1.4}};
    struct tl_score_row *row =
        tl_score_row(report, "O16", "strike roundness, mean of a class over all", 'H', 1);
    row->note = "one-dollar strikes are listed at none of the four names";
    for (int volume = 0; volume < 2; volume++)
        for (int which = 0; which < TL_STRIKE_CLASSES - 1; which++) {
            struct tl_name_numbers names = {0};
            for (uint32_t i = 0; i < sample->count; i++) {
                const struct tl_option_concentrations *sums = &sample->states[i].concentration.sums;
                const double *sum = volume ? sums->volume_round : sums->oi_round;
                if (tl_option_in_group(&sample->symbols[i], TL_GROUP_STRIKES) &&
                    full_rate(&sample->symbols[i], sums))
                    tl_names_add(&names, sum[which] / sums->strike_sessions, low[volume][which],
                                 high[volume][which], sums->strike_sessions);
            }
            tl_names_put(row, labels[volume][which], &names);
        }
}

void tl_option_concentration_rows(const struct tl_option_sample *sample,
                                  struct tl_score_report *report)
{
    /* NFLX, after its split, had 18 % of its contracts traded. */
    static const struct number concentration[] = {
        {"top ten contracts", TL_GROUP_SAMPLE, TOP_TEN, .25, .54},
        {"median contract", TL_GROUP_SAMPLE, MEDIAN, 5, 39},
        {"share of listed that trade", TL_GROUP_SAMPLE, TRADED, .35, .60}};
    static const struct number gini = {"Gini", TL_GROUP_SAMPLE, GINI, .91, .93};
    static const struct number turnover[] = {
        {"volume / OI, mega caps", TL_GROUP_MEGA, TURNOVER, .10, .17},
        {"volume / OI, second tier", TL_GROUP_SECOND, TURNOVER, .04, .06}};
    static const struct number interest[] = {
        {"traded contracts with volume > OI", TL_GROUP_SAMPLE, OVER_OI, .09, .12},
        {"calls' share of OI", TL_GROUP_SAMPLE, CALL_OI, .52, .60}};
    struct tl_score_row *row =
        tl_score_row(report, "O14", "concentration of a day's volume", 'H', 1);
    for (size_t i = 0; i < sizeof concentration / sizeof concentration[0]; i++)
        put(row, sample, &concentration[i]);
    put_mean(row, sample, &gini);
    put_pool(row, sample);
    row = tl_score_row(report, "O15", "volume over open interest", 'H', 1);
    for (size_t i = 0; i < sizeof turnover / sizeof turnover[0]; i++)
        put(row, sample, &turnover[i]);
    for (size_t i = 0; i < sizeof interest / sizeof interest[0]; i++)
        put_mean(row, sample, &interest[i]);
    row_strikes(sample, report);
}
