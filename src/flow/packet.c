/* SPDX-License-Identifier: Apache-2.0
 * Packets of clusters. Ratios: coverage = placed / count; buy, sell = (AA + A), (B + BB) over the
 * aggressive ones; inside, aggressive = MID, aggressive over the placed ones; 0 for empty
 * denominators. All rounded to 4 places as JavaScript rounds. */
#include "flow/packet.h"

#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/math.h"

struct tl_packet_builder {
    struct tl_packet_limits limits;
    struct tl_str members[TL_PACKET_MEMBERS_MAX];
    char id[2048], pseudo_id[128], conditions[160], contract_ids[1700];
    char expiries[320], strikes[512], roll_from[16], roll_to[16];
};

struct tl_packet_builder *tl_packet_builder_create(const struct tl_packet_limits *limits)
{
    struct tl_packet_builder *builder = calloc(1, sizeof *builder);
    if (builder) builder->limits = *limits;
    return builder;
}

void tl_packet_builder_destroy(struct tl_packet_builder *builder)
{
    free(builder);
}

static struct tl_text text_in(char *data, size_t capacity)
{
    return (struct tl_text){.data = data, .capacity = capacity};
}

static struct tl_str str_of(const struct tl_text *text)
{
    return (struct tl_str){text->data, text->size};
}

static double ratio(double part, double whole)
{
    return whole > 0 ? tl_round_js(part / whole, 4) : 0;
}

static void set_ratios(struct tl_flow_packet *packet)
{
    const uint32_t *placed = packet->placed;
    double buys = placed[TL_SIDE_AA] + placed[TL_SIDE_A];
    double sells = placed[TL_SIDE_B] + placed[TL_SIDE_BB];
    double all = buys + sells + placed[TL_SIDE_MID];
    packet->coverage = ratio(all, packet->count);
    packet->aggressive_buy = ratio(buys, buys + sells);
    packet->aggressive_sell = ratio(sells, buys + sells);
    packet->inside = ratio(placed[TL_SIDE_MID], all);
    packet->aggressive = ratio(buys + sells, all);
}

static int64_t apart(int64_t a, int64_t b)
{
    return a > b ? a - b : b - a;
}

static void put_date(struct tl_text *text, int32_t day)
{
    struct tl_date date = tl_date_from_day(day);
    tl_text_pad_u64(text, (uint64_t)date.year, 4);
    tl_text_byte(text, '-');
    tl_text_pad_u64(text, (uint64_t)date.month, 2);
    tl_text_byte(text, '-');
    tl_text_pad_u64(text, (uint64_t)date.day, 2);
}

static struct tl_str join_conditions(struct tl_packet_builder *builder,
                                     const struct tl_cluster *cluster)
{
    const char *sorted[TL_CLUSTER_CONDITIONS];
    for (uint32_t i = 0; i < cluster->condition_count; i++) {
        uint32_t at = i;
        for (; at > 0 && strcmp(sorted[at - 1], cluster->conditions[i]) > 0; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = cluster->conditions[i];
    }
    struct tl_text text = text_in(builder->conditions, sizeof builder->conditions);
    for (uint32_t i = 0; i < cluster->condition_count; i++) {
        if (i > 0) tl_text_byte(&text, ',');
        tl_text_lit(&text, sorted[i]);
    }
    return str_of(&text);
}

static void set_quotes(const struct tl_packet_limits *limits, const struct tl_flow_quote *nbbo,
                       const struct tl_flow_quote *quote, struct tl_flow_packet *packet)
{
    if (quote->known) {
        packet->has |= TL_PACKET_UNDERLYING_QUOTE;
        packet->underlying_quote = *quote;
        packet->underlying_quote_age_ms = apart(packet->end_ts, quote->ts);
        if (packet->underlying_quote_age_ms <= limits->quote_age_ms_max)
            packet->has |= TL_PACKET_UNDERLYING_QUOTE_FRESH;
        packet->underlying_mid = tl_round_js((quote->bid + quote->ask) / 2, 4);
        packet->underlying_spread = tl_round_js(tl_max(0, quote->ask - quote->bid), 4);
    }
    if (nbbo->known) {
        packet->has |= TL_PACKET_NBBO;
        packet->nbbo = *nbbo;
        packet->nbbo_age_ms = apart(packet->end_ts, nbbo->ts);
        if (packet->nbbo_age_ms <= limits->nbbo_age_ms_max) packet->has |= TL_PACKET_NBBO_FRESH;
        packet->nbbo_mid = tl_round_js((nbbo->bid + nbbo->ask) / 2, 4);
        packet->nbbo_spread = tl_round_js(tl_max(0, nbbo->ask - nbbo->bid), 4);
    }
}

static void set_measures(const struct tl_cluster *cluster, struct tl_flow_packet *packet)
{
    if (cluster->has_is_etf) packet->has |= TL_PACKET_IS_ETF;
    if (cluster->has_iv) packet->has |= TL_PACKET_IV_SHOCK;
    if (cluster->has_mid && cluster->first_mid > 0) packet->has |= TL_PACKET_MOVE;
    packet->is_etf = cluster->is_etf;
    packet->execution_iv_shock = tl_round_js(cluster->iv_max - cluster->iv_min, 4);
    if (packet->has & TL_PACKET_MOVE)
        packet->underlying_move_bps =
            tl_round_js((cluster->last_mid - cluster->first_mid) / cluster->first_mid * 10000, 4);
    if (cluster->event_days > 0)
        packet->corporate_event_ts = cluster->end_ts + (int64_t)cluster->event_days * 86400000;
    packet->special_print_count = cluster->special_count;
    packet->venue_count = cluster->venue_count;
    memcpy(packet->placed, cluster->placed, sizeof packet->placed);
    set_ratios(packet);
}

static void set_rolling(struct tl_rolling *rolling, struct tl_str key,
                        struct tl_flow_packet *packet)
{
    int64_t now = packet->end_ts;
    packet->premium_stat =
        tl_rolling_push(rolling, TL_ROLLING_PREMIUM, key, packet->total_premium, now);
    packet->size_stat =
        tl_rolling_push(rolling, TL_ROLLING_SIZE, key, (double)packet->total_size, now);
    if (packet->has & TL_PACKET_NBBO_FRESH)
        packet->spread_stat =
            tl_rolling_push(rolling, TL_ROLLING_SPREAD, key, packet->nbbo_spread, now);
}

void tl_packet_single(struct tl_packet_builder *builder, const struct tl_cluster *cluster,
                      const struct tl_flow_quote *nbbo, const struct tl_flow_quote *quote,
                      const struct tl_structure_summary *shape, struct tl_rolling *rolling,
                      struct tl_members *members, struct tl_flow_packet *packet)
{
    memset(packet, 0, sizeof *packet);
    struct tl_str contract = {cluster->name.id, cluster->name.id_size};
    struct tl_text id = text_in(builder->id, sizeof builder->id);
    tl_text_lit(&id, "flowpacket:");
    tl_text_str(&id, contract);
    tl_text_byte(&id, ':');
    tl_text_i64(&id, cluster->start_ts);
    tl_text_byte(&id, ':');
    tl_text_i64(&id, cluster->end_ts);
    packet->meta =
        (struct tl_meta){cluster->start_source_ts, cluster->ingest_ts, cluster->seq, str_of(&id)};
    packet->members = builder->members;
    packet->member_count =
        tl_members_list(members, &cluster->members, builder->members, TL_PACKET_MEMBERS_MAX);
    packet->option_contract_id = contract;
    packet->underlying_id = tl_str_from(cluster->underlying);
    packet->count = cluster->members.count;
    packet->total_size = cluster->total_size;
    packet->total_premium = tl_round_js(cluster->total_premium, 4);
    packet->total_notional = tl_round_js(cluster->total_premium * 100, 2);
    packet->first_price = cluster->first_price;
    packet->last_price = cluster->last_price;
    packet->start_ts = cluster->start_ts;
    packet->end_ts = cluster->end_ts;
    packet->window_ms = cluster->end_ts - cluster->start_ts;
    packet->option_type = cluster->option_type;
    if (packet->option_type == TL_OPTION_TYPE_ABSENT && cluster->name.parsed)
        packet->option_type = cluster->name.right == 'C' ? TL_OPTION_TYPE_CALL : TL_OPTION_TYPE_PUT;
    packet->conditions = join_conditions(builder, cluster);
    packet->shape = *shape;
    set_quotes(&builder->limits, nbbo, quote, packet);
    set_measures(cluster, packet);
    if (rolling) set_rolling(rolling, contract, packet);
}

/* Distinct contract ids in ascending order, joined by `separator`. */
static void put_contract_ids(struct tl_text *text, const struct tl_legs *legs, char separator)
{
    struct tl_str ids[TL_STRUCTURE_LEGS_MAX];
    for (size_t i = 0; i < legs->count; i++)
        ids[i] = (struct tl_str){legs->leg[i]->name.id, legs->leg[i]->name.id_size};
    size_t count = tl_members_sort_unique(ids, legs->count);
    for (size_t i = 0; i < count; i++) {
        if (i > 0) tl_text_byte(text, separator);
        tl_text_str(text, ids[i]);
    }
}

static void sum_legs(const struct tl_legs *legs, struct tl_flow_packet *packet)
{
    int64_t smallest = INT64_MAX, largest = 0;
    double premium = 0;
    packet->start_ts = packet->meta.source_ts = INT64_MAX;
    for (size_t i = 0; i < legs->count; i++) {
        const struct tl_cluster *leg = legs->leg[i];
        packet->count += leg->members.count;
        packet->total_size += leg->total_size;
        premium += leg->total_premium;
        if (leg->start_ts < packet->start_ts) packet->start_ts = leg->start_ts;
        if (leg->end_ts > packet->end_ts) packet->end_ts = leg->end_ts;
        if (leg->start_source_ts < packet->meta.source_ts)
            packet->meta.source_ts = leg->start_source_ts;
        if (leg->ingest_ts > packet->meta.ingest_ts) packet->meta.ingest_ts = leg->ingest_ts;
        if (leg->seq > packet->meta.seq) packet->meta.seq = leg->seq;
        if (leg->total_size < smallest) smallest = leg->total_size;
        if (leg->total_size > largest) largest = leg->total_size;
        if (leg->venue_count > packet->venue_count) packet->venue_count = leg->venue_count;
        for (int side = 0; side < TL_SIDE_COUNT; side++)
            packet->placed[side] += leg->placed[side];
    }
    packet->total_premium = tl_round_js(premium, 4);
    packet->total_notional = tl_round_js(premium * 100, 2);
    packet->window_ms = packet->end_ts - packet->start_ts;
    packet->same_size_leg_symmetry = ratio((double)smallest, (double)largest);
    set_ratios(packet);
}

static void set_roll(struct tl_packet_builder *builder, const struct tl_legs *legs, int32_t from,
                     int32_t to, struct tl_flow_packet *packet)
{
    struct tl_text text = text_in(builder->roll_from, sizeof builder->roll_from);
    put_date(&text, from);
    packet->roll = true;
    packet->roll_from_expiry = str_of(&text);
    text = text_in(builder->roll_to, sizeof builder->roll_to);
    put_date(&text, to);
    packet->roll_to_expiry = str_of(&text);
    packet->roll_from_strike = tl_structure_median_strike(legs, from);
    packet->roll_to_strike = tl_structure_median_strike(legs, to);
    packet->roll_strike_delta = tl_round_js(packet->roll_to_strike - packet->roll_from_strike, 4);
    packet->roll_expiry_days_delta = to - from;
}

static void set_lists(struct tl_packet_builder *builder, const struct tl_legs *legs,
                      struct tl_flow_packet *packet)
{
    double strikes[TL_STRUCTURE_LEGS_MAX];
    int32_t days[TL_STRUCTURE_LEGS_MAX];
    size_t strike_count = tl_structure_strikes(legs, strikes);
    size_t day_count = tl_structure_expiries(legs, days);
    struct tl_text text = text_in(builder->contract_ids, sizeof builder->contract_ids);
    put_contract_ids(&text, legs, ',');
    packet->contract_ids = str_of(&text);
    text = text_in(builder->expiries, sizeof builder->expiries);
    for (size_t i = 0; i < day_count; i++) {
        if (i > 0) tl_text_byte(&text, ',');
        put_date(&text, days[i]);
    }
    packet->expiries = str_of(&text);
    packet->expiry_count = (uint32_t)day_count;
    text = text_in(builder->strikes, sizeof builder->strikes);
    for (size_t i = 0; i < strike_count; i++) {
        if (i > 0) tl_text_byte(&text, ',');
        tl_text_double(&text, strikes[i]);
    }
    packet->strikes_list = str_of(&text);
    if (packet->shape.type == TL_STRUCTURE_ROLL)
        set_roll(builder, legs, days[0], days[day_count - 1], packet);
    text = text_in(builder->pseudo_id, sizeof builder->pseudo_id);
    tl_text_lit(&text, legs->leg[0]->name.root);
    tl_text_byte(&text, '-');
    put_date(&text, days[0]);
    tl_text_lit(&text, "-STRUCT-");
    tl_text_lit(&text, tl_structure_type_name(packet->shape.type));
    packet->option_contract_id = str_of(&text);
}

void tl_packet_structure(struct tl_packet_builder *builder, const struct tl_legs *legs,
                         const struct tl_structure_summary *shape, struct tl_members *members,
                         struct tl_flow_packet *packet)
{
    memset(packet, 0, sizeof *packet);
    packet->structure = true;
    packet->shape = *shape;
    packet->underlying_id = tl_str_from(legs->leg[0]->underlying);
    sum_legs(legs, packet);
    set_lists(builder, legs, packet);
    int64_t bucket_ms = builder->limits.window_ms;
    struct tl_text id = text_in(builder->id, sizeof builder->id);
    tl_text_lit(&id, "flowpacket:");
    tl_text_str(&id, packet->option_contract_id);
    tl_text_byte(&id, ':');
    tl_text_i64(&id, tl_floor_div(packet->start_ts, bucket_ms) * bucket_ms);
    tl_text_byte(&id, ':');
    put_contract_ids(&id, legs, '|');
    packet->meta.trace_id = str_of(&id);
    size_t count = 0;
    for (size_t i = 0; i < legs->count; i++)
        count += tl_members_list(members, &legs->leg[i]->members, builder->members + count,
                                 TL_PACKET_MEMBERS_MAX - count);
    packet->members = builder->members;
    packet->member_count = tl_members_sort_unique(builder->members, count);
}
