/* SPDX-License-Identifier: Apache-2.0
 * What `tapeloom score` reads and writes: CSV files, JSON, the page. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/math.h"
#include "base/rng.h"
#include "cli/score_csv.h"
#include "cli/score_engine.h"
#include "cli/score_html.h"
#include "cli/score_print.h"
#include "cli/score_sessions.h"
#include "lib/harness.h"
#include "market/calendar.h"
#include "market/day_chain.h"
#include "score/estimate.h"
#include "tape/market_view.h"

#define OPEN_S 1791207000LL /* 2026-10-05 09:30 in New York */

static const char *write_file(const char *name, const char *text)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", test_tmp_dir(), name);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(text, 1, strlen(text), file) != strlen(text)) abort();
    fclose(file);
    return path;
}

static struct tl_score_report *small_report(void)
{
    static struct tl_score_report report;
    memset(&report, 0, sizeof report);
    struct tl_score_row *row = tl_score_row(&report, "E2", "two <numbers>", 'H', 10);
    tl_score_put(row, "a", 1.5, 1, 2, 20);
    tl_score_put(row, "b", 9, 1, 2, 20);
    row = tl_score_row(&report, "E1", "none", 'L', 10);
    row->note = "too \"few\"";
    tl_score_put(row, "a", TL_NAN, 1, TL_INF, 0);
    tl_score_finish(&report);
    return &report;
}

TL_TEST("score: the JSON has one object a row, with the row's worst number on it")
{
    static char bytes[4096];
    struct tl_text out = {bytes, 0, sizeof bytes - 1, false};
    struct tl_score_source source = {.text = "x"};
    tl_score_put_json(&out, &source, small_report());
    CHECK_STR(
        tl_text_cstr(&out),
        "{\"source\":\"x\",\"rows\":[\n"
        "{\"id\":\"E1\",\"name\":\"none\",\"value\":null,\"low\":1,\"high\":null,"
        "\"verdict\":\"n/a\",\"far\":false,\"n\":0,\"confidence\":\"L\","
        "\"note\":\"too \\\"few\\\"\",\"numbers\":[{\"label\":\"a\",\"value\":null,\"low\":1,"
        "\"high\":null,\"verdict\":\"n/a\",\"far\":false,\"n\":0}]},\n"
        "{\"id\":\"E2\",\"name\":\"two <numbers>\",\"value\":9,\"low\":1,\"high\":2,"
        "\"verdict\":\"out\",\"far\":true,\"n\":20,\"confidence\":\"H\",\"numbers\":["
        "{\"label\":\"a\",\"value\":1.5,\"low\":1,\"high\":2,\"verdict\":\"in\",\"far\":false,"
        "\"n\":20},{\"label\":\"b\",\"value\":9,\"low\":1,\"high\":2,\"verdict\":\"out\","
        "\"far\":true,\"n\":20}]}\n"
        "],\"summary\":{\"computed\":1,\"in\":0,\"near\":0,\"out\":1,\"far\":1,"
        "\"not_measured\":1}}\n");
}

TL_TEST("score: a filter shows only the rows it names")
{
    static char bytes[4096];
    struct tl_text out = {bytes, 0, sizeof bytes - 1, false};
    struct tl_score_source source = {.text = "x", .rows = "E1, O3"};
    tl_score_put_json(&out, &source, small_report());
    CHECK(strstr(tl_text_cstr(&out), "\"E1\"") != NULL);
    CHECK(strstr(tl_text_cstr(&out), "\"E2\"") == NULL);
    CHECK(strstr(tl_text_cstr(&out), "\"computed\":0") != NULL);
}

TL_TEST("score: the page stands alone, escapes its texts, and draws what was put")
{
    static char bytes[1 << 16];
    struct tl_text out = {bytes, 0, sizeof bytes - 1, false};
    struct tl_score_source source = {.text = "a & b"};
    struct tl_score_curves *curves = tl_score_curves_create();
    REQUIRE(curves);
    struct tl_score_curve *plot = tl_score_curve(curves, "p", "t < u", "x", "y");
    struct tl_curve_line *line = tl_score_curve_line(plot, "l", TL_STYLE_LINE);
    tl_score_curve_axes(plot, TL_AXIS_LOG, TL_AXIS_LINEAR);
    tl_score_curve_point(line, 1, 1);
    tl_score_curve_point(line, 100, 5);
    tl_score_curve_point(line, 0, 5); /* no place on a logarithmic axis */
    tl_score_curve(curves, "empty", "nothing here", "x", "y");
    tl_score_put_html(&out, &source, small_report(), curves);
    CHECK(!out.overflow);
    const char *page = tl_text_cstr(&out);
    CHECK(strstr(page, "<script") == NULL && strstr(page, "http") == NULL);
    CHECK(strstr(page, "a &amp; b") && strstr(page, "two &lt;numbers&gt;"));
    CHECK(strstr(page, "t &lt; u") && strstr(page, "<polyline"));
    CHECK(strstr(page, "nothing here") == NULL);
    CHECK(strstr(page, "nan") == NULL && strstr(page, "inf,") == NULL);
    tl_score_curves_destroy(curves);
}

TL_TEST("score: a CSV's seconds become returns, its prints volume and last trades")
{
    static char text[1 << 16];
    struct tl_text out = {text, 0, sizeof text - 1, false};
    struct tl_score_run run;
    struct tl_score_csv_facts facts;
    struct tl_error error = {.text = ""};
    tl_text_lit(&out, "symbol,stream,ts_ns,bid,ask,price,size,conditions\n");
    char line[160];
    for (int m = -1; m < 100;
         m++) { /* one quote a minute, doubling the price; the first is early */
        snprintf(line, sizeof line, "OWN,equity_quote,%lld000000500,%d,%d,,,\n",
                 OPEN_S + 60 * m + 30, 10 * (m + 2) - 1, 10 * (m + 2) + 1);
        tl_text_lit(&out, line);
        if (m != 5) continue;
        snprintf(line, sizeof line, "OWN,equity_print,%lld000000600,,,70,200,@---\n",
                 OPEN_S + 60 * m + 30);
        tl_text_lit(&out, line);
        snprintf(line, sizeof line, "OWN,equity_print,%lld000000700,,,99,1,@--I\n",
                 OPEN_S + 60 * m + 30);
        tl_text_lit(&out, line);
    }
    const char *path = write_file("own.csv", tl_text_cstr(&out));
    enum tl_status status = tl_score_csv_run(path, false, &run, &facts, &error);
    CHECK_STR(error.text, "");
    REQUIRE(status == TL_OK);
    CHECK_INT(facts.rows, 103);
    CHECK_INT(facts.outside, 1);
    CHECK_INT(facts.sessions, 1);
    CHECK_INT(run.count, 1);
    const struct tl_name_session *slot = tl_name_session_at(&run.mids, 0, 0);
    REQUIRE(slot->has);
    /* The quote of minute m comes at second 30: minute 1 goes from 20 to 30. */
    CHECK_NEAR(slot->r[0], 0, 1e-12);
    CHECK_NEAR(slot->r[1], 0.405465108108164, 1e-12); /* ln(30 / 20) */
    CHECK_NEAR(slot->r[200], 0, 0);
    CHECK_NEAR(slot->volume[5], 201, 0);
    CHECK_NEAR(tl_name_session_at(&run.trades, 0, 0)->close, 4.248495242049359, 1e-12); /* ln 70 */
    tl_score_run_deinit(&run);
}

TL_TEST("score: a CSV that is wrong is refused by file, line and column")
{
    struct tl_score_run run;
    struct tl_score_csv_facts facts;
    struct tl_error error;
    const char *path = write_file("bad.csv", "stream,ts_ns,symbol,bid,ask\n"
                                             "equity_quote,1791207000000000000,X,1,two\n");
    CHECK(tl_score_csv_run(path, false, &run, &facts, &error) == TL_INVALID);
    CHECK(strstr(error.text, "bad.csv: line 2, column ask: not a plain decimal") != NULL);
    tl_score_run_deinit(&run);
    path = write_file("night.csv", "stream,ts_ns,symbol,bid,ask\nequity_quote,5,X,1,2\n");
    CHECK(tl_score_csv_run(path, false, &run, &facts, &error) == TL_INVALID);
    CHECK(strstr(error.text, "no event within") != NULL);
    tl_score_run_deinit(&run);
    path = write_file("empty.csv", "");
    CHECK(tl_score_csv_run(path, false, &run, &facts, &error) == TL_INVALID);
    CHECK(strstr(error.text, "is empty") != NULL);
    tl_score_run_deinit(&run);
    CHECK(tl_score_csv_run("/nonexistent/x.csv", false, &run, &facts, &error) == TL_IO);
    tl_score_run_deinit(&run);
}

static const char small_universe[] =
    "SPY sector=index type=etf listing=daily grid=penny_all price=768 adv=75e6 tps=30 spread=0.011 "
    "odd=0.6 off=0.42 beta=1 iv28=0.145 iv119=0.16 rr=0.2 option_adv=100 step7=1 step28=1 "
    "dividend=0.0125\n"
    "F sector=consumer type=stock listing=weekly grid=penny price=14.35 adv=60e6 tps=4 spread=0.01 "
    "odd=0.2 off=0.48 beta=1.1 iv28=0.31 iv119=0.362 rr=0.03 option_adv=100 step7=0.5 step28=1 "
    "dividend=0.042\n";

/* From the Thursday before a third Friday: one ordinary session, a skipped one, ordinary ones. */
static struct tl_score_engine small_engine(void)
{
    struct tl_score_engine engine = {.options = tl_market_options_default(),
                                     .start_s = 1792071000, /* 2026-10-15 09:30 in New York */
                                     .latent_sessions = 6,
                                     .tape_sessions = 2,
                                     .days = 5};
    engine.options.calendar = TL_CALENDAR_EXCHANGE;
    engine.options.universe = tl_str_from(small_universe);
    engine.options.rate = 0.05;
    return engine;
}

TL_TEST("score: the tape's mids are the latent ones, session by session, without expiration days")
{
    struct tl_score_engine engine = small_engine();
    struct tl_score_run run;
    struct tl_error error = {.text = ""};
    enum tl_status status = tl_score_engine_run(&engine, &run, &error);
    CHECK_STR(error.text, "");
    REQUIRE(status == TL_OK && run.count == 2);
    for (uint32_t s = 0; s < 2; s++) {
        struct tl_score_engine day = engine;
        struct tl_score_run one;
        day.start_s = (int64_t)run.tape_days[s] * 86400; /* midnight UTC is before the open */
        day.latent_sessions = 1;
        day.tape_sessions = day.days = 0;
        CHECK_INT(tl_day_weekday(run.tape_days[s]), s ? 4 : 2);
        REQUIRE(tl_score_engine_run(&day, &one, &error) == TL_OK);
        const struct tl_name_session *latent = tl_name_session_at(&one.latent, 0, 0);
        const struct tl_name_session *tape = tl_name_session_at(&run.mids, s, 0);
        REQUIRE(latent->has && tape->has);
        /* Published quotes are thinned at this rate, so a minute may end on an older one. */
        CHECK_NEAR(tl_correlation(latent->r, tape->r, TL_RETURN_MINUTES), 1.0, 0.02);
        CHECK(tl_is_finite(latent->iv) && !tl_is_finite(tape->iv));
        double shares = 0;
        for (int m = 0; m < TL_RETURN_MINUTES; m++)
            shares += tape->volume[m];
        CHECK(shares > 1000);
        tl_score_run_deinit(&one);
    }
    /* The second session is Monday's, not Friday's: its open is the skeleton's day after next. */
    struct tl_session_span span;
    struct tl_score_days days;
    tl_session_find(TL_CALENDAR_EXCHANGE, engine.start_s + 4 * 86400, &span);
    REQUIRE(tl_score_days_init(&days, run.symbols, run.count, 1));
    struct tl_market_options options = engine.options;
    struct tl_market *market = NULL;
    REQUIRE(tl_market_create(&options, &market, NULL) == TL_OK);
    REQUIRE(tl_market_seek(market, span.start_s, NULL) == TL_OK);
    REQUIRE(tl_score_days_skeleton(&days, tl_market_session_seed(market), span.ordinal));
    CHECK_NEAR(tl_name_session_at(&run.latent, 1, 0)->open, days.open[0], 0.001);
    tl_market_destroy(market);
    tl_score_days_deinit(&days);
    tl_score_run_deinit(&run);
}

static double row_n(const struct tl_score_report *report, const char *id, uint32_t number)
{
    for (uint32_t i = 0; i < report->count; i++)
        if (strcmp(report->rows[i].id, id) == 0) return report->rows[i].numbers[number].n;
    return -1;
}

TL_TEST(
    "score: sessions of chains add whole chains and option prints, and leave the rest as it was")
{
    static struct tl_score_report reports[2];
    struct tl_score_engine engine = small_engine();
    engine.tape_sessions = 1;
    engine.latent_sessions = 1;
    for (uint32_t i = 0; i < 2; i++) {
        struct tl_score_run run;
        engine.chain_sessions = i;
        REQUIRE(tl_score_engine_run(&engine, &run, NULL) == TL_OK);
        tl_score_run_report(&run, &reports[i], NULL);
        tl_score_run_deinit(&run);
    }
    /* SPY's chains and option prints twice; times between prints and the equities the same. */
    CHECK(row_n(&reports[1], "O23", 1) > 1.5 * row_n(&reports[0], "O23", 1));
    CHECK(row_n(&reports[1], "O35", 3) > 1.5 * row_n(&reports[0], "O35", 3));
    for (const char *const *id = (const char *const[]){"O7", "O8", "O14", "O15", "O25", NULL}; *id;
         id++)
        CHECK(row_n(&reports[0], *id, 0) == 0 ||
              row_n(&reports[1], *id, 0) > 1.5 * row_n(&reports[0], *id, 0));
    CHECK(row_n(&reports[0], "O8", 0) > 0);
    for (const char *const *id = (const char *const[]){"O17", "O18", "E21", "E34", NULL}; *id; id++)
        CHECK_NEAR(row_n(&reports[1], *id, 0), row_n(&reports[0], *id, 0), 0);
}

TL_TEST("score: tape sessions are days of ordinary volatility, with loud and calm months around")
{
    struct tl_universe none = {.count = 0};
    struct tl_day days[TL_ENTITY_NAME];
    int ordinary = 0, next = 0;
    for (uint64_t i = 0; i < 40; i++) {
        struct tl_session_span spans[2];
        uint64_t seed = tl_mix64(test_seed() + i);
        tl_score_tape_sessions(1790000000, seed, spans, 2);
        CHECK(spans[1].start_s > spans[0].start_s);
        for (int s = 0; s < 3; s++) {
            int64_t ordinal = s < 2 ? spans[s].ordinal : spans[1].ordinal + 250;
            const struct tl_day_chain chain = {&none, NULL, seed, NULL};
            tl_day_chain_at(&chain, ordinal, days);
            bool near =
                tl_abs(tl_log(days[0].vol) + 0.29) < 0.31 && tl_abs(days[0].iv_log + 0.095) < 0.16;
            ordinary += s < 2 && near;
            next += s == 2 && near;
        }
    }
    CHECK(ordinary >= 72); /* of 80: where no day of a year was ordinary, the nearest */
    CHECK(next <= 20);     /* of 40: days at large are not */
}

TL_TEST("score: two runs of the same flags are the same to the last digit")
{
    static struct tl_score_report first, second;
    struct tl_score_engine engine = small_engine();
    struct tl_score_run run;
    engine.tape_sessions = 1;
    engine.latent_sessions = 3;
    for (int i = 0; i < 2; i++) {
        engine.progress = i == 1; /* whoever watches must neither change nor hang it */
        REQUIRE(tl_score_engine_run(&engine, &run, NULL) == TL_OK);
        tl_score_run_report(&run, i ? &second : &first, NULL);
        tl_score_run_deinit(&run);
    }
    CHECK_INT(first.count, second.count);
    for (uint32_t i = 0; i < first.count; i++)
        for (uint32_t k = 0; k < first.rows[i].count; k++) {
            double a = first.rows[i].numbers[k].value, b = second.rows[i].numbers[k].value;
            CHECK(a == b || (a != a && b != b));
        }
}
