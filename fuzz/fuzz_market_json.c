/* SPDX-License-Identifier: Apache-2.0
 * Any bytes through every decoder of the public JSON. What is accepted must encode, decode again,
 * and encode to the same bytes. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "wire/derived_json.h"
#include "wire/market_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char first[1 << 16], second[1 << 16];

/* The accepted event's text, and a second pass over it. Strings may need six bytes a byte in escapes,
 * so a very long message may not fit; that is no finding. */
#define ROUND_TRIP(kind, json)                                                                     \
    do {                                                                                           \
        struct tl_wire_##kind event;                                                               \
        struct tl_json_scratch scratch;                                                            \
        struct tl_error error;                                                                     \
        struct tl_text a = {first, 0, sizeof first, false}, b = {second, 0, sizeof second, false}; \
        if (tl_json_get_##kind(json, &event, &scratch, &error) != TL_OK) break;                    \
        tl_json_put_##kind(&a, &event);                                                            \
        if (a.overflow) break;                                                                     \
        enum tl_status status =                                                                    \
            tl_json_get_##kind((struct tl_str){a.data, a.size}, &event, &scratch, &error);         \
        if (status != TL_OK) break; /* scratch is bounded: escapes may outgrow it */               \
        tl_json_put_##kind(&b, &event);                                                            \
        assert(!b.overflow && a.size == b.size && memcmp(first, second, a.size) == 0);             \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tl_str json = {(const char *)data, size};
    static struct tl_wire_derived derived;
    struct tl_json_scratch room;
    struct tl_wire_head head;
    struct tl_error why;
    ROUND_TRIP(option_print, json);
    ROUND_TRIP(option_nbbo, json);
    ROUND_TRIP(equity_print, json);
    ROUND_TRIP(equity_quote, json);
    ROUND_TRIP(candle, json);
    if (tl_json_get_head(json, &head, &room, &why) == TL_OK) {
        assert(head.meta.seq <= (1ULL << 53) - 1 && head.ts >= 0);
        assert(head.meta.trace_id.size > 0);
    }
    for (int kind = TL_DERIVED_PACKET; kind <= TL_DERIVED_DARK; kind++) {
        if (tl_json_get_derived(json, (enum tl_derived_kind)kind, &derived, &room, &why) != TL_OK)
            continue;
        /* Touch every byte that was handed out. */
        size_t sum = 0;
        for (size_t i = 0; i < derived.member_count; i++)
            for (size_t j = 0; j < derived.members[i].size; j++)
                sum += (unsigned char)derived.members[i].data[j];
        assert(derived.member_count == 0 || sum > 0 || derived.members[0].data[0] == '\0');
    }
    return 0;
}
