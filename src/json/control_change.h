/* SPDX-License-Identifier: Apache-2.0
 * One change of the control state as a record of who, when, and from what to what; as JSON:
 *
 *     {"revision":12,"at":1780000000123,"by":"desk","effective_second":1780000002,
 *      "changes":[{"field":"preset_id","from":"balanced_demo","to":"event_day"}]}
 *
 * revision null: older than the bucket's own history. changes null: nothing older is known to compare
 * with; []: the same state was stored again. updated_at and updated_by are `at` and `by`, no fields. */
#ifndef TL_JSON_CONTROL_CHANGE_H
#define TL_JSON_CONTROL_CHANGE_H

#include <tapeloom/control.h>
#include "base/text.h"

#define TL_CONTROL_CHANGE_FIELDS (4 + TL_PROFILE_COUNT)
/* Bytes of one record at most: 10 fields of 110 bytes, an author of 127 bytes as \uXXXX, the rest. */
#define TL_CONTROL_CHANGE_JSON_MAX 2048

struct tl_control_change {
    uint64_t revision; /* 0: not known any more */
    int64_t at_ms, effective_s;
    char by[128];
    bool compared; /* a state before it is known */
    uint32_t count;
    struct {
        char field[48];        /* "profile_weights.vol_seller" */
        char from[24], to[24]; /* JSON values: "\"event_day\"", "true", "1.6" */
    } fields[TL_CONTROL_CHANGE_FIELDS];
};

/* Fills by, compared, count and fields; from NULL: not known. */
void tl_control_change_compare(struct tl_control_change *change, const struct tl_control *from,
                               const struct tl_control *to);
void tl_control_change_put(struct tl_text *out, const struct tl_control_change *change);
/* Reads {"changes":[record…]}; at most `capacity` are kept. TL_CORRUPT: not that. */
enum tl_status tl_control_changes_parse(struct tl_str json, struct tl_control_change *changes,
                                        size_t capacity, size_t *count,
                                        struct tl_error *error) TL_MUST_USE;

#endif
