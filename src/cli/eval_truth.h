/* SPDX-License-Identifier: Apache-2.0
 * The classifier's events of one session beside the truth about their prints. An event belongs to
 * the instance that at least half of its premium is from. */
#ifndef TL_CLI_EVAL_TRUTH_H
#define TL_CLI_EVAL_TRUTH_H

#include <tapeloom/event.h>
#include "flow/flow.h"

#define TL_EVAL_NOBODY UINT32_MAX /* background flow */

struct tl_eval_instance {
    uint64_t parent_id;
    uint8_t subtype, profile; /* profile TL_PROFILE_COUNT: noise */
    uint32_t prints;
    int64_t first_ms;
    double usd;                     /* premium of all its option prints */
    double named[TL_PROFILE_COUNT]; /* premium of it in its events, by the profile they name */
    double abstained;               /* the same in events that abstained */
    int64_t hit_ms;                 /* first event that names its profile; INT64_MIN: none */
};

struct tl_eval_event {
    int64_t ms;
    double probability; /* of its best profile */
    uint8_t profile;    /* the best one */
    bool abstained;
    uint32_t instance; /* TL_EVAL_NOBODY: none has half of its premium */
};

struct tl_eval_print;

struct tl_eval_session {
    int64_t seed, start_s, seconds;
    uint64_t option_prints, hidden_prints; /* hidden: of an instance, noise included */
    double lots, hidden_lots, usd, hidden_usd;
    struct tl_eval_instance *instances; /* owned, in order of their first print */
    struct tl_eval_event *events;       /* owned, in order of emission */
    uint32_t instance_count, instance_room, event_count, event_room;
    struct tl_eval_print *prints; /* the latest, by trace id */
    bool full;                    /* no memory for more: figures would lie */
};

bool tl_eval_session_init(struct tl_eval_session *session);
void tl_eval_session_deinit(struct tl_eval_session *session); /* a zeroed one is fine */
/* Frees what only a running session needs. */
void tl_eval_session_close(struct tl_eval_session *session);

/* An option print with its truth, before it is fed to the classifier. */
void tl_eval_print(struct tl_eval_session *session, const struct tl_wire_option_print *print,
                   const struct tl_truth *truth);
/* Whose an event is: an instance, and how much premium of it the event holds; TL_EVAL_NOBODY: no
 * instance has half of the event's premium. */
uint32_t tl_eval_owner(const struct tl_eval_session *session, const struct tl_smart_money *event,
                       double *usd);
/* What an event is in the figures; usd: of its instance. */
void tl_eval_take(struct tl_eval_session *session, const struct tl_eval_event *event, double usd);
/* An event as the classifier emits it. */
void tl_eval_event(struct tl_eval_session *session, const struct tl_smart_money *event);

/* Was it found: do the events that hold most of its premium name its profile? Those that abstained
 * name none. -1: all abstained or there was none; else the profile named by most premium. */
int tl_eval_named(const struct tl_eval_instance *instance);

#endif
