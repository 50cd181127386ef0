/* SPDX-License-Identifier: Apache-2.0
 * `tapeloom blind`: cells, matches and weights of prints made by hand, and what the learner says of
 * prints that differ, or do not. */
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "cli/blind_judge.h"
#include "lib/harness.h"
#include "tape/scenario_size.h"

static tl_seq next_seq;

static void feed(struct tl_blind_match *match, uint64_t cell, float size, uint64_t parent,
                 enum tl_subtype subtype)
{
    struct tl_blind_print print = {.cell = cell};
    struct tl_event event = {.seq = next_seq++, .stream = TL_STREAM_OPTION_PRINT};
    struct tl_truth truth = {.parent_id = parent, .subtype = (uint8_t)subtype};
    event.u.option.condition = 'I';
    print.x[TL_BLIND_SIZE] = size;
    tl_blind_match_print(match, &print, &event, &truth);
}

TL_TEST("blind: a print is held against background of its cell only, and its matches share it")
{
    struct tl_blind_match match = {0};
    tl_blind_match_session(&match, 0);
    feed(&match, 5, 1, 9, TL_SUB_CALL_SWEEP);
    feed(&match, 5, 2, 0, TL_SUB_BACKGROUND);
    feed(&match, 5, 3, 0, TL_SUB_BACKGROUND);
    feed(&match, 6, 4, 0, TL_SUB_BACKGROUND);
    feed(&match, 7, 5, 9, TL_SUB_CALL_SWEEP);
    tl_blind_match_flush(&match);
    /* The next half hour knows nothing of this one. */
    feed(&match, 7, 6, 0, TL_SUB_BACKGROUND);
    tl_blind_match_flush(&match);
    REQUIRE(!match.full && match.instance_count == 1 && match.sample_count == 3);
    CHECK_INT(match.instances[0].prints, 2);
    CHECK_INT(match.instances[0].matched, 1);
    float share = 0, sizes = 0;
    for (size_t i = 0; i < 3; i++) {
        CHECK_INT(match.samples[i].own, match.samples[i].x[TL_BLIND_SIZE] < 1.5F);
        share += match.samples[i].share;
        sizes += match.samples[i].x[TL_BLIND_SIZE];
    }
    CHECK_NEAR((double)share, 2, 1e-6);
    CHECK_NEAR((double)sizes, 6, 1e-6);
    tl_blind_match_deinit(&match);
}

TL_TEST(
    "blind: noise, conversions, boxes, far-dated, floor and cross prints are scopes of their own")
{
    CHECK_INT(tl_blind_scope_of(TL_SUB_CALL_SWEEP, 'S'), TL_BLIND_MAIN);
    CHECK_INT(tl_blind_scope_of(TL_SUB_COVERED_CALL_OVERWRITE, 'e'), TL_BLIND_BLOCK);
    CHECK_INT(tl_blind_scope_of(TL_SUB_PARITY_VERTICAL, 'h'), TL_BLIND_BLOCK);
    CHECK_INT(tl_blind_scope_of(TL_SUB_CONVERSION_REVERSAL, 'n'), TL_BLIND_CONVERSION);
    CHECK_INT(tl_blind_scope_of(TL_SUB_BOX_SPREAD, 'i'), TL_BLIND_BOX);
    CHECK_INT(tl_blind_scope_of(TL_SUB_FAR_DATED_CONVICTION, 'c'), TL_BLIND_FAR);
    CHECK_INT(tl_blind_scope_of(TL_SUB_SINGLE_PRINT_MID, 'c'), TL_BLIND_NOISE);
    CHECK_INT(tl_blind_scope_of(TL_SUB_STALE_QUOTE_NOISE, 'I'), TL_BLIND_NOISE);
}

/* Two sessions of orders of `prints` prints; an order of many prints is like the background, one of
 * a single print twice its size, where `told`. */
static double auc_of(bool told)
{
    struct tl_blind_match match = {0};
    struct tl_blind_figures figures;
    struct tl_rng rng = tl_rng_at(test_seed(), TL_RNG_DAY, 3, 0);
    for (uint32_t session = 0; session < 2; session++) {
        tl_blind_match_session(&match, session);
        for (uint64_t order = 1; order <= 400; order++) {
            bool single = order % 2 == 0;
            for (int print = 0; print < (single ? 1 : 9); print++) {
                feed(&match, order, (float)tl_rng_uniform(&rng) + (told && single ? 2 : 0), order,
                     TL_SUB_PUT_SWEEP);
                for (int back = 0; back < 4; back++)
                    feed(&match, order, (float)tl_rng_uniform(&rng), 0, TL_SUB_BACKGROUND);
            }
        }
        tl_blind_match_flush(&match);
    }
    double auc = tl_blind_judge(&match, &figures) ? figures.scopes[TL_BLIND_MAIN].auc : -1;
    CHECK_INT(figures.scopes[TL_BLIND_MAIN].instances, 800);
    CHECK_INT(figures.subtypes[TL_SUB_PUT_SWEEP].matched, 4000);
    CHECK(isnan(figures.scopes[TL_BLIND_BOX].auc));
    tl_blind_match_deinit(&match);
    return auc;
}

TL_TEST("blind: every order weighs the same, however many prints it has")
{
    /* Half of the orders are above all background, the other half like it: .75. By prints, of which
     * they have a tenth, it would be .55. Of 400 orders a half the error is about .01. */
    CHECK_NEAR(auc_of(true), 0.75, 0.04);
    CHECK_NEAR(auc_of(false), 0.5, 0.06);
}

TL_TEST("a hidden order's sizes are near what it wants, and round as often as anybody's")
{
    struct tl_rng rng = tl_rng_at(test_seed(), TL_RNG_SC_CHILD, 1, 0);
    const double wanted[] = {1, 6, 30, 120, 700};
    for (int w = 0; w < 5; w++) {
        double sum = 0;
        int far = 0;
        for (int i = 0; i < 2000; i++) {
            double size = tl_scenario_size_draw(&rng, TL_OM_AUCTION, wanted[w], 1);
            far += size < 0.49 * wanted[w] || size > 2.01 * wanted[w];
            sum += size / 2000;
        }
        CHECK(far < 20);
        CHECK(sum > 0.7 * wanted[w] && sum < 1.3 * wanted[w]);
    }
    int hundreds = 0, halves = 0, ragged = 0;
    for (int i = 0; i < 2000; i++) {
        hundreds += tl_scenario_size_draw(&rng, TL_OM_AUCTION, 90 + i % 30, 1) == 100;
        halves += tl_scenario_size_draw(&rng, TL_OM_AUCTION, 45 + i % 15, 2) == 50;
        ragged += tl_scenario_size_draw(&rng, TL_OM_SWEEP, 91 + i % 3, 1) == 91 + i % 3;
    }
    CHECK(hundreds > 1600);
    CHECK(halves > 1300);
    CHECK_INT(ragged, 2000);
}
