/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/fit_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "flow/evidence_fields.h"
#include "flow/thresholds.h"
#include "tape/scenario_family.h"

#define LINE_BYTES 16384
#define COLUMNS_MAX 512

struct columns {
    uint32_t line; /* the one being read, from 1 */
    size_t count;
    uint16_t field[COLUMNS_MAX];
};

/* Makes room for one more; false: no memory. */
static bool grow(void **array, size_t size, size_t count, size_t *room)
{
    if (count < *room) return true;
    size_t wanted = *room ? 2 * *room : 1024;
    void *larger = realloc(*array, wanted * size);
    if (!larger) return false;
    *array = larger;
    *room = wanted;
    return true;
}

/* The session of a seed among those from `from` on; made when it is new. UINT32_MAX: no memory. */
static uint32_t session_of(struct tl_fit_rows *rows, uint32_t from, int64_t seed)
{
    for (uint32_t i = rows->session_count; i-- > from;)
        if (rows->sessions[i].seed == seed) return i;
    size_t room = rows->session_room;
    void *array = rows->sessions;
    if (!grow(&array, sizeof *rows->sessions, rows->session_count, &room)) return UINT32_MAX;
    rows->sessions = array;
    rows->session_room = (uint32_t)room;
    struct tl_eval_session *session = &rows->sessions[rows->session_count];
    if (!tl_eval_session_init(session)) return UINT32_MAX;
    tl_eval_session_close(session);
    session->seed = seed;
    return rows->session_count++;
}

static bool take_items(struct tl_fit_rows *rows, struct tl_fit_row *row,
                       const struct tl_evidence *evidence)
{
    for (int p = 0; p < TL_PROFILE_COUNT; p++) {
        struct tl_judgement judgement;
        tl_profile_judge(&tl_profile_rules[p], evidence, &judgement);
        row->direction[p] = (uint8_t)judgement.direction;
        row->first[p] = rows->item_count;
        for (size_t i = 0; i < judgement.count; i++) {
            if (!(judgement.items[i].value > 0)) continue;
            void *array = rows->items;
            if (!grow(&array, sizeof *rows->items, rows->item_count, &rows->item_room))
                return false;
            rows->items = array;
            rows->items[rows->item_count++] =
                (struct tl_fit_item){(uint8_t)i, (float)judgement.items[i].value};
        }
    }
    row->first[TL_PROFILE_COUNT] = rows->item_count;
    return true;
}

/* A judgement: seed ms symbol instance usd values... */
static enum tl_status take_judged(struct tl_fit_rows *rows, uint32_t from,
                                  const struct columns *columns, char *text)
{
    struct tl_fit_row row = {.owner = TL_PROFILE_COUNT + 1, .line = columns->line};
    struct tl_evidence evidence;
    memset(&evidence, 0, sizeof evidence);
    row.session = session_of(rows, from, strtoll(text, &text, 10));
    row.ms = strtoll(text, &text, 10);
    char *symbol = text + 1;
    text = strchr(symbol, '\t');
    if (!text || row.session == UINT32_MAX) return TL_INVALID;
    row.stock = (uint32_t)tl_context_hash((struct tl_str){symbol, (size_t)(text - symbol)});
    row.instance = (uint32_t)strtoll(text, &text, 10); /* -1 is TL_EVAL_NOBODY */
    row.usd = strtof(text, &text);
    for (size_t i = 0; i < columns->count; i++) {
        char *end;
        double value = strtod(text, &end);
        if (end == text) return TL_INVALID;
        tl_evidence_field_set(&evidence, columns->field[i], value);
        text = end;
    }
    if (evidence.burst && evidence.premium_usd < tl_thresholds.burst_usd)
        return TL_OK; /* judged no longer */
    row.signal = evidence.signal;
    row.package = evidence.core_legs >= 2;
    row.right = (int8_t)evidence.right;
    row.market_rate = (float)evidence.market_rate;
    for (int p = 0; p < TL_PROFILE_COUNT; p++)
        row.barred[p] = tl_profile_barred(&evidence, (enum tl_profile)p);
    row.dte = (int16_t)tl_clamp(evidence.dte, -1, 30000);
    void *array = rows->rows;
    if (!take_items(rows, &row, &evidence) ||
        !grow(&array, sizeof *rows->rows, rows->row_count, &rows->row_room))
        return TL_NOMEM;
    rows->rows = array;
    rows->rows[rows->row_count++] = row;
    return TL_OK;
}

/* An instance: seed index subtype prints first_ms usd. They come in order. */
static enum tl_status take_instance(struct tl_fit_rows *rows, uint32_t from, const char *text)
{
    long long seed, ms;
    unsigned index, subtype, prints;
    double usd;
    if (sscanf(text, "%lld %u %u %u %lld %lf", &seed, &index, &subtype, &prints, &ms, &usd) != 6 ||
        subtype == 0 || subtype >= TL_SUB_COUNT)
        return TL_INVALID;
    uint32_t at = session_of(rows, from, seed);
    if (at == UINT32_MAX) return TL_NOMEM;
    struct tl_eval_session *session = &rows->sessions[at];
    size_t room = session->instance_room;
    void *array = session->instances;
    if (!grow(&array, sizeof *session->instances, session->instance_count, &room)) return TL_NOMEM;
    session->instances = array;
    session->instance_room = (uint32_t)room;
    if (index != session->instance_count) return TL_INVALID;
    session->instances[session->instance_count++] =
        (struct tl_eval_instance){.subtype = (uint8_t)subtype,
                                  .profile = tl_families[subtype - 1].profile,
                                  .prints = prints,
                                  .first_ms = ms,
                                  .usd = usd,
                                  .hit_ms = INT64_MIN};
    return TL_OK;
}

static enum tl_status take_session(struct tl_fit_rows *rows, uint32_t from, const char *text)
{
    long long seed, start_s, seconds;
    unsigned long long prints;
    if (sscanf(text, "%lld %lld %lld %llu", &seed, &start_s, &seconds, &prints) != 4)
        return TL_INVALID;
    uint32_t at = session_of(rows, from, seed);
    if (at == UINT32_MAX) return TL_NOMEM;
    rows->sessions[at].start_s = start_s;
    rows->sessions[at].seconds = seconds;
    rows->sessions[at].option_prints = prints;
    return TL_OK;
}

/* Which field each of the file's columns is; a field that an older file does not have stays 0. */
static enum tl_status read_names(struct columns *columns, char *text)
{
    columns->count = 0;
    for (char *name = strtok(text, "\t\n"); name; name = strtok(NULL, "\t\n")) {
        size_t field = 0, count = tl_evidence_field_count();
        while (field < count && strcmp(tl_evidence_field_name(field), name) != 0)
            field++;
        if (field == count || columns->count == COLUMNS_MAX) return TL_INVALID;
        columns->field[columns->count++] = (uint16_t)field;
    }
    return columns->count > 0 ? TL_OK : TL_INVALID;
}

static int by_session(const void *a, const void *b)
{
    const struct tl_fit_row *x = a, *y = b;
    if (x->session != y->session) return x->session < y->session ? -1 : 1;
    /* Items were added in the order of judgement. */
    return x->first[0] < y->first[0] ? -1 : x->first[0] > y->first[0];
}

/* Whose each row is, when all instances are known. */
static void set_owners(struct tl_fit_rows *rows, size_t from)
{
    for (size_t i = from; i < rows->row_count; i++) {
        struct tl_fit_row *row = &rows->rows[i];
        const struct tl_eval_session *session = &rows->sessions[row->session];
        if (row->instance < session->instance_count)
            row->owner = session->instances[row->instance].profile;
    }
}

static enum tl_status take_line(struct tl_fit_rows *rows, uint32_t from, struct columns *columns,
                                char *line)
{
    switch (line[0]) {
    case 'F':
        return read_names(columns, line + 1);
    case 'P':
        return take_judged(rows, from, columns, line + 1);
    case 'I':
        return take_instance(rows, from, line + 1);
    case 'S':
        return take_session(rows, from, line + 1);
    default:
        return TL_INVALID;
    }
}

enum tl_status tl_fit_rows_read(struct tl_fit_rows *rows, const char *path, struct tl_error *error)
{
    static char line[LINE_BYTES];
    struct columns columns = {0};
    uint32_t from = rows->session_count;
    size_t first_row = rows->row_count;
    FILE *in = fopen(path, "r");
    if (!in) return tl_error_set(error, TL_IO, "cannot read %.200s", path);
    enum tl_status status = TL_OK;
    while (status == TL_OK && fgets(line, sizeof line, in)) {
        columns.line++;
        status = take_line(rows, from, &columns, line);
    }
    fclose(in);
    if (status != TL_OK)
        return tl_error_set(error, status, "%.200s, line %u: not a line of this version", path,
                            columns.line);
    /* Threads mix sessions; in what order they ran must not matter. */
    qsort(rows->rows + first_row, rows->row_count - first_row, sizeof *rows->rows, by_session);
    set_owners(rows, first_row);
    return TL_OK;
}

void tl_fit_rows_free(struct tl_fit_rows *rows)
{
    for (uint32_t i = 0; i < rows->session_count; i++)
        tl_eval_session_deinit(&rows->sessions[i]);
    free(rows->sessions);
    free(rows->rows);
    free(rows->items);
    memset(rows, 0, sizeof *rows);
}
