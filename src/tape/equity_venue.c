/* SPDX-License-Identifier: Apache-2.0
 * Venues and sale conditions of stock prints. Shares are CALIBRATION B.4's of 2025, lifted at the
 * listing market; slots are those of CTA and UTP: settlement, trade-through exemption and reason,
 * late or out of sequence, detail. */
#include "tape/equity_venue.h"

#define LIT_VENUES TL_EV_OTC

/* Lit volume between the crosses, any listing. NYSE NASDAQ ARCA BATS IEX MEMX EDGX EDGA BYX PEARL BX PSX AMEX NSX LTSE
 * CHX. */
static const double shares[LIT_VENUES] = {0.055, 0.160, 0.075, 0.068, 0.047, 0.037, 0.102, 0.026,
                                          0.023, 0.025, 0.008, 0.008, 0.006, 0.012, 0.007, 0.007};

enum tl_equity_venue tl_equity_venue_home(const struct tl_symbol *symbol)
{
    if (symbol->is_etf) return TL_EV_ARCA;
    switch ((enum tl_sector)symbol->sector) {
    case TL_SECTOR_TECH:
    case TL_SECTOR_SEMI:
    case TL_SECTOR_COMM:
        return TL_EV_NASDAQ;
    case TL_SECTOR_INDEX:
    case TL_SECTOR_CONSUMER:
    case TL_SECTOR_FINANCE:
    case TL_SECTOR_HEALTH:
    case TL_SECTOR_ENERGY:
    case TL_SECTOR_INDUSTRY:
    case TL_SECTOR_COUNT:
        break;
    }
    return TL_EV_NYSE;
}

enum tl_equity_venue tl_equity_venue_draw(struct tl_rng *rng, enum tl_equity_venue home)
{
    double weights[LIT_VENUES];
    for (int v = 0; v < LIT_VENUES; v++)
        weights[v] = shares[v];
    /* The crosses add a sixth to a stock's home market, so less is left for the day (E46). */
    weights[home] += home == TL_EV_ARCA ? 0.12 : home == TL_EV_NYSE ? 0.03 : 0.015;
    return (enum tl_equity_venue)tl_rng_pick(rng, weights, LIT_VENUES);
}

void tl_equity_conditions(char slots[4], uint32_t marks, tl_lots size)
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
