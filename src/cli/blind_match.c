/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/blind_match.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

#define NOBODY UINT32_MAX

struct tl_blind_candidate {
    struct tl_blind_print print;
    uint64_t hash;
    uint32_t instance; /* NOBODY: background */
};

static const char *const scope_names[TL_BLIND_SCOPES] = {"all",   "noise",     "conversions",
                                                         "boxes", "far-dated", "floor and cross"};

const char *tl_blind_scope_name(enum tl_blind_scope scope)
{
    return scope_names[scope];
}

enum tl_blind_scope tl_blind_scope_of(enum tl_subtype subtype, char condition)
{
    int group = tl_blind_condition_group(condition);
    if (subtype >= TL_SUB_SINGLE_PRINT_MID) return TL_BLIND_NOISE;
    if (subtype == TL_SUB_CONVERSION_REVERSAL) return TL_BLIND_CONVERSION;
    if (subtype == TL_SUB_BOX_SPREAD) return TL_BLIND_BOX;
    if (subtype == TL_SUB_FAR_DATED_CONVICTION) return TL_BLIND_FAR;
    return group == 5 || group == 6 ? TL_BLIND_BLOCK : TL_BLIND_MAIN;
}

void tl_blind_match_deinit(struct tl_blind_match *match)
{
    free(match->instances);
    free(match->samples);
    free(match->candidates);
    *match = (struct tl_blind_match){0};
}

/* items with room for one more, or NULL; *count_room: how many fit. */
static void *grown(void *items, size_t count, size_t *room, size_t item_size)
{
    if (count < *room) return items;
    size_t more = *room ? 2 * *room : 1024;
    void *grown_items = realloc(items, more * item_size);
    if (grown_items) *room = more;
    return grown_items;
}

void tl_blind_match_session(struct tl_blind_match *match, uint32_t session)
{
    match->session = session;
    match->session_first = match->instance_count;
}

/* Of the running session; the newest are likeliest. */
static uint32_t instance_of(struct tl_blind_match *match, const struct tl_truth *truth,
                            enum tl_blind_scope scope)
{
    for (uint32_t i = match->instance_count; i > match->session_first; i--) {
        const struct tl_blind_instance *known = &match->instances[i - 1];
        if (known->parent_id == truth->parent_id && known->scope == scope) return i - 1;
    }
    size_t room = match->instance_room;
    struct tl_blind_instance *items =
        grown(match->instances, match->instance_count, &room, sizeof *items);
    if (!items) return NOBODY;
    match->instances = items;
    match->instance_room = (uint32_t)room;
    items[match->instance_count] = (struct tl_blind_instance){.parent_id = truth->parent_id,
                                                              .session = match->session,
                                                              .subtype = truth->subtype,
                                                              .scope = (uint8_t)scope};
    return match->instance_count++;
}

void tl_blind_match_print(struct tl_blind_match *match, const struct tl_blind_print *print,
                          const struct tl_event *event, const struct tl_truth *truth)
{
    uint32_t instance = NOBODY;
    if (truth->subtype != TL_SUB_BACKGROUND) {
        enum tl_blind_scope scope =
            tl_blind_scope_of((enum tl_subtype)truth->subtype, event->u.option.condition);
        instance = instance_of(match, truth, scope);
        if (instance == NOBODY) match->full = true;
    }
    struct tl_blind_candidate *items =
        grown(match->candidates, match->candidate_count, &match->candidate_room, sizeof *items);
    if (!items) match->full = true;
    if (match->full) return;
    match->candidates = items;
    if (instance != NOBODY) match->instances[instance].prints++;
    items[match->candidate_count++] =
        (struct tl_blind_candidate){*print, tl_mix64(event->seq), instance};
}

/* By cell; in it background first, then by hash, which no two prints share. */
static int compare(const void *left, const void *right)
{
    const struct tl_blind_candidate *a = *(const struct tl_blind_candidate *const *)left;
    const struct tl_blind_candidate *b = *(const struct tl_blind_candidate *const *)right;
    if (a->print.cell != b->print.cell) return a->print.cell < b->print.cell ? -1 : 1;
    bool own_a = a->instance != NOBODY, own_b = b->instance != NOBODY;
    if (own_a != own_b) return own_a ? 1 : -1;
    return a->hash < b->hash ? -1 : a->hash > b->hash;
}

static void add_sample(struct tl_blind_match *match, const struct tl_blind_candidate *from,
                       uint32_t instance, float share)
{
    struct tl_blind_sample *items =
        grown(match->samples, match->sample_count, &match->sample_room, sizeof *items);
    if (!items) {
        match->full = true;
        return;
    }
    match->samples = items;
    struct tl_blind_sample *sample = &items[match->sample_count++];
    memcpy(sample->x, from->print.x, sizeof sample->x);
    sample->instance = instance;
    sample->share = share;
    sample->own = from->instance != NOBODY;
}

/* One cell: background[0..backs), then owns. */
static void match_cell(struct tl_blind_match *match, struct tl_blind_candidate **cell, size_t backs,
                       size_t owns)
{
    size_t taken = backs < TL_BLIND_MATCHES ? backs : TL_BLIND_MATCHES, at = 0;
    for (size_t i = 0; i < owns && taken > 0 && !match->full; i++) {
        const struct tl_blind_candidate *own = cell[backs + i];
        match->instances[own->instance].matched++;
        add_sample(match, own, own->instance, 1);
        for (size_t k = 0; k < taken; k++, at++)
            add_sample(match, cell[at % backs], own->instance, 1 / (float)taken);
    }
}

void tl_blind_match_flush(struct tl_blind_match *match)
{
    size_t count = match->candidate_count;
    struct tl_blind_candidate **sorted = malloc((count + 1) * sizeof *sorted);
    match->candidate_count = 0;
    if (!sorted) match->full = true;
    if (match->full) {
        free(sorted);
        return;
    }
    for (size_t i = 0; i < count; i++)
        sorted[i] = &match->candidates[i];
    qsort(sorted, count, sizeof(struct tl_blind_candidate *), compare);
    for (size_t first = 0, end; first < count; first = end) {
        size_t backs = 0;
        for (end = first; end < count && sorted[end]->print.cell == sorted[first]->print.cell;
             end++)
            backs += sorted[end]->instance == NOBODY;
        match_cell(match, sorted + first, backs, end - first - backs);
    }
    free(sorted);
}
