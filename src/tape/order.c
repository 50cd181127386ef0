/* SPDX-License-Identifier: Apache-2.0
 * The tape's total order. One second's events get a 64-bit key
 *
 *     ns within the second (30 bits) | stream (2) | symbol (10) | order of emission (22)
 *
 * and are sorted on the upper 42 bits: one counting pass on the highest bits in which they differ,
 * about a bucket a key, then insertion; where time is so clustered that insertion would have to move
 * much, least-significant-digit radix. Stable, linear, the same on every machine. seq counts within (symbol, stream) after the sort, so that an index says
 * nothing of who emitted the event. */
#include "tape/order.h"

#include <stdint.h>
#include <stdlib.h>

#define EMISSION_BITS 22
#define DIGIT_BITS_MAX 11
#define BUCKET_BITS_MAX 14
#define DIGIT_BITS_FEW 8 /* for runs so short that clearing 2048 counters would be the work */
#define FEW 1024
#define INSERTION_MAX 48  /* below this insertion beats the radix passes */
#define NEAR_MOVES_MAX 12 /* a key, in a run that is nearly in order */

struct tl_order {
    uint64_t keys[TL_ORDER_EVENTS_MAX], scratch[TL_ORDER_EVENTS_MAX];
    uint32_t symbols;
    uint32_t next_index[]; /* [symbol][stream] */
};

struct tl_order *tl_order_create(uint32_t symbols)
{
    struct tl_order *order =
        calloc(1, sizeof *order + sizeof order->next_index[0] * symbols * TL_STREAM_COUNT);
    if (order) order->symbols = symbols;
    return order;
}

void tl_order_destroy(struct tl_order *order)
{
    free(order);
}

/* Gives up after `moves` moves, with the keys in a state that a stable sort can go on from. */
static bool insertion_sort(uint64_t *keys, size_t count, unsigned low_bits, size_t moves)
{
    for (size_t i = 1; i < count; i++) {
        uint64_t key = keys[i];
        size_t at = i;
        for (; at > 0 && keys[at - 1] >> low_bits > key >> low_bits; at--)
            keys[at] = keys[at - 1];
        keys[at] = key;
        if (i - at > moves) return false;
        moves -= i - at;
    }
    return true;
}

/* One counting pass on `bits` bits from `shift`; from -> to. */
static void radix_pass(const uint64_t *from, uint64_t *to, size_t count, unsigned shift,
                       unsigned bits)
{
    uint32_t starts[1u << BUCKET_BITS_MAX];
    const size_t digits = (size_t)1 << bits;
    for (size_t d = 0; d < digits; d++)
        starts[d] = 0;
    for (size_t i = 0; i < count; i++)
        starts[from[i] >> shift & (digits - 1)]++;
    uint32_t sum = 0;
    for (size_t d = 0; d < digits; d++) {
        uint32_t n = starts[d];
        starts[d] = sum;
        sum += n;
    }
    for (size_t i = 0; i < count; i++)
        to[starts[from[i] >> shift & (digits - 1)]++] = from[i];
}

/* The bits in which keys differ at all. */
static uint64_t differing(const uint64_t *keys, size_t count)
{
    uint64_t differ = 0;
    for (size_t i = 1; i < count; i++)
        differ |= keys[i] ^ keys[0];
    return differ;
}

static void radix_sort(uint64_t *keys, uint64_t *scratch, size_t count, unsigned low_bits)
{
    unsigned bits = count < FEW ? DIGIT_BITS_FEW : DIGIT_BITS_MAX;
    uint64_t *from = keys, *to = scratch, differ = differing(keys, count);
    for (unsigned shift = low_bits; shift < 64; shift += bits) {
        if (!(differ >> shift & ((1u << bits) - 1))) continue; /* all alike in this digit */
        radix_pass(from, to, count, shift, bits);
        uint64_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != keys)
        for (size_t i = 0; i < count; i++)
            keys[i] = from[i];
}

/* Into about as many buckets as there are keys, by the highest bits in which they differ. */
static void bucket_pass(uint64_t *keys, uint64_t *scratch, size_t count, unsigned low_bits)
{
    uint64_t differ = differing(keys, count) >> low_bits;
    unsigned width = 0, bits = DIGIT_BITS_FEW;
    while (width < 64 && differ >> width)
        width++;
    while (bits < BUCKET_BITS_MAX && (size_t)1 << bits < count)
        bits++;
    unsigned shift = low_bits + (width > bits ? width - bits : 0);
    for (size_t i = 0; i < count; i++)
        scratch[i] = keys[i];
    radix_pass(scratch, keys, count, shift, bits);
}

void tl_order_keys(uint64_t *keys, uint64_t *scratch, size_t count, unsigned low_bits)
{
    if (count > INSERTION_MAX) bucket_pass(keys, scratch, count, low_bits);
    tl_order_keys_near(keys, scratch, count, low_bits);
}

void tl_order_keys_near(uint64_t *keys, uint64_t *scratch, size_t count, unsigned low_bits)
{
    size_t moves = count > INSERTION_MAX ? NEAR_MOVES_MAX * count : SIZE_MAX;
    if (!insertion_sort(keys, count, low_bits, moves)) radix_sort(keys, scratch, count, low_bits);
}

/* Moves events (and truth) so that place i holds what emission index keys[i] names, following the
 * cycles of the permutation; keys are consumed. */
static void permute(struct tl_event *events, struct tl_truth *truth, uint64_t *keys, size_t count)
{
    const uint64_t mask = (1u << EMISSION_BITS) - 1;
    for (size_t start = 0; start < count; start++) {
        size_t source = keys[start] & mask;
        if (source == start) continue;
        struct tl_event event = events[start];
        struct tl_truth label = truth ? truth[start] : (struct tl_truth){0};
        size_t at = start;
        while (source != start) {
            events[at] = events[source];
            if (truth) truth[at] = truth[source];
            keys[at] = at;
            at = source;
            source = keys[at] & mask;
        }
        events[at] = event;
        if (truth) truth[at] = label;
        keys[at] = at;
    }
}

/* Assigns seq in tape order; removes what has no index left. Returns how many stay. */
static size_t number(struct tl_order *order, struct tl_event *events, struct tl_truth *truth,
                     size_t count, int64_t second)
{
    const tl_seq base = (tl_seq)(second - TL_SEQ_EPOCH_S)
                        << (TL_SEQ_SYMBOL_BITS + TL_SEQ_INDEX_BITS);
    for (size_t i = 0; i < (size_t)order->symbols * TL_STREAM_COUNT; i++)
        order->next_index[i] = 0;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t *next = &order->next_index[events[i].sym * TL_STREAM_COUNT + events[i].stream];
        if (*next >= TL_EVENTS_PER_SYMBOL_SECOND_MAX) continue;
        if (kept != i) { /* hardly ever: nothing is dropped */
            events[kept] = events[i];
            if (truth) truth[kept] = truth[i];
        }
        events[kept++].seq = base | (tl_seq)events[i].sym << TL_SEQ_INDEX_BITS | (*next)++;
    }
    return kept;
}

/* Drops what lies outside the second or beyond the room for keys; fills the keys of the rest. */
static size_t key_events(struct tl_order *order, struct tl_event *events, struct tl_truth *truth,
                         size_t count, int64_t second)
{
    size_t kept = 0;
    for (size_t i = 0; i < count && kept < TL_ORDER_EVENTS_MAX; i++) {
        int64_t offset = events[i].ts - second * TL_NS_PER_S;
        if (offset < 0 || offset >= TL_NS_PER_S || events[i].sym >= order->symbols) continue;
        if (kept != i) {
            events[kept] = events[i];
            if (truth) truth[kept] = truth[i];
        }
        order->keys[kept] = (uint64_t)offset << 34 | (uint64_t)events[i].stream << 32 |
                            (uint64_t)events[i].sym << EMISSION_BITS | kept;
        kept++;
    }
    return kept;
}

void tl_order_second(struct tl_order *order, struct tl_batch *batch, size_t first, int64_t second)
{
    struct tl_event *events = batch->events + first;
    struct tl_truth *truth = batch->truth ? batch->truth + first : NULL;
    size_t count = batch->count - first;
    size_t kept = key_events(order, events, truth, count, second);
    tl_order_keys(order->keys, order->scratch, kept, EMISSION_BITS);
    permute(events, truth, order->keys, kept);
    kept = number(order, events, truth, kept, second);
    batch->dropped += count - kept;
    batch->count = first + kept;
}
