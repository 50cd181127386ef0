/* SPDX-License-Identifier: Apache-2.0
 * One option print as somebody sees it who knows nothing else: the cell of ordinary properties in
 * which prints are compared, and what else the print shows. No history, no neighbours. */
#ifndef TL_SCORE_BLIND_PRINT_H
#define TL_SCORE_BLIND_PRINT_H

#include "score/option_look.h"

enum tl_blind_feature {
    TL_BLIND_SIZE,     /* log contracts */
    TL_BLIND_ROUND,    /* 4: in hundreds, 3: fifties, 2: tens, 1: fives, 0 */
    TL_BLIND_PRICE,    /* log USD */
    TL_BLIND_PREMIUM,  /* log USD */
    TL_BLIND_PLACE,    /* in the spread: -1 bid, 0 mid, 1 ask; within 4 */
    TL_BLIND_OFF_GRID, /* 1: the price is between the class's increments */
    TL_BLIND_SPREAD,   /* in the class's increments */
    TL_BLIND_BID_SIZE, /* log (1 + contracts), as the next */
    TL_BLIND_ASK_SIZE,
    TL_BLIND_QUOTE_AGE, /* log (1 + ms) since the NBBO was set */
    TL_BLIND_VENUE,
    TL_BLIND_CONDITION, /* the code's byte */
    TL_BLIND_MULTI_VENUE,
    TL_BLIND_MONEYNESS, /* ln(strike / spot) */
    TL_BLIND_DTE,
    TL_BLIND_DELTA, /* absolute */
    TL_BLIND_IV,
    TL_BLIND_DELAY,       /* log (1 + us) from trade to report */
    TL_BLIND_MS,          /* of the second */
    TL_BLIND_RIGHT,       /* 1: a call */
    TL_BLIND_SPOT_SPREAD, /* of the stock, basis points */
    TL_BLIND_SPOT_AGE,    /* log (1 + ms) since its quote was set */
    TL_BLIND_FEATURES
};

const char *tl_blind_feature_name(enum tl_blind_feature feature); /* "place in the spread" */

struct tl_blind_print {
    uint64_t
        cell; /* equal: same name, half hour, tenor, delta, condition group, size, premium, side */
    float x[TL_BLIND_FEATURES];
};

/* symbol: of the print, for its class's increments. */
void tl_blind_print_of(struct tl_blind_print *print, const struct tl_event *event,
                       const struct tl_option_look *look, const struct tl_symbol *symbol);

/* How it traded, in the groups of SCORECARD O10: 0 electronic, 1 intermarket sweep, 2 auction, 3 multi-leg,
 * 4 stock-tied, 5 cross, 6 floor (multi-leg crosses and floor trades in 5 and 6), 7 others. */
int tl_blind_condition_group(char condition);

#endif
