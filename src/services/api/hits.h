/* SPDX-License-Identifier: Apache-2.0
 * How many smart-money events of each profile did not abstain, over the last 10 to 30 minutes: the
 * profile_hit_counts of the operator's status. Rebuilt from the store on start. Loop thread only. */
#ifndef TL_SERVICES_API_HITS_H
#define TL_SERVICES_API_HITS_H

#include <tapeloom/control.h>
#include "services/api/decode.h"
#include "services/api/reader.h"

#define TL_HITS_MAX 16384 /* in 30 minutes: nine a second, far above what classifies */
#define TL_HITS_SPAN_MS 1800000LL
#define TL_HITS_BINS_MAX 30 /* minutes of the longest window */

struct tl_hit {
    int64_t ts; /* source_ts, ms */
    uint64_t trace_hash;
    uint8_t profile; /* enum tl_profile */
};

struct tl_hits {
    bool hydrated;
    size_t next, count; /* ring */
    struct tl_hit ring[TL_HITS_MAX];
};

/* A zeroed struct is ready. An event seen before (by trace id) is not counted again. */
void tl_hits_add(struct tl_hits *hits, int64_t ts, struct tl_str trace_id, enum tl_profile profile);
/* Once, when the store can be opened. */
void tl_hits_hydrate(struct tl_hits *hits, struct tl_api_reader *reader,
                     struct tl_api_decoder *decoder, int64_t now_ms);
void tl_hits_count(const struct tl_hits *hits, int64_t now_ms, int window_minutes,
                   uint32_t counts[TL_PROFILE_COUNT]);
/* The same events by minute before now, oldest first: the first window_minutes of each row, which
 * add up to its count. */
void tl_hits_bins(const struct tl_hits *hits, int64_t now_ms, int window_minutes,
                  uint32_t bins[TL_PROFILE_COUNT][TL_HITS_BINS_MAX]);

#endif
