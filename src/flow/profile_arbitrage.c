/* SPDX-License-Identifier: Apache-2.0
 * Arbitrage. Legs of one size, in one instant, on opposite sides, so that the direction cancels: a
 * call against a put of one strike, near put-call parity, with the stock traded beside it
 * (conversion, reversal); four legs on two strikes (box); two strikes of one right (vertical). A
 * lone leg can only show it by the stock print of exactly its size. */
#include "flow/profile_arbitrage.h"

#include "base/math.h"
#include "flow/thresholds.h"

void tl_profile_arbitrage(const struct tl_evidence *e, struct tl_judgement *j)
{
    const struct tl_arbitrage_thresholds *t = &tl_thresholds.arbitrage;
    j->points = t->bias;
    j->direction = TL_DIRECTION_NEUTRAL;
    double matched =
        e->structure ? tl_ramp(e->symmetry, t->symmetry_share.low, t->symmetry_share.high) : 0;
    tl_judgement_add(j, "matched_leg_symmetry", t->symmetry, matched);
    tl_judgement_add(j, "near_flat_directional_exposure", t->flat,
                     e->sides_mixed ? e->flatness * matched : 0);
    tl_judgement_add(j, "opposite_sides_of_legs", t->opposite, e->sides_mixed ? matched : 0);
    tl_judgement_add(j, "put_call_parity", t->parity, e->parity * matched);
    bool four = e->core_legs == 4 && e->core_both && e->core_strikes == 2 && e->core_expiries == 1;
    tl_judgement_add(j, "box_of_four_legs", t->box, (e->box ? 1 : four ? 0.7 : 0) * matched);
    tl_judgement_add(j, "stock_leg_at_the_same_moment", t->stock_leg,
                     e->stock_leg && (e->core_both || e->complex > 0.5) ? 1 : 0);
    bool vertical = e->core_legs == 2 && !e->core_both && e->core_strikes == 2 &&
                    e->core_expiries == 1 && e->sides_mixed;
    tl_judgement_add(j, "vertical_in_one_instant", t->vertical, vertical ? matched : 0);
    tl_judgement_add(j, "reported_as_multi_leg", t->reports, e->structure ? e->complex : 0);
    tl_judgement_add(j, "size_of_the_package", t->size,
                     tl_log_ramp(e->lots, t->lots.low, t->lots.high) * matched);
    tl_judgement_add(j, "premium_of_the_packages", t->package,
                     tl_log_ramp(e->package_usd, t->package_usd.low, t->package_usd.high) *
                         matched);
    tl_judgement_add(j, "package_repeated", t->repeat,
                     tl_ramp(e->package_count, t->package_count.low, t->package_count.high));
    tl_judgement_add(j, NULL, t->single, !e->structure);
    tl_judgement_add(j, NULL, t->one_side, e->structure && (e->all_sold || e->all_bought));
}
