/* SPDX-License-Identifier: Apache-2.0
 * Impact of whole orders (row E50): prints that truth says belong to one parent, or the same orders
 * as the scenarios of latent sessions make them, which are many more. */
#ifndef TL_SCORE_EQUITY_METAORDER_H
#define TL_SCORE_EQUITY_METAORDER_H

#include "market/universe.h"
#include "score/equity_types.h"
#include "score/report.h"

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

/* Nothing when the row is there already, from latent sessions. */
void tl_score_metaorder_rows(struct tl_score_scene *scene);

#define TL_SCORE_LATENT_ORDERS 2048 /* kept of one session; two hundred are usual */

struct tl_score_latent_order {
    uint64_t id;
    uint32_t sym;
    struct tl_score_metaorder order; /* prints: children, each of which prints at least once */
};

struct tl_score_latent_orders { /* of one session; zeroed is empty */
    uint32_t count, lost;
    struct tl_score_latent_order items[TL_SCORE_LATENT_ORDERS];
};

/* A scenario child of the session; mid: at the start of its second, 1e-4 USD. Children of options
 * and contingent ones are left out. */
void tl_score_latent_orders_child(struct tl_score_latent_orders *orders, uint32_t sym,
                                  const struct tl_child *child, double mid);

/* Row E50 of latent sessions: orders[sessions]. Puts nothing when there is no order. */
void tl_score_latent_orders_rows(const struct tl_score_latent_orders *orders, uint32_t sessions,
                                 const struct tl_symbol *symbols, struct tl_score_report *report);

#endif
