/* SPDX-License-Identifier: Apache-2.0
 * Engine events as public events: the sample of the contract, condition words, every row of the
 * signal gate. */
#include "wire/from_tape.h"

#include <stdio.h>
#include <string.h>
#include "base/date.h"
#include "lib/harness.h"
#include "wire/market_json.h"

static struct tl_wire_strings strings;

/* NVDA 290 call, 300 at 4.10 against 4.00 x 4.10, the stock 288.90 x 289.10. */
static struct tl_event sample(void)
{
    const tl_ns ts = 1778765400000 * TL_NS_PER_MS + 123456;
    struct tl_event event = {.ts = ts, .seq = 901, .sym = 3, .stream = TL_STREAM_OPTION_PRINT};
    event.u.option = (struct tl_option_trade){
        .contract = {3, 'C', tl_date_to_day((struct tl_date){2026, 6, 19}), 290000},
        .price = 41000,
        .size = 300,
        .venue = TL_OV_CBOE,
        .condition = 'S',
        .multi_venue = true,
        .nbbo_known = true,
        .executed = ts,
        .bid = 40000,
        .ask = 41000,
        .bid_size = 120,
        .ask_size = 95,
        .nbbo_ts = ts - 5 * TL_NS_PER_MS,
        .spot_bid = 2889000,
        .spot_ask = 2891000,
        .spot_ts = ts - 50 * TL_NS_PER_MS,
        .iv_e6 = 410000};
    return event;
}

TL_TEST("from tape: an option print becomes the contract's sample")
{
    char bytes[TL_JSON_EVENT_MAX];
    struct tl_text out = {bytes, 0, sizeof bytes, false};
    struct tl_event event = sample();
    struct tl_signal_gate gate = tl_signal_gate_default();
    tl_wire_event_json(&out, &event, tl_str_from("NVDA"), &gate, 1778765400007);
    CHECK_STR(
        tl_text_cstr(&out),
        "{\"source_ts\":1778765400000,\"ingest_ts\":1778765400007,\"seq\":901,\"trace_id\":"
        "\"synthetic-options-901\",\"ts\":1778765400000,\"option_contract_id\":\"NVDA-2026-06-19-"
        "290-C\",\"price\":4.1,\"size\":300,\"exchange\":\"CBOE\",\"conditions\":[\"SWEEP\","
        "\"ISO\"],\"underlying_id\":\"NVDA\",\"option_type\":\"call\",\"notional\":123000,\"nbbo_"
        "side\":\"A\",\"execution_nbbo_bid\":4,\"execution_nbbo_ask\":4.1,\"execution_nbbo_mid\":"
        "4.05,\"execution_nbbo_spread\":0.1,\"execution_nbbo_bid_size\":120,\"execution_nbbo_ask_"
        "size\":95,\"execution_nbbo_ts\":1778765399995,\"execution_nbbo_age_ms\":5,\"execution_"
        "nbbo_side\":\"A\",\"execution_underlying_spot\":289,\"execution_underlying_bid\":288.9,"
        "\"execution_underlying_ask\":289.1,\"execution_underlying_mid\":289,\"execution_"
        "underlying_spread\":0.2,\"execution_underlying_ts\":1778765399950,\"execution_underlying_"
        "age_ms\":50,\"execution_underlying_source\":\"equity_quote_mid\",\"execution_iv\":0.41,"
        "\"execution_iv_source\":\"synthetic_pressure_model\",\"is_etf\":false,\"signal_pass\":"
        "true,\"signal_reasons\":[\"keep:auto-large\",\"keep:ask-side\",\"keep:sweep-or-iso\"],"
        "\"signal_profile\":\"smart-money\"}");
}

TL_TEST("from tape: without a quote the side is MISSING and no execution_nbbo field stands")
{
    char bytes[TL_JSON_EVENT_MAX];
    struct tl_text out = {bytes, 0, sizeof bytes, false};
    struct tl_event event = sample();
    struct tl_signal_gate gate = tl_signal_gate_default();
    event.u.option.nbbo_known = false;
    event.u.option.spot_ask = 0;
    event.u.option.iv_e6 = 0;
    tl_wire_event_json(&out, &event, tl_str_from("NVDA"), &gate, 1);
    CHECK(strstr(tl_text_cstr(&out), "\"nbbo_side\":\"MISSING\"") != NULL);
    CHECK(strstr(tl_text_cstr(&out), "execution_") == NULL);
}

TL_TEST(
    "from tape: an old quote is STALE, and the stock's odd half cent follows the wire's rounding")
{
    struct tl_event event = sample();
    struct tl_signal_gate gate = tl_signal_gate_default();
    struct tl_wire_option_print print;
    event.u.option.nbbo_ts = event.ts - 1501 * TL_NS_PER_MS;
    event.u.option.spot_bid = 300;
    event.u.option.spot_ask = 325; /* mid 0.03125: an exact tie, away from zero */
    tl_wire_option_print_from(&event, tl_str_from("NVDA"), &gate, 1, &strings, &print);
    CHECK_INT(print.nbbo_side, TL_SIDE_STALE);
    CHECK(print.spot_mid == 0.0313);
    CHECK(print.spot_spread == 0.0025);
    event.u.option.nbbo_ts = event.ts - 1500 * TL_NS_PER_MS;
    tl_wire_option_print_from(&event, tl_str_from("NVDA"), &gate, 1, &strings, &print);
    CHECK_INT(print.nbbo_side, TL_SIDE_A);
}

TL_TEST("from tape: OPRA codes become the public words")
{
    static const struct {
        const char *codes;
        bool multi_venue;
        const char *words;
    } cases[] = {
        {" Ia", true, "FILL"},    {"Sb", false, "ISO"}, {"Sb", true, "SWEEP ISO"},
        {"cd", false, "CROSS"},   {"e", true, "FLOOR"}, {"fghijklmnopqrst", false, "COMPLEX"},
        {"BF", false, "OPENING"}, {"D", false, "LATE"}, {"ACEG", false, "CANCEL"}};
    struct tl_signal_gate gate = tl_signal_gate_default();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (const char *code = cases[i].codes; *code; code++) {
            struct tl_event event = sample();
            struct tl_wire_option_print print;
            char words[40] = "";
            event.u.option.condition = *code;
            event.u.option.multi_venue = cases[i].multi_venue;
            tl_wire_option_print_from(&event, tl_str_from("X"), &gate, 1, &strings, &print);
            for (size_t j = 0; j < print.condition_count; j++) {
                if (j > 0) strcat(words, " ");
                strncat(words, print.conditions[j].data, print.conditions[j].size);
            }
            CHECK_STR(words, cases[i].words);
        }
    }
}

struct gate_case {
    int64_t price; /* cents a share */
    int size;
    char condition;
    const char *side; /* where the print sits: A, M, B, ? no quote */
    bool is_etf;
    const char *want;
};

static const char *gate_says(const struct gate_case *one, enum tl_signal_mode mode)
{
    static char reasons[200];
    struct tl_event event = sample();
    struct tl_wire_option_print print;
    struct tl_signal_gate gate = tl_signal_gate_default();
    tl_px px = one->price * 100;
    gate.mode = mode;
    tl_signal_gate_apply_mode(&gate);
    event.u.option.price = px;
    event.u.option.size = one->size;
    event.u.option.condition = one->condition;
    event.u.option.multi_venue = false;
    event.u.option.nbbo_known = *one->side != '?';
    event.u.option.bid = *one->side == 'B' ? px : *one->side == 'M' ? px - 1000 : px - 2000;
    event.u.option.ask = event.u.option.bid + 2000;
    gate.etfs = tl_str_from(one->is_etf ? "SPY, X,Y" : "SPY,XX");
    tl_wire_option_print_from(&event, tl_str_from("X"), &gate, 1, &strings, &print);
    reasons[0] = '\0';
    strcat(reasons, print.signal_pass ? "pass" : "drop");
    for (size_t i = 0; i < print.signal_reason_count; i++) {
        strcat(reasons, " ");
        strncat(reasons, print.signal_reasons[i].data, print.signal_reasons[i].size);
    }
    return reasons;
}

TL_TEST("from tape: the smart-money gate follows its table, row by row and at each edge")
{
    static const struct gate_case cases[] = {
        {100, 99, 'I', "A", false, "drop reject:min-notional"}, /* 9 900 */
        {100, 100, 'I', "A", false, "pass keep:ask-side"},
        {100, 1000, 'I', "A", false,
         "pass keep:auto-large keep:ask-side keep:large-contract-count"},
        {1000, 100, 'I', "M", false, "pass keep:auto-large"},
        {1000, 49, 'I', "A", true, "drop reject:etf-min-notional"},
        {1000, 50, 'I', "A", true, "pass keep:ask-side"},
        {1000, 24, 'S', "B", false, "drop reject:bid-side-min-notional"},
        {1000, 25, 'S', "B", false, "pass keep:sweep-or-iso"},
        {1000, 25, 'I', "B", false, "drop reject:no-signal-rule"},
        {1000, 19, 'I', "M", false, "drop reject:mid-min-notional"},
        {1000, 19, 'S', "M", false, "drop reject:no-signal-rule"},
        {1000, 20, 'I', "M", false, "drop reject:no-signal-rule"},
        {1000, 49, 'S', "?", false, "drop reject:missing-nbbo-min-notional"},
        {1000, 50, 'S', "?", false, "pass keep:sweep-or-iso"},
        {1000, 25, 'S', "A", false, "pass keep:ask-side keep:sweep-or-iso"},
        {1000, 24, 'S', "A", false, "pass keep:ask-side"},
        {50, 500, 'I', "M", false, "pass keep:large-contract-count"}, /* 25 000 */
        {50, 499, 'I', "M", false, "drop reject:no-signal-rule"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        CHECK_STR(gate_says(&cases[i], TL_SIGNAL_SMART_MONEY), cases[i].want);
}

TL_TEST("from tape: balanced lowers every threshold, all passes everything")
{
    static const struct gate_case cases[] = {
        {100, 49, 'I', "A", false, "drop reject:min-notional"},
        {100, 50, 'I', "A", false, "pass keep:ask-side"},
        {1000, 75, 'I', "M", false, "pass keep:auto-large"},
        {1000, 24, 'I', "A", true, "drop reject:etf-min-notional"},
        {1000, 25, 'I', "A", true, "pass keep:ask-side"},
        {1000, 14, 'S', "B", false, "drop reject:bid-side-min-notional"},
        {1000, 15, 'S', "B", false, "pass keep:sweep-or-iso"},
        {1000, 12, 'I', "M", false, "drop reject:mid-min-notional"},
        {1000, 24, 'S', "?", false, "drop reject:missing-nbbo-min-notional"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CHECK_STR(gate_says(&cases[i], TL_SIGNAL_BALANCED), cases[i].want);
        CHECK_STR(gate_says(&cases[i], TL_SIGNAL_ALL), "pass mode:all");
    }
}

TL_TEST("from tape: quotes and stock prints carry their own trace prefix and venue")
{
    char bytes[TL_JSON_EVENT_MAX];
    struct tl_text out = {bytes, 0, sizeof bytes, false};
    struct tl_signal_gate gate = tl_signal_gate_default();
    struct tl_event event = {.ts = 1778765400004 * TL_NS_PER_MS + 999999, .seq = 77};
    event.stream = TL_STREAM_EQUITY_PRINT;
    event.u.trade = (struct tl_equity_trade){
        .price = 2891050, .size = 420, .venue = TL_EV_OTC, .off_exchange = true};
    tl_wire_event_json(&out, &event, tl_str_from("NVDA"), &gate, 5);
    CHECK_STR(tl_text_cstr(&out),
              "{\"source_ts\":1778765400004,\"ingest_ts\":5,\"seq\":77,\"trace_id\":\"synthetic-"
              "equities-77\",\"ts\":1778765400004,\"underlying_id\":\"NVDA\",\"price\":289.105,"
              "\"size\":420,\"exchange\":\"OTC\",\"offExchangeFlag\":true}");
    out.size = 0;
    event.stream = TL_STREAM_EQUITY_QUOTE;
    event.u.quote = (struct tl_equity_quote){2889000, 2891000, 3, 4};
    tl_wire_event_json(&out, &event, tl_str_from("NVDA"), &gate, 5);
    CHECK(strstr(tl_text_cstr(&out), "synthetic-equity-quote-77") != NULL);
    CHECK(strstr(tl_text_cstr(&out), "\"bid\":288.9,\"ask\":289.1}") != NULL);
    out.size = 0;
    event.stream = TL_STREAM_OPTION_NBBO;
    event.u.nbbo = (struct tl_option_nbbo){
        {0, 'P', tl_date_to_day((struct tl_date){2026, 6, 19}), 412500}, 0, 500, 0, 7};
    tl_wire_event_json(&out, &event, tl_str_from("BRK.B"), &gate, 5);
    CHECK(strstr(tl_text_cstr(&out), "\"trace_id\":\"synthetic-nbbo-77\"") != NULL);
    CHECK(strstr(tl_text_cstr(&out), "\"BRK.B-2026-06-19-412.5-P\",\"bid\":0,\"ask\":0.05,"
                                     "\"bidSize\":0,\"askSize\":7}") != NULL);
}
