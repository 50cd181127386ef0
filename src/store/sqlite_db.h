/* SPDX-License-Identifier: Apache-2.0
 * What the files of the SQLite room share: the handle, the tables' shapes, statements that fail
 * with a text.
 *
 * Every table has the same columns and the primary key (ts, seq, trace_id), WITHOUT ROWID: the
 * cursor's order is the file's order, so appends touch the right edge and a page of history is one
 * run. Option prints keep their JSON in a table of its own (option_bodies, by number): filters over
 * millions of prints then read 100 bytes a row and not 1 KB. A table has at most one secondary
 * index, where a query needs one:
 *
 *   option_prints   (underlying, ts, seq, trace_id, key)   underlying and contract filters
 *   option_nbbo     (key, ts, seq)                         latest quote of a contract at a time
 *   equity_prints   (underlying, ts, seq, trace_id)        underlying filter
 *   equity_candles  (underlying, interval_ms, ts)          one chart
 *   packets, smart_money, hits   (key)                     lookup by packet id
 *   packet_members  primary key print_id first, index (ts) for trimming
 *
 * Prints and joins are looked up by trace id without an index: the seq inside a synthetic id tells
 * its second (event.h), which is a run of the primary key. */
#ifndef TL_STORE_SQLITE_DB_H
#define TL_STORE_SQLITE_DB_H

#include <sqlite3.h>
#include "store/store.h"

struct tl_store {
    sqlite3 *db;
    bool writing;   /* a transaction is open */
    int trim_table; /* whose turn it is */
    struct tl_store_options options;
    sqlite3_stmt *append[TL_TABLE_COUNT];
    sqlite3_stmt *body_find, *body_put, *body_new, *member_put;
};

extern const char *const tl_sqlite_tables[TL_TABLE_COUNT];

/* The columns every select reads, in the order tl_sqlite_row expects. */
const char *tl_sqlite_columns(enum tl_table table);
void tl_sqlite_row(sqlite3_stmt *statement, struct tl_store_row *row);

/* The status of a failed call, its text set from the connection. what: "cannot append". */
enum tl_status tl_sqlite_fail(sqlite3 *db, struct tl_error *error, const char *what);
enum tl_status tl_sqlite_int(sqlite3 *db, const char *sql, int64_t *value,
                             struct tl_error *error) TL_MUST_USE; /* one number; 0: no row */
enum tl_status tl_sqlite_exec(sqlite3 *db, const char *sql, struct tl_error *error) TL_MUST_USE;
enum tl_status tl_sqlite_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **statement,
                                 struct tl_error *error) TL_MUST_USE;
void tl_sqlite_bind(sqlite3_stmt *statement, int place, struct tl_str text);

#endif
