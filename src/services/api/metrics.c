/* SPDX-License-Identifier: Apache-2.0
 * Exposition format 0.0.4: HELP and TYPE once a family, then its samples. Units are in the names. */
#include "services/api/metrics.h"

#include "os/os.h"

#define NET_METRICS_BYTES 16384

static void family(struct tl_api_buffer *out, const char *name, const char *type, const char *help)
{
    tl_api_buffer_lit(out, "# HELP tapeloom_api_");
    tl_api_buffer_lit(out, name);
    tl_api_buffer_lit(out, " ");
    tl_api_buffer_lit(out, help);
    tl_api_buffer_lit(out, "\n# TYPE tapeloom_api_");
    tl_api_buffer_lit(out, name);
    tl_api_buffer_lit(out, " ");
    tl_api_buffer_lit(out, type);
    tl_api_buffer_lit(out, "\n");
}

static void sample(struct tl_api_buffer *out, const char *name, const char *label,
                   const char *value, uint64_t number)
{
    tl_api_buffer_lit(out, "tapeloom_api_");
    tl_api_buffer_lit(out, name);
    if (label) {
        tl_api_buffer_lit(out, "{");
        tl_api_buffer_lit(out, label);
        tl_api_buffer_lit(out, "=\"");
        tl_api_buffer_lit(out, value);
        tl_api_buffer_lit(out, "\"}");
    }
    tl_api_buffer_lit(out, " ");
    tl_api_buffer_u64(out, number);
    tl_api_buffer_lit(out, "\n");
}

static void single(struct tl_api_buffer *out, const char *name, const char *type, const char *help,
                   uint64_t number)
{
    family(out, name, type, help);
    sample(out, name, NULL, NULL, number);
}

static void put_feeds(const struct tl_api_metrics *metrics, struct tl_api_buffer *out)
{
    static const struct {
        const char *name, *help;
        size_t offset;
    } rows[] = {
        {"messages_total", "Messages taken from the bus",
         offsetof(struct tl_api_feed_counts, received)},
        {"invalid_total", "Messages dropped for good: not what the schema says",
         offsetof(struct tl_api_feed_counts, invalid)},
        {"inbox_dropped_total", "Messages dropped because the event loop was behind",
         offsetof(struct tl_api_feed_counts, dropped)},
        {"bus_lost_total", "Messages skipped by the bus's retention",
         offsetof(struct tl_api_feed_counts, lost)},
    };
    for (size_t row = 0; metrics->consumer && row < sizeof rows / sizeof *rows; row++) {
        family(out, rows[row].name, "counter", rows[row].help);
        for (int feed = 0; feed < TL_API_FEED_COUNT; feed++) {
            struct tl_api_feed_counts counts =
                tl_api_consumer_counts(metrics->consumer, (enum tl_api_feed)feed);
            const char *at = (const char *)&counts + rows[row].offset;
            sample(out, rows[row].name, "feed", tl_api_feed_info((enum tl_api_feed)feed)->name,
                   *(const uint64_t *)(const void *)at);
        }
    }
}

static void put_ages(const struct tl_api_metrics *metrics, int64_t now_ms,
                     struct tl_api_buffer *out)
{
    family(out, "feed_age_ms", "gauge", "Now less the market time of the feed's newest event, ms");
    for (int feed = 0; feed < TL_API_FEED_COUNT; feed++) {
        int64_t newest = metrics->store->newest_ts[feed];
        if (newest)
            sample(out, "feed_age_ms", "feed", tl_api_feed_info((enum tl_api_feed)feed)->name,
                   now_ms > newest ? (uint64_t)(now_ms - newest) : 0);
    }
}

static void put_sockets(const struct tl_api_metrics *metrics, struct tl_api_buffer *out)
{
    struct tl_live_counts live = tl_live_counts(metrics->live);
    uint64_t clients = 0, dropped = 0;
    for (int feed = 0; feed < TL_API_FEED_COUNT; feed++) {
        clients += metrics->fanouts[feed].count;
        dropped += metrics->fanouts[feed].dropped;
    }
    family(out, "socket_clients", "gauge", "Open sockets by kind");
    sample(out, "socket_clients", "kind", "channel", clients);
    sample(out, "socket_clients", "kind", "live", live.clients);
    sample(out, "socket_clients", "kind", "page", metrics->page->reader_count);
    family(out, "socket_dropped_total", "counter",
           "Messages (channel, live) and rows (page) that slow clients missed");
    sample(out, "socket_dropped_total", "kind", "channel", dropped);
    sample(out, "socket_dropped_total", "kind", "live", live.dropped);
    sample(out, "socket_dropped_total", "kind", "page", metrics->page->dropped);
    single(out, "live_subscriptions", "gauge", "Different subscriptions of /ws/live", live.entries);
    single(out, "live_events_total", "counter", "Events sent on /ws/live", live.events);
    single(out, "live_refused_total", "counter", "Invalid client messages on /ws/live",
           live.refused);
}

static void put_requests(const struct tl_api_metrics *metrics, struct tl_api_buffer *out)
{
    static const char *const classes[] = {"", "1xx", "2xx", "3xx", "4xx", "5xx"};
    family(out, "responses_total", "counter", "Answers by status class");
    for (int i = 2; i < 6; i++)
        sample(out, "responses_total", "class", classes[i], metrics->responder->answered[i]);
    single(out, "storage_failures_total", "counter", "Opens and reads of the store that failed",
           metrics->reader->failures);
    if (!metrics->admin) return;
    family(out, "control_requests_total", "counter", "Operator requests by outcome");
    sample(out, "control_requests_total", "outcome", "written", metrics->admin->written);
    sample(out, "control_requests_total", "outcome", "refused", metrics->admin->refused);
    sample(out, "control_requests_total", "outcome", "conflict", metrics->admin->conflicts);
    sample(out, "control_requests_total", "outcome", "unauthorized", metrics->admin->unauthorized);
}

void tl_api_metrics_put(const struct tl_api_metrics *metrics, int64_t now_ms,
                        struct tl_api_buffer *out)
{
    single(out, "uptime_seconds", "gauge", "Since the API was mounted, seconds",
           (uint64_t)((tl_os_monotonic() - metrics->started) / TL_NS_PER_S));
    put_feeds(metrics, out);
    put_ages(metrics, now_ms, out);
    put_sockets(metrics, out);
    put_requests(metrics, out);
    if (!tl_api_buffer_reserve(out, NET_METRICS_BYTES)) return;
    out->text.size +=
        tl_net_metrics(metrics->net, out->text.data + out->text.size, NET_METRICS_BYTES);
}

static bool health(void *context, struct tl_net_request *request)
{
    struct tl_api_metrics *metrics = context;
    tl_respond(metrics->responder, request, 200, NULL, tl_str_from("{\"status\":\"ok\"}"));
    return true;
}

static bool scrape(void *context, struct tl_net_request *request)
{
    struct tl_api_metrics *metrics = context;
    struct tl_api_buffer *body = &metrics->responder->body;
    tl_api_buffer_clear(body);
    tl_api_metrics_put(metrics, tl_os_now() / TL_NS_PER_MS, body);
    metrics->responder->answered[2]++;
    tl_net_reply(request, 200, "text/plain; version=0.0.4", NULL, tl_api_buffer_str(body));
    return true;
}

void tl_api_metrics_mount(struct tl_api_metrics *metrics, struct tl_net *net)
{
    tl_net_route(net, "GET", "/health", health, metrics);
    tl_net_route(net, "GET", "/metrics", scrape, metrics);
}
