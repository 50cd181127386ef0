/* SPDX-License-Identifier: Apache-2.0
 * Likely packets are named in company only. */
#include <string.h>

#include "flow/confirm.h"
#include "flow/thresholds.h"
#include "lib/harness.h"

#define RETAIL TL_PROFILE_RETAIL_WHALE

static struct tl_likely at(int64_t ts)
{
    return (struct tl_likely){.ts = ts, .profile = RETAIL, .direction = 1, .right = 1, .dte = 2};
}

static double likely(void)
{
    return (tl_thresholds.likely[RETAIL] + tl_thresholds.sure[RETAIL]) / 2;
}

TL_TEST("confirm: a sure packet is named alone, a likely one from its second on, others never")
{
    struct tl_confirm confirm = {0};
    struct tl_likely first = at(1000000), second = at(1060000), third = at(1120000);
    CHECK(tl_confirm_names(&confirm, tl_thresholds.sure[RETAIL], &first));
    memset(&confirm, 0, sizeof confirm);
    CHECK(!tl_confirm_names(&confirm, likely(), &first));
    CHECK(!tl_confirm_names(&confirm, tl_thresholds.likely[RETAIL] - 0.001, &second));
    CHECK(tl_confirm_names(&confirm, likely(), &third));
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
        double probability = i == 2 ? t->likely[TL_PROFILE_HEDGE_REACTIVE] : likely();
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

TL_TEST("confirm: no crowd is named where both sides trade, nor does it confirm one")
{
    struct tl_confirm confirm = {0};
    struct tl_likely both = at(1000000), after = at(1060000), hedge = at(1120000);
    both.both = hedge.both = true;
    hedge.profile = TL_PROFILE_HEDGE_REACTIVE;
    CHECK(!tl_confirm_names(&confirm, 0.999, &both));
    CHECK(!tl_confirm_names(&confirm, likely(), &after));
    CHECK(tl_confirm_names(&confirm, 0.999, &hedge));
}
