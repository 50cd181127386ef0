/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/confirm.h"

#include "base/math.h"
#include "flow/profile.h"
#include "flow/thresholds.h"

static bool is_like(const struct tl_likely *a, const struct tl_likely *b)
{
    return a->profile == b->profile && a->direction == b->direction && a->right == b->right &&
           a->dte == b->dte;
}

/* A bar, risen by so many nats of log odds. */
static double risen(double bar, double nats)
{
    return bar / (bar + (1 - bar) * tl_exp(-nats));
}

bool tl_confirm_names(struct tl_confirm *confirm, double probability,
                      const struct tl_likely *judged)
{
    const struct tl_thresholds *t = &tl_thresholds;
    if (judged->barred) return false;
    const struct tl_naming_thresholds *naming = &t->naming[judged->profile];
    double loud = t->loud_nats *
                  tl_log_ramp((double)judged->market_rate, t->loud_rate.low, t->loud_rate.high);
    bool named = probability >= risen(naming->sure, loud);
    if (probability < naming->company) return named;
    bool likely = probability >= risen(naming->likely, loud);
    for (uint32_t i = 0; i < TL_CONFIRM_KEPT && likely && !named; i++) {
        const struct tl_likely *kept = &confirm->kept[i];
        double ago = (double)(judged->ts - kept->ts);
        named = kept->ts != 0 && ago >= t->confirm_ms_min && ago <= t->confirm_ms_max &&
                is_like(kept, judged);
    }
    confirm->kept[confirm->next] = *judged;
    confirm->next = (confirm->next + 1) % TL_CONFIRM_KEPT;
    return named;
}
