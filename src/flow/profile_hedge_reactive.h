/* SPDX-License-Identifier: Apache-2.0
 * Hedges that follow the stock: gamma, walls, unwinds. */
#ifndef TL_FLOW_PROFILE_HEDGE_REACTIVE_H
#define TL_FLOW_PROFILE_HEDGE_REACTIVE_H

#include "flow/profile.h"

void tl_profile_hedge_reactive(const struct tl_evidence *evidence, struct tl_judgement *judgement);

#endif
