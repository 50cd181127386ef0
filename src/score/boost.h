/* SPDX-License-Identifier: Apache-2.0
 * A simple learner for two classes: gradient boosting of small trees on histograms.
 *
 * f(x) = log odds of all + rate x sum of trees; each tree is grown level by level on the gradient and
 * curvature of the weighted logistic loss (Friedman 2001; the gain of a split and the value of a
 * leaf as in Chen and Guestrin 2016), splits between at most 64 bins of a feature, at quantiles.
 * Deterministic: no draws, no sampling of rows but for the bins' edges. */
#ifndef TL_SCORE_BOOST_H
#define TL_SCORE_BOOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TL_BOOST_FEATURES_MAX 64
#define TL_BOOST_DEPTH_MAX 4
#define TL_BOOST_TREES_MAX 500

struct tl_boost_rows {
    const float *x;       /* [count x features], a row after the other; finite */
    const double *weight; /* [count], >= 0 */
    const bool *own;      /* [count] the class to be told */
    size_t count;
    uint32_t features; /* 1..TL_BOOST_FEATURES_MAX */
};

struct tl_boost_options {
    uint32_t trees, depth; /* up to the bounds above */
    double rate;           /* of learning, 0..1 */
    double ridge;          /* on leaf values, as a share of the whole weight */
    double least;          /* least share of the whole weight in a leaf */
};

/* 80 trees of depth 3 at a rate of .1, ridge .001, least .005. */
struct tl_boost_options tl_boost_options_default(void);

struct tl_boost;

/* Trains. NULL: out of memory, or a class has no weight. Cost: trees x depth x count x features
 * additions. */
struct tl_boost *tl_boost_create(const struct tl_boost_rows *rows,
                                 const struct tl_boost_options *options);
void tl_boost_destroy(struct tl_boost *boost); /* NULL is fine */

/* Log odds that a row is of the own class. x: [features]. */
double tl_boost_score(const struct tl_boost *boost, const float *x);
/* The loss a feature's splits took away, as a share of what all did; 0 when there was no split. */
double tl_boost_gain(const struct tl_boost *boost, uint32_t feature);

#endif
