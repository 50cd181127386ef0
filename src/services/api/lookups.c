/* SPDX-License-Identifier: Apache-2.0
 * The store answers by index; here ids are read, and rows are put into their lists unchanged. */
#include "services/api/lookups.h"

#include "json/lookup_request.h"
#include "services/api/query.h"

#include <stdlib.h>

static bool put_row(void *context, const struct tl_store_row *row)
{
    struct tl_api_buffer *body = context;
    char last = body->text.size ? body->text.data[body->text.size - 1] : '[';
    if (last != '[' && last != ':') tl_api_buffer_lit(body, ",");
    tl_api_buffer_put(body, row->json);
    return !body->text.overflow;
}

static void failed(struct tl_lookups *lookups, struct tl_net_request *request,
                   const struct tl_error *error)
{
    tl_api_reader_failed(lookups->reader, error);
    tl_respond_storage(lookups->responder, request);
}

/* --- GET /flow/packets/{id} ---------------------------------------------------------------- */

static bool one_packet(void *context, struct tl_net_request *request)
{
    static const size_t prefix = sizeof "/flow/packets/" - 1;
    struct tl_lookups *lookups = context;
    struct tl_str path = tl_net_path(request);
    struct tl_str raw = {path.data + prefix, path.size - prefix};
    char bytes[2048];
    struct tl_text text = {.data = bytes, .capacity = sizeof bytes};
    for (size_t i = 0; i < raw.size; i++)
        if (raw.data[i] == '/') return false;
    if (raw.size == 0) return false;
    if (!tl_query_decode(raw, false, &text)) {
        tl_respond_error(lookups->responder, request, 400, "invalid query",
                         "id: a broken %-escape, or longer than 2048 bytes");
        return true;
    }
    struct tl_store *store = tl_api_reader_get(lookups->reader);
    struct tl_api_buffer *body = &lookups->responder->body;
    struct tl_str id = {text.data, text.size};
    struct tl_error error = {0};
    tl_api_buffer_clear(body);
    tl_api_buffer_lit(body, "{\"data\":");
    size_t before = body->text.size;
    if (!store) {
        tl_respond_storage(lookups->responder, request);
    } else if (tl_store_lookup(store, TL_TABLE_PACKETS, false, &id, 1, 1, put_row, body, &error) !=
               TL_OK) {
        failed(lookups, request, &error);
    } else {
        if (body->text.size == before) tl_api_buffer_lit(body, "null");
        tl_api_buffer_lit(body, "}");
        tl_respond_body(lookups->responder, request, 200, NULL);
    }
    return true;
}

/* --- GET by ids ---------------------------------------------------------------------------- */

/* Every value of `name`, decoded, each with prefix in front unless it is there. Returns the count,
 * or -1: a broken escape. ids point into lookups->strings. */
static int query_ids(struct tl_lookups *lookups, struct tl_str query, const char *name,
                     const char *prefix, struct tl_str *ids)
{
    size_t starts[TL_LOOKUP_QUERY_IDS_MAX + 1];
    int count = 0;
    struct tl_api_buffer *strings = &lookups->strings;
    tl_api_buffer_clear(strings);
    struct tl_str key, raw;
    while (count < TL_LOOKUP_QUERY_IDS_MAX && tl_query_next(&query, &key, &raw)) {
        if (!tl_str_is(key, name)) continue;
        char bytes[2048];
        struct tl_text text = {.data = bytes, .capacity = sizeof bytes};
        if (!tl_query_decode(raw, true, &text)) return -1;
        struct tl_str id = {text.data, text.size};
        if (id.size == 0) continue;
        starts[count++] = strings->text.size;
        if (!tl_str_starts(id, prefix)) tl_api_buffer_lit(strings, prefix);
        tl_api_buffer_put(strings, id);
    }
    starts[count] = strings->text.size;
    for (int i = 0; i < count; i++)
        ids[i] = (struct tl_str){strings->text.data + starts[i], starts[i + 1] - starts[i]};
    return count;
}

static void by_ids(struct tl_lookups *lookups, struct tl_net_request *request, enum tl_table table,
                   const char *name, const char *prefix)
{
    struct tl_str ids[TL_LOOKUP_QUERY_IDS_MAX];
    int count = query_ids(lookups, tl_net_query(request), name, prefix, ids);
    struct tl_api_buffer *body = &lookups->responder->body;
    struct tl_error error = {0};
    if (count < 0) {
        tl_respond_error(lookups->responder, request, 400, "invalid query",
                         "a broken %-escape, or an id longer than 2048 bytes");
        return;
    }
    tl_api_buffer_clear(body);
    tl_api_buffer_lit(body, "{\"data\":[");
    if (count > 0) {
        struct tl_store *store = tl_api_reader_get(lookups->reader);
        if (!store) {
            tl_respond_storage(lookups->responder, request);
            return;
        }
        if (tl_store_lookup(store, table, true, ids, (size_t)count, TL_LOOKUP_ROWS_MAX, put_row,
                            body, &error) != TL_OK) {
            failed(lookups, request, &error);
            return;
        }
    }
    tl_api_buffer_lit(body, "]}");
    tl_respond_body(lookups->responder, request, 200, NULL);
}

static bool prints_by_trace(void *context, struct tl_net_request *request)
{
    by_ids(context, request, TL_TABLE_OPTION_PRINTS, "trace_id", "");
    return true;
}

static bool joins_by_id(void *context, struct tl_net_request *request)
{
    by_ids(context, request, TL_TABLE_JOINS, "id", "equityjoin:");
    return true;
}

/* --- POST /lookup/options-support ---------------------------------------------------------- */

struct packet_rows {
    struct tl_api_buffer *body, *ids; /* ids: packet ids, NUL-separated */
    size_t count;
};

static bool put_packet(void *context, const struct tl_store_row *row)
{
    struct packet_rows *rows = context;
    tl_api_buffer_put(rows->ids, row->key);
    tl_api_buffer_put(rows->ids, (struct tl_str){"", 1});
    rows->count++;
    return put_row(rows->body, row);
}

static int row_cap(size_t ids)
{
    return ids * 4 < TL_LOOKUP_ROWS_MAX ? (int)(ids * 4) : TL_LOOKUP_ROWS_MAX;
}

static enum tl_status put_table(struct tl_store *store, enum tl_table table,
                                const struct tl_str *ids, size_t count, int cap,
                                struct tl_api_buffer *body, struct tl_error *error)
{
    if (count == 0) return TL_OK;
    return tl_store_lookup(store, table, false, ids, count, cap, put_row, body, error);
}

static enum tl_status put_packets(struct tl_lookups *lookups, struct tl_store *store,
                                  const struct tl_lookup_request *lookup, struct tl_error *error)
{
    struct tl_api_buffer *body = &lookups->responder->body;
    struct packet_rows rows = {body, &lookups->ids, 0};
    int cap = row_cap(lookup->trace_count);
    enum tl_status status = TL_OK;
    tl_api_buffer_clear(&lookups->ids);
    tl_api_buffer_lit(body, "{\"packets\":[");
    if (lookup->trace_count)
        status = tl_store_packets_of(store, lookup->trace_ids, lookup->trace_count, cap, put_packet,
                                     &rows, error);
    struct tl_str *ids = rows.count ? calloc(rows.count, sizeof *ids) : NULL;
    if (rows.count && !ids) return tl_error_set(error, TL_NOMEM, "no memory for the lookup");
    struct tl_str rest = tl_api_buffer_str(&lookups->ids);
    for (size_t i = 0; i < rows.count; i++)
        (void)tl_str_cut(&rest, '\0', &ids[i]);
    tl_api_buffer_lit(body, "],\"smart_money\":[");
    if (status == TL_OK)
        status = put_table(store, TL_TABLE_SMART_MONEY, ids, rows.count, cap, body, error);
    tl_api_buffer_lit(body, "],\"classifier_hits\":[");
    if (status == TL_OK)
        status = put_table(store, TL_TABLE_HITS, ids, rows.count, cap, body, error);
    tl_api_buffer_lit(body, "]");
    free(ids);
    return status;
}

static enum tl_status put_contexts(struct tl_store *store, const struct tl_lookup_request *lookup,
                                   struct tl_api_buffer *body, struct tl_error *error)
{
    enum tl_status status = TL_OK;
    tl_api_buffer_lit(body, ",\"nbbo_by_trace_id\":{");
    for (size_t i = 0; i < lookup->context_count && status == TL_OK; i++) {
        const struct tl_lookup_context *context = &lookup->contexts[i];
        if (i) tl_api_buffer_lit(body, ",");
        tl_api_buffer_json(body, context->trace_id);
        tl_api_buffer_lit(body, ":");
        size_t before = body->text.size;
        status =
            tl_store_nbbo_at(store, context->option_contract_id, context->ts, put_row, body, error);
        if (body->text.size == before) tl_api_buffer_lit(body, "null");
    }
    tl_api_buffer_lit(body, "}}");
    return status;
}

static bool options_support(void *context, struct tl_net_request *request)
{
    struct tl_lookups *lookups = context;
    struct tl_lookup_request lookup;
    struct tl_error error = {0};
    if (tl_lookup_request_parse(tl_net_body(request), &lookup, &error) != TL_OK) {
        tl_respond_error(lookups->responder, request, 400, "invalid options support lookup",
                         error.text);
        return true;
    }
    struct tl_store *store = tl_api_reader_get(lookups->reader);
    struct tl_api_buffer *body = &lookups->responder->body;
    tl_api_buffer_clear(body);
    enum tl_status status = store ? put_packets(lookups, store, &lookup, &error) : TL_IO;
    if (status == TL_OK) status = put_contexts(store, &lookup, body, &error);
    tl_lookup_request_deinit(&lookup);
    if (!store)
        tl_respond_storage(lookups->responder, request);
    else if (status != TL_OK)
        failed(lookups, request, &error);
    else
        tl_respond_body(lookups->responder, request, 200, NULL);
    return true;
}

void tl_lookups_mount(struct tl_lookups *lookups, struct tl_net *net)
{
    tl_net_route(net, "GET", "/flow/packets/*", one_packet, lookups);
    tl_net_route(net, "GET", "/option-prints/by-trace", prints_by_trace, lookups);
    tl_net_route(net, "GET", "/equity-joins/by-id", joins_by_id, lookups);
    tl_net_route(net, "POST", "/lookup/options-support", options_support, lookups);
}

void tl_lookups_deinit(struct tl_lookups *lookups)
{
    tl_api_buffer_deinit(&lookups->strings);
    tl_api_buffer_deinit(&lookups->ids);
}
