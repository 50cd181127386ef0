/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/scenario_find.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "os/os.h"
#include "tape/market_view.h"

static bool room_for_one(struct tl_found_list *list)
{
    if (list->count < list->room) return true;
    uint32_t room = list->room ? 2 * list->room : 256;
    struct tl_found *items = realloc(list->items, room * sizeof *items);
    if (!items) return false;
    list->items = items;
    list->room = room;
    return true;
}

/* Of this session; the newest are likeliest. */
static struct tl_found *known(struct tl_found_list *list, uint32_t first, uint64_t parent_id)
{
    for (uint32_t i = list->count; i > first; i--)
        if (list->items[i - 1].parent_id == parent_id) return &list->items[i - 1];
    return NULL;
}

static void add_child(struct tl_found *found, const struct tl_child *child, int64_t second)
{
    found->children++;
    found->last_s = second;
    if (child->stock || found->has_option) return;
    found->has_option = true;
    found->expiry = child->expiry;
    found->strike = child->strike;
    found->right = child->right;
    found->side = child->side;
}

/* NULL: no memory. */
static struct tl_found *begin(struct tl_found_list *list, const struct tl_found *blank,
                              const struct tl_market *market, uint32_t sym,
                              const struct tl_child *child)
{
    if (!room_for_one(list)) return NULL;
    struct tl_found *found = &list->items[list->count++];
    struct tl_str ticker = tl_market_symbol(market, sym);
    *found = *blank;
    found->parent_id = child->parent_id;
    found->subtype = child->subtype;
    found->sym = (uint16_t)sym;
    found->first_s = tl_market_second(market) - 1;
    memcpy(found->ticker, ticker.data, ticker.size);
    return found;
}

static bool take_second(const struct tl_market *market, const struct tl_found *blank,
                        struct tl_found_list *list, uint32_t first)
{
    int64_t second = tl_market_second(market) - 1;
    for (uint32_t sym = 0; sym < tl_market_symbol_count(market); sym++) {
        size_t count = 0;
        const struct tl_child *children = tl_market_children(market, sym, &count);
        for (size_t i = 0; i < count; i++) {
            struct tl_found *found = known(list, first, children[i].parent_id);
            if (!found) found = begin(list, blank, market, sym, &children[i]);
            if (!found) return false;
            add_child(found, &children[i], second);
        }
    }
    return true;
}

enum tl_status tl_scenario_find(struct tl_market *market, int64_t seed,
                                const struct tl_session_span *span, struct tl_found_list *list,
                                struct tl_error *error)
{
    const struct tl_found blank = {.seed = seed, .span = *span};
    uint32_t first = list->count;
    struct tl_batch nothing = {.capacity = 0};
    enum tl_status status = tl_market_seek(market, span->start_s, error);
    while (status == TL_OK && tl_market_second(market) < span->end_s) {
        tl_market_step(market, &nothing);
        if (!take_second(market, &blank, list, first))
            status = tl_error_set(error, TL_NOMEM, "out of memory");
        else if (tl_market_second(market) % 600 == 0 && tl_os_stopping())
            status = tl_error_set(error, TL_CLOSED, "stopped");
    }
    return status;
}
