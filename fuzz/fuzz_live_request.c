/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a message of /ws/live: taken or refused, never a crash; and what is taken survives its
 * own echo: an echoed subscription parses again to the same key. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "json/live_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct tl_live_request request, again;

static size_t key_of(const struct tl_live_subscription *subscription, char *bytes, size_t capacity)
{
    struct tl_text text = {.data = bytes, .capacity = capacity};
    tl_live_subscription_key(&text, subscription);
    if (text.overflow) abort();
    return text.size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char message[TL_LIVE_ECHO_MAX + 128], key[TL_LIVE_KEY_MAX], other[TL_LIVE_KEY_MAX];
    struct tl_error error = {0};
    struct tl_str text = {(const char *)data, size};
    if (tl_live_request_parse(text, &request, &error) != TL_OK) return 0;
    for (size_t i = 0; i < request.count; i++) {
        struct tl_text out = {.data = message, .capacity = sizeof message};
        tl_text_lit(&out, "{\"op\":\"subscribe\",\"subscriptions\":[");
        tl_live_subscription_put(&out, &request.subscriptions[i], true);
        tl_text_lit(&out, "]}");
        if (out.overflow) abort();
        struct tl_str echo = {out.data, out.size};
        if (tl_live_request_parse(echo, &again, &error) != TL_OK) abort();
        size_t first = key_of(&request.subscriptions[i], key, sizeof key);
        size_t second = key_of(&again.subscriptions[0], other, sizeof other);
        if (first != second || memcmp(key, other, first) != 0) abort();
    }
    return 0;
}
