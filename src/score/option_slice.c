/* SPDX-License-Identifier: Apache-2.0
 * Quotes of one expiry and what they imply; see the header. */
#include "score/option_slice.h"

#include "base/math.h"
#include "score/estimate.h"

#define FORWARD_STRIKES 8 /* nearest the spot; their median */

/* Whether a scheduled event that is known lies ahead and within the life. */
static bool event_within(const struct tl_chain *chain, tl_ns close, tl_ns ts)
{
    for (uint32_t i = 0; i < chain->event_count; i++) {
        const struct tl_chain_event *event = &chain->events[i];
        if (event->announced_ts <= ts && event->ts < close && event->ts > ts) return true;
    }
    return false;
}

bool tl_option_slice_quote(struct tl_option_slice *slice, struct tl_option_frame *frame,
                           uint32_t expiry, tl_ns ts)
{
    const struct tl_second *second = frame->second;
    const struct tl_chain *chain = second->chain;
    const struct tl_expiry *listed = &chain->expiries[expiry];
    const struct tl_quote_point *point = tl_quote_path_at(second->path, ts);
    slice->dte = listed->day - chain->trade_day;
    slice->expiry_day = listed->day;
    slice->european = second->symbol->european;
    slice->event = event_within(chain, listed->close, ts);
    slice->years = tl_years_to(ts, listed->close);
    slice->rate = second->symbol->rate;
    slice->yield = second->symbol->dividend + second->symbol->borrow;
    slice->spot_bid = (double)point->bid * 1e-4;
    slice->spot_ask = (double)point->ask * 1e-4;
    slice->count = listed->strike_count;
    for (uint32_t i = 0; i < slice->count; i++) {
        slice->strike[i] = (double)tl_chain_strike_milli(chain, expiry, i) * 1e-3;
        for (int put = 0; put < 2; put++) {
            struct tl_option_quote quote;
            if (!tl_option_quote_at(frame, expiry, i, put ? 'P' : 'C', ts, &quote)) return false;
            slice->bid[put][i] = (double)quote.bid * 1e-4;
            slice->ask[put][i] = (double)quote.ask * 1e-4;
            slice->bid_size[put][i] = quote.bid_size;
            slice->ask_size[put][i] = quote.ask_size;
        }
    }
    return slice->count > 0;
}

static double mid_of(const struct tl_option_slice *slice, int put, uint32_t i)
{
    return 0.5 * (slice->bid[put][i] + slice->ask[put][i]);
}

static bool solve_forward(struct tl_option_slice *slice)
{
    double spot = 0.5 * (slice->spot_bid + slice->spot_ask), forwards[FORWARD_STRIKES];
    uint32_t at = 0, n = 0;
    while (at < slice->count && slice->strike[at] < spot)
        at++;
    /* Outward from the spot. */
    for (uint32_t step = 0; step < slice->count && n < FORWARD_STRIKES; step++)
        for (int side = 0; side < 2 && n < FORWARD_STRIKES; side++) {
            uint32_t i = side ? at + step : at - 1 - step;
            if (i >= slice->count) continue; /* also below zero: unsigned */
            if (!(slice->bid[0][i] > 0) || !(slice->bid[1][i] > 0)) continue;
            forwards[n++] =
                slice->strike[i] + (mid_of(slice, 0, i) - mid_of(slice, 1, i)) / slice->discount;
        }
    if (n < 3) return false;
    slice->forward = tl_median_in_place(forwards, n);
    return slice->forward > 0;
}

bool tl_option_slice_solve(struct tl_option_slice *slice)
{
    slice->discount = tl_exp(-slice->rate * slice->years);
    slice->atm = TL_NAN;
    if (!solve_forward(slice)) return false;
    double root = tl_sqrt(slice->years);
    for (uint32_t i = 0; i < slice->count; i++) {
        double strike = slice->strike[i];
        int put = strike < slice->forward;
        double iv = 0;
        if (slice->bid[put][i] > 0)
            iv = tl_bs_iv_european(put ? 'P' : 'C', mid_of(slice, put, i),
                                   slice->forward * slice->discount, strike, slice->years,
                                   slice->rate, 0);
        slice->iv[i] = iv > 0 ? iv : TL_NAN;
        slice->delta[i] = put ? 1 : 0;
        if (iv > 0)
            slice->delta[i] =
                tl_norm_cdf(tl_log(slice->forward / strike) / (iv * root) + 0.5 * iv * root);
    }
    slice->atm = tl_option_slice_iv_at_k(slice, 0);
    return true;
}

double tl_option_slice_iv_at_delta(const struct tl_option_slice *slice, double delta)
{
    uint32_t before = slice->count;
    for (uint32_t i = 0; i < slice->count; i++) {
        if (!tl_is_finite(slice->iv[i])) continue;
        if (slice->delta[i] <= delta) {
            if (before == slice->count) return TL_NAN;
            double width = slice->delta[before] - slice->delta[i];
            double at = width > 0 ? (slice->delta[before] - delta) / width : 0;
            return slice->iv[before] + at * (slice->iv[i] - slice->iv[before]);
        }
        before = i;
    }
    return TL_NAN;
}

double tl_option_slice_iv_at_k(const struct tl_option_slice *slice, double k)
{
    double strike = slice->forward * tl_exp(k);
    uint32_t before = slice->count;
    for (uint32_t i = 0; i < slice->count; i++) {
        if (!tl_is_finite(slice->iv[i])) continue;
        if (slice->strike[i] >= strike) {
            if (before == slice->count) return TL_NAN;
            double width = slice->strike[i] - slice->strike[before];
            double at = (strike - slice->strike[before]) / width;
            return slice->iv[before] + at * (slice->iv[i] - slice->iv[before]);
        }
        before = i;
    }
    return TL_NAN;
}

/* Solves the symmetric 3 x 3 system of the normal equations by elimination. */
static bool solve3(double a[3][4])
{
    for (int p = 0; p < 3; p++) {
        if (!(tl_abs(a[p][p]) > 1e-18)) return false;
        for (int r = 0; r < 3; r++) {
            if (r == p) continue;
            double factor = a[r][p] / a[p][p];
            for (int c = p; c < 4; c++)
                a[r][c] -= factor * a[p][c];
        }
    }
    return true;
}

bool tl_option_slice_fit(const struct tl_option_slice *slice, double reach,
                         struct tl_smile_fit *fit)
{
    double sd = slice->atm * tl_sqrt(slice->years), a[3][4] = {{0}};
    fit->n = 0;
    if (!(sd > 0)) return false;
    for (uint32_t i = 0; i < slice->count; i++) {
        if (!tl_is_finite(slice->iv[i])) continue;
        double z = tl_log(slice->strike[i] / slice->forward) / sd; /* scaled: well conditioned */
        if (!(tl_abs(z) < reach)) continue;
        double powers[3] = {1, z, z * z};
        for (int r = 0; r < 3; r++) {
            for (int c = 0; c < 3; c++)
                a[r][c] += powers[r] * powers[c];
            a[r][3] += powers[r] * slice->iv[i];
        }
        fit->n++;
    }
    if (fit->n < 5 || !solve3(a)) return false;
    fit->level = a[0][3] / a[0][0];
    fit->slope = a[1][3] / a[1][1] / sd;
    fit->curve = a[2][3] / a[2][2] / (sd * sd);
    return true;
}
