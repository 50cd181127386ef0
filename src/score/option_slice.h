/* SPDX-License-Identifier: Apache-2.0
 * One expiry of a chain at one instant, quoted synchronously, with its implied volatilities as
 * somebody outside the engine would take them: forward from put-call parity of the mids near the
 * money, volatilities of the out-of-the-money mids by Black-76 on that forward. */
#ifndef TL_SCORE_OPTION_SLICE_H
#define TL_SCORE_OPTION_SLICE_H

#include "tape/option_quote.h"

struct tl_option_slice {
    int32_t dte, expiry_day;
    bool european, event; /* event: a scheduled one lies before the expiry */
    uint32_t count;
    double years, rate, yield;     /* to expiry, calendar; yield: dividend and borrow */
    double spot_bid, spot_ask;     /* USD */
    double strike[TL_STRIKES_MAX]; /* ascending */
    double bid[2][TL_STRIKES_MAX]; /* [0] calls, [1] puts; USD; 0: none */
    double ask[2][TL_STRIKES_MAX];
    double bid_size[2][TL_STRIKES_MAX], ask_size[2][TL_STRIKES_MAX];
    /* Solved: */
    double forward, discount;
    double atm;                   /* volatility at the forward; TL_NAN: unknown */
    double iv[TL_STRIKES_MAX];    /* TL_NAN: the out-of-the-money side has no bid */
    double delta[TL_STRIKES_MAX]; /* N(d1): a call's forward delta; a put's is this less 1 */
};

/* Asks the engine for every quote of an expiry at ts. false: dead or empty. */
bool tl_option_slice_quote(struct tl_option_slice *slice, struct tl_option_frame *frame,
                           uint32_t expiry, tl_ns ts);
/* Fills the solved part from the quotes. false: no forward (fewer than three strikes with both bids
 * near the money). */
bool tl_option_slice_solve(struct tl_option_slice *slice);

/* Volatility where N(d1) is `delta`, linear in delta between strikes; TL_NAN outside. */
double tl_option_slice_iv_at_delta(const struct tl_option_slice *slice, double delta);
/* The same at log forward moneyness k. */
double tl_option_slice_iv_at_k(const struct tl_option_slice *slice, double k);

/* sigma(k) ~ level + slope k + curve k^2 by least squares over |k| below `reach` standard
 * deviations; at least five strikes. */
struct tl_smile_fit {
    double level, slope, curve;
    uint32_t n;
};
bool tl_option_slice_fit(const struct tl_option_slice *slice, double reach,
                         struct tl_smile_fit *fit);

#endif
