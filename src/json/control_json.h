/* SPDX-License-Identifier: Apache-2.0
 * The control state as JSON: strict in, exact out. An unknown, missing or mistyped field, in the object or in
 * profile_weights, refuses the whole payload and is named with what it got and what is allowed. */
#ifndef TL_JSON_CONTROL_JSON_H
#define TL_JSON_CONTROL_JSON_H

#include <tapeloom/control.h>
#include "base/text.h"

/* Bytes; a formatted state is shorter: about 360 and updated_by, 127 bytes of at most 6 each. */
#define TL_CONTROL_JSON_MAX 1536
#define TL_CONTROL_ISSUES_MAX 16

struct tl_control_issue {
    char path[80];     /* "profile_weights.arbitrage"; "" for the whole */
    char message[240]; /* what it got, what is allowed */
};

struct tl_control_issues {
    size_t count;
    struct tl_control_issue items[TL_CONTROL_ISSUES_MAX]; /* further ones are left out */
};

/* TL_INVALID: issues (may be NULL) lists every problem; error is the first as one line. */
enum tl_status tl_control_json_parse(struct tl_str json, struct tl_control *control,
                                     struct tl_control_issues *issues,
                                     struct tl_error *error) TL_MUST_USE;
/* One object, fields in the order of the contract. */
void tl_control_json_put(struct tl_text *out, const struct tl_control *control);
/* Applies one KEY=VALUE (preset_id=…, coverage_assist=true, coverage_window_minutes=10, shared_seed=5,
 * updated_by=…, profile_weights.ID=0.6 or low/normal/high). */
enum tl_status tl_control_assign(struct tl_control *control, struct tl_str assignment,
                                 struct tl_error *error) TL_MUST_USE;

#endif
