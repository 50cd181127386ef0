/* SPDX-License-Identifier: Apache-2.0
 * The bus: publish, subscribe, key-value watch. Two rooms: memory (one process; control state kept
 * in a local file) and nats (JetStream). Streams, subjects and retention of the public contract are
 * made by tl_bus_open. One conformance suite runs against both.
 *
 * Threads: a bus handle may be shared by threads; a subscription or watch belongs to one. */
#ifndef TL_BUS_BUS_H
#define TL_BUS_BUS_H

#include <tapeloom/types.h>

enum tl_subject {
    TL_SUBJECT_OPTIONS_PRINTS,  /* options.prints          stream OPTIONS_PRINTS */
    TL_SUBJECT_OPTIONS_NBBO,    /* options.nbbo */
    TL_SUBJECT_EQUITY_PRINTS,   /* equities.prints */
    TL_SUBJECT_EQUITY_QUOTES,   /* equities.quotes */
    TL_SUBJECT_OPTIONS_SIGNAL,  /* options.prints.signal */
    TL_SUBJECT_EQUITY_CANDLES,  /* equities.candles */
    TL_SUBJECT_EQUITY_JOINS,    /* equities.joins */
    TL_SUBJECT_INFERRED_DARK,   /* dark.inferred */
    TL_SUBJECT_FLOW_PACKETS,    /* flow.packets */
    TL_SUBJECT_SMART_MONEY,     /* flow.smart_money */
    TL_SUBJECT_CLASSIFIER_HITS, /* flow.classifier_hits */
    TL_SUBJECT_ALERTS,          /* flow.alerts */
    TL_SUBJECT_COUNT
};

const char *tl_subject_name(enum tl_subject subject);        /* "options.prints" */
const char *tl_subject_stream_name(enum tl_subject subject); /* "OPTIONS_PRINTS" */

struct tl_bus;
struct tl_subscription;
struct tl_watch;

struct tl_bus_options {
    const char *url;      /* "memory:" or "nats://host:port" */
    const char *data_dir; /* memory: where the control state's file lives; NULL: nowhere (tests) */
    const char *name;     /* client name shown by the server, e.g. "ingest-options" */
    int64_t raw_max_age_ms, raw_max_bytes, derived_max_age_ms, derived_max_bytes; /* 0: defaults;
        memory room: caps at 64 MiB a stream besides */
};

/* Reads STREAM_{RAW,DERIVED}_MAX_{AGE_MS,BYTES} over the defaults (bad or negative: default). */
void tl_bus_options_env(struct tl_bus_options *options);

/* Connects, creates what is missing, updates changed retention. TL_IO: unreachable (within 5 s).
 * TL_INVALID: a stream exists with another subject or storage, or the URL is malformed. Once open,
 * a lost server is reconnected for ever in the background. */
enum tl_status tl_bus_open(const struct tl_bus_options *options, struct tl_bus **bus,
                           struct tl_error *error) TL_MUST_USE;
void tl_bus_close(struct tl_bus *bus); /* flushes up to 2 s; NULL is fine */
bool tl_bus_connected(struct tl_bus *bus);

/* Ids of derived events hold a packet's id, which holds a contract id or several. */
#define TL_BUS_MESSAGE_ID_MAX 512

/* Publishes with at-least-once storage: the message is resent until acknowledged, in order. msg_id
 * (at most TL_BUS_MESSAGE_ID_MAX bytes, may be empty) dedupes (Nats-Msg-Id) within 120 s. data is
 * copied. TL_FULL: 4096 messages in flight, nothing was taken; flush or try again. TL_CLOSED: the
 * bus is down now, nothing was taken. TL_IO: messages were lost for good, nothing is taken until
 * tl_bus_flush has said so or tl_bus_last was read. */
enum tl_status tl_bus_publish(struct tl_bus *bus, enum tl_subject subject, struct tl_str msg_id,
                              struct tl_str data, struct tl_error *error) TL_MUST_USE;
/* Waits until all that this handle published is stored. TL_AGAIN on timeout. TL_IO if messages were
 * lost for good (counted): the caller must re-read tl_bus_last and resume from there. */
enum tl_status tl_bus_flush(struct tl_bus *bus, int timeout_ms, struct tl_error *error) TL_MUST_USE;

struct tl_message {
    enum tl_subject subject;
    struct tl_str data;  /* borrowed until the next call on the subscription */
    uint64_t stream_seq; /* 1-based place in its stream */
    tl_ns stored;        /* the store's own stamp */
    void *ack;           /* for tl_subscription_ack */
};

enum tl_deliver { TL_DELIVER_NEW, TL_DELIVER_ALL, TL_DELIVER_LAST, TL_DELIVER_FROM_TIME };

struct tl_subscribe_options {
    enum tl_subject subject;
    const char *durable;     /* remembered by the server across restarts; NULL: ephemeral */
    enum tl_deliver deliver; /* where a new consumer starts; an existing durable goes on */
    tl_ns from;              /* TL_DELIVER_FROM_TIME: by the store's stamp */
    bool reset;              /* delete the durable first */
    /* 0: 4096. An open subscription gets each message once; what it did not acknowledge comes again
     * to the next subscription of the durable. */
    int max_ack_pending;
};

/* TL_CONFLICT: the durable has a subscriber. TL_CLOSED: the bus is down now. */
enum tl_status tl_bus_subscribe(struct tl_bus *bus, const struct tl_subscribe_options *options,
                                struct tl_subscription **subscription,
                                struct tl_error *error) TL_MUST_USE;
/* Next message, in stream order, each once. TL_AGAIN after timeout_ms (0: at once). TL_CLOSED: the bus is
 * closed. A lost server shows as TL_AGAIN until it is back; the durable then goes on without a gap.
 */
enum tl_status tl_subscription_next(struct tl_subscription *subscription, int timeout_ms,
                                    struct tl_message *message) TL_MUST_USE;
/* Acknowledges this message and every earlier one of the subscription (ack policy: all). */
void tl_subscription_ack(struct tl_subscription *subscription, const struct tl_message *message);
void tl_subscription_close(struct tl_subscription *subscription);
uint64_t
tl_subscription_lost(const struct tl_subscription *subscription); /* skipped by retention */

/* Copies the newest stored message of a subject; *size is set to its true size. TL_AGAIN: the
 * stream is empty. TL_CLOSED: bus down. Used by a publisher to resume. */
enum tl_status tl_bus_last(struct tl_bus *bus, enum tl_subject subject, char *data, size_t capacity,
                           size_t *size, struct tl_error *error) TL_MUST_USE;

/* Key-value bucket `synthetic_control`, history 64. */
struct tl_kv_entry {
    uint64_t revision; /* ascending over the bucket */
    tl_ns created;     /* the store's own stamp */
    size_t size;
    char value[16384 + 1]; /* NUL-terminated */
};

enum tl_status tl_kv_get(struct tl_bus *bus, const char *key, struct tl_kv_entry *entry,
                         struct tl_error *error) TL_MUST_USE; /* TL_AGAIN: no such key */
/* expected_revision: UINT64_MAX any; 0 create only; else compare-and-set -> TL_CONFLICT. *entry (if
 * not NULL) gets the stored revision and stamp. */
enum tl_status tl_kv_put(struct tl_bus *bus, const char *key, struct tl_str value,
                         uint64_t expected_revision, struct tl_kv_entry *entry,
                         struct tl_error *error) TL_MUST_USE;
/* Calls visit for each stored revision, oldest first (at most 64). */
enum tl_status tl_kv_history(struct tl_bus *bus, const char *key,
                             void (*visit)(void *context, const struct tl_kv_entry *entry),
                             void *context, struct tl_error *error) TL_MUST_USE;
/* A watch delivers the current value first, then every change, in order. */
enum tl_status tl_kv_watch(struct tl_bus *bus, const char *key, struct tl_watch **watch,
                           struct tl_error *error) TL_MUST_USE;
enum tl_status tl_watch_next(struct tl_watch *watch, int timeout_ms,
                             struct tl_kv_entry *entry) TL_MUST_USE;
void tl_watch_close(struct tl_watch *watch);

#endif
