/* SPDX-License-Identifier: Apache-2.0
 * The control log as a file: a JSON array of {"effective_second": S, "control": {state}}, ascending. The
 * same text is kept under the bus's `history-N` keys. */
#ifndef TL_JSON_CONTROL_LOG_FILE_H
#define TL_JSON_CONTROL_LOG_FILE_H

#include <tapeloom/control.h>
#include "base/text.h"

/* Errors name the entry and field: "control log, entry 2: preset_id got …". */
enum tl_status tl_control_log_parse(struct tl_str json, struct tl_control_entry *entries,
                                    size_t capacity, size_t *count,
                                    struct tl_error *error) TL_MUST_USE;
enum tl_status tl_control_log_read(const char *path, struct tl_control_entry *entries,
                                   size_t capacity, size_t *count,
                                   struct tl_error *error) TL_MUST_USE;
void tl_control_log_put(struct tl_text *out, const struct tl_control_entry *entries, size_t count);

#endif
