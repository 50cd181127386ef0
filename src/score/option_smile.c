/* SPDX-License-Identifier: Apache-2.0
 * SCORECARD O26 to O29 and O41, from synchronous quotes: parity forwards, out-of-the-money mids.
 *
 * O26 takes snapshots without a scheduled event within the tenors; the name's own is the reference of
 * CALIBRATION B.1 at 119 over 28 days, of stocks less the report's variance that 119 days hold. O27 by name against CALIBRATION
 * B.1 (25-delta risk reversal over ATM at 28 days) plus or minus .03. O28's bands are of the ten
 * measured names, and of the mega caps among them for the quadratic coefficient. O28's quadratic coefficient
 * and O29's slope are of least squares over 1.2 standard deviations. O29's exponent asks for names
 * whose skew is not near zero (reference at least .04).
 * O41: today's volatility is annualised in trading time (252 days of 390 minutes), as it is quoted: in
 * calendar time the six hours of a session would look 1.6 to 2.3 times as volatile. The wing is the out-of-the-money side one session's standard deviation away from the spot, as
 * the day's first snapshot sees it; mids of quotes without a bid have no volatility there. */
#include "score/option_smile.h"

#include "base/math.h"
#include "market/calendar.h"
#include "market/surface.h"
#include "score/option_state.h"

#define SNAPSHOTS_MIN 8
#define HALF_HOUR_S 1800

double tl_smile_variance_at(const struct tl_option_smile *smile, double days)
{
    double years = days / 365.0;
    for (uint32_t i = 1; i < smile->nodes; i++) {
        const struct tl_smile_node *a = &smile->node[i - 1], *b = &smile->node[i];
        if (years < a->years || years > b->years) continue;
        return a->variance +
               (b->variance - a->variance) * (years - a->years) / (b->years - a->years);
    }
    return TL_NAN;
}

static void add(struct tl_moments *moments, double x)
{
    if (tl_is_finite(x)) tl_moments_add(moments, x);
}

static double wing_of(const struct tl_option_slice *slice, double sd)
{
    double k = tl_log(slice->forward / (0.5 * (slice->spot_bid + slice->spot_ask)));
    double up = tl_option_slice_iv_at_k(slice, sd - k),
           down = tl_option_slice_iv_at_k(slice, -sd - k);
    if (!tl_is_finite(up)) return down / slice->atm;
    return tl_is_finite(down) ? 0.5 * (up + down) / slice->atm : up / slice->atm;
}

static void add_zero_day(struct tl_option_smile *smile, const struct tl_option_slice *slice,
                         int64_t since_open_s)
{
    if (!(smile->zero_sd > 0)) smile->zero_sd = slice->atm * tl_sqrt(slice->years);
    if (since_open_s < 5 * HALF_HOUR_S) add(&smile->wing[0], wing_of(slice, smile->zero_sd));
    if (since_open_s >= 11 * HALF_HOUR_S) add(&smile->wing[1], wing_of(slice, smile->zero_sd));
}

static void keep_points(struct tl_option_smile *smile, const struct tl_option_slice *slice)
{
    smile->points = 0;
    for (uint32_t i = 0; i < slice->count && smile->points < TL_SMILE_POINTS; i++) {
        double k = tl_log(slice->strike[i] / slice->forward);
        if (!tl_is_finite(slice->iv[i]) || tl_abs(k) > 0.25) continue;
        smile->smile_k[smile->points] = k;
        smile->smile_iv[smile->points++] = slice->iv[i];
    }
}

void tl_option_smile_slice(struct tl_option_smile *smile, const struct tl_option_slice *slice,
                           int64_t since_open_s)
{
    if (!tl_is_finite(slice->atm)) return;
    smile->node[smile->nodes++] =
        (struct tl_smile_node){slice->years, slice->atm * slice->atm * slice->years, slice->event};
    if (slice->dte == 0) add_zero_day(smile, slice, since_open_s);
    if (slice->dte < 5 || slice->dte > 365) return;
    double put = tl_option_slice_iv_at_delta(slice, .75),
           call = tl_option_slice_iv_at_delta(slice, .25);
    if (slice->dte >= 18 && slice->dte <= 45) add(&smile->rr, (put - call) / slice->atm);
    if (slice->dte >= 10 && slice->dte <= 60)
        add(&smile->curvature, 0.5 * (put + call) / slice->atm - 1);
    if (slice->dte >= 24 && slice->dte <= 40) keep_points(smile, slice);
    struct tl_smile_fit fit;
    if (!tl_option_slice_fit(slice, 1.2, &fit)) return;
    if (slice->dte >= 20 && slice->dte <= 45) add(&smile->quadratic, fit.curve);
    if (slice->dte >= 15 && slice->dte <= 90)
        add(&smile->slope_root, fit.slope * tl_sqrt(slice->years));
    if (fit.slope < 0) tl_pairs_add(&smile->decay, tl_log(slice->years), tl_log(-fit.slope));
}

/* sigma(a) / sigma(b) in days; TL_NAN when an event lies within the longer. */
static double term_ratio(const struct tl_option_smile *smile, double a, double b, bool plain)
{
    double longest = tl_max(a, b) / 365.0;
    for (uint32_t i = 0; plain && i < smile->nodes; i++)
        if (smile->node[i].years <= longest && smile->node[i].event) return TL_NAN;
    return tl_sqrt(tl_smile_variance_at(smile, a) / a) /
           tl_sqrt(tl_smile_variance_at(smile, b) / b);
}

/* Trading time left of a session of 390 minutes, 252 of them a year. */
static double trading_years(int64_t since_open_s)
{
    return (double)(TL_SESSION_S - since_open_s) / TL_SESSION_S / 252;
}

void tl_option_smile_end(struct tl_option_smile *smile, int64_t since_open_s)
{
    static const double days[TL_TERMS][2] = {{9, 30}, {365, 30}, {60, 28}, {119, 28}};
    for (int t = 0; t < TL_TERMS; t++)
        add(&smile->term[t], term_ratio(smile, days[t][0], days[t][1], true));
    double month = tl_sqrt(tl_smile_variance_at(smile, 30) * 365.0 / 30);
    const struct tl_smile_node *first = &smile->node[0];
    bool today = smile->nodes > 0 && first->years < 1.0 / 365;
    if (today && since_open_s < HALF_HOUR_S)
        add(&smile->zero_open, tl_sqrt(first->variance / trading_years(since_open_s)) / month);
    smile->term_points = smile->nodes;
    for (uint32_t i = 0; i < smile->nodes; i++) {
        smile->term_days[i] = smile->node[i].years * 365;
        smile->term_iv[i] = tl_sqrt(smile->node[i].variance / smile->node[i].years);
    }
    smile->nodes = 0;
}

void tl_option_smile_close(struct tl_option_smile *smile)
{
    smile->zero_sd = 0;
    smile->nodes = 0;
}

/* ---- rows ---- */

static bool is_fund(const struct tl_symbol *symbol)
{
    return tl_option_in_group(symbol, TL_GROUP_FUNDS);
}

static bool is_large(const struct tl_symbol *symbol)
{
    return !symbol->is_etf && symbol->option_adv >= 250e3;
}

static void row_term(const struct tl_option_sample *sample, struct tl_score_report *report)
{
    struct tl_name_numbers nine = {0}, year = {0}, sixty = {0}, far = {0};
    for (uint32_t i = 0; i < sample->count; i++) {
        const struct tl_symbol *symbol = &sample->symbols[i];
        const struct tl_moments *term = sample->states[i].smile.term;
        double value[TL_TERMS];
        for (int t = 0; t < TL_TERMS; t++)
            value[t] = tl_moments_mean(&term[t]);
        if (is_fund(symbol)) {
            tl_names_add(&nine, value[TL_TERM_9_30], .86, .98, term[TL_TERM_9_30].n);
            tl_names_add(&year, value[TL_TERM_365_30], 1.1, 1.2, term[TL_TERM_365_30].n);
        } else if (!symbol->is_etf) {
            tl_names_add(&sixty, value[TL_TERM_60_28], .95, 1.05, term[TL_TERM_60_28].n);
        }
        tl_names_add(&far,
                     value[TL_TERM_119_28] / (tl_surface_far_reference(symbol) / symbol->iv28), .95,
                     1.05, term[TL_TERM_119_28].n);
    }
    struct tl_score_row *row =
        tl_score_row(report, "O26", "term structure at the money", 'H', SNAPSHOTS_MIN);
    tl_names_put(row, "index funds, 9 d / 30 d", &nine); /* VIX9D / VIX .92, six points */
    tl_names_put(row, "index funds, 1 y / 30 d", &year);
    tl_names_put(row, "stocks without event, 60 d / 28 d", &sixty);
    tl_names_put(row, "119 d / 28 d over the name's own", &far);
}

static void row_skew(const struct tl_option_sample *sample, struct tl_score_report *report)
{
    struct tl_name_numbers names = {0};
    for (uint32_t i = 0; i < sample->count; i++) {
        double want = sample->symbols[i].rr;
        const struct tl_moments *rr = &sample->states[i].smile.rr;
        tl_names_add(&names, tl_moments_mean(rr), want - .03, want + .03, rr->n);
    }
    struct tl_score_row *row =
        tl_score_row(report, "O27", "25-delta skew at 28 d, by name", 'H', SNAPSHOTS_MIN);
    tl_names_put(row, "(P25 - C25) / ATM", &names);
}

static void row_curvature(const struct tl_option_sample *sample, struct tl_score_report *report)
{
    struct tl_name_numbers funds = {0}, stocks = {0}, fund_q = {0}, stock_q = {0};
    for (uint32_t i = 0; i < sample->count; i++) {
        const struct tl_symbol *symbol = &sample->symbols[i];
        const struct tl_option_smile *smile = &sample->states[i].smile;
        double value = tl_moments_mean(&smile->curvature), q = tl_moments_mean(&smile->quadratic);
        if (is_fund(symbol)) {
            tl_names_add(&funds, value, .012, .036, smile->curvature.n);
            tl_names_add(&fund_q, q, 1.4, 2.2, smile->quadratic.n); /* measured 1.8 */
        }
        if (tl_option_in_group(symbol, TL_GROUP_SAMPLE))
            tl_names_add(&stocks, value, .008, .02, smile->curvature.n);
        if (tl_option_in_group(symbol, TL_GROUP_MEGA))
            tl_names_add(&stock_q, q, .8, 1.3, smile->quadratic.n);
    }
    struct tl_score_row *row =
        tl_score_row(report, "O28", "curvature of the smile", 'H', SNAPSHOTS_MIN);
    tl_names_put(row, "(P25 + C25) / 2 ATM - 1, ten names", &stocks);
    tl_names_put(row, "(P25 + C25) / 2 ATM - 1, index funds", &funds);
    tl_names_put(row, "quadratic in k at 30 d, mega caps", &stock_q);
    tl_names_put(row, "quadratic in k at 30 d, index funds", &fund_q);
}

static void row_decay(const struct tl_option_sample *sample, struct tl_score_report *report)
{
    struct tl_name_numbers power = {0}, funds = {0}, stocks = {0};
    for (uint32_t i = 0; i < sample->count; i++) {
        const struct tl_symbol *symbol = &sample->symbols[i];
        const struct tl_option_smile *smile = &sample->states[i].smile;
        double slope = tl_moments_mean(&smile->slope_root), n = smile->slope_root.n;
        if (symbol->rr >= .04)
            tl_names_add(&power, -tl_pairs_fit(&smile->decay).slope, .40, .50, smile->decay.n);
        if (is_fund(symbol))
            tl_names_add(&funds, slope, -.18, -.10, n);
        else if (is_large(symbol)) /* from the calls' regime of 2026 to November 2025 */
            tl_names_add(&stocks, slope, -.07, .01, n);
    }
    struct tl_score_row *row =
        tl_score_row(report, "O29", "skew over tenors", 'H', 5 * SNAPSHOTS_MIN);
    tl_names_put(row, "exponent a of slope ~ T^-a", &power);
    tl_names_put(row, "slope x sqrt T, index funds", &funds);
    tl_names_put(row, "slope x sqrt T, large stocks", &stocks);
}

static void row_zero_day(const struct tl_option_sample *sample, struct tl_score_report *report)
{
    struct tl_name_numbers open = {0}, wing = {0};
    for (uint32_t i = 0; i < sample->count; i++) {
        const struct tl_option_smile *smile = &sample->states[i].smile;
        tl_names_add(&open, tl_moments_mean(&smile->zero_open), .6, 1.1, smile->zero_open.n);
        tl_names_add(&wing, tl_moments_mean(&smile->wing[1]) / tl_moments_mean(&smile->wing[0]),
                     1.15, TL_INF, smile->wing[1].n);
    }
    struct tl_score_row *row = tl_score_row(report, "O41", "volatility of the last day", 'L', 1);
    tl_names_put(row, "ATM at the open over 30 d", &open);
    /* "explodes": a rise of 15 % of the wing over ATM is read as one. */
    tl_names_put(row, "wing over ATM, last hour over morning", &wing);
}

void tl_option_smile_rows(const struct tl_option_sample *sample, struct tl_score_report *report)
{
    row_term(sample, report);
    row_skew(sample, report);
    row_curvature(sample, report);
    row_decay(sample, report);
    row_zero_day(sample, report);
}

/* ---- curves ---- */

void tl_option_smile_curves(const struct tl_option_sample *sample, struct tl_score_curves *curves)
{
    struct tl_score_curve *smile =
        tl_score_curve(curves, "option_smile", "Smiles near 28 days, from quotes",
                       "log moneyness to the forward", "implied volatility");
    struct tl_score_curve *term =
        tl_score_curve(curves, "option_term", "Volatility at the money, from quotes",
                       "days to expiry", "implied volatility");
    tl_score_curve_axes(term, TL_AXIS_LOG, TL_AXIS_LINEAR);
    for (uint32_t i = 0; i < sample->count; i++) {
        const struct tl_option_smile *s = &sample->states[i].smile;
        const struct tl_symbol *symbol = &sample->symbols[i];
        if (!is_fund(symbol) && !tl_option_in_group(symbol, TL_GROUP_MEGA)) continue;
        if (s->points == 0) continue;
        struct tl_curve_line *line = tl_score_curve_line(smile, symbol->ticker, TL_STYLE_LINE);
        for (uint32_t p = 0; p < s->points; p++)
            tl_score_curve_point(line, s->smile_k[p], s->smile_iv[p]);
        line = tl_score_curve_line(term, symbol->ticker, TL_STYLE_LINE);
        for (uint32_t p = 0; p < s->term_points; p++)
            tl_score_curve_point(line, s->term_days[p], s->term_iv[p]);
    }
}
