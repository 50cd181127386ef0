/* SPDX-License-Identifier: Apache-2.0
 * Likely packets are named in company only. */
#include <math.h>
#include <string.h>

#include "flow/confirm.h"
#include "flow/context.h"
#include "flow/profile.h"
#include "flow/thresholds.h"
#include "lib/harness.h"

#define RETAIL TL_PROFILE_RETAIL_WHALE

static struct tl_likely at(int64_t ts)
{
    return (struct tl_likely){.ts = ts, .profile = RETAIL, .direction = 1, .right = 1, .dte = 2};
}

static double likely(void)
{
    return (tl_thresholds.naming[RETAIL].likely + tl_thresholds.naming[RETAIL].sure) / 2;
}

TL_TEST("confirm: a sure packet is named alone, a likely one from its second on, others never")
{
    struct tl_confirm confirm = {0};
    struct tl_likely first = at(1000000), second = at(1060000), third = at(1120000);
    CHECK(tl_confirm_names(&confirm, tl_thresholds.naming[RETAIL].sure, &first));
    memset(&confirm, 0, sizeof confirm);
    CHECK(!tl_confirm_names(&confirm, likely(), &first));
    CHECK(!tl_confirm_names(&confirm, tl_thresholds.naming[RETAIL].likely - 0.001, &second));
    CHECK(tl_confirm_names(&confirm, likely(), &third));
}

TL_TEST("confirm: an earlier one confirms from its own lower bound on, below it does not")
{
    for (int enough = 0; enough < 2; enough++) {
        struct tl_confirm confirm = {0};
        struct tl_likely first = at(1000000), second = at(1060000);
        double bound = tl_thresholds.naming[RETAIL].company;
        CHECK(!tl_confirm_names(&confirm, enough ? bound : bound - 0.001, &first));
        CHECK(tl_confirm_names(&confirm, likely(), &second) == (enough == 1));
    }
}

TL_TEST("confirm: only another instant of the last minutes, of the same kind, confirms")
{
    const struct tl_thresholds *t = &tl_thresholds;
    struct tl_likely first = at(1000000);
    int64_t soon = first.ts + (int64_t)t->confirm_ms_min,
            late = first.ts + (int64_t)t->confirm_ms_max;
    struct tl_likely others[] = {at(soon - 1), at(late + 1), at(soon),
                                 at(soon),     at(soon),     at(soon)};
    others[2].profile = TL_PROFILE_HEDGE_REACTIVE;
    others[3].direction = 2;
    others[4].right = -1;
    others[5].dte = 3;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct tl_confirm confirm = {0};
        double probability = i == 2 ? t->naming[TL_PROFILE_HEDGE_REACTIVE].likely : likely();
        CHECK(!tl_confirm_names(&confirm, likely(), &first));
        CHECK(!tl_confirm_names(&confirm, probability, &others[i]));
    }
    struct tl_likely good[] = {at(soon), at(late)};
    for (size_t i = 0; i < 2; i++) {
        struct tl_confirm confirm = {0};
        CHECK(!tl_confirm_names(&confirm, likely(), &first));
        CHECK(tl_confirm_names(&confirm, likely(), &good[i]));
    }
}

TL_TEST("confirm: what is barred is not named, nor does it confirm another")
{
    struct tl_confirm confirm = {0};
    struct tl_likely barred = at(1000000), after = at(1060000);
    barred.barred = true;
    CHECK(!tl_confirm_names(&confirm, 0.999, &barred));
    CHECK(!tl_confirm_names(&confirm, likely(), &after));
}

TL_TEST(
    "confirm: in a loud market the bars rise, and what is sure beyond them is named all the same")
{
    const struct tl_thresholds *t = &tl_thresholds;
    double sure = t->naming[RETAIL].sure, odds = sure / (1 - sure) * exp(t->loud_nats);
    const struct {
        double rate, probability;
        bool named;
    } cases[] = {{t->loud_rate.low, sure, true},
                 {t->loud_rate.low * 1.2, sure, false},
                 {t->loud_rate.high, odds / (1 + odds) - 0.001, false},
                 {t->loud_rate.high, odds / (1 + odds) + 0.001, true},
                 {100 * t->loud_rate.high, odds / (1 + odds) + 0.001, true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct tl_confirm confirm = {0};
        struct tl_likely judged = at(1000000);
        judged.market_rate = (float)cases[i].rate;
        CHECK(tl_confirm_names(&confirm, cases[i].probability, &judged) == cases[i].named);
    }
    /* At an ordinary pace each bar is exactly its number. */
    for (int p = 0; p < TL_PROFILE_COUNT; p++) {
        struct tl_confirm confirm = {0};
        struct tl_likely judged = at(1000000);
        judged.profile = (uint8_t)p;
        CHECK(tl_confirm_names(&confirm, t->naming[p].sure, &judged));
    }
    /* A second likely one is, in a loud market, no longer likely. */
    struct tl_confirm confirm = {0};
    struct tl_likely first = at(1000000), second = at(1060000);
    second.market_rate = (float)t->loud_rate.high;
    CHECK(!tl_confirm_names(&confirm, likely(), &first));
    CHECK(!tl_confirm_names(&confirm, t->naming[RETAIL].likely, &second));
}

/* What a stock with a print of so many dollars a second is taken to trade, USD a second. */
static double usual_after(int seconds, double usd)
{
    static struct tl_flow_underlying stock;
    static struct tl_flow_contract contract;
    memset(&stock, 0, sizeof stock);
    memset(&contract, 0, sizeof contract);
    int64_t start = 1778765400000;
    for (int s = 0; s < seconds; s++) {
        struct tl_context_print print = {
            .ts = start + 1000 * s, .side = s % 2 ? 1 : -1, .size = 1, .usd = usd};
        tl_context_option_print(&contract, &stock, &print);
    }
    return tl_context_usual(&stock, false, start + 1000 * (seconds - 1)).usd_s;
}

TL_TEST("context: a busy stock is known as one within minutes of a tape's start, a small one stays "
        "small")
{
    CHECK(usual_after(30, 50e3) > 4e3);
    CHECK(usual_after(240, 50e3) > 20e3);
    CHECK(usual_after(599, 50e3) > 30e3);
    CHECK(usual_after(1800, 50e3) > 40e3 && usual_after(1800, 50e3) < 55e3);
    CHECK(usual_after(240, 10) < 150);
}

/* A contract that a crowd buys: quick small prints, hardly sold. */
static struct tl_evidence bought(void)
{
    struct tl_evidence e;
    memset(&e, 0, sizeof e);
    e.flow.prints = 40;
    e.flow.small = 24;
    e.flow.active_slots = 4;
    e.campaign.own = 0.5;
    e.campaign_now.side = 1;
    e.campaign_now.z = 2;
    return e;
}

TL_TEST("profile: no crowd in a contract sold as much, or bought by one clip or few large ones")
{
    struct tl_evidence e[5];
    for (size_t i = 0; i < 5; i++)
        e[i] = bought();
    e[1].two_sided = 0.95;
    e[2].campaign_now.z = 0.5;
    e[3].campaign_now.side = -1;
    e[4].campaign_now.z = 2.1;
    CHECK(!tl_profile_barred(&e[4], RETAIL));
    e[4].flow.small = 4;
    CHECK(!tl_profile_barred(&e[0], RETAIL));
    for (size_t i = 1; i < 5; i++) {
        CHECK(tl_profile_barred(&e[i], RETAIL));
        CHECK(!tl_profile_barred(&e[i], TL_PROFILE_HEDGE_REACTIVE));
    }
}

TL_TEST("profile: one clip is no crowd's, unless it is dearer than a scalper's")
{
    struct tl_evidence e = bought();
    e.campaign_now.z = (tl_thresholds.bar.dear_z + tl_thresholds.bar.lone_z) / 2;
    e.campaign.clips = 2;
    e.campaign.usd = 2 * 0.9 * tl_thresholds.bar.dear_usd;
    CHECK(tl_profile_barred(&e, RETAIL));
    e.campaign.usd = 2 * 1.1 * tl_thresholds.bar.dear_usd;
    CHECK(!tl_profile_barred(&e, RETAIL));
    e.campaign_now.z = tl_thresholds.bar.dear_z - 0.1;
    CHECK(tl_profile_barred(&e, RETAIL));
}

TL_TEST("profile: no crowd near the money where clips of size go in and out")
{
    struct tl_evidence e = bought();
    e.two_sided = 0.5;
    e.delta = 0.45;
    e.campaign_now.z = 1.2;
    CHECK(tl_profile_barred(&e, RETAIL));
    struct tl_evidence others[] = {e, e, e, e};
    others[0].two_sided = 0.2;
    others[1].delta = 0.2;
    others[2].campaign_now.z = 2;
    others[3].small = 0.5;
    for (size_t i = 0; i < 4; i++)
        CHECK(!tl_profile_barred(&others[i], RETAIL));
}

TL_TEST("profile: what is far smaller than its contract's clips is no crowd, ramp or hedge")
{
    static const enum tl_profile by_contract[] = {RETAIL, TL_PROFILE_EVENT_DRIVEN,
                                                  TL_PROFILE_HEDGE_REACTIVE};
    struct tl_evidence part = bought(), apart = bought();
    part.first_expiry_after = apart.first_expiry_after = true;
    apart.campaign.own = 0.05;
    struct tl_evidence package = apart;
    package.structure = true;
    for (size_t i = 0; i < 3; i++) {
        CHECK(!tl_profile_barred(&part, by_contract[i]));
        CHECK(tl_profile_barred(&apart, by_contract[i]));
        CHECK(!tl_profile_barred(&package, by_contract[i]));
    }
    CHECK(!tl_profile_barred(&apart, TL_PROFILE_INSTITUTIONAL_DIRECTIONAL));
}

/* The same in the first expiry after an event, and sold a little. */
static struct tl_evidence bought_for_event(int32_t dte, double two_sided)
{
    struct tl_evidence e = bought();
    e.first_expiry_after = true;
    e.dte = dte;
    e.two_sided = two_sided;
    return e;
}

TL_TEST("profile: no ramp before an event in a contract of which an eighth is sold")
{
    struct tl_evidence e = bought_for_event(20, 0.2);
    CHECK(!tl_profile_barred(&e, TL_PROFILE_EVENT_DRIVEN));
    e.two_sided = 0.35;
    CHECK(tl_profile_barred(&e, TL_PROFILE_EVENT_DRIVEN));
    e.first_expiry_after = false;
    CHECK(!tl_profile_barred(&e, TL_PROFILE_EVENT_DRIVEN));
}

TL_TEST("profile: no ramp before an event where some sell and quick prints are small")
{
    struct tl_evidence many = bought_for_event(4, 0.2);
    CHECK(tl_profile_barred(&many, TL_PROFILE_EVENT_DRIVEN));
    struct tl_evidence others[] = {many, many, many, many};
    others[0].two_sided = 0.02;
    others[1].flow.small = 8;
    others[2].flow.active_slots = 12;
    others[3].dte = 20;
    for (size_t i = 0; i < 4; i++)
        CHECK(!tl_profile_barred(&others[i], TL_PROFILE_EVENT_DRIVEN));
}

TL_TEST("no bound of a profile lies below the contract's, and none is sure before it is likely")
{
    const struct tl_thresholds *t = &tl_thresholds;
    for (int p = 0; p < TL_PROFILE_COUNT; p++) {
        CHECK(t->naming[p].likely >= t->emission);
        CHECK(t->naming[p].sure >= t->naming[p].likely);
        CHECK(t->naming[p].likely >= t->naming[p].company);
    }
}
