/* SPDX-License-Identifier: Apache-2.0
 * The bus, from the caller's side: names and retention of the subjects, arguments checked once for
 * both rooms, and dispatch to the room the URL names. */
#include "bus/bus.h"

#include <string.h>

#include "base/text.h"
#include "bus/room.h"
#include "os/os.h"

#define RAW_MAX_AGE_MS 3600000LL
#define RAW_MAX_BYTES 536870912LL
#define DERIVED_MAX_AGE_MS 43200000LL
#define DERIVED_MAX_BYTES 268435456LL

static const struct {
    const char *name, *stream;
    bool raw;
} subjects[TL_SUBJECT_COUNT] = {
    [TL_SUBJECT_OPTIONS_PRINTS] = {"options.prints", "OPTIONS_PRINTS", true},
    [TL_SUBJECT_OPTIONS_NBBO] = {"options.nbbo", "OPTIONS_NBBO", true},
    [TL_SUBJECT_EQUITY_PRINTS] = {"equities.prints", "EQUITY_PRINTS", true},
    [TL_SUBJECT_EQUITY_QUOTES] = {"equities.quotes", "EQUITY_QUOTES", true},
    [TL_SUBJECT_OPTIONS_SIGNAL] = {"options.prints.signal", "OPTIONS_SIGNAL_PRINTS", false},
    [TL_SUBJECT_EQUITY_CANDLES] = {"equities.candles", "EQUITY_CANDLES", false},
    [TL_SUBJECT_EQUITY_JOINS] = {"equities.joins", "EQUITY_JOINS", false},
    [TL_SUBJECT_INFERRED_DARK] = {"dark.inferred", "INFERRED_DARK", false},
    [TL_SUBJECT_FLOW_PACKETS] = {"flow.packets", "FLOW_PACKETS", false},
    [TL_SUBJECT_SMART_MONEY] = {"flow.smart_money", "SMART_MONEY_EVENTS", false},
    [TL_SUBJECT_CLASSIFIER_HITS] = {"flow.classifier_hits", "CLASSIFIER_HITS", false},
    [TL_SUBJECT_ALERTS] = {"flow.alerts", "ALERTS", false},
};

static bool subject_known(enum tl_subject subject)
{
    return (unsigned)subject < TL_SUBJECT_COUNT;
}

const char *tl_subject_name(enum tl_subject subject)
{
    return subject_known(subject) ? subjects[subject].name : "?";
}

const char *tl_subject_stream_name(enum tl_subject subject)
{
    return subject_known(subject) ? subjects[subject].stream : "?";
}

int64_t tl_subject_max_age_ms(const struct tl_bus_options *options, enum tl_subject subject)
{
    return subjects[subject].raw ? options->raw_max_age_ms : options->derived_max_age_ms;
}

int64_t tl_subject_max_bytes(const struct tl_bus_options *options, enum tl_subject subject)
{
    return subjects[subject].raw ? options->raw_max_bytes : options->derived_max_bytes;
}

/* Fractions are floored; bad, negative or beyond 2^53 leaves the default. */
static void env_amount(const char *name, int64_t *amount)
{
    double value;
    struct tl_str text = tl_str_trim(tl_str_from(tl_os_env(name, "")));
    if (text.size == 0 || !tl_parse_double(text, &value)) return;
    if (value >= 0 && value < 9007199254740992.0) *amount = (int64_t)value;
}

void tl_bus_options_env(struct tl_bus_options *options)
{
    options->raw_max_age_ms = RAW_MAX_AGE_MS;
    options->raw_max_bytes = RAW_MAX_BYTES;
    options->derived_max_age_ms = DERIVED_MAX_AGE_MS;
    options->derived_max_bytes = DERIVED_MAX_BYTES;
    env_amount("STREAM_RAW_MAX_AGE_MS", &options->raw_max_age_ms);
    env_amount("STREAM_RAW_MAX_BYTES", &options->raw_max_bytes);
    env_amount("STREAM_DERIVED_MAX_AGE_MS", &options->derived_max_age_ms);
    env_amount("STREAM_DERIVED_MAX_BYTES", &options->derived_max_bytes);
}

enum tl_status tl_bus_open(const struct tl_bus_options *options, struct tl_bus **bus,
                           struct tl_error *error)
{
    struct tl_bus_options complete = *options;
    struct tl_str url = tl_str_from(options->url);
    *bus = NULL;
    if (complete.raw_max_age_ms <= 0) complete.raw_max_age_ms = RAW_MAX_AGE_MS;
    if (complete.raw_max_bytes <= 0) complete.raw_max_bytes = RAW_MAX_BYTES;
    if (complete.derived_max_age_ms <= 0) complete.derived_max_age_ms = DERIVED_MAX_AGE_MS;
    if (complete.derived_max_bytes <= 0) complete.derived_max_bytes = DERIVED_MAX_BYTES;
    if (!complete.name) complete.name = "tapeloom";
    if (tl_str_is(url, "memory:")) return tl_bus_memory_open(&complete, bus, error);
    if (tl_str_starts(url, "nats://") || tl_str_starts(url, "tls://"))
        return tl_bus_nats_open(&complete, bus, error);
    return tl_error_set(error, TL_INVALID,
                        "bus URL \"%s\" is neither memory: nor nats://HOST:PORT nor tls://…",
                        options->url ? options->url : "");
}

static void release(struct tl_bus *bus)
{
    if (atomic_fetch_sub(&bus->references, 1) == 1) bus->room->destroy(bus);
}

void tl_bus_close(struct tl_bus *bus)
{
    if (!bus) return;
    bus->room->close(bus);
    release(bus);
}

bool tl_bus_connected(struct tl_bus *bus)
{
    return bus->room->connected(bus);
}

static enum tl_status refuse_closed(const struct tl_bus *bus, struct tl_error *error)
{
    return atomic_load(&bus->closed) ? tl_error_set(error, TL_CLOSED, "the bus is closed") : TL_OK;
}

enum tl_status tl_bus_publish(struct tl_bus *bus, enum tl_subject subject, struct tl_str msg_id,
                              struct tl_str data, struct tl_error *error)
{
    if (!subject_known(subject))
        return tl_error_set(error, TL_INVALID, "no subject %d", (int)subject);
    if (data.size == 0 || data.size > TL_BUS_MESSAGE_BYTES_MAX)
        return tl_error_set(error, TL_INVALID, "a message of %zu bytes; 1 to %d are allowed",
                            data.size, TL_BUS_MESSAGE_BYTES_MAX);
    if (msg_id.size > TL_BUS_MESSAGE_ID_MAX)
        return tl_error_set(error, TL_INVALID, "a message id of %zu bytes; at most %d", msg_id.size,
                            TL_BUS_MESSAGE_ID_MAX);
    enum tl_status status = refuse_closed(bus, error);
    return status == TL_OK ? bus->room->publish(bus, subject, msg_id, data, error) : status;
}

enum tl_status tl_bus_flush(struct tl_bus *bus, int timeout_ms, struct tl_error *error)
{
    return bus->room->flush(bus, timeout_ms, error);
}

/* A durable's name is a token of a NATS subject. */
static bool name_good(const char *name, size_t max)
{
    size_t size = strlen(name);
    for (size_t i = 0; i < size; i++) {
        char c = name[i];
        bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '-' || c == '_';
        if (!good) return false;
    }
    return size > 0 && size <= max;
}

enum tl_status tl_bus_subscribe(struct tl_bus *bus, const struct tl_subscribe_options *options,
                                struct tl_subscription **subscription, struct tl_error *error)
{
    struct tl_subscribe_options complete = *options;
    *subscription = NULL;
    if (!subject_known(options->subject))
        return tl_error_set(error, TL_INVALID, "no subject %d", (int)options->subject);
    if (options->durable && !name_good(options->durable, 64))
        return tl_error_set(error, TL_INVALID,
                            "durable \"%s\": 1 to 64 letters, digits, - and _ are allowed",
                            options->durable);
    if (complete.max_ack_pending <= 0) complete.max_ack_pending = TL_BUS_ACK_PENDING_DEFAULT;
    enum tl_status status = refuse_closed(bus, error);
    if (status == TL_OK) status = bus->room->subscribe(bus, &complete, subscription, error);
    if (status != TL_OK) {
        tl_error_add(error, "subscribing to %s", subjects[options->subject].name);
        return status;
    }
    (*subscription)->bus = bus;
    atomic_fetch_add(&bus->references, 1);
    return TL_OK;
}

enum tl_status tl_subscription_next(struct tl_subscription *subscription, int timeout_ms,
                                    struct tl_message *message)
{
    return subscription->bus->room->next(subscription, timeout_ms, message);
}

void tl_subscription_ack(struct tl_subscription *subscription, const struct tl_message *message)
{
    subscription->bus->room->ack(subscription, message->stream_seq);
}

void tl_subscription_close(struct tl_subscription *subscription)
{
    if (!subscription) return;
    struct tl_bus *bus = subscription->bus;
    bus->room->unsubscribe(subscription);
    release(bus);
}

uint64_t tl_subscription_lost(const struct tl_subscription *subscription)
{
    return subscription->bus->room->lost(subscription);
}

enum tl_status tl_bus_last(struct tl_bus *bus, enum tl_subject subject, char *data, size_t capacity,
                           size_t *size, struct tl_error *error)
{
    *size = 0;
    if (!subject_known(subject))
        return tl_error_set(error, TL_INVALID, "no subject %d", (int)subject);
    enum tl_status status = refuse_closed(bus, error);
    return status == TL_OK ? bus->room->last(bus, subject, data, capacity, size, error) : status;
}

/* Keys are tokens joined by single dots, as in "applied.ingest-options". */
static enum tl_status check_key(const char *key, struct tl_error *error)
{
    struct tl_str rest = tl_str_from(key), part;
    bool good = rest.size > 0 && rest.size <= TL_KV_KEY_BYTES_MAX;
    while (good && tl_str_cut(&rest, '.', &part)) {
        char token[TL_KV_KEY_BYTES_MAX + 1];
        memcpy(token, part.data, part.size);
        token[part.size] = '\0';
        good = name_good(token, TL_KV_KEY_BYTES_MAX);
    }
    return good ? TL_OK
                : tl_error_set(error, TL_INVALID,
                               "key \"%s\": 1 to %d letters, digits, -, _ and single dots inside",
                               key ? key : "", TL_KV_KEY_BYTES_MAX);
}

enum tl_status tl_kv_get(struct tl_bus *bus, const char *key, struct tl_kv_entry *entry,
                         struct tl_error *error)
{
    enum tl_status status = check_key(key, error);
    if (status == TL_OK) status = refuse_closed(bus, error);
    return status == TL_OK ? bus->room->kv_get(bus, key, entry, error) : status;
}

enum tl_status tl_kv_put(struct tl_bus *bus, const char *key, struct tl_str value,
                         uint64_t expected_revision, struct tl_kv_entry *entry,
                         struct tl_error *error)
{
    enum tl_status status = check_key(key, error);
    if (status == TL_OK) status = refuse_closed(bus, error);
    if (status == TL_OK && value.size > TL_KV_VALUE_BYTES_MAX)
        status = tl_error_set(error, TL_INVALID, "a value of %zu bytes; at most %d", value.size,
                              TL_KV_VALUE_BYTES_MAX);
    return status == TL_OK ? bus->room->kv_put(bus, key, value, expected_revision, entry, error)
                           : status;
}

enum tl_status tl_kv_history(struct tl_bus *bus, const char *key,
                             void (*visit)(void *context, const struct tl_kv_entry *entry),
                             void *context, struct tl_error *error)
{
    enum tl_status status = check_key(key, error);
    if (status == TL_OK) status = refuse_closed(bus, error);
    return status == TL_OK ? bus->room->kv_history(bus, key, visit, context, error) : status;
}

enum tl_status tl_kv_watch(struct tl_bus *bus, const char *key, struct tl_watch **watch,
                           struct tl_error *error)
{
    *watch = NULL;
    enum tl_status status = check_key(key, error);
    if (status == TL_OK) status = refuse_closed(bus, error);
    if (status == TL_OK) status = bus->room->watch(bus, key, watch, error);
    if (status != TL_OK) return status;
    (*watch)->bus = bus;
    atomic_fetch_add(&bus->references, 1);
    return TL_OK;
}

enum tl_status tl_watch_next(struct tl_watch *watch, int timeout_ms, struct tl_kv_entry *entry)
{
    return watch->bus->room->watch_next(watch, timeout_ms, entry);
}

void tl_watch_close(struct tl_watch *watch)
{
    if (!watch) return;
    struct tl_bus *bus = watch->bus;
    bus->room->unwatch(watch);
    release(bus);
}
