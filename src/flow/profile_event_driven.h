/* SPDX-License-Identifier: Apache-2.0
 * Trades placed for a scheduled event, or on its heels. */
#ifndef TL_FLOW_PROFILE_EVENT_DRIVEN_H
#define TL_FLOW_PROFILE_EVENT_DRIVEN_H

#include "flow/profile.h"

void tl_profile_event_driven(const struct tl_evidence *evidence, struct tl_judgement *judgement);

#endif
