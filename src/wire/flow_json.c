/* SPDX-License-Identifier: Apache-2.0
 * Encoders of derived events: flat appending in the contract's key order. A key is written with
 * its leading comma; the first key of an object is written by hand. Optional keys are left out
 * where unknown, nullable ones are null. */
#include "wire/flow_json.h"

#include "base/math.h"
#include "base/placement.h"
#include "wire/put.h"

static void put_key(struct tl_put *put, const char *key)
{
    TL_PUT(put, ",\"");
    tl_put_cstr(put, key);
    TL_PUT(put, "\":");
}

static void put_int(struct tl_put *put, const char *key, int64_t value)
{
    put_key(put, key);
    tl_put_i64(put, value);
}

static void put_num(struct tl_put *put, const char *key, double value)
{
    put_key(put, key);
    tl_put_number(put, value);
}

static void put_num_or_null(struct tl_put *put, const char *key, double value)
{
    put_key(put, key);
    if (tl_features_is_null(value))
        TL_PUT(put, "null");
    else
        tl_put_number(put, value);
}

static void put_str(struct tl_put *put, const char *key, struct tl_str value)
{
    put_key(put, key);
    tl_put_json_string(put, value);
}

static void put_word(struct tl_put *put, const char *key, const char *word)
{
    put_str(put, key, tl_str_from(word));
}

static void put_bool(struct tl_put *put, const char *key, bool value)
{
    put_key(put, key);
    if (value)
        TL_PUT(put, "true");
    else
        TL_PUT(put, "false");
}

static void put_meta(struct tl_put *put, const struct tl_meta *meta)
{
    TL_PUT(put, "{\"source_ts\":");
    tl_put_i64(put, meta->source_ts);
    put_int(put, "ingest_ts", meta->ingest_ts);
    put_key(put, "seq");
    tl_put_u64(put, meta->seq);
    put_str(put, "trace_id", meta->trace_id);
}

static void put_strings(struct tl_put *put, const struct tl_str *strings, size_t count)
{
    TL_PUT(put, "[");
    for (size_t i = 0; i < count; i++) {
        if (i > 0) TL_PUT(put, ",");
        tl_put_json_string(put, strings[i]);
    }
    TL_PUT(put, "]");
}

static void put_words(struct tl_put *put, const char *const *words, size_t count)
{
    TL_PUT(put, "[");
    for (size_t i = 0; i < count; i++) {
        if (i > 0) TL_PUT(put, ",");
        tl_put_json_string(put, tl_str_from(words[i]));
    }
    TL_PUT(put, "]");
}

static void put_counters(struct tl_put *put, const struct tl_flow_packet *packet)
{
    put_int(put, "nbbo_aa_count", packet->placed[TL_SIDE_AA]);
    put_int(put, "nbbo_a_count", packet->placed[TL_SIDE_A]);
    put_int(put, "nbbo_b_count", packet->placed[TL_SIDE_B]);
    put_int(put, "nbbo_bb_count", packet->placed[TL_SIDE_BB]);
    put_int(put, "nbbo_mid_count", packet->placed[TL_SIDE_MID]);
    put_int(put, "nbbo_missing_count", packet->placed[TL_SIDE_MISSING]);
    put_int(put, "nbbo_stale_count", packet->placed[TL_SIDE_STALE]);
    put_num(put, "nbbo_coverage_ratio", packet->coverage);
    put_num(put, "nbbo_aggressive_buy_ratio", packet->aggressive_buy);
    put_num(put, "nbbo_aggressive_sell_ratio", packet->aggressive_sell);
    if (!packet->structure) put_num(put, "nbbo_inside_ratio", packet->inside);
    put_num(put, "nbbo_aggressive_ratio", packet->aggressive);
}

static void put_rights(struct tl_put *put, const struct tl_structure_summary *shape)
{
    put_word(put, "structure_rights", shape->call && shape->put ? "C/P" : shape->call ? "C" : "P");
}

static void put_shape(struct tl_put *put, const struct tl_structure_summary *shape)
{
    put_word(put, "structure_type", tl_structure_type_name(shape->type));
    put_int(put, "structure_legs", shape->legs);
    put_int(put, "structure_strikes", shape->strikes);
    put_num(put, "structure_strike_span", tl_round_js(shape->span, 4));
    put_rights(put, shape);
}

static void put_baseline(struct tl_put *put, const char *const keys[4],
                         const struct tl_rolling_stat *stat)
{
    put_num(put, keys[0], stat->mean);
    put_num(put, keys[1], stat->std);
    put_num(put, keys[2], stat->z);
    put_int(put, keys[3], stat->baseline_n);
}

static void put_quotes(struct tl_put *put, const struct tl_flow_packet *packet)
{
    static const char *const spread_keys[4] = {"nbbo_spread_mean", "nbbo_spread_std",
                                               "nbbo_spread_z", "nbbo_spread_baseline_n"};
    if (!(packet->has & TL_PACKET_NBBO_FRESH)) return;
    put_num(put, "nbbo_bid", packet->nbbo.bid);
    put_num(put, "nbbo_ask", packet->nbbo.ask);
    put_num(put, "nbbo_mid", packet->nbbo_mid);
    put_num(put, "nbbo_spread", packet->nbbo_spread);
    put_int(put, "nbbo_bid_size", packet->nbbo.bid_size);
    put_int(put, "nbbo_ask_size", packet->nbbo.ask_size);
    put_baseline(put, spread_keys, &packet->spread_stat);
}

static void put_underlying(struct tl_put *put, const struct tl_flow_packet *packet)
{
    if (packet->underlying_id.size > 0) put_str(put, "underlying_id", packet->underlying_id);
    if (!(packet->has & TL_PACKET_UNDERLYING_QUOTE_FRESH)) return;
    put_int(put, "underlying_quote_ts", packet->underlying_quote.ts);
    put_num(put, "underlying_bid", packet->underlying_quote.bid);
    put_num(put, "underlying_ask", packet->underlying_quote.ask);
    put_num(put, "underlying_mid", packet->underlying_mid);
    put_num(put, "underlying_spread", packet->underlying_spread);
}

static void put_single_features(struct tl_put *put, const struct tl_flow_packet *packet)
{
    static const char *const premium_keys[4] = {"total_premium_mean", "total_premium_std",
                                                "total_premium_z", "total_premium_baseline_n"};
    static const char *const size_keys[4] = {"total_size_mean", "total_size_std", "total_size_z",
                                             "total_size_baseline_n"};
    TL_PUT(put, "{\"option_contract_id\":");
    tl_put_json_string(put, packet->option_contract_id);
    put_int(put, "count", packet->count);
    put_int(put, "total_size", packet->total_size);
    put_num(put, "total_premium", packet->total_premium);
    put_num(put, "total_notional", packet->total_notional);
    put_num(put, "first_price", packet->first_price);
    put_num(put, "last_price", packet->last_price);
    put_int(put, "start_ts", packet->start_ts);
    put_int(put, "end_ts", packet->end_ts);
    put_int(put, "window_ms", packet->window_ms);
    put_underlying(put, packet);
    if (packet->option_type != TL_OPTION_TYPE_ABSENT)
        put_word(put, "option_type", packet->option_type == TL_OPTION_TYPE_CALL ? "call" : "put");
    if (packet->has & TL_PACKET_IS_ETF) put_bool(put, "is_etf", packet->is_etf);
    if (packet->conditions.size > 0) put_str(put, "conditions", packet->conditions);
    if (packet->special_print_count > 0)
        put_int(put, "special_print_count", packet->special_print_count);
    put_int(put, "venue_count", packet->venue_count);
    if (packet->has & TL_PACKET_IV_SHOCK)
        put_num(put, "execution_iv_shock", packet->execution_iv_shock);
    if (packet->has & TL_PACKET_MOVE)
        put_num(put, "underlying_move_bps", packet->underlying_move_bps);
    if (packet->corporate_event_ts > 0)
        put_int(put, "corporate_event_ts", packet->corporate_event_ts);
    put_counters(put, packet);
    put_baseline(put, premium_keys, &packet->premium_stat);
    put_baseline(put, size_keys, &packet->size_stat);
    if (packet->shape.type != TL_STRUCTURE_NONE) put_shape(put, &packet->shape);
    put_quotes(put, packet);
    TL_PUT(put, "}");
}

static void put_single_quality(struct tl_put *put, const struct tl_flow_packet *packet)
{
    if (packet->has & TL_PACKET_UNDERLYING_QUOTE) {
        TL_PUT(put, ",\"join_quality\":{\"underlying_quote_age_ms\":");
        tl_put_i64(put, packet->underlying_quote_age_ms);
        if (!(packet->has & TL_PACKET_UNDERLYING_QUOTE_FRESH))
            put_int(put, "underlying_quote_stale", 1);
    } else {
        TL_PUT(put, ",\"join_quality\":{\"underlying_quote_missing\":1");
    }
    put_num(put, "nbbo_coverage_ratio", packet->coverage);
    if (packet->has & TL_PACKET_NBBO) {
        put_int(put, "nbbo_age_ms", packet->nbbo_age_ms);
        if (!(packet->has & TL_PACKET_NBBO_FRESH)) put_int(put, "nbbo_stale", 1);
    } else {
        put_int(put, "nbbo_missing", 1);
    }
    TL_PUT(put, "}");
}

static void put_structure_features(struct tl_put *put, const struct tl_flow_packet *packet)
{
    TL_PUT(put, "{\"packet_kind\":\"structure\"");
    put_str(put, "option_contract_id", packet->option_contract_id);
    put_str(put, "underlying_id", packet->underlying_id);
    put_int(put, "count", packet->count);
    put_int(put, "total_size", packet->total_size);
    put_num(put, "total_premium", packet->total_premium);
    put_num(put, "total_notional", packet->total_notional);
    put_int(put, "start_ts", packet->start_ts);
    put_int(put, "end_ts", packet->end_ts);
    put_int(put, "window_ms", packet->window_ms);
    put_shape(put, &packet->shape);
    put_str(put, "structure_contract_ids", packet->contract_ids);
    put_int(put, "structure_expiries_count", packet->expiry_count);
    put_str(put, "structure_expiries", packet->expiries);
    put_str(put, "structure_strikes_list", packet->strikes_list);
    put_counters(put, packet);
    put_num(put, "same_size_leg_symmetry", packet->same_size_leg_symmetry);
    if (packet->roll) {
        put_str(put, "roll_from_expiry", packet->roll_from_expiry);
        put_str(put, "roll_to_expiry", packet->roll_to_expiry);
        put_num(put, "roll_from_strike", packet->roll_from_strike);
        put_num(put, "roll_to_strike", packet->roll_to_strike);
        put_num(put, "roll_strike_delta", packet->roll_strike_delta);
        put_int(put, "roll_expiry_days_delta", packet->roll_expiry_days_delta);
    }
    TL_PUT(put, "}");
}

void tl_json_put_flow_packet(struct tl_text *out, const struct tl_flow_packet *packet)
{
    struct tl_put put = tl_put_begin(out);
    put_meta(&put, &packet->meta);
    put_str(&put, "id", packet->meta.trace_id);
    put_key(&put, "members");
    put_strings(&put, packet->members, packet->member_count);
    put_key(&put, "features");
    if (packet->structure) {
        put_structure_features(&put, packet);
        TL_PUT(&put, ",\"join_quality\":{\"nbbo_coverage_ratio\":");
        tl_put_number(&put, packet->coverage);
        TL_PUT(&put, "}");
    } else {
        put_single_features(&put, packet);
        put_single_quality(&put, packet);
    }
    TL_PUT(&put, "}");
    tl_put_end(&put, out);
}

static void put_event_features(struct tl_put *put, const struct tl_features *features)
{
    TL_PUT(put, "{\"contract_count\":");
    tl_put_i64(put, features->contract_count);
    put_int(put, "print_count", features->print_count);
    put_num(put, "total_size", features->total_size);
    put_num(put, "total_premium", features->total_premium);
    put_num(put, "total_notional", features->total_notional);
    put_int(put, "start_ts", features->start_ts);
    put_int(put, "end_ts", features->end_ts);
    put_int(put, "window_ms", features->window_ms);
    if (features->option_contract_id.size > 0)
        put_str(put, "option_contract_id", features->option_contract_id);
    if (features->option_type)
        put_word(put, "option_type", features->option_type == 'C' ? "C" : "P");
    put_num_or_null(put, "dte_days", features->dte_days);
    put_num_or_null(put, "moneyness", features->moneyness);
    put_num_or_null(put, "atm_proximity", features->atm_proximity);
    put_num(put, "aggressor_buy_ratio", features->aggressor_buy_ratio);
    put_num(put, "aggressor_sell_ratio", features->aggressor_sell_ratio);
    put_num(put, "aggressor_ratio", features->aggressor_ratio);
    put_num(put, "nbbo_coverage_ratio", features->nbbo_coverage_ratio);
    put_num(put, "nbbo_inside_ratio", features->nbbo_inside_ratio);
    put_num(put, "nbbo_stale_ratio", features->nbbo_stale_ratio);
    put_num_or_null(put, "quote_age_ms", features->quote_age_ms);
    put_int(put, "venue_count", features->venue_count);
    put_num_or_null(put, "inter_fill_ms_mean", features->inter_fill_ms_mean);
    put_int(put, "strike_count", features->strike_count);
    put_num(put, "strike_concentration", features->strike_concentration);
    if (features->structure_type.size > 0) put_str(put, "structure_type", features->structure_type);
    put_int(put, "structure_legs", features->structure_legs);
    put_num(put, "same_size_leg_symmetry", features->same_size_leg_symmetry);
    put_num(put, "net_directional_bias", features->net_directional_bias);
    put_num_or_null(put, "synthetic_iv_shock", features->iv_shock);
    put_num_or_null(put, "spread_widening", features->spread_widening);
    put_num_or_null(put, "underlying_move_bps", features->underlying_move_bps);
    put_num_or_null(put, "days_to_event", features->days_to_event);
    put_key(put, "expiry_after_event");
    tl_put_cstr(put, features->expiry_after_event < 0   ? "null"
                     : features->expiry_after_event > 0 ? "true"
                                                        : "false");
    put_num_or_null(put, "pre_event_concentration", features->pre_event_concentration);
    put_num(put, "special_print_ratio", features->special_print_ratio);
    TL_PUT(put, "}");
}

static void put_scores(struct tl_put *put, const struct tl_smart_money *event)
{
    TL_PUT(put, "[");
    for (size_t i = 0; i < TL_PROFILE_COUNT; i++) {
        const struct tl_profile_score *score = &event->scores[i];
        if (i > 0) TL_PUT(put, ",");
        TL_PUT(put, "{\"profile_id\":");
        tl_put_json_string(put, tl_str_from(tl_profile_name(score->profile)));
        put_num(put, "probability", score->probability);
        put_word(put, "confidence_band", score->band);
        put_word(put, "direction", tl_direction_name(score->direction));
        put_key(put, "reasons");
        put_words(put, score->reasons, score->reason_count);
        TL_PUT(put, "}");
    }
    TL_PUT(put, "]");
}

void tl_json_put_smart_money(struct tl_text *out, const struct tl_smart_money *event)
{
    struct tl_put put = tl_put_begin(out);
    put_meta(&put, &event->meta);
    put_str(&put, "event_id", event->event_id);
    put_key(&put, "packet_ids");
    put_strings(&put, event->packet_ids, event->packet_id_count);
    put_key(&put, "member_print_ids");
    put_strings(&put, event->members, event->member_count);
    put_str(&put, "underlying_id", event->underlying_id);
    put_word(&put, "event_kind", event->multi_leg ? "multi_leg_event" : "single_leg_event");
    put_int(&put, "event_window_ms", event->event_window_ms);
    put_key(&put, "features");
    put_event_features(&put, &event->features);
    put_key(&put, "profile_scores");
    put_scores(&put, event);
    if (event->abstained)
        TL_PUT(&put, ",\"primary_profile_id\":null");
    else
        put_word(&put, "primary_profile_id", tl_profile_name(event->scores[0].profile));
    put_word(&put, "primary_direction", tl_direction_name(event->primary_direction));
    put_bool(&put, "abstained", event->abstained);
    put_key(&put, "suppressed_reasons");
    put_words(&put, event->suppressed, event->suppressed_count);
    TL_PUT(&put, "}");
    tl_put_end(&put, out);
}

static void put_hit_body(struct tl_put *put, const struct tl_classifier_hit *hit)
{
    TL_PUT(put, "\"classifier_id\":");
    tl_put_json_string(put, hit->classifier_id);
    put_num(put, "confidence", hit->confidence);
    put_word(put, "direction", tl_direction_name(hit->direction));
    put_key(put, "explanations");
    put_strings(put, hit->explanations, hit->explanation_count);
    TL_PUT(put, "}");
}

void tl_json_put_classifier_hit(struct tl_text *out, const struct tl_classifier_hit *hit)
{
    struct tl_put put = tl_put_begin(out);
    put_meta(&put, &hit->meta);
    TL_PUT(&put, ",");
    put_hit_body(&put, hit);
    tl_put_end(&put, out);
}

void tl_json_put_alert(struct tl_text *out, const struct tl_alert *alert)
{
    const struct tl_smart_money *event = alert->event;
    struct tl_put put = tl_put_begin(out);
    put_meta(&put, &alert->meta);
    put_int(&put, "score", alert->score);
    put_word(&put, "severity", alert->severity);
    put_key(&put, "hits");
    for (size_t i = 0; i < alert->hit_count; i++) {
        if (i == 0)
            TL_PUT(&put, "[{");
        else
            TL_PUT(&put, ",{");
        put_hit_body(&put, &alert->hits[i]);
    }
    TL_PUT(&put, "]");
    put_key(&put, "evidence_refs");
    TL_PUT(&put, "[");
    tl_put_json_string(&put, event->event_id);
    TL_PUT(&put, ",");
    tl_put_json_string(&put, event->packet_ids[0]);
    for (size_t i = 0; i < event->member_count; i++) {
        TL_PUT(&put, ",");
        tl_put_json_string(&put, event->members[i]);
    }
    TL_PUT(&put, "]");
    put_word(&put, "primary_profile_id", tl_profile_name(event->scores[0].profile));
    put_key(&put, "profile_scores");
    put_scores(&put, event);
    TL_PUT(&put, "}");
    tl_put_end(&put, out);
}

void tl_json_put_equity_join(struct tl_text *out, const struct tl_equity_join *join)
{
    const struct tl_wire_equity_print *print = join->print;
    struct tl_put put = tl_put_begin(out);
    put_meta(&put, &join->meta);
    put_str(&put, "id", join->meta.trace_id);
    put_str(&put, "print_trace_id", join->print_trace_id);
    put_str(&put, "quote_trace_id", join->quote_trace_id);
    TL_PUT(&put, ",\"features\":{\"underlying_id\":");
    tl_put_json_string(&put, print->underlying_id);
    put_num(&put, "price", print->price);
    put_int(&put, "size", print->size);
    put_bool(&put, "off_exchange_flag", print->off_exchange);
    put_int(&put, "print_ts", print->ts);
    put_word(&put, "quote_placement", tl_nbbo_side_name(join->placement));
    if (join->fresh) {
        put_int(&put, "quote_ts", join->quote.ts);
        put_num(&put, "quote_bid", join->quote.bid);
        put_num(&put, "quote_ask", join->quote.ask);
        put_num(&put, "quote_mid", join->mid);
        put_num(&put, "quote_spread", join->spread);
    }
    if (join->quote.known) {
        TL_PUT(&put, "},\"join_quality\":{\"quote_age_ms\":");
        tl_put_i64(&put, join->quote_age_ms);
        if (!join->fresh) put_int(&put, "quote_stale", 1);
        TL_PUT(&put, "}}");
    } else {
        TL_PUT(&put, "},\"join_quality\":{\"quote_missing\":1}}");
    }
    tl_put_end(&put, out);
}

void tl_json_put_dark(struct tl_text *out, const struct tl_dark_event *event)
{
    struct tl_put put = tl_put_begin(out);
    put_meta(&put, &event->meta);
    put_word(&put, "type", tl_dark_type_name(event->type));
    put_num(&put, "confidence", event->confidence);
    put_key(&put, "evidence_refs");
    put_strings(&put, event->evidence, event->evidence_count);
    TL_PUT(&put, "}");
    tl_put_end(&put, out);
}
