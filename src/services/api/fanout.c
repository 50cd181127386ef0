/* SPDX-License-Identifier: Apache-2.0
 * One envelope a message, shared by all clients. A client with 1 MiB waiting misses messages; they
 * are counted. */
#include "services/api/fanout.h"

void tl_fanout_opened(struct tl_fanout *fanout, struct tl_net_socket *socket)
{
    if (fanout->count == TL_FANOUT_CLIENTS_MAX)
        tl_net_socket_close(socket);
    else
        fanout->clients[fanout->count++] = socket;
}

void tl_fanout_closed(struct tl_fanout *fanout, struct tl_net_socket *socket)
{
    for (size_t i = 0; i < fanout->count; i++)
        if (fanout->clients[i] == socket) {
            fanout->clients[i] = fanout->clients[--fanout->count];
            return;
        }
}

void tl_fanout_event(struct tl_fanout *fanout, const struct tl_api_item *item)
{
    if (fanout->count == 0) return;
    struct tl_api_buffer *frame = &fanout->frame;
    tl_api_buffer_clear(frame);
    tl_api_buffer_lit(frame, "{\"type\":\"");
    tl_api_buffer_lit(frame, fanout->info->type);
    tl_api_buffer_lit(frame, "\",\"payload\":");
    tl_api_buffer_put(frame, item->json);
    tl_api_buffer_lit(frame, "}");
    struct tl_net_shared *shared =
        frame->text.overflow ? NULL : tl_net_shared_create(tl_api_buffer_str(frame));
    for (size_t i = 0; i < fanout->count; i++)
        if (!shared || tl_net_send_shared(fanout->clients[i], shared) != TL_OK) fanout->dropped++;
    if (shared) tl_net_shared_release(shared);
}

void tl_fanout_deinit(struct tl_fanout *fanout)
{
    tl_api_buffer_deinit(&fanout->frame);
}
