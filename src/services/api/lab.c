/* SPDX-License-Identifier: Apache-2.0
 * One lock guards the windows, another the finished text. The measuring thread holds the first for
 * the time of a copy (2 MB, under a ms), so that the consumer does not wait for statistics. */
#include "services/api/lab.h"

#include "base/text.h"
#include "lab/lab.h"
#include "os/os.h"
#include "services/control_plane.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define EVERY_NS (5 * TL_NS_PER_S)
#define START_AFTER_MS 2000 /* the tape comes up first */
#define PAST_S 46800        /* of mids at most, recomputed: two sessions, about 2 s of one core */
#define WAIT_MS 50

struct tl_api_lab {
    struct tl_bus *bus;
    struct tl_api_session *session;
    struct tl_responder *responder;
    struct tl_market_options options;
    char *universe; /* ours, behind options */
    struct tl_lab_work *work;
    struct tl_lab *snapshot;
    struct tl_session_view view; /* scratch of the thread */
    int64_t started_ms;
    atomic_bool stopping;
    bool started;
    pthread_t thread;
    pthread_mutex_t feed_lock, text_lock;
    struct tl_lab *lab;     /* under feed_lock */
    struct tl_text text[2]; /* [front] under text_lock, the other the thread's */
    int front;
    int64_t computed_ms; /* of the front; 0: none yet; under text_lock */
};

/* ---- events ---- */

void tl_api_lab_quote(struct tl_api_lab *lab, const struct tl_wire_equity_quote *quote)
{
    pthread_mutex_lock(&lab->feed_lock);
    tl_lab_quote(lab->lab, quote->ts, quote->underlying_id, quote->bid, quote->ask);
    pthread_mutex_unlock(&lab->feed_lock);
}

void tl_api_lab_print(struct tl_api_lab *lab, const struct tl_wire_equity_print *print)
{
    pthread_mutex_lock(&lab->feed_lock);
    tl_lab_print(lab->lab, print->ts, print->underlying_id, print->size);
    pthread_mutex_unlock(&lab->feed_lock);
}

void tl_api_lab_option(struct tl_api_lab *lab, const struct tl_wire_option_print *print)
{
    pthread_mutex_lock(&lab->feed_lock);
    tl_lab_option(lab->lab, print);
    pthread_mutex_unlock(&lab->feed_lock);
}

void tl_api_lab_hits(struct tl_api_lab *lab, const struct tl_hits *hits, int64_t now_ms)
{
    uint32_t bins[TL_PROFILE_COUNT][TL_LAB_HIT_MINUTES] = {0};
    int64_t since = lab->started_ms;
    for (size_t i = 0; i < hits->count; i++) {
        const struct tl_hit *hit = &hits->ring[i];
        int64_t ago = (now_ms - hit->ts) / 60000;
        if (ago < 0 || ago >= TL_LAB_HIT_MINUTES || hit->profile >= TL_PROFILE_COUNT) continue;
        bins[hit->profile][TL_LAB_HIT_MINUTES - 1 - ago]++;
        if (hit->ts < since) since = hit->ts;
    }
    pthread_mutex_lock(&lab->feed_lock);
    tl_lab_hits(lab->lab, (const uint32_t(*)[TL_LAB_HIT_MINUTES])bins, since);
    pthread_mutex_unlock(&lab->feed_lock);
}

/* ---- the past ---- */

static void past_minute(struct tl_lab *past, const struct tl_market *market, int64_t second)
{
    struct tl_session_state state;
    tl_session_state(market, &state);
    if (second < state.session_start_s || second >= state.session_end_s) return; /* closed */
    tl_lab_session(past, state.session_start_s, past->continuous);
    for (uint32_t i = 0; i < tl_market_symbol_count(market); i++) {
        struct tl_underlying_state name;
        tl_underlying_state(market, i, &name);
        tl_lab_quote(past, second * 1000, tl_market_symbol(market, i),
                     (double)name.bid / TL_PX_PER_USD, (double)name.ask / TL_PX_PER_USD);
    }
}

static enum tl_status recompute(struct tl_api_lab *lab, struct tl_lab *past,
                                struct tl_market *market, struct tl_error *error)
{
    struct tl_batch nothing = {0};
    struct tl_session_state state;
    int64_t now = tl_os_now() / TL_NS_PER_S;
    past->continuous = lab->options.calendar == TL_CALENDAR_CONTINUOUS;
    enum tl_status status = tl_market_seek(market, now, error);
    if (status != TL_OK) return status;
    tl_session_state(market, &state);
    int64_t from = state.session_start_s - (past->continuous ? 23400 : 0);
    if (from > now) return TL_OK;
    if (from < now - PAST_S) from = now - PAST_S;
    status = tl_market_seek(market, from, error);
    for (int64_t second = from; status == TL_OK && second < now; second++) {
        if (atomic_load(&lab->stopping)) return TL_CLOSED;
        tl_market_step(market, &nothing);
        if (second % 60 == 59) past_minute(past, market, second);
    }
    return status;
}

static enum tl_status fill_past(struct tl_api_lab *lab, struct tl_error *error)
{
    struct tl_control_plane *plane = NULL;
    struct tl_market *market = NULL;
    struct tl_market_options options = lab->options;
    struct tl_lab *past = tl_lab_create();
    enum tl_status status = past ? TL_OK : tl_error_set(error, TL_NOMEM, "out of memory");
    if (status == TL_OK) status = tl_control_plane_open(lab->bus, &plane, error);
    if (status == TL_OK) {
        options.streams = 0;
        options.log = *tl_control_plane_log(plane);
        status = tl_market_create(&options, &market, error);
    }
    if (status == TL_OK) status = recompute(lab, past, market, error);
    if (status == TL_OK) {
        pthread_mutex_lock(&lab->feed_lock);
        tl_lab_add_past(lab->lab, past);
        pthread_mutex_unlock(&lab->feed_lock);
    }
    tl_market_destroy(market);
    tl_control_plane_close(plane);
    tl_lab_destroy(past);
    return status;
}

/* ---- measuring ---- */

static void measure(struct tl_api_lab *lab)
{
    int back = 1 - lab->front; /* only this thread changes front */
    int64_t now_ms = tl_os_now() / TL_NS_PER_MS;
    tl_api_session_view(lab->session, &lab->view);
    pthread_mutex_lock(&lab->feed_lock);
    if (lab->view.known) {
        tl_lab_session(lab->lab, lab->view.state.session_start_s,
                       lab->options.calendar == TL_CALENDAR_CONTINUOUS);
        lab->lab->window_minutes = lab->view.control.coverage_window_minutes;
        lab->lab->assist = lab->view.control.coverage_assist;
    }
    memcpy(lab->snapshot, lab->lab, sizeof *lab->snapshot);
    pthread_mutex_unlock(&lab->feed_lock);
    lab->text[back].size = 0;
    lab->text[back].overflow = false;
    tl_lab_put(lab->snapshot, lab->work, now_ms, &lab->text[back]);
    if (lab->text[back].overflow) {
        tl_log_rare(TL_LOG_WARN, "api", "lab", "the lab's document is larger than its buffer");
        return;
    }
    pthread_mutex_lock(&lab->text_lock);
    lab->front = back;
    lab->computed_ms = now_ms;
    pthread_mutex_unlock(&lab->text_lock);
}

/* false: stopping. */
static bool rest(const struct tl_api_lab *lab, tl_ns until)
{
    while (tl_os_monotonic() < until) {
        if (atomic_load(&lab->stopping)) return false;
        tl_os_sleep_ms(WAIT_MS);
    }
    return !atomic_load(&lab->stopping);
}

static void *run(void *context)
{
    struct tl_api_lab *lab = context;
    struct tl_error error = {0};
    if (!rest(lab, tl_os_monotonic() + START_AFTER_MS * TL_NS_PER_MS)) return NULL;
    measure(lab);
    if (fill_past(lab, &error) != TL_OK && !atomic_load(&lab->stopping))
        tl_log_line(TL_LOG_WARN, "api", "lab: the past is not shown: %s", error.text);
    do {
        measure(lab);
    } while (rest(lab, tl_os_monotonic() + EVERY_NS));
    return NULL;
}

/* ---- answers ---- */

static bool get_facts(void *context, struct tl_net_request *request)
{
    struct tl_api_lab *lab = context;
    struct tl_api_buffer *body = &lab->responder->body;
    tl_api_buffer_clear(body);
    pthread_mutex_lock(&lab->text_lock);
    bool known = lab->computed_ms > 0;
    if (known)
        tl_api_buffer_put(body,
                          (struct tl_str){lab->text[lab->front].data, lab->text[lab->front].size});
    pthread_mutex_unlock(&lab->text_lock);
    if (known)
        tl_respond_body(lab->responder, request, 200, "cache-control: no-store\r\n");
    else
        tl_respond(lab->responder, request, 204, "cache-control: no-store\r\n", (struct tl_str){0});
    return true;
}

void tl_api_lab_mount(struct tl_api_lab *lab, struct tl_net *net)
{
    tl_net_route(net, "GET", "/lab/facts", get_facts, lab);
}

/* ---- life ---- */

static enum tl_status make_room(struct tl_api_lab *lab, struct tl_error *error)
{
    lab->lab = tl_lab_create();
    lab->snapshot = tl_lab_create();
    lab->work = tl_lab_work_create();
    lab->universe = malloc(lab->options.universe.size + 1);
    for (int i = 0; i < 2; i++)
        lab->text[i] =
            (struct tl_text){.data = malloc(TL_LAB_JSON_MAX), .capacity = TL_LAB_JSON_MAX};
    if (!lab->lab || !lab->snapshot || !lab->work || !lab->universe || !lab->text[0].data ||
        !lab->text[1].data)
        return tl_error_set(error, TL_NOMEM, "api: out of memory");
    if (lab->options.universe.size)
        memcpy(lab->universe, lab->options.universe.data, lab->options.universe.size);
    lab->options.universe.data = lab->universe;
    lab->options.symbols = (struct tl_str){NULL, 0}; /* what is printed; mids are of all */
    return TL_OK;
}

enum tl_status tl_api_lab_start(struct tl_bus *bus, const struct tl_market_options *market,
                                struct tl_api_session *session, struct tl_responder *responder,
                                struct tl_api_lab **out, struct tl_error *error)
{
    struct tl_api_lab *lab = calloc(1, sizeof *lab);
    if (!lab) return tl_error_set(error, TL_NOMEM, "api: out of memory");
    lab->bus = bus;
    lab->session = session;
    lab->responder = responder;
    lab->options = *market;
    lab->started_ms = tl_os_now() / TL_NS_PER_MS;
    pthread_mutex_init(&lab->feed_lock, NULL);
    pthread_mutex_init(&lab->text_lock, NULL);
    enum tl_status status = make_room(lab, error);
    if (status == TL_OK && pthread_create(&lab->thread, NULL, run, lab) != 0)
        status = tl_error_set(error, TL_IO, "api: cannot start the lab's thread");
    lab->started = status == TL_OK;
    if (status == TL_OK)
        *out = lab;
    else
        tl_api_lab_stop(lab);
    return status;
}

void tl_api_lab_stop(struct tl_api_lab *lab)
{
    if (!lab) return;
    atomic_store(&lab->stopping, true);
    if (lab->started) pthread_join(lab->thread, NULL);
    tl_lab_destroy(lab->lab);
    tl_lab_destroy(lab->snapshot);
    tl_lab_work_destroy(lab->work);
    free(lab->text[0].data);
    free(lab->text[1].data);
    free(lab->universe);
    pthread_mutex_destroy(&lab->feed_lock);
    pthread_mutex_destroy(&lab->text_lock);
    free(lab);
}
