/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/blind_judge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "score/auc.h"
#include "score/boost.h"

/* The samples of one selection, as the learner reads them. */
struct selection {
    float *x;
    double *weight, *score; /* score: by the learner of the other half */
    bool *own;
    uint8_t *half, *subtype;
    size_t count;
    double gains[TL_BLIND_FEATURES];
};

static bool selected(const struct tl_blind_instance *instance, int scope, int subtype)
{
    return instance->scope == scope && (subtype == 0 || instance->subtype == subtype);
}

static void selection_deinit(struct selection *selection)
{
    free(selection->x);
    free(selection->weight);
    free(selection->score);
    free(selection->own);
    free(selection->half);
    free(selection->subtype);
}

static bool selection_room(struct selection *selection, size_t count)
{
    memset(selection, 0, sizeof *selection);
    count++;
    selection->x = malloc(count * TL_BLIND_FEATURES * sizeof *selection->x);
    selection->weight = malloc(count * sizeof *selection->weight);
    selection->score = malloc(count * sizeof *selection->score);
    selection->own = malloc(count * sizeof *selection->own);
    selection->half = malloc(count);
    selection->subtype = malloc(count);
    return selection->x && selection->weight && selection->score && selection->own &&
           selection->half && selection->subtype;
}

/* subtype 0: all of the scope. */
static bool select_samples(struct selection *selection, const struct tl_blind_match *match,
                           int scope, int subtype)
{
    size_t count = 0;
    for (size_t i = 0; i < match->sample_count; i++)
        count += selected(&match->instances[match->samples[i].instance], scope, subtype);
    if (!selection_room(selection, count)) return false;
    for (size_t i = 0; i < match->sample_count; i++) {
        const struct tl_blind_sample *sample = &match->samples[i];
        const struct tl_blind_instance *instance = &match->instances[sample->instance];
        if (!selected(instance, scope, subtype)) continue;
        size_t at = selection->count++;
        memcpy(selection->x + at * TL_BLIND_FEATURES, sample->x, sizeof sample->x);
        selection->weight[at] = (double)sample->share / instance->matched;
        selection->own[at] = sample->own;
        selection->half[at] = instance->session & 1;
        selection->subtype[at] = instance->subtype;
    }
    return true;
}

/* Scores the other half by a learner of this one; false: this half cannot teach. */
static bool learn(struct selection *selection, int half)
{
    struct tl_boost_options options = tl_boost_options_default();
    size_t bytes = (selection->count + 1) * sizeof(double);
    double *weight = malloc(bytes);
    if (!weight) return false;
    /* Rows of the other half have no weight here. */
    for (size_t i = 0; i < selection->count; i++)
        weight[i] = selection->half[i] == half ? selection->weight[i] : 0;
    struct tl_boost_rows rows = {selection->x, weight, selection->own, selection->count,
                                 TL_BLIND_FEATURES};
    struct tl_boost *boost = tl_boost_create(&rows, &options);
    free(weight);
    for (size_t i = 0; boost && i < selection->count; i++)
        if (selection->half[i] != half)
            selection->score[i] = tl_boost_score(boost, selection->x + i * TL_BLIND_FEATURES);
    for (uint32_t f = 0; boost && f < TL_BLIND_FEATURES; f++)
        selection->gains[f] += 0.5 * tl_boost_gain(boost, f);
    tl_boost_destroy(boost);
    return boost != NULL;
}

/* Mean over the halves that can be judged; subtype 0: all. */
static double auc_of(const struct selection *selection, const bool judged[2], int subtype)
{
    struct tl_auc_item *items = malloc((selection->count + 1) * sizeof *items);
    double sum = 0, halves = 0;
    for (int half = 0; items && half < 2; half++) {
        size_t count = 0;
        for (size_t i = 0; judged[half] && i < selection->count; i++)
            if (selection->half[i] == half && (subtype == 0 || selection->subtype[i] == subtype))
                items[count++] = (struct tl_auc_item){selection->score[i], selection->weight[i],
                                                      selection->own[i]};
        double auc = tl_auc(items, count);
        if (isnan(auc)) continue;
        sum += auc;
        halves++;
    }
    free(items);
    return halves > 0 ? sum / halves : (double)NAN;
}

static void set_top(struct tl_blind_verdict *verdict, const struct selection *selection)
{
    bool used[TL_BLIND_FEATURES] = {false};
    for (int place = 0; place < TL_BLIND_TOP; place++) {
        int best = -1;
        for (int f = 0; f < TL_BLIND_FEATURES; f++)
            if (!used[f] && (best < 0 || selection->gains[f] > selection->gains[best])) best = f;
        used[best] = true;
        verdict->top[place] = (uint8_t)best;
        verdict->gain[place] = selection->gains[best];
    }
}

static void count_prints(const struct tl_blind_match *match, struct tl_blind_figures *figures)
{
    for (uint32_t i = 0; i < match->instance_count; i++) {
        const struct tl_blind_instance *instance = &match->instances[i];
        struct tl_blind_verdict *of[2] = {&figures->scopes[instance->scope],
                                          &figures->subtypes[instance->subtype]};
        int kinds = instance->scope <= TL_BLIND_NOISE ? 2 : 1;
        for (int k = 0; k < kinds; k++) {
            of[k]->instances += instance->matched > 0;
            of[k]->prints += instance->prints;
            of[k]->matched += instance->matched;
        }
    }
}

static bool judge_scope(const struct tl_blind_match *match, int scope,
                        struct tl_blind_figures *figures)
{
    struct selection selection;
    bool judged[2], fine = select_samples(&selection, match, scope, 0);
    for (int half = 0; fine && half < 2; half++)
        judged[1 - half] = learn(&selection, half);
    if (fine) {
        figures->scopes[scope].auc = auc_of(&selection, judged, 0);
        set_top(&figures->scopes[scope], &selection);
        for (int s = 1; scope <= TL_BLIND_NOISE && s < TL_SUB_COUNT; s++) {
            double auc = auc_of(&selection, judged, s);
            if (!isnan(auc)) figures->subtypes[s].auc = auc;
        }
    }
    selection_deinit(&selection);
    return fine;
}

static bool judge_subtype(const struct tl_blind_match *match, int subtype,
                          struct tl_blind_figures *figures)
{
    struct tl_blind_verdict *verdict = &figures->subtypes[subtype];
    int scope = subtype >= TL_SUB_SINGLE_PRINT_MID ? TL_BLIND_NOISE : TL_BLIND_MAIN;
    struct selection selection;
    bool judged[2], fine = select_samples(&selection, match, scope, subtype);
    for (int half = 0; fine && half < 2; half++)
        judged[1 - half] = learn(&selection, half);
    if (fine) {
        verdict->own_auc = auc_of(&selection, judged, 0);
        set_top(verdict, &selection);
    }
    selection_deinit(&selection);
    return fine;
}

bool tl_blind_judge(const struct tl_blind_match *match, struct tl_blind_figures *figures)
{
    memset(figures->scopes, 0, sizeof figures->scopes);
    memset(figures->subtypes, 0, sizeof figures->subtypes);
    for (int s = 0; s < TL_SUB_COUNT; s++)
        figures->subtypes[s].auc = figures->subtypes[s].own_auc = (double)NAN;
    for (int scope = 0; scope < TL_BLIND_SCOPES; scope++)
        figures->scopes[scope].auc = figures->scopes[scope].own_auc = (double)NAN;
    bool fine = !match->full;
    count_prints(match, figures);
    for (int scope = 0; fine && scope < TL_BLIND_SCOPES; scope++)
        fine = judge_scope(match, scope, figures);
    for (int s = 1; fine && s < TL_SUB_COUNT; s++)
        fine = judge_subtype(match, s, figures);
    return fine;
}
