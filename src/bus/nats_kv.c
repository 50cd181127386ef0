/* SPDX-License-Identifier: Apache-2.0
 * The control bucket on JetStream: key-value entries are messages of stream KV_synthetic_control
 * with subject $KV.synthetic_control.KEY; the revision is the stream sequence.
 *
 * A watch listens to the subject only as a hint that something happened, and then reads the stored
 * history behind the revision it delivered last; it also reads after a reconnect and every 2 s. So
 * it cannot lose the last value, and a refused compare-and-set, which shows on the subject too, is
 * never delivered. A watch that is more than 64 changes behind goes on at the oldest kept one. */
#include "bus/nats_room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "bus/bus.h"
#include "os/os.h"

#define STREAM "KV_" TL_KV_BUCKET
#define POLL (2 * TL_NS_PER_S)
#define HINT_GRACE_MS 60 /* a hint may be heard before the message is stored */

struct nats_watch {
    struct tl_watch base;
    struct tl_nats_bus *nats;
    char key[TL_KV_KEY_BYTES_MAX + 1];
    natsSubscription *hints;
    uint64_t seen; /* revision delivered last; 0: none */
    bool dirty;    /* the history may hold something newer */
    unsigned long epoch;
    tl_ns looked; /* monotonic */
};

static void key_subject(char *subject, size_t size, const char *key)
{
    snprintf(subject, size, "$KV.%s.%s", TL_KV_BUCKET, key);
}

static enum tl_status fill(struct tl_kv_entry *entry, uint64_t revision, tl_ns created,
                           const char *data, size_t size, struct tl_error *error)
{
    if (size > TL_KV_VALUE_BYTES_MAX)
        return tl_error_set(error, TL_CORRUPT, "revision %lld holds %zu bytes; at most %d",
                            (long long)revision, size, TL_KV_VALUE_BYTES_MAX);
    entry->revision = revision;
    entry->created = created;
    entry->size = size;
    if (size > 0) memcpy(entry->value, data, size);
    entry->value[size] = '\0';
    return TL_OK;
}

/* Newest revision of a key, whatever it is. TL_AGAIN: none. */
static enum tl_status newest(struct tl_nats_bus *nats, const char *key, natsMsg **message,
                             struct tl_error *error)
{
    char subject[128];
    enum tl_status status = tl_nats_up(nats, error);
    if (status != TL_OK) return status;
    key_subject(subject, sizeof subject, key);
    natsStatus s = js_GetLastMsg(message, nats->js, STREAM, subject, NULL, NULL);
    if (s == NATS_NOT_FOUND) return tl_error_set(error, TL_AGAIN, "no key %s", key);
    return s == NATS_OK ? TL_OK : tl_nats_error(error, s, "bucket " TL_KV_BUCKET);
}

static bool is_removal(natsMsg *message)
{
    const char *operation = NULL;
    return natsMsgHeader_Get(message, "KV-Operation", &operation) == NATS_OK;
}

enum tl_status tl_nats_kv_get(struct tl_bus *bus, const char *key, struct tl_kv_entry *entry,
                              struct tl_error *error)
{
    natsMsg *message = NULL;
    enum tl_status status = newest(tl_nats_of(bus), key, &message, error);
    if (status != TL_OK) return status;
    if (is_removal(message))
        status = tl_error_set(error, TL_AGAIN, "key %s was deleted", key);
    else
        status = fill(entry, natsMsg_GetSequence(message), natsMsg_GetTime(message),
                      natsMsg_GetData(message), (size_t)natsMsg_GetDataLength(message), error);
    natsMsg_Destroy(message);
    return status;
}

/* After a put without an answer: was it stored? The newest revision then holds our value and is not
 * the expected one. */
static enum tl_status resolve(struct tl_nats_bus *nats, const char *key, struct tl_str value,
                              uint64_t expected, uint64_t *revision, struct tl_error *error)
{
    natsMsg *message = NULL;
    enum tl_status status = newest(nats, key, &message, error);
    if (status == TL_AGAIN) return TL_CLOSED;
    if (status != TL_OK) return status;
    bool ours = natsMsg_GetSequence(message) != expected &&
                (size_t)natsMsg_GetDataLength(message) == value.size &&
                memcmp(natsMsg_GetData(message), value.data, value.size) == 0;
    *revision = natsMsg_GetSequence(message);
    natsMsg_Destroy(message);
    return ours ? TL_OK : tl_error_set(error, TL_CLOSED, "the server gave no answer to the write");
}

enum tl_status tl_nats_kv_put(struct tl_bus *bus, const char *key, struct tl_str value,
                              uint64_t expected_revision, struct tl_kv_entry *entry,
                              struct tl_error *error)
{
    struct tl_nats_bus *nats = tl_nats_of(bus);
    char subject[128];
    jsPubOptions options;
    jsPubAck *ack = NULL;
    jsErrCode code = 0;
    uint64_t revision = 0;
    enum tl_status status = tl_nats_up(nats, error);
    if (status != TL_OK) return status;
    key_subject(subject, sizeof subject, key);
    natsStatus s = jsPubOptions_Init(&options);
    if (expected_revision == 0)
        options.ExpectNoMessage = true;
    else if (expected_revision != UINT64_MAX)
        options.ExpectLastSubjectSeq = expected_revision;
    if (s == NATS_OK)
        s = js_Publish(&ack, nats->js, subject, value.data ? value.data : "", (int)value.size,
                       &options, &code);
    if (s == NATS_OK) revision = ack->Sequence;
    jsPubAck_Destroy(ack);
    if (code == JSStreamWrongLastSequenceErr)
        return tl_error_set(error, TL_CONFLICT, "key %s is not at revision %lld any more", key,
                            (long long)expected_revision);
    if (s == NATS_TIMEOUT)
        status = resolve(nats, key, value, expected_revision, &revision, error);
    else if (s != NATS_OK)
        status = tl_nats_error(error, s, "bucket " TL_KV_BUCKET);
    if (status != TL_OK || !entry) return status;
    natsMsg *message = NULL;
    s = js_GetMsg(&message, nats->js, STREAM, revision, NULL, NULL);
    if (s != NATS_OK) return tl_nats_error(error, s, "bucket " TL_KV_BUCKET);
    status = fill(entry, revision, natsMsg_GetTime(message), value.data, value.size, error);
    natsMsg_Destroy(message);
    return status;
}

static natsStatus list_history(struct tl_nats_bus *nats, const char *key, kvEntryList *list)
{
    list->Entries = NULL;
    list->Count = 0;
    natsStatus s = kvStore_History(list, nats->kv, key, NULL);
    return s == NATS_NOT_FOUND ? NATS_OK : s;
}

/* False for a removal or a value too large to be ours. */
static bool fill_from(struct tl_kv_entry *entry, kvEntry *from)
{
    return kvEntry_Operation(from) == kvOp_Put &&
           fill(entry, kvEntry_Revision(from), kvEntry_Created(from), kvEntry_Value(from),
                (size_t)kvEntry_ValueLen(from), NULL) == TL_OK;
}

enum tl_status tl_nats_kv_history(struct tl_bus *bus, const char *key,
                                  void (*visit)(void *context, const struct tl_kv_entry *entry),
                                  void *context, struct tl_error *error)
{
    struct tl_nats_bus *nats = tl_nats_of(bus);
    kvEntryList list;
    enum tl_status status = tl_nats_up(nats, error);
    if (status != TL_OK) return status;
    struct tl_kv_entry *entry = malloc(sizeof *entry);
    if (!entry) return tl_error_set(error, TL_NOMEM, "out of memory");
    natsStatus s = list_history(nats, key, &list);
    if (s != NATS_OK) status = tl_nats_error(error, s, "bucket " TL_KV_BUCKET);
    for (int i = 0; s == NATS_OK && i < list.Count; i++) {
        if (fill_from(entry, list.Entries[i])) visit(context, entry);
    }
    kvEntryList_Destroy(&list);
    free(entry);
    return status;
}

enum tl_status tl_nats_watch(struct tl_bus *bus, const char *key, struct tl_watch **out,
                             struct tl_error *error)
{
    struct tl_nats_bus *nats = tl_nats_of(bus);
    char subject[128];
    enum tl_status status = tl_nats_up(nats, error);
    if (status != TL_OK) return status;
    struct nats_watch *watch = calloc(1, sizeof *watch);
    if (!watch) return tl_error_set(error, TL_NOMEM, "out of memory");
    watch->nats = nats;
    watch->epoch = atomic_load(&nats->epoch);
    watch->dirty = true;
    memcpy(watch->key, key, strlen(key) + 1);
    key_subject(subject, sizeof subject, key);
    natsStatus s = natsConnection_SubscribeSync(&watch->hints, nats->connection, subject);
    if (s == NATS_OK) s = natsConnection_FlushTimeout(nats->connection, TL_NATS_REQUEST_WAIT_MS);
    if (s != NATS_OK) {
        natsSubscription_Destroy(watch->hints);
        free(watch);
        return tl_nats_error(error, s, "watching the bucket");
    }
    *out = &watch->base;
    return TL_OK;
}

void tl_nats_unwatch(struct tl_watch *base)
{
    struct nats_watch *watch = (struct nats_watch *)base;
    natsSubscription_Destroy(watch->hints);
    free(watch);
}

/* The oldest kept revision behind `seen`; the newest when nothing was delivered yet. */
static enum tl_status read_next(struct nats_watch *watch, struct tl_kv_entry *entry)
{
    kvEntryList list;
    enum tl_status status = TL_AGAIN;
    natsStatus s = list_history(watch->nats, watch->key, &list);
    for (int i = 0; s == NATS_OK && i < list.Count && status == TL_AGAIN; i++) {
        if (watch->seen == 0 && i + 1 < list.Count) continue;
        if (kvEntry_Revision(list.Entries[i]) <= watch->seen) continue;
        watch->seen = kvEntry_Revision(list.Entries[i]);
        if (fill_from(entry, list.Entries[i])) status = TL_OK;
    }
    kvEntryList_Destroy(&list);
    if (s != NATS_OK) return TL_CLOSED;
    if (status == TL_AGAIN) watch->dirty = false;
    return status;
}

/* Is there a revision behind `seen`? Unknown (link down) counts as no; the poll looks again. */
static bool newer(struct nats_watch *watch)
{
    natsMsg *message = NULL;
    if (newest(watch->nats, watch->key, &message, NULL) != TL_OK) return false;
    bool result = natsMsg_GetSequence(message) > watch->seen;
    natsMsg_Destroy(message);
    return result;
}

/* Waits for a sign of change at most wait_ms. */
static void listen_for_hint(struct nats_watch *watch, int wait_ms)
{
    natsMsg *message = NULL;
    natsStatus s = natsSubscription_NextMsg(&message, watch->hints, wait_ms < 100 ? wait_ms : 100);
    natsMsg_Destroy(message);
    if (s == NATS_OK) {
        for (int waited = 0; !watch->dirty && waited < HINT_GRACE_MS; waited += 2) {
            watch->dirty = newer(watch);
            if (!watch->dirty) tl_os_sleep_ms(2);
        }
        return;
    }
    unsigned long epoch = atomic_load(&watch->nats->epoch);
    if (epoch == watch->epoch && tl_os_monotonic() - watch->looked < POLL) return;
    if (tl_nats_up(watch->nats, NULL) != TL_OK) return;
    watch->looked = tl_os_monotonic();
    watch->epoch = epoch;
    watch->dirty = newer(watch);
}

enum tl_status tl_nats_watch_next(struct tl_watch *base, int timeout_ms, struct tl_kv_entry *entry)
{
    struct nats_watch *watch = (struct nats_watch *)base;
    tl_ns deadline = tl_os_monotonic() + timeout_ms * TL_NS_PER_MS;
    for (;;) {
        if (atomic_load(&base->bus->closed)) return TL_CLOSED;
        bool up = tl_nats_up(watch->nats, NULL) == TL_OK;
        if (up && watch->dirty) {
            enum tl_status status = read_next(watch, entry);
            if (status == TL_OK) return TL_OK;
        }
        tl_ns left = deadline - tl_os_monotonic();
        listen_for_hint(watch, left > 0 ? (int)(left / TL_NS_PER_MS) + 1 : 0);
        if (left <= 0 && !watch->dirty) return TL_AGAIN;
        if (left <= 0 && tl_nats_up(watch->nats, NULL) != TL_OK) return TL_AGAIN;
    }
}
