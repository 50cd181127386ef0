/* SPDX-License-Identifier: Apache-2.0
 * The paged endpoints: recent, history, replay, ranges and candles. One table of paths; rows go out
 * as the store keeps them, byte for byte. */
#ifndef TL_SERVICES_API_REST_H
#define TL_SERVICES_API_REST_H

#include "services/api/params.h"
#include "services/api/reader.h"
#include "services/api/respond.h"

struct tl_rest_span { /* where a row is in the buffer; for answers in the opposite order */
    size_t at, size;
};

struct tl_rest {
    struct tl_responder *responder; /* borrowed */
    struct tl_api_reader *reader;   /* borrowed */
    struct tl_page_params params;   /* scratch */
    struct tl_api_buffer rows;
    struct tl_rest_span *spans;
    size_t span_capacity;
};

/* rest must outlive the net's loop. */
void tl_rest_mount(struct tl_rest *rest, struct tl_net *net);
void tl_rest_deinit(struct tl_rest *rest);

/* Number of paths, and the nth one, for tests and docs. */
size_t tl_rest_path_count(void);
const char *tl_rest_path(size_t nth);

#endif
