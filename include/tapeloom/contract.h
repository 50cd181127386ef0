/* SPDX-License-Identifier: Apache-2.0
 * The public events as programs outside see them: one struct for each market JSON event. Strings
 * are borrowed from the decoded message (or from the caller). Doubles are JSON numbers.
 * Derived events (packets, smart-money, …) have their structs in src/flow. */
#ifndef TAPELOOM_CONTRACT_H
#define TAPELOOM_CONTRACT_H

#include <tapeloom/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TL_CONDITIONS_MAX 8
#define TL_SIGNAL_REASONS_MAX 8

struct tl_meta {
    int64_t source_ts, ingest_ts; /* ms */
    uint64_t seq;
    struct tl_str trace_id;
};

enum tl_nbbo_side {
    TL_SIDE_ABSENT,
    TL_SIDE_AA,
    TL_SIDE_A,
    TL_SIDE_MID,
    TL_SIDE_B,
    TL_SIDE_BB,
    TL_SIDE_MISSING,
    TL_SIDE_STALE,
    TL_SIDE_COUNT
};

enum tl_option_type { TL_OPTION_TYPE_ABSENT, TL_OPTION_TYPE_CALL, TL_OPTION_TYPE_PUT };

/* Bits of wire_option_print.has: which optional fields were present (and not null). */
enum tl_option_print_field {
    TL_HAS_NOTIONAL = 1 << 0,
    TL_HAS_NBBO = 1 << 1,       /* execution_nbbo_bid, _ask, _mid, _spread, _ts, _age_ms, _side */
    TL_HAS_NBBO_SIZES = 1 << 2, /* execution_nbbo_bid_size, _ask_size */
    TL_HAS_SPOT = 1 << 3,       /* execution_underlying_spot, _bid, _ask, _spread, _ts, _age_ms */
    TL_HAS_UNDERLYING_MID = 1 << 4, /* execution_underlying_mid */
    TL_HAS_IV = 1 << 5,
    TL_HAS_IS_ETF = 1 << 6,
    TL_HAS_SIGNAL_PASS = 1 << 7,
    TL_HAS_IV_PROVIDER = 1 << 8 /* the IV is a provider's (other feeds), not the tape's own */
};

struct tl_wire_option_print {
    struct tl_meta meta;
    int64_t ts;
    struct tl_str option_contract_id;
    double price;
    int64_t size;
    struct tl_str exchange;
    size_t condition_count;
    struct tl_str conditions[TL_CONDITIONS_MAX];
    struct tl_str underlying_id; /* empty: absent */
    enum tl_option_type option_type;
    uint32_t has; /* enum tl_option_print_field */
    double notional;
    enum tl_nbbo_side nbbo_side;
    double nbbo_bid, nbbo_ask, nbbo_mid, nbbo_spread;
    int64_t nbbo_bid_size, nbbo_ask_size, nbbo_ts;
    double nbbo_age_ms;
    double spot_bid, spot_ask, spot_mid, spot_spread; /* execution_underlying_* */
    int64_t spot_ts;
    double spot_age_ms;
    double iv;
    bool is_etf, signal_pass;
    size_t signal_reason_count;
    struct tl_str signal_reasons[TL_SIGNAL_REASONS_MAX];
    struct tl_str signal_profile;
};

struct tl_wire_option_nbbo {
    struct tl_meta meta;
    int64_t ts;
    struct tl_str option_contract_id;
    double bid, ask;
    int64_t bid_size, ask_size;
};

struct tl_wire_equity_print {
    struct tl_meta meta;
    int64_t ts;
    struct tl_str underlying_id;
    double price;
    int64_t size;
    struct tl_str exchange;
    bool off_exchange;
};

struct tl_wire_equity_quote {
    struct tl_meta meta;
    int64_t ts;
    struct tl_str underlying_id;
    double bid, ask;
};

struct tl_wire_candle {
    struct tl_meta meta;
    int64_t ts, interval_ms;
    struct tl_str underlying_id;
    double open, high, low, close;
    int64_t volume, trade_count;
};

#ifdef __cplusplus
}
#endif
#endif
