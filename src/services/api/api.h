/* SPDX-License-Identifier: Apache-2.0
 * The API service's mount and unmount are declared in services/service.h. This header is for tests:
 * the tick that the net's timer calls every 10 ms. */
#ifndef TL_SERVICES_API_API_H
#define TL_SERVICES_API_API_H

#include "services/service.h"

#define TL_API_TICK_MS 10

void tl_api_tick(void *context); /* a struct tl_api */

#endif
