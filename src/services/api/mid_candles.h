/* SPDX-License-Identifier: Apache-2.0
 * Candles of what a name's quotes did in each minute of the running session and, where sessions are
 * back to back, of the one before: GET /session/candles/SYMBOL. For a chart that was not there: public
 * candles are of prints, and begin when the system did.
 *
 *   {"underlying_id":"SPY","interval_ms":60000,"source":"mid",
 *    "sessions":[{"session_start":ms,"bars":[[o,h,l,c],…],"running":[o,h,l,c]},…]}
 *
 * Sessions in the order of time; one bar a whole minute since the open, in USD: the mid at its start,
 * the highest and the lowest of the 61 second boundaries from its start to its end, the mid at its end.
 * `running` is the minute after them as far as it is known; not there where none has begun.
 * No prints, so no volume, and what a quote did within a second is not in it. Owned and locked by
 * whoever holds it (session.c). */
#ifndef TL_SERVICES_API_MID_CANDLES_H
#define TL_SERVICES_API_MID_CANDLES_H

#include <tapeloom/market.h>
#include "services/api/buffer.h"

#define TL_MID_CANDLES_MINUTES 390
#define TL_MID_CANDLES_SYMBOL_BYTES 16

struct tl_mid_bar {
    tl_px open, high, low, close;
};

/* Of one session. */
struct tl_mid_candles {
    uint32_t names;
    int64_t session_start_s, next_s; /* next_s: the second that is to be added */
    char (*symbols)[TL_MID_CANDLES_SYMBOL_BYTES];
    struct tl_mid_bar *bars; /* [names][TL_MID_CANDLES_MINUTES], the last one growing */
};

/* Takes the names; false: out of memory. 12.5 KB a name. */
bool tl_mid_candles_init(struct tl_mid_candles *candles, const struct tl_market *market);
void tl_mid_candles_deinit(struct tl_mid_candles *candles); /* a zeroed one is fine */

/* After the step of `second`; that of the open starts anew. A second that does not follow the last one
 * is left out, and with it all that come after it in its session. */
void tl_mid_candles_add(struct tl_mid_candles *candles, const struct tl_market *market,
                        int64_t session_start_s, int64_t second);
/* sessions: in the order of time, all of the same names; those without a bar are left out. false: no
 * such name. Before the names are known every name has no sessions. */
bool tl_mid_candles_put(const struct tl_mid_candles *sessions, size_t count, struct tl_str symbol,
                        struct tl_api_buffer *out);

#endif
