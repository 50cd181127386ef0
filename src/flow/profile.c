/* SPDX-License-Identifier: Apache-2.0
 * The registry of profiles and the arithmetic of judgements. */
#include "flow/profile.h"

#include "base/math.h"
#include "flow/profile_arbitrage.h"
#include "flow/profile_event_driven.h"
#include "flow/profile_hedge_reactive.h"
#include "flow/profile_institutional_directional.h"
#include "flow/profile_retail_whale.h"
#include "flow/profile_vol_seller.h"

const struct tl_profile_rule tl_profile_rules[TL_PROFILE_COUNT] = {
    {TL_PROFILE_INSTITUTIONAL_DIRECTIONAL, tl_profile_institutional_directional, true},
    {TL_PROFILE_RETAIL_WHALE, tl_profile_retail_whale, true},
    {TL_PROFILE_EVENT_DRIVEN, tl_profile_event_driven, false},
    {TL_PROFILE_VOL_SELLER, tl_profile_vol_seller, false},
    {TL_PROFILE_ARBITRAGE, tl_profile_arbitrage, false},
    {TL_PROFILE_HEDGE_REACTIVE, tl_profile_hedge_reactive, true},
};

const char *tl_direction_name(enum tl_direction direction)
{
    static const char *const names[] = {"neutral", "bullish", "bearish", "unknown"};
    return names[direction];
}

enum tl_direction tl_direction_from(double sign)
{
    if (sign > 0) return TL_DIRECTION_BULLISH;
    return sign < 0 ? TL_DIRECTION_BEARISH : TL_DIRECTION_NEUTRAL;
}

void tl_judgement_add(struct tl_judgement *judgement, const char *reason, double weight,
                      double value)
{
    double points = weight * tl_clamp(value, 0, 1);
    judgement->points += points;
    if (judgement->count == TL_JUDGEMENT_ITEMS_MAX) return;
    judgement->items[judgement->count].reason = reason;
    judgement->items[judgement->count].points = points;
    judgement->count++;
}

size_t tl_judgement_reasons(const struct tl_judgement *judgement,
                            const char *reasons[TL_REASONS_MAX])
{
    bool used[TL_JUDGEMENT_ITEMS_MAX] = {false};
    size_t count = 0;
    while (count < TL_REASONS_MAX) {
        size_t best = judgement->count;
        double floor = count == 0 ? 0 : 0.3;
        for (size_t i = 0; i < judgement->count; i++) {
            double points = judgement->items[i].points;
            if (used[i] || !judgement->items[i].reason || points <= 0 || points < floor) continue;
            if (best == judgement->count || points > judgement->items[best].points) best = i;
        }
        if (best == judgement->count) break;
        used[best] = true;
        reasons[count++] = judgement->items[best].reason;
    }
    return count;
}

double tl_judgement_probability(const struct tl_judgement *judgement)
{
    return 1 / (1 + tl_exp(-tl_clamp(judgement->points, -30, 30)));
}

double tl_ramp(double x, double low, double high)
{
    return tl_clamp((x - low) / (high - low), 0, 1);
}

double tl_log_ramp(double x, double low, double high)
{
    if (!(x > 0)) return 0;
    return tl_clamp(tl_log(x / low) / tl_log(high / low), 0, 1);
}
