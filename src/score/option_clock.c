/* SPDX-License-Identifier: Apache-2.0
 * SCORECARD O17 to O19. O17 on contracts, the mean of the names (each name weighs alike, as the
 * reference is one name): what printed and, in sessions of chains, what was expected to (a regime in
 * the first half hour moves its share by a tenth, and two sessions are two draws of it). O18 by class: the coefficient of variation of the times between prints,
 * and n = 1 - F^(-1/2) with F the variance over the mean of parents a minute within half an hour (a
 * parent is all prints of one millisecond). O19 is thinned by design; its figure stands for itself.
 *
 * Limit: only whole sessions of 390 minutes give O17. */
#include "score/option_clock.h"

#include "base/math.h"
#include "score/option_state.h"

#define PRINTS_MIN 5000

static void block_end(struct tl_option_clock *clock)
{
    double sum = 0;
    for (int i = 0; i < TL_OPTION_BLOCK_WINDOWS; i++)
        sum += clock->window[i];
    if (sum >= TL_OPTION_BLOCK_WINDOWS)
        tl_moments_add(&clock->fano, tl_fano(clock->window, TL_OPTION_BLOCK_WINDOWS));
    for (int i = 0; i < TL_OPTION_BLOCK_WINDOWS; i++)
        clock->window[i] = 0;
}

void tl_option_clock_print(struct tl_option_clock *clock, const struct tl_option_look *look)
{
    int64_t since = look->since_open_s;
    if (since < 0 || since >= TL_OPTION_HALF_HOURS * 1800) return;
    clock->prints += 1;
    clock->volume[since / 1800] += look->size;
    if (look->dte == 0) clock->zero[since / 1800] += look->size;
    if (clock->last != 0) {
        tl_moments_add(&clock->gap, (double)(look->ts - clock->last) * 1e-9);
        clock->same_us += look->ts - clock->last < 1000;
    }
    clock->last = look->ts;
    int64_t minute = since / 60;
    if (minute / TL_OPTION_BLOCK_WINDOWS != clock->minute / TL_OPTION_BLOCK_WINDOWS)
        block_end(clock);
    clock->minute = minute;
    if (look->ts / TL_NS_PER_MS != clock->last_ms)
        clock->window[minute % TL_OPTION_BLOCK_WINDOWS] += 1;
    clock->last_ms = look->ts / TL_NS_PER_MS;
}

void tl_option_clock_expect(struct tl_option_clock *clock, int64_t since_open_s, double rate)
{
    if (since_open_s < 0 || since_open_s >= TL_OPTION_HALF_HOURS * 1800) return;
    clock->expected[since_open_s / 1800] += 60 * rate;
}

void tl_option_clock_close(struct tl_option_clock *clock)
{
    block_end(clock);
    clock->last = clock->last_ms = 0;
    clock->minute = 0;
}

static double sum_of(const double *x, int from, int to)
{
    double sum = 0;
    for (int i = from; i < to; i++)
        sum += x[i];
    return sum;
}

static void row_shape(const struct tl_option_sample *sample, struct tl_score_report *report)
{
    struct tl_name_numbers open = {0}, middle = {0}, last = {0}, zero = {0};
    for (uint32_t i = 0; i < sample->count; i++) {
        const struct tl_option_clock *clock = &sample->states[i].clock;
        double volume[TL_OPTION_HALF_HOURS], n = clock->prints;
        double printed = sum_of(clock->volume, 0, TL_OPTION_HALF_HOURS);
        if (!(printed > 0)) continue;
        for (int h = 0; h < TL_OPTION_HALF_HOURS; h++)
            volume[h] = clock->volume[h] + printed / n * clock->expected[h];
        double all = sum_of(volume, 0, TL_OPTION_HALF_HOURS);
        tl_names_add(&open, volume[0] / all, 0, 0, n);
        tl_names_add(&middle, sum_of(volume, 4, 9) / 5 / all, 0, 0, n);
        tl_names_add(&last, volume[12] / all, 0, 0, n);
        double noon = sum_of(clock->zero, 5, 9) / 4;
        if (noon > 0) tl_names_add(&zero, sum_of(clock->zero, 11, 13) / 2 / noon, 0, 0, n);
    }
    struct tl_score_row *row =
        tl_score_row(report, "O17", "option volume by half hour", 'M', PRINTS_MIN);
    tl_names_put_mean(row, "first", &open, .13, .15);
    tl_names_put_mean(row, "11:30 to 14:00, each", &middle, .04, .06);
    tl_names_put_mean(row, "last", &last, .08, .12);
    /* "a second peak": a quarter above noon is read as one. */
    tl_names_put_mean(row, "0 d, last hour over noon", &zero, 1.25, TL_INF);
}

static void row_clusters(const struct tl_option_sample *sample, struct tl_score_report *report)
{
    struct tl_name_numbers cv = {0}, n = {0}, same = {0};
    for (uint32_t i = 0; i < sample->count; i++) {
        const struct tl_option_clock *clock = &sample->states[i].clock;
        if (!(clock->gap.n > 0)) continue;
        double mean = tl_moments_mean(&clock->gap);
        tl_names_add(&cv, tl_sqrt(tl_moments_variance(&clock->gap)) / mean, 3, 6, clock->prints);
        double fano = tl_moments_mean(&clock->fano);
        tl_names_add(&n, fano > 1 ? 1 - 1 / tl_sqrt(fano) : TL_NAN, .75, .95, clock->prints);
        tl_names_add(&same, clock->same_us / clock->gap.n, .4, .6, clock->prints);
    }
    struct tl_score_row *row =
        tl_score_row(report, "O18", "clusters of option prints, by class", 'M', PRINTS_MIN);
    tl_names_put(row, "CV of times between prints", &cv);
    tl_names_put(row, "1 - F(60 s)^-1/2, parents", &n);
    tl_names_put(row, "same microsecond", &same);
}

static void row_quotes(const struct tl_option_sample *sample, struct tl_score_report *report)
{
    struct tl_score_row *row = tl_score_row(report, "O19", "quotes a print", 'H', 1);
    row->note = "published quotes are thinned by design, venues' own quotes do not exist here";
    double nbbos = 0, prints = 0;
    for (uint32_t i = 0; i < sample->count; i++) {
        nbbos += sample->states[i].clock.nbbos;
        prints += sample->states[i].clock.prints;
    }
    if (nbbos > 0) tl_score_put(row, "published NBBO a print", nbbos / prints, 100, 1000, 0);
}

void tl_option_clock_rows(const struct tl_option_sample *sample, struct tl_score_report *report)
{
    row_shape(sample, report);
    row_clusters(sample, report);
    row_quotes(sample, report);
}

void tl_option_clock_curves(const struct tl_option_sample *sample, struct tl_score_curves *curves)
{
    struct tl_score_curve *plot =
        tl_score_curve(curves, "option_clock", "Option volume over the day", "hours since the open",
                       "share of contracts a half hour");
    struct tl_curve_line *all_line = tl_score_curve_line(plot, "all names", TL_STYLE_LINE);
    struct tl_curve_line *zero_line = tl_score_curve_line(plot, "expiring today", TL_STYLE_LINE);
    double volume[TL_OPTION_HALF_HOURS] = {0}, zero[TL_OPTION_HALF_HOURS] = {0};
    for (uint32_t i = 0; i < sample->count; i++)
        for (int h = 0; h < TL_OPTION_HALF_HOURS; h++) {
            volume[h] += sample->states[i].clock.volume[h];
            zero[h] += sample->states[i].clock.zero[h];
        }
    for (int h = 0; h < TL_OPTION_HALF_HOURS; h++) {
        double x = 0.5 * h + 0.25;
        tl_score_curve_point(all_line, x, volume[h] / sum_of(volume, 0, TL_OPTION_HALF_HOURS));
        tl_score_curve_point(zero_line, x, zero[h] / sum_of(zero, 0, TL_OPTION_HALF_HOURS));
    }
}
