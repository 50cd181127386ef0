/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/date.h"
#include "base/math.h"
#include "base/rng.h"
#include "lib/harness.h"
#include "lib/option_world.h"
#include "market/calendar.h"
#include "market/listing.h"
#include "market/surface.h"

static int32_t day_of(int32_t year, int32_t month, int32_t day)
{
    return tl_date_to_day((struct tl_date){year, month, day});
}

TL_TEST("Black-Scholes gives the textbook values")
{
    /* Hull, Options, Futures and Other Derivatives, example 15.6: 4.76 and 0.81. */
    CHECK_NEAR(tl_bs_price('C', 42, 40, 0.5, 0.1, 0, 0.2), 4.7594, 5e-5);
    CHECK_NEAR(tl_bs_price('P', 42, 40, 0.5, 0.1, 0, 0.2), 0.8086, 5e-5);
    CHECK_NEAR(tl_bs_delta('C', 42, 40, 0.5, 0.1, 0, 0.2), 0.7791, 5e-5);
    /* An American put deep in the money is worth its intrinsic value, a European one less. */
    CHECK_NEAR(tl_bs_price('P', 60, 100, 1, 0.05, 0, 0.2), 40, 1e-12);
    CHECK(tl_bs_price_european('P', 60, 100, 1, 0.05, 0, 0.2) < 35.3);
    CHECK_NEAR(tl_bs_price('C', 100, 90, 1, 0, 0, 0), 10, 1e-12);
}

TL_TEST("European prices obey put-call parity, and vega is the slope in volatility")
{
    struct tl_rng rng = tl_rng_at(test_seed(), TL_RNG_DAY, 7, 1);
    for (int i = 0; i < 2000; i++) {
        double spot = 5 + 995 * tl_rng_uniform(&rng), iv = 0.05 + 1.5 * tl_rng_uniform(&rng);
        double strike = spot * tl_exp(0.5 * tl_rng_normal(&rng));
        double years = tl_exp(-10 + 11 * tl_rng_uniform(&rng)), r = 0.04, q = 0.012;
        double call = tl_bs_price_european('C', spot, strike, years, r, q, iv);
        double put = tl_bs_price_european('P', spot, strike, years, r, q, iv);
        double forward = spot * tl_exp(-q * years) - strike * tl_exp(-r * years);
        CHECK(tl_abs(call - put - forward) < 1e-10 * (spot + strike));
        double h = 1e-4 * iv;
        double slope = (tl_bs_price_european('C', spot, strike, years, r, q, iv + h) -
                        tl_bs_price_european('C', spot, strike, years, r, q, iv - h)) /
                       (2 * h);
        /* Third-order error of the difference, and cancellation. */
        CHECK(tl_abs(slope - tl_bs_vega(spot, strike, years, r, q, iv)) <
              1e-4 * spot * tl_sqrt(years) + 1e-8 * spot / h * 1e-6);
    }
}

/* The same inversion by halving alone, as an independent check. */
static double iv_by_halving(char right, double price, double spot, double strike, double years)
{
    double low = 0, high = 40;
    for (int i = 0; i < 200; i++) {
        double middle = 0.5 * (low + high);
        if (tl_bs_price(right, spot, strike, years, 0.04, 0.01, middle) < price)
            low = middle;
        else
            high = middle;
    }
    return 0.5 * (low + high);
}

TL_TEST("implied volatility gives the price back within 1e-9 of the spot, anywhere")
{
    static const double days[] = {0.00035, 0.01, 0.27, 1, 7, 45, 400, 1000};
    static const double ivs[] = {0.03, 0.12, 0.3, 0.8, 2.5, 6};
    int checked = 0;
    for (size_t d = 0; d < sizeof days / sizeof days[0]; d++)
        for (size_t v = 0; v < sizeof ivs / sizeof ivs[0]; v++)
            for (int z = -60; z <= 60; z++) {
                double years = days[d] / 365, sd = ivs[v] * tl_sqrt(years);
                double strike = 310 * tl_exp(0.1 * z * sd);
                if (strike > 31000) continue; /* its own rounding passes the tolerance */
                for (int put = 0; put < 2; put++) {
                    char right = put ? 'P' : 'C';
                    double price = tl_bs_price(right, 310, strike, years, 0.04, 0.01, ivs[v]);
                    double intrinsic = put ? strike - 310 : 310 - strike;
                    if (price <= tl_max(intrinsic, 0) + 1e-9) continue;
                    double iv = tl_bs_iv(right, price, 310, strike, years, 0.04, 0.01);
                    double back = tl_bs_price(right, 310, strike, years, 0.04, 0.01, iv);
                    CHECK(tl_abs(back - price) < 1e-9 * 310);
                    checked++;
                    if (z % 20 == 0) {
                        double slow = iv_by_halving(right, price, 310, strike, years);
                        double slope = tl_bs_vega(310, strike, years, 0.04, 0.01, slow);
                        CHECK(tl_abs(iv - slow) * slope < 2e-9 * 310);
                    }
                }
            }
    CHECK(checked > 6000);
}

TL_TEST("no implied volatility below intrinsic, above the bound, or of nothing")
{
    CHECK(tl_bs_iv('P', 40, 60, 100, 1, 0.05, 0) == 0);
    CHECK(tl_bs_iv('C', 10, 100, 90, 1, 0, 0) == 0);
    CHECK(tl_bs_iv('C', 0, 100, 90, 1, 0, 0) == 0);
    CHECK(tl_bs_iv('C', 100, 100, 90, 1, 0, 0) == 0);
    CHECK(tl_bs_iv_european('P', 36, 60, 100, 1, 0.05, 0) > 0);
}

static void check_dates(const struct tl_chain *chain, const int32_t (*dates)[3], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool listed = false;
        for (uint32_t e = 0; e < chain->expiry_count; e++)
            listed |= chain->expiries[e].day == day_of(dates[i][0], dates[i][1], dates[i][2]);
        if (!listed)
            test_fail(__FILE__, __LINE__, "%d-%d-%d is not listed", dates[i][0], dates[i][1],
                      dates[i][2]);
    }
}

static struct option_world world;

TL_TEST("SPY lists every trading day, month end, quarter end and LEAPS on 2026-11-20")
{
    static const int32_t dates[][3] = {
        {2026, 11, 20}, {2026, 11, 23}, {2026, 11, 24}, {2026, 11, 25}, {2026, 11, 27},
        {2026, 11, 30}, {2026, 12, 4},  {2026, 12, 11}, {2026, 12, 18}, {2026, 12, 31},
        {2027, 1, 15},  {2027, 3, 19},  {2028, 1, 21}};
    option_world_init(&world, "SPY", 11, day_of(2026, 11, 20));
    check_dates(&world.chain, dates, sizeof dates / sizeof dates[0]);
    CHECK(world.chain.expiry_count >= 16 && world.chain.expiry_count <= 22);
    CHECK_INT(world.chain.expiries[0].close / TL_NS_PER_S, 1795208400); /* 16:00 EST */
    for (uint32_t e = 0; e < world.chain.expiry_count; e++)             /* Thanksgiving */
        CHECK(world.chain.expiries[e].day != day_of(2026, 11, 26));
}

TL_TEST("NVDA lists two Mondays and Wednesdays but no Wednesday of earnings, KO Fridays only")
{
    static const int32_t dates[][3] = {{2026, 11, 20}, {2026, 11, 23}, {2026, 11, 25},
                                       {2026, 11, 30}, {2026, 12, 2},  {2026, 12, 4},
                                       {2026, 12, 18}, {2027, 1, 15},  {2028, 1, 21}};
    option_world_init(&world, "NVDA", 11, day_of(2026, 11, 20));
    check_dates(&world.chain, dates, sizeof dates / sizeof dates[0]);
    for (uint32_t e = 0; e < world.chain.expiry_count; e++)
        CHECK(world.chain.expiries[e].day != day_of(2026, 12, 7));
    struct tl_event_calendar_entry earnings = {
        .sym = world.sym, .event_ts = tl_newyork_epoch(day_of(2026, 11, 25), 58800) * TL_NS_PER_S};
    tl_chain_build(&world.chain, &world.symbol, world.sym, TL_CALENDAR_EXCHANGE,
                   day_of(2026, 11, 20), world.session.session_end_s, 216, 11, &earnings, 1);
    for (uint32_t e = 0; e < world.chain.expiry_count; e++) {
        CHECK(world.chain.expiries[e].day != day_of(2026, 11, 25));
        CHECK((world.chain.event_var[e] > 0) ==
              (world.chain.expiries[e].day > day_of(2026, 11, 25)));
    }
    option_world_init(&world, "KO", 11, day_of(2026, 11, 20));
    for (uint32_t e = 0; e < world.chain.expiry_count; e++)
        CHECK(tl_day_weekday(world.chain.expiries[e].day) == 4 ||
              !tl_calendar_is_trading_day(world.chain.expiries[e].day + 1));
    CHECK(world.chain.expiry_count >= 16);
}

TL_TEST("a monthly expiration on a holiday moves to the day before")
{
    /* 2026-06-19 is Juneteenth and a third Friday. */
    option_world_init(&world, "KO", 11, day_of(2026, 6, 1));
    bool thursday = false;
    for (uint32_t e = 0; e < world.chain.expiry_count; e++) {
        thursday |=
            world.chain.expiries[e].day == day_of(2026, 6, 18) && world.chain.expiries[e].monthly;
        CHECK(world.chain.expiries[e].day != day_of(2026, 6, 19));
    }
    CHECK(thursday);
}

TL_TEST("strikes ascend on their grids and reach far, for every name of the universe")
{
    static const char *const names[] = {"SPY", "QQQ", "NVDA", "AAPL", "MU", "KO",
                                        "F",   "XLF", "GS",   "TSLA", "XSP"};
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
        option_world_init(&world, names[n], 11, day_of(2026, 11, 20));
        const struct tl_chain *chain = &world.chain;
        CHECK(chain->strike_total > 250 && chain->strike_total < 6000);
        for (uint32_t e = 0; e < chain->expiry_count; e++) {
            uint32_t count = chain->expiries[e].strike_count;
            CHECK(count > 10 && count <= TL_STRIKES_MAX);
            for (uint32_t i = 0; i < count; i++) {
                int32_t milli = tl_chain_strike_milli(chain, e, i);
                CHECK(milli % 500 == 0 && milli > 0);
                CHECK(i == 0 || milli > tl_chain_strike_milli(chain, e, i - 1));
            }
            double low = (double)tl_chain_strike_milli(chain, e, 0) / 1000;
            double high = (double)tl_chain_strike_milli(chain, e, count - 1) / 1000;
            CHECK(low < 0.95 * chain->open_px && high > 1.05 * chain->open_px);
            uint32_t at = tl_chain_strike_at(chain, e, (int32_t)(chain->open_px * 1000));
            double gap = (double)(tl_chain_strike_milli(chain, e, at) -
                                  tl_chain_strike_milli(chain, e, at - 1)) /
                         1000;
            if (chain->expiries[e].day - chain->trade_day <= 17)
                CHECK(tl_abs(gap - world.symbol.strike_step7) < 1e-9 ||
                      gap <= world.symbol.strike_fine);
        }
    }
}

TL_TEST("open interest gathers on round strikes and sums to the class's level")
{
    option_world_init(&world, "NVDA", 11, day_of(2026, 11, 20));
    const struct tl_chain *chain = &world.chain;
    double total = 0, round_sum = 0, other_sum = 0;
    int round_count = 0, other_count = 0;
    for (uint32_t e = 0; e < chain->expiry_count; e++)
        for (uint32_t i = 0; i < chain->expiries[e].strike_count; i++)
            for (int put = 0; put < 2; put++) {
                double oi = chain->oi[put][chain->expiries[e].first + i];
                int32_t milli = tl_chain_strike_milli(chain, e, i);
                total += oi;
                if (tl_abs((double)milli / 1000 / chain->open_px - 1) > 0.15) continue;
                bool round = milli % 10000 == 0;
                *(round ? &round_sum : &other_sum) += oi;
                (*(round ? &round_count : &other_count))++;
            }
    CHECK(total > 0.5 * 2.7e6 / 0.13 && total < 2 * 2.7e6 / 0.13);
    CHECK(round_sum / round_count > 2 * other_sum / other_count);
}

TL_TEST("a contract is found by its fields, and by days and delta")
{
    option_world_init(&world, "AAPL", 11, day_of(2026, 11, 20));
    int64_t now = world.session.session_start_s + 3600;
    option_world_second(&world, now);
    uint32_t expiry, strike, e2, s2;
    double spot = tl_exp(world.latent.log_px[0]);
    REQUIRE(tl_chain_find(&world.chain, &world.symbol, &world.latent, spot, now * TL_NS_PER_S, 20,
                          45, 0.25, 'P', &expiry, &strike));
    struct tl_contract contract = {world.sym, 'P', world.chain.expiries[expiry].day,
                                   tl_chain_strike_milli(&world.chain, expiry, strike)};
    CHECK(contract.expiry_day >= world.chain.trade_day + 20);
    CHECK(tl_chain_index(&world.chain, &contract, &e2, &s2) && e2 == expiry && s2 == strike);
    contract.strike_milli += 1;
    CHECK(!tl_chain_index(&world.chain, &contract, &e2, &s2));
    struct tl_option_view view;
    tl_chain_value(&world.chain, &world.symbol, &world.latent, expiry, strike, 'P', spot,
                   now * TL_NS_PER_S, &view);
    CHECK_NEAR(view.delta, -0.25, 0.06);
    CHECK_NEAR(view.price,
               tl_bs_price('P', spot, (double)(contract.strike_milli - 1) / 1000, view.years,
                           world.symbol.rate, world.symbol.dividend + world.symbol.borrow, view.iv),
               1e-9);
    CHECK(!tl_chain_find(&world.chain, &world.symbol, &world.latent, spot, now * TL_NS_PER_S, 5000,
                         6000, 0.25, 'P', &expiry, &strike));
}

/* Undiscounted call values on the forward must fall, be convex, and rise with expiry. */
static void check_slices(const struct tl_slice *near, const struct tl_slice *far)
{
    double last[3] = {0};
    for (int i = -40; i <= 40; i++) {
        double k = 0.05 * i, strike = tl_exp(k);
        double sd = tl_sqrt(tl_slice_variance(near, k));
        double d1 = -k / sd + 0.5 * sd;
        double call = tl_norm_cdf(d1) - strike * tl_norm_cdf(d1 - sd);
        CHECK(tl_slice_variance(far, k) >= tl_slice_variance(near, k));
        if (i > -39) {
            double left = tl_exp(k - 0.1), middle = tl_exp(k - 0.05);
            double weight = (strike - middle) / (strike - left);
            CHECK(last[1] <= weight * last[0] + (1 - weight) * call + 1e-13);
            CHECK(call <= last[1] + 1e-13);
        }
        last[0] = last[1];
        last[1] = call;
    }
}

TL_TEST("the surface has no butterfly or calendar arbitrage in any latent state")
{
    static const char *const names[] = {"SPY", "NVDA", "MU", "KO", "HOOD"};
    struct tl_rng rng = tl_rng_at(test_seed(), TL_RNG_DAY, 8, 1);
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
        option_world_init(&world, names[n], 11, day_of(2026, 11, 20));
        struct tl_event_calendar_entry earnings = {
            .sym = world.sym,
            .event_ts = tl_newyork_epoch(day_of(2026, 12, 1), 58800) * TL_NS_PER_S};
        tl_chain_build(&world.chain, &world.symbol, world.sym, TL_CALENDAR_EXCHANGE,
                       day_of(2026, 11, 20), world.session.session_end_s, world.symbol.price, 11,
                       &earnings, 1);
        for (int trial = 0; trial < 40; trial++) {
            struct tl_latent latent = {.atm_iv_log = 0.6 * tl_rng_normal(&rng),
                                       .skew_shift = 0.2 * tl_rng_normal(&rng),
                                       .iv_pressure = 0.05 * tl_rng_normal(&rng)};
            tl_ns now = (world.session.session_start_s + tl_rng_below(&rng, 23399)) * TL_NS_PER_S;
            struct tl_surface surface;
            struct tl_slice near = {0}, far = {0};
            tl_surface_at(&world.chain, &world.symbol, &latent, &surface);
            CHECK(surface.eta * surface.eta * (1 + tl_abs(surface.rho)) <= 4);
            for (uint32_t e = 0; e < world.chain.expiry_count; e++) {
                REQUIRE(tl_surface_slice(&surface, &world.chain, &world.symbol, e, now, &far));
                if (e > 0) {
                    CHECK(far.theta > near.theta);
                    check_slices(&near, &far);
                }
                near = far;
            }
        }
    }
}

TL_TEST("the surface keeps the universe's level and skew at 28 days, and the latent's moves")
{
    static const char *const names[] = {"SPY", "AAPL", "HOOD", "XLF"};
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
        option_world_init(&world, names[n], 11, day_of(2026, 11, 20));
        struct tl_latent latent = {.atm_iv_log = 0.1, .skew_shift = 0.02};
        struct tl_surface surface;
        struct tl_slice slice;
        tl_surface_at(&world.chain, &world.symbol, &latent, &surface);
        for (uint32_t e = 0; e < world.chain.expiry_count; e++) {
            if (world.chain.expiries[e].day != day_of(2026, 12, 18)) continue;
            tl_ns now = (world.session.session_start_s + 11700) * TL_NS_PER_S;
            REQUIRE(tl_surface_slice(&surface, &world.chain, &world.symbol, e, now, &slice));
            /* The clock's weekends make a date differ from its nominal 28 days by a few %. */
            CHECK_NEAR(tl_sqrt(slice.theta / slice.years), world.symbol.iv28 * tl_exp(0.1),
                       0.06 * world.symbol.iv28);
            CHECK_NEAR(tl_slice_risk_reversal(&slice), world.symbol.rr + 0.02, 0.012);
        }
    }
}

TL_TEST("earnings variance sits in the front expiry and is gone two minutes after the event")
{
    int32_t day = day_of(2026, 11, 20);
    option_world_init(&world, "NVDA", 11, day);
    struct tl_event_calendar_entry event = {
        .sym = world.sym, .event_ts = (world.session.session_start_s + 7200) * TL_NS_PER_S};
    tl_chain_build(&world.chain, &world.symbol, world.sym, TL_CALENDAR_EXCHANGE, day,
                   world.session.session_end_s, 216, 11, &event, 1);
    struct tl_latent latent = {0};
    struct tl_surface surface;
    struct tl_slice before, after;
    tl_surface_at(&world.chain, &world.symbol, &latent, &surface);
    REQUIRE(
        tl_surface_slice(&surface, &world.chain, &world.symbol, 3, event.event_ts - 1, &before));
    REQUIRE(tl_surface_slice(&surface, &world.chain, &world.symbol, 3,
                             event.event_ts + 120 * TL_NS_PER_S, &after));
    /* The implied move is 0.16 x .403 x e^(.22 z): 2 to 15 % at 4 sd. */
    CHECK(before.theta - after.theta > 0.02 * 0.02 && before.theta - after.theta < 0.16 * 0.16);
    CHECK(after.theta > 0);
}
