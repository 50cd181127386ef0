/* SPDX-License-Identifier: Apache-2.0
 * What stock prints and quotes look like. Bounds are wide: these tests catch a broken mechanism;
 * the scorer measures realism. */
#include <stdlib.h>

#include "base/math.h"
#include "lib/harness.h"
#include "lib/tape_fixture.h"
#include "tape/equity_path.h"

#define SOME_TIME 1790005000LL

TL_TEST("stock prints have sense: size, venue, conditions, and a price near the published quote")
{
    struct tl_market_options options = tl_market_options_default();
    options.mode = TL_MODE_FIREHOSE;
    options.streams = 1u << TL_STREAM_EQUITY_QUOTE | 1u << TL_STREAM_EQUITY_PRINT;
    struct tape_fixture tape;
    if (!tape_open(&tape, &options, SOME_TIME)) return;
    static struct tl_equity_quote quotes[TL_SYMBOLS_MAX];
    for (int i = 0; i < TL_SYMBOLS_MAX; i++)
        quotes[i] = (struct tl_equity_quote){0};
    double prints = 0, lit = 0, lit_in = 0, off = 0, odd = 0, iso = 0, sub_penny = 0, placed = 0;
    for (int i = 0; i < 90; i++) {
        tape_step(&tape);
        for (size_t k = 0; k < tape.batch.count; k++) {
            const struct tl_event *event = &tape.batch.events[k];
            struct tl_equity_quote *quote = &quotes[event->sym];
            if (event->stream == TL_STREAM_EQUITY_QUOTE) {
                *quote = event->u.quote;
                CHECK(quote->bid > 0 && quote->bid_size > 0 && quote->ask_size > 0);
                CHECK(quote->ask > quote->bid - 500);
                continue;
            }
            const struct tl_equity_trade *trade = &event->u.trade;
            CHECK(trade->size > 0 && trade->price > 0);
            CHECK(trade->executed <= event->ts && event->ts - trade->executed < 11 * TL_NS_PER_S);
            CHECK(trade->off_exchange == (trade->venue == TL_EV_OTC));
            CHECK((trade->conditions[3] == 'I') == (trade->size < 100));
            prints++;
            odd += trade->size < 100;
            iso += trade->conditions[1] == 'F';
            off += trade->off_exchange;
            sub_penny += trade->price % 100 != 0;
            if (trade->off_exchange || quote->bid == 0) continue;
            lit++;
            lit_in += trade->price >= quote->bid && trade->price <= quote->ask;
            placed++;
        }
    }
    tape_close(&tape);
    /* At 540 prints a second this is about 50 000 prints; bounds are many standard errors off. */
    CHECK(prints > 10000);
    CHECK(lit_in / placed > 0.90);
    CHECK(off / prints > 0.25 && off / prints < 0.50);
    CHECK(odd / prints > 0.40 && odd / prints < 0.80);
    CHECK(iso / prints > 0.25 && iso / prints < 0.50);
    CHECK(sub_penny / prints > 0.10 && sub_penny / prints < 0.35);
}

static int compare_ns(const void *a, const void *b)
{
    tl_ns x = *(const tl_ns *)a, y = *(const tl_ns *)b;
    return (x > y) - (x < y);
}

TL_TEST("there is no cadence: gaps between a name's prints are over-dispersed and never regular")
{
    struct tl_market_options options = tl_market_options_default();
    options.mode = TL_MODE_FIREHOSE;
    options.streams = 1u << TL_STREAM_EQUITY_PRINT;
    options.symbols = tl_str_from("NVDA");
    struct tape_fixture tape;
    if (!tape_open(&tape, &options, SOME_TIME)) return;
    static tl_ns gaps[200000];
    size_t count = 0;
    tl_ns last = 0;
    double sum = 0, squares = 0;
    for (int i = 0; i < 400; i++) {
        tape_step(&tape);
        for (size_t k = 0; k < tape.batch.count && count < 200000; k++) {
            if (last) {
                gaps[count] = tape.batch.events[k].ts - last;
                sum += (double)gaps[count];
                squares += (double)gaps[count] * (double)gaps[count];
                count++;
            }
            last = tape.batch.events[k].ts;
        }
    }
    tape_close(&tape);
    REQUIRE(count > 3000);
    double mean = sum / (double)count;
    double cv = tl_sqrt(squares / (double)count - mean * mean) / mean;
    CHECK(cv > 1.6); /* Poisson is 1; SCORECARD E29 asks for 2.3 to 4.5 */
    qsort(gaps, count, sizeof gaps[0], compare_ns);
    size_t longest = 0, run = 1;
    for (size_t i = 1; i < count; i++) {
        run = gaps[i] == gaps[i - 1] && gaps[i] > 0 ? run + 1 : 1;
        if (run > longest) longest = run;
    }
    CHECK(longest < 5); /* a scheduled gap would repeat to the nanosecond */
}

TL_TEST("a quote path starts and ends at its anchors, ascends, and is on the grid")
{
    struct tl_symbol symbol = {.lot = 100, .price = 200, .trades_per_s = 20};
    const struct tl_session_state session = {.session_start_s = 0, .session_end_s = 2000};
    for (int64_t s = 0; s < 2000; s++) {
        int spread = 1 + (int)(s % 7), up = (int)(s % 11) - 5;
        struct tl_latent latent = {.log_px = {5.2983, 5.2983},
                                   .sigma_s = 1e-5 * (double)(s % 40),
                                   .trade_rate = 0.2 * (double)(s % 300),
                                   .bid = {2000000, 2000000 + 100 * up},
                                   .bid_size = {300, 500},
                                   .ask_size = {200, 100},
                                   .tick = 100,
                                   .cleanliness = 0.5 + 0.01 * (double)(s % 100)};
        latent.ask[0] = latent.bid[0] + 100;
        latent.ask[1] = latent.bid[1] + 100 * spread;
        struct tl_second second = {.second = s,
                                   .seed = test_seed(),
                                   .symbol = &symbol,
                                   .latent = &latent,
                                   .session = &session,
                                   .rate = 1};
        struct tl_quote_path path;
        tl_equity_path_make(&second, &path);
        const struct tl_quote_point *end = &path.points[path.count - 1];
        CHECK(path.count >= 1 && path.count <= TL_QUOTE_PATH_MAX);
        CHECK(path.points[0].ts == s * TL_NS_PER_S && path.points[0].bid == latent.bid[0]);
        CHECK(end->bid == latent.bid[1] && end->ask == latent.ask[1]);
        CHECK(end->bid_size == 500 && end->ask_size == 100);
        CHECK(end->ts < (s + 1) * TL_NS_PER_S);
        for (uint32_t i = 0; i < path.count; i++) {
            const struct tl_quote_point *point = &path.points[i];
            CHECK(point->bid % 100 == 0 && point->ask % 100 == 0 && point->bid > 0);
            CHECK(point->bid_size % 100 == 0 && point->bid_size > 0);
            CHECK(i == 0 || point->ts > path.points[i - 1].ts);
            CHECK(tl_quote_path_at(&path, point->ts) == point);
        }
    }
}
