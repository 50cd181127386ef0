/* SPDX-License-Identifier: Apache-2.0
 * The engine's promises, end to end: a tape is a function of its place alone. */
#include "base/rng.h"
#include "lib/harness.h"
#include "lib/tape_fixture.h"

#define SOME_TIME 1790000000LL /* 2026-09-21, an ordinary Monday */

static struct tl_control control_of(enum tl_preset preset, int64_t seed)
{
    struct tl_control control = tl_control_default();
    control.preset = preset;
    control.shared_seed = seed;
    return control;
}

/* Digest of `seconds` from start + offset, after a seek there. */
static struct tl_digest digest_at(const struct tl_market_options *options, int64_t second,
                                  int seconds)
{
    struct tape_fixture tape;
    struct tl_digest digest = {0};
    if (!tape_open(&tape, options, second)) return digest;
    digest = tape_digest(&tape, seconds);
    tape_close(&tape);
    return digest;
}

static void check_equal(const struct tl_digest *got, const struct tl_digest *want, const char *what)
{
    CHECK(want->count[TL_STREAM_EQUITY_PRINT] > 0);
    for (int s = 0; s < TL_STREAM_COUNT; s++)
        if (got->count[s] != want->count[s] || got->sum[s] != want->sum[s])
            test_fail(__FILE__, __LINE__, "%s: %s has %llu events, not %llu (or other bytes)", what,
                      tl_stream_name((enum tl_stream)s), (unsigned long long)got->count[s],
                      (unsigned long long)want->count[s]);
}

TL_TEST("a seek gives the events of a run from the open, for any preset, seed and time")
{
    int64_t start = tape_session_start(SOME_TIME);
    static const int offsets[] = {1, 40, 130, 400, 1111};
    for (int preset = 0; preset < TL_PRESET_COUNT; preset++) {
        struct tl_control_entry entry = {0};
        entry.state = control_of((enum tl_preset)preset, 11 + 97 * preset);
        struct tl_market_options options = tl_market_options_default();
        options.log = (struct tl_control_log){&entry, 1};
        options.mode = preset % 2 ? TL_MODE_FIREHOSE : TL_MODE_REALISTIC;
        int offset = offsets[preset];
        struct tape_fixture tape;
        if (!tape_open(&tape, &options, start)) return;
        (void)tape_digest(&tape, offset);
        struct tl_digest run = tape_digest(&tape, 20);
        tape_close(&tape);
        struct tl_digest jump = digest_at(&options, start + offset, 20);
        check_equal(&jump, &run, tl_preset_name((enum tl_preset)preset));
    }
}

TL_TEST("a seek restores late reports, offspring and published quotes of a busy stock tape")
{
    /* Stock streams only, at twice the real rate: what outlives a second is then common. */
    int64_t start = tape_session_start(SOME_TIME);
    struct tl_market_options options = tl_market_options_default();
    options.mode = TL_MODE_FIREHOSE;
    options.rate = 2.0;
    options.streams = 1u << TL_STREAM_EQUITY_QUOTE | 1u << TL_STREAM_EQUITY_PRINT;
    struct tape_fixture run;
    if (!tape_open(&run, &options, start + 70)) return;
    for (int64_t offset = 70; offset < 200; offset += 13) {
        struct tl_digest want = tape_digest(&run, 13);
        struct tl_digest got = digest_at(&options, start + offset, 13);
        check_equal(&got, &want, "busy stock tape");
    }
    tape_close(&run);
}

TL_TEST("a tape runs over the end of a session into the next without a seam")
{
    int64_t start = tape_session_start(SOME_TIME);
    struct tl_market_options options = tl_market_options_default();
    struct tape_fixture tape;
    if (!tape_open(&tape, &options, start + 23400 - 5)) return;
    (void)tape_digest(&tape, 5);
    CHECK_INT(tl_market_second(tape.market), start + 23400);
    struct tl_digest across = tape_digest(&tape, 10);
    tape_close(&tape);
    struct tl_digest fresh = digest_at(&options, start + 23400, 10);
    check_equal(&across, &fresh, "next session");
}

TL_TEST("two shards print exactly what one does")
{
    struct tl_market_options options = tl_market_options_default();
    struct tl_digest whole = digest_at(&options, SOME_TIME, 30), sum = {0};
    options.shards = 2;
    for (uint32_t shard = 0; shard < 2; shard++) {
        options.shard = shard;
        struct tl_digest part = digest_at(&options, SOME_TIME, 30);
        tl_digest_add(&sum, &part);
    }
    check_equal(&sum, &whole, "shards");
}

TL_TEST("a filter on streams or symbols changes no byte of what remains")
{
    struct tl_market_options options = tl_market_options_default();
    struct tape_fixture tape;
    if (!tape_open(&tape, &options, SOME_TIME)) return;
    struct tl_digest nvda = {0}, all = {0};
    for (int i = 0; i < 20; i++) {
        tape_step(&tape);
        tl_digest_batch(&all, &tape.batch, tape.market);
        for (size_t k = 0; k < tape.batch.count; k++) {
            struct tl_str symbol = tl_market_symbol(tape.market, tape.batch.events[k].sym);
            if (tl_str_is(symbol, "NVDA")) tl_digest_event(&nvda, &tape.batch.events[k], symbol);
        }
    }
    tape_close(&tape);
    options.symbols = tl_str_from("NVDA");
    struct tl_digest filtered = digest_at(&options, SOME_TIME, 20);
    check_equal(&filtered, &nvda, "NVDA alone");
    options.symbols = (struct tl_str){0};
    for (int s = 0; s < TL_STREAM_COUNT; s++) {
        options.streams = 1u << s;
        struct tl_digest one = digest_at(&options, SOME_TIME, 20);
        CHECK_INT(one.count[s], all.count[s]);
        CHECK(one.sum[s] == all.sum[s]);
        CHECK_INT(one.count[(s + 1) % TL_STREAM_COUNT], 0);
    }
}

TL_TEST("tape order holds and every seq is unique in its stream")
{
    struct tl_market_options options = tl_market_options_default();
    options.mode = TL_MODE_FIREHOSE;
    struct tape_fixture tape;
    if (!tape_open(&tape, &options, SOME_TIME)) return;
    struct tl_event last = {0};
    tl_seq last_seq[TL_STREAM_COUNT][TL_SYMBOLS_MAX] = {{0}};
    for (int i = 0; i < 15; i++) {
        int64_t second = tl_market_second(tape.market);
        tape_step(&tape);
        for (size_t k = 0; k < tape.batch.count; k++) {
            const struct tl_event *event = &tape.batch.events[k];
            CHECK(event->ts >= second * TL_NS_PER_S && event->ts < (second + 1) * TL_NS_PER_S);
            bool after =
                event->ts > last.ts ||
                (event->ts == last.ts && (event->stream > last.stream ||
                                          (event->stream == last.stream && event->seq > last.seq)));
            CHECK(after);
            CHECK(event->seq < (1ULL << 53));
            CHECK(event->seq > last_seq[event->stream][event->sym]);
            last_seq[event->stream][event->sym] = event->seq;
            last = *event;
        }
    }
    CHECK_INT(tape.batch.dropped, 0);
    tape_close(&tape);
}

TL_TEST("a control change leaves every earlier byte as it was, and set_log agrees with a fresh run")
{
    int64_t start = tape_session_start(SOME_TIME), change = start + 300;
    struct tl_control_entry entries[2] = {{0}, {0}};
    entries[0].state = control_of(TL_PRESET_BALANCED_DEMO, 11);
    entries[1].effective_s = change;
    entries[1].state = control_of(TL_PRESET_RETAIL_CHASE, 12);
    struct tl_market_options plain = tl_market_options_default(), turned = plain;
    plain.log = (struct tl_control_log){entries, 1};
    turned.log = (struct tl_control_log){entries, 2};
    struct tl_digest before = digest_at(&plain, change - 20, 20);
    struct tl_digest same = digest_at(&turned, change - 20, 20);
    check_equal(&same, &before, "before the change");
    struct tl_digest after = digest_at(&turned, change + 30, 10);
    struct tl_digest other = digest_at(&plain, change + 30, 10);
    CHECK(!tl_digest_equal(&after, &other));
    /* The same change, learned late. */
    struct tape_fixture tape;
    struct tl_error error;
    if (!tape_open(&tape, &plain, change + 30)) return;
    CHECK(tl_market_set_log(tape.market, &turned.log, &error) == TL_OK);
    struct tl_digest late = tape_digest(&tape, 10);
    check_equal(&late, &after, "log replaced late");
    tape_close(&tape);
}

TL_TEST("without coverage assist there is no boost, and with it never more than three")
{
    int64_t start = tape_session_start(SOME_TIME);
    for (int assist = 0; assist < 2; assist++) {
        struct tl_control_entry entry = {0};
        entry.state = control_of(TL_PRESET_BALANCED_DEMO, 5);
        entry.state.coverage_assist = assist;
        struct tl_market_options options = tl_market_options_default();
        options.log = (struct tl_control_log){&entry, 1};
        struct tape_fixture tape;
        double highest = 1.0;
        for (int minute = 4; minute <= 60; minute += 14) {
            if (!tape_open(&tape, &options, start + 60 * minute)) return;
            for (int p = 0; p < TL_PROFILE_COUNT; p++) {
                double boost = tl_coverage_boost(tape.market, (enum tl_profile)p);
                CHECK(assist ? boost >= 1.0 && boost <= 3.0 : boost == 1.0);
                if (boost > highest) highest = boost;
            }
            tape_close(&tape);
        }
        CHECK(assist ? highest > 1.0 : highest == 1.0);
    }
}

TL_TEST("leaving one scenario out removes its prints and still counts it")
{
    int64_t start = tape_session_start(SOME_TIME);
    struct tl_market_options options = tl_market_options_default();
    struct tape_fixture tape;
    if (!tape_open(&tape, &options, start)) return;
    uint64_t victim = 0;
    for (int i = 0; i < 900 && victim == 0; i++) {
        tape_step(&tape);
        for (size_t k = 0; k < tape.batch.count; k++)
            if (tape.batch.truth[k].subtype != TL_SUB_BACKGROUND &&
                tape.batch.truth[k].subtype < TL_SUB_SINGLE_PRINT_MID)
                victim = tape.batch.truth[k].parent_id;
    }
    CHECK(victim != 0);
    int64_t found = tl_market_second(tape.market) - 1;
    uint32_t counts[TL_PROFILE_COUNT], twin_counts[TL_PROFILE_COUNT];
    tl_coverage_counts(tape.market, counts);
    tape_close(&tape);
    options.drop_scenario = victim;
    if (!tape_open(&tape, &options, found)) return;
    for (int i = 0; i < 60; i++) {
        tape_step(&tape);
        if (i == 0) {
            tl_coverage_counts(tape.market, twin_counts);
            for (int p = 0; p < TL_PROFILE_COUNT; p++)
                CHECK_INT(twin_counts[p], counts[p]);
        }
        for (size_t k = 0; k < tape.batch.count; k++)
            CHECK(tape.batch.truth[k].parent_id != victim);
    }
    tape_close(&tape);
}

TL_TEST("outside exchange hours nothing prints, inside it does")
{
    struct tl_market_options options = tl_market_options_default();
    options.calendar = TL_CALENDAR_EXCHANGE;
    /* 2026-09-21 is a Monday: New York opens at 13:30 UTC. */
    int64_t open = 1789997400;
    struct tape_fixture tape;
    if (!tape_open(&tape, &options, open - 5)) return;
    struct tl_digest before = tape_digest(&tape, 5);
    CHECK_INT(before.count[TL_STREAM_EQUITY_PRINT] + before.count[TL_STREAM_EQUITY_QUOTE], 0);
    struct tl_digest after = tape_digest(&tape, 5);
    CHECK(after.count[TL_STREAM_EQUITY_PRINT] > 100);
    tape_close(&tape);
    struct tl_digest fresh = digest_at(&options, open, 5);
    check_equal(&after, &fresh, "opening");
}

TL_TEST("options out of range are refused with a reason")
{
    struct tl_market *market = NULL;
    struct tl_error error = {0};
    struct tl_market_options options = tl_market_options_default();
    options.rate = 1000;
    CHECK(tl_market_create(&options, &market, &error) == TL_INVALID && error.text[0] != 0);
    options = tl_market_options_default();
    options.shard = 1;
    CHECK(tl_market_create(&options, &market, &error) == TL_INVALID);
    options = tl_market_options_default();
    options.symbols = tl_str_from("NVDA,NOSUCH");
    CHECK(tl_market_create(&options, &market, &error) == TL_INVALID);
    CHECK(market == NULL);
}
