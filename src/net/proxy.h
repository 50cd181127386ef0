/* SPDX-License-Identifier: Apache-2.0
 * Forwarding of HTTP requests to an upstream: net.h's tl_net_proxy.
 * Private functions are declared in inside.h. */
#ifndef TL_NET_PROXY_H
#define TL_NET_PROXY_H

#include "net/inside.h"

#endif
