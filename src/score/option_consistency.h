/* SPDX-License-Identifier: Apache-2.0
 * How well option prices agree with each other and with the stock: parity, butterflies, calendars,
 * executable arbitrage, co-movement (SCORECARD O35 to O38). */
#ifndef TL_SCORE_OPTION_CONSISTENCY_H
#define TL_SCORE_OPTION_CONSISTENCY_H

#include "score/estimate.h"
#include "score/option_arbitrage.h"
#include "score/option_look.h"
#include "score/report.h"

#define TL_PARITY_BINS 800
#define TL_WATCHED 20 /* contracts followed from minute to minute; the first 12 near the money */
#define TL_WATCHED_ATM 12

struct tl_watched {
    uint8_t expiry, strike; /* chain indices */
    char right;
    double mid, delta; /* of the last minute; delta 0: free */
};

struct tl_option_consistency {
    double parity_count, parity[TL_PARITY_BINS]; /* |residual| / half combined spread */
    double triples, concave, beyond;             /* beyond: by more than the middle's half-spread */
    double pairs, decreasing;                    /* adjacent expiries' ATM variance */
    double last_variance;                        /* of the expiry before; 0: none */
    struct tl_arbitrage_counts arbitrage;
    double spot; /* at the last minute; 0: none */
    struct tl_watched watched[TL_WATCHED];
    struct tl_pairs atm, wing; /* d mid on delta x d spot */
};

struct tl_option_sample;

void tl_option_consistency_slice(struct tl_option_consistency *consistency,
                                 const struct tl_option_slice *slice);
void tl_option_consistency_pair(struct tl_option_consistency *consistency,
                                const struct tl_option_slice *near,
                                const struct tl_option_slice *far);
void tl_option_consistency_end(struct tl_option_consistency *consistency); /* of a snapshot */
/* Once a minute; picks new contracts every half hour. */
void tl_option_consistency_minute(struct tl_option_consistency *consistency,
                                  struct tl_option_frame *frame, int64_t since_open_s);
void tl_option_consistency_close(struct tl_option_consistency *consistency);
void tl_option_consistency_rows(const struct tl_option_sample *sample,
                                struct tl_score_report *report);

#endif
