/* SPDX-License-Identifier: Apache-2.0
 * Schema checks through jansson: derived events are few (joins, one an equity print, the most), so
 * a tree is affordable. Required fields are listed per event as rows of a small table; the maps
 * (features, join_quality) are checked for their value types. Limit: the 6 profile scores and the
 * feature object of a smart-money event are checked for shape, not key by key. */
#include "json/event_facts.h"

#include "base/text.h"

#include <jansson.h>
#include <string.h>

enum kind {
    KIND_END,
    KIND_INT,         /* whole, >= 0, <= 2^53 - 1 */
    KIND_NUMBER,      /* finite */
    KIND_UNIT,        /* 0..1 */
    KIND_TEXT,        /* may be empty */
    KIND_NAME,        /* not empty */
    KIND_BOOL,        /* */
    KIND_TEXTS,       /* array of strings */
    KIND_ARRAY,       /* */
    KIND_SCALARS,     /* object of string, number, bool or null */
    KIND_NUMBERS,     /* object of numbers */
    KIND_NAME_OR_NULL /* */
};

struct field {
    const char *key;
    enum kind kind;
};

static const struct field meta_fields[] = {{"source_ts", KIND_INT},
                                           {"ingest_ts", KIND_INT},
                                           {"seq", KIND_INT},
                                           {"trace_id", KIND_NAME},
                                           {NULL, KIND_END}};
static const struct field join_fields[] = {
    {"id", KIND_NAME},          {"print_trace_id", KIND_NAME},  {"quote_trace_id", KIND_TEXT},
    {"features", KIND_SCALARS}, {"join_quality", KIND_NUMBERS}, {NULL, KIND_END}};
static const struct field dark_fields[] = {{"type", KIND_NAME},
                                           {"confidence", KIND_UNIT},
                                           {"evidence_refs", KIND_TEXTS},
                                           {NULL, KIND_END}};
static const struct field packet_fields[] = {{"id", KIND_NAME},
                                             {"members", KIND_TEXTS},
                                             {"features", KIND_SCALARS},
                                             {"join_quality", KIND_NUMBERS},
                                             {NULL, KIND_END}};
static const struct field smart_money_fields[] = {{"event_id", KIND_NAME},
                                                  {"packet_ids", KIND_TEXTS},
                                                  {"member_print_ids", KIND_TEXTS},
                                                  {"underlying_id", KIND_NAME},
                                                  {"event_kind", KIND_NAME},
                                                  {"event_window_ms", KIND_INT},
                                                  {"features", KIND_SCALARS},
                                                  {"profile_scores", KIND_ARRAY},
                                                  {"primary_profile_id", KIND_NAME_OR_NULL},
                                                  {"primary_direction", KIND_NAME},
                                                  {"abstained", KIND_BOOL},
                                                  {"suppressed_reasons", KIND_TEXTS},
                                                  {NULL, KIND_END}};
static const struct field score_fields[] = {
    {"profile_id", KIND_NAME}, {"probability", KIND_UNIT}, {"confidence_band", KIND_NAME},
    {"direction", KIND_NAME},  {"reasons", KIND_TEXTS},    {NULL, KIND_END}};
static const struct field hit_fields[] = {{"classifier_id", KIND_NAME},
                                          {"confidence", KIND_UNIT},
                                          {"direction", KIND_NAME},
                                          {"explanations", KIND_TEXTS},
                                          {NULL, KIND_END}};
static const struct field alert_fields[] = {{"score", KIND_NUMBER},
                                            {"severity", KIND_NAME},
                                            {"hits", KIND_ARRAY},
                                            {"evidence_refs", KIND_TEXTS},
                                            {NULL, KIND_END}};

static bool is_count(const json_t *value)
{
    double number = json_number_value(value);
    return json_is_number(value) && number >= 0.0 && number <= 9007199254740991.0 &&
           number == (double)(int64_t)number;
}

static bool is_unit(const json_t *value)
{
    double number = json_number_value(value);
    return json_is_number(value) && number >= 0.0 && number <= 1.0;
}

static bool all_texts(const json_t *array)
{
    for (size_t i = 0; i < json_array_size(array); i++)
        if (!json_is_string(json_array_get(array, i))) return false;
    return json_is_array(array);
}

static bool all_values(json_t *object, bool numbers_only)
{
    const char *key;
    json_t *value;
    if (!json_is_object(object)) return false;
    json_object_foreach(object, key, value)
    {
        bool plain = json_is_string(value) || json_is_boolean(value) || json_is_null(value);
        if (!json_is_number(value) && (numbers_only || !plain)) return false;
    }
    return true;
}

static bool is_kind(json_t *value, enum kind kind)
{
    switch (kind) {
    case KIND_INT:
        return is_count(value);
    case KIND_NUMBER:
        return json_is_number(value);
    case KIND_UNIT:
        return is_unit(value);
    case KIND_TEXT:
        return json_is_string(value);
    case KIND_NAME:
        return json_string_length(value) > 0;
    case KIND_BOOL:
        return json_is_boolean(value);
    case KIND_TEXTS:
        return all_texts(value);
    case KIND_ARRAY:
        return json_is_array(value);
    case KIND_SCALARS:
        return all_values(value, false);
    case KIND_NUMBERS:
        return all_values(value, true);
    case KIND_NAME_OR_NULL:
        return json_is_null(value) || json_string_length(value) > 0;
    case KIND_END:
        break;
    }
    return false;
}

static enum tl_status check(const json_t *object, const struct field *fields,
                            struct tl_error *error)
{
    if (!json_is_object(object)) return tl_error_set(error, TL_INVALID, "not an object");
    for (; fields->key; fields++)
        if (!is_kind(json_object_get(object, fields->key), fields->kind))
            return tl_error_set(error, TL_INVALID, "%s: missing or of the wrong type or range",
                                fields->key);
    return TL_OK;
}

static enum tl_status check_items(const json_t *object, const char *key, const struct field *fields,
                                  struct tl_error *error)
{
    const json_t *array = json_object_get(object, key);
    for (size_t i = 0; i < json_array_size(array); i++) {
        enum tl_status status = check(json_array_get(array, i), fields, error);
        if (status != TL_OK) {
            tl_error_add(error, "%s[%zu]", key, i);
            return status;
        }
    }
    return TL_OK;
}

static struct tl_str text_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return (struct tl_str){json_string_value(value), json_string_length(value)};
}

/* --- packets ------------------------------------------------------------------------------- */

static const struct {
    const char *key;
    enum tl_nbbo_side side;
} side_counts[] = {
    {"nbbo_aa_count", TL_SIDE_AA},       {"nbbo_a_count", TL_SIDE_A},
    {"nbbo_mid_count", TL_SIDE_MID},     {"nbbo_b_count", TL_SIDE_B},
    {"nbbo_bb_count", TL_SIDE_BB},       {"nbbo_missing_count", TL_SIDE_MISSING},
    {"nbbo_stale_count", TL_SIDE_STALE},
};

/* option_type where there is one, else structure_rights in lower case: "c/p" holds neither word, so
 * a structure packet matches no option type. That is the contract's rule. */
static uint32_t packet_types(const json_t *features)
{
    const char *text = json_string_value(json_object_get(features, "option_type"));
    if (!text) return 0;
    uint32_t types = 0;
    if (strstr(text, "call")) types |= 1u << TL_OPTION_TYPE_CALL;
    if (strstr(text, "put")) types |= 1u << TL_OPTION_TYPE_PUT;
    return types;
}

static int64_t count_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return is_count(value) ? (int64_t)json_number_value(value) : 0;
}

static double ratio_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return is_unit(value) ? json_number_value(value) : 0.0;
}

static void packet_row_facts(const json_t *root, struct tl_packet_facts *facts)
{
    const json_t *features = json_object_get(root, "features");
    const json_t *quality = json_object_get(root, "join_quality");
    facts->id = text_of(root, "id");
    facts->contract = text_of(features, "option_contract_id");
    facts->underlying_id = text_of(features, "underlying_id");
    facts->structure = text_of(features, "structure_type");
    facts->start_ts = count_of(features, "start_ts");
    facts->end_ts = count_of(features, "end_ts");
    facts->prints = count_of(features, "count");
    facts->size = count_of(features, "total_size");
    facts->legs = count_of(features, "structure_legs");
    facts->buy = ratio_of(features, "nbbo_aggressive_buy_ratio");
    facts->sell = ratio_of(features, "nbbo_aggressive_sell_ratio");
    facts->coverage = ratio_of(features, "nbbo_coverage_ratio");
    facts->quote_missing = json_object_get(quality, "nbbo_missing") != NULL;
    facts->quote_stale = json_object_get(quality, "nbbo_stale") != NULL;
}

static void packet_facts(const json_t *root, struct tl_packet_facts *facts)
{
    packet_row_facts(root, facts);
    const json_t *features = json_object_get(root, "features");
    for (size_t i = 0; i < sizeof side_counts / sizeof *side_counts; i++)
        if (json_number_value(json_object_get(features, side_counts[i].key)) > 0.0)
            facts->sides |= 1u << side_counts[i].side;
    facts->types = packet_types(features);
    facts->is_etf = json_is_true(json_object_get(features, "is_etf"));
    facts->total_notional = json_number_value(json_object_get(features, "total_notional"));
}

/* --- smart money --------------------------------------------------------------------------- */

static void score_facts(const json_t *score, struct tl_smart_money_facts *facts)
{
    enum tl_profile profile;
    if (tl_profile_parse(text_of(score, "profile_id"), &profile)) facts->profile = (int)profile;
    facts->probability = json_number_value(json_object_get(score, "probability"));
    const json_t *reasons = json_object_get(score, "reasons");
    size_t room = sizeof facts->reasons / sizeof *facts->reasons;
    for (size_t i = 0; i < json_array_size(reasons) && i < room; i++) {
        const json_t *reason = json_array_get(reasons, i);
        facts->reasons[facts->reason_count++] =
            (struct tl_str){json_string_value(reason), json_string_length(reason)};
    }
}

static void smart_money_facts(const json_t *root, struct tl_smart_money_facts *facts)
{
    const json_t *features = json_object_get(root, "features");
    const json_t *scores = json_object_get(root, "profile_scores");
    struct tl_str primary = text_of(root, "primary_profile_id");
    const json_t *chosen = json_array_get(scores, 0); /* sorted: the best */
    for (size_t i = 0; primary.size && i < json_array_size(scores); i++)
        if (tl_str_equal(text_of(json_array_get(scores, i), "profile_id"), primary))
            chosen = json_array_get(scores, i);
    facts->profile = -1;
    facts->abstained = json_is_true(json_object_get(root, "abstained"));
    if (chosen) score_facts(chosen, facts);
    facts->underlying_id = text_of(root, "underlying_id");
    facts->event_id = text_of(root, "event_id");
    facts->direction = text_of(root, "primary_direction");
    facts->prints = (int64_t)json_array_size(json_object_get(root, "member_print_ids"));
    facts->notional = json_number_value(json_object_get(features, "total_notional"));
}

/* --- alerts -------------------------------------------------------------------------------- */

static struct tl_str item_of(const json_t *array, size_t index)
{
    const json_t *value = json_array_get(array, index);
    return (struct tl_str){json_string_value(value), json_string_length(value)};
}

/* explanations[0] is the probability in words; the reasons come after it. */
static void alert_facts(const json_t *root, struct tl_alert_facts *facts)
{
    const json_t *refs = json_object_get(root, "evidence_refs");
    const json_t *hit = json_array_get(json_object_get(root, "hits"), 0);
    enum tl_profile profile;
    facts->score = json_number_value(json_object_get(root, "score"));
    facts->severity = text_of(root, "severity");
    facts->event_id = item_of(refs, 0);
    facts->packet_id = item_of(refs, 1);
    facts->direction = text_of(hit, "direction");
    facts->reason = item_of(json_object_get(hit, "explanations"), 1);
    facts->profile = -1;
    if (tl_profile_parse(text_of(root, "primary_profile_id"), &profile))
        facts->profile = (int)profile;
}

/* ------------------------------------------------------------------------------------------- */

static const struct field *fields_of(enum tl_subject subject)
{
    if (subject == TL_SUBJECT_EQUITY_JOINS) return join_fields;
    if (subject == TL_SUBJECT_INFERRED_DARK) return dark_fields;
    if (subject == TL_SUBJECT_FLOW_PACKETS) return packet_fields;
    if (subject == TL_SUBJECT_SMART_MONEY) return smart_money_fields;
    if (subject == TL_SUBJECT_CLASSIFIER_HITS) return hit_fields;
    if (subject == TL_SUBJECT_ALERTS) return alert_fields;
    return NULL;
}

static enum tl_status check_event(enum tl_subject subject, const json_t *root,
                                  struct tl_error *error)
{
    const struct field *fields = fields_of(subject);
    if (!fields) return tl_error_set(error, TL_INVALID, "not a derived event");
    enum tl_status status = check(root, meta_fields, error);
    if (status == TL_OK) status = check(root, fields, error);
    if (status == TL_OK && subject == TL_SUBJECT_SMART_MONEY)
        status = check_items(root, "profile_scores", score_fields, error);
    if (status == TL_OK && subject == TL_SUBJECT_ALERTS) {
        status = check_items(root, "hits", hit_fields, error);
        if (status == TL_OK) status = check_items(root, "profile_scores", score_fields, error);
    }
    return status;
}

enum tl_status tl_event_facts_parse(enum tl_subject subject, struct tl_str json,
                                    struct tl_event_facts *facts, struct tl_error *error)
{
    memset(facts, 0, sizeof *facts);
    json_error_t detail;
    json_t *root = json_loadb(json.data ? json.data : "", json.size, 0, &detail);
    if (!root) return tl_error_set(error, TL_INVALID, "not JSON: %s", detail.text);
    enum tl_status status = check_event(subject, root, error);
    if (status != TL_OK) {
        json_decref(root);
        return status;
    }
    facts->owner = root;
    facts->source_ts = (int64_t)json_number_value(json_object_get(root, "source_ts"));
    facts->seq = (uint64_t)json_number_value(json_object_get(root, "seq"));
    facts->trace_id = text_of(root, "trace_id");
    if (subject == TL_SUBJECT_FLOW_PACKETS) packet_facts(root, &facts->u.packet);
    if (subject == TL_SUBJECT_SMART_MONEY) smart_money_facts(root, &facts->u.smart_money);
    if (subject == TL_SUBJECT_ALERTS) alert_facts(root, &facts->u.alert);
    return TL_OK;
}

void tl_event_facts_deinit(struct tl_event_facts *facts)
{
    json_decref(facts->owner);
    facts->owner = NULL;
}
