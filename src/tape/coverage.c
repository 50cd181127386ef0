/* SPDX-License-Identifier: Apache-2.0
 * Coverage assist. Debt is the time since the profile's last start, so the boost is a pure function
 * of counted instances, bounded, and early: a profile that waits until late in the window would
 * start on a schedule that a reader could learn. With a base of 3.3 starts in 20 minutes the chance
 * of 20 minutes without a start is exp(-(3 + 5 x 2 + 12 x 3) x 3.3 / 20), about 3e-4. */
#include "tape/coverage.h"

#include "base/math.h"

void tl_coverage_open(struct tl_coverage *coverage, int64_t session_start_s)
{
    coverage->session_start_s = session_start_s;
    for (int p = 0; p < TL_PROFILE_COUNT; p++)
        coverage->profiles[p].count = coverage->profiles[p].next = 0;
}

void tl_coverage_note(struct tl_coverage *coverage, enum tl_profile profile, int64_t second)
{
    uint32_t *next = &coverage->profiles[profile].next, *count = &coverage->profiles[profile].count;
    coverage->profiles[profile].starts[*next] = second;
    *next = (*next + 1) % TL_COVERAGE_STARTS_MAX;
    if (*count < TL_COVERAGE_STARTS_MAX) (*count)++;
}

uint32_t tl_coverage_in_window(const struct tl_coverage *coverage, enum tl_profile profile,
                               int64_t second, int window_minutes)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < coverage->profiles[profile].count; i++) {
        int64_t start = coverage->profiles[profile].starts[i];
        if (start <= second && start > second - 60 * (int64_t)window_minutes) found++;
    }
    return found;
}

double tl_coverage_factor(const struct tl_coverage *coverage, enum tl_profile profile,
                          int64_t second, const struct tl_control *control)
{
    if (!control->coverage_assist) return 1.0;
    int64_t last = coverage->session_start_s;
    uint32_t next = coverage->profiles[profile].next;
    if (coverage->profiles[profile].count > 0)
        last = coverage->profiles[profile]
                   .starts[(next + TL_COVERAGE_STARTS_MAX - 1) % TL_COVERAGE_STARTS_MAX];
    double window_s = 60.0 * control->coverage_window_minutes;
    double ramp = ((double)(second - last) / window_s - 0.15) / 0.25;
    return 1.0 + (TL_COVERAGE_BOOST_MAX - 1.0) * tl_clamp(ramp, 0.0, 1.0);
}
