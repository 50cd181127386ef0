/* SPDX-License-Identifier: Apache-2.0
 * Wiring of the API: environment, routes, sockets, threads, and the tick that moves events from the
 * inbox to caches and clients. Three threads besides the loop: the bus consumer, the session
 * and the lab.
 *
 * A socket may be open when the API is unmounted: the net closes it later and calls back. So the
 * memory lives until the last socket is gone; after unmount a callback only counts down. */
#include "services/api/api.h"

#include "os/os.h"
#include "services/api/lab.h"
#include "services/api/metrics.h"
#include "services/api/lookups.h"
#include "services/api/rest.h"

#include <stdlib.h>

#define PAGE_NS (50 * TL_NS_PER_MS)
#define SECOND_NS TL_NS_PER_S
#define HEARTBEAT_NS (15 * TL_NS_PER_S)
#define LAG_NS (60 * TL_NS_PER_S)

struct channel { /* context of one per-channel socket path */
    struct tl_api *api;
    struct tl_fanout *fanout;
};

struct tl_api {
    struct tl_api_config config;
    struct tl_api_reader reader;
    struct tl_responder responder;
    struct tl_rest rest;
    struct tl_lookups lookups;
    struct tl_status_pages pages;
    struct tl_admin admin;
    struct tl_api_metrics metrics;
    struct tl_live_store store;
    struct tl_live *live;
    struct tl_page page;
    struct tl_fanout fanouts[TL_API_FEED_COUNT];
    struct channel channels[TL_API_FEED_COUNT];
    struct tl_hits hits;
    struct tl_api_inbox *inbox;
    struct tl_api_consumer *consumer;
    struct tl_api_session *session;
    struct tl_api_lab *lab;
    tl_ns page_at, second_at, heartbeat_at, lag_at; /* monotonic: when each is next due */
    size_t sockets;                                 /* open ones of all kinds */
    bool unmounted;
};

/* --- tick ---------------------------------------------------------------------------------- */

static void take_item(struct tl_api *api, const struct tl_api_item *item, int64_t now_ms)
{
    bool fresh = tl_live_store_ingest(&api->store, item, now_ms);
    if (tl_api_feed_info(item->feed)->path) tl_fanout_event(&api->fanouts[item->feed], item);
    tl_live_event(api->live, item, fresh);
    tl_page_row(&api->page, item);
    if (item->profile >= 0)
        tl_hits_add(&api->hits, item->ts, item->trace_id, (enum tl_profile)item->profile);
}

static void warn_lag(const struct tl_api *api, int64_t now_ms)
{
    static const enum tl_api_feed hot[] = {TL_API_OPTIONS, TL_API_NBBO, TL_API_EQUITIES,
                                           TL_API_QUOTES};
    for (size_t i = 0; i < sizeof hot / sizeof *hot; i++) {
        int64_t newest = api->store.newest_ts[hot[i]];
        if (newest && now_ms - newest > api->config.lag_warn_ms)
            tl_log_line(TL_LOG_WARN, "api", "feed=%s lag_ms=%lld", tl_api_feed_info(hot[i])->name,
                        (long long)(now_ms - newest));
    }
}

/* Whether it is time; the next one is a period after now, so a stalled loop does not catch up. */
static bool due(tl_ns *at, tl_ns period, tl_ns now)
{
    if (now < *at) return false;
    *at = now + period;
    return true;
}

void tl_api_tick(void *context)
{
    struct tl_api *api = context;
    if (api->unmounted) return;
    const struct tl_api_item *items;
    tl_ns now = tl_os_monotonic();
    int64_t now_ms = tl_os_now() / TL_NS_PER_MS;
    size_t count = tl_api_inbox_take(api->inbox, &items);
    for (size_t i = 0; i < count; i++)
        take_item(api, &items[i], now_ms);
    tl_live_tick(api->live);
    if (due(&api->page_at, PAGE_NS, now)) tl_page_flush(&api->page);
    if (due(&api->second_at, SECOND_NS, now)) {
        tl_page_heartbeat(&api->page, now_ms);
        tl_live_store_hydrate(&api->store, now_ms);
        tl_hits_hydrate(&api->hits, &api->reader, api->store.decoder, now_ms);
        tl_api_lab_hits(api->lab, &api->hits, now_ms);
    }
    if (due(&api->heartbeat_at, HEARTBEAT_NS, now)) tl_live_heartbeat(api->live, now_ms);
    if (due(&api->lag_at, LAG_NS, now)) warn_lag(api, now_ms);
}

/* --- sockets ------------------------------------------------------------------------------- */

static void release(struct tl_api *api);

/* true: still ours to handle. */
static bool socket_gone(struct tl_api *api)
{
    api->sockets--;
    if (!api->unmounted) return true;
    if (api->sockets == 0) release(api);
    return false;
}

static void live_opened(void *context, struct tl_net_socket *socket, struct tl_str path)
{
    struct tl_api *api = context;
    (void)path;
    api->sockets++;
    if (api->unmounted)
        tl_net_socket_close(socket);
    else
        tl_live_opened(api->live, socket, tl_os_now() / TL_NS_PER_MS);
}

static void live_message(void *context, struct tl_net_socket *socket, struct tl_str text)
{
    struct tl_api *api = context;
    if (!api->unmounted) tl_live_message(api->live, socket, text, tl_os_now() / TL_NS_PER_MS);
}

static void live_closed(void *context, struct tl_net_socket *socket)
{
    struct tl_api *api = context;
    if (socket_gone(api)) tl_live_closed(api->live, socket);
}

static void page_opened(void *context, struct tl_net_socket *socket, struct tl_str path)
{
    struct tl_api *api = context;
    (void)path;
    api->sockets++;
    if (api->unmounted)
        tl_net_socket_close(socket);
    else
        tl_page_opened(&api->page, socket);
}

static void page_closed(void *context, struct tl_net_socket *socket)
{
    struct tl_api *api = context;
    if (socket_gone(api)) tl_page_closed(&api->page, socket);
}

static void channel_opened(void *context, struct tl_net_socket *socket, struct tl_str path)
{
    struct channel *channel = context;
    (void)path;
    channel->api->sockets++;
    if (channel->api->unmounted)
        tl_net_socket_close(socket);
    else
        tl_fanout_opened(channel->fanout, socket);
}

static void channel_closed(void *context, struct tl_net_socket *socket)
{
    struct channel *channel = context;
    if (socket_gone(channel->api)) tl_fanout_closed(channel->fanout, socket);
}

/* --- mount --------------------------------------------------------------------------------- */

static bool preflight(void *context, struct tl_net_request *request)
{
    struct tl_api *api = context;
    return tl_respond_preflight(&api->responder, request);
}

static void mount_sockets(struct tl_api *api, struct tl_net *net)
{
    static const struct tl_net_socket_ops live_ops = {live_opened, live_message, live_closed};
    static const struct tl_net_socket_ops page_ops = {page_opened, NULL, page_closed};
    static const struct tl_net_socket_ops channel_ops = {channel_opened, NULL, channel_closed};
    tl_net_websocket(net, "/ws", &page_ops, api);
    tl_net_websocket(net, "/ws/live", &live_ops, api);
    for (int feed = 0; feed < TL_API_FEED_COUNT; feed++) {
        const struct tl_api_feed_info *info = tl_api_feed_info((enum tl_api_feed)feed);
        if (!info->path) continue;
        api->fanouts[feed].info = info;
        api->channels[feed] = (struct channel){api, &api->fanouts[feed]};
        tl_net_websocket(net, info->path, &channel_ops, &api->channels[feed]);
    }
}

static void mount_routes(struct tl_api *api, const struct tl_service *service)
{
    struct tl_error error = {0};
    api->responder.config = &api->config;
    api->rest.responder = api->lookups.responder = api->pages.responder = &api->responder;
    api->rest.reader = api->lookups.reader = &api->reader;
    api->pages.session = api->session;
    api->metrics = (struct tl_api_metrics){.net = service->net,
                                           .responder = &api->responder,
                                           .reader = &api->reader,
                                           .store = &api->store,
                                           .live = api->live,
                                           .page = &api->page,
                                           .fanouts = api->fanouts,
                                           .consumer = api->consumer,
                                           .started = tl_os_monotonic()};
    tl_api_metrics_mount(&api->metrics, service->net);
    tl_rest_mount(&api->rest, service->net);
    tl_lookups_mount(&api->lookups, service->net);
    tl_status_mount(&api->pages, service->net);
    tl_api_lab_mount(api->lab, service->net);
    if (service->control_enabled) {
        api->admin.responder = &api->responder;
        api->admin.bus = service->bus;
        api->admin.session = api->session;
        api->admin.hits = &api->hits;
        api->admin.token = service->admin_token;
        api->metrics.admin = &api->admin;
        /* Writes the default state before the first request; without the bus, a write tries again. */
        if (tl_control_plane_open(service->bus, &api->admin.plane, &error) != TL_OK) {
            api->admin.plane = NULL;
            tl_log_line(TL_LOG_WARN, "api", "control store: %s", error.text);
        }
        tl_admin_mount(&api->admin, service->net);
    }
    tl_net_route(service->net, "OPTIONS", "*", preflight, api);
    mount_sockets(api, service->net);
    tl_net_timer(service->net, TL_API_TICK_MS, tl_api_tick, api);
}

static enum tl_status open_parts(struct tl_api *api, const struct tl_service *service,
                                 struct tl_error *error)
{
    enum tl_status status = tl_api_config_read(&api->config, error);
    if (status == TL_OK && service->control_enabled &&
        (!service->admin_token || !service->admin_token[0]))
        status = tl_error_set(error, TL_INVALID,
                              "SYNTHETIC_CONTROL_ENABLED is on but SYNTHETIC_ADMIN_TOKEN is empty");
    if (status != TL_OK) return status;
    api->reader.dir = service->data_dir;
    status = tl_live_store_init(&api->store, &api->config, &api->reader, error);
    if (status != TL_OK) return status;
    api->live = tl_live_create(&api->store);
    api->inbox = tl_api_inbox_create();
    if (!api->live || !api->inbox) return tl_error_set(error, TL_NOMEM, "api: out of memory");
    status = tl_api_session_start(service->bus, &service->market, &api->session, error);
    if (status == TL_OK)
        status = tl_api_lab_start(service->bus, &service->market, api->session, &api->responder,
                                  &api->lab, error);
    if (status == TL_OK)
        status = tl_api_consumer_start(service->bus, &api->config, api->inbox, api->lab,
                                       &api->consumer, error);
    return status;
}

enum tl_status tl_api_mount(const struct tl_service *service, struct tl_api **out,
                            struct tl_error *error)
{
    struct tl_api *api = calloc(1, sizeof *api);
    if (!api) return tl_error_set(error, TL_NOMEM, "api: out of memory");
    enum tl_status status = open_parts(api, service, error);
    if (status != TL_OK) {
        tl_api_unmount(api);
        return status;
    }
    api->heartbeat_at = api->lag_at = tl_os_monotonic() + HEARTBEAT_NS;
    mount_routes(api, service);
    *out = api;
    return TL_OK;
}

static void release(struct tl_api *api)
{
    free(api);
}

void tl_api_unmount(struct tl_api *api)
{
    if (!api) return;
    tl_api_consumer_stop(api->consumer);
    tl_api_lab_stop(api->lab);
    tl_api_session_stop(api->session);
    tl_live_destroy(api->live);
    if (api->store.config) tl_live_store_deinit(&api->store);
    tl_api_inbox_destroy(api->inbox);
    tl_page_deinit(&api->page);
    for (int feed = 0; feed < TL_API_FEED_COUNT; feed++)
        tl_fanout_deinit(&api->fanouts[feed]);
    tl_rest_deinit(&api->rest);
    tl_lookups_deinit(&api->lookups);
    tl_admin_deinit(&api->admin);
    tl_api_buffer_deinit(&api->responder.body);
    tl_api_reader_close(&api->reader);
    api->unmounted = true;
    if (api->sockets == 0) release(api);
}
