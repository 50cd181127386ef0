/* SPDX-License-Identifier: Apache-2.0
 * The engine's option NBBO within one second of one underlying. */
#ifndef TL_TAPE_OPTION_QUOTE_H
#define TL_TAPE_OPTION_QUOTE_H

#include "market/surface.h"
#include "tape/option_noise.h"
#include "tape/seam.h"

/* A moment at which the whole chain is quoted anew. */
struct tl_option_mark {
    tl_ns ts;
    double spot, spread; /* the stock's mid and spread, USD */
};

/* A contract's quote and the model value behind it. */
struct tl_option_quote {
    tl_px bid, ask;
    tl_lots bid_size, ask_size;
    tl_ns ts; /* when it was set */
    double iv, delta;
    double value, spot; /* the model's, USD, and the stock's middle at which it is */
    double vega;        /* USD a unit of total standard deviation, iv sqrt(years) */
};

#define TL_OPTION_RECALL_SLOTS 64

/* Quotes made in this second already: between two marks, and until its noise is redrawn, a contract
 * has one quote, and fills come several at a time. It remembers and decides nothing. A new second
 * of a symbol takes a new stamp, never 0. */
struct tl_option_recall {
    uint32_t stamp;
    struct tl_option_recalled {
        uint32_t stamp, contract, mark;
        tl_ns since, until; /* the quote, but for its ts, is this one from since to until */
        struct tl_option_quote quote; /* its ts may lie ahead of since */
    } slots[TL_OPTION_RECALL_SLOTS];
};

#define TL_OPTION_INTEREST 33 /* bits of a 32-bit number, and none */

/* What a class's makers ask, whatever the second: constants of a symbol. */
struct tl_option_makers {
    const struct tl_symbol *symbol; /* whose constants stand here; NULL: nobody's yet */
    double width_base;  /* share of the value at the money at 18 days: what any class pays */
    double width_thin;  /* the same: what a class pays for trading little */
    double width_carry; /* unknown carry, share of the stock's price a year */
    double width_deep;  /* share of the intrinsic value of an option deep in the money */
    double width_far;   /* grid steps more, far out of the money */
    double interest[TL_OPTION_INTEREST]; /* factor on the width by bits of open interest */
    double size;                         /* contracts at the touch, typical */
};

/* What all contracts of one symbol-second share. A pure function of the second. */
struct tl_option_frame {
    const struct tl_second *second;
    const struct tl_option_makers *makers;
    struct tl_option_makers own_makers;    /* used where the caller keeps none */
    struct tl_option_noise_memory *memory; /* borrowed, set after init; NULL: none */
    struct tl_option_recall *recall;       /* likewise */
    struct tl_surface surface;
    double width_state; /* the state and the minute, about 1 */
    double sway;        /* how far the market's middle strays from the value, of its width */
    double size_scale;  /* contracts at the touch, typical */
    uint32_t mark_count;
    struct tl_option_mark marks[2 * TL_QUOTE_PATH_MAX + 1]; /* ascending ts */
    uint32_t slice_known, slice_alive;                      /* bit per expiry */
    struct tl_slice slices[TL_EXPIRIES_MAX];                /* filled when first asked */
    double tenor[TL_EXPIRIES_MAX];                          /* with it: (18 days / T)^(1/8) */
};

void tl_option_frame_init(struct tl_option_frame *frame, const struct tl_second *second);
/* The same with makers that the caller keeps for this symbol, zeroed at first. */
void tl_option_frame_init_with(struct tl_option_frame *frame, const struct tl_second *second,
                               struct tl_option_makers *makers);
/* The slice of an expiry at the second's start; NULL: dead. */
const struct tl_slice *tl_option_frame_slice(struct tl_option_frame *frame, uint32_t expiry);
/* Index of the mark in force at ts. */
uint32_t tl_option_frame_mark(const struct tl_option_frame *frame, tl_ns ts);
/* A quote of this contract will be asked for: what it is made from is called into the cache. */
void tl_option_quote_expect(const struct tl_option_frame *frame, uint32_t expiry, uint32_t strike,
                            char right);
/* The NBBO of a contract at ts, within the second. false: dead. */
bool tl_option_quote_at(struct tl_option_frame *frame, uint32_t expiry, uint32_t strike, char right,
                        tl_ns ts, struct tl_option_quote *quote);

/* The class's grid step at a price: a quote below 3 USD and one at or above. */
tl_px tl_option_grid(enum tl_option_class option_class, tl_px price);

#endif
