/* SPDX-License-Identifier: Apache-2.0
 * The engine's events: what the market prints, in integers. The public JSON form of the same
 * events is contract.h.
 *
 * Total order of a tape: ts, then stream (in the order of enum tl_stream), then seq.
 * seq = (second - TL_SEQ_EPOCH_S) << 24 | symbol index << 14 | index in that symbol-second and
 * stream, assigned after the time sort. So it is a function of the place in the tape alone, the
 * same after a restart and in any shard, unique within a stream, below 2^53 until 2037. */
#ifndef TAPELOOM_EVENT_H
#define TAPELOOM_EVENT_H

#include <tapeloom/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TL_SEQ_EPOCH_S 1577836800LL /* 2020-01-01T00:00:00Z */
#define TL_SEQ_SYMBOL_BITS 10
#define TL_SEQ_INDEX_BITS 14
#define TL_SYMBOLS_MAX (1 << TL_SEQ_SYMBOL_BITS)
#define TL_EVENTS_PER_SYMBOL_SECOND_MAX (1 << TL_SEQ_INDEX_BITS) /* a stream */

enum tl_stream {
    TL_STREAM_OPTION_NBBO,
    TL_STREAM_OPTION_PRINT,
    TL_STREAM_EQUITY_QUOTE,
    TL_STREAM_EQUITY_PRINT,
    TL_STREAM_COUNT
};

/* Option venues, OPRA participants in CALIBRATION order; names: tl_option_venue_name. */
enum tl_option_venue {
    TL_OV_CBOE,
    TL_OV_PHLX,
    TL_OV_ARCA,
    TL_OV_AMEX,
    TL_OV_ISE,
    TL_OV_EDGX,
    TL_OV_NOM,
    TL_OV_BOX,
    TL_OV_BZX,
    TL_OV_MIAX,
    TL_OV_GEMX,
    TL_OV_C2,
    TL_OV_EMLD,
    TL_OV_PEARL,
    TL_OV_MRX,
    TL_OV_MEMX,
    TL_OV_SPHR,
    TL_OV_BX,
    TL_OV_COUNT
};

/* Equity venues; the wire shows NYSE NASDAQ ARCA BATS IEX MEMX EDGX EDGA BYX PEARL BX PSX AMEX
 * NSX LTSE CHX, and OTC for every off-exchange (TRF) print. */
enum tl_equity_venue {
    TL_EV_NYSE,
    TL_EV_NASDAQ,
    TL_EV_ARCA,
    TL_EV_BATS,
    TL_EV_IEX,
    TL_EV_MEMX,
    TL_EV_EDGX,
    TL_EV_EDGA,
    TL_EV_BYX,
    TL_EV_PEARL,
    TL_EV_BX,
    TL_EV_PSX,
    TL_EV_AMEX,
    TL_EV_NSX,
    TL_EV_LTSE,
    TL_EV_CHX,
    TL_EV_OTC,
    TL_EV_COUNT
};

/* One listed option. Dates are days since 1970-01-01; strikes in 1e-3 USD, as in OSI symbols. */
struct tl_contract {
    uint16_t sym;         /* index in the universe */
    char right;           /* 'C' or 'P' */
    int32_t expiry_day;   /* New York date of expiration */
    int32_t strike_milli; /* > 0 */
};

struct tl_option_nbbo {
    struct tl_contract contract;
    tl_px bid, ask;             /* 0 <= bid < ask; bid 0: no bid */
    tl_lots bid_size, ask_size; /* contracts */
};

struct tl_option_trade {
    struct tl_contract contract;
    tl_px price;
    tl_lots size;     /* contracts, > 0 */
    uint8_t venue;    /* enum tl_option_venue */
    char condition;   /* OPRA sale condition: ' ' I S a b c d e f g h i j n o p A D F ... */
    bool multi_venue; /* one order took several venues (with S or b: SWEEP) */
    bool nbbo_known;  /* false: no quote was in force (the quote fields below are 0) */
    tl_ns executed;   /* when it traded; ts is when it was reported, >= executed */
    tl_px bid, ask;   /* the engine's NBBO in force at the print */
    tl_lots bid_size, ask_size;
    tl_ns nbbo_ts;            /* when that NBBO was set, <= ts */
    tl_px spot_bid, spot_ask; /* the stock's NBBO in force at the print */
    tl_ns spot_ts;            /* when that quote was set, <= ts */
    int32_t iv_e6; /* implied volatility of price at the spot mid, in 1e-6 a year; 0: none */
};

struct tl_equity_quote {
    tl_px bid, ask;             /* normally bid < ask; locked and crossed moments exist */
    tl_lots bid_size, ask_size; /* shares; file output only */
};

struct tl_equity_trade {
    tl_px price;        /* sub-penny off exchange and at midpoints */
    tl_lots size;       /* shares, > 0 */
    uint8_t venue;      /* enum tl_equity_venue */
    bool off_exchange;  /* venue is then TL_EV_OTC */
    char conditions[4]; /* CTA/UTP sale conditions by slot, ' ' where none; file output only */
    tl_ns executed;     /* <= ts */
};

struct tl_event {
    tl_ns ts; /* market time: report time of a print, publication time of a quote */
    tl_seq seq;
    uint16_t sym;   /* index of the underlying in the universe */
    uint8_t stream; /* enum tl_stream */
    union {
        struct tl_option_nbbo nbbo;
        struct tl_option_trade option;
        struct tl_equity_quote quote;
        struct tl_equity_trade trade;
    } u;
};

/* Scenario subtypes (hidden; truth records only). 0 is background flow. */
enum tl_subtype {
    TL_SUB_BACKGROUND,
    TL_SUB_CALL_SWEEP,
    TL_SUB_PUT_SWEEP,
    TL_SUB_ASK_LIFT_ACCUMULATION,
    TL_SUB_FAR_DATED_CONVICTION,
    TL_SUB_0DTE_CALL_CHASE,
    TL_SUB_SHORT_DATED_PUT_PANIC,
    TL_SUB_ATTENTION_CONTRACT_SPIKE,
    TL_SUB_EARNINGS_VOL_PROBE,
    TL_SUB_PRE_EVENT_DIRECTIONAL_RAMP,
    TL_SUB_POST_GAP_FOLLOWTHROUGH,
    TL_SUB_COVERED_CALL_OVERWRITE,
    TL_SUB_CASH_SECURED_PUT_WRITE,
    TL_SUB_SHORT_STRADDLE_HARVEST,
    TL_SUB_PARITY_VERTICAL,
    TL_SUB_CONVERSION_REVERSAL,
    TL_SUB_BOX_SPREAD,
    TL_SUB_GAMMA_PINCH_CALL_HEDGE,
    TL_SUB_REACTIVE_PUT_WALL,
    TL_SUB_DEALER_UNWIND,
    TL_SUB_SINGLE_PRINT_MID,
    TL_SUB_TWO_SIDED_SCALP,
    TL_SUB_STALE_QUOTE_NOISE,
    TL_SUB_COUNT
};

/* The hidden label of one event, kept beside it and never published. */
struct tl_truth {
    uint64_t parent_id; /* scenario instance, or metaorder; 0: none */
    uint8_t subtype;    /* enum tl_subtype */
    int8_t side;        /* +1 buyer, -1 seller was the aggressor, 0 neither */
    uint16_t package;   /* legs of one package share a number > 0 within parent; 0: single leg */
};

/* Caller's arrays; the engine fills events[0..count) and, where truth is not NULL, truth[i]. */
struct tl_batch {
    struct tl_event *events;
    struct tl_truth *truth;
    size_t count, capacity;
    uint64_t dropped; /* events that found no room (only with an absurd rate); counted, shown */
};

/* 64-bit hash of every field (and so of none that is ingest time), field by field, for digests:
 * the digest of a second and stream is the sum of these modulo 2^64. Symbol and contract enter by
 * name, so that digests do not depend on the universe's order. symbol: the ticker. */
uint64_t tl_event_hash(const struct tl_event *event, struct tl_str symbol);

const char *tl_option_venue_name(enum tl_option_venue venue); /* "CBOE" */
const char *tl_equity_venue_name(enum tl_equity_venue venue); /* "NASDAQ"; "OTC" */
const char *tl_subtype_name(enum tl_subtype subtype);         /* "call_sweep"; "background" */
const char *
tl_stream_name(enum tl_stream stream); /* option_nbbo option_print equity_quote equity_print */

#ifdef __cplusplus
}
#endif
#endif
