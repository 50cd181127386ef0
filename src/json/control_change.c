/* SPDX-License-Identifier: Apache-2.0
 * Records of control changes: see control_change.h. */
#include "json/control_change.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- compare ---- */

static void add(struct tl_control_change *change, const char *field, const char *from,
                const char *to)
{
    if (strcmp(from, to) == 0) return;
    uint32_t at = change->count++;
    snprintf(change->fields[at].field, sizeof change->fields[at].field, "%s", field);
    snprintf(change->fields[at].from, sizeof change->fields[at].from, "%s", from);
    snprintf(change->fields[at].to, sizeof change->fields[at].to, "%s", to);
}

static void add_number(struct tl_control_change *change, const char *field, int64_t from,
                       int64_t to)
{
    char before[24], after[24];
    snprintf(before, sizeof before, "%lld", (long long)from);
    snprintf(after, sizeof after, "%lld", (long long)to);
    add(change, field, before, after);
}

static const char *weight_word(enum tl_weight weight)
{
    return weight == TL_WEIGHT_LOW ? "0.6" : weight == TL_WEIGHT_HIGH ? "1.6" : "1";
}

void tl_control_change_compare(struct tl_control_change *change, const struct tl_control *from,
                               const struct tl_control *to)
{
    char before[24], after[24], field[48];
    snprintf(change->by, sizeof change->by, "%s", to->updated_by);
    change->compared = from != NULL;
    change->count = 0;
    if (!from) return;
    snprintf(before, sizeof before, "\"%s\"", tl_preset_name(from->preset));
    snprintf(after, sizeof after, "\"%s\"", tl_preset_name(to->preset));
    add(change, "preset_id", before, after);
    add(change, "coverage_assist", from->coverage_assist ? "true" : "false",
        to->coverage_assist ? "true" : "false");
    add_number(change, "coverage_window_minutes", from->coverage_window_minutes,
               to->coverage_window_minutes);
    add_number(change, "shared_seed", from->shared_seed, to->shared_seed);
    for (int i = 0; i < TL_PROFILE_COUNT; i++) {
        snprintf(field, sizeof field, "profile_weights.%s", tl_profile_name((enum tl_profile)i));
        add(change, field, weight_word(from->weights[i]), weight_word(to->weights[i]));
    }
}

/* ---- out ---- */

static void put_fields(struct tl_text *out, const struct tl_control_change *change)
{
    tl_text_byte(out, '[');
    for (uint32_t i = 0; i < change->count; i++) {
        tl_text_lit(out, i ? ",{\"field\":\"" : "{\"field\":\"");
        tl_text_lit(out, change->fields[i].field);
        tl_text_lit(out, "\",\"from\":");
        tl_text_lit(out, change->fields[i].from);
        tl_text_lit(out, ",\"to\":");
        tl_text_lit(out, change->fields[i].to);
        tl_text_byte(out, '}');
    }
    tl_text_byte(out, ']');
}

void tl_control_change_put(struct tl_text *out, const struct tl_control_change *change)
{
    tl_text_lit(out, "{\"revision\":");
    if (change->revision)
        tl_text_u64(out, change->revision);
    else
        tl_text_lit(out, "null");
    tl_text_lit(out, ",\"at\":");
    tl_text_i64(out, change->at_ms);
    tl_text_lit(out, ",\"by\":");
    tl_text_json_string(out, tl_str_from(change->by));
    tl_text_lit(out, ",\"effective_second\":");
    tl_text_i64(out, change->effective_s);
    tl_text_lit(out, ",\"changes\":");
    if (change->compared)
        put_fields(out, change);
    else
        tl_text_lit(out, "null");
    tl_text_byte(out, '}');
}

/* ---- in ---- */

static bool copy_value(const json_t *value, char *out, size_t capacity)
{
    char *text =
        value ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(3)) : NULL;
    bool fits = text && strlen(text) < capacity;
    if (fits) memcpy(out, text, strlen(text) + 1);
    free(text);
    return fits;
}

static bool parse_fields(const json_t *list, struct tl_control_change *change)
{
    size_t size = json_array_size(list);
    if (!json_is_array(list) || size > TL_CONTROL_CHANGE_FIELDS) return false;
    for (size_t i = 0; i < size; i++) {
        const json_t *item = json_array_get(list, i);
        const char *field = json_string_value(json_object_get(item, "field"));
        if (!field || strlen(field) >= sizeof change->fields[i].field) return false;
        memcpy(change->fields[i].field, field, strlen(field) + 1);
        if (!copy_value(json_object_get(item, "from"), change->fields[i].from,
                        sizeof change->fields[i].from) ||
            !copy_value(json_object_get(item, "to"), change->fields[i].to,
                        sizeof change->fields[i].to))
            return false;
    }
    change->count = (uint32_t)size;
    return true;
}

static bool parse_change(const json_t *item, struct tl_control_change *change)
{
    const json_t *revision = json_object_get(item, "revision"),
                 *changes = json_object_get(item, "changes");
    const char *by = json_string_value(json_object_get(item, "by"));
    memset(change, 0, sizeof *change);
    if (!by || strlen(by) >= sizeof change->by) return false;
    if (!json_is_integer(json_object_get(item, "at")) ||
        !json_is_integer(json_object_get(item, "effective_second")))
        return false;
    if (!json_is_null(revision) && !json_is_integer(revision)) return false;
    memcpy(change->by, by, strlen(by) + 1);
    change->revision = (uint64_t)json_integer_value(revision);
    change->at_ms = json_integer_value(json_object_get(item, "at"));
    change->effective_s = json_integer_value(json_object_get(item, "effective_second"));
    change->compared = !json_is_null(changes);
    return !change->compared || parse_fields(changes, change);
}

enum tl_status tl_control_changes_parse(struct tl_str json, struct tl_control_change *changes,
                                        size_t capacity, size_t *count, struct tl_error *error)
{
    json_error_t detail;
    json_t *root =
        json_loadb(json.data ? json.data : "", json.size, JSON_REJECT_DUPLICATES, &detail);
    const json_t *list = json_object_get(root, "changes");
    size_t size = json_array_size(list);
    bool good = json_is_array(list);
    if (size > capacity) size = capacity;
    for (size_t i = 0; i < size && good; i++)
        good = parse_change(json_array_get(list, i), &changes[i]);
    json_decref(root);
    *count = good ? size : 0;
    return good ? TL_OK : tl_error_set(error, TL_CORRUPT, "the answer holds no control changes");
}
