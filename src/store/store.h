/* SPDX-License-Identifier: Apache-2.0
 * The store: what the API's history needs. Append by one writer, range and cursor by read-only
 * readers. First room: SQLite (WAL). A row keeps the event's JSON as it was on the bus, and the
 * columns that queries filter and order by. Bounded by age and bytes. */
#ifndef TL_STORE_STORE_H
#define TL_STORE_STORE_H

#include <tapeloom/contract.h>
#include <tapeloom/types.h>

enum tl_table {
    TL_TABLE_OPTION_PRINTS,
    TL_TABLE_OPTION_NBBO,
    TL_TABLE_EQUITY_PRINTS,
    TL_TABLE_EQUITY_QUOTES,
    TL_TABLE_CANDLES,
    TL_TABLE_JOINS,
    TL_TABLE_DARK,
    TL_TABLE_PACKETS,
    TL_TABLE_SMART_MONEY,
    TL_TABLE_HITS,
    TL_TABLE_ALERTS,
    TL_TABLE_COUNT
};

struct tl_store;

struct tl_store_options {
    const char *dir; /* folder; the file is tapeloom.db in it */
    bool read_only;
    int64_t max_bytes;      /* 0: 2 GiB; oldest rows go first */
    int64_t quote_age_ms;   /* nbbo, equity quotes; 0: 1 h */
    int64_t print_age_ms;   /* prints, joins; 0: 24 h */
    int64_t derived_age_ms; /* the rest; 0: 7 days */
};

/* Makes the file where there is none (a reader too). TL_IO: cannot open or write (says which folder
 * and why). TL_CORRUPT: not our file, damaged, or another schema. One handle belongs to one thread at
 * a time; readers in other threads or processes open their own. */
enum tl_status tl_store_open(const struct tl_store_options *options, struct tl_store **store,
                             struct tl_error *error) TL_MUST_USE;
void tl_store_close(struct tl_store *store);

struct tl_store_row {
    int64_t ts; /* the table's cursor column: ts or source_ts, ms */
    uint64_t seq;
    struct tl_str trace_id;
    struct tl_str key; /* option prints, nbbo: option_contract_id; others: underlying_id; packets:
                          id; smart money: packet id; hits: packet id; joins: print trace id */
    struct tl_str underlying_id; /* option prints, equities, candles, smart money */
    int64_t interval_ms;         /* candles */
    double notional;             /* option prints */
    int8_t side;                 /* enum tl_nbbo_side, option prints */
    int8_t type;                 /* enum tl_option_type */
    bool is_etf, signal_pass;
    struct tl_str json;           /* the event, one JSON object */
    const struct tl_str *members; /* packets: member print trace ids, for lookups */
    size_t member_count;
};

/* Appends to the open transaction (begun by the first append). A row with the same (ts, seq,
 * trace_id) replaces: redelivery is harmless. On an error the whole open transaction is rolled
 * back. */
enum tl_status tl_store_append(struct tl_store *store, enum tl_table table,
                               const struct tl_store_row *row, struct tl_error *error) TL_MUST_USE;
enum tl_status tl_store_commit(struct tl_store *store, struct tl_error *error) TL_MUST_USE;
/* Deletes what is over age or size, a bounded piece a call (a few ms). now: ms. TL_OK: a piece went,
 * there may be more; TL_AGAIN: nothing is over. */
enum tl_status tl_store_trim(struct tl_store *store, int64_t now,
                             struct tl_error *error) TL_MUST_USE;

#define TL_QUERY_UNDERLYINGS_MAX 64

struct tl_store_query {
    enum tl_table table;
    bool ascending;
    bool has_before, has_after; /* strict: (ts, seq) < before, > after */
    int64_t before_ts, after_ts;
    uint64_t before_seq, after_seq;
    bool has_range; /* start <= ts <= end */
    int64_t start_ts, end_ts;
    int limit; /* 1..5000; a page is never cut inside a (ts, seq) tie: it may be longer */
    struct tl_str source;   /* trace_id prefix; empty: any */
    bool signal_only;       /* option prints */
    int etf;                /* -1 any, 0 stock, 1 etf */
    uint32_t sides, types;  /* bit 1 << enum; 0: any */
    double min_notional;    /* < 0: any */
    struct tl_str contract; /* empty: any */
    size_t underlying_count;
    struct tl_str underlyings[TL_QUERY_UNDERLYINGS_MAX];
    int64_t interval_ms; /* candles; 0: any */
};

/* Calls visit for every row, in order; visit returns false to stop. Strings live during the call.
 */
typedef bool (*tl_store_visit)(void *context, const struct tl_store_row *row);
enum tl_status tl_store_select(struct tl_store *store, const struct tl_store_query *query,
                               tl_store_visit visit, void *context,
                               struct tl_error *error) TL_MUST_USE;

/* Lookups by key: rows of `table` whose trace_id (by_trace) or key is one of ids; newest first. */
enum tl_status tl_store_lookup(struct tl_store *store, enum tl_table table, bool by_trace,
                               const struct tl_str *ids, size_t id_count, int limit,
                               tl_store_visit visit, void *context,
                               struct tl_error *error) TL_MUST_USE;
/* Packets whose members include any of the ids. */
enum tl_status tl_store_packets_of(struct tl_store *store, const struct tl_str *print_ids,
                                   size_t count, int limit, tl_store_visit visit, void *context,
                                   struct tl_error *error) TL_MUST_USE;
/* Latest NBBO of a contract with ts <= at. */
enum tl_status tl_store_nbbo_at(struct tl_store *store, struct tl_str contract, int64_t at,
                                tl_store_visit visit, void *context,
                                struct tl_error *error) TL_MUST_USE;
int64_t tl_store_bytes(struct tl_store *store);

#endif
