/* SPDX-License-Identifier: Apache-2.0
 * The sort behind tape order. */
#include "base/rng.h"
#include "lib/harness.h"
#include "tape/coverage.h"
#include "tape/order.h"
#include "tape/scenario_family.h"

TL_TEST("keys sort ascending on their upper bits and keep their order below, at any length")
{
    static uint64_t keys[5000], scratch[5000];
    for (size_t count = 0; count < 5000; count = count * 2 + 7) {
        struct tl_rng rng = tl_rng_at(test_seed(), TL_RNG_EQ_PRINT, 1, count);
        for (size_t i = 0; i < count; i++)
            keys[i] = (uint64_t)tl_rng_below(&rng, 50) << 60 >> 2 |
                      (uint64_t)tl_rng_below(&rng, 1000) << 22 | i;
        tl_order_keys(keys, scratch, count, 22);
        for (size_t i = 1; i < count; i++)
            CHECK(keys[i - 1] < keys[i]); /* the low bits count up, so order of equals shows */
    }
}

TL_TEST("a second's events come out in order with their truth, and strays are counted")
{
    struct tl_event events[200];
    struct tl_truth truth[200];
    struct tl_batch batch = {events, truth, 200, 200, 0};
    struct tl_rng rng = tl_rng_at(test_seed(), TL_RNG_EQ_PRINT, 2, 3);
    int64_t second = TL_SEQ_EPOCH_S + 1000;
    for (uint32_t i = 0; i < 200; i++) {
        events[i] = (struct tl_event){.ts = second * TL_NS_PER_S + tl_rng_below(&rng, 40),
                                      .sym = (uint16_t)tl_rng_below(&rng, 5),
                                      .stream = (uint8_t)tl_rng_below(&rng, 4)};
        truth[i] = (struct tl_truth){.parent_id = (uint64_t)events[i].ts};
    }
    events[17].ts = (second + 1) * TL_NS_PER_S;
    struct tl_order *order = tl_order_create(5);
    REQUIRE(order);
    tl_order_second(order, &batch, 0, second);
    tl_order_destroy(order);
    CHECK_INT(batch.count, 199);
    CHECK_INT(batch.dropped, 1);
    for (size_t i = 0; i < batch.count; i++) {
        CHECK(truth[i].parent_id == (uint64_t)events[i].ts);
        CHECK((int64_t)(events[i].seq >> 24) == 1000 &&
              (events[i].seq >> 14 & 1023) == events[i].sym);
        if (i == 0) continue;
        CHECK(events[i].ts >= events[i - 1].ts);
        if (events[i].ts == events[i - 1].ts) CHECK(events[i].stream >= events[i - 1].stream);
    }
}

TL_TEST("coverage: debt raises the boost from 3/20 to 8/20 of the window, a start clears it")
{
    struct tl_coverage coverage;
    struct tl_control control = tl_control_default();
    tl_coverage_open(&coverage, 1000);
    enum tl_profile profile = TL_PROFILE_ARBITRAGE;
    CHECK_NEAR(tl_coverage_factor(&coverage, profile, 1000 + 179, &control), 1.0, 1e-12);
    CHECK_NEAR(tl_coverage_factor(&coverage, profile, 1000 + 330, &control), 2.0, 1e-12);
    CHECK_NEAR(tl_coverage_factor(&coverage, profile, 1000 + 5000, &control), 3.0, 1e-12);
    tl_coverage_note(&coverage, profile, 2000);
    CHECK_NEAR(tl_coverage_factor(&coverage, profile, 2100, &control), 1.0, 1e-12);
    CHECK_INT(tl_coverage_in_window(&coverage, profile, 2100, 20), 1);
    CHECK_INT(tl_coverage_in_window(&coverage, profile, 3200, 20), 0);
    control.coverage_assist = false;
    CHECK(tl_coverage_factor(&coverage, profile, 9000, &control) == 1.0);
}

TL_TEST("every subtype has its row, and every profile two families for any minute")
{
    int any[TL_PROFILE_COUNT + 1] = {0};
    for (int f = 0; f < TL_FAMILY_COUNT; f++) {
        const struct tl_family *family = &tl_families[f];
        CHECK_INT(family->subtype, f + 1);
        CHECK(family->share > 0 && family->premium_usd.low < family->premium_usd.high);
        CHECK(family->dte_low <= family->dte_high && family->span_s.low > 0);
        if (!family->late && !family->early) any[family->profile]++;
    }
    for (int p = 0; p <= TL_PROFILE_NOISE; p++)
        CHECK(any[p] >= 2);
}
