/* SPDX-License-Identifier: Apache-2.0
 * Gathers the evidence of one packet. Which legs belong together: those that started or ended
 * within 5 ms of the current one and have its size (within 5 %), or a whole multiple up to three
 * (ratio spreads), or that were all reported as parts of multi-leg orders in the same instant.
 * Sides of legs come from the position in their own spread; a package trades near its net middle,
 * so a tenth of the half-spread is enough to tell its sides, where a lone print needs a third. */
#include "flow/evidence.h"

#include <string.h>

#include "base/math.h"
#include "flow/profile.h"
#include "flow/thresholds.h"

#define TOGETHER_MS 5
#define FLOW_MS (15 * 60000)
#define NOW_MS (3 * 60000)
#define CROWD_MS 120000
#define CROWD_BASE_MS (14 * 60000)
#define YEAR_DAYS 365.0

static int64_t apart(int64_t a, int64_t b)
{
    return a > b ? a - b : b - a;
}

static bool sizes_match(double a, double b)
{
    double small = tl_min(a, b), large = tl_max(a, b);
    if (small <= 0) return false;
    double times = large / small;
    double nearest = tl_floor(times + 0.5);
    return nearest <= 3 && tl_abs(times - nearest) <= 0.05;
}

static bool leg_is_core(const struct tl_cluster *first, const struct tl_cluster *leg, bool sized)
{
    bool together = apart(leg->end_ts, first->end_ts) <= TOGETHER_MS ||
                    apart(leg->start_ts, first->start_ts) <= TOGETHER_MS;
    if (!together) return false;
    if (sized) return sizes_match((double)leg->total_size, (double)first->total_size);
    return first->complex_count == first->members.count && leg->complex_count == leg->members.count;
}

static int leg_side(const struct tl_cluster *leg)
{
    if (leg->known_size <= 0) return 0;
    double lean = leg->lean / (double)leg->known_size;
    return lean > 0.1 ? 1 : lean < -0.1 ? -1 : 0;
}

static void set_parity(struct tl_evidence *evidence, const struct tl_legs *core, double spot)
{
    /* C - P against S - K, in shares of the strike; financing moves it by a per cent or so a
     * year, which is why the sides must be opposite too. */
    const struct tl_cluster *call = NULL, *put = NULL;
    for (size_t i = 0; i < core->count; i++) {
        if (core->leg[i]->name.right == 'C' && !call) call = core->leg[i];
        if (core->leg[i]->name.right == 'P' && !put) put = core->leg[i];
    }
    if (!call || !put || !(spot > 0) || call->name.strike > put->name.strike ||
        call->name.strike < put->name.strike)
        return;
    double c = call->total_premium / (double)call->total_size;
    double p = put->total_premium / (double)put->total_size;
    double gap = tl_abs(c - p - (spot - call->name.strike)) / call->name.strike;
    double opposite = leg_side(call) * leg_side(put) < 0 ? 1 : 0;
    evidence->parity = opposite * tl_clamp(1 - gap / 0.02, 0, 1);
}

static void find_core(const struct tl_legs *legs, struct tl_legs *core)
{
    *core = (struct tl_legs){1, {legs->leg[0]}};
    /* Legs of fitting size first; reports alone are believed when there is none. */
    for (int sized = 1; sized >= 0 && core->count == 1; sized--)
        for (size_t i = 1; i < legs->count; i++)
            if (leg_is_core(legs->leg[0], legs->leg[i], sized))
                core->leg[core->count++] = legs->leg[i];
}

size_t tl_evidence_package(const struct tl_legs *legs, struct tl_recent_package *package)
{
    struct tl_legs core;
    find_core(legs, &core);
    int bought = 0, sold = 0;
    *package = (struct tl_recent_package){.ts = legs->leg[0]->end_ts};
    for (size_t i = 0; i < core.count; i++) {
        const struct tl_flow_contract_name *name = &core.leg[i]->name;
        int side = leg_side(core.leg[i]);
        /* A sum: the same for any order of the legs. */
        package->hash += tl_context_hash((struct tl_str){name->id, name->id_size});
        package->usd += core.leg[i]->total_premium * 100;
        bought += side > 0;
        sold += side < 0;
    }
    package->side = (int8_t)((bought > 0) - (sold > 0));
    return core.count;
}

static void set_core(const struct tl_legs *legs, struct tl_evidence *evidence, double spot)
{
    struct tl_legs core;
    find_core(legs, &core);
    double strikes[TL_STRUCTURE_LEGS_MAX], smallest = 0, largest = 0, gross = 0, net = 0;
    int32_t days[TL_STRUCTURE_LEGS_MAX];
    int bought = 0, sold = 0, calls = 0, puts = 0;
    for (size_t i = 0; i < core.count; i++) {
        const struct tl_cluster *leg = core.leg[i];
        double size = (double)leg->total_size;
        int side = leg_side(leg);
        bought += side > 0;
        sold += side < 0;
        calls += leg->name.right == 'C';
        puts += leg->name.right == 'P';
        gross += leg->total_premium;
        net += side * leg->total_premium;
        smallest = i == 0 ? size : tl_min(smallest, size);
        largest = tl_max(largest, size);
    }
    int count = (int)core.count;
    evidence->core_legs = (uint32_t)core.count;
    evidence->core_strikes = (uint32_t)tl_structure_strikes(&core, strikes);
    evidence->core_expiries = (uint32_t)tl_structure_expiries(&core, days);
    evidence->structure = count >= 2;
    evidence->core_both = calls > 0 && puts > 0;
    evidence->all_bought = bought == count;
    evidence->all_sold = sold == count;
    evidence->sides_mixed = bought > 0 && sold > 0;
    evidence->symmetry = count >= 2 && largest > 0 ? smallest / largest : 0;
    evidence->flatness = count >= 2 && gross > 0 ? 1 - tl_abs(net) / gross : 0;
    evidence->box = calls == 2 && puts == 2 && evidence->core_strikes == 2 && bought == 2 &&
                    sold == 2 && evidence->core_expiries == 1;
    if (count >= 2) {
        evidence->right = evidence->core_both ? 0 : calls > 0 ? 1 : -1;
        set_parity(evidence, &core, spot);
    }
}

static double bits_of(uint32_t word)
{
    double count = 0;
    for (; word != 0; word &= word - 1)
        count++;
    return count;
}

static void set_packet(const struct tl_evidence_input *input, struct tl_evidence *evidence)
{
    const struct tl_flow_packet *packet = input->packet;
    double lots = 0, known = 0, buy = 0, sell = 0, through = 0, lean = 0, prints = 0;
    double sweep = 0, complex = 0, cross = 0, special = 0, small = 0;
    size_t count = packet->structure ? input->legs->count : 1;
    for (size_t i = 0; i < count; i++) {
        const struct tl_cluster *leg = input->legs->leg[i];
        prints += leg->members.count;
        lots += (double)leg->total_size;
        known += (double)leg->known_size;
        buy += (double)leg->buy_size;
        sell += (double)leg->sell_size;
        through += (double)leg->through_size;
        lean += leg->lean;
        sweep += leg->sweep_count;
        complex += leg->complex_count;
        cross += leg->cross_count;
        special += leg->special_count;
        small += leg->small_count;
        evidence->size_max = tl_max(evidence->size_max, (double)leg->size_max);
        if (leg->run_best.usd <= evidence->run_usd) continue;
        evidence->run_usd = leg->run_best.usd;
        evidence->run_prints = leg->run_best.prints;
        evidence->run_venues = bits_of(leg->run_best.venues);
        evidence->run_span_ms = (double)(leg->run_best.end_ts - leg->run_best.start_ts);
    }
    evidence->premium_usd = packet->total_notional;
    evidence->lots = lots;
    evidence->prints = prints;
    evidence->span_ms = (double)packet->window_ms;
    evidence->venues = packet->venue_count;
    if (prints > 0) {
        evidence->sweep = tl_min(1, sweep / prints);
        evidence->complex = tl_min(1, complex / prints);
        evidence->cross = tl_min(1, cross / prints);
        evidence->special = special / prints;
        evidence->small = small / prints;
    }
    if (known > 0) {
        evidence->buy = buy / known;
        evidence->sell = sell / known;
        evidence->lean = lean / known;
        evidence->through = through / known;
    }
    evidence->net = evidence->buy - evidence->sell;
    evidence->known = lots > 0 ? known / lots : 0;
    evidence->stale = input->features->nbbo_stale_ratio;
    evidence->inside = input->features->nbbo_inside_ratio;
}

static double spot_of(const struct tl_evidence_input *input)
{
    const struct tl_cluster *first = input->legs->leg[0];
    if (first->has_mid && first->last_mid > 0) return first->last_mid;
    const struct tl_flow_quote *quote = &input->underlying->quote;
    return quote->known && apart(quote->ts, input->packet->end_ts) <= 60000
               ? (quote->bid + quote->ask) / 2
               : 0;
}

static void set_contract(const struct tl_evidence_input *input, double spot,
                         struct tl_evidence *evidence)
{
    const struct tl_cluster *first = input->legs->leg[0];
    evidence->dte = -1;
    evidence->dated = first->name.parsed;
    if (!first->name.parsed) return;
    evidence->right = first->name.right == 'C' ? 1 : -1;
    evidence->dte = (double)tl_features_dte(first->name.expiry_day, input->packet->end_ts);
    evidence->spot_known = spot > 0;
    if (!(spot > 0)) return;
    double strike = first->name.strike;
    evidence->otm = evidence->right * (strike - spot) / spot;
    evidence->away = tl_abs(strike - spot) / spot;
    double iv = first->has_iv ? first->iv_last : 0;
    if (!(iv > 0) || !(strike > 0)) return;
    double years = tl_max(evidence->dte, 0.15) / YEAR_DAYS;
    double width = iv * tl_sqrt(years);
    evidence->delta = tl_norm_cdf(evidence->right * (tl_log(spot / strike) / width + width / 2));
}

static void set_stock(const struct tl_evidence_input *input, struct tl_evidence *evidence)
{
    const struct tl_thresholds *t = &tl_thresholds;
    const struct tl_flow_underlying *stock = input->underlying;
    const struct tl_cluster *first = input->legs->leg[0];
    int64_t end = input->packet->end_ts, start = input->packet->start_ts;
    evidence->move_30s = tl_context_move_bps(stock, end, 30000, 0);
    evidence->move_2m = tl_context_move_bps(stock, end, 120000, 0);
    evidence->move_10m = tl_context_move_bps(stock, end, 600000, 0);
    evidence->move_before = tl_context_move_bps(stock, start, 125000, 5000);
    double iv = first->has_iv && first->iv_last > 0.02 ? first->iv_last : 0.3;
    /* Two minutes of 252 days of 390 minutes. */
    evidence->move_z = evidence->move_before / (1e4 * iv * tl_sqrt(2.0 / (252.0 * 390.0)));
    bool put = first->name.right == 'P';
    evidence->crowd = tl_context_crowd(stock, put, end, CROWD_MS, 0);
    evidence->crowd_base = tl_context_crowd(stock, put, end, CROWD_BASE_MS, CROWD_MS);
    evidence->other = tl_context_crowd(stock, !put, end, CROWD_MS, 0);
    evidence->crowd_long = tl_context_crowd(stock, put, end, 300000, 0);
    evidence->is_etf = first->is_etf;
    if (evidence->delta > 0 && evidence->dte >= 0)
        evidence->gamma =
            tl_ramp(evidence->dte, t->gamma_dte.low, t->gamma_dte.high) *
            tl_ramp(tl_abs(evidence->delta - 0.5), t->gamma_delta.low, t->gamma_delta.high);
    double lots = (double)first->total_size;
    evidence->stock_match =
        tl_context_stock_volume(stock, start - 1, end + 12, tl_min(2 * lots, 3000)).shares /
        (100 * lots);
    double shares = 100 * evidence->lots * evidence->delta;
    if (evidence->delta > 0 && shares >= 1) {
        double net = tl_context_stock_volume(stock, start - 2, end + 80, 0.02 * shares).net;
        evidence->stock_hedge = tl_clamp(net * evidence->right / shares, -2, 2);
    }
}

static void set_crowd(const struct tl_usual *usual, struct tl_evidence *evidence)
{
    const struct tl_crowd *crowd = &evidence->crowd_long;
    evidence->short_net_usd = crowd->short_buy - crowd->short_sell;
    if (crowd->short_sq > 0) evidence->short_z = evidence->short_net_usd / tl_sqrt(crowd->short_sq);
    evidence->short_rel = evidence->short_net_usd / (300 * usual->short_usd_s);
}

static struct tl_campaign campaign_of(const struct tl_contract_flow *flow,
                                      const struct tl_evidence *evidence, double usual_usd)
{
    struct tl_campaign campaign = {0};
    double net = flow->buy_usd - flow->sell_usd;
    bool bought = net > 0;
    double gross = bought ? flow->buy_usd : flow->sell_usd;
    double squares = bought ? flow->buy_sq : flow->sell_sq;
    double largest = bought ? flow->buy_max : flow->sell_max;
    double all = flow->buy_sq + flow->sell_sq;
    if (!(gross > 0) || !(squares > 0) || !(all > 0)) return campaign;
    campaign.side = bought ? 1 : -1;
    campaign.usd = tl_abs(net);
    campaign.z = campaign.usd / tl_sqrt(all);
    campaign.clips = gross * gross / squares;
    campaign.repeated = tl_clamp(1 - largest / gross, 0, 1);
    campaign.rest_usd = tl_max(0, campaign.usd - largest);
    campaign.rel = campaign.usd / usual_usd;
    double part = (bought ? evidence->buy : evidence->sell) * evidence->known;
    campaign.own = part * evidence->premium_usd / (squares / gross);
    return campaign;
}

static void set_flow(const struct tl_evidence_input *input, struct tl_evidence *evidence)
{
    const struct tl_cluster *first = input->legs->leg[0];
    evidence->flow = tl_context_contract_flow(input->contract, input->packet->end_ts, FLOW_MS);
    double sides = evidence->flow.buy_lots + evidence->flow.sell_lots;
    if (sides > 0)
        evidence->flow_net = (evidence->flow.buy_lots - evidence->flow.sell_lots) / sides;
    struct tl_usual usual =
        tl_context_usual(input->underlying, first->name.right == 'P', input->packet->end_ts);
    struct tl_contract_flow now =
        tl_context_contract_flow(input->contract, input->packet->end_ts, NOW_MS);
    double sided_usd = evidence->flow.buy_usd + evidence->flow.sell_usd;
    if (sided_usd > 0) {
        evidence->two_sided =
            2 * tl_min(evidence->flow.buy_usd, evidence->flow.sell_usd) / sided_usd;
        evidence->two_sided_large = 2 * tl_min(evidence->flow.buy_sq, evidence->flow.sell_sq) /
                                    tl_max(evidence->flow.buy_sq + evidence->flow.sell_sq, 1);
        evidence->joined = evidence->flow.joined_usd / sided_usd;
        evidence->hedged = tl_min(evidence->flow.hedged_usd / sided_usd, 1);
    }
    evidence->usual_usd = usual.usd_s * FLOW_MS / 1000;
    evidence->campaign = campaign_of(&evidence->flow, evidence, evidence->usual_usd);
    evidence->campaign_now = campaign_of(&now, evidence, evidence->usual_usd * NOW_MS / FLOW_MS);
    if (evidence->premium_usd > 0)
        evidence->size_z = (tl_log(evidence->premium_usd) - usual.log_usd) / usual.log_usd_sd;
    set_crowd(&usual, evidence);
    struct tl_recent_package package;
    if (tl_evidence_package(input->package, &package) >= 2) {
        struct tl_package_flow packages = tl_context_package_flow(input->underlying, package.hash,
                                                                  input->packet->end_ts, FLOW_MS);
        evidence->package_count = packages.count;
        evidence->package_usd = packages.usd;
        evidence->package_rest = packages.usd - packages.usd_max;
        evidence->package_rel = packages.usd / evidence->usual_usd;
    }
    if (first->has_iv && evidence->flow.iv_then > 0)
        evidence->iv_change = first->iv_last - evidence->flow.iv_then;
}

static void set_events(const struct tl_evidence_input *input, struct tl_evidence *evidence)
{
    const struct tl_cluster *first = input->legs->leg[0];
    int64_t ref = input->packet->end_ts;
    struct tl_str symbol = input->packet->underlying_id;
    evidence->days_to_event = evidence->hours_since_event = -1;
    if (!tl_features_is_null(input->features->days_to_event))
        evidence->days_to_event = input->features->days_to_event;
    const struct tl_calendar_event *past = tl_calendar_previous(input->calendar, symbol, ref);
    if (past) evidence->hours_since_event = (double)(ref - past->event_ts) / 3600000.0;
    if (evidence->days_to_event < 0 || !first->name.parsed) return;
    /* An option lives until the evening of its day: so a day and the event's own day both count. */
    double expiry_in_days = (double)(first->name.expiry_day + 1) - (double)ref / 86400000.0;
    evidence->expiry_after_event = expiry_in_days >= evidence->days_to_event;
    evidence->first_expiry_after =
        evidence->expiry_after_event && expiry_in_days - evidence->days_to_event <= 9;
}

void tl_evidence_gather(const struct tl_evidence_input *input, struct tl_evidence *evidence)
{
    memset(evidence, 0, sizeof *evidence);
    evidence->burst = input->legs->leg[0]->lane == TL_LANE_BURST;
    evidence->signal = input->legs->leg[0]->lane == TL_LANE_SIGNAL;
    double spot = spot_of(input);
    set_packet(input, evidence);
    set_contract(input, spot, evidence);
    set_stock(input, evidence);
    set_flow(input, evidence);
    set_core(input->package, evidence, spot);
    set_events(input, evidence);
}
