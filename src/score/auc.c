/* SPDX-License-Identifier: Apache-2.0 */
#include "score/auc.h"

#include <stdint.h>

#include "score/estimate.h"

/* Shell sort with gaps that shrink by 2.25 (Tokuda). Equal scores are summed together, so their
 * order does not matter. */
static void sort_by_score(struct tl_auc_item *items, size_t count)
{
    size_t gaps[64], used = 0;
    for (double gap = 1; (size_t)gap < count && used < 64; gap = 2.25 * gap + 1)
        gaps[used++] = (size_t)gap;
    while (used-- > 0) {
        size_t gap = gaps[used];
        for (size_t i = gap; i < count; i++) {
            struct tl_auc_item item = items[i];
            size_t at = i;
            for (; at >= gap && items[at - gap].score > item.score; at -= gap)
                items[at] = items[at - gap];
            items[at] = item;
        }
    }
}

double tl_auc(struct tl_auc_item *items, size_t count)
{
    double own = 0, other = 0, area = 0; /* so far, from the lowest score up */
    sort_by_score(items, count);
    for (size_t i = 0; i < count;) {
        double tied_own = 0, tied_other = 0, score = items[i].score;
        for (; i < count && items[i].score == score; i++)
            *(items[i].own ? &tied_own : &tied_other) += items[i].weight;
        area += tied_own * (other + 0.5 * tied_other);
        own += tied_own;
        other += tied_other;
    }
    return own > 0 && other > 0 ? area / (own * other) : TL_NAN;
}
