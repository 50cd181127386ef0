/* SPDX-License-Identifier: Apache-2.0
 * The fitted weights belong to the profiles as they are: a profile that was changed without a new
 * fit would weigh one thing with the number of another. */
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "flow/evidence_fields.h"
#include "flow/profile.h"
#include "lib/harness.h"

TL_TEST("weights: each profile's weights are those of its items, by name, order and sign")
{
    struct tl_evidence evidence;
    memset(&evidence, 0, sizeof evidence);
    for (int p = 0; p < TL_PROFILE_COUNT; p++) {
        const struct tl_profile_weights *weights = &tl_profile_weights[p];
        struct tl_judgement judgement;
        tl_profile_judge(&tl_profile_rules[p], &evidence, &judgement);
        REQUIRE(judgement.count == weights->count);
        double strongest = 0;
        for (size_t i = 0; i < weights->count; i++) {
            double weight = weights->items[i].weight;
            CHECK_STR(judgement.items[i].name, weights->items[i].name);
            CHECK(isfinite(weight) && (judgement.items[i].against ? weight <= 0 : weight >= 0));
            strongest = fmax(strongest, fabs(weight));
        }
        CHECK(weights->bias < 0 && strongest > 1 && strongest < 30);
    }
}

TL_TEST("weights: whatever the evidence, every item lies in 0..1 and comes in the same order")
{
    struct tl_rng rng = tl_rng_at(test_seed(), TL_RNG_OP_NOISE, 3, 1);
    for (int round = 0; round < 2000; round++) {
        struct tl_evidence evidence;
        memset(&evidence, 0, sizeof evidence);
        for (size_t i = 0; i < tl_evidence_field_count(); i++) {
            double scale = tl_rng_below(&rng, 3) == 0 ? 1 : 1e5;
            double value = (tl_rng_uniform(&rng) - 0.3) * scale;
            tl_evidence_field_set(&evidence, i, value > 0 ? value : -value / 10);
        }
        for (int p = 0; p < TL_PROFILE_COUNT; p++) {
            struct tl_judgement judgement;
            tl_profile_judge(&tl_profile_rules[p], &evidence, &judgement);
            REQUIRE(judgement.count == tl_profile_weights[p].count);
            for (size_t i = 0; i < judgement.count; i++) {
                CHECK(judgement.items[i].value >= 0 && judgement.items[i].value <= 1);
                CHECK(strcmp(judgement.items[i].name, tl_profile_weights[p].items[i].name) == 0);
            }
            double probability = tl_judgement_probability(&judgement);
            CHECK(probability >= 0 && probability <= 1);
        }
    }
}

TL_TEST("evidence fields: what is set by number is read back by number")
{
    struct tl_evidence evidence;
    memset(&evidence, 0, sizeof evidence);
    for (size_t i = 0; i < tl_evidence_field_count(); i++)
        tl_evidence_field_set(&evidence, i, (double)(i % 2));
    for (size_t i = 0; i < tl_evidence_field_count(); i++)
        CHECK_NEAR(tl_evidence_field(&evidence, i), (double)(i % 2), 0);
    for (size_t i = 0; i < tl_evidence_field_count(); i++)
        for (size_t k = 0; k < i; k++)
            CHECK(strcmp(tl_evidence_field_name(i), tl_evidence_field_name(k)) != 0);
}
