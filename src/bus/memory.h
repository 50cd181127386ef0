/* SPDX-License-Identifier: Apache-2.0
 * The memory room; opened by tl_bus_open with the URL "memory:". */
#ifndef TL_BUS_MEMORY_H
#define TL_BUS_MEMORY_H

#include "bus/room.h"

#endif
