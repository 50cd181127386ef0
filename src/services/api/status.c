/* SPDX-License-Identifier: Apache-2.0
 * Both answers are no-store: they are of this second. */
#include "services/api/status.h"

#include "base/date.h"
#include "os/os.h"

#define NO_STORE "cache-control: no-store\r\n"
/* What coverage assist promises a window: one start of every profile. */
#define COVERAGE_FLOOR 1

static void key(struct tl_api_buffer *out, const char *name)
{
    if (out->text.size && out->text.data[out->text.size - 1] != '{') tl_api_buffer_lit(out, ",");
    tl_api_buffer_lit(out, "\"");
    tl_api_buffer_lit(out, name);
    tl_api_buffer_lit(out, "\":");
}

static void put_text(struct tl_api_buffer *out, const char *name, const char *value)
{
    key(out, name);
    tl_api_buffer_json(out, tl_str_from(value));
}

static void put_int(struct tl_api_buffer *out, const char *name, int64_t value)
{
    key(out, name);
    tl_api_buffer_i64(out, value);
}

/* Levels, to six decimals: they are states of a simulation, not measurements. */
static void put_level(struct tl_api_buffer *out, const char *name, double value)
{
    key(out, name);
    if (tl_api_buffer_reserve(out, 32)) tl_text_fixed(&out->text, (int64_t)(value * 1e6), 6);
}

static void put_day(struct tl_api_buffer *out, const char *name, int32_t day)
{
    struct tl_date date = tl_date_from_day(day);
    key(out, name);
    if (!tl_api_buffer_reserve(out, 16)) return;
    tl_text_byte(&out->text, '"');
    tl_text_pad_u64(&out->text, (uint64_t)date.year, 4);
    tl_text_byte(&out->text, '-');
    tl_text_pad_u64(&out->text, (uint64_t)date.month, 2);
    tl_text_byte(&out->text, '-');
    tl_text_pad_u64(&out->text, (uint64_t)date.day, 2);
    tl_text_byte(&out->text, '"');
}

void tl_status_put_symbols(struct tl_api_buffer *out,
                           const char (*symbols)[TL_SESSION_SYMBOL_BYTES], uint32_t count)
{
    tl_api_buffer_lit(out, "[");
    for (uint32_t i = 0; i < count && i < TL_FOCUS_MAX; i++) {
        if (i) tl_api_buffer_lit(out, ",");
        tl_api_buffer_json(out, tl_str_from(symbols[i]));
    }
    tl_api_buffer_lit(out, "]");
}

void tl_status_put_session(struct tl_api_buffer *out, const struct tl_session_view *view)
{
    const struct tl_session_state *state = &view->state;
    tl_api_buffer_lit(out, "{");
    put_int(out, "ts", view->second * 1000);
    put_text(out, "session_phase", tl_phase_name(state->phase));
    put_text(out, "regime", tl_regime_name(state->regime));
    put_int(out, "regime_since", state->regime_since_s * 1000);
    put_int(out, "session_start", state->session_start_s * 1000);
    put_int(out, "session_end", state->session_end_s * 1000);
    put_day(out, "trade_date", state->trade_day);
    put_int(out, "minute", state->minute);
    key(out, "focus_symbols");
    tl_status_put_symbols(out, (const char(*)[TL_SESSION_SYMBOL_BYTES])view->focus,
                          state->focus_count);
    key(out, "event_symbols");
    tl_status_put_symbols(out, (const char(*)[TL_SESSION_SYMBOL_BYTES])view->event,
                          state->event_count);
    put_text(out, "preset_id", tl_preset_name(view->control.preset));
    put_int(out, "shared_seed", view->control.shared_seed);
    put_level(out, "volatility_level", state->volatility_level);
    put_level(out, "liquidity_level", state->liquidity_level);
    put_level(out, "quote_cleanliness", state->quote_cleanliness);
    tl_api_buffer_lit(out, "}");
}

void tl_status_put_calendar(struct tl_api_buffer *out, const struct tl_session_view *view)
{
    tl_api_buffer_lit(out, "[");
    for (size_t i = 0; i < view->event_count; i++) {
        const struct tl_session_event *event = &view->events[i];
        tl_api_buffer_lit(out, i ? ",{" : "{");
        put_text(out, "underlying_id", event->symbol);
        put_int(out, "event_ts", event->event_ts_ms);
        put_text(out, "event_kind", event->kind == 0 ? "earnings" : "news");
        put_int(out, "announced_ts", event->announced_ts_ms);
        put_text(out, "source", "synthetic");
        tl_api_buffer_lit(out, "}");
    }
    tl_api_buffer_lit(out, "]");
}

void tl_status_put_coverage(struct tl_api_buffer *out, const struct tl_hits *hits,
                            int window_minutes)
{
    uint32_t bins[TL_PROFILE_COUNT][TL_HITS_BINS_MAX];
    tl_hits_bins(hits, tl_os_now() / TL_NS_PER_MS, window_minutes, bins);
    tl_api_buffer_lit(out, "{\"floor\":");
    tl_api_buffer_u64(out, COVERAGE_FLOOR);
    tl_api_buffer_lit(out, ",\"bin_ms\":60000,\"bins\":{");
    for (int profile = 0; profile < TL_PROFILE_COUNT; profile++) {
        tl_api_buffer_lit(out, profile ? ",\"" : "\"");
        tl_api_buffer_lit(out, tl_profile_name((enum tl_profile)profile));
        for (int i = 0; i < window_minutes && i < TL_HITS_BINS_MAX; i++) {
            tl_api_buffer_lit(out, i ? "," : "\":[");
            tl_api_buffer_u64(out, bins[profile][i]);
        }
        tl_api_buffer_lit(out, "]");
    }
    tl_api_buffer_lit(out, "}}");
}

void tl_status_put_timeline(struct tl_api_buffer *out, const struct tl_session_timeline *timeline)
{
    tl_api_buffer_lit(out, "{");
    put_int(out, "ts", timeline->second * 1000);
    put_int(out, "session_start", timeline->session_start_s * 1000);
    put_int(out, "session_end", timeline->session_end_s * 1000);
    key(out, "regimes");
    for (size_t i = 0; i < timeline->regime_count; i++) {
        tl_api_buffer_lit(out, i ? ",{" : "[{");
        put_int(out, "ts", timeline->regimes[i].second * 1000);
        put_text(out, "regime", tl_regime_name(timeline->regimes[i].regime));
        tl_api_buffer_lit(out, "}");
    }
    tl_api_buffer_lit(out, timeline->regime_count ? "]" : "[]");
    key(out, "presets");
    for (size_t i = 0; i < timeline->preset_count; i++) {
        tl_api_buffer_lit(out, i ? ",{" : "[{");
        put_int(out, "ts", timeline->presets[i].second * 1000);
        put_text(out, "preset_id", tl_preset_name(timeline->presets[i].preset));
        tl_api_buffer_lit(out, "}");
    }
    tl_api_buffer_lit(out, timeline->preset_count ? "]}" : "[]}");
}

static bool read_view(struct tl_status_pages *pages, struct tl_net_request *request)
{
    tl_api_session_view(pages->session, &pages->view);
    if (!pages->view.known)
        tl_respond_error(pages->responder, request, 503, "session unavailable", NULL);
    return pages->view.known;
}

static bool session(void *context, struct tl_net_request *request)
{
    struct tl_status_pages *pages = context;
    if (!read_view(pages, request)) return true;
    tl_api_buffer_clear(&pages->responder->body);
    tl_status_put_session(&pages->responder->body, &pages->view);
    tl_respond_body(pages->responder, request, 200, NO_STORE);
    return true;
}

static bool timeline(void *context, struct tl_net_request *request)
{
    struct tl_status_pages *pages = context;
    struct tl_session_timeline past;
    tl_api_session_timeline(pages->session, &past); /* empty lists until it is known */
    tl_api_buffer_clear(&pages->responder->body);
    tl_status_put_timeline(&pages->responder->body, &past);
    tl_respond_body(pages->responder, request, 200, NO_STORE);
    return true;
}

#define VOLATILITY "/session/volatility/"
#define CANDLES "/session/candles/"

typedef bool put_name(struct tl_api_session *session, struct tl_str symbol,
                      struct tl_api_buffer *out);

/* What is known of the name that ends the path. */
static void answer_name(struct tl_status_pages *pages, struct tl_net_request *request,
                        size_t prefix, put_name *put)
{
    struct tl_str path = tl_net_path(request);
    struct tl_str symbol = {path.data + prefix, path.size - prefix};
    tl_api_buffer_clear(&pages->responder->body);
    if (put(pages->session, symbol, &pages->responder->body))
        tl_respond_body(pages->responder, request, 200, NO_STORE);
    else
        tl_respond_error(pages->responder, request, 404, "not found", NULL);
}

static bool volatility(void *context, struct tl_net_request *request)
{
    answer_name(context, request, sizeof VOLATILITY - 1, tl_api_session_volatility);
    return true;
}

static bool candles(void *context, struct tl_net_request *request)
{
    answer_name(context, request, sizeof CANDLES - 1, tl_api_session_candles);
    return true;
}

static bool calendar(void *context, struct tl_net_request *request)
{
    struct tl_status_pages *pages = context;
    if (!read_view(pages, request)) return true;
    tl_api_buffer_clear(&pages->responder->body);
    tl_status_put_calendar(&pages->responder->body, &pages->view);
    tl_respond_body(pages->responder, request, 200, NO_STORE);
    return true;
}

void tl_status_mount(struct tl_status_pages *pages, struct tl_net *net)
{
    tl_net_route(net, "GET", "/session", session, pages);
    tl_net_route(net, "GET", "/session/timeline", timeline, pages);
    tl_net_route(net, "GET", VOLATILITY "*", volatility, pages);
    tl_net_route(net, "GET", CANDLES "*", candles, pages);
    tl_net_route(net, "GET", "/events/calendar", calendar, pages);
}
