/* SPDX-License-Identifier: Apache-2.0
 * The control state's default, names and log lookup; include/tapeloom/control.h. Pure. */
#include <tapeloom/control.h>

#include "base/math.h"
#include "base/text.h"

struct tl_control tl_control_default(void)
{
    return (struct tl_control){
        .preset = TL_PRESET_BALANCED_DEMO,
        .coverage_assist = true,
        .coverage_window_minutes = 20,
        .shared_seed = 11,
        .weights = {TL_WEIGHT_NORMAL, TL_WEIGHT_NORMAL, TL_WEIGHT_NORMAL, TL_WEIGHT_NORMAL,
                    TL_WEIGHT_NORMAL, TL_WEIGHT_NORMAL},
        .updated_at_ms = 0,
        .updated_by = "system",
    };
}

size_t tl_control_log_at(const struct tl_control_log *log, int64_t second)
{
    size_t low = 0, high = log->count; /* entries[low] is in force or the first; high is not */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (log->entries[middle].effective_s <= second)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static const char *const PRESETS[TL_PRESET_COUNT] = {"balanced_demo", "event_day", "dealer_day",
                                                     "retail_chase", "quiet_range"};
static const char *const PROFILES[TL_PROFILE_COUNT] = {"institutional_directional",
                                                       "retail_whale",
                                                       "event_driven",
                                                       "vol_seller",
                                                       "arbitrage",
                                                       "hedge_reactive"};

const char *tl_preset_name(enum tl_preset preset)
{
    return (unsigned)preset < TL_PRESET_COUNT ? PRESETS[preset] : "";
}

const char *tl_profile_name(enum tl_profile profile)
{
    return (unsigned)profile < TL_PROFILE_COUNT ? PROFILES[profile] : "";
}

double tl_weight_value(enum tl_weight weight)
{
    static const double VALUES[TL_WEIGHT_COUNT] = {0.6, 1.0, 1.6};
    return (unsigned)weight < TL_WEIGHT_COUNT ? VALUES[weight] : 1.0;
}

bool tl_preset_parse(struct tl_str text, enum tl_preset *preset)
{
    for (int i = 0; i < TL_PRESET_COUNT; i++) {
        if (!tl_str_is(text, PRESETS[i])) continue;
        *preset = (enum tl_preset)i;
        return true;
    }
    return false;
}

bool tl_profile_parse(struct tl_str text, enum tl_profile *profile)
{
    for (int i = 0; i < TL_PROFILE_COUNT; i++) {
        if (!tl_str_is(text, PROFILES[i])) continue;
        *profile = (enum tl_profile)i;
        return true;
    }
    return false;
}

int64_t tl_control_effective_second(tl_ns created)
{
    return tl_floor_div(created + TL_NS_PER_S - 1, TL_NS_PER_S) + 1;
}
