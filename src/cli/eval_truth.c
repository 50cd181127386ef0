/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/eval_truth.h"

#include <stdlib.h>
#include <string.h>

#include "tape/scenario_family.h"

/* Prints are looked up by trace id while their cluster lives, half a minute at most: the table
 * holds minutes of the full market, and a newer print takes the place of an older one. */
#define PRINT_SLOTS (1u << 19)
#define PROBES 8
#define SHARES_MAX 64 /* instances told apart in one event */

struct tl_eval_print {
    uint64_t hash; /* of the trace id; 0: free */
    int64_t ms;
    double usd;
    uint32_t instance;
};

bool tl_eval_session_init(struct tl_eval_session *session)
{
    memset(session, 0, sizeof *session);
    session->instance_room = 256;
    session->event_room = 1024;
    session->instances = malloc(session->instance_room * sizeof *session->instances);
    session->events = malloc(session->event_room * sizeof *session->events);
    session->prints = calloc(PRINT_SLOTS, sizeof *session->prints);
    return session->instances && session->events && session->prints;
}

void tl_eval_session_close(struct tl_eval_session *session)
{
    free(session->prints);
    session->prints = NULL;
}

void tl_eval_session_deinit(struct tl_eval_session *session)
{
    free(session->instances);
    free(session->events);
    free(session->prints);
    memset(session, 0, sizeof *session);
}

/* Room for one more of a growing array; false and full: none. */
static bool room_for(struct tl_eval_session *session, void **array, size_t size, uint32_t count,
                     uint32_t *room)
{
    if (count < *room) return true;
    void *larger = realloc(*array, 2 * (size_t)*room * size);
    if (!larger) {
        session->full = true;
        return false;
    }
    *array = larger;
    *room *= 2;
    return true;
}

static uint32_t instance_of(struct tl_eval_session *session, const struct tl_truth *truth,
                            int64_t ms)
{
    void *array = session->instances;
    if (truth->subtype == TL_SUB_BACKGROUND) return TL_EVAL_NOBODY;
    for (uint32_t i = session->instance_count; i-- > 0;)
        if (session->instances[i].parent_id == truth->parent_id) return i;
    if (!room_for(session, &array, sizeof *session->instances, session->instance_count,
                  &session->instance_room))
        return TL_EVAL_NOBODY;
    session->instances = array;
    session->instances[session->instance_count] =
        (struct tl_eval_instance){.parent_id = truth->parent_id,
                                  .subtype = truth->subtype,
                                  .profile = tl_families[truth->subtype - 1].profile,
                                  .first_ms = ms,
                                  .hit_ms = INT64_MIN};
    return session->instance_count++;
}

void tl_eval_print(struct tl_eval_session *session, const struct tl_wire_option_print *print,
                   const struct tl_truth *truth)
{
    uint64_t hash = tl_context_hash(print->meta.trace_id) | 1;
    struct tl_eval_print *slot = NULL;
    for (uint32_t i = 0; i < PROBES; i++) {
        struct tl_eval_print *at = &session->prints[(hash + i) % PRINT_SLOTS];
        if (at->hash == 0 || at->hash == hash) {
            slot = at;
            break;
        }
        if (!slot || at->ms < slot->ms) slot = at;
    }
    double usd = print->price * (double)print->size * 100.0;
    *slot = (struct tl_eval_print){hash, print->ts, usd, instance_of(session, truth, print->ts)};
    session->option_prints++;
    session->lots += (double)print->size;
    session->usd += usd;
    if (slot->instance == TL_EVAL_NOBODY) return;
    session->hidden_prints++;
    session->hidden_lots += (double)print->size;
    session->hidden_usd += usd;
    session->instances[slot->instance].prints++;
    session->instances[slot->instance].usd += usd;
}

static const struct tl_eval_print *find(const struct tl_eval_session *session, struct tl_str trace)
{
    uint64_t hash = tl_context_hash(trace) | 1;
    for (uint32_t i = 0; i < PROBES; i++)
        if (session->prints[(hash + i) % PRINT_SLOTS].hash == hash)
            return &session->prints[(hash + i) % PRINT_SLOTS];
    return NULL;
}

struct shares {
    uint32_t count, instance[SHARES_MAX];
    double usd[SHARES_MAX], total;
};

static void shares_of(const struct tl_eval_session *session, const struct tl_smart_money *event,
                      struct shares *shares)
{
    shares->count = 0;
    shares->total = 0;
    for (size_t i = 0; i < event->member_count; i++) {
        const struct tl_eval_print *print = find(session, event->members[i]);
        if (!print) continue;
        shares->total += print->usd;
        if (print->instance == TL_EVAL_NOBODY) continue;
        uint32_t at = 0;
        while (at < shares->count && shares->instance[at] != print->instance)
            at++;
        if (at == SHARES_MAX) continue;
        if (at == shares->count) {
            shares->instance[shares->count] = print->instance;
            shares->usd[shares->count++] = 0;
        }
        shares->usd[at] += print->usd;
    }
}

uint32_t tl_eval_owner(const struct tl_eval_session *session, const struct tl_smart_money *event,
                       double *usd)
{
    struct shares shares;
    shares_of(session, event, &shares);
    for (uint32_t i = 0; i < shares.count; i++) {
        if (shares.usd[i] < 0.5 * shares.total || shares.total <= 0) continue;
        *usd = shares.usd[i];
        return shares.instance[i];
    }
    *usd = 0;
    return TL_EVAL_NOBODY;
}

void tl_eval_take(struct tl_eval_session *session, const struct tl_eval_event *event, double usd)
{
    void *array = session->events;
    if (!room_for(session, &array, sizeof *session->events, session->event_count,
                  &session->event_room))
        return;
    session->events = array;
    session->events[session->event_count++] = *event;
    if (event->instance == TL_EVAL_NOBODY) return;
    struct tl_eval_instance *instance = &session->instances[event->instance];
    if (event->abstained) {
        instance->abstained += usd;
        return;
    }
    instance->named[event->profile] += usd;
    if (event->profile == instance->profile && instance->hit_ms == INT64_MIN)
        instance->hit_ms = event->ms;
}

void tl_eval_event(struct tl_eval_session *session, const struct tl_smart_money *event)
{
    double usd;
    struct tl_eval_event taken = {.ms = event->features.end_ts,
                                  .probability = event->scores[0].probability,
                                  .profile = (uint8_t)event->scores[0].profile,
                                  .abstained = event->abstained,
                                  .instance = tl_eval_owner(session, event, &usd)};
    tl_eval_take(session, &taken, usd);
}

int tl_eval_named(const struct tl_eval_instance *instance)
{
    int best = -1;
    double most = 0;
    for (int p = 0; p < TL_PROFILE_COUNT; p++)
        if (instance->named[p] > most) {
            best = p;
            most = instance->named[p];
        }
    return best;
}
