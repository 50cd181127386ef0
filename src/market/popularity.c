/* SPDX-License-Identifier: Apache-2.0
 * Popularity is latent: a pure function of the session, never of what was printed.
 *
 * Expiry shares (SCORECARD O1, O2): the share of each bucket of days to expiry, divided inside the
 * bucket by 1 / (days + 1) and the kind of date; buckets without a date give theirs to the others.
 * Widths (O5, O6): the scale of the distance of strikes from the spot, in sd to expiry, wider below than
 * above, the more so the longer the expiry.
 * Liking (O14, O16): (1 + open interest)^1.5 x roundness x the day's own favour, lognormal with a
 * longer tail above than below. Traders go where others hold positions, and each day some contracts
 * are in fashion; what is out of fashion still finds somebody, so the median contract does not dry
 * up. Open interest has the lasting half (1.5 of noise), favour the day's; more of the latter has too
 * many contracts trade above their open interest (O15).
 * Hot list (O14): the contracts with the largest score, where score = expiry share x density in log
 * moneyness x liking. Its ranks are drawn with a Zipf law of exponent 1.6 by the flow. */
#include "market/popularity.h"

#include "base/math.h"
#include "base/rng.h"
#include "market/listing.h"

#define BUCKETS 9
#define LONG_BUCKET 3  /* beyond 14 days */
#define DEAR_USD 300.0 /* a stock from which on long options are a fortune each */

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
    static const double friday[BUCKETS] = {.470, .163, .100, .080, .108, .043, .046, .024, .037};
    static const double midweek[BUCKETS] = {.395, .217, .098, .086, .109, .042, .045, .023, .038};
    static const double none[BUCKETS] = {0, .505, .128, .116, .132, .050, .053, .029, .051};
    if (chain->expiry_count == 0 || chain->expiries[0].day != chain->trade_day) return none;
    if (symbol->option_class == TL_CLASS_PENNY_ALL) return fund;
    return chain->expiries[0].monthly || chain->expiries[0].weekly ? friday : midweek;
}

/* The last day's share of an index fund grows with its volume: SPY .56, QQQ .53, IWM .41 (O1). */
static double fund_last_day(const struct tl_symbol *symbol)
{
    double size = tl_log(tl_max(symbol->option_adv, 1e5) / 1.3e6);
    return tl_clamp(0.425 + 0.07 * size, 0.38, 0.545);
}

static void fill_shares(struct tl_chain *chain, const struct tl_symbol *symbol)
{
    double shares[BUCKETS];
    const double *table = bucket_shares(chain, symbol);
    for (int b = 0; b < BUCKETS; b++)
        shares[b] = table[b];
    if (symbol->option_class == TL_CLASS_PENNY_ALL && shares[0] > 0) {
        double last_day = fund_last_day(symbol), rest = (1 - last_day) / (1 - shares[0]);
        for (int b = 1; b < BUCKETS; b++)
            shares[b] *= rest;
        shares[0] = last_day;
    }
    /* What is dear in dollars is traded short (O1: LLY .55 on a Friday, the others .49). */
    double short_lean = tl_min(1, tl_pow(DEAR_USD / chain->open_px, 1.0));
    for (int b = LONG_BUCKET; b < BUCKETS; b++)
        shares[b] *= symbol->is_etf ? 1 : short_lean;
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

#define FAVOUR_ABOVE 3.1
#define FAVOUR_BELOW 2.2

/* In sd to expiry: quantiles of log moneyness by days to expiry, ten single names (SCORECARD O5);
 * index funds are tighter, 90 % of a last day's volume lies within 1 %. */
static void fill_widths(struct tl_chain *chain, const struct tl_symbol *symbol)
{
    static const double stock[5][2] = {
        {1.76, 2.12}, {0.77, 1.88}, {0.74, 3.4}, {0.69, 2.00}, {0.94, 1.95}};
    static const double fund[5][2] = {
        {0.48, 0.48}, {0.61, 0.70}, {0.66, 0.88}, {0.70, 1.05}, {0.70, 1.05}};
    /* What is dear in dollars is traded further out, too. */
    double further = tl_clamp(tl_pow(chain->open_px / DEAR_USD, 0.38), 1, 1.7);
    for (uint32_t e = 0; e < chain->expiry_count; e++) {
        int32_t days = chain->expiries[e].day - chain->trade_day;
        int group = days == 0 ? 0 : days <= 7 ? 1 : days <= 30 ? 2 : days <= 90 ? 3 : 4;
        double sd = symbol->iv28 * tl_sqrt(((double)days + 0.4) / 365.0);
        if (!symbol->is_etf) sd *= further;
        for (int below = 0; below < 2; below++)
            chain->width[below][e] = sd * (symbol->is_etf ? fund : stock)[group][below];
        /* The last day of a fund trades by the strike: a few steps out, however calm the market. */
        if (symbol->is_etf && days == 0)
            chain->width[0][e] = chain->width[1][e] =
                0.0044 - 0.40 * symbol->strike_step7 / chain->open_px;
    }
}

static void fill_liking(struct tl_chain *chain)
{
    /* Volume over open interest by roundness (SCORECARD O16). */
    static const double rounds[4] = {1.2, 3.3, 1.05, 1.05};
    struct tl_rng_address at[2];
    uint32_t words[8];
    for (uint32_t e = 0; e < chain->expiry_count; e++) {
        const struct tl_expiry *expiry = &chain->expiries[e];
        for (uint32_t i = expiry->first; i < expiry->first + expiry->strike_count; i++) {
            uint64_t id = (uint64_t)chain->sym << 40 | (uint64_t)(uint32_t)chain->strike_milli[i]
                                                           << 1;
            for (uint32_t put = 0; put < 2; put++)
                at[put] = (struct tl_rng_address){(uint32_t)tl_mix64(id | put),
                                                  (uint64_t)chain->trade_day << 32 |
                                                      (uint32_t)expiry->day};
            tl_rng_block_pair(chain->seed, TL_RNG_OPEN_INTEREST, at, 0, words);
            double round = rounds[tl_listing_roundness(chain->strike_milli[i], chain->open_px)];
            for (uint32_t put = 0; put < 2; put++) {
                uint64_t word = words[4 * put] | (uint64_t)words[4 * put + 1] << 32;
                double z = tl_norm_inv(tl_unit_of(word));
                double favour = tl_exp((z > 0 ? FAVOUR_ABOVE : FAVOUR_BELOW) * z);
                double liking = tl_pow(1 + (double)chain->oi[put][i], 1.5) * favour * round;
                chain->liked[put][i] = liking + (i > expiry->first ? chain->liked[put][i - 1] : 0);
            }
        }
    }
}

/* Scores of a strike's call and put; log_strike: over the open's volatility, as widths are. */
static void score_of(const struct tl_chain *chain, double calls, uint32_t e, uint32_t i,
                     double log_strike, double score[2])
{
    bool below = log_strike < 0;
    double z = tl_abs(log_strike) / chain->width[below][e];
    double density = chain->expiry_share[e] / chain->width[below][e] * tl_exp(-z);
    for (int put = 0; put < 2; put++) {
        /* In the money little trades, and hardly any of it far in the money. */
        bool inside = below != (put == 1);
        double side = (put ? 1 - calls : calls) * (inside ? 0.68 * tl_exp(-1.2 * z) : 1);
        score[put] = density * side * tl_chain_liking(chain, e, i, put ? 'P' : 'C');
    }
}

/* Rank by uniform cell: a Zipf law of exponent 1.6. */
#define ZIPF 1.6

static double zipf(uint32_t rank)
{
    return tl_pow((double)(rank + 1), -ZIPF);
}

static double zipf_total(const struct tl_chain *chain)
{
    double total = 0;
    for (uint32_t rank = 0; rank < chain->hot_count; rank++)
        total += zipf(rank);
    return total;
}

static void fill_ranks(struct tl_chain *chain)
{
    double total = zipf_total(chain), below = zipf(0) / total;
    uint32_t rank = 0;
    for (uint32_t cell = 0; cell < TL_CHAIN_HOT_CELLS && chain->hot_count > 0; cell++) {
        double u = ((double)cell + 0.5) / TL_CHAIN_HOT_CELLS;
        while (rank + 1 < chain->hot_count && u > below)
            below += zipf(++rank) / total;
        chain->hot_rank[cell] = (uint8_t)rank;
    }
}

/* Stocks are hedged a month out: a quarter of what has 8 to 30 days lies 4 % below the spot (O5). */
#define MONTH_PUTS 0.04

/* What the hot list does not give an expiry, or its calls, the other picks do: expiry_share and
 * call_share become theirs. So the shares of a class stay what they should be (O2, O4), however few
 * contracts the day's favourites are. */
static void leave_rest(struct tl_chain *chain, double calls, bool fund)
{
    double total = zipf_total(chain), sum = 0, hot_calls[TL_EXPIRIES_MAX] = {0};
    for (uint32_t rank = 0; rank < chain->hot_count; rank++) {
        double share = chain->hot_share * zipf(rank) / total;
        const struct tl_chain_hot *hot = &chain->hot[rank];
        chain->expiry_share[hot->expiry] -= share;
        if (hot->right == 'C') hot_calls[hot->expiry] += share * (1 - calls);
        if (hot->right == 'P') hot_calls[hot->expiry] -= share * calls;
    }
    for (uint32_t e = 0; e < chain->expiry_count; e++) {
        if (chain->expiry_share[e] < 0) chain->expiry_share[e] = 0;
        int32_t days = chain->expiries[e].day - chain->trade_day;
        double hedged = !fund && days > 7 && days <= 30 ? MONTH_PUTS : 0;
        chain->call_share[e] = calls - hedged - hot_calls[e] / (chain->expiry_share[e] + 1e-9);
        sum += chain->expiry_share[e];
    }
    for (uint32_t e = 0; e < chain->expiry_count && sum > 0; e++)
        chain->expiry_share[e] /= sum;
}

/* The crowd of a large class gathers on fewer of its contracts (O14: the top ten hold .53 of AAPL, .46
 * of NVDA, .25 of NFLX). */
static double hot_share(const struct tl_symbol *symbol)
{
    if (symbol->is_etf) return 0.27;
    double size = tl_log(tl_max(symbol->option_adv, 1000) / 500e3);
    return tl_clamp(0.46 + (size < 0 ? 0.37 : 0.17) * size, 0.15, 0.72);
}

void tl_popularity_fill(struct tl_chain *chain, const struct tl_symbol *symbol)
{
    fill_shares(chain, symbol);
    fill_widths(chain, symbol);
    fill_liking(chain);
    /* Packages of both rights pull a class's share to one half. */
    double calls = 0.5 + 1.2 * (symbol->calls - 0.5);
    double narrow = tl_exp(-TL_STRIKES_FOLLOW * chain->iv_log);
    struct scored heap[TL_CHAIN_HOT_MAX];
    uint32_t count = 0;
    for (uint32_t e = 0; e < chain->expiry_count; e++) {
        if (chain->expiry_share[e] < 0.004) continue;
        for (uint32_t i = 0; i < chain->expiries[e].strike_count; i++) {
            double score[2];
            double log_strike =
                tl_log((double)tl_chain_strike_milli(chain, e, i) / 1000.0 / chain->open_px);
            score_of(chain, calls, e, i, log_strike * narrow, score);
            for (int put = 0; put < 2; put++) {
                struct tl_chain_hot contract = {(uint8_t)e, (uint8_t)i, put ? 'P' : 'C',
                                                (float)log_strike};
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
    fill_ranks(chain);
    chain->hot_share = hot_share(symbol);
    leave_rest(chain, calls, symbol->is_etf);
}
