/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/eval_figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "score/estimate.h"
#include "tape/scenario_family.h"

#define NOISE TL_PROFILE_COUNT
#define NOBODY (TL_PROFILE_COUNT + 1)

static uint8_t owner_of(const struct tl_eval_session *session, const struct tl_eval_event *event)
{
    return event->instance == TL_EVAL_NOBODY ? NOBODY : session->instances[event->instance].profile;
}

static void take_instances(const struct tl_eval_session *session, struct tl_eval_figures *figures)
{
    for (uint32_t i = 0; i < session->instance_count; i++) {
        const struct tl_eval_instance *instance = &session->instances[i];
        struct tl_eval_subtype *subtype = &figures->subtypes[instance->subtype];
        int named = tl_eval_named(instance);
        subtype->instances++;
        subtype->found += named == (int)instance->profile;
        subtype->silent += named < 0;
        subtype->named[named < 0 ? TL_PROFILE_COUNT : named]++;
        subtype->usd += instance->usd;
        subtype->prints += instance->prints;
    }
}

static void take_events(const struct tl_eval_session *session, struct tl_eval_figures *figures)
{
    for (uint32_t i = 0; i < session->event_count; i++) {
        const struct tl_eval_event *event = &session->events[i];
        uint8_t owner = owner_of(session, event);
        int bin = (int)(event->probability * TL_EVAL_BINS);
        bin = bin < 0 ? 0 : bin >= TL_EVAL_BINS ? TL_EVAL_BINS - 1 : bin;
        figures->bins[bin].events++;
        figures->bins[bin].right += owner == event->profile;
        figures->bins[bin].probability += event->probability;
        figures->events++;
        figures->abstained += event->abstained;
        if (event->abstained) continue;
        figures->named[event->profile]++;
        figures->named_of[event->profile][owner]++;
    }
}

/* Which profiles a window saw named rightly; windows start at whole minutes of the session. */
static void take_windows(const struct tl_eval_session *session, struct tl_eval_figures *figures)
{
    int64_t minutes = session->seconds / 60;
    for (int64_t start = 0; start + TL_EVAL_WINDOW_MIN <= minutes; start++) {
        int64_t from = (session->start_s + 60 * start) * 1000;
        int64_t to = from + TL_EVAL_WINDOW_MIN * 60000;
        uint32_t seen = 0;
        for (uint32_t i = 0; i < session->event_count; i++) {
            const struct tl_eval_event *event = &session->events[i];
            if (!event->abstained && event->ms >= from && event->ms < to &&
                owner_of(session, event) == event->profile)
                seen |= 1u << event->profile;
        }
        figures->windows++;
        figures->windows_all_six += seen == (1u << TL_PROFILE_COUNT) - 1;
    }
}

static double hit_median(const struct tl_eval_session *sessions, uint32_t count, int subtype,
                         double *times)
{
    uint32_t hits = 0;
    for (uint32_t s = 0; s < count; s++)
        for (uint32_t i = 0; i < sessions[s].instance_count; i++) {
            const struct tl_eval_instance *instance = &sessions[s].instances[i];
            if (instance->subtype == subtype && instance->hit_ms != INT64_MIN)
                times[hits++] = (double)(instance->hit_ms - instance->first_ms) / 1000.0;
        }
    return hits > 0 ? tl_median_in_place(times, hits) : (double)NAN;
}

static void finish_profiles(struct tl_eval_figures *figures)
{
    uint32_t instances[TL_PROFILE_COUNT + 1] = {0}, found[TL_PROFILE_COUNT + 1] = {0};
    uint64_t right = 0, named = 0;
    for (int s = 1; s < TL_SUB_COUNT; s++) {
        uint8_t profile = tl_families[s - 1].profile;
        instances[profile] += figures->subtypes[s].instances;
        found[profile] += profile == NOISE
                              ? figures->subtypes[s].instances - figures->subtypes[s].silent
                              : figures->subtypes[s].found;
    }
    for (int p = 0; p < TL_PROFILE_COUNT; p++) {
        figures->recall[p] = (double)found[p] / instances[p]; /* NaN: none */
        figures->precision[p] = (double)figures->named_of[p][p] / (double)figures->named[p];
        figures->macro_recall += figures->recall[p] / TL_PROFILE_COUNT;
        figures->macro_precision += figures->precision[p] / TL_PROFILE_COUNT;
        right += figures->named_of[p][p];
        named += figures->named[p];
        figures->background_a_minute += (double)figures->named_of[p][NOBODY] / figures->minutes;
    }
    figures->precision_all = (double)right / (double)named;
    figures->noise_false_alarm = (double)found[NOISE] / instances[NOISE];
}

bool tl_eval_figures_of(const struct tl_eval_session *sessions, uint32_t count,
                        struct tl_eval_figures *figures)
{
    uint32_t instances = 1;
    double lots = 0, usd = 0;
    memset(figures, 0, sizeof *figures);
    figures->sessions = count;
    for (uint32_t s = 0; s < count; s++) {
        figures->minutes += (double)sessions[s].seconds / 60.0;
        figures->option_prints += sessions[s].option_prints;
        figures->hidden_prints += (double)sessions[s].hidden_prints;
        figures->hidden_lots += sessions[s].hidden_lots;
        figures->hidden_usd += sessions[s].hidden_usd;
        lots += sessions[s].lots;
        usd += sessions[s].usd;
        instances += sessions[s].instance_count;
        take_instances(&sessions[s], figures);
        take_events(&sessions[s], figures);
        take_windows(&sessions[s], figures);
    }
    figures->hidden_prints /= (double)figures->option_prints;
    figures->hidden_lots /= lots;
    figures->hidden_usd /= usd;
    double *times = malloc(instances * sizeof *times);
    if (!times) return false;
    for (int s = 1; s < TL_SUB_COUNT; s++) {
        struct tl_eval_subtype *subtype = &figures->subtypes[s];
        subtype->hit_s = hit_median(sessions, count, s, times);
        subtype->usd /= subtype->instances;
        subtype->prints /= subtype->instances;
    }
    free(times);
    finish_profiles(figures);
    for (int b = 0; b < TL_EVAL_BINS; b++) {
        struct tl_eval_bin *bin = &figures->bins[b];
        if (bin->events == 0) continue;
        bin->probability /= (double)bin->events;
        figures->ece += fabs((double)bin->right - (double)bin->events * bin->probability) /
                        (double)figures->events;
    }
    return true;
}
