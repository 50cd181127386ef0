/* SPDX-License-Identifier: Apache-2.0
 * The event loop of a net and its HTTP server: opened, run a turn, woken, closed. */
#ifndef TL_NET_LOOP_H
#define TL_NET_LOOP_H

#include "net/inside.h"

enum tl_status tl_net_loop_open(struct tl_net *net, int port, struct tl_error *error) TL_MUST_USE;
void tl_net_loop_close(
    struct tl_net *net); /* every connection's owner is told; after a failed open too */
void tl_net_loop_once(struct tl_net *net); /* waits for events or the next timer, serves them */
void tl_net_loop_wake(struct tl_net *net); /* thread-safe */
void tl_net_loop_accept_again(struct tl_net *net); /* if it paused for want of descriptors */

#endif
