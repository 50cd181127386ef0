/* SPDX-License-Identifier: Apache-2.0
 * The stock rows as a module: quote paths come through the market's observer, events from anyone. */
#include "cli/score_equities.h"

#include <stdlib.h>

#include "score/equity_tape.h"
#include "tape/market_observe.h"

struct equities {
    struct tl_score_equities *acc;
    const struct tl_symbol *symbols; /* the run's; they live longer */
    uint32_t count;
};

static void equities_destroy(void *module)
{
    struct equities *equities = module;
    if (!equities) return;
    tl_score_equities_destroy(equities->acc);
    free(equities);
}

static void *equities_create(const struct tl_symbol *symbols, uint32_t count)
{
    struct equities *equities = calloc(1, sizeof *equities);
    if (!equities) return NULL;
    equities->acc = tl_score_equities_create(count);
    equities->symbols = symbols;
    equities->count = count;
    if (!equities->acc) {
        equities_destroy(equities);
        return NULL;
    }
    for (uint32_t i = 0; i < count; i++)
        if (symbols[i].tick > 0) tl_score_equities_tick(equities->acc, i, symbols[i].tick);
    return equities;
}

static void see_path(void *context, const struct tl_second *second,
                     const struct tl_quote_path *path)
{
    struct equities *equities = context;
    tl_score_equities_path(equities->acc, second->sym, path, second->second);
}

static void equities_attach(void *module, struct tl_market *market)
{
    tl_market_observe(market, see_path, module);
}

static void equities_session(void *module, int64_t start_s, int64_t end_s)
{
    struct equities *equities = module;
    tl_score_equities_session(equities->acc, start_s, end_s);
}

static void equities_event(void *module, uint32_t sym, const struct tl_event *event,
                           const struct tl_truth *truth)
{
    struct equities *equities = module;
    (void)sym;
    tl_score_equities_event(equities->acc, event, truth);
}

static void equities_rows(void *module, const struct tl_symbol *symbols, uint32_t count,
                          struct tl_score_report *report)
{
    struct equities *equities = module;
    tl_score_equities_end(equities->acc);
    tl_score_equities_rows(equities->acc, symbols, count, report);
}

static void equities_curves(void *module, struct tl_score_curves *curves)
{
    struct equities *equities = module;
    tl_score_equities_curves(equities->acc, equities->symbols, equities->count, curves);
}

const struct tl_score_module tl_score_equities_module = {.name = "equities",
                                                         .create = equities_create,
                                                         .destroy = equities_destroy,
                                                         .attach = equities_attach,
                                                         .session = equities_session,
                                                         .event = equities_event,
                                                         .rows = equities_rows,
                                                         .curves = equities_curves};
