/* SPDX-License-Identifier: Apache-2.0
 * `tapeloom session --at TIME`: the session state of a time, as text or JSON. */
#include <stdio.h>
#include <stdlib.h>

#include "base/date.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/flags.h"
#include "cli/market_flags.h"
#include "cli/time_text.h"
#include "json/control_log_file.h"
#include "os/os.h"

static void put_key(struct tl_text *out, const char *key)
{
    if (out->size > 1) tl_text_byte(out, ',');
    tl_text_byte(out, '"');
    tl_text_lit(out, key);
    tl_text_lit(out, "\":");
}

static void put_names(struct tl_text *out, const struct tl_market *market, const uint16_t *symbols,
                      uint32_t count)
{
    tl_text_byte(out, '[');
    for (uint32_t i = 0; i < count; i++) {
        if (i) tl_text_byte(out, ',');
        tl_text_json_string(out, tl_market_symbol(market, symbols[i]));
    }
    tl_text_byte(out, ']');
}

static void put_date(struct tl_text *out, int32_t day)
{
    struct tl_date date = tl_date_from_day(day);
    tl_text_byte(out, '"');
    tl_text_pad_u64(out, (uint64_t)date.year, 4);
    tl_text_byte(out, '-');
    tl_text_pad_u64(out, (uint64_t)date.month, 2);
    tl_text_byte(out, '-');
    tl_text_pad_u64(out, (uint64_t)date.day, 2);
    tl_text_byte(out, '"');
}

static void put_string(struct tl_text *out, const char *key, const char *value)
{
    put_key(out, key);
    tl_text_json_string(out, tl_str_from(value));
}

static void put_real(struct tl_text *out, const char *key, double value)
{
    put_key(out, key);
    tl_text_double(out, value);
}

static void put_state(struct tl_text *out, const struct tl_market *market, int64_t second)
{
    struct tl_session_state state;
    tl_session_state(market, &state);
    tl_text_byte(out, '{');
    put_key(out, "second");
    tl_text_i64(out, second);
    put_key(out, "trade_date");
    put_date(out, state.trade_day);
    put_key(out, "session_start");
    tl_text_i64(out, state.session_start_s);
    put_key(out, "session_end");
    tl_text_i64(out, state.session_end_s);
    put_key(out, "minute");
    tl_text_i64(out, state.minute);
    put_string(out, "session_phase", tl_phase_name(state.phase));
    put_string(out, "regime", tl_regime_name(state.regime));
    put_key(out, "regime_since");
    tl_text_i64(out, state.regime_since_s);
    put_real(out, "volatility_level", state.volatility_level);
    put_real(out, "liquidity_level", state.liquidity_level);
    put_real(out, "quote_cleanliness", state.quote_cleanliness);
    put_key(out, "focus_symbols");
    put_names(out, market, state.focus, state.focus_count);
    put_key(out, "event_symbols");
    put_names(out, market, state.event, state.event_count);
    put_key(out, "seed_bucket");
    tl_text_byte(out, '"'); /* 64 bits do not fit a JSON number */
    tl_text_hex64(out, state.seed_bucket);
    tl_text_lit(out, "\"}\n");
}

/* The JSON object, one key a line. */
static void print_lines(struct tl_str json)
{
    int depth = 0;
    for (size_t i = 1; i + 2 < json.size; i++) {
        char byte = json.data[i];
        depth += byte == '[';
        depth -= byte == ']';
        if (byte == ',' && depth == 0)
            putchar('\n');
        else if (byte == ':')
            printf("  ");
        else if (byte != '"')
            putchar(byte);
    }
    putchar('\n');
}

struct session_flags {
    struct tl_market_flags market;
    const char *at, *preset, *control_log;
    int64_t seed;
    bool json;
};

static enum tl_status print_session(struct session_flags *flags, struct tl_error *error)
{
    static struct tl_control_entry entries[4096];
    struct tl_market_options options = tl_market_options_default();
    struct tl_market *market = NULL;
    int64_t second = tl_os_now() / TL_NS_PER_S;
    char bytes[4096];
    struct tl_text out = {.data = bytes, .capacity = sizeof bytes};
    entries[0].effective_s = 0;
    entries[0].state = tl_control_default();
    entries[0].state.shared_seed = flags->seed;
    options.log.entries = entries;
    options.log.count = 1;
    options.streams = 0;
    enum tl_status status = tl_market_flags_apply(&flags->market, &options, error);
    if (status == TL_OK && flags->at) status = tl_time_parse("--at", flags->at, &second, error);
    if (status == TL_OK && flags->preset &&
        !tl_preset_parse(tl_str_from(flags->preset), &entries[0].state.preset))
        status =
            tl_error_set(error, TL_INVALID,
                         "--preset: \"%.40s\" is none of balanced_demo, event_day, dealer_day, "
                         "retail_chase, quiet_range",
                         flags->preset);
    if (status == TL_OK && flags->control_log)
        status = tl_control_log_read(flags->control_log, entries,
                                     sizeof entries / sizeof entries[0], &options.log.count, error);
    if (status == TL_OK) status = tl_market_create(&options, &market, error);
    if (status == TL_OK) status = tl_market_seek(market, second, error);
    if (status == TL_OK) {
        put_state(&out, market, second);
        if (flags->json)
            fwrite(out.data, 1, out.size, stdout);
        else
            print_lines((struct tl_str){out.data, out.size});
    }
    tl_market_destroy(market);
    return status;
}

int tl_cmd_session(int argc, char **argv)
{
    struct session_flags values = {.market = TL_MARKET_FLAGS_INIT("continuous", "realistic"),
                                   .seed = 11};
    const struct tl_flag flags[] = {
        {"--at", "TIME",
         "YYYY-MM-DDTHH:MM[:SS] New York, with Z UTC, or epoch seconds; default now", TL_FLAG_TEXT,
         &values.at, 0, 0},
        {"--seed", "N", "shared seed; default 11", TL_FLAG_INT, &values.seed, -9007199254740991.0,
         9007199254740991.0},
        {"--preset", "NAME", "control preset; default balanced_demo", TL_FLAG_TEXT, &values.preset,
         0, 0},
        {"--control-log", "FILE", "control states by second", TL_FLAG_TEXT, &values.control_log, 0,
         0},
        {"--json", NULL, "one JSON object", TL_FLAG_SWITCH, &values.json, 0, 0},
        TL_MARKET_FLAG_ROWS(values.market),
        {NULL, NULL, NULL, TL_FLAG_SWITCH, NULL, 0, 0}};
    const struct tl_command command = {"tapeloom session [--at TIME] [flags]",
                                       "Prints the session state of a time.", flags, 0};
    int words = tl_flags_parse(&command, argc, argv);
    if (words < 0) return words == -1 ? 0 : 2;
    struct tl_error error = {.status = TL_OK};
    enum tl_status status = print_session(&values, &error);
    tl_market_flags_free(&values.market);
    return status == TL_OK ? 0 : tl_cli_fail(status == TL_INVALID ? 2 : 1, "%s", error.text);
}
