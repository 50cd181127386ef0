/* SPDX-License-Identifier: Apache-2.0
 * What needs prints, not only mids: row E10 (volume and volatility) and the signature plot of last
 * trades (E11). */
#include "score/returns_tape.h"

#include "base/math.h"
#include "score/estimate.h"
#include "score/returns_rows.h"

#define MINUTES TL_RETURN_MINUTES
#define FINE_SPREAD 0.005 /* of a day's sd: names whose last trades barely bounce */

/* Volume over its shape, and absolute return over its own; minutes without a shape are left out as
 * one of volume 0. Days follow each other. */
static size_t volume_series(const struct tl_score_returns *tape,
                            const struct tl_score_returns *shape, uint32_t sym, double *volume,
                            double *abs_r)
{
    const double *vol = shape->vol_shape + (size_t)sym * MINUTES;
    const double *rate = shape->rate_shape + (size_t)sym * MINUTES;
    size_t n = 0;
    for (uint32_t s = 0; s < tape->sessions; s++) {
        const struct tl_name_session *slot = tl_name_session_at(tape, s, sym);
        for (size_t m = 0; slot->has && m < MINUTES; m++, n++) {
            volume[n] = rate[m] > 0 ? slot->volume[m] / rate[m] : 0;
            abs_r[n] = vol[m] > 0 ? tl_abs(slot->r[m]) / vol[m] : 0;
        }
    }
    return n;
}

/* A minute without a print counts as half of the smallest that had any. */
static void take_logs(double *volume, size_t n)
{
    double least = TL_INF;
    for (size_t i = 0; i < n; i++)
        if (volume[i] > 0) least = tl_min(least, volume[i]);
    for (size_t i = 0; i < n; i++)
        volume[i] = tl_log(volume[i] > 0 ? volume[i] : least / 2);
}

/* E10 [R]: Spearman .29 to .34; lag 1 SPY .55 TSLA .82 NVDA .84; lag 60 .31 .59 .59. */
void tl_score_volume_rows(struct tl_score_returns *tape, const struct tl_score_returns *shape,
                          struct tl_score_report *report)
{
    double spearman[TL_SCORE_NAMES_MAX], one[TL_SCORE_NAMES_MAX], sixty[TL_SCORE_NAMES_MAX],
        ns[TL_SCORE_NAMES_MAX];
    struct tl_score_row *row =
        tl_score_row(report, "E10", "volume-volatility link", 'H', 2.0 * MINUTES);
    size_t room = (size_t)tape->sessions * MINUTES, names = 0;
    double *volume = tape->work, *abs_r = volume + room, *scratch = abs_r + room;
    for (uint32_t i = 0; i < tape->count; i++) {
        size_t n = volume_series(tape, shape, i, volume, abs_r);
        double rank = n ? tl_spearman(abs_r, volume, n, scratch) : TL_NAN;
        if (!tl_is_finite(rank)) continue;
        take_logs(volume, n);
        spearman[names] = rank;
        one[names] = tl_autocorrelation_blocks(volume, n, MINUTES, 1);
        sixty[names] = tl_autocorrelation_blocks(volume, n, MINUTES, 60);
        ns[names++] = (double)n;
    }
    double n = names ? tl_median_in_place(ns, names) : 0;
    tl_score_put(row, "Spearman", tl_median_in_place(spearman, names), 0.25, 0.40, n);
    tl_score_put(row, "log volume lag 1", tl_median_in_place(one, names), 0.50, 0.85, n);
    tl_score_put(row, "log volume lag 60", tl_median_in_place(sixty, names), 0.28, 0.60, n);
}

/* Last trades bounce between bid and ask; where the spread is small against a day's move, one
 * second's variance is 1.3 to 2 times that of five-minute mids. */
void tl_score_trade_rows(const struct tl_score_returns *trades, const struct tl_score_returns *mids,
                         struct tl_score_report *report)
{
    double values[TL_SCORE_NAMES_MAX], ns[TL_SCORE_NAMES_MAX];
    size_t names = 0;
    for (uint32_t i = 0; i < trades->count; i++) {
        const struct tl_symbol *symbol = &trades->symbols[i];
        double day_sd = symbol->price * symbol->iv28 / tl_sqrt(252.0), at = 0, base = 0;
        if (!(symbol->spread_usd > 0) || symbol->spread_usd > FINE_SPREAD * day_sd) continue;
        for (uint32_t s = 0; s < trades->sessions; s++) {
            const struct tl_name_session *trade = tl_name_session_at(trades, s, i);
            const struct tl_name_session *mid = tl_name_session_at(mids, s, i);
            if (!trade->has || !mid->has) continue;
            at += trade->rv[TL_RV_1S];
            base += mid->rv[TL_RV_5MIN];
        }
        if (!(base > 0)) continue;
        values[names] = at / base;
        ns[names++] = tl_returns_n(trades, i);
    }
    struct tl_score_row *row = tl_score_row(report, "E11", "signature plot", 'H', 2.0 * MINUTES);
    double n = names ? tl_median_in_place(ns, names) : 0;
    tl_score_put(row, "last trade 1 s, fine spread", tl_median_in_place(values, names), 1.3, 2.0,
                 n);
}
