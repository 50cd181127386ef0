/* SPDX-License-Identifier: Apache-2.0
 *  0                   1                   2
 *  | F R R R  opcode | M  length 7 | length 16 or 64 | mask key 4 | payload |
 * Client frames must be masked; control frames carry at most 125 bytes and are never fragmented.
 * Source: RFC 6455 section 5.2; UTF-8 as in RFC 3629 (no overlong forms, no surrogates). */
#include "net/ws_frame.h"

#include <string.h>

static bool opcode_known(int opcode)
{
    return opcode <= TL_WS_BINARY || (opcode >= TL_WS_CLOSE && opcode <= TL_WS_PONG);
}

/* Reads the length field; returns the offset behind it, 0: more bytes are needed. */
static size_t read_length(const unsigned char *bytes, size_t size, uint64_t *length)
{
    size_t wide = (bytes[1] & 0x7f) == 126 ? 2 : (bytes[1] & 0x7f) == 127 ? 8 : 0;
    if (size < 2 + wide) return 0;
    *length = wide ? 0 : bytes[1] & 0x7f;
    for (size_t i = 0; i < wide; i++)
        *length = *length << 8 | bytes[2 + i];
    return 2 + wide;
}

enum tl_status tl_ws_frame_parse(char *data, size_t size, size_t payload_max,
                                 struct tl_ws_frame *frame)
{
    if (size < 2) return TL_AGAIN;
    unsigned char head[10];
    memcpy(head, data, size < sizeof head ? size : sizeof head);
    frame->opcode = head[0] & 0x0f;
    frame->final = (head[0] & 0x80) != 0;
    bool control = frame->opcode >= TL_WS_CLOSE;
    if ((head[0] & 0x70) || !opcode_known(frame->opcode) || !(head[1] & 0x80)) return TL_INVALID;
    if (control && (!frame->final || (head[1] & 0x7f) > 125)) return TL_INVALID;
    uint64_t length = 0;
    size_t at = read_length(head, size, &length);
    if (at == 0) return TL_AGAIN;
    if (length > payload_max) return TL_FULL;
    if (size < at + 4 + length) return TL_AGAIN;
    const char *mask = data + at;
    frame->payload = data + at + 4;
    frame->payload_size = (size_t)length;
    frame->size = at + 4 + (size_t)length;
    for (size_t i = 0; i < frame->payload_size; i++)
        frame->payload[i] = (char)(frame->payload[i] ^ mask[i & 3]);
    return TL_OK;
}

size_t tl_ws_frame_header(enum tl_ws_opcode opcode, size_t payload_size,
                          unsigned char header[TL_WS_HEADER_MAX])
{
    size_t wide = payload_size < 126 ? 0 : payload_size < 65536 ? 2 : 8;
    header[0] = (unsigned char)(0x80 | opcode);
    header[1] = (unsigned char)(wide == 0 ? payload_size : wide == 2 ? 126 : 127);
    for (size_t i = 0; i < wide; i++)
        header[2 + i] = (unsigned char)((uint64_t)payload_size >> (8 * (wide - 1 - i)));
    return 2 + wide;
}

/* Size of the valid sequence at text, 0: invalid. */
static size_t utf8_sequence(const unsigned char *text, size_t size)
{
    unsigned char lead = text[0];
    if (lead < 0x80) return 1;
    size_t more = lead >= 0xc2 && lead <= 0xdf   ? 1
                  : lead >= 0xe0 && lead <= 0xef ? 2
                  : lead >= 0xf0 && lead <= 0xf4 ? 3
                                                 : 0;
    if (more == 0 || size <= more) return 0;
    for (size_t i = 1; i <= more; i++)
        if ((text[i] & 0xc0) != 0x80) return 0;
    if (lead == 0xe0 && text[1] < 0xa0) return 0;
    if (lead == 0xed && text[1] > 0x9f) return 0;
    if (lead == 0xf0 && text[1] < 0x90) return 0;
    if (lead == 0xf4 && text[1] > 0x8f) return 0;
    return more + 1;
}

bool tl_ws_utf8_valid(struct tl_str text)
{
    const unsigned char *at = (const unsigned char *)text.data;
    size_t left = text.size;
    while (left > 0) {
        size_t step = utf8_sequence(at, left);
        if (step == 0) return false;
        at += step;
        left -= step;
    }
    return true;
}
