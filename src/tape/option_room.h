/* SPDX-License-Identifier: Apache-2.0
 * The option room of the tape: struct tl_options of tape/seam.h. */
#ifndef TL_TAPE_OPTION_ROOM_H
#define TL_TAPE_OPTION_ROOM_H

#include "tape/seam.h"

/* Bytes a room of that many symbols takes. */
size_t tl_options_bytes(uint32_t symbols);

#endif
