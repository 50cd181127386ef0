/* SPDX-License-Identifier: Apache-2.0
 * Scores, guards, hits, alerts.
 *   probability = 1 / (1 + exp(-points)), to 4 places
 *   abstained   = best probability < 0.42, or evidence too thin for its profile (confirm.c)
 *   hits        = the primary profile and those of at least 0.5, the first three
 *   alert score = min(70, round(premium / 1000)) + round(20 x best confidence) + min(20, 5 x hits)
 * Guards speak for the whole event; how much they weaken a profile is an item of its judgement
 * (profile.c), so that the fit decides: a stale quote says nothing against a box. */
#include "flow/smart_money.h"

#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "flow/thresholds.h"

#define HIT_TEXT 640

struct tl_event_builder {
    char trace_id[2200], event_id[2200], alert_id[2300];
    char hit_trace[TL_HITS_MAX][2300], hit_text[TL_HITS_MAX][HIT_TEXT], hit_name[TL_HITS_MAX][48];
};

struct tl_event_builder *tl_event_builder_create(void)
{
    return calloc(1, sizeof(struct tl_event_builder));
}

void tl_event_builder_destroy(struct tl_event_builder *builder)
{
    free(builder);
}

static struct tl_str concat(char *data, size_t capacity, const char *a, const char *b,
                            struct tl_str rest)
{
    struct tl_text text = {.data = data, .capacity = capacity};
    tl_text_lit(&text, a);
    tl_text_lit(&text, b);
    tl_text_str(&text, rest);
    return (struct tl_str){text.data, text.size};
}

static const char *band_of(double probability)
{
    if (probability >= tl_thresholds.band_high) return "high";
    return probability >= tl_thresholds.band_medium ? "medium" : "low";
}

struct guards {
    bool special, stale, inside;
};

static struct guards guards_of(const struct tl_evidence *evidence)
{
    const struct tl_thresholds *t = &tl_thresholds;
    return (struct guards){.special = evidence->special >= t->special_share,
                           .stale = evidence->stale >= t->stale_share,
                           .inside = evidence->inside >= t->inside_share &&
                                     tl_abs(evidence->lean) < t->inside_lean};
}

static void score_profile(const struct tl_profile_rule *rule, const struct tl_evidence *evidence,
                          struct tl_profile_score *score)
{
    struct tl_judgement judgement;
    tl_profile_judge(rule, evidence, &judgement);
    score->profile = rule->profile;
    score->probability = tl_round_js(tl_judgement_probability(&judgement), 4);
    score->band = band_of(score->probability);
    score->direction = judgement.direction;
    score->reason_count = tl_judgement_reasons(&judgement, score->reasons);
    if (score->reason_count == 0) score->reasons[score->reason_count++] = "no_supporting_evidence";
}

static void set_scores(const struct tl_evidence *evidence, struct tl_smart_money *event)
{
    struct guards guards = guards_of(evidence);
    for (size_t i = 0; i < TL_PROFILE_COUNT; i++) {
        struct tl_profile_score score;
        score_profile(&tl_profile_rules[i], evidence, &score);
        size_t at = i;
        for (; at > 0 && event->scores[at - 1].probability < score.probability; at--)
            event->scores[at] = event->scores[at - 1];
        event->scores[at] = score;
    }
    if (guards.special)
        event->suppressed[event->suppressed_count++] = "special_print_or_complex_context";
    if (guards.stale)
        event->suppressed[event->suppressed_count++] = "stale_or_missing_quote_context";
    if (guards.inside)
        event->suppressed[event->suppressed_count++] = "inside_market_or_cross_like_execution";
}

void tl_smart_money_build(struct tl_event_builder *builder, const struct tl_flow_packet *packet,
                          const struct tl_features *features, const struct tl_evidence *evidence,
                          struct tl_smart_money *event)
{
    memset(event, 0, sizeof *event);
    event->multi_leg = packet->structure;
    event->meta = packet->meta;
    event->meta.trace_id = concat(builder->trace_id, sizeof builder->trace_id, "smartmoney:", "",
                                  packet->meta.trace_id);
    event->event_id =
        concat(builder->event_id, sizeof builder->event_id, "smartmoney:",
               packet->structure ? "multi_leg_event:" : "single_leg_event:", packet->meta.trace_id);
    event->packet_ids[event->packet_id_count++] = packet->meta.trace_id;
    event->members = packet->members;
    event->member_count = packet->member_count;
    event->underlying_id =
        packet->underlying_id.size > 0 ? packet->underlying_id : tl_str_from("UNKNOWN");
    event->event_window_ms = packet->window_ms;
    event->features = *features;
    set_scores(evidence, event);
    event->abstained = true;
    event->primary_direction = TL_DIRECTION_UNKNOWN;
}

void tl_smart_money_settle(struct tl_smart_money *event, const struct tl_evidence *evidence,
                           struct tl_confirm *confirm)
{
    const struct tl_profile_score *best = &event->scores[0];
    struct tl_likely judged = {.ts = event->features.end_ts,
                               .profile = (uint8_t)best->profile,
                               .direction = (uint8_t)best->direction,
                               .right = (int8_t)evidence->right,
                               .dte = (int16_t)tl_clamp(evidence->dte, -1, 30000),
                               .market_rate = (float)evidence->market_rate,
                               .barred = tl_profile_barred(evidence, best->profile)};
    event->abstained = !tl_confirm_names(confirm, best->probability, &judged);
    event->primary_direction = event->abstained ? TL_DIRECTION_UNKNOWN : best->direction;
}

void tl_smart_money_relate(struct tl_smart_money *event, struct tl_str packet_id)
{
    for (size_t i = 0; i < event->packet_id_count; i++)
        if (tl_str_equal(event->packet_ids[i], packet_id)) return;
    if (event->packet_id_count < TL_PACKET_IDS_MAX)
        event->packet_ids[event->packet_id_count++] = packet_id;
}

/* One explanation into the hit's text; the string is what was appended. */
static void explain(struct tl_text *text, struct tl_classifier_hit *hit, const char *before,
                    struct tl_str words, const char *after)
{
    size_t start = text->size;
    tl_text_lit(text, before);
    tl_text_str(text, words);
    tl_text_lit(text, after);
    hit->explanations[hit->explanation_count++] =
        (struct tl_str){text->data + start, text->size - start};
}

static void build_hit(struct tl_event_builder *builder, size_t index,
                      const struct tl_flow_packet *packet, const struct tl_smart_money *event,
                      const struct tl_profile_score *score, struct tl_classifier_hit *hit)
{
    memset(hit, 0, sizeof *hit);
    struct tl_str profile = tl_str_from(tl_profile_name(score->profile));
    hit->classifier_id = concat(builder->hit_name[index], sizeof builder->hit_name[index],
                                "smart_money_", "", profile);
    struct tl_text trace = {.data = builder->hit_trace[index],
                            .capacity = sizeof builder->hit_trace[index]};
    tl_text_lit(&trace, "classifier:");
    tl_text_str(&trace, hit->classifier_id);
    tl_text_byte(&trace, ':');
    tl_text_str(&trace, packet->meta.trace_id);
    hit->meta = event->meta;
    hit->meta.trace_id = (struct tl_str){trace.data, trace.size};
    hit->confidence = score->probability;
    hit->direction = score->direction;
    struct tl_text text = {.data = builder->hit_text[index], .capacity = HIT_TEXT};
    tl_text_lit(&text, "Profile ");
    tl_text_str(&text, profile);
    tl_text_lit(&text, " probability ");
    tl_text_double(&text, tl_round_js(score->probability * 100, 0));
    tl_text_lit(&text, "%.");
    hit->explanations[hit->explanation_count++] = (struct tl_str){text.data, text.size};
    for (size_t i = 0; i < score->reason_count; i++)
        explain(&text, hit, "", tl_str_from(score->reasons[i]), "");
    for (size_t i = 0; i < event->suppressed_count; i++)
        explain(&text, hit, "Suppression guard: ", tl_str_from(event->suppressed[i]), ".");
}

bool tl_smart_money_alert(struct tl_event_builder *builder, const struct tl_flow_packet *packet,
                          const struct tl_smart_money *event, struct tl_alert *alert)
{
    memset(alert, 0, sizeof *alert);
    if (event->abstained) return false;
    for (size_t i = 0; i < TL_PROFILE_COUNT && alert->hit_count < TL_HITS_MAX; i++) {
        if (i > 0 && event->scores[i].probability < tl_thresholds.hit_floor) break;
        build_hit(builder, alert->hit_count, packet, event, &event->scores[i],
                  &alert->hits[alert->hit_count]);
        alert->hit_count++;
    }
    double size = tl_min(70, tl_floor(packet->total_premium / 1000 + 0.5));
    double sure = tl_floor(20 * event->scores[0].probability + 0.5);
    double many = tl_min(20, 5 * (double)alert->hit_count);
    alert->score = (int64_t)tl_clamp(size + sure + many, 0, 100);
    alert->severity = alert->score >= 80 ? "high" : alert->score >= 45 ? "medium" : "low";
    alert->meta = event->meta;
    alert->meta.trace_id =
        concat(builder->alert_id, sizeof builder->alert_id, "alert:", "", event->event_id);
    alert->event = event;
    return true;
}
