/* SPDX-License-Identifier: Apache-2.0
 * Clusters, packets and structures: known answers by hand. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/rolling.h"
#include "flow/table.h"
#include "lib/flow_story.h"
#include "lib/harness.h"

#define CALL "NVDA-2026-06-19-290-C"
#define PUT "NVDA-2026-06-19-290-P"

/* The account holds this text. */
static bool says(const struct story *story, const char *text)
{
    struct tl_text out = story->out;
    return strstr(tl_text_cstr(&out), text) != NULL;
}

static void sample_at(struct story *story, int64_t ms)
{
    story_quote(story, ms - 50, "NVDA", 288.9, 289.1);
    story_nbbo(story, ms - 5, CALL, 4, 4.1);
    story_print(story, ms, CALL, 4.1, 300, "CBOE", "SWEEP,ISO", true);
    story_print(story, ms + 15, CALL, 4.1, 300, "PHLX", "SWEEP,ISO", true);
    story_print(story, ms + 30, CALL, 4.12, 200, "ISE", "SWEEP,ISO", true);
    story_nbbo(story, ms + 40, CALL, 4, 4.1);
    story_print(story, ms + 45, CALL, 4.05, 200, "CBOE", "FILL", true);
}

static void sample(struct story *story)
{
    sample_at(story, 0);
}

TL_TEST("a sweep of four prints becomes one packet with its event; repeated, with hit and alert")
{
    struct story story;
    story_begin(&story);
    sample(&story);
    CHECK_INT(story.packets, 0);
    story_advance(&story, 545);
    CHECK_INT(story.packets, 0); /* due 501 ms after the last print */
    story_advance(&story, 546);
    CHECK_INT(story.packets, 1);
    CHECK_INT(story.events, 1);
    sample_at(&story, 20000);
    sample_at(&story, 50000);
    story_advance(&story, 51000);
    CHECK_INT(story.events, 3);
    CHECK_STR(story.last_primary, "institutional_directional");
    CHECK_INT(story.last.primary_direction, TL_DIRECTION_BULLISH);
    CHECK(story.alerts >= 1);
    story_end(&story);
    test_golden("flow_sweep.txt", story.out.data, story.out.size, __FILE__, __LINE__);
    story_free(&story);
}

TL_TEST("the market's pace: packets above the gate by the minute, over at least twenty stocks; it "
        "fades")
{
    struct story story;
    story_begin(&story);
    for (int i = 0; i < 60; i++) /* one each ten seconds for ten minutes: six a minute */
        sample_at(&story, 10000 * i);
    story_advance(&story, 600000);
    CHECK(story.market_rate > 0.28 && story.market_rate < 0.33);
    sample_at(&story, 3600000);
    story_advance(&story, 3601000);
    CHECK(story.market_rate < 0.02);
    story_end(&story);
    story_free(&story);
}

TL_TEST("a packet's numbers follow the public formulas")
{
    struct story story;
    story_begin(&story);
    sample(&story);
    story_end(&story);
    CHECK(says(&story, "\"id\":\"flowpacket:NVDA-2026-06-19-290-C:1778765400000:1778765400045\""));
    /* 4.1 x 300 + 4.1 x 300 + 4.12 x 200 + 4.05 x 200 = 4094 */
    CHECK(says(&story, "\"count\":4,\"total_size\":1000,\"total_premium\":4094,"
                       "\"total_notional\":409400,\"first_price\":4.1,\"last_price\":4.05"));
    CHECK(says(&story, "\"window_ms\":45,"));
    CHECK(says(&story, "\"conditions\":\"FILL,ISO,SWEEP\",\"venue_count\":3,"));
    /* Spread 0.1, eps 0.01: 4.1 and 4.1 A; 4.12 AA; 4.05 MID. */
    CHECK(says(&story, "\"nbbo_aa_count\":1,\"nbbo_a_count\":2,\"nbbo_b_count\":0,"
                       "\"nbbo_bb_count\":0,\"nbbo_mid_count\":1,"));
    CHECK(says(&story, "\"nbbo_coverage_ratio\":1,\"nbbo_aggressive_buy_ratio\":1,"
                       "\"nbbo_aggressive_sell_ratio\":0,\"nbbo_inside_ratio\":0.25,"
                       "\"nbbo_aggressive_ratio\":0.75"));
    CHECK(says(&story, "\"join_quality\":{\"underlying_quote_age_ms\":95,"
                       "\"nbbo_coverage_ratio\":1,\"nbbo_age_ms\":5}"));
    CHECK(says(&story, "\"dte_days\":36,\"moneyness\":1.0034602076124568,"
                       "\"atm_proximity\":0.0034602076124567475"));
    CHECK(says(&story, "\"inter_fill_ms_mean\":15,"));
    CHECK(says(&story, "\"quote_age_ms\":5,"));
    story_free(&story);
}

TL_TEST("a cluster takes prints up to 500 ms from its start and not one later")
{
    struct story story;
    story_begin(&story);
    story_nbbo(&story, -5, CALL, 4, 4.1);
    story_print(&story, 0, CALL, 4.1, 100, "CBOE", "", true);
    story_print(&story, 300, CALL, 4.1, 100, "CBOE", "", true);
    story_print(&story, 500, CALL, 4.1, 100, "CBOE", "", true);
    story_print(&story, 501, CALL, 4.1, 100, "CBOE", "", true);
    CHECK_INT(story.packets, 1);
    CHECK(says(&story, ":1778765400000:1778765400500\",\"members\":[\"synthetic-options-2\","
                       "\"synthetic-options-3\",\"synthetic-options-4\"]"));
    story_end(&story);
    CHECK_INT(story.packets, 2);
    story_free(&story);
}

TL_TEST("without quotes a packet says so, and an old quote counts as stale")
{
    struct story story;
    story_begin(&story);
    story_print(&story, 0, CALL, 4.1, 100, "CBOE", "", true);
    story_advance(&story, 2000);
    CHECK(says(&story, "\"join_quality\":{\"underlying_quote_missing\":1,"
                       "\"nbbo_coverage_ratio\":0,\"nbbo_missing\":1}"));
    CHECK(says(&story, "\"nbbo_missing_count\":1"));
    CHECK(says(&story, "stale_or_missing_quote_context"));
    story_nbbo(&story, 3000, CALL, 4, 4.1);
    story_quote(&story, 3000, "NVDA", 288.9, 289.1);
    story_print(&story, 4001, CALL, 4.1, 100, "CBOE", "", true);
    story_end(&story);
    CHECK(says(&story, "\"join_quality\":{\"underlying_quote_age_ms\":1001,"
                       "\"underlying_quote_stale\":1,\"nbbo_coverage_ratio\":0,"
                       "\"nbbo_age_ms\":1001,\"nbbo_stale\":1}"));
    CHECK(says(&story, "\"nbbo_stale_count\":1"));
    story_free(&story);
}

TL_TEST("an option that expires today has zero days left, one of yesterday none")
{
    CHECK_INT(tl_features_dte(20587, STORY_T0), 0); /* 2026-05-14 */
    CHECK_INT(tl_features_dte(20588, STORY_T0), 1);
    CHECK(tl_features_dte(20586, STORY_T0) < 0);
    /* 00:30Z of the 15th is still the evening of the 14th in New York. */
    CHECK_INT(tl_features_dte(20587, 20588 * 86400000LL + 1800000), 0);
}

static void two_legs_at(struct story *story, int64_t ms, const char *a, double price_a,
                        const char *b, double price_b, double off)
{
    story_quote(story, ms - 50, "NVDA", 288.9, 289.1);
    story_nbbo(story, ms - 20, a, price_a - 0.1, price_a + 0.1);
    story_nbbo(story, ms - 20, b, price_b - 0.1, price_b + 0.1);
    story_print(story, ms, a, price_a + off, 400, "CBOE", "COMPLEX", true);
    story_print(story, ms, b, price_b + off, 400, "CBOE", "COMPLEX", true);
}

static void two_legs(struct story *story, const char *a, double price_a, const char *b,
                     double price_b, bool sold)
{
    two_legs_at(story, 0, a, price_a, b, price_b, sold ? -0.1 : 0.1);
    story_end(story);
}

TL_TEST("a call and a put of one strike sold together are a short straddle")
{
    struct story story;
    story_begin(&story);
    for (int clip = 0; clip < 3; clip++)
        two_legs_at(&story, 15000 * clip, CALL, 4.0, PUT, 3.9, -0.1);
    story_end(&story);
    CHECK_INT(story.packets, 9); /* each time the structure once, and both legs */
    CHECK(says(&story, "flowpacket:NVDA-2026-06-19-STRUCT-straddle:1778765400000:"
                       "NVDA-2026-06-19-290-C|NVDA-2026-06-19-290-P"));
    CHECK(says(&story, "\"structure_type\":\"straddle\",\"structure_legs\":2,"
                       "\"structure_strikes\":1,\"structure_strike_span\":0,"
                       "\"structure_rights\":\"C/P\""));
    CHECK(says(&story, "\"same_size_leg_symmetry\":1},\"join_quality\":{"
                       "\"nbbo_coverage_ratio\":1}}"));
    CHECK(story.primaries[TL_PROFILE_VOL_SELLER] >= 3);
    CHECK_INT(story.directions[TL_PROFILE_VOL_SELLER], TL_DIRECTION_NEUTRAL);
    test_golden("flow_straddle.txt", story.out.data, story.out.size, __FILE__, __LINE__);
    story_free(&story);
}

TL_TEST("structures are named by their expiries, rights and strikes")
{
    static const struct {
        const char *a, *b, *want;
    } cases[] = {
        {CALL, "NVDA-2026-06-19-280-P", "-STRUCT-strangle:"},
        {CALL, "NVDA-2026-06-19-300-C", "-STRUCT-vertical:"},
        {CALL, "NVDA-2026-07-17-300-C", "-STRUCT-roll:"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct story story;
        story_begin(&story);
        two_legs(&story, cases[i].a, 4.0, cases[i].b, 2.0, false);
        CHECK(says(&story, cases[i].want));
        CHECK_INT(story.packets, 3);
        story_free(&story);
    }
}

TL_TEST("three strikes of one right are a ladder, tagged on the last leg")
{
    struct story story;
    story_begin(&story);
    static const char *const ids[] = {CALL, "NVDA-2026-06-19-295-C", "NVDA-2026-06-19-300-C"};
    for (int i = 0; i < 3; i++) {
        story_nbbo(&story, i, ids[i], 3, 3.2);
        story_print(&story, i, ids[i], 3.2, 100, "CBOE", "", true);
    }
    story_end(&story);
    CHECK(says(&story, "NVDA-2026-06-19-STRUCT-ladder:1778765400000:NVDA-2026-06-19-290-C|"
                       "NVDA-2026-06-19-295-C|NVDA-2026-06-19-300-C"));
    CHECK(says(&story, "\"structure_strike_span\":10,"));
    story_free(&story);
}

TL_TEST("a roll tells from where to where")
{
    struct story story;
    story_begin(&story);
    two_legs(&story, CALL, 4.0, "NVDA-2026-07-17-300-C", 5.0, false);
    CHECK(says(&story, "\"roll_from_expiry\":\"2026-06-19\",\"roll_to_expiry\":\"2026-07-17\","
                       "\"roll_from_strike\":290,\"roll_to_strike\":300,\"roll_strike_delta\":10,"
                       "\"roll_expiry_days_delta\":28}"));
    story_free(&story);
}

TL_TEST("legs more than 500 ms apart make no structure")
{
    struct story story;
    story_begin(&story);
    story_print(&story, 0, CALL, 4.0, 100, "CBOE", "", true);
    story_print(&story, 501, PUT, 4.0, 100, "CBOE", "", true);
    story_end(&story);
    CHECK(!says(&story, "STRUCT"));
    story_free(&story);
}

TL_TEST("rolling baselines stand against the values before, and forget after their time")
{
    struct tl_rolling *rolling = tl_rolling_create(3, 300, 1000);
    REQUIRE(rolling);
    struct tl_str key = tl_str_from("A");
    struct tl_rolling_stat stat = tl_rolling_push(rolling, TL_ROLLING_SIZE, key, 10, 0);
    CHECK_INT(stat.baseline_n, 0);
    CHECK_NEAR(stat.z, 0, 0);
    stat = tl_rolling_push(rolling, TL_ROLLING_SIZE, key, 10, 1);
    CHECK_NEAR(stat.mean, 10, 0);
    CHECK_NEAR(stat.z, 0, 0); /* std 0 */
    (void)tl_rolling_push(rolling, TL_ROLLING_SIZE, key, 16, 2);
    stat = tl_rolling_push(rolling, TL_ROLLING_SIZE, key, 20, 3);
    /* 10, 10, 16: mean 12, population variance 8. */
    CHECK_NEAR(stat.mean, 12, 0);
    CHECK_NEAR(stat.std, 2.8284, 1e-12);
    CHECK_NEAR(stat.z, 2.8284, 1e-12);
    stat = tl_rolling_push(rolling, TL_ROLLING_SIZE, key, 1, 4);
    CHECK_INT(stat.baseline_n, 3);
    CHECK_NEAR(stat.mean, 15.3333, 1e-12); /* 10, 16, 20 */
    stat = tl_rolling_push(rolling, TL_ROLLING_SIZE, key, 1, 2000);
    CHECK_INT(stat.baseline_n, 0);
    tl_rolling_destroy(rolling);
}

TL_TEST("the table keeps what was used last and counts what gave way")
{
    struct tl_table *table = tl_table_create(2, sizeof(int));
    REQUIRE(table);
    *(int *)tl_table_put(table, tl_str_from("a"), NULL) = 1;
    *(int *)tl_table_put(table, tl_str_from("b"), NULL) = 2;
    CHECK(tl_table_find(table, tl_str_from("a")) != NULL);
    bool fresh = false;
    *(int *)tl_table_put(table, tl_str_from("c"), &fresh) = 3;
    CHECK(fresh);
    CHECK(tl_table_find(table, tl_str_from("b")) == NULL);
    CHECK_INT(*(int *)tl_table_find(table, tl_str_from("a")), 1);
    CHECK_INT(tl_table_evicted(table), 1);
    char longer[80];
    memset(longer, 'x', sizeof longer);
    CHECK(tl_table_put(table, (struct tl_str){longer, 64}, NULL) == NULL);
    CHECK(tl_table_put(table, (struct tl_str){longer, 0}, NULL) == NULL);
    tl_table_destroy(table);
}

TL_TEST("member lists keep their order and notice when the ring came round")
{
    struct tl_members *members = tl_members_create(4);
    struct tl_member_list one = {0}, two = {0};
    struct tl_str out[8];
    REQUIRE(members);
    tl_members_append(members, &one, tl_str_from("b"));
    tl_members_append(members, &two, tl_str_from("x"));
    tl_members_append(members, &one, tl_str_from("a"));
    CHECK_INT(tl_members_list(members, &one, out, 8), 2);
    CHECK(tl_str_is(out[0], "b") && tl_str_is(out[1], "a"));
    CHECK_INT(tl_members_sort_unique(out, 2), 2);
    CHECK(tl_str_is(out[0], "a"));
    for (int i = 0; i < 4; i++)
        tl_members_append(members, &two, tl_str_from("y"));
    CHECK_INT(tl_members_list(members, &one, out, 8), 0);
    CHECK_INT(tl_members_lost(members), 2);
    tl_members_destroy(members);
}
