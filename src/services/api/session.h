/* SPDX-License-Identifier: Apache-2.0
 * What state the session is in: a latent market of our own (no stream printed), stepped each second
 * on its own thread under the same control log as the ingest services, so it knows what they know.
 * A seek takes about 100 ms, which the event loop must not wait for. */
#ifndef TL_SERVICES_API_SESSION_H
#define TL_SERVICES_API_SESSION_H

#include <tapeloom/market.h>
#include "bus/bus.h"
#include "services/api/mid_candles.h"
#include "services/api/volatility.h"

#define TL_SESSION_SYMBOL_BYTES 16
#define TL_SESSION_EVENTS_MAX 512

struct tl_session_event {
    char symbol[TL_SESSION_SYMBOL_BYTES];
    int64_t event_ts_ms, announced_ts_ms;
    uint8_t kind; /* 0 earnings, 1 news */
};

struct tl_session_view {
    bool known;     /* false: not yet, or the control log cannot be read; all else is then empty */
    int64_t second; /* the state is of this epoch second */
    struct tl_session_state state;
    char focus[TL_FOCUS_MAX][TL_SESSION_SYMBOL_BYTES];
    char event[TL_FOCUS_MAX][TL_SESSION_SYMBOL_BYTES];
    struct tl_control control; /* in force at that second */
    size_t event_count;
    struct tl_session_event events[TL_SESSION_EVENTS_MAX]; /* known at that second */
};

/* Regimes and presets of the running session up to now. A regime lasts at least 100 s, so that a
 * session of 6.5 hours has at most 235; presets beyond the newest 64 are left out. */
#define TL_SESSION_REGIMES_MAX 240
#define TL_SESSION_PRESETS_MAX 64

struct tl_session_timeline {
    bool known;
    int64_t session_start_s, session_end_s, second; /* epoch seconds; `second` is the last one */
    size_t regime_count, preset_count;
    struct {
        int64_t second;
        enum tl_regime regime;
    } regimes[TL_SESSION_REGIMES_MAX]; /* from `second` on; the first is the session's start */
    struct {
        int64_t second;
        enum tl_preset preset;
    } presets[TL_SESSION_PRESETS_MAX]; /* likewise */
};

struct tl_api_session;

/* market: calendar, universe, rate as the ingest services have them; copied. */
enum tl_status tl_api_session_start(struct tl_bus *bus, const struct tl_market_options *market,
                                    struct tl_api_session **session,
                                    struct tl_error *error) TL_MUST_USE;
void tl_api_session_stop(struct tl_api_session *session); /* joins; NULL is fine */
/* Thread-safe; copies 20 KiB. */
void tl_api_session_view(struct tl_api_session *session, struct tl_session_view *view);
/* Thread-safe; copies 6 KiB. */
void tl_api_session_timeline(struct tl_api_session *session, struct tl_session_timeline *timeline);
/* Thread-safe; appends the JSON of volatility.h. false: no such name. */
bool tl_api_session_volatility(struct tl_api_session *session, struct tl_str symbol,
                               struct tl_api_buffer *out);
/* Thread-safe; appends the JSON of mid_candles.h. false: no such name. */
bool tl_api_session_candles(struct tl_api_session *session, struct tl_str symbol,
                            struct tl_api_buffer *out);

#endif
