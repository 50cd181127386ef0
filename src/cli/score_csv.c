/* SPDX-License-Identifier: Apache-2.0
 * Scoring a CSV file, in two passes: the first learns symbols, sessions and levels (price, volume,
 * spread), the second feeds the events. A ticker of the built-in universe brings its reference
 * numbers along, unless its price is far from the reference (another year): then, as for unknown
 * tickers, only what was measured is known, and rows that need more say n/a. */
#include "cli/score_csv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "base/text.h"
#include "market/calendar.h"
#include "os/os.h"
#include "score/estimate.h"
#include "wire/csv_read.h"

#define SYMBOLS_MAX 1024
#define SESSIONS_MAX 2600   /* ten years */
#define SLOTS_MAX 40000     /* symbols x sessions: 600 MB */
#define PRICE_RATIO_MAX 1.5 /* of a reference price: further off, the reference is another time's */

struct seen {
    char ticker[12];
    double price_sum, price_count, shares, prints, spread_sum, spread_count;
};

struct scan {
    FILE *file;
    const char *path;
    struct tl_csv_reader reader;
    char line[TL_CSV_LINE_MAX];
    struct tl_session_span span; /* of the event last read */
    uint32_t symbol_count, session_count, last;
    struct seen symbols[SYMBOLS_MAX];
    struct tl_session_span sessions[SESSIONS_MAX];
    struct tl_score_csv_facts facts;
    bool progress;
};

/* ---- lines ---- */

/* TL_AGAIN: the end of the file. */
static enum tl_status next_line(struct scan *scan, struct tl_str *line, struct tl_error *error)
{
    if (!fgets(scan->line, sizeof scan->line, scan->file)) {
        if (!ferror(scan->file)) return TL_AGAIN;
        return tl_error_set(error, TL_IO, "%s: %s", scan->path, strerror(errno));
    }
    size_t size = strlen(scan->line);
    bool whole = size > 0 && scan->line[size - 1] == '\n';
    if (!whole && !feof(scan->file))
        return tl_error_set(error, TL_INVALID,
                            "%s: line %lld: longer than %d bytes, or holds a NUL", scan->path,
                            (long long)scan->reader.line + 1, TL_CSV_LINE_MAX - 2);
    *line = (struct tl_str){scan->line, size - (whole ? 1 : 0)};
    return TL_OK;
}

static enum tl_status begin(struct scan *scan, struct tl_error *error)
{
    struct tl_str line = {NULL, 0};
    rewind(scan->file);
    memset(&scan->span, 0, sizeof scan->span);
    memset(&scan->reader, 0, sizeof scan->reader);
    enum tl_status status = next_line(scan, &line, error);
    if (status == TL_AGAIN) return tl_error_set(error, TL_INVALID, "%s: is empty", scan->path);
    if (status == TL_OK) status = tl_csv_read_header(&scan->reader, line, error);
    if (status == TL_INVALID) tl_error_add(error, "%s", scan->path);
    return status;
}

static uint32_t symbol_index(struct scan *scan, struct tl_str name)
{
    if (scan->last < scan->symbol_count && tl_str_is(name, scan->symbols[scan->last].ticker))
        return scan->last;
    for (scan->last = 0; scan->last < scan->symbol_count; scan->last++)
        if (tl_str_is(name, scan->symbols[scan->last].ticker)) break;
    return scan->last;
}

/* The next event, with its symbol's index (== symbol_count: a new one) and its session in
 * scan->span. TL_AGAIN: the end. */
static enum tl_status next_event(struct scan *scan, struct tl_event *event, struct tl_str *name,
                                 struct tl_error *error)
{
    struct tl_str line;
    enum tl_status status = next_line(scan, &line, error);
    if (status != TL_OK) return status;
    status = tl_csv_read_row(&scan->reader, line, event, name, error);
    if (status != TL_OK) {
        tl_error_add(error, "%s", scan->path);
        return status;
    }
    event->sym = (uint16_t)symbol_index(scan, *name);
    if (event->stream == TL_STREAM_OPTION_NBBO) event->u.nbbo.contract.sym = event->sym;
    if (event->stream == TL_STREAM_OPTION_PRINT) event->u.option.contract.sym = event->sym;
    if (event->ts / TL_NS_PER_S >= scan->span.end_s)
        tl_session_find(TL_CALENDAR_EXCHANGE, event->ts / TL_NS_PER_S, &scan->span);
    if ((scan->reader.line & 0xffff) == 0 && tl_os_stopping())
        return tl_error_set(error, TL_CLOSED, "stopped");
    if ((scan->reader.line & 0xfffff) == 0 && scan->progress)
        fprintf(stderr, "\r%lld rows", (long long)scan->reader.line);
    return TL_OK;
}

static bool in_session(const struct scan *scan, const struct tl_event *event)
{
    return event->ts >= scan->span.start_s * TL_NS_PER_S;
}

/* ---- first pass ---- */

static void learn(struct seen *seen, const struct tl_event *event)
{
    if (event->stream == TL_STREAM_EQUITY_QUOTE && event->u.quote.bid > 0) {
        seen->price_sum +=
            (double)(event->u.quote.bid + event->u.quote.ask) / (2.0 * TL_PX_PER_USD);
        seen->price_count += 1;
        seen->spread_sum += (double)(event->u.quote.ask - event->u.quote.bid) / TL_PX_PER_USD;
        seen->spread_count += 1;
    } else if (event->stream == TL_STREAM_EQUITY_PRINT) {
        seen->price_sum += (double)event->u.trade.price / TL_PX_PER_USD;
        seen->price_count += 1;
        seen->shares += event->u.trade.size;
        seen->prints += 1;
    }
}

static enum tl_status first_pass(struct scan *scan, struct tl_error *error)
{
    struct tl_event event;
    struct tl_str name;
    enum tl_status status = begin(scan, error);
    while (status == TL_OK && (status = next_event(scan, &event, &name, error)) == TL_OK) {
        scan->facts.rows++;
        if (event.sym == scan->symbol_count) {
            if (scan->symbol_count == SYMBOLS_MAX)
                return tl_error_set(error, TL_INVALID, "%s: line %lld: more than %d symbols",
                                    scan->path, (long long)scan->reader.line, SYMBOLS_MAX);
            memcpy(scan->symbols[scan->symbol_count++].ticker, name.data, name.size);
        }
        if (!in_session(scan, &event)) {
            scan->facts.outside++;
            continue;
        }
        learn(&scan->symbols[event.sym], &event);
        if (scan->session_count > 0 &&
            scan->sessions[scan->session_count - 1].ordinal == scan->span.ordinal)
            continue;
        if (scan->session_count == SESSIONS_MAX)
            return tl_error_set(error, TL_INVALID, "%s: line %lld: more than %d sessions",
                                scan->path, (long long)scan->reader.line, SESSIONS_MAX);
        scan->sessions[scan->session_count++] = scan->span;
    }
    if (status != TL_AGAIN) return status;
    if (scan->session_count == 0)
        return tl_error_set(error, TL_INVALID, "%s: no event within 09:30 to 16:00 New York",
                            scan->path);
    if ((uint64_t)scan->session_count * scan->symbol_count > SLOTS_MAX)
        return tl_error_set(
            error, TL_INVALID, "%s: %d symbols over %d sessions; at most %d of both multiplied",
            scan->path, (int)scan->symbol_count, (int)scan->session_count, SLOTS_MAX);
    return TL_OK;
}

/* ---- symbols ---- */

static void symbol_fill(struct tl_symbol *symbol, const struct seen *seen, uint32_t sessions,
                        const struct tl_symbol *known)
{
    double price = seen->price_count > 0 ? seen->price_sum / seen->price_count : 0;
    if (known && (price == 0 || (price < known->price * PRICE_RATIO_MAX &&
                                 price > known->price / PRICE_RATIO_MAX))) {
        *symbol = *known;
        return;
    }
    memcpy(symbol->ticker, seen->ticker, sizeof symbol->ticker);
    symbol->is_etf = known && known->is_etf;
    symbol->sector = known ? known->sector : (uint8_t)TL_SECTOR_COMM;
    symbol->price = price;
    symbol->adv_shares = seen->shares / sessions;
    symbol->trades_per_s = seen->prints / (23400.0 * sessions);
    symbol->spread_usd = seen->spread_count > 0 ? seen->spread_sum / seen->spread_count : 0;
    symbol->tick = 100;
    symbol->lot = 100;
}

static struct tl_symbol *symbols_make(const struct scan *scan)
{
    static struct tl_symbol known[SYMBOLS_MAX];
    uint32_t known_count = 0;
    struct tl_symbol *symbols = calloc(scan->symbol_count, sizeof *symbols);
    if (tl_universe_parse(tl_str_from(tl_universe_default_text), known, SYMBOLS_MAX, &known_count,
                          NULL) != TL_OK)
        known_count = 0;
    for (uint32_t i = 0; symbols && i < scan->symbol_count; i++) {
        const struct tl_symbol *match = NULL;
        for (uint32_t k = 0; k < known_count; k++)
            if (strcmp(known[k].ticker, scan->symbols[i].ticker) == 0) match = &known[k];
        symbol_fill(&symbols[i], &scan->symbols[i], scan->session_count, match);
    }
    return symbols;
}

/* ---- second pass ---- */

static void close_slot(struct scan *scan, struct tl_score_run *run, uint32_t slot)
{
    if (scan->sessions[slot].end_s - scan->sessions[slot].start_s == TL_SESSION_S)
        tl_score_run_close(run, slot);
}

static enum tl_status second_pass(struct scan *scan, struct tl_score_run *run,
                                  struct tl_error *error)
{
    struct tl_event event;
    struct tl_str name;
    uint32_t slot = 0;
    bool open = false;
    enum tl_status status = begin(scan, error);
    while (status == TL_OK && (status = next_event(scan, &event, &name, error)) == TL_OK) {
        if (!in_session(scan, &event)) continue;
        if (event.sym >= run->count || slot >= scan->session_count)
            return tl_error_set(error, TL_CORRUPT, "%s: changed while it was read", scan->path);
        if (open && scan->sessions[slot].ordinal != scan->span.ordinal) {
            close_slot(scan, run, slot++);
            open = false;
        }
        if (!open) tl_score_run_open(run, scan->span.start_s, scan->span.end_s);
        open = true;
        tl_score_run_event(run, &event, NULL);
        run->events++;
    }
    if (status != TL_AGAIN) return status;
    if (open) close_slot(scan, run, slot);
    return TL_OK;
}

/* Daily series of the sessions' first and last mids; a day without quotes keeps the close before. */
static bool fill_days(struct tl_score_run *run)
{
    uint32_t length = run->mids.sessions;
    if (!tl_score_days_init(&run->days, run->symbols, run->count, length)) return false;
    for (uint32_t i = 0; i < run->count; i++) {
        double *open = run->days.open + (size_t)i * length;
        double *close = run->days.close + (size_t)i * length;
        for (uint32_t s = 0; s < length; s++) {
            const struct tl_name_session *slot = tl_name_session_at(&run->mids, s, i);
            double before = s > 0 ? close[s - 1] : TL_NAN;
            open[s] = slot->has ? slot->open : before;
            close[s] = slot->has ? slot->close : before;
        }
    }
    return true;
}

enum tl_status tl_score_csv_run(const char *path, bool progress, struct tl_score_run *run,
                                struct tl_score_csv_facts *facts, struct tl_error *error)
{
    memset(run, 0, sizeof *run);
    struct scan *scan = calloc(1, sizeof *scan);
    if (!scan) return tl_error_set(error, TL_NOMEM, "out of memory");
    scan->path = path;
    scan->progress = progress;
    scan->file = fopen(path, "rb");
    enum tl_status status = TL_OK;
    if (!scan->file)
        status = tl_error_set(error, TL_IO, "cannot read %s: %s", path, strerror(errno));
    if (status == TL_OK) status = first_pass(scan, error);
    struct tl_symbol *symbols = status == TL_OK ? symbols_make(scan) : NULL;
    if (status == TL_OK &&
        (!symbols || !tl_score_run_init(run, symbols, scan->symbol_count, scan->session_count)))
        status = tl_error_set(error, TL_NOMEM, "out of memory");
    if (status == TL_OK) status = second_pass(scan, run, error);
    if (status == TL_OK && !fill_days(run)) status = tl_error_set(error, TL_NOMEM, "out of memory");
    scan->facts.sessions = scan->session_count;
    *facts = scan->facts;
    if (progress) fprintf(stderr, "\r%30s\r", "");
    if (scan->file) fclose(scan->file);
    free(scan);
    return status;
}
