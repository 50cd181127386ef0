/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a query string, read by the rules of every kind of page: taken within its bounds or
 * refused with an error text, never a crash. The first byte chooses the rules. */
#include <stdint.h>
#include <stdlib.h>

#include "services/api/params.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct tl_page_rules rules[] = {
    {TL_TABLE_OPTION_PRINTS, TL_PAGE_RECENT, TL_TAKES_SOURCE | TL_TAKES_OPTION_FILTERS, 200, 0},
    {TL_TABLE_OPTION_PRINTS, TL_PAGE_HISTORY, TL_TAKES_SOURCE | TL_TAKES_OPTION_FILTERS, 200, 0},
    {TL_TABLE_EQUITY_PRINTS, TL_PAGE_HISTORY, TL_TAKES_UNDERLYINGS, 200, 0},
    {TL_TABLE_EQUITY_PRINTS, TL_PAGE_RECENT, TL_TAKES_UNDERLYING | TL_TAKES_RANGE, 200, 0},
    {TL_TABLE_CANDLES, TL_PAGE_RECENT,
     TL_TAKES_UNDERLYING | TL_TAKES_INTERVAL | TL_TAKES_CANDLE_RANGE, 200, 1778765400000},
    {TL_TABLE_CANDLES, TL_PAGE_REPLAY, TL_TAKES_UNDERLYING | TL_TAKES_INTERVAL, 200, 0},
};

static void check(const struct tl_store_query *query)
{
    if (query->limit < 1 || query->limit > 5000) abort();
    if (query->underlying_count > TL_QUERY_UNDERLYINGS_MAX) abort();
    if (query->before_ts < 0 || query->after_ts < 0 || query->interval_ms < 0) abort();
    if (query->table != TL_TABLE_CANDLES && query->has_range && query->start_ts > query->end_ts)
        abort();
    for (size_t i = 0; i < query->underlying_count; i++)
        if (query->underlyings[i].size == 0) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tl_page_params params;
    struct tl_error error = {0};
    if (size == 0) return 0;
    struct tl_str query = {(const char *)data + 1, size - 1};
    const struct tl_page_rules *chosen = &rules[data[0] % (sizeof rules / sizeof *rules)];
    if (tl_page_params_parse(query, chosen, &params, &error) == TL_OK)
        check(&params.query);
    else if (error.text[0] == '\0')
        abort();
    return 0;
}
