/* SPDX-License-Identifier: Apache-2.0
 * The table of accumulators and the loops over it. A module joins by an adapter of its own and one
 * line in the table. */
#include "cli/score_modules.h"

#include <string.h>

#include "cli/score_equities.h"
#include "cli/score_options.h"

const struct tl_score_module *const tl_score_modules[] = {&tl_score_equities_module,
                                                          &tl_score_options_module, NULL};

bool tl_score_bench_create(struct tl_score_bench *bench, const struct tl_symbol *symbols,
                           uint32_t count)
{
    memset(bench, 0, sizeof *bench);
    for (uint32_t i = 0; tl_score_modules[i] && i < TL_SCORE_MODULES_MAX; i++) {
        bench->modules[i] = tl_score_modules[i]->create(symbols, count);
        bench->count = i + 1;
        if (!bench->modules[i]) return false;
    }
    return true;
}

void tl_score_bench_destroy(struct tl_score_bench *bench)
{
    for (uint32_t i = 0; i < bench->count; i++)
        tl_score_modules[i]->destroy(bench->modules[i]);
    bench->count = 0;
}

void tl_score_bench_attach(struct tl_score_bench *bench, struct tl_market *market)
{
    for (uint32_t i = 0; i < bench->count; i++)
        if (tl_score_modules[i]->attach) tl_score_modules[i]->attach(bench->modules[i], market);
}

void tl_score_bench_session(struct tl_score_bench *bench, int64_t start_s, int64_t end_s)
{
    for (uint32_t i = 0; i < bench->count; i++)
        tl_score_modules[i]->session(bench->modules[i], start_s, end_s);
}

void tl_score_bench_chains(struct tl_score_bench *bench, int64_t start_s, int64_t end_s)
{
    for (uint32_t i = 0; i < bench->count; i++)
        if (tl_score_modules[i]->chains)
            tl_score_modules[i]->chains(bench->modules[i], start_s, end_s);
}

void tl_score_bench_event(struct tl_score_bench *bench, const struct tl_event *event,
                          const struct tl_truth *truth)
{
    for (uint32_t i = 0; i < bench->count; i++)
        tl_score_modules[i]->event(bench->modules[i], event->sym, event, truth);
}

void tl_score_bench_second(struct tl_score_bench *bench, struct tl_market *market, int64_t second,
                           uint32_t shard, uint32_t shards)
{
    for (uint32_t i = 0; i < bench->count; i++)
        if (tl_score_modules[i]->second)
            tl_score_modules[i]->second(bench->modules[i], market, second, shard, shards);
}

void tl_score_bench_look(struct tl_score_bench *bench, struct tl_market *market, int64_t second,
                         uint32_t shard, uint32_t shards)
{
    for (uint32_t i = 0; i < bench->count; i++)
        if (tl_score_modules[i]->chains)
            tl_score_modules[i]->second(bench->modules[i], market, second, shard, shards);
}

void tl_score_bench_look_event(struct tl_score_bench *bench, const struct tl_event *event,
                               const struct tl_truth *truth)
{
    for (uint32_t i = 0; i < bench->count; i++)
        if (tl_score_modules[i]->chains)
            tl_score_modules[i]->event(bench->modules[i], event->sym, event, truth);
}

void tl_score_bench_rows(struct tl_score_bench *bench, const struct tl_symbol *symbols,
                         uint32_t count, struct tl_score_report *report)
{
    for (uint32_t i = 0; i < bench->count; i++)
        tl_score_modules[i]->rows(bench->modules[i], symbols, count, report);
}

void tl_score_bench_curves(struct tl_score_bench *bench, struct tl_score_curves *curves)
{
    for (uint32_t i = 0; i < bench->count; i++)
        if (tl_score_modules[i]->curves) tl_score_modules[i]->curves(bench->modules[i], curves);
}
