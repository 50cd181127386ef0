/* SPDX-License-Identifier: Apache-2.0
 * Bytes as a client or an upstream sends them: request heads, response heads, chunked bodies,
 * WebSocket frames. The first byte chooses. What is accepted must lie inside the input, and a
 * chunked body must come out the same in one piece and byte by byte. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/http_parse.h"
#include "net/ws_frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void inside(struct tl_str str, const char *bytes, size_t size)
{
    assert(!str.data || (str.data >= bytes && str.data + str.size <= bytes + size));
}

static void fuzz_head(char *bytes, size_t size, bool response)
{
    struct tl_http_head head;
    enum tl_http_result result = response ? tl_http_parse_response(bytes, size, &head)
                                          : tl_http_parse_request(bytes, size, &head);
    if (result != TL_HTTP_DONE) return;
    assert(head.size <= size && head.header_count <= TL_HTTP_HEADERS_MAX);
    inside(head.method, bytes, head.size);
    inside(head.path, bytes, head.size);
    inside(head.query, bytes, head.size);
    for (size_t i = 0; i < head.header_count; i++) {
        inside(head.headers[i].name, bytes, head.size);
        inside(head.headers[i].value, bytes, head.size);
    }
    assert(response || head.path.data[0] == '/');
}

static void fuzz_chunked(const char *bytes, size_t size)
{
    struct tl_http_chunked whole = {0}, steps = {0};
    char *all = malloc(size + 1), *parts = malloc(size + 1);
    size_t used = 0, payload = 0, at = 0, made = 0;
    memcpy(all, bytes, size);
    enum tl_http_result result = tl_http_chunked_feed(&whole, all, size, &used, &payload);
    enum tl_http_result stepped = TL_HTTP_MORE;
    while (at < size && stepped == TL_HTTP_MORE) {
        char byte = bytes[at];
        size_t one_used, one_payload;
        stepped = tl_http_chunked_feed(&steps, &byte, 1, &one_used, &one_payload);
        if (one_payload) parts[made++] = byte;
        at++;
    }
    assert(result == stepped && used == at && payload == made && payload <= size);
    assert(memcmp(all, parts, payload) == 0);
    free(all);
    free(parts);
}

static void fuzz_frame(char *bytes, size_t size)
{
    struct tl_ws_frame frame;
    if (tl_ws_frame_parse(bytes, size, 1024, &frame) != TL_OK) return;
    assert(frame.size <= size && frame.payload_size <= 1024);
    inside((struct tl_str){frame.payload, frame.payload_size}, bytes, frame.size);
    (void)tl_ws_utf8_valid((struct tl_str){frame.payload, frame.payload_size});
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > 32768) return 0;
    char *bytes = malloc(size > 1 ? size - 1 : 1); /* exact: a read past the end is seen */
    memcpy(bytes, data + 1, size - 1);
    if (data[0] % 4 == 0)
        fuzz_head(bytes, size - 1, false);
    else if (data[0] % 4 == 1)
        fuzz_head(bytes, size - 1, true);
    else if (data[0] % 4 == 2)
        fuzz_chunked(bytes, size - 1);
    else
        fuzz_frame(bytes, size - 1);
    free(bytes);
    return 0;
}
