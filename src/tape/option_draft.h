/* SPDX-License-Identifier: Apache-2.0
 * Drafts: the prints and quote publications of one symbol-second before they meet the NBBO. */
#ifndef TL_TAPE_OPTION_DRAFT_H
#define TL_TAPE_OPTION_DRAFT_H

#include "base/rng.h"
#include "tape/option_flow.h"
#include "tape/option_mix.h"
#include "tape/option_place.h"
#include "tape/option_quote.h"

#define TL_OPTION_DRAFTS_MAX (TL_EVENTS_PER_SYMBOL_SECOND_MAX - 1)

struct tl_option_draft {
    tl_ns ts;
    uint64_t parent_id;
    struct tl_option_place place;
    uint32_t word; /* random bits for what is decided at the quote */
    tl_lots size;  /* 0: a quote publication */
    struct tl_option_choice contract;
    uint8_t subtype, mechanism, venue;
    int8_t side;
    char condition;
    bool multi_venue, electronic; /* electronic: priced on the class's grid, else in cents */
    uint16_t package;
};

struct tl_option_drafts {
    uint32_t count;
    uint16_t packages; /* background packages numbered so far */
    uint64_t dropped;
    struct tl_option_draft items[TL_OPTION_DRAFTS_MAX];
};

/* One background order: its prints. rng: the second's print cursor. */
void tl_option_draft_order(struct tl_option_drafts *drafts, struct tl_option_frame *frame,
                           const struct tl_option_order *order, struct tl_rng *rng);
/* One scenario child (not a stock leg). */
void tl_option_draft_child(struct tl_option_drafts *drafts, const struct tl_second *second,
                           const struct tl_child *child);
/* Publications for the contracts that are active by the latent state. */
void tl_option_draft_quotes(struct tl_option_drafts *drafts, const struct tl_option_frame *frame);

#endif
