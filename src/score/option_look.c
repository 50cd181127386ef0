/* SPDX-License-Identifier: Apache-2.0
 * What an option print says about its contract.
 *
 * Delta is Black-Scholes at the implied volatility of the NBBO's mid in force, in calendar time as
 * outside pricers count it. A mid at or below intrinsic has no volatility: in the money its delta is
 * 1, out of the money 0. */
#include "score/option_look.h"

#include "base/math.h"
#include "market/black_scholes.h"
#include "market/calendar.h"

#define RATE_DEFAULT 0.036 /* the universe file's default */

void tl_option_session_init(struct tl_option_session *session, int64_t start_s, int64_t end_s)
{
    *session = (struct tl_option_session){
        .start_s = start_s, .end_s = end_s, .trade_day = tl_newyork_day(end_s - 1)};
    session->week_day = tl_weekly_expiration(session->trade_day);
}

static int64_t close_of(struct tl_option_session *session, int32_t day)
{
    for (uint32_t i = 0; i < session->closes; i++)
        if (session->close_day[i] == day) return session->close_s[i];
    int64_t close_s = tl_calendar_expiry_close_s(TL_CALENDAR_EXCHANGE, day);
    if (session->closes < TL_OPTION_CLOSES) {
        session->close_day[session->closes] = day;
        session->close_s[session->closes++] = close_s;
    }
    return close_s;
}

/* The inversion starts from the print's own volatility where it has one: any start leads to the same
 * number, and this one is near. */
static double delta_of(const struct tl_option_look *look, const struct tl_symbol *symbol,
                       double strike, int64_t close_s)
{
    double rate = symbol ? symbol->rate : RATE_DEFAULT;
    double yield = symbol ? symbol->dividend + symbol->borrow : 0;
    double years = tl_years_to(look->ts, close_s * TL_NS_PER_S);
    double value = look->trade->nbbo_known ? 0.5 * (look->bid + look->ask) : look->price;
    struct tl_bs_terms terms =
        tl_bs_terms_of(look->call ? 'C' : 'P', false, look->spot, strike, years, rate, yield);
    double iv = tl_bs_iv_terms(&terms, value, 1e-6 * (double)look->trade->iv_e6);
    if (!(iv > 0)) return (look->call ? look->spot > strike : look->spot < strike) ? 1 : 0;
    struct tl_bs_slope slope;
    (void)tl_bs_price_terms(&terms, iv * tl_sqrt(years), &slope);
    double all = terms.forward * terms.discount / look->spot;
    return tl_abs(look->call ? slope.delta_call : slope.delta_call - all);
}

void tl_option_look_at(struct tl_option_look *look, const struct tl_event *event,
                       struct tl_option_session *session, const struct tl_symbol *symbol)
{
    const struct tl_option_trade *trade = &event->u.option;
    double strike = (double)trade->contract.strike_milli * 1e-3;
    look->trade = trade;
    look->ts = event->ts;
    look->since_open_s = event->ts / TL_NS_PER_S - session->start_s;
    look->dte = trade->contract.expiry_day - session->trade_day;
    look->call = trade->contract.right == 'C';
    look->this_week = trade->contract.expiry_day <= session->week_day;
    look->size = (double)trade->size;
    look->price = (double)trade->price * 1e-4;
    look->bid = (double)trade->bid * 1e-4;
    look->ask = (double)trade->ask * 1e-4;
    look->spot = 0.5e-4 * (double)(trade->spot_bid + trade->spot_ask);
    if (!(look->spot > 0)) look->spot = strike;
    look->k = tl_log(strike / look->spot);
    look->delta = delta_of(look, symbol, strike, close_of(session, trade->contract.expiry_day));
}
