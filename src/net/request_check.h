/* SPDX-License-Identifier: Apache-2.0
 * Whether a parsed request head has one meaning. Private functions are declared in inside.h. */
#ifndef TL_NET_REQUEST_CHECK_H
#define TL_NET_REQUEST_CHECK_H

#include "net/inside.h"

#endif
