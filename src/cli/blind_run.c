/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/blind_run.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "cli/score_sessions.h"
#include "os/os.h"
#include "tape/market_view.h"

#define WEEK 5
#define BATCH_EVENTS (1 << 16)
#define HALF_HOUR_S 1800

struct session {
    struct tl_market *market;
    struct tl_option_session calendar;
    struct tl_batch batch;
    struct tl_blind_match *match;
    uint64_t prints;
};

static void take_second(struct session *session)
{
    session->batch.count = 0;
    tl_market_step(session->market, &session->batch);
    for (size_t i = 0; i < session->batch.count; i++) {
        const struct tl_event *event = &session->batch.events[i];
        if (event->stream != TL_STREAM_OPTION_PRINT) continue;
        const struct tl_symbol *symbol = tl_market_reference(session->market, event->sym);
        struct tl_option_look look;
        struct tl_blind_print print;
        tl_option_look_at(&look, event, &session->calendar, symbol);
        tl_blind_print_of(&print, event, &look, symbol);
        tl_blind_match_print(session->match, &print, event, &session->batch.truth[i]);
        session->prints++;
    }
}

static enum tl_status run_seconds(const struct tl_blind_run *run, struct session *session,
                                  struct tl_error *error)
{
    int64_t seconds = 60 * run->minutes;
    for (int64_t i = 1; i <= seconds; i++) {
        take_second(session);
        if (i % HALF_HOUR_S == 0 || i == seconds) tl_blind_match_flush(session->match);
        if (i % 60 == 0 && tl_os_stopping()) return tl_error_set(error, TL_CLOSED, "stopped");
    }
    if (session->batch.dropped > 0)
        return tl_error_set(error, TL_FULL, "%lld events found no room at this --rate",
                            (long long)session->batch.dropped);
    return session->match->full ? tl_error_set(error, TL_NOMEM, "out of memory") : TL_OK;
}

static enum tl_status run_seed(const struct tl_blind_run *run, uint32_t index,
                               struct session *session, struct tl_error *error)
{
    struct tl_session_span spans[WEEK];
    struct tl_control_entry entry = {.effective_s = 0, .state = run->control};
    struct tl_market_options options = run->options;
    entry.state.shared_seed = run->first_seed + index;
    options.log = (struct tl_control_log){&entry, 1};
    options.streams = 1u << TL_STREAM_OPTION_PRINT;
    tl_score_ordinary_sessions(run->start_s, spans, WEEK);
    const struct tl_session_span *span = &spans[index % WEEK];
    tl_option_session_init(&session->calendar, span->start_s, span->end_s);
    tl_blind_match_session(session->match, index);
    enum tl_status status = tl_market_create(&options, &session->market, error);
    if (status == TL_OK) status = tl_market_seek(session->market, span->start_s, error);
    if (status == TL_OK) status = run_seconds(run, session, error);
    tl_market_destroy(session->market);
    session->market = NULL;
    return status;
}

enum tl_status tl_blind_collect(const struct tl_blind_run *run, struct tl_blind_match *match,
                                uint64_t *option_prints, struct tl_error *error)
{
    struct session session = {.match = match};
    enum tl_status status = TL_OK;
    session.batch.capacity = BATCH_EVENTS;
    session.batch.events = malloc(BATCH_EVENTS * sizeof *session.batch.events);
    session.batch.truth = malloc(BATCH_EVENTS * sizeof *session.batch.truth);
    if (!session.batch.events || !session.batch.truth)
        status = tl_error_set(error, TL_NOMEM, "out of memory");
    for (uint32_t i = 0; i < run->seeds && status == TL_OK; i++) {
        if (run->progress) fprintf(stderr, "\rsession %u of %u", i + 1, run->seeds);
        status = run_seed(run, i, &session, error);
    }
    if (run->progress) fprintf(stderr, "\r%30s\r", "");
    *option_prints = session.prints;
    free(session.batch.events);
    free(session.batch.truth);
    return status;
}
