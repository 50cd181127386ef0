/* SPDX-License-Identifier: Apache-2.0
 * A profile is a hypothesis about who traded. Each one lives in profile_<name>.c and judges the
 * same evidence: it adds points, on the scale of log odds, under the words of a reason. The
 * probability is 1 / (1 + exp(-(bias + points))): independent pieces of evidence multiply the odds.
 * All numbers stand in thresholds.c; the registry is profile.c. */
#ifndef TL_FLOW_PROFILE_H
#define TL_FLOW_PROFILE_H

#include <tapeloom/control.h>
#include "flow/evidence.h"

#define TL_JUDGEMENT_ITEMS_MAX 20
#define TL_REASONS_MAX 5

enum tl_direction {
    TL_DIRECTION_NEUTRAL,
    TL_DIRECTION_BULLISH,
    TL_DIRECTION_BEARISH,
    TL_DIRECTION_UNKNOWN
};

const char *tl_direction_name(enum tl_direction direction);
enum tl_direction tl_direction_from(double sign); /* > 0 bullish, < 0 bearish, 0 neutral */

struct tl_judgement {
    double points;
    enum tl_direction direction;
    size_t count;
    struct {
        const char *reason; /* words_with_underscores; NULL: counts, but is no reason to show */
        double points;
    } items[TL_JUDGEMENT_ITEMS_MAX];
};

/* Adds weight x value (value is clamped to 0..1). */
void tl_judgement_add(struct tl_judgement *judgement, const char *reason, double weight,
                      double value);
/* The shown reasons, strongest first: those worth at least 0.3; else the strongest positive one. */
size_t tl_judgement_reasons(const struct tl_judgement *judgement,
                            const char *reasons[TL_REASONS_MAX]);
double tl_judgement_probability(const struct tl_judgement *judgement);

/* 0 at low and before, 1 at high and after, linear; low > high falls instead. */
double tl_ramp(double x, double low, double high);
/* The same on the logarithm; low, high > 0. */
double tl_log_ramp(double x, double low, double high);

struct tl_profile_rule {
    enum tl_profile profile;
    void (*judge)(const struct tl_evidence *evidence, struct tl_judgement *judgement);
    bool directional; /* quote and special-print guards weaken it */
};

extern const struct tl_profile_rule tl_profile_rules[TL_PROFILE_COUNT];

#endif
