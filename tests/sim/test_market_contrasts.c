/* SPDX-License-Identifier: Apache-2.0
 * Each regime shows on both tapes: contrasts against the other regimes of the same sessions. The
 * bounds are about half of the contrasts that 20 sessions gave (docs/REALISM.md). */
#include "base/rng.h"
#include "lib/harness.h"
#include "lib/tape_fixture.h"
#include "score/contrast.h"

#define OPEN_S 1792503000LL /* 2026-10-20 09:30 in New York */
#define SESSIONS 3

static void gather(struct tl_contrasts *contrasts, int64_t seed)
{
    struct tl_control_entry entry = {.effective_s = 0, .state = tl_control_default()};
    struct tl_market_options options = tl_market_options_default();
    struct tape_fixture tape;
    entry.state.shared_seed = seed;
    options.calendar = TL_CALENDAR_EXCHANGE;
    options.log = (struct tl_control_log){&entry, 1};
    options.streams = 1u << TL_STREAM_OPTION_PRINT;
    REQUIRE(tape_open(&tape, &options, OPEN_S));
    for (int i = 0; i < 23400; i++) {
        tape_step(&tape);
        tl_contrasts_second(contrasts, tape.market, &tape.batch);
    }
    tl_contrasts_session(contrasts);
    tape_close(&tape);
}

static double ratio(const struct tl_contrasts *contrasts, enum tl_regime regime,
                    enum tl_contrast_group group, enum tl_contrast_measure measure)
{
    struct tl_contrast contrast = tl_contrasts_get(contrasts, regime, group, measure);
    return contrast.inside / contrast.outside;
}

TL_TEST("regimes differ in what they do to both tapes")
{
    struct tl_contrasts *contrasts = tl_contrasts_create(40);
    REQUIRE(contrasts);
    for (uint64_t s = 0; s < SESSIONS; s++)
        gather(contrasts, (int64_t)(tl_mix64(1000 * test_seed() + s) >> 12));
    const enum tl_regime chase = TL_REGIME_RETAIL_CHASE, ramp = TL_REGIME_EVENT_RAMP,
                         dealer = TL_REGIME_DEALER_GAMMA, calm = TL_REGIME_ARB_CALM;
    CHECK(ratio(contrasts, ramp, TL_GROUP_EVENT, TL_CONTRAST_EVENT_ALIGNED) > 1.05);
    CHECK(ratio(contrasts, ramp, TL_GROUP_EVENT, TL_CONTRAST_SPREAD) > 1.15);
    CHECK(ratio(contrasts, dealer, TL_GROUP_ALL, TL_CONTRAST_SHORT_ATM) > 1.05);
    CHECK(tl_contrasts_get(contrasts, dealer, TL_GROUP_FOCUS, TL_CONTRAST_PERSIST).inside <
          tl_contrasts_get(contrasts, chase, TL_GROUP_FOCUS, TL_CONTRAST_PERSIST).inside);
    CHECK(ratio(contrasts, calm, TL_GROUP_ALL, TL_CONTRAST_VOLATILITY) < 0.9);
    CHECK(ratio(contrasts, calm, TL_GROUP_ALL, TL_CONTRAST_MULTI_LEG) > 1.1);
    CHECK(ratio(contrasts, chase, TL_GROUP_ALL, TL_CONTRAST_OTM_CALL) > 1.04);
    CHECK(ratio(contrasts, chase, TL_GROUP_FOCUS, TL_CONTRAST_IV) > 1.015);
    CHECK(ratio(contrasts, chase, TL_GROUP_ALL, TL_CONTRAST_VOLATILITY) > 1.1);
    tl_contrasts_destroy(contrasts);
}
