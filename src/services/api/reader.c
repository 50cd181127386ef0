/* SPDX-License-Identifier: Apache-2.0
 * Lazy open with a pause between tries, so that a missing file costs nothing a request. */
#include "services/api/reader.h"

#include "os/os.h"

static void pause_tries(struct tl_api_reader *reader)
{
    reader->failures++;
    reader->retry_at = tl_os_monotonic() + TL_NS_PER_S;
}

struct tl_store *tl_api_reader_get(struct tl_api_reader *reader)
{
    if (reader->store || !reader->dir) return reader->store;
    if (tl_os_monotonic() < reader->retry_at) return NULL;
    struct tl_store_options options = {.dir = reader->dir, .read_only = true};
    struct tl_error error = {0};
    if (tl_store_open(&options, &reader->store, &error) != TL_OK) {
        reader->store = NULL;
        pause_tries(reader);
        tl_log_rare(TL_LOG_WARN, "api", "store-open", "storage unavailable: %s", error.text);
    }
    return reader->store;
}

void tl_api_reader_failed(struct tl_api_reader *reader, const struct tl_error *error)
{
    tl_log_rare(TL_LOG_WARN, "api", "store-read", "storage failed: %s", error->text);
    tl_api_reader_close(reader);
    pause_tries(reader);
}

void tl_api_reader_close(struct tl_api_reader *reader)
{
    if (reader->store) tl_store_close(reader->store);
    reader->store = NULL;
}
