/* SPDX-License-Identifier: Apache-2.0
 * The simple learner and the area under the curve, on data whose answer is known. */
#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "lib/harness.h"
#include "score/auc.h"
#include "score/boost.h"

#define ROWS 4000
#define FEATURES 3

struct data {
    float x[ROWS * FEATURES];
    double weight[ROWS];
    bool own[ROWS];
    struct tl_auc_item items[ROWS];
};

static struct tl_boost_rows rows_of(const struct data *data, size_t first, size_t count)
{
    return (struct tl_boost_rows){.x = data->x + first * FEATURES,
                                  .weight = data->weight + first,
                                  .own = data->own + first,
                                  .count = count,
                                  .features = FEATURES};
}

/* Uniform features, half of the rows own, weight one. */
static struct data *data_new(uint64_t seed)
{
    struct data *data = calloc(1, sizeof *data);
    struct tl_rng rng = tl_rng_at(seed, TL_RNG_DAY, 7, 0);
    for (size_t i = 0; data && i < ROWS; i++) {
        for (int f = 0; f < FEATURES; f++)
            data->x[i * FEATURES + (size_t)f] = (float)tl_rng_uniform(&rng);
        data->own[i] = tl_rng_uniform(&rng) < 0.5;
        data->weight[i] = 1;
    }
    return data;
}

/* Trained on the first half, judged on the second. */
static double auc_of(struct data *data, struct tl_boost **model)
{
    struct tl_boost_rows rows = rows_of(data, 0, ROWS / 2);
    struct tl_boost_options options = tl_boost_options_default();
    *model = tl_boost_create(&rows, &options);
    if (!*model) return -1;
    for (size_t i = ROWS / 2; i < ROWS; i++)
        data->items[i - ROWS / 2] = (struct tl_auc_item){
            tl_boost_score(*model, data->x + i * FEATURES), data->weight[i], data->own[i]};
    return tl_auc(data->items, ROWS / 2);
}

TL_TEST("auc: counts pairs, a tie half, by the product of their weights")
{
    struct tl_auc_item items[] = {
        {0.9, 2, true}, {0.5, 1, true}, {0.5, 3, false}, {0.1, 1, false}, {0.95, 1, false}};
    /* own .9: over .5 (3) and .1 (1) of 5; own .5: over .1 (1) and half of 3. */
    CHECK_NEAR(tl_auc(items, 5), (2.0 * 4 + 1.0 * 2.5) / (3 * 5), 1e-12);
    struct tl_auc_item one_sided[] = {{1, 1, true}, {2, 0, false}};
    CHECK(isnan(tl_auc(one_sided, 2)));
    struct tl_auc_item equal[] = {{3, 1, true}, {3, 5, false}, {3, 1, true}};
    CHECK_NEAR(tl_auc(equal, 3), 0.5, 1e-12);
}

TL_TEST("boost: tells a class that two features decide together, and says which they were")
{
    struct data *data = data_new(test_seed());
    struct tl_boost *model = NULL;
    REQUIRE(data);
    for (size_t i = 0; i < ROWS; i++) {
        const float *x = data->x + i * FEATURES;
        data->own[i] = x[0] > 0.3F && x[2] > 0.4F;
    }
    CHECK(auc_of(data, &model) > 0.995);
    REQUIRE(model);
    CHECK(tl_boost_gain(model, 0) > 0.2);
    CHECK(tl_boost_gain(model, 2) > 0.2);
    CHECK(tl_boost_gain(model, 1) < 0.02);
    tl_boost_destroy(model);
    free(data);
}

TL_TEST("boost: sees what no feature shows alone, when a tree may ask twice")
{
    struct data *data = data_new(test_seed());
    struct tl_boost *model = NULL;
    REQUIRE(data);
    /* Exclusive or, with the corner not in the middle: exact symmetry leaves a first split nothing. */
    for (size_t i = 0; i < ROWS; i++) {
        const float *x = data->x + i * FEATURES;
        data->own[i] = (x[0] > 0.4F) != (x[1] > 0.6F);
    }
    CHECK(auc_of(data, &model) > 0.97);
    tl_boost_destroy(model);
    free(data);
}

TL_TEST("boost: on labels that are noise its scores tell nothing about rows it has not seen")
{
    struct data *data = data_new(test_seed());
    struct tl_boost *model = NULL;
    REQUIRE(data);
    /* The area over 1000 and 1000 cases has a deviation of .013: four of them. */
    CHECK_NEAR(auc_of(data, &model), 0.5, 0.052);
    tl_boost_destroy(model);
    free(data);
}

TL_TEST("boost: a row of weight zero is not there, and a weight of two is the row twice")
{
    struct data *data = data_new(test_seed()), *twice = data_new(test_seed());
    struct tl_boost *weighted = NULL, *plain = NULL;
    REQUIRE(data && twice);
    for (size_t i = 0; i < ROWS / 2; i++) {
        /* Half of the rows say own above .5 (weight 2), half the opposite (weight 0). */
        bool liar = i % 2 == 1;
        data->own[i] = (data->x[i * FEATURES] > 0.5F) != liar;
        data->weight[i] = liar ? 0 : 2;
    }
    for (size_t i = 0; i < ROWS / 2; i++) {
        size_t from = i - i % 2;
        for (size_t f = 0; f < FEATURES; f++)
            twice->x[i * FEATURES + f] = data->x[from * FEATURES + f];
        twice->own[i] = data->own[from];
    }
    for (size_t i = ROWS / 2; i < ROWS; i++)
        data->own[i] = twice->own[i] = data->x[i * FEATURES] > 0.5F;
    CHECK(auc_of(data, &weighted) > 0.995);
    CHECK(auc_of(twice, &plain) > 0.995);
    tl_boost_destroy(weighted);
    tl_boost_destroy(plain);
    free(data);
    free(twice);
}

TL_TEST("boost: one class alone cannot be learned")
{
    struct data *data = data_new(test_seed());
    struct tl_boost_options options = tl_boost_options_default();
    REQUIRE(data);
    for (size_t i = 0; i < ROWS; i++)
        data->own[i] = true;
    struct tl_boost_rows rows = rows_of(data, 0, ROWS);
    CHECK(tl_boost_create(&rows, &options) == NULL);
    free(data);
}
