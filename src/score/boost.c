/* SPDX-License-Identifier: Apache-2.0 */
#include "score/boost.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "score/estimate.h"

#define BINS 64
#define SAMPLE 8192 /* rows that the bins' edges are taken from */
#define NODES (1 << TL_BOOST_DEPTH_MAX)

/* A complete tree in level order: node n has the children 2n + 1 and 2n + 2. */
struct tree {
    struct split {
        float above; /* x > above goes right */
        uint8_t feature, bin;
        bool splits; /* else all go left */
    } splits[NODES - 1];
    double values[NODES]; /* of the leaves */
};

struct tl_boost {
    uint32_t features, depth, trees;
    double base;
    double gains[TL_BOOST_FEATURES_MAX];
    struct tree tree[TL_BOOST_TREES_MAX];
};

struct sums {
    double gradient, curvature, weight;
};

/* What training needs and the model does not keep. */
struct training {
    const struct tl_boost_rows *rows;
    const struct tl_boost_options *options;
    double total; /* weight */
    float edges[TL_BOOST_FEATURES_MAX][BINS];
    uint32_t edge_count[TL_BOOST_FEATURES_MAX];
    uint8_t *bins;     /* [count x features] */
    uint8_t *nodes;    /* [count], within the level */
    double *scores;    /* [count] */
    struct sums *own;  /* [count]: each row's gradient and curvature under the scores */
    struct sums *hist; /* [NODES x features x BINS] of one level */
};

struct tl_boost_options tl_boost_options_default(void)
{
    return (struct tl_boost_options){
        .trees = 80, .depth = 3, .rate = 0.1, .ridge = 0.001, .least = 0.005};
}

/* ---- bins ---- */

/* Distinct quantiles of evenly spaced rows; x <= edges[b] falls in bin b or below. */
static void find_edges(struct training *training, uint32_t feature, double *sample)
{
    const struct tl_boost_rows *rows = training->rows;
    size_t count = rows->count < SAMPLE ? rows->count : SAMPLE;
    float *edges = training->edges[feature];
    uint32_t used = 0;
    for (size_t i = 0; i < count; i++)
        sample[i] = (double)rows->x[i * rows->count / count * rows->features + feature];
    tl_sort(sample, count);
    for (size_t b = 1; b < BINS; b++) {
        double edge = sample[b * (count - 1) / BINS];
        bool last = !(edge < sample[count - 1]); /* nothing known lies beyond */
        if (last) break;
        if (used == 0 || edge > (double)edges[used - 1]) edges[used++] = (float)edge;
    }
    /* A rare highest value still gets an edge below it. */
    size_t at = count - 1;
    while (at > 0 && !(sample[at - 1] < sample[count - 1]))
        at--;
    if (at > 0 && used < BINS - 1 && (used == 0 || sample[at - 1] > (double)edges[used - 1]))
        edges[used++] = (float)sample[at - 1];
    training->edge_count[feature] = used;
}

static uint8_t bin_of(const struct training *training, uint32_t feature, float x)
{
    uint32_t low = 0, high = training->edge_count[feature];
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (x > training->edges[feature][middle])
            low = middle + 1;
        else
            high = middle;
    }
    return (uint8_t)low;
}

static bool bin_rows(struct training *training)
{
    const struct tl_boost_rows *rows = training->rows;
    double *sample = malloc(SAMPLE * sizeof *sample);
    if (!sample) return false;
    for (uint32_t f = 0; f < rows->features; f++) {
        find_edges(training, f, sample);
        for (size_t i = 0; i < rows->count; i++)
            training->bins[i * rows->features + f] =
                bin_of(training, f, rows->x[i * rows->features + f]);
    }
    free(sample);
    return true;
}

/* ---- one tree ---- */

static void find_gradients(struct training *training)
{
    const struct tl_boost_rows *rows = training->rows;
    for (size_t i = 0; i < rows->count; i++) {
        double p = 1 / (1 + tl_exp(-training->scores[i])), weight = rows->weight[i];
        training->own[i] =
            (struct sums){weight * (p - (rows->own[i] ? 1 : 0)), weight * p * (1 - p), weight};
    }
}

static void sums_add(struct sums *sums, const struct sums *more)
{
    sums->gradient += more->gradient;
    sums->curvature += more->curvature;
    sums->weight += more->weight;
}

static void fill_histograms(struct training *training, uint32_t level)
{
    const struct tl_boost_rows *rows = training->rows;
    size_t node_size = (size_t)rows->features * BINS;
    memset(training->hist, 0, (node_size << level) * sizeof *training->hist);
    for (size_t i = 0; i < rows->count; i++) {
        if (!(rows->weight[i] > 0)) continue;
        struct sums *hist = training->hist + training->nodes[i] * node_size;
        const uint8_t *bins = training->bins + i * rows->features;
        for (uint32_t f = 0; f < rows->features; f++)
            sums_add(&hist[f * BINS + bins[f]], &training->own[i]);
    }
}

/* What a group lowers the loss by, when its rows move to their best value; twice, as usual. */
static double worth(const struct training *training, const struct sums *sums)
{
    return sums->gradient * sums->gradient /
           (sums->curvature + training->options->ridge * training->total);
}

static struct sums less(const struct sums *all, const struct sums *part)
{
    return (struct sums){all->gradient - part->gradient, all->curvature - part->curvature,
                         all->weight - part->weight};
}

/* The best split of one node from its histograms; its gain, 0: none. */
static double find_split(const struct training *training, const struct sums *hist,
                         struct split *split)
{
    double best = 0, least = training->options->least * training->total;
    struct sums all = {0, 0, 0};
    for (uint32_t b = 0; b < BINS; b++)
        sums_add(&all, &hist[b]);
    for (uint32_t f = 0; f < training->rows->features; f++) {
        struct sums left = {0, 0, 0};
        for (uint32_t b = 0; b < training->edge_count[f]; b++) {
            sums_add(&left, &hist[f * BINS + b]);
            struct sums right = less(&all, &left);
            if (left.weight < least || right.weight < least) continue;
            double gain = worth(training, &left) + worth(training, &right) - worth(training, &all);
            if (gain <= best) continue;
            best = gain;
            *split = (struct split){training->edges[f][b], (uint8_t)f, (uint8_t)b, true};
        }
    }
    return best;
}

static void move_rows(struct training *training, const struct split *splits)
{
    const struct tl_boost_rows *rows = training->rows;
    for (size_t i = 0; i < rows->count; i++) {
        const struct split *split = &splits[training->nodes[i]];
        bool right =
            split->splits && training->bins[i * rows->features + split->feature] > split->bin;
        training->nodes[i] = (uint8_t)(2 * training->nodes[i] + right);
    }
}

static void set_leaves(struct training *training, struct tree *tree)
{
    const struct tl_boost_rows *rows = training->rows;
    struct sums leaves[NODES];
    memset(leaves, 0, sizeof leaves);
    for (size_t i = 0; i < rows->count; i++)
        sums_add(&leaves[training->nodes[i]], &training->own[i]);
    for (int leaf = 0; leaf < NODES; leaf++)
        if (leaves[leaf].weight > 0)
            tree->values[leaf] =
                -training->options->rate * leaves[leaf].gradient /
                (leaves[leaf].curvature + training->options->ridge * training->total);
    for (size_t i = 0; i < rows->count; i++)
        training->scores[i] += tree->values[training->nodes[i]];
}

static void grow(struct training *training, struct tl_boost *boost, struct tree *tree)
{
    size_t node_size = (size_t)training->rows->features * BINS;
    memset(tree, 0, sizeof *tree);
    memset(training->nodes, 0, training->rows->count);
    find_gradients(training);
    for (uint32_t level = 0; level < boost->depth; level++) {
        struct split *splits = tree->splits + (1u << level) - 1;
        fill_histograms(training, level);
        for (uint32_t node = 0; node < 1u << level; node++) {
            double gain = find_split(training, training->hist + node * node_size, &splits[node]);
            if (gain > 0) boost->gains[splits[node].feature] += gain;
        }
        move_rows(training, splits);
    }
    set_leaves(training, tree);
}

/* ---- the whole ---- */

/* Log odds of all rows; false: a class has no weight. */
static bool start_at(struct training *training, double *base)
{
    double own = 0, other = 0;
    for (size_t i = 0; i < training->rows->count; i++)
        *(training->rows->own[i] ? &own : &other) += training->rows->weight[i];
    training->total = own + other;
    if (!(own > 0) || !(other > 0)) return false;
    *base = tl_log(own / other);
    for (size_t i = 0; i < training->rows->count; i++)
        training->scores[i] = *base;
    return true;
}

static bool train(struct training *training, struct tl_boost *boost)
{
    const struct tl_boost_rows *rows = training->rows;
    size_t cells = (size_t)NODES * rows->features * BINS;
    training->bins = malloc(rows->count * rows->features + 1);
    training->nodes = malloc(rows->count + 1);
    training->scores = malloc((rows->count + 1) * sizeof *training->scores);
    training->own = malloc((rows->count + 1) * sizeof *training->own);
    training->hist = malloc(cells * sizeof *training->hist);
    bool fine = training->bins && training->nodes && training->scores && training->own &&
                training->hist && start_at(training, &boost->base) && bin_rows(training);
    for (uint32_t t = 0; fine && t < boost->trees; t++)
        grow(training, boost, &boost->tree[t]);
    free(training->bins);
    free(training->nodes);
    free(training->scores);
    free(training->own);
    free(training->hist);
    return fine;
}

struct tl_boost *tl_boost_create(const struct tl_boost_rows *rows,
                                 const struct tl_boost_options *options)
{
    assert(rows->features >= 1 && rows->features <= TL_BOOST_FEATURES_MAX);
    assert(options->depth <= TL_BOOST_DEPTH_MAX && options->trees <= TL_BOOST_TREES_MAX);
    struct tl_boost *boost = calloc(1, sizeof *boost);
    struct training *training = calloc(1, sizeof *training);
    bool fine = boost && training;
    if (fine) {
        boost->features = rows->features;
        boost->depth = options->depth;
        boost->trees = options->trees;
        training->rows = rows;
        training->options = options;
        fine = train(training, boost);
    }
    free(training);
    if (fine) return boost;
    free(boost);
    return NULL;
}

void tl_boost_destroy(struct tl_boost *boost)
{
    free(boost);
}

double tl_boost_score(const struct tl_boost *boost, const float *x)
{
    double score = boost->base;
    for (uint32_t t = 0; t < boost->trees; t++) {
        const struct tree *tree = &boost->tree[t];
        uint32_t node = 0;
        for (uint32_t level = 0; level < boost->depth; level++) {
            const struct split *split = &tree->splits[node];
            node = 2 * node + 1 + (split->splits && x[split->feature] > split->above);
        }
        score += tree->values[node + 1 - (1u << boost->depth)];
    }
    return score;
}

double tl_boost_gain(const struct tl_boost *boost, uint32_t feature)
{
    double all = 0;
    for (uint32_t f = 0; f < boost->features; f++)
        all += boost->gains[f];
    return all > 0 ? boost->gains[feature] / all : 0;
}
