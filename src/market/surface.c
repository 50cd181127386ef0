/* SPDX-License-Identifier: Apache-2.0
 * SSVI (Gatheral and Jacquier, 2014):
 *     w(k, th) = th/2 (1 + rho phi k + sqrt((phi k + rho)^2 + 1 - rho^2)),
 *     phi(th) = eta th^-g (1 + th)^(g - 1),  g = 0.46 (the skew falls like T^-0.46).
 * Butterfly-free: eta^2 (1 + |rho|) <= 4 and g <= 1/2, since th^(1 - 2g) (1 + th)^(2g - 2) < 1.
 * Calendar-free: rho is the same for all expiries of one instant, th rises with expiry, and
 * d(th phi)/dth = phi (1 - g) / (1 + th) <= phi.
 *
 * In a life's last hours phi rises by (1 + t0 / t)^(1/3), t0 less than half a trading day: jumps do not
 * shrink with the clock, so wings rise against the money (O41). th phi still rises with t, so
 * calendars stay free; phi grows 2.9 times at most, where th^(1 - 2g) alone leaves the butterfly's
 * bound three times away.
 *
 * Level: forward variance v(t) = v_long + (v_short - v_long) e^(-c t) over the variance clock, c = 8
 * for funds and 4 for stocks, so th = v_long t + (v_short - v_long) (1 - e^(-c t)) / c, plus every
 * event's variance. Both v are solved from the 28-day and 119-day levels (moved by the latent state;
 * the far one moves 0.95 as much in logs: what lasts moves all tenors) and floored above zero, the
 * 28-day level held. A stock's reference for 119 days holds a report, which is an event here: its
 * variance is taken out, and seven tenths of what is left of the slope are kept, so that stocks
 * without an event ahead are flat to five hundredths at 60 days (O26).
 *
 * Pressure from flow moves forward variance by u e^(-40 t), u such that the next days'
 * volatility moves by all of it, a week's by 0.7, 28 days' by 0.3, 119 days' by 0.08. The same term
 * carries a dip of 0.13 of the 28-day variance: short dates without event are quoted lower (O26:
 * VIX9D / VIX .92; AAPL .20 at 3 days, .25 at 28). u takes at most three quarters of what the dip
 * leaves of v_short, which is at least 0.07 of the 28-day variance; so v stays above zero and th
 * rises strictly.
 *
 * Variance clock: a trading day is one unit, 0.72 of it inside the session with more at its ends,
 * a day without trading 0.35, 291 units a year. In the continuous calendar the clock is the plain
 * one weighted by day.
 *
 * Limits: one skew shape for all expiries; a dividend is a yield. */
#include "market/surface.h"

#include "base/math.h"
#include "base/rng.h"

#define GAMMA 0.46
/* Implied moves of reports run with the name's volatility: 4 % at IV .25, 7 % at .43, 12 % at .7. */
#define EVENT_SD 0.173
#define REVERSION_FUND 8.0  /* a year; divides PRESSURE_DECAY by 5 */
#define REVERSION_STOCK 4.0 /* by 10 */
#define PRESSURE_DECAY 40.0
#define LAST_DAY (1 / 291.0) /* a trading day of the variance clock, in its years */
#define STOCK_TERM_KEPT 0.70
/* Who holds an American put may exercise it early, so a later one is worth no less. Priced as if it
 * could not be, a put near the forward would lose with time where volatility is below 2.5 times the
 * carry times the root of the years; its surface keeps a little above that. Two-year options of calm
 * funds are all that it meets. */
#define CARRY_VARIANCE (2.8 * 2.8)
#define DIP 0.13 /* of the 28-day variance, off the next days' */
#define YEARS_28 (28.0 / 365.0)
#define YEARS_119 (119.0 / 365.0)
#define RHO_MAX 0.92
#define SESSION_NS (390LL * 60 * TL_NS_PER_S)

/* What variance of one unit now adds until `years`: (1 - e^(-c t)) / c when it reverts with the
 * level, (1 - e^(-40 t)) / 40 when it is pressure; a power of the same exponential. */
static void reverting_years(double reversion, double years, double *level, double *pressure)
{
    double a = reversion * years;
    *level = years * (1 - 0.5 * a);
    *pressure = years * (1 - 0.5 * PRESSURE_DECAY * years);
    if (a < 1e-4) return;
    double left = tl_exp(-a), square = left * left, fifth = square * square * left;
    *level = (1 - left) / reversion;
    *pressure = (1 - (reversion == REVERSION_STOCK ? fifth * fifth : fifth)) / PRESSURE_DECAY;
}

void tl_surface_at(const struct tl_chain *chain, const struct tl_symbol *symbol,
                   const struct tl_latent *latent, struct tl_surface *surface)
{
    const double p28 = 0.0238378, p119 = 0.0249999; /* reverting_years of pressure */
    double g28 = chain->reverting[0], g119 = chain->reverting[1];
    double tenth = tl_exp(0.1 * latent->atm_iv_log), fifth = tenth * tenth;
    double level = fifth * fifth * fifth * fifth * fifth; /* e^x */
    double iv28 = symbol->iv28 * level, iv119 = chain->iv119 * level / tl_sqrt(tenth);
    double dip = DIP * iv28 * iv28;
    double th28 = iv28 * iv28 * YEARS_28 + dip * p28;
    double th119 = iv119 * iv119 * YEARS_119 + dip * p119;
    double l28 = YEARS_28 - g28, l119 = YEARS_119 - g119;
    double det = g28 * l119 - l28 * g119;
    double v_short = (th28 * l119 - l28 * th119) / det;
    double v_long = (g28 * th119 - g119 * th28) / det;
    double floor_long = 0.2 * iv119 * iv119, floor_short = 0.2 * iv28 * iv28;
    if (v_long < floor_long) {
        v_long = floor_long;
        v_short = (th28 - l28 * v_long) / g28;
    }
    if (v_short < floor_short) {
        v_short = floor_short;
        v_long = (th28 - g28 * v_short) / l28;
    }
    surface->var_short = v_short;
    surface->var_long = v_long;
    double iv = tl_sqrt(v_short - dip), push = chain->pressure_scale * latent->iv_pressure;
    push = tl_max(push, -0.5 * iv);
    surface->var_pressure = push * (2 * iv + push) - dip;
    surface->event_scale = level;
    surface->reversion = chain->reversion;
    /* With all else fixed the curvature in k would fall as the level rises, like IV^-.84. */
    surface->eta = tl_min(chain->eta * fifth, 1.4);
    surface->rho =
        tl_clamp(chain->rho_base + chain->rho_slope * latent->skew_shift, -RHO_MAX, RHO_MAX);
}

/* Share of a session's variance still ahead when `left` (0..1) of its time is: twice as dense at
 * the ends as at three quarters in the middle; its integral is cubic. */
static double session_left(double left)
{
    double z = 2 * left - 1; /* density 0.75 + 0.75 z^2 on [-1, 1], integral 2 */
    return 0.5 * (0.75 * (z + 1) + 0.25 * (z * z * z + 1));
}

/* Variance-years from now to an expiry's close, > 0. */
static double clock_years(const struct tl_chain *chain, uint32_t expiry, tl_ns now)
{
    tl_ns left_ns = chain->session_end - now;
    if (left_ns < 0) left_ns = 0;
    double left = (double)left_ns / (double)SESSION_NS;
    if (!chain->clock_linear) {
        left = session_left(tl_min(left, 1.0));
        /* The last 30 s of a life keep the variance of 30 s: iv stays finite and positive. */
        left = tl_max(left, 0.0019);
    } else {
        left = tl_max(left, 0.0012);
    }
    return chain->clock_session * left + chain->clock_after[expiry];
}

/* Event variance inside an expiry: phased in over five minutes from its announcement, gone (the
 * crush) within 90 s after the event. */
static double event_variance(const struct tl_chain *chain, tl_ns close, tl_ns now)
{
    double sum = 0;
    for (uint32_t i = 0; i < chain->event_count; i++) {
        const struct tl_chain_event *event = &chain->events[i];
        if (event->ts >= close) continue;
        double known = (double)(now - event->announced_ts) / (300.0 * 1e9);
        double gone = (double)(now - event->ts) / (90.0 * 1e9);
        sum += event->variance * tl_clamp(known, 0, 1) * (1 - tl_clamp(gone, 0, 1));
    }
    return sum;
}

static void shape(struct tl_slice *slice, double eta, double rho)
{
    /* th^-g (1 + th)^(g - 1), with one logarithm of two. */
    double more = 1 + slice->theta, root = tl_sqrt(slice->theta * more);
    slice->phi = eta / root * tl_exp((0.5 - GAMMA) * tl_log(slice->theta / more));
    slice->rho = rho;
}

/* Total variance of `clock` years of variance, without events. */
static double plain_variance(const struct tl_surface *surface, double clock)
{
    double level, pressure;
    reverting_years(surface->reversion, clock, &level, &pressure);
    return surface->var_long * clock + (surface->var_short - surface->var_long) * level +
           surface->var_pressure * pressure;
}

void tl_surface_tenor(const struct tl_surface *surface, double years, struct tl_slice *slice)
{
    *slice = (struct tl_slice){.years = years, .growth = 1, .discount = 1};
    slice->theta = plain_variance(surface, years);
    shape(slice, surface->eta, surface->rho);
}

static double last_hours(double clock)
{
    return tl_pow(1 + 0.45 * LAST_DAY / tl_max(clock, 0.02 * LAST_DAY), 1.0 / 3);
}

bool tl_surface_slice(const struct tl_surface *surface, const struct tl_chain *chain,
                      const struct tl_symbol *symbol, uint32_t expiry, tl_ns now,
                      struct tl_slice *slice)
{
    tl_ns close = chain->expiries[expiry].close;
    if (now >= close) return false;
    double clock = clock_years(chain, expiry, now);
    slice->years = tl_years_to(now, close);
    slice->theta =
        plain_variance(surface, clock) + surface->event_scale * event_variance(chain, close, now);
    slice->log_growth = (symbol->rate - symbol->dividend - symbol->borrow) * slice->years;
    if (!symbol->european && slice->log_growth > 0)
        slice->theta = tl_max(slice->theta, CARRY_VARIANCE * slice->log_growth * slice->log_growth);
    shape(slice, surface->eta, surface->rho);
    if (clock < LAST_DAY) slice->phi *= last_hours(clock);
    slice->growth = tl_exp(slice->log_growth);
    slice->discount = tl_exp(-symbol->rate * slice->years);
    return true;
}

double tl_slice_variance(const struct tl_slice *slice, double k)
{
    double a = slice->phi * k + slice->rho;
    double root = tl_sqrt(a * a + 1 - slice->rho * slice->rho);
    return 0.5 * slice->theta * (1 + slice->rho * slice->phi * k + root);
}

void tl_slice_terms(const struct tl_slice *slice, const struct tl_symbol *symbol, char right,
                    double spot, double strike, struct tl_bs_terms *terms, double *total_sd)
{
    terms->call = right == 'C';
    terms->european = symbol->european;
    terms->spot = spot;
    terms->strike = strike;
    terms->years = slice->years;
    terms->forward = spot * slice->growth;
    terms->discount = slice->discount;
    terms->ratio = terms->forward / strike;
    terms->log_fk = tl_log(terms->ratio);
    *total_sd = tl_sqrt(tl_slice_variance(slice, -terms->log_fk));
}

/* Log moneyness where N(d1) is 0.25 (z = 0.6745) or 0.75 (z = -0.6745): a fixed point. */
static double delta_moneyness(const struct tl_slice *slice, double z)
{
    double k = 0;
    for (int i = 0; i < 24; i++) {
        double s = tl_sqrt(tl_slice_variance(slice, k));
        k = s * (0.5 * s + z);
    }
    return k;
}

double tl_slice_risk_reversal(const struct tl_slice *slice)
{
    const double z = 0.6744897501960817;
    double put = tl_slice_variance(slice, delta_moneyness(slice, -z));
    double call = tl_slice_variance(slice, delta_moneyness(slice, z));
    return (tl_sqrt(put) - tl_sqrt(call)) / tl_sqrt(tl_slice_variance(slice, 0));
}

/* rho with the wanted risk reversal: secant steps, monotone and nearly linear. */
static double fit_rho(struct tl_slice slice, double rr)
{
    double rho0 = 0, rho1 = -0.3, f0 = -rr, f1 = 0;
    for (int i = 0; i < 8; i++) {
        slice.rho = rho1;
        f1 = tl_slice_risk_reversal(&slice) - rr;
        if (tl_abs(f1) < 1e-7 || tl_abs(f1 - f0) < 1e-12) break;
        double next = tl_clamp(rho1 - f1 * (rho1 - rho0) / (f1 - f0), -RHO_MAX, RHO_MAX);
        rho0 = rho1;
        f0 = f1;
        rho1 = next;
    }
    return rho1;
}

double tl_surface_far_reference(const struct tl_symbol *symbol)
{
    double report = EVENT_SD * symbol->iv28;
    return symbol->is_etf ? symbol->iv119
                          : tl_sqrt(symbol->iv119 * symbol->iv119 - report * report / YEARS_119);
}

/* The term structure's constants. */
static void fit_term(struct tl_chain *chain, const struct tl_symbol *symbol)
{
    double pressure, near = symbol->iv28 * symbol->iv28, far = tl_surface_far_reference(symbol);
    double kept = symbol->is_etf ? 1 : STOCK_TERM_KEPT;
    chain->reversion = symbol->is_etf ? REVERSION_FUND : REVERSION_STOCK;
    chain->iv119 = tl_sqrt(near + kept * (far * far - near));
    reverting_years(chain->reversion, YEARS_28, &chain->reverting[0], &pressure);
    reverting_years(chain->reversion, YEARS_119, &chain->reverting[1], &pressure);
}

/* A push is meant for a class of IV .4 that trades 200 k contracts a day: quotes move with the
 * level, and where more trades, the same flow moves them less. */
static double pressure_scale(const struct tl_symbol *symbol)
{
    return tl_min(symbol->iv28 * (1 / 0.4), 1) *
           tl_clamp(tl_sqrt(200e3 / symbol->option_adv), 0.15, 1);
}

double tl_surface_month_iv(const struct tl_symbol *symbol, const struct tl_latent *latent)
{
    return symbol->iv28 * tl_exp(latent->atm_iv_log) +
           0.3 * pressure_scale(symbol) * latent->iv_pressure;
}

void tl_surface_fit(struct tl_chain *chain, const struct tl_symbol *symbol)
{
    fit_term(chain, symbol);
    /* eta sets the smile's curvature (O28): at 30 days 1.4 to 2.2 in k for index funds, 0.8 to 1.3
     * for large names. One eta for all would make it fall like IV^-.84, (P25 + C25) / 2 ATM - 1
     * rise like IV^.16; the power of IV shares the spread between the two. */
    double relative = symbol->iv28 * (1 / 0.4);
    chain->eta = tl_symbol_is_index_fund(symbol)
                     ? 0.79
                     : tl_clamp(0.635 * tl_pow(relative, 0.2), 0.45, 0.70);
    chain->pressure_scale = pressure_scale(symbol);
    struct tl_slice slice = {.years = YEARS_28, .theta = symbol->iv28 * symbol->iv28 * YEARS_28};
    shape(&slice, chain->eta, 0);
    chain->rho_base = fit_rho(slice, symbol->rr);
    chain->rho_slope =
        (fit_rho(slice, symbol->rr + 0.03) - fit_rho(slice, symbol->rr - 0.03)) / 0.06;
}

double tl_surface_event_variance(const struct tl_symbol *symbol, uint16_t sym, uint64_t seed,
                                 const struct tl_event_calendar_entry *event)
{
    struct tl_rng rng =
        tl_rng_at(seed, TL_RNG_SURFACE, sym, (uint64_t)(event->event_ts / TL_NS_PER_S));
    double sd = EVENT_SD * symbol->iv28 * tl_exp(0.22 * tl_rng_normal(&rng));
    if (event->kind != 0) sd *= 0.35;
    sd = tl_clamp(sd, 0.005, 0.22);
    return sd * sd;
}
