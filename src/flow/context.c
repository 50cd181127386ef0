/* SPDX-License-Identifier: Apache-2.0
 * Rolling context in fixed rings of numbered slots; a late event falls into its own old slot if
 * that is still kept, and is left out otherwise. Window sums read at most 64 slots and run only
 * when a packet is scored. */
#include "flow/context.h"

#include <string.h>

#include "base/math.h"

static struct tl_contract_slot *contract_slot(struct tl_flow_contract *contract, int64_t ts)
{
    int64_t number = tl_floor_div(ts, TL_CONTRACT_SLOT_MS);
    struct tl_contract_slot *slot = &contract->slots[number % TL_CONTRACT_SLOTS];
    if (slot->slot > number) return NULL; /* a print later than the whole ring */
    if (slot->slot != number) {
        memset(slot, 0, sizeof *slot);
        slot->slot = number;
    }
    return slot;
}

#define HOUR_SLOTS (3600000 / TL_CROWD_SLOT_MS)
#define NORM_KEEP 0.99711600 /* 2^(-1/240): a slot's fading for a half-life of an hour */
#define PRIOR_S 240          /* the first guess counts as so many seconds */
#define PRIOR_USD_S 150
#define PRIOR_CLIPS 40
#define PRIOR_LOG_USD 6.9 /* a thousand dollars */
#define PRIOR_LOG_SD 1.6

/* A slot leaves the ring; `idle` slots before it were never used. */
static void norm_take(struct tl_flow_norm *norm, const struct tl_crowd_slot *slot, int64_t idle)
{
    double seconds = TL_CROWD_SLOT_MS / 1000.0, keep = NORM_KEEP;
    for (int64_t i = 0; i < idle && i < 4 * HOUR_SLOTS; i++)
        keep *= NORM_KEEP;
    norm->seconds = norm->seconds * keep + seconds * (double)(idle < HOUR_SLOTS ? idle + 1 : 1);
    norm->usd *= keep;
    for (int put = 0; put < 2; put++) {
        const struct tl_crowd *crowd = &slot->right[put];
        norm->usd += crowd->premium_buy + crowd->premium_sell;
        norm->short_usd[put] = norm->short_usd[put] * keep + crowd->short_buy + crowd->short_sell;
    }
}

static struct tl_crowd *crowd_slot(struct tl_flow_underlying *underlying, int64_t ts, bool put)
{
    int64_t number = tl_floor_div(ts, TL_CROWD_SLOT_MS);
    struct tl_crowd_slot *slot = &underlying->crowd[number % TL_CROWD_SLOTS];
    if (slot->slot > number) return NULL;
    if (slot->slot != number) {
        /* The slot used before this one in time tells how long nothing came. */
        if (underlying->norm.first_slot == 0)
            underlying->norm.first_slot = number;
        else if (slot->slot != 0)
            norm_take(&underlying->norm, slot, (number - slot->slot) / TL_CROWD_SLOTS - 1);
        memset(slot, 0, sizeof *slot);
        slot->slot = number;
    }
    return &slot->right[put];
}

static void add_crowd(struct tl_crowd *crowd, const struct tl_context_print *print)
{
    double lots = (double)print->size;
    double buy = print->side > 0 ? 1 : 0, sell = print->side < 0 ? 1 : 0;
    crowd->prints++;
    crowd->premium_buy += buy * print->usd;
    crowd->premium_sell += sell * print->usd;
    if (print->otm_small) {
        crowd->otm_prints++;
        crowd->otm_buy += buy * lots;
        crowd->otm_sell += sell * lots;
    }
    if (print->otm_short) {
        crowd->short_buy += buy * print->usd;
        crowd->short_sell += sell * print->usd;
        crowd->short_sq += (buy + sell) * print->usd * print->usd;
    }
    if (print->near_short) {
        crowd->near_usd += print->usd;
        crowd->near_buy += buy * lots;
        crowd->near_sell += sell * lots;
    }
}

/* Joins the print to the side's clip or begins one: the squares' sum grows by (c + u)^2 - c^2. */
static bool add_clip(struct tl_clip *clip, const struct tl_context_print *print, double *sq,
                     double *max, uint32_t *clips)
{
    bool joins = clip->ts != 0 && print->ts - clip->ts <= TL_CLIP_MS;
    if (!joins) clip->usd = 0;
    /* A clip that began in the slot before counts where it goes on. */
    *sq += print->usd * (2 * clip->usd + print->usd);
    clip->usd += print->usd;
    clip->ts = print->ts;
    *max = tl_max(*max, clip->usd);
    *clips += !joins;
    return !joins;
}

static void add_to_norm(struct tl_flow_norm *norm, double usd)
{
    if (!(usd > 0)) return;
    double size = tl_log(usd);
    if (norm->clips > 4000) { /* the last few thousand tell; old ones fade */
        norm->clips *= 0.5;
        norm->log_usd *= 0.5;
        norm->log_usd_sq *= 0.5;
    }
    norm->clips++;
    norm->log_usd += size;
    norm->log_usd_sq += size * size;
}

void tl_context_option_print(struct tl_flow_contract *contract,
                             struct tl_flow_underlying *underlying,
                             const struct tl_context_print *print)
{
    if (print->ts < 0) return;
    struct tl_contract_slot *slot = contract_slot(contract, print->ts);
    if (slot) {
        double lots = (double)print->size;
        slot->prints++;
        slot->lots += lots;
        if (print->size <= 10) slot->small++;
        if (print->iv > 0 && slot->iv <= 0) slot->iv = print->iv;
        if (print->side > 0) {
            slot->buys++;
            slot->buy_lots += lots;
            slot->buy_usd += print->usd;
            if (!add_clip(&contract->buy, print, &slot->buy_sq, &slot->buy_max, &slot->buy_clips))
                slot->joined_usd += print->usd;
        } else if (print->side < 0) {
            slot->sells++;
            slot->sell_lots += lots;
            slot->sell_usd += print->usd;
            if (!add_clip(&contract->sell, print, &slot->sell_sq, &slot->sell_max,
                          &slot->sell_clips))
                slot->joined_usd += print->usd;
        }
    }
    add_to_norm(&underlying->norm, print->usd);
    struct tl_crowd *crowd = crowd_slot(underlying, print->ts, print->put);
    if (crowd) add_crowd(crowd, print);
}

void tl_context_quote(struct tl_flow_underlying *underlying, int64_t ts, double mid)
{
    if (ts < 0) return;
    int64_t number = tl_floor_div(ts, TL_MID_SLOT_MS);
    struct tl_mid_slot *slot = &underlying->mids[number % TL_MID_SLOTS];
    if (slot->slot > number) return;
    slot->slot = number;
    slot->mid = mid;
}

void tl_context_stock_print(struct tl_flow_underlying *underlying, int64_t ts, int64_t size,
                            int side)
{
    underlying->stock[underlying->stock_next] = (struct tl_stock_print){ts, size, (int8_t)side};
    underlying->stock_next = (underlying->stock_next + 1) % TL_STOCK_PRINTS;
}

struct tl_contract_flow tl_context_contract_flow(const struct tl_flow_contract *contract,
                                                 int64_t now, int64_t window_ms)
{
    struct tl_contract_flow flow = {0};
    int64_t last = tl_floor_div(now, TL_CONTRACT_SLOT_MS);
    int64_t first = tl_floor_div(now - window_ms, TL_CONTRACT_SLOT_MS) + 1;
    if (first < 0) first = 0;
    if (first <= last - TL_CONTRACT_SLOTS) first = last - TL_CONTRACT_SLOTS + 1;
    for (int64_t number = first; number <= last; number++) {
        const struct tl_contract_slot *slot = &contract->slots[number % TL_CONTRACT_SLOTS];
        if (slot->slot != number) continue;
        flow.buy_lots += slot->buy_lots;
        flow.sell_lots += slot->sell_lots;
        flow.lots += slot->lots;
        flow.buy_usd += slot->buy_usd;
        flow.sell_usd += slot->sell_usd;
        flow.buy_sq += slot->buy_sq;
        flow.sell_sq += slot->sell_sq;
        flow.buy_max = tl_max(flow.buy_max, slot->buy_max);
        flow.sell_max = tl_max(flow.sell_max, slot->sell_max);
        flow.joined_usd += slot->joined_usd;
        flow.hedged_usd += slot->hedged_usd;
        flow.buy_clips += slot->buy_clips;
        flow.sell_clips += slot->sell_clips;
        flow.prints += slot->prints;
        flow.buys += slot->buys;
        flow.sells += slot->sells;
        flow.small += slot->small;
        flow.active_slots += slot->buys + slot->sells > 0;
        if (flow.iv_then <= 0) flow.iv_then = slot->iv;
    }
    return flow;
}

struct tl_crowd tl_context_crowd(const struct tl_flow_underlying *underlying, bool put, int64_t now,
                                 int64_t from_ms, int64_t to_ms)
{
    struct tl_crowd sum = {0};
    int64_t last = tl_floor_div(now - to_ms, TL_CROWD_SLOT_MS);
    int64_t first = tl_floor_div(now - from_ms, TL_CROWD_SLOT_MS) + 1;
    int64_t oldest = tl_floor_div(now, TL_CROWD_SLOT_MS) - TL_CROWD_SLOTS + 1;
    if (first < oldest) first = oldest;
    if (first < 0) first = 0;
    for (int64_t number = first; number <= last; number++) {
        const struct tl_crowd_slot *slot = &underlying->crowd[number % TL_CROWD_SLOTS];
        if (slot->slot != number) continue;
        const struct tl_crowd *one = &slot->right[put];
        sum.premium_buy += one->premium_buy;
        sum.premium_sell += one->premium_sell;
        sum.otm_buy += one->otm_buy;
        sum.otm_sell += one->otm_sell;
        sum.near_buy += one->near_buy;
        sum.near_sell += one->near_sell;
        sum.short_buy += one->short_buy;
        sum.short_sell += one->short_sell;
        sum.short_sq += one->short_sq;
        sum.near_usd += one->near_usd;
        sum.otm_prints += one->otm_prints;
        sum.prints += one->prints;
    }
    return sum;
}

static double mid_at(const struct tl_flow_underlying *underlying, int64_t ts)
{
    int64_t number = tl_floor_div(ts, TL_MID_SLOT_MS);
    for (int64_t back = 0; back <= 60000 / TL_MID_SLOT_MS && number - back >= 0; back++) {
        const struct tl_mid_slot *slot = &underlying->mids[(number - back) % TL_MID_SLOTS];
        if (slot->slot == number - back && slot->mid > 0) return slot->mid;
    }
    return 0;
}

double tl_context_move_bps(const struct tl_flow_underlying *underlying, int64_t now,
                           int64_t back_ms, int64_t upto_ms)
{
    double then = mid_at(underlying, now - back_ms), after = mid_at(underlying, now - upto_ms);
    return then > 0 && after > 0 ? (after - then) / then * 1e4 : 0;
}

void tl_context_open_hedge(struct tl_flow_underlying *underlying, struct tl_str id,
                           const struct tl_context_print *print, int direction)
{
    struct tl_open_hedge *open = &underlying->open[underlying->open_next];
    if (id.size > sizeof open->id) return;
    underlying->open_next = (underlying->open_next + 1) % TL_OPEN_HEDGES;
    open->ts = print->ts;
    open->direction = (int8_t)direction;
    open->lots = (double)print->size;
    open->usd = print->usd;
    open->id_size = (uint8_t)id.size;
    memcpy(open->id, id.data, id.size);
}

const struct tl_open_hedge *tl_context_hedge(struct tl_flow_underlying *underlying, int64_t ts,
                                             int64_t size, int side)
{
    for (uint32_t i = 1; i <= TL_OPEN_HEDGES && side != 0; i++) {
        struct tl_open_hedge *open =
            &underlying->open[(underlying->open_next + TL_OPEN_HEDGES - i) % TL_OPEN_HEDGES];
        double share = (double)size / (100 * tl_max(open->lots, 1));
        if (!(open->lots > 0) || open->direction != side) continue;
        if (ts < open->ts || ts - open->ts > TL_HEDGE_MS || share < 0.083 || share > 0.5) continue;
        open->lots = 0; /* one print answers one */
        return open;
    }
    return NULL;
}

void tl_context_hedged(struct tl_flow_contract *contract, const struct tl_open_hedge *hedge)
{
    struct tl_contract_slot *slot = contract_slot(contract, hedge->ts);
    if (slot) slot->hedged_usd += hedge->usd;
}

struct tl_stock_volume tl_context_stock_volume(const struct tl_flow_underlying *underlying,
                                               int64_t from, int64_t to, double least)
{
    struct tl_stock_volume volume = {0};
    for (size_t i = 0; i < TL_STOCK_PRINTS; i++) {
        const struct tl_stock_print *print = &underlying->stock[i];
        double size = (double)print->size;
        if (print->ts < from || print->ts > to || size < least) continue;
        volume.shares += size;
        volume.net += print->side * size;
    }
    return volume;
}

struct tl_usual tl_context_usual(const struct tl_flow_underlying *underlying, bool put, int64_t now)
{
    const struct tl_flow_norm *norm = &underlying->norm;
    int64_t slot = tl_floor_div(now, TL_CROWD_SLOT_MS);
    /* The ring's part older than five minutes, as far as there was a tape then. In a tape's first ten
     * minutes the newer part, too: without it every stock is a small one. */
    int64_t age = slot - norm->first_slot;
    bool young = age < 40;
    int64_t skip = young ? 0 : 300000;
    double slots = tl_clamp((double)(young ? age + 1 : age - 20), 0, 43);
    double seconds = slots * TL_CROWD_SLOT_MS / 1000;
    struct tl_crowd calls = tl_context_crowd(underlying, false, now, 945000, skip);
    struct tl_crowd puts = tl_context_crowd(underlying, true, now, 945000, skip);
    const struct tl_crowd *own = put ? &puts : &calls;
    double usd = calls.premium_buy + calls.premium_sell + puts.premium_buy + puts.premium_sell;
    double all = norm->seconds + seconds + PRIOR_S, clips = norm->clips + PRIOR_CLIPS;
    struct tl_usual usual;
    usual.usd_s = (norm->usd + usd + PRIOR_S * PRIOR_USD_S) / all;
    usual.short_usd_s =
        (norm->short_usd[put] + own->short_buy + own->short_sell + PRIOR_S * PRIOR_USD_S / 8) / all;
    usual.log_usd = (norm->log_usd + PRIOR_CLIPS * PRIOR_LOG_USD) / clips;
    double prior = PRIOR_CLIPS * (PRIOR_LOG_USD * PRIOR_LOG_USD + PRIOR_LOG_SD * PRIOR_LOG_SD);
    double square = (norm->log_usd_sq + prior) / clips;
    usual.log_usd_sd = tl_sqrt(tl_max(square - usual.log_usd * usual.log_usd, 0.25));
    return usual;
}

bool tl_context_structure_fresh(struct tl_flow_underlying *underlying, struct tl_str key,
                                int64_t ts, int64_t window_ms)
{
    uint64_t hash = tl_context_hash(key);
    for (size_t i = 0; i < TL_STRUCTURE_KEYS; i++) {
        const struct tl_structure_key *seen = &underlying->keys[i];
        if (seen->hash == hash && ts - seen->ts <= window_ms && seen->ts - ts <= window_ms)
            return false;
    }
    underlying->keys[underlying->key_next] = (struct tl_structure_key){hash, ts};
    underlying->key_next = (underlying->key_next + 1) % TL_STRUCTURE_KEYS;
    return true;
}

void tl_context_package(struct tl_flow_underlying *underlying,
                        const struct tl_recent_package *package)
{
    for (size_t i = 0; i < TL_RECENT_PACKAGES; i++) {
        const struct tl_recent_package *seen = &underlying->packages[i];
        if (seen->hash == package->hash && package->ts - seen->ts <= 10 &&
            seen->ts - package->ts <= 10)
            return;
    }
    underlying->packages[underlying->package_next] = *package;
    underlying->package_next = (underlying->package_next + 1) % TL_RECENT_PACKAGES;
}

struct tl_package_flow tl_context_package_flow(const struct tl_flow_underlying *underlying,
                                               uint64_t hash, int64_t now, int64_t window_ms)
{
    struct tl_package_flow flow = {0};
    for (size_t i = 0; i < TL_RECENT_PACKAGES; i++) {
        const struct tl_recent_package *seen = &underlying->packages[i];
        if (seen->hash != hash || hash == 0 || now - seen->ts > window_ms) continue;
        flow.count++;
        flow.usd += seen->usd;
        flow.usd_max = tl_max(flow.usd_max, seen->usd);
    }
    return flow;
}

void tl_context_push_leg(struct tl_flow_underlying *underlying, const struct tl_cluster *leg)
{
    underlying->legs[underlying->leg_next] = *leg;
    underlying->leg_next = (underlying->leg_next + 1) % TL_LEGS_KEPT;
    if (underlying->leg_count < TL_LEGS_KEPT) underlying->leg_count++;
}

uint64_t tl_context_hash(struct tl_str text)
{
    uint64_t hash = 1469598103934665603u;
    for (size_t i = 0; i < text.size; i++)
        hash = (hash ^ (unsigned char)text.data[i]) * 1099511628211u;
    return hash;
}
