/* SPDX-License-Identifier: Apache-2.0
 * Growth by doubling from 4 KiB; everything else is base/text.h. */
#include "services/api/buffer.h"

#include <stdlib.h>

#define CAPACITY_FIRST 4096u
#define CAPACITY_MAX (64u << 20)

bool tl_api_buffer_reserve(struct tl_api_buffer *buffer, size_t extra)
{
    struct tl_text *text = &buffer->text;
    if (text->overflow) return false;
    if (extra <= text->capacity - text->size) return true;
    size_t bound = buffer->capacity_max ? buffer->capacity_max : CAPACITY_MAX;
    size_t capacity = text->capacity ? text->capacity : CAPACITY_FIRST;
    while (capacity - text->size < extra && capacity < bound)
        capacity = capacity * 2 < bound ? capacity * 2 : bound;
    if (capacity - text->size < extra) {
        text->overflow = true;
        return false;
    }
    char *data = realloc(text->data, capacity);
    if (!data) {
        text->overflow = true;
        return false;
    }
    text->data = data;
    text->capacity = capacity;
    return true;
}

void tl_api_buffer_put(struct tl_api_buffer *buffer, struct tl_str str)
{
    if (tl_api_buffer_reserve(buffer, str.size)) tl_text_str(&buffer->text, str);
}

void tl_api_buffer_lit(struct tl_api_buffer *buffer, const char *literal)
{
    tl_api_buffer_put(buffer, tl_str_from(literal));
}

void tl_api_buffer_i64(struct tl_api_buffer *buffer, int64_t value)
{
    if (tl_api_buffer_reserve(buffer, 24)) tl_text_i64(&buffer->text, value);
}

void tl_api_buffer_u64(struct tl_api_buffer *buffer, uint64_t value)
{
    if (tl_api_buffer_reserve(buffer, 24)) tl_text_u64(&buffer->text, value);
}

void tl_api_buffer_json(struct tl_api_buffer *buffer, struct tl_str str)
{
    /* The worst escape is six bytes for one. */
    if (tl_api_buffer_reserve(buffer, str.size * 6 + 2)) tl_text_json_string(&buffer->text, str);
}

void tl_api_buffer_cursor(struct tl_api_buffer *buffer, int64_t ts, uint64_t seq)
{
    tl_api_buffer_lit(buffer, "{\"ts\":");
    tl_api_buffer_i64(buffer, ts);
    tl_api_buffer_lit(buffer, ",\"seq\":");
    tl_api_buffer_u64(buffer, seq);
    tl_api_buffer_lit(buffer, "}");
}

void tl_api_buffer_clear(struct tl_api_buffer *buffer)
{
    buffer->text.size = 0;
    buffer->text.overflow = false;
}

void tl_api_buffer_deinit(struct tl_api_buffer *buffer)
{
    free(buffer->text.data);
    buffer->text = (struct tl_text){0};
}

struct tl_str tl_api_buffer_str(const struct tl_api_buffer *buffer)
{
    return (struct tl_str){buffer->text.data, buffer->text.size};
}
