/* SPDX-License-Identifier: Apache-2.0
 * The thread waits for control changes (at most 100 ms at a time) and steps to the present second.
 * More than two minutes behind, or a clock that went back, is a seek. Without the bus the last log
 * stays in force. A turn after a seek, when the present state has been shown, the session is stepped
 * through from its start once (no stream is printed), so that its regimes up to now are known. */
#include "services/api/session.h"

#include "base/text.h"
#include "os/os.h"
#include "services/control_plane.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define SEEK_OVER_S 120
#define WAIT_MS 100

struct tl_api_session {
    struct tl_bus *bus;
    struct tl_market_options options;
    char *universe, *symbols; /* ours, behind options */
    struct tl_control_plane *plane;
    struct tl_market *market;
    struct tl_session_view next; /* the thread's own, being made */
    atomic_bool stopping;
    bool started, replayed;
    pthread_t thread;
    pthread_mutex_t lock;
    struct tl_session_view view;         /* under lock */
    struct tl_session_timeline past;     /* the thread's own */
    struct tl_session_timeline timeline; /* under lock */
};

static void copy_symbol(char *out, struct tl_str symbol)
{
    size_t size = symbol.size < TL_SESSION_SYMBOL_BYTES ? symbol.size : TL_SESSION_SYMBOL_BYTES - 1;
    memset(out, 0, TL_SESSION_SYMBOL_BYTES);
    if (size) memcpy(out, symbol.data, size);
}

static void view_events(const struct tl_market *market, struct tl_session_view *view)
{
    static const size_t capacity = TL_SESSION_EVENTS_MAX;
    struct tl_event_calendar_entry entries[TL_SESSION_EVENTS_MAX];
    view->event_count = tl_market_events(market, entries, capacity);
    for (size_t i = 0; i < view->event_count; i++) {
        struct tl_session_event *event = &view->events[i];
        copy_symbol(event->symbol, tl_market_symbol(market, entries[i].sym));
        event->event_ts_ms = entries[i].event_ts / TL_NS_PER_MS;
        event->announced_ts_ms = entries[i].announced_ts / TL_NS_PER_MS;
        event->kind = entries[i].kind;
    }
}

/* Adds what the last step brought; a new session starts the timeline anew. */
static void note_regime(struct tl_api_session *session)
{
    struct tl_session_timeline *past = &session->past;
    struct tl_session_state state;
    if (!session->replayed) return;
    tl_session_state(session->market, &state);
    if (past->session_start_s != state.session_start_s)
        *past = (struct tl_session_timeline){.session_start_s = state.session_start_s};
    past->session_end_s = state.session_end_s;
    past->second = tl_market_second(session->market) - 1;
    size_t count = past->regime_count;
    if (count > 0 && past->regimes[count - 1].regime == state.regime) return;
    if (count == TL_SESSION_REGIMES_MAX) return;
    past->regimes[count].second = count ? state.regime_since_s : state.session_start_s;
    past->regimes[count].regime = state.regime;
    past->regime_count++;
}

/* The presets in force since the session's start, from the log. */
static void note_presets(struct tl_api_session *session)
{
    struct tl_session_timeline *past = &session->past;
    const struct tl_control_log *log = tl_control_plane_log(session->plane);
    past->preset_count = 0;
    size_t first =
        tl_control_log_at(log, past->session_start_s); /* the first entry holds before it */
    for (size_t i = first; i < log->count; i++) {
        const struct tl_control_entry *entry = &log->entries[i];
        size_t count = past->preset_count;
        if (i > first && entry->effective_s > past->second) break;
        if (count && past->presets[count - 1].preset == entry->state.preset) continue;
        if (count == TL_SESSION_PRESETS_MAX) {
            memmove(&past->presets[0], &past->presets[1], (count - 1) * sizeof past->presets[0]);
            count--;
        }
        past->presets[count].second = i == first ? past->session_start_s : entry->effective_s;
        past->presets[count].preset = entry->state.preset;
        past->preset_count = count + 1;
    }
}

static void publish(struct tl_api_session *session)
{
    struct tl_session_view *view = &session->next;
    const struct tl_market *market = session->market;
    const struct tl_control_log *log = tl_control_plane_log(session->plane);
    view->known = true;
    view->second = tl_market_second(market) - 1;
    view->control = log->entries[tl_control_log_at(log, view->second)].state;
    tl_session_state(market, &view->state);
    for (uint32_t i = 0; i < view->state.focus_count && i < TL_FOCUS_MAX; i++)
        copy_symbol(view->focus[i], tl_market_symbol(market, view->state.focus[i]));
    for (uint32_t i = 0; i < view->state.event_count && i < TL_FOCUS_MAX; i++)
        copy_symbol(view->event[i], tl_market_symbol(market, view->state.event[i]));
    view_events(market, view);
    note_presets(session);
    session->past.known = session->replayed && session->past.regime_count > 0;
    pthread_mutex_lock(&session->lock);
    session->view = *view;
    session->timeline = session->past;
    pthread_mutex_unlock(&session->lock);
}

static enum tl_status make_market(struct tl_api_session *session, struct tl_error *error)
{
    enum tl_status status = TL_OK;
    if (!session->plane) status = tl_control_plane_open(session->bus, &session->plane, error);
    if (status != TL_OK || session->market) return status;
    struct tl_market_options options = session->options;
    options.streams = 0;
    options.log = *tl_control_plane_log(session->plane);
    return tl_market_create(&options, &session->market, error);
}

/* From the start of the running session, whose regimes are noted on the way. */
static enum tl_status replay(struct tl_api_session *session, int64_t now, struct tl_error *error)
{
    struct tl_session_state state;
    struct tl_batch nothing = {0};
    tl_session_state(session->market, &state);
    session->replayed = true;
    session->past = (struct tl_session_timeline){0};
    if (state.session_start_s >= now || state.session_end_s <= now) return TL_OK; /* none runs */
    enum tl_status status = tl_market_seek(session->market, state.session_start_s, error);
    while (status == TL_OK && tl_market_second(session->market) < now &&
           !atomic_load(&session->stopping)) {
        tl_market_step(session->market, &nothing);
        note_regime(session);
    }
    return status;
}

static enum tl_status advance(struct tl_api_session *session, struct tl_error *error)
{
    int64_t now = tl_os_now() / TL_NS_PER_S, at = tl_market_second(session->market);
    struct tl_batch nothing = {0};
    bool fresh = !session->next.known || at > now + 2 || at < now - SEEK_OVER_S;
    if (fresh) {
        /* One step after the seek makes the state that of `now`. */
        enum tl_status status = tl_market_seek(session->market, now, error);
        if (status != TL_OK) return status;
        session->replayed = false;
        at = now;
    } else if (!session->replayed) {
        enum tl_status status = replay(session, now, error);
        if (status != TL_OK) return status;
        at = tl_market_second(session->market);
    }
    if (at > now) return TL_OK;
    for (; at <= now && !atomic_load(&session->stopping); at++) {
        tl_market_step(session->market, &nothing);
        note_regime(session);
    }
    publish(session);
    return TL_OK;
}

/* The bucket remembers 64 revisions; what a session needs besides is kept by this service. */
static void keep_history(struct tl_api_session *session)
{
    struct tl_error error = {0};
    if (tl_control_plane_compact(session->plane, &error) != TL_OK)
        tl_log_rare(TL_LOG_WARN, "api", "control-history", "control history not kept: %s",
                    error.text);
}

static enum tl_status turn(struct tl_api_session *session, struct tl_error *error)
{
    enum tl_status status = make_market(session, error);
    bool changed = false;
    if (status != TL_OK) return status;
    status = tl_control_plane_poll(session->plane, WAIT_MS, &changed, error);
    if (status == TL_OK && changed) {
        status = tl_market_set_log(session->market, tl_control_plane_log(session->plane), error);
        keep_history(session);
    }
    /* A bus that is down changes nothing: time goes on under the log we have. */
    if (status != TL_OK) tl_os_sleep_ms(status == TL_AGAIN ? 0 : WAIT_MS);
    return advance(session, error);
}

static void *run(void *context)
{
    struct tl_api_session *session = context;
    while (!atomic_load(&session->stopping)) {
        struct tl_error error = {0};
        if (turn(session, &error) == TL_OK) continue;
        tl_log_rare(TL_LOG_WARN, "api", "session", "session state is not known: %s", error.text);
        tl_os_sleep_ms(WAIT_MS);
    }
    return NULL;
}

static bool copy_text(struct tl_str *text, char **copy)
{
    *copy = malloc(text->size + 1);
    if (!*copy) return false;
    if (text->size) memcpy(*copy, text->data, text->size);
    text->data = *copy;
    return true;
}

enum tl_status tl_api_session_start(struct tl_bus *bus, const struct tl_market_options *market,
                                    struct tl_api_session **out, struct tl_error *error)
{
    struct tl_api_session *session = calloc(1, sizeof *session);
    if (!session) return tl_error_set(error, TL_NOMEM, "api: out of memory");
    session->bus = bus;
    session->options = *market;
    pthread_mutex_init(&session->lock, NULL);
    enum tl_status status = TL_OK;
    if (!copy_text(&session->options.universe, &session->universe) ||
        !copy_text(&session->options.symbols, &session->symbols))
        status = tl_error_set(error, TL_NOMEM, "api: out of memory");
    else if (pthread_create(&session->thread, NULL, run, session) != 0)
        status = tl_error_set(error, TL_IO, "api: cannot start the session thread");
    session->started = status == TL_OK;
    if (status == TL_OK)
        *out = session;
    else
        tl_api_session_stop(session);
    return status;
}

void tl_api_session_stop(struct tl_api_session *session)
{
    if (!session) return;
    atomic_store(&session->stopping, true);
    if (session->started) pthread_join(session->thread, NULL);
    tl_market_destroy(session->market);
    if (session->plane) tl_control_plane_close(session->plane);
    pthread_mutex_destroy(&session->lock);
    free(session->universe);
    free(session->symbols);
    free(session);
}

void tl_api_session_view(struct tl_api_session *session, struct tl_session_view *view)
{
    pthread_mutex_lock(&session->lock);
    *view = session->view;
    pthread_mutex_unlock(&session->lock);
}

void tl_api_session_timeline(struct tl_api_session *session, struct tl_session_timeline *timeline)
{
    pthread_mutex_lock(&session->lock);
    *timeline = session->timeline;
    pthread_mutex_unlock(&session->lock);
}
