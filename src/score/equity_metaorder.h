/* SPDX-License-Identifier: Apache-2.0
 * Impact of whole orders (row E50): prints that truth says belong to one parent. */
#ifndef TL_SCORE_EQUITY_METAORDER_H
#define TL_SCORE_EQUITY_METAORDER_H

#include "score/equity_types.h"

struct tl_score_scene;

#define TL_SCORE_METAORDERS 512 /* kept of one name; some tens a session are usual */

struct tl_score_metaorder {
    uint64_t id;
    int64_t shares; /* signed */
    uint32_t prints;
    double first_mid, last_mid; /* just before its first and its last execution */
};

struct tl_score_metaorders { /* zeroed is empty */
    uint32_t count, lost;
    struct tl_score_metaorder items[TL_SCORE_METAORDERS];
};

/* Contingent crosses are no market orders and are left out. id: truth's parent, not 0. */
void tl_score_metaorders_print(struct tl_score_metaorders *orders, uint64_t id,
                               const struct tl_score_print *print);

void tl_score_metaorder_rows(struct tl_score_scene *scene);

#endif
