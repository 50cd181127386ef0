/* SPDX-License-Identifier: Apache-2.0
 * See the header. */
#include "services/api/mid_candles.h"

#include <stdlib.h>
#include <string.h>

#define MINUTE_S 60

bool tl_mid_candles_init(struct tl_mid_candles *candles, const struct tl_market *market)
{
    uint32_t names = tl_market_symbol_count(market);
    *candles = (struct tl_mid_candles){.names = names};
    candles->symbols = calloc(names, sizeof *candles->symbols);
    candles->bars = calloc((size_t)names * TL_MID_CANDLES_MINUTES, sizeof *candles->bars);
    if (!candles->symbols || !candles->bars) {
        tl_mid_candles_deinit(candles);
        return false;
    }
    for (uint32_t i = 0; i < names; i++) {
        struct tl_str symbol = tl_market_symbol(market, i);
        if (symbol.size < TL_MID_CANDLES_SYMBOL_BYTES)
            memcpy(candles->symbols[i], symbol.data, symbol.size);
    }
    return true;
}

void tl_mid_candles_deinit(struct tl_mid_candles *candles)
{
    free(candles->symbols);
    free(candles->bars);
    *candles = (struct tl_mid_candles){0};
}

/* A bar opens where the one before it closed; the session's first one at its first mid. */
static void grow(struct tl_mid_bar *bars, int64_t minute, bool opens, tl_px mid)
{
    struct tl_mid_bar *bar = &bars[minute];
    if (opens) {
        tl_px open = minute ? bars[minute - 1].close : mid;
        *bar = (struct tl_mid_bar){open, open, open, open};
    }
    if (mid > bar->high) bar->high = mid;
    if (mid < bar->low) bar->low = mid;
    bar->close = mid;
}

void tl_mid_candles_add(struct tl_mid_candles *candles, const struct tl_market *market,
                        int64_t session_start_s, int64_t second)
{
    if (second == session_start_s) {
        candles->session_start_s = session_start_s;
        candles->next_s = second;
    }
    int64_t minute = (second - session_start_s) / MINUTE_S;
    if (candles->session_start_s != session_start_s || candles->next_s != second ||
        minute >= TL_MID_CANDLES_MINUTES)
        return;
    bool opens = (second - session_start_s) % MINUTE_S == 0;
    for (uint32_t i = 0; i < candles->names; i++) {
        struct tl_underlying_state state;
        tl_underlying_state(market, i, &state);
        grow(candles->bars + (size_t)i * TL_MID_CANDLES_MINUTES, minute, opens, state.mid);
    }
    candles->next_s++;
}

static void put_bar(struct tl_api_buffer *out, bool first, const struct tl_mid_bar *bar)
{
    const tl_px prices[] = {bar->open, bar->high, bar->low, bar->close};
    tl_api_buffer_lit(out, first ? "[" : ",[");
    for (size_t i = 0; i < 4; i++) {
        if (i) tl_api_buffer_lit(out, ",");
        if (tl_api_buffer_reserve(out, 24)) tl_text_fixed(&out->text, prices[i], 4);
    }
    tl_api_buffer_lit(out, "]");
}

/* The names are those of whichever session has them. */
static bool find_name(const struct tl_mid_candles *sessions, size_t count, struct tl_str symbol,
                      uint32_t *name)
{
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        for (*name = 0; *name < sessions[i].names; ++*name)
            if (tl_str_is(symbol, sessions[i].symbols[*name])) return true;
        any = any || sessions[i].names > 0;
    }
    return !any;
}

static int64_t whole_minutes(const struct tl_mid_candles *candles)
{
    return (candles->next_s - candles->session_start_s) / MINUTE_S;
}

/* Whether a minute has begun after the whole ones. */
static bool is_running(const struct tl_mid_candles *candles)
{
    return (candles->next_s - candles->session_start_s) % MINUTE_S != 0;
}

static void put_session(struct tl_api_buffer *out, const struct tl_mid_candles *candles,
                        uint32_t name)
{
    const struct tl_mid_bar *bars = candles->bars + (size_t)name * TL_MID_CANDLES_MINUTES;
    tl_api_buffer_lit(out, "{\"session_start\":");
    tl_api_buffer_i64(out, candles->session_start_s * 1000);
    tl_api_buffer_lit(out, ",\"bars\":[");
    int64_t whole = whole_minutes(candles);
    for (int64_t m = 0; m < whole; m++)
        put_bar(out, m == 0, &bars[m]);
    tl_api_buffer_lit(out, "]");
    if (is_running(candles)) {
        tl_api_buffer_lit(out, ",\"running\":");
        put_bar(out, true, &bars[whole]);
    }
    tl_api_buffer_lit(out, "}");
}

bool tl_mid_candles_put(const struct tl_mid_candles *sessions, size_t count, struct tl_str symbol,
                        struct tl_api_buffer *out)
{
    uint32_t name = 0;
    bool first = true;
    if (symbol.size == 0 || !find_name(sessions, count, symbol, &name)) return false;
    tl_api_buffer_lit(out, "{\"underlying_id\":");
    tl_api_buffer_json(out, symbol);
    tl_api_buffer_lit(out, ",\"interval_ms\":60000,\"source\":\"mid\",\"sessions\":[");
    for (size_t i = 0; i < count; i++) {
        if (sessions[i].next_s == sessions[i].session_start_s) continue;
        if (!first) tl_api_buffer_lit(out, ",");
        put_session(out, &sessions[i], name);
        first = false;
    }
    tl_api_buffer_lit(out, "]}");
    return true;
}
