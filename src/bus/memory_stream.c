/* SPDX-License-Identifier: Apache-2.0
 * One stream of the memory room: a growing ring of copied messages. A message costs its bytes plus
 * an entry; both count towards the byte cap, so the cap bounds the ring too. */
#include "bus/memory_stream.h"

#include <stdlib.h>
#include <string.h>

#define ENTRY_COST ((int64_t)sizeof(struct tl_memory_entry) + 16) /* 16: the allocator's own */

enum tl_status tl_memory_stream_init(struct tl_memory_stream *stream, tl_ns max_age,
                                     int64_t max_bytes)
{
    memset(stream, 0, sizeof *stream);
    tl_wait_init(&stream->wait);
    stream->max_age = max_age;
    stream->max_bytes = max_bytes;
    stream->first_seq = stream->next_seq = 1;
    stream->capacity = 1024;
    stream->entries = calloc(stream->capacity, sizeof *stream->entries);
    stream->dedupe = tl_dedupe_create();
    return stream->entries && stream->dedupe ? TL_OK : TL_NOMEM;
}

static void drop_first(struct tl_memory_stream *stream)
{
    struct tl_memory_entry *entry = &stream->entries[stream->first_seq & (stream->capacity - 1)];
    stream->bytes -= (int64_t)entry->size + ENTRY_COST;
    free(entry->data);
    entry->data = NULL;
    stream->first_seq++;
}

void tl_memory_stream_deinit(struct tl_memory_stream *stream)
{
    while (stream->entries && stream->first_seq < stream->next_seq)
        drop_first(stream);
    free(stream->entries);
    tl_dedupe_destroy(stream->dedupe);
    tl_wait_deinit(&stream->wait);
}

static bool grow(struct tl_memory_stream *stream)
{
    size_t capacity = stream->capacity * 2;
    struct tl_memory_entry *entries = calloc(capacity, sizeof *entries);
    if (!entries) return false;
    for (uint64_t seq = stream->first_seq; seq < stream->next_seq; seq++)
        entries[seq & (capacity - 1)] = stream->entries[seq & (stream->capacity - 1)];
    free(stream->entries);
    stream->entries = entries;
    stream->capacity = capacity;
    return true;
}

void tl_memory_stream_expire(struct tl_memory_stream *stream, tl_ns now)
{
    while (stream->first_seq < stream->next_seq &&
           stream->entries[stream->first_seq & (stream->capacity - 1)].stored <=
               now - stream->max_age)
        drop_first(stream);
}

enum tl_status tl_memory_stream_append(struct tl_memory_stream *stream, struct tl_str msg_id,
                                       struct tl_str data, tl_ns now)
{
    /* Stamps never go back, whatever the clock does: FROM_TIME searches by halves. */
    tl_ns stored = now > stream->last_stored ? now : stream->last_stored;
    if (stream->next_seq - stream->first_seq == stream->capacity && !grow(stream)) return TL_NOMEM;
    char *copy = malloc(data.size);
    if (!copy) return TL_NOMEM;
    if (msg_id.size > 0 && tl_dedupe_seen(stream->dedupe, msg_id, stored)) {
        free(copy);
        return TL_OK;
    }
    memcpy(copy, data.data, data.size);
    stream->entries[stream->next_seq & (stream->capacity - 1)] =
        (struct tl_memory_entry){copy, data.size, stored};
    stream->next_seq++;
    stream->last_stored = stored;
    stream->bytes += (int64_t)data.size + ENTRY_COST;
    while (stream->bytes > stream->max_bytes && stream->first_seq + 1 < stream->next_seq)
        drop_first(stream);
    tl_memory_stream_expire(stream, stored);
    return TL_OK;
}

const struct tl_memory_entry *tl_memory_stream_at(const struct tl_memory_stream *stream,
                                                  uint64_t seq)
{
    if (seq < stream->first_seq || seq >= stream->next_seq) return NULL;
    return &stream->entries[seq & (stream->capacity - 1)];
}

uint64_t tl_memory_stream_seq_from(const struct tl_memory_stream *stream, tl_ns from)
{
    uint64_t low = stream->first_seq, high = stream->next_seq;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (stream->entries[middle & (stream->capacity - 1)].stored < from)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
