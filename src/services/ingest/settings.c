/* SPDX-License-Identifier: Apache-2.0
 * Environment of the ingest services: see settings.h. */
#include "services/ingest/settings.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "os/os.h"

static double env_number(const char *name, double fallback)
{
    double value;
    if (!tl_parse_double(tl_str_from(tl_os_env(name, "")), &value) || value < 0) return fallback;
    return value;
}

static bool env_true(const char *name)
{
    const char *text = tl_os_env(name, "");
    return !strcasecmp(text, "1") || !strcasecmp(text, "true") || !strcasecmp(text, "yes") ||
           !strcasecmp(text, "on");
}

static void read_gate(struct tl_signal_gate *gate)
{
    const char *mode = tl_os_env("OPTIONS_SIGNAL_MODE", "smart-money");
    *gate = tl_signal_gate_default();
    if (strcmp(mode, "balanced") == 0) gate->mode = TL_SIGNAL_BALANCED;
    if (strcmp(mode, "all") == 0) gate->mode = TL_SIGNAL_ALL;
    gate->min_notional = env_number("OPTIONS_SIGNAL_MIN_NOTIONAL", gate->min_notional);
    gate->etf_min_notional = env_number("OPTIONS_SIGNAL_ETF_MIN_NOTIONAL", gate->etf_min_notional);
    gate->bid_side_min_notional =
        env_number("OPTIONS_SIGNAL_BID_SIDE_MIN_NOTIONAL", gate->bid_side_min_notional);
    gate->mid_min_notional = env_number("OPTIONS_SIGNAL_MID_MIN_NOTIONAL", gate->mid_min_notional);
    gate->nbbo_age_ms_max =
        (int64_t)env_number("OPTIONS_SIGNAL_NBBO_MAX_AGE_MS", (double)gate->nbbo_age_ms_max);
    tl_signal_gate_apply_mode(gate);
}

static void read_etfs(struct tl_ingest_settings *settings)
{
    const char *text = tl_os_env("OPTIONS_SIGNAL_ETF_UNDERLYINGS", NULL);
    if (!text) return;
    snprintf(settings->etf_text, sizeof settings->etf_text, "%s", text);
    for (char *byte = settings->etf_text; *byte; byte++) {
        if (*byte >= 'a' && *byte <= 'z') *byte = (char)(*byte - 'a' + 'A');
    }
    settings->gate.etfs = tl_str_from(settings->etf_text);
}

static void read_mode(bool options_side, enum tl_mode *mode)
{
    enum tl_mode parsed;
    const char *own =
        tl_os_env(options_side ? "SYNTHETIC_OPTIONS_MODE" : "SYNTHETIC_EQUITIES_MODE", "");
    const char *market = tl_os_env("SYNTHETIC_MARKET_MODE", "");
    if (tl_mode_parse(tl_str_from(own), &parsed) || tl_mode_parse(tl_str_from(market), &parsed))
        *mode = parsed;
    else if (*market)
        *mode = TL_MODE_REALISTIC;
}

enum tl_status tl_ingest_settings_read(const struct tl_service *service, uint32_t streams,
                                       struct tl_ingest_settings *settings, struct tl_error *error)
{
    bool options_side = streams & (1u << TL_STREAM_OPTION_PRINT);
    const char *variable = options_side ? "OPTIONS_INGEST_ADAPTER" : "EQUITIES_INGEST_ADAPTER";
    const char *adapter = tl_os_env(variable, "synthetic");
    if (strcmp(adapter, "synthetic") != 0)
        return tl_error_set(error, TL_INVALID, "%s is \"%.40s\"; only \"synthetic\" is built here",
                            variable, adapter);
    memset(settings, 0, sizeof *settings);
    settings->market = service->market;
    read_mode(options_side, &settings->market.mode);
    read_gate(&settings->gate);
    read_etfs(settings);
    struct tl_bus_options bus = {.url = NULL};
    tl_bus_options_env(&bus);
    settings->retention_s = (bus.raw_max_age_ms > 0 ? bus.raw_max_age_ms : 3600000) / 1000;
    if (env_true("TESTING_MODE"))
        settings->throttle_ms = (int64_t)env_number("TESTING_THROTTLE_MS", 200);
    if (*tl_os_env("EMIT_INTERVAL_MS", ""))
        tl_log_line(TL_LOG_WARN, service->name,
                    "EMIT_INTERVAL_MS is accepted and ignored: the tape has no cadence");
    return TL_OK;
}

void tl_ingest_write_calendar(const struct tl_service *service, struct tl_market *market,
                              struct tl_ingest_calendar *written)
{
    struct tl_session_state state;
    struct tl_event_calendar_entry entries[256];
    static const char *const kinds[] = {"earnings", "news"};
    tl_session_state(market, &state);
    size_t count = tl_market_events(market, entries, sizeof entries / sizeof entries[0]);
    bool told = state.session_start_s == written->session && count == written->count;
    if (told || !service->data_dir) return;
    *written = (struct tl_ingest_calendar){state.session_start_s, count};
    char path[1024], bytes[256 * 160];
    struct tl_text out = {.data = bytes, .capacity = sizeof bytes};
    tl_text_byte(&out, '[');
    for (size_t i = 0; i < count; i++) {
        tl_text_lit(&out, i ? ",\n {\"underlying_id\":" : "\n {\"underlying_id\":");
        tl_text_json_string(&out, tl_market_symbol(market, entries[i].sym));
        tl_text_lit(&out, ",\"event_ts\":");
        tl_text_i64(&out, entries[i].event_ts / TL_NS_PER_MS);
        tl_text_lit(&out, ",\"event_kind\":\"");
        tl_text_lit(&out, kinds[entries[i].kind != 0]);
        tl_text_lit(&out, "\",\"announced_ts\":");
        tl_text_i64(&out, entries[i].announced_ts / TL_NS_PER_MS);
        tl_text_lit(&out, ",\"source\":\"synthetic\"}");
    }
    tl_text_lit(&out, "\n]\n");
    snprintf(path, sizeof path, "%s/event-calendar.json", service->data_dir);
    struct tl_error error = {.status = TL_OK};
    struct tl_str data = {out.data, out.size};
    if (out.overflow || tl_os_write_file(path, data, 0644, &error) != TL_OK)
        tl_log_rare(TL_LOG_WARN, service->name, "event-calendar", "event calendar not written: %s",
                    error.text);
}
