/* SPDX-License-Identifier: Apache-2.0
 * The crowd: many small orders in short-dated out-of-the-money contracts. */
#ifndef TL_FLOW_PROFILE_RETAIL_WHALE_H
#define TL_FLOW_PROFILE_RETAIL_WHALE_H

#include "flow/profile.h"

void tl_profile_retail_whale(const struct tl_evidence *evidence, struct tl_judgement *judgement);

#endif
