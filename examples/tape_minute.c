/* SPDX-License-Identifier: Apache-2.0
 * Prints one minute of tape. Build against the installed library:
 *     cc tape_minute.c $(pkg-config --cflags --libs tapeloom) -o tape_minute */
#include <inttypes.h>
#include <stdio.h>
#include <tapeloom/market.h>

static struct tl_event events[1 << 16];

int main(void)
{
    struct tl_market_options options = tl_market_options_default();
    struct tl_market *market = NULL;
    struct tl_error error = {0};
    if (tl_market_create(&options, &market, &error) != TL_OK ||
        tl_market_seek(market, 1790000000, &error) != TL_OK) {
        fprintf(stderr, "tape_minute: %s\n", error.text);
        tl_market_destroy(market);
        return 1;
    }
    for (int i = 0; i < 60; i++) {
        struct tl_batch batch = {.events = events, .capacity = sizeof events / sizeof events[0]};
        tl_market_step(market, &batch);
        for (size_t k = 0; k < batch.count; k++)
            printf("%" PRId64 " %s %s %" PRIu64 "\n", events[k].ts,
                   tl_stream_name((enum tl_stream)events[k].stream),
                   tl_market_symbol(market, events[k].sym).data, events[k].seq);
    }
    tl_market_destroy(market);
    return 0;
}
