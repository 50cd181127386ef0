/* SPDX-License-Identifier: Apache-2.0
 * The market: one latent state, two tapes.
 *
 *     struct tl_market *market = NULL;
 *     struct tl_market_options options = tl_market_options_default();
 *     tl_market_create(&options, &market, &error);
 *     tl_market_seek(market, second, &error);          // opens anywhere, same events as from the
 * open tl_market_step(market, &batch);                  // all events of that second, in tape order
 *
 * Every event is a pure function of (universe, control log with its seeds, calendar, mode, rate,
 * time). A market is used by one thread at a time; two markets share nothing. */
#ifndef TAPELOOM_MARKET_H
#define TAPELOOM_MARKET_H

#include <tapeloom/control.h>
#include <tapeloom/event.h>
#include <tapeloom/types.h>

#ifdef __cplusplus
extern "C" {
#endif

enum tl_calendar {
    TL_CALENDAR_CONTINUOUS, /* sessions of 390 minutes back to back, at any hour */
    TL_CALENDAR_EXCHANGE    /* 09:30 to 16:00 New York on NYSE trading days, half days */
};

enum tl_mode { TL_MODE_REALISTIC, TL_MODE_ACTIVE, TL_MODE_FIREHOSE, TL_MODE_COUNT };

enum tl_phase {
    TL_PHASE_OPEN,
    TL_PHASE_MIDDAY,
    TL_PHASE_POWER_HOUR,
    TL_PHASE_AFTER_EVENT,
    TL_PHASE_COUNT
};

enum tl_regime {
    TL_REGIME_TREND_UP,
    TL_REGIME_TREND_DOWN,
    TL_REGIME_MEAN_REVERT,
    TL_REGIME_RETAIL_CHASE,
    TL_REGIME_EVENT_RAMP,
    TL_REGIME_DEALER_GAMMA,
    TL_REGIME_ARB_CALM,
    TL_REGIME_COUNT
};

struct tl_market_options {
    struct tl_str universe; /* text of a universe file; empty: the built-in default */
    enum tl_calendar calendar;
    enum tl_mode mode;
    double rate;               /* multiplies the mode's rate; 0.01 to 100 */
    struct tl_control_log log; /* copied; count 0: the default control from the start */
    uint32_t shard, shards;    /* this market prints symbols with index % shards == shard */
    uint32_t streams;          /* bit 1 << enum tl_stream: which to print (others cost little) */
    struct tl_str symbols;     /* comma list of tickers to print; empty: all */
    uint64_t drop_scenario;    /* leave this instance (truth parent_id) out; 0: none */
};

struct tl_market_options
tl_market_options_default(void); /* continuous, realistic, rate 1, 0/1, all */

#define TL_FOCUS_MAX 6

/* The session state of a time. Names are indices into the universe. */
struct tl_session_state {
    int64_t session_start_s, session_end_s; /* epoch seconds; [start, end) */
    int32_t trade_day;                      /* New York trade date, days since 1970-01-01 */
    int minute;                             /* of the session, 0-based */
    enum tl_phase phase;
    enum tl_regime regime;
    int64_t regime_since_s;
    double volatility_level, liquidity_level, quote_cleanliness; /* 1.0 is ordinary */
    uint32_t focus_count, event_count;
    uint16_t focus[TL_FOCUS_MAX], event[TL_FOCUS_MAX];
    uint64_t seed_bucket; /* which draw of the regime process is in force */
};

struct tl_underlying_state {
    tl_px mid, bid, ask, spread;
    double drift;                              /* per second, log price */
    double shock;                              /* last second's log return over its own sd */
    double volatility;                         /* annualised, of this second */
    double liquidity, cleanliness, clustering; /* 1.0 is ordinary */
    double off_exchange_share;                 /* of volume, 0 to 1 */
    double atm_iv; /* 30-day at-the-money implied volatility, annualised */
};

struct tl_event_calendar_entry {
    uint16_t sym;
    tl_ns event_ts, announced_ts;
    uint8_t kind; /* 0 earnings, 1 news */
};

struct tl_market;

/* Creates a market. Errors: TL_INVALID (universe text with line and field, options out of range),
 * TL_NOMEM. The text and the log are copied. */
enum tl_status tl_market_create(const struct tl_market_options *options, struct tl_market **market,
                                struct tl_error *error) TL_MUST_USE;
void tl_market_destroy(struct tl_market *market); /* NULL is fine */

/* Positions before epoch second `second`, recomputing the latent state from its session's open:
 * about 100 ms for the default universe late in a session. Any second between 2020 and 2036;
 * outside a session (exchange calendar) steps simply print nothing. */
enum tl_status tl_market_seek(struct tl_market *market, int64_t second,
                              struct tl_error *error) TL_MUST_USE;

/* Appends all events of the current second in tape order and moves to the next. Never fails: an
 * event without room in the batch is counted in batch->dropped. */
void tl_market_step(struct tl_market *market, struct tl_batch *batch);

int64_t tl_market_second(const struct tl_market *market); /* the next step's second */

/* Replaces the control log (copied). If it differs at or before the last stepped second, the latent
 * state is recomputed; events already printed stay printed. */
enum tl_status tl_market_set_log(struct tl_market *market, const struct tl_control_log *log,
                                 struct tl_error *error) TL_MUST_USE;

/* State after the last step (after a seek: just before `second`). */
void tl_session_state(const struct tl_market *market, struct tl_session_state *state);
void tl_underlying_state(const struct tl_market *market, uint32_t sym,
                         struct tl_underlying_state *state);
/* weights[0..5] by profile, weights[6] neutral noise; expected starts a minute for that symbol. */
void tl_scenario_weights(const struct tl_market *market, uint32_t sym, double weights[7]);
/* >= 1, bounded; exactly 1 when coverage assist is off. */
double tl_coverage_boost(const struct tl_market *market, enum tl_profile profile);
/* Scenario instances started in the running session, per profile, over the coverage window. */
void tl_coverage_counts(const struct tl_market *market, uint32_t counts[TL_PROFILE_COUNT]);
/* Scheduled events known at the current second; returns how many were written (<= capacity). */
size_t tl_market_events(const struct tl_market *market, struct tl_event_calendar_entry *entries,
                        size_t capacity);

uint32_t tl_market_symbol_count(const struct tl_market *market);
struct tl_str tl_market_symbol(const struct tl_market *market, uint32_t sym); /* ticker, borrowed */
bool tl_market_symbol_is_etf(const struct tl_market *market, uint32_t sym);

const char *tl_phase_name(enum tl_phase phase);    /* "open" */
const char *tl_regime_name(enum tl_regime regime); /* "trend_up" */
const char *tl_mode_name(enum tl_mode mode);       /* "realistic" */
bool tl_mode_parse(struct tl_str text, enum tl_mode *mode);

#ifdef __cplusplus
}
#endif
#endif
