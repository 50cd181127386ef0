/* SPDX-License-Identifier: Apache-2.0
 * Environment to options: one table of whole numbers, the rest by hand. */
#include "services/compute/config.h"

#include <string.h>

#include "base/text.h"
#include "os/os.h"

struct reader {
    struct tl_compute_config *config;
    const char *(*env)(const char *name);
};

const char *tl_compute_env(const char *name)
{
    const char *value = tl_os_env(name, "");
    return *value ? value : NULL;
}

static void bad(const struct reader *reader, const char *name, const char *value)
{
    reader->config->bad_values++;
    tl_log_line(TL_LOG_WARN, "compute", "bad value, default taken: variable=%s value=%s", name,
                value);
}

/* The whole number under name if it is within [low, high]; else fallback. */
static int64_t whole(const struct reader *reader, const char *name, int64_t fallback, int64_t low,
                     int64_t high)
{
    const char *value = reader->env(name);
    double number = 0;
    if (!value) return fallback;
    if (!tl_parse_double(tl_str_trim(tl_str_from(value)), &number) || !(number >= (double)low) ||
        !(number <= (double)high)) {
        bad(reader, name, value);
        return fallback;
    }
    return (int64_t)number;
}

static bool flag(const struct reader *reader, const char *name)
{
    static const char *const words[2][4] = {{"0", "false", "no", "off"},
                                            {"1", "true", "yes", "on"}};
    const char *value = reader->env(name);
    if (!value) return false;
    struct tl_str text = tl_str_trim(tl_str_from(value));
    char lower[8] = "";
    for (size_t i = 0; i < text.size && i < sizeof lower - 1; i++)
        lower[i] =
            text.data[i] >= 'A' && text.data[i] <= 'Z' ? (char)(text.data[i] + 32) : text.data[i];
    for (int truth = 0; truth < 2; truth++)
        for (size_t i = 0; i < 4; i++)
            if (strcmp(lower, words[truth][i]) == 0) return truth;
    bad(reader, name, value);
    return false;
}

static enum tl_deliver policy(const struct reader *reader, const char *name)
{
    const char *value = reader->env(name);
    if (!value) return TL_DELIVER_NEW;
    struct tl_str text = tl_str_trim(tl_str_from(value));
    if (tl_str_is(text, "new")) return TL_DELIVER_NEW;
    if (tl_str_is(text, "all")) return TL_DELIVER_ALL;
    /* One subject a stream: its last message is the last of each subject. */
    if (tl_str_is(text, "last") || tl_str_is(text, "last_per_subject")) return TL_DELIVER_LAST;
    bad(reader, name, value);
    return TL_DELIVER_NEW;
}

static void read_flow(const struct reader *reader)
{
    struct tl_flow_options *flow = &reader->config->flow;
    const int64_t hour = 3600000, day = 86400000;
    flow->window_ms = whole(reader, "CLUSTER_WINDOW_MS", flow->window_ms, 1, 60000);
    flow->nbbo_age_ms_max = whole(reader, "NBBO_MAX_AGE_MS", flow->nbbo_age_ms_max, 0, hour);
    flow->quote_age_ms_max =
        whole(reader, "EQUITY_QUOTE_MAX_AGE_MS", flow->quote_age_ms_max, 0, hour);
    flow->rolling_window = (uint32_t)whole(reader, "ROLLING_WINDOW_SIZE", flow->rolling_window, 1,
                                           TL_ROLLING_WINDOW_MAX);
    flow->rolling_ttl_ms =
        whole(reader, "ROLLING_TTL_SEC", flow->rolling_ttl_ms / 1000, 1, 7 * day / 1000) * 1000;
    flow->rolling_keys_max =
        (uint32_t)whole(reader, "ROLLING_CACHE_MAX_KEYS", flow->rolling_keys_max, 1, 200000);
    flow->nbbo_keys_max =
        (uint32_t)whole(reader, "COMPUTE_NBBO_CACHE_MAX_KEYS", flow->nbbo_keys_max, 64, 200000);
    flow->nbbo_ttl_ms = whole(reader, "COMPUTE_NBBO_CACHE_TTL_MS", flow->nbbo_ttl_ms, 1, day);
    /* Baselines live in memory and are rebuilt from the bus: there is nothing to flush. */
    (void)whole(reader, "ROLLING_CACHE_FLUSH_INTERVAL_MS", 30000, 1, day);
}

static void read_dark(const struct reader *reader)
{
    struct tl_dark_limits *dark = &reader->config->flow.dark;
    const int64_t many = 1000000000;
    dark->window_ms = whole(reader, "DARK_INFER_WINDOW_MS", dark->window_ms, 1, 3600000);
    dark->cooldown_ms = whole(reader, "DARK_INFER_COOLDOWN_MS", dark->cooldown_ms, 0, 86400000);
    dark->min_block_size =
        whole(reader, "DARK_INFER_MIN_BLOCK_SIZE", dark->min_block_size, 1, many);
    dark->min_accum_size =
        whole(reader, "DARK_INFER_MIN_ACCUM_SIZE", dark->min_accum_size, 1, many);
    dark->min_accum_count =
        whole(reader, "DARK_INFER_MIN_ACCUM_COUNT", dark->min_accum_count, 1, TL_DARK_KEPT);
    dark->min_print_size =
        whole(reader, "DARK_INFER_MIN_PRINT_SIZE", dark->min_print_size, 1, many);
    dark->max_evidence =
        whole(reader, "DARK_INFER_MAX_EVIDENCE", dark->max_evidence, 1, TL_DARK_EVIDENCE_MAX);
    const char *value = reader->env("DARK_INFER_MAX_SPREAD_PCT");
    double pct = 0;
    if (!value) return;
    if (tl_parse_double(tl_str_trim(tl_str_from(value)), &pct) && pct > 0 && pct <= 1)
        dark->max_spread_pct = pct;
    else
        bad(reader, "DARK_INFER_MAX_SPREAD_PCT", value);
}

static void read_candles(const struct reader *reader)
{
    struct tl_candle_options *candles = &reader->config->candles;
    *candles = (struct tl_candle_options){.interval_count = 0};
    const char *value = reader->env("CANDLE_INTERVALS_MS");
    struct tl_str rest = tl_str_from(value), part;
    while (candles->interval_count < TL_CANDLE_INTERVALS_MAX && tl_str_cut(&rest, ',', &part)) {
        int64_t interval = 0;
        if (tl_parse_i64(tl_str_trim(part), &interval) && interval >= 1000 && interval <= 86400000)
            candles->interval_ms[candles->interval_count++] = interval;
    }
    if (candles->interval_count == 0) {
        if (value) bad(reader, "CANDLE_INTERVALS_MS", value);
        candles->interval_count = 2;
        candles->interval_ms[0] = 60000;
        candles->interval_ms[1] = 300000;
    }
    candles->max_late_ms = whole(reader, "CANDLE_MAX_LATE_MS", 0, 0, 3600000);
    /* The cache of recent candles is the API's; the bound is read so that a bad value is told. */
    (void)whole(reader, "CANDLE_CACHE_LIMIT", 2000, 1, 100000);
}

void tl_compute_config_read(struct tl_compute_config *config, const char *(*env)(const char *name))
{
    *config = (struct tl_compute_config){.flow = tl_flow_options_default()};
    struct reader reader = {config, env};
    read_flow(&reader);
    read_dark(&reader);
    read_candles(&reader);
    config->deliver = policy(&reader, "COMPUTE_DELIVER_POLICY");
    config->candle_deliver = policy(&reader, "CANDLE_DELIVER_POLICY");
    config->reset = flag(&reader, "COMPUTE_CONSUMER_RESET");
    config->candle_reset = flag(&reader, "CANDLE_CONSUMER_RESET");
    config->calendar_path = env("SMART_MONEY_EVENT_CALENDAR_PATH");
}
