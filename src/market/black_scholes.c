/* SPDX-License-Identifier: Apache-2.0
 * Black-Scholes and its inversion.
 *
 * Model: F = S e^((r-q)T), s = iv sqrt(T), d1 = ln(F/K)/s + s/2, d2 = d1 - s;
 * call = e^(-rT) (F N(d1) - K N(d2)), put by parity; American classes are floored at S - K (K - S).
 *
 * Inversion works on the normalised out-of-the-money value (parity takes an in-the-money one there)
 *     b(s) = e^(x/2) N(x/s + s/2) - e^(-x/2) N(x/s - s/2),  x = -|ln(F/K)|,  b in (0, e^(x/2)),
 * whose inflection lies at s_c = sqrt(2|x|). First guesses below and above it are those of P.
 * Jaeckel, "By Implication" (2006); the steps are Halley's, on ln b below (where b falls like
 * e^(-x^2/2s^2)) and on b above, kept inside a bracket that shrinks at each step; when a step
 * leaves the bracket it is halved instead. Two or three steps are usual.
 *
 * Limits: prices below 1e-13 of the strike have no accurate inversion (the normal distribution is
 * good to 1e-14 absolute); the price tolerance holds there all the same. */
#include "market/black_scholes.h"

#include "base/math.h"

#define STEPS_MAX 64 /* 52 halvings would exhaust a double's bracket; Halley needs about 4 */

struct tl_bs_terms tl_bs_terms_of(char right, bool european, double spot, double strike,
                                  double years, double rate, double yield)
{
    struct tl_bs_terms terms = {.call = right == 'C',
                                .european = european,
                                .spot = spot,
                                .strike = strike,
                                .years = years,
                                .forward = spot * tl_exp((rate - yield) * years),
                                .discount = tl_exp(-rate * years)};
    terms.ratio = terms.forward / strike;
    terms.log_fk = tl_log(terms.ratio);
    return terms;
}

double tl_bs_price_terms(const struct tl_bs_terms *terms, double total_sd,
                         struct tl_bs_slope *slope)
{
    double forward_intrinsic = terms->forward - terms->strike;
    double n1 = forward_intrinsic > 0 ? 1.0 : 0.0, value, gauss = 0;
    if (!terms->call) forward_intrinsic = -forward_intrinsic;
    if (total_sd > 1e-12) {
        double d1 = terms->log_fk / total_sd + 0.5 * total_sd, d2 = d1 - total_sd;
        double above1, above2;
        gauss = tl_exp(-0.5 * d1 * d1); /* F phi(d1) = K phi(d2): one exponential serves both */
        double n2 = tl_norm_cdf_given(d2, gauss * terms->ratio, &above2);
        n1 = tl_norm_cdf_given(d1, gauss, &above1);
        /* Each right from its own tail: no cancellation far out of the money. */
        value = terms->call ? terms->forward * n1 - terms->strike * n2
                            : terms->strike * above2 - terms->forward * above1;
    } else {
        value = forward_intrinsic;
    }
    if (value < forward_intrinsic) value = forward_intrinsic;
    if (value < 0) value = 0;
    value *= terms->discount;
    if (!terms->european) {
        double floor = terms->call ? terms->spot - terms->strike : terms->strike - terms->spot;
        if (value < floor) value = floor;
    }
    if (slope)
        *slope =
            (struct tl_bs_slope){.delta_call = n1 * terms->forward * terms->discount / terms->spot,
                                 .density = TL_INV_SQRT_2PI * gauss};
    return value;
}

static double price_of(char right, bool european, double spot, double strike, double years,
                       double rate, double yield, double iv)
{
    struct tl_bs_terms terms = tl_bs_terms_of(right, european, spot, strike, years, rate, yield);
    return tl_bs_price_terms(&terms, iv * tl_sqrt(years), NULL);
}

double tl_bs_price(char right, double spot, double strike, double years, double rate, double yield,
                   double iv)
{
    return price_of(right, false, spot, strike, years, rate, yield, iv);
}

double tl_bs_price_european(char right, double spot, double strike, double years, double rate,
                            double yield, double iv)
{
    return price_of(right, true, spot, strike, years, rate, yield, iv);
}

double tl_bs_delta(char right, double spot, double strike, double years, double rate, double yield,
                   double iv)
{
    struct tl_bs_terms terms = tl_bs_terms_of(right, true, spot, strike, years, rate, yield);
    struct tl_bs_slope slope;
    (void)tl_bs_price_terms(&terms, iv * tl_sqrt(years), &slope);
    return right == 'C' ? slope.delta_call : slope.delta_call - tl_exp(-yield * years);
}

double tl_bs_vega(double spot, double strike, double years, double rate, double yield, double iv)
{
    double root = tl_sqrt(years), s = iv * root;
    if (s <= 1e-12) return 0;
    double d1 = (tl_log(spot / strike) + (rate - yield) * years) / s + 0.5 * s;
    return spot * tl_exp(-yield * years) * tl_norm_pdf(d1) * root;
}

/* b(s) and its first derivative; half = e^(x/2), inverse = 1 / half. The densities at x/s - s/2 and
 * x/s + s/2 differ by the factor e^x. */
static double normalised(double x, double half, double inverse, double s, double *slope)
{
    double h = x / s, t = 0.5 * s, mirror;
    double gauss = tl_exp(-0.5 * (h + t) * (h + t));
    *slope = half * TL_INV_SQRT_2PI * gauss;
    return half * tl_norm_cdf_given(h + t, gauss, &mirror) -
           inverse * tl_norm_cdf_given(h - t, gauss * half * half, &mirror);
}

/* Jaeckel's first guess from one side of the inflection. */
static double first_guess(double x, double half, double beta, double centre, double beta_centre)
{
    double ax = -x;
    if (ax < 1e-9) return 2.5066282746310002 * beta; /* at the money: b = s / sqrt(2 pi) + ... */
    if (beta < beta_centre) return tl_sqrt(2 * ax * ax / (ax - 4 * tl_log(beta / beta_centre)));
    double p = (half - beta) / (half - beta_centre) * tl_norm_cdf(-tl_sqrt(0.5 * ax));
    return p > 1e-300 ? -2 * tl_norm_inv(p) : centre;
}

/* One Halley step from s, where b(s) = b with slope b': on ln b in the lower branch, else on b. */
static double halley(double x, double s, double b, double slope, double beta, bool lower_branch)
{
    /* second = f''/f' of the function solved; b''/b' = x^2/s^3 - s/4. */
    double second = x * x / (s * s * s) - 0.25 * s, newton = (beta - b) / slope;
    if (lower_branch) {
        newton = tl_log(beta / b) * b / slope;
        second -= slope / b;
    }
    return s + newton / tl_clamp(1 + 0.5 * second * newton, 0.5, 4.0);
}

/* Solves b(s) = beta; half = e^(x/2). A step below 2e-4 of s is the last: the next
 * would be about its cube. */
static double solve(double x, double half, double beta, double guess)
{
    double inverse = 1 / half, centre = tl_sqrt(-2 * x), slope;
    double low = 0, high = 64; /* s = 64 prices at the bound to 1e-200 */
    if (!(guess > low && guess < high)) {
        /* d1 is 0 there. */
        double beta_centre = centre > 1e-9 ? 0.5 * half - inverse * tl_norm_cdf(-centre) : 0;
        if (beta < beta_centre)
            high = centre;
        else
            low = centre;
        guess = first_guess(x, half, beta, centre, beta_centre);
    }
    double s = guess > low && guess < high ? guess : 0.5 * (low + high);
    for (int step = 0; step < STEPS_MAX; step++) {
        double b = normalised(x, half, inverse, s, &slope), next = -1;
        if (b == beta) return s;
        if (b > beta)
            high = s;
        else
            low = s;
        if (b > 0 && slope > 0) next = halley(x, s, b, slope, beta, s < centre);
        bool halved = !(next > low && next < high);
        if (halved) next = 0.5 * (low + high);
        if (tl_abs(next - s) < (halved ? 1e-10 : 2e-4) * s) return next;
        s = next;
    }
    return s;
}

double tl_bs_iv_terms(const struct tl_bs_terms *terms, double price, double iv_guess)
{
    double intrinsic = terms->call ? terms->spot - terms->strike : terms->strike - terms->spot;
    if (!(price > 0) || (!terms->european && price <= intrinsic)) return 0;
    double value = price / terms->discount; /* undiscounted */
    double forward_intrinsic =
        terms->call ? terms->forward - terms->strike : terms->strike - terms->forward;
    if (forward_intrinsic > 0) value -= forward_intrinsic;
    double x = -tl_abs(terms->log_fk);
    double beta = value / tl_sqrt(terms->forward * terms->strike);
    double half = tl_sqrt(terms->ratio < 1 ? terms->ratio : 1 / terms->ratio); /* e^(x/2) */
    /* Nothing left above the forward's intrinsic, down to the last bits of the subtraction. */
    if (!(beta > 1e-15) || beta >= half) return 0;
    double root = tl_sqrt(terms->years);
    return solve(x, half, beta, iv_guess * root) / root;
}

double tl_bs_iv(char right, double price, double spot, double strike, double years, double rate,
                double yield)
{
    struct tl_bs_terms terms = tl_bs_terms_of(right, false, spot, strike, years, rate, yield);
    return tl_bs_iv_terms(&terms, price, 0);
}

double tl_bs_iv_european(char right, double price, double spot, double strike, double years,
                         double rate, double yield)
{
    struct tl_bs_terms terms = tl_bs_terms_of(right, true, spot, strike, years, rate, yield);
    return tl_bs_iv_terms(&terms, price, 0);
}

double tl_years_to(tl_ns now, tl_ns close)
{
    tl_ns left = close - now;
    if (left < 30 * TL_NS_PER_S) left = 30 * TL_NS_PER_S;
    return (double)left / (365.0 * 86400.0 * 1e9);
}
