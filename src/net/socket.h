/* SPDX-License-Identifier: Apache-2.0
 * WebSocket clients, server side: net.h's tl_net_send and its relatives.
 * Private functions are declared in inside.h. */
#ifndef TL_NET_SOCKET_H
#define TL_NET_SOCKET_H

#include "net/inside.h"

#endif
