/* SPDX-License-Identifier: Apache-2.0
 * `tapeloom eval`: events joined with the truth about their prints, and the figures of it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/eval_figures.h"
#include "cli/eval_html.h"
#include "cli/eval_print.h"
#include "cli/eval_run.h"
#include "lib/harness.h"

static void feed_print(struct tl_eval_session *session, const char *trace, double usd,
                       uint64_t parent, enum tl_subtype subtype)
{
    struct tl_wire_option_print print = {
        .meta.trace_id = tl_str_from(trace), .ts = 1000, .price = usd / 100.0, .size = 1};
    struct tl_truth truth = {.parent_id = parent, .subtype = (uint8_t)subtype};
    tl_eval_print(session, &print, &truth);
}

static void feed_event(struct tl_eval_session *session, const struct tl_str *members, size_t count,
                       enum tl_profile profile, double probability)
{
    struct tl_smart_money event = {.members = members, .member_count = count};
    event.features.end_ts = 2500;
    event.scores[0].profile = profile;
    event.scores[0].probability = probability;
    event.abstained = probability < 0.5;
    tl_eval_event(session, &event);
}

TL_TEST("eval: an event belongs to the instance with at least half of its premium")
{
    struct tl_eval_session session;
    REQUIRE(tl_eval_session_init(&session));
    feed_print(&session, "a", 500, 9, TL_SUB_CALL_SWEEP);
    feed_print(&session, "b", 300, 9, TL_SUB_CALL_SWEEP);
    feed_print(&session, "c", 500, 0, TL_SUB_BACKGROUND);
    feed_print(&session, "d", 1, 0, TL_SUB_BACKGROUND);
    feed_print(&session, "e", 50, 12, TL_SUB_SINGLE_PRINT_MID);
    struct tl_str half[] = {tl_str_from("a"), tl_str_from("c")};
    struct tl_str less[] = {tl_str_from("a"), tl_str_from("c"), tl_str_from("d")};
    struct tl_str unknown[] = {tl_str_from("never printed"), tl_str_from("b")};
    struct tl_str noise[] = {tl_str_from("e")};
    feed_event(&session, half, 2, TL_PROFILE_RETAIL_WHALE, 0.8);
    feed_event(&session, less, 3, TL_PROFILE_INSTITUTIONAL_DIRECTIONAL, 0.8);
    feed_event(&session, unknown, 2, TL_PROFILE_INSTITUTIONAL_DIRECTIONAL, 0.3);
    feed_event(&session, noise, 1, TL_PROFILE_ARBITRAGE, 0.9);
    REQUIRE(session.event_count == 4 && session.instance_count == 2);
    CHECK_INT(session.events[0].instance, 0);
    CHECK_INT(session.events[1].instance, TL_EVAL_NOBODY);
    CHECK_INT(session.events[2].instance, 0);
    CHECK_INT(session.events[3].instance, 1);
    const struct tl_eval_instance *sweep = &session.instances[0];
    CHECK_INT(sweep->prints, 2);
    CHECK_NEAR(sweep->usd, 800, 1e-9);
    CHECK_NEAR(sweep->named[TL_PROFILE_RETAIL_WHALE], 500, 1e-9);
    CHECK_NEAR(sweep->abstained, 300, 1e-9);
    CHECK_INT(tl_eval_named(sweep), TL_PROFILE_RETAIL_WHALE);
    CHECK(sweep->hit_ms == INT64_MIN);
    /* A larger event that names the right one turns the verdict. */
    feed_print(&session, "f", 900, 9, TL_SUB_CALL_SWEEP);
    struct tl_str more[] = {tl_str_from("f")};
    feed_event(&session, more, 1, TL_PROFILE_INSTITUTIONAL_DIRECTIONAL, 0.7);
    CHECK_INT(tl_eval_named(&session.instances[0]), TL_PROFILE_INSTITUTIONAL_DIRECTIONAL);
    CHECK_INT(session.instances[0].hit_ms, 2500);
    tl_eval_session_deinit(&session);
}

/* Twenty-one minutes, so two windows; one instance a profile, named rightly in minute 0, but for
 * arbitrage, named as vol_seller. */
static void make_session(struct tl_eval_session *session)
{
    static const uint8_t first[TL_PROFILE_COUNT] = {
        TL_SUB_CALL_SWEEP,         TL_SUB_0DTE_CALL_CHASE,
        TL_SUB_EARNINGS_VOL_PROBE, TL_SUB_COVERED_CALL_OVERWRITE,
        TL_SUB_BOX_SPREAD,         TL_SUB_GAMMA_PINCH_CALL_HEDGE};
    REQUIRE(tl_eval_session_init(session));
    session->start_s = 1000;
    session->seconds = 21 * 60;
    for (uint8_t p = 0; p < TL_PROFILE_COUNT; p++) {
        struct tl_eval_instance *instance = &session->instances[session->instance_count++];
        uint8_t named = p == TL_PROFILE_ARBITRAGE ? TL_PROFILE_VOL_SELLER : p;
        *instance = (struct tl_eval_instance){.subtype = first[p], .profile = p, .usd = 100};
        instance->named[named] = 100;
        instance->first_ms = 1000000;
        instance->hit_ms = named == p ? 1002000 : INT64_MIN;
        session->events[session->event_count++] = (struct tl_eval_event){
            .ms = 1002000, .probability = 0.75, .profile = named, .instance = p};
    }
}

TL_TEST("eval: recall, precision, windows and calibration of a tape with known answers")
{
    struct tl_eval_session sessions[2];
    static struct tl_eval_figures figures;
    make_session(&sessions[0]);
    make_session(&sessions[1]);
    /* In the second session arbitrage is found too, within the first window only; a background
     * event names it once, and a lone noise print raises nothing. */
    struct tl_eval_session *second = &sessions[1];
    second->instances[TL_PROFILE_ARBITRAGE].named[TL_PROFILE_ARBITRAGE] = 200;
    second->events[second->event_count++] =
        (struct tl_eval_event){1030000, 0.95, TL_PROFILE_ARBITRAGE, false, TL_PROFILE_ARBITRAGE};
    second->events[second->event_count++] =
        (struct tl_eval_event){1500000, 0.95, TL_PROFILE_ARBITRAGE, false, TL_EVAL_NOBODY};
    second->events[second->event_count++] =
        (struct tl_eval_event){1500000, 0.05, TL_PROFILE_ARBITRAGE, true, TL_EVAL_NOBODY};
    second->instances[second->instance_count++] =
        (struct tl_eval_instance){.subtype = TL_SUB_SINGLE_PRINT_MID, .profile = TL_PROFILE_COUNT};
    REQUIRE(tl_eval_figures_of(sessions, 2, &figures));
    CHECK_NEAR(figures.recall[TL_PROFILE_ARBITRAGE], 0.5, 1e-12);
    CHECK_NEAR(figures.recall[TL_PROFILE_EVENT_DRIVEN], 1.0, 1e-12);
    CHECK_NEAR(figures.macro_recall, 5.5 / 6.0, 1e-12);
    CHECK_NEAR(figures.precision[TL_PROFILE_VOL_SELLER], 0.5, 1e-12);
    CHECK_NEAR(figures.precision[TL_PROFILE_ARBITRAGE], 0.5, 1e-12);
    CHECK_NEAR(figures.precision_all, 11.0 / 14.0, 1e-12);
    CHECK_NEAR(figures.background_a_minute, 1.0 / 42.0, 1e-12);
    CHECK_NEAR(figures.noise_false_alarm, 0.0, 1e-12);
    CHECK_INT(figures.abstained, 1);
    CHECK_INT(figures.windows, 4);
    CHECK_INT(figures.windows_all_six, 1);
    CHECK_NEAR(figures.subtypes[TL_SUB_CALL_SWEEP].hit_s, 2.0, 1e-12);
    CHECK_INT(figures.subtypes[TL_SUB_BOX_SPREAD].named[TL_PROFILE_VOL_SELLER], 1);
    /* 12 events at .75, 10 right; 2 at .95, one right; one at .05, wrong. */
    CHECK_NEAR(figures.ece, (fabs(10 - 9.0) + fabs(1 - 1.9) + 0.05) / 15.0, 1e-12);
    for (int i = 0; i < 2; i++)
        tl_eval_session_deinit(&sessions[i]);
}

TL_TEST("eval: two runs give the same figures, with instances and events in them")
{
    static struct tl_eval_figures figures[2];
    struct tl_eval eval = {.options = tl_market_options_default(),
                           .control = tl_control_default(),
                           .first_seed = (int64_t)(test_seed() % 100000),
                           .seeds = 2,
                           .start_s = 1791207000, /* 2026-10-05 09:30 in New York */
                           .minutes = 3};
    eval.options.calendar = TL_CALENDAR_EXCHANGE;
    for (int i = 0; i < 2; i++) {
        struct tl_eval_session sessions[2];
        struct tl_error error = {.text = ""};
        memset(sessions, 0, sizeof sessions);
        enum tl_status status = tl_eval_run(&eval, sessions, &error);
        CHECK_STR(error.text, "");
        REQUIRE(status == TL_OK);
        REQUIRE(tl_eval_figures_of(sessions, 2, &figures[i]));
        CHECK(sessions[0].start_s != sessions[1].start_s);
        CHECK(sessions[0].instance_count > 0 && sessions[0].event_count > 0);
        for (int s = 0; s < 2; s++)
            tl_eval_session_deinit(&sessions[s]);
    }
    CHECK_INT(figures[0].option_prints, figures[1].option_prints);
    CHECK_INT(figures[0].events, figures[1].events);
    CHECK(memcmp(figures[0].named_of, figures[1].named_of, sizeof figures[0].named_of) == 0);
    CHECK(figures[0].ece <= figures[1].ece && figures[0].ece >= figures[1].ece);
    /* The outputs are whole: every family of the JSON, no overflow. */
    struct tl_text out = {malloc(1 << 18), 0, 1 << 18, false};
    REQUIRE(out.data);
    tl_eval_put_json(&out, "a test", &figures[0]);
    CHECK(!out.overflow && strstr(tl_text_cstr(&out), "\"subtype\":\"dealer_unwind\""));
    CHECK(strstr(out.data, "\"ece\":") && strstr(out.data, "\"coverage_windows_all_six\":null"));
    out.size = 0;
    tl_eval_put_html(&out, "a <test>", &figures[0]);
    CHECK(!out.overflow && strstr(tl_text_cstr(&out), "a &lt;test&gt;"));
    free(out.data);
}
