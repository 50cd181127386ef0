/* SPDX-License-Identifier: Apache-2.0
 * A control change bends what comes next and moves nothing by itself: the second in which it takes
 * effect is one among the seconds around it, in prices, spreads, quoted sizes and volatilities. */
#include "base/math.h"
#include "base/rng.h"
#include "lib/harness.h"
#include "lib/tape_fixture.h"
#include "market/latent.h"
#include "tape/market_view.h"

#define OPEN_S 1792503000LL /* 2026-10-20 09:30 in New York */
#define CHANGES 24
#define AROUND 45 /* seconds on either side that the change's own second is compared with */
#define SECONDS (2 * AROUND + 1)

enum measure { PRICE, SPREAD, DEPTH, VOLATILITY, SKEW, MEASURES };

static const char *const NAMES[MEASURES] = {"price", "spread", "depth", "volatility", "skew"};

/* What moved within a second, summed over the names; moves in their own units. */
static void take(const struct tl_latent *now, const struct tl_latent *before, double *moves)
{
    double tick = (double)now->tick;
    moves[PRICE] += tl_abs(now->log_px[1] - now->log_px[0]) / now->sigma_s;
    moves[SPREAD] += tl_abs((double)(now->ask[1] - now->bid[1] - now->ask[0] + now->bid[0])) /
                     (tick * now->spread_ticks);
    moves[DEPTH] += tl_abs(tl_log((double)now->bid_size[1] / (double)now->bid_size[0]));
    moves[VOLATILITY] += tl_abs(now->atm_iv_log - before->atm_iv_log) +
                         tl_abs(now->iv_pressure - before->iv_pressure);
    moves[SKEW] += tl_abs(now->skew_shift - before->skew_shift);
}

static void run_change(const struct tl_control_log *log, int64_t change, double (*moves)[MEASURES])
{
    struct tl_market_options options = tl_market_options_default();
    struct tl_latent before[64];
    struct tape_fixture tape;
    options.calendar = TL_CALENDAR_EXCHANGE;
    options.log = *log;
    options.streams = 0;
    if (!tape_open(&tape, &options, change - AROUND - 1)) return;
    uint32_t count = tl_market_symbol_count(tape.market);
    REQUIRE(count <= 64);
    for (int s = -1; s < SECONDS; s++) {
        tape_step(&tape);
        const struct tl_latent *latents = tl_market_latents(tape.market);
        for (uint32_t i = 0; i < count; i++) {
            if (s >= 0) take(&latents[i], &before[i], moves[s]);
            before[i] = latents[i];
        }
    }
    tape_close(&tape);
}

/* Everything an operator can turn, drawn. */
static struct tl_control any_state(struct tl_rng *rng)
{
    struct tl_control state = tl_control_default();
    state.preset = (enum tl_preset)tl_rng_below(rng, TL_PRESET_COUNT);
    state.shared_seed = (int64_t)tl_rng_below(rng, 1u << 30);
    state.coverage_window_minutes = 10 + 10 * (int)tl_rng_below(rng, 3);
    state.coverage_assist = tl_rng_below(rng, 2) == 1;
    for (int p = 0; p < TL_PROFILE_COUNT; p++)
        state.weights[p] = (enum tl_weight)tl_rng_below(rng, TL_WEIGHT_COUNT);
    return state;
}

/* Share of the seconds around that moved less. */
static double rank_of(double (*moves)[MEASURES], enum measure measure)
{
    double own = moves[AROUND][measure], below = 0;
    for (int s = 0; s < SECONDS; s++)
        below += moves[s][measure] < own ? 1.0 : moves[s][measure] > own ? 0.0 : 0.5;
    return below / SECONDS;
}

TL_TEST("the second of a control change is an ordinary second of its minute")
{
    double mean[MEASURES] = {0};
    int highest[MEASURES] = {0};
    for (int n = 0; n < CHANGES; n++) {
        struct tl_rng rng = tl_rng_at(test_seed(), TL_RNG_DAY, 77, (uint64_t)n);
        struct tl_control_entry entries[2] = {{0, any_state(&rng)}, {0, any_state(&rng)}};
        entries[1].effective_s = OPEN_S + 120 + (int64_t)tl_rng_below(&rng, 1200);
        struct tl_control_log log = {entries, 2};
        double moves[SECONDS][MEASURES] = {{0}};
        run_change(&log, entries[1].effective_s, moves);
        for (enum measure m = PRICE; m < MEASURES; m++) {
            double rank = rank_of(moves, m);
            mean[m] += rank / CHANGES;
            highest[m] += rank > 1.0 - 2.0 / SECONDS;
        }
    }
    /* A rank is uniform: the mean of 24 has sd .06; one in 60 is among the two highest. */
    for (enum measure m = PRICE; m < MEASURES; m++)
        if (tl_abs(mean[m] - 0.5) > 0.25 || highest[m] > 4)
            test_fail(__FILE__, __LINE__, "%s: mean rank %.2f, %d of %d among the two highest",
                      NAMES[m], mean[m], highest[m], CHANGES);
}
