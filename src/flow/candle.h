/* SPDX-License-Identifier: Apache-2.0
 * Candles of equity prints. A window [start, start + interval) is emitted once, when the watermark
 * of its symbol reaches its end; prints for a window already passed are dropped and counted. */
#ifndef TL_FLOW_CANDLE_H
#define TL_FLOW_CANDLE_H

#include <tapeloom/contract.h>

#define TL_CANDLE_INTERVALS_MAX 8
#define TL_CANDLE_SYMBOLS_MAX 2000
#define TL_CANDLE_OPEN_MAX 4 /* windows open at one time, a symbol and interval; more: late limit */

struct tl_candle_options {
    size_t interval_count;
    int64_t interval_ms[TL_CANDLE_INTERVALS_MAX];
    int64_t max_late_ms; /* keeps windows open longer; at most 3 intervals are */
    void *context;
    void (*emit)(void *context, const struct tl_wire_candle *candle); /* borrowed */
};

struct tl_candles;
struct tl_candles *tl_candles_create(const struct tl_candle_options *options);
void tl_candles_destroy(struct tl_candles *candles);

void tl_candles_print(struct tl_candles *candles, const struct tl_wire_equity_print *print);
/* Emits every open window that ends at or before now_ms, of all symbols in order of appearance. */
void tl_candles_sweep(struct tl_candles *candles, int64_t now_ms);
void tl_candles_drain(struct tl_candles *candles); /* all open windows, at shutdown */
uint64_t tl_candles_late(const struct tl_candles *candles);
int64_t tl_candles_clock(const struct tl_candles *candles); /* largest ts seen; INT64_MIN: none */

#endif
