/* SPDX-License-Identifier: Apache-2.0
 * The engine's events as public events: names, ids, rounding, and the ingest enrichment with the
 * signal gate. Pure: the same event gives the same bytes. */
#ifndef TL_WIRE_FROM_TAPE_H
#define TL_WIRE_FROM_TAPE_H

#include <tapeloom/contract.h>
#include <tapeloom/event.h>
#include "base/contract_id.h"
#include "base/text.h"

enum tl_signal_mode { TL_SIGNAL_SMART_MONEY, TL_SIGNAL_BALANCED, TL_SIGNAL_ALL };

struct tl_signal_gate { /* OPTIONS_SIGNAL_*; tl_signal_gate_default */
    enum tl_signal_mode mode;
    double min_notional, etf_min_notional, bid_side_min_notional, mid_min_notional;
    double missing_min_notional, sweep_min_notional,
        auto_keep_notional;  /* 50 000, 25 000, 100 000 */
    int64_t nbbo_age_ms_max; /* 1500 */
    struct tl_str etfs;      /* comma list of the roots that count as funds, upper case; borrowed */
};

struct tl_signal_gate tl_signal_gate_default(void);
/* balanced takes the minimum of each threshold with its own; call after the environment was read.
 */
void tl_signal_gate_apply_mode(struct tl_signal_gate *gate);

/* Storage for the strings of one converted event (trace id, contract id). */
struct tl_wire_strings {
    char bytes[256];
    size_t used;
};

/* symbol: ticker; ingest_ms: publication time. */
void tl_wire_option_print_from(const struct tl_event *event, struct tl_str symbol,
                               const struct tl_signal_gate *gate, int64_t ingest_ms,
                               struct tl_wire_strings *strings, struct tl_wire_option_print *print);
void tl_wire_option_nbbo_from(const struct tl_event *event, struct tl_str symbol, int64_t ingest_ms,
                              struct tl_wire_strings *strings, struct tl_wire_option_nbbo *nbbo);
void tl_wire_equity_print_from(const struct tl_event *event, struct tl_str symbol,
                               int64_t ingest_ms, struct tl_wire_strings *strings,
                               struct tl_wire_equity_print *print);
void tl_wire_equity_quote_from(const struct tl_event *event, struct tl_str symbol,
                               int64_t ingest_ms, struct tl_wire_strings *strings,
                               struct tl_wire_equity_quote *quote);
/* Any event straight to JSON (whole message). */
void tl_wire_event_json(struct tl_text *out, const struct tl_event *event, struct tl_str symbol,
                        const struct tl_signal_gate *gate, int64_t ingest_ms);

/* Sorts a second's events (and their truth) into the order of the wire: millisecond, stream, seq. The engine
 * orders by nanosecond, so events of several symbols in one millisecond may have falling seq; on the wire
 * (ts, seq) is the total order of a stream, which is what cursors and restarts rely on. */
void tl_wire_order(struct tl_batch *batch);

#endif
