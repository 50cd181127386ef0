/* SPDX-License-Identifier: Apache-2.0
 * Coverage: how often each public profile started lately, and the bounded boost for one in debt. */
#ifndef TL_TAPE_COVERAGE_H
#define TL_TAPE_COVERAGE_H

#include <tapeloom/control.h>

#define TL_COVERAGE_BOOST_MAX 3.0
#define TL_COVERAGE_STARTS_MAX 128 /* a profile; far above what 30 minutes can start */

struct tl_coverage {
    int64_t session_start_s;
    struct {
        uint32_t count, next; /* ring of the last starts, epoch seconds */
        int64_t starts[TL_COVERAGE_STARTS_MAX];
    } profiles[TL_PROFILE_COUNT];
};

void tl_coverage_open(struct tl_coverage *coverage, int64_t session_start_s);
void tl_coverage_note(struct tl_coverage *coverage, enum tl_profile profile, int64_t second);
/* Starts in (second - window, second] of this session. */
uint32_t tl_coverage_in_window(const struct tl_coverage *coverage, enum tl_profile profile,
                               int64_t second, int window_minutes);
/* The factor on the profile's start hazard: 1 without assist; else 1 until 3/20 of the window has
 * passed since its last start (or the open), then linear up to TL_COVERAGE_BOOST_MAX at 8/20. */
double tl_coverage_factor(const struct tl_coverage *coverage, enum tl_profile profile,
                          int64_t second, const struct tl_control *control);

#endif
