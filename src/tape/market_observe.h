/* SPDX-License-Identifier: Apache-2.0
 * A look at every quote path while a market steps, for measurements inside the project: the
 * published quotes are thinned, the path is the engine's own NBBO. Read only; nothing that is
 * printed depends on it. Not installed. */
#ifndef TL_TAPE_MARKET_OBSERVE_H
#define TL_TAPE_MARKET_OBSERVE_H

#include <tapeloom/market.h>
#include "tape/seam.h"

/* second and path are borrowed for the call. */
typedef void tl_market_observer(void *context, const struct tl_second *second,
                                const struct tl_quote_path *path);

/* Calls observer once for each printed symbol of each second that tl_market_step prints (not while
 * seeking), in symbol order, before the second's events are in the batch. observer NULL: none. */
void tl_market_observe(struct tl_market *market, tl_market_observer *observer, void *context);

#endif
