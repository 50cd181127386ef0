/* SPDX-License-Identifier: Apache-2.0
 * What a module of stock rows reads and writes when the rows are made: all names' accumulators, the
 * universe's reference numbers, the report, and room for one number over names. */
#ifndef TL_SCORE_EQUITY_SCENE_H
#define TL_SCORE_EQUITY_SCENE_H

#include "market/universe.h"
#include "score/curve.h"
#include "score/equity_name.h"
#include "score/estimate.h"
#include "score/report.h"

struct tl_score_scene {
    const struct tl_score_equity *names;
    const struct tl_symbol *symbols;
    uint32_t count;
    struct tl_score_report *report;
    double *scratch; /* [TL_SCORE_HAWKES_SCRATCH] */
    double value[TL_SCORE_NAMES_MAX], low[TL_SCORE_NAMES_MAX], high[TL_SCORE_NAMES_MAX],
        n[TL_SCORE_NAMES_MAX];
};

/* Empties the room: every name is left out until set. */
void tl_score_scene_clear(struct tl_score_scene *scene);
void tl_score_scene_set(struct tl_score_scene *scene, uint32_t name, double value, double n);
/* The band of one name, or of all. */
void tl_score_scene_band(struct tl_score_scene *scene, uint32_t name, double low, double high);
void tl_score_scene_bands(struct tl_score_scene *scene, double low, double high);
/* Hands the room to the row as one number over names, and empties it. */
void tl_score_scene_put(struct tl_score_scene *scene, struct tl_score_row *row, const char *label);
/* The same as a plain number: the mean over the names that were set, n summed. */
void tl_score_scene_put_mean(struct tl_score_scene *scene, struct tl_score_row *row,
                             const char *label, double low, double high);

/* The classes that bands speak of. Dollars a day are reference price times volume. */
double tl_score_ticks(const struct tl_symbol *symbol);       /* reference spread in ticks */
bool tl_score_is_mega(const struct tl_symbol *symbol);       /* above 5e9 USD a day */
bool tl_score_is_tick_bound(const struct tl_symbol *symbol); /* reference at most 1.3 ticks */

/* Whether the symbol's numbers come from a universe, not from the tape that is scored. */
bool tl_score_has_reference(const struct tl_symbol *symbol);

/* Whether a name has its own line in plots: a few of different kinds. */
bool tl_score_is_shown(const struct tl_score_scene *scene, uint32_t name);

#endif
