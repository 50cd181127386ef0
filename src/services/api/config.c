/* SPDX-License-Identifier: Apache-2.0
 * Environment names, defaults and clamps as the contract's tables state them. */
#include "services/api/config.h"

#include "base/text.h"
#include "os/os.h"
#include "services/api/query.h"

#include <string.h>
#include <strings.h>

static int clamped(const char *name, int fallback, int min, int max)
{
    const char *text = tl_os_env(name, NULL);
    double value;
    if (!text || !tl_query_number(tl_str_trim(tl_str_from(text)), &value)) return fallback;
    if (value < (double)min) return min;
    if (value > (double)max) return max;
    return (int)value;
}

static enum tl_status read_bool(const char *name, bool *value, struct tl_error *error)
{
    struct tl_str text = tl_str_trim(tl_str_from(tl_os_env(name, "")));
    static const char *const on[] = {"1", "true", "yes", "on"};
    static const char *const off[] = {"0", "false", "no", "off", ""};
    for (size_t i = 0; i < 4; i++)
        if (strlen(on[i]) == text.size && strncasecmp(on[i], text.data, text.size) == 0) {
            *value = true;
            return TL_OK;
        }
    *value = false;
    for (size_t i = 0; i < 5; i++)
        if (strlen(off[i]) == text.size &&
            (text.size == 0 || strncasecmp(off[i], text.data, text.size) == 0))
            return TL_OK;
    return tl_error_set(error, TL_INVALID, "%s: allowed 1, true, yes, on, 0, false, no, off", name);
}

static enum tl_deliver read_deliver(void)
{
    const char *text = tl_os_env("API_DELIVER_POLICY", "new");
    if (strcmp(text, "all") == 0) return TL_DELIVER_ALL;
    /* One subject a stream: the last of the stream is the last of each subject. */
    if (strcmp(text, "last") == 0 || strcmp(text, "last_per_subject") == 0) return TL_DELIVER_LAST;
    if (strcmp(text, "new") != 0)
        tl_log_line(TL_LOG_WARN, "api", "API_DELIVER_POLICY=%s is not known, using new", text);
    return TL_DELIVER_NEW;
}

static void read_adapter(const char *name, char *out)
{
    struct tl_str text = tl_str_trim(tl_str_from(tl_os_env(name, "synthetic")));
    if (text.size >= TL_API_ADAPTER_BYTES) text.size = TL_API_ADAPTER_BYTES - 1;
    memcpy(out, text.data, text.size);
}

static void read_limits(struct tl_api_config *config)
{
    int common = clamped("LIVE_LIMIT_DEFAULT", 0, 1, 100000);
    for (int feed = 0; feed < TL_API_FEED_COUNT; feed++) {
        const struct tl_api_feed_info *info = tl_api_feed_info((enum tl_api_feed)feed);
        if (info->limit_env)
            config->cache_limits[feed] =
                clamped(info->limit_env, common ? common : info->limit, 1, 100000);
    }
    config->scoped_keys_max = clamped("LIVE_SCOPED_CACHE_MAX_KEYS", 32, 1, 1024);
}

enum tl_status tl_api_config_read(struct tl_api_config *config, struct tl_error *error)
{
    memset(config, 0, sizeof *config);
    config->rest_limit_default = clamped("REST_DEFAULT_LIMIT", 200, 1, 1000);
    config->lag_warn_ms = clamped("LIVE_LAG_WARN_MS", 120000, 1, 86400000);
    config->deliver = read_deliver();
    read_adapter("OPTIONS_INGEST_ADAPTER", config->options_adapter);
    read_adapter("EQUITIES_INGEST_ADAPTER", config->equities_adapter);
    read_limits(config);
    return read_bool("API_CONSUMER_RESET", &config->reset, error);
}
