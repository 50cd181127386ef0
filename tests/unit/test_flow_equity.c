/* SPDX-License-Identifier: Apache-2.0
 * Joins, dark inference, candles: known answers by hand. */
#include <stdio.h>
#include <string.h>

#include "flow/candle.h"
#include "lib/flow_story.h"
#include "lib/harness.h"

static bool says(const struct story *story, const char *text)
{
    struct tl_text out = story->out;
    return strstr(tl_text_cstr(&out), text) != NULL;
}

TL_TEST("a print joins the quote in force; without one, or an old one, the join says so")
{
    struct story story;
    story_begin(&story);
    story_trade(&story, 0, "NVDA", 289, 100, false);
    story_quote(&story, 100, "NVDA", 288.9, 289.1);
    story_trade(&story, 102, "NVDA", 289.1, 420, false);
    story_trade(&story, 1500, "NVDA", 289.1, 420, false);
    CHECK(says(&story, "\"quote_trace_id\":\"\",\"features\":{\"underlying_id\":\"NVDA\","
                       "\"price\":289,\"size\":100,\"off_exchange_flag\":false,"
                       "\"print_ts\":1778765400000,\"quote_placement\":\"MISSING\"},"
                       "\"join_quality\":{\"quote_missing\":1}}"));
    CHECK(says(&story, "\"quote_placement\":\"A\",\"quote_ts\":1778765400100,\"quote_bid\":288.9,"
                       "\"quote_ask\":289.1,\"quote_mid\":289,\"quote_spread\":0.2},"
                       "\"join_quality\":{\"quote_age_ms\":2}}"));
    CHECK(says(&story, "\"quote_placement\":\"STALE\"},\"join_quality\":{\"quote_age_ms\":1400,"
                       "\"quote_stale\":1}}"));
    CHECK_INT(story.joins, 3);
    story_end(&story);
    test_golden("flow_joins.txt", story.out.data, story.out.size, __FILE__, __LINE__);
    story_free(&story);
}

TL_TEST("a block at the middle off exchange is absorbed, once in half a minute")
{
    struct story story;
    story_begin(&story);
    story_quote(&story, 0, "NVDA", 288.9, 289.1);
    story_trade(&story, 1, "NVDA", 289, 1999, true);
    story_trade(&story, 2, "NVDA", 289, 3000, false);
    CHECK_INT(story.darks, 0);
    story_trade(&story, 3, "NVDA", 289, 3000, true);
    CHECK_INT(story.darks, 1);
    /* .35 + .45 x 3000/4000 + .2 x (1 - (.2/289)/.005) */
    CHECK(says(&story, "\"trace_id\":\"dark:absorbed_block:equityjoin:synthetic-equities-4\","
                       "\"type\":\"absorbed_block\",\"confidence\":0.8598"));
    story_trade(&story, 10, "NVDA", 289, 3000, true);
    CHECK_INT(story.darks, 1);
    story_quote(&story, 30003, "NVDA", 288.9, 289.1);
    story_trade(&story, 30003, "NVDA", 289, 3000, true);
    CHECK_INT(story.darks, 2);
    story_free(&story);
}

TL_TEST("four buys of three thousand shares within a minute are stealth accumulation")
{
    struct story story;
    story_begin(&story);
    for (int i = 0; i < 4; i++) {
        story_quote(&story, i * 4000, "NVDA", 288.9, 289.1);
        story_trade(&story, i * 4000 + 1, "NVDA", 289.1, 199, true); /* too small to count */
        story_trade(&story, i * 4000 + 2, "NVDA", 289.1, 800, true);
        CHECK_INT(story.darks, i == 3);
    }
    /* .3 + .4 x 3200/6000 + .3 x 4/8 */
    CHECK(says(&story, "\"trace_id\":\"dark:stealth_accumulation:NVDA:1778765412002\""));
    CHECK(says(&story, "\"confidence\":0.6633333333333333,"));
    CHECK(says(&story, "\"evidence_refs\":[\"equityjoin:synthetic-equities-3\","
                       "\"equityjoin:synthetic-equities-6\",\"equityjoin:synthetic-equities-9\","
                       "\"equityjoin:synthetic-equities-12\"]"));
    story_free(&story);
}

TL_TEST("sales at the bid are distribution; a wide quote is no evidence")
{
    struct story story;
    story_begin(&story);
    for (int i = 0; i < 4; i++) {
        story_quote(&story, i * 1000, "NVDA", 288.9, 289.1);
        story_trade(&story, i * 1000 + 2, "NVDA", 288.9, 800, true);
        story_quote(&story, i * 1000 + 3, "WIDE", 100, 101);
        story_trade(&story, i * 1000 + 4, "WIDE", 100, 5000, true);
    }
    CHECK_INT(story.darks, 1);
    CHECK(says(&story, "\"type\":\"distribution\""));
    story_free(&story);
}

/* ---- candles ---- */

struct candle_log {
    size_t count;
    struct tl_wire_candle candles[32];
    char traces[32][64];
};

static void on_candle(void *context, const struct tl_wire_candle *candle)
{
    struct candle_log *log = context;
    if (log->count == 32) return;
    log->candles[log->count] = *candle;
    snprintf(log->traces[log->count], 64, "%.*s", (int)candle->meta.trace_id.size,
             candle->meta.trace_id.data);
    log->count++;
}

static void feed(struct tl_candles *candles, int64_t ms, uint64_t seq, const char *symbol,
                 double price, int64_t size)
{
    int64_t ts = STORY_T0 + ms;
    struct tl_wire_equity_print print = {.meta = {ts, ts + 7, seq, tl_str_from("t")},
                                         .ts = ts,
                                         .underlying_id = tl_str_from(symbol),
                                         .price = price,
                                         .size = size};
    tl_candles_print(candles, &print);
}

static struct tl_candles *candles_of(struct candle_log *log, int64_t late)
{
    struct tl_candle_options options = {.interval_count = 2,
                                        .interval_ms = {60000, 300000},
                                        .max_late_ms = late,
                                        .context = log,
                                        .emit = on_candle};
    memset(log, 0, sizeof *log);
    return tl_candles_create(&options);
}

TL_TEST("a candle opens and closes by time, not by arrival, and comes out once")
{
    static struct candle_log log;
    struct tl_candles *candles = candles_of(&log, 0);
    REQUIRE(candles);
    feed(candles, 4, 77, "NVDA", 289.1, 420);
    feed(candles, 4, 76, "NVDA", 289.0, 80); /* same ms, earlier in order */
    feed(candles, 30000, 90, "NVDA", 289.4, 100);
    feed(candles, 20000, 80, "NVDA", 288.8, 100);
    feed(candles, 59999, 131, "NVDA", 289.2, 300);
    CHECK_INT(log.count, 0);
    feed(candles, 60000, 140, "NVDA", 289.3, 100);
    REQUIRE(log.count == 1);
    const struct tl_wire_candle *candle = &log.candles[0];
    CHECK_STR(log.traces[0], "candle:NVDA:60000:1778765400000");
    CHECK_INT(candle->ts, STORY_T0);
    CHECK_NEAR(candle->open, 289.0, 0);
    CHECK_NEAR(candle->high, 289.4, 0);
    CHECK_NEAR(candle->low, 288.8, 0);
    CHECK_NEAR(candle->close, 289.2, 0);
    CHECK_INT(candle->volume, 1000);
    CHECK_INT(candle->trade_count, 5);
    CHECK_INT(candle->meta.source_ts, STORY_T0 + 4);
    CHECK_INT(candle->meta.ingest_ts, STORY_T0 + 59999 + 7);
    CHECK_INT(candle->meta.seq, 131);
    /* Late for its minute, in time for its five minutes. */
    feed(candles, 59000, 120, "NVDA", 300, 1);
    CHECK_INT(log.count, 1);
    CHECK_INT(tl_candles_late(candles), 1);
    tl_candles_drain(candles);
    CHECK_INT(log.count, 3);
    CHECK_NEAR(log.candles[2].high, 300, 0);
    CHECK_INT(log.candles[2].trade_count, 7);
    tl_candles_destroy(candles);
}

TL_TEST("a sweep closes what nobody prints any more; allowed lateness keeps windows open")
{
    static struct candle_log log;
    struct tl_candles *candles = candles_of(&log, 2000);
    REQUIRE(candles);
    feed(candles, 0, 1, "A", 1, 1);
    feed(candles, 59000, 2, "B", 2, 1);
    feed(candles, 61000, 3, "A", 1, 1);
    CHECK_INT(log.count, 0);
    feed(candles, 59500, 4, "A", 5, 1); /* 1.5 s late: still in */
    tl_candles_sweep(candles, STORY_T0 + 61999);
    CHECK_INT(log.count, 0);
    tl_candles_sweep(candles, STORY_T0 + 62000);
    REQUIRE(log.count == 2);
    CHECK_STR(log.traces[0], "candle:A:60000:1778765400000");
    CHECK_NEAR(log.candles[0].close, 5, 0);
    CHECK_STR(log.traces[1], "candle:B:60000:1778765400000");
    feed(candles, 59800, 5, "B", 9, 1); /* closed by the sweep */
    CHECK_INT(tl_candles_late(candles), 1);
    CHECK_INT(tl_candles_clock(candles), STORY_T0 + 61000);
    tl_candles_destroy(candles);
}
