/* SPDX-License-Identifier: Apache-2.0
 * The counterfactual twin of one hidden instance a profile: what differs, and what must not. */
#include "cli/scenario_find.h"
#include "cli/scenario_twin.h"
#include "lib/harness.h"
#include "lib/tape_fixture.h"

#include <stdlib.h>

#define START_S 1795012200LL /* 2026-11-18 09:30 in New York */
#define AFTER_S 120

/* How two tapes of one second differ: by events of other names, and by background option prints of
 * the instance's own name, which are the same ones if contract, size, venue and time are. */
struct pair {
    uint64_t instance, instance_in_twin;
    uint64_t others, others_same;
    uint64_t own, own_same;
};

static bool same_event(const struct tl_event *a, const struct tl_event *b, struct tl_str symbol)
{
    return a->ts == b->ts && tl_event_hash(a, symbol) == tl_event_hash(b, symbol);
}

static bool same_order(const struct tl_event *a, const struct tl_event *b)
{
    return a->ts == b->ts && a->u.option.size == b->u.option.size &&
           a->u.option.venue == b->u.option.venue &&
           a->u.option.contract.strike_milli == b->u.option.contract.strike_milli &&
           a->u.option.contract.expiry_day == b->u.option.contract.expiry_day;
}

static void compare(struct pair *pair, const struct tape_fixture *with,
                    const struct tape_fixture *twin, const struct tl_found *found)
{
    for (size_t i = 0; i < twin->batch.count; i++)
        pair->instance_in_twin += twin->batch.truth[i].parent_id == found->parent_id;
    for (size_t i = 0; i < with->batch.count; i++) {
        const struct tl_event *event = &with->batch.events[i];
        bool own = event->sym == found->sym, same = false;
        if (with->batch.truth[i].parent_id == found->parent_id) {
            pair->instance++;
            continue;
        }
        if (own && event->stream != TL_STREAM_OPTION_PRINT) continue;
        for (size_t k = 0; k < twin->batch.count && !same; k++) {
            const struct tl_event *other = &twin->batch.events[k];
            if (other->sym != event->sym || other->stream != event->stream) continue;
            same = own ? same_order(event, other)
                       : same_event(event, other, tl_market_symbol(with->market, event->sym));
        }
        *(own ? &pair->own : &pair->others) += 1;
        *(own ? &pair->own_same : &pair->others_same) += same;
    }
}

static const struct tl_found *first_of(const struct tl_found_list *list, enum tl_profile profile)
{
    static const uint8_t subtypes[TL_PROFILE_COUNT] = {
        [TL_PROFILE_INSTITUTIONAL_DIRECTIONAL] = TL_SUB_CALL_SWEEP,
        [TL_PROFILE_RETAIL_WHALE] = TL_SUB_SHORT_DATED_PUT_PANIC,
        [TL_PROFILE_EVENT_DRIVEN] = TL_SUB_EARNINGS_VOL_PROBE,
        [TL_PROFILE_VOL_SELLER] = TL_SUB_CASH_SECURED_PUT_WRITE,
        [TL_PROFILE_ARBITRAGE] = TL_SUB_CONVERSION_REVERSAL,
        [TL_PROFILE_HEDGE_REACTIVE] = TL_SUB_GAMMA_PINCH_CALL_HEDGE};
    for (uint32_t i = 0; i < list->count; i++)
        if (list->items[i].subtype == subtypes[profile] && list->items[i].has_option)
            return &list->items[i];
    return NULL;
}

static void check_pair(const struct tl_market_options *options, const struct tl_found *found)
{
    struct tl_market_options without = *options;
    struct tape_fixture with, twin;
    struct pair pair = {0};
    without.drop_scenario = found->parent_id;
    if (!tape_open(&with, options, found->first_s)) return;
    if (tape_open(&twin, &without, found->first_s)) {
        while (tl_market_second(with.market) < found->last_s + AFTER_S) {
            tape_step(&with);
            tape_step(&twin);
            compare(&pair, &with, &twin, found);
        }
        tape_close(&twin);
    }
    tape_close(&with);
    CHECK(pair.instance > 0);
    CHECK_INT(pair.instance_in_twin, 0);
    CHECK(pair.others > 10000);
    CHECK_INT(pair.others_same, pair.others);
    /* In its own name the draws are the same, but a moved price and volatility choose other strikes
     * and sizes here and there. */
    CHECK(pair.own_same > 0 && pair.own_same >= pair.own / 2);
}

TL_TEST("without an instance its prints are gone, and every draw of all others is the same")
{
    struct tl_control_entry entry = {.effective_s = 0, .state = tl_control_default()};
    struct tl_market_options options = tl_market_options_default();
    options.calendar = TL_CALENDAR_EXCHANGE;
    options.log = (struct tl_control_log){&entry, 1};
    struct tl_error error = {0};
    struct tl_market *market = NULL;
    struct tl_found_list list = {0};
    struct tl_session_span span;
    tl_session_find(TL_CALENDAR_EXCHANGE, START_S, &span);
    REQUIRE(tl_market_create(&options, &market, &error) == TL_OK);
    CHECK(tl_scenario_find(market, entry.state.shared_seed, &span, &list, &error) == TL_OK);
    tl_market_destroy(market);
    for (int profile = 0; profile < TL_PROFILE_COUNT; profile++) {
        const struct tl_found *found = first_of(&list, (enum tl_profile)profile);
        CHECK(found != NULL);
        if (found) check_pair(&options, found);
    }
    free(list.items);
}
