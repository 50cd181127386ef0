/* SPDX-License-Identifier: Apache-2.0
 * Listed options of one underlying on one trade date: expirations and strikes (listing.h), open
 * interest (open_interest.h), popularity (popularity.h), the arbitrage-free surface (surface.h) and
 * the pricer (black_scholes.h) on top of them. A chain is built once a session and then constant.
 */
#ifndef TL_MARKET_CHAIN_H
#define TL_MARKET_CHAIN_H

#include <tapeloom/event.h>
#include <tapeloom/market.h>
#include "market/black_scholes.h"
#include "market/latent.h"
#include "market/universe.h"

#define TL_EXPIRIES_MAX 32
#define TL_STRIKES_MAX 256 /* an expiry */
#define TL_CHAIN_EVENTS_MAX 8
#define TL_CHAIN_HOT_MAX 128
#define TL_CHAIN_HOT_CELLS 2048

struct tl_expiry {
    int32_t day;    /* New York date */
    tl_ns close;    /* when it dies: end of the last session with its date */
    uint32_t first; /* index of its first strike in tl_chain.strike_milli */
    uint32_t strike_count;
    bool monthly, weekly; /* third Friday; a Friday that is none */
};

/* A scheduled event and the variance of the log return it is expected to bring. */
struct tl_chain_event {
    tl_ns ts, announced_ts;
    double variance;
};

/* A popular contract; hot[0] is the most popular one of the day. */
struct tl_chain_hot {
    uint8_t expiry, strike; /* strike: index within the expiry */
    char right;
    float log_strike; /* log(strike / open), to see how far the spot has left it */
};

struct tl_chain {
    uint16_t sym;
    int32_t trade_day;
    uint64_t seed; /* of the session */
    double open_px;
    double iv_log;   /* log of the ATM volatility at the open over its reference */
    double busy_log; /* log of the day's volume over its reference, as the open knows it */
    tl_ns session_end;
    uint32_t expiry_count, strike_total;
    struct tl_expiry expiries[TL_EXPIRIES_MAX];
    int32_t strike_milli[TL_EXPIRIES_MAX * TL_STRIKES_MAX]; /* ascending within an expiry */
    int32_t oi[2][TL_EXPIRIES_MAX * TL_STRIKES_MAX];        /* [0] calls, [1] puts */
    double event_var[TL_EXPIRIES_MAX]; /* total event variance (not a rate) ahead at the build,
                                          inside the expiry */
    /* The variance clock, in years of variance. */
    bool clock_linear;                   /* continuous calendar: no intraday shape */
    double clock_session;                /* what a full session of 390 minutes carries */
    double clock_after[TL_EXPIRIES_MAX]; /* from this session's end to the expiry's close */
    /* The surface's constants: SSVI eta; rho = rho_base + rho_slope x skew shift. */
    double eta, rho_base, rho_slope;
    double reversion, reverting[2], iv119; /* of the term structure: see surface.c */
    double pressure_scale;                 /* of the latent state's iv_pressure */
    uint32_t event_count;
    struct tl_chain_event events[TL_CHAIN_EVENTS_MAX];
    /* Popularity: by expiry, share of the background volume outside the hot list (sums to 1); mean distance of its
     * strikes in log moneyness [0] above, [1] below the spot, at the reference volatility; how much
     * each contract is liked against others, [0] calls, [1] puts, summed up over the strikes of its
     * expiry from the first to its own; and the hot list. */
    double expiry_share[TL_EXPIRIES_MAX];
    double width[2][TL_EXPIRIES_MAX];
    double liked[2][TL_EXPIRIES_MAX * TL_STRIKES_MAX];
    uint32_t hot_count;
    double hot_share; /* of picks that go to the hot list */
    /* Calls' share of the other picks of an expiry; beyond 0..1 where the hot list is one-sided. */
    double call_share[TL_EXPIRIES_MAX];
    struct tl_chain_hot hot[TL_CHAIN_HOT_MAX];
    uint8_t hot_rank[TL_CHAIN_HOT_CELLS]; /* rank by uniform cell */
};

/* What a price is computed from, at one instant. */
struct tl_option_view {
    double spot;  /* USD */
    double years; /* to expiry as tl_years_to counts, > 0 */
    double iv;    /* model implied volatility, annualised over the same years */
    double price; /* model value, USD a share */
    double delta; /* signed, -1..1 */
    double vega;  /* USD per 1.00 of volatility */
};

/* Builds listing and open interest by the exchanges' conventions around open_px (USD).
 * `closes`-rule: expiry e dies at session_end of its date (tl_calendar_expiry_close_s);
 * session_end_s is this session's end. Pure in its arguments. Cost about 0.5 ms. */
void tl_chain_build(struct tl_chain *chain, const struct tl_symbol *symbol, uint16_t sym,
                    enum tl_calendar calendar, int32_t trade_day, int64_t session_end_s,
                    double open_px, uint64_t seed, const struct tl_event_calendar_entry *events,
                    size_t event_count);

/* The two halves of tl_chain_build, for who can wait with the second: listing and surface, which is
 * all that values and searches read; then open interest and popularity, four fifths of the cost. */
void tl_chain_list(struct tl_chain *chain, const struct tl_symbol *symbol, uint16_t sym,
                   enum tl_calendar calendar, int32_t trade_day, int64_t session_end_s,
                   double open_px, uint64_t seed, const struct tl_event_calendar_entry *events,
                   size_t event_count);
void tl_chain_rank(struct tl_chain *chain, const struct tl_symbol *symbol);

/* Model value of one contract. expiry/strike are indices into the chain; strike counts within the
 * expiry. For many values of one second use surface.h. */
void tl_chain_value(const struct tl_chain *chain, const struct tl_symbol *symbol,
                    const struct tl_latent *latent, uint32_t expiry, uint32_t strike, char right,
                    double spot, tl_ns now, struct tl_option_view *view);

/* The listed contract nearest to what is asked: days to expiry in [dte_low, dte_high] (nearest to
 * the low end that exists), |delta| nearest to delta_target. false: none listed in that range. */
bool tl_chain_find(const struct tl_chain *chain, const struct tl_symbol *symbol,
                   const struct tl_latent *latent, double spot, tl_ns now, int dte_low,
                   int dte_high, double delta_target, char right, uint32_t *expiry,
                   uint32_t *strike);

/* Indices of a contract; false when it is not listed. */
bool tl_chain_index(const struct tl_chain *chain, const struct tl_contract *contract,
                    uint32_t *expiry, uint32_t *strike);

/* Strike of (expiry, index within the expiry), in 1e-3 USD. */
static inline int32_t tl_chain_strike_milli(const struct tl_chain *chain, uint32_t expiry,
                                            uint32_t strike)
{
    return chain->strike_milli[chain->expiries[expiry].first + strike];
}

/* How much a contract is liked against others. */
static inline double tl_chain_liking(const struct tl_chain *chain, uint32_t expiry, uint32_t strike,
                                     char right)
{
    const double *liked = chain->liked[right == 'P'] + chain->expiries[expiry].first;
    return strike > 0 ? liked[strike] - liked[strike - 1] : liked[0];
}

/* The first strike index of an expiry at or above strike_milli (its count: none). */
uint32_t tl_chain_strike_at(const struct tl_chain *chain, uint32_t expiry, int32_t strike_milli);

#endif
