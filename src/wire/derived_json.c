/* SPDX-License-Identifier: Apache-2.0
 * Extraction from derived events: what is read stands in derived_json.h. One walk over the object;
 * every key that some kind wants is read where it stands, the rest is skipped. */
#include "wire/derived_json.h"

#include "wire/json_scan.h"

struct walk {
    struct tl_scan scan;
    enum tl_derived_kind kind;
    struct tl_wire_derived *derived;
    struct tl_str classifier_id, type;
    int meta_seen; /* bits: source_ts, ingest_ts, seq, trace_id */
    const char *wrong;
};

static bool wrong(struct walk *walk, const char *key)
{
    walk->wrong = key;
    return false;
}

static bool get_count(struct walk *walk, const char *key, int64_t *value, int bit)
{
    if (tl_scan_peek(&walk->scan) != TL_SCAN_NUMBER || !tl_scan_int(&walk->scan, value) ||
        *value < 0)
        return wrong(walk, key);
    walk->meta_seen |= bit;
    return true;
}

static bool get_text(struct walk *walk, const char *key, struct tl_str *text)
{
    if (tl_scan_peek(&walk->scan) != TL_SCAN_STRING || !tl_scan_string(&walk->scan, text) ||
        text->size == 0)
        return wrong(walk, key);
    return true;
}

static bool get_members(struct walk *walk)
{
    struct tl_wire_derived *derived = walk->derived;
    derived->member_count = derived->member_dropped = 0;
    if (tl_scan_peek(&walk->scan) != TL_SCAN_ARRAY || !tl_scan_open(&walk->scan, '['))
        return wrong(walk, "members");
    while (tl_scan_item(&walk->scan)) {
        struct tl_str id;
        if (!get_text(walk, "members", &id)) return false;
        if (derived->member_count < TL_DERIVED_MEMBERS_MAX)
            derived->members[derived->member_count++] = id;
        else
            derived->member_dropped++;
    }
    return true;
}

/* The first of an array of ids. */
static bool get_first_packet(struct walk *walk)
{
    if (tl_scan_peek(&walk->scan) != TL_SCAN_ARRAY || !tl_scan_open(&walk->scan, '['))
        return wrong(walk, "packet_ids");
    walk->derived->id = (struct tl_str){NULL, 0};
    while (tl_scan_item(&walk->scan)) {
        struct tl_str id;
        if (!get_text(walk, "packet_ids", &id)) return false;
        if (walk->derived->id.size == 0) walk->derived->id = id;
    }
    return true;
}

static bool get_features(struct walk *walk)
{
    struct tl_str key;
    if (tl_scan_peek(&walk->scan) != TL_SCAN_OBJECT || !tl_scan_open(&walk->scan, '{'))
        return wrong(walk, "features");
    while (tl_scan_key(&walk->scan, &key)) {
        if (tl_str_is(key, "underlying_id") && tl_scan_peek(&walk->scan) == TL_SCAN_STRING) {
            if (!tl_scan_string(&walk->scan, &walk->derived->underlying_id)) return false;
        } else if (!tl_scan_skip(&walk->scan)) {
            return false;
        }
    }
    return true;
}

static bool get_meta(struct walk *walk, struct tl_str key, bool *taken)
{
    struct tl_meta *meta = &walk->derived->meta;
    int64_t seq = 0;
    *taken = true;
    if (tl_str_is(key, "source_ts")) return get_count(walk, "source_ts", &meta->source_ts, 1);
    if (tl_str_is(key, "ingest_ts")) return get_count(walk, "ingest_ts", &meta->ingest_ts, 2);
    if (tl_str_is(key, "seq")) {
        if (!get_count(walk, "seq", &seq, 4)) return false;
        meta->seq = (uint64_t)seq;
        return true;
    }
    if (tl_str_is(key, "trace_id")) {
        walk->meta_seen |= 8;
        return get_text(walk, "trace_id", &meta->trace_id);
    }
    *taken = false;
    return true;
}

static bool get_one(struct walk *walk, struct tl_str key)
{
    enum tl_derived_kind kind = walk->kind;
    bool taken;
    if (!get_meta(walk, key, &taken)) return false;
    if (taken) return true;
    if (kind == TL_DERIVED_PACKET && tl_str_is(key, "id"))
        return get_text(walk, "id", &walk->derived->id);
    if (kind == TL_DERIVED_PACKET && tl_str_is(key, "members")) return get_members(walk);
    if ((kind == TL_DERIVED_PACKET || kind == TL_DERIVED_JOIN) && tl_str_is(key, "features"))
        return get_features(walk);
    if (kind == TL_DERIVED_SMART_MONEY && tl_str_is(key, "packet_ids"))
        return get_first_packet(walk);
    if (kind == TL_DERIVED_SMART_MONEY && tl_str_is(key, "underlying_id"))
        return get_text(walk, "underlying_id", &walk->derived->underlying_id);
    if (kind == TL_DERIVED_HIT && tl_str_is(key, "classifier_id"))
        return get_text(walk, "classifier_id", &walk->classifier_id);
    if (kind == TL_DERIVED_JOIN && tl_str_is(key, "print_trace_id"))
        return get_text(walk, "print_trace_id", &walk->derived->id);
    if (kind == TL_DERIVED_DARK && tl_str_is(key, "type"))
        return get_text(walk, "type", &walk->derived->id);
    return tl_scan_skip(&walk->scan);
}

static bool drop_prefix(struct tl_str *text, struct tl_str prefix)
{
    if (text->size < prefix.size) return false;
    if (!tl_str_equal((struct tl_str){text->data, prefix.size}, prefix)) return false;
    *text = (struct tl_str){text->data + prefix.size, text->size - prefix.size};
    return true;
}

/* classifier:{classifier_id}:{packet id} */
static bool hit_packet(struct tl_str trace, struct tl_str classifier_id, struct tl_str *id)
{
    if (!drop_prefix(&trace, tl_str_from("classifier:")) || !drop_prefix(&trace, classifier_id) ||
        !drop_prefix(&trace, tl_str_from(":")))
        return false;
    *id = trace;
    return true;
}

/* alert:smartmoney:{event_kind}:{packet id} */
static void alert_packet(struct tl_str trace, struct tl_str *id)
{
    struct tl_str kind;
    if (drop_prefix(&trace, tl_str_from("alert:smartmoney:")) && tl_str_cut(&trace, ':', &kind))
        *id = trace;
}

/* What must be there besides meta; the missing key, or NULL. */
static const char *finish(struct walk *walk)
{
    struct tl_wire_derived *derived = walk->derived;
    switch (walk->kind) {
    case TL_DERIVED_PACKET:
        return derived->id.size == 0 ? "id" : NULL;
    case TL_DERIVED_SMART_MONEY:
        return derived->id.size == 0 ? "packet_ids" : NULL;
    case TL_DERIVED_HIT:
        if (walk->classifier_id.size == 0) return "classifier_id";
        (void)hit_packet(derived->meta.trace_id, walk->classifier_id, &derived->id);
        return NULL;
    case TL_DERIVED_ALERT:
        alert_packet(derived->meta.trace_id, &derived->id);
        return NULL;
    case TL_DERIVED_JOIN:
        return derived->id.size == 0 ? "print_trace_id" : NULL;
    case TL_DERIVED_DARK:
        return derived->id.size == 0 ? "type" : NULL;
    }
    return NULL;
}

enum tl_status tl_json_get_derived(struct tl_str json, enum tl_derived_kind kind,
                                   struct tl_wire_derived *derived, struct tl_json_scratch *scratch,
                                   struct tl_error *error)
{
    struct walk walk = {.scan = tl_scan_from(json, scratch), .kind = kind, .derived = derived};
    struct tl_str key;
    derived->meta = (struct tl_meta){0};
    derived->id = derived->underlying_id = (struct tl_str){NULL, 0};
    derived->member_count = derived->member_dropped = 0;
    if (tl_scan_peek(&walk.scan) == TL_SCAN_OBJECT)
        (void)tl_scan_open(&walk.scan, '{');
    else
        walk.scan.fault = true;
    while (!walk.scan.fault && tl_scan_key(&walk.scan, &key)) {
        if (!get_one(&walk, key)) break;
    }
    if (walk.wrong)
        return tl_error_set(error, TL_INVALID, "%s is of the wrong type or range", walk.wrong);
    if (!tl_scan_done(&walk.scan)) return tl_error_set(error, TL_INVALID, "not a JSON object");
    if (walk.meta_seen != 15)
        return tl_error_set(error, TL_INVALID, "source_ts, ingest_ts, seq or trace_id is missing");
    const char *missing = finish(&walk);
    return missing ? tl_error_set(error, TL_INVALID, "%s is missing", missing) : TL_OK;
}
