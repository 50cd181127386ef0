/* SPDX-License-Identifier: Apache-2.0
 * One session's prices on a grid of seconds; see the header. */
#include "score/second_mids.h"

#include <stdlib.h>
#include <string.h>

#define PLACES (TL_SECOND_MIDS_S + 1)

bool tl_second_mids_init(struct tl_second_mids *mids, uint32_t symbols)
{
    size_t doubles = (size_t)symbols * (PLACES + TL_SECOND_MIDS_MINUTES + 2);
    memset(mids, 0, sizeof *mids);
    double *memory = calloc(1, doubles * sizeof(double) + symbols * sizeof(int32_t));
    if (!memory) return false;
    mids->symbols = symbols;
    mids->log_px = memory;
    mids->volume = mids->log_px + (size_t)symbols * PLACES;
    mids->iv_sum = mids->volume + (size_t)symbols * TL_SECOND_MIDS_MINUTES;
    mids->iv_count = mids->iv_sum + symbols;
    mids->filled = (void *)(mids->iv_count + symbols);
    return true;
}

void tl_second_mids_deinit(struct tl_second_mids *mids)
{
    free(mids->log_px);
    memset(mids, 0, sizeof *mids);
}

void tl_second_mids_reset(struct tl_second_mids *mids)
{
    size_t counts = (size_t)mids->symbols * (TL_SECOND_MIDS_MINUTES + 2);
    memset(mids->volume, 0, counts * sizeof(double));
    memset(mids->filled, 0, mids->symbols * sizeof(int32_t));
}

static void fill_to(double *prices, int32_t *filled, int32_t end, double log_px)
{
    for (; *filled < end; (*filled)++)
        prices[*filled] = log_px;
}

void tl_second_mids_price(struct tl_second_mids *mids, uint32_t sym, int64_t place, double log_px)
{
    if (place < 0 || place >= PLACES) return;
    double *prices = mids->log_px + (size_t)sym * PLACES;
    int32_t *filled = &mids->filled[sym];
    if (place + 1 < *filled) return;
    double before = *filled > 0 ? prices[*filled - 1] : log_px;
    fill_to(prices, filled, (int32_t)place, before);
    prices[place] = log_px;
    *filled = (int32_t)place + 1;
}

void tl_second_mids_volume(struct tl_second_mids *mids, uint32_t sym, int64_t second, double shares)
{
    if (second < 0 || second >= TL_SECOND_MIDS_S) return;
    mids->volume[(size_t)sym * TL_SECOND_MIDS_MINUTES + (size_t)(second / 60)] += shares;
}

void tl_second_mids_iv(struct tl_second_mids *mids, uint32_t sym, double iv)
{
    mids->iv_sum[sym] += iv;
    mids->iv_count[sym] += 1;
}

const double *tl_second_mids_prices(struct tl_second_mids *mids, uint32_t sym)
{
    double *prices = mids->log_px + (size_t)sym * PLACES;
    if (mids->filled[sym] == 0) return NULL;
    fill_to(prices, &mids->filled[sym], PLACES, prices[mids->filled[sym] - 1]);
    return prices;
}
