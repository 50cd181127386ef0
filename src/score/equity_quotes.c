/* SPDX-License-Identifier: Apache-2.0
 * A ring of quotes by time. */
#include "score/equity_quotes.h"

#define MASK (TL_SCORE_QUOTES - 1)

void tl_score_quotes_push(struct tl_score_quotes *quotes, const struct tl_quote_point *quote)
{
    quotes->ring[quotes->count++ & MASK] = *quote;
}

const struct tl_quote_point *tl_score_quotes_last(const struct tl_score_quotes *quotes)
{
    return quotes->count ? &quotes->ring[(quotes->count - 1) & MASK] : NULL;
}

const struct tl_quote_point *tl_score_quotes_before(const struct tl_score_quotes *quotes, tl_ns ts)
{
    uint32_t held = quotes->count < TL_SCORE_QUOTES ? quotes->count : TL_SCORE_QUOTES;
    uint32_t low = quotes->count - held,
             high = quotes->count; /* the answer is in [low - 1, high) */
    /* Nearly all who ask mean the last few quotes. */
    for (uint32_t reach = 4; high - low > reach; reach *= 4) {
        uint32_t before = quotes->count - reach;
        if (quotes->ring[before & MASK].ts < ts) {
            low = before + 1;
            break;
        }
        high = before;
    }
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (quotes->ring[middle & MASK].ts < ts)
            low = middle + 1;
        else
            high = middle;
    }
    return low == quotes->count - held ? NULL : &quotes->ring[(low - 1) & MASK];
}
