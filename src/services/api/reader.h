/* SPDX-License-Identifier: Apache-2.0
 * The API's read-only hold on the store: opened when first needed (the recorder makes the file),
 * tried again at most once a second while it fails. Loop thread only. */
#ifndef TL_SERVICES_API_READER_H
#define TL_SERVICES_API_READER_H

#include "store/store.h"

struct tl_api_reader {
    const char *dir;        /* borrowed */
    struct tl_store *store; /* NULL: not open */
    tl_ns retry_at;         /* monotonic */
    uint64_t failures;      /* selects and opens that failed, for the metrics */
};

/* NULL: storage is unavailable now. */
struct tl_store *tl_api_reader_get(struct tl_api_reader *reader);
/* After a failed call on the store: count it, log it, open anew next time. */
void tl_api_reader_failed(struct tl_api_reader *reader, const struct tl_error *error);
void tl_api_reader_close(struct tl_api_reader *reader);

#endif
