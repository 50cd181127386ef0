/* SPDX-License-Identifier: Apache-2.0
 * Feeding: quotes into the tables, prints into clusters and context. What happens when a cluster
 * closes is flush.c. Before an event at ts is taken, every cluster due by ts is closed, each at its
 * own due instant: so a cluster sees the quotes up to that instant and no later one, whether a
 * print, a quote or the clock told that the instant had come. */
#include "flow/flow.h"

#include <stdlib.h>
#include <string.h>

#include "base/contract_id.h"
#include "base/math.h"
#include "base/placement.h"
#include "flow/flush.h"
#include "flow/thresholds.h"

struct tl_flow_options tl_flow_options_default(void)
{
    return (struct tl_flow_options){
        .window_ms = 500,
        .nbbo_age_ms_max = 1000,
        .quote_age_ms_max = 1000,
        .rolling_window = 50,
        .rolling_keys_max = 20000,
        .rolling_ttl_ms = 86400000,
        .nbbo_keys_max = 20000,
        .nbbo_ttl_ms = 900000,
        .underlyings_max = 2000,
        .bursts = true,
        .dark = {.window_ms = 60000,
                 .cooldown_ms = 30000,
                 .min_block_size = 2000,
                 .min_accum_size = 3000,
                 .min_accum_count = 4,
                 .min_print_size = 200,
                 .max_evidence = 20,
                 .max_spread_pct = 0.005},
    };
}

struct tl_flow *tl_flow_create(const struct tl_flow_options *options)
{
    struct tl_flow *flow = calloc(1, sizeof *flow);
    if (!flow) return NULL;
    struct tl_packet_limits limits = {options->window_ms, options->nbbo_age_ms_max,
                                      options->quote_age_ms_max};
    flow->options = *options;
    flow->clock = INT64_MIN;
    flow->contracts = tl_table_create(options->nbbo_keys_max, sizeof(struct tl_flow_contract));
    flow->underlyings =
        tl_table_create(options->underlyings_max, sizeof(struct tl_flow_underlying));
    flow->rolling = tl_rolling_create(options->rolling_window, options->rolling_keys_max,
                                      options->rolling_ttl_ms);
    flow->members = tl_members_create(65536);
    flow->clusters = tl_clusters_create(options->window_ms);
    flow->packets = tl_packet_builder_create(&limits);
    flow->events = tl_event_builder_create();
    flow->dark = tl_dark_create(&options->dark);
    if (flow->contracts && flow->underlyings && flow->rolling && flow->members && flow->clusters &&
        flow->packets && flow->events && flow->dark)
        return flow;
    tl_flow_destroy(flow);
    return NULL;
}

void tl_flow_destroy(struct tl_flow *flow)
{
    if (!flow) return;
    tl_table_destroy(flow->contracts);
    tl_table_destroy(flow->underlyings);
    tl_rolling_destroy(flow->rolling);
    tl_members_destroy(flow->members);
    tl_clusters_destroy(flow->clusters);
    tl_packet_builder_destroy(flow->packets);
    tl_event_builder_destroy(flow->events);
    tl_dark_destroy(flow->dark);
    free(flow);
}

void tl_flow_advance(struct tl_flow *flow, int64_t now_ms)
{
    if (now_ms <= flow->clock) return;
    struct tl_cluster *cluster = NULL;
    while ((cluster = tl_clusters_due(flow->clusters, now_ms)) != NULL)
        tl_flush_cluster(flow, cluster);
    flow->clock = now_ms;
}

void tl_flow_drain(struct tl_flow *flow)
{
    struct tl_cluster *cluster = NULL;
    while ((cluster = tl_clusters_due(flow->clusters, INT64_MAX)) != NULL)
        tl_flush_cluster(flow, cluster);
}

static void name_contract(struct tl_flow_contract *contract, struct tl_str id)
{
    struct tl_flow_contract_name *name = &contract->name;
    struct tl_contract_id parsed;
    contract->named = true;
    memcpy(name->id, id.data, id.size);
    name->id_size = (uint8_t)id.size;
    if (!tl_contract_id_parse(id, &parsed)) return;
    if (parsed.root.size == 0 || parsed.root.size >= sizeof name->root) return;
    name->parsed = true;
    name->root_size = (uint8_t)parsed.root.size;
    for (size_t i = 0; i < parsed.root.size; i++) {
        char c = parsed.root.data[i];
        name->root[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    name->right = parsed.right;
    name->expiry_day = parsed.expiry_day;
    name->strike = parsed.strike;
}

/* The record of a contract; NULL: the id is empty or too long (counted). */
static struct tl_flow_contract *contract_of(struct tl_flow *flow, struct tl_str id)
{
    struct tl_flow_contract *contract = tl_table_put(flow->contracts, id, NULL);
    if (!contract)
        flow->counts.rejected++;
    else if (!contract->named)
        name_contract(contract, id);
    return contract;
}

static bool newer(const struct tl_flow_quote *held, int64_t ts, uint64_t seq)
{
    return !held->known || ts > held->ts || (ts == held->ts && seq >= held->seq);
}

void tl_flow_option_nbbo(struct tl_flow *flow, const struct tl_wire_option_nbbo *nbbo)
{
    tl_flow_advance(flow, nbbo->ts);
    flow->counts.nbbos++;
    struct tl_flow_contract *contract = contract_of(flow, nbbo->option_contract_id);
    if (!contract || !newer(&contract->quote, nbbo->ts, nbbo->meta.seq)) return;
    contract->quote = (struct tl_flow_quote){.known = true,
                                             .bid = nbbo->bid,
                                             .ask = nbbo->ask,
                                             .bid_size = nbbo->bid_size,
                                             .ask_size = nbbo->ask_size,
                                             .ts = nbbo->ts,
                                             .seq = nbbo->meta.seq};
}

void tl_flow_equity_quote(struct tl_flow *flow, const struct tl_wire_equity_quote *quote)
{
    tl_flow_advance(flow, quote->ts);
    flow->counts.equity_quotes++;
    struct tl_flow_underlying *stock = tl_table_put(flow->underlyings, quote->underlying_id, NULL);
    if (!stock || quote->meta.trace_id.size > TL_MEMBER_TRACE_MAX) {
        flow->counts.rejected++;
        return;
    }
    if (!newer(&stock->quote, quote->ts, quote->meta.seq)) return;
    stock->quote = (struct tl_flow_quote){.known = true,
                                          .bid = quote->bid,
                                          .ask = quote->ask,
                                          .ts = quote->ts,
                                          .seq = quote->meta.seq};
    stock->quote_trace_size = (uint8_t)quote->meta.trace_id.size;
    memcpy(stock->quote_trace, quote->meta.trace_id.data, stock->quote_trace_size);
    if (quote->bid > 0 && quote->ask > 0)
        tl_context_quote(stock, quote->ts, (quote->bid + quote->ask) / 2);
}

void tl_flow_equity_print(struct tl_flow *flow, const struct tl_wire_equity_print *print)
{
    tl_flow_advance(flow, print->ts);
    flow->counts.equity_prints++;
    struct tl_flow_underlying *stock = tl_table_put(flow->underlyings, print->underlying_id, NULL);
    if (!stock || print->meta.trace_id.size > TL_MEMBER_TRACE_MAX) {
        flow->counts.rejected++;
        return;
    }
    /* Legs and hedges of options are whole hundreds or close; smaller prints would only push them
     * out of the ring. */
    if (print->size >= 100) {
        const struct tl_flow_quote *quote = &stock->quote;
        int side = !quote->known                ? 0
                   : print->price >= quote->ask ? 1
                   : print->price <= quote->bid ? -1
                                                : 0;
        tl_context_stock_print(stock, print->ts, print->size, side);
        const struct tl_open_hedge *hedge = tl_context_hedge(stock, print->ts, print->size, side);
        struct tl_str id = hedge ? (struct tl_str){hedge->id, hedge->id_size} : tl_str_from("");
        struct tl_flow_contract *contract = hedge ? tl_table_find(flow->contracts, id) : NULL;
        if (contract) tl_context_hedged(contract, hedge);
    }
    struct tl_flow_quote none = {0};
    bool live = stock->quote.known && print->ts - stock->quote.ts <= flow->options.nbbo_ttl_ms;
    char id[TL_JOIN_ID_MAX];
    struct tl_equity_join join;
    tl_equity_join_make(print, live ? &stock->quote : &none,
                        (struct tl_str){stock->quote_trace, stock->quote_trace_size},
                        flow->options.quote_age_ms_max, id, &join);
    flow->counts.joins++;
    if (flow->options.sink.join) flow->options.sink.join(flow->options.sink.context, &join);
    struct tl_dark_event found[2];
    size_t count = tl_dark_feed(flow->dark, &join, found);
    for (size_t i = 0; i < count; i++) {
        flow->counts.dark++;
        if (flow->options.sink.dark) flow->options.sink.dark(flow->options.sink.context, &found[i]);
    }
}

/* Where in its spread the print stood: the quote that came with the print, else the cached one. */
static bool position_of(const struct tl_flow *flow, const struct tl_flow_contract *contract,
                        const struct tl_wire_option_print *print, double *position)
{
    double bid = contract->quote.bid, ask = contract->quote.ask;
    bool known = contract->quote.known && print->ts - contract->quote.ts >= 0 &&
                 print->ts - contract->quote.ts <= flow->options.nbbo_age_ms_max;
    if ((print->has & TL_HAS_NBBO) && print->nbbo_age_ms <= 1500) {
        bid = print->nbbo_bid;
        ask = print->nbbo_ask;
        known = true;
    }
    if (!known || !(ask > bid) || !(ask > 0)) return false;
    *position = (print->price - (bid + ask) / 2) / ((ask - bid) / 2);
    return true;
}

static enum tl_lane lane_of(const struct tl_wire_option_print *print)
{
    if ((print->has & TL_HAS_SIGNAL_PASS) && print->signal_pass) return TL_LANE_SIGNAL;
    for (size_t i = 0; i < print->condition_count; i++)
        if (tl_str_is(print->conditions[i], "COMPLEX") || tl_str_is(print->conditions[i], "SPREAD"))
            return TL_LANE_PACKAGE;
    return TL_LANE_BURST;
}

static double spot_of(const struct tl_wire_option_print *print,
                      const struct tl_flow_underlying *stock)
{
    if ((print->has & TL_HAS_UNDERLYING_MID) && print->spot_mid > 0) return print->spot_mid;
    return stock->quote.known ? (stock->quote.bid + stock->quote.ask) / 2 : 0;
}

static void remember_print(struct tl_flow_contract *contract, struct tl_flow_underlying *stock,
                           const struct tl_cluster_print *in)
{
    const struct tl_wire_option_print *print = in->print;
    int side = !in->position_known ? 0 : in->position >= 0.35 ? 1 : in->position <= -0.35 ? -1 : 0;
    struct tl_context_print seen = {.ts = print->ts,
                                    .side = side,
                                    .size = print->size,
                                    .usd = print->price * (double)print->size * 100,
                                    .iv = print->has & TL_HAS_IV ? print->iv : 0,
                                    .put = contract->name.right == 'P'};
    double spot = spot_of(print, stock);
    if (contract->name.parsed && spot > 0) {
        int64_t dte = tl_features_dte(contract->name.expiry_day, print->ts);
        double otm = (contract->name.strike - spot) / spot * (seen.put ? -1 : 1);
        seen.otm_small = dte >= 0 && dte <= 7 && otm > -0.002 && print->size <= 20;
        seen.otm_short = dte >= 0 && dte <= 7 && otm > -0.002;
        seen.near_short = dte >= 0 && dte <= 5 && tl_abs(otm) <= 0.012;
    }
    tl_context_option_print(contract, stock, &seen);
    if (seen.size >= 10 && side != 0)
        tl_context_open_hedge(stock, (struct tl_str){contract->name.id, contract->name.id_size},
                              &seen, seen.put ? -side : side);
}

static void into_cluster(struct tl_flow *flow, struct tl_flow_contract *contract,
                         const struct tl_cluster_print *in)
{
    uint32_t *handle = &contract->clusters[in->lane];
    struct tl_cluster *cluster =
        tl_clusters_get(flow->clusters, *handle, &contract->name, in->lane);
    if (cluster && !tl_cluster_takes(flow->clusters, cluster, in->print->ts)) {
        tl_flush_cluster(flow, cluster);
        cluster = NULL;
    }
    while (!cluster) {
        *handle = tl_clusters_open(flow->clusters, in);
        cluster = tl_clusters_get(flow->clusters, *handle, &contract->name, in->lane);
        if (cluster) break;
        tl_flush_cluster(flow, tl_clusters_due(flow->clusters, INT64_MAX));
        flow->counts.flushed_early++;
    }
    tl_cluster_add(cluster, in, flow->members);
}

void tl_flow_option_print(struct tl_flow *flow, const struct tl_wire_option_print *print)
{
    tl_flow_advance(flow, print->ts);
    flow->counts.option_prints++;
    if (print->meta.trace_id.size > TL_MEMBER_TRACE_MAX) {
        flow->counts.rejected++;
        return;
    }
    struct tl_flow_contract *contract = contract_of(flow, print->option_contract_id);
    if (!contract) return;
    struct tl_str root = print->underlying_id.size > 0
                             ? print->underlying_id
                             : (struct tl_str){contract->name.root, contract->name.root_size};
    if (root.size == 0) root = tl_str_from("UNKNOWN");
    struct tl_flow_underlying *stock = tl_table_put(flow->underlyings, root, NULL);
    if (!stock || root.size > TL_CALENDAR_SYMBOL_MAX) {
        flow->counts.rejected++;
        return;
    }
    struct tl_cluster_print in = {.print = print, .name = &contract->name, .lane = lane_of(print)};
    bool live =
        contract->quote.known && print->ts - contract->quote.ts <= flow->options.nbbo_ttl_ms;
    in.placement = tl_placement(print->price, live, contract->quote.bid, contract->quote.ask,
                                print->ts, contract->quote.ts, flow->options.nbbo_age_ms_max);
    in.position_known = position_of(flow, contract, print, &in.position);
    remember_print(contract, stock, &in);
    if (in.lane == TL_LANE_SIGNAL) flow->counts.signal_prints++;
    if (in.lane == TL_LANE_SIGNAL || flow->options.bursts) into_cluster(flow, contract, &in);
}

void tl_flow_set_calendar(struct tl_flow *flow, const struct tl_flow_calendar *calendar)
{
    flow->calendar = calendar;
}

struct tl_flow_counts tl_flow_counts(const struct tl_flow *flow)
{
    struct tl_flow_counts counts = flow->counts;
    counts.members_lost = tl_members_lost(flow->members);
    counts.contracts_evicted = tl_table_evicted(flow->contracts);
    return counts;
}

int64_t tl_flow_clock(const struct tl_flow *flow)
{
    return flow->clock;
}
