/* SPDX-License-Identifier: Apache-2.0
 * Popularity is latent: a pure function of the session, never of what was printed.
 *
 * Expiry shares (SCORECARD O1, O2): the share of each bucket of days to expiry, divided inside the
 * bucket by 1 / (days + 1) and the kind of date; buckets without a date give theirs to the others.
 * Hot list (O14): the contracts with the largest score, where score = expiry share x Laplace in
 * log moneyness (as traders trade: near and out of the money) x roundness x open-interest noise.
 * Its ranks are drawn with a Zipf law of exponent 1 by the flow. */
#include "market/popularity.h"

#include "base/math.h"
#include "base/rng.h"
#include "market/listing.h"

#define BUCKETS 9

static int bucket_of(int32_t days)
{
    static const int32_t last[BUCKETS - 1] = {0, 7, 14, 30, 60, 90, 180, 365};
    int bucket = 0;
    while (bucket < BUCKETS - 1 && days > last[bucket])
        bucket++;
    return bucket;
}

static const double *bucket_shares(const struct tl_chain *chain, const struct tl_symbol *symbol)
{
    static const double fund[BUCKETS] = {.53, .25, .06, .06, .05, .015, .015, .01, .01};
    static const double friday[BUCKETS] = {.49, .225, .09, .055, .066, .027, .027, .013, .017};
    static const double midweek[BUCKETS] = {.35, .32, .10, .075, .075, .028, .03, .014, .02};
    static const double none[BUCKETS] = {0, .49, .14, .12, .11, .034, .04, .022, .034};
    if (chain->expiry_count == 0 || chain->expiries[0].day != chain->trade_day) return none;
    if (symbol->option_class == TL_CLASS_PENNY_ALL) return fund;
    return chain->expiries[0].monthly || chain->expiries[0].weekly ? friday : midweek;
}

static void fill_shares(struct tl_chain *chain, const struct tl_symbol *symbol)
{
    const double *shares = bucket_shares(chain, symbol);
    double weight[TL_EXPIRIES_MAX], bucket_weight[BUCKETS] = {0}, total = 0;
    for (uint32_t e = 0; e < chain->expiry_count; e++) {
        const struct tl_expiry *expiry = &chain->expiries[e];
        int32_t days = expiry->day - chain->trade_day;
        weight[e] = (expiry->monthly ? 3.0 : expiry->weekly ? 2.0 : 1.0) / ((double)days + 1);
        if (expiry->strike_count == 0) weight[e] = 0;
        bucket_weight[bucket_of(days)] += weight[e];
    }
    for (uint32_t e = 0; e < chain->expiry_count; e++) {
        int bucket = bucket_of(chain->expiries[e].day - chain->trade_day);
        double sum = bucket_weight[bucket];
        chain->expiry_share[e] = sum > 0 ? shares[bucket] * weight[e] / sum : 0;
        total += chain->expiry_share[e];
    }
    for (uint32_t e = 0; e < chain->expiry_count && total > 0; e++)
        chain->expiry_share[e] /= total;
}

struct scored {
    double score;
    struct tl_chain_hot contract;
};

/* Keeps the best TL_CHAIN_HOT_MAX in a min-heap; ties cannot matter: scores are continuous. */
static void heap_sift(struct scored *heap, uint32_t count, uint32_t at)
{
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= count) return;
        if (child + 1 < count && heap[child + 1].score < heap[child].score) child++;
        if (heap[at].score <= heap[child].score) return;
        struct scored swap = heap[at];
        heap[at] = heap[child];
        heap[child] = swap;
        at = child;
    }
}

static void heap_offer(struct scored *heap, uint32_t *count, struct scored item)
{
    if (*count == TL_CHAIN_HOT_MAX) {
        if (item.score <= heap[0].score) return;
        heap[0] = item;
        heap_sift(heap, *count, 0);
        return;
    }
    uint32_t at = (*count)++;
    heap[at] = item;
    while (at > 0 && heap[(at - 1) / 2].score > heap[at].score) {
        struct scored swap = heap[at];
        heap[at] = heap[(at - 1) / 2];
        heap[(at - 1) / 2] = swap;
        at = (at - 1) / 2;
    }
}

/* Scores of a strike's call and put. */
static void score_of(const struct tl_chain *chain, double sd, uint32_t e, uint32_t i,
                     double score[2])
{
    static const double round_weight[4] = {0.3, 0.8, 1.6, 3.0};
    const struct tl_expiry *expiry = &chain->expiries[e];
    int32_t strike = chain->strike_milli[expiry->first + i];
    double z = tl_log((double)strike / 1000.0 / chain->open_px) / sd;
    double round = round_weight[tl_listing_roundness(strike, chain->open_px)];
    for (int put = 0; put < 2; put++) {
        double shape = tl_exp(z > 0 ? -z / 0.9 : z / 0.35);
        double oi = (double)chain->oi[put][expiry->first + i];
        score[put] = chain->expiry_share[e] * shape * round * tl_sqrt(1 + oi);
        z = -z;
    }
}

void tl_popularity_fill(struct tl_chain *chain, const struct tl_symbol *symbol)
{
    fill_shares(chain, symbol);
    struct scored heap[TL_CHAIN_HOT_MAX];
    uint32_t count = 0;
    for (uint32_t e = 0; e < chain->expiry_count; e++) {
        if (chain->expiry_share[e] < 0.004) continue;
        double days = (double)(chain->expiries[e].day - chain->trade_day) + 0.4;
        double sd = symbol->iv28 * tl_sqrt(days / 365.0);
        for (uint32_t i = 0; i < chain->expiries[e].strike_count; i++) {
            double score[2];
            score_of(chain, sd, e, i, score);
            for (int put = 0; put < 2; put++) {
                struct tl_chain_hot contract = {(uint8_t)e, (uint8_t)i, put ? 'P' : 'C'};
                heap_offer(heap, &count, (struct scored){score[put], contract});
            }
        }
    }
    chain->hot_count = count;
    while (count > 0) {
        chain->hot[count - 1] = heap[0].contract;
        heap[0] = heap[--count];
        heap_sift(heap, count, 0);
    }
    /* The inverse of a Zipf law of exponent 1 is log-uniform. */
    double log_ranks = tl_log((double)chain->hot_count + 1);
    for (uint32_t cell = 0; cell < TL_CHAIN_HOT_CELLS && chain->hot_count > 0; cell++) {
        double u = ((double)cell + 0.5) / TL_CHAIN_HOT_CELLS;
        chain->hot_rank[cell] = (uint8_t)(tl_exp(u * log_ranks) - 1);
    }
}
