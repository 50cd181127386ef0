/* SPDX-License-Identifier: Apache-2.0
 * What an evaluation measured, over all its sessions. */
#ifndef TL_CLI_EVAL_FIGURES_H
#define TL_CLI_EVAL_FIGURES_H

#include "cli/eval_truth.h"

#define TL_EVAL_BINS 10
#define TL_EVAL_WINDOW_MIN 20

struct tl_eval_subtype {
    uint32_t instances, found;
    uint32_t silent;                      /* no event at all, or only such that abstained */
    uint32_t named[TL_PROFILE_COUNT + 1]; /* instances by the profile found; last: silent */
    double usd, prints;                   /* means of an instance */
    double hit_s;                         /* median seconds from first print to first hit; NaN */
};

struct tl_eval_bin {
    uint64_t events, right;
    double probability; /* mean */
};

struct tl_eval_figures {
    uint32_t sessions;
    double minutes;
    uint64_t option_prints, events, abstained;
    double hidden_prints, hidden_lots, hidden_usd; /* shares of hidden orders */
    struct tl_eval_subtype subtypes[TL_SUB_COUNT]; /* [0] unused */
    double recall[TL_PROFILE_COUNT];               /* of instances; NaN: none */
    double precision[TL_PROFILE_COUNT];            /* of events that name it; NaN: none */
    uint64_t named[TL_PROFILE_COUNT];              /* events */
    uint64_t named_of[TL_PROFILE_COUNT][TL_PROFILE_COUNT + 2]; /* by whose they are: a profile's
                                                                  instance, noise, nobody's */
    double macro_recall, macro_precision, precision_all;
    double noise_false_alarm;   /* share of noise instances with an event that did not abstain */
    double background_a_minute; /* events that did not abstain and are nobody's */
    uint32_t windows, windows_all_six; /* of 20 minutes, one a minute */
    struct tl_eval_bin bins[TL_EVAL_BINS];
    double ece;
};

/* false: no memory. */
bool tl_eval_figures_of(const struct tl_eval_session *sessions, uint32_t count,
                        struct tl_eval_figures *figures);

#endif
