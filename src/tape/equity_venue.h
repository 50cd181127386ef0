/* SPDX-License-Identifier: Apache-2.0
 * Where stock prints happen and what the tape says of them: venues and sale conditions. */
#ifndef TL_TAPE_EQUITY_VENUE_H
#define TL_TAPE_EQUITY_VENUE_H

#include "base/rng.h"
#include "tape/seam.h"

/* The listing market of a name: Arca for funds, Nasdaq or NYSE by sector. */
enum tl_equity_venue tl_equity_venue_home(const struct tl_symbol *symbol);

/* A lit venue, by its share of lit volume for names listed at `home`. */
enum tl_equity_venue tl_equity_venue_draw(struct tl_rng *rng, enum tl_equity_venue home);

enum tl_equity_mark {
    TL_MARK_ISO = 1 << 0,        /* F */
    TL_MARK_LATE = 1 << 1,       /* Z: sold out of sequence */
    TL_MARK_PRIOR = 1 << 2,      /* 4: derivatively priced */
    TL_MARK_CONTINGENT = 1 << 3, /* 7: qualified contingent trade */
    TL_MARK_OPENING = 1 << 4,    /* O */
    TL_MARK_CLOSING = 1 << 5     /* 6 */
};

/* Fills the four slots; I (odd lot) follows from the size. marks: enum tl_equity_mark. Inline: most
 * callers' marks are constants. */
static inline void tl_equity_conditions(char slots[4], uint32_t marks, tl_lots size)
{
    slots[0] = '@';
    slots[1] = ' ';
    if (marks & TL_MARK_ISO) slots[1] = 'F';
    if (marks & TL_MARK_PRIOR) slots[1] = '4';
    if (marks & TL_MARK_CONTINGENT) slots[1] = '7';
    if (marks & TL_MARK_OPENING) slots[1] = 'O';
    if (marks & TL_MARK_CLOSING) slots[1] = '6';
    slots[2] = marks & TL_MARK_LATE ? 'Z' : ' ';
    slots[3] = size < 100 ? 'I' : ' ';
}

#endif
