/* SPDX-License-Identifier: Apache-2.0
 * Large money with a view: sweeps, patient accumulation, far-dated conviction. */
#ifndef TL_FLOW_PROFILE_INSTITUTIONAL_DIRECTIONAL_H
#define TL_FLOW_PROFILE_INSTITUTIONAL_DIRECTIONAL_H

#include "flow/profile.h"

void tl_profile_institutional_directional(const struct tl_evidence *evidence,
                                          struct tl_judgement *judgement);

#endif
