/* SPDX-License-Identifier: Apache-2.0
 * Server side of one connection: reads heads and bodies, gives whole requests to the routes, writes
 * answers in order. Functions are declared in inside.h. */
#ifndef TL_NET_CONN_H
#define TL_NET_CONN_H

#include "net/inside.h"

#endif
