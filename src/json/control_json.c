/* SPDX-License-Identifier: Apache-2.0
 * Control state <-> JSON: see control_json.h. Parsed with jansson (numbers stay exact to 64 bits). */
#include "json/control_json.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEED_MAX ((1LL << 53) - 1)

static const char *const fields[] = {"preset_id",   "coverage_assist", "coverage_window_minutes",
                                     "shared_seed", "profile_weights", "updated_at",
                                     "updated_by"};
#define FIELD_COUNT (sizeof fields / sizeof fields[0])

__attribute__((format(printf, 3, 4))) static void issue(struct tl_control_issues *issues,
                                                        const char *path, const char *format, ...)
{
    if (issues->count == TL_CONTROL_ISSUES_MAX) return;
    struct tl_control_issue *item = &issues->items[issues->count++];
    va_list args;
    snprintf(item->path, sizeof item->path, "%s", path);
    va_start(args, format);
    vsnprintf(item->message, sizeof item->message, format, args);
    va_end(args);
}

/* What a value is, for a message: at most 40 bytes of it. */
static const char *shown(const json_t *value, char *buffer, size_t capacity)
{
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_ENSURE_ASCII);
    snprintf(buffer, capacity, "%.40s%s", text ? text : "?", text && strlen(text) > 40 ? "…" : "");
    free(text);
    return buffer;
}

/* A foreign key as a path: at most 40 bytes, not cut inside a character. */
static void foreign_path(char *path, size_t capacity, const char *prefix, const char *key)
{
    size_t size = strlen(key);
    if (size > 40) size = 40;
    while (size > 0 && ((unsigned char)key[size] & 0xc0) == 0x80)
        size--;
    snprintf(path, capacity, "%s%.*s", prefix, (int)size, key);
}

static bool known(const char *const *names, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], key) == 0) return true;
    }
    return false;
}

static void parse_weight(json_t *value, const char *path, enum tl_weight *weight,
                         struct tl_control_issues *issues)
{
    char text[64];
    double number = json_is_number(value) ? json_number_value(value) : -1;
    for (int i = 0; i < TL_WEIGHT_COUNT; i++) {
        double allowed = tl_weight_value((enum tl_weight)i);
        if (number >= allowed && number <= allowed) {
            *weight = (enum tl_weight)i;
            return;
        }
    }
    issue(issues, path, "got %s; allowed are 0.6, 1.0 and 1.6", shown(value, text, sizeof text));
}

static void parse_weights(json_t *object, struct tl_control *control,
                          struct tl_control_issues *issues)
{
    char path[80], text[64];
    const char *key;
    json_t *value;
    const char *names[TL_PROFILE_COUNT];
    if (!json_is_object(object)) {
        issue(issues, "profile_weights", "got %s; an object with the six profile ids is needed",
              shown(object, text, sizeof text));
        return;
    }
    for (int i = 0; i < TL_PROFILE_COUNT; i++) {
        names[i] = tl_profile_name((enum tl_profile)i);
        snprintf(path, sizeof path, "profile_weights.%s", names[i]);
        value = json_object_get(object, names[i]);
        if (value)
            parse_weight(value, path, &control->weights[i], issues);
        else
            issue(issues, path, "is missing; allowed are 0.6, 1.0 and 1.6");
    }
    json_object_foreach(object, key, value)
    {
        if (known(names, TL_PROFILE_COUNT, key)) continue;
        foreign_path(path, sizeof path, "profile_weights.", key);
        issue(issues, path, "is unknown; the six profile ids are allowed and no other");
    }
}

static void parse_preset(json_t *value, struct tl_control *control,
                         struct tl_control_issues *issues)
{
    char text[64];
    struct tl_str name = {json_string_value(value),
                          json_is_string(value) ? json_string_length(value) : 0};
    if (!json_is_string(value) || !tl_preset_parse(name, &control->preset))
        issue(issues, "preset_id",
              "got %s; allowed are balanced_demo, event_day, dealer_day, retail_chase, quiet_range",
              shown(value, text, sizeof text));
}

/* A whole number: 5 and 5.0 alike. */
static bool whole(const json_t *value, double low, double high, int64_t *number)
{
    if (json_is_integer(value))
        *number = json_integer_value(value);
    else if (json_is_real(value) && json_real_value(value) >= low &&
             json_real_value(value) <= high &&
             (double)(int64_t)json_real_value(value) >= json_real_value(value) &&
             (double)(int64_t)json_real_value(value) <= json_real_value(value))
        *number = (int64_t)json_real_value(value);
    else
        return false;
    return (double)*number >= low && (double)*number <= high;
}

static void parse_window(json_t *value, struct tl_control *control,
                         struct tl_control_issues *issues)
{
    char text[64];
    int64_t minutes = 0;
    if (whole(value, 10, 30, &minutes) && minutes % 10 == 0)
        control->coverage_window_minutes = (int)minutes;
    else
        issue(issues, "coverage_window_minutes", "got %s; allowed are 10, 20 and 30",
              shown(value, text, sizeof text));
}

static void parse_author(json_t *value, struct tl_control *control,
                         struct tl_control_issues *issues)
{
    char text[64];
    struct tl_str author = {"", 0};
    if (json_is_string(value)) {
        author.data = json_string_value(value);
        author.size = json_string_length(value);
    }
    if (tl_str_trim(author).size == 0 || author.size >= sizeof control->updated_by ||
        memchr(author.data, 0, author.size))
        issue(issues, "updated_by", "got %s; a string of 1 to %zu bytes is needed, not blank",
              shown(value, text, sizeof text), sizeof control->updated_by - 1);
    else {
        memcpy(control->updated_by, author.data, author.size);
        control->updated_by[author.size] = '\0';
    }
}

static void parse_field(const char *name, json_t *value, struct tl_control *control,
                        struct tl_control_issues *issues)
{
    char text[64];
    if (strcmp(name, "preset_id") == 0)
        parse_preset(value, control, issues);
    else if (strcmp(name, "coverage_window_minutes") == 0)
        parse_window(value, control, issues);
    else if (strcmp(name, "profile_weights") == 0)
        parse_weights(value, control, issues);
    else if (strcmp(name, "updated_by") == 0)
        parse_author(value, control, issues);
    else if (strcmp(name, "coverage_assist") == 0) {
        if (json_is_boolean(value))
            control->coverage_assist = json_is_true(value);
        else
            issue(issues, name, "got %s; true or false is needed", shown(value, text, sizeof text));
    } else if (strcmp(name, "shared_seed") == 0) {
        if (!whole(value, (double)-SEED_MAX, (double)SEED_MAX, &control->shared_seed))
            issue(issues, name, "got %s; a whole number up to 2^53 - 1 in size is needed",
                  shown(value, text, sizeof text));
    } else if (!whole(value, 0, (double)SEED_MAX, &control->updated_at_ms)) {
        issue(issues, name, "got %s; a whole number >= 0 is needed (ms since 1970)",
              shown(value, text, sizeof text));
    }
}

static void parse_object(json_t *root, struct tl_control *control, struct tl_control_issues *issues)
{
    char text[64], path[80];
    const char *key;
    json_t *value;
    if (!json_is_object(root)) {
        issue(issues, "", "got %s; an object is needed", shown(root, text, sizeof text));
        return;
    }
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        value = json_object_get(root, fields[i]);
        if (value)
            parse_field(fields[i], value, control, issues);
        else
            issue(issues, fields[i], "is missing");
    }
    json_object_foreach(root, key, value)
    {
        if (known(fields, FIELD_COUNT, key)) continue;
        foreign_path(path, sizeof path, "", key);
        issue(issues, path, "is unknown; no field of that name is allowed");
    }
}

enum tl_status tl_control_json_parse(struct tl_str json, struct tl_control *control,
                                     struct tl_control_issues *issues, struct tl_error *error)
{
    struct tl_control_issues own;
    struct tl_control parsed = tl_control_default();
    json_error_t detail;
    own.count = 0;
    json_t *root = json_loadb(json.data ? json.data : "", json.size,
                              JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &detail);
    if (root)
        parse_object(root, &parsed, &own);
    else
        issue(&own, "", "is not JSON: %.160s", detail.text);
    json_decref(root);
    if (issues) *issues = own;
    if (own.count == 0) {
        *control = parsed;
        return TL_OK;
    }
    const char *path = own.items[0].path;
    return tl_error_set(error, TL_INVALID, "%s%s%s", path[0] ? path : "control state",
                        path[0] ? " " : " ", own.items[0].message);
}

static void put_weight(struct tl_text *out, enum tl_weight weight)
{
    tl_text_lit(out, weight == TL_WEIGHT_LOW ? "0.6" : weight == TL_WEIGHT_HIGH ? "1.6" : "1");
}

void tl_control_json_put(struct tl_text *out, const struct tl_control *control)
{
    tl_text_lit(out, "{\"preset_id\":\"");
    tl_text_lit(out, tl_preset_name(control->preset));
    tl_text_lit(out, control->coverage_assist ? "\",\"coverage_assist\":true"
                                              : "\",\"coverage_assist\":false");
    tl_text_lit(out, ",\"coverage_window_minutes\":");
    tl_text_i64(out, control->coverage_window_minutes);
    tl_text_lit(out, ",\"shared_seed\":");
    tl_text_i64(out, control->shared_seed);
    tl_text_lit(out, ",\"profile_weights\":{");
    for (int i = 0; i < TL_PROFILE_COUNT; i++) {
        tl_text_lit(out, i ? ",\"" : "\"");
        tl_text_lit(out, tl_profile_name((enum tl_profile)i));
        tl_text_lit(out, "\":");
        put_weight(out, control->weights[i]);
    }
    tl_text_lit(out, "},\"updated_at\":");
    tl_text_i64(out, control->updated_at_ms);
    tl_text_lit(out, ",\"updated_by\":");
    tl_text_json_string(out, tl_str_from(control->updated_by));
    tl_text_byte(out, '}');
}

/* The words a person types, as a JSON value. */
static json_t *value_from_word(struct tl_str key, struct tl_str word)
{
    static const struct {
        const char *word;
        double weight;
    } weights[] = {{"low", 0.6}, {"normal", 1.0}, {"high", 1.6}};
    for (size_t i = 0; i < 3; i++) {
        if (tl_str_starts(key, "profile_weights.") && tl_str_is(word, weights[i].word))
            return json_real(weights[i].weight);
    }
    if (tl_str_is(key, "coverage_assist") && (tl_str_is(word, "on") || tl_str_is(word, "off")))
        return json_boolean(tl_str_is(word, "on"));
    json_t *value = json_loadb(word.data, word.size, JSON_DECODE_ANY, NULL);
    bool text = tl_str_is(key, "preset_id") || tl_str_is(key, "updated_by");
    if (value && !(text && !json_is_string(value))) return value;
    json_decref(value);
    return json_stringn(word.data, word.size);
}

enum tl_status tl_control_assign(struct tl_control *control, struct tl_str assignment,
                                 struct tl_error *error)
{
    struct tl_str rest = assignment, key;
    struct tl_control_issues issues = {.count = 0};
    struct tl_control changed = *control;
    const char *equals = memchr(assignment.data, '=', assignment.size);
    if (!equals)
        return tl_error_set(error, TL_INVALID, "\"%.*s\" is not KEY=VALUE",
                            (int)(assignment.size < 60 ? assignment.size : 60), assignment.data);
    tl_str_cut(&rest, '=', &key);
    json_t *value = value_from_word(key, rest);
    bool found = false;
    for (size_t i = 0; i < FIELD_COUNT && value; i++) {
        if (!tl_str_is(key, fields[i]) || strcmp(fields[i], "profile_weights") == 0) continue;
        parse_field(fields[i], value, &changed, &issues);
        found = true;
    }
    for (int i = 0; i < TL_PROFILE_COUNT && value; i++) {
        char path[80];
        snprintf(path, sizeof path, "profile_weights.%s", tl_profile_name((enum tl_profile)i));
        if (!tl_str_is(key, path)) continue;
        parse_weight(value, path, &changed.weights[i], &issues);
        found = true;
    }
    json_decref(value);
    if (!found)
        return tl_error_set(
            error, TL_INVALID,
            "\"%.*s\" is no field; there are preset_id, coverage_assist, "
            "coverage_window_minutes, shared_seed, updated_by and profile_weights.PROFILE",
            (int)(key.size < 60 ? key.size : 60), key.data);
    if (issues.count)
        return tl_error_set(error, TL_INVALID, "%s %s", issues.items[0].path,
                            issues.items[0].message);
    *control = changed;
    return TL_OK;
}
