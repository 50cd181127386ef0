/* SPDX-License-Identifier: Apache-2.0
 * Daily series: from the day skeleton, and the skew of a market's surfaces. */
#include "score/days.h"

#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "market/day_chain.h"
#include "market/surface.h"
#include "score/estimate.h"
#include "tape/market_view.h"

#define YEARS_30D (30.0 / 365.0)
#define SLOPE_STEP 0.01 /* in log forward moneyness, either side of the money */

bool tl_score_days_init(struct tl_score_days *days, const struct tl_symbol *symbols, uint32_t count,
                        uint32_t length)
{
    size_t size = (size_t)count * length;
    memset(days, 0, sizeof *days);
    days->symbols = symbols;
    days->count = count;
    days->days = length;
    days->index = -1;
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(symbols[i].ticker, "SPY") == 0) days->index = (int32_t)i;
    days->open = calloc(3 * size + count + 6 * (size_t)length + 1, sizeof(double));
    if (!days->open) return false;
    days->close = days->open + size;
    days->iv = days->close + size;
    days->slope = days->iv + size;
    days->work = days->slope + count;
    for (uint32_t i = 0; i < count; i++)
        days->slope[i] = TL_NAN;
    for (size_t i = 0; i < size; i++)
        days->iv[i] = TL_NAN;
    return true;
}

void tl_score_days_deinit(struct tl_score_days *days)
{
    free(days->open);
    memset(days, 0, sizeof *days);
}

struct skeleton {
    struct tl_loading *loadings;
    struct tl_day *days;
};

static double session_move(const struct tl_day *day, double sd)
{
    return sd * day->vol * day->target;
}

/* One name's day, as the name opens (market/underlying.c): sums of its parts by their loadings. */
static void fill_day(struct tl_score_days *days, const struct skeleton *skeleton, uint32_t sym,
                     int64_t day)
{
    const struct tl_symbol *symbol = &days->symbols[sym];
    const struct tl_loading *loading = &skeleton->loadings[sym];
    const struct tl_day *market = &skeleton->days[0];
    const struct tl_day *sector = &skeleton->days[TL_ENTITY_SECTOR + symbol->sector];
    const struct tl_day *own = &skeleton->days[TL_ENTITY_NAME + sym];
    double market_part = loading->market * loading->market;
    double open =
        tl_log(symbol->price) + own->open +
        loading->sd_day * (loading->market * market->open + loading->sector * sector->open);
    double move = loading->sd_day * (loading->market * session_move(market, TL_SESSION_SD) +
                                     loading->sector * session_move(sector, TL_SESSION_SD_OWN) +
                                     loading->own * session_move(own, tl_day_session_sd(symbol)));
    size_t at = (size_t)sym * days->days + (size_t)day;
    if (day < days->days) {
        days->open[at] = open;
        days->close[at] = open + move;
    }
    /* The level that the next session opens with is the one this one closed with. */
    if (day > 0)
        days->iv[at - 1] =
            symbol->iv28 * tl_exp(market_part * market->iv_log + (1.0 - market_part) * own->iv_log);
}

bool tl_score_days_skeleton(struct tl_score_days *days, uint64_t seed, int64_t last_ordinal)
{
    size_t entities = TL_ENTITY_NAME + days->count;
    /* The universe is only read; its pointer is not const because its creator owns the array. */
    struct tl_symbol *symbols = malloc(days->count * sizeof *symbols);
    struct skeleton skeleton = {malloc(days->count * sizeof *skeleton.loadings),
                                calloc(entities, sizeof *skeleton.days)};
    bool room = symbols && skeleton.loadings && skeleton.days;
    if (room) {
        memcpy(symbols, days->symbols, days->count * sizeof *symbols);
        struct tl_universe universe = {days->count, symbols};
        for (uint32_t i = 0; i < days->count; i++)
            skeleton.loadings[i] = tl_loading_of(&symbols[i]);
        for (int64_t day = 0; day <= days->days; day++) {
            tl_day_chain_at(&universe, skeleton.loadings, seed, last_ordinal - days->days + 1 + day,
                            skeleton.days);
            for (uint32_t i = 0; i < days->count; i++)
                fill_day(days, &skeleton, i, day);
        }
    }
    free(symbols);
    free(skeleton.loadings);
    free(skeleton.days);
    return room;
}

/* d sigma / d k at the money of the expiry nearest to 30 days, brought to 30 days as T^-1/2. */
static double slope_of(const struct tl_second *view)
{
    struct tl_surface surface;
    struct tl_slice slice, best = {.years = 0};
    tl_surface_at(view->chain, view->symbol, view->latent, &surface);
    for (uint32_t e = 0; e < view->chain->expiry_count; e++) {
        if (!tl_surface_slice(&surface, view->chain, view->symbol, e, view->second * TL_NS_PER_S,
                              &slice))
            continue;
        if (tl_abs(slice.years - YEARS_30D) < tl_abs(best.years - YEARS_30D)) best = slice;
    }
    if (!(best.years > 0)) return TL_NAN;
    double up = tl_sqrt(tl_slice_variance(&best, SLOPE_STEP) / best.years);
    double down = tl_sqrt(tl_slice_variance(&best, -SLOPE_STEP) / best.years);
    return (up - down) / (2 * SLOPE_STEP) * tl_sqrt(best.years / YEARS_30D);
}

void tl_score_days_slopes(struct tl_score_days *days, struct tl_market *market)
{
    struct tl_quote_path path;
    struct tl_second view;
    for (uint32_t i = 0; i < days->count; i++)
        if (tl_market_view(market, i, &path, &view)) days->slope[i] = slope_of(&view);
}
