/* SPDX-License-Identifier: Apache-2.0
 * The Lab's windows and panels on tapes whose properties are known. */
#include "lab/lab.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "lab/panel_returns.h"
#include "lib/harness.h"

#define OPEN_S 1795791600LL /* a whole number of sessions' halves; any will do */
#define MINUTES 800

static uint64_t state;

static double uniform(void)
{
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return ((double)(state >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(void)
{
    return tl_norm_inv(uniform());
}

static json_t *document(const struct tl_lab *lab, int64_t now_ms)
{
    struct tl_lab_work *work = tl_lab_work_create();
    struct tl_text text = {.data = malloc(TL_LAB_JSON_MAX), .capacity = TL_LAB_JSON_MAX};
    json_error_t error;
    tl_lab_put(lab, work, now_ms, &text);
    CHECK(!text.overflow);
    json_t *root = json_loadb(text.data, text.size, JSON_REJECT_DUPLICATES, &error);
    if (!root) test_fail(__FILE__, __LINE__, "not JSON: %s at %d", error.text, error.position);
    free(text.data);
    tl_lab_work_destroy(work);
    return root;
}

static const json_t *panel_of(const json_t *root, const char *id)
{
    const json_t *panels = json_object_get(root, "panels");
    for (size_t i = 0; i < json_array_size(panels); i++) {
        const json_t *panel = json_array_get(panels, i);
        if (strcmp(json_string_value(json_object_get(panel, "id")), id) == 0) return panel;
    }
    test_fail(__FILE__, __LINE__, "no panel %s", id);
    return NULL;
}

static const json_t *number_of(const json_t *root, const char *id, size_t index)
{
    return json_array_get(json_object_get(panel_of(root, id), "numbers"), index);
}

static double value_of(const json_t *root, const char *id, size_t index)
{
    const json_t *value = json_object_get(number_of(root, id, index), "value");
    return json_is_number(value) ? json_number_value(value) : TL_NAN;
}

static const char *word_of(const json_t *root, const char *id, size_t index)
{
    return json_string_value(json_object_get(number_of(root, id, index), "word"));
}

/* Twelve names, a quote a minute; log returns are `scale(level) * noise`. */
static void walk(struct tl_lab *lab, int minutes, bool clustered)
{
    char symbol[16];
    tl_lab_session(lab, OPEN_S, true);
    for (int name = 0; name < 12; name++) {
        double price = 100 + 10 * name, level = 0;
        snprintf(symbol, sizeof symbol, "N%d", name);
        for (int minute = 0; minute < minutes; minute++) {
            level = 0.97 * level + 0.2 * normal();
            double sd = 5e-4 * (clustered ? tl_exp(level) : 1);
            price *= tl_exp(sd * normal());
            tl_lab_quote(lab, (OPEN_S + 60 * minute + 50) * 1000, tl_str_from(symbol), price - 0.02,
                         price + 0.02);
        }
    }
}

TL_TEST("lab: independent normal returns have no memory, no tail and no kurtosis, and fail for it")
{
    struct tl_lab *lab = tl_lab_create();
    REQUIRE(lab);
    state = test_seed() + 1;
    walk(lab, MINUTES, false);
    json_t *root = document(lab, (OPEN_S + 60LL * MINUTES) * 1000);
    /* A mean over 12 names of 800 minutes has an error of 1 / sqrt(9600) = .010; four of them. */
    CHECK_NEAR(value_of(root, "memory", 0), 0, 0.041);
    CHECK_STR(word_of(root, "memory", 0), "pass");
    CHECK_NEAR(value_of(root, "memory", 1), 0, 0.041);
    CHECK_STR(word_of(root, "memory", 1), "fail");
    CHECK(value_of(root, "tail", 0) > 6.5);
    CHECK_STR(word_of(root, "tail", 0), "fail");
    /* Kurtosis of 390 normal values: error sqrt(24 / 390) = .25 of one name, .09 of the median. */
    CHECK_NEAR(value_of(root, "kurtosis", 0), 0, 0.36);
    CHECK_STR(json_string_value(json_object_get(panel_of(root, "kurtosis"), "word")), "fail");
    json_decref(root);
    tl_lab_destroy(lab);
}

TL_TEST("lab: clustered volatility shows as memory of absolute returns, heavy tails and kurtosis")
{
    struct tl_lab *lab = tl_lab_create();
    REQUIRE(lab);
    state = test_seed() + 2;
    walk(lab, MINUTES, true);
    json_t *root = document(lab, (OPEN_S + 60LL * MINUTES) * 1000);
    CHECK(value_of(root, "memory", 1) > 0.1);
    CHECK(value_of(root, "tail", 0) < 5);
    CHECK(value_of(root, "kurtosis", 0) > 1.5);
    CHECK(value_of(root, "kurtosis", 1) < 1);
    const json_t *set = json_array_get(json_object_get(panel_of(root, "memory"), "sets"), 0);
    CHECK_INT(json_array_size(json_object_get(set, "x")), 60);
    CHECK_INT(json_array_size(json_object_get(set, "series")), 4);
    json_decref(root);
    tl_lab_destroy(lab);
}

TL_TEST("lab: nothing seen yet is null, watch and valid JSON; too little is watch whatever it says")
{
    struct tl_lab *lab = tl_lab_create();
    REQUIRE(lab);
    json_t *root = document(lab, OPEN_S * 1000);
    const json_t *panels = json_object_get(root, "panels");
    CHECK_INT(json_array_size(panels), 8);
    for (size_t i = 0; i < json_array_size(panels); i++)
        CHECK_STR(json_string_value(json_object_get(json_array_get(panels, i), "word")), "watch");
    CHECK(json_is_null(json_object_get(number_of(root, "memory", 0), "value")));
    json_decref(root);
    state = test_seed();
    walk(lab, 60, false);
    root = document(lab, (OPEN_S + 3600) * 1000);
    CHECK_STR(word_of(root, "memory", 1), "watch");
    CHECK(tl_is_finite(value_of(root, "memory", 1)));
    json_decref(root);
    tl_lab_destroy(lab);
}

TL_TEST("lab: a word follows from the band, a quarter of its width and the sample")
{
    struct tl_panel_number number = {"x", 2, 1, 3, 10, 5};
    CHECK(tl_panel_judge(&number) == TL_PANEL_PASS);
    number.value = 3.5;
    CHECK(tl_panel_judge(&number) == TL_PANEL_WATCH);
    number.value = 3.51;
    CHECK(tl_panel_judge(&number) == TL_PANEL_FAIL);
    number.n = 4;
    CHECK(tl_panel_judge(&number) == TL_PANEL_WATCH);
    number = (struct tl_panel_number){"open below", -9, -TL_INF, 1, 9, 1};
    CHECK(tl_panel_judge(&number) == TL_PANEL_PASS);
    number.value = TL_NAN;
    CHECK(tl_panel_judge(&number) == TL_PANEL_WATCH);
}

TL_TEST("lab: values are rounded to six digits at least and print short")
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0, "0"},         {1.0 / 3, "0.3333333"}, {-123456.5, "-123456.5"},
                 {0.1, "0.1"},     {2.5e-9, "2.5e-9"},     {12345678, "12345678"},
                 {TL_NAN, "null"}, {TL_INF, "null"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char bytes[64];
        struct tl_text text = {.data = bytes, .capacity = sizeof bytes};
        tl_panel_put_double(&text, cases[i].value);
        CHECK_STR(tl_text_cstr(&text), cases[i].text);
    }
}

/* ---- minutes that are none ---- */

static uint32_t returns_of(const struct tl_lab *lab, int64_t now_s)
{
    struct tl_lab_work *work = tl_lab_work_create();
    uint32_t count = 0;
    work->now_ms = now_s * 1000;
    tl_lab_returns_prepare(lab, work);
    for (uint32_t i = 0; i < work->minutes && work->names; i++)
        count += tl_is_finite(work->r[0][i]);
    tl_lab_work_destroy(work);
    return count;
}

TL_TEST("lab: a session's first minute and minutes without any quote give no returns")
{
    struct tl_lab *lab = tl_lab_create();
    REQUIRE(lab);
    tl_lab_session(lab, OPEN_S, true);
    for (int minute = 0; minute < 100; minute++) {
        if (minute >= 40 && minute < 50) continue; /* the feed was away */
        if (minute == 70) tl_lab_session(lab, OPEN_S + 60 * 70, true);
        tl_lab_quote(lab, (OPEN_S + 60 * minute) * 1000, tl_str_from("SPY"), 100 + minute,
                     101 + minute);
    }
    /* 99 steps; those into minutes 40 to 50 (11) and into 70 are none. */
    CHECK_INT(returns_of(lab, OPEN_S + 6000), 99 - 11 - 1);
    tl_lab_destroy(lab);
}

TL_TEST("lab: a past that is put behind gives the returns that were not seen")
{
    struct tl_lab *lab = tl_lab_create(), *past = tl_lab_create();
    REQUIRE(lab && past);
    tl_lab_session(past, OPEN_S, true);
    tl_lab_session(lab, OPEN_S, true);
    for (int minute = 0; minute < 60; minute++)
        tl_lab_quote(past, (OPEN_S + 60 * minute + 59) * 1000, tl_str_from("SPY"), 100 + minute,
                     101 + minute);
    for (int minute = 60; minute < 63; minute++)
        tl_lab_quote(lab, (OPEN_S + 60 * minute + 5) * 1000, tl_str_from("SPY"), 100 + minute,
                     101 + minute);
    tl_lab_print(lab, (OPEN_S + 3605) * 1000, tl_str_from("SPY"), 300);
    CHECK_INT(returns_of(lab, OPEN_S + 63 * 60), 0);
    tl_lab_add_past(lab, past);
    CHECK_INT(lab->name_count, 1);
    CHECK_INT(returns_of(lab, OPEN_S + 63 * 60), 62);
    CHECK(lab->names[0].volume[2] == 300);
    CHECK_INT(lab->recomputed_until_ms, (OPEN_S + 60 * 59 + 59) * 1000);
    tl_lab_destroy(lab);
    tl_lab_destroy(past);
}

TL_TEST("lab: more names than there is room for are left out and said")
{
    struct tl_lab *lab = tl_lab_create();
    char symbol[16];
    REQUIRE(lab);
    for (int i = 0; i < 70; i++) {
        snprintf(symbol, sizeof symbol, "N%d", i);
        tl_lab_quote(lab, OPEN_S * 1000, tl_str_from(symbol), 10, 10.02);
    }
    tl_lab_quote(lab, OPEN_S * 1000, tl_str_from("FARTOOLONGASYMBOL"), 10, 10.02);
    tl_lab_quote(lab, OPEN_S * 1000, tl_str_from("N1"), 0, -1);
    CHECK_INT(lab->name_count, TL_LAB_NAMES);
    json_t *root = document(lab, OPEN_S * 1000 + 60000);
    CHECK(json_is_true(json_object_get(root, "names_left_out")));
    json_decref(root);
    tl_lab_destroy(lab);
}

/* ---- prints ---- */

static void prints(struct tl_lab *lab, double burst)
{
    double second = 0;
    int left = 0;
    tl_lab_session(lab, OPEN_S, true);
    while (second < 3600) {
        if (left-- <= 0) {
            /* Bursts of geometric length `burst`, far apart, at the same rate of one a second. */
            left = burst > 1 ? (int)(-tl_log(uniform()) * burst) : 0;
            second += -tl_log(uniform()) * burst;
        }
        tl_lab_print(lab, (int64_t)((OPEN_S + second) * 1000), tl_str_from("SPY"), 100);
    }
}

TL_TEST("lab: independent prints vary as chance does, bursts far more")
{
    for (int bursts = 0; bursts < 2; bursts++) {
        struct tl_lab *lab = tl_lab_create();
        REQUIRE(lab);
        state = test_seed() + 5;
        prints(lab, bursts ? 60 : 1);
        json_t *root = document(lab, (OPEN_S + 3600) * 1000);
        double nv = value_of(root, "arrivals", 0);
        /* 59 blocks of 60: F - 1 has an error of sqrt(2 / 58) = .19, so NV one of .003. */
        if (!bursts) CHECK_NEAR(nv, 0, 0.013);
        if (bursts) CHECK(nv > 0.3);
        const json_t *set = json_array_get(json_object_get(panel_of(root, "arrivals"), "sets"), 0);
        CHECK_INT(json_array_size(json_object_get(set, "x")), 40);
        json_decref(root);
        tl_lab_destroy(lab);
    }
}

/* ---- options ---- */

static void option(struct tl_lab *lab, double strike, double iv, double price, int64_t size)
{
    char id[48];
    snprintf(id, sizeof id, "SPY-2026-12-18-%.0f-P", strike);
    struct tl_wire_option_print print = {.ts = OPEN_S * 1000,
                                         .option_contract_id = tl_str_from(id),
                                         .underlying_id = tl_str_from("SPY"),
                                         .price = price,
                                         .size = size,
                                         .has = TL_HAS_NBBO | TL_HAS_UNDERLYING_MID | TL_HAS_IV |
                                                TL_HAS_IS_ETF,
                                         .nbbo_bid = 1.00,
                                         .nbbo_ask = 1.01,
                                         .spot_mid = 100,
                                         .iv = iv,
                                         .is_etf = true};
    tl_lab_option(lab, &print);
}

TL_TEST("lab: a planted skew is measured, and sides are told apart where the spread is a cent")
{
    struct tl_lab *lab = tl_lab_create();
    REQUIRE(lab);
    state = test_seed() + 9;
    for (int i = 0; i < 4000; i++) {
        double strike = 90 + (int)(uniform() * 21), k = tl_log(strike / 100);
        /* Slope -0.12 in k / (atm sqrt T): at 21.7 days and 20 % that is .0488; 1.35 x .12 = .162. */
        double iv = 0.2 * (1 - 0.12 * k / (0.2 * tl_sqrt(21.7 / 365)));
        option(lab, strike, iv, i % 2 ? 1.00 : 1.01, i % 4 ? 1 : 20);
    }
    json_t *root = document(lab, OPEN_S * 1000);
    CHECK_NEAR(value_of(root, "smile", 0), 0.162, 0.006);
    CHECK_NEAR(value_of(root, "sides", 0), 0.5, 1e-9);
    CHECK_NEAR(value_of(root, "sides", 1), 0, 1e-9);
    CHECK_NEAR(value_of(root, "sides", 2), 0.5, 1e-9);
    CHECK_NEAR(value_of(root, "sides", 3), 0.75, 1e-9);
    json_decref(root);
    tl_lab_destroy(lab);
}

TL_TEST("lab: coverage counts the profiles of the window, and waits until the window has passed")
{
    static const uint32_t hits[TL_PROFILE_COUNT][TL_LAB_HIT_MINUTES] = {
        {[29] = 1}, {[25] = 2}, {[20] = 1}, {[19] = 5}, {[29] = 1}, {[28] = 1}};
    struct tl_lab *lab = tl_lab_create();
    REQUIRE(lab);
    lab->window_minutes = 10;
    lab->assist = true;
    tl_lab_hits(lab, hits, OPEN_S * 1000);
    json_t *root = document(lab, (OPEN_S + 300) * 1000);
    CHECK(value_of(root, "coverage", 0) == 5); /* the fourth is 11 minutes old */
    CHECK_STR(word_of(root, "coverage", 0), "watch");
    json_decref(root);
    root = document(lab, (OPEN_S + 900) * 1000);
    CHECK_STR(word_of(root, "coverage", 0), "fail");
    lab->window_minutes = 20;
    json_decref(root);
    root = document(lab, (OPEN_S + 3000) * 1000);
    CHECK_STR(word_of(root, "coverage", 0), "pass");
    json_decref(root);
    tl_lab_destroy(lab);
}
