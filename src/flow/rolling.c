/* SPDX-License-Identifier: Apache-2.0
 * Rolling baselines in two passes over at most `window` values (default 50): no running sums, so
 * that a baseline of equal values has a deviation of exactly 0 and old values leave no trace. */
#include "flow/rolling.h"

#include <stdlib.h>

#include "base/math.h"
#include "flow/table.h"

struct tl_rolling {
    uint32_t window;
    int64_t ttl_ms;
    struct tl_table *tables[TL_ROLLING_METRIC_COUNT];
};

struct baseline {
    int64_t touched_ms;
    uint32_t count, next;
    double values[];
};

struct tl_rolling *tl_rolling_create(uint32_t window, uint32_t keys, int64_t ttl_ms)
{
    struct tl_rolling *rolling = calloc(1, sizeof *rolling);
    if (!rolling) return NULL;
    rolling->window = window;
    rolling->ttl_ms = ttl_ms;
    uint32_t each = keys / TL_ROLLING_METRIC_COUNT + 1;
    for (int metric = 0; metric < TL_ROLLING_METRIC_COUNT; metric++) {
        rolling->tables[metric] =
            tl_table_create(each, sizeof(struct baseline) + window * sizeof(double));
        if (!rolling->tables[metric]) {
            tl_rolling_destroy(rolling);
            return NULL;
        }
    }
    return rolling;
}

void tl_rolling_destroy(struct tl_rolling *rolling)
{
    if (!rolling) return;
    for (int metric = 0; metric < TL_ROLLING_METRIC_COUNT; metric++)
        tl_table_destroy(rolling->tables[metric]);
    free(rolling);
}

static struct tl_rolling_stat stand(const struct baseline *base, double value)
{
    struct tl_rolling_stat stat = {0, 0, 0, base->count};
    if (base->count == 0) return stat;
    double sum = 0, squares = 0, n = (double)base->count;
    for (uint32_t i = 0; i < base->count; i++)
        sum += base->values[i];
    double mean = sum / n;
    for (uint32_t i = 0; i < base->count; i++)
        squares += (base->values[i] - mean) * (base->values[i] - mean);
    double std = tl_sqrt(squares / n);
    stat.mean = tl_round_js(mean, 4);
    stat.std = tl_round_js(std, 4);
    stat.z = std > 0 ? tl_round_js((value - mean) / std, 4) : 0;
    return stat;
}

struct tl_rolling_stat tl_rolling_push(struct tl_rolling *rolling, enum tl_rolling_metric metric,
                                       struct tl_str key, double value, int64_t now_ms)
{
    struct baseline *base = tl_table_put(rolling->tables[metric], key, NULL);
    if (!base) return (struct tl_rolling_stat){0, 0, 0, 0};
    if (base->count > 0 && now_ms - base->touched_ms > rolling->ttl_ms)
        base->count = base->next = 0;
    base->touched_ms = now_ms;
    struct tl_rolling_stat stat = stand(base, value);
    base->values[base->next] = value;
    base->next = (base->next + 1) % rolling->window;
    if (base->count < rolling->window) base->count++;
    return stat;
}
