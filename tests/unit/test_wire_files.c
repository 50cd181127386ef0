/* SPDX-License-Identifier: Apache-2.0
 * The files of `tapeloom generate`: CSV, JSON Lines, truth rows, and the binary form, which must
 * give back every field, and refuse what is cut or damaged. */
#include "wire/binary.h"
#include "wire/csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/date.h"
#include "base/rng.h"
#include "lib/harness.h"
#include "wire/market_json.h"

static int columns(const char *line)
{
    int count = 1;
    for (; *line && *line != '\n'; line++)
        count += *line == ',';
    return count;
}

static struct tl_event print_event(void)
{
    struct tl_event event = {.ts = 1778765400000123456, .seq = 9, .stream = TL_STREAM_OPTION_PRINT};
    event.u.option = (struct tl_option_trade){
        .contract = {0, 'P', tl_date_to_day((struct tl_date){2026, 6, 5}), 412500},
        .price = 41050,
        .size = 3,
        .venue = TL_OV_MIAX,
        .condition = ' ',
        .nbbo_known = true,
        .executed = 1778765400000000000,
        .bid = 41000,
        .ask = 41100,
        .bid_size = 12,
        .ask_size = 9,
        .nbbo_ts = 1778765399999000000,
        .spot_bid = 4120000,
        .spot_ask = 4120100,
        .spot_ts = 1778765399998000000,
        .iv_e6 = 412345};
    return event;
}

TL_TEST("files: an option print's CSV row and JSON line hold ns times, codes and sizes")
{
    char bytes[TL_CSV_ROW_MAX + 1];
    struct tl_text out = {bytes, 0, sizeof bytes, false};
    struct tl_event event = print_event();
    tl_csv_put_event(&out, &event, tl_str_from("SPY"));
    CHECK_STR(tl_text_cstr(&out),
              "option_print,1778765400000123456,9,SPY,2026-06-05,412.5,P,4.105,3,MIAX,,0,-,"
              "1778765400000000000,4.1,4.11,12,9,1778765399999000000,412,412.01,"
              "1778765399998000000,0.412345\n");
    out.size = 0;
    tl_jsonl_put_event(&out, &event, tl_str_from("SPY"));
    CHECK_STR(tl_text_cstr(&out),
              "{\"stream\":\"option_print\",\"ts_ns\":\"1778765400000123456\",\"seq\":9,"
              "\"symbol\":\"SPY\",\"expiry\":\"2026-06-05\",\"strike\":412.5,\"right\":\"P\","
              "\"price\":4.105,\"size\":3,\"venue\":\"MIAX\",\"multi_venue\":0,\"conditions\":"
              "\"-\",\"executed_ns\":\"1778765400000000000\",\"bid\":4.1,\"ask\":4.11,\"bid_size\":"
              "12,\"ask_size\":9,\"quote_ns\":\"1778765399999000000\",\"spot_bid\":412,"
              "\"spot_ask\":412.01,\"spot_ns\":\"1778765399998000000\",\"iv\":0.412345}\n");
}

TL_TEST("files: every stream's CSV row has the header's columns")
{
    char bytes[TL_CSV_ROW_MAX + 1];
    struct tl_text out = {bytes, 0, sizeof bytes, false};
    tl_csv_put_header(&out);
    int want = columns(tl_text_cstr(&out));
    CHECK_INT(want, 23);
    for (int stream = 0; stream < TL_STREAM_COUNT; stream++) {
        struct tl_event event = print_event();
        event.stream = (uint8_t)stream;
        if (stream != TL_STREAM_OPTION_PRINT) memset(&event.u, 0, sizeof event.u);
        if (stream == TL_STREAM_OPTION_NBBO) event.u.nbbo.contract.right = 'C';
        out.size = 0;
        tl_csv_put_event(&out, &event, tl_str_from("SPY"));
        CHECK_INT(columns(tl_text_cstr(&out)), want);
    }
    struct tl_event event = print_event();
    event.u.option.nbbo_known = false;
    event.u.option.spot_ask = event.u.option.spot_bid = 0;
    event.u.option.iv_e6 = 0;
    out.size = 0;
    tl_csv_put_event(&out, &event, tl_str_from("SPY"));
    CHECK_INT(columns(tl_text_cstr(&out)), want);
}

TL_TEST("files: a stock print keeps its four condition slots")
{
    char bytes[TL_CSV_ROW_MAX + 1];
    struct tl_text out = {bytes, 0, sizeof bytes, false};
    struct tl_event event = {.ts = 5, .seq = 6, .stream = TL_STREAM_EQUITY_PRINT};
    event.u.trade = (struct tl_equity_trade){.price = 1000050,
                                             .size = 17,
                                             .venue = TL_EV_NASDAQ,
                                             .conditions = {'@', 'F', ' ', 'I'},
                                             .executed = 4};
    tl_csv_put_event(&out, &event, tl_str_from("SPY"));
    CHECK_STR(tl_text_cstr(&out), "equity_print,5,6,SPY,,,,100.005,17,NASDAQ,0,,@F-I,4,,,,,,,,,\n");
}

TL_TEST("files: truth rows join by stream and seq, ids above 2^53 are strings in JSON Lines")
{
    char bytes[TL_CSV_ROW_MAX + 1];
    struct tl_text out = {bytes, 0, sizeof bytes, false};
    struct tl_event event = print_event();
    struct tl_truth truth = {UINT64_MAX, TL_SUB_CALL_SWEEP, -1, 4};
    tl_csv_put_truth_header(&out);
    tl_csv_put_truth(&out, &event, &truth);
    CHECK_STR(tl_text_cstr(&out),
              "stream,ts_ns,seq,parent_id,subtype,side,package\n"
              "option_print,1778765400000123456,9,18446744073709551615,call_sweep,-1,4\n");
    out.size = 0;
    tl_jsonl_put_truth(&out, &event, &truth);
    CHECK_STR(tl_text_cstr(&out),
              "{\"stream\":\"option_print\",\"ts_ns\":\"1778765400000123456\",\"seq\":9,"
              "\"parent_id\":\"18446744073709551615\",\"subtype\":\"call_sweep\",\"side\":-1,"
              "\"package\":4}\n");
}

TL_TEST("files: the widest rows fit the stated bound")
{
    char bytes[4096];
    struct tl_text out = {bytes, 0, sizeof bytes, false};
    struct tl_event event = print_event();
    struct tl_option_trade *trade = &event.u.option;
    event.ts = trade->executed = trade->nbbo_ts = trade->spot_ts = INT64_MIN;
    event.seq = (1ULL << 53) - 1;
    trade->price = trade->bid = trade->ask = trade->spot_bid = trade->spot_ask = INT64_MAX / 10000;
    trade->size = trade->bid_size = trade->ask_size = INT32_MAX;
    trade->contract.strike_milli = trade->iv_e6 = INT32_MAX;
    tl_jsonl_put_event(&out, &event, tl_str_from("ABCDEFGHIJK"));
    CHECK(out.size < TL_CSV_ROW_MAX);
}

/* ---- binary ---- */

static tl_px random_px(struct tl_rng *rng)
{
    return tl_rng_below(rng, 10) == 0 ? tl_rng_below(rng, 2000000000) : tl_rng_below(rng, 60000);
}

static tl_lots random_lots(struct tl_rng *rng)
{
    return (tl_lots)(1 + tl_rng_below(rng, tl_rng_below(rng, 20) == 0 ? INT32_MAX : 200));
}

static struct tl_contract random_contract(struct tl_rng *rng, uint16_t sym)
{
    return (struct tl_contract){sym, tl_rng_below(rng, 2) ? 'C' : 'P',
                                (int32_t)tl_rng_below(rng, 30000),
                                (int32_t)(1 + tl_rng_below(rng, 5000000))};
}

static void random_event(struct tl_rng *rng, tl_ns ts, struct tl_event *event)
{
    *event = (struct tl_event){.ts = ts, .sym = (uint16_t)tl_rng_below(rng, 3)};
    event->stream = (uint8_t)tl_rng_below(rng, TL_STREAM_COUNT);
    event->seq = tl_rng_below(rng, 4) == 0
                     ? tl_rng_u64(rng) >> 11
                     : (uint64_t)(ts / TL_NS_PER_S - TL_SEQ_EPOCH_S) << 24 |
                           (uint64_t)event->sym << 14 | tl_rng_below(rng, 1 << 14);
    if (event->stream == TL_STREAM_OPTION_NBBO)
        event->u.nbbo = (struct tl_option_nbbo){random_contract(rng, event->sym), random_px(rng),
                                                random_px(rng), random_lots(rng), random_lots(rng)};
    if (event->stream == TL_STREAM_EQUITY_QUOTE)
        event->u.quote = (struct tl_equity_quote){random_px(rng), random_px(rng), random_lots(rng),
                                                  random_lots(rng)};
    if (event->stream == TL_STREAM_EQUITY_PRINT)
        event->u.trade = (struct tl_equity_trade){
            random_px(rng),       random_lots(rng),     (uint8_t)tl_rng_below(rng, TL_EV_COUNT),
            tl_rng_below(rng, 2), {'@', 'F', ' ', 'I'}, ts - tl_rng_below(rng, 1000000)};
    if (event->stream != TL_STREAM_OPTION_PRINT) return;
    struct tl_option_trade *trade = &event->u.option;
    *trade = (struct tl_option_trade){.contract = random_contract(rng, event->sym),
                                      .price = random_px(rng),
                                      .size = random_lots(rng),
                                      .venue = (uint8_t)tl_rng_below(rng, TL_OV_COUNT),
                                      .condition = 'S',
                                      .multi_venue = tl_rng_below(rng, 2),
                                      .nbbo_known = tl_rng_below(rng, 4) > 0,
                                      .executed = ts - tl_rng_below(rng, 1000),
                                      .spot_bid = random_px(rng),
                                      .spot_ask = random_px(rng),
                                      .spot_ts = ts - tl_rng_below(rng, 1 << 30),
                                      .iv_e6 = (int32_t)tl_rng_below(rng, 2000000)};
    if (!trade->nbbo_known) return;
    trade->bid = random_px(rng);
    trade->ask = random_px(rng);
    trade->bid_size = random_lots(rng);
    trade->ask_size = random_lots(rng);
    trade->nbbo_ts = ts - tl_rng_below(rng, 1 << 30);
}

#define EVENTS 400

static struct tl_event events[EVENTS], back[2 * EVENTS];
static struct tl_truth truths[EVENTS], truths_back[2 * EVENTS];
static char file[TL_BINARY_HEADER_MAX + (EVENTS + 10) * TL_BINARY_EVENT_MAX];

/* A file of two blocks, the second without truth; its size. */
static size_t make_file(uint64_t round, size_t *header_size)
{
    static const char *const names[] = {"SPY", "BRK.B", "X"};
    struct tl_rng rng = tl_rng_at(test_seed(), TL_RNG_EQ_PRINT, 2, round);
    struct tl_str symbols[3];
    struct tl_text out = {file, 0, sizeof file, false};
    tl_ns ts = 1778765400000000000;
    for (int i = 0; i < 3; i++)
        symbols[i] = tl_str_from(names[i]);
    CHECK(tl_binary_put_header(&out, symbols, 3, NULL) == TL_OK);
    *header_size = out.size;
    for (size_t i = 0; i < EVENTS; i++) {
        ts += tl_rng_below(&rng, 5000000);
        random_event(&rng, ts, &events[i]);
        truths[i] = (struct tl_truth){tl_rng_u64(&rng), (uint8_t)tl_rng_below(&rng, TL_SUB_COUNT),
                                      (int8_t)((int)tl_rng_below(&rng, 3) - 1),
                                      (uint16_t)tl_rng_below(&rng, 65536)};
    }
    tl_binary_put_block(&out, events, truths, EVENTS / 2);
    tl_binary_put_block(&out, events + EVENTS / 2, NULL, EVENTS / 2);
    CHECK(!out.overflow);
    return out.size;
}

/* All fields, by way of the JSON line, and those that it leaves out. */
static bool same_event(const struct tl_event *a, const struct tl_event *b)
{
    char bytes[2][TL_CSV_ROW_MAX + 1];
    struct tl_text text[2] = {{bytes[0], 0, TL_CSV_ROW_MAX, false},
                              {bytes[1], 0, TL_CSV_ROW_MAX, false}};
    tl_jsonl_put_event(&text[0], a, tl_str_from("X"));
    tl_jsonl_put_event(&text[1], b, tl_str_from("X"));
    return a->sym == b->sym &&
           tl_event_hash(a, tl_str_from("X")) == tl_event_hash(b, tl_str_from("X")) &&
           text[0].size == text[1].size && memcmp(bytes[0], bytes[1], text[0].size) == 0;
}

TL_TEST("binary: every field and truth record comes back")
{
    for (uint64_t round = 0; round < 20; round++) {
        size_t header, size = make_file(round, &header), at, block, count;
        struct tl_str symbols[TL_SYMBOLS_MAX];
        struct tl_batch batch = {back, truths_back, 0, 2 * EVENTS, 0};
        struct tl_error error = {0};
        REQUIRE(tl_binary_get_header((struct tl_str){file, size}, symbols, TL_SYMBOLS_MAX, &count,
                                     &at, &error) == TL_OK);
        CHECK_INT(at, header);
        CHECK_INT(count, 3);
        CHECK(tl_str_is(symbols[1], "BRK.B"));
        while (at < size) {
            struct tl_str rest = {file + at, size - at};
            REQUIRE(tl_binary_get_block(rest, count, &batch, &block, &error) == TL_OK);
            at += block;
        }
        REQUIRE(batch.count == EVENTS);
        for (size_t i = 0; i < EVENTS; i++) {
            CHECK(same_event(&events[i], &back[i]));
            bool labelled = i < EVENTS / 2;
            CHECK(truths_back[i].parent_id == (labelled ? truths[i].parent_id : 0));
            CHECK_INT(truths_back[i].subtype, labelled ? truths[i].subtype : 0);
            CHECK_INT(truths_back[i].side, labelled ? truths[i].side : 0);
            CHECK_INT(truths_back[i].package, labelled ? truths[i].package : 0);
        }
    }
}

TL_TEST("binary: a cut file says AGAIN, any flipped bit says CORRUPT")
{
    size_t header, at, block, count, size = make_file(99, &header);
    struct tl_str symbols[8];
    struct tl_batch batch = {back, truths_back, 0, 2 * EVENTS, 0};
    struct tl_error error = {0};
    for (size_t cut = 0; cut < header; cut++)
        CHECK(tl_binary_get_header((struct tl_str){file, cut}, symbols, 8, &count, &at, &error) ==
              TL_AGAIN);
    struct tl_str first = {file + header, size - header};
    REQUIRE(tl_binary_get_block(first, 3, &batch, &block, &error) == TL_OK);
    batch.count = 0;
    for (size_t cut = 0; cut < block; cut += 7)
        CHECK(tl_binary_get_block((struct tl_str){first.data, cut}, 3, &batch, &at, &error) ==
              TL_AGAIN);
    for (size_t bit = 0; bit < 8 * header; bit++) {
        file[bit / 8] = (char)(file[bit / 8] ^ (1 << bit % 8));
        enum tl_status status =
            tl_binary_get_header((struct tl_str){file, size}, symbols, 8, &count, &at, &error);
        CHECK(status == TL_CORRUPT || status == TL_FULL);
        file[bit / 8] = (char)(file[bit / 8] ^ (1 << bit % 8));
    }
    for (size_t bit = 0; bit < 8 * block; bit += 3) {
        size_t place = header + bit / 8;
        file[place] = (char)(file[place] ^ (1 << bit % 8));
        enum tl_status status = tl_binary_get_block(first, 3, &batch, &at, &error);
        /* A larger payload size is a block still to come; the rest of the file decides. */
        CHECK(status == TL_CORRUPT || (status == TL_AGAIN && bit / 8 >= 4 && bit / 8 < 8));
        CHECK_INT(batch.count, 0);
        file[place] = (char)(file[place] ^ (1 << bit % 8));
    }
}

TL_TEST("binary: too little room appends nothing, bad tickers are refused")
{
    size_t header, block, size = make_file(7, &header);
    struct tl_batch batch = {back, NULL, 0, EVENTS / 2 - 1, 0};
    struct tl_error error = {0};
    struct tl_str rest = {file + header, size - header},
                  bad[2] = {{"SPY", 3}, {"TOOLONGTICKER", 13}};
    CHECK(tl_binary_get_block(rest, 3, &batch, &block, &error) == TL_FULL);
    CHECK_INT(batch.count, 0);
    char room[100];
    struct tl_text out = {room, 0, sizeof room, false};
    CHECK(tl_binary_put_header(&out, bad, 2, &error) == TL_INVALID);
    CHECK(tl_binary_put_header(&out, bad, 0, &error) == TL_INVALID);
    CHECK_INT(out.size, 0);
    tl_binary_put_block(&out, events, NULL, 1);
    CHECK(out.overflow && out.size == 0);
    /* Room for exactly what the header asks for is enough. */
    char exact[TL_BINARY_BLOCK_HEAD + TL_BINARY_EVENT_MAX];
    out = (struct tl_text){exact, 0, sizeof exact, false};
    tl_binary_put_block(&out, events, truths, 1);
    CHECK(!out.overflow && out.size > 0);
}
