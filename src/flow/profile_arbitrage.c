/* SPDX-License-Identifier: Apache-2.0
 * Arbitrage. Legs of one size, in one instant, on opposite sides, so that the direction cancels: a
 * call against a put of one strike, near put-call parity, with the stock traded beside it
 * (conversion, reversal); four legs on two strikes (box); two strikes of one right (vertical). A
 * lone leg can only show it by the stock prints of its size. Box and conversion are arbitrage by
 * what they are; a vertical is common, and only its size and its repeats make it one, in legs that
 * hardly trade otherwise. */
#include "flow/profile_arbitrage.h"

#include "base/math.h"
#include "flow/thresholds.h"

void tl_profile_arbitrage(const struct tl_evidence *e, struct tl_judgement *j)
{
    const struct tl_arbitrage_thresholds *t = &tl_thresholds.arbitrage;
    j->direction = TL_DIRECTION_NEUTRAL;
    double matched =
        e->structure ? tl_ramp(e->symmetry, t->symmetry_share.low, t->symmetry_share.high) : 0;
    double opposite = e->sides_mixed ? matched : 0;
    bool four = e->core_legs == 4 && e->core_both && e->core_strikes == 2 && e->core_expiries == 1;
    double box = (e->box ? 1 : four ? 0.7 : 0) * matched;
    double stock = tl_ramp(e->stock_match, t->stock_match.low, t->stock_match.high);
    bool same_strike = e->core_both && e->core_legs == 2 && e->core_strikes == 1;
    double conversion = same_strike ? tl_max(e->parity * matched, stock) : 0;
    bool two = e->core_legs == 2 && !e->core_both && e->core_strikes == 2 && e->core_expiries == 1;
    double vertical = two && !e->all_bought && !e->all_sold ? matched : 0;
    tl_judgement_for(j, "matched_leg_symmetry", matched);
    tl_judgement_for(j, "near_flat_directional_exposure", e->flatness * opposite);
    tl_judgement_for(j, "opposite_sides_of_legs", opposite);
    tl_judgement_for(j, "put_call_parity", e->parity * matched);
    tl_judgement_for(j, "box_of_four_legs", box);
    tl_judgement_for(j, "stock_leg_at_the_same_moment", same_strike ? stock : 0);
    tl_judgement_for(j, "stock_beside_a_multi_leg_print", !e->structure ? stock * e->complex : 0);
    tl_judgement_for(j, "vertical_in_one_instant", vertical);
    tl_judgement_for(j, "reported_as_multi_leg", e->structure ? e->complex : 0);
    tl_judgement_package(j, e, vertical);
    tl_judgement_package(j, e, tl_max(box, conversion));
    tl_judgement_for(j, "lots_of_the_package",
                     tl_log_ramp(e->lots, t->lots.low, t->lots.high) * matched);
    tl_judgement_nobody(j, e, vertical);
    tl_judgement_against(j, "single_leg", !e->structure);
    tl_judgement_against(j, "one_side", e->structure && (e->all_sold || e->all_bought));
    tl_judgement_against(j, "volatility_structure",
                         same_strike && !e->sides_mixed ? 1 - tl_max(stock, e->parity) : 0);
    tl_judgement_against(j, "not_multi_leg", 1 - e->complex);
}
