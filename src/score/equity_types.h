/* SPDX-License-Identifier: Apache-2.0
 * What the estimators of the stock tape are handed: prints with the quote they met, and parents.
 *
 * Times. A print's own time on the tape (ts, its report) orders the tape, so durations, counts and
 * parents use it, as the samples behind the bands did. Where the print stands against the quote,
 * and what the price did afterwards, is judged at its execution.
 *
 * Parent: prints of one sign that share a millisecond, merged. A print without a sign is a parent
 * without one: it counts in time, and not in sign memory or impact. */
#ifndef TL_SCORE_EQUITY_TYPES_H
#define TL_SCORE_EQUITY_TYPES_H

#include <tapeloom/event.h>
#include "tape/seam.h"

#define TL_SCORE_HALF_HOURS 13 /* of a full session; more go into the last */

struct tl_score_print {
    const struct tl_equity_trade *trade;
    const struct tl_quote_point *quote; /* in force just before the execution; NULL: not known */
    tl_ns ts;                           /* report */
    int side;                           /* +1 bought, -1 sold, 0 neither */
    bool auction;                       /* the opening or closing cross */
};

struct tl_score_parent {
    tl_ns ts, executed; /* of its first print */
    int side;
    uint32_t prints;
    int64_t shares, lit_shares;
    double mid;  /* just before the execution, 1e-4 USD; 0: not known */
    double paid; /* sum over lit prints of shares x side x (price - mid), 1e-4 USD */
};

/* The middle, 1e-4 USD. */
static inline double tl_score_mid(const struct tl_quote_point *quote)
{
    return 0.5 * (double)(quote->bid + quote->ask);
}

#endif
