/* SPDX-License-Identifier: Apache-2.0
 * Rolling baselines: the last values of a metric of a contract, and where a new one stands. */
#ifndef TL_FLOW_ROLLING_H
#define TL_FLOW_ROLLING_H

#include <tapeloom/types.h>

enum tl_rolling_metric {
    TL_ROLLING_PREMIUM,
    TL_ROLLING_SIZE,
    TL_ROLLING_SPREAD,
    TL_ROLLING_METRIC_COUNT
};

#define TL_ROLLING_WINDOW_MAX 500

/* Of the values before this one: mean, population standard deviation, z (0 where std is 0), all
 * rounded to 4 places; count 0 where there were none. */
struct tl_rolling_stat {
    double mean, std, z;
    uint32_t baseline_n;
};

struct tl_rolling;

/* window: values kept (1..TL_ROLLING_WINDOW_MAX); keys: (metric, contract) pairs at most; ttl_ms: a
 * baseline untouched for longer starts again. NULL: no memory. */
struct tl_rolling *tl_rolling_create(uint32_t window, uint32_t keys, int64_t ttl_ms);
void tl_rolling_destroy(struct tl_rolling *rolling);

/* The stand of value against the earlier ones; then value joins them. key: the contract id. */
struct tl_rolling_stat tl_rolling_push(struct tl_rolling *rolling, enum tl_rolling_metric metric,
                                       struct tl_str key, double value, int64_t now_ms);

#endif
