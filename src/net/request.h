/* SPDX-License-Identifier: Apache-2.0
 * One HTTP request as handlers see it (net.h), and its answer. Private functions are declared in
 * inside.h. */
#ifndef TL_NET_REQUEST_H
#define TL_NET_REQUEST_H

#include "net/inside.h"

#endif
