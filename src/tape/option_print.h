/* SPDX-License-Identifier: Apache-2.0
 * Drafts in time order meet the NBBO: print events with their context, and quote events. */
#ifndef TL_TAPE_OPTION_PRINT_H
#define TL_TAPE_OPTION_PRINT_H

#include "tape/option_draft.h"

#define TL_OPTION_PUBLISHED_MAX 2048 /* power of two; contracts published in one symbol-second */

struct tl_option_published_quote {
    uint32_t stamp, contract;
    tl_px bid, ask;
    tl_lots bid_size, ask_size;
};

/* What was published in this second already, by contract. Cleared by a new stamp. */
struct tl_option_published {
    uint32_t stamp, used;
    struct tl_option_published_quote entries[TL_OPTION_PUBLISHED_MAX];
};

/* The last volatility found; fills of one order at one price have the same. ts 0: none yet. */
struct tl_option_inverted {
    tl_ns ts;
    tl_px price;
    struct tl_option_choice contract;
    int32_t iv_e6;
};

struct tl_option_printer {
    struct tl_option_frame *frame;
    struct tl_option_published *published;
    struct tl_batch *batch;
    struct tl_option_inverted inverted;
};

/* Appends the events of one draft; call in ascending ts within a second. */
void tl_option_print(struct tl_option_printer *printer, const struct tl_option_draft *draft);

/* By how much dear options trade in fewer lots: 1, 2, 4 or 6. ask: what one costs. */
tl_lots tl_option_dear(tl_px ask, int32_t strike_milli);

#endif
