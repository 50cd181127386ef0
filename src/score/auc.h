/* SPDX-License-Identifier: Apache-2.0
 * The area under the ROC curve with weights: the chance that a case of ours, drawn by weight, has a
 * higher score than one of the others, a tie counting half. */
#ifndef TL_SCORE_AUC_H
#define TL_SCORE_AUC_H

#include <stdbool.h>
#include <stddef.h>

struct tl_auc_item {
    double score, weight; /* weight >= 0 */
    bool own;
};

/* Sorts items in place. TL_NAN when either side has no weight. Cost n log n and a little. */
double tl_auc(struct tl_auc_item *items, size_t count);

#endif
