/* SPDX-License-Identifier: Apache-2.0
 * Text out and in: known answers of JavaScript's number printing, and round trips against
 * glibc's strtod over random doubles. */
#include "lib/harness.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/text.h"

static const char *printed(double value)
{
    static char buffer[64];
    struct tl_text text = {buffer, 0, sizeof buffer, false};
    tl_text_double(&text, value);
    return tl_text_cstr(&text);
}

TL_TEST("a double prints as JavaScript prints it")
{
    CHECK_STR(printed(1.0), "1");
    CHECK_STR(printed(-0.6666000000000001), "-0.6666000000000001");
    CHECK_STR(printed(0.1 + 0.2), "0.30000000000000004");
    CHECK_STR(printed(-0.0), "0");
    CHECK_STR(printed((double)INFINITY), "0");
    CHECK_STR(printed((double)NAN), "0");
    CHECK_STR(printed(1e21), "1e+21");
    CHECK_STR(printed(123456789012345680000.0), "123456789012345680000");
    CHECK_STR(printed(0.000001), "0.000001");
    CHECK_STR(printed(1e-7), "1e-7");
    CHECK_STR(printed(1.5e-7), "1.5e-7");
    CHECK_STR(printed(5e-324), "5e-324");
    CHECK_STR(printed(2.2250738585072014e-308), "2.2250738585072014e-308");
    CHECK_STR(printed(1.7976931348623157e308), "1.7976931348623157e+308");
    CHECK_STR(printed(9007199254740993.0), "9007199254740992");
    CHECK_STR(printed(5.684341886080802e-14), "5.684341886080802e-14"); /* 2^-44: half gap below */
    CHECK_STR(printed(9.5367431640625e-7), "9.5367431640625e-7");
    CHECK_STR(printed(4.35), "4.35");
    CHECK_STR(printed(267594450207309.125), "267594450207309.12"); /* a tie: the even digit */
    CHECK_STR(printed(0.0313), "0.0313");
    CHECK_STR(printed(1778765400004.0), "1778765400004");
    CHECK_STR(printed(1.0034602076124568), "1.0034602076124568");
    CHECK_STR(printed(4.4501477170144028e-308), "4.450147717014403e-308");
}

static double random_double(struct tl_rng *rng, int kind)
{
    if (kind == 0) { /* any bit pattern */
        uint64_t bits = tl_rng_u64(rng);
        double value;
        memcpy(&value, &bits, sizeof value);
        return value;
    }
    if (kind == 1) return tl_rng_uniform(rng) * 1000;
    if (kind == 2) return (double)tl_rng_below(rng, 1000000000) / 10000.0;
    return ldexp(1.0, (int)tl_rng_below(rng, 2000) - 1050); /* powers of two: uneven gaps */
}

TL_TEST("printed doubles read back bit for bit, and no shorter digits do")
{
    struct tl_rng rng = tl_rng_at(test_seed(), TL_RNG_OWN, 11, 1);
    for (int i = 0; i < 40000; i++) {
        double value = random_double(&rng, i % 4), back, ours;
        if (!isfinite(value) || value == 0) continue;
        const char *text = printed(value);
        back = strtod(text, NULL);
        CHECK(memcmp(&back, &value, sizeof back) == 0);
        REQUIRE(tl_parse_double(tl_str_from(text), &ours));
        CHECK(memcmp(&ours, &value, sizeof ours) == 0);
        int digits = 0, zeros = 0; /* significant digits: no zeros in front or at the end */
        for (const char *at = text; *at && *at != 'e'; at++) {
            if (*at < '0' || *at > '9' || (digits == 0 && *at == '0')) continue;
            digits++;
            zeros = *at == '0' ? zeros + 1 : 0;
        }
        digits -= zeros;
        char shorter[40];
        snprintf(shorter, sizeof shorter, "%.*e", digits - 2 > 0 ? digits - 2 : 0, value);
        if (digits >= 2 && strtod(shorter, NULL) == value)
            test_fail(__FILE__, __LINE__, "%s has a shorter form %s", text, shorter);
    }
}

TL_TEST("parsing rounds correctly at ties, with long tails and at the range's ends")
{
    static const char *const CASES[] = {
        "9007199254740993",
        "9007199254740992.99999999999999999999999999999999999999",
        "9007199254740993.00000000000000000000000000000000000001",
        "2.4703282292062327208e-324",
        "2.4703282292062328e-324",
        "2.2250738585072011e-308",
        "1.7976931348623158e308",
        "0.000000000000000000000000000000000000000123456789012345678901234567890",
        "123456789012345678901234567890123456789012345678901234567890e-300",
        "1e-400",
        "0e999999999999",
        "8.5",
        "-0.1",
        "6.02214076e23",
        "1e22",
        "1e23",
        "-0",
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        double got, want = strtod(CASES[i], NULL);
        REQUIRE(tl_parse_double(tl_str_from(CASES[i]), &got));
        if (memcmp(&got, &want, sizeof got) != 0)
            test_fail(__FILE__, __LINE__, "%s: %.17g, not %.17g", CASES[i], got, want);
    }
    char longer[2000]; /* just above a tie, decided by the last of 1500 digits */
    memset(longer, '0', sizeof longer);
    memcpy(longer, "9007199254740993.", 17);
    longer[1500] = '1';
    double value;
    CHECK(tl_parse_double((struct tl_str){longer, 1501}, &value) && value == 9007199254740994.0);
    CHECK(tl_parse_double((struct tl_str){longer, 1500}, &value) && value == 9007199254740992.0);
}

TL_TEST("parsing refuses what JSON refuses")
{
    static const char *const BAD[] = {"",    "-",     "+1", "01",  ".5",   "1.",  "1e",
                                      "1e+", "0x1",   " 1", "1 ",  "NaN",  "inf", "1e309",
                                      "--1", "1.5.2", "-a", "1,5", "1e5.0"};
    double value;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        if (tl_parse_double(tl_str_from(BAD[i]), &value))
            test_fail(__FILE__, __LINE__, "accepted \"%s\"", BAD[i]);
    int64_t number;
    CHECK(tl_parse_i64(tl_str_from("-9223372036854775808"), &number) && number == INT64_MIN);
    CHECK(tl_parse_i64(tl_str_from("+12"), &number) && number == 12);
    CHECK(tl_parse_i64(tl_str_from("9223372036854775807"), &number) && number == INT64_MAX);
    CHECK(!tl_parse_i64(tl_str_from("9223372036854775808"), &number));
    CHECK(!tl_parse_i64(tl_str_from("-9223372036854775809"), &number));
    CHECK(!tl_parse_i64(tl_str_from("12a"), &number));
    CHECK(!tl_parse_i64(tl_str_from("-"), &number));
}

TL_TEST("the builder bounds, pads and escapes")
{
    char buffer[80];
    struct tl_text text = {buffer, 0, sizeof buffer, false};
    tl_text_fixed(&text, 41000, 4);
    tl_text_byte(&text, ' ');
    tl_text_fixed(&text, -50, 4);
    tl_text_byte(&text, ' ');
    tl_text_fixed(&text, 290000, 3);
    tl_text_byte(&text, ' ');
    tl_text_pad_u64(&text, 7, 3);
    tl_text_byte(&text, ' ');
    tl_text_hex64(&text, 0xfeedu);
    tl_text_byte(&text, ' ');
    tl_text_i64(&text, INT64_MIN);
    CHECK_STR(tl_text_cstr(&text), "4.1 -0.005 290 007 000000000000feed -9223372036854775808");
    text.size = 0;
    tl_text_json_string(&text, (struct tl_str){"a\"\\\n\x01\xc3\xa9\xff\xed\xa0\x80", 11});
    CHECK_STR(tl_text_cstr(&text),
              "\"a\\\"\\\\\\n\\u0001\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
    struct tl_text small = {buffer, 0, 4, false};
    buffer[4] = '!';
    tl_text_lit(&small, "12345");
    CHECK(small.overflow && small.size == 4 && buffer[4] == '!');
    CHECK_STR(tl_text_cstr(&small), "123");
}

TL_TEST("strings cut, trim and compare without a NUL")
{
    struct tl_str rest = tl_str_from("a,,b"), part;
    CHECK(tl_str_cut(&rest, ',', &part) && tl_str_is(part, "a"));
    CHECK(tl_str_cut(&rest, ',', &part) && part.size == 0);
    CHECK(tl_str_cut(&rest, ',', &part) && tl_str_is(part, "b"));
    CHECK(!tl_str_cut(&rest, ',', &part));
    CHECK(tl_str_is(tl_str_trim(tl_str_from(" \t x y\r\n")), "x y"));
    CHECK(tl_str_starts(tl_str_from("option"), "opt") && !tl_str_starts(tl_str_from("o"), "opt"));
    CHECK(tl_str_equal(tl_str_from(NULL), tl_str_from("")));
}

TL_TEST("errors are set and added to, never replaced, and stay bounded")
{
    struct tl_error error = {0};
    CHECK(tl_error_set(&error, TL_INVALID, "line %d", 3) == TL_INVALID);
    tl_error_add(&error, "%s", "universe");
    CHECK_STR(error.text, "universe: line 3");
    CHECK(tl_error_set(NULL, TL_IO, "x") == TL_IO);
    for (int i = 0; i < 300; i++)
        tl_error_add(&error, "again");
    CHECK(strlen(error.text) == sizeof error.text - 1 && error.status == TL_INVALID);
}
