/* SPDX-License-Identifier: Apache-2.0
 * From judgements to public events: scores of the six profiles, guards, abstention, the smart-money
 * event with its hits and its alert. Strings are borrowed from the builder and the packet, good
 * until the next event is built. */
#ifndef TL_FLOW_SMART_MONEY_H
#define TL_FLOW_SMART_MONEY_H

#include "flow/profile.h"

#define TL_PACKET_IDS_MAX 8
#define TL_SUPPRESSED_MAX 3
#define TL_HITS_MAX 3
#define TL_EXPLANATIONS_MAX (1 + TL_REASONS_MAX + TL_SUPPRESSED_MAX)

struct tl_profile_score {
    enum tl_profile profile;
    double probability;
    const char *band; /* low medium high */
    enum tl_direction direction;
    size_t reason_count;
    const char *reasons[TL_REASONS_MAX];
};

struct tl_smart_money {
    struct tl_meta meta;
    struct tl_str event_id;
    size_t packet_id_count, member_count;
    struct tl_str packet_ids[TL_PACKET_IDS_MAX]; /* its own first, then related, newest first */
    const struct tl_str *members;
    struct tl_str underlying_id;
    bool multi_leg;
    int64_t event_window_ms;
    struct tl_features features;
    struct tl_profile_score scores[TL_PROFILE_COUNT]; /* best first; ties in profile order */
    bool abstained;                                   /* the primary profile is scores[0] if not */
    enum tl_direction primary_direction;
    size_t suppressed_count;
    const char *suppressed[TL_SUPPRESSED_MAX];
};

struct tl_classifier_hit {
    struct tl_meta meta;
    struct tl_str classifier_id;
    double confidence;
    enum tl_direction direction;
    size_t explanation_count;
    struct tl_str explanations[TL_EXPLANATIONS_MAX];
};

struct tl_alert {
    struct tl_meta meta;
    int64_t score;
    const char *severity;
    size_t hit_count;
    struct tl_classifier_hit hits[TL_HITS_MAX];
    const struct tl_smart_money *event; /* evidence and scores */
};

struct tl_event_builder;
struct tl_event_builder *tl_event_builder_create(void);
void tl_event_builder_destroy(struct tl_event_builder *builder);

/* related: ids of earlier packets that the judgement rests on (at most TL_PACKET_IDS_MAX - 1). */
void tl_smart_money_build(struct tl_event_builder *builder, const struct tl_flow_packet *packet,
                          const struct tl_features *features, const struct tl_evidence *evidence,
                          struct tl_smart_money *event);
/* Whether the built event names its best profile: confirm.h, of its stock. */
void tl_smart_money_settle(struct tl_smart_money *event, const struct tl_evidence *evidence,
                           struct tl_confirm *confirm);
void tl_smart_money_relate(struct tl_smart_money *event, struct tl_str packet_id);
/* Hits of the event (0 when abstained) and its alert; false: no alert. */
bool tl_smart_money_alert(struct tl_event_builder *builder, const struct tl_flow_packet *packet,
                          const struct tl_smart_money *event, struct tl_alert *alert);

#endif
