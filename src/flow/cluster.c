/* SPDX-License-Identifier: Apache-2.0
 * The pool of open clusters and the heap of their due times. A print moves the due time of its
 * cluster; the heap is not told. An entry that comes to the top too early is put back under its
 * true time, so order is exact and adding a print costs nothing. */
#include "flow/cluster.h"

#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "base/text.h"

/* A cluster closed before its time leaves its entry behind until that comes to the top. */
#define HEAP_MAX (4 * TL_CLUSTERS_MAX)

struct heap_entry {
    int64_t due;
    uint64_t serial;
    uint32_t handle;
};

struct tl_clusters {
    int64_t window_ms;
    uint64_t serial;
    uint32_t count, free; /* free: head of the free list (links by next) */
    uint32_t short_head, short_tail;
    size_t heap_count;
    struct heap_entry heap[HEAP_MAX];
    struct tl_cluster pool[TL_CLUSTERS_MAX];
};

struct tl_clusters *tl_clusters_create(int64_t window_ms)
{
    struct tl_clusters *clusters = calloc(1, sizeof *clusters);
    if (!clusters) return NULL;
    clusters->window_ms = window_ms;
    for (uint32_t i = TL_CLUSTERS_MAX; i > 0; i--) {
        clusters->pool[i - 1].next = clusters->free;
        clusters->free = i;
    }
    return clusters;
}

void tl_clusters_destroy(struct tl_clusters *clusters)
{
    free(clusters);
}

static int64_t due_of(const struct tl_clusters *clusters, const struct tl_cluster *cluster)
{
    if (cluster->lane != TL_LANE_BURST) return cluster->end_ts + clusters->window_ms + 1;
    int64_t gap = cluster->end_ts + TL_BURST_GAP_MS + 1;
    int64_t span = cluster->start_ts + TL_BURST_SPAN_MS + 1;
    return gap < span ? gap : span;
}

static bool earlier(const struct heap_entry *a, const struct heap_entry *b)
{
    return a->due != b->due ? a->due < b->due : a->serial < b->serial;
}

static void heap_down(struct tl_clusters *clusters)
{
    struct heap_entry moved = clusters->heap[0];
    size_t at = 0;
    for (size_t child = 1; child < clusters->heap_count; child = 2 * at + 1) {
        if (child + 1 < clusters->heap_count &&
            earlier(&clusters->heap[child + 1], &clusters->heap[child]))
            child++;
        if (!earlier(&clusters->heap[child], &moved)) break;
        clusters->heap[at] = clusters->heap[child];
        at = child;
    }
    clusters->heap[at] = moved;
}

static void heap_push(struct tl_clusters *clusters, struct heap_entry entry)
{
    size_t at = clusters->heap_count++;
    while (at > 0 && earlier(&entry, &clusters->heap[(at - 1) / 2])) {
        clusters->heap[at] = clusters->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    clusters->heap[at] = entry;
}

static void heap_pop(struct tl_clusters *clusters)
{
    clusters->heap[0] = clusters->heap[--clusters->heap_count];
    if (clusters->heap_count > 1) heap_down(clusters);
}

/* Brings a live cluster with its true due time to the top. */
static struct tl_cluster *heap_top(struct tl_clusters *clusters)
{
    while (clusters->heap_count > 0) {
        struct heap_entry *top = &clusters->heap[0];
        struct tl_cluster *cluster = &clusters->pool[top->handle - 1];
        if (!cluster->open || cluster->serial != top->serial) {
            heap_pop(clusters); /* closed before its time */
            continue;
        }
        int64_t due = due_of(clusters, cluster);
        if (due == top->due) return cluster;
        top->due = due; /* only ever later: end_ts does not fall */
        heap_down(clusters);
    }
    return NULL;
}

struct tl_cluster *tl_clusters_get(struct tl_clusters *clusters, uint32_t handle,
                                   const struct tl_flow_contract_name *name, enum tl_lane lane)
{
    if (handle == 0 || handle > TL_CLUSTERS_MAX) return NULL;
    struct tl_cluster *cluster = &clusters->pool[handle - 1];
    if (!cluster->open || cluster->lane != lane || cluster->name.id_size != name->id_size ||
        memcmp(cluster->name.id, name->id, name->id_size) != 0)
        return NULL;
    return cluster;
}

bool tl_cluster_takes(const struct tl_clusters *clusters, const struct tl_cluster *cluster,
                      int64_t ts)
{
    int64_t span = cluster->lane == TL_LANE_BURST ? TL_BURST_SPAN_MS : clusters->window_ms;
    return ts - cluster->start_ts <= span && cluster->members.count < TL_CLUSTER_MEMBERS_MAX;
}

static void copy_text(char *out, size_t capacity, struct tl_str text)
{
    size_t size = text.size < capacity - 1 ? text.size : capacity - 1;
    if (size > 0) memcpy(out, text.data, size);
    out[size] = '\0';
}

uint32_t tl_clusters_open(struct tl_clusters *clusters, const struct tl_cluster_print *in)
{
    if (clusters->free == 0 || clusters->heap_count == HEAP_MAX) return 0;
    uint32_t handle = clusters->free;
    struct tl_cluster *cluster = &clusters->pool[handle - 1];
    clusters->free = cluster->next;
    memset(cluster, 0, sizeof *cluster);
    cluster->open = true;
    cluster->lane = in->lane;
    cluster->serial = ++clusters->serial;
    cluster->name = *in->name;
    cluster->start_ts = cluster->end_ts = in->print->ts;
    cluster->start_source_ts = in->print->meta.source_ts;
    cluster->first_price = in->print->price;
    copy_text(cluster->underlying, sizeof cluster->underlying,
              (struct tl_str){in->name->root, in->name->root_size});
    if (in->lane != TL_LANE_BURST) {
        cluster->previous = clusters->short_tail;
        if (clusters->short_tail)
            clusters->pool[clusters->short_tail - 1].next = handle;
        else
            clusters->short_head = handle;
        clusters->short_tail = handle;
    }
    clusters->count++;
    heap_push(clusters, (struct heap_entry){due_of(clusters, cluster), cluster->serial, handle});
    return handle;
}

static bool add_condition(struct tl_cluster *cluster, struct tl_str condition)
{
    char upper[TL_CLUSTER_CONDITION_MAX + 1];
    copy_text(upper, sizeof upper, condition);
    for (char *c = upper; *c; c++)
        if (*c >= 'a' && *c <= 'z') *c = (char)(*c - 'a' + 'A');
    struct tl_str word = tl_str_from(upper);
    static const char *const special[] = {"AUCTION", "CROSS",   "OPENING",
                                          "CLOSING", "COMPLEX", "SPREAD"};
    bool is_special = false;
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if (tl_str_is(word, special[i])) is_special = true;
    int64_t days = 0;
    if (cluster->event_days == 0 && word.size > 7 && tl_str_starts(word, "EVENT_") &&
        upper[word.size - 1] == 'D' &&
        tl_parse_i64((struct tl_str){upper + 6, word.size - 7}, &days) && days > 0 && days < 100000)
        cluster->event_days = (int32_t)days;
    if (tl_str_is(word, "SWEEP") || tl_str_is(word, "ISO")) cluster->sweep_count++;
    if (tl_str_is(word, "COMPLEX") || tl_str_is(word, "SPREAD")) cluster->complex_count++;
    if (tl_str_is(word, "CROSS") || tl_str_is(word, "FLOOR")) cluster->cross_count++;
    for (uint32_t i = 0; i < cluster->condition_count; i++)
        if (strcmp(cluster->conditions[i], upper) == 0) return is_special;
    if (cluster->condition_count < TL_CLUSTER_CONDITIONS)
        memcpy(cluster->conditions[cluster->condition_count++], upper, sizeof upper);
    return is_special;
}

/* Index of the venue among the cluster's; TL_CLUSTER_VENUES when there is no room for it. */
static uint32_t add_venue(struct tl_cluster *cluster, struct tl_str venue)
{
    uint64_t hash = 1469598103934665603u;
    for (size_t i = 0; i < venue.size; i++)
        hash = (hash ^ (unsigned char)venue.data[i]) * 1099511628211u;
    for (uint32_t i = 0; i < cluster->venue_count; i++)
        if (cluster->venues[i] == hash) return i;
    if (cluster->venue_count == TL_CLUSTER_VENUES) return TL_CLUSTER_VENUES;
    cluster->venues[cluster->venue_count++] = hash;
    return cluster->venue_count - 1;
}

static void add_run(struct tl_cluster *cluster, const struct tl_wire_option_print *print,
                    uint32_t venue)
{
    struct tl_run *run = &cluster->run;
    if (run->prints == 0 || print->ts - run->end_ts > TL_RUN_MS || print->ts < run->start_ts)
        *run = (struct tl_run){.start_ts = print->ts, .end_ts = print->ts};
    if (print->ts > run->end_ts) run->end_ts = print->ts;
    run->prints++;
    run->usd += print->price * (double)print->size * 100;
    run->venues |= 1u << venue;
    if (run->usd > cluster->run_best.usd) cluster->run_best = *run;
}

static void add_position(struct tl_cluster *cluster, const struct tl_cluster_print *in)
{
    int64_t size = in->print->size;
    if (size <= 10) {
        cluster->small_count++;
        cluster->small_size += size;
    }
    if (size > cluster->size_max) cluster->size_max = size;
    if (!in->position_known) return;
    cluster->known_size += size;
    cluster->lean += tl_clamp(in->position, -1, 1) * (double)size;
    if (in->position >= 0.35) cluster->buy_size += size;
    if (in->position <= -0.35) cluster->sell_size += size;
    if (tl_abs(in->position) > 1.01) cluster->through_size += size;
}

static void add_context(struct tl_cluster *cluster, const struct tl_wire_option_print *print)
{
    if (print->has & TL_HAS_IV) {
        if (!cluster->has_iv) cluster->iv_min = cluster->iv_max = cluster->iv_first = print->iv;
        cluster->has_iv = true;
        cluster->iv_min = tl_min(cluster->iv_min, print->iv);
        cluster->iv_max = tl_max(cluster->iv_max, print->iv);
        cluster->iv_last = print->iv;
    }
    if (print->has & TL_HAS_UNDERLYING_MID) {
        if (!cluster->has_mid) cluster->first_mid = print->spot_mid;
        cluster->has_mid = true;
        cluster->last_mid = print->spot_mid;
    }
    if (print->underlying_id.size > 0)
        copy_text(cluster->underlying, sizeof cluster->underlying, print->underlying_id);
    if (print->option_type != TL_OPTION_TYPE_ABSENT) cluster->option_type = print->option_type;
    if (print->has & TL_HAS_IS_ETF) {
        cluster->has_is_etf = true;
        cluster->is_etf = print->is_etf;
    }
}

void tl_cluster_add(struct tl_cluster *cluster, const struct tl_cluster_print *in,
                    struct tl_members *members)
{
    const struct tl_wire_option_print *print = in->print;
    if (print->ts > cluster->end_ts) cluster->end_ts = print->ts;
    if (print->meta.ingest_ts > cluster->ingest_ts) cluster->ingest_ts = print->meta.ingest_ts;
    if (print->meta.seq > cluster->seq) cluster->seq = print->meta.seq;
    tl_members_append(members, &cluster->members, print->meta.trace_id);
    cluster->total_size += print->size;
    cluster->total_premium += print->price * (double)print->size;
    cluster->last_price = print->price;
    cluster->placed[in->placement]++;
    bool special = false;
    for (size_t i = 0; i < print->condition_count; i++)
        special |= add_condition(cluster, print->conditions[i]);
    cluster->special_count += special;
    add_run(cluster, print, add_venue(cluster, print->exchange));
    add_position(cluster, in);
    add_context(cluster, print);
}

struct tl_cluster *tl_clusters_due(struct tl_clusters *clusters, int64_t ts)
{
    struct tl_cluster *cluster = heap_top(clusters);
    return cluster && due_of(clusters, cluster) <= ts ? cluster : NULL;
}

int64_t tl_clusters_due_ts(struct tl_clusters *clusters)
{
    const struct tl_cluster *cluster = heap_top(clusters);
    return cluster ? due_of(clusters, cluster) : INT64_MAX;
}

void tl_clusters_close(struct tl_clusters *clusters, struct tl_cluster *cluster)
{
    uint32_t handle = (uint32_t)(cluster - clusters->pool) + 1;
    if (cluster->lane != TL_LANE_BURST) {
        if (cluster->previous)
            clusters->pool[cluster->previous - 1].next = cluster->next;
        else
            clusters->short_head = cluster->next;
        if (cluster->next)
            clusters->pool[cluster->next - 1].previous = cluster->previous;
        else
            clusters->short_tail = cluster->previous;
    }
    cluster->open = false;
    cluster->next = clusters->free;
    clusters->free = handle;
    clusters->count--;
    (void)heap_top(clusters); /* drops the entry at once in the usual case */
}

const struct tl_cluster *tl_clusters_next_short(const struct tl_clusters *clusters,
                                                const struct tl_cluster *after)
{
    uint32_t handle = after ? after->next : clusters->short_head;
    return handle ? &clusters->pool[handle - 1] : NULL;
}

uint32_t tl_clusters_count(const struct tl_clusters *clusters)
{
    return clusters->count;
}
