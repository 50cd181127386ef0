/* SPDX-License-Identifier: Apache-2.0
 * Daily series: from the day skeleton, and the skew of a market's surfaces. */
#include "score/days.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "market/day_chain.h"
#include "market/surface.h"
#include "score/estimate.h"

#define YEARS_30D (30.0 / 365.0)
#define SLOPE_STEP 0.01 /* in log forward moneyness, either side of the money */

bool tl_score_days_init(struct tl_score_days *days, const struct tl_symbol *symbols, uint32_t count,
                        uint32_t length)
{
    memset(days, 0, sizeof *days);
    days->symbols = symbols;
    days->count = count;
    days->blocks = length > TL_DAYS_BLOCK ? (length + TL_DAYS_BLOCK - 1) / TL_DAYS_BLOCK : 1;
    assert(days->blocks <= TL_DAYS_BLOCKS_MAX);
    days->days = length / days->blocks;
    size_t size = (size_t)count * days->days, all = 4 * size * days->blocks;
    days->index = -1;
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(symbols[i].ticker, "SPY") == 0) days->index = (int32_t)i;
    days->open = calloc(all + 6 * (size_t)days->days + 1, sizeof(double));
    if (!days->open) return false;
    days->close = days->open + size;
    days->iv = days->close + size;
    days->slope = days->iv + size;
    days->work = days->open + all;
    for (uint32_t b = 0; b < days->blocks; b++) {
        struct tl_score_days block = tl_score_days_block(days, b);
        for (size_t i = 0; i < size; i++)
            block.iv[i] = block.slope[i] = TL_NAN;
    }
    return true;
}

struct tl_score_days tl_score_days_block(const struct tl_score_days *days, uint32_t block)
{
    struct tl_score_days view = *days;
    size_t behind = 4 * (size_t)block * days->count * days->days;
    view.blocks = 1;
    view.open += behind;
    view.close += behind;
    view.iv += behind;
    view.slope += behind;
    return view;
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

/* d sigma / d k at the money of 30 days when the volatility's log stands at iv_log over its
 * reference: the surface's own, without what flow and regimes do to it within a day. */
static double slope_at(const struct tl_chain *chain, const struct tl_symbol *symbol, double iv_log)
{
    const struct tl_latent latent = {.atm_iv_log = iv_log};
    struct tl_surface surface;
    struct tl_slice slice;
    tl_surface_at(chain, symbol, &latent, &surface);
    tl_surface_tenor(&surface, YEARS_30D, &slice);
    double up = tl_sqrt(tl_slice_variance(&slice, SLOPE_STEP) / YEARS_30D);
    double down = tl_sqrt(tl_slice_variance(&slice, -SLOPE_STEP) / YEARS_30D);
    return (up - down) / (2 * SLOPE_STEP);
}

static double session_move(const struct tl_day *day, double sd)
{
    return sd * day->vol * day->target;
}

static double iv_log_of(const struct skeleton *skeleton, uint32_t sym)
{
    double market_part = skeleton->loadings[sym].market * skeleton->loadings[sym].market;
    return market_part * skeleton->days[0].iv_log +
           (1.0 - market_part) * skeleton->days[TL_ENTITY_NAME + sym].iv_log;
}

/* One name's day, as the name opens (market/underlying.c): sums of its parts by their loadings. */
static void fill_day(const struct tl_score_days *days, const struct skeleton *skeleton,
                     uint32_t sym, int64_t day)
{
    const struct tl_symbol *symbol = &days->symbols[sym];
    const struct tl_loading *loading = &skeleton->loadings[sym];
    const struct tl_day *market = &skeleton->days[0];
    const struct tl_day *sector = &skeleton->days[TL_ENTITY_SECTOR + symbol->sector];
    const struct tl_day *own = &skeleton->days[TL_ENTITY_NAME + sym];
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
    if (day > 0) days->iv[at - 1] = symbol->iv28 * tl_exp(iv_log_of(skeleton, sym));
}

static bool fill_series(const struct tl_score_days *days, uint64_t seed, int64_t last_ordinal)
{
    size_t entities = TL_ENTITY_NAME + days->count;
    /* The universe is only read; its pointer is not const because its creator owns the array. */
    struct tl_symbol *symbols = malloc(days->count * sizeof *symbols);
    struct skeleton skeleton = {malloc(days->count * sizeof *skeleton.loadings),
                                calloc(entities, sizeof *skeleton.days)};
    struct tl_day_memo *memo = tl_day_memo_create(days->count);
    bool room = symbols && skeleton.loadings && skeleton.days && memo;
    if (room) {
        memcpy(symbols, days->symbols, days->count * sizeof *symbols);
        struct tl_universe universe = {days->count, symbols};
        for (uint32_t i = 0; i < days->count; i++)
            skeleton.loadings[i] = tl_loading_of(&symbols[i]);
        const struct tl_day_chain chain = {&universe, skeleton.loadings, seed, memo};
        for (int64_t day = 0; day <= days->days; day++) {
            tl_day_chain_at(&chain, last_ordinal - days->days + 1 + day, skeleton.days);
            for (uint32_t i = 0; i < days->count; i++)
                fill_day(days, &skeleton, i, day);
        }
    }
    free(symbols);
    free(skeleton.loadings);
    free(skeleton.days);
    tl_day_memo_destroy(memo);
    return room;
}

/* One chain serves all names: only the constants of its surface are read. */
static bool fill_slopes(const struct tl_score_days *days)
{
    struct tl_chain *chain = calloc(1, sizeof *chain);
    if (!chain) return false;
    for (uint32_t i = 0; i < days->count; i++) {
        const struct tl_symbol *symbol = &days->symbols[i];
        tl_surface_fit(chain, symbol);
        for (size_t at = (size_t)i * days->days; at < (size_t)(i + 1) * days->days; at++)
            days->slope[at] = slope_at(chain, symbol, tl_log(days->iv[at] / symbol->iv28));
    }
    free(chain);
    return true;
}

bool tl_score_days_skeleton(const struct tl_score_days *days, uint64_t seed, int64_t last_ordinal)
{
    return fill_series(days, seed, last_ordinal) && fill_slopes(days);
}
