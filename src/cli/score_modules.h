/* SPDX-License-Identifier: Apache-2.0
 * The accumulators that a scoring run feeds with events, as one table: what is in the table is fed,
 * whatever the events come from. Each keeps state by symbol only, so two threads may feed different
 * symbols; session, rows and curves are called while nobody feeds. */
#ifndef TL_CLI_SCORE_MODULES_H
#define TL_CLI_SCORE_MODULES_H

#include <tapeloom/event.h>
#include <tapeloom/market.h>
#include "market/universe.h"
#include "score/curve.h"
#include "score/report.h"

struct tl_score_module {
    const char *name;
    void *(*create)(const struct tl_symbol *symbols, uint32_t count); /* NULL: out of memory */
    void (*destroy)(void *module);                                    /* NULL is fine */
    /* Before the first step of an engine's market, to watch it (tape/market_observe.h: a market
     * has one observer, so one module may); NULL: not needed. */
    void (*attach)(void *module, struct tl_market *market);
    void (*session)(void *module, int64_t start_s, int64_t end_s); /* before its first event */
    /* A session of which only `second` is called and `event` with option prints, by a market that
     * prints nothing else; NULL: not needed, nor are those called in it. */
    void (*chains)(void *module, int64_t start_s, int64_t end_s);
    void (*event)(void *module, uint32_t sym, const struct tl_event *event,
                  const struct tl_truth *truth); /* truth NULL: not known */
    /* After a second of an engine's market has been stepped and before its events are fed, for what
     * only the engine can say; NULL: not needed (nor called on files).
     * shard, shards: the symbols this market prints. */
    void (*second)(void *module, struct tl_market *market, int64_t second, uint32_t shard,
                   uint32_t shards);
    void (*rows)(void *module, const struct tl_symbol *symbols, uint32_t count,
                 struct tl_score_report *report);
    void (*curves)(void *module, struct tl_score_curves *curves); /* NULL: none */
};

extern const struct tl_score_module *const tl_score_modules[]; /* ends with NULL */

#define TL_SCORE_MODULES_MAX 8

/* One instance of every module of the table. */
struct tl_score_bench {
    uint32_t count;
    void *modules[TL_SCORE_MODULES_MAX];
};

bool tl_score_bench_create(struct tl_score_bench *bench, const struct tl_symbol *symbols,
                           uint32_t count);
void tl_score_bench_destroy(struct tl_score_bench *bench);
void tl_score_bench_attach(struct tl_score_bench *bench, struct tl_market *market);
void tl_score_bench_session(struct tl_score_bench *bench, int64_t start_s, int64_t end_s);
void tl_score_bench_chains(struct tl_score_bench *bench, int64_t start_s, int64_t end_s);
void tl_score_bench_event(struct tl_score_bench *bench, const struct tl_event *event,
                          const struct tl_truth *truth);
void tl_score_bench_second(struct tl_score_bench *bench, struct tl_market *market, int64_t second,
                           uint32_t shard, uint32_t shards);
/* The same in a session of chains. */
void tl_score_bench_look(struct tl_score_bench *bench, struct tl_market *market, int64_t second,
                         uint32_t shard, uint32_t shards);
void tl_score_bench_look_event(struct tl_score_bench *bench, const struct tl_event *event,
                               const struct tl_truth *truth);
void tl_score_bench_rows(struct tl_score_bench *bench, const struct tl_symbol *symbols,
                         uint32_t count, struct tl_score_report *report);
void tl_score_bench_curves(struct tl_score_bench *bench, struct tl_score_curves *curves);

#endif
