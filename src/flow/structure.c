/* SPDX-License-Identifier: Apache-2.0
 * Structures by the public rule: what traded on one root within half a second is one structure,
 * typed by its expiries, rights and strikes. The rule is generous (two strangers in a busy name
 * make a "strangle"); the classifier looks for the legs that truly belong together (evidence.c). */
#include "flow/structure.h"

#include <string.h>

const char *tl_structure_type_name(enum tl_structure_type type)
{
    static const char *const names[TL_STRUCTURE_TYPE_COUNT] = {
        "", "straddle", "strangle", "vertical", "ladder", "roll", "multi_leg"};
    return type < TL_STRUCTURE_TYPE_COUNT ? names[type] : "";
}

static bool belongs(const struct tl_cluster *current, const struct tl_cluster *other,
                    enum tl_collect which, int64_t window_ms)
{
    if (!other->name.parsed || other == current) return false;
    if (other->lane == TL_LANE_BURST) return false;
    if (current->lane == TL_LANE_SIGNAL && other->lane != TL_LANE_SIGNAL &&
        which != TL_COLLECT_PACKAGE)
        return false;
    if (strcmp(other->name.root, current->name.root) != 0) return false;
    if (which != TL_COLLECT_ROOT && other->name.expiry_day != current->name.expiry_day)
        return false;
    int64_t apart = other->end_ts - current->end_ts;
    if (apart > window_ms || apart < -window_ms) return false;
    return strcmp(other->name.id, current->name.id) != 0;
}

void tl_structure_collect(struct tl_legs *legs, const struct tl_cluster *current,
                          const struct tl_flow_underlying *underlying,
                          const struct tl_clusters *clusters, enum tl_collect which,
                          int64_t window_ms)
{
    legs->count = 0;
    if (!current->name.parsed) return;
    legs->leg[legs->count++] = current;
    for (uint32_t i = 0; i < underlying->leg_count; i++) {
        uint32_t at =
            (underlying->leg_next + TL_LEGS_KEPT - underlying->leg_count + i) % TL_LEGS_KEPT;
        if (legs->count < TL_STRUCTURE_LEGS_MAX &&
            belongs(current, &underlying->legs[at], which, window_ms))
            legs->leg[legs->count++] = &underlying->legs[at];
    }
    const struct tl_cluster *open = tl_clusters_next_short(clusters, NULL);
    for (; open; open = tl_clusters_next_short(clusters, open))
        if (legs->count < TL_STRUCTURE_LEGS_MAX && belongs(current, open, which, window_ms))
            legs->leg[legs->count++] = open;
}

size_t tl_structure_strikes(const struct tl_legs *legs, double *strikes)
{
    size_t count = 0;
    for (size_t i = 0; i < legs->count; i++) {
        double strike = legs->leg[i]->name.strike;
        size_t at = 0;
        while (at < count && strikes[at] < strike)
            at++;
        if (at < count && strikes[at] <= strike) continue;
        memmove(strikes + at + 1, strikes + at, (count - at) * sizeof *strikes);
        strikes[at] = strike;
        count++;
    }
    return count;
}

size_t tl_structure_expiries(const struct tl_legs *legs, int32_t *days)
{
    size_t count = 0;
    for (size_t i = 0; i < legs->count; i++) {
        int32_t day = legs->leg[i]->name.expiry_day;
        size_t at = 0;
        while (at < count && days[at] < day)
            at++;
        if (at < count && days[at] == day) continue;
        memmove(days + at + 1, days + at, (count - at) * sizeof *days);
        days[at] = day;
        count++;
    }
    return count;
}

double tl_structure_median_strike(const struct tl_legs *legs, int32_t day)
{
    struct tl_legs same = {0};
    for (size_t i = 0; i < legs->count; i++)
        if (legs->leg[i]->name.expiry_day == day) same.leg[same.count++] = legs->leg[i];
    /* All legs count, equal strikes too: insertion sort of at most 24. */
    double sorted[TL_STRUCTURE_LEGS_MAX];
    for (size_t i = 0; i < same.count; i++) {
        double strike = same.leg[i]->name.strike;
        size_t at = i;
        for (; at > 0 && sorted[at - 1] > strike; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = strike;
    }
    if (same.count == 0) return 0;
    size_t middle = same.count / 2;
    return same.count % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

struct tl_structure_summary tl_structure_summarize(const struct tl_legs *legs)
{
    struct tl_structure_summary summary = {0};
    if (legs->count < 2) return summary;
    double strikes[TL_STRUCTURE_LEGS_MAX];
    int32_t days[TL_STRUCTURE_LEGS_MAX];
    size_t strike_count = tl_structure_strikes(legs, strikes);
    size_t expiries = tl_structure_expiries(legs, days);
    for (size_t i = 0; i < legs->count; i++) {
        summary.call |= legs->leg[i]->name.right == 'C';
        summary.put |= legs->leg[i]->name.right == 'P';
    }
    bool both = summary.call && summary.put;
    summary.legs = (uint32_t)legs->count;
    summary.strikes = (uint32_t)strike_count;
    summary.span = strikes[strike_count - 1] - strikes[0];
    if (expiries == 1 && both)
        summary.type = strike_count == 1 ? TL_STRUCTURE_STRADDLE : TL_STRUCTURE_STRANGLE;
    else if (expiries == 1 && strike_count == 2)
        summary.type = TL_STRUCTURE_VERTICAL;
    else if (expiries == 1 && strike_count > 2)
        summary.type = TL_STRUCTURE_LADDER;
    else if (expiries == 2 && !both)
        summary.type = TL_STRUCTURE_ROLL;
    else
        summary.type = TL_STRUCTURE_MULTI_LEG;
    return summary;
}

bool tl_structure_is_last(const struct tl_legs *legs)
{
    for (size_t i = 1; i < legs->count; i++)
        if (legs->leg[i]->end_ts > legs->leg[0]->end_ts) return false;
    return true;
}
