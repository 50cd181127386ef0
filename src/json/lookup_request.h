/* SPDX-License-Identifier: Apache-2.0
 * Body of POST /lookup/options-support. */
#ifndef TL_JSON_LOOKUP_REQUEST_H
#define TL_JSON_LOOKUP_REQUEST_H

#include <tapeloom/types.h>

#define TL_LOOKUP_IDS_MAX 5000 /* of each kind: the row cap of the lookups */

struct tl_lookup_context {
    struct tl_str trace_id, option_contract_id;
    int64_t ts; /* ms */
};

/* Strings point into `owner` until deinit. A zeroed struct is empty. */
struct tl_lookup_request {
    size_t trace_count, context_count;
    struct tl_str *trace_ids;
    struct tl_lookup_context *contexts;
    void *owner;
};

/* An empty (or blank) body is {}. TL_INVALID: the error names the field; nothing to deinit then. */
enum tl_status tl_lookup_request_parse(struct tl_str body, struct tl_lookup_request *request,
                                       struct tl_error *error) TL_MUST_USE;
void tl_lookup_request_deinit(struct tl_lookup_request *request);

#endif
