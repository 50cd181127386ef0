/* SPDX-License-Identifier: Apache-2.0
 * A frame is assembled once a tick and shared by all readers; only a reader that is owed a drop
 * notice gets its own copy. Policy for a slow reader: its frame is dropped, counted, told. */
#include "services/api/page.h"

#include "services/api/decode.h"

#include <string.h>

static const char *const channel_names[TL_PAGE_CHANNELS] = {"opt", "eq", "sm", "pk", "al"};

static int channel_of(enum tl_api_feed feed)
{
    if (feed == TL_API_RAW) return TL_PAGE_OPT;
    if (feed == TL_API_EQUITIES) return TL_PAGE_EQ;
    if (feed == TL_API_SMART_MONEY) return TL_PAGE_SM;
    if (feed == TL_API_PACKETS) return TL_PAGE_PK;
    if (feed == TL_API_ALERTS) return TL_PAGE_AL;
    return -1;
}

void tl_page_row(struct tl_page *page, const struct tl_api_item *item)
{
    int index = channel_of(item->feed);
    if (index < 0 || item->row.size == 0) return;
    struct tl_page_channel_state *channel = &page->channels[index];
    channel->seq = item->seq;
    channel->count++;
    if (item->ts > channel->ts) channel->ts = item->ts;
    struct tl_api_buffer *recent = &channel->recent[channel->recent_next++ % TL_PAGE_SNAPSHOT_ROWS];
    tl_api_buffer_clear(recent);
    tl_api_buffer_put(recent, item->row);
    if (page->reader_count == 0) return;
    if (channel->batch.text.size + item->row.size + 1 > TL_PAGE_BATCH_BYTES) {
        channel->batch_lost++;
        return;
    }
    if (channel->batch_count++) tl_api_buffer_lit(&channel->batch, ",");
    tl_api_buffer_put(&channel->batch, item->row);
}

static void frame_head(struct tl_page *page, int index)
{
    const struct tl_page_channel_state *channel = &page->channels[index];
    struct tl_api_buffer *frame = &page->frame;
    tl_api_buffer_clear(frame);
    tl_api_buffer_lit(frame, "{\"c\":\"");
    tl_api_buffer_lit(frame, channel_names[index]);
    tl_api_buffer_lit(frame, "\",\"s\":");
    tl_api_buffer_u64(frame, channel->seq);
    tl_api_buffer_lit(frame, ",\"n\":");
    tl_api_buffer_u64(frame, channel->count);
}

static void frame_rows(struct tl_page *page, int index, uint64_t drop)
{
    frame_head(page, index);
    if (drop) {
        tl_api_buffer_lit(&page->frame, ",\"drop\":");
        tl_api_buffer_u64(&page->frame, drop);
    }
    tl_api_buffer_lit(&page->frame, ",\"d\":[");
    tl_api_buffer_put(&page->frame, tl_api_buffer_str(&page->channels[index].batch));
    tl_api_buffer_lit(&page->frame, "]}");
}

static void frame_snapshot(struct tl_page *page, int index)
{
    struct tl_page_channel_state *channel = &page->channels[index];
    frame_head(page, index);
    tl_api_buffer_lit(&page->frame, ",\"snapshot\":true,\"d\":[");
    uint64_t end = channel->recent_next;
    uint64_t at = end > TL_PAGE_SNAPSHOT_ROWS ? end - TL_PAGE_SNAPSHOT_ROWS : 0;
    for (uint64_t first = at; at < end; at++) {
        if (at > first) tl_api_buffer_lit(&page->frame, ",");
        tl_api_buffer_put(&page->frame,
                          tl_api_buffer_str(&channel->recent[at % TL_PAGE_SNAPSHOT_ROWS]));
    }
    tl_api_buffer_lit(&page->frame, "]}");
}

void tl_page_opened(struct tl_page *page, struct tl_net_socket *socket)
{
    if (page->reader_count == TL_PAGE_READERS_MAX) {
        tl_net_socket_close(socket);
        return;
    }
    /* What waits in the batch is part of the snapshot: others get it first. */
    tl_page_flush(page);
    page->readers[page->reader_count++] = (struct tl_page_reader){.socket = socket};
    tl_api_buffer_clear(&page->frame);
    tl_api_buffer_lit(&page->frame, "{\"c\":\"hello\",\"columns\":");
    tl_api_buffer_lit(&page->frame, tl_api_page_columns);
    tl_api_buffer_lit(&page->frame, "}");
    (void)tl_net_send(socket, tl_api_buffer_str(&page->frame));
    for (int index = 0; index < TL_PAGE_CHANNELS; index++) {
        frame_snapshot(page, index);
        /* A fresh socket has 1 MiB of room; a snapshot is under 200 KiB. */
        (void)tl_net_send(socket, tl_api_buffer_str(&page->frame));
    }
}

void tl_page_closed(struct tl_page *page, struct tl_net_socket *socket)
{
    for (size_t i = 0; i < page->reader_count; i++)
        if (page->readers[i].socket == socket) {
            page->readers[i] = page->readers[--page->reader_count];
            return;
        }
}

static void miss(struct tl_page *page, struct tl_page_reader *reader, int index, uint64_t rows)
{
    reader->dropped[index] += rows;
    reader->untold[index] += rows;
    page->dropped += rows;
}

static void send_batch(struct tl_page *page, int index)
{
    struct tl_page_channel_state *channel = &page->channels[index];
    frame_rows(page, index, 0);
    struct tl_net_shared *shared =
        page->frame.text.overflow ? NULL : tl_net_shared_create(tl_api_buffer_str(&page->frame));
    for (size_t i = 0; i < page->reader_count; i++) {
        struct tl_page_reader *reader = &page->readers[i];
        enum tl_status status = TL_NOMEM;
        if (channel->batch_lost) miss(page, reader, index, channel->batch_lost);
        if (reader->untold[index]) {
            frame_rows(page, index, reader->untold[index]);
            status = tl_net_send(reader->socket, tl_api_buffer_str(&page->frame));
            if (status == TL_OK) reader->untold[index] = 0;
        } else if (shared) {
            status = tl_net_send_shared(reader->socket, shared);
        }
        if (status != TL_OK) miss(page, reader, index, channel->batch_count);
    }
    if (shared) tl_net_shared_release(shared);
}

void tl_page_flush(struct tl_page *page)
{
    for (int index = 0; index < TL_PAGE_CHANNELS; index++) {
        struct tl_page_channel_state *channel = &page->channels[index];
        if (channel->batch_count && page->reader_count) send_batch(page, index);
        channel->batch_count = channel->batch_lost = 0;
        tl_api_buffer_clear(&channel->batch);
    }
}

static void heartbeat_feed(struct tl_page *page, int index, const struct tl_page_reader *reader,
                           int64_t now_ms)
{
    const struct tl_page_channel_state *channel = &page->channels[index];
    struct tl_api_buffer *frame = &page->frame;
    tl_api_buffer_lit(frame, index ? ",\"" : "\"");
    tl_api_buffer_lit(frame, channel_names[index]);
    tl_api_buffer_lit(frame, "\":{\"age_ms\":");
    if (channel->ts)
        tl_api_buffer_i64(frame, now_ms > channel->ts ? now_ms - channel->ts : 0);
    else
        tl_api_buffer_lit(frame, "null");
    tl_api_buffer_lit(frame, ",\"rows_per_s\":");
    tl_api_buffer_u64(frame, channel->count - channel->counted_at_heartbeat);
    tl_api_buffer_lit(frame, ",\"dropped\":");
    tl_api_buffer_u64(frame, reader->dropped[index]);
    if (reader->untold[index]) {
        tl_api_buffer_lit(frame, ",\"drop\":");
        tl_api_buffer_u64(frame, reader->untold[index]);
    }
    tl_api_buffer_lit(frame, "}");
}

void tl_page_heartbeat(struct tl_page *page, int64_t now_ms)
{
    for (size_t i = 0; i < page->reader_count; i++) {
        struct tl_page_reader *reader = &page->readers[i];
        tl_api_buffer_clear(&page->frame);
        tl_api_buffer_lit(&page->frame, "{\"c\":\"hb\",\"ts\":");
        tl_api_buffer_i64(&page->frame, now_ms);
        tl_api_buffer_lit(&page->frame, ",\"feeds\":{");
        for (int index = 0; index < TL_PAGE_CHANNELS; index++)
            heartbeat_feed(page, index, reader, now_ms);
        tl_api_buffer_lit(&page->frame, "}}");
        if (tl_net_send(reader->socket, tl_api_buffer_str(&page->frame)) == TL_OK)
            memset(reader->untold, 0, sizeof reader->untold);
    }
    for (int index = 0; index < TL_PAGE_CHANNELS; index++)
        page->channels[index].counted_at_heartbeat = page->channels[index].count;
}

void tl_page_deinit(struct tl_page *page)
{
    for (int index = 0; index < TL_PAGE_CHANNELS; index++) {
        tl_api_buffer_deinit(&page->channels[index].batch);
        for (int i = 0; i < TL_PAGE_SNAPSHOT_ROWS; i++)
            tl_api_buffer_deinit(&page->channels[index].recent[i]);
    }
    tl_api_buffer_deinit(&page->frame);
}
