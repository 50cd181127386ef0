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

#define ENTRIES_MAX TL_CONTROL_ENTRIES_MAX
#define CHUNKS 8
#define CHUNK_BYTES 16384 /* a value of the bucket; about 45 entries of ordinary length */
#define CHUNK_ENTRIES 64  /* an entry has at least 300 bytes */
#define RECENT 32         /* the newest entries need no chunk yet: the bucket keeps 64 */

struct stored { /* what the bucket says of an entry; revision 0: it is from a chunk */
    uint64_t revision;
    tl_ns created;
};

struct tl_control_plane {
    struct tl_bus *bus;
    struct tl_watch *watch;
    struct tl_control_entry entries[ENTRIES_MAX];
    struct stored stored[ENTRIES_MAX];                     /* of each entry */
    struct tl_control_entry older[CHUNKS * CHUNK_ENTRIES]; /* scratch of a reload */
    struct tl_control_log log;
    uint64_t revision, seen_revision, rejected;
    bool written; /* the bucket has a value */
    bool stale;   /* a change was seen, and not read in yet */
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
            memmove(plane->stored, plane->stored + 1, (ENTRIES_MAX - 1) * sizeof plane->stored[0]);
            plane->log.count--;
        }
        plane->stored[plane->log.count] = (struct stored){entry->revision, entry->created};
        plane->entries[plane->log.count].effective_s = effective;
        plane->entries[plane->log.count++].state = state;
        plane->revision = entry->revision;
    }
    if (entry->revision > plane->seen_revision) plane->seen_revision = entry->revision;
    plane->written = true;
}

struct chunk {
    struct tl_control_entry entries[CHUNK_ENTRIES];
    size_t count;
};

struct kept { /* the chunks, oldest first */
    struct chunk chunks[CHUNKS];
    int key[CHUNKS]; /* number of the key it is stored under */
    int count;
    struct tl_kv_entry value;
};

static void chunk_key(char key[32], int number)
{
    snprintf(key, 32, "history-%d", number);
}

/* Reads all chunks. A malformed one counts as absent. Their order is that of their entries. */
static enum tl_status read_chunks(struct tl_bus *bus, struct kept *kept, struct tl_error *error)
{
    kept->count = 0;
    for (int number = 0; number < CHUNKS; number++) {
        char key[32];
        struct tl_error why;
        struct chunk *chunk = &kept->chunks[kept->count];
        chunk_key(key, number);
        enum tl_status status = tl_kv_get(bus, key, &kept->value, error);
        if (status == TL_AGAIN) continue;
        if (status != TL_OK) return status;
        struct tl_str json = {kept->value.value, kept->value.size};
        if (tl_control_log_parse(json, chunk->entries, CHUNK_ENTRIES, &chunk->count, &why) !=
            TL_OK) {
            tl_log_rare(TL_LOG_WARN, "control", "history-rejected",
                        "kept control history %s refused: %s", key, why.text);
            continue;
        }
        struct chunk read = *chunk;
        int at = kept->count++;
        for (; at > 0 && kept->chunks[at - 1].entries[0].effective_s > read.entries[0].effective_s;
             at--) {
            kept->chunks[at] = kept->chunks[at - 1];
            kept->key[at] = kept->key[at - 1];
        }
        kept->chunks[at] = read;
        kept->key[at] = number;
    }
    return TL_OK;
}

/* Entries that the bucket has forgotten go in front. Of several with one effective second only the
 * newest is ever in force, so equal seconds are left to the bucket. */
static void prepend(struct tl_control_plane *plane, const struct kept *kept)
{
    struct tl_control_entry *all = plane->older;
    size_t count = 0;
    for (int c = 0; c < kept->count; c++) {
        for (size_t i = 0; i < kept->chunks[c].count; i++) {
            const struct tl_control_entry *entry = &kept->chunks[c].entries[i];
            if (entry->effective_s >= plane->entries[0].effective_s) break;
            if (count > 0 && entry->effective_s < all[count - 1].effective_s) continue;
            all[count++] = *entry;
        }
    }
    size_t room = ENTRIES_MAX - plane->log.count, skip = count > room ? count - room : 0;
    size_t use = count - skip;
    memmove(plane->entries + use, plane->entries, plane->log.count * sizeof plane->entries[0]);
    memcpy(plane->entries, all + skip, use * sizeof plane->entries[0]);
    memmove(plane->stored + use, plane->stored, plane->log.count * sizeof plane->stored[0]);
    memset(plane->stored, 0, use * sizeof plane->stored[0]);
    plane->log.count += use;
}

static enum tl_status prepend_kept(struct tl_control_plane *plane, struct tl_error *error)
{
    struct kept *kept = malloc(sizeof *kept);
    if (!kept) return tl_error_set(error, TL_NOMEM, "out of memory");
    enum tl_status status = read_chunks(plane->bus, kept, error);
    if (status == TL_OK) prepend(plane, kept);
    free(kept);
    return status;
}

static enum tl_status read_log(struct tl_control_plane *plane, struct tl_error *error)
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
    plane->stored[0] = (struct stored){0, 0};
    plane->log.count = 1; /* nothing good is stored: the default is in force */
    return TL_OK;
}

enum tl_status tl_control_plane_reload(struct tl_control_plane *plane, struct tl_error *error)
{
    enum tl_status status = read_log(plane, error);
    plane->stale = status != TL_OK;
    return status;
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
    if (status == TL_OK && entry->revision > plane->seen_revision) plane->stale = true;
    free(entry);
    if (status != TL_OK && status != TL_AGAIN)
        return tl_error_set(error, status, "the bus is closed");
    /* A change whose reading failed half-way (the link went) is read as soon as that works. */
    if (!plane->stale) return TL_AGAIN;
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
        text.overflow ? tl_error_set(error, TL_INVALID, "the control state is too long")
                      : tl_kv_put(plane->bus, "global", value, expected_revision, stored, error);
    if (status == TL_OK && revision) *revision = stored->revision;
    free(stored);
    return status == TL_OK ? tl_control_plane_reload(plane, error) : status;
}

static enum tl_status write_chunk(struct tl_control_plane *plane, const struct chunk *chunk,
                                  int number, struct tl_error *error)
{
    char bytes[CHUNK_BYTES], key[32];
    struct tl_text text = {.data = bytes, .capacity = sizeof bytes};
    chunk_key(key, number);
    tl_control_log_put(&text, chunk->entries, chunk->count);
    if (text.overflow) return TL_FULL;
    return tl_kv_put(plane->bus, key, (struct tl_str){text.data, text.size}, UINT64_MAX, NULL,
                     error);
}

/* Adds one entry to the newest chunk in memory; a full chunk is followed by the next number. */
static void append(struct kept *kept, const struct tl_control_entry *entry)
{
    struct chunk *chunk = kept->count ? &kept->chunks[kept->count - 1] : NULL;
    char bytes[CHUNK_BYTES];
    if (chunk && chunk->count < CHUNK_ENTRIES) {
        struct tl_text text = {.data = bytes, .capacity = sizeof bytes};
        chunk->entries[chunk->count++] = *entry;
        tl_control_log_put(&text, chunk->entries, chunk->count);
        if (!text.overflow) return;
        chunk->count--;
    }
    int number = chunk ? (kept->key[kept->count - 1] + 1) % CHUNKS : 0;
    if (kept->count == CHUNKS) {
        memmove(&kept->chunks[0], &kept->chunks[1], (CHUNKS - 1) * sizeof kept->chunks[0]);
        memmove(&kept->key[0], &kept->key[1], (CHUNKS - 1) * sizeof kept->key[0]);
        kept->count--;
    }
    kept->chunks[kept->count].entries[0] = *entry;
    kept->chunks[kept->count].count = 1;
    kept->key[kept->count++] = number;
}

enum tl_status tl_control_plane_compact(struct tl_control_plane *plane, struct tl_error *error)
{
    if (plane->log.count <= RECENT) return TL_OK;
    struct kept *kept = malloc(sizeof *kept);
    if (!kept) return tl_error_set(error, TL_NOMEM, "out of memory");
    enum tl_status status = read_chunks(plane->bus, kept, error);
    bool changed = false;
    for (size_t i = 0; i + RECENT < plane->log.count && status == TL_OK; i++) {
        const struct tl_control_entry *entry = &plane->entries[i];
        struct chunk *newest = kept->count ? &kept->chunks[kept->count - 1] : NULL;
        int64_t known = newest ? newest->entries[newest->count - 1].effective_s : INT64_MIN;
        if (entry->effective_s < known) continue;
        changed = true;
        if (entry->effective_s == known) { /* the later of one second is the one in force */
            newest->entries[newest->count - 1] = *entry;
            continue;
        }
        int before = newest ? kept->key[kept->count - 1] : -1;
        append(kept, entry);
        if (before >= 0 && before != kept->key[kept->count - 1]) /* left behind, full */
            status = write_chunk(plane, &kept->chunks[kept->count - 2], before, error);
    }
    if (status == TL_OK && changed)
        status =
            write_chunk(plane, &kept->chunks[kept->count - 1], kept->key[kept->count - 1], error);
    free(kept);
    return status;
}

bool tl_control_plane_change(const struct tl_control_plane *plane, size_t back,
                             struct tl_control_change *change)
{
    if (back >= plane->log.count) return false;
    size_t at = plane->log.count - 1 - back;
    const struct tl_control_entry *entry = &plane->entries[at];
    const struct stored *stored = &plane->stored[at];
    change->revision = stored->revision;
    change->effective_s = entry->effective_s;
    change->at_ms = stored->revision ? stored->created / TL_NS_PER_MS : entry->state.updated_at_ms;
    tl_control_change_compare(change, at ? &plane->entries[at - 1].state : NULL, &entry->state);
    return true;
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
