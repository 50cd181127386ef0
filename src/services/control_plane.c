/* SPDX-License-Identifier: Apache-2.0
 * Control log over the bus: see control_plane.h. The log is always read whole (at most 64 small values):
 * simpler than following a watch step by step, and the same after a reconnect. */
#include "services/control_plane.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "json/control_json.h"
#include "json/control_log_file.h"
#include "os/os.h"

#define ENTRIES_MAX 512           /* 64 of the bucket and what a session keeps besides */
#define SESSION_KEEP_S (7 * 3600) /* a session is 6.5 h */
#define HISTORY_BYTES 16384       /* a value of the bucket; about 60 entries of ordinary length */

struct tl_control_plane {
    struct tl_bus *bus;
    struct tl_watch *watch;
    struct tl_control_entry entries[ENTRIES_MAX];
    struct tl_control_log log;
    uint64_t revision, seen_revision, rejected;
    bool written; /* the bucket has a value */
};

static void reject(struct tl_control_plane *plane, uint64_t revision, const char *why)
{
    if (revision <= plane->seen_revision) return; /* counted when it was first seen */
    plane->rejected++;
    tl_log_rare(TL_LOG_WARN, "control", "control-rejected",
                "control revision %llu refused, the last good state stays: %s",
                (unsigned long long)revision, why);
}

/* One stored revision of `global`, oldest first. */
static void take_revision(void *context, const struct tl_kv_entry *entry)
{
    struct tl_control_plane *plane = context;
    struct tl_control state;
    struct tl_error error;
    struct tl_str json = {entry->value, entry->size};
    if (tl_control_json_parse(json, &state, NULL, &error) != TL_OK) {
        reject(plane, entry->revision, error.text);
    } else {
        int64_t effective = tl_control_effective_second(entry->created);
        struct tl_control_entry *last =
            plane->log.count ? &plane->entries[plane->log.count - 1] : NULL;
        if (last && effective < last->effective_s)
            effective = last->effective_s; /* a clock set back */
        if (plane->log.count == ENTRIES_MAX) {
            memmove(plane->entries, plane->entries + 1,
                    (ENTRIES_MAX - 1) * sizeof plane->entries[0]);
            plane->log.count--;
        }
        plane->entries[plane->log.count].effective_s = effective;
        plane->entries[plane->log.count++].state = state;
        plane->revision = entry->revision;
    }
    if (entry->revision > plane->seen_revision) plane->seen_revision = entry->revision;
    plane->written = true;
}

/* Entries kept under `history` that the bucket has forgotten go in front. */
static enum tl_status prepend_kept(struct tl_control_plane *plane, struct tl_error *error)
{
    static const size_t room = 128;
    struct tl_kv_entry *kept = malloc(sizeof *kept);
    struct tl_control_entry *older = malloc(room * sizeof *older);
    size_t count = 0, use = 0;
    enum tl_status status =
        kept && older ? tl_kv_get(plane->bus, "history", kept, error) : TL_NOMEM;
    if (status == TL_OK) {
        struct tl_str json = {kept->value, kept->size};
        struct tl_error ignored;
        if (tl_control_log_parse(json, older, room, &count, &ignored) != TL_OK) {
            tl_log_rare(TL_LOG_WARN, "control", "history-rejected",
                        "kept control history refused: %s", ignored.text);
            count = 0;
        }
        while (use < count && older[use].effective_s < plane->entries[0].effective_s)
            use++;
        if (use + plane->log.count > ENTRIES_MAX) use = ENTRIES_MAX - plane->log.count;
        memmove(plane->entries + use, plane->entries, plane->log.count * sizeof plane->entries[0]);
        memcpy(plane->entries, older, use * sizeof plane->entries[0]);
        plane->log.count += use;
    }
    free(kept);
    free(older);
    return status == TL_AGAIN ? TL_OK : status;
}

enum tl_status tl_control_plane_reload(struct tl_control_plane *plane, struct tl_error *error)
{
    size_t before = plane->log.count;
    plane->log.count = 0;
    enum tl_status status = tl_kv_history(plane->bus, "global", take_revision, plane, error);
    if (status == TL_AGAIN) status = TL_OK;
    if (status == TL_OK && plane->log.count > 0) return prepend_kept(plane, error);
    if (status != TL_OK && before > 0 && plane->log.count == 0) { /* keep what is known */
        plane->log.count = before;
        return status;
    }
    if (status != TL_OK) return status;
    plane->entries[0] = (struct tl_control_entry){0, tl_control_default()};
    plane->log.count = 1; /* nothing good is stored: the default is in force */
    return TL_OK;
}

static enum tl_status write_default(struct tl_control_plane *plane, struct tl_error *error)
{
    char bytes[TL_CONTROL_JSON_MAX];
    struct tl_text text = {.data = bytes, .capacity = sizeof bytes};
    struct tl_control state = tl_control_default();
    tl_control_json_put(&text, &state);
    struct tl_str value = {text.data, text.size};
    enum tl_status status = tl_kv_put(plane->bus, "global", value, 0, NULL, error);
    if (status == TL_CONFLICT) status = TL_OK; /* another service was first */
    return status == TL_OK ? tl_control_plane_reload(plane, error) : status;
}

enum tl_status tl_control_plane_open(struct tl_bus *bus, struct tl_control_plane **opened,
                                     struct tl_error *error)
{
    struct tl_control_plane *plane = calloc(1, sizeof *plane);
    if (!plane) return tl_error_set(error, TL_NOMEM, "out of memory");
    plane->bus = bus;
    plane->log.entries = plane->entries;
    enum tl_status status = tl_control_plane_reload(plane, error);
    if (status == TL_OK && !plane->written) status = write_default(plane, error);
    if (status == TL_OK) status = tl_kv_watch(bus, "global", &plane->watch, error);
    if (status != TL_OK) {
        tl_control_plane_close(plane);
        return status;
    }
    *opened = plane;
    return TL_OK;
}

void tl_control_plane_close(struct tl_control_plane *plane)
{
    if (!plane) return;
    if (plane->watch) tl_watch_close(plane->watch);
    free(plane);
}

enum tl_status tl_control_plane_poll(struct tl_control_plane *plane, int timeout_ms, bool *changed,
                                     struct tl_error *error)
{
    struct tl_kv_entry *entry = malloc(sizeof *entry);
    uint64_t before = plane->revision;
    *changed = false;
    if (!entry) return tl_error_set(error, TL_NOMEM, "out of memory");
    enum tl_status status = tl_watch_next(plane->watch, timeout_ms, entry);
    bool news = status == TL_OK && entry->revision > plane->seen_revision;
    free(entry);
    if (status == TL_AGAIN || (status == TL_OK && !news)) return TL_AGAIN;
    if (status != TL_OK) return tl_error_set(error, status, "the bus is closed");
    status = tl_control_plane_reload(plane, error);
    *changed = status == TL_OK && plane->revision != before;
    return status;
}

const struct tl_control_log *tl_control_plane_log(const struct tl_control_plane *plane)
{
    return &plane->log;
}

const struct tl_control *tl_control_plane_current(const struct tl_control_plane *plane)
{
    return &plane->entries[plane->log.count - 1].state;
}

uint64_t tl_control_plane_revision(const struct tl_control_plane *plane)
{
    return plane->revision;
}

int64_t tl_control_plane_effective(const struct tl_control_plane *plane)
{
    return plane->entries[plane->log.count - 1].effective_s;
}

uint64_t tl_control_plane_rejected(const struct tl_control_plane *plane)
{
    return plane->rejected;
}

enum tl_status tl_control_plane_put(struct tl_control_plane *plane, struct tl_control *control,
                                    uint64_t expected_revision, uint64_t *revision,
                                    struct tl_error *error)
{
    char bytes[TL_CONTROL_JSON_MAX];
    struct tl_text text = {.data = bytes, .capacity = sizeof bytes};
    struct tl_kv_entry *stored = malloc(sizeof *stored);
    if (!stored) return tl_error_set(error, TL_NOMEM, "out of memory");
    control->updated_at_ms = tl_os_now() / TL_NS_PER_MS;
    tl_control_json_put(&text, control);
    struct tl_str value = {text.data, text.size};
    enum tl_status status =
        tl_kv_put(plane->bus, "global", value, expected_revision, stored, error);
    if (status == TL_OK && revision) *revision = stored->revision;
    free(stored);
    return status == TL_OK ? tl_control_plane_reload(plane, error) : status;
}

enum tl_status tl_control_plane_compact(struct tl_control_plane *plane, struct tl_error *error)
{
    char bytes[HISTORY_BYTES];
    struct tl_text text = {.data = bytes, .capacity = sizeof bytes};
    int64_t oldest = tl_os_now() / TL_NS_PER_S - SESSION_KEEP_S;
    size_t first = 0;
    while (first + 1 < plane->log.count && plane->entries[first + 1].effective_s <= oldest)
        first++;
    do { /* what does not fit is the oldest */
        text.size = 0;
        text.overflow = false;
        tl_control_log_put(&text, plane->entries + first, plane->log.count - first);
    } while (text.overflow && ++first < plane->log.count);
    struct tl_str value = {text.data, text.size};
    return tl_kv_put(plane->bus, "history", value, UINT64_MAX, NULL, error);
}

enum tl_status tl_control_plane_report(struct tl_control_plane *plane, const char *service,
                                       const struct tl_applied *applied)
{
    char bytes[512], key[64];
    struct tl_text text = {.data = bytes, .capacity = sizeof bytes};
    tl_text_lit(&text, "{\"revision\":");
    tl_text_u64(&text, applied->revision);
    tl_text_lit(&text, ",\"effective_second\":");
    tl_text_i64(&text, applied->effective_s);
    tl_text_lit(&text, ",\"lag_ms\":");
    tl_text_i64(&text, applied->lag_ms);
    tl_text_lit(&text, ",\"rate_per_s\":");
    tl_text_i64(&text, (int64_t)(applied->rate_per_s + 0.5));
    tl_text_lit(&text, ",\"published\":");
    tl_text_u64(&text, applied->published);
    tl_text_lit(&text, ",\"gap_s\":");
    tl_text_u64(&text, applied->gap_s);
    tl_text_lit(&text, ",\"late_controls\":");
    tl_text_u64(&text, applied->late_controls);
    tl_text_lit(&text, ",\"updated_at\":");
    tl_text_i64(&text, tl_os_now() / TL_NS_PER_MS);
    tl_text_byte(&text, '}');
    snprintf(key, sizeof key, "applied.%s", service);
    struct tl_str value = {text.data, text.size};
    return tl_kv_put(plane->bus, key, value, UINT64_MAX, NULL, NULL);
}

enum tl_status tl_control_plane_applied(struct tl_bus *bus, const char *service, char *json,
                                        size_t capacity, struct tl_error *error)
{
    char key[64];
    struct tl_kv_entry *entry = malloc(sizeof *entry);
    if (!entry) return tl_error_set(error, TL_NOMEM, "out of memory");
    snprintf(key, sizeof key, "applied.%s", service);
    enum tl_status status = tl_kv_get(bus, key, entry, error);
    if (status == TL_OK && entry->size >= capacity)
        status = tl_error_set(error, TL_FULL, "%s is larger than %zu bytes", key, capacity);
    if (status == TL_OK) {
        memcpy(json, entry->value, entry->size);
        json[entry->size] = '\0';
    }
    free(entry);
    return status;
}
