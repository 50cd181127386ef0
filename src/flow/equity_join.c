/* SPDX-License-Identifier: Apache-2.0
 * Joins and dark inference by the public rules.
 *   absorbed_block        off exchange, MID, at least min_block_size shares
 *   stealth_accumulation  off exchange at A or AA: within the trailing window at least
 *                         min_accum_count such prints with min_accum_size shares together
 *   distribution          the same at B or BB
 * all on a good quote: present, fresh, spread at most max_spread_pct of the mid. A cooldown a
 * stock and type. Windows keep the last TL_DARK_KEPT prints of a stock and side. */
#include "flow/equity_join.h"

#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "base/placement.h"
#include "base/text.h"
#include "flow/table.h"

#define STOCKS_MAX 2000

struct kept {
    int64_t ts, size;
    uint8_t id_size;
    char id[TL_JOIN_ID_MAX];
};

struct stock {
    int64_t last_ts[TL_DARK_TYPE_COUNT];
    bool fired[TL_DARK_TYPE_COUNT];
    uint32_t next[2], count[2]; /* 0 at the ask, 1 at the bid */
    struct kept kept[2][TL_DARK_KEPT];
};

struct tl_dark {
    struct tl_dark_limits limits;
    struct tl_table *stocks;
    char trace[2][TL_JOIN_ID_MAX + 64];
};

void tl_equity_join_make(const struct tl_wire_equity_print *print,
                         const struct tl_flow_quote *quote, struct tl_str quote_trace,
                         int64_t age_ms_max, char *storage, struct tl_equity_join *join)
{
    memset(join, 0, sizeof *join);
    struct tl_text id = {.data = storage, .capacity = TL_JOIN_ID_MAX};
    tl_text_lit(&id, "equityjoin:");
    tl_text_str(&id, print->meta.trace_id);
    join->meta = print->meta;
    join->meta.trace_id = (struct tl_str){storage, id.size};
    join->print_trace_id = print->meta.trace_id;
    join->print = print;
    join->quote = *quote;
    join->placement = tl_placement(print->price, quote->known, quote->bid, quote->ask, print->ts,
                                   quote->ts, age_ms_max);
    if (!quote->known) return;
    join->quote_trace_id = quote_trace;
    join->quote_age_ms = print->ts > quote->ts ? print->ts - quote->ts : quote->ts - print->ts;
    join->fresh = join->quote_age_ms <= age_ms_max;
    join->mid = tl_round_js((quote->bid + quote->ask) / 2, 4);
    join->spread = tl_round_js(tl_max(0, quote->ask - quote->bid), 4);
}

const char *tl_dark_type_name(enum tl_dark_type type)
{
    static const char *const names[TL_DARK_TYPE_COUNT] = {"absorbed_block", "stealth_accumulation",
                                                          "distribution"};
    return names[type];
}

struct tl_dark *tl_dark_create(const struct tl_dark_limits *limits)
{
    struct tl_dark *dark = calloc(1, sizeof *dark);
    if (!dark) return NULL;
    dark->limits = *limits;
    if (dark->limits.max_evidence > TL_DARK_EVIDENCE_MAX)
        dark->limits.max_evidence = TL_DARK_EVIDENCE_MAX;
    dark->stocks = tl_table_create(STOCKS_MAX, sizeof(struct stock));
    if (dark->stocks) return dark;
    free(dark);
    return NULL;
}

void tl_dark_destroy(struct tl_dark *dark)
{
    if (!dark) return;
    tl_table_destroy(dark->stocks);
    free(dark);
}

static double spread_pct(const struct tl_equity_join *join)
{
    return join->mid > 0 ? (join->quote.ask - join->quote.bid) / join->mid : -1;
}

/* True when the type may fire now; notes that it did. */
static bool cooled(const struct tl_dark *dark, struct stock *stock, enum tl_dark_type type,
                   int64_t ts)
{
    if (stock->fired[type] && ts - stock->last_ts[type] < dark->limits.cooldown_ms) return false;
    stock->fired[type] = true;
    stock->last_ts[type] = ts;
    return true;
}

static void put_trace(struct tl_dark *dark, size_t slot, enum tl_dark_type type,
                      const struct tl_equity_join *join, struct tl_dark_event *event)
{
    struct tl_text text = {.data = dark->trace[slot], .capacity = sizeof dark->trace[slot]};
    tl_text_lit(&text, "dark:");
    tl_text_lit(&text, tl_dark_type_name(type));
    tl_text_byte(&text, ':');
    if (type == TL_DARK_BLOCK) {
        tl_text_str(&text, join->meta.trace_id);
    } else {
        tl_text_str(&text, join->print->underlying_id);
        tl_text_byte(&text, ':');
        tl_text_i64(&text, join->meta.source_ts);
    }
    event->meta = join->meta;
    event->meta.trace_id = (struct tl_str){text.data, text.size};
    event->type = type;
}

static bool block(struct tl_dark *dark, struct stock *stock, const struct tl_equity_join *join,
                  struct tl_dark_event *event)
{
    const struct tl_dark_limits *limits = &dark->limits;
    if (join->placement != TL_SIDE_MID || join->print->size < limits->min_block_size) return false;
    if (!cooled(dark, stock, TL_DARK_BLOCK, join->print->ts)) return false;
    double pct = spread_pct(join);
    double full = 2 * (double)limits->min_block_size;
    double tight = pct <= 0 ? 0.5 : tl_max(0, 1 - pct / limits->max_spread_pct);
    put_trace(dark, 0, TL_DARK_BLOCK, join, event);
    event->confidence =
        tl_clamp(0.35 + 0.45 * tl_min(1, (double)join->print->size / full) + 0.2 * tight, 0, 1);
    event->evidence_count = 1;
    event->evidence[0] = join->meta.trace_id;
    return true;
}

static void keep(struct stock *stock, int bid, const struct tl_equity_join *join)
{
    struct kept *kept = &stock->kept[bid][stock->next[bid]];
    stock->next[bid] = (stock->next[bid] + 1) % TL_DARK_KEPT;
    if (stock->count[bid] < TL_DARK_KEPT) stock->count[bid]++;
    kept->ts = join->print->ts;
    kept->size = join->print->size;
    kept->id_size = (uint8_t)join->meta.trace_id.size;
    memcpy(kept->id, join->meta.trace_id.data, kept->id_size);
}

/* Sums the window of one side and lists its last max_evidence ids, oldest first. */
static int64_t sum_window(const struct tl_dark *dark, const struct stock *stock, int bid,
                          int64_t now, int64_t *shares, struct tl_dark_event *event)
{
    int64_t count = 0;
    *shares = 0;
    event->evidence_count = 0;
    for (uint32_t i = 0; i < stock->count[bid]; i++) {
        uint32_t at = (stock->next[bid] + TL_DARK_KEPT - stock->count[bid] + i) % TL_DARK_KEPT;
        const struct kept *kept = &stock->kept[bid][at];
        if (now - kept->ts > dark->limits.window_ms) continue;
        count++;
        *shares += kept->size;
        size_t most = (size_t)dark->limits.max_evidence;
        if (most == 0) continue;
        if (event->evidence_count == most) {
            memmove(event->evidence, event->evidence + 1, (most - 1) * sizeof *event->evidence);
            event->evidence_count--;
        }
        event->evidence[event->evidence_count++] = (struct tl_str){kept->id, kept->id_size};
    }
    return count;
}

static bool repeated(struct tl_dark *dark, struct stock *stock, const struct tl_equity_join *join,
                     struct tl_dark_event *event)
{
    const struct tl_dark_limits *limits = &dark->limits;
    bool ask = join->placement == TL_SIDE_A || join->placement == TL_SIDE_AA;
    bool bid = join->placement == TL_SIDE_B || join->placement == TL_SIDE_BB;
    if ((!ask && !bid) || join->print->size < limits->min_print_size) return false;
    keep(stock, bid, join);
    int64_t shares = 0;
    int64_t count = sum_window(dark, stock, bid, join->print->ts, &shares, event);
    if (count < limits->min_accum_count || shares < limits->min_accum_size) return false;
    enum tl_dark_type type = bid ? TL_DARK_DISTRIBUTION : TL_DARK_ACCUMULATION;
    if (!cooled(dark, stock, type, join->print->ts)) return false;
    put_trace(dark, 1, type, join, event);
    double full_size = 2 * (double)limits->min_accum_size;
    double full_count = 2 * (double)limits->min_accum_count;
    event->confidence = tl_clamp(0.3 + 0.4 * tl_min(1, (double)shares / full_size) +
                                     0.3 * tl_min(1, (double)count / full_count),
                                 0, 1);
    return true;
}

size_t tl_dark_feed(struct tl_dark *dark, const struct tl_equity_join *join,
                    struct tl_dark_event events[2])
{
    size_t count = 0;
    if (!join->print->off_exchange || !join->fresh) return 0;
    if (spread_pct(join) > dark->limits.max_spread_pct) return 0;
    struct stock *stock = tl_table_put(dark->stocks, join->print->underlying_id, NULL);
    if (!stock) return 0;
    if (block(dark, stock, join, &events[count])) count++;
    if (repeated(dark, stock, join, &events[count])) count++;
    return count;
}
