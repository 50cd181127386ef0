/* SPDX-License-Identifier: Apache-2.0
 * What needs prints, not only mids: row E10 (volume and volatility) and the signature plot of last
 * trades (E11). */
#include "score/returns_tape.h"

#include "base/math.h"
#include "score/estimate.h"
#include "score/returns_rows.h"

#define MINUTES TL_RETURN_MINUTES
#define FINE_SPREAD 0.005 /* of a day's sd: names whose last trades barely bounce */

/* A name's minutes: volume over its shape, and absolute return over its own. Minutes without a shape
 * are left out as one of volume 0. Days follow each other; the shape is the mean day's and not each
 * day's own, so that a day that is busy as a whole stays busy. */
struct minutes {
    double *volume, *abs_r;
    size_t n;
};

static void session_add(struct minutes *minutes, const struct tl_score_returns *shape, uint32_t sym,
                        const struct tl_name_session *slot, const double *noise)
{
    const double *vol = shape->vol_shape + (size_t)sym * MINUTES;
    const double *rate = shape->rate_shape + (size_t)sym * MINUTES;
    for (size_t m = 0; m < MINUTES; m++, minutes->n++) {
        double volume = rate[m] > 0 ? slot->volume[m] / rate[m] : 0;
        minutes->volume[minutes->n] = noise ? volume * noise[m] : volume;
        minutes->abs_r[minutes->n] = vol[m] > 0 ? tl_abs(slot->r[m]) / vol[m] : 0;
    }
}

/* What prints add to the expected volume of each minute of a tape session: their number and sizes
 * are drawn. false: nothing was expected, or the session is not there. */
static bool noise_of(const struct tl_volume_sessions *sessions, uint32_t session, uint32_t sym,
                     double noise[MINUTES])
{
    const struct tl_name_session *printed = tl_name_session_at(sessions->tape, session, sym);
    const struct tl_name_session *expected = tl_name_session_at(sessions->expected, session, sym);
    double sum = 0;
    for (size_t m = 0; m < MINUTES; m++) {
        noise[m] = expected->volume[m] > 0 ? printed->volume[m] / expected->volume[m] : 0;
        sum += expected->volume[m];
    }
    return printed->has && sum > 0;
}

/* The latent sessions, each with the noise of a tape session in turn; the tape sessions themselves
 * where nothing was expected (a file) or the latent ones are no more. */
static void minutes_of(const struct tl_volume_sessions *sessions, uint32_t sym,
                       struct minutes *minutes)
{
    const struct tl_score_returns *tape = sessions->tape, *latent = sessions->latent;
    double noise[MINUTES];
    minutes->n = 0;
    bool more = tape->sessions > 0 && latent != tape && latent->sessions > tape->sessions;
    for (uint32_t s = 0; more && s < latent->sessions; s++) {
        const struct tl_name_session *slot = tl_name_session_at(latent, s, sym);
        if (slot->has && noise_of(sessions, s % tape->sessions, sym, noise))
            session_add(minutes, latent, sym, slot, noise);
    }
    for (uint32_t s = 0; minutes->n == 0 && s < tape->sessions; s++)
        if (tl_name_session_at(tape, s, sym)->has)
            session_add(minutes, latent, sym, tl_name_session_at(tape, s, sym), NULL);
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

/* One name's three numbers of one block of latent sessions; n: minutes, 0: none. */
struct volume_numbers {
    double spearman, one, sixty, n;
};

static struct volume_numbers numbers_of(const struct tl_volume_sessions *sessions, uint32_t sym,
                                        struct minutes *minutes, double *scratch)
{
    minutes_of(sessions, sym, minutes);
    if (minutes->n == 0) return (struct volume_numbers){TL_NAN, TL_NAN, TL_NAN, 0};
    double rank = tl_spearman(minutes->abs_r, minutes->volume, minutes->n, scratch);
    take_logs(minutes->volume, minutes->n);
    return (struct volume_numbers){
        rank, tl_autocorrelation_blocks(minutes->volume, minutes->n, MINUTES, 1),
        tl_autocorrelation_blocks(minutes->volume, minutes->n, MINUTES, 60), (double)minutes->n};
}

/* Medians over the blocks of the latent sessions. */
static struct volume_numbers volume_of(const struct tl_volume_sessions *sessions, uint32_t sym,
                                       struct minutes *minutes, double *scratch)
{
    double rank[TL_RETURNS_BLOCKS_MAX], one[TL_RETURNS_BLOCKS_MAX], sixty[TL_RETURNS_BLOCKS_MAX];
    struct volume_numbers all = {.n = 0};
    size_t count = 0;
    for (uint32_t b = 0; b < sessions->latent->blocks; b++) {
        struct tl_score_returns block = tl_returns_block(sessions->latent, b);
        struct tl_volume_sessions of = *sessions;
        of.latent = &block;
        if (sessions->latent == sessions->tape) of.tape = &block;
        struct volume_numbers numbers = numbers_of(&of, sym, minutes, scratch);
        all.n += numbers.n;
        if (!tl_is_finite(numbers.spearman)) continue;
        rank[count] = numbers.spearman;
        one[count] = numbers.one;
        sixty[count++] = numbers.sixty;
    }
    all.spearman = tl_median_in_place(rank, count);
    all.one = tl_median_in_place(one, count);
    all.sixty = tl_median_in_place(sixty, count);
    return all;
}

/* E10 [R]: Spearman .29 to .34; lag 1 SPY .55 TSLA .82 NVDA .84; lag 60 .31 .59 .59. */
void tl_score_volume_rows(const struct tl_volume_sessions *sessions, struct tl_score_report *report)
{
    double spearman[TL_SCORE_NAMES_MAX], one[TL_SCORE_NAMES_MAX], sixty[TL_SCORE_NAMES_MAX],
        ns[TL_SCORE_NAMES_MAX];
    struct tl_score_row *row =
        tl_score_row(report, "E10", "volume-volatility link", 'H', 2.0 * MINUTES);
    const struct tl_score_returns *tape = sessions->tape, *latent = sessions->latent;
    const struct tl_score_returns *room_of = latent->sessions > tape->sessions ? latent : tape;
    size_t room = (size_t)room_of->sessions * MINUTES, names = 0;
    struct minutes minutes = {room_of->work, room_of->work + room, 0};
    for (uint32_t i = 0; i < tape->count; i++) {
        struct volume_numbers numbers = volume_of(sessions, i, &minutes, room_of->work + 2 * room);
        if (!tl_is_finite(numbers.spearman)) continue;
        spearman[names] = numbers.spearman;
        one[names] = numbers.one;
        sixty[names] = numbers.sixty;
        ns[names++] = numbers.n;
    }
    double n = names ? tl_median_in_place(ns, names) : 0;
    tl_score_put(row, "Spearman", tl_median_in_place(spearman, names), 0.25, 0.40, n);
    tl_score_put(row, "log volume lag 1", tl_median_in_place(one, names), 0.50, 0.85, n);
    tl_score_put(row, "log volume lag 60", tl_median_in_place(sixty, names), 0.28, 0.60, n);
}

/* Last trades bounce between bid and ask; where the spread is small against a day's move, one
 * second's variance is 1.3 to 2 times that of five-minute mids. A ratio to the five-minute variance
 * of two sessions has a sampling error of .1 by itself: what the tape says is how much more last
 * trades vary within a second than mids, and the mids' own ratio is of all sessions. */
void tl_score_trade_rows(const struct tl_score_returns *trades, const struct tl_score_returns *mids,
                         const struct tl_score_returns *latent, struct tl_score_report *report)
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
            base += mid->rv[TL_RV_1S];
        }
        double own = tl_returns_signature(latent, i, TL_RV_1S);
        if (!(base > 0) || !tl_is_finite(own)) continue;
        values[names] = at / base * own;
        ns[names++] = tl_returns_n(trades, i);
    }
    struct tl_score_row *row = tl_score_row(report, "E11", "signature plot", 'H', 2.0 * MINUTES);
    double n = names ? tl_median_in_place(ns, names) : 0;
    tl_score_put(row, "last trade 1 s, fine spread", tl_median_in_place(values, names), 1.3, 2.0,
                 n);
}
