/* SPDX-License-Identifier: Apache-2.0
 * A session's seconds boiled down to what the rows on returns need; see the header. */
#include "score/returns.h"

#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "score/estimate.h"

static const int RHO_S[TL_RHO_COUNT] = {1, 10, 60, 300};
static const int RV_S[TL_RV_COUNT] = {1, 5, 10, 30, 60, 300};
static const int EPPS_S[TL_EPPS_COUNT] = {1, 10, 60, 300, 1800};

static int32_t index_of(const struct tl_symbol *symbols, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(symbols[i].ticker, "SPY") == 0) return (int32_t)i;
    return -1;
}

bool tl_score_returns_init(struct tl_score_returns *returns, const struct tl_symbol *symbols,
                           uint32_t count, uint32_t sessions)
{
    memset(returns, 0, sizeof *returns);
    returns->symbols = symbols;
    returns->count = count;
    returns->sessions = sessions;
    returns->blocks = tl_returns_blocks(sessions);
    returns->index = index_of(symbols, count);
    size_t shape = (size_t)returns->blocks * count * TL_RETURN_MINUTES + 1;
    returns->slots = calloc((size_t)count * sessions + 1, sizeof *returns->slots);
    returns->vol_shape = calloc(shape, sizeof(double));
    returns->rate_shape = calloc(shape, sizeof(double));
    returns->work = calloc(TL_RETURNS_WORK(sessions), sizeof(double));
    if (returns->slots && returns->vol_shape && returns->rate_shape && returns->work) return true;
    tl_score_returns_deinit(returns);
    return false;
}

void tl_score_returns_deinit(struct tl_score_returns *returns)
{
    free(returns->slots);
    free(returns->vol_shape);
    free(returns->rate_shape);
    free(returns->work);
    memset(returns, 0, sizeof *returns);
}

struct tl_score_returns tl_returns_block(const struct tl_score_returns *returns, uint32_t block)
{
    struct tl_score_returns view = *returns;
    size_t shape = (size_t)block * returns->count * TL_RETURN_MINUTES;
    uint32_t from = tl_returns_block_from(returns->sessions, block);
    view.sessions = tl_returns_block_from(returns->sessions, block + 1) - from;
    view.blocks = 1;
    view.slots += (size_t)from * returns->count;
    view.vol_shape += shape;
    view.rate_shape += shape;
    return view;
}

/* ---- one session ---- */

static double lag_one(const double *log_px, int step)
{
    struct tl_pairs pairs = {0};
    for (int at = 2 * step; at <= TL_SECOND_MIDS_S; at += step)
        tl_pairs_add(&pairs, log_px[at - step] - log_px[at - 2 * step],
                     log_px[at] - log_px[at - step]);
    return tl_pairs_correlation(&pairs);
}

static double realised(const double *log_px, int step)
{
    double sum = 0;
    for (int at = step; at <= TL_SECOND_MIDS_S; at += step) {
        double r = log_px[at] - log_px[at - step];
        sum += r * r;
    }
    return sum;
}

/* Sum of products of returns over `step` seconds. Above a minute it is the mean over all grids that
 * start at a whole minute: a session has 13 half hours, and one grid of them says little. What is
 * left over at a grid's two ends counts as it is, so every second weighs the same. */
static double product(const double *a, const double *b, int step)
{
    int grids = step > 60 ? step / 60 : 1;
    double sum = 0;
    for (int g = 0; g < grids; g++) {
        int from = 0, to = g > 0 ? g * 60 : step;
        while (from < TL_SECOND_MIDS_S) {
            sum += (a[to] - a[from]) * (b[to] - b[from]);
            from = to;
            to = to + step < TL_SECOND_MIDS_S ? to + step : TL_SECOND_MIDS_S;
        }
    }
    return sum / grids;
}

static void boil(struct tl_name_session *slot, const double *log_px, const double *index_px)
{
    slot->has = true;
    slot->open = log_px[0];
    slot->close = log_px[TL_SECOND_MIDS_S];
    for (int i = 0; i < TL_RHO_COUNT; i++)
        slot->rho[i] = lag_one(log_px, RHO_S[i]);
    for (int i = 0; i < TL_RV_COUNT; i++)
        slot->rv[i] = realised(log_px, RV_S[i]);
    for (int i = 0; i < TL_EPPS_COUNT; i++) {
        slot->own_square[i] = product(log_px, log_px, EPPS_S[i]);
        slot->index_product[i] = index_px ? product(log_px, index_px, EPPS_S[i]) : TL_NAN;
    }
    for (int m = 0; m < TL_RETURN_MINUTES; m++)
        slot->r[m] = log_px[60 * (m + 1)] - log_px[60 * m];
}

void tl_score_returns_session(struct tl_score_returns *returns, uint32_t slot,
                              struct tl_second_mids *mids)
{
    const double *index_px =
        returns->index >= 0 ? tl_second_mids_prices(mids, (uint32_t)returns->index) : NULL;
    for (uint32_t i = 0; i < returns->count; i++) {
        struct tl_name_session *name = tl_name_session_at(returns, slot, i);
        const double *prices = tl_second_mids_prices(mids, i);
        memset(name, 0, sizeof *name);
        if (!prices) continue;
        boil(name, prices, index_px);
        name->iv = mids->iv_count[i] > 0 ? mids->iv_sum[i] / mids->iv_count[i] : TL_NAN;
        memcpy(name->volume, mids->volume + (size_t)i * TL_RETURN_MINUTES, sizeof name->volume);
    }
}

/* ---- diurnal shapes ---- */

/* Mean over days and the minutes around each, never beyond what is as far on the other side: the
 * open's steep fall is not smeared into the minutes after it. */
static void smooth(const double *raw, double *shape)
{
    for (int m = 0; m < TL_RETURN_MINUTES; m++) {
        int reach = 2;
        if (m < reach) reach = m;
        if (TL_RETURN_MINUTES - 1 - m < reach) reach = TL_RETURN_MINUTES - 1 - m;
        double sum = 0;
        for (int k = m - reach; k <= m + reach; k++)
            sum += raw[k];
        shape[m] = sum / (2 * reach + 1);
    }
}

static void shape_block(const struct tl_score_returns *returns)
{
    double square[TL_RETURN_MINUTES], volume[TL_RETURN_MINUTES];
    for (uint32_t i = 0; i < returns->count; i++) {
        double *vol = returns->vol_shape + (size_t)i * TL_RETURN_MINUTES;
        double *rate = returns->rate_shape + (size_t)i * TL_RETURN_MINUTES;
        memset(square, 0, sizeof square);
        memset(volume, 0, sizeof volume);
        for (uint32_t s = 0; s < returns->sessions; s++) {
            const struct tl_name_session *slot = tl_name_session_at(returns, s, i);
            for (int m = 0; m < TL_RETURN_MINUTES && slot->has; m++) {
                square[m] += slot->r[m] * slot->r[m];
                volume[m] += slot->volume[m];
            }
        }
        smooth(square, vol);
        smooth(volume, rate);
        double mean_square = tl_mean(vol, TL_RETURN_MINUTES);
        double mean_volume = tl_mean(rate, TL_RETURN_MINUTES);
        for (int m = 0; m < TL_RETURN_MINUTES; m++) {
            vol[m] = mean_square > 0 ? tl_sqrt(vol[m] / mean_square) : 0;
            rate[m] = mean_volume > 0 ? rate[m] / mean_volume : 0;
        }
    }
}

void tl_score_returns_shape(struct tl_score_returns *returns)
{
    for (uint32_t b = 0; b < returns->blocks; b++) {
        struct tl_score_returns block = tl_returns_block(returns, b);
        shape_block(&block);
    }
}
