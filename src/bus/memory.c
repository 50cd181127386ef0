/* SPDX-License-Identifier: Apache-2.0
 * The memory room: streams, durables and the control bucket inside one process.
 *
 * A publisher appends under the stream's lock; a subscription copies the next message out under the
 * same lock, so a reader never holds up a publisher for longer than one copy. A reader that falls
 * behind retention goes on at the oldest message and counts what it missed. Durables are remembered
 * while the process lives: a new subscription of the name goes on behind the last acknowledgement.
 *
 * Limits: at most 64 MiB a stream whatever the options say (12 streams: 768 MiB), 64 durables. */
#include "bus/memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "bus/memory_kv.h"
#include "bus/memory_stream.h"
#include "bus/room.h"
#include "os/os.h"

#define STREAM_BYTES_MAX (64LL * 1024 * 1024)
#define DURABLES_MAX 64 /* the whole system has about 20 */

struct durable {
    char name[65];
    enum tl_subject subject;
    uint64_t acked_seq; /* everything up to here is acknowledged */
    bool in_use;
};

struct memory_bus {
    struct tl_bus base;
    struct tl_memory_stream streams[TL_SUBJECT_COUNT];
    int stream_count; /* initialised ones, for an open that fails half-way */
    struct tl_memory_kv *kv;
    struct tl_wait durable_wait; /* lock of the table below; taken after no other lock */
    struct durable durables[DURABLES_MAX];
    int durable_count;
};

struct memory_subscription {
    struct tl_subscription base;
    enum tl_subject subject;
    struct durable *durable;    /* NULL: ephemeral */
    uint64_t cursor, acked_seq; /* next to hand out; acknowledged up to */
    uint64_t lost;
    uint64_t ack_pending_max;
    char *data; /* the message handed out last */
    size_t data_capacity;
};

struct memory_watch {
    struct tl_watch base;
    uint64_t seen; /* revision delivered last */
    char key[TL_KV_KEY_BYTES_MAX + 1];
};

static struct memory_bus *memory_of(struct tl_bus *bus)
{
    return (struct memory_bus *)bus;
}

static void memory_destroy(struct tl_bus *bus)
{
    struct memory_bus *memory = memory_of(bus);
    for (int i = 0; i < memory->stream_count; i++)
        tl_memory_stream_deinit(&memory->streams[i]);
    tl_memory_kv_destroy(memory->kv);
    tl_wait_deinit(&memory->durable_wait);
    free(memory);
}

static void memory_close(struct tl_bus *bus)
{
    struct memory_bus *memory = memory_of(bus);
    atomic_store(&bus->closed, true);
    for (int i = 0; i < TL_SUBJECT_COUNT; i++) {
        tl_wait_lock(&memory->streams[i].wait);
        tl_wait_wake(&memory->streams[i].wait);
        tl_wait_unlock(&memory->streams[i].wait);
    }
    tl_memory_kv_shut(memory->kv);
}

static bool memory_connected(struct tl_bus *bus)
{
    return !atomic_load(&bus->closed);
}

static enum tl_status memory_publish(struct tl_bus *bus, enum tl_subject subject,
                                     struct tl_str msg_id, struct tl_str data,
                                     struct tl_error *error)
{
    struct tl_memory_stream *stream = &memory_of(bus)->streams[subject];
    tl_wait_lock(&stream->wait);
    enum tl_status status = tl_memory_stream_append(stream, msg_id, data, tl_os_now());
    tl_wait_wake(&stream->wait);
    tl_wait_unlock(&stream->wait);
    return status == TL_OK ? TL_OK : tl_error_set(error, status, "out of memory for a message");
}

static enum tl_status memory_flush(struct tl_bus *bus, int timeout_ms, struct tl_error *error)
{
    (void)bus, (void)timeout_ms, (void)error; /* publishing is storing */
    return TL_OK;
}

static enum tl_status memory_last(struct tl_bus *bus, enum tl_subject subject, char *data,
                                  size_t capacity, size_t *size, struct tl_error *error)
{
    struct tl_memory_stream *stream = &memory_of(bus)->streams[subject];
    tl_wait_lock(&stream->wait);
    tl_memory_stream_expire(stream, tl_os_now());
    const struct tl_memory_entry *entry = tl_memory_stream_at(stream, stream->next_seq - 1);
    if (entry) {
        *size = entry->size;
        memcpy(data, entry->data, entry->size < capacity ? entry->size : capacity);
    }
    tl_wait_unlock(&stream->wait);
    return entry ? TL_OK
                 : tl_error_set(error, TL_AGAIN, "%s is empty", tl_subject_stream_name(subject));
}

/* ---- subscriptions ---- */

/* Finds or adds the durable and takes it. *created: it has no place yet. */
static enum tl_status take_durable(struct memory_bus *memory,
                                   const struct tl_subscribe_options *options,
                                   struct durable **taken, bool *created, struct tl_error *error)
{
    struct durable *found = NULL;
    enum tl_status status = TL_OK;
    tl_wait_lock(&memory->durable_wait);
    for (int i = 0; i < memory->durable_count && !found; i++) {
        if (strcmp(memory->durables[i].name, options->durable) == 0) found = &memory->durables[i];
    }
    *created = !found || options->reset;
    if (found && found->in_use)
        status = tl_error_set(error, TL_CONFLICT, "durable %s has a subscriber already",
                              options->durable);
    else if (found && found->subject != options->subject && !options->reset)
        status = tl_error_set(error, TL_INVALID, "durable %s belongs to %s", options->durable,
                              tl_subject_name(found->subject));
    else if (!found && memory->durable_count == DURABLES_MAX)
        status = tl_error_set(error, TL_FULL, "%d durables at most", DURABLES_MAX);
    if (status == TL_OK && !found) {
        found = &memory->durables[memory->durable_count++];
        memcpy(found->name, options->durable, strlen(options->durable) + 1);
    }
    if (status == TL_OK) {
        found->in_use = true;
        found->subject = options->subject;
        *taken = found;
    }
    tl_wait_unlock(&memory->durable_wait);
    return status;
}

static uint64_t start_of(struct tl_memory_stream *stream,
                         const struct tl_subscribe_options *options)
{
    tl_memory_stream_expire(stream, tl_os_now());
    switch (options->deliver) {
    case TL_DELIVER_ALL:
        return stream->first_seq;
    case TL_DELIVER_LAST:
        return stream->next_seq > stream->first_seq ? stream->next_seq - 1 : stream->next_seq;
    case TL_DELIVER_FROM_TIME:
        return tl_memory_stream_seq_from(stream, options->from);
    case TL_DELIVER_NEW:
        break;
    }
    return stream->next_seq;
}

static enum tl_status memory_subscribe(struct tl_bus *bus,
                                       const struct tl_subscribe_options *options,
                                       struct tl_subscription **out, struct tl_error *error)
{
    struct memory_bus *memory = memory_of(bus);
    struct memory_subscription *subscription = calloc(1, sizeof *subscription);
    bool created = true;
    if (!subscription) return tl_error_set(error, TL_NOMEM, "out of memory");
    subscription->subject = options->subject;
    subscription->ack_pending_max = (uint64_t)options->max_ack_pending;
    if (options->durable) {
        enum tl_status status =
            take_durable(memory, options, &subscription->durable, &created, error);
        if (status != TL_OK) {
            free(subscription);
            return status;
        }
    }
    struct tl_memory_stream *stream = &memory->streams[options->subject];
    tl_wait_lock(&stream->wait);
    if (created) {
        subscription->cursor = start_of(stream, options);
        if (subscription->durable) subscription->durable->acked_seq = subscription->cursor - 1;
    } else {
        subscription->cursor = subscription->durable->acked_seq + 1;
    }
    subscription->acked_seq = subscription->cursor - 1;
    tl_wait_unlock(&stream->wait);
    *out = &subscription->base;
    return TL_OK;
}

/* With the stream's lock held: the next message if there is one and the caller may have it. */
static const struct tl_memory_entry *ready(struct memory_subscription *subscription,
                                           struct tl_memory_stream *stream)
{
    if (subscription->cursor < stream->first_seq) {
        subscription->lost += stream->first_seq - subscription->cursor;
        subscription->cursor = stream->first_seq;
    }
    uint64_t pending = subscription->cursor - 1 - subscription->acked_seq;
    if (subscription->durable && pending >= subscription->ack_pending_max) return NULL;
    return tl_memory_stream_at(stream, subscription->cursor);
}

static bool reserve(struct memory_subscription *subscription, size_t size)
{
    if (size <= subscription->data_capacity) return true;
    char *data = realloc(subscription->data, size * 2);
    if (!data) return false;
    subscription->data = data;
    subscription->data_capacity = size * 2;
    return true;
}

static enum tl_status memory_next(struct tl_subscription *base, int timeout_ms,
                                  struct tl_message *message)
{
    struct memory_subscription *subscription = (struct memory_subscription *)base;
    struct tl_memory_stream *stream = &memory_of(base->bus)->streams[subscription->subject];
    tl_ns deadline = timeout_ms > 0 ? tl_os_monotonic() + timeout_ms * TL_NS_PER_MS : 0;
    const struct tl_memory_entry *entry;
    enum tl_status status = TL_AGAIN;
    tl_wait_lock(&stream->wait);
    tl_memory_stream_expire(stream, tl_os_now());
    bool waiting = timeout_ms > 0;
    while (!(entry = ready(subscription, stream)) && !atomic_load(&base->bus->closed) && waiting)
        waiting = tl_wait_until(&stream->wait, deadline);
    if (atomic_load(&base->bus->closed)) {
        status = TL_CLOSED;
    } else if (entry && !reserve(subscription, entry->size)) {
        status = TL_NOMEM;
    } else if (entry) {
        memcpy(subscription->data, entry->data, entry->size);
        *message = (struct tl_message){.subject = subscription->subject,
                                       .data = {subscription->data, entry->size},
                                       .stream_seq = subscription->cursor++,
                                       .stored = entry->stored,
                                       .ack = subscription};
        status = TL_OK;
    }
    tl_wait_unlock(&stream->wait);
    return status;
}

static void memory_ack(struct tl_subscription *base, uint64_t stream_seq)
{
    struct memory_subscription *subscription = (struct memory_subscription *)base;
    if (stream_seq <= subscription->acked_seq || stream_seq >= subscription->cursor) return;
    subscription->acked_seq = stream_seq;
    if (!subscription->durable) return;
    struct memory_bus *memory = memory_of(base->bus);
    tl_wait_lock(&memory->durable_wait);
    subscription->durable->acked_seq = stream_seq;
    tl_wait_unlock(&memory->durable_wait);
}

static void memory_unsubscribe(struct tl_subscription *base)
{
    struct memory_subscription *subscription = (struct memory_subscription *)base;
    struct memory_bus *memory = memory_of(base->bus);
    if (subscription->durable) {
        tl_wait_lock(&memory->durable_wait);
        subscription->durable->in_use = false;
        tl_wait_unlock(&memory->durable_wait);
    }
    free(subscription->data);
    free(subscription);
}

static uint64_t memory_lost(const struct tl_subscription *base)
{
    return ((const struct memory_subscription *)base)->lost;
}

/* ---- key-value ---- */

static enum tl_status memory_kv_get(struct tl_bus *bus, const char *key, struct tl_kv_entry *entry,
                                    struct tl_error *error)
{
    return tl_memory_kv_get(memory_of(bus)->kv, key, entry, error);
}

static enum tl_status memory_kv_put(struct tl_bus *bus, const char *key, struct tl_str value,
                                    uint64_t expected_revision, struct tl_kv_entry *entry,
                                    struct tl_error *error)
{
    return tl_memory_kv_put(memory_of(bus)->kv, key, value, expected_revision, entry, error);
}

static enum tl_status memory_kv_history(struct tl_bus *bus, const char *key,
                                        void (*visit)(void *context,
                                                      const struct tl_kv_entry *entry),
                                        void *context, struct tl_error *error)
{
    return tl_memory_kv_history(memory_of(bus)->kv, key, visit, context, error);
}

static enum tl_status memory_watch_open(struct tl_bus *bus, const char *key, struct tl_watch **out,
                                        struct tl_error *error)
{
    struct memory_watch *watch = calloc(1, sizeof *watch);
    (void)bus;
    if (!watch) return tl_error_set(error, TL_NOMEM, "out of memory");
    memcpy(watch->key, key, strlen(key) + 1);
    *out = &watch->base;
    return TL_OK;
}

static enum tl_status memory_watch_next(struct tl_watch *base, int timeout_ms,
                                        struct tl_kv_entry *entry)
{
    struct memory_watch *watch = (struct memory_watch *)base;
    enum tl_status status =
        tl_memory_kv_next(memory_of(base->bus)->kv, watch->key, watch->seen, timeout_ms, entry);
    if (status == TL_OK) watch->seen = entry->revision;
    return status;
}

static void memory_watch_close(struct tl_watch *base)
{
    free(base);
}

static const struct tl_bus_room memory_room = {
    .close = memory_close,
    .destroy = memory_destroy,
    .connected = memory_connected,
    .publish = memory_publish,
    .flush = memory_flush,
    .subscribe = memory_subscribe,
    .next = memory_next,
    .ack = memory_ack,
    .unsubscribe = memory_unsubscribe,
    .lost = memory_lost,
    .last = memory_last,
    .kv_get = memory_kv_get,
    .kv_put = memory_kv_put,
    .kv_history = memory_kv_history,
    .watch = memory_watch_open,
    .watch_next = memory_watch_next,
    .unwatch = memory_watch_close,
};

enum tl_status tl_bus_memory_open(const struct tl_bus_options *options, struct tl_bus **bus,
                                  struct tl_error *error)
{
    struct memory_bus *memory = calloc(1, sizeof *memory);
    if (!memory) return tl_error_set(error, TL_NOMEM, "out of memory");
    memory->base.room = &memory_room;
    atomic_init(&memory->base.references, 1);
    atomic_init(&memory->base.closed, false);
    tl_wait_init(&memory->durable_wait);
    enum tl_status status = tl_memory_kv_open(options->data_dir, &memory->kv, error);
    for (int i = 0; i < TL_SUBJECT_COUNT && status == TL_OK; i++) {
        enum tl_subject subject = (enum tl_subject)i;
        int64_t bytes = tl_subject_max_bytes(options, subject);
        status = tl_memory_stream_init(&memory->streams[i],
                                       tl_subject_max_age_ms(options, subject) * TL_NS_PER_MS,
                                       bytes < STREAM_BYTES_MAX ? bytes : STREAM_BYTES_MAX);
        memory->stream_count = i + 1;
        if (status != TL_OK) tl_error_set(error, status, "out of memory for the streams");
    }
    if (status != TL_OK) {
        memory_destroy(&memory->base);
        return status;
    }
    *bus = &memory->base;
    return TL_OK;
}
