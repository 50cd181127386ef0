/* SPDX-License-Identifier: Apache-2.0
 * Listed options of one underlying on one trade date, their open interest, the arbitrage-free
 * surface, and the pricer. */
#ifndef TL_MARKET_CHAIN_H
#define TL_MARKET_CHAIN_H

#include <tapeloom/event.h>
#include <tapeloom/market.h>
#include "market/latent.h"
#include "market/universe.h"

#define TL_EXPIRIES_MAX 32
#define TL_STRIKES_MAX 256 /* an expiry */

struct tl_expiry {
    int32_t day;    /* New York date */
    tl_ns close;    /* when it dies: end of the last session with its date */
    uint32_t first; /* index of its first strike in tl_chain.strike_milli */
    uint32_t strike_count;
};

struct tl_chain {
    uint16_t sym;
    int32_t trade_day;
    uint32_t expiry_count, strike_total;
    struct tl_expiry expiries[TL_EXPIRIES_MAX];
    int32_t strike_milli[TL_EXPIRIES_MAX * TL_STRIKES_MAX]; /* ascending within an expiry */
    int32_t oi[2][TL_EXPIRIES_MAX * TL_STRIKES_MAX];        /* [0] calls, [1] puts */
    double event_var[TL_EXPIRIES_MAX]; /* total event variance (not a rate) still ahead, inside the
                                          expiry */
};

/* What a price is computed from, at one instant. */
struct tl_option_view {
    double spot;  /* USD */
    double years; /* to expiry in the trading-time clock, > 0 */
    double iv;    /* model implied volatility */
    double price; /* model value, USD a share */
    double delta; /* signed, -1..1 */
    double vega;  /* USD per 1.00 of volatility */
};

/* Builds listing and open interest by the exchanges' conventions around open_px (USD).
 * `closes`-rule: expiry e dies at session_end of its date; session_end_s is this session's end.
 * Pure in its arguments. Cost ~0.1 ms. */
void tl_chain_build(struct tl_chain *chain, const struct tl_symbol *symbol, uint16_t sym,
                    int32_t trade_day, int64_t session_end_s, double open_px, uint64_t seed,
                    const struct tl_event_calendar_entry *events, size_t event_count);

/* Model value of one contract. expiry/strike are indices into the chain. */
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

/* Black-Scholes with continuous rate r and yield q, floored at intrinsic (early exercise is handled
 * as that floor, the same way in pricing and inversion). years > 0, iv >= 0. */
double tl_bs_price(char right, double spot, double strike, double years, double rate, double yield,
                   double iv);
double tl_bs_delta(char right, double spot, double strike, double years, double rate, double yield,
                   double iv);
double tl_bs_vega(double spot, double strike, double years, double rate, double yield, double iv);
/* Implied volatility of a price; 0 when the price is at or below intrinsic or above the bound.
 * |price(iv) - price| < 1e-9 x spot. */
double tl_bs_iv(char right, double price, double spot, double strike, double years, double rate,
                double yield);

/* Years from now to an expiry's close: calendar time / 365 days (so that an outside pricer with
 * calendar time agrees), never below 30 s. */
double tl_years_to(tl_ns now, tl_ns close);

#endif
