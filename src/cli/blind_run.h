/* SPDX-License-Identifier: Apache-2.0
 * Option prints of whole sessions with their truth, matched half hour by half hour. */
#ifndef TL_CLI_BLIND_RUN_H
#define TL_CLI_BLIND_RUN_H

#include <tapeloom/market.h>
#include "cli/blind_match.h"

struct tl_blind_run {
    struct tl_market_options
        options;               /* calendar must be the exchange's; log and streams are set here */
    struct tl_control control; /* all but the seed */
    int64_t first_seed;
    uint32_t seeds;
    int64_t start_s; /* seed i runs the (i mod 5)-th ordinary session at or after it */
    int64_t minutes; /* of each session, 1..390 */
    bool progress;   /* a line on standard error */
};

/* match: empty; deinit it also after an error. TL_CLOSED: a signal. */
enum tl_status tl_blind_collect(const struct tl_blind_run *run, struct tl_blind_match *match,
                                uint64_t *option_prints, struct tl_error *error) TL_MUST_USE;

#endif
