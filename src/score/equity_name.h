/* SPDX-License-Identifier: Apache-2.0
 * Everything that is accumulated of one stock. */
#ifndef TL_SCORE_EQUITY_NAME_H
#define TL_SCORE_EQUITY_NAME_H

#include "score/equity_clock.h"
#include "score/equity_impact.h"
#include "score/equity_metaorder.h"
#include "score/equity_nbbo.h"
#include "score/equity_quotes.h"
#include "score/equity_sign.h"
#include "score/equity_size.h"
#include "score/equity_spread.h"
#include "score/equity_venue.h"

/* Touched only as far as it is fed; about 1 MB for a busy name. */
struct tl_score_equity { /* zeroed is empty */
    tl_ns start, end;    /* of the running session; end 0: none */
    tl_px tick;
    bool has_path; /* quotes come from the engine's path, not from the tape */
    tl_ns held_to; /* time-weighted sums are complete up to here; 0: no quote yet */
    tl_ns next_second;
    int last_side; /* of the tick rule */
    tl_px last_price;
    int64_t open_ms; /* millisecond of the open parents */
    uint32_t open_count;
    struct tl_score_parent open[3]; /* one a sign, by their first prints */
    struct tl_score_quotes quotes;
    struct tl_score_spread spread;
    struct tl_score_nbbo nbbo;
    struct tl_score_clock clock;
    struct tl_score_sign parent_sign, print_sign;
    struct tl_score_size size;
    struct tl_score_venue venue;
    struct tl_score_impact impact;
    struct tl_score_metaorders metaorders;
};

#endif
