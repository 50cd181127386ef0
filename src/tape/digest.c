/* SPDX-License-Identifier: Apache-2.0
 * Digests of a tape: counts and sums of event hashes per stream. The order of events does not enter
 * the sum; their seq does, and seq is given in tape order. */
#include "tape/digest.h"

void tl_digest_event(struct tl_digest *digest, const struct tl_event *event, struct tl_str symbol)
{
    if (event->stream >= TL_STREAM_COUNT) return;
    digest->count[event->stream]++;
    digest->sum[event->stream] += tl_event_hash(event, symbol);
}

void tl_digest_batch(struct tl_digest *digest, const struct tl_batch *batch,
                     const struct tl_market *market)
{
    for (size_t i = 0; i < batch->count; i++)
        tl_digest_event(digest, &batch->events[i], tl_market_symbol(market, batch->events[i].sym));
}

void tl_digest_add(struct tl_digest *digest, const struct tl_digest *other)
{
    for (int s = 0; s < TL_STREAM_COUNT; s++) {
        digest->count[s] += other->count[s];
        digest->sum[s] += other->sum[s];
    }
}

bool tl_digest_equal(const struct tl_digest *a, const struct tl_digest *b)
{
    for (int s = 0; s < TL_STREAM_COUNT; s++)
        if (a->count[s] != b->count[s] || a->sum[s] != b->sum[s]) return false;
    return true;
}

void tl_digest_put(struct tl_text *out, const struct tl_digest *digest)
{
    for (int s = 0; s < TL_STREAM_COUNT; s++) {
        tl_text_lit(out, tl_stream_name((enum tl_stream)s));
        tl_text_byte(out, ' ');
        tl_text_u64(out, digest->count[s]);
        tl_text_byte(out, ' ');
        tl_text_hex64(out, digest->sum[s]);
        tl_text_byte(out, '\n');
    }
}
