/* SPDX-License-Identifier: Apache-2.0
 * Premium sold: overwriting, put writing, short straddles. */
#ifndef TL_FLOW_PROFILE_VOL_SELLER_H
#define TL_FLOW_PROFILE_VOL_SELLER_H

#include "flow/profile.h"

void tl_profile_vol_seller(const struct tl_evidence *evidence, struct tl_judgement *judgement);

#endif
