/* SPDX-License-Identifier: Apache-2.0
 * What every name has realised, minute by minute of the running session, beside what its options
 * imply: GET /session/volatility/SYMBOL.
 *
 *   {"underlying_id":"SPY","session_start":ms,"interval_ms":60000,"iv":[…],"rv5":[…],"rv30":[…]}
 *
 * One value a minute since the open, annualised fractions; rv5 and rv30 are the root mean square of
 * the last 5 and 30 one-minute returns of the mid over 252 days of 390 minutes, null before there are
 * as many. Owned and locked by whoever holds it (session.c). */
#ifndef TL_SERVICES_API_VOLATILITY_H
#define TL_SERVICES_API_VOLATILITY_H

#include <tapeloom/market.h>
#include "services/api/buffer.h"

#define TL_VOLATILITY_MINUTES 390
#define TL_VOLATILITY_SYMBOL_BYTES 16

struct tl_volatility {
    uint32_t names;
    int64_t session_start_s;
    uint32_t minutes; /* whole ones so far */
    char (*symbols)[TL_VOLATILITY_SYMBOL_BYTES];
    double *mids; /* [names][minutes + 1] log mids at minutes' ends; the first is the open's */
    double *iv;   /* [names][minutes] at the money, 30 days */
};

/* Takes the names; false: out of memory. 6.3 KB a name. */
bool tl_volatility_init(struct tl_volatility *volatility, const struct tl_market *market);
void tl_volatility_deinit(struct tl_volatility *volatility); /* a zeroed one is fine */

/* Whether the step of `second` is one that tl_volatility_add takes: the open, or a minute's last. */
bool tl_volatility_wants(int64_t session_start_s, int64_t second);
/* After that step. A minute that does not follow the last one is left out. */
void tl_volatility_add(struct tl_volatility *volatility, const struct tl_market *market,
                       int64_t session_start_s, int64_t second);
/* false: no such name. Before the names are known every name has empty lists. */
bool tl_volatility_put(const struct tl_volatility *volatility, struct tl_str symbol,
                       struct tl_api_buffer *out);

#endif
