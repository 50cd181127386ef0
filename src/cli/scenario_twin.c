/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/scenario_twin.h"

#include <math.h>

#include "base/math.h"
#include "tape/market_view.h"

static const int64_t after_s[TL_TWIN_TIMES] = {0, 300, 1800};

struct side {
    struct tl_market *market;
    double log_px[TL_TWIN_TIMES], iv[TL_TWIN_TIMES];
};

static bool value(struct tl_market *market, const struct tl_found *found, uint32_t expiry,
                  uint32_t strike, char right, struct tl_option_view *view)
{
    const struct tl_latent *latents = tl_market_latents(market);
    const struct tl_chain *chain = tl_market_chain(market, found->sym);
    if (!latents || !chain) return false;
    const struct tl_latent *latent = &latents[found->sym];
    tl_chain_value(chain, tl_market_reference(market, found->sym), latent, expiry, strike, right,
                   tl_exp(latent->log_px[1]), tl_market_second(market) * TL_NS_PER_S, view);
    return true;
}

/* Its children of the second last stepped, while the market runs that has them. */
static void count_children(struct tl_market *market, const struct tl_found *found,
                           struct tl_twin *twin)
{
    size_t count = 0;
    const struct tl_child *children = tl_market_children(market, found->sym, &count);
    for (size_t i = 0; i < count; i++) {
        const struct tl_child *child = &children[i];
        struct tl_option_view view;
        if (child->parent_id != found->parent_id) continue;
        if (child->stock) {
            twin->shares += child->side * (double)child->size;
        } else if (value(market, found, child->expiry, child->strike, child->right, &view)) {
            twin->premium_usd += 100.0 * view.price * (double)child->size;
            twin->contracts += (double)child->size;
        }
    }
}

static void look(struct side *side, const struct tl_found *found, int at)
{
    struct tl_option_view view;
    side->log_px[at] = tl_market_latents(side->market)[found->sym].log_px[1];
    if (found->has_option &&
        value(side->market, found, found->expiry, found->strike, found->right, &view))
        side->iv[at] = view.iv;
}

/* Steps from the instance's start over the three times. twin: where its children are counted, or
 * NULL. */
static enum tl_status walk(struct side *side, const struct tl_found *found, struct tl_twin *twin,
                           struct tl_error *error)
{
    struct tl_batch nothing = {.capacity = 0};
    enum tl_status status = tl_market_seek(side->market, found->first_s, error);
    if (status != TL_OK) return status;
    for (int at = 0; at < TL_TWIN_TIMES; at++) {
        int64_t until = found->last_s + 1 + after_s[at];
        side->log_px[at] = side->iv[at] = (double)NAN;
        if (until >= found->span.end_s) continue;
        while (tl_market_second(side->market) < until) {
            tl_market_step(side->market, &nothing);
            if (twin) count_children(side->market, found, twin);
        }
        look(side, found, at);
    }
    return TL_OK;
}

static int direction_of(struct tl_market *market, const struct tl_found *found)
{
    struct tl_option_view view;
    if (!found->has_option || found->side == 0 ||
        !value(market, found, found->expiry, found->strike, found->right, &view))
        return 0;
    return view.delta * found->side >= 0 ? 1 : -1;
}

enum tl_status tl_scenario_twin(const struct tl_market_options *options,
                                const struct tl_found *found, struct tl_twin *twin,
                                struct tl_error *error)
{
    struct tl_market_options with = *options, without = *options;
    struct side sides[2] = {{.market = NULL}, {.market = NULL}};
    *twin = (struct tl_twin){0};
    with.streams = without.streams = 0;
    without.drop_scenario = found->parent_id;
    enum tl_status status = tl_market_create(&with, &sides[0].market, error);
    if (status == TL_OK) status = tl_market_create(&without, &sides[1].market, error);
    if (status == TL_OK) status = walk(&sides[0], found, twin, error);
    if (status == TL_OK) status = walk(&sides[1], found, NULL, error);
    if (status == TL_OK) twin->direction = direction_of(sides[0].market, found);
    for (int at = 0; at < TL_TWIN_TIMES; at++) {
        twin->move_bp[at] = 1e4 * (sides[0].log_px[at] - sides[1].log_px[at]);
        twin->iv_points[at] =
            found->has_option ? 100.0 * (sides[0].iv[at] - sides[1].iv[at]) : (double)NAN;
    }
    tl_market_destroy(sides[0].market);
    tl_market_destroy(sides[1].market);
    return status;
}
