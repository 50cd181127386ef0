/* SPDX-License-Identifier: Apache-2.0
 * The rows on returns and on days, on series made so that the answer is known, and the skeleton
 * against the engine that opens from it. */
#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "base/rng.h"
#include "base/text.h"
#include "lib/harness.h"
#include "market/calendar.h"
#include "score/days_rows.h"
#include "score/estimate.h"
#include "score/returns_curves.h"
#include "score/returns_rows.h"
#include "score/returns_tape.h"
#include "tape/market_view.h"

enum { SPY, NVDA, KO, NAMES };

static const struct tl_symbol symbols[NAMES] = {
    {.ticker = "SPY", .is_etf = true, .price = 700, .adv_shares = 7e7, .iv28 = 0.15},
    {.ticker = "NVDA", .price = 200, .adv_shares = 2e8, .iv28 = 0.4, .spread_usd = 0.01},
    {.ticker = "KO", .price = 90, .adv_shares = 1e7, .iv28 = 0.2}};

static const struct tl_score_number *number_of(const struct tl_score_report *report, const char *id,
                                               const char *label)
{
    static const struct tl_score_number none = {.value = -1e9};
    for (uint32_t i = 0; i < report->count; i++)
        for (uint32_t k = 0; k < report->rows[i].count; k++)
            if (strcmp(report->rows[i].id, id) == 0 &&
                strcmp(report->rows[i].numbers[k].label, label) == 0)
                return &report->rows[i].numbers[k];
    CHECK_STR("no such number", label);
    return &none;
}

static double value_of(const struct tl_score_report *report, const char *id, const char *label)
{
    return number_of(report, id, label)->value;
}

TL_TEST("second mids keep the tick before, and the first price stands for what came earlier")
{
    struct tl_second_mids mids;
    REQUIRE(tl_second_mids_init(&mids, 2));
    CHECK(tl_second_mids_prices(&mids, 1) == NULL);
    tl_second_mids_price(&mids, 1, 5, 1.5);
    tl_second_mids_price(&mids, 1, 5, 1.6); /* within the same second: the last one */
    tl_second_mids_price(&mids, 1, 4, 9.0); /* too late to matter */
    tl_second_mids_price(&mids, 1, 9, 2.0);
    tl_second_mids_price(&mids, 1, TL_SECOND_MIDS_S + 1, 7.0);
    const double *px = tl_second_mids_prices(&mids, 1);
    REQUIRE(px);
    CHECK_NEAR(px[0], 1.5, 0);
    CHECK_NEAR(px[5], 1.6, 0);
    CHECK_NEAR(px[8], 1.6, 0);
    CHECK_NEAR(px[9], 2.0, 0);
    CHECK_NEAR(px[TL_SECOND_MIDS_S], 2.0, 0);
    tl_second_mids_reset(&mids);
    CHECK(tl_second_mids_prices(&mids, 1) == NULL);
    tl_second_mids_deinit(&mids);
}

/* Twenty sessions of Gaussian seconds: SPY alone; NVDA is SPY plus as much of its own; KO moves in a
 * minute what SPY moved in the minute before. Volume: ten shares a second. */
static void gaussian_world(struct tl_score_returns *returns, uint32_t sessions)
{
    struct tl_second_mids mids;
    if (!tl_second_mids_init(&mids, NAMES)) abort();
    for (uint32_t s = 0; s < sessions; s++) {
        struct tl_rng rng = tl_rng_at(7, TL_RNG_DAY, s, 0);
        double spy = 6, own = 0;
        double minute_end[TL_RETURN_MINUTES + 1] = {6};
        tl_second_mids_reset(&mids);
        for (int64_t place = 0; place <= TL_SECOND_MIDS_S; place++) {
            if (place > 0) {
                spy += 1e-4 * tl_rng_normal(&rng);
                own += 1e-4 * tl_rng_normal(&rng);
            }
            if (place % 60 == 0) minute_end[place / 60] = spy;
            tl_second_mids_price(&mids, SPY, place, spy);
            tl_second_mids_price(&mids, NVDA, place, spy + own);
            tl_second_mids_price(&mids, KO, place, minute_end[place >= 60 ? place / 60 - 1 : 0]);
            for (uint32_t i = 0; i < NAMES; i++)
                tl_second_mids_volume(&mids, i, place, 10);
        }
        tl_score_returns_session(returns, s, &mids);
    }
    tl_second_mids_deinit(&mids);
}

TL_TEST("rows of a Gaussian world say what it is: no tails, no memory, flat days")
{
    static struct tl_score_report report;
    struct tl_score_returns returns;
    memset(&report, 0, sizeof report);
    REQUIRE(tl_score_returns_init(&returns, symbols, NAMES, 20));
    gaussian_world(&returns, 20);
    tl_score_returns_shape(&returns);
    tl_score_returns_rows(&returns, &report);
    tl_score_finish(&report);
    /* Standard errors on 7800 values: kurtosis .055, skew .028, correlations .011; five of them. */
    CHECK_NEAR(value_of(&report, "E1", "pooled"), 0, 0.28);
    CHECK_NEAR(value_of(&report, "E1", "standardised"), 0, 0.28);
    CHECK_NEAR(value_of(&report, "E7", "abs skew 1 min"), 0, 0.14);
    CHECK_NEAR(value_of(&report, "E4", "1 s mid"), 0, 0.01);
    CHECK_NEAR(value_of(&report, "E5", "lag 1"), 0, 0.06);
    CHECK_NEAR(value_of(&report, "E6", "intraday"), 0, 0.06);
    CHECK_NEAR(value_of(&report, "E8", "mega open"), 1, 0.12);
    CHECK_NEAR(value_of(&report, "E9", "mega midday %"), 100.0 / 13, 1e-9);
    CHECK_NEAR(value_of(&report, "E11", "mid 1 s"), 1, 0.06);
    CHECK_INT(number_of(&report, "E1", "pooled")->verdict, TL_SCORE_OUT);
    CHECK_INT(report.rows[0].verdict, TL_SCORE_OUT);
    tl_score_returns_deinit(&returns);
}

TL_TEST("correlations of a made pair come out at every scale, and a lead on the right side")
{
    static struct tl_score_report report;
    struct tl_score_returns returns;
    memset(&report, 0, sizeof report);
    REQUIRE(tl_score_returns_init(&returns, symbols, NAMES, 20));
    gaussian_world(&returns, 20);
    tl_score_returns_shape(&returns);
    tl_score_returns_rows(&returns, &report);
    double root = 1 / tl_sqrt(2);
    /* Standard error (1 - rho^2) / sqrt n = .0057 on 7800 minutes, .031 on 260 half hours. */
    CHECK_NEAR(value_of(&report, "E14", "NVDA 1 min"), root, 0.03);
    CHECK_NEAR(value_of(&report, "E14", "NVDA 30 min"), root, 0.16);
    CHECK_NEAR(tl_returns_index_correlation(&returns, NVDA, TL_EPPS_1S), root, 0.004);
    CHECK_NEAR(value_of(&report, "E15", "1 s"), 1, 0.25);
    CHECK_INT(number_of(&report, "E16", "peak lag, ms")->verdict, TL_SCORE_NA);
    CHECK_INT(number_of(&report, "E14", "TSLA 1 min")->verdict, TL_SCORE_NA);
    /* The median of NVDA's lead (none) and KO's (whole) is between: half. */
    CHECK_NEAR(value_of(&report, "E16", "index leads, 1 min"), 0.5, 0.03);
    CHECK_NEAR(value_of(&report, "E16", "name leads, 1 min"), 0, 0.04);
    tl_score_returns_deinit(&returns);
}

TL_TEST("squares at half an hour are the mean over the thirty grids of whole minutes")
{
    struct tl_second_mids mids;
    struct tl_score_returns returns;
    REQUIRE(tl_second_mids_init(&mids, NAMES));
    REQUIRE(tl_score_returns_init(&returns, symbols, NAMES, 1));
    /* A move up and back a quarter of an hour later: half of the grids part the two and see 2, the
     * others see nothing; on five-minute grids all part them, as do those of a minute. */
    tl_second_mids_price(&mids, SPY, 0, 1);
    tl_second_mids_price(&mids, SPY, 600, 2);
    tl_second_mids_price(&mids, SPY, 1500, 1);
    /* A move in the first minute and one in the last: whole in every grid, at its ragged ends. */
    tl_second_mids_price(&mids, NVDA, 0, 1);
    tl_second_mids_price(&mids, NVDA, 30, 2);
    tl_second_mids_price(&mids, NVDA, TL_SECOND_MIDS_S - 30, 4);
    tl_score_returns_session(&returns, 0, &mids);
    const struct tl_name_session *spy = tl_name_session_at(&returns, 0, SPY);
    const struct tl_name_session *nvda = tl_name_session_at(&returns, 0, NVDA);
    CHECK_NEAR(spy->own_square[TL_EPPS_30MIN], 1, 1e-12);
    CHECK_NEAR(spy->own_square[TL_EPPS_5MIN], 2, 1e-12);
    CHECK_NEAR(spy->own_square[TL_EPPS_1MIN], 2, 1e-12);
    CHECK_NEAR(nvda->own_square[TL_EPPS_30MIN], 5, 1e-12);
    tl_score_returns_deinit(&returns);
    tl_second_mids_deinit(&mids);
}

TL_TEST("rows on fewer sessions than they need say n/a")
{
    static struct tl_score_report report;
    struct tl_score_returns returns;
    memset(&report, 0, sizeof report);
    REQUIRE(tl_score_returns_init(&returns, symbols, NAMES, 6));
    gaussian_world(&returns, 6);
    tl_score_returns_shape(&returns);
    tl_score_returns_rows(&returns, &report);
    tl_score_finish(&report);
    CHECK_INT(number_of(&report, "E1", "pooled")->verdict, TL_SCORE_NA);
    CHECK(number_of(&report, "E4", "1 min")->verdict == TL_SCORE_IN);
    tl_score_returns_deinit(&returns);
}

TL_TEST("volume that follows the size of returns is seen by its ranks, and bounce by last trades")
{
    static struct tl_score_report report;
    struct tl_score_returns mids, trades;
    memset(&report, 0, sizeof report);
    REQUIRE(tl_score_returns_init(&mids, symbols, NAMES, 4));
    REQUIRE(tl_score_returns_init(&trades, symbols, NAMES, 4));
    gaussian_world(&mids, 4);
    gaussian_world(&trades, 4);
    tl_score_returns_shape(&mids);
    for (uint32_t s = 0; s < 4; s++) {
        for (uint32_t i = 0; i < NAMES; i++) {
            struct tl_name_session *slot = tl_name_session_at(&mids, s, i);
            for (size_t m = 0; m < TL_RETURN_MINUTES; m++)
                slot->volume[m] =
                    mids.rate_shape[i * TL_RETURN_MINUTES + m] *
                    (1 + 1e6 * tl_abs(slot->r[m]) / mids.vol_shape[i * TL_RETURN_MINUTES + m]);
        }
        tl_name_session_at(&trades, s, NVDA)->rv[TL_RV_1S] *= 1.5;
    }
    tl_score_volume_rows(&(struct tl_volume_sessions){&mids, &trades, &mids}, &report);
    tl_score_trade_rows(&trades, &mids, &mids, &report);
    CHECK_NEAR(value_of(&report, "E10", "Spearman"), 1, 0.001);
    CHECK_NEAR(value_of(&report, "E11", "last trade 1 s, fine spread"), 1.5, 0.15);
    tl_score_returns_deinit(&mids);
    tl_score_returns_deinit(&trades);
}

TL_TEST("last trades are held against mids of their own sessions, and mids against all sessions")
{
    static struct tl_score_report report;
    struct tl_score_returns latent, mids, trades;
    memset(&report, 0, sizeof report);
    REQUIRE(tl_score_returns_init(&latent, symbols, NAMES, 20));
    REQUIRE(tl_score_returns_init(&mids, symbols, NAMES, 2));
    REQUIRE(tl_score_returns_init(&trades, symbols, NAMES, 2));
    gaussian_world(&latent, 20);
    gaussian_world(&mids, 2);
    gaussian_world(&trades, 2);
    for (uint32_t i = 0; i < NAMES; i++) {
        for (uint32_t s = 0; s < 20; s++)
            tl_name_session_at(&latent, s, i)->rv[TL_RV_1S] =
                1.2 * tl_name_session_at(&latent, s, i)->rv[TL_RV_5MIN];
        for (uint32_t s = 0; s < 2; s++) {
            struct tl_name_session *mid = tl_name_session_at(&mids, s, i);
            mid->rv[TL_RV_5MIN] *= 3; /* luck of two sessions: it must not matter */
            tl_name_session_at(&trades, s, i)->rv[TL_RV_1S] = 1.25 * mid->rv[TL_RV_1S];
        }
    }
    tl_score_trade_rows(&trades, &mids, &latent, &report);
    CHECK_NEAR(value_of(&report, "E11", "last trade 1 s, fine spread"), 1.5, 1e-9);
    tl_score_returns_deinit(&latent);
    tl_score_returns_deinit(&mids);
    tl_score_returns_deinit(&trades);
}

TL_TEST("the memory of volume is that of the latent days, diluted by the noise of prints")
{
    static struct tl_score_report report;
    struct tl_score_returns latent, tape, expected;
    memset(&report, 0, sizeof report);
    REQUIRE(tl_score_returns_init(&latent, symbols, NAMES, 20));
    REQUIRE(tl_score_returns_init(&tape, symbols, NAMES, 2));
    REQUIRE(tl_score_returns_init(&expected, symbols, NAMES, 2));
    gaussian_world(&latent, 20);
    gaussian_world(&tape, 2);
    gaussian_world(&expected, 2);
    /* Days at exp(+-.5); what was printed is exp(+-.5) times what was expected, hour by hour. */
    for (uint32_t i = 0; i < NAMES; i++) {
        for (uint32_t s = 0; s < 20; s++)
            for (size_t m = 0; m < TL_RETURN_MINUTES; m++)
                tl_name_session_at(&latent, s, i)->volume[m] = tl_exp(s < 10 ? 0.5 : -0.5);
        for (uint32_t s = 0; s < 2; s++)
            for (size_t m = 0; m < TL_RETURN_MINUTES; m++) {
                tl_name_session_at(&expected, s, i)->volume[m] = 7;
                tl_name_session_at(&tape, s, i)->volume[m] = 7 * tl_exp(m / 60 % 2 ? -0.5 : 0.5);
            }
    }
    tl_score_returns_shape(&latent);
    tl_score_volume_rows(&(struct tl_volume_sessions){&tape, &expected, &latent}, &report);
    /* Variance .25 of each. An hour later the day is the same and the noise the other; the seventh
     * half hour more of one sign moves the mean by .04. A minute later 6 of 389 pairs differ. */
    CHECK_NEAR(value_of(&report, "E10", "log volume lag 60"), 0, 0.02);
    CHECK_NEAR(value_of(&report, "E10", "log volume lag 1"), 1 - 6.0 / 389, 0.005);
    tl_score_returns_deinit(&latent);
    tl_score_returns_deinit(&tape);
    tl_score_returns_deinit(&expected);
}

TL_TEST("leverage of three returns is what the formula says")
{
    struct tl_score_days days;
    REQUIRE(tl_score_days_init(&days, symbols, 1, 4));
    static const double close[] = {0, -0.01, 0.01, 0.02};
    memcpy(days.close, close, sizeof close);
    /* r = -1, 2, 1 %: mean square 2e-4; mean of (-1 x 4, 2 x 1) e-6 is -1e-6; over 4e-8. */
    CHECK_NEAR(tl_score_days_leverage(&days, 0, 1), -25, 1e-9);
    tl_score_days_deinit(&days);
}

/* A thousand Gaussian days: 36 % of the variance overnight; volatility answers the move exactly. */
static void gaussian_days(struct tl_score_days *days)
{
    for (uint32_t i = 0; i < NAMES; i++) {
        struct tl_rng rng = tl_rng_at(3, TL_RNG_DAY, i, 0);
        double level = 0, iv_log = tl_log(0.15);
        for (uint32_t t = 0; t < days->days; t++) {
            double night = 0.006 * tl_rng_normal(&rng), session = 0.008 * tl_rng_normal(&rng);
            days->open[i * days->days + t] = level + night;
            level += night + session;
            days->close[i * days->days + t] = level;
            iv_log += -6 * (night + session);
            days->iv[i * days->days + t] = tl_exp(iv_log);
            days->slope[i * days->days + t] = -0.5;
        }
    }
}

TL_TEST("daily rows of days with a known law give its numbers back")
{
    static struct tl_score_report report;
    struct tl_score_days days;
    memset(&report, 0, sizeof report);
    REQUIRE(tl_score_days_init(&days, symbols, NAMES, 1000));
    gaussian_days(&days);
    tl_score_days_rows(&days, &report);
    CHECK_NEAR(value_of(&report, "O30", "corr, index"), -1, 1e-9);
    CHECK_NEAR(value_of(&report, "O30", "beta, index"), -6, 1e-9);
    CHECK_NEAR(value_of(&report, "O30", "corr, stocks"), -1, 1e-9);
    CHECK_NEAR(value_of(&report, "O32", "index"), 0.06 * tl_sqrt(252), 0.11); /* 5 se: 11 % */
    CHECK_NEAR(value_of(&report, "E13", "index"), 0.36, 0.1);
    CHECK_NEAR(value_of(&report, "E2", "1 day, index"), 0, 0.8); /* 5 sqrt(24 / 1000) */
    /* A normal law's 2.5 % tail, as Hill sees it, is steeper than any measured one. */
    CHECK(value_of(&report, "E3", "1 day, index") > 4);
    tl_score_days_deinit(&days);
}

TL_TEST("stickiness is the money's move over the skew's, and the premium compares like with like")
{
    static struct tl_score_report report;
    struct tl_score_days days;
    memset(&report, 0, sizeof report);
    REQUIRE(tl_score_days_init(&days, symbols, NAMES, 1000));
    gaussian_days(&days);
    for (uint32_t i = 0; i < NAMES; i++) /* 1.5 x slope x return, on a level far from zero */
        for (uint32_t t = 0; t < 1000; t++)
            days.iv[i * 1000 + t] = 5 - 0.75 * days.close[i * 1000 + t];
    tl_score_days_rows(&days, &report);
    CHECK_NEAR(value_of(&report, "O31", "SSR 1 month, index"), 1.5, 1e-9);
    CHECK_NEAR(value_of(&report, "O33", "P(IV > RV)"), 1, 0);
    /* 1 % a day is 15.9 % a year: 500 less 15.9 points, less how far the level has walked. */
    CHECK_NEAR(value_of(&report, "O33", "RV/IV index"), 0.159 / 5, 0.01);
    tl_score_days_deinit(&days);
}

TL_TEST("the skeleton's last day opens where the engine's session opens, in price and volatility")
{
    struct tl_market_options options = tl_market_options_default();
    struct tl_market *market = NULL;
    struct tl_batch none = {.capacity = 0};
    struct tl_session_span span;
    struct tl_score_days days;
    options.calendar = TL_CALENDAR_EXCHANGE;
    options.streams = 0;
    tl_session_find(TL_CALENDAR_EXCHANGE, 1791207000, &span);
    REQUIRE(tl_market_create(&options, &market, NULL) == TL_OK);
    REQUIRE(tl_market_seek(market, span.start_s, NULL) == TL_OK);
    tl_market_step(market, &none);
    uint32_t count = tl_market_symbol_count(market);
    struct tl_symbol *all = calloc(count, sizeof *all);
    REQUIRE(all);
    for (uint32_t i = 0; i < count; i++)
        all[i] = *tl_market_reference(market, i);
    REQUIRE(tl_score_days_init(&days, all, count, 3));
    REQUIRE(tl_score_days_skeleton(&days, tl_market_session_seed(market), span.ordinal));
    const struct tl_latent *latents = tl_market_latents(market);
    REQUIRE(latents);
    for (uint32_t i = 0; i < count; i++) {
        CHECK_NEAR(days.open[i * 3 + 2], latents[i].log_px[0], 1e-12);
        /* The level it opens with is the close before; states within the day add a little. */
        double open_iv = all[i].iv28 * tl_exp(latents[i].atm_iv_log);
        CHECK_NEAR(days.iv[i * 3 + 1] / open_iv, 1, 0.25);
        for (uint32_t t = 0; t < 3; t++) {
            double slope = days.slope[i * 3 + t];
            CHECK(tl_is_finite(slope) && slope < 0.5 && slope > -2);
        }
    }
    tl_score_days_deinit(&days);
    tl_market_destroy(market);
    free(all);
}

/* Moves of one size, up and down in turn, have an excess kurtosis of -2; of several sizes, more. */
TL_TEST("more than sixty sessions, or 5000 days, are blocks, and a number is the blocks' median")
{
    static struct tl_score_report report;
    struct tl_score_returns returns;
    struct tl_score_days days;
    memset(&report, 0, sizeof report);
    REQUIRE(tl_score_returns_init(&returns, symbols, NAMES, 130));
    CHECK_INT(returns.blocks, 3);
    CHECK_INT(tl_returns_block_from(130, 1), 43);
    CHECK_INT(tl_returns_block_from(130, 3), 130);
    for (uint32_t b = 0; b < 3; b++) {
        struct tl_score_returns block = tl_returns_block(&returns, b);
        for (uint32_t s = 0; s < block.sessions; s++)
            for (uint32_t i = 0; i < NAMES; i++) {
                struct tl_name_session *slot = tl_name_session_at(&block, s, i);
                slot->has = true;
                slot->rho[TL_RHO_1MIN] = b == 1 ? 0.04 : b == 2 ? 0.01 : -0.9;
                for (size_t m = 0; m < TL_RETURN_MINUTES; m++)
                    slot->r[m] = (m % 2 ? 1 : -1) * 0.001 * (1 + 3 * b);
            }
    }
    tl_score_returns_shape(&returns);
    tl_score_returns_rows(&returns, &report);
    CHECK_NEAR(value_of(&report, "E1", "pooled"), -2, 0.01);
    CHECK_NEAR(value_of(&report, "E4", "1 min"), 0.01, 1e-12);
    CHECK_NEAR(value_of(&report, "E14", "NVDA 1 min"), 1, 1e-12);
    tl_score_returns_deinit(&returns);

    REQUIRE(tl_score_days_init(&days, symbols, NAMES, 12000));
    CHECK_INT(days.blocks, 3);
    CHECK_INT(days.days, 4000);
    for (uint32_t b = 0; b < 3; b++) {
        struct tl_score_days block = tl_score_days_block(&days, b);
        for (uint32_t at = 0; at < NAMES * 4000; at++)
            block.open[at] = block.close[at] = at % 2 ? 0.01 * (1 + 3 * b) : 0;
    }
    tl_score_days_rows(&days, &report);
    CHECK_NEAR(value_of(&report, "E2", "1 day, index"), -2, 0.01);
    CHECK_NEAR(number_of(&report, "E2", "1 day, index")->n, 12000, 0);
    tl_score_days_deinit(&days);
}

TL_TEST("the plots of returns fit their set")
{
    struct tl_score_returns returns;
    struct tl_score_curves *curves = tl_score_curves_create();
    REQUIRE(curves && tl_score_returns_init(&returns, symbols, NAMES, 2));
    gaussian_world(&returns, 2);
    tl_score_returns_shape(&returns);
    tl_score_returns_curves(&returns, curves);
    CHECK_INT(tl_score_curves_count(curves), 7);
    for (uint32_t i = 0; i < tl_score_curves_count(curves); i++)
        CHECK(tl_score_curves_get(curves, i)->lines[0].dropped == 0);
    tl_score_returns_deinit(&returns);
    tl_score_curves_destroy(curves);
}
