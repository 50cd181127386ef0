/* SPDX-License-Identifier: Apache-2.0
 * Legs that cancel: verticals at parity, conversions, boxes. */
#ifndef TL_FLOW_PROFILE_ARBITRAGE_H
#define TL_FLOW_PROFILE_ARBITRAGE_H

#include "flow/profile.h"

void tl_profile_arbitrage(const struct tl_evidence *evidence, struct tl_judgement *judgement);

#endif
