/* SPDX-License-Identifier: Apache-2.0
 * Venues and sale conditions of stock prints. Shares are CALIBRATION B.4's of 2025, lifted at the
 * listing market; slots are those of CTA and UTP: settlement, trade-through exemption and reason,
 * late or out of sequence, detail. */
#include "tape/equity_venue.h"

#define LIT_VENUES TL_EV_OTC

/* Lit volume between the crosses, any listing, summed up: NYSE .055 NASDAQ .160 ARCA .075 BATS .068
 * IEX .047 MEMX .037 EDGX .102 EDGA .026 BYX .023 PEARL .025 BX .008 PSX .008 AMEX .006 NSX .012 LTSE
 * .007 CHX .007. */
static const double shares_up_to[LIT_VENUES] = {0.055, 0.215, 0.290, 0.358, 0.405, 0.442,
                                                0.544, 0.570, 0.593, 0.618, 0.626, 0.634,
                                                0.640, 0.652, 0.659, 0.666};

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
    /* The crosses add a sixth to a stock's home market, so less is left for the day (E46). */
    double more = home == TL_EV_ARCA ? 0.12 : home == TL_EV_NYSE ? 0.03 : 0.015;
    double u = tl_rng_uniform(rng) * (shares_up_to[LIT_VENUES - 1] + more);
    int venue = 0;
    while (venue < LIT_VENUES && u >= shares_up_to[venue])
        venue++;
    return venue < LIT_VENUES ? (enum tl_equity_venue)venue : home;
}
