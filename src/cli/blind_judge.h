/* SPDX-License-Identifier: Apache-2.0
 * How well the simple learner tells matched prints apart: trained on the sessions of one half of the
 * seeds, judged on the other half, and the reverse. Every order weighs the same: its prints share
 * its weight, and the matches of a print share that print's. */
#ifndef TL_CLI_BLIND_JUDGE_H
#define TL_CLI_BLIND_JUDGE_H

#include "cli/blind_match.h"

#define TL_BLIND_TOP 5

struct tl_blind_verdict {
    uint32_t instances;        /* that had a matched print */
    uint64_t prints, matched;  /* of ours */
    double auc;                /* of the scope's learner; NaN where nothing could be judged */
    double own_auc;            /* of a subtype: of a learner trained on it alone */
    uint8_t top[TL_BLIND_TOP]; /* features by gain, of that learner; of a scope, of its own */
    double gain[TL_BLIND_TOP]; /* share of all gain */
};

struct tl_blind_figures {
    uint64_t option_prints;
    struct tl_blind_verdict scopes[TL_BLIND_SCOPES];
    struct tl_blind_verdict subtypes[TL_SUB_COUNT]; /* within the first two scopes */
};

/* false: out of memory. option_prints stays. */
bool tl_blind_judge(const struct tl_blind_match *match, struct tl_blind_figures *figures);

#endif
