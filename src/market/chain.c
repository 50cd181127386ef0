/* SPDX-License-Identifier: Apache-2.0
 * Builds a chain from its parts and answers single questions about it. The order matters: listing,
 * variance clock, events, surface fit, open interest, popularity. */
#include "market/chain.h"

#include "base/date.h"
#include "base/math.h"
#include "market/calendar.h"
#include "market/listing.h"
#include "market/open_interest.h"
#include "market/popularity.h"
#include "market/surface.h"

#define UNITS_A_YEAR 291.0 /* 251 trading days and 114 others at 0.35 */
#define REST_UNITS 0.35
#define SESSION_UNITS 0.72 /* of a trading day's unit, inside the session: E13's and O41's */

static double day_units(int32_t day)
{
    return tl_calendar_is_trading_day(day) ? 1.0 : REST_UNITS;
}

/* Variance units between this session's end and each expiry's close. */
static void fill_clock(struct tl_chain *chain, enum tl_calendar calendar)
{
    const double day_ns = 86400e9;
    chain->clock_linear = calendar == TL_CALENDAR_CONTINUOUS;
    /* 390 of 1440 minutes of a day that counts one unit. */
    chain->clock_session = (chain->clock_linear ? 390.0 / 1440.0 : SESSION_UNITS) / UNITS_A_YEAR;
    double units = 0;
    int32_t day = chain->trade_day;
    for (uint32_t e = 0; e < chain->expiry_count; e++) {
        for (; day < chain->expiries[e].day; day++)
            units += day_units(day + 1);
        double extra = 0;
        if (chain->clock_linear) {
            /* What is left of the trade date after this session, in whole-day units. */
            tl_ns whole = (tl_ns)(chain->expiries[e].day - chain->trade_day) * 86400 * TL_NS_PER_S;
            extra = (double)(chain->expiries[e].close - chain->session_end - whole) / day_ns;
            if (units + extra < 0) extra = -units;
        }
        chain->clock_after[e] = (units + extra) / UNITS_A_YEAR;
    }
}

static void fill_events(struct tl_chain *chain, const struct tl_symbol *symbol,
                        const struct tl_event_calendar_entry *events, size_t event_count)
{
    /* Everything up to a day before the session's end may still matter inside it. */
    tl_ns oldest = chain->session_end - 86400 * TL_NS_PER_S;
    for (size_t i = 0; i < event_count && chain->event_count < TL_CHAIN_EVENTS_MAX; i++) {
        if (events[i].sym != chain->sym || events[i].event_ts < oldest) continue;
        struct tl_chain_event *event = &chain->events[chain->event_count++];
        event->ts = events[i].event_ts;
        event->announced_ts = events[i].announced_ts;
        event->variance = tl_surface_event_variance(symbol, chain->sym, chain->seed, &events[i]);
        for (uint32_t e = 0; e < chain->expiry_count; e++)
            if (event->ts < chain->expiries[e].close) chain->event_var[e] += event->variance;
    }
}

/* Days on which the symbol reports before the close or the evening before: no Wednesday listing. */
static size_t earnings_days(uint16_t sym, const struct tl_event_calendar_entry *events,
                            size_t event_count, int32_t days[TL_CHAIN_EVENTS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < event_count && count < TL_CHAIN_EVENTS_MAX; i++) {
        if (events[i].sym != sym || events[i].kind != 0) continue;
        /* New York is four to five hours behind: an evening in UTC is the same New York day. */
        days[count++] = (int32_t)tl_floor_div(events[i].event_ts / TL_NS_PER_S - 5 * 3600, 86400);
    }
    return count;
}

void tl_chain_list(struct tl_chain *chain, const struct tl_symbol *symbol, uint16_t sym,
                   enum tl_calendar calendar, int32_t trade_day, int64_t session_end_s,
                   double open_px, uint64_t seed, const struct tl_event_calendar_entry *events,
                   size_t event_count)
{
    *chain = (struct tl_chain){.sym = sym,
                               .trade_day = trade_day,
                               .seed = seed,
                               .open_px = open_px,
                               .session_end = session_end_s * TL_NS_PER_S};
    int32_t skip[TL_CHAIN_EVENTS_MAX];
    size_t skip_count = earnings_days(sym, events, event_count, skip);
    tl_listing_expiries(chain, symbol, calendar, skip, skip_count);
    tl_listing_strikes(chain, symbol);
    fill_clock(chain, calendar);
    fill_events(chain, symbol, events, event_count);
    tl_surface_fit(chain, symbol);
}

void tl_chain_rank(struct tl_chain *chain, const struct tl_symbol *symbol)
{
    tl_open_interest_fill(chain, symbol);
    tl_popularity_fill(chain, symbol);
}

void tl_chain_build(struct tl_chain *chain, const struct tl_symbol *symbol, uint16_t sym,
                    enum tl_calendar calendar, int32_t trade_day, int64_t session_end_s,
                    double open_px, uint64_t seed, const struct tl_event_calendar_entry *events,
                    size_t event_count)
{
    tl_chain_list(chain, symbol, sym, calendar, trade_day, session_end_s, open_px, seed, events,
                  event_count);
    tl_chain_rank(chain, symbol);
}

/* One slice, many strikes. */
static void value(const struct tl_slice *slice, const struct tl_symbol *symbol, double strike,
                  char right, double spot, struct tl_option_view *view)
{
    struct tl_bs_terms terms;
    struct tl_bs_slope slope;
    double total_sd;
    tl_slice_terms(slice, symbol, right, spot, strike, &terms, &total_sd);
    view->spot = spot;
    view->years = slice->years;
    view->price = tl_bs_price_terms(&terms, total_sd, &slope);
    double root = tl_sqrt(slice->years);
    view->iv = total_sd / root;
    view->delta = slope.delta_call - (right == 'C' ? 0 : slice->growth * slice->discount);
    view->vega = terms.forward * terms.discount * slope.density * root;
}

void tl_chain_value(const struct tl_chain *chain, const struct tl_symbol *symbol,
                    const struct tl_latent *latent, uint32_t expiry, uint32_t strike, char right,
                    double spot, tl_ns now, struct tl_option_view *view)
{
    struct tl_surface surface;
    struct tl_slice slice;
    double usd = (double)tl_chain_strike_milli(chain, expiry, strike) / 1000.0;
    tl_surface_at(chain, symbol, latent, &surface);
    if (tl_surface_slice(&surface, chain, symbol, expiry, now, &slice)) {
        value(&slice, symbol, usd, right, spot, view);
        return;
    }
    /* Dead: worth its intrinsic. */
    double intrinsic = tl_max(right == 'C' ? spot - usd : usd - spot, 0);
    *view = (struct tl_option_view){.spot = spot, .years = tl_years_to(now, now)};
    view->price = intrinsic;
    view->delta = intrinsic > 0 ? (right == 'C' ? 1 : -1) : 0;
}

bool tl_chain_find(const struct tl_chain *chain, const struct tl_symbol *symbol,
                   const struct tl_latent *latent, double spot, tl_ns now, int dte_low,
                   int dte_high, double delta_target, char right, uint32_t *expiry,
                   uint32_t *strike)
{
    struct tl_surface surface;
    struct tl_slice slice;
    uint32_t e = 0;
    while (e < chain->expiry_count &&
           (chain->expiries[e].day - chain->trade_day < dte_low ||
            chain->expiries[e].close <= now || chain->expiries[e].strike_count == 0))
        e++;
    if (e == chain->expiry_count || chain->expiries[e].day - chain->trade_day > dte_high)
        return false;
    tl_surface_at(chain, symbol, latent, &surface);
    if (!tl_surface_slice(&surface, chain, symbol, e, now, &slice)) return false;
    /* |delta| falls with the strike for calls and rises for puts: halve, then take the nearer. */
    const int32_t *strikes = &chain->strike_milli[chain->expiries[e].first];
    uint32_t low = 0, high = chain->expiries[e].strike_count - 1;
    struct tl_option_view view;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        value(&slice, symbol, (double)strikes[middle] / 1000.0, right, spot, &view);
        bool above = tl_abs(view.delta) > tl_abs(delta_target);
        if (above == (right == 'C'))
            low = middle + 1;
        else
            high = middle;
    }
    if (low > 0) {
        value(&slice, symbol, (double)strikes[low] / 1000.0, right, spot, &view);
        double here = tl_abs(tl_abs(view.delta) - tl_abs(delta_target));
        value(&slice, symbol, (double)strikes[low - 1] / 1000.0, right, spot, &view);
        if (tl_abs(tl_abs(view.delta) - tl_abs(delta_target)) < here) low--;
    }
    *expiry = e;
    *strike = low;
    return true;
}

uint32_t tl_chain_strike_at(const struct tl_chain *chain, uint32_t expiry, int32_t strike_milli)
{
    const int32_t *strikes = &chain->strike_milli[chain->expiries[expiry].first];
    uint32_t low = 0, left = chain->expiries[expiry].strike_count;
    for (; left > 1; left -= left / 2) /* steps known beforehand: no guesses */
        low += left / 2 & -(uint32_t)(strikes[low + left / 2 - 1] < strike_milli);
    return low + (left == 1 && strikes[low] < strike_milli);
}

bool tl_chain_index(const struct tl_chain *chain, const struct tl_contract *contract,
                    uint32_t *expiry, uint32_t *strike)
{
    if (contract->sym != chain->sym) return false;
    for (uint32_t e = 0; e < chain->expiry_count; e++) {
        if (chain->expiries[e].day != contract->expiry_day) continue;
        uint32_t i = tl_chain_strike_at(chain, e, contract->strike_milli);
        if (i == chain->expiries[e].strike_count ||
            tl_chain_strike_milli(chain, e, i) != contract->strike_milli)
            return false;
        *expiry = e;
        *strike = i;
        return true;
    }
    return false;
}
