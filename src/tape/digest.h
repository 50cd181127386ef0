/* SPDX-License-Identifier: Apache-2.0
 * Digests of a tape: per stream the number of events and the sum modulo 2^64 of their hashes. Sums
 * commute, so digests of shards, symbols or seconds add up to the digest of the whole. */
#ifndef TL_TAPE_DIGEST_H
#define TL_TAPE_DIGEST_H

#include <tapeloom/event.h>
#include <tapeloom/market.h>
#include "base/text.h"

struct tl_digest {
    uint64_t count[TL_STREAM_COUNT];
    uint64_t sum[TL_STREAM_COUNT];
};

void tl_digest_event(struct tl_digest *digest, const struct tl_event *event, struct tl_str symbol);
/* All events of a batch; market names the symbols. */
void tl_digest_batch(struct tl_digest *digest, const struct tl_batch *batch,
                     const struct tl_market *market);
void tl_digest_add(struct tl_digest *digest, const struct tl_digest *other);
bool tl_digest_equal(const struct tl_digest *a, const struct tl_digest *b);
/* One line a stream: "option_nbbo 1234 0123456789abcdef". */
void tl_digest_put(struct tl_text *out, const struct tl_digest *digest);

#endif
