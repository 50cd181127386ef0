/* SPDX-License-Identifier: Apache-2.0
 * Philox known answers (Random123's kat_vectors) and moments of the draws. Bounds are 5 standard
 * errors of the statistic, so a correct generator fails one seed in a million. */
#include "lib/harness.h"

#include <math.h>

#include "base/rng.h"

TL_TEST("philox4x32-10 gives the published known answers")
{
    static const struct {
        uint32_t counter[4], key[2], want[4];
    } CASES[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        uint32_t out[4];
        tl_philox4x32(CASES[i].counter, CASES[i].key, out);
        for (int j = 0; j < 4; j++)
            CHECK_INT(out[j], CASES[i].want[j]);
    }
}

TL_TEST("two blocks drawn as a pair are the two blocks")
{
    struct tl_rng rng = tl_rng_at(test_seed(), TL_RNG_OWN, 1, 1);
    for (int i = 0; i < 1000; i++) {
        uint32_t a[4], b[4], key[2], want[4], pair[8];
        for (int j = 0; j < 4; j++) {
            a[j] = tl_rng_u32(&rng);
            b[j] = tl_rng_u32(&rng);
        }
        key[0] = tl_rng_u32(&rng);
        key[1] = tl_rng_u32(&rng);
        tl_philox4x32_pair(a, b, key, pair);
        tl_philox4x32(a, key, want);
        for (int j = 0; j < 4; j++)
            CHECK_INT(pair[j], want[j]);
        tl_philox4x32(b, key, want);
        for (int j = 0; j < 4; j++)
            CHECK_INT(pair[4 + j], want[j]);
    }
}

TL_TEST("four blocks drawn at once are the four blocks, with wide registers and without")
{
    struct tl_rng rng = tl_rng_at(test_seed(), TL_RNG_DAY, 3, 5);
    for (int i = 0; i < 100; i++) {
        uint32_t first[4], key[2], want[4], quad[16], plain[16];
        for (int j = 0; j < 4; j++)
            first[j] = tl_rng_u32(&rng);
        if (i % 4 == 0) first[0] = UINT32_MAX - (uint32_t)(i / 4 % 4); /* it wraps around */
        key[0] = tl_rng_u32(&rng), key[1] = tl_rng_u32(&rng);
        tl_philox4x32_quad(first, key, quad);
        tl_philox4x32_quad_plain(first, key, plain);
        for (uint32_t block = 0; block < 4; block++, first[0]++) {
            tl_philox4x32(first, key, want);
            for (uint32_t j = 0; j < 4; j++) {
                CHECK_INT(quad[4 * block + j], want[j]);
                CHECK_INT(plain[4 * block + j], want[j]);
            }
        }
    }
}

TL_TEST("an address's words do not depend on how they are drawn")
{
    uint32_t block[4];
    tl_rng_block(7, TL_RNG_OWN, 3, 1ull << 40, 0, block);
    struct tl_rng rng = tl_rng_at(7, TL_RNG_OWN, 3, 1ull << 40);
    for (int i = 0; i < 4; i++)
        CHECK_INT(tl_rng_u32(&rng), block[i]);
    tl_rng_block(7, TL_RNG_OWN, 3, 1ull << 40, 1, block);
    CHECK_INT(tl_rng_u32(&rng), block[0]);
    CHECK(tl_rng_u64(&rng) == ((uint64_t)block[2] << 32 | block[1]));
}

struct moments {
    double mean, variance;
};

enum { DRAWS = 200000 };

static struct moments moments_of(double (*draw)(struct tl_rng *))
{
    struct tl_rng rng = tl_rng_at(test_seed(), TL_RNG_OWN, 9, 9);
    double sum = 0, squares = 0;
    for (int i = 0; i < DRAWS; i++) {
        double x = draw(&rng);
        sum += x;
        squares += x * x;
    }
    double mean = sum / DRAWS;
    return (struct moments){mean, squares / DRAWS - mean * mean};
}

static double draw_poisson_small(struct tl_rng *rng)
{
    return tl_rng_poisson(rng, 3.7);
}

static double draw_poisson_large(struct tl_rng *rng)
{
    return tl_rng_poisson(rng, 250.0);
}

TL_TEST("uniform, normal, exponential and Poisson have their mean and variance")
{
    double root = sqrt((double)DRAWS);
    struct moments uniform = moments_of(tl_rng_uniform);
    CHECK_NEAR(uniform.mean, 0.5, 5 * sqrt(1.0 / 12) / root);
    CHECK_NEAR(uniform.variance, 1.0 / 12, 5 * sqrt(1.0 / 180) / root);
    struct moments normal = moments_of(tl_rng_normal);
    CHECK_NEAR(normal.mean, 0, 5 / root);
    CHECK_NEAR(normal.variance, 1, 5 * sqrt(2.0) / root);
    struct moments exponential = moments_of(tl_rng_exponential);
    CHECK_NEAR(exponential.mean, 1, 5 / root);
    CHECK_NEAR(exponential.variance, 1, 5 * sqrt(8.0) / root);
    struct moments few = moments_of(draw_poisson_small);
    CHECK_NEAR(few.mean, 3.7, 5 * sqrt(3.7) / root);
    CHECK_NEAR(few.variance, 3.7, 5 * sqrt(3.7 + 2 * 3.7 * 3.7) / root);
    struct moments many = moments_of(draw_poisson_large);
    CHECK_NEAR(many.mean, 250, 5 * sqrt(250.0) / root);
    CHECK_NEAR(many.variance, 250, 5 * sqrt(250.0 + 2 * 250.0 * 250.0) / root);
}

TL_TEST("the exponential has its law from its start to beyond the table's corner")
{
    static const double points[] = {0.001, 0.01, 0.1, 0.25, 0.5, 1, 1.5, 2, 3, 4.5, 6, 6.8, 7, 9};
    enum { COUNT = sizeof points / sizeof *points, TIMES = 20 };
    struct tl_rng rng = tl_rng_at(test_seed(), TL_RNG_OWN, 12, 1);
    int below[COUNT] = {0};
    for (int i = 0; i < TIMES * DRAWS; i++) {
        double x = tl_rng_exponential(&rng);
        CHECK(x > 0);
        for (int k = 0; k < COUNT; k++)
            below[k] += x < points[k];
    }
    for (int k = 0; k < COUNT; k++) {
        double want = -expm1(-points[k]), error = sqrt(want * (1 - want) / (TIMES * DRAWS));
        CHECK_NEAR((double)below[k] / (TIMES * DRAWS), want, 5 * error);
    }
}

TL_TEST("pick and below follow their weights; pareto its tail")
{
    struct tl_rng rng = tl_rng_at(test_seed(), TL_RNG_OWN, 10, 1);
    const double weights[4] = {1, 0, 2, 5};
    int picked[4] = {0}, below[3] = {0}, tail = 0;
    for (int i = 0; i < DRAWS; i++) {
        picked[tl_rng_pick(&rng, weights, 4)]++;
        below[tl_rng_below(&rng, 3)]++;
        tail += tl_rng_pareto(&rng, 1.5) > 4.0; /* 4^-1.5 = 1/8 */
    }
    CHECK_INT(picked[1], 0);
    double bound = 5 * 0.5 / sqrt((double)DRAWS);
    CHECK_NEAR((double)picked[0] / DRAWS, 1.0 / 8, bound);
    CHECK_NEAR((double)picked[3] / DRAWS, 5.0 / 8, bound);
    CHECK_NEAR((double)below[1] / DRAWS, 1.0 / 3, bound);
    CHECK_NEAR((double)tail / DRAWS, 1.0 / 8, bound);
    CHECK_INT(tl_rng_poisson(&rng, 0), 0);
    CHECK_INT(tl_rng_below(&rng, 1), 0);
}
