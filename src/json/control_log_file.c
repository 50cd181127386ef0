/* SPDX-License-Identifier: Apache-2.0
 * Control log <-> JSON: see control_log_file.h. */
#include "json/control_log_file.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "json/control_json.h"
#include "os/os.h"

#define FILE_BYTES_MAX (4 << 20) /* 4096 entries at 1 KiB */

static enum tl_status parse_entry(json_t *item, struct tl_control_entry *entry,
                                  struct tl_error *error)
{
    json_t *second = json_object_get(item, "effective_second"),
           *control = json_object_get(item, "control");
    const char *key;
    json_t *value;
    if (!json_is_object(item)) return tl_error_set(error, TL_INVALID, "is not an object");
    json_object_foreach(item, key, value)
    {
        if (strcmp(key, "effective_second") != 0 && strcmp(key, "control") != 0)
            return tl_error_set(error, TL_INVALID, "%.40s is unknown", key);
    }
    if (!json_is_integer(second))
        return tl_error_set(error, TL_INVALID, "effective_second: a whole number is needed");
    if (!control) return tl_error_set(error, TL_INVALID, "control is missing");
    char *text = json_dumps(control, JSON_COMPACT | JSON_ENCODE_ANY);
    if (!text) return tl_error_set(error, TL_NOMEM, "out of memory");
    enum tl_status status = tl_control_json_parse(tl_str_from(text), &entry->state, NULL, error);
    free(text);
    entry->effective_s = json_integer_value(second);
    return status;
}

enum tl_status tl_control_log_parse(struct tl_str json, struct tl_control_entry *entries,
                                    size_t capacity, size_t *count, struct tl_error *error)
{
    json_error_t detail;
    enum tl_status status = TL_OK;
    json_t *root = json_loadb(json.data ? json.data : "", json.size,
                              JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &detail);
    if (!root) return tl_error_set(error, TL_INVALID, "control log: not JSON: %.160s", detail.text);
    size_t size = json_is_array(root) ? json_array_size(root) : 0;
    if (size == 0)
        status = tl_error_set(error, TL_INVALID,
                              "control log: an array of at least one entry is needed");
    if (size > capacity)
        status = tl_error_set(error, TL_INVALID, "control log: %zu entries; at most %zu", size,
                              capacity);
    for (size_t i = 0; i < size && status == TL_OK; i++) {
        status = parse_entry(json_array_get(root, i), &entries[i], error);
        if (status == TL_OK && i > 0 && entries[i].effective_s < entries[i - 1].effective_s)
            status = tl_error_set(error, TL_INVALID, "effective_second goes back from %lld to %lld",
                                  (long long)entries[i - 1].effective_s,
                                  (long long)entries[i].effective_s);
        if (status != TL_OK) tl_error_add(error, "control log, entry %zu", i);
    }
    json_decref(root);
    *count = status == TL_OK ? size : 0;
    return status;
}

enum tl_status tl_control_log_read(const char *path, struct tl_control_entry *entries,
                                   size_t capacity, size_t *count, struct tl_error *error)
{
    char *data = NULL;
    size_t size = 0;
    enum tl_status status = tl_os_read_file(path, FILE_BYTES_MAX, &data, &size, error);
    if (status != TL_OK) {
        tl_error_add(error, "control log");
        return status;
    }
    status = tl_control_log_parse((struct tl_str){data, size}, entries, capacity, count, error);
    free(data);
    if (status != TL_OK) tl_error_add(error, "%s", path);
    return status;
}

void tl_control_log_put(struct tl_text *out, const struct tl_control_entry *entries, size_t count)
{
    tl_text_byte(out, '[');
    for (size_t i = 0; i < count; i++) {
        tl_text_lit(out, i ? ",\n{\"effective_second\":" : "{\"effective_second\":");
        tl_text_i64(out, entries[i].effective_s);
        tl_text_lit(out, ",\"control\":");
        tl_control_json_put(out, &entries[i].state);
        tl_text_byte(out, '}');
    }
    tl_text_byte(out, ']');
}
