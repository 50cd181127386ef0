/* SPDX-License-Identifier: Apache-2.0
 * One book a symbol: for each interval up to TL_CANDLE_OPEN_MAX open windows, oldest first. Open
 * and close are the earliest and latest print by (ts, seq), not by arrival. Symbols beyond the
 * table's bound are left out and counted as late. */
#include "flow/candle.h"

#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "base/text.h"

#define SYMBOL_MAX 23
#define HASH_SIZE 4096

struct window {
    int64_t start;
    struct tl_wire_candle candle;
    int64_t open_ts, close_ts;
    uint64_t open_seq, close_seq;
};

struct series {
    uint32_t count;
    int64_t closed_until; /* windows that end at or before this are gone; INT64_MIN at first */
    struct window windows[TL_CANDLE_OPEN_MAX];
};

struct book {
    char symbol[SYMBOL_MAX + 1];
    size_t symbol_size;
    uint32_t chain;
    int64_t ts_max;
    struct series series[TL_CANDLE_INTERVALS_MAX];
};

struct tl_candles {
    struct tl_candle_options options;
    uint32_t book_count;
    uint32_t buckets[HASH_SIZE];
    int64_t clock;
    uint64_t late;
    struct book *books;
};

struct tl_candles *tl_candles_create(const struct tl_candle_options *options)
{
    struct tl_candles *candles = calloc(1, sizeof *candles);
    if (!candles) return NULL;
    candles->options = *options;
    candles->clock = INT64_MIN;
    candles->books = calloc(TL_CANDLE_SYMBOLS_MAX, sizeof *candles->books);
    if (candles->books) return candles;
    free(candles);
    return NULL;
}

void tl_candles_destroy(struct tl_candles *candles)
{
    if (!candles) return;
    free(candles->books);
    free(candles);
}

static struct book *book_of(struct tl_candles *candles, struct tl_str symbol)
{
    uint64_t hash = 1469598103934665603u;
    for (size_t i = 0; i < symbol.size; i++)
        hash = (hash ^ (unsigned char)symbol.data[i]) * 1099511628211u;
    uint32_t *bucket = &candles->buckets[hash % HASH_SIZE];
    for (uint32_t index = *bucket; index; index = candles->books[index - 1].chain) {
        struct book *book = &candles->books[index - 1];
        if (tl_str_equal((struct tl_str){book->symbol, book->symbol_size}, symbol)) return book;
    }
    if (candles->book_count == TL_CANDLE_SYMBOLS_MAX || symbol.size == 0 ||
        symbol.size > SYMBOL_MAX)
        return NULL;
    struct book *book = &candles->books[candles->book_count++];
    memcpy(book->symbol, symbol.data, symbol.size);
    book->symbol_size = symbol.size;
    book->chain = *bucket;
    book->ts_max = INT64_MIN;
    for (size_t i = 0; i < TL_CANDLE_INTERVALS_MAX; i++)
        book->series[i].closed_until = INT64_MIN;
    *bucket = candles->book_count;
    return book;
}

static void emit(struct tl_candles *candles, const struct book *book, struct window *window)
{
    char trace[96];
    struct tl_text text = {.data = trace, .capacity = sizeof trace};
    struct tl_str symbol = {book->symbol, book->symbol_size};
    tl_text_lit(&text, "candle:");
    tl_text_str(&text, symbol);
    tl_text_byte(&text, ':');
    tl_text_i64(&text, window->candle.interval_ms);
    tl_text_byte(&text, ':');
    tl_text_i64(&text, window->start);
    window->candle.meta.trace_id = (struct tl_str){text.data, text.size};
    window->candle.underlying_id = symbol;
    candles->options.emit(candles->options.context, &window->candle);
}

/* Emits, oldest first, what ends at or before the watermark. */
static void close_until(struct tl_candles *candles, const struct book *book, struct series *series,
                        int64_t interval, int64_t watermark)
{
    uint32_t closed = 0;
    while (closed < series->count && series->windows[closed].start + interval <= watermark)
        emit(candles, book, &series->windows[closed++]);
    if (closed == 0) return;
    series->closed_until = series->windows[closed - 1].start + interval;
    series->count -= closed;
    memmove(series->windows, series->windows + closed, series->count * sizeof *series->windows);
}

static struct window *window_at(struct series *series, int64_t start)
{
    uint32_t at = 0;
    while (at < series->count && series->windows[at].start < start)
        at++;
    if (at < series->count && series->windows[at].start == start) return &series->windows[at];
    memmove(series->windows + at + 1, series->windows + at,
            (series->count - at) * sizeof *series->windows);
    series->count++;
    memset(&series->windows[at], 0, sizeof series->windows[at]);
    series->windows[at].start = start;
    return &series->windows[at];
}

static void add(struct window *window, int64_t interval, const struct tl_wire_equity_print *print)
{
    struct tl_wire_candle *candle = &window->candle;
    int64_t ts = print->ts;
    uint64_t seq = print->meta.seq;
    bool first = candle->trade_count == 0;
    candle->ts = window->start;
    candle->interval_ms = interval;
    candle->trade_count++;
    candle->volume += print->size;
    candle->high = first ? print->price : tl_max(candle->high, print->price);
    candle->low = first ? print->price : tl_min(candle->low, print->price);
    if (first || ts < window->open_ts || (ts == window->open_ts && seq < window->open_seq)) {
        window->open_ts = ts;
        window->open_seq = seq;
        candle->open = print->price;
        candle->meta.source_ts = print->meta.source_ts;
    }
    if (first || ts > window->close_ts || (ts == window->close_ts && seq >= window->close_seq)) {
        window->close_ts = ts;
        window->close_seq = seq;
        candle->close = print->price;
        candle->meta.ingest_ts = print->meta.ingest_ts;
        candle->meta.seq = seq;
    }
}

void tl_candles_print(struct tl_candles *candles, const struct tl_wire_equity_print *print)
{
    struct book *book = book_of(candles, print->underlying_id);
    if (!book) {
        candles->late++;
        return;
    }
    if (print->ts > candles->clock) candles->clock = print->ts;
    if (print->ts > book->ts_max) book->ts_max = print->ts;
    bool late = false;
    for (size_t i = 0; i < candles->options.interval_count; i++) {
        int64_t interval = candles->options.interval_ms[i];
        struct series *series = &book->series[i];
        int64_t start = tl_floor_div(print->ts, interval) * interval;
        int64_t watermark = book->ts_max - candles->options.max_late_ms;
        close_until(candles, book, series, interval, watermark);
        if (start + interval <= watermark || start + interval <= series->closed_until) {
            late = true;
            continue;
        }
        if (series->count == TL_CANDLE_OPEN_MAX && start > series->windows[0].start)
            close_until(candles, book, series, interval, series->windows[0].start + interval);
        if (series->count < TL_CANDLE_OPEN_MAX)
            add(window_at(series, start), interval, print);
        else
            late = true;
    }
    candles->late += late;
}

void tl_candles_sweep(struct tl_candles *candles, int64_t now_ms)
{
    for (uint32_t b = 0; b < candles->book_count; b++)
        for (size_t i = 0; i < candles->options.interval_count; i++)
            close_until(candles, &candles->books[b], &candles->books[b].series[i],
                        candles->options.interval_ms[i], now_ms - candles->options.max_late_ms);
}

void tl_candles_drain(struct tl_candles *candles)
{
    for (uint32_t b = 0; b < candles->book_count; b++)
        for (size_t i = 0; i < candles->options.interval_count; i++)
            close_until(candles, &candles->books[b], &candles->books[b].series[i],
                        candles->options.interval_ms[i], INT64_MAX);
}

uint64_t tl_candles_late(const struct tl_candles *candles)
{
    return candles->late;
}

int64_t tl_candles_clock(const struct tl_candles *candles)
{
    return candles->clock;
}
