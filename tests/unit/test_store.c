/* SPDX-License-Identifier: Apache-2.0
 * The store against a naive model in memory: random rows, random queries, the same pages. Then what
 * a model cannot show: kill -9, damage, foreign files, a folder that cannot be written, trimming. */
#include "store/store.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/rng.h"
#include "base/text.h"
#include "lib/harness.h"

static struct tl_store *open_store(const char *dir, bool read_only)
{
    struct tl_store *store = NULL;
    struct tl_error error = {0};
    struct tl_store_options options = {.dir = dir, .read_only = read_only};
    if (tl_store_open(&options, &store, &error) != TL_OK)
        test_fail(__FILE__, __LINE__, "does not open: %s", error.text);
    return store;
}

/* ---- the model ---- */

#define MODEL_ROWS 1500
#define NAMES 4

struct model_row {
    char trace[64], key[64], underlying[16], json[96];
    struct tl_store_row row;
};

struct model {
    struct model_row rows[MODEL_ROWS];
    size_t count;
};

static struct model model;
static const char *const names[NAMES] = {"SPY", "NVDA", "BRK.B", "QQQ"};

static int compare_rows(const void *left, const void *right)
{
    const struct tl_store_row *a = &((const struct model_row *)left)->row;
    const struct tl_store_row *b = &((const struct model_row *)right)->row;
    if (a->ts != b->ts) return a->ts < b->ts ? -1 : 1;
    if (a->seq != b->seq) return a->seq < b->seq ? -1 : 1;
    return strcmp(((const struct model_row *)left)->trace,
                  ((const struct model_row *)right)->trace);
}

static void point_at_texts(struct model_row *row)
{
    row->row.trace_id = tl_str_from(row->trace);
    row->row.key = tl_str_from(row->key);
    row->row.underlying_id = tl_str_from(row->underlying);
    row->row.json = tl_str_from(row->json);
}

/* Few distinct times and seqs, so that ties and replacements happen. */
static void random_row(struct tl_rng *rng, struct model_row *row, int version)
{
    uint32_t name = tl_rng_below(rng, NAMES), seq = tl_rng_below(rng, 40);
    memset(row, 0, sizeof *row);
    row->row.ts = 1000 + tl_rng_below(rng, 120);
    row->row.seq = seq;
    snprintf(row->trace, sizeof row->trace, "%s-options-%u",
             tl_rng_below(rng, 5) ? "synthetic" : "other", seq * 3 + tl_rng_below(rng, 2));
    snprintf(row->key, sizeof row->key, "%s-2026-06-19-%u-C", names[name],
             tl_rng_below(rng, 3) * 10 + 100);
    snprintf(row->underlying, sizeof row->underlying, "%s", names[name]);
    row->row.interval_ms = tl_rng_below(rng, 2) ? 60000 : 300000;
    row->row.notional = tl_rng_below(rng, 200) * 1000.5;
    row->row.side = (int8_t)(1 + tl_rng_below(rng, TL_SIDE_COUNT - 1));
    row->row.type = (int8_t)(1 + tl_rng_below(rng, 2));
    row->row.is_etf = name % 3 == 0;
    row->row.signal_pass = tl_rng_below(rng, 3) == 0;
    snprintf(row->json, sizeof row->json, "{\"v\":%d,\"t\":\"%s\"}", version, row->trace);
    point_at_texts(row);
}

static void model_put(const struct model_row *row)
{
    for (size_t i = 0; i < model.count; i++) {
        if (compare_rows(&model.rows[i], row) != 0) continue;
        model.rows[i] = *row;
        point_at_texts(&model.rows[i]);
        return;
    }
    model.rows[model.count] = *row;
    point_at_texts(&model.rows[model.count++]);
}

static void model_sort(void)
{
    qsort(model.rows, model.count, sizeof model.rows[0], compare_rows);
    for (size_t i = 0; i < model.count; i++)
        point_at_texts(&model.rows[i]);
}

static bool model_takes(const struct tl_store_query *query, const struct tl_store_row *row)
{
    bool named = query->underlying_count == 0;
    for (size_t i = 0; i < query->underlying_count; i++)
        named = named || tl_str_equal(query->underlyings[i], row->underlying_id);
    if (!named) return false;
    if (query->has_before && !(row->ts < query->before_ts ||
                               (row->ts == query->before_ts && row->seq < query->before_seq)))
        return false;
    if (query->has_after &&
        !(row->ts > query->after_ts || (row->ts == query->after_ts && row->seq > query->after_seq)))
        return false;
    if (query->has_range && (row->ts < query->start_ts || row->ts > query->end_ts)) return false;
    if (query->source.size > 0 &&
        strncmp(row->trace_id.data, query->source.data, query->source.size) != 0)
        return false;
    if (query->signal_only && !row->signal_pass) return false;
    if (query->etf >= 0 && row->is_etf != (query->etf == 1)) return false;
    if (query->sides && !(query->sides >> row->side & 1)) return false;
    if (query->types && !(query->types >> row->type & 1)) return false;
    if (query->min_notional >= 0 && row->notional < query->min_notional) return false;
    if (query->contract.size > 0 && !tl_str_equal(query->contract, row->key)) return false;
    return query->interval_ms == 0 || row->interval_ms == query->interval_ms;
}

static void random_query(struct tl_rng *rng, enum tl_table table, struct tl_store_query *query)
{
    *query = (struct tl_store_query){.table = table,
                                     .ascending = tl_rng_below(rng, 2),
                                     .limit = 1 + (int)tl_rng_below(rng, 60),
                                     .etf = (int)tl_rng_below(rng, 3) - 1,
                                     .min_notional = tl_rng_below(rng, 3) ? -1 : 50000};
    query->has_before = tl_rng_below(rng, 2);
    query->has_after = tl_rng_below(rng, 3) == 0;
    query->has_range = tl_rng_below(rng, 3) == 0;
    query->before_ts = 1000 + tl_rng_below(rng, 140);
    query->before_seq = tl_rng_below(rng, 40);
    query->after_ts = 980 + tl_rng_below(rng, 140);
    query->after_seq = tl_rng_below(rng, 40);
    query->start_ts = 990 + tl_rng_below(rng, 60);
    query->end_ts = query->start_ts + tl_rng_below(rng, 80);
    if (tl_rng_below(rng, 4) == 0) query->source = tl_str_from("other");
    query->signal_only = tl_rng_below(rng, 4) == 0;
    if (tl_rng_below(rng, 3) == 0) query->sides = tl_rng_below(rng, 256);
    if (tl_rng_below(rng, 3) == 0) query->types = 1U << (1 + tl_rng_below(rng, 2));
    if (tl_rng_below(rng, 4) == 0) query->contract = tl_str_from("NVDA-2026-06-19-110-C");
    query->underlying_count = tl_rng_below(rng, 2) ? tl_rng_below(rng, 4) : 0;
    for (size_t i = 0; i < query->underlying_count; i++)
        query->underlyings[i] = tl_str_from(names[tl_rng_below(rng, NAMES)]);
    if (tl_rng_below(rng, 3) == 0) query->interval_ms = 60000;
}

struct expected {
    const struct tl_store_query *query;
    size_t next, count; /* place in the model, rows seen */
    bool wrong;
};

/* The model's next row that passes, or NULL. */
static const struct tl_store_row *model_next(struct expected *expected)
{
    while (expected->next < model.count) {
        size_t place = expected->next++;
        const struct tl_store_row *row =
            &model.rows[expected->query->ascending ? place : model.count - 1 - place].row;
        if (model_takes(expected->query, row)) return row;
    }
    return NULL;
}

static bool same_row(const struct tl_store_row *a, const struct tl_store_row *b)
{
    return a->ts == b->ts && a->seq == b->seq && tl_str_equal(a->trace_id, b->trace_id) &&
           tl_str_equal(a->key, b->key) && tl_str_equal(a->underlying_id, b->underlying_id) &&
           a->interval_ms == b->interval_ms && a->notional == b->notional && a->side == b->side &&
           a->type == b->type && a->is_etf == b->is_etf && a->signal_pass == b->signal_pass &&
           tl_str_equal(a->json, b->json);
}

static bool visit_expected(void *context, const struct tl_store_row *row)
{
    struct expected *expected = context;
    const struct tl_store_row *want = model_next(expected);
    expected->count++;
    if (!want || !same_row(want, row)) expected->wrong = true;
    return !expected->wrong;
}

/* The page must be a prefix of the model's answer, at least limit long unless that is all, and end
 * between two (ts, seq). */
static void check_page(struct tl_store *store, const struct tl_store_query *query)
{
    struct expected expected = {.query = query};
    struct tl_error error = {0};
    if (tl_store_select(store, query, visit_expected, &expected, &error) != TL_OK)
        test_fail(__FILE__, __LINE__, "select: %s", error.text);
    CHECK(!expected.wrong);
    struct expected again = {.query = query};
    const struct tl_store_row *row = NULL, *last = NULL;
    for (size_t i = 0; i < expected.count; i++)
        last = model_next(&again);
    row = model_next(&again);
    if (row) CHECK(expected.count >= (size_t)query->limit);
    if (row && last) CHECK(row->ts != last->ts || row->seq != last->seq);
    /* No longer than the tie asks for. */
    if (expected.count > (size_t)query->limit) {
        struct expected upto = {.query = query};
        const struct tl_store_row *edge = NULL;
        for (int i = 0; i < query->limit; i++)
            edge = model_next(&upto);
        CHECK(edge && last && edge->ts == last->ts && edge->seq == last->seq);
    }
}

TL_TEST("store: pages of random queries equal those of a naive model, for every table")
{
    const char *dir = test_tmp_dir();
    struct tl_store *store = open_store(dir, false);
    REQUIRE(store != NULL);
    for (int table = 0; table < TL_TABLE_COUNT; table++) {
        struct tl_rng rng = tl_rng_at(test_seed(), TL_RNG_EQ_SIZE, 1, (uint64_t)table);
        struct tl_error error = {0};
        model.count = 0;
        for (int i = 0; i < MODEL_ROWS; i++) {
            static struct model_row row;
            random_row(&rng, &row, i);
            model_put(&row);
            if (tl_store_append(store, (enum tl_table)table, &row.row, &error) != TL_OK)
                test_fail(__FILE__, __LINE__, "append: %s", error.text);
            if (i % 400 == 399) CHECK(tl_store_commit(store, &error) == TL_OK);
        }
        CHECK(tl_store_commit(store, &error) == TL_OK);
        model_sort();
        struct tl_store *reader = open_store(dir, true);
        REQUIRE(reader != NULL);
        for (int i = 0; i < 150; i++) {
            struct tl_store_query query;
            random_query(&rng, (enum tl_table)table, &query);
            check_page(reader, &query);
        }
        tl_store_close(reader);
    }
    tl_store_close(store);
}

/* ---- lookups ---- */

struct collected {
    char traces[16][96];
    size_t count, limit;
};

static bool collect(void *context, const struct tl_store_row *row)
{
    struct collected *collected = context;
    snprintf(collected->traces[collected->count++], 96, "%.*s", (int)row->trace_id.size,
             row->trace_id.data);
    return collected->count < 16;
}

static void append_one(struct tl_store *store, enum tl_table table, int64_t ts, uint64_t seq,
                       const char *trace, const char *key, const char *members[3])
{
    struct tl_error error = {0};
    struct tl_str list[3];
    struct tl_store_row row = {.ts = ts,
                               .seq = seq,
                               .trace_id = tl_str_from(trace),
                               .key = tl_str_from(key),
                               .json = tl_str_from("{}"),
                               .members = list};
    while (members && row.member_count < 3 && members[row.member_count]) {
        list[row.member_count] = tl_str_from(members[row.member_count]);
        row.member_count++;
    }
    if (tl_store_append(store, table, &row, &error) != TL_OK)
        test_fail(__FILE__, __LINE__, "append: %s", error.text);
}

static const char *looked_up(struct tl_store *store, enum tl_table table, bool by_trace,
                             const char *const *ids, size_t count, int limit)
{
    static char all[600];
    struct collected found = {.count = 0};
    struct tl_str list[8];
    struct tl_error error = {0};
    for (size_t i = 0; i < count; i++)
        list[i] = tl_str_from(ids[i]);
    if (tl_store_lookup(store, table, by_trace, list, count, limit, collect, &found, &error) !=
        TL_OK)
        test_fail(__FILE__, __LINE__, "lookup: %s", error.text);
    all[0] = '\0';
    for (size_t i = 0; i < found.count; i++) {
        if (i > 0) strcat(all, " ");
        strcat(all, found.traces[i]);
    }
    return all;
}

TL_TEST("store: lookups by trace and key find rows with and without a second in their id")
{
    struct tl_store *store = open_store(test_tmp_dir(), false);
    REQUIRE(store != NULL);
    /* seq of second 1 778 765 400, symbol 3, index 7 */
    const uint64_t seq = (1778765400ULL - 1577836800) << 24 | 3 << 14 | 7;
    char synthetic[64], join[64], foreign[] = "databento-901";
    snprintf(synthetic, sizeof synthetic, "synthetic-options-%llu", (unsigned long long)seq);
    snprintf(join, sizeof join, "equityjoin:synthetic-equities-%llu", (unsigned long long)seq);
    append_one(store, TL_TABLE_OPTION_PRINTS, 1778765400999, seq, synthetic, "K", NULL);
    append_one(store, TL_TABLE_OPTION_PRINTS, 1778765400999, seq, "twin", "K", NULL);
    append_one(store, TL_TABLE_OPTION_PRINTS, 1778765401000, 5, foreign, "K", NULL);
    append_one(store, TL_TABLE_OPTION_PRINTS, 1778765401000, 6, "it's \"odd\"", "K", NULL);
    append_one(store, TL_TABLE_JOINS, 1778765400001, seq, join, join + strlen("equityjoin:"), NULL);
    const char *ids[] = {synthetic, foreign, "missing", synthetic, "it's \"odd\""};
    char want[300];
    snprintf(want, sizeof want, "it's \"odd\" databento-901 %s", synthetic);
    CHECK_STR(looked_up(store, TL_TABLE_OPTION_PRINTS, true, ids, 5, 100), want);
    CHECK_STR(looked_up(store, TL_TABLE_OPTION_PRINTS, true, ids, 1, 100), synthetic);
    CHECK_STR(looked_up(store, TL_TABLE_OPTION_PRINTS, true, ids, 5, 1), "it's \"odd\"");
    CHECK_STR(looked_up(store, TL_TABLE_OPTION_PRINTS, true, ids, 0, 1), "");
    const char *joins[] = {join, join + strlen("equityjoin:")};
    CHECK_STR(looked_up(store, TL_TABLE_JOINS, true, joins, 1, 9), join);
    CHECK_STR(looked_up(store, TL_TABLE_JOINS, false, joins + 1, 1, 9), join);
    tl_store_close(store);
}

TL_TEST("store: packets are found by any member, once, newest first; hits by packet")
{
    struct tl_store *store = open_store(test_tmp_dir(), false);
    REQUIRE(store != NULL);
    const char *first[3] = {"p-1", "p-2", NULL}, *second[3] = {"p-2", "p-3", NULL};
    struct tl_error error = {0};
    for (int twice = 0; twice < 2; twice++) {
        append_one(store, TL_TABLE_PACKETS, 10, 1, "flowpacket:A", "flowpacket:A", first);
        append_one(store, TL_TABLE_PACKETS, 20, 2, "flowpacket:B", "flowpacket:B", second);
    }
    append_one(store, TL_TABLE_HITS, 20, 2, "classifier:x:flowpacket:B", "flowpacket:B", NULL);
    CHECK(tl_store_commit(store, &error) == TL_OK);
    struct tl_str ids[] = {tl_str_from("p-1"), tl_str_from("p-2"), tl_str_from("p-3")};
    struct collected found = {.count = 0};
    CHECK(tl_store_packets_of(store, ids, 3, 10, collect, &found, &error) == TL_OK);
    REQUIRE(found.count == 2);
    CHECK_STR(found.traces[0], "flowpacket:B");
    CHECK_STR(found.traces[1], "flowpacket:A");
    found.count = 0;
    CHECK(tl_store_packets_of(store, ids, 1, 10, collect, &found, &error) == TL_OK);
    CHECK_INT(found.count, 1);
    const char *packet[] = {"flowpacket:B"};
    CHECK_STR(looked_up(store, TL_TABLE_HITS, false, packet, 1, 5), "classifier:x:flowpacket:B");
    CHECK_STR(looked_up(store, TL_TABLE_PACKETS, true, packet, 1, 5), "flowpacket:B");
    tl_store_close(store);
}

TL_TEST("store: the NBBO at a time is the latest with ts <= it, of that contract alone")
{
    struct tl_store *store = open_store(test_tmp_dir(), false);
    REQUIRE(store != NULL);
    struct tl_error error = {0};
    append_one(store, TL_TABLE_OPTION_NBBO, 10, 1, "n-1", "A", NULL);
    append_one(store, TL_TABLE_OPTION_NBBO, 20, 2, "n-2", "A", NULL);
    append_one(store, TL_TABLE_OPTION_NBBO, 20, 3, "n-3", "A", NULL);
    append_one(store, TL_TABLE_OPTION_NBBO, 25, 4, "n-4", "B", NULL);
    static const struct {
        int64_t at;
        const char *want;
    } cases[] = {{9, ""}, {10, "n-1"}, {19, "n-1"}, {20, "n-3"}, {1000, "n-3"}};
    for (size_t i = 0; i < 5; i++) {
        struct collected found = {.count = 0};
        CHECK(tl_store_nbbo_at(store, tl_str_from("A"), cases[i].at, collect, &found, &error) ==
              TL_OK);
        CHECK_STR(found.count > 0 ? found.traces[0] : "", cases[i].want);
    }
    tl_store_close(store);
}

/* ---- survival ---- */

static bool count_row(void *context, const struct tl_store_row *row)
{
    (void)row;
    ++*(int *)context;
    return true;
}

static int count_rows(struct tl_store *store, enum tl_table table)
{
    struct tl_store_query query = {
        .table = table, .limit = 5000, .etf = -1, .min_notional = -1, .ascending = true};
    struct tl_error error = {0};
    int count = 0;
    if (tl_store_select(store, &query, count_row, &count, &error) != TL_OK)
        test_fail(__FILE__, __LINE__, "select: %s", error.text);
    return count;
}

TL_TEST("store: what was committed survives kill -9, what was not is gone whole")
{
    char dir[300];
    snprintf(dir, sizeof dir, "%s", test_tmp_dir());
    pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        struct tl_store *store = NULL;
        struct tl_store_options options = {.dir = dir};
        if (tl_store_open(&options, &store, NULL) != TL_OK) _exit(2);
        for (uint64_t i = 0; i < 3000; i++) {
            char trace[32];
            snprintf(trace, sizeof trace, "t-%llu", (unsigned long long)i);
            struct tl_store_row row = {.ts = (int64_t)i,
                                       .seq = i,
                                       .trace_id = tl_str_from(trace),
                                       .json = tl_str_from("{\"a\":1}")};
            if (tl_store_append(store, TL_TABLE_OPTION_PRINTS, &row, NULL) != TL_OK) _exit(3);
            if (i == 1999 && tl_store_commit(store, NULL) != TL_OK) _exit(4);
        }
        kill(getpid(), SIGKILL);
    }
    int how = 0;
    REQUIRE(waitpid(child, &how, 0) == child);
    CHECK(WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL);
    struct tl_store *store = open_store(dir, true);
    REQUIRE(store != NULL);
    CHECK_INT(count_rows(store, TL_TABLE_OPTION_PRINTS), 2000);
    tl_store_close(store);
}

static enum tl_status open_status(const char *dir, bool read_only, struct tl_error *error)
{
    struct tl_store *store = NULL;
    struct tl_store_options options = {.dir = dir, .read_only = read_only};
    enum tl_status status = tl_store_open(&options, &store, error);
    tl_store_close(store);
    return status;
}

static void write_file(const char *dir, const void *bytes, size_t size, long at)
{
    char path[400];
    snprintf(path, sizeof path, "%s/tapeloom.db", dir);
    FILE *file = fopen(path, at < 0 ? "wb" : "r+b");
    REQUIRE(file != NULL);
    if (at > 0) fseek(file, at, SEEK_SET);
    CHECK(fwrite(bytes, 1, size, file) == size);
    fclose(file);
}

TL_TEST("store: text, another program's database and a newer schema are CORRUPT with a reason")
{
    struct tl_error error = {0};
    char dir[300], path[400], junk[5000];
    snprintf(dir, sizeof dir, "%s", test_tmp_dir());
    memset(junk, 'x', sizeof junk);
    write_file(dir, junk, sizeof junk, -1);
    CHECK(open_status(dir, false, &error) == TL_CORRUPT);
    CHECK(strstr(error.text, dir) != NULL);
    CHECK(open_status(dir, true, &error) == TL_CORRUPT);
    snprintf(dir, sizeof dir, "%s", test_tmp_dir());
    snprintf(path, sizeof path, "%s/tapeloom.db", dir);
    sqlite3 *db = NULL;
    REQUIRE(sqlite3_open(path, &db) == SQLITE_OK);
    CHECK(sqlite3_exec(db, "CREATE TABLE x (y)", NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_close(db);
    CHECK(open_status(dir, false, &error) == TL_CORRUPT);
    CHECK(strstr(error.text, "another program's") != NULL);
    snprintf(dir, sizeof dir, "%s", test_tmp_dir());
    CHECK(open_status(dir, false, &error) == TL_OK);
    snprintf(path, sizeof path, "%s/tapeloom.db", dir);
    REQUIRE(sqlite3_open(path, &db) == SQLITE_OK);
    CHECK(sqlite3_exec(db, "PRAGMA user_version = 99", NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_close(db);
    CHECK(open_status(dir, false, &error) == TL_CORRUPT);
    CHECK(strstr(error.text, "schema 99") != NULL);
}

TL_TEST("store: damaged pages give CORRUPT or fewer rows, never a crash")
{
    for (uint64_t round = 0; round < 12; round++) {
        struct tl_rng rng = tl_rng_at(test_seed(), TL_RNG_EQ_SIZE, 2, round);
        struct tl_error error = {0};
        char dir[300], junk[3000];
        snprintf(dir, sizeof dir, "%s", test_tmp_dir());
        struct tl_store *store = open_store(dir, false);
        REQUIRE(store != NULL);
        for (uint64_t i = 0; i < 2000; i++)
            append_one(store, TL_TABLE_PACKETS, (int64_t)i, i, "trace-of-some-length", "key", NULL);
        CHECK(tl_store_commit(store, &error) == TL_OK);
        tl_store_close(store);
        for (size_t i = 0; i < sizeof junk; i++)
            junk[i] = (char)tl_rng_u32(&rng);
        write_file(dir, junk, sizeof junk, (long)(1 + tl_rng_below(&rng, 18)) * 8192 - 500);
        struct tl_store_options options = {.dir = dir, .read_only = true};
        enum tl_status status = tl_store_open(&options, &store, &error);
        if (status == TL_OK) {
            struct tl_store_query query = {
                .table = TL_TABLE_PACKETS, .limit = 5000, .etf = -1, .min_notional = -1};
            int count = 0;
            status = tl_store_select(store, &query, count_row, &count, &error);
            CHECK(status == TL_OK || status == TL_CORRUPT || status == TL_IO);
            tl_store_close(store);
        } else {
            CHECK(status == TL_CORRUPT);
        }
    }
}

TL_TEST("store: a missing or unwritable folder is TL_IO and named")
{
    struct tl_error error = {0};
    CHECK(open_status("/nonexistent/folder", false, &error) == TL_IO);
    CHECK(strstr(error.text, "/nonexistent/folder") != NULL);
    if (geteuid() == 0) {
        /* root writes everywhere but where nobody can */
        CHECK(open_status("/proc/self", false, &error) == TL_IO);
        return;
    }
    char dir[300];
    snprintf(dir, sizeof dir, "%s", test_tmp_dir());
    CHECK(chmod(dir, 0500) == 0);
    CHECK(open_status(dir, false, &error) == TL_IO);
    CHECK(chmod(dir, 0700) == 0);
}

TL_TEST("store: a reader may come first, and sees each commit as it happens")
{
    char dir[300];
    snprintf(dir, sizeof dir, "%s", test_tmp_dir());
    struct tl_error error = {0};
    struct tl_store *reader = open_store(dir, true), *writer = open_store(dir, false);
    REQUIRE(reader && writer);
    CHECK_INT(count_rows(reader, TL_TABLE_ALERTS), 0);
    append_one(writer, TL_TABLE_ALERTS, 1, 1, "a", "", NULL);
    CHECK_INT(count_rows(reader, TL_TABLE_ALERTS), 0);
    CHECK(tl_store_commit(writer, &error) == TL_OK);
    CHECK_INT(count_rows(reader, TL_TABLE_ALERTS), 1);
    struct tl_store_row row = {
        .ts = 2, .trace_id = tl_str_from("b"), .json = tl_str_from("{}"), .key = tl_str_from("")};
    CHECK(tl_store_commit(writer, &error) == TL_OK); /* nothing open: fine */
    CHECK(tl_store_append(writer, TL_TABLE_ALERTS, &row, &error) == TL_OK);
    tl_store_close(writer); /* closes in order: commits */
    CHECK_INT(count_rows(reader, TL_TABLE_ALERTS), 2);
    tl_store_close(reader);
}

/* Opens and closes at the moment the pipe of `go` is closed; ends with the status. */
static pid_t open_when_told(const char *dir, bool read_only, const int go[2])
{
    pid_t child = fork();
    if (child != 0) return child;
    struct tl_error error = {0};
    char byte;
    close(go[1]);
    if (read(go[0], &byte, 1) != 0) _exit(99);
    enum tl_status status = open_status(dir, read_only, &error);
    if (status != TL_OK) fprintf(stderr, "opening at once: %s\n", error.text);
    _exit((int)status);
}

TL_TEST("store: services that start at once in an empty folder all find it open")
{
    for (int round = 0; round < 60; round++) {
        char dir[300];
        int go[2];
        pid_t children[4];
        snprintf(dir, sizeof dir, "%s", test_tmp_dir());
        REQUIRE(pipe(go) == 0);
        for (int i = 0; i < 4; i++)
            REQUIRE((children[i] = open_when_told(dir, i != 0, go)) > 0);
        close(go[0]);
        close(go[1]);
        for (int i = 0; i < 4; i++) {
            int how = 0;
            REQUIRE(waitpid(children[i], &how, 0) == children[i]);
            CHECK(WIFEXITED(how) && WEXITSTATUS(how) == TL_OK);
        }
    }
}

struct reading {
    char dir[300];
    volatile bool stop;
    int pages, failures;
};

static bool check_order(void *context, const struct tl_store_row *row)
{
    int64_t *last = context;
    bool fine = row->ts <= *last;
    *last = row->ts;
    return fine;
}

static void *read_forever(void *argument)
{
    struct reading *reading = argument;
    struct tl_store *store = NULL;
    struct tl_store_options options = {.dir = reading->dir, .read_only = true};
    if (tl_store_open(&options, &store, NULL) != TL_OK) reading->failures++;
    while (store && !__atomic_load_n(&reading->stop, __ATOMIC_RELAXED)) {
        struct tl_store_query query = {
            .table = TL_TABLE_OPTION_PRINTS, .limit = 200, .etf = -1, .min_notional = -1};
        int64_t last = INT64_MAX;
        if (tl_store_select(store, &query, check_order, &last, NULL) != TL_OK) reading->failures++;
        reading->pages++;
    }
    tl_store_close(store);
    return NULL;
}

TL_TEST("store: readers in other threads page while the writer appends and trims")
{
    struct reading readings[2] = {0};
    pthread_t threads[2];
    struct tl_error error = {0};
    snprintf(readings[0].dir, sizeof readings[0].dir, "%s", test_tmp_dir());
    readings[1] = readings[0];
    struct tl_store *store = open_store(readings[0].dir, false);
    REQUIRE(store != NULL);
    for (int i = 0; i < 2; i++)
        REQUIRE(pthread_create(&threads[i], NULL, read_forever, &readings[i]) == 0);
    for (uint64_t i = 0; i < 20000; i++) {
        char trace[32];
        snprintf(trace, sizeof trace, "t-%llu", (unsigned long long)i);
        append_one(store, TL_TABLE_OPTION_PRINTS, (int64_t)i, i, trace, "K", NULL);
        if (i % 500 == 499) CHECK(tl_store_commit(store, &error) == TL_OK);
        if (i % 500 == 499) {
            enum tl_status status = tl_store_trim(store, (int64_t)i + 24 * 3600000 - 4000, &error);
            CHECK(status == TL_OK || status == TL_AGAIN);
        }
    }
    for (int i = 0; i < 2; i++) {
        __atomic_store_n(&readings[i].stop, true, __ATOMIC_RELAXED);
        pthread_join(threads[i], NULL);
        CHECK(readings[i].pages > 0);
        CHECK_INT(readings[i].failures, 0);
    }
    tl_store_close(store);
}

TL_TEST("store: trimming by age deletes exactly what is over age, bodies and members too")
{
    char dir[300], path[400];
    snprintf(dir, sizeof dir, "%s", test_tmp_dir());
    snprintf(path, sizeof path, "%s/tapeloom.db", dir);
    struct tl_store *store = NULL;
    struct tl_error error = {0};
    struct tl_store_options options = {
        .dir = dir, .quote_age_ms = 1000, .print_age_ms = 2000, .derived_age_ms = 3000};
    const char *members[3] = {"p-1", "p-2", NULL};
    REQUIRE(tl_store_open(&options, &store, &error) == TL_OK);
    for (int table = 0; table < TL_TABLE_COUNT; table++)
        for (uint64_t i = 0; i < 4000; i += 2)
            append_one(store, (enum tl_table)table, (int64_t)i, i, "t", "K",
                       table == TL_TABLE_PACKETS ? members : NULL);
    CHECK(tl_store_commit(store, &error) == TL_OK);
    int calls = 0;
    while (tl_store_trim(store, 4000, &error) == TL_OK && calls < 1000)
        calls++;
    CHECK(calls > 10 && calls < 100);
    CHECK_INT(count_rows(store, TL_TABLE_OPTION_NBBO), 500);
    CHECK_INT(count_rows(store, TL_TABLE_EQUITY_QUOTES), 500);
    CHECK_INT(count_rows(store, TL_TABLE_OPTION_PRINTS), 1000);
    CHECK_INT(count_rows(store, TL_TABLE_JOINS), 1000);
    CHECK_INT(count_rows(store, TL_TABLE_PACKETS), 1500);
    CHECK_INT(count_rows(store, TL_TABLE_ALERTS), 1500);
    tl_store_close(store);
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    REQUIRE(sqlite3_open(path, &db) == SQLITE_OK);
    REQUIRE(sqlite3_prepare_v2(db,
                               "SELECT (SELECT count(*) FROM option_bodies),"
                               " (SELECT count(*) FROM packet_members)",
                               -1, &statement, NULL) == SQLITE_OK);
    CHECK(sqlite3_step(statement) == SQLITE_ROW);
    CHECK_INT(sqlite3_column_int(statement, 0), 1000);
    CHECK_INT(sqlite3_column_int(statement, 1), 3000);
    sqlite3_finalize(statement);
    sqlite3_close(db);
}

TL_TEST("store: trimming by size keeps the file under its bound, the oldest going first")
{
    struct tl_store *store = NULL;
    struct tl_error error = {0};
    static char json[1200];
    struct tl_store_options options = {.dir = test_tmp_dir(), .max_bytes = 8 << 20};
    REQUIRE(tl_store_open(&options, &store, &error) == TL_OK);
    memset(json, 'j', sizeof json - 1);
    for (uint64_t i = 0; i < 40000; i++) {
        struct tl_store_row row = {.ts = (int64_t)i,
                                   .seq = i,
                                   .trace_id = tl_str_from("t"),
                                   .key = tl_str_from("K"),
                                   .json = tl_str_from(json)};
        CHECK(tl_store_append(store, i % 2 ? TL_TABLE_OPTION_PRINTS : TL_TABLE_DARK, &row,
                              &error) == TL_OK);
        if (i % 1000 != 999) continue;
        CHECK(tl_store_commit(store, &error) == TL_OK);
        int calls = 0;
        while (calls < 100 && tl_store_trim(store, 0, &error) == TL_OK)
            calls++;
        CHECK(calls < 100);
        CHECK(tl_store_bytes(store) <= options.max_bytes);
    }
    int prints = count_rows(store, TL_TABLE_OPTION_PRINTS);
    CHECK(prints > 1000);
    struct tl_store_query query = {
        .table = TL_TABLE_OPTION_PRINTS, .limit = 1, .etf = -1, .min_notional = -1};
    int64_t last = 39999;
    CHECK(tl_store_select(store, &query, check_order, &last, &error) == TL_OK);
    CHECK_INT(last, 39999);
    tl_store_close(store);
}
