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

static struct tl_crowd *crowd_slot(struct tl_flow_underlying *underlying, int64_t ts, bool put)
{
    int64_t number = tl_floor_div(ts, TL_CROWD_SLOT_MS);
    struct tl_crowd_slot *slot = &underlying->crowd[number % TL_CROWD_SLOTS];
    if (slot->slot > number) return NULL;
    if (slot->slot != number) {
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
    }
    if (print->near_short) {
        crowd->near_usd += print->usd;
        crowd->near_buy += buy * lots;
        crowd->near_sell += sell * lots;
    }
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
        } else if (print->side < 0) {
            slot->sells++;
            slot->sell_lots += lots;
            slot->sell_usd += print->usd;
        }
    }
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
                            double price)
{
    underlying->stock[underlying->stock_next] = (struct tl_stock_print){ts, size, price};
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

bool tl_context_stock_leg(const struct tl_flow_underlying *underlying, int64_t ts,
                          int64_t within_ms, int64_t shares)
{
    for (size_t i = 0; i < TL_STOCK_PRINTS; i++) {
        const struct tl_stock_print *print = &underlying->stock[i];
        int64_t apart = print->ts > ts ? print->ts - ts : ts - print->ts;
        if (print->size == shares && shares > 0 && apart <= within_ms) return true;
    }
    return false;
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
