/* SPDX-License-Identifier: Apache-2.0
 * SQLite room: keeping within age and size. One call deletes one piece of one table: the oldest
 * PIECE rows that are over age, tables taking turns; when none is, and the file is over its size,
 * the oldest PIECE rows of the table that holds the oldest row of all. Rows of one ms go together,
 * so a piece may be a little longer. Freed pages are used again; when they pile up (a lower bound
 * was set) some are given back to the file system, a few a call. */
#include "store/sqlite_db.h"

#include <stdio.h>
#include "base/text.h"

#define PIECE 500
#define FREE_PAGES_KEPT 2048
#define FREE_PAGES_GIVEN 128

static int64_t age_of(const struct tl_store *store, int table)
{
    switch ((enum tl_table)table) {
    case TL_TABLE_OPTION_NBBO:
    case TL_TABLE_EQUITY_QUOTES:
        return store->options.quote_age_ms;
    case TL_TABLE_OPTION_PRINTS:
    case TL_TABLE_EQUITY_PRINTS:
    case TL_TABLE_JOINS:
        return store->options.print_age_ms;
    case TL_TABLE_CANDLES:
    case TL_TABLE_DARK:
    case TL_TABLE_PACKETS:
    case TL_TABLE_SMART_MONEY:
    case TL_TABLE_HITS:
    case TL_TABLE_ALERTS:
    case TL_TABLE_COUNT:
        break;
    }
    return store->options.derived_age_ms;
}

/* ts of the oldest row; INT64_MAX: the table is empty. */
static enum tl_status oldest(struct tl_store *store, int table, int64_t *ts, struct tl_error *error)
{
    char sql[120];
    snprintf(sql, sizeof sql, "SELECT coalesce(min(ts), 9223372036854775807) FROM %s",
             tl_sqlite_tables[table]);
    return tl_sqlite_int(store->db, sql, ts, error);
}

static enum tl_status delete_upto(struct tl_store *store, int table, int64_t last,
                                  struct tl_error *error)
{
    char sql[200];
    enum tl_status status = TL_OK;
    if (table == TL_TABLE_OPTION_PRINTS) {
        snprintf(sql, sizeof sql,
                 "DELETE FROM option_bodies WHERE id IN"
                 " (SELECT body FROM option_prints WHERE ts <= %lld)",
                 (long long)last);
        status = tl_sqlite_exec(store->db, sql, error);
    }
    if (table == TL_TABLE_PACKETS) {
        snprintf(sql, sizeof sql, "DELETE FROM packet_members WHERE ts <= %lld", (long long)last);
        status = tl_sqlite_exec(store->db, sql, error);
    }
    if (status != TL_OK) return status;
    snprintf(sql, sizeof sql, "DELETE FROM %s WHERE ts <= %lld", tl_sqlite_tables[table],
             (long long)last);
    return tl_sqlite_exec(store->db, sql, error);
}

/* The oldest rows of one table with ts < cutoff, PIECE of them and what shares the last one's ms. */
static enum tl_status delete_piece(struct tl_store *store, int table, int64_t cutoff,
                                   struct tl_error *error)
{
    char sql[200];
    int64_t last = 0;
    snprintf(sql, sizeof sql,
             "SELECT coalesce((SELECT ts FROM %s WHERE ts < %lld ORDER BY ts LIMIT 1 OFFSET %d),"
             " %lld)",
             tl_sqlite_tables[table], (long long)cutoff, PIECE - 1, (long long)(cutoff - 1));
    enum tl_status status = tl_sqlite_int(store->db, sql, &last, error);
    if (status != TL_OK) return status;
    bool own = !store->writing;
    if (own) status = tl_sqlite_exec(store->db, "BEGIN IMMEDIATE", error);
    if (status != TL_OK) return status;
    status = delete_upto(store, table, last, error);
    if (own && status == TL_OK) status = tl_sqlite_exec(store->db, "COMMIT", error);
    if (own && status != TL_OK) sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

/* TL_AGAIN: no table has a row over age. */
static enum tl_status trim_age(struct tl_store *store, int64_t now, struct tl_error *error)
{
    for (int tried = 0; tried < TL_TABLE_COUNT; tried++) {
        int table = store->trim_table;
        int64_t first, cutoff = now - age_of(store, table);
        store->trim_table = (table + 1) % TL_TABLE_COUNT;
        enum tl_status status = oldest(store, table, &first, error);
        if (status != TL_OK) return status;
        if (first < cutoff) return delete_piece(store, table, cutoff, error);
    }
    return TL_AGAIN;
}

static enum tl_status trim_size(struct tl_store *store, struct tl_error *error)
{
    int64_t first = INT64_MAX;
    int victim = -1;
    if (tl_store_bytes(store) <= store->options.max_bytes) return TL_AGAIN;
    for (int table = 0; table < TL_TABLE_COUNT; table++) {
        int64_t ts;
        enum tl_status status = oldest(store, table, &ts, error);
        if (status != TL_OK) return status;
        if (ts < first) {
            first = ts;
            victim = table;
        }
    }
    return victim < 0 ? TL_AGAIN : delete_piece(store, victim, INT64_MAX, error);
}

enum tl_status tl_store_trim(struct tl_store *store, int64_t now, struct tl_error *error)
{
    int64_t unused = 0;
    char sql[60];
    enum tl_status status = trim_age(store, now, error);
    if (status == TL_AGAIN) status = trim_size(store, error);
    if (status != TL_OK && status != TL_AGAIN) return status;
    enum tl_status looked = tl_sqlite_int(store->db, "PRAGMA freelist_count", &unused, error);
    if (looked != TL_OK) return looked;
    if (unused <= FREE_PAGES_KEPT) return status;
    snprintf(sql, sizeof sql, "PRAGMA incremental_vacuum(%d)", FREE_PAGES_GIVEN);
    looked = tl_sqlite_exec(store->db, sql, error);
    return looked == TL_OK ? status : looked;
}
