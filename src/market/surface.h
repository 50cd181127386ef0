/* SPDX-License-Identifier: Apache-2.0
 * The implied-volatility surface of one underlying at one instant: SSVI slices over a variance
 * clock, without butterfly or calendar arbitrage by construction. */
#ifndef TL_MARKET_SURFACE_H
#define TL_MARKET_SURFACE_H

#include "market/chain.h"

/* The parameters all slices of one instant share. */
struct tl_surface {
    double var_short, var_long; /* forward variance now and far out, a year of variance clock */
    double var_pressure;        /* what flow adds to it now, less the dip of short dates */
    double eta, rho;
    double event_scale; /* of events' variance */
    double reversion;
};

/* One expiry at one instant. */
struct tl_slice {
    double years;    /* tl_years_to */
    double theta;    /* at-the-money total variance */
    double phi, rho; /* SSVI */
    double growth;   /* forward / spot */
    double discount; /* e^(-r T) */
    double log_growth;
};

void tl_surface_at(const struct tl_chain *chain, const struct tl_symbol *symbol,
                   const struct tl_latent *latent, struct tl_surface *surface);
/* false: the expiry is dead at `now`. */
bool tl_surface_slice(const struct tl_surface *surface, const struct tl_chain *chain,
                      const struct tl_symbol *symbol, uint32_t expiry, tl_ns now,
                      struct tl_slice *slice);
/* A tenor as such, in years of the variance clock: no expiry, no events, no rates. */
void tl_surface_tenor(const struct tl_surface *surface, double years, struct tl_slice *slice);

/* Total variance at log forward moneyness k = ln(K / F). */
double tl_slice_variance(const struct tl_slice *slice, double k);

/* The pricing terms of one contract at a spot, and (total_sd) its model sd to expiry. */
void tl_slice_terms(const struct tl_slice *slice, const struct tl_symbol *symbol, char right,
                    double spot, double strike, struct tl_bs_terms *terms, double *total_sd);

/* At build: eta, rho and its slope such that the 25-delta risk reversal over ATM at 28 days is the
 * symbol's rr (plus the skew shift). */
void tl_surface_fit(struct tl_chain *chain, const struct tl_symbol *symbol);
/* The symbol's reference volatility of 119 days without the report that a stock's holds. */
double tl_surface_far_reference(const struct tl_symbol *symbol);
/* At-the-money volatility of a month as it is quoted: of what flow's pressure does to the next days'
 * it has three tenths. */
double tl_surface_month_iv(const struct tl_symbol *symbol, const struct tl_latent *latent);
/* (P25 - C25) / ATM of a slice, forward deltas. */
double tl_slice_risk_reversal(const struct tl_slice *slice);
/* Expected variance of an event's log return at the reference level, drawn once an event; in force it
 * goes with the volatility's level: reports move more in loud times. */
double tl_surface_event_variance(const struct tl_symbol *symbol, uint16_t sym, uint64_t seed,
                                 const struct tl_event_calendar_entry *event);

#endif
