/* SPDX-License-Identifier: Apache-2.0
 * Bytes into the parsers of the control state, of one KEY=VALUE and of the control log. What is
 * accepted must be valid, fit its buffer, and read back as the same; what is refused must say why
 * and leave the state alone. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "json/control_json.h"
#include "json/control_log_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ENTRIES 8

static void require(bool condition)
{
    if (!condition) abort();
}

static bool same(const struct tl_control *a, const struct tl_control *b)
{
    for (int i = 0; i < TL_PROFILE_COUNT; i++) {
        if (a->weights[i] != b->weights[i]) return false;
    }
    return a->preset == b->preset && a->coverage_assist == b->coverage_assist &&
           a->coverage_window_minutes == b->coverage_window_minutes &&
           a->shared_seed == b->shared_seed && a->updated_at_ms == b->updated_at_ms &&
           strcmp(a->updated_by, b->updated_by) == 0;
}

static void check_round_trip(const struct tl_control *control)
{
    char bytes[TL_CONTROL_JSON_MAX];
    struct tl_text text = {.data = bytes, .capacity = sizeof bytes};
    struct tl_control again;
    tl_control_json_put(&text, control);
    require(!text.overflow);
    require(tl_control_json_parse((struct tl_str){text.data, text.size}, &again, NULL, NULL) ==
            TL_OK);
    require(same(control, &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    union {
        const uint8_t *bytes;
        const char *text;
    } input = {.bytes = data};
    struct tl_str str = {input.text, size};
    struct tl_control control = tl_control_default(), before = control;
    struct tl_control_issues issues = {.count = 0};
    struct tl_control_entry entries[ENTRIES];
    size_t count = 0;
    struct tl_error error = {.text = ""};
    if (tl_control_json_parse(str, &control, &issues, &error) == TL_OK) {
        require(issues.count == 0);
        check_round_trip(&control);
    } else {
        require(issues.count > 0 && issues.count <= TL_CONTROL_ISSUES_MAX && error.text[0]);
        require(same(&control, &before));
    }
    control = before;
    if (tl_control_assign(&control, str, &error) == TL_OK)
        check_round_trip(&control);
    else
        require(same(&control, &before));
    if (tl_control_log_parse(str, entries, ENTRIES, &count, &error) == TL_OK) {
        require(count > 0 && count <= ENTRIES);
        for (size_t i = 0; i < count; i++)
            check_round_trip(&entries[i].state);
    }
    return 0;
}
