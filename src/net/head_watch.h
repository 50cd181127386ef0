/* SPDX-License-Identifier: Apache-2.0
 * What libevent's HTTP parser forgives in a request head and we do not, watched on the raw bytes as
 * they arrive: once parsed, none of it can be seen any more. Pure; understands no header. */
#ifndef TL_NET_HEAD_WATCH_H
#define TL_NET_HEAD_WATCH_H

#include <stdbool.h>
#include <stddef.h>

enum { TL_HEAD_BYTES_MAX = 16 * 1024, TL_HEAD_LINES_MAX = 65 }; /* request line and 64 headers */

enum tl_head_state {
    TL_HEAD_MORE,
    TL_HEAD_DONE, /* the blank line was seen: what follows is body, and not looked at */
    TL_HEAD_BAD,  /* 400 */
    TL_HEAD_LARGE /* 431: above TL_HEAD_BYTES_MAX or TL_HEAD_LINES_MAX */
};

/* Zeroed: at the first byte of a head. */
struct tl_head_watch {
    enum tl_head_state state;
    size_t size, lines, column;
    bool carriage; /* the last byte was CR */
    bool colon;    /* seen in this line */
};

/* Looks at the next bytes; returns the state, which stays once it is not TL_HEAD_MORE. */
enum tl_head_state tl_head_watch(struct tl_head_watch *watch, const char *data, size_t size);

#endif
