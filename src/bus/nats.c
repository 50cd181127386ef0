/* SPDX-License-Identifier: Apache-2.0
 * The NATS room: opening, closing, the newest message of a stream. Publishing, subscriptions and
 * the control bucket have files of their own.
 *
 * Two connections. The main one lets the library reconnect for ever and carries everything but
 * publishing. The publisher's never reconnects by itself, since the library would then send what it
 * still holds before what was lost; nats_publish.c says how order is kept instead.
 * The main one sends at once; the publisher's lets the library gather for up to 1 ms: about 70,000
 * messages/s of 600 bytes instead of 55,000, for 1.0 ms from publish to reader instead of 0.6
 * (2 cores, shared with others). */
#include "bus/nats_room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "bus/bus.h"
#include "bus/nats_publish.h"
#include "os/os.h"

#define CONNECT_TIMEOUT_MS 4000 /* with the requests of opening: within the 5 s of the contract */

enum tl_status tl_nats_error(struct tl_error *error, natsStatus status, const char *what)
{
    enum tl_status mapped = TL_IO;
    if (status == NATS_CONNECTION_CLOSED || status == NATS_CONNECTION_DISCONNECTED ||
        status == NATS_TIMEOUT || status == NATS_NO_RESPONDERS)
        mapped = TL_CLOSED;
    if (status == NATS_NO_MEMORY) mapped = TL_NOMEM;
    const char *detail = nats_GetLastError(NULL);
    if (status == NATS_NO_RESPONDERS) detail = "the server has no JetStream (start it with -js)";
    return tl_error_set(error, mapped, "%s: %s%s%s", what, natsStatus_GetText(status),
                        detail && detail[0] ? ": " : "", detail ? detail : "");
}

static void on_disconnected(natsConnection *connection, void *closure)
{
    const struct tl_nats_bus *nats = closure;
    (void)connection;
    if (!atomic_load(&nats->base.closed))
        tl_log_rare(TL_LOG_WARN, nats->name, "nats-lost", "NATS connection lost; reconnecting");
}

static void on_reconnected(natsConnection *connection, void *closure)
{
    struct tl_nats_bus *nats = closure;
    (void)connection;
    atomic_fetch_add(&nats->epoch, 1);
    tl_log_rare(TL_LOG_INFO, nats->name, "nats-back", "NATS connection is back");
}

/* Callbacks of one connection come one after another on a thread of the library; this is the last. */
static void on_closed(natsConnection *connection, void *closure)
{
    struct tl_nats_bus *nats = closure;
    (void)connection;
    tl_wait_lock(&nats->ending);
    nats->ended = true;
    tl_wait_wake(&nats->ending);
    tl_wait_unlock(&nats->ending);
}

static void on_error(natsConnection *connection, natsSubscription *subscription, natsStatus status,
                     void *closure)
{
    (void)connection, (void)subscription, (void)closure;
    tl_log_rare(TL_LOG_WARN, "bus", "nats-async", "NATS: %s", natsStatus_GetText(status));
}

static natsStatus set_options(natsOptions *options, const struct tl_nats_bus *nats, bool reconnect)
{
    /* The callbacks change the epoch of a structure that lives as long as the connection. */
    union {
        const struct tl_nats_bus *in;
        void *out;
    } closure = {.in = nats};
    natsStatus s = natsOptions_SetURL(options, nats->url);
    if (s == NATS_OK) s = natsOptions_SetName(options, nats->name);
    if (s == NATS_OK) s = natsOptions_SetTimeout(options, CONNECT_TIMEOUT_MS);
    if (s == NATS_OK) s = natsOptions_SetPingInterval(options, 2000);
    if (s == NATS_OK) s = natsOptions_SetMaxPingsOut(options, 3);
    if (s == NATS_OK) s = natsOptions_SetWriteDeadline(options, 5000);
    if (s == NATS_OK) s = natsOptions_SetAllowReconnect(options, reconnect);
    if (s == NATS_OK) s = natsOptions_SetErrorHandler(options, on_error, NULL);
    if (s != NATS_OK || !reconnect) return s;
    s = natsOptions_SetMaxReconnect(options, -1);
    if (s == NATS_OK) s = natsOptions_SetReconnectWait(options, 100);
    if (s == NATS_OK) s = natsOptions_SetReconnectJitter(options, 50, 50);
    if (s == NATS_OK) s = natsOptions_SetSendAsap(options, true);
    if (s == NATS_OK) s = natsOptions_SetDisconnectedCB(options, on_disconnected, closure.out);
    if (s == NATS_OK) s = natsOptions_SetClosedCB(options, on_closed, closure.out);
    if (s == NATS_OK) s = natsOptions_SetReconnectedCB(options, on_reconnected, closure.out);
    return s;
}

enum tl_status tl_nats_connect(const struct tl_nats_bus *nats, bool reconnect,
                               natsConnection **connection, jsCtx **js, struct tl_error *error)
{
    natsOptions *options = NULL;
    jsOptions js_options;
    *connection = NULL;
    *js = NULL;
    natsStatus s = natsOptions_Create(&options);
    if (s == NATS_OK) s = set_options(options, nats, reconnect);
    bool good_options = s == NATS_OK;
    if (s == NATS_OK) s = natsConnection_Connect(connection, options);
    natsOptions_Destroy(options);
    if (s == NATS_OK) s = jsOptions_Init(&js_options);
    if (s == NATS_OK) {
        js_options.Wait = TL_NATS_REQUEST_WAIT_MS;
        s = natsConnection_JetStream(js, *connection, &js_options);
    }
    if (s == NATS_OK) return TL_OK;
    natsConnection_Destroy(*connection);
    *connection = NULL;
    if (!good_options || s == NATS_INVALID_ARG)
        return tl_error_set(error, TL_INVALID, "\"%s\" is not a NATS URL (nats://HOST:PORT)",
                            nats->url);
    return tl_error_set(error, TL_IO, "cannot reach NATS at %s: %s", nats->url,
                        natsStatus_GetText(s));
}

enum tl_status tl_nats_up(struct tl_nats_bus *nats, struct tl_error *error)
{
    if (natsConnection_Status(nats->connection) == NATS_CONN_STATUS_CONNECTED) return TL_OK;
    return tl_error_set(error, TL_CLOSED, "NATS at %s is down now", nats->url);
}

static bool nats_connected(struct tl_bus *bus)
{
    struct tl_nats_bus *nats = tl_nats_of(bus);
    return !atomic_load(&bus->closed) && tl_nats_up(nats, NULL) == TL_OK &&
           tl_nats_publisher_connected(nats->publisher);
}

static enum tl_status nats_publish(struct tl_bus *bus, enum tl_subject subject,
                                   struct tl_str msg_id, struct tl_str data, struct tl_error *error)
{
    return tl_nats_publisher_send(tl_nats_of(bus)->publisher, subject, msg_id, data, error);
}

static enum tl_status nats_flush(struct tl_bus *bus, int timeout_ms, struct tl_error *error)
{
    return tl_nats_publisher_flush(tl_nats_of(bus)->publisher, timeout_ms, error);
}

static enum tl_status nats_last(struct tl_bus *bus, enum tl_subject subject, char *data,
                                size_t capacity, size_t *size, struct tl_error *error)
{
    struct tl_nats_bus *nats = tl_nats_of(bus);
    natsMsg *message = NULL;
    enum tl_status status = tl_nats_up(nats, error);
    if (status != TL_OK) return status;
    natsStatus s = js_GetLastMsg(&message, nats->js, tl_subject_stream_name(subject),
                                 tl_subject_name(subject), NULL, NULL);
    if (s == NATS_OK || s == NATS_NOT_FOUND) tl_nats_publisher_forgive(nats->publisher);
    if (s == NATS_NOT_FOUND)
        return tl_error_set(error, TL_AGAIN, "%s is empty", tl_subject_stream_name(subject));
    if (s != NATS_OK) return tl_nats_error(error, s, tl_subject_stream_name(subject));
    *size = (size_t)natsMsg_GetDataLength(message);
    memcpy(data, natsMsg_GetData(message), *size < capacity ? *size : capacity);
    natsMsg_Destroy(message);
    return TL_OK;
}

static void nats_close(struct tl_bus *bus)
{
    struct tl_nats_bus *nats = tl_nats_of(bus);
    (void)tl_nats_publisher_flush(nats->publisher, TL_BUS_CLOSE_FLUSH_MS, NULL);
    atomic_store(&bus->closed, true);
    tl_nats_publisher_stop(nats->publisher);
}

/* A callback may still be on its way to our structure. */
static void await_end(struct tl_nats_bus *nats)
{
    tl_ns deadline = tl_os_monotonic() + 10 * TL_NS_PER_S;
    tl_wait_lock(&nats->ending);
    while (!nats->ended && tl_wait_until(&nats->ending, deadline)) {
    }
    tl_wait_unlock(&nats->ending);
}

static void nats_destroy(struct tl_bus *bus)
{
    struct tl_nats_bus *nats = tl_nats_of(bus);
    tl_nats_publisher_destroy(nats->publisher);
    kvStore_Destroy(nats->kv);
    jsCtx_Destroy(nats->js);
    if (nats->connection) {
        atomic_store(&bus->closed, true);
        natsConnection_Close(nats->connection);
        await_end(nats);
        natsConnection_Destroy(nats->connection);
    }
    tl_wait_deinit(&nats->ending);
    free(nats);
}

static const struct tl_bus_room nats_room = {
    .close = nats_close,
    .destroy = nats_destroy,
    .connected = nats_connected,
    .publish = nats_publish,
    .flush = nats_flush,
    .subscribe = tl_nats_subscribe,
    .next = tl_nats_next,
    .ack = tl_nats_ack,
    .unsubscribe = tl_nats_unsubscribe,
    .lost = tl_nats_lost,
    .last = nats_last,
    .kv_get = tl_nats_kv_get,
    .kv_put = tl_nats_kv_put,
    .kv_history = tl_nats_kv_history,
    .watch = tl_nats_watch,
    .watch_next = tl_nats_watch_next,
    .unwatch = tl_nats_unwatch,
};

enum tl_status tl_bus_nats_open(const struct tl_bus_options *options, struct tl_bus **bus,
                                struct tl_error *error)
{
    struct tl_nats_bus *nats = calloc(1, sizeof *nats);
    if (!nats) return tl_error_set(error, TL_NOMEM, "out of memory");
    nats->base.room = &nats_room;
    atomic_init(&nats->base.references, 1);
    atomic_init(&nats->base.closed, false);
    atomic_init(&nats->epoch, 0);
    tl_wait_init(&nats->ending);
    nats->options = *options;
    int length = snprintf(nats->url, sizeof nats->url, "%s", options->url);
    snprintf(nats->name, sizeof nats->name, "%s", options->name);
    nats->options.url = nats->url;
    nats->options.name = nats->name;
    enum tl_status status = TL_OK;
    if (length >= (int)sizeof nats->url)
        status = tl_error_set(error, TL_INVALID, "the NATS URL is longer than %d bytes",
                              (int)sizeof nats->url - 1);
    if (status == TL_OK) status = tl_nats_connect(nats, true, &nats->connection, &nats->js, error);
    if (status == TL_OK) status = tl_nats_ensure_streams(nats, nats->js, error);
    if (status == TL_OK) status = tl_nats_ensure_bucket(nats->js, error);
    if (status == TL_OK) {
        natsStatus s = js_KeyValue(&nats->kv, nats->js, TL_KV_BUCKET);
        if (s != NATS_OK) status = tl_nats_error(error, s, "bucket " TL_KV_BUCKET);
    }
    if (status == TL_OK) status = tl_nats_publisher_create(nats, &nats->publisher, error);
    if (status != TL_OK) {
        nats_destroy(&nats->base);
        return status == TL_CLOSED ? TL_IO : status;
    }
    *bus = &nats->base;
    return TL_OK;
}
