/* SPDX-License-Identifier: Apache-2.0
 * libevent 2.1 ends a line at a bare LF, joins folded lines, ends the head at a line that starts
 * with NUL, and takes any bytes as a header's name. Each of these is read otherwise by some other
 * program, which is how requests are smuggled past one that stands in front (RFC 9112, 2.2, 5.1,
 * 5.2 and 11.2); so each is refused. */
#include "net/head_watch.h"

#include <string.h>

static bool token_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || (byte && strchr("!#$%&'*+-.^_`|~", byte));
}

static enum tl_head_state line_end(struct tl_head_watch *watch)
{
    if (!watch->carriage) return TL_HEAD_BAD;
    if (watch->column == 0) return watch->lines ? TL_HEAD_DONE : TL_HEAD_BAD;
    if (watch->lines > 0 && !watch->colon) return TL_HEAD_BAD;
    if (++watch->lines > TL_HEAD_LINES_MAX) return TL_HEAD_LARGE;
    watch->column = 0;
    watch->carriage = watch->colon = false;
    return TL_HEAD_MORE;
}

static enum tl_head_state next_byte(struct tl_head_watch *watch, char byte)
{
    if (++watch->size > TL_HEAD_BYTES_MAX) return TL_HEAD_LARGE;
    if (byte == '\n') return line_end(watch);
    if (watch->carriage) return TL_HEAD_BAD;
    if (byte == '\r') {
        watch->carriage = true;
        return TL_HEAD_MORE;
    }
    if (((unsigned char)byte < 0x20 && byte != '\t') || byte == 0x7f) return TL_HEAD_BAD;
    if (watch->lines > 0 && !watch->colon) {
        if (byte == ':' && watch->column > 0)
            watch->colon = true;
        else if (!token_byte(byte)) /* a folded line starts with a blank */
            return TL_HEAD_BAD;
    }
    watch->column++;
    return TL_HEAD_MORE;
}

enum tl_head_state tl_head_watch(struct tl_head_watch *watch, const char *data, size_t size)
{
    for (size_t i = 0; i < size && watch->state == TL_HEAD_MORE; i++)
        watch->state = next_byte(watch, data[i]);
    return watch->state;
}
