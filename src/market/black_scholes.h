/* SPDX-License-Identifier: Apache-2.0
 * Black-Scholes with continuous rate r and yield q, and its inversion. Early exercise is handled as
 * a floor at intrinsic, the same way in pricing and inversion; the *_european forms have no floor
 * (for European classes). Volatility and time are annualised; prices are USD a share. */
#ifndef TL_MARKET_BLACK_SCHOLES_H
#define TL_MARKET_BLACK_SCHOLES_H

#include <tapeloom/types.h>

/* years > 0, iv >= 0. right: 'C' or 'P'. */
double tl_bs_price(char right, double spot, double strike, double years, double rate, double yield,
                   double iv);
double tl_bs_price_european(char right, double spot, double strike, double years, double rate,
                            double yield, double iv);
double tl_bs_delta(char right, double spot, double strike, double years, double rate, double yield,
                   double iv);
double tl_bs_vega(double spot, double strike, double years, double rate, double yield, double iv);

/* Implied volatility of a price; 0 when the price is at or below intrinsic or above the bound.
 * |price(iv) - price| < 1e-9 x spot. About 0.3 us. */
double tl_bs_iv(char right, double price, double spot, double strike, double years, double rate,
                double yield);
double tl_bs_iv_european(char right, double price, double spot, double strike, double years,
                         double rate, double yield);

/* What the hot path has at hand for one contract, so that nothing is computed twice. */
struct tl_bs_terms {
    bool call, european;
    double spot, strike;
    double years;
    double forward;  /* spot e^((r - q) T) */
    double discount; /* e^(-r T) */
    double ratio;    /* forward / strike */
    double log_fk;   /* its logarithm */
};
struct tl_bs_terms tl_bs_terms_of(char right, bool european, double spot, double strike,
                                  double years, double rate, double yield);
/* The same inversion; iv_guess (0: none) only saves steps, the tolerance is the same. */
double tl_bs_iv_terms(const struct tl_bs_terms *terms, double price, double iv_guess);
/* What comes with a price: N(d1) e^(-q T), and the normal density at d1. */
struct tl_bs_slope {
    double delta_call, density;
};
/* Price of the same terms, floored unless european; total_sd = iv sqrt(years) >= 0. slope NULL: not
 * wanted. */
double tl_bs_price_terms(const struct tl_bs_terms *terms, double total_sd,
                         struct tl_bs_slope *slope);

/* Years from now to an expiry's close: calendar time / 365 days (so that an outside pricer with
 * calendar time agrees), never below 30 s. */
double tl_years_to(tl_ns now, tl_ns close);

#endif
