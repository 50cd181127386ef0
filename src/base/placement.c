/* SPDX-License-Identifier: Apache-2.0
 * Where a print sits against a quote; the rule stands in the header. */
#include "base/placement.h"

#include "base/math.h"

static bool finite(double x)
{
    return x - x == 0.0;
}

enum tl_nbbo_side tl_placement(double price, bool quote_known, double bid, double ask,
                               int64_t trade_ts_ms, int64_t quote_ts_ms, int64_t age_ms_max)
{
    if (!quote_known || !finite(price) || !finite(bid) || !finite(ask) || ask <= 0)
        return TL_SIDE_MISSING;
    int64_t age_ms = trade_ts_ms - quote_ts_ms;
    if (age_ms > age_ms_max || age_ms < -age_ms_max) return TL_SIDE_STALE;
    double eps = tl_max(0.01, 0.05 * tl_max(0.0, ask - bid));
    if (price > ask + eps) return TL_SIDE_AA;
    if (price >= ask - eps) return TL_SIDE_A;
    if (price < bid - eps) return TL_SIDE_BB;
    if (price <= bid + eps) return TL_SIDE_B;
    return TL_SIDE_MID;
}

const char *tl_nbbo_side_name(enum tl_nbbo_side side)
{
    static const char *const NAMES[TL_SIDE_COUNT] = {"",  "AA", "A",       "MID",
                                                     "B", "BB", "MISSING", "STALE"};
    return (unsigned)side < TL_SIDE_COUNT ? NAMES[side] : "";
}
