/* SPDX-License-Identifier: Apache-2.0
 * Forwarding of WebSockets to an upstream: net.h's tl_net_proxy_websocket.
 * Private functions are declared in inside.h. */
#ifndef TL_NET_TUNNEL_H
#define TL_NET_TUNNEL_H

#include "net/inside.h"

#endif
