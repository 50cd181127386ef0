/* SPDX-License-Identifier: Apache-2.0
 * The fan-out filters of options and flow, as the contract states them. */
#include "services/api/match.h"

struct tl_api_match tl_api_match_of_print(const struct tl_wire_option_print *print)
{
    enum tl_nbbo_side side =
        print->nbbo_side == TL_SIDE_ABSENT ? TL_SIDE_MISSING : print->nbbo_side;
    return (struct tl_api_match){
        .rejected = (print->has & TL_HAS_SIGNAL_PASS) && !print->signal_pass,
        .etf = (print->has & TL_HAS_IS_ETF) && print->is_etf,
        .sides = (uint16_t)(1u << side),
        .types = (uint8_t)(1u << print->option_type),
        .notional = print->has & TL_HAS_NOTIONAL ? print->notional : 0.0,
    };
}

struct tl_api_match tl_api_match_of_packet(const struct tl_packet_facts *packet)
{
    return (struct tl_api_match){
        .etf = packet->is_etf,
        .sides = (uint16_t)packet->sides,
        .types = (uint8_t)packet->types,
        .notional = packet->total_notional,
    };
}

static bool common(const struct tl_live_filters *filters, const struct tl_api_match *match)
{
    uint32_t security = 1u << (match->etf ? TL_LIVE_ETF : TL_LIVE_STOCK);
    if (filters->security.mask && !(filters->security.mask & security)) return false;
    if (filters->sides.mask && !(filters->sides.mask & match->sides)) return false;
    if (filters->types.mask && !(filters->types.mask & match->types)) return false;
    return filters->min_notional < 0.0 || match->notional >= filters->min_notional;
}

bool tl_api_match_option(const struct tl_live_filters *filters, const struct tl_api_match *match)
{
    if (!filters->present) return true;
    if (filters->view != TL_LIVE_VIEW_RAW && match->rejected) return false;
    return common(filters, match);
}

bool tl_api_match_flow(const struct tl_live_filters *filters, const struct tl_api_match *match)
{
    return !filters->present || common(filters, match);
}
