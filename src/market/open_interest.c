/* SPDX-License-Identifier: Apache-2.0
 * Open interest: total = daily volume / (volume over open interest) x busy^0.8, shared by
 *     expiry (monthlies and LEAPS hold most, Mondays and Wednesdays little)
 *     x strike (Laplace in log moneyness over the sd to expiry, out of the money favoured)
 *     x roundness (SCORECARD O16: per strike against the mean, about 5.8, 2.3, 0.5, 0.08)
 *     x lognormal noise of sd 1.5 keyed by contract, so that a contract keeps its rank from day to
 *       day under one seed.
 * busy: the day's volume over its reference, as far as the open knows it. Open interest is what the
 * weeks before left, and they were about as busy (O15: volume over it differs by less from name to
 * name than volume from day to day).
 * Limit: no daily roll; the figure is a level, not an accumulation of the printed volume, and moves
 * with the day's level where a real one would follow over weeks. */
#include "market/open_interest.h"

#include "base/math.h"
#include "base/rng.h"
#include "market/listing.h"

#define FOLLOWS 0.8

static double expiry_weight(const struct tl_expiry *expiry, int32_t days)
{
    double weight = expiry->monthly ? 3.0 : expiry->weekly ? 1.0 : 0.6;
    /* The front dates have gathered theirs over weeks: else a third of what trades there would
     * exceed it (SCORECARD O15). */
    double front = 1 + 2.5 / (1 + 0.25 * (double)days);
    return weight * front * (days <= 45 ? 1.0 : days <= 200 ? 0.8 : 0.6);
}

/* Lognormal noise of a strike's call and put. */
static void noise_of(const struct tl_chain *chain, const struct tl_expiry *expiry, int32_t strike,
                     double noise[2])
{
    struct tl_rng_address at[2];
    uint32_t words[8];
    for (uint32_t put = 0; put < 2; put++) {
        uint64_t id = (uint64_t)chain->sym << 40 | (uint64_t)(uint32_t)strike << 1 | put;
        at[put] = (struct tl_rng_address){(uint32_t)tl_mix64(id), (uint64_t)expiry->day};
    }
    tl_rng_block_pair(chain->seed, TL_RNG_OPEN_INTEREST, at, 0, words);
    for (uint32_t put = 0; put < 2; put++) {
        uint64_t word = words[4 * put] | (uint64_t)words[4 * put + 1] << 32;
        noise[put] = tl_exp(1.5 * tl_norm_inv(tl_unit_of(word)));
    }
}

/* Weights of an expiry's calls and puts, noise included; returns their sum, so that the noise moves
 * open interest between contracts and leaves its total. */
static double strike_weights(const struct tl_chain *chain, const struct tl_symbol *symbol,
                             const struct tl_expiry *expiry, double weight[2][TL_STRIKES_MAX])
{
    static const double round_weight[4] = {0.08, 0.5, 2.3, 5.8};
    double days = (double)(expiry->day - chain->trade_day), sum = 0;
    double sd = symbol->iv28 * tl_sqrt(tl_max(days, 5) / 365.0);
    for (uint32_t i = 0; i < expiry->strike_count; i++) {
        int32_t strike = chain->strike_milli[expiry->first + i];
        double z = tl_log((double)strike / 1000.0 / chain->open_px) / sd;
        double round = round_weight[tl_listing_roundness(strike, chain->open_px)], noise[2];
        noise_of(chain, expiry, strike, noise);
        /* Out of the money decays over 1.4 sd, in the money over 0.7 sd. */
        weight[0][i] = tl_exp(z > 0 ? -z / 1.4 : z / 0.7) * round * 0.55 * noise[0];
        weight[1][i] = tl_exp(z < 0 ? z / 1.4 : -z / 0.7) * round * 0.45 * noise[1];
        sum += weight[0][i] + weight[1][i];
    }
    return sum;
}

void tl_open_interest_fill(struct tl_chain *chain, const struct tl_symbol *symbol)
{
    /* The most traded stocks turn their open interest over faster (SCORECARD O15). */
    double dollars = symbol->price * symbol->adv_shares;
    double turnover = symbol->option_class == TL_CLASS_PENNY_ALL ? 0.4
                      : dollars >= 6.5e9                         ? 0.122
                                                                 : 0.052;
    double total = symbol->option_adv / turnover * tl_exp(FOLLOWS * chain->busy_log), shares = 0,
           weight[2][TL_STRIKES_MAX];
    for (uint32_t e = 0; e < chain->expiry_count; e++)
        shares += expiry_weight(&chain->expiries[e], chain->expiries[e].day - chain->trade_day);
    for (uint32_t e = 0; e < chain->expiry_count; e++) {
        const struct tl_expiry *expiry = &chain->expiries[e];
        double sum = strike_weights(chain, symbol, expiry, weight);
        if (!(sum > 0)) continue;
        double here = total * expiry_weight(expiry, expiry->day - chain->trade_day) / shares;
        for (uint32_t put = 0; put < 2; put++)
            for (uint32_t i = 0; i < expiry->strike_count; i++)
                chain->oi[put][expiry->first + i] =
                    (int32_t)tl_min(here * weight[put][i] / sum, 5e6);
    }
}
