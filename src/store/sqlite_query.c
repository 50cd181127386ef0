/* SPDX-License-Identifier: Apache-2.0
 * SQLite room: select and lookups. A select is one cursor in the table's order, or one a name when
 * underlyings are asked for, merged here: each walks its own run of an index and stops when the page
 * is full, so the cost follows the page and not the table. Only a filter that hardly any row passes
 * reads far. All cursors of a call see one snapshot. */
#include "store/sqlite_db.h"

#include <stdlib.h>
#include <string.h>
#include "base/contract_id.h"
#include "base/text.h"

/* Numbered parameters, so that a clause may stand or not without moving the others. */
enum place {
    AT_BEFORE_TS = 1,
    AT_BEFORE_SEQ,
    AT_AFTER_TS,
    AT_AFTER_SEQ,
    AT_START,
    AT_END,
    AT_SOURCE,
    AT_SIDES,
    AT_TYPES,
    AT_NOTIONAL,
    AT_CONTRACT,
    AT_UNDERLYING,
    AT_INTERVAL,
    AT_ETF
};

static const char *forced_index(const struct tl_store_query *query, bool underlying)
{
    if (query->table == TL_TABLE_OPTION_PRINTS && underlying) return " INDEXED BY option_prints_by";
    if (query->table == TL_TABLE_EQUITY_PRINTS && underlying) return " INDEXED BY equity_prints_by";
    if (query->table == TL_TABLE_CANDLES && underlying && query->interval_ms > 0)
        return " INDEXED BY equity_candles_by";
    if (query->table == TL_TABLE_OPTION_NBBO && query->contract.size > 0)
        return " INDEXED BY option_nbbo_by";
    return "";
}

static void build_select(struct tl_text *sql, const struct tl_store_query *query, bool underlying)
{
    tl_text_lit(sql, "SELECT ");
    tl_text_lit(sql, tl_sqlite_columns(query->table));
    tl_text_lit(sql, " FROM ");
    tl_text_lit(sql, tl_sqlite_tables[query->table]);
    tl_text_lit(sql, forced_index(query, underlying));
    tl_text_lit(sql, " WHERE 1");
    if (underlying) tl_text_lit(sql, " AND underlying = ?12");
    if (query->contract.size > 0) tl_text_lit(sql, " AND key = ?11");
    if (query->interval_ms > 0) tl_text_lit(sql, " AND interval_ms = ?13");
    if (query->has_before) tl_text_lit(sql, " AND (ts, seq) < (?1, ?2)");
    if (query->has_after) tl_text_lit(sql, " AND (ts, seq) > (?3, ?4)");
    if (query->has_range) tl_text_lit(sql, " AND ts BETWEEN ?5 AND ?6");
    if (query->source.size > 0) tl_text_lit(sql, " AND substr(trace_id, 1, length(?7)) = ?7");
    if (query->signal_only) tl_text_lit(sql, " AND flags & 2");
    if (query->etf >= 0) tl_text_lit(sql, " AND (flags & 1) = ?14");
    if (query->sides != 0) tl_text_lit(sql, " AND (?8 >> side) & 1");
    if (query->types != 0) tl_text_lit(sql, " AND (?9 >> type) & 1");
    if (query->min_notional >= 0) tl_text_lit(sql, " AND notional >= ?10");
    tl_text_lit(sql, query->ascending ? " ORDER BY ts, seq, trace_id"
                                      : " ORDER BY ts DESC, seq DESC, trace_id DESC");
}

static void bind_select(sqlite3_stmt *statement, const struct tl_store_query *query,
                        struct tl_str underlying)
{
    sqlite3_bind_int64(statement, AT_BEFORE_TS, query->before_ts);
    sqlite3_bind_int64(statement, AT_BEFORE_SEQ, (int64_t)query->before_seq);
    sqlite3_bind_int64(statement, AT_AFTER_TS, query->after_ts);
    sqlite3_bind_int64(statement, AT_AFTER_SEQ, (int64_t)query->after_seq);
    sqlite3_bind_int64(statement, AT_START, query->start_ts);
    sqlite3_bind_int64(statement, AT_END, query->end_ts);
    tl_sqlite_bind(statement, AT_SOURCE, query->source);
    sqlite3_bind_int64(statement, AT_SIDES, query->sides);
    sqlite3_bind_int64(statement, AT_TYPES, query->types);
    sqlite3_bind_double(statement, AT_NOTIONAL, query->min_notional);
    tl_sqlite_bind(statement, AT_CONTRACT, query->contract);
    tl_sqlite_bind(statement, AT_UNDERLYING, underlying);
    sqlite3_bind_int64(statement, AT_INTERVAL, query->interval_ms);
    sqlite3_bind_int(statement, AT_ETF, query->etf);
}

struct cursor {
    sqlite3_stmt *statement;
    struct tl_store_row row; /* its head, while live */
    bool live;
};

struct page {
    struct tl_store *store;
    const struct tl_store_query *query;
    struct cursor cursors[TL_QUERY_UNDERLYINGS_MAX];
    size_t count;
    char root[64]; /* bound to a cursor: lives as long as they do */
};

static enum tl_status cursor_step(struct tl_store *store, struct cursor *cursor,
                                  struct tl_error *error)
{
    int code = sqlite3_step(cursor->statement);
    cursor->live = code == SQLITE_ROW;
    if (cursor->live) tl_sqlite_row(cursor->statement, &cursor->row);
    if (cursor->live && !cursor->row.json.data)
        return tl_error_set(error, TL_CORRUPT, "store: a row has lost its event");
    if (code == SQLITE_ROW || code == SQLITE_DONE) return TL_OK;
    return tl_sqlite_fail(store->db, error, "cannot read");
}

static enum tl_status add_cursor(struct page *page, struct tl_str underlying,
                                 struct tl_error *error)
{
    char bytes[1500];
    struct tl_text sql = {bytes, 0, sizeof bytes, false};
    struct cursor *cursor = &page->cursors[page->count];
    build_select(&sql, page->query, underlying.size > 0);
    enum tl_status status =
        tl_sqlite_prepare(page->store->db, tl_text_cstr(&sql), &cursor->statement, error);
    if (status != TL_OK) return status;
    page->count++;
    bind_select(cursor->statement, page->query, underlying);
    return cursor_step(page->store, cursor, error);
}

static int compare_trace(struct tl_str a, struct tl_str b)
{
    size_t size = a.size < b.size ? a.size : b.size;
    int order = size > 0 ? memcmp(a.data, b.data, size) : 0;
    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

/* Whether row a comes before row b in ascending order. */
static bool precedes(const struct tl_store_row *a, const struct tl_store_row *b)
{
    if (a->ts != b->ts) return a->ts < b->ts;
    if (a->seq != b->seq) return a->seq < b->seq;
    return compare_trace(a->trace_id, b->trace_id) < 0;
}

static struct cursor *next_cursor(struct page *page)
{
    struct cursor *best = NULL;
    for (size_t i = 0; i < page->count; i++) {
        struct cursor *cursor = &page->cursors[i];
        if (!cursor->live) continue;
        if (!best || (page->query->ascending ? precedes(&cursor->row, &best->row)
                                             : precedes(&best->row, &cursor->row)))
            best = cursor;
    }
    return best;
}

static enum tl_status read_page(struct page *page, tl_store_visit visit, void *context,
                                struct tl_error *error)
{
    int64_t ts = 0;
    uint64_t seq = 0;
    int taken = 0;
    for (struct cursor *cursor; (cursor = next_cursor(page)) != NULL;) {
        const struct tl_store_row *row = &cursor->row;
        if (taken >= page->query->limit && (row->ts != ts || row->seq != seq)) break;
        ts = row->ts;
        seq = row->seq;
        taken++;
        if (!visit(context, row)) break;
        enum tl_status status = cursor_step(page->store, cursor, error);
        if (status != TL_OK) return status;
    }
    return TL_OK;
}

/* The upper-cased root of the asked contract; empty when it does not parse. */
static struct tl_str contract_root(const struct tl_store_query *query, char root[64])
{
    struct tl_contract_id id;
    if (!tl_contract_id_parse(query->contract, &id) || id.root.size > 64)
        return (struct tl_str){NULL, 0};
    for (size_t i = 0; i < id.root.size; i++) {
        char letter = id.root.data[i];
        root[i] = letter >= 'a' && letter <= 'z' ? (char)(letter - 'a' + 'A') : letter;
    }
    return (struct tl_str){root, id.root.size};
}

static enum tl_status open_cursors(struct page *page, struct tl_error *error)
{
    const struct tl_store_query *query = page->query;
    enum tl_status status = TL_OK;
    struct tl_str root = {NULL, 0};
    if (query->contract.size > 0 && query->table == TL_TABLE_OPTION_PRINTS)
        root = contract_root(query, page->root);
    if (query->underlying_count == 0) return add_cursor(page, root, error);
    for (size_t i = 0; i < query->underlying_count && status == TL_OK; i++) {
        bool doubled = query->underlyings[i].size == 0;
        for (size_t j = 0; j < i; j++)
            doubled = doubled || tl_str_equal(query->underlyings[i], query->underlyings[j]);
        if (!doubled) status = add_cursor(page, query->underlyings[i], error);
    }
    return status;
}

static enum tl_status begin_read(struct tl_store *store, bool *own, struct tl_error *error)
{
    *own = sqlite3_get_autocommit(store->db) != 0;
    return *own ? tl_sqlite_exec(store->db, "BEGIN", error) : TL_OK;
}

static void end_read(struct tl_store *store, bool own)
{
    if (own) sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL);
}

enum tl_status tl_store_select(struct tl_store *store, const struct tl_store_query *query,
                               tl_store_visit visit, void *context, struct tl_error *error)
{
    struct page page = {.store = store, .query = query};
    bool own;
    if (query->limit < 1 || query->limit > 5000 ||
        query->underlying_count > TL_QUERY_UNDERLYINGS_MAX)
        return tl_error_set(error, TL_INVALID, "store: limit must be 1 to 5000, underlyings <= %d",
                            TL_QUERY_UNDERLYINGS_MAX);
    enum tl_status status = begin_read(store, &own, error);
    if (status != TL_OK) return status;
    status = open_cursors(&page, error);
    if (status == TL_OK) status = read_page(&page, visit, context, error);
    for (size_t i = 0; i < page.count; i++)
        sqlite3_finalize(page.cursors[i].statement);
    end_read(store, own);
    return status;
}

/* ---- lookups ---- */

#define SEQ_SECOND_SHIFT (TL_SEQ_SYMBOL_BITS + TL_SEQ_INDEX_BITS)

/* The seq at the end of a synthetic trace id ("synthetic-options-<seq>"), 0 when it is none. Small
 * numbers are other programs' counters and tell no second. */
static uint64_t seq_of_trace(struct tl_str id)
{
    size_t start = id.size;
    int64_t seq;
    while (start > 0 && id.data[start - 1] >= '0' && id.data[start - 1] <= '9')
        start--;
    if (start == 0 || id.data[start - 1] != '-') return 0;
    if (!tl_parse_i64((struct tl_str){id.data + start, id.size - start}, &seq)) return 0;
    return seq >> SEQ_SECOND_SHIFT > 0 && seq < 1LL << 53 ? (uint64_t)seq : 0;
}

/* Two JSON arrays for json_each: ids with a known second as [ms, seq, id], and the other ids. */
struct id_lists {
    struct tl_text hinted, plain;
    size_t hinted_count, plain_count;
};

static void add_hinted(struct id_lists *lists, struct tl_str id, uint64_t seq)
{
    struct tl_text *out = &lists->hinted;
    int64_t second = (int64_t)(seq >> SEQ_SECOND_SHIFT) + TL_SEQ_EPOCH_S;
    tl_text_lit(out, lists->hinted_count++ > 0 ? ",[" : "[[");
    tl_text_i64(out, second * 1000);
    tl_text_byte(out, ',');
    tl_text_u64(out, seq);
    tl_text_byte(out, ',');
    tl_text_json_string(out, id);
    tl_text_byte(out, ']');
}

static enum tl_status make_lists(struct id_lists *lists, bool hints, const struct tl_str *ids,
                                 size_t count, struct tl_error *error)
{
    size_t room = 16;
    for (size_t i = 0; i < count; i++)
        room += 6 * ids[i].size + 48;
    lists->hinted = (struct tl_text){malloc(room), 0, room, false};
    lists->plain = (struct tl_text){malloc(room), 0, room, false};
    if (!lists->hinted.data || !lists->plain.data)
        return tl_error_set(error, TL_NOMEM, "store: out of memory");
    for (size_t i = 0; i < count; i++) {
        uint64_t seq = hints ? seq_of_trace(ids[i]) : 0;
        if (seq > 0) {
            add_hinted(lists, ids[i], seq);
            continue;
        }
        tl_text_byte(&lists->plain, lists->plain_count++ > 0 ? ',' : '[');
        tl_text_json_string(&lists->plain, ids[i]);
    }
    tl_text_byte(&lists->hinted, ']');
    tl_text_byte(&lists->plain, ']');
    return TL_OK;
}

static void free_lists(struct id_lists *lists)
{
    free(lists->hinted.data);
    free(lists->plain.data);
}

static enum tl_status run_lookup(struct tl_store *store, struct tl_text *sql,
                                 const struct id_lists *lists, int limit, tl_store_visit visit,
                                 void *context, struct tl_error *error)
{
    struct cursor cursor = {0};
    if (sql->overflow) return tl_error_set(error, TL_INVALID, "store: lookup too long");
    enum tl_status status =
        tl_sqlite_prepare(store->db, tl_text_cstr(sql), &cursor.statement, error);
    if (status != TL_OK) return status;
    tl_sqlite_bind(cursor.statement, 1, (struct tl_str){lists->hinted.data, lists->hinted.size});
    tl_sqlite_bind(cursor.statement, 2, (struct tl_str){lists->plain.data, lists->plain.size});
    sqlite3_bind_int(cursor.statement, 3, limit);
    do {
        status = cursor_step(store, &cursor, error);
    } while (status == TL_OK && cursor.live && visit(context, &cursor.row));
    sqlite3_finalize(cursor.statement);
    return status;
}

/* want: the primary keys of the rows looked for; then the rows, newest first. */
static void finish_lookup_sql(struct tl_text *sql, enum tl_table table)
{
    tl_text_lit(sql, ") SELECT ");
    tl_text_lit(sql, tl_sqlite_columns(table));
    tl_text_lit(sql, " FROM want CROSS JOIN ");
    tl_text_lit(sql, tl_sqlite_tables[table]);
    tl_text_lit(sql, " USING (ts, seq, trace_id)"
                     " ORDER BY ts DESC, seq DESC, trace_id DESC LIMIT ?3");
}

static void hinted_sql(struct tl_text *sql, enum tl_table table, const char *column)
{
    tl_text_lit(sql, "SELECT t.ts, t.seq, t.trace_id FROM (SELECT DISTINCT value ->> 0 AS ms,"
                     " value ->> 1 AS place, value ->> 2 AS id FROM json_each(?1)) AS hint"
                     " CROSS JOIN ");
    tl_text_lit(sql, tl_sqlite_tables[table]);
    tl_text_lit(sql, " AS t ON t.ts BETWEEN hint.ms AND hint.ms + 999 AND t.seq = hint.place"
                     " AND t.");
    tl_text_lit(sql, column);
    tl_text_lit(sql, " = hint.id");
}

static void plain_sql(struct tl_text *sql, enum tl_table table, const char *column)
{
    tl_text_lit(sql, "SELECT ts, seq, trace_id FROM ");
    tl_text_lit(sql, tl_sqlite_tables[table]);
    tl_text_lit(sql, " WHERE ");
    tl_text_lit(sql, column);
    tl_text_lit(sql, " IN (SELECT value FROM json_each(?2))");
}

/* Tables whose (ts, seq) are those of the print that the trace id or key names. */
static bool follows_print(enum tl_table table)
{
    return table == TL_TABLE_OPTION_PRINTS || table == TL_TABLE_OPTION_NBBO ||
           table == TL_TABLE_EQUITY_PRINTS || table == TL_TABLE_EQUITY_QUOTES ||
           table == TL_TABLE_JOINS;
}

enum tl_status tl_store_lookup(struct tl_store *store, enum tl_table table, bool by_trace,
                               const struct tl_str *ids, size_t id_count, int limit,
                               tl_store_visit visit, void *context, struct tl_error *error)
{
    char bytes[1500];
    struct tl_text sql = {bytes, 0, sizeof bytes, false};
    struct id_lists lists = {0};
    /* A packet's trace id is its key, and the key has an index. */
    const char *column = by_trace && table != TL_TABLE_PACKETS ? "trace_id" : "key";
    if (id_count == 0 || limit < 1) return TL_OK;
    bool hints = follows_print(table) && (by_trace || table == TL_TABLE_JOINS);
    enum tl_status status = make_lists(&lists, hints, ids, id_count, error);
    tl_text_lit(&sql, "WITH want(ts, seq, trace_id) AS (");
    if (lists.hinted_count > 0) hinted_sql(&sql, table, column);
    if (lists.hinted_count > 0 && lists.plain_count > 0) tl_text_lit(&sql, " UNION ");
    if (lists.plain_count > 0) plain_sql(&sql, table, column);
    finish_lookup_sql(&sql, table);
    if (status == TL_OK) status = run_lookup(store, &sql, &lists, limit, visit, context, error);
    free_lists(&lists);
    return status;
}

enum tl_status tl_store_packets_of(struct tl_store *store, const struct tl_str *print_ids,
                                   size_t count, int limit, tl_store_visit visit, void *context,
                                   struct tl_error *error)
{
    char bytes[1000];
    struct tl_text sql = {bytes, 0, sizeof bytes, false};
    struct id_lists lists = {0};
    if (count == 0 || limit < 1) return TL_OK;
    enum tl_status status = make_lists(&lists, false, print_ids, count, error);
    tl_text_lit(&sql, "WITH want(ts, seq, trace_id) AS (SELECT DISTINCT ts, seq, trace_id FROM"
                      " packet_members WHERE print_id IN (SELECT value FROM json_each(?2))");
    finish_lookup_sql(&sql, TL_TABLE_PACKETS);
    if (status == TL_OK) status = run_lookup(store, &sql, &lists, limit, visit, context, error);
    free_lists(&lists);
    return status;
}

enum tl_status tl_store_nbbo_at(struct tl_store *store, struct tl_str contract, int64_t at,
                                tl_store_visit visit, void *context, struct tl_error *error)
{
    struct tl_store_query query = {.table = TL_TABLE_OPTION_NBBO,
                                   .contract = contract,
                                   .has_range = true,
                                   .start_ts = INT64_MIN,
                                   .end_ts = at,
                                   .etf = -1,
                                   .min_notional = -1,
                                   .limit = 1};
    struct page page = {.store = store, .query = &query};
    enum tl_status status = add_cursor(&page, (struct tl_str){NULL, 0}, error);
    if (status == TL_OK && page.cursors[0].live) (void)visit(context, &page.cursors[0].row);
    for (size_t i = 0; i < page.count; i++)
        sqlite3_finalize(page.cursors[i].statement);
    return status;
}
