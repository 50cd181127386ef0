/* SPDX-License-Identifier: Apache-2.0
 * The API's environment, read once at mount. */
#ifndef TL_SERVICES_API_CONFIG_H
#define TL_SERVICES_API_CONFIG_H

#include "services/api/feed.h"

#define TL_API_ADAPTER_BYTES 32

struct tl_api_config {
    int rest_limit_default;              /* REST_DEFAULT_LIMIT */
    enum tl_deliver deliver;             /* API_DELIVER_POLICY */
    bool reset;                          /* API_CONSUMER_RESET */
    int64_t lag_warn_ms;                 /* LIVE_LAG_WARN_MS */
    int cache_limits[TL_API_FEED_COUNT]; /* LIVE_LIMIT_* */
    int scoped_keys_max;                 /* LIVE_SCOPED_CACHE_MAX_KEYS */
    char options_adapter[TL_API_ADAPTER_BYTES], equities_adapter[TL_API_ADAPTER_BYTES];
};

/* TL_INVALID: a boolean that is none of 1 true yes on 0 false no off (any case, trimmed). Numbers
 * that are none take their defaults. */
enum tl_status tl_api_config_read(struct tl_api_config *config, struct tl_error *error) TL_MUST_USE;

#endif
