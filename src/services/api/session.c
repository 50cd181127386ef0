/* SPDX-License-Identifier: Apache-2.0
 * The thread waits for control changes (at most 100 ms at a time) and steps to the present second.
 * More than two minutes behind, or a clock that went back, is a seek. Without the bus the last log
 * stays in force.
 *
 * After a seek a second market follows from the session's start in pieces of 600 s a turn (no stream
 * is printed), so that the regimes up to now become known while the present goes on; caught up, it
 * goes through the session before for its candles, where sessions are back to back, and is let go of. */
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
#define PIECE_S 600 /* about 70 ms of work */
#define SESSION_S (60 * TL_MID_CANDLES_MINUTES)

enum { BEFORE, NOW, SESSIONS };

struct tl_api_session {
    struct tl_bus *bus;
    struct tl_market_options options;
    char *universe, *symbols; /* ours, behind options */
    struct tl_control_plane *plane;
    struct tl_market *market, *behind; /* behind: goes through what has been; else NULL */
    struct tl_session_view next;       /* the thread's own, being made */
    atomic_bool stopping;
    bool started, caught_up; /* caught_up: `past` is known up to the last step of `market` */
    bool before_known;       /* the candles of the session before, or there are none to be had */
    pthread_t thread;
    pthread_mutex_t lock;
    struct tl_session_view view;             /* under lock */
    struct tl_session_timeline past;         /* the thread's own */
    struct tl_session_timeline timeline;     /* under lock */
    struct tl_volatility volatility;         /* under lock; only the thread writes */
    struct tl_mid_candles candles[SESSIONS]; /* likewise */
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

/* A session that ends becomes the one before. */
static void turn_candles(struct tl_api_session *session, int64_t start_s)
{
    struct tl_mid_candles *candles = session->candles;
    if (candles[NOW].session_start_s == start_s || candles[NOW].session_start_s == 0) return;
    struct tl_mid_candles ended = candles[NOW];
    candles[NOW] = candles[BEFORE];
    candles[BEFORE] = ended;
    session->before_known = true;
}

static void note_candles(struct tl_api_session *session, const struct tl_market *market)
{
    int64_t start_s = session->past.session_start_s, second = session->past.second;
    struct tl_mid_candles *now = &session->candles[NOW];
    if (second >= session->past.session_end_s) return;
    pthread_mutex_lock(&session->lock);
    if (second == start_s) turn_candles(session, start_s);
    if (now->names || tl_mid_candles_init(now, market))
        tl_mid_candles_add(now, market, start_s, second);
    pthread_mutex_unlock(&session->lock);
}

static void note_volatility(struct tl_api_session *session, const struct tl_market *market)
{
    int64_t start_s = session->past.session_start_s, second = session->past.second;
    if (!tl_volatility_wants(start_s, second)) return;
    pthread_mutex_lock(&session->lock);
    if (session->volatility.names || tl_volatility_init(&session->volatility, market))
        tl_volatility_add(&session->volatility, market, start_s, second);
    pthread_mutex_unlock(&session->lock);
}

/* Adds what the last step brought; a new session starts the timeline anew. */
static void note_step(struct tl_api_session *session, const struct tl_market *market)
{
    struct tl_session_timeline *past = &session->past;
    struct tl_session_state state;
    tl_session_state(market, &state);
    if (past->session_start_s != state.session_start_s)
        *past = (struct tl_session_timeline){.session_start_s = state.session_start_s};
    past->session_end_s = state.session_end_s;
    past->second = tl_market_second(market) - 1;
    note_volatility(session, market);
    note_candles(session, market);
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
    session->past.known = session->caught_up && session->past.regime_count > 0;
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

static void stop_following(struct tl_api_session *session)
{
    tl_market_destroy(session->behind);
    session->behind = NULL;
}

static enum tl_status start_behind(struct tl_api_session *session, int64_t second,
                                   struct tl_error *error)
{
    struct tl_market_options options = session->options;
    options.streams = 0;
    options.log = *tl_control_plane_log(session->plane);
    enum tl_status status = tl_market_create(&options, &session->behind, error);
    if (status == TL_OK) status = tl_market_seek(session->behind, second, error);
    if (status != TL_OK) stop_following(session);
    return status;
}

static enum tl_status start_following(struct tl_api_session *session, struct tl_error *error)
{
    struct tl_session_state state;
    session->past = (struct tl_session_timeline){0};
    tl_session_state(session->market, &state);
    int64_t second = tl_market_second(session->market);
    session->caught_up = state.session_start_s >= second || state.session_end_s <= second;
    if (session->caught_up) return TL_OK; /* no session runs */
    return start_behind(session, state.session_start_s, error);
}

/* One piece of the session before. */
static enum tl_status follow_before(struct tl_api_session *session, struct tl_error *error)
{
    struct tl_batch nothing = {0};
    struct tl_mid_candles *before = &session->candles[BEFORE];
    int64_t end_s = session->past.session_start_s, start_s = end_s - SESSION_S;
    if (end_s == 0) return TL_OK; /* no session runs yet */
    if (session->options.calendar != TL_CALENDAR_CONTINUOUS) session->before_known = true;
    if (session->before_known) {
        stop_following(session);
        return TL_OK;
    }
    enum tl_status status = session->behind ? TL_OK : start_behind(session, start_s, error);
    if (status != TL_OK) return status;
    for (int i = 0; i < PIECE_S && tl_market_second(session->behind) < end_s; i++) {
        int64_t second = tl_market_second(session->behind);
        tl_market_step(session->behind, &nothing);
        pthread_mutex_lock(&session->lock);
        if (before->names || tl_mid_candles_init(before, session->behind))
            tl_mid_candles_add(before, session->behind, start_s, second);
        pthread_mutex_unlock(&session->lock);
    }
    session->before_known = tl_market_second(session->behind) >= end_s;
    return TL_OK;
}

/* One piece of the session's past. */
static enum tl_status follow(struct tl_api_session *session, struct tl_error *error)
{
    struct tl_batch nothing = {0};
    if (session->caught_up) return follow_before(session, error);
    enum tl_status status = session->behind ? TL_OK : start_following(session, error);
    if (status != TL_OK || session->caught_up) return status;
    int64_t goal = tl_market_second(session->market);
    for (int i = 0; i < PIECE_S && tl_market_second(session->behind) < goal; i++) {
        tl_market_step(session->behind, &nothing);
        note_step(session, session->behind);
    }
    session->caught_up = tl_market_second(session->behind) >= goal;
    if (session->caught_up) stop_following(session);
    return TL_OK;
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
        session->caught_up = session->before_known = false;
        stop_following(session);
        at = now;
    }
    if (at > now) return TL_OK;
    for (; at <= now && !atomic_load(&session->stopping); at++) {
        tl_market_step(session->market, &nothing);
        if (session->caught_up) note_step(session, session->market);
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
        const struct tl_control_log *log = tl_control_plane_log(session->plane);
        status = tl_market_set_log(session->market, log, error);
        if (status == TL_OK && session->behind)
            status = tl_market_set_log(session->behind, log, error);
        keep_history(session);
    }
    /* A bus that is down changes nothing: time goes on under the log we have. */
    if (status != TL_OK) tl_os_sleep_ms(status == TL_AGAIN ? 0 : WAIT_MS);
    status = advance(session, error);
    return status == TL_OK ? follow(session, error) : status;
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
    stop_following(session);
    if (session->plane) tl_control_plane_close(session->plane);
    pthread_mutex_destroy(&session->lock);
    tl_volatility_deinit(&session->volatility);
    for (int i = 0; i < SESSIONS; i++)
        tl_mid_candles_deinit(&session->candles[i]);
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

bool tl_api_session_volatility(struct tl_api_session *session, struct tl_str symbol,
                               struct tl_api_buffer *out)
{
    pthread_mutex_lock(&session->lock);
    bool known = tl_volatility_put(&session->volatility, symbol, out);
    pthread_mutex_unlock(&session->lock);
    return known;
}

bool tl_api_session_candles(struct tl_api_session *session, struct tl_str symbol,
                            struct tl_api_buffer *out)
{
    pthread_mutex_lock(&session->lock);
    bool known = tl_mid_candles_put(session->candles, SESSIONS, symbol, out);
    pthread_mutex_unlock(&session->lock);
    return known;
}
