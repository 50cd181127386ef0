/* SPDX-License-Identifier: Apache-2.0
 * Names of the market's enums; include/tapeloom/market.h. */
#include <tapeloom/market.h>

#include "base/text.h"

const char *tl_phase_name(enum tl_phase phase)
{
    static const char *const NAMES[TL_PHASE_COUNT] = {"open", "midday", "power_hour",
                                                      "after_event"};
    return (unsigned)phase < TL_PHASE_COUNT ? NAMES[phase] : "";
}

const char *tl_regime_name(enum tl_regime regime)
{
    static const char *const NAMES[TL_REGIME_COUNT] = {"trend_up",     "trend_down", "mean_revert",
                                                       "retail_chase", "event_ramp", "dealer_gamma",
                                                       "arb_calm"};
    return (unsigned)regime < TL_REGIME_COUNT ? NAMES[regime] : "";
}

static const char *const MODES[TL_MODE_COUNT] = {"realistic", "active", "firehose"};

const char *tl_mode_name(enum tl_mode mode)
{
    return (unsigned)mode < TL_MODE_COUNT ? MODES[mode] : "";
}

bool tl_mode_parse(struct tl_str text, enum tl_mode *mode)
{
    for (int i = 0; i < TL_MODE_COUNT; i++) {
        if (!tl_str_is(text, MODES[i])) continue;
        *mode = (enum tl_mode)i;
        return true;
    }
    return false;
}
