/* SPDX-License-Identifier: Apache-2.0
 * From a raw query string to a store query: limits, cursors, source, and the option filters, each
 * by the contract's tables. Pure: the same text gives the same query or the same error. */
#ifndef TL_SERVICES_API_PARAMS_H
#define TL_SERVICES_API_PARAMS_H

#include "services/api/query.h"
#include "store/store.h"

enum tl_page_kind { TL_PAGE_RECENT, TL_PAGE_HISTORY, TL_PAGE_REPLAY };

/* What a path takes besides limit and cursor. */
enum tl_page_takes {
    TL_TAKES_SOURCE = 1 << 0,
    TL_TAKES_OPTION_FILTERS = 1 << 1,
    TL_TAKES_UNDERLYINGS = 1 << 2, /* optional filter */
    TL_TAKES_UNDERLYING = 1 << 3,  /* required, one */
    TL_TAKES_INTERVAL = 1 << 4,    /* required */
    TL_TAKES_RANGE = 1 << 5,       /* start_ts, end_ts required, swapped when reversed */
    TL_TAKES_CANDLE_RANGE = 1 << 6 /* start_ts, end_ts optional; limit to 5000 */
};

struct tl_page_rules {
    enum tl_table table;
    enum tl_page_kind kind;
    uint32_t takes;
    int limit_default; /* of recent pages: REST_DEFAULT_LIMIT */
    int64_t now_ms;    /* default end of a candle range */
};

#define TL_PARAM_BYTES 4096 /* of decoded strings that the query points into */

struct tl_page_params {
    struct tl_store_query query;
    bool reverse; /* answer the rows in the opposite order of the query */
    struct tl_text strings;
    char bytes[TL_PARAM_BYTES];
};

/* TL_INVALID: the text names the parameter, what it got, and what is allowed. */
enum tl_status tl_page_params_parse(struct tl_str query, const struct tl_page_rules *rules,
                                    struct tl_page_params *params,
                                    struct tl_error *error) TL_MUST_USE;

#endif
