/* SPDX-License-Identifier: Apache-2.0
 * SQLite room: open, schema, append, commit. The tables' shapes stand in sqlite_db.h.
 *
 * WAL with synchronous=FULL: what tl_store_commit returned TL_OK for survives kill -9 and a power
 * cut; a cut inside a transaction leaves the state before it. Readers (other threads or processes,
 * each with its own handle) never wait for the writer, nor it for them. One handle belongs to one
 * thread at a time. */
#include "store/sqlite_db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/contract_id.h"
#include "base/text.h"

#define APPLICATION_ID 0x544c4f4d /* "TLOM" */
#define SCHEMA_VERSION 1
#define BUSY_MS 5000

const char *const tl_sqlite_tables[TL_TABLE_COUNT] = {
    "option_prints",  "option_nbbo",  "equity_prints", "equity_quotes",
    "equity_candles", "equity_joins", "dark",          "packets",
    "smart_money",    "hits",         "alerts",
};

static const char *const indices[TL_TABLE_COUNT] = {
    [TL_TABLE_OPTION_PRINTS] = "underlying, ts, seq, trace_id, key",
    [TL_TABLE_OPTION_NBBO] = "key, ts, seq",
    [TL_TABLE_EQUITY_PRINTS] = "underlying, ts, seq, trace_id",
    [TL_TABLE_CANDLES] = "underlying, interval_ms, ts",
    [TL_TABLE_PACKETS] = "key",
    [TL_TABLE_SMART_MONEY] = "key",
    [TL_TABLE_HITS] = "key",
};

enum tl_status tl_sqlite_fail(sqlite3 *db, struct tl_error *error, const char *what)
{
    int code = sqlite3_errcode(db) & 0xff;
    enum tl_status status = code == SQLITE_CORRUPT || code == SQLITE_NOTADB ? TL_CORRUPT
                            : code == SQLITE_NOMEM                          ? TL_NOMEM
                                                                            : TL_IO;
    return tl_error_set(error, status, "store: %s: %s", what, sqlite3_errmsg(db));
}

enum tl_status tl_sqlite_exec(sqlite3 *db, const char *sql, struct tl_error *error)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK) return TL_OK;
    return tl_sqlite_fail(db, error, "cannot run a statement");
}

enum tl_status tl_sqlite_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **statement,
                                 struct tl_error *error)
{
    if (sqlite3_prepare_v2(db, sql, -1, statement, NULL) == SQLITE_OK) return TL_OK;
    return tl_sqlite_fail(db, error, "cannot prepare a statement");
}

void tl_sqlite_bind(sqlite3_stmt *statement, int place, struct tl_str text)
{
    /* SQLite takes NULL data as NULL; empty text is text. */
    sqlite3_bind_text64(statement, place, text.size > 0 ? text.data : "", text.size, SQLITE_STATIC,
                        SQLITE_UTF8);
}

const char *tl_sqlite_columns(enum tl_table table)
{
    return table == TL_TABLE_OPTION_PRINTS
               ? "ts, seq, trace_id, key, underlying, interval_ms, notional, side, type, flags, "
                 "(SELECT json FROM option_bodies WHERE id = body)"
               : "ts, seq, trace_id, key, underlying, interval_ms, notional, side, type, flags, "
                 "json";
}

static struct tl_str column_text(sqlite3_stmt *statement, int column)
{
    const char *data = (const char *)sqlite3_column_text(statement, column);
    return (struct tl_str){data, data ? (size_t)sqlite3_column_bytes(statement, column) : 0};
}

void tl_sqlite_row(sqlite3_stmt *statement, struct tl_store_row *row)
{
    int flags = sqlite3_column_int(statement, 9);
    *row = (struct tl_store_row){
        .ts = sqlite3_column_int64(statement, 0),
        .seq = (uint64_t)sqlite3_column_int64(statement, 1),
        .trace_id = column_text(statement, 2),
        .key = column_text(statement, 3),
        .underlying_id = column_text(statement, 4),
        .interval_ms = sqlite3_column_int64(statement, 5),
        .notional = sqlite3_column_double(statement, 6),
        .side = (int8_t)sqlite3_column_int(statement, 7),
        .type = (int8_t)sqlite3_column_int(statement, 8),
        .is_etf = flags & 1,
        .signal_pass = (flags & 2) != 0,
        .json = column_text(statement, 10),
    };
}

/* ---- open ---- */

enum tl_status tl_sqlite_int(sqlite3 *db, const char *sql, int64_t *value, struct tl_error *error)
{
    sqlite3_stmt *statement;
    enum tl_status status = tl_sqlite_prepare(db, sql, &statement, error);
    if (status != TL_OK) return status;
    int code = sqlite3_step(statement);
    *value = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        status = tl_sqlite_fail(db, error, "cannot read");
    sqlite3_finalize(statement);
    return status;
}

static enum tl_status create_table(sqlite3 *db, enum tl_table table, struct tl_error *error)
{
    char sql[700];
    const char *name = tl_sqlite_tables[table];
    const char *payload = table == TL_TABLE_OPTION_PRINTS ? "body INTEGER" : "json TEXT";
    snprintf(sql, sizeof sql,
             "CREATE TABLE %s (ts INTEGER NOT NULL, seq INTEGER NOT NULL, trace_id TEXT NOT NULL,"
             " key TEXT NOT NULL, underlying TEXT NOT NULL, interval_ms INTEGER NOT NULL,"
             " notional REAL NOT NULL, side INTEGER NOT NULL, type INTEGER NOT NULL,"
             " flags INTEGER NOT NULL, %s NOT NULL, PRIMARY KEY (ts, seq, trace_id))"
             " STRICT, WITHOUT ROWID",
             name, payload);
    enum tl_status status = tl_sqlite_exec(db, sql, error);
    if (status != TL_OK || !indices[table]) return status;
    snprintf(sql, sizeof sql, "CREATE INDEX %s_by ON %s (%s)", name, name, indices[table]);
    return tl_sqlite_exec(db, sql, error);
}

static enum tl_status create_schema(sqlite3 *db, struct tl_error *error)
{
    char sql[120];
    for (int i = 0; i < TL_TABLE_COUNT; i++) {
        enum tl_status status = create_table(db, (enum tl_table)i, error);
        if (status != TL_OK) return status;
    }
    snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d",
             APPLICATION_ID, SCHEMA_VERSION);
    enum tl_status status = tl_sqlite_exec(db, sql, error);
    if (status != TL_OK) return status;
    return tl_sqlite_exec(
        db,
        "CREATE TABLE option_bodies (id INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT;"
        "CREATE TABLE packet_members (print_id TEXT NOT NULL, ts INTEGER NOT NULL,"
        " seq INTEGER NOT NULL, trace_id TEXT NOT NULL,"
        " PRIMARY KEY (print_id, ts, seq, trace_id)) STRICT, WITHOUT ROWID;"
        "CREATE INDEX packet_members_by ON packet_members (ts)",
        error);
}

/* Ours and of this version, or TL_AGAIN: empty, still to be made. */
static enum tl_status check_schema(sqlite3 *db, const char *path, struct tl_error *error)
{
    int64_t application = 0, version = 0, tables = 0;
    enum tl_status status = tl_sqlite_int(db, "PRAGMA application_id", &application, error);
    if (status == TL_OK) status = tl_sqlite_int(db, "PRAGMA user_version", &version, error);
    if (status == TL_OK)
        status = tl_sqlite_int(db, "SELECT count(*) FROM sqlite_schema", &tables, error);
    if (status != TL_OK) return status;
    if (tables == 0 && application == 0 && version == 0) return TL_AGAIN;
    if (application != APPLICATION_ID)
        return tl_error_set(error, TL_CORRUPT,
                            "store: %s is another program's database; move it away", path);
    if (version != SCHEMA_VERSION)
        return tl_error_set(error, TL_CORRUPT,
                            "store: %s has schema %lld, this program knows %d; move it away", path,
                            (long long)version, SCHEMA_VERSION);
    return TL_OK;
}

static enum tl_status make_schema(sqlite3 *db, struct tl_error *error)
{
    enum tl_status status =
        tl_sqlite_exec(db,
                       "PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL;"
                       "PRAGMA journal_mode = WAL; BEGIN IMMEDIATE",
                       error);
    if (status != TL_OK) return status;
    status = create_schema(db, error);
    if (status == TL_OK) return tl_sqlite_exec(db, "COMMIT", error);
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

/* Held while the descriptor is open. -1: a folder that cannot be locked; SQLite will say why. */
static int lock_folder(const char *dir)
{
    int lock = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    while (lock >= 0 && flock(lock, LOCK_EX) != 0)
        if (errno != EINTR) return lock;
    return lock;
}

static enum tl_status open_file(const char *path, int flags, sqlite3 **db, struct tl_error *error)
{
    if (sqlite3_open_v2(path, db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
        enum tl_status status = *db ? tl_sqlite_fail(*db, error, "cannot open") : TL_NOMEM;
        sqlite3_close(*db);
        *db = NULL;
        return status;
    }
    sqlite3_busy_timeout(*db, BUSY_MS);
    sqlite3_extended_result_codes(*db, 1);
    return TL_OK;
}

/* Makes the file where there is none, and looks at it where there is one: of one process at a
 * time. Between SQLite's locks another would see half a start, or be told "locked" while the
 * journal's mode changes, which no busy timeout waits for. */
static enum tl_status open_database(const char *path, bool read_only, sqlite3 **db,
                                    struct tl_error *error)
{
    enum tl_status status = TL_OK;
    bool exists = access(path, F_OK) == 0;
    int flags =
        read_only && exists ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    status = open_file(path, flags, db, error);
    if (status != TL_OK) return status;
    status = check_schema(*db, path, error);
    if (status == TL_AGAIN && (flags & SQLITE_OPEN_READONLY)) {
        sqlite3_close(*db);
        flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
        status = open_file(path, flags, db, error);
        if (status != TL_OK) return status;
        status = TL_AGAIN;
    }
    if (status == TL_AGAIN) status = make_schema(*db, error);
    if (status == TL_OK && read_only && !(flags & SQLITE_OPEN_READONLY)) {
        sqlite3_close(*db);
        status = open_file(path, SQLITE_OPEN_READONLY, db, error);
    }
    return status;
}

static enum tl_status prepare_appends(struct tl_store *store, struct tl_error *error)
{
    char sql[300];
    enum tl_status status = TL_OK;
    for (int i = 0; i < TL_TABLE_COUNT && status == TL_OK; i++) {
        snprintf(sql, sizeof sql, "INSERT OR REPLACE INTO %s VALUES (?,?,?,?,?,?,?,?,?,?,?)",
                 tl_sqlite_tables[i]);
        status = tl_sqlite_prepare(store->db, sql, &store->append[i], error);
    }
    if (status == TL_OK)
        status = tl_sqlite_prepare(
            store->db, "SELECT body FROM option_prints WHERE ts = ? AND seq = ? AND trace_id = ?",
            &store->body_find, error);
    if (status == TL_OK)
        status = tl_sqlite_prepare(store->db, "UPDATE option_bodies SET json = ?2 WHERE id = ?1",
                                   &store->body_put, error);
    if (status == TL_OK)
        status = tl_sqlite_prepare(store->db, "INSERT INTO option_bodies (json) VALUES (?)",
                                   &store->body_new, error);
    if (status == TL_OK)
        status =
            tl_sqlite_prepare(store->db, "INSERT OR REPLACE INTO packet_members VALUES (?,?,?,?)",
                              &store->member_put, error);
    return status;
}

static void set_defaults(struct tl_store_options *options)
{
    const int64_t hour_ms = 3600000;
    if (options->max_bytes <= 0) options->max_bytes = 2LL << 30;
    if (options->quote_age_ms <= 0) options->quote_age_ms = hour_ms;
    if (options->print_age_ms <= 0) options->print_age_ms = 24 * hour_ms;
    if (options->derived_age_ms <= 0) options->derived_age_ms = 7 * 24 * hour_ms;
    options->dir = NULL; /* not ours to keep */
}

enum tl_status tl_store_open(const struct tl_store_options *options, struct tl_store **store,
                             struct tl_error *error)
{
    char path[4096];
    *store = NULL;
    int size = snprintf(path, sizeof path, "%s/tapeloom.db", options->dir);
    if (size < 0 || (size_t)size >= sizeof path)
        return tl_error_set(error, TL_INVALID, "store: the folder's name is too long");
    struct tl_store *made = calloc(1, sizeof *made);
    if (!made) return tl_error_set(error, TL_NOMEM, "store: out of memory");
    made->options = *options;
    set_defaults(&made->options);
    int lock = lock_folder(options->dir);
    enum tl_status status = open_database(path, options->read_only, &made->db, error);
    if (lock >= 0) close(lock);
    if (status == TL_OK)
        status = tl_sqlite_exec(made->db,
                                options->read_only
                                    ? "PRAGMA cache_size = -16384; PRAGMA query_only = 1"
                                    : "PRAGMA synchronous = FULL; PRAGMA cache_size = -32768;"
                                      "PRAGMA journal_size_limit = 67108864",
                                error);
    if (status == TL_OK && !options->read_only) status = prepare_appends(made, error);
    if (status != TL_OK) {
        tl_error_add(error, "store in folder %s", options->dir);
        tl_store_close(made);
        return status;
    }
    *store = made;
    return TL_OK;
}

void tl_store_close(struct tl_store *store)
{
    if (!store) return;
    if (store->writing) sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL);
    for (int i = 0; i < TL_TABLE_COUNT; i++)
        sqlite3_finalize(store->append[i]);
    sqlite3_finalize(store->body_find);
    sqlite3_finalize(store->body_put);
    sqlite3_finalize(store->body_new);
    sqlite3_finalize(store->member_put);
    sqlite3_close(store->db);
    free(store);
}

/* ---- append ---- */

static enum tl_status run(struct tl_store *store, sqlite3_stmt *statement, struct tl_error *error)
{
    int code = sqlite3_step(statement);
    enum tl_status status =
        code == SQLITE_DONE ? TL_OK : tl_sqlite_fail(store->db, error, "cannot append");
    sqlite3_reset(statement);
    return status;
}

static void bind_place(sqlite3_stmt *statement, int first, const struct tl_store_row *row)
{
    sqlite3_bind_int64(statement, first, row->ts);
    sqlite3_bind_int64(statement, first + 1, (int64_t)row->seq);
    tl_sqlite_bind(statement, first + 2, row->trace_id);
}

/* Stores the JSON of an option print, over the one of the same row if there is one. */
static enum tl_status put_body(struct tl_store *store, const struct tl_store_row *row, int64_t *id,
                               struct tl_error *error)
{
    bind_place(store->body_find, 1, row);
    int code = sqlite3_step(store->body_find);
    bool found = code == SQLITE_ROW;
    if (found) *id = sqlite3_column_int64(store->body_find, 0);
    sqlite3_reset(store->body_find);
    if (!found && code != SQLITE_DONE) return tl_sqlite_fail(store->db, error, "cannot append");
    if (found) {
        sqlite3_bind_int64(store->body_put, 1, *id);
        tl_sqlite_bind(store->body_put, 2, row->json);
        return run(store, store->body_put, error);
    }
    tl_sqlite_bind(store->body_new, 1, row->json);
    enum tl_status status = run(store, store->body_new, error);
    *id = sqlite3_last_insert_rowid(store->db);
    return status;
}

static enum tl_status put_members(struct tl_store *store, const struct tl_store_row *row,
                                  struct tl_error *error)
{
    for (size_t i = 0; i < row->member_count; i++) {
        tl_sqlite_bind(store->member_put, 1, row->members[i]);
        bind_place(store->member_put, 2, row);
        enum tl_status status = run(store, store->member_put, error);
        if (status != TL_OK) return status;
    }
    return TL_OK;
}

/* The underlying of an option print is its contract's upper-cased root; queries by contract rely on
 * it. */
static struct tl_str root_of(const struct tl_store_row *row, char root[64])
{
    struct tl_contract_id id;
    if (!tl_contract_id_parse(row->key, &id) || id.root.size > 64) return row->underlying_id;
    for (size_t i = 0; i < id.root.size; i++) {
        char letter = id.root.data[i];
        root[i] = letter >= 'a' && letter <= 'z' ? (char)(letter - 'a' + 'A') : letter;
    }
    return (struct tl_str){root, id.root.size};
}

static enum tl_status append_row(struct tl_store *store, enum tl_table table,
                                 const struct tl_store_row *row, struct tl_error *error)
{
    sqlite3_stmt *statement = store->append[table];
    bool print = table == TL_TABLE_OPTION_PRINTS;
    int64_t body = 0;
    char root[64];
    enum tl_status status = print ? put_body(store, row, &body, error) : TL_OK;
    if (status != TL_OK) return status;
    bind_place(statement, 1, row);
    tl_sqlite_bind(statement, 4, row->key);
    tl_sqlite_bind(statement, 5, print ? root_of(row, root) : row->underlying_id);
    sqlite3_bind_int64(statement, 6, row->interval_ms);
    sqlite3_bind_double(statement, 7, row->notional);
    sqlite3_bind_int(statement, 8, row->side);
    sqlite3_bind_int(statement, 9, row->type);
    sqlite3_bind_int(statement, 10, (row->is_etf ? 1 : 0) | (row->signal_pass ? 2 : 0));
    if (print)
        sqlite3_bind_int64(statement, 11, body);
    else
        tl_sqlite_bind(statement, 11, row->json);
    status = run(store, statement, error);
    if (status == TL_OK && table == TL_TABLE_PACKETS) status = put_members(store, row, error);
    return status;
}

enum tl_status tl_store_append(struct tl_store *store, enum tl_table table,
                               const struct tl_store_row *row, struct tl_error *error)
{
    if (!store->writing) {
        enum tl_status status = tl_sqlite_exec(store->db, "BEGIN IMMEDIATE", error);
        if (status != TL_OK) return status;
        store->writing = true;
    }
    enum tl_status status = append_row(store, table, row, error);
    if (status == TL_OK) return TL_OK;
    /* Some failures (disk full) end the transaction on SQLite's side, others do not: always the
     * whole batch, so that the caller knows what is lost. */
    if (!sqlite3_get_autocommit(store->db)) sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    store->writing = false;
    return status;
}

enum tl_status tl_store_commit(struct tl_store *store, struct tl_error *error)
{
    if (!store->writing) return TL_OK;
    enum tl_status status = tl_sqlite_exec(store->db, "COMMIT", error);
    if (status != TL_OK) sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    store->writing = false;
    return status;
}

int64_t tl_store_bytes(struct tl_store *store)
{
    int64_t pages = 0, unused = 0, page = 0;
    if (tl_sqlite_int(store->db, "PRAGMA page_count", &pages, NULL) != TL_OK ||
        tl_sqlite_int(store->db, "PRAGMA freelist_count", &unused, NULL) != TL_OK ||
        tl_sqlite_int(store->db, "PRAGMA page_size", &page, NULL) != TL_OK)
        return 0;
    return (pages - unused) * page;
}
