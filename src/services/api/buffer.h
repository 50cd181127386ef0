/* SPDX-License-Identifier: Apache-2.0
 * A tl_text that grows, up to a bound. Answers and frames are assembled in a few of these, kept for
 * the life of the service, so that steady work allocates nothing. */
#ifndef TL_SERVICES_API_BUFFER_H
#define TL_SERVICES_API_BUFFER_H

#include "base/text.h"

struct tl_api_buffer {
    struct tl_text text; /* .overflow is set when the bound or memory stopped a write */
    size_t capacity_max; /* 0: 64 MiB, far above the longest page (5000 rows of a few KiB) */
};

/* Room for `extra` more bytes; false (and text.overflow) when there cannot be. */
bool tl_api_buffer_reserve(struct tl_api_buffer *buffer, size_t extra);
void tl_api_buffer_put(struct tl_api_buffer *buffer, struct tl_str str);
void tl_api_buffer_lit(struct tl_api_buffer *buffer, const char *literal);
void tl_api_buffer_i64(struct tl_api_buffer *buffer, int64_t value);
void tl_api_buffer_u64(struct tl_api_buffer *buffer, uint64_t value);
void tl_api_buffer_json(struct tl_api_buffer *buffer, struct tl_str str); /* quoted, escaped */
void tl_api_buffer_cursor(struct tl_api_buffer *buffer, int64_t ts, uint64_t seq);
void tl_api_buffer_clear(struct tl_api_buffer *buffer); /* keeps the memory */
void tl_api_buffer_deinit(struct tl_api_buffer *buffer);
struct tl_str tl_api_buffer_str(const struct tl_api_buffer *buffer);

#endif
