/* SPDX-License-Identifier: Apache-2.0
 * The universe: what is listed, and each name's reference numbers. Text format: one symbol a line,
 * key=value fields, # comments; docs/FORMATS.md. The default stands in universe_default.c. */
#ifndef TL_MARKET_UNIVERSE_H
#define TL_MARKET_UNIVERSE_H

#include <tapeloom/event.h>
#include <tapeloom/types.h>
#include "market/universe_default.h"

enum tl_sector {
    TL_SECTOR_INDEX,
    TL_SECTOR_TECH,
    TL_SECTOR_SEMI,
    TL_SECTOR_CONSUMER,
    TL_SECTOR_FINANCE,
    TL_SECTOR_HEALTH,
    TL_SECTOR_ENERGY,
    TL_SECTOR_INDUSTRY,
    TL_SECTOR_COMM,
    TL_SECTOR_COUNT
};

/* Which expirations are listed, besides monthlies and LEAPS. */
enum tl_listing { TL_LISTING_MONTHLY, TL_LISTING_WEEKLY, TL_LISTING_MWF, TL_LISTING_DAILY };

/* Price grid of option quotes. */
enum tl_option_class { TL_CLASS_PENNY_ALL, TL_CLASS_PENNY, TL_CLASS_NICKEL };

struct tl_symbol {
    char ticker[12];
    uint8_t sector, listing, option_class; /* enums above */
    bool is_etf, european;
    double price;        /* reference, USD, at the reference date (2026-08-21) */
    double adv_shares;   /* a day, all venues */
    double trades_per_s; /* mean prints a second, firehose */
    double spread_usd;   /* time-weighted NBBO spread */
    double odd_lot_share, off_exchange_share; /* of prints; of volume */
    double beta, iv28, iv119, rr;             /* rr = (P25 - C25) / ATM at 28 d */
    double calls;                             /* share of the option volume */
    double option_adv;                        /* contracts a day */
    double option_width;                      /* of its options' quotes, over its class's */
    double strike_step7, strike_step28;       /* USD near the money */
    double strike_fine;            /* USD, next to the money on the last day; 0: none such */
    double rate, dividend, borrow; /* continuous, a year */
    tl_px tick;                    /* 100: a cent */
    tl_lots lot;                   /* round lot, shares */
};

/* SPY and its like: the market moves them, and futures and their stocks stand behind them. */
static inline bool tl_symbol_is_index_fund(const struct tl_symbol *symbol)
{
    return symbol->is_etf && symbol->sector == TL_SECTOR_INDEX;
}

struct tl_universe {
    uint32_t count;            /* <= TL_SYMBOLS_MAX */
    struct tl_symbol *symbols; /* owned by the universe's creator */
};

/* Parses into symbols[0..capacity). Errors name line and field. */
enum tl_status tl_universe_parse(struct tl_str text, struct tl_symbol *symbols, uint32_t capacity,
                                 uint32_t *count, struct tl_error *error);

#endif
