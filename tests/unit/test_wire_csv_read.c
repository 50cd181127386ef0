/* SPDX-License-Identifier: Apache-2.0
 * Reading CSV event files: what we write comes back whole, and what is wrong is named by line and
 * column. */
#include "wire/csv_read.h"

#include <stdlib.h>
#include <string.h>

#include <tapeloom/market.h>
#include "base/text.h"
#include "lib/harness.h"
#include "wire/csv.h"

TL_TEST("csv: every event of a minute of tape is read back as it was written")
{
    struct tl_market_options options = tl_market_options_default();
    struct tl_market *market = NULL;
    static struct tl_event events[1 << 16];
    struct tl_batch batch = {.events = events, .capacity = 1 << 16};
    static char bytes[2 * TL_CSV_ROW_MAX];
    struct tl_csv_reader reader;
    size_t counts[TL_STREAM_COUNT] = {0}, wrong = 0;
    options.calendar = TL_CALENDAR_EXCHANGE;
    options.symbols = tl_str_from("SPY,F,AAPL");
    REQUIRE(tl_market_create(&options, &market, NULL) == TL_OK);
    REQUIRE(tl_market_seek(market, 1795185000 + 60, NULL) == TL_OK);
    struct tl_text out = {bytes, 0, sizeof bytes, false};
    tl_csv_put_header(&out);
    REQUIRE(tl_csv_read_header(&reader, (struct tl_str){bytes, out.size - 1}, NULL) == TL_OK);
    for (int second = 0; second < 60; second++) {
        batch.count = 0;
        tl_market_step(market, &batch);
        for (size_t i = 0; i < batch.count; i++) {
            struct tl_str symbol = tl_market_symbol(market, events[i].sym), name = {NULL, 0};
            struct tl_event again;
            struct tl_error error = {.text = ""};
            out.size = 0;
            tl_csv_put_event(&out, &events[i], symbol);
            enum tl_status status = tl_csv_read_row(&reader, (struct tl_str){bytes, out.size - 1},
                                                    &again, &name, &error);
            wrong += status != TL_OK || !tl_str_equal(name, symbol) || again.seq != events[i].seq ||
                     tl_event_hash(&again, symbol) != tl_event_hash(&events[i], symbol);
            if (status != TL_OK) CHECK_STR(error.text, "");
            counts[events[i].stream]++;
        }
    }
    CHECK_INT(wrong, 0);
    for (int stream = 0; stream < TL_STREAM_COUNT; stream++)
        CHECK(counts[stream] > 10);
    tl_market_destroy(market);
}

static enum tl_status read_two(const char *header, const char *row, struct tl_event *event,
                               struct tl_error *error)
{
    struct tl_csv_reader reader;
    struct tl_str symbol;
    error->text[0] = '\0';
    enum tl_status status = tl_csv_read_header(&reader, tl_str_from(header), error);
    if (status == TL_OK) status = tl_csv_read_row(&reader, tl_str_from(row), event, &symbol, error);
    return status;
}

TL_TEST("csv: own data may leave columns out, in any order")
{
    struct tl_event event;
    struct tl_error error;
    REQUIRE(read_two("symbol,stream,size,price,ts_ns\r", "IBM,equity_print,120,183.005,1000\r",
                     &event, &error) == TL_OK);
    CHECK_INT(event.stream, TL_STREAM_EQUITY_PRINT);
    CHECK_INT(event.ts, 1000);
    CHECK_INT(event.u.trade.price, 1830050);
    CHECK_INT(event.u.trade.size, 120);
    CHECK_INT(event.u.trade.executed, 1000);
    CHECK(!event.u.trade.off_exchange);
    CHECK(memcmp(event.u.trade.conditions, "    ", 4) == 0);
}

TL_TEST("csv: what is wrong is refused with its line and column")
{
    static const char *const cases[][3] = {
        {"stream,ts_ns", "", "line 1: column symbol is missing"},
        {"stream,ts_ns,symbol,volume", "", "line 1: \"volume\" is no column of an event file"},
        {"stream,ts_ns,symbol,ts_ns", "", "line 1: column ts_ns stands twice"},
        {"stream,ts_ns,symbol,bid,ask", "equity_quote,1,X,1", "line 2: 4 fields, the header has 5"},
        {"stream,ts_ns,symbol,bid,ask", "quote,1,X,1,2",
         "line 2, column stream: none of option_nbbo, option_print, equity_quote, equity_print"},
        {"stream,ts_ns,symbol,bid,ask", "equity_quote,1.5,X,1,2",
         "line 2, column ts_ns: not a whole number"},
        {"stream,ts_ns,symbol,bid,ask", "equity_quote,1,X,,2", "line 2, column bid: is needed"},
        {"stream,ts_ns,symbol,bid,ask", "equity_quote,1,X,1.00001,2",
         "line 2, column bid: not a plain decimal of so many places"},
        {"stream,ts_ns,symbol,bid,ask", "equity_quote,1,X,1e3,2",
         "line 2, column bid: not a plain decimal of so many places"},
        {"stream,ts_ns,symbol,bid,ask", "equity_quote,1,,1,2",
         "line 2, column symbol: not 1 to 11 characters"},
        {"stream,ts_ns,symbol,price,size,bid", "equity_print,1,X,5,1,4",
         "line 2, column bid: must be empty on this stream"},
        {"stream,ts_ns,symbol,price,size", "equity_print,1,X,5,0",
         "line 2, column size: must be above 0"},
        {"stream,ts_ns,symbol,price,size,venue", "equity_print,1,X,5,1,OTC",
         "line 2, column venue: OTC and off_exchange must agree"},
        {"stream,ts_ns,symbol,price,size,executed_ns", "equity_print,1,X,5,1,2",
         "line 2, column executed_ns: later than ts_ns"},
        {"stream,ts_ns,symbol,expiry,strike,right,bid,ask", "option_nbbo,1,X,2026-02-30,5,C,1,2",
         "line 2, column expiry: not a date YYYY-MM-DD"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tl_event event;
        struct tl_error error;
        CHECK(read_two(cases[i][0], cases[i][1], &event, &error) == TL_INVALID);
        CHECK_STR(error.text, cases[i][2]);
    }
}

TL_TEST("csv: rows that go back in time are refused")
{
    struct tl_csv_reader reader;
    struct tl_event event;
    struct tl_str symbol;
    struct tl_error error = {.text = ""};
    REQUIRE(tl_csv_read_header(&reader, tl_str_from("stream,ts_ns,symbol,bid,ask"), NULL) == TL_OK);
    CHECK(tl_csv_read_row(&reader, tl_str_from("equity_quote,9,X,1,2"), &event, &symbol, &error) ==
          TL_OK);
    CHECK(tl_csv_read_row(&reader, tl_str_from("equity_quote,8,X,1,2"), &event, &symbol, &error) ==
          TL_INVALID);
    CHECK_STR(error.text, "line 3, column ts_ns: earlier than the row before");
}
