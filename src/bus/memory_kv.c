/* SPDX-License-Identifier: Apache-2.0
 * The key-value bucket of the memory room. At most 64 revisions a key and 16 keys, all in memory;
 * a put writes the whole file anew (at most 16 MiB, in practice some KiB) and renames it over the
 * old one, so a crash leaves either the state before the put or after it.
 *
 * Format of DATA_DIR/control.kv (bytes, lines end in \n):
 *
 *     tapeloom-kv 1
 *     revision R                       the newest revision given out
 *     entry KEY REVISION CREATED SIZE  created: ns since the Unix epoch; entries ascend by revision
 *     VALUE                            SIZE bytes, then \n
 *     …
 *     end COUNT                        how many entries; the file ends here
 *
 * Reading checks every line; a file that breaks a rule is refused whole and left as it is, since
 * guessing at an operator's settings is worse than stopping.
 *
 * Keys that start with "applied." are reports of running services, written every few seconds: a put
 * of one alone does not touch the disk (no fsync for a figure that is stale after a restart). */
#include "bus/memory_kv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "bus/room.h"
#include "bus/wait.h"
#include "os/os.h"

#define KEYS_MAX 16
#define FILE_BYTES_MAX (KEYS_MAX * TL_KV_HISTORY * (TL_KV_VALUE_BYTES_MAX + 160))

struct revision {
    uint64_t revision;
    tl_ns created;
    char *value;
    size_t size;
};

struct key {
    char name[TL_KV_KEY_BYTES_MAX + 1];
    struct revision history[TL_KV_HISTORY]; /* oldest first */
    int count;
};

struct tl_memory_kv {
    struct tl_wait wait;
    struct key keys[KEYS_MAX];
    int key_count;
    uint64_t revision;
    tl_ns last_created;
    bool shut;
    char path[1024]; /* empty: not kept */
};

static struct key *find(struct tl_memory_kv *kv, const char *name)
{
    for (int i = 0; i < kv->key_count; i++) {
        if (strcmp(kv->keys[i].name, name) == 0) return &kv->keys[i];
    }
    return NULL;
}

static struct key *find_or_add(struct tl_memory_kv *kv, const char *name)
{
    struct key *key = find(kv, name);
    if (key || kv->key_count == KEYS_MAX) return key;
    key = &kv->keys[kv->key_count++];
    memset(key, 0, sizeof *key);
    memcpy(key->name, name, strlen(name) + 1);
    return key;
}

static void fill(struct tl_kv_entry *entry, const struct revision *revision)
{
    entry->revision = revision->revision;
    entry->created = revision->created;
    entry->size = revision->size;
    memcpy(entry->value, revision->value, revision->size);
    entry->value[revision->size] = '\0';
}

/* Takes revision->value. Drops the oldest of 64. */
static void push(struct key *key, const struct revision *revision)
{
    if (key->count == TL_KV_HISTORY) {
        free(key->history[0].value);
        memmove(&key->history[0], &key->history[1], (TL_KV_HISTORY - 1) * sizeof key->history[0]);
        key->count--;
    }
    key->history[key->count++] = *revision;
}

static char *copy_bytes(struct tl_str value)
{
    char *copy = malloc(value.size + 1);
    if (copy && value.size > 0) memcpy(copy, value.data, value.size);
    if (copy) copy[value.size] = '\0';
    return copy;
}

/* ---- the file ---- */

struct place {
    const struct key *key;
    const struct revision *revision;
};

/* Insertion sort: at most 1024 entries, nearly in order already. */
static int gather(const struct tl_memory_kv *kv, struct place *places)
{
    int count = 0;
    for (int k = 0; k < kv->key_count; k++) {
        for (int i = 0; i < kv->keys[k].count; i++) {
            const struct revision *revision = &kv->keys[k].history[i];
            int at = count++;
            while (at > 0 && places[at - 1].revision->revision > revision->revision) {
                places[at] = places[at - 1];
                at--;
            }
            places[at] = (struct place){&kv->keys[k], revision};
        }
    }
    return count;
}

static enum tl_status save(const struct tl_memory_kv *kv, struct tl_error *error)
{
    if (!kv->path[0]) return TL_OK;
    struct place *places = calloc(KEYS_MAX * TL_KV_HISTORY, sizeof *places);
    int count = places ? gather(kv, places) : 0;
    size_t capacity = 256;
    for (int i = 0; i < count; i++)
        capacity += places[i].revision->size + 160;
    struct tl_text text = {malloc(capacity), 0, capacity, false};
    enum tl_status status = places && text.data ? TL_OK : TL_NOMEM;
    if (status == TL_OK) {
        tl_text_lit(&text, "tapeloom-kv 1\nrevision ");
        tl_text_u64(&text, kv->revision);
        for (int i = 0; i < count; i++) {
            const struct revision *revision = places[i].revision;
            tl_text_lit(&text, "\nentry ");
            tl_text_lit(&text, places[i].key->name);
            tl_text_byte(&text, ' ');
            tl_text_u64(&text, revision->revision);
            tl_text_byte(&text, ' ');
            tl_text_i64(&text, revision->created);
            tl_text_byte(&text, ' ');
            tl_text_u64(&text, revision->size);
            tl_text_byte(&text, '\n');
            tl_text_str(&text, (struct tl_str){revision->value, revision->size});
        }
        tl_text_lit(&text, "\nend ");
        tl_text_i64(&text, count);
        tl_text_byte(&text, '\n');
        status = tl_os_write_file(kv->path, (struct tl_str){text.data, text.size}, 0600, error);
    }
    free(text.data);
    free(places);
    return status;
}

static bool word_u64(struct tl_str *rest, uint64_t *value)
{
    struct tl_str word;
    int64_t number;
    if (!tl_str_cut(rest, ' ', &word) || !tl_parse_i64(word, &number) || number < 0) return false;
    *value = (uint64_t)number;
    return true;
}

static bool skip_literal(struct tl_str *rest, const char *literal)
{
    size_t size = strlen(literal);
    if (!tl_str_starts(*rest, literal)) return false;
    rest->data += size;
    rest->size -= size;
    return true;
}

/* One entry; its header line is in `line`, its value at the start of *rest. */
static bool load_entry(struct tl_memory_kv *kv, struct tl_str line, struct tl_str *rest)
{
    struct tl_str name;
    uint64_t created, size;
    struct revision revision = {0};
    char key_name[TL_KV_KEY_BYTES_MAX + 1];
    if (!tl_str_cut(&line, ' ', &name) || name.size == 0 || name.size > TL_KV_KEY_BYTES_MAX)
        return false;
    if (!word_u64(&line, &revision.revision) || !word_u64(&line, &created)) return false;
    if (!word_u64(&line, &size) || line.size > 0 || size > TL_KV_VALUE_BYTES_MAX) return false;
    if (rest->size < size + 1 || rest->data[size] != '\n') return false;
    memcpy(key_name, name.data, name.size);
    key_name[name.size] = '\0';
    struct key *key = find_or_add(kv, key_name);
    if (!key || key->count == TL_KV_HISTORY || revision.revision > kv->revision) return false;
    if (key->count > 0 && key->history[key->count - 1].revision >= revision.revision) return false;
    revision.created = (tl_ns)created;
    revision.size = (size_t)size;
    revision.value = copy_bytes((struct tl_str){rest->data, revision.size});
    if (!revision.value) return false;
    push(key, &revision);
    if (revision.created > kv->last_created) kv->last_created = revision.created;
    rest->data += size + 1;
    rest->size -= size + 1;
    return true;
}

/* False: malformed; *entries says behind how many good entries. */
static bool load_text(struct tl_memory_kv *kv, struct tl_str rest, uint64_t *entries)
{
    struct tl_str line;
    uint64_t count;
    *entries = 0;
    if (!skip_literal(&rest, "tapeloom-kv 1\nrevision ")) return false;
    if (!tl_str_cut(&rest, '\n', &line) || !word_u64(&line, &kv->revision)) return false;
    while (tl_str_cut(&rest, '\n', &line)) {
        if (skip_literal(&line, "end "))
            return word_u64(&line, &count) && line.size == 0 && count == *entries && rest.size == 0;
        if (!skip_literal(&line, "entry ") || !load_entry(kv, line, &rest)) return false;
        ++*entries;
    }
    return false;
}

static enum tl_status load(struct tl_memory_kv *kv, struct tl_error *error)
{
    char *data = NULL;
    size_t size = 0;
    uint64_t entries = 0;
    enum tl_status status = tl_os_read_file(kv->path, FILE_BYTES_MAX, &data, &size, error);
    if (status == TL_AGAIN) return TL_OK;
    if (status != TL_OK) return status;
    bool good = load_text(kv, (struct tl_str){data, size}, &entries);
    free(data);
    if (good) return TL_OK;
    return tl_error_set(error, TL_CORRUPT,
                        "%s is damaged after entry %lld; move it away to start with the default",
                        kv->path, (long long)entries);
}

/* ---- calls ---- */

enum tl_status tl_memory_kv_open(const char *data_dir, struct tl_memory_kv **out,
                                 struct tl_error *error)
{
    struct tl_memory_kv *kv = calloc(1, sizeof *kv);
    *out = NULL;
    if (!kv) return tl_error_set(error, TL_NOMEM, "out of memory");
    tl_wait_init(&kv->wait);
    enum tl_status status = TL_OK;
    if (data_dir) {
        int length = snprintf(kv->path, sizeof kv->path, "%s/control.kv", data_dir);
        if (length < 0 || length >= (int)sizeof kv->path)
            status = tl_error_set(error, TL_INVALID, "data folder's path is too long");
        if (status == TL_OK) status = tl_os_mkdir(data_dir, error);
        if (status == TL_OK) status = load(kv, error);
    }
    if (status != TL_OK) {
        tl_memory_kv_destroy(kv);
        return status;
    }
    *out = kv;
    return TL_OK;
}

void tl_memory_kv_shut(struct tl_memory_kv *kv)
{
    tl_wait_lock(&kv->wait);
    kv->shut = true;
    tl_wait_wake(&kv->wait);
    tl_wait_unlock(&kv->wait);
}

void tl_memory_kv_destroy(struct tl_memory_kv *kv)
{
    if (!kv) return;
    for (int k = 0; k < kv->key_count; k++) {
        for (int i = 0; i < kv->keys[k].count; i++)
            free(kv->keys[k].history[i].value);
    }
    tl_wait_deinit(&kv->wait);
    free(kv);
}

enum tl_status tl_memory_kv_get(struct tl_memory_kv *kv, const char *name,
                                struct tl_kv_entry *entry, struct tl_error *error)
{
    tl_wait_lock(&kv->wait);
    const struct key *key = find(kv, name);
    bool found = key && key->count > 0;
    if (found) fill(entry, &key->history[key->count - 1]);
    tl_wait_unlock(&kv->wait);
    return found ? TL_OK : tl_error_set(error, TL_AGAIN, "no key %s", name);
}

/* With the lock held. The new revision is in memory while the file is written, and taken back when
 * that fails; what it pushed out of the history stays with it until then. */
static enum tl_status commit(struct tl_memory_kv *kv, struct key *key,
                             const struct revision *revision, struct tl_error *error)
{
    struct revision oldest = {0};
    bool full = key->count == TL_KV_HISTORY;
    uint64_t before = kv->revision;
    if (full) {
        oldest = key->history[0];
        key->history[0].value = NULL; /* push frees NULL */
    }
    push(key, revision);
    kv->revision = revision->revision;
    bool report = tl_str_starts(tl_str_from(key->name), "applied.");
    enum tl_status status = report ? TL_OK : save(kv, error);
    if (status == TL_OK) {
        kv->last_created = revision->created;
        free(oldest.value);
        return TL_OK;
    }
    kv->revision = before;
    key->count--;
    if (full) {
        memmove(&key->history[1], &key->history[0], (TL_KV_HISTORY - 1) * sizeof key->history[0]);
        key->history[0] = oldest;
        key->count++;
    }
    return status;
}

static enum tl_status put_locked(struct tl_memory_kv *kv, const char *name, struct tl_str value,
                                 uint64_t expected, struct tl_kv_entry *entry,
                                 struct tl_error *error)
{
    const struct key *known = find(kv, name);
    uint64_t current = known && known->count > 0 ? known->history[known->count - 1].revision : 0;
    if (expected != UINT64_MAX && expected != current)
        return tl_error_set(error, TL_CONFLICT, "key %s is at revision %lld, not %lld", name,
                            (long long)current, (long long)expected);
    struct key *key = find_or_add(kv, name);
    if (!key) return tl_error_set(error, TL_FULL, "the bucket holds %d keys at most", KEYS_MAX);
    tl_ns now = tl_os_now();
    if (now <= kv->last_created) now = kv->last_created + 1;
    struct revision revision = {kv->revision + 1, now, copy_bytes(value), value.size};
    if (!revision.value) return tl_error_set(error, TL_NOMEM, "out of memory");
    enum tl_status status = commit(kv, key, &revision, error);
    if (status != TL_OK) {
        free(revision.value);
        return status;
    }
    if (entry) fill(entry, &revision);
    tl_wait_wake(&kv->wait);
    return TL_OK;
}

enum tl_status tl_memory_kv_put(struct tl_memory_kv *kv, const char *name, struct tl_str value,
                                uint64_t expected_revision, struct tl_kv_entry *entry,
                                struct tl_error *error)
{
    tl_wait_lock(&kv->wait);
    enum tl_status status = put_locked(kv, name, value, expected_revision, entry, error);
    tl_wait_unlock(&kv->wait);
    return status;
}

/* Copies out under the lock and visits without it, so that visit may call the bus. */
enum tl_status tl_memory_kv_history(struct tl_memory_kv *kv, const char *name,
                                    void (*visit)(void *context, const struct tl_kv_entry *entry),
                                    void *context, struct tl_error *error)
{
    struct tl_kv_entry *entries = malloc(TL_KV_HISTORY * sizeof *entries);
    int count = 0;
    if (!entries) return tl_error_set(error, TL_NOMEM, "out of memory");
    tl_wait_lock(&kv->wait);
    const struct key *key = find(kv, name);
    for (; key && count < key->count; count++)
        fill(&entries[count], &key->history[count]);
    tl_wait_unlock(&kv->wait);
    for (int i = 0; i < count; i++)
        visit(context, &entries[i]);
    free(entries);
    return TL_OK;
}

static const struct revision *after_revision(struct tl_memory_kv *kv, const char *name,
                                             uint64_t after)
{
    const struct key *key = find(kv, name);
    if (!key || key->count == 0) return NULL;
    if (after == 0) return &key->history[key->count - 1];
    for (int i = 0; i < key->count; i++) {
        if (key->history[i].revision > after) return &key->history[i];
    }
    return NULL;
}

enum tl_status tl_memory_kv_next(struct tl_memory_kv *kv, const char *name, uint64_t after,
                                 int timeout_ms, struct tl_kv_entry *entry)
{
    tl_ns deadline = tl_os_monotonic() + timeout_ms * TL_NS_PER_MS;
    const struct revision *found;
    tl_wait_lock(&kv->wait);
    bool waiting = timeout_ms > 0;
    while (!(found = after_revision(kv, name, after)) && !kv->shut && waiting)
        waiting = tl_wait_until(&kv->wait, deadline);
    enum tl_status status = kv->shut ? TL_CLOSED : found ? TL_OK : TL_AGAIN;
    if (status == TL_OK) fill(entry, found);
    tl_wait_unlock(&kv->wait);
    return status;
}
