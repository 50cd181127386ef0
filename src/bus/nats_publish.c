/* SPDX-License-Identifier: Apache-2.0
 * Publishing to JetStream, in order and exactly once across failures.
 *
 * A window of at most 4096 messages (and 32 MiB) holds what is not acknowledged yet, in publishing
 * order. Each goes out with its id (Nats-Msg-Id) and the reply subject INBOX.PLACE, so that an
 * acknowledgement names its place in the window.
 *
 * Any failure (link lost, an error instead of an acknowledgement, none for 5 s) is answered in one
 * way: the connection is dropped for good, a new one is made, and everything from the first
 * unacknowledged message on is sent again, in order, before anything new is taken.
 *
 *  - The old connection never reconnects, so nothing it still held can arrive later and out of
 *    order: what the server got from it is a prefix of what was sent (TCP).
 *  - The server drops what it already has by its id. Should it still be reading the old connection
 *    while the new one resends, both carry the same sequence, and whichever comes first at a message
 *    has come past the one before: the stream is the sequence.
 *  - Ids are remembered for 120 s only, and not while the server is down. When the first unack'ed
 *    message is older than 60 s, the stored tail is read first and what is found there counts as
 *    acknowledged.
 *  - A stream that ends before what was acknowledged has lost messages (a storage wiped or restored
 *    from a copy). The window is given up, counted, and the caller told (TL_IO); until it has heard
 *    nothing is taken, since a later message would leave a hole.
 *
 * Limit: a server that refuses one message of the window and takes a later one of the same
 * connection (its disk full for a moment) stores them in that order. */
#include "bus/nats_publish.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "bus/bus.h"
#include "bus/wait.h"
#include "os/os.h"

#define WINDOW TL_BUS_IN_FLIGHT_MAX
#define WINDOW_BYTES_MAX (32u * 1024 * 1024)
#define ACK_TIMEOUT (5 * TL_NS_PER_S)
#define STALE_AGE (60 * TL_NS_PER_S) /* half of the server's memory for ids */
#define BACKOFF_MS_MAX 1000

struct slot {
    enum tl_subject subject;
    bool acked;
    char id[TL_BUS_MESSAGE_ID_MAX + 1];
    char *data; /* kept and grown: no allocation a message once warm */
    size_t size, capacity;
    tl_ns first_sent, sent; /* monotonic */
};

struct tl_nats_publisher {
    struct tl_nats_bus *nats;
    struct tl_wait wait; /* guards all below; woken when the window or the connection changes */
    struct slot slots[WINDOW];
    uint64_t head, tail; /* places [head, tail) are not acknowledged yet */
    size_t bytes;
    natsConnection *connection; /* NULL: down; used by others only with the lock held */
    natsSubscription *acks;     /* read by the thread only */
    char inbox[64];
    bool broken; /* the thread must drop the connection */
    bool stopping, started;
    bool loss_unreported;
    uint64_t lost, resent;
    uint64_t acked_seq[TL_SUBJECT_COUNT]; /* newest acknowledged place in each stream */
    pthread_t thread;
};

static struct slot *slot_at(struct tl_nats_publisher *publisher, uint64_t place)
{
    return &publisher->slots[place % WINDOW];
}

/* With the lock held. A failure is the thread's to repair. */
static void send_slot(struct tl_nats_publisher *publisher, natsConnection *connection,
                      uint64_t place)
{
    struct slot *slot = slot_at(publisher, place);
    char reply[96];
    natsMsg *message = NULL;
    snprintf(reply, sizeof reply, "%s.%llu", publisher->inbox, (unsigned long long)place);
    natsStatus s = natsMsg_Create(&message, tl_subject_name(slot->subject), reply, slot->data,
                                  (int)slot->size);
    if (s == NATS_OK && slot->id[0]) s = natsMsgHeader_Set(message, "Nats-Msg-Id", slot->id);
    if (s == NATS_OK) s = natsConnection_PublishMsg(connection, message);
    natsMsg_Destroy(message);
    slot->sent = tl_os_monotonic();
    if (s != NATS_OK) publisher->broken = true;
}

static void clear_acked(struct tl_nats_publisher *publisher)
{
    while (publisher->head < publisher->tail && slot_at(publisher, publisher->head)->acked) {
        publisher->bytes -= slot_at(publisher, publisher->head)->size;
        publisher->head++;
    }
    tl_wait_wake(&publisher->wait);
}

/* {"stream":"X","seq":12,"duplicate":true} or {"error":{…},…}; the server's own fixed shape. */
static bool read_ack(const char *json, uint64_t *seq)
{
    const char *at = strstr(json, "\"seq\":");
    if (!at || strstr(json, "\"error\":")) return false;
    *seq = strtoull(at + 6, NULL, 10);
    return *seq > 0;
}

/* With the lock held. */
static void take_ack(struct tl_nats_publisher *publisher, natsMsg *message)
{
    char json[512];
    const char *dot = strrchr(natsMsg_GetSubject(message), '.');
    uint64_t place = dot ? strtoull(dot + 1, NULL, 10) : UINT64_MAX, seq = 0;
    if (place < publisher->head || place >= publisher->tail) return; /* known already */
    snprintf(json, sizeof json, "%.*s", natsMsg_GetDataLength(message), natsMsg_GetData(message));
    struct slot *slot = slot_at(publisher, place);
    if (natsMsg_IsNoResponders(message) || !read_ack(json, &seq)) {
        tl_log_rare(TL_LOG_WARN, publisher->nats->name, "nats-refused", "NATS refused %s: %s",
                    tl_subject_name(slot->subject), json[0] ? json : "no stream takes it");
        publisher->broken = true;
        return;
    }
    slot->acked = true;
    if (seq > publisher->acked_seq[slot->subject]) publisher->acked_seq[slot->subject] = seq;
    clear_acked(publisher);
}

/* ---- recovery, in the thread; nothing is taken meanwhile, so the window stands still ---- */

/* The window is given up: the caller resumes from what the streams hold. */
static void give_up(struct tl_nats_publisher *publisher, uint64_t missing)
{
    publisher->lost += missing + (publisher->tail - publisher->head);
    publisher->head = publisher->tail;
    publisher->bytes = 0;
    publisher->loss_unreported = true;
    tl_log_line(TL_LOG_ERROR, publisher->nats->name,
                "the streams end before what was acknowledged; %llu messages lost in all",
                (unsigned long long)publisher->lost);
}

/* Marks messages of one subject up to the newest one that the stream's tail holds. Reads back at
 * most two windows: with one publisher a subject, the first read decides. */
static natsStatus mark_stored(struct tl_nats_publisher *publisher, jsCtx *js,
                              enum tl_subject subject, uint64_t last_seq)
{
    uint64_t stop = last_seq > 2 * WINDOW ? last_seq - 2 * WINDOW : 0;
    for (uint64_t seq = last_seq; seq > stop; seq--) {
        natsMsg *message = NULL;
        const char *id = NULL;
        natsStatus s = js_GetMsg(&message, js, tl_subject_stream_name(subject), seq, NULL, NULL);
        if (s == NATS_NOT_FOUND) break;
        if (s != NATS_OK) return s;
        uint64_t found = publisher->tail;
        if (natsMsgHeader_Get(message, "Nats-Msg-Id", &id) == NATS_OK) {
            for (uint64_t place = publisher->head; place < publisher->tail; place++) {
                struct slot *slot = slot_at(publisher, place);
                if (slot->subject == subject && strcmp(slot->id, id) == 0) found = place;
            }
        }
        natsMsg_Destroy(message);
        if (found == publisher->tail) continue;
        for (uint64_t place = publisher->head; place <= found; place++) {
            if (slot_at(publisher, place)->subject == subject)
                slot_at(publisher, place)->acked = true;
        }
        break;
    }
    return NATS_OK;
}

static bool has_unacked(struct tl_nats_publisher *publisher, enum tl_subject subject)
{
    for (uint64_t place = publisher->head; place < publisher->tail; place++) {
        struct slot *slot = slot_at(publisher, place);
        if (slot->subject == subject && !slot->acked) return true;
    }
    return false;
}

/* Compares the window with what the streams hold. */
static natsStatus reconcile(struct tl_nats_publisher *publisher, jsCtx *js)
{
    uint64_t missing = 0;
    bool stale = publisher->head < publisher->tail &&
                 tl_os_monotonic() - slot_at(publisher, publisher->head)->first_sent > STALE_AGE;
    for (int i = 0; i < TL_SUBJECT_COUNT; i++) {
        enum tl_subject subject = (enum tl_subject)i;
        jsStreamInfo *info = NULL;
        if (publisher->acked_seq[i] == 0 && !(stale && has_unacked(publisher, subject))) continue;
        natsStatus s = js_GetStreamInfo(&info, js, tl_subject_stream_name(subject), NULL, NULL);
        if (s != NATS_OK) return s;
        uint64_t last_seq = info->State.LastSeq;
        jsStreamInfo_Destroy(info);
        if (last_seq < publisher->acked_seq[i]) {
            missing += publisher->acked_seq[i] - last_seq;
            publisher->acked_seq[i] = last_seq;
        }
        if (stale && has_unacked(publisher, subject)) {
            s = mark_stored(publisher, js, subject, last_seq);
            if (s != NATS_OK) return s;
        }
    }
    tl_wait_lock(&publisher->wait);
    if (missing > 0) give_up(publisher, missing);
    clear_acked(publisher);
    tl_wait_unlock(&publisher->wait);
    return NATS_OK;
}

static natsStatus listen_for_acks(struct tl_nats_publisher *publisher, natsConnection *connection,
                                  natsSubscription **acks)
{
    natsInbox *inbox = NULL;
    char pattern[80];
    natsStatus s = natsInbox_Create(&inbox);
    if (s != NATS_OK) return s;
    snprintf(publisher->inbox, sizeof publisher->inbox, "%s", inbox);
    snprintf(pattern, sizeof pattern, "%s.*", publisher->inbox);
    natsInbox_Destroy(inbox);
    s = natsConnection_SubscribeSync(acks, connection, pattern);
    if (s == NATS_OK) s = natsSubscription_SetPendingLimits(*acks, -1, -1); /* the window bounds */
    return s;
}

static enum tl_status connect_and_resend(struct tl_nats_publisher *publisher,
                                         struct tl_error *error)
{
    natsConnection *connection = NULL;
    natsSubscription *acks = NULL;
    jsCtx *js = NULL;
    enum tl_status status = tl_nats_connect(publisher->nats, false, &connection, &js, error);
    if (status != TL_OK) return status;
    natsStatus s = NATS_OK;
    if (publisher->started) status = tl_nats_ensure_streams(publisher->nats, js, error);
    if (status == TL_OK) s = reconcile(publisher, js);
    if (status == TL_OK && s == NATS_OK) s = listen_for_acks(publisher, connection, &acks);
    jsCtx_Destroy(js);
    if (status == TL_OK && s != NATS_OK) status = tl_nats_error(error, s, "publishing");
    if (status != TL_OK) {
        natsSubscription_Destroy(acks);
        natsConnection_Destroy(connection);
        return status;
    }
    tl_wait_lock(&publisher->wait);
    publisher->acks = acks;
    publisher->broken = false;
    for (uint64_t place = publisher->head; place < publisher->tail && !publisher->broken; place++) {
        send_slot(publisher, connection, place);
        publisher->resent++;
    }
    publisher->connection = connection;
    tl_wait_wake(&publisher->wait);
    tl_wait_unlock(&publisher->wait);
    return TL_OK;
}

static void disconnect(struct tl_nats_publisher *publisher)
{
    tl_wait_lock(&publisher->wait);
    natsConnection *connection = publisher->connection;
    natsSubscription *acks = publisher->acks;
    publisher->connection = NULL;
    publisher->acks = NULL;
    tl_wait_unlock(&publisher->wait);
    natsSubscription_Destroy(acks);
    natsConnection_Destroy(connection);
}

static bool stopping(struct tl_nats_publisher *publisher)
{
    tl_wait_lock(&publisher->wait);
    bool result = publisher->stopping;
    tl_wait_unlock(&publisher->wait);
    return result;
}

static void reconnect(struct tl_nats_publisher *publisher)
{
    int backoff_ms = 20;
    while (!stopping(publisher)) {
        struct tl_error error = {.text = ""};
        if (connect_and_resend(publisher, &error) == TL_OK) return;
        tl_log_rare(TL_LOG_WARN, publisher->nats->name, "nats-publisher",
                    "publishing is down, trying again: %s", error.text);
        for (int waited = 0; waited < backoff_ms && !stopping(publisher); waited += 20)
            tl_os_sleep_ms(20);
        backoff_ms = backoff_ms < BACKOFF_MS_MAX / 2 ? backoff_ms * 2 : BACKOFF_MS_MAX;
    }
}

static void *run(void *argument)
{
    struct tl_nats_publisher *publisher = argument;
    while (!stopping(publisher)) {
        natsMsg *message = NULL;
        natsStatus s = natsSubscription_NextMsg(&message, publisher->acks, 50);
        tl_wait_lock(&publisher->wait);
        if (s == NATS_OK)
            take_ack(publisher, message);
        else if (s != NATS_TIMEOUT)
            publisher->broken = true;
        else if (publisher->head < publisher->tail &&
                 tl_os_monotonic() - slot_at(publisher, publisher->head)->sent > ACK_TIMEOUT)
            publisher->broken = true;
        bool broken = publisher->broken;
        tl_wait_unlock(&publisher->wait);
        natsMsg_Destroy(message);
        if (!broken) continue;
        disconnect(publisher);
        reconnect(publisher);
    }
    return NULL;
}

/* ---- calls ---- */

enum tl_status tl_nats_publisher_create(struct tl_nats_bus *nats, struct tl_nats_publisher **out,
                                        struct tl_error *error)
{
    struct tl_nats_publisher *publisher = calloc(1, sizeof *publisher);
    *out = NULL;
    if (!publisher) return tl_error_set(error, TL_NOMEM, "out of memory");
    publisher->nats = nats;
    tl_wait_init(&publisher->wait);
    enum tl_status status = connect_and_resend(publisher, error);
    publisher->started = status == TL_OK;
    if (status == TL_OK && pthread_create(&publisher->thread, NULL, run, publisher) != 0) {
        publisher->started = false;
        status = tl_error_set(error, TL_NOMEM, "cannot start a thread");
    }
    if (status != TL_OK) {
        tl_nats_publisher_destroy(publisher);
        return status;
    }
    *out = publisher;
    return TL_OK;
}

bool tl_nats_publisher_connected(struct tl_nats_publisher *publisher)
{
    tl_wait_lock(&publisher->wait);
    bool connected = publisher->connection && !publisher->broken;
    tl_wait_unlock(&publisher->wait);
    return connected;
}

static bool fill_slot(struct slot *slot, enum tl_subject subject, struct tl_str msg_id,
                      struct tl_str data)
{
    if (data.size > slot->capacity) {
        size_t capacity = data.size + data.size / 4 + 256;
        char *grown = realloc(slot->data, capacity);
        if (!grown) return false;
        slot->data = grown;
        slot->capacity = capacity;
    }
    memcpy(slot->data, data.data, data.size);
    if (msg_id.size > 0) memcpy(slot->id, msg_id.data, msg_id.size);
    slot->id[msg_id.size] = '\0';
    slot->size = data.size;
    slot->subject = subject;
    slot->acked = false;
    slot->first_sent = tl_os_monotonic();
    return true;
}

static enum tl_status send_locked(struct tl_nats_publisher *publisher, enum tl_subject subject,
                                  struct tl_str msg_id, struct tl_str data, struct tl_error *error)
{
    if (publisher->loss_unreported)
        return tl_error_set(error, TL_IO, "NATS lost messages it had acknowledged");
    if (!publisher->connection || publisher->broken)
        return tl_error_set(error, TL_CLOSED, "NATS at %s is down now", publisher->nats->url);
    if ((int64_t)(data.size + msg_id.size) + 64 >
        natsConnection_GetMaxPayload(publisher->connection))
        return tl_error_set(error, TL_INVALID, "%zu bytes are over the server's max_payload",
                            data.size);
    if (publisher->tail - publisher->head == WINDOW ||
        publisher->bytes + data.size > WINDOW_BYTES_MAX)
        return tl_error_set(error, TL_FULL, "%d messages wait for the server", WINDOW);
    if (!fill_slot(slot_at(publisher, publisher->tail), subject, msg_id, data))
        return tl_error_set(error, TL_NOMEM, "out of memory");
    publisher->bytes += data.size;
    publisher->tail++;
    send_slot(publisher, publisher->connection, publisher->tail - 1);
    return TL_OK;
}

enum tl_status tl_nats_publisher_send(struct tl_nats_publisher *publisher, enum tl_subject subject,
                                      struct tl_str msg_id, struct tl_str data,
                                      struct tl_error *error)
{
    tl_wait_lock(&publisher->wait);
    enum tl_status status = send_locked(publisher, subject, msg_id, data, error);
    tl_wait_unlock(&publisher->wait);
    return status;
}

enum tl_status tl_nats_publisher_flush(struct tl_nats_publisher *publisher, int timeout_ms,
                                       struct tl_error *error)
{
    tl_ns deadline = tl_os_monotonic() + timeout_ms * TL_NS_PER_MS;
    enum tl_status status = TL_OK;
    tl_wait_lock(&publisher->wait);
    bool waiting = timeout_ms > 0;
    while (publisher->head < publisher->tail && !publisher->stopping && waiting)
        waiting = tl_wait_until(&publisher->wait, deadline);
    if (publisher->loss_unreported) {
        publisher->loss_unreported = false;
        status = tl_error_set(error, TL_IO, "NATS lost messages it had acknowledged (%lld in all)",
                              (long long)publisher->lost);
    } else if (publisher->head < publisher->tail) {
        status = tl_error_set(error, TL_AGAIN, "%lld messages are not acknowledged yet",
                              (long long)(publisher->tail - publisher->head));
    }
    tl_wait_unlock(&publisher->wait);
    return status;
}

void tl_nats_publisher_forgive(struct tl_nats_publisher *publisher)
{
    tl_wait_lock(&publisher->wait);
    publisher->loss_unreported = false;
    tl_wait_unlock(&publisher->wait);
}

void tl_nats_publisher_stop(struct tl_nats_publisher *publisher)
{
    if (!publisher->started) return;
    tl_wait_lock(&publisher->wait);
    publisher->stopping = true;
    uint64_t left = publisher->tail - publisher->head;
    tl_wait_wake(&publisher->wait);
    tl_wait_unlock(&publisher->wait);
    pthread_join(publisher->thread, NULL);
    publisher->started = false;
    if (left > 0)
        tl_log_line(TL_LOG_WARN, publisher->nats->name,
                    "closed with %llu messages not acknowledged", (unsigned long long)left);
}

void tl_nats_publisher_destroy(struct tl_nats_publisher *publisher)
{
    if (!publisher) return;
    tl_nats_publisher_stop(publisher);
    disconnect(publisher);
    for (int i = 0; i < WINDOW; i++)
        free(publisher->slots[i].data);
    tl_wait_deinit(&publisher->wait);
    free(publisher);
}
