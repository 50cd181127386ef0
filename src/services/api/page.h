/* SPDX-License-Identifier: Apache-2.0
 * The page feed at /ws, for the terminal: rows as arrays, batched.
 *
 *   on open   {"c":"hello","columns":{"opt":[…],"eq":[…],"sm":[…],…}}   opt, eq,
 *             sm, packets (pk), alerts (al)
 *             {"c":"opt","s":seq,"n":count,"snapshot":true,"d":[[…],…]}   a feed, <= 200 rows,
 *             oldest first; empty feeds too
 *   50 ms     {"c":"opt","s":seq,"n":count,"d":[[…],…]}   only feeds with news; "drop":k in front of
 *             "d" when this reader missed k rows before it
 *   1 s       {"c":"hb","ts":ms,"feeds":{"opt":{"age_ms":n|null,"rows_per_s":n,"dropped":n},…}}
 *
 * s is the seq of the feed's newest row, n its running row count since the service started: a reader
 * that saw n1 and then gets k rows with n2 missed n2 - n1 - k. dropped counts that reader's missed
 * rows since it connected. Loop thread only. */
#ifndef TL_SERVICES_API_PAGE_H
#define TL_SERVICES_API_PAGE_H

#include "net/net.h"
#include "services/api/buffer.h"
#include "services/api/inbox.h"

#define TL_PAGE_SNAPSHOT_ROWS 200
#define TL_PAGE_READERS_MAX 256
#define TL_PAGE_BATCH_BYTES (768u << 10) /* below the 1 MiB that may wait for one reader */

enum tl_page_channel {
    TL_PAGE_OPT,
    TL_PAGE_EQ,
    TL_PAGE_SM,
    TL_PAGE_PK,
    TL_PAGE_AL,
    TL_PAGE_CHANNELS
};

struct tl_page_channel_state {
    uint64_t seq, count; /* of the newest row; rows so far */
    int64_t ts;          /* newest row's, 0: none yet */
    uint64_t counted_at_heartbeat;
    uint64_t batch_count, batch_lost; /* rows in the batch; rows it had no room for */
    struct tl_api_buffer batch;       /* rows of this tick, comma-separated */
    uint64_t recent_next;             /* ring of the last rows */
    struct tl_api_buffer recent[TL_PAGE_SNAPSHOT_ROWS];
};

struct tl_page_reader {
    struct tl_net_socket *socket;
    uint64_t dropped[TL_PAGE_CHANNELS]; /* rows missed since it connected */
    uint64_t untold[TL_PAGE_CHANNELS];  /* of these, not yet told in a frame */
};

struct tl_page {
    struct tl_page_channel_state channels[TL_PAGE_CHANNELS];
    size_t reader_count;
    struct tl_page_reader readers[TL_PAGE_READERS_MAX];
    struct tl_api_buffer frame;
    uint64_t dropped; /* over all readers */
};

/* A zeroed struct is ready. */
void tl_page_row(struct tl_page *page, const struct tl_api_item *item);
void tl_page_opened(struct tl_page *page, struct tl_net_socket *socket);
void tl_page_closed(struct tl_page *page, struct tl_net_socket *socket);
void tl_page_flush(struct tl_page *page);                     /* every 50 ms */
void tl_page_heartbeat(struct tl_page *page, int64_t now_ms); /* every second */
void tl_page_deinit(struct tl_page *page);

#endif
