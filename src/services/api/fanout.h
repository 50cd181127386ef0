/* SPDX-License-Identifier: Apache-2.0
 * The per-channel sockets (/ws/options, /ws/smart-money, …): every event of a feed to every client of
 * its path as {"type":T,"payload":event}. Server to client only. Loop thread only. */
#ifndef TL_SERVICES_API_FANOUT_H
#define TL_SERVICES_API_FANOUT_H

#include "net/net.h"
#include "services/api/buffer.h"
#include "services/api/inbox.h"

#define TL_FANOUT_CLIENTS_MAX 256 /* a path; further ones are closed at once */

struct tl_fanout {
    const struct tl_api_feed_info *info;
    size_t count;
    struct tl_net_socket *clients[TL_FANOUT_CLIENTS_MAX];
    struct tl_api_buffer frame;
    uint64_t dropped; /* messages that a slow client missed, over all clients */
};

void tl_fanout_opened(struct tl_fanout *fanout, struct tl_net_socket *socket);
void tl_fanout_closed(struct tl_fanout *fanout, struct tl_net_socket *socket);
void tl_fanout_event(struct tl_fanout *fanout, const struct tl_api_item *item);
void tl_fanout_deinit(struct tl_fanout *fanout);

#endif
