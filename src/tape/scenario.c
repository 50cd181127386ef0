/* SPDX-License-Identifier: Apache-2.0
 * The scenario layer: a pool of active parents, stepped once a second in the order of their starts.
 * A second without an active parent costs one draw. Everything here depends on the latent state up
 * to the second before and on the layer's own streams, never on what is shown. */
#include "tape/scenario.h"

#include <stdlib.h>

#include "tape/scenario_child.h"
#include "tape/scenario_start.h"

struct tl_scenarios {
    const struct tl_universe *universe;
    double rate;
    uint64_t drop, dropped;
    struct tl_coverage coverage;
    uint32_t parent_count, child_count;
    bool pushed;
    struct tl_parent parents[TL_PARENTS_MAX];
    struct tl_order_child raw[TL_CHILDREN_MAX];
    struct tl_child children[TL_CHILDREN_MAX]; /* grouped by symbol, ascending ts */
    struct tl_push *pushes;                    /* these four: [universe.count] */
    uint32_t *first;                           /* [count + 1]: children of a symbol */
    struct tl_symbol_events *events;
    double *weights;
};

struct tl_scenarios *tl_scenarios_create(const struct tl_universe *universe)
{
    struct tl_scenarios *layer = calloc(1, sizeof *layer);
    if (!layer) return NULL;
    layer->universe = universe;
    layer->rate = 1.0;
    layer->pushes = calloc(universe->count, sizeof *layer->pushes);
    layer->first = calloc((size_t)universe->count + 1, sizeof *layer->first);
    layer->events = calloc(universe->count, sizeof *layer->events);
    layer->weights = calloc(universe->count, sizeof *layer->weights);
    if (layer->pushes && layer->first && layer->events && layer->weights) return layer;
    tl_scenarios_destroy(layer);
    return NULL;
}

void tl_scenarios_destroy(struct tl_scenarios *layer)
{
    if (!layer) return;
    free(layer->pushes);
    free(layer->first);
    free(layer->events);
    free(layer->weights);
    free(layer);
}

void tl_scenarios_configure(struct tl_scenarios *layer, double rate, uint64_t drop)
{
    layer->rate = rate;
    layer->drop = drop;
}

static void pushes_clear(struct tl_scenarios *layer)
{
    if (layer->pushed)
        for (uint32_t i = 0; i < layer->universe->count; i++)
            layer->pushes[i] = (struct tl_push){0};
    layer->pushed = false;
}

static void children_clear(struct tl_scenarios *layer)
{
    if (layer->child_count > 0)
        for (uint32_t i = 0; i <= layer->universe->count; i++)
            layer->first[i] = 0;
    layer->child_count = 0;
}

void tl_scenarios_open(struct tl_scenarios *layer, const struct tl_latent_run *run)
{
    const struct tl_session_state *session = tl_latent_run_session(run);
    const struct tl_event_calendar_entry *entries = NULL;
    size_t count = tl_latent_run_events(run, &entries);
    tl_ns start = session->session_start_s * TL_NS_PER_S;
    tl_ns since = start - 18 * 3600 * TL_NS_PER_S;
    tl_coverage_open(&layer->coverage, session->session_start_s);
    pushes_clear(layer);
    children_clear(layer);
    layer->parent_count = 0;
    for (uint32_t i = 0; i < layer->universe->count; i++)
        layer->events[i] = (struct tl_symbol_events){0};
    for (size_t i = 0; i < count; i++) { /* ascending event_ts */
        struct tl_symbol_events *events = &layer->events[entries[i].sym];
        if (entries[i].event_ts > start && events->next_ts == 0) {
            events->next_ts = entries[i].event_ts;
            events->next_announced_ts = entries[i].announced_ts;
        }
        if (entries[i].event_ts > since &&
            entries[i].event_ts < session->session_end_s * TL_NS_PER_S && events->past_ts == 0)
            events->past_ts = entries[i].event_ts;
    }
}

static struct tl_scenario_step
step_context(struct tl_scenarios *layer, const struct tl_latent_run *run, struct tl_chains *chains)
{
    return (struct tl_scenario_step){
        .second = tl_latent_run_second(run) + 1,
        .rate = layer->rate,
        .drop = layer->drop,
        .universe = layer->universe,
        .latents = tl_latent_run_symbols(run),
        .session = tl_latent_run_session(run),
        .regime_blend = tl_latent_run_regime_blend(run),
        .chains = chains,
        .pushes = layer->pushes,
        .children = layer->raw,
    };
}

/* Groups raw children by symbol, ascending ts, keeping the order of equal times (packages). */
static void children_group(struct tl_scenarios *layer, uint32_t count)
{
    uint32_t *first = layer->first, symbols = layer->universe->count;
    for (uint32_t i = 0; i < count; i++)
        first[layer->raw[i].sym + 1]++;
    for (uint32_t s = 0; s < symbols; s++)
        first[s + 1] += first[s];
    /* Each first[s] walks to the end of its symbol and is set back after. */
    for (uint32_t i = 0; i < count; i++) {
        uint32_t sym = layer->raw[i].sym, at = first[sym]++;
        layer->children[at] = layer->raw[i].child;
    }
    for (uint32_t s = symbols; s > 0; s--)
        first[s] = first[s - 1];
    first[0] = 0;
    for (uint32_t s = 0; s < symbols; s++) {
        for (uint32_t i = first[s] + 1; i < first[s + 1]; i++) {
            struct tl_child child = layer->children[i];
            uint32_t at = i;
            for (; at > first[s] && layer->children[at - 1].ts > child.ts; at--)
                layer->children[at] = layer->children[at - 1];
            layer->children[at] = child;
        }
    }
    layer->child_count = count;
}

void tl_scenarios_step(struct tl_scenarios *layer, struct tl_latent_run *run,
                       struct tl_chains *chains, const struct tl_control *control, uint64_t seed)
{
    struct tl_scenario_step step = step_context(layer, run, chains);
    step.control = control;
    step.seed = seed;
    pushes_clear(layer);
    children_clear(layer);
    struct tl_parent fresh;
    if (tl_scenario_start(&step, &layer->coverage, layer->events, layer->weights, &fresh)) {
        if (layer->parent_count < TL_PARENTS_MAX)
            layer->parents[layer->parent_count++] = fresh;
        else
            layer->dropped++;
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < layer->parent_count; i++) {
        struct tl_parent *parent = &layer->parents[i];
        tl_latent_run_show(run, parent->sym);
        tl_parent_act(&step, parent);
        layer->pushed = true;
        if (!parent->done || parent->hedge != 0) layer->parents[kept++] = *parent;
    }
    layer->parent_count = kept;
    layer->dropped += step.dropped;
    if (step.child_count > 0) children_group(layer, step.child_count);
}

const struct tl_push *tl_scenarios_pushes(const struct tl_scenarios *layer)
{
    return layer->pushed ? layer->pushes : NULL;
}

const struct tl_child *tl_scenarios_children(const struct tl_scenarios *layer, uint32_t sym,
                                             size_t *count)
{
    *count = layer->first[sym + 1] - layer->first[sym];
    return layer->children + layer->first[sym];
}

void tl_scenarios_weights(struct tl_scenarios *layer, const struct tl_latent_run *run,
                          struct tl_chains *chains, uint32_t sym, double weights[7])
{
    struct tl_scenario_step step = step_context(layer, run, chains);
    step.control = tl_latent_run_control(run);
    double rates[TL_FAMILY_COUNT];
    tl_scenario_rates(&step, &layer->coverage, layer->events, rates);
    for (int p = 0; p <= TL_PROFILE_NOISE; p++)
        weights[p] = 0;
    for (uint32_t f = 0; f < TL_FAMILY_COUNT; f++) {
        double sum = 0;
        for (uint32_t i = 0; i < layer->universe->count; i++)
            sum += tl_scenario_symbol_weight(&step, f, i, layer->events);
        if (sum > 0)
            weights[tl_families[f].profile] +=
                60.0 * rates[f] * tl_scenario_symbol_weight(&step, f, sym, layer->events) / sum;
    }
}

const struct tl_coverage *tl_scenarios_coverage(const struct tl_scenarios *layer)
{
    return &layer->coverage;
}

uint32_t tl_scenarios_active(const struct tl_scenarios *layer)
{
    return layer->parent_count;
}

uint64_t tl_scenarios_dropped(const struct tl_scenarios *layer)
{
    return layer->dropped;
}
