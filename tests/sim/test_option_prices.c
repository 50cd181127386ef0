/* SPDX-License-Identifier: Apache-2.0
 * Option prices judged from outside: an independent pricer on every print, and the arbitrage checker
 * on whole chains over a session. */
#include <math.h>
#include <stdlib.h>

#include "base/date.h"
#include "base/text.h"
#include "lib/harness.h"
#include "lib/tape_fixture.h"
#include "market/calendar.h"
#include "score/option_arbitrage.h"
#include "score/option_event.h"
#include "tape/market_view.h"

static int64_t open_of(int32_t year, int32_t month, int32_t day)
{
    return tl_newyork_epoch(tl_date_to_day((struct tl_date){year, month, day}), 34200);
}

static struct tl_market_options options_of(const char *symbols, uint32_t streams)
{
    struct tl_market_options options = tl_market_options_default();
    options.calendar = TL_CALENDAR_EXCHANGE;
    options.mode = TL_MODE_FIREHOSE;
    options.symbols = tl_str_from(symbols);
    options.streams = streams;
    return options;
}

/* ---- an outside pricer: libm, bisection, nothing of the engine's ---- */

struct quote {
    bool call;
    double spot, strike, years, rate, yield;
};

static double normal(double x)
{
    return 0.5 * erfc(-x / sqrt(2.0));
}

static double price_of(const struct quote *quote, double sigma)
{
    double sd = sigma * sqrt(quote->years);
    double d1 =
        (log(quote->spot / quote->strike) + (quote->rate - quote->yield) * quote->years) / sd +
        0.5 * sd;
    double stock = quote->spot * exp(-quote->yield * quote->years);
    double bond = quote->strike * exp(-quote->rate * quote->years);
    if (quote->call) return stock * normal(d1) - bond * normal(d1 - sd);
    return bond * normal(sd - d1) - stock * normal(-d1);
}

/* 0: at or below what exercise at once brings (American), or what the European value is at no
 * volatility. */
static double iv_of(const struct quote *quote, double price, bool european)
{
    double sign = quote->call ? 1 : -1, low = 1e-6, high = 2000;
    double now = sign * (quote->spot - quote->strike);
    if (!european && price <= now) return 0;
    if (price <= price_of(quote, low)) return 0;
    for (int i = 0; i < 60; i++) {
        double middle = 0.5 * (low + high);
        if (price_of(quote, middle) < price)
            low = middle;
        else
            high = middle;
    }
    return 0.5 * (low + high);
}

/* Where a volatility says nothing (a change of 1e-4 moves the price by less than 1e-9 of the strike)
 * the prices are compared instead. */
static bool agree(const struct quote *quote, double price, double theirs, double ours)
{
    if (fabs(theirs - ours) <= 1e-4) return true;
    double moved = price_of(quote, ours + 1e-4) - price_of(quote, ours);
    return ours > 0 && theirs > 0 && moved < 1e-9 * quote->strike &&
           fabs(price_of(quote, theirs) - price) < 1e-8 * quote->strike;
}

struct tally {
    uint32_t prints, bad, zero, short_lived, put, far;
};

static void check_print(const struct tape_fixture *tape, const struct tl_event *event,
                        struct tally *tally)
{
    const struct tl_option_trade *trade = &event->u.option;
    const struct tl_symbol *symbol = tl_market_reference(tape->market, event->sym);
    int64_t close_s = tl_calendar_expiry_close_s(TL_CALENDAR_EXCHANGE, trade->contract.expiry_day);
    double left = (double)(close_s * TL_NS_PER_S - event->ts) * 1e-9;
    struct quote quote = {.call = trade->contract.right == 'C',
                          .spot = (double)(trade->spot_bid + trade->spot_ask) / 20000,
                          .strike = trade->contract.strike_milli / 1000.0,
                          .years = fmax(left, 30) / (365.0 * 86400),
                          .rate = symbol->rate,
                          .yield = symbol->dividend + symbol->borrow};
    double price = (double)trade->price / 10000, theirs = trade->iv_e6 * 1e-6;
    double ours = iv_of(&quote, price, symbol->european);
    tally->prints++;
    tally->zero += ours == 0;
    tally->short_lived += left < 600;
    tally->put += !quote.call;
    tally->far += quote.years > 0.5;
    /* A price of exactly intrinsic has no volatility, or the European one: the last bit decides. */
    double now = (quote.call ? 1 : -1) * (quote.spot - quote.strike);
    if (!symbol->european && fabs(price - now) < 1e-7 && theirs > 0)
        ours = iv_of(&quote, price, true);
    if (agree(&quote, price, theirs, ours)) return;
    if (tally->bad++ < 5)
        test_fail(__FILE__, __LINE__,
                  "%s %s %.3f %c at %.4f, spot %.4f, %.6f years: %.6f, not %.6f", symbol->ticker,
                  trade->nbbo_known ? "quoted" : "unquoted", quote.strike, trade->contract.right,
                  price, quote.spot, quote.years, theirs, ours);
}

TL_TEST("an outside pricer finds the implied volatility of every print from its price and spot")
{
    /* A Friday: 0DTE at the open, at noon and in the last minutes; an American and a European index
     * class, stocks with and without dividends. */
    static const int64_t starts[] = {0, 9000, 23280};
    struct tl_market_options options =
        options_of("SPY,XSP,NVDA,LLY,F", 1u << TL_STREAM_OPTION_PRINT);
    struct tally tally = {0};
    for (int part = 0; part < 3; part++) {
        struct tape_fixture tape;
        REQUIRE(tape_open(&tape, &options, open_of(2026, 11, 13) + starts[part]));
        for (int s = 0; s < 120; s++) {
            tape_step(&tape);
            for (size_t i = 0; i < tape.batch.count; i++)
                check_print(&tape, &tape.batch.events[i], &tally);
        }
        tape_close(&tape);
    }
    CHECK_INT(tally.bad, 0);
    /* The check has seen what it is about. */
    CHECK(tally.prints > 10000);
    CHECK(tally.short_lived > 500 && tally.put > 2000 && tally.far > 100);
    CHECK(tally.zero > 0 && tally.zero < tally.prints / 10);
}

/* ---- arbitrage over a session ---- */

static void check_chain(struct tl_market *market, uint32_t sym, struct tl_arbitrage_counts *counts)
{
    static struct tl_option_slice slices[2];
    static struct tl_option_frame frame;
    struct tl_quote_path path;
    struct tl_second view;
    struct tl_option_slice *near = NULL, *slice = &slices[0];
    if (!tl_market_prints(market, sym) || !tl_market_view(market, sym, &path, &view)) return;
    tl_option_frame_init(&frame, &view);
    for (uint32_t e = 0; e < view.chain->expiry_count; e++) {
        if (!tl_option_slice_quote(slice, &frame, e, view.second * TL_NS_PER_S)) continue;
        tl_option_arbitrage_slice(slice, counts);
        if (near) tl_option_arbitrage_calendar(near, slice, counts);
        near = slice;
        slice = slice == &slices[0] ? &slices[1] : &slices[0];
    }
}

TL_TEST("no trade at the quotes of one instant earns money at any time of a session")
{
    struct tl_market_options options = options_of("SPY,XSP,NVDA,LLY,F", 0);
    struct tl_arbitrage_counts counts = {0};
    struct tape_fixture tape;
    int64_t open = open_of(2026, 11, 13);
    REQUIRE(tape_open(&tape, &options, open));
    for (int64_t second = 0; second < 23400; second++) {
        tape_step(&tape);
        /* The wide first minute, then every half hour, the last minute. */
        if (second != 20 && second % 1800 != 0 && second != 23390) continue;
        for (uint32_t sym = 0; sym < tl_market_symbol_count(tape.market); sym++)
            check_chain(tape.market, sym, &counts);
    }
    tape_close(&tape);
    CHECK_INT(counts.parity, 0);
    CHECK_INT(counts.intrinsic, 0);
    CHECK_INT(counts.vertical, 0);
    CHECK_INT(counts.butterfly, 0);
    CHECK_INT(counts.calendar, 0);
    CHECK(counts.checked > 100000);
}

TL_TEST("front volatility falls over a report, in four of five names that report")
{
    static struct tl_option_events events;
    struct tl_market_options options = options_of("", 0);
    struct tape_fixture tape;
    REQUIRE(tape_open(&tape, &options, open_of(2026, 11, 2)));
    REQUIRE(tl_option_events_walk(&events, tape.market, open_of(2026, 11, 2), 63) == TL_OK);
    tape_close(&tape);
    /* 31 stocks report every 63 sessions, less what falls between the months that are looked at. */
    CHECK(events.count >= 18 && events.count <= 44);
    uint32_t fell = 0, small = 0;
    for (uint32_t i = 0; i < events.count; i++) {
        fell += events.reports[i].after < events.reports[i].before;
        small += events.reports[i].event_sd < 0.005;
        CHECK(events.reports[i].event_sd < 0.25);
    }
    /* A night in which the whole level rises hides an event. */
    CHECK(5 * fell >= 4 * events.count);
    CHECK(5 * small <= events.count);
}
