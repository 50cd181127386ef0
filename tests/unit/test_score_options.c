/* SPDX-License-Identifier: Apache-2.0
 * The option rows' estimators on prints, quotes and chains with known answers. */
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/math.h"
#include "base/rng.h"
#include "lib/harness.h"
#include "lib/option_world.h"
#include "market/calendar.h"
#include "score/bins.h"
#include "score/option_event.h"
#include "score/option_state.h"
#include "score/option_tape.h"

static int32_t day_of(int32_t year, int32_t month, int32_t day)
{
    return tl_date_to_day((struct tl_date){year, month, day});
}

/* A Friday that is no third Friday. */
static struct tl_option_session friday(void)
{
    struct tl_option_session session;
    int64_t open = tl_newyork_epoch(day_of(2026, 11, 13), 34200);
    tl_option_session_init(&session, open, open + 23400);
    return session;
}

static struct tl_event print_at(const struct tl_option_session *session, int32_t dte, double strike,
                                char right, double price)
{
    struct tl_event event = {.ts = (session->start_s + 3600) * TL_NS_PER_S,
                             .stream = TL_STREAM_OPTION_PRINT};
    event.u.option = (struct tl_option_trade){
        .contract = {0, right, session->trade_day + dte, (int32_t)(strike * 1000)},
        .price = (tl_px)(price * 1e4 + 0.5),
        .size = 1,
        .condition = 'I',
        .nbbo_known = true,
        .bid = (tl_px)(price * 1e4 + 0.5) - 100,
        .ask = (tl_px)(price * 1e4 + 0.5) + 100,
        .spot_bid = 999900,
        .spot_ask = 1000100};
    return event;
}

static struct tl_score_row *row_of(struct tl_score_report *report, const char *id)
{
    for (uint32_t i = 0; i < report->count; i++)
        if (strcmp(report->rows[i].id, id) == 0) return &report->rows[i];
    return NULL;
}

static double number_of(struct tl_score_report *report, const char *id, const char *label)
{
    struct tl_score_row *row = row_of(report, id);
    for (uint32_t i = 0; row && i < row->count; i++)
        if (strcmp(row->numbers[i].label, label) == 0) return row->numbers[i].value;
    return TL_NAN;
}

TL_TEST("a weighted histogram has the quantiles of what went in, to a bin's width")
{
    static const struct tl_bins_axis line = {0, 10, 1000, false}, logs = {.001, 10, 800, true};
    double a[1000] = {0}, b[800] = {0};
    for (int i = 0; i < 1000; i++) {
        tl_bins_add(&line, a, 0.01 * i + 0.005, i < 500 ? 3 : 1);
        tl_bins_add(&logs, b, 0.01 * (i + 0.5), 1);
    }
    CHECK_NEAR(tl_bins_total(&line, a), 2000, 0);
    CHECK_NEAR(tl_bins_quantile(&line, a, 0.75), 5, 0.02); /* 1500 of 2000 lie below 5 */
    CHECK_NEAR(tl_bins_quantile(&line, a, 0.375), 2.5, 0.02);
    CHECK_NEAR(tl_bins_quantile(&logs, b, 0.5), 5, 0.08);
    tl_bins_add(&line, a, -3, 1);
    tl_bins_add(&line, a, 1e9, 1);
    CHECK(a[0] > 3.5 && a[999] > 1.5);
    memset(a, 0, sizeof a);
    CHECK(!tl_is_finite(tl_bins_quantile(&line, a, 0.5)));
}

TL_TEST("a print's delta, moneyness and days are those of its contract")
{
    struct tl_option_session session = friday();
    struct tl_option_look look;
    /* 365 calendar days at sigma .2, r = q = 0 would give a delta of N(.1) = .53983 at the money;
     * take the price of that option at 3.6 %: d1 = .18 + .1, N(.28) = .61026. */
    int32_t dte = 364;
    struct tl_event event = print_at(&session, dte, 100, 'C', 0);
    tl_ns close =
        tl_calendar_expiry_close_s(TL_CALENDAR_EXCHANGE, session.trade_day + dte) * TL_NS_PER_S;
    double years = tl_years_to(event.ts, close);
    double value = tl_bs_price_european('C', 100, 100, years, .036, 0, .2);
    event.u.option.bid = event.u.option.ask = (tl_px)(value * 1e4 + 0.5);
    tl_option_look_at(&look, &event, &session, NULL);
    double root = tl_sqrt(years);
    CHECK_NEAR(look.delta, tl_norm_cdf(.18 * root + .1 * root), 1e-4);
    CHECK_NEAR(look.k, 0, 1e-12);
    CHECK_INT(look.dte, dte);
    CHECK(!look.this_week);
    CHECK_INT(look.since_open_s, 3600);
    /* Quotes at intrinsic: all or nothing. */
    event = print_at(&session, 0, 80, 'C', 19.99);
    event.u.option.bid = event.u.option.ask = 199900;
    tl_option_look_at(&look, &event, &session, NULL);
    CHECK_NEAR(look.delta, 1, 0);
    CHECK(look.this_week);
}

TL_TEST("shares by expiry, right, moneyness and price are counted in contracts")
{
    struct tl_option_session session = friday();
    struct tl_score_options *acc = tl_score_options_create(1);
    struct tl_score_report *report = calloc(1, sizeof *report);
    struct tl_symbol symbol = {.ticker = "AAPL", .option_adv = 900e3};
    REQUIRE(acc && report);
    tl_score_options_session(acc, session.start_s, session.end_s);
    /* 6000 prints of one, two and three contracts in three kinds of options. */
    for (int i = 0; i < 6000; i++) {
        struct tl_event event = i % 3 == 0   ? print_at(&session, 0, 101, 'C', 0.20)
                                : i % 3 == 1 ? print_at(&session, 10, 96, 'P', 0.75)
                                             : print_at(&session, 40, 97, 'C', 4.50);
        event.ts += i * 1000000LL;
        event.u.option.size = 1 + i % 3;
        tl_score_options_event(acc, &event, NULL);
    }
    tl_score_options_rows(acc, &symbol, 1, report);
    CHECK_NEAR(number_of(report, "O1", "stocks on Friday"), 1.0 / 6, 1e-12);
    CHECK_NEAR(number_of(report, "O2", "to this week's Friday"), 1.0 / 6, 1e-12);
    CHECK_NEAR(number_of(report, "O2", "8-14 d"), 2.0 / 6, 1e-12);
    CHECK_NEAR(number_of(report, "O2", "31-60 d"), 3.0 / 6, 1e-12);
    double premium = .2 + 2 * .75 + 3 * 4.5;
    CHECK_NEAR(number_of(report, "O3", "31-90 d"), 3 * 4.5 / premium, 1e-12);
    CHECK_NEAR(number_of(report, "O3", "USD a contract"), 100 * premium / 6, 1e-9);
    CHECK_NEAR(number_of(report, "O4", "ten names"), 4.0 / 6, 1e-12);
    CHECK_NEAR(number_of(report, "O5", "out of the money"), 3.0 / 6, 1e-12);
    CHECK_NEAR(number_of(report, "O5", "|k| < 1 %"), 1.0 / 6, 1e-12);
    CHECK_NEAR(number_of(report, "O5", "|k| < 5 %"), 1, 1e-12);
    CHECK_NEAR(number_of(report, "O5", "0 d p75"), tl_log(1.01), 0.001);
    CHECK_NEAR(number_of(report, "O7", ".1-.25"), 1.0 / 6, 1e-12);
    CHECK_NEAR(number_of(report, "O7", ".5-1"), 2.0 / 6, 1e-12);
    CHECK_NEAR(number_of(report, "O8", "P(1 lot)"), 1.0 / 3, 1e-12);
    CHECK_NEAR(number_of(report, "O8", "mean (funds 4-6)"), 2, 1e-12);
    CHECK_NEAR(number_of(report, "O8", "median"), 2, 1e-12);
    CHECK_NEAR(number_of(report, "O22", "mean, mega caps"),
               (.02 / .2 + 2 * .02 / .75 + 3 * .02 / 4.5) / 6, 1e-9);
    /* Rows over whole chains have nothing to say of a tape without a market. */
    CHECK(row_of(report, "O21")->numbers[0].verdict == TL_SCORE_NA);
    CHECK(row_of(report, "O27")->numbers[0].verdict == TL_SCORE_NA);
    tl_score_options_destroy(acc);
    free(report);
}

TL_TEST("an atom of sizes is measured against neighbours that are none")
{
    double count[TL_OPTION_SIZES_MAX + 1] = {0};
    for (uint32_t i = 1; i < TL_OPTION_SIZES_MAX; i++)
        count[i] = 10;
    count[5] = 30;
    count[100] = 400;
    count[95] = count[105] = 999; /* no neighbours */
    CHECK_NEAR(tl_option_atom(count, 5), 3, 1e-12);
    CHECK_NEAR(tl_option_atom(count, 100), 40, 1e-12);
    CHECK_NEAR(tl_option_atom(count, 500), 1, 1e-12);
}

TL_TEST("a print's place is at a touch, at the mid, inside or outside")
{
    struct tl_option_session session = friday();
    struct tl_event event = print_at(&session, 7, 100, 'C', 1.02);
    struct tl_option_look look;
    event.u.option.bid = 10000;
    event.u.option.ask = 10400;
    static const struct {
        tl_px price;
        enum tl_option_place place;
    } cases[] = {{10000, TL_AT_BID}, {10100, TL_INSIDE},  {10200, TL_AT_MID},
                 {10400, TL_AT_ASK}, {10500, TL_OUTSIDE}, {9900, TL_OUTSIDE}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        event.u.option.price = cases[i].price;
        tl_option_look_at(&look, &event, &session, NULL);
        CHECK_INT(tl_option_place_of(&look), cases[i].place);
    }
}

TL_TEST("a sweep is the venues of one contract within fifty milliseconds")
{
    struct tl_option_session session = friday();
    struct tl_option_mechanisms *m = calloc(1, sizeof *m);
    REQUIRE(m);
    /* 20 orders a second apart: three venues each over 4 ms, one of another contract between. */
    for (int order = 0; order < 20; order++)
        for (int i = 0; i < 4; i++) {
            struct tl_event event = print_at(&session, 7, i == 1 ? 105 : 100, 'C', 1.02);
            struct tl_option_look look;
            event.ts += order * TL_NS_PER_S + i * 1333333;
            event.u.option.condition = 'S';
            event.u.option.multi_venue = true;
            event.u.option.venue = (uint8_t)(i + 3);
            tl_option_look_at(&look, &event, &session, NULL);
            tl_option_mechanisms_print(m, &look);
        }
    tl_option_mechanisms_close(m);
    CHECK_NEAR(m->sweeps, 20, 0);
    CHECK_NEAR(m->sweep_venues[3], 20, 0);
    CHECK_NEAR(m->sweep_span[3], 20, 0); /* 3 x 1.33 ms less a nanosecond */
    CHECK_NEAR(m->condition_prints['S'], 80, 0);
    free(m);
}

TL_TEST("concentration, turnover and roundness of a listed chain are what was put in")
{
    struct tl_option_concentration *c = calloc(1, sizeof *c);
    struct tl_chain *chain = calloc(1, sizeof *chain);
    struct tl_option_session session = friday();
    REQUIRE(c && chain);
    /* One expiry, strikes 80 to 120 by 2.5; OI 100 on tens, 50 on fives, 10 between. */
    chain->open_px = 100;
    chain->expiry_count = 1;
    chain->expiries[0] =
        (struct tl_expiry){.day = session.trade_day + 7, .first = 0, .strike_count = 17};
    for (uint32_t i = 0; i < 17; i++) {
        chain->strike_milli[i] = 80000 + 2500 * (int32_t)i;
        chain->oi[0][i] = chain->oi[1][i] = i % 4 == 0 ? 100 : i % 2 == 0 ? 50 : 10;
    }
    tl_option_concentration_list(c, chain);
    CHECK_INT(c->listed, 34);
    /* Every call trades 20 contracts: 17 x 20 of volume, all over their OI where it is 10. */
    for (uint32_t i = 0; i < 17; i++)
        for (int n = 0; n < 20; n++) {
            struct tl_event event = print_at(&session, 7, 80 + 2.5 * i, 'C', 1);
            struct tl_option_look look;
            tl_option_look_at(&look, &event, &session, NULL);
            tl_option_concentration_print(c, &look);
        }
    tl_option_concentration_close(c);
    double oi = 2 * (5 * 100 + 4 * 50 + 8 * 10);
    CHECK_NEAR(c->sums.turnover, 340 / oi, 1e-12);
    CHECK_NEAR(c->sums.over_oi, 8.0 / 17, 1e-12);
    CHECK_NEAR(c->sums.call_oi, 0.5, 1e-12);
    /* Within 15 %: 87.5 to 115, twelve strikes; tens 90 100 110, fives 95 105 115, six others. */
    double all = 2 * (3 * 100 + 3 * 50 + 6 * 10) / 12.0;
    CHECK_NEAR(c->sums.oi_round[0], 200 / all, 1e-12);
    CHECK_NEAR(c->sums.oi_round[2], 20 / all, 1e-12);
    CHECK_NEAR(c->sums.volume_round[1], 1, 1e-12);
    CHECK_NEAR(c->sums.sessions, 0, 0); /* 17 contracts are too few for a distribution */
    CHECK_INT(c->used, 0);
    free(c);
    free(chain);
}

TL_TEST("the largest contracts of several names are one tail, by their own exponent")
{
    /* 200 000 volumes of a Pareto law of exponent 1.1 above 20, the i-th quantile each, divided
     * between two names by turns. p99: 20 x 100^(1/1.1) = 1316. */
    struct tl_option_concentration *names = calloc(2, sizeof *names);
    double *bins = calloc(TL_VOLUME_BINS, sizeof *bins);
    REQUIRE(names && bins);
    for (int i = 0; i < 200000; i++) {
        struct tl_option_concentration *c = &names[i & 1];
        uint32_t at = (uint32_t)(i / 2 % 10000);
        c->key[at] = at + 1;
        c->volume[at] = (uint32_t)(20 * tl_pow((i + 0.5) / 200000, -1 / 1.1) + 0.5);
        c->used++;
        if (i / 2 % 10000 == 9999) tl_option_concentration_close(c);
    }
    for (int b = 0; b < TL_VOLUME_BINS; b++)
        bins[b] = names[0].sums.contracts[b] + names[1].sums.contracts[b];
    CHECK_NEAR(names[0].sums.sessions, 10, 0);
    CHECK_NEAR(tl_option_volume_p99(bins) / 1316, 1, 0.01);
    /* 2000 above it; the last quantile in place of the tail's mean takes 1 in 2000 of it. */
    CHECK_NEAR(tl_option_volume_hill(bins), 1.1, 0.01);
    free(names);
    free(bins);
}

TL_TEST("prints of a Poisson process have a CV of one and no clusters")
{
    struct tl_option_session session = friday();
    struct tl_option_clock *clock = calloc(1, sizeof *clock);
    struct tl_rng rng = tl_rng_at(7, TL_RNG_DAY, 0, 0);
    REQUIRE(clock);
    double t = 0;
    while ((t += 0.5 * tl_rng_exponential(&rng)) < 23400) {
        struct tl_event event = print_at(&session, 7, 100, 'C', 1);
        struct tl_option_look look;
        event.ts = session.start_s * TL_NS_PER_S + (tl_ns)(t * 1e9);
        tl_option_look_at(&look, &event, &session, NULL);
        tl_option_clock_print(clock, &look);
    }
    tl_option_clock_close(clock);
    /* About 46800 prints: sd of the CV .005; 13 blocks of 30 counts: sd of the mean F .07. */
    double cv = tl_sqrt(tl_moments_variance(&clock->gap)) / tl_moments_mean(&clock->gap);
    CHECK_NEAR(cv, 1, 0.025);
    CHECK_NEAR(tl_moments_mean(&clock->fano), 1, 0.25);
    CHECK_NEAR(clock->volume[4] / clock->prints, 1.0 / 13, 0.006);
    free(clock);
}

/* ---- chains ---- */

/* Quotes of one expiry from a smile sigma(k) = level + slope k + curve k^2, `half` USD either way. */
static void make_slice(struct tl_option_slice *slice, int32_t dte, const double smile[3],
                       double half)
{
    memset(slice, 0, sizeof *slice);
    slice->dte = dte;
    slice->years = dte / 365.0;
    slice->rate = .03;
    slice->yield = .01;
    slice->spot_bid = 99.99;
    slice->spot_ask = 100.01;
    slice->count = 81;
    double forward = 100 * tl_exp(.02 * slice->years);
    for (uint32_t i = 0; i < slice->count; i++) {
        double strike = 80 + 0.5 * i, k = tl_log(strike / forward);
        double iv = smile[0] + smile[1] * k + smile[2] * k * k;
        slice->strike[i] = strike;
        for (int put = 0; put < 2; put++) {
            double value = tl_bs_price(put ? 'P' : 'C', 100, strike, slice->years, .03, .01, iv);
            slice->bid[put][i] = value > half ? value - half : 0;
            slice->ask[put][i] = value + half;
        }
    }
}

TL_TEST("a slice gives back the forward, the volatilities and the smile it was priced with")
{
    static struct tl_option_slice slice;
    struct tl_smile_fit fit;
    make_slice(&slice, 30, (const double[]){.25, -.3, 1.1}, 1e-4);
    REQUIRE(tl_option_slice_solve(&slice));
    CHECK_NEAR(slice.forward, 100 * tl_exp(.02 * 30 / 365), 1e-6);
    CHECK_NEAR(slice.atm, .25, 2e-4);
    CHECK_NEAR(tl_option_slice_iv_at_k(&slice, -.05), .25 + .015 + 1.1 * .0025, 2e-4);
    REQUIRE(tl_option_slice_fit(&slice, 1.2, &fit));
    CHECK_NEAR(fit.slope, -.3, 1e-3);
    CHECK_NEAR(fit.curve, 1.1, 0.02);
    /* Where N(d1) is .75, the volatility at that strike. */
    double iv = tl_option_slice_iv_at_delta(&slice, .75), sd = iv * tl_sqrt(slice.years);
    double k = sd * (0.5 * sd - 0.6744897501960817);
    CHECK_NEAR(iv, .25 - .3 * k + 1.1 * k * k, 2e-4);
}

TL_TEST("term ratios, risk reversal and skew decay come out of a surface as they went in")
{
    static const int32_t days[] = {7, 14, 28, 60, 119, 250, 400};
    static struct tl_option_slice slice;
    struct tl_option_smile *smile = calloc(1, sizeof *smile);
    REQUIRE(smile);
    for (int snap = 0; snap < 3; snap++) {
        for (int d = 0; d < 7; d++) {
            /* Flat .2, slope -.06 / sqrt T (as T^-.5). */
            make_slice(&slice, days[d], (const double[]){.2, -.06 / tl_sqrt(days[d] / 365.0), 0},
                       1e-4);
            if (tl_option_slice_solve(&slice)) tl_option_smile_slice(smile, &slice, 7200);
        }
        tl_option_smile_end(smile, 7200);
    }
    CHECK_NEAR(tl_moments_mean(&smile->term[TL_TERM_60_28]), 1, 1e-3);
    CHECK_NEAR(tl_moments_mean(&smile->term[TL_TERM_9_30]), 1, 1e-3);
    CHECK_NEAR(tl_moments_mean(&smile->slope_root), -.06, 1e-3);
    CHECK_NEAR(-tl_pairs_fit(&smile->decay).slope, .5, 0.02);
    /* k of the 25-delta strikes is about +- .6745 s, so rr = 2 x .06 x .6745 and nearly no curve. */
    CHECK_NEAR(tl_moments_mean(&smile->rr), 2 * .06 * .6745, 0.004);
    CHECK_NEAR(tl_moments_mean(&smile->curvature), 0, 0.004);
    free(smile);
}

TL_TEST("a clean sheet holds no arbitrage, and each kind that is planted is found alone")
{
    static struct tl_option_slice slice, far;
    struct tl_arbitrage_counts counts = {0};
    make_slice(&slice, 30, (const double[]){.25, -.3, 1.1}, .02);
    make_slice(&far, 60, (const double[]){.25, -.2, .6}, .02);
    tl_option_arbitrage_slice(&slice, &counts);
    tl_option_arbitrage_calendar(&slice, &far, &counts);
    CHECK_INT(tl_arbitrage_total(&counts), 0);
    CHECK(counts.checked > 200);
    /* The at-the-money call bid 1.5 too high: a conversion; and its neighbours. */
    slice.bid[0][40] += 1.5;
    slice.ask[0][40] += 1.5;
    tl_option_arbitrage_slice(&slice, &counts);
    CHECK_INT(counts.parity, 1);
    CHECK_INT(counts.butterfly, 1);
    CHECK(counts.vertical >= 1 && counts.intrinsic == 0);
    slice.bid[0][40] -= 1.5;
    slice.ask[0][40] -= 1.5;
    memset(&counts, 0, sizeof counts);
    slice.ask[1][70] = slice.strike[70] - slice.spot_ask - .05; /* a put below intrinsic */
    slice.bid[1][70] = slice.ask[1][70] - .04;
    tl_option_arbitrage_slice(&slice, &counts);
    CHECK_INT(counts.intrinsic, 1);
    memset(&counts, 0, sizeof counts);
    far.ask[0][40] = slice.bid[0][40] - .01;
    tl_option_arbitrage_calendar(&slice, &far, &counts);
    CHECK_INT(counts.calendar, 1);
    slice.european = true;
    memset(&counts, 0, sizeof counts);
    tl_option_arbitrage_calendar(&slice, &far, &counts);
    CHECK_INT(tl_arbitrage_total(&counts), 0);
}

TL_TEST("parity residuals and concave triples are measured in spreads")
{
    static struct tl_option_slice slice;
    struct tl_option_consistency *c = calloc(1, sizeof *c);
    REQUIRE(c);
    make_slice(&slice, 30, (const double[]){.25, 0, 0}, .05);
    REQUIRE(tl_option_slice_solve(&slice));
    tl_option_consistency_slice(c, &slice);
    CHECK_NEAR(c->concave, 0, 0);
    CHECK(c->triples > 50);
    double exact = c->parity[0] / c->parity_count;
    CHECK_NEAR(exact, 1, 1e-12);
    /* Every other call mid .03 up: residuals of .015 over .1; triples about them concave, within
     * the half-spread of .05. */
    memset(c, 0, sizeof *c);
    for (uint32_t i = 0; i < slice.count; i += 2) {
        slice.bid[0][i] += .03;
        slice.ask[0][i] += .03;
    }
    tl_option_consistency_slice(c, &slice);
    static const struct tl_bins_axis axis = {0, 4, TL_PARITY_BINS, false};
    CHECK_NEAR(tl_bins_quantile(&axis, c->parity, .5), .15, .01);
    CHECK(c->concave > 0 && c->beyond == 0);
    CHECK_NEAR(c->pairs, 0, 0);
    free(c);
}

TL_TEST("spreads are sorted by delta and tenor")
{
    static struct tl_option_slice slice;
    struct tl_option_spread *spread = calloc(1, sizeof *spread);
    REQUIRE(spread);
    make_slice(&slice, 5, (const double[]){.25, 0, 0}, .02);
    REQUIRE(tl_option_slice_solve(&slice));
    tl_option_spread_slice(spread, &slice);
    static const struct tl_bins_axis usd = {.005, 20, TL_SPREAD_USD_BINS, true};
    CHECK_NEAR(tl_bins_quantile(&usd, spread->usd[1], .5), .04, .0015);
    CHECK_NEAR(tl_bins_total(&usd, spread->usd[0]), 0, 0);
    /* At the money the option costs .4 sd = 1.17 USD: about 3.4 % of it. */
    static const struct tl_bins_axis relative = {.0005, 4, TL_SPREAD_REL_BINS, true};
    CHECK_NEAR(tl_bins_quantile(&relative, spread->relative[0][1], .5), .0342, .004);
    struct tl_option_nbbo nbbo = {.bid = 10300, .ask = 40500};
    tl_option_spread_nbbo(spread, &nbbo);
    CHECK(spread->quotes[0] == 1 && spread->on_grid[0][0] == 1 && spread->on_grid[0][1] == 0);
    CHECK(spread->quotes[1] == 1 && spread->on_grid[1][1] == 1 && spread->on_grid[1][2] == 0);
    free(spread);
}

TL_TEST("spreads by name are one number over all names and tenors that were measured")
{
    /* GOOGL: four tenors measured, a width of .10 everywhere: .05 .10 .10 .15, so three within 1.5;
     * an unmeasured name does not count. */
    struct tl_symbol symbols[2] = {{.ticker = "GOOGL"}, {.ticker = "KO"}};
    struct tl_option_state *states = calloc(2, sizeof *states);
    struct tl_score_report *report = calloc(1, sizeof *report);
    REQUIRE(states && report);
    struct tl_option_slice slice = {.count = 1, .strike = {100}, .delta = {.5}};
    slice.bid[0][0] = slice.bid[1][0] = 2.00;
    slice.ask[0][0] = slice.ask[1][0] = 2.10;
    static const int32_t days[TL_SPREAD_TENORS] = {2, 5, 20, 60, 200};
    for (int copy = 0; copy < 40; copy++)
        for (int t = 0; t < TL_SPREAD_TENORS; t++)
            for (int name = 0; name < 2; name++) {
                slice.dte = days[t];
                tl_option_spread_slice(&states[name].spread, &slice);
            }
    struct tl_option_sample sample = {symbols, states, 2};
    tl_option_spread_rows(&sample, report);
    const struct tl_score_row *row = row_of(report, "O21");
    const struct tl_score_number *last = &row->numbers[row->count - 1];
    CHECK_INT(last->names, 4);
    CHECK_INT(last->inside, 3);
    free(states);
    free(report);
}

TL_TEST("a relative spread is a mean over mega caps, and over all contracts of the ten names")
{
    struct tl_symbol symbols[3] = {{.ticker = "AAPL"}, {.ticker = "META"}, {.ticker = "JPM"}};
    struct tl_option_state *states = calloc(3, sizeof *states);
    struct tl_score_report *report = calloc(1, sizeof *report);
    REQUIRE(states && report);
    static const double volume[3] = {70000, 20000, 10000}, relative[3] = {.02, .04, .12};
    for (int i = 0; i < 3; i++) {
        struct tl_option_spread *spread = &states[i].spread;
        spread->print_count = 5000;
        spread->volume = volume[i];
        spread->rel_sum = volume[i] * relative[i];
        spread->effective = spread->quoted = 1;
    }
    struct tl_option_sample sample = {symbols, states, 3};
    tl_option_spread_rows(&sample, report);
    CHECK_NEAR(number_of(report, "O22", "mean, mega caps"), .03, 1e-12);
    CHECK_NEAR(number_of(report, "O22", "mean, ten names"), .7 * .02 + .2 * .04 + .1 * .12, 1e-12);
    free(states);
    free(report);
}

TL_TEST("mids that follow delta have an R2 near one, and picks change every half hour")
{
    static struct option_world world;
    static struct tl_option_frame frame;
    struct tl_option_consistency *c = calloc(1, sizeof *c);
    REQUIRE(c);
    option_world_init(&world, "SPY", 5, day_of(2026, 11, 19));
    int64_t open = world.session.session_start_s;
    for (int minute = 0; minute < 120; minute++) {
        option_world_second(&world, open + 600 + minute * 60);
        /* The world's implied level wanders; here it shall not. */
        world.latent.atm_iv_log = world.latent.skew_shift = world.latent.iv_pressure = 0;
        tl_option_frame_init(&frame, &world.second);
        tl_option_consistency_minute(c, &frame, minute * 60);
    }
    CHECK(c->atm.n > 900);
    double correlation = tl_pairs_correlation(&c->atm);
    CHECK(correlation * correlation > 0.95);
    CHECK_NEAR(tl_pairs_fit(&c->atm).slope, 1, 0.1);
    free(c);
}

TL_TEST("an event's deviation is what the first expiry held beyond its volatility afterwards")
{
    /* .04^2 of the event on top of .3 over four days. */
    double years = 4 / 365.0, before = tl_sqrt(.09 + .0016 / years);
    CHECK_NEAR(tl_option_event_sd(before, years, .3), .04, 1e-12);
    CHECK_NEAR(tl_option_event_sd(.3, years, .4), 0, 0);
    struct tl_option_events *events = calloc(1, sizeof *events);
    struct tl_score_report *report = calloc(1, sizeof *report);
    struct tl_symbol symbol = {.ticker = "AAPL", .iv28 = .25};
    REQUIRE(events && report);
    events->sessions = 250;
    for (int i = 0; i < 40; i++)
        events->reports[events->count++] =
            (struct tl_option_report){0, i % 2 ? 2 : 9, .8, i % 2 ? .48 : .7, .04, .05, .03};
    tl_option_events_rows(events, &symbol, 1, report);
    CHECK_NEAR(number_of(report, "O34", "event sd, names below IV .28"), .04, 1e-12);
    CHECK_NEAR(number_of(report, "O34", "fall of front ATM, 1-3 d"), .4, 1e-12);
    CHECK_NEAR(number_of(report, "O34", "mean |realised| over implied"),
               .03 / (.05 * .7978845608028654), 1e-9);
    CHECK(row_of(report, "O39")->count == 0 && row_of(report, "O39")->note);
    free(events);
    free(report);
}

/* n prints of one condition, size and place between a bid of 1.00 and an ask of 1.10. */
static void feed(struct tl_score_options *acc, const struct tl_option_session *session, int n,
                 char condition, tl_lots size, tl_px price)
{
    for (int i = 0; i < n; i++) {
        struct tl_event event = print_at(session, 7, 100, 'C', 1.05);
        event.u.option.condition = condition;
        event.u.option.size = size;
        event.u.option.price = price;
        event.u.option.bid = 10000;
        event.u.option.ask = 11000;
        event.u.option.venue = (uint8_t)(i % 4);
        tl_score_options_event(acc, &event, NULL);
    }
}

TL_TEST("mechanisms, retail, venues, places and effective spreads of a known mixture")
{
    struct tl_option_session session = friday();
    struct tl_score_options *acc = tl_score_options_create(1);
    struct tl_score_report *report = calloc(1, sizeof *report);
    struct tl_symbol symbol = {.ticker = "SPY", .is_etf = true, .adv_shares = 75e6};
    REQUIRE(acc && report);
    tl_score_options_session(acc, session.start_s, session.end_s);
    feed(acc, &session, 40000, 'I', 1, 11000); /* 40000 contracts at the ask, retail */
    feed(acc, &session, 400, 'I', 50, 10000);  /* 20000 at the bid, too large */
    feed(acc, &session, 10000, 'a', 2, 10500); /* 20000 at the mid, retail */
    feed(acc, &session, 8000, 'f', 2, 10700);  /* 16000 inside */
    feed(acc, &session, 80, 'i', 50, 11500);   /* 4000 outside, floor and multi-leg */
    tl_score_options_rows(acc, &symbol, 1, report);
    double prints = 40000 + 400 + 10000 + 8000 + 80, contracts = 100000;
    CHECK_NEAR(number_of(report, "O10", "electronic"), 60000 / contracts, 1e-12);
    CHECK_NEAR(number_of(report, "O10", "single-leg auction"), 20000 / contracts, 1e-12);
    CHECK_NEAR(number_of(report, "O10", "multi-leg"), 20000 / contracts, 1e-12);
    CHECK_NEAR(number_of(report, "O10", "floor"), 4000 / contracts, 1e-12);
    CHECK_NEAR(number_of(report, "O11", "auction, or to 10 lots"), 60000 / contracts, 1e-12);
    CHECK_NEAR(number_of(report, "O13", "count"), 4, 0);
    CHECK_NEAR(number_of(report, "O13", "largest"), .25, 1e-12);
    CHECK_NEAR(number_of(report, "O25", "at the ask"), 40000 / prints, 1e-12);
    CHECK_NEAR(number_of(report, "O25", "at the bid"), 400 / prints, 1e-12);
    CHECK_NEAR(number_of(report, "O25", "at the mid"), 10000 / prints, 1e-12);
    CHECK_NEAR(number_of(report, "O25", "inside"), 8000 / prints, 1e-12);
    CHECK_NEAR(number_of(report, "O25", "auctions inside or mid"), 1, 1e-12);
    CHECK_NEAR(number_of(report, "O25", "ask's share of premium"),
               (40000 * 1.1 + 4000 * 1.15) / (40000 * 1.1 + 4000 * 1.15 + 20000), 1e-9);
    /* 2 |p - m| / .10: 1 at a touch, 0 at the mid, .4 inside, 2 outside. */
    CHECK_NEAR(number_of(report, "O24", "by volume"),
               (60000 * 1 + 16000 * .4 + 4000 * 2) / contracts, 1e-9);
    CHECK_NEAR(number_of(report, "O20", "electronic prints"), 1, 0);
    tl_score_options_destroy(acc);
    free(report);
}
