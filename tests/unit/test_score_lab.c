/* SPDX-License-Identifier: Apache-2.0
 * The running session's stylised facts on tapes whose answers are known. */
#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "base/rng.h"
#include "lib/harness.h"
#include "score/lab.h"

#define NAMES 8

struct lab_fixture {
    struct tl_lab lab;
    struct tl_lab_tape tape;
    struct tl_score_report *report;
    struct tl_score_curves *curves;
};

static bool lab_open(struct lab_fixture *fixture)
{
    *fixture = (struct lab_fixture){.report = calloc(1, sizeof *fixture->report),
                                    .curves = tl_score_curves_create()};
    return fixture->report && fixture->curves && tl_lab_init(&fixture->lab, NAMES);
}

static void lab_close(struct lab_fixture *fixture)
{
    tl_lab_deinit(&fixture->lab);
    tl_score_curves_destroy(fixture->curves);
    free(fixture->report);
}

static const struct tl_score_number *number_of(const struct lab_fixture *fixture, const char *id)
{
    for (uint32_t i = 0; i < fixture->report->count; i++)
        if (strcmp(fixture->report->rows[i].id, id) == 0) return fixture->report->rows[i].numbers;
    return NULL;
}

static const struct tl_curve_line *line_of(const struct lab_fixture *fixture, const char *id)
{
    for (uint32_t i = 0; i < tl_score_curves_count(fixture->curves); i++) {
        const struct tl_score_curve *plot = tl_score_curves_get(fixture->curves, i);
        if (strcmp(plot->id, id) == 0) return &plot->lines[0];
    }
    return NULL;
}

/* A walk of independent normal steps of sd .0002, which is 31 % a year at 10 s. */
static void walk(struct lab_fixture *fixture, int steps)
{
    double mids[NAMES] = {0}, iv[NAMES];
    struct tl_rng rng = tl_rng_at(7, 1, 0, 0);
    for (int i = 0; i < NAMES; i++)
        iv[i] = 0.3;
    for (int step = 0; step <= steps; step++) {
        tl_lab_step(&fixture->lab, mids, iv);
        for (int i = 0; i < NAMES; i++)
            mids[i] += 0.0002 * tl_rng_normal(&rng);
    }
    tl_lab_facts(&fixture->lab, &fixture->tape, fixture->report, fixture->curves);
}

TL_TEST(
    "score lab: a normal walk has no memory, no tail, no kurtosis and the volatility it was given")
{
    struct lab_fixture fixture;
    REQUIRE(lab_open(&fixture));
    walk(&fixture, TL_LAB_STEPS);
    CHECK_INT(fixture.lab.steps, TL_LAB_STEPS + 1);
    /* Standard errors: .021 a name and lag, /sqrt(8) and x 1.25 for the median. */
    CHECK(tl_abs(number_of(&fixture, "E4")->value) < 0.03);
    CHECK_STR(tl_score_verdict_name(number_of(&fixture, "E4")->verdict), "in");
    CHECK(tl_abs(number_of(&fixture, "E5")->value) < 0.08);
    CHECK(tl_abs(number_of(&fixture, "E1")->value) < 0.35);
    CHECK(number_of(&fixture, "E3")->value > 6.5); /* a normal tail is thinner than any power */
    CHECK_INT((int64_t)number_of(&fixture, "E8")->n, 390);
    CHECK(tl_abs(number_of(&fixture, "E8")->value - 1) < 0.1);
    const struct tl_curve_line *realised = line_of(&fixture, "L1");
    CHECK_INT(realised->count, NAMES);
    /* .0002 x sqrt(252 x 2340) = .1536; the last 180 steps: 5.3 % standard error. */
    for (uint32_t i = 0; i < realised->count; i++)
        CHECK(realised->y[i] > 12.5 && realised->y[i] < 18.5);
    CHECK_INT(line_of(&fixture, "E5")->count, 30);
    lab_close(&fixture);
}

TL_TEST("score lab: too little of a session is not judged, and a new session starts empty")
{
    struct lab_fixture fixture;
    REQUIRE(lab_open(&fixture));
    walk(&fixture, 60); /* ten minutes */
    CHECK_STR(tl_score_verdict_name(number_of(&fixture, "E4")->verdict), "n/a");
    CHECK_STR(tl_score_verdict_name(number_of(&fixture, "E1")->verdict), "n/a");
    CHECK_STR(tl_score_verdict_name(number_of(&fixture, "E8")->verdict), "n/a");
    CHECK_INT(line_of(&fixture, "L1")->count, 0);
    tl_lab_restart(&fixture.lab);
    CHECK_INT(fixture.lab.steps, 0);
    lab_close(&fixture);
    struct lab_fixture empty;
    REQUIRE(lab_open(&empty));
    tl_lab_facts(&empty.lab, &empty.tape, empty.report, empty.curves); /* nothing at all */
    CHECK_STR(tl_score_verdict_name(number_of(&empty, "E3")->verdict), "n/a");
    lab_close(&empty);
}

TL_TEST("score lab: prints that come evenly have no Fano factor, prints in bursts a growing one")
{
    struct lab_fixture even, bursts;
    REQUIRE(lab_open(&even) && lab_open(&bursts));
    for (int64_t second = 1000000; second < 1000000 + 1500; second++) {
        for (int i = 0; i < 4; i++)
            tl_lab_stock_print(&even.tape, second * 1000 + i * 200);
        for (int i = 0; i < (second / 10 % 4 == 0 ? 16 : 0); i++) /* ten seconds of forty */
            tl_lab_stock_print(&bursts.tape, second * 1000 + i);
    }
    tl_lab_facts(&even.lab, &even.tape, even.report, even.curves);
    tl_lab_facts(&bursts.lab, &bursts.tape, bursts.report, bursts.curves);
    const struct tl_curve_line *flat = line_of(&even, "L2"), *grown = line_of(&bursts, "L2");
    CHECK(flat->count >= 6);
    for (uint32_t i = 0; i < flat->count; i++)
        CHECK(flat->y[i] < 1e-9);
    /* 16 in a quarter of the seconds: mean 4, variance 48, Fano 12 at one second. */
    CHECK(tl_abs(grown->y[0] - 12) < 0.5);
    CHECK(grown->y[1] > 20);
    lab_close(&even);
    lab_close(&bursts);
}

TL_TEST("score lab: sides and premiums are shares of what was printed")
{
    struct lab_fixture fixture;
    REQUIRE(lab_open(&fixture));
    for (int i = 0; i < 30; i++)
        tl_lab_option_print(&fixture.tape,
                            i < 10   ? TL_SIDE_A
                            : i < 15 ? TL_SIDE_BB
                                     : TL_SIDE_MID,
                            i < 15 ? 50 : 600e3);
    tl_lab_option_print(&fixture.tape, TL_SIDE_MISSING, 99);
    tl_lab_facts(&fixture.lab, &fixture.tape, fixture.report, fixture.curves);
    const struct tl_curve_line *sides = line_of(&fixture, "L3"), *above = line_of(&fixture, "L4");
    CHECK(tl_abs(sides->y[0] - 100.0 / 6) < 1e-9 && tl_abs(sides->y[3] - 100.0 / 3) < 1e-9);
    CHECK(tl_abs(above->y[0] - 15.0 / 31) < 1e-9);
    CHECK_INT(above->count, 7); /* nobody paid a million */
    lab_close(&fixture);
}
