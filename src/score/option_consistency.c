/* SPDX-License-Identifier: Apache-2.0
 * SCORECARD O35 to O38 on synchronous quotes.
 *
 *   O35  C - P on K by least squares a slice (1 to 60 d, |k| < 6 %, both bids); |residual| over
 *        half the two spreads. Executable violations: every contract of the whole chain.
 *   O36  adjacent triples, each right, |k| < 15 %, all with bids: mid above the chord of its
 *        neighbours' mids; by more than the middle quote's half-spread; executable.
 *   O37  ATM total variance falling from one expiry to the next.
 *   O38  one-minute changes of mids on delta x change of the stock's mid, contracts of 5 to 40 d,
 *        |delta| .3 to .7 (wings .05 to .2), pooled by name; response times are the engine's (1 to
 *        20 ms) and not measured here. */
#include "score/option_consistency.h"

#include "base/math.h"
#include "score/bins.h"
#include "score/option_state.h"

#define HALF_HOUR_S 1800

static const struct tl_bins_axis parity_axis = {0, 4, TL_PARITY_BINS, false};

static bool both_bids(const struct tl_option_slice *s, uint32_t i)
{
    return s->bid[0][i] > 0 && s->bid[1][i] > 0;
}

static double mid_of(const struct tl_option_slice *s, int put, uint32_t i)
{
    return 0.5 * (s->bid[put][i] + s->ask[put][i]);
}

static double k_of(const struct tl_option_slice *s, uint32_t i)
{
    return tl_log(s->strike[i] / (0.5 * (s->spot_bid + s->spot_ask)));
}

static void add_parity(struct tl_option_consistency *c, const struct tl_option_slice *s)
{
    double strike[TL_STRIKES_MAX], value[TL_STRIKES_MAX], half[TL_STRIKES_MAX];
    uint32_t n = 0;
    if (s->dte < 1 || s->dte > 60) return;
    for (uint32_t i = 0; i < s->count; i++) {
        if (!both_bids(s, i) || !(tl_abs(k_of(s, i)) < 0.06)) continue;
        strike[n] = s->strike[i];
        value[n] = mid_of(s, 0, i) - mid_of(s, 1, i);
        half[n++] = 0.5 * (s->ask[0][i] - s->bid[0][i] + s->ask[1][i] - s->bid[1][i]);
    }
    if (n < 5) return;
    struct tl_line_fit fit = tl_ols(strike, value, n);
    for (uint32_t i = 0; i < n; i++) {
        double residual = value[i] - fit.intercept - fit.slope * strike[i];
        tl_bins_add(&parity_axis, c->parity, tl_abs(residual) / half[i], 1);
    }
    c->parity_count += n;
}

static void add_triples(struct tl_option_consistency *c, const struct tl_option_slice *s)
{
    for (uint32_t i = 2; i < s->count; i++) {
        if (!(tl_abs(k_of(s, i - 1)) < 0.15)) continue;
        double lower = (s->strike[i] - s->strike[i - 1]) / (s->strike[i] - s->strike[i - 2]);
        for (int put = 0; put < 2; put++) {
            if (!(s->bid[put][i - 2] > 0 && s->bid[put][i - 1] > 0 && s->bid[put][i] > 0)) continue;
            double over = mid_of(s, put, i - 1) - lower * mid_of(s, put, i - 2) -
                          (1 - lower) * mid_of(s, put, i);
            c->triples += 1;
            c->concave += over > 1e-9;
            c->beyond += over > 0.5 * (s->ask[put][i - 1] - s->bid[put][i - 1]) + 1e-9;
        }
    }
}

void tl_option_consistency_slice(struct tl_option_consistency *c, const struct tl_option_slice *s)
{
    tl_option_arbitrage_slice(s, &c->arbitrage);
    add_parity(c, s);
    add_triples(c, s);
    if (!tl_is_finite(s->atm)) return;
    double variance = s->atm * s->atm * s->years;
    if (c->last_variance > 0) {
        c->pairs += 1;
        c->decreasing += variance < c->last_variance;
    }
    c->last_variance = variance;
}

void tl_option_consistency_pair(struct tl_option_consistency *c, const struct tl_option_slice *near,
                                const struct tl_option_slice *far)
{
    tl_option_arbitrage_calendar(near, far, &c->arbitrage);
}

void tl_option_consistency_end(struct tl_option_consistency *c)
{
    c->last_variance = 0;
}

/* ---- co-movement ---- */

static void watch(struct tl_option_consistency *c, uint32_t *atm, uint32_t *wing,
                  struct tl_watched watched)
{
    double size = tl_abs(watched.delta);
    if (size >= .3 && size <= .7 && *atm < TL_WATCHED_ATM)
        c->watched[(*atm)++] = watched;
    else if (size >= .05 && size <= .2 && *wing < TL_WATCHED)
        c->watched[(*wing)++] = watched;
}

/* Every fifth strike from the fourth on, so that both rights and several expiries are among them. */
static void pick(struct tl_option_consistency *c, struct tl_option_frame *frame)
{
    const struct tl_chain *chain = frame->second->chain;
    uint32_t atm = 0, wing = TL_WATCHED_ATM;
    tl_ns ts = frame->second->second * TL_NS_PER_S;
    for (uint32_t i = 0; i < TL_WATCHED; i++)
        c->watched[i].delta = 0;
    for (uint32_t start = 0; start < 5; start++)
        for (uint32_t e = 0; e < chain->expiry_count; e++) {
            int32_t dte = chain->expiries[e].day - chain->trade_day;
            if (dte < 5 || dte > 40) continue;
            for (uint32_t i = start; i < chain->expiries[e].strike_count; i += 5) {
                char right = (i + e) % 2 ? 'P' : 'C';
                struct tl_option_quote quote;
                if (!tl_option_quote_at(frame, e, i, right, ts, &quote) || quote.bid <= 0) continue;
                watch(c, &atm, &wing,
                      (struct tl_watched){(uint8_t)e, (uint8_t)i, right,
                                          0.5e-4 * (double)(quote.bid + quote.ask), quote.delta});
            }
        }
}

void tl_option_consistency_minute(struct tl_option_consistency *c, struct tl_option_frame *frame,
                                  int64_t since_open_s)
{
    const struct tl_quote_point *point = &frame->second->path->points[0];
    double spot = 0.5e-4 * (double)(point->bid + point->ask), moved = spot - c->spot;
    tl_ns ts = frame->second->second * TL_NS_PER_S;
    for (uint32_t i = 0; c->spot > 0 && i < TL_WATCHED; i++) {
        struct tl_watched *w = &c->watched[i];
        struct tl_option_quote quote;
        if (w->delta == 0) continue;
        if (!tl_option_quote_at(frame, w->expiry, w->strike, w->right, ts, &quote)) continue;
        double mid = 0.5e-4 * (double)(quote.bid + quote.ask);
        tl_pairs_add(i < TL_WATCHED_ATM ? &c->atm : &c->wing, w->delta * moved, mid - w->mid);
        w->mid = mid;
        w->delta = quote.delta;
    }
    if (c->spot == 0 || since_open_s % HALF_HOUR_S == 0) pick(c, frame);
    c->spot = spot;
}

void tl_option_consistency_close(struct tl_option_consistency *c)
{
    c->spot = 0;
    c->last_variance = 0;
}

/* ---- rows ---- */

static void row_parity(const struct tl_option_sample *sample, struct tl_score_report *report)
{
    static const double p[3] = {.5, .9, .99}, low[3] = {.15, .4, .6}, high[3] = {.25, .7, 1.4};
    static const char *const labels[3] = {"median", "p90", "p99"};
    struct tl_score_row *row =
        tl_score_row(report, "O35", "parity residual over half the spreads, ten names", 'H', 200);
    double violations = 0, checked = 0;
    for (int q = 0; q < 3; q++) {
        struct tl_name_numbers names = {0};
        for (uint32_t i = 0; i < sample->count; i++) {
            const struct tl_option_consistency *c = &sample->states[i].consistency;
            if (tl_option_in_group(&sample->symbols[i], TL_GROUP_SAMPLE))
                tl_names_add(&names, tl_bins_quantile(&parity_axis, c->parity, p[q]), 0, 0,
                             c->parity_count);
        }
        tl_names_put_mean(row, labels[q], &names, low[q], high[q]);
    }
    for (uint32_t i = 0; i < sample->count; i++) {
        const struct tl_arbitrage_counts *a = &sample->states[i].consistency.arbitrage;
        violations += (double)(a->parity + a->intrinsic + a->vertical);
        checked += (double)a->checked;
    }
    tl_score_put(row, "executable, share of quotes", violations / checked, 0, 0, checked);
}

static void row_butterfly(const struct tl_option_sample *sample, struct tl_score_report *report)
{
    struct tl_name_numbers concave = {0}, beyond = {0};
    double violations = 0, triples = 0;
    for (uint32_t i = 0; i < sample->count; i++) {
        const struct tl_option_consistency *c = &sample->states[i].consistency;
        violations += (double)c->arbitrage.butterfly;
        triples += c->triples;
        if (!tl_option_in_group(&sample->symbols[i], TL_GROUP_SAMPLE)) continue;
        tl_names_add(&concave, c->concave / c->triples, 0, 0, c->triples);
        tl_names_add(&beyond, c->beyond / c->triples, 0, 0, c->triples);
    }
    struct tl_score_row *row =
        tl_score_row(report, "O36", "concave triples of adjacent strikes", 'H', 200);
    tl_names_put_mean(row, "mids, ten names", &concave, .10, .30);
    tl_names_put_mean(row, "beyond the half-spread", &beyond, .004, .014);
    tl_score_put(row, "executable", violations / triples, 0, .001, triples);
}

static void row_calendar(const struct tl_option_sample *sample, struct tl_score_report *report)
{
    double pairs = 0, decreasing = 0, executable = 0, checked = 0;
    for (uint32_t i = 0; i < sample->count; i++) {
        const struct tl_option_consistency *c = &sample->states[i].consistency;
        pairs += c->pairs;
        decreasing += c->decreasing;
        executable += (double)c->arbitrage.calendar;
        checked += (double)c->arbitrage.checked;
    }
    struct tl_score_row *row =
        tl_score_row(report, "O37", "ATM total variance falling with tenor", 'H', 200);
    tl_score_put(row, "adjacent expiries", decreasing / pairs, 0, .007, pairs);
    tl_score_put(row, "executable, share of quotes", executable / checked, 0, 0, checked);
}

static double r2_of(const struct tl_pairs *pairs)
{
    double correlation = tl_pairs_correlation(pairs);
    return correlation * correlation;
}

static void row_movement(const struct tl_option_sample *sample, struct tl_score_report *report)
{
    struct tl_name_numbers atm = {0}, wing = {0};
    for (uint32_t i = 0; i < sample->count; i++) {
        const struct tl_option_consistency *c = &sample->states[i].consistency;
        if (sample->symbols[i].option_adv < 250e3) continue; /* "liquid" */
        tl_names_add(&atm, r2_of(&c->atm), .90, .98, c->atm.n);
        tl_names_add(&wing, r2_of(&c->wing), .6, .9, c->wing.n);
    }
    struct tl_score_row *row =
        tl_score_row(report, "O38", "one-minute mids on delta x stock, R2", 'M', 1000);
    tl_names_put(row, "near the money, liquid classes", &atm);
    tl_names_put(row, "wings", &wing);
}

void tl_option_consistency_rows(const struct tl_option_sample *sample,
                                struct tl_score_report *report)
{
    row_parity(sample, report);
    row_butterfly(sample, report);
    row_calendar(sample, report);
    row_movement(sample, report);
}
