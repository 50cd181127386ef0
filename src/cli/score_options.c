/* SPDX-License-Identifier: Apache-2.0
 * The option rows as a module: whole chains come from the engine's market, events from anyone. */
#include "cli/score_options.h"

#include <stdlib.h>

#include "score/option_tape.h"

struct options {
    struct tl_score_options *acc;
    const struct tl_symbol *symbols; /* the run's; they live longer */
    uint32_t count;
};

static void options_destroy(void *module)
{
    struct options *options = module;
    if (!options) return;
    tl_score_options_destroy(options->acc);
    free(options);
}

static void *options_create(const struct tl_symbol *symbols, uint32_t count)
{
    struct options *options = calloc(1, sizeof *options);
    if (!options) return NULL;
    *options = (struct options){tl_score_options_create(count), symbols, count};
    if (options->acc) return options;
    options_destroy(options);
    return NULL;
}

static void options_session(void *module, int64_t start_s, int64_t end_s)
{
    struct options *options = module;
    tl_score_options_session(options->acc, start_s, end_s);
}

static void options_chains(void *module, int64_t start_s, int64_t end_s)
{
    struct options *options = module;
    tl_score_options_chains(options->acc, start_s, end_s);
}

static void options_event(void *module, uint32_t sym, const struct tl_event *event,
                          const struct tl_truth *truth)
{
    struct options *options = module;
    (void)sym;
    tl_score_options_event(options->acc, event, truth);
}

static void options_second(void *module, struct tl_market *market, int64_t second, uint32_t shard,
                           uint32_t shards)
{
    struct options *options = module;
    (void)shard, (void)shards; /* the market says itself what it prints */
    tl_score_options_second(options->acc, market, second);
}

static void options_rows(void *module, const struct tl_symbol *symbols, uint32_t count,
                         struct tl_score_report *report)
{
    struct options *options = module;
    tl_score_options_rows(options->acc, symbols, count, report);
}

static void options_curves(void *module, struct tl_score_curves *curves)
{
    struct options *options = module;
    tl_score_options_curves(options->acc, options->symbols, options->count, curves);
}

const struct tl_score_module tl_score_options_module = {.name = "options",
                                                        .create = options_create,
                                                        .destroy = options_destroy,
                                                        .session = options_session,
                                                        .chains = options_chains,
                                                        .event = options_event,
                                                        .second = options_second,
                                                        .rows = options_rows,
                                                        .curves = options_curves};
