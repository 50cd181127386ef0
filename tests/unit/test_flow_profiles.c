/* SPDX-License-Identifier: Apache-2.0
 * The classifier on stories: each profile found by what it leaves on the tape, abstention where
 * there is nothing, and the properties that hold for any tape. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "lib/flow_story.h"
#include "lib/harness.h"

/* Quotes of one stock every second over [from, to) ms, moving linearly between two mids. */
static void drift(struct story *story, int64_t from, int64_t to, const char *symbol, double a,
                  double b)
{
    for (int64_t ms = from; ms < to; ms += 1000) {
        double mid = a + (b - a) * (double)(ms - from) / (double)(to - from);
        story_quote(story, ms, symbol, mid - 0.05, mid + 0.05);
    }
}

TL_TEST("patient buying of one contract is told from its context, with the packets it rests on")
{
    struct story story;
    story_begin(&story);
    story.quiet = true;
    const char *id = "AMD-2026-06-19-170-C";
    for (int i = 0; i < 24; i++) {
        int64_t ms = i * 25000;
        story_quote(&story, ms, "AMD", 159.95, 160.05);
        story_nbbo(&story, ms + 10, id, 3.9, 4.0);
        /* 40 to 70 lots: 16 000 to 28 000 dollars a print. */
        story_print(&story, ms + 20, id, 4.0, 40 + 10 * (i % 4), "ISE", "FILL", true);
    }
    story_end(&story);
    CHECK_STR(story.last_primary, "institutional_directional");
    CHECK_INT(story.last.primary_direction, TL_DIRECTION_BULLISH);
    CHECK(story.last.packet_id_count > 3);
    /* The first buys alone do not tell. */
    CHECK(story.primaries[TL_PROFILE_INSTITUTIONAL_DIRECTIONAL] < 22);
    story_free(&story);
}

TL_TEST("a crowd of small calls of the day below the signal gate is found as a retail whale")
{
    struct story story;
    story_begin(&story);
    story.quiet = story.no_joins = true;
    static const char *const ids[] = {"TSLA-2026-05-14-402.5-C", "TSLA-2026-05-14-405-C",
                                      "TSLA-2026-05-14-407.5-C"};
    drift(&story, 0, 600000, "TSLA", 399, 399.2);
    for (int i = 0; i < 400; i++) {
        int64_t ms = 600000 + i * 450;
        if (i % 2 == 0)
            story_quote(&story, ms, "TSLA", 399.2 + 0.006 * i - 0.05, 399.2 + 0.006 * i + 0.05);
        const char *id = ids[i % 3];
        story_nbbo(&story, ms + 1, id, 0.80, 0.86);
        /* One in eight is a large account: 20 000 dollars, above the gate of a single stock. */
        bool large = i % 8 == 1;
        int64_t lots = large ? 240 : 5 + i % 6;
        story_print(&story, ms + 2, id, i % 5 ? 0.86 : 0.80, lots, "BOX", "FILL", large);
    }
    story_advance(&story, 800000);
    CHECK(story.primaries[TL_PROFILE_RETAIL_WHALE] >= 1);
    CHECK_INT(story.directions[TL_PROFILE_RETAIL_WHALE], TL_DIRECTION_BULLISH);
    /* Below the gate only what speaks is heard, at most once a minute and direction. */
    CHECK(tl_flow_counts(story.flow).bursts >= 1 && tl_flow_counts(story.flow).bursts <= 4);
    story_end(&story);
    story_free(&story);
}

TL_TEST("a straddle bought before announced earnings is event-driven; before the announcement not")
{
    static struct tl_flow_calendar calendar;
    calendar.count = 1;
    calendar.events[0] = (struct tl_calendar_event){
        .symbol = "NFLX", .event_ts = STORY_T0 + 2 * 86400000LL, .announced_ts = STORY_T0 - 1000};
    for (int known = 0; known < 2; known++) {
        calendar.events[0].announced_ts = STORY_T0 + (known ? -1000 : 3600000);
        struct story story;
        story_begin(&story);
        story.quiet = true;
        tl_flow_set_calendar(story.flow, &calendar);
        story_quote(&story, -50, "NFLX", 99.95, 100.05);
        for (int clip = 0; clip < 3; clip++) {
            int64_t ms = clip * 5000;
            story_nbbo(&story, ms - 2, "NFLX-2026-05-22-100-C", 3.9, 4.1);
            story_nbbo(&story, ms - 2, "NFLX-2026-05-22-100-P", 3.8, 4.0);
            story_print(&story, ms, "NFLX-2026-05-22-100-C", 4.1, 150, "CBOE", "COMPLEX", true);
            story_print(&story, ms, "NFLX-2026-05-22-100-P", 4.0, 150, "CBOE", "COMPLEX", true);
        }
        story_end(&story);
        CHECK_INT(story.primaries[TL_PROFILE_EVENT_DRIVEN] > 0, known);
        if (known) CHECK_INT(story.directions[TL_PROFILE_EVENT_DRIVEN], TL_DIRECTION_NEUTRAL);
        story_free(&story);
    }
}

TL_TEST("calls sold out of the money at six weeks are a volatility seller's")
{
    struct story story;
    story_begin(&story);
    story_quote(&story, -50, "KO", 69.99, 70.01);
    story.iv = 0.2;
    for (int i = 0; i < 3; i++) {
        story_nbbo(&story, i * 4000 - 3, "KO-2026-06-19-72.5-C", 0.60, 0.66);
        story_print(&story, i * 4000, "KO-2026-06-19-72.5-C", 0.60, 2500, "PHLX", "FLOOR", true);
    }
    story_end(&story);
    CHECK_STR(story.last_primary, "vol_seller");
    CHECK_INT(story.last.primary_direction, TL_DIRECTION_BEARISH);
    test_golden("flow_overwrite.txt", story.out.data, story.out.size, __FILE__, __LINE__);
    story_free(&story);
}

TL_TEST("a conversion is arbitrage: call against put with the stock beside it")
{
    struct story story;
    story_begin(&story);
    story_quote(&story, -50, "JPM", 299.95, 300.05);
    story_nbbo(&story, -20, "JPM-2026-09-18-300-C", 15.0, 15.4);
    story_nbbo(&story, -20, "JPM-2026-09-18-300-P", 14.6, 15.0);
    story_print(&story, 0, "JPM-2026-09-18-300-C", 15.05, 500, "CBOE", "COMPLEX", true);
    story_print(&story, 0, "JPM-2026-09-18-300-P", 14.95, 500, "CBOE", "COMPLEX", true);
    story_trade(&story, 4, "JPM", 300.0, 50000, true);
    story_end(&story);
    CHECK(story.primaries[TL_PROFILE_ARBITRAGE] >= 2);
    CHECK_INT(story.directions[TL_PROFILE_ARBITRAGE], TL_DIRECTION_NEUTRAL);
    CHECK(story.best[TL_PROFILE_ARBITRAGE] > 0.8);
    CHECK_INT(story.primaries[TL_PROFILE_INSTITUTIONAL_DIRECTIONAL], 0);
    test_golden("flow_conversion.txt", story.out.data, story.out.size, __FILE__, __LINE__);
    story_free(&story);
}

TL_TEST("four legs on two strikes are a box, small legs below the gate included")
{
    struct story story;
    story_begin(&story);
    story_quote(&story, -50, "SPY", 699.99, 700.01);
    static const struct {
        const char *id;
        double bid, ask, price;
        bool signal;
    } legs[] = {{"SPY-2026-09-18-650-C", 62.0, 62.4, 62.3, true},
                {"SPY-2026-09-18-650-P", 6.0, 6.1, 6.02, true},
                {"SPY-2026-09-18-900-C", 0.10, 0.14, 0.11, false},
                {"SPY-2026-09-18-900-P", 198.0, 199.0, 198.8, true}};
    for (int i = 0; i < 4; i++)
        story_nbbo(&story, -20, legs[i].id, legs[i].bid, legs[i].ask);
    for (int i = 0; i < 4; i++)
        story_print(&story, 0, legs[i].id, legs[i].price, 200, "CBOE", "COMPLEX", legs[i].signal);
    story_end(&story);
    CHECK(story.primaries[TL_PROFILE_ARBITRAGE] >= 1);
    CHECK(story.best[TL_PROFILE_ARBITRAGE] > 0.72);
    story_free(&story);
}

TL_TEST("size in short-dated calls at the money after a rally is a reactive hedge")
{
    struct story story;
    story_begin(&story);
    story.quiet = story.no_joins = true;
    story.iv = 0.2;
    drift(&story, 0, 300000, "QQQ", 600, 600);
    drift(&story, 300000, 420000, "QQQ", 600, 601.8);
    for (int i = 0; i < 6; i++) {
        int64_t ms = 420000 + i * 4000;
        story_nbbo(&story, ms, "QQQ-2026-05-15-602-C", 2.40, 2.44);
        for (int part = 0; part < 3; part++) {
            int64_t at = ms + 3 + 40 * part;
            story_print(&story, at, "QQQ-2026-05-15-602-C", 2.44, 220 + 30 * part, "CBOE", "FILL",
                        true);
            story_trade(&story, at + 9, "QQQ", 601.85, 5000 + 700 * part, false);
        }
    }
    story_end(&story);
    CHECK_STR(story.last_primary, "hedge_reactive");
    CHECK_INT(story.last.primary_direction, TL_DIRECTION_BULLISH);
    story_free(&story);
}

TL_TEST("a lone print at the middle says nothing, and the event abstains")
{
    struct story story;
    story_begin(&story);
    story_quote(&story, -50, "KO", 69.99, 70.01);
    story_nbbo(&story, -3, "KO-2026-06-19-70-C", 1.2, 1.4);
    story_print(&story, 0, "KO-2026-06-19-70-C", 1.3, 200, "PHLX", "CROSS", true);
    story_end(&story);
    CHECK_INT(story.packets, 1);
    CHECK_INT(story.events, 1);
    CHECK_INT(story.hits + story.alerts, 0);
    CHECK(story.last.abstained);
    CHECK_INT(story.last.primary_direction, TL_DIRECTION_UNKNOWN);
    CHECK_INT(story.last.suppressed_count, 2);
    test_golden("flow_abstain.txt", story.out.data, story.out.size, __FILE__, __LINE__);
    story_free(&story);
}

/* ---- properties ---- */

static const char *const stocks[] = {"AAA", "BBB", "CCC"};

/* A random tape of three stocks: everything that can happen, much of it nonsense. look: market time
 * is told before each event, up to the millisecond before. */
static void random_tape(struct story *story, uint64_t seed, int events, bool look, bool late)
{
    struct tl_rng rng = tl_rng_at(seed, TL_RNG_OP_NOISE, 7, 1);
    int64_t ms = 0;
    char id[64];
    static const char *const conditions[] = {"",      "SWEEP,ISO", "COMPLEX",   "CROSS",
                                             "FLOOR", "LATE",      "EVENT_12D", "opening"};
    for (int i = 0; i < events; i++) {
        ms += tl_rng_below(&rng, 60);
        if (look) story_advance(story, ms - 1);
        int64_t back = tl_rng_below(&rng, 20) == 0 ? (int64_t)tl_rng_below(&rng, 900) : 0;
        int64_t at = late ? ms - back : ms;
        const char *stock = stocks[tl_rng_below(&rng, 3)];
        snprintf(id, sizeof id, "%s-2026-%02u-%02u-%u-%c", stock, 5 + tl_rng_below(&rng, 2),
                 14 + tl_rng_below(&rng, 3), 95 + 5 * tl_rng_below(&rng, 3),
                 tl_rng_below(&rng, 2) ? 'C' : 'P');
        if (tl_rng_below(&rng, 200) == 0) snprintf(id, sizeof id, "NOT A CONTRACT");
        double mid = 0.05 + tl_rng_below(&rng, 400) / 100.0;
        double half = 0.005 * tl_rng_below(&rng, 8);
        switch (tl_rng_below(&rng, 5)) {
        case 0:
            story_quote(story, at, stock, 100 + mid - 0.02, 100 + mid + 0.02);
            break;
        case 1:
            story_trade(story, at, stock, 100 + mid, 100 * (1 + tl_rng_below(&rng, 60)),
                        tl_rng_below(&rng, 2));
            break;
        case 2:
            story_nbbo(story, at, id, mid - half, mid + half);
            break;
        default:
            story_print(story, at, id, mid + half * (double)tl_rng_below(&rng, 3),
                        1 + tl_rng_below(&rng, 500), "CBOE", conditions[tl_rng_below(&rng, 8)],
                        tl_rng_below(&rng, 2));
        }
    }
}

TL_TEST("the same events give the same bytes, however often market time is looked at")
{
    struct story one, two;
    story_begin(&one);
    story_begin(&two);
    one.quiet = two.quiet = true;
    random_tape(&one, test_seed(), 3000, false, false);
    random_tape(&two, test_seed(), 3000, true, false);
    story_end(&one);
    story_end(&two);
    CHECK(one.packets > 100);
    CHECK_INT(one.out.size, two.out.size);
    CHECK(one.out.size == two.out.size && memcmp(one.out.data, two.out.data, one.out.size) == 0);
    story_free(&one);
    story_free(&two);
}

TL_TEST("a silent feed and a busy one close clusters at the same instant with the same facts")
{
    struct story busy, silent;
    story_begin(&busy);
    story_begin(&silent);
    struct story *both[] = {&busy, &silent};
    for (int i = 0; i < 2; i++) {
        both[i]->quiet = true;
        story_quote(both[i], 0, "AAA", 100, 100.1);
        story_nbbo(both[i], 1, "AAA-2026-06-19-100-C", 2, 2.1);
        story_print(both[i], 2, "AAA-2026-06-19-100-C", 2.1, 300, "CBOE", "", true);
    }
    story_advance(&silent, 503);
    /* Later quotes must not reach back into the packet. */
    story_nbbo(&busy, 700, "AAA-2026-06-19-100-C", 3, 3.1);
    story_quote(&busy, 900, "AAA", 105, 105.1);
    CHECK_INT(busy.out.size, silent.out.size);
    CHECK(busy.out.size == silent.out.size &&
          memcmp(busy.out.data, silent.out.data, busy.out.size) == 0);
    story_free(&busy);
    story_free(&silent);
}

struct score_log {
    size_t count;
    double scores[4000][TL_PROFILE_COUNT];
};

static void log_scores(void *context, const struct tl_smart_money *event)
{
    struct score_log *log = context;
    if (log->count == 4000) return;
    for (size_t i = 0; i < TL_PROFILE_COUNT; i++)
        log->scores[log->count][event->scores[i].profile] = event->scores[i].probability;
    log->count++;
}

TL_TEST("scores do not change when trace ids and sequence numbers are renamed")
{
    struct score_log *logs = calloc(2, sizeof *logs);
    REQUIRE(logs);
    for (int i = 0; i < 2; i++) {
        struct story story;
        story_begin(&story);
        story_free(&story);
        struct tl_flow_options options = tl_flow_options_default();
        story_begin_with(&story, options);
        tl_flow_destroy(story.flow);
        options.sink = (struct tl_flow_sink){.context = &logs[i], .smart_money = log_scores};
        story.flow = tl_flow_create(&options);
        story.quiet = true;
        if (i == 1) {
            story.trace_prefix = "other-feed-altogether";
            story.seq = 1000000;
            story.seq_step = 977;
        }
        random_tape(&story, test_seed() + 1, 3000, false, true);
        story_free(&story);
    }
    CHECK(logs[0].count > 100);
    CHECK_INT(logs[0].count, logs[1].count);
    CHECK(memcmp(logs[0].scores, logs[1].scores, sizeof logs[0].scores) == 0);
    free(logs);
}

TL_TEST("on random tapes scores stay sorted probabilities and every gated packet gives an event")
{
    for (uint64_t round = 0; round < 4; round++) {
        struct story story;
        struct tl_flow_options options = tl_flow_options_default();
        options.nbbo_keys_max = 64; /* eviction all the time */
        options.underlyings_max = 2;
        options.rolling_keys_max = 8;
        story_begin_with(&story, options);
        story.quiet = true;
        random_tape(&story, test_seed() + 10 + round, 4000, false, true);
        tl_flow_drain(story.flow);
        struct tl_flow_counts counts = tl_flow_counts(story.flow);
        CHECK_INT(counts.packets, counts.smart_money);
        CHECK_INT(story.packets, counts.packets);
        CHECK(counts.signal_prints > 0 && counts.contracts_evicted > 0);
        CHECK(!story.out.overflow);
        for (size_t i = 1; i < TL_PROFILE_COUNT; i++)
            CHECK(story.last.scores[i - 1].probability >= story.last.scores[i].probability);
        story_free(&story);
    }
}

TL_TEST("more open clusters than there is room for: the one due first is closed, and counted")
{
    struct story story;
    struct tl_flow_options options = tl_flow_options_default();
    options.nbbo_keys_max = 20000;
    story_begin_with(&story, options);
    story.quiet = true;
    char id[64];
    for (int i = 0; i < TL_CLUSTERS_MAX + 10; i++) {
        snprintf(id, sizeof id, "AAA-2026-06-19-%d-C", i + 1);
        story_print(&story, i / 1000, id, 1, 1, "CBOE", "", false);
    }
    struct tl_flow_counts counts = tl_flow_counts(story.flow);
    CHECK_INT(counts.flushed_early, 10);
    story_free(&story);
}
