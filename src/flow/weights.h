/* SPDX-License-Identifier: Apache-2.0
 * The fitted part of the classifier: for each profile a bias and a weight an item, in the order in
 * which the profile's file adds them. weights.c is written by `tapeloom fit`; see cli/cmd_fit.c. */
#ifndef TL_FLOW_WEIGHTS_H
#define TL_FLOW_WEIGHTS_H

#include <tapeloom/control.h>

struct tl_item_weight {
    const char *name; /* of the item */
    double weight;    /* log odds; 0.7 doubles them, 2.3 makes them ten times */
};

struct tl_profile_weights {
    double bias;
    size_t count;
    const struct tl_item_weight *items;
};

extern const struct tl_profile_weights tl_profile_weights[TL_PROFILE_COUNT];

#endif
