/* SPDX-License-Identifier: Apache-2.0
 * Does a judgement stand alone? What the background does by chance it seldom does twice: most of its
 * packets that look like a profile have no second one beside them, while a hidden order acts
 * several times. So a packet that is likely but not sure is named only where an earlier one of the
 * same stock was taken for the same: same profile, direction, right and days to expiration. That
 * earlier one need not be as likely: a crowd's first orders look like anybody's. In a loud market the
 * background has more chances a minute and hidden orders come no faster, so there a packet has to be
 * likelier. */
#ifndef TL_FLOW_CONFIRM_H
#define TL_FLOW_CONFIRM_H

#include <stdbool.h>
#include <stdint.h>

/* Likely packets kept of one stock. Its busiest ten minutes have about sixty; those of one kind that
 * are pushed out by others are not missed, since the next is likely too. */
#define TL_CONFIRM_KEPT 32

struct tl_likely {
    int64_t ts; /* ms, end of the packet; 0: none */
    uint8_t profile, direction;
    int8_t right;      /* +1 call, -1 put, 0 both */
    int16_t dte;       /* days; -1 not known */
    float market_rate; /* tl_evidence.market_rate */
    bool barred;       /* its contract contradicts the profile: tl_profile_barred */
};

struct tl_confirm {
    uint32_t next;
    struct tl_likely kept[TL_CONFIRM_KEPT];
};

/* Whether a judgement names its profile: its probability is sure by itself, or likely, and one like
 * it came before: long enough ago to be no part of the same instant, and not too long
 * (tl_thresholds: naming, confirm_ms_min, confirm_ms_max). One of at least company is remembered. One
 * that is barred is neither named nor remembered, whatever its probability. */
bool tl_confirm_names(struct tl_confirm *confirm, double probability,
                      const struct tl_likely *judged);

#endif
