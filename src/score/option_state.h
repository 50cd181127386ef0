/* SPDX-License-Identifier: Apache-2.0
 * All that is kept of one name's options, and the sample the rows are measured on. */
#ifndef TL_SCORE_OPTION_STATE_H
#define TL_SCORE_OPTION_STATE_H

#include "score/option_clock.h"
#include "score/option_concentration.h"
#include "score/option_consistency.h"
#include "score/option_mechanism.h"
#include "score/option_mix.h"
#include "score/option_names.h"
#include "score/option_size.h"
#include "score/option_smile.h"
#include "score/option_spread.h"

struct tl_option_state {
    struct tl_option_session session; /* the one being fed; start_s 0: none yet */
    bool chains_only;                 /* it prints no quotes */
    const struct tl_symbol *symbol;   /* of the market being fed; NULL: events from a file */
    struct tl_option_mix mix;
    struct tl_option_sizes sizes;
    struct tl_option_mechanisms mechanisms;
    struct tl_option_concentration concentration;
    struct tl_option_clock clock;
    struct tl_option_spread spread;
    struct tl_option_smile smile;
    struct tl_option_consistency consistency;
};

/* symbols and states of the same index belong together. */
struct tl_option_sample {
    const struct tl_symbol *symbols;
    const struct tl_option_state *states;
    uint32_t count;
};

#endif
