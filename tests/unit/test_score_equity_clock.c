/* SPDX-License-Identifier: Apache-2.0
 * Known answers for the estimators of times, signs and sizes of the stock tape. Random series have
 * fixed seeds; the bounds are four standard errors. */
#include <stdlib.h>

#include "base/math.h"
#include "base/rng.h"
#include "lib/harness.h"
#include "score/equity_hawkes.h"
#include "score/equity_scene.h"
#include "score/equity_tape.h"

#define START_S 1790000000LL
#define SESSION_S 23400
#define EVENTS_MAX 200000

static struct tl_symbol symbol_of(double price, double spread)
{
    return (struct tl_symbol){.ticker = "TEST",
                              .price = price,
                              .adv_shares = 1e6,
                              .spread_usd = spread,
                              .odd_lot_share = 0.5,
                              .iv28 = 0.3,
                              .tick = 100,
                              .lot = 100};
}

/* The number of a row after all rows were made from one name. */
static struct tl_score_number number_of(struct tl_score_equities *acc,
                                        const struct tl_symbol *symbol, const char *id, uint32_t at)
{
    struct tl_score_report *report = calloc(1, sizeof *report);
    struct tl_score_number number = {0};
    if (!report) return number;
    tl_score_equities_rows(acc, symbol, 1, report);
    tl_score_finish(report);
    struct tl_score_row *row = tl_score_row(report, id, "", 'H', 0);
    if (at < row->count) number = row->numbers[at];
    free(report);
    return number;
}

static void buy(struct tl_score_equities *acc, double at_s, int side, tl_lots size)
{
    struct tl_event event = {.ts = START_S * TL_NS_PER_S + (tl_ns)(at_s * 1e9),
                             .stream = TL_STREAM_EQUITY_PRINT};
    event.u.trade = (struct tl_equity_trade){.price = 1000000, .size = size, .executed = event.ts};
    event.u.trade.conditions[0] = '@';
    struct tl_truth truth = {.side = (int8_t)side};
    tl_score_equities_event(acc, &event, &truth);
}

TL_TEST("a Poisson stream has durations of variation one, no memory and a Fano factor of one")
{
    struct tl_score_equities *acc = tl_score_equities_create(1);
    struct tl_rng rng = tl_rng_at(7, TL_RNG_OWN, 1, 1);
    struct tl_symbol symbol = symbol_of(100, 0.05);
    double at = 0;
    REQUIRE(acc);
    tl_score_equities_session(acc, START_S, START_S + SESSION_S);
    while ((at += 0.2 * tl_rng_exponential(&rng)) < SESSION_S)
        buy(acc, at, 1, 100);
    tl_score_equities_end(acc);
    CHECK_NEAR(number_of(acc, &symbol, "E29", 1).value, 1.0, 4 / tl_sqrt(117000.0));
    CHECK_NEAR(number_of(acc, &symbol, "E31", 0).value, 0.0, 4 / tl_sqrt(117000.0));
    CHECK_NEAR(number_of(acc, &symbol, "E31", 2).value, 0.0, 4 / tl_sqrt(117000.0));
    /* F of 390 windows has standard error sqrt(2/390) = .072; NV is that over 300. */
    CHECK_NEAR(number_of(acc, &symbol, "E32", 0).value, 0.0, 4 * 0.072 / 300);
    /* One in 200 pairs shares a millisecond (of 5 a second), and is one parent. */
    CHECK_NEAR(number_of(acc, &symbol, "E30", 0).value, 1.0025, 0.001);
    CHECK_NEAR(number_of(acc, &symbol, "E29", 2).value, 1 - tl_exp(-0.05), 0.003);
    CHECK_INT(number_of(acc, &symbol, "E29", 3).value * 1e6, 0);
    tl_score_equities_destroy(acc);
}

TL_TEST("counts that stand still in each window but differ between them have that variance")
{
    struct tl_score_equities *acc = tl_score_equities_create(1);
    struct tl_symbol symbol = symbol_of(100, 0.05);
    REQUIRE(acc);
    tl_score_equities_session(acc, START_S, START_S + SESSION_S);
    /* 5 and 15 a second are 300 and 900 a minute: mean 600, variance 9e4, F 150. */
    for (int s = 0; s < SESSION_S; s++)
        for (int i = 0; i < (s / 60 % 2 ? 5 : 15); i++)
            buy(acc, s + i / 15.0 / 3, 1, 100);
    tl_score_equities_end(acc);
    CHECK_NEAR(number_of(acc, &symbol, "E32", 0).value, 149.0 / 600, 1e-9);
    tl_score_equities_destroy(acc);
}

TL_TEST("durations vary and remember within days, and what lies between days is neither")
{
    struct tl_score_equities *acc = tl_score_equities_create(1);
    struct tl_symbol symbol = symbol_of(100, 0.05);
    REQUIRE(acc);
    /* Each second has gaps of .1, .2 and .7 s; on the second day of half of that. */
    static const double parts[] = {0, 0.1, 0.3};
    for (int day = 0; day < 2; day++) {
        int64_t start = START_S + day * 86400;
        tl_score_equities_session(acc, start, start + SESSION_S);
        for (int i = 0; i < SESSION_S * (day + 1) * 3; i++)
            buy(acc, day * 86400 + (i / 3 + parts[i % 3]) / (day + 1) + 1e-6, 1, 100);
    }
    tl_score_equities_end(acc);
    /* Mean 1/3, variance 1/3 (.01 + .04 + .49) - 1/9 = .0689. */
    CHECK_NEAR(number_of(acc, &symbol, "E29", 1).value, 3 * tl_sqrt(0.18 - 1.0 / 9), 1e-3);
    /* 100 is one more than a multiple of three: the memory is that of lag 1 on every day. */
    CHECK_NEAR(number_of(acc, &symbol, "E31", 2).value, number_of(acc, &symbol, "E31", 0).value,
               0.01);
    tl_score_equities_destroy(acc);
}

TL_TEST(
    "a day with a busy first half hour and nothing else counts as much shape as the band's days")
{
    struct tl_score_equities *acc = tl_score_equities_create(1);
    struct tl_symbol symbol = symbol_of(100, 0.05);
    REQUIRE(acc);
    tl_score_equities_session(acc, START_S, START_S + SESSION_S);
    /* 20 a second in the first half hour, 5 after it: 1200 and 300 a minute, mean 4800 / 13. */
    for (int s = 0; s < SESSION_S; s++)
        for (int i = 0; i < (s < 1800 ? 20 : 5); i++)
            buy(acc, s + i * (s < 1800 ? 0.05 : 0.2) + 1e-6, 1, 100);
    tl_score_equities_end(acc);
    CHECK_NEAR(number_of(acc, &symbol, "E32", 0).value, 0.20 - 13.0 / 4800, 1e-9);
    /* The durations differ between the half hours only, so that all memory is shape, of which .016
     * stays. Of 144,000 pairs 100 are across the step and 100 at the ends are missing, up to 3 parts
     * of the variance each: .004. */
    CHECK_NEAR(number_of(acc, &symbol, "E31", 2).value, 0.016, 0.006);
    tl_score_equities_destroy(acc);
}

/* A Hawkes process by its families: immigrants at mu, masses .5 at 20 ms and .2 at 2 s. */
static uint32_t hawkes_make(uint32_t *times_us, double span_s)
{
    struct tl_rng rng = tl_rng_at(11, TL_RNG_OWN, 2, 2);
    uint32_t count = 0;
    double at = 0;
    while ((at += tl_rng_exponential(&rng) / 1.0) < span_s && count < EVENTS_MAX)
        times_us[count++] = (uint32_t)(at * 1e6);
    for (uint32_t i = 0; i < count; i++) {
        for (int kind = 0; kind < 2; kind++) {
            uint32_t children = tl_rng_poisson(&rng, kind ? 0.2 : 0.5);
            for (uint32_t c = 0; c < children && count < EVENTS_MAX; c++) {
                double delay = (kind ? 2.0 : 0.02) * tl_rng_exponential(&rng);
                double child = 1e-6 * times_us[i] + delay;
                if (child < span_s) times_us[count++] = (uint32_t)(child * 1e6);
            }
        }
    }
    return count;
}

static int compare(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

TL_TEST("maximum likelihood finds the branching of a made self-exciting stream")
{
    uint32_t *times_us = calloc(EVENTS_MAX, sizeof *times_us);
    double *scratch = calloc(4 * EVENTS_MAX, sizeof *scratch);
    REQUIRE(times_us && scratch);
    uint32_t count = hawkes_make(times_us, 3600);
    qsort(times_us, count, sizeof *times_us, compare);
    struct tl_score_hawkes fit = tl_score_hawkes_fit(times_us, count, 3600, scratch);
    CHECK(count > 9000); /* 3600 immigrants, 3.3 events each */
    CHECK_NEAR(fit.mass[0], 0.50, 0.04);
    CHECK_NEAR(fit.mass[2] + fit.mass[3], 0.20, 0.06);
    CHECK_NEAR(fit.branching, 0.70, 0.06);
    CHECK_NEAR(fit.mu, 1.0, 0.2);
    CHECK(!tl_is_finite(tl_score_hawkes_fit(times_us, 10, 3600, scratch).branching));
    free(times_us);
    free(scratch);
}

TL_TEST("signs of a Markov chain forget at its own rate")
{
    struct tl_score_sign sign = {0};
    struct tl_rng rng = tl_rng_at(3, TL_RNG_OWN, 3, 3);
    int side = 1;
    for (int i = 0; i < 200000; i++) {
        if (tl_rng_uniform(&rng) > 0.9) side = -side; /* memory .8 a step */
        tl_score_sign_add(&sign, side);
    }
    CHECK_NEAR(tl_score_sign_memory(&sign, 0), 0.8, 0.01);
    CHECK_NEAR(tl_score_sign_memory(&sign, 9), tl_pow(0.8, 10), 0.02);
    CHECK_INT(tl_score_sign_lag(9), 10);
    tl_score_sign_session(&sign);
    int64_t pairs = sign.lag_n[0];
    tl_score_sign_add(&sign, 1);
    CHECK_INT(sign.lag_n[0], pairs); /* no pair across sessions */
}

TL_TEST("the decay exponent of a power law is that of the law")
{
    struct tl_score_sign sign = {.n = 1000000000};
    for (int l = 0; l < TL_SCORE_SIGN_LAGS; l++) {
        sign.lag_n[l] = 1000000000;
        sign.lag_sum[l] = (int64_t)(4e8 * tl_pow(tl_score_sign_lag(l), -0.6));
    }
    CHECK_NEAR(tl_score_sign_gamma(&sign), 0.6, 0.003); /* groups are averaged over their lags */
}

TL_TEST("Hill finds the exponent of Pareto sizes, the median stands in the middle")
{
    struct tl_score_size *size = calloc(1, sizeof *size);
    struct tl_rng rng = tl_rng_at(5, TL_RNG_OWN, 4, 4);
    REQUIRE(size);
    for (int i = 0; i < 400000; i++) {
        struct tl_equity_trade trade = {.size = (tl_lots)(200.0 * tl_rng_pareto(&rng, 1.7) + 0.5)};
        tl_score_size_print(size, &(struct tl_score_print){.trade = &trade});
    }
    /* Standard error alpha / sqrt(k), k = 4000 and 2000. */
    CHECK_NEAR(tl_score_size_hill(size, 0.01), 1.7, 4 * 1.7 / tl_sqrt(4000.0));
    CHECK_NEAR(tl_score_size_hill(size, 0.005), 1.7, 4 * 1.7 / tl_sqrt(2000.0));
    CHECK_NEAR(tl_score_size_median(size), 200 * tl_pow(2, 1 / 1.7), 3);
    free(size);
}

TL_TEST("size shares count odd lots, atoms and blocks, and leave auctions out")
{
    struct tl_score_equities *acc = tl_score_equities_create(1);
    struct tl_symbol symbol = symbol_of(200, 0.05);
    REQUIRE(acc);
    tl_score_equities_session(acc, START_S, START_S + SESSION_S);
    for (int i = 0; i < 20000; i++) {
        static const tl_lots cycle[] = {1, 50, 100, 100, 200, 99, 10, 300, 100, 10000};
        buy(acc, i, 1, cycle[i % 10]);
    }
    tl_score_equities_end(acc);
    double volume = 1 + 50 + 300 + 200 + 99 + 10 + 300 + 10000;
    CHECK_NEAR(number_of(acc, &symbol, "E34", 0).value, 0.4, 1e-12);
    CHECK_NEAR(number_of(acc, &symbol, "E34", 1).value, 160 / volume, 1e-12);
    CHECK_NEAR(number_of(acc, &symbol, "E35", 0).value, 0.3, 1e-12);
    CHECK_NEAR(number_of(acc, &symbol, "E35", 2).value, 0.1, 1e-12);  /* 1 share */
    CHECK_NEAR(number_of(acc, &symbol, "E35", 11).value, 0.6, 1e-12); /* hundreds */
    CHECK_NEAR(number_of(acc, &symbol, "E37", 0).value, volume / 10, 1e-9);
    CHECK_NEAR(number_of(acc, &symbol, "E37", 1).value, 100, 1e-12);
    CHECK_NEAR(number_of(acc, &symbol, "E38", 0).value, 10000 / volume, 1e-12);
    tl_score_equities_destroy(acc);
}
