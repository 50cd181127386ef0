/* SPDX-License-Identifier: Apache-2.0
 * Legs that traded together, and the shape they make. */
#ifndef TL_FLOW_STRUCTURE_H
#define TL_FLOW_STRUCTURE_H

#include "flow/context.h"

#define TL_STRUCTURE_LEGS_MAX 24

enum tl_structure_type {
    TL_STRUCTURE_NONE,
    TL_STRUCTURE_STRADDLE, /* one expiry, both rights, one strike */
    TL_STRUCTURE_STRANGLE, /* one expiry, both rights, more strikes */
    TL_STRUCTURE_VERTICAL, /* one expiry, one right, two strikes */
    TL_STRUCTURE_LADDER,   /* one expiry, one right, three strikes and more */
    TL_STRUCTURE_ROLL,     /* two expiries, one right */
    TL_STRUCTURE_MULTI_LEG,
    TL_STRUCTURE_TYPE_COUNT
};

const char *tl_structure_type_name(enum tl_structure_type type); /* "straddle"; "" for none */

/* Legs, the current one first; borrowed from the pool and the stock's ring. */
struct tl_legs {
    size_t count;
    const struct tl_cluster *leg[TL_STRUCTURE_LEGS_MAX];
};

struct tl_structure_summary {
    enum tl_structure_type type;
    uint32_t legs, strikes;
    double span; /* of strikes; 0 for one */
    bool call, put;
};

enum tl_collect {
    TL_COLLECT_EXPIRY, /* same root and expiry */
    TL_COLLECT_ROOT,   /* same root */
    TL_COLLECT_PACKAGE /* same root and expiry, on either side of the signal gate */
};
/* The other legs within window_ms of the current one's end: recently flushed ones, then open ones by
 * age. A signal cluster sees signal legs only (the public rule) but for TL_COLLECT_PACKAGE; a
 * package cluster sees both lanes. */
void tl_structure_collect(struct tl_legs *legs, const struct tl_cluster *current,
                          const struct tl_flow_underlying *underlying,
                          const struct tl_clusters *clusters, enum tl_collect which,
                          int64_t window_ms);
struct tl_structure_summary tl_structure_summarize(const struct tl_legs *legs);
/* No leg ends after the first. */
bool tl_structure_is_last(const struct tl_legs *legs);

/* Distinct values in ascending order; returns how many. */
size_t tl_structure_strikes(const struct tl_legs *legs, double *strikes);
size_t tl_structure_expiries(const struct tl_legs *legs, int32_t *days);
/* Median of the strikes of the legs that expire on day. */
double tl_structure_median_strike(const struct tl_legs *legs, int32_t day);

#endif
