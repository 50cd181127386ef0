/* SPDX-License-Identifier: Apache-2.0
 * One stream of the memory room: messages in order under age and byte caps. Not locked: memory.c
 * holds the stream's lock around each call. */
#ifndef TL_BUS_MEMORY_STREAM_H
#define TL_BUS_MEMORY_STREAM_H

#include "bus/dedupe.h"
#include "bus/wait.h"

struct tl_memory_entry {
    char *data;
    size_t size;
    tl_ns stored;
};

struct tl_memory_stream {
    struct tl_wait wait; /* the stream's lock; woken on a new message and on close */
    int64_t max_bytes;
    tl_ns max_age;
    struct tl_memory_entry *entries; /* slot = seq & (capacity - 1) */
    size_t capacity;                 /* a power of two */
    uint64_t first_seq, next_seq;    /* stored: [first_seq, next_seq), 1-based */
    int64_t bytes;
    tl_ns last_stored;
    struct tl_dedupe *dedupe;
};

enum tl_status tl_memory_stream_init(struct tl_memory_stream *stream, tl_ns max_age,
                                     int64_t max_bytes) TL_MUST_USE;
void tl_memory_stream_deinit(struct tl_memory_stream *stream);

/* Appends a copy unless msg_id (if not empty) was seen within 120 s, then drops what is over the
 * caps, oldest first. */
enum tl_status tl_memory_stream_append(struct tl_memory_stream *stream, struct tl_str msg_id,
                                       struct tl_str data, tl_ns now) TL_MUST_USE;
void tl_memory_stream_expire(struct tl_memory_stream *stream, tl_ns now);
/* NULL when seq is not stored. Valid until the next append or expire. */
const struct tl_memory_entry *tl_memory_stream_at(const struct tl_memory_stream *stream,
                                                  uint64_t seq);
/* First stored seq with stamp >= from; next_seq when there is none. */
uint64_t tl_memory_stream_seq_from(const struct tl_memory_stream *stream, tl_ns from);

#endif
