/* SPDX-License-Identifier: Apache-2.0
 * Contrasts of the regimes over many sessions, as a table. */
#include "cli/score_regimes.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "cli/score_sessions.h"
#include "os/os.h"
#include "score/contrast.h"

#define BATCH_EVENTS (1 << 16) /* option prints of one second at any rate */

static enum tl_status gather(const struct tl_score_engine *engine, struct tl_market *market,
                             struct tl_contrasts *contrasts, struct tl_error *error)
{
    struct tl_session_span spans[TL_SCORE_SESSIONS_MAX];
    struct tl_batch batch = {.capacity = BATCH_EVENTS};
    enum tl_status status = TL_OK;
    batch.events = malloc(BATCH_EVENTS * sizeof *batch.events);
    if (!batch.events) return tl_error_set(error, TL_NOMEM, "out of memory");
    tl_score_ordinary_sessions(engine->start_s, spans, engine->latent_sessions);
    for (uint32_t i = 0; i < engine->latent_sessions && status == TL_OK; i++) {
        if (engine->progress) fprintf(stderr, "\rsession %u of %u", i + 1, engine->latent_sessions);
        status = tl_market_seek(market, spans[i].start_s, error);
        for (int64_t s = spans[i].start_s; s < spans[i].end_s && status == TL_OK; s++) {
            batch.count = 0;
            tl_market_step(market, &batch);
            tl_contrasts_second(contrasts, market, &batch);
            if (s % 60 == 0 && tl_os_stopping()) status = tl_error_set(error, TL_CLOSED, "stopped");
        }
        tl_contrasts_session(contrasts);
    }
    if (engine->progress) fprintf(stderr, "\r%30s\r", "");
    free(batch.events);
    return status;
}

static void print_table(const struct tl_contrasts *contrasts)
{
    static const char *const groups[TL_GROUP_COUNT] = {"all", "focus", "event"};
    for (int m = 0; m < TL_CONTRAST_COUNT; m++) {
        printf("%s (in the regime / in all others)\n",
               tl_contrast_name((enum tl_contrast_measure)m));
        for (int r = 0; r < TL_REGIME_COUNT; r++) {
            printf("    %-14s", tl_regime_name((enum tl_regime)r));
            for (int g = 0; g < TL_GROUP_COUNT; g++) {
                struct tl_contrast contrast =
                    tl_contrasts_get(contrasts, (enum tl_regime)r, (enum tl_contrast_group)g,
                                     (enum tl_contrast_measure)m);
                printf("  %s %6.3f / %6.3f", groups[g], contrast.inside, contrast.outside);
            }
            printf("\n");
        }
    }
}

enum tl_status tl_score_regimes_run(const struct tl_score_engine *engine, struct tl_error *error)
{
    struct tl_market_options options = engine->options;
    struct tl_market *market = NULL;
    options.mode = TL_MODE_REALISTIC;
    options.streams = 1u << TL_STREAM_OPTION_PRINT;
    enum tl_status status = tl_market_create(&options, &market, error);
    if (status != TL_OK) return status;
    struct tl_contrasts *contrasts = tl_contrasts_create(tl_market_symbol_count(market));
    if (!contrasts) status = tl_error_set(error, TL_NOMEM, "out of memory");
    if (status == TL_OK) status = gather(engine, market, contrasts, error);
    if (status == TL_OK) print_table(contrasts);
    tl_contrasts_destroy(contrasts);
    tl_market_destroy(market);
    return status;
}
