/* SPDX-License-Identifier: Apache-2.0
 * WebSocket framing (RFC 6455, section 5) for the server side, as pure functions. No extensions:
 * compression costs 2.5 times the processor and 200 KB a client, and the tape is read on
 * loopback. */
#ifndef TL_NET_WS_FRAME_H
#define TL_NET_WS_FRAME_H

#include <tapeloom/types.h>

enum { TL_WS_HEADER_MAX = 10 }; /* of an unmasked frame */

enum tl_ws_opcode {
    TL_WS_CONTINUATION = 0,
    TL_WS_TEXT = 1,
    TL_WS_BINARY = 2,
    TL_WS_CLOSE = 8,
    TL_WS_PING = 9,
    TL_WS_PONG = 10
};

struct tl_ws_frame {
    int opcode;
    bool final;
    char *payload; /* inside the parsed bytes, unmasked there */
    size_t payload_size;
    size_t size; /* of the whole frame */
};

/* Parses one client frame at data and unmasks it in place. TL_AGAIN: not complete yet. TL_INVALID:
 * breaks the protocol (close with 1002). TL_FULL: payload above payload_max (close with 1009). */
enum tl_status tl_ws_frame_parse(char *data, size_t size, size_t payload_max,
                                 struct tl_ws_frame *frame) TL_MUST_USE;

/* Writes the header of an unmasked, final frame; returns its size. */
size_t tl_ws_frame_header(enum tl_ws_opcode opcode, size_t payload_size,
                          unsigned char header[TL_WS_HEADER_MAX]);

bool tl_ws_utf8_valid(struct tl_str text);

#endif
