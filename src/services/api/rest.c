/* SPDX-License-Identifier: Apache-2.0
 * {"data":[row,…]} with "next_before" (history) or "next" (replay). Rows are collected with their
 * cursors while the store visits them; a reversed answer (range, candles) walks the spans backwards. */
#include "services/api/rest.h"

#include "os/os.h"

#include <stdlib.h>

struct endpoint {
    const char *path;
    struct tl_page_rules rules;
    const char *label; /* of a 400 */
};

#define INVALID "invalid query"
#define OPTION_TAKES (TL_TAKES_SOURCE | TL_TAKES_OPTION_FILTERS)
#define CANDLE_TAKES (TL_TAKES_UNDERLYING | TL_TAKES_INTERVAL)
#define RECENT(table, takes)                                                                       \
    {                                                                                              \
        table, TL_PAGE_RECENT, takes, 0, 0                                                         \
    }
#define HISTORY(table, takes)                                                                      \
    {                                                                                              \
        table, TL_PAGE_HISTORY, takes, 0, 0                                                        \
    }
#define REPLAY(table, takes)                                                                       \
    {                                                                                              \
        table, TL_PAGE_REPLAY, takes, 0, 0                                                         \
    }

static const struct endpoint endpoints[] = {
    {"/prints/options", RECENT(TL_TABLE_OPTION_PRINTS, OPTION_TAKES), "invalid options query"},
    {"/nbbo/options", RECENT(TL_TABLE_OPTION_NBBO, TL_TAKES_SOURCE), INVALID},
    {"/prints/equities", RECENT(TL_TABLE_EQUITY_PRINTS, 0), INVALID},
    {"/prints/equities/range", RECENT(TL_TABLE_EQUITY_PRINTS, TL_TAKES_UNDERLYING | TL_TAKES_RANGE),
     "invalid equity range query"},
    {"/quotes/equities", RECENT(TL_TABLE_EQUITY_QUOTES, 0), INVALID},
    {"/candles/equities", RECENT(TL_TABLE_CANDLES, CANDLE_TAKES | TL_TAKES_CANDLE_RANGE),
     "invalid candle query"},
    {"/joins/equities", RECENT(TL_TABLE_JOINS, 0), INVALID},
    {"/dark/inferred", RECENT(TL_TABLE_DARK, 0), INVALID},
    {"/flow/packets", RECENT(TL_TABLE_PACKETS, 0), INVALID},
    {"/flow/smart-money", RECENT(TL_TABLE_SMART_MONEY, 0), INVALID},
    {"/flow/classifier-hits", RECENT(TL_TABLE_HITS, 0), INVALID},
    {"/flow/alerts", RECENT(TL_TABLE_ALERTS, 0), INVALID},

    {"/history/options", HISTORY(TL_TABLE_OPTION_PRINTS, OPTION_TAKES),
     "invalid options history query"},
    {"/history/nbbo", HISTORY(TL_TABLE_OPTION_NBBO, TL_TAKES_SOURCE), INVALID},
    {"/history/equities", HISTORY(TL_TABLE_EQUITY_PRINTS, TL_TAKES_UNDERLYINGS), INVALID},
    {"/history/equity-quotes", HISTORY(TL_TABLE_EQUITY_QUOTES, 0), INVALID},
    {"/history/equity-joins", HISTORY(TL_TABLE_JOINS, 0), INVALID},
    {"/history/flow", HISTORY(TL_TABLE_PACKETS, 0), INVALID},
    {"/history/smart-money", HISTORY(TL_TABLE_SMART_MONEY, 0), INVALID},
    {"/history/classifier-hits", HISTORY(TL_TABLE_HITS, 0), INVALID},
    {"/history/alerts", HISTORY(TL_TABLE_ALERTS, 0), INVALID},
    {"/history/inferred-dark", HISTORY(TL_TABLE_DARK, 0), INVALID},

    {"/replay/options", REPLAY(TL_TABLE_OPTION_PRINTS, OPTION_TAKES),
     "invalid options replay query"},
    {"/replay/nbbo", REPLAY(TL_TABLE_OPTION_NBBO, TL_TAKES_SOURCE), INVALID},
    {"/replay/equities", REPLAY(TL_TABLE_EQUITY_PRINTS, 0), INVALID},
    {"/replay/equity-quotes", REPLAY(TL_TABLE_EQUITY_QUOTES, 0), INVALID},
    {"/replay/equity-candles", REPLAY(TL_TABLE_CANDLES, CANDLE_TAKES),
     "invalid candle replay query"},
    {"/replay/equity-joins", REPLAY(TL_TABLE_JOINS, 0), INVALID},
    {"/replay/inferred-dark", REPLAY(TL_TABLE_DARK, 0), INVALID},
    {"/replay/flow", REPLAY(TL_TABLE_PACKETS, 0), INVALID},
    {"/replay/smart-money", REPLAY(TL_TABLE_SMART_MONEY, 0), INVALID},
    {"/replay/classifier-hits", REPLAY(TL_TABLE_HITS, 0), INVALID},
    {"/replay/alerts", REPLAY(TL_TABLE_ALERTS, 0), INVALID},
};

#define ENDPOINT_COUNT (sizeof endpoints / sizeof *endpoints)

size_t tl_rest_path_count(void)
{
    return ENDPOINT_COUNT;
}

const char *tl_rest_path(size_t nth)
{
    return endpoints[nth].path;
}

struct collect {
    struct tl_rest *rest;
    size_t count;
    int64_t last_ts;
    uint64_t last_seq;
};

static bool room_for_span(struct tl_rest *rest, size_t count)
{
    if (count < rest->span_capacity) return true;
    size_t capacity = rest->span_capacity ? rest->span_capacity * 2 : 256;
    struct tl_rest_span *spans = realloc(rest->spans, capacity * sizeof *spans);
    if (!spans) return false;
    rest->spans = spans;
    rest->span_capacity = capacity;
    return true;
}

static bool collect_row(void *context, const struct tl_store_row *row)
{
    struct collect *collect = context;
    struct tl_rest *rest = collect->rest;
    if (!room_for_span(rest, collect->count)) rest->rows.text.overflow = true;
    if (rest->rows.text.overflow) return false;
    rest->spans[collect->count++] = (struct tl_rest_span){rest->rows.text.size, row->json.size};
    tl_api_buffer_put(&rest->rows, row->json);
    collect->last_ts = row->ts;
    collect->last_seq = row->seq;
    return true;
}

static void put_rows(struct tl_rest *rest, size_t count, bool reverse, struct tl_api_buffer *body)
{
    for (size_t i = 0; i < count; i++) {
        const struct tl_rest_span *span = &rest->spans[reverse ? count - 1 - i : i];
        if (i) tl_api_buffer_lit(body, ",");
        tl_api_buffer_put(body, (struct tl_str){rest->rows.text.data + span->at, span->size});
    }
    if (rest->rows.text.overflow) body->text.overflow = true;
}

static void answer(struct tl_rest *rest, struct tl_net_request *request,
                   const struct endpoint *endpoint, const struct collect *collect)
{
    struct tl_api_buffer *body = &rest->responder->body;
    tl_api_buffer_clear(body);
    tl_api_buffer_lit(body, "{\"data\":[");
    put_rows(rest, collect->count, rest->params.reverse, body);
    tl_api_buffer_lit(body, "]");
    if (endpoint->rules.kind != TL_PAGE_RECENT) {
        bool history = endpoint->rules.kind == TL_PAGE_HISTORY;
        tl_api_buffer_lit(body, history ? ",\"next_before\":" : ",\"next\":");
        if (collect->count)
            tl_api_buffer_cursor(body, collect->last_ts, collect->last_seq);
        else
            tl_api_buffer_lit(body, "null");
    }
    tl_api_buffer_lit(body, "}");
    tl_respond_body(rest->responder, request, 200, NULL);
}

static void serve(struct tl_rest *rest, struct tl_net_request *request,
                  const struct endpoint *endpoint)
{
    struct tl_error error = {0};
    struct tl_page_rules rules = endpoint->rules;
    rules.limit_default = rest->responder->config->rest_limit_default;
    rules.now_ms = tl_os_now() / TL_NS_PER_MS;
    if (tl_page_params_parse(tl_net_query(request), &rules, &rest->params, &error) != TL_OK) {
        tl_respond_error(rest->responder, request, 400, endpoint->label, error.text);
        return;
    }
    struct collect collect = {.rest = rest};
    struct tl_store *store = tl_api_reader_get(rest->reader);
    tl_api_buffer_clear(&rest->rows);
    if (store &&
        tl_store_select(store, &rest->params.query, collect_row, &collect, &error) != TL_OK) {
        tl_api_reader_failed(rest->reader, &error);
        store = NULL;
    }
    if (store)
        answer(rest, request, endpoint, &collect);
    else
        tl_respond_storage(rest->responder, request);
}

/* One handler for every path: the request says which. */
static bool handle(void *context, struct tl_net_request *request)
{
    struct tl_str path = tl_net_path(request);
    for (size_t i = 0; i < ENDPOINT_COUNT; i++)
        if (tl_str_is(path, endpoints[i].path)) {
            serve(context, request, &endpoints[i]);
            return true;
        }
    return false;
}

void tl_rest_mount(struct tl_rest *rest, struct tl_net *net)
{
    for (size_t i = 0; i < ENDPOINT_COUNT; i++)
        tl_net_route(net, "GET", endpoints[i].path, handle, rest);
}

void tl_rest_deinit(struct tl_rest *rest)
{
    tl_api_buffer_deinit(&rest->rows);
    free(rest->spans);
    rest->spans = NULL;
}
