/* SPDX-License-Identifier: Apache-2.0
 * One cluster closes. Order: structure packet and its events, roll packet and its events, single
 * packet and its events; an event's chain is packet, smart money, hits, alert. Packets of prints
 * that passed the signal gate always go out. Those below it go out only with an event that does
 * not abstain: a package as the structure it makes (or, without a partner, as itself), a burst
 * once its context makes it worth judging, at most one a stock, profile and direction within the
 * cooldown. */
#include "flow/flush.h"

#include <string.h>

#include "base/math.h"
#include "flow/thresholds.h"

struct judged {
    struct tl_flow_packet packet;
    struct tl_features features;
    struct tl_evidence evidence;
    struct tl_smart_money event;
};

static const struct tl_flow_quote no_quote;

#define PACE_MS 600000.0 /* a packet has faded to 1 / e */
#define PACE_MS_MIN 30000.0
#define PACE_STOCKS_MIN 20 /* a tape of fewer is one of busy stocks, not a loud one */

/* Packets above the gate, a minute and stock, of the last minutes of all stocks; counts this one. */
static double pace(struct tl_flow *flow, int64_t ts, bool signal)
{
    struct tl_flow_pace *now = &flow->pace;
    if (now->first_ts == 0) now->first_ts = now->at_ts = ts;
    if (ts > now->at_ts) {
        now->packets *= tl_exp(-(double)(ts - now->at_ts) / PACE_MS);
        now->at_ts = ts;
    }
    if (signal) now->packets++;
    double age = tl_max((double)(now->at_ts - now->first_ts), PACE_MS_MIN);
    double minutes = PACE_MS * (1 - tl_exp(-age / PACE_MS)) / 60000;
    return now->packets / minutes / tl_max(tl_table_count(flow->underlyings), PACE_STOCKS_MIN);
}

static void judge(struct tl_flow *flow, const struct tl_legs *legs,
                  const struct tl_flow_contract *contract, struct tl_flow_underlying *stock,
                  struct judged *judged)
{
    const struct tl_flow_contract_name *name =
        judged->packet.structure ? NULL : &legs->leg[0]->name;
    tl_features_from(&judged->packet, name, flow->calendar, &judged->features);
    if (judged->packet.structure) {
        /* The public expiry flag of a structure: that of its legs, when they share one. */
        double days = judged->features.days_to_event;
        if (!tl_features_is_null(days) && judged->packet.expiry_count == 1)
            judged->features.expiry_after_event =
                legs->leg[0]->name.expiry_day * 86400000LL >=
                judged->packet.end_ts + (int64_t)(days * 86400000.0);
    }
    struct tl_evidence_input input = {
        &judged->packet, &judged->features, legs, flow->package, contract, stock, flow->calendar};
    tl_evidence_gather(&input, &judged->evidence);
    judged->evidence.market_rate = pace(flow, judged->packet.end_ts, judged->evidence.signal);
    tl_smart_money_build(flow->events, &judged->packet, &judged->features, &judged->evidence,
                         &judged->event);
    tl_smart_money_settle(&judged->event, &judged->evidence, &stock->confirm);
    if (flow->options.sink.judged)
        flow->options.sink.judged(flow->options.sink.context, &judged->event, &judged->evidence);
}

/* Earlier packets of the contract with the same flow, when half of its one-sided premium and more is
 * theirs: whatever the weights, the judgement rests on them. */
static void relate(const struct tl_flow_underlying *stock, uint64_t contract_hash,
                   struct judged *judged)
{
    if (judged->evidence.campaign.repeated < 0.5 || judged->event.abstained) return;
    int direction = judged->evidence.net > 0 ? 1 : -1;
    for (uint32_t i = 1; i <= TL_RECENT_PACKETS; i++) {
        const struct tl_recent_packet *recent =
            &stock->packets[(stock->packet_next + TL_RECENT_PACKETS - i) % TL_RECENT_PACKETS];
        if (recent->id_size == 0 || recent->contract_hash != contract_hash) continue;
        if (recent->direction != direction) continue;
        if (judged->packet.end_ts - recent->end_ts > 15 * 60000) continue;
        tl_smart_money_relate(&judged->event, (struct tl_str){recent->id, recent->id_size});
    }
}

static void remember_packet(struct tl_flow_underlying *stock, uint64_t contract_hash,
                            const struct judged *judged)
{
    struct tl_str id = judged->packet.meta.trace_id;
    if (judged->packet.structure || id.size > TL_FLOW_PACKET_ID_MAX) return;
    struct tl_recent_packet *recent = &stock->packets[stock->packet_next];
    stock->packet_next = (stock->packet_next + 1) % TL_RECENT_PACKETS;
    recent->end_ts = judged->packet.end_ts;
    recent->contract_hash = contract_hash;
    recent->direction = (int8_t)(judged->evidence.net > 0.2    ? 1
                                 : judged->evidence.net < -0.2 ? -1
                                                               : 0);
    recent->id_size = (uint8_t)id.size;
    memcpy(recent->id, id.data, id.size);
}

static void emit(struct tl_flow *flow, const struct judged *judged)
{
    const struct tl_flow_sink *sink = &flow->options.sink;
    flow->counts.packets++;
    if (judged->packet.structure) flow->counts.structures++;
    flow->counts.smart_money++;
    if (judged->event.abstained)
        flow->counts.abstained++;
    else
        flow->counts.by_profile[judged->event.scores[0].profile]++;
    if (sink->packet) sink->packet(sink->context, &judged->packet);
    if (sink->smart_money) sink->smart_money(sink->context, &judged->event);
    struct tl_alert alert;
    if (!tl_smart_money_alert(flow->events, &judged->packet, &judged->event, &alert)) return;
    flow->counts.hits += alert.hit_count;
    flow->counts.alerts++;
    for (size_t i = 0; sink->hit && i < alert.hit_count; i++)
        sink->hit(sink->context, &alert.hits[i]);
    if (sink->alert) sink->alert(sink->context, &alert);
}

static bool structure_is_due(struct tl_flow *flow, struct tl_flow_underlying *stock,
                             const struct tl_legs *legs, const struct tl_flow_packet *packet)
{
    (void)legs;
    /* The id is pseudo id, bucket and contracts: the dedupe key. */
    return tl_context_structure_fresh(stock, packet->meta.trace_id, packet->end_ts,
                                      flow->options.window_ms);
}

static bool flush_structure(struct tl_flow *flow, struct tl_flow_underlying *stock,
                            const struct tl_flow_contract *contract, const struct tl_legs *legs,
                            bool only_roll)
{
    struct tl_structure_summary shape = tl_structure_summarize(legs);
    bool wanted = only_roll
                      ? shape.type == TL_STRUCTURE_ROLL
                      : shape.type >= TL_STRUCTURE_STRADDLE && shape.type <= TL_STRUCTURE_ROLL;
    if (!wanted || !tl_structure_is_last(legs)) return false;
    struct judged judged;
    tl_packet_structure(flow->packets, legs, &shape, flow->members, &judged.packet);
    if (!structure_is_due(flow, stock, legs, &judged.packet)) return false;
    judge(flow, legs, contract, stock, &judged);
    bool signal = legs->leg[0]->lane == TL_LANE_SIGNAL;
    if (!signal && (judged.event.abstained || !judged.evidence.structure)) return false;
    emit(flow, &judged);
    return true;
}

static void build_single(struct tl_flow *flow, const struct tl_flow_contract *contract,
                         const struct tl_flow_underlying *stock, const struct tl_legs *legs,
                         const struct tl_structure_summary *shape, struct judged *judged)
{
    const struct tl_cluster *cluster = legs->leg[0];
    int64_t ttl = flow->options.nbbo_ttl_ms;
    bool nbbo = contract->quote.known && cluster->end_ts - contract->quote.ts <= ttl;
    bool quote = stock->quote.known && cluster->end_ts - stock->quote.ts <= ttl;
    bool signal = cluster->lane == TL_LANE_SIGNAL;
    tl_packet_single(flow->packets, cluster, nbbo ? &contract->quote : &no_quote,
                     quote ? &stock->quote : &no_quote, shape, signal ? flow->rolling : NULL,
                     flow->members, &judged->packet);
}

/* The earlier event of this stock, profile and direction is long enough past. */
static bool burst_may_speak(struct tl_flow_underlying *stock, const struct judged *judged)
{
    int64_t *last =
        &stock->burst_ts[judged->event.scores[0].profile][judged->event.scores[0].direction];
    if (*last != 0 && (double)(judged->packet.end_ts - *last) < tl_thresholds.burst_cooldown_ms)
        return false;
    *last = judged->packet.end_ts;
    return true;
}

/* Cheap test before the full evidence: most lone small prints end here. */
static bool burst_is_worth(const struct tl_cluster *cluster,
                           const struct tl_flow_contract *contract,
                           const struct tl_flow_underlying *stock)
{
    const struct tl_thresholds *t = &tl_thresholds;
    if (cluster->total_premium * 100 < t->burst_usd || !cluster->name.parsed) return false;
    if (cluster->members.count >= t->burst_prints) return true;
    bool put = cluster->name.right == 'P';
    if (tl_context_crowd(stock, put, cluster->end_ts, 60000, 0).otm_prints >= t->burst_crowd)
        return true;
    return tl_context_contract_flow(contract, cluster->end_ts, 300000).prints >=
           t->burst_flow_prints;
}

static void flush_single(struct tl_flow *flow, struct tl_flow_underlying *stock,
                         struct tl_flow_contract *contract, const struct tl_legs *legs)
{
    const struct tl_cluster *cluster = legs->leg[0];
    bool signal = cluster->lane == TL_LANE_SIGNAL;
    struct tl_structure_summary shape = tl_structure_summarize(legs);
    struct judged judged;
    build_single(flow, contract, stock, legs, &shape, &judged);
    judge(flow, legs, contract, stock, &judged);
    uint64_t hash = tl_context_hash((struct tl_str){cluster->name.id, cluster->name.id_size});
    if (signal) {
        contract->signal_start_ts = cluster->start_ts;
        contract->signal_end_ts = cluster->end_ts;
    } else {
        /* Two packets must not share an id. */
        bool taken = contract->signal_start_ts == cluster->start_ts &&
                     contract->signal_end_ts == cluster->end_ts;
        if (judged.event.abstained || taken || !burst_may_speak(stock, &judged)) return;
        flow->counts.bursts++;
    }
    relate(stock, hash, &judged);
    remember_packet(stock, hash, &judged);
    emit(flow, &judged);
}

void tl_flush_cluster(struct tl_flow *flow, struct tl_cluster *cluster)
{
    struct tl_str id = {cluster->name.id, cluster->name.id_size};
    struct tl_flow_contract *contract = tl_table_put(flow->contracts, id, NULL);
    if (!contract->named) { /* evicted meanwhile: its context starts again */
        contract->named = true;
        contract->name = cluster->name;
    }
    struct tl_str symbol = tl_str_from(cluster->underlying);
    if (symbol.size == 0) symbol = tl_str_from("UNKNOWN");
    struct tl_flow_underlying *stock = tl_table_put(flow->underlyings, symbol, NULL);
    bool burst = cluster->lane == TL_LANE_BURST;
    struct tl_legs legs = {1, {cluster}}, all = {1, {cluster}}, package_legs = {1, {cluster}};
    flow->package = &package_legs;
    bool spoken = false;
    if (!burst && cluster->name.parsed) {
        struct tl_recent_package package;
        tl_structure_collect(&legs, cluster, stock, flow->clusters, TL_COLLECT_EXPIRY,
                             flow->options.window_ms);
        tl_structure_collect(&package_legs, cluster, stock, flow->clusters, TL_COLLECT_PACKAGE,
                             flow->options.window_ms);
        if (tl_evidence_package(&package_legs, &package) >= 2) tl_context_package(stock, &package);
        spoken |= flush_structure(flow, stock, contract, &legs, false);
        tl_structure_collect(&all, cluster, stock, flow->clusters, TL_COLLECT_ROOT,
                             flow->options.window_ms);
        if (all.count > legs.count) {
            flow->package = &all;
            spoken |= flush_structure(flow, stock, contract, &all, true);
            flow->package = &package_legs;
        }
    }
    if (legs.count == 0) legs = (struct tl_legs){1, {cluster}};
    bool lone_package = cluster->lane == TL_LANE_PACKAGE && !spoken && legs.count < 2;
    bool worth = burst && burst_is_worth(cluster, contract, stock);
    if (cluster->lane == TL_LANE_SIGNAL || lone_package || worth)
        flush_single(flow, stock, contract, &legs);
    if (!burst && cluster->name.parsed) tl_context_push_leg(stock, cluster);
    flow->package = NULL;
    tl_clusters_close(flow->clusters, cluster);
}
