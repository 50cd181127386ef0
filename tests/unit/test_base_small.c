/* SPDX-License-Identifier: Apache-2.0
 * Dates, placement, contract ids, names and the event hash. */
#include "lib/harness.h"

#include <string.h>

#include "base/contract_id.h"
#include "base/date.h"
#include "base/placement.h"
#include "base/text.h"

TL_TEST("dates count days through leap years and centuries, there and back")
{
    CHECK_INT(tl_date_to_day((struct tl_date){1970, 1, 1}), 0);
    CHECK_INT(tl_date_to_day((struct tl_date){2000, 3, 1}), 11017);
    CHECK_INT(tl_date_to_day((struct tl_date){2026, 6, 19}), 20623);
    CHECK_INT(tl_date_to_day((struct tl_date){1969, 12, 31}), -1);
    CHECK_INT(tl_day_weekday(20623), 4);
    CHECK_INT(tl_day_weekday(-1), 2);
    int32_t year = 1969, month = 1, day = 1;
    for (int32_t number = -365; number < 40000; number++) {
        struct tl_date date = tl_date_from_day(number);
        if (date.year != year || date.month != month || date.day != day ||
            tl_date_to_day(date) != number)
            test_fail(__FILE__, __LINE__, "day %d", number);
        static const int LENGTHS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        if (++day > LENGTHS[month - 1] + (leap && month == 2)) day = 1, month++;
        if (month > 12) month = 1, year++;
    }
    int32_t parsed;
    CHECK(tl_date_parse(tl_str_from("2026-06-19"), &parsed) && parsed == 20623);
    CHECK(!tl_date_parse(tl_str_from("2026-02-29"), &parsed));
    CHECK(!tl_date_parse(tl_str_from("2026-13-01"), &parsed));
    CHECK(!tl_date_parse(tl_str_from("2026-6-19"), &parsed));
}

TL_TEST("placement follows its rule in order, edges included")
{
    CHECK(tl_placement(1, false, 1, 2, 0, 0, 1000) == TL_SIDE_MISSING);
    CHECK(tl_placement(1, true, 0, 0, 0, 0, 1000) == TL_SIDE_MISSING);
    CHECK(tl_placement(1, true, 1, 2, 2001, 1000, 1000) == TL_SIDE_STALE);
    CHECK(tl_placement(1, true, 1, 2, 1000, 2001, 1000) == TL_SIDE_STALE);
    CHECK(tl_placement(5.06, true, 4, 5, 0, 1000, 1000) == TL_SIDE_AA);
    CHECK(tl_placement(4.95, true, 4, 5, 0, 0, 1000) == TL_SIDE_A);
    CHECK(tl_placement(4.5, true, 4, 5, 0, 0, 1000) == TL_SIDE_MID);
    CHECK(tl_placement(4.05, true, 4, 5, 0, 0, 1000) == TL_SIDE_B);
    CHECK(tl_placement(3.9, true, 4, 5, 0, 0, 1000) == TL_SIDE_BB);
    CHECK(tl_placement(4.01, true, 4, 4.02, 0, 0, 1000) == TL_SIDE_A);
    CHECK_STR(tl_nbbo_side_name(TL_SIDE_AA), "AA");
    CHECK_STR(tl_nbbo_side_name(TL_SIDE_ABSENT), "");
}

static bool parse(const char *text, struct tl_contract_id *id)
{
    return tl_contract_id_parse(tl_str_from(text), id);
}

TL_TEST("contract ids print and parse in both forms")
{
    char buffer[64];
    struct tl_text text = {buffer, 0, sizeof buffer, false};
    struct tl_contract contract = {0, 'C', 20623, 290000};
    tl_contract_id_put(&text, tl_str_from("NVDA"), &contract);
    CHECK_STR(tl_text_cstr(&text), "NVDA-2026-06-19-290-C");
    struct tl_contract_id id;
    REQUIRE(parse("NVDA-2026-06-19-290-C", &id));
    CHECK(tl_str_is(id.root, "NVDA") && id.expiry_day == 20623 && id.strike == 290);
    CHECK(id.right == 'C' && id.year == 2026 && id.month == 6 && id.day == 19);
    REQUIRE(parse("BRK-B-2026-06-19-412.5-P", &id));
    CHECK(tl_str_is(id.root, "BRK-B") && id.strike == 412.5 && id.right == 'P');
    REQUIRE(parse("AAPL  260619C00200000", &id));
    CHECK(tl_str_is(id.root, "AAPL") && id.expiry_day == 20623 && id.strike == 200);
    REQUIRE(parse("BF-B260619P00012500", &id));
    CHECK(tl_str_is(id.root, "BF-B") && id.strike == 12.5);
    static const char *const BAD[] = {"",
                                      "NVDA",
                                      "NVDA-2026-06-19-STRUCT-straddle",
                                      "NVDA-2026-06-19-290-X",
                                      "NVDA-2026-06-19-29x-C",
                                      "NVDA-2026-0a-19-290-C",
                                      "-2026-06-19-290-C",
                                      "2026-06-19-290-C",
                                      "260619C00200000",
                                      "AAPL260619X00200000"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        if (parse(BAD[i], &id)) test_fail(__FILE__, __LINE__, "accepted \"%s\"", BAD[i]);
}

TL_TEST("the event hash sees every field but the universe's order and the padding")
{
    struct tl_event event, other;
    memset(&event, 0xee, sizeof event);
    memset(&other, 0x11, sizeof other);
    event.ts = other.ts = 5, event.sym = 1, other.sym = 2;
    event.seq = 9ull << 24 | 1 << 14 | 3, other.seq = 9ull << 24 | 2 << 14 | 3;
    event.stream = other.stream = TL_STREAM_EQUITY_QUOTE;
    event.u.quote = (struct tl_equity_quote){.bid = 1, .ask = 2, .bid_size = 3, .ask_size = 4};
    other.u.quote.bid = 1, other.u.quote.ask = 2;
    other.u.quote.bid_size = 3, other.u.quote.ask_size = 4;
    struct tl_str spy = tl_str_from("SPY");
    uint64_t hash = tl_event_hash(&event, spy);
    CHECK(hash == tl_event_hash(&other, spy));
    CHECK(hash != tl_event_hash(&event, tl_str_from("SPX")));
    other.u.quote.ask_size = 5;
    CHECK(hash != tl_event_hash(&other, spy));
    other.u.quote.ask_size = 4, other.seq++;
    CHECK(hash != tl_event_hash(&other, spy));
    other.seq--, other.ts++;
    CHECK(hash != tl_event_hash(&other, spy));
}

TL_TEST("every enum value has a name of its own")
{
    for (int i = 0; i < TL_OV_COUNT; i++)
        for (int j = 0; j < i; j++)
            CHECK(strcmp(tl_option_venue_name((enum tl_option_venue)i),
                         tl_option_venue_name((enum tl_option_venue)j)) != 0);
    for (int i = 0; i < TL_EV_COUNT; i++)
        CHECK(strlen(tl_equity_venue_name((enum tl_equity_venue)i)) > 0);
    for (int i = 0; i < TL_SUB_COUNT; i++)
        CHECK(strlen(tl_subtype_name((enum tl_subtype)i)) > 0);
    CHECK_STR(tl_subtype_name(TL_SUB_STALE_QUOTE_NOISE), "stale_quote_noise");
    CHECK_STR(tl_subtype_name(TL_SUB_0DTE_CALL_CHASE), "0dte_call_chase");
    CHECK_STR(tl_equity_venue_name(TL_EV_OTC), "OTC");
    CHECK_STR(tl_option_venue_name(TL_OV_BX), "BX");
    CHECK_STR(tl_stream_name(TL_STREAM_EQUITY_PRINT), "equity_print");
    CHECK_STR(tl_stream_name(TL_STREAM_COUNT), "");
}
