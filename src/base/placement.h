/* SPDX-License-Identifier: Apache-2.0
 * Where a print sits against a quote: AA A MID B BB MISSING STALE. Shared by the ingest side, the
 * packets and the equity joins. With eps = max(0.01, 0.05 max(0, ask - bid)), in order: no quote or
 * ask <= 0: MISSING; |trade - quote| > max age: STALE; price > ask + eps: AA; >= ask - eps: A;
 * < bid - eps: BB; <= bid + eps: B; else MID. So with a spread of at most 0.02 the mid is A. */
#ifndef TL_BASE_PLACEMENT_H
#define TL_BASE_PLACEMENT_H

#include <tapeloom/contract.h>

enum tl_nbbo_side tl_placement(double price, bool quote_known, double bid, double ask,
                               int64_t trade_ts_ms, int64_t quote_ts_ms, int64_t age_ms_max);
const char *tl_nbbo_side_name(enum tl_nbbo_side side); /* "AA"; "" for absent */

#endif
