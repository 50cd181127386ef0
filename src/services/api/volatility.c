/* SPDX-License-Identifier: Apache-2.0
 * See the header. */
#include "services/api/volatility.h"

#include "base/math.h"

#include <stdlib.h>
#include <string.h>

#define MIDS (TL_VOLATILITY_MINUTES + 1)
#define YEAR_MINUTES (252.0 * TL_VOLATILITY_MINUTES)

bool tl_volatility_init(struct tl_volatility *volatility, const struct tl_market *market)
{
    uint32_t names = tl_market_symbol_count(market);
    *volatility = (struct tl_volatility){.names = names};
    volatility->symbols = calloc(names, sizeof *volatility->symbols);
    volatility->mids = calloc((size_t)names * MIDS, sizeof *volatility->mids);
    volatility->iv = calloc((size_t)names * TL_VOLATILITY_MINUTES, sizeof *volatility->iv);
    if (!volatility->symbols || !volatility->mids || !volatility->iv) {
        tl_volatility_deinit(volatility);
        return false;
    }
    for (uint32_t i = 0; i < names; i++) {
        struct tl_str symbol = tl_market_symbol(market, i);
        if (symbol.size < TL_VOLATILITY_SYMBOL_BYTES)
            memcpy(volatility->symbols[i], symbol.data, symbol.size);
    }
    return true;
}

void tl_volatility_deinit(struct tl_volatility *volatility)
{
    free(volatility->symbols);
    free(volatility->mids);
    free(volatility->iv);
    *volatility = (struct tl_volatility){0};
}

bool tl_volatility_wants(int64_t session_start_s, int64_t second)
{
    return second == session_start_s || (second - session_start_s) % 60 == 59;
}

void tl_volatility_add(struct tl_volatility *volatility, const struct tl_market *market,
                       int64_t session_start_s, int64_t second)
{
    bool open = second == session_start_s;
    int64_t minute = (second - session_start_s) / 60;
    if (open) {
        volatility->session_start_s = session_start_s;
        volatility->minutes = 0;
    } else if (volatility->session_start_s != session_start_s || minute != volatility->minutes ||
               minute >= TL_VOLATILITY_MINUTES) {
        return;
    }
    for (uint32_t i = 0; i < volatility->names; i++) {
        struct tl_underlying_state state;
        tl_underlying_state(market, i, &state);
        size_t at = open ? 0 : (size_t)minute + 1;
        volatility->mids[(size_t)i * MIDS + at] = tl_log((double)state.mid);
        if (!open)
            volatility->iv[(size_t)i * TL_VOLATILITY_MINUTES + (size_t)minute] = state.atm_iv;
    }
    if (!open) volatility->minutes++;
}

/* Over the `window` minutes that end with minute `last`; negative: there are not as many. */
static double realised(const double *mids, uint32_t last, uint32_t window)
{
    double sum = 0;
    if (last + 1 < window) return -1;
    for (uint32_t m = last + 1 - window; m <= last; m++)
        sum += (mids[m + 1] - mids[m]) * (mids[m + 1] - mids[m]);
    return tl_sqrt(sum / window * YEAR_MINUTES);
}

static void put_value(struct tl_api_buffer *out, bool first, double value)
{
    if (!first) tl_api_buffer_lit(out, ",");
    if (value < 0)
        tl_api_buffer_lit(out, "null");
    else if (tl_api_buffer_reserve(out, 24))
        tl_text_fixed(&out->text, (int64_t)(value * 1e5 + 0.5), 5);
}

bool tl_volatility_put(const struct tl_volatility *volatility, struct tl_str symbol,
                       struct tl_api_buffer *out)
{
    static const char *const keys[] = {",\"iv\":[", "],\"rv5\":[", "],\"rv30\":["};
    static const uint32_t windows[] = {0, 5, 30};
    uint32_t name = 0;
    while (name < volatility->names && !tl_str_is(symbol, volatility->symbols[name]))
        name++;
    if (symbol.size == 0 || (volatility->names && name == volatility->names)) return false;
    const double *mids = volatility->names ? volatility->mids + (size_t)name * MIDS : NULL;
    const double *iv =
        volatility->names ? volatility->iv + (size_t)name * TL_VOLATILITY_MINUTES : NULL;
    tl_api_buffer_lit(out, "{\"underlying_id\":");
    tl_api_buffer_json(out, symbol);
    tl_api_buffer_lit(out, ",\"session_start\":");
    tl_api_buffer_i64(out, volatility->session_start_s * 1000);
    tl_api_buffer_lit(out, ",\"interval_ms\":60000");
    for (size_t k = 0; k < 3; k++) {
        tl_api_buffer_lit(out, keys[k]);
        for (uint32_t m = 0; m < volatility->minutes; m++)
            put_value(out, m == 0, k == 0 ? iv[m] : realised(mids, m, windows[k]));
    }
    tl_api_buffer_lit(out, "]}");
    return true;
}
