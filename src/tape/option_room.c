/* SPDX-License-Identifier: Apache-2.0
 * One second of one underlying's options: flow -> orders -> drafts -> time order -> events.
 *
 * The only state across seconds is the flow's pending offspring (option_flow.h); it depends on the
 * last 60 seconds, so a warm-up of TL_LOOKBACK_S seconds rebuilds it. Everything else here is
 * scratch of one second, shared by all symbols. */
#include "tape/option_room.h"

#include <stdlib.h>

#include "base/math.h"
#include "tape/option_print.h"
#include "tape/order.h"

#define DRAFT_BITS 20 /* of a sort key: the place among the drafts */

struct tl_options {
    uint32_t symbols;
    struct tl_option_frame frame;
    struct tl_option_recall recall;
    struct tl_option_published published;
    struct tl_option_drafts drafts;
    struct tl_option_order orders[TL_OPTION_ORDERS_MAX];
    uint64_t order_keys[TL_OPTION_DRAFTS_MAX], scratch[TL_OPTION_DRAFTS_MAX];
    struct desk {
        struct tl_option_makers makers;
        struct tl_option_flow flow;
        struct tl_option_noise_memory noise;
    } desks[];
};

size_t tl_options_bytes(uint32_t symbols)
{
    return sizeof(struct tl_options) + (size_t)symbols * sizeof(struct desk);
}

struct tl_options *tl_options_create(uint32_t symbols)
{
    if (symbols == 0 || symbols > TL_SYMBOLS_MAX) return NULL;
    struct tl_options *room = calloc(1, tl_options_bytes(symbols));
    if (!room) return NULL;
    room->symbols = symbols;
    tl_options_reset(room);
    return room;
}

void tl_options_destroy(struct tl_options *room)
{
    free(room);
}

void tl_options_reset(struct tl_options *room)
{
    for (uint32_t sym = 0; sym < room->symbols; sym++)
        tl_option_flow_reset(&room->desks[sym].flow);
}

void tl_options_warm(struct tl_options *room, const struct tl_second *second)
{
    double per_order = tl_option_prints_per_order(second->latent->multi_leg);
    (void)tl_option_flow_second(&room->desks[second->sym].flow, second, per_order, NULL, NULL);
}

/* Rarely a background print is reported late. */
static void mark_late(struct tl_option_draft *draft)
{
    if (draft->parent_id == 0 && draft->package == 0 && !draft->multi_venue &&
        draft->word % 1000u < 3)
        draft->condition = 'D';
}

void tl_options_second(struct tl_options *room, const struct tl_second *second,
                       struct tl_batch *batch)
{
    uint32_t mask = 1u << TL_STREAM_OPTION_NBBO | 1u << TL_STREAM_OPTION_PRINT;
    if (!(second->streams & mask)) {
        tl_options_warm(room, second);
        return;
    }
    struct tl_option_drafts *drafts = &room->drafts;
    drafts->count = 0;
    drafts->packages = 0;
    drafts->dropped = 0;
    double per_order = tl_option_prints_per_order(second->latent->multi_leg);
    uint32_t orders = tl_option_flow_second(&room->desks[second->sym].flow, second, per_order,
                                            room->orders, &batch->dropped);
    tl_option_frame_init_with(&room->frame, second, &room->desks[second->sym].makers);
    room->frame.memory = &room->desks[second->sym].noise;
    room->frame.recall = &room->recall;
    if (++room->recall.stamp == 0) room->recall.stamp = 1;
    struct tl_rng rng =
        tl_rng_at(second->seed, TL_RNG_OP_PRINT, second->sym, (uint64_t)second->second);
    for (size_t i = 0; i < second->child_count; i++)
        tl_option_draft_child(drafts, second, &second->children[i]);
    uint32_t background = drafts->count;
    for (uint32_t i = 0; i < orders; i++)
        tl_option_draft_order(drafts, &room->frame, &room->orders[i], &rng);
    for (uint32_t i = background; i < drafts->count; i++)
        mark_late(&drafts->items[i]);
    if (second->streams & 1u << TL_STREAM_OPTION_NBBO) tl_option_draft_quotes(drafts, &room->frame);
    for (uint32_t i = 0; i < drafts->count; i++)
        room->order_keys[i] =
            (uint64_t)(drafts->items[i].ts - second->second * TL_NS_PER_S) << DRAFT_BITS | i;
    /* By time, then by place among the drafts. */
    tl_order_keys(room->order_keys, room->scratch, drafts->count, DRAFT_BITS);
    room->published.used = 0;
    if (++room->published.stamp == 0) room->published.stamp = 1;
    struct tl_option_printer printer = {&room->frame, &room->published, batch, {.ts = 0}};
    for (uint32_t i = 0; i < drafts->count; i++)
        tl_option_print(&printer, &drafts->items[room->order_keys[i] & ((1u << DRAFT_BITS) - 1)]);
    batch->dropped += drafts->dropped;
}
