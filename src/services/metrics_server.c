/* SPDX-License-Identifier: Apache-2.0
 * Exposition format 0.0.4: HELP and TYPE once a family, then its samples, each with the service's name
 * as a label. Health is 200 while the bus is there and the loop turns, else 503 with the reason. */
#include "services/metrics_server.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "net/net.h"
#include "os/os.h"

#define PAGE_BYTES_MAX (TL_METRICS_MAX * 512) /* a row with its HELP and TYPE is under 400 bytes */
#define UNSET INT64_MIN

struct tl_metrics {
    const char *service;
    struct tl_bus *bus;
    struct tl_net *net;
    pthread_t thread;
    tl_ns opened; /* monotonic */
    const struct tl_metric *table;
    atomic_size_t count;        /* set after the table: what the other thread may read */
    atomic_int_fast64_t turned; /* monotonic ns of the last turn */
    atomic_int_fast64_t values[TL_METRICS_MAX];
    char page[PAGE_BYTES_MAX]; /* of the server's thread */
};

static void put_family(struct tl_text *out, const struct tl_metric *metric)
{
    size_t size = strlen(metric->name);
    bool grows = size > 6 && strcmp(metric->name + size - 6, "_total") == 0;
    tl_text_lit(out, "# HELP tapeloom_");
    tl_text_lit(out, metric->name);
    tl_text_byte(out, ' ');
    tl_text_lit(out, metric->help);
    tl_text_lit(out, "\n# TYPE tapeloom_");
    tl_text_lit(out, metric->name);
    tl_text_lit(out, grows ? " counter\n" : " gauge\n");
}

static void put_sample(struct tl_text *out, const char *service, const struct tl_metric *metric,
                       int64_t value)
{
    tl_text_lit(out, "tapeloom_");
    tl_text_lit(out, metric->name);
    tl_text_lit(out, "{service=\"");
    tl_text_lit(out, service);
    if (metric->label) {
        tl_text_lit(out, "\",");
        tl_text_lit(out, metric->label);
        tl_text_lit(out, "=\"");
        tl_text_lit(out, metric->value);
    }
    tl_text_lit(out, "\"} ");
    tl_text_i64(out, value);
    tl_text_byte(out, '\n');
}

static int64_t turn_age_ms(struct tl_metrics *metrics)
{
    return (tl_os_monotonic() - atomic_load(&metrics->turned)) / TL_NS_PER_MS;
}

/* What every service has. */
static void put_common(struct tl_metrics *metrics, struct tl_text *out)
{
    static const struct tl_metric rows[] = {
        {"service_uptime_seconds", "Since the service was started, seconds", NULL, NULL},
        {"service_bus_connected", "1 while the bus is there, else 0", NULL, NULL},
        {"service_turn_age_ms", "Since the service's loop last went round, ms", NULL, NULL},
    };
    int64_t values[] = {(tl_os_monotonic() - metrics->opened) / TL_NS_PER_S,
                        tl_bus_connected(metrics->bus), turn_age_ms(metrics)};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        put_family(out, &rows[i]);
        put_sample(out, metrics->service, &rows[i], values[i]);
    }
}

static void put_table(struct tl_metrics *metrics, struct tl_text *out)
{
    size_t count = atomic_load_explicit(&metrics->count, memory_order_acquire);
    const char *family = "";
    const struct tl_metric *first = metrics->table;
    for (size_t i = 0; i < count; i++) {
        const struct tl_metric *metric = &metrics->table[i];
        int64_t value = atomic_load_explicit(&metrics->values[i], memory_order_relaxed);
        if (strcmp(first->name, metric->name) != 0) first = metric;
        if (value == UNSET) continue;
        if (strcmp(family, metric->name) != 0) put_family(out, first);
        family = metric->name;
        put_sample(out, metrics->service, metric, value);
    }
}

static bool scrape(void *context, struct tl_net_request *request)
{
    struct tl_metrics *metrics = context;
    struct tl_text out = {.data = metrics->page, .capacity = sizeof metrics->page};
    put_common(metrics, &out);
    put_table(metrics, &out);
    assert(!out.overflow);
    tl_net_reply(request, 200, "text/plain; version=0.0.4", NULL,
                 (struct tl_str){out.data, out.size});
    return true;
}

static bool health(void *context, struct tl_net_request *request)
{
    struct tl_metrics *metrics = context;
    bool away = !tl_bus_connected(metrics->bus);
    bool stalled = turn_age_ms(metrics) > TL_METRICS_STALL_MS;
    const char *body = away      ? "{\"status\":\"bus unreachable\"}"
                       : stalled ? "{\"status\":\"stalled\"}"
                                 : "{\"status\":\"ok\"}";
    tl_net_reply(request, away || stalled ? 503 : 200, "application/json", NULL, tl_str_from(body));
    return true;
}

static void *serve(void *argument)
{
    struct tl_metrics *metrics = argument;
    tl_net_run(metrics->net);
    return NULL;
}

enum tl_status tl_metrics_open(const char *service, int port, struct tl_bus *bus,
                               struct tl_metrics **out, struct tl_error *error)
{
    struct tl_net_options options = {.host = "127.0.0.1", .port = port};
    struct tl_metrics *metrics = calloc(1, sizeof *metrics);
    if (!metrics) return tl_error_set(error, TL_NOMEM, "metrics");
    metrics->service = service;
    metrics->bus = bus;
    metrics->opened = tl_os_monotonic();
    atomic_store(&metrics->turned, metrics->opened);
    for (size_t i = 0; i < TL_METRICS_MAX; i++)
        atomic_store(&metrics->values[i], UNSET);
    enum tl_status status = tl_net_open(&options, &metrics->net, error);
    if (status == TL_OK) {
        tl_net_route(metrics->net, "GET", "/health", health, metrics);
        tl_net_route(metrics->net, "GET", "/metrics", scrape, metrics);
        if (pthread_create(&metrics->thread, NULL, serve, metrics) != 0)
            status = tl_error_set(error, TL_NOMEM, "cannot start a thread");
    }
    if (status != TL_OK) {
        tl_net_close(metrics->net);
        free(metrics);
        return status;
    }
    tl_log_line(TL_LOG_INFO, service, "metrics on http://127.0.0.1:%d/metrics",
                tl_net_port(metrics->net));
    *out = metrics;
    return TL_OK;
}

void tl_metrics_close(struct tl_metrics *metrics)
{
    if (!metrics) return;
    tl_net_stop(metrics->net);
    pthread_join(metrics->thread, NULL);
    tl_net_close(metrics->net);
    free(metrics);
}

int tl_metrics_port(const struct tl_metrics *metrics)
{
    return metrics ? tl_net_port(metrics->net) : 0;
}

void tl_metrics_describe(struct tl_metrics *metrics, const struct tl_metric *table, size_t count)
{
    if (!metrics) return;
    assert(count <= TL_METRICS_MAX);
    metrics->table = table;
    atomic_store_explicit(&metrics->count, count, memory_order_release);
}

void tl_metrics_set(struct tl_metrics *metrics, size_t index, int64_t value)
{
    assert(index < TL_METRICS_MAX);
    if (metrics) atomic_store_explicit(&metrics->values[index], value, memory_order_relaxed);
}

void tl_metrics_turn(struct tl_metrics *metrics)
{
    if (metrics) atomic_store_explicit(&metrics->turned, tl_os_monotonic(), memory_order_relaxed);
}
