/* SPDX-License-Identifier: Apache-2.0
 * How hidden orders act: one second of one parent, in the style of its family. */
#ifndef TL_TAPE_SCENARIO_CHILD_H
#define TL_TAPE_SCENARIO_CHILD_H

#include "tape/scenario_parent.h"

/* Lets the parent act in step->second (if it is time): children and pushes go to step, the
 * parent's state moves on; parent->done when it has filled, given up or run out of time. */
void tl_parent_act(struct tl_scenario_step *step, struct tl_parent *parent);

#endif
