/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a binary tape. What is accepted must encode and decode to the same events. The first
 * checksum that is wrong would end most inputs, so besides the bytes as they are, a block whose
 * checksum was put right is tried. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "wire/binary.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define EVENTS 512
#define SYMBOLS 8

static struct tl_event events[EVENTS], again[EVENTS];
static struct tl_truth truths[EVENTS], truths_again[EVENTS];
static char encoded[TL_BINARY_BLOCK_HEAD + EVENTS * TL_BINARY_EVENT_MAX];

static void check_block(struct tl_str bytes)
{
    struct tl_batch batch = {events, truths, 0, EVENTS, 0},
                    back = {again, truths_again, 0, EVENTS, 0};
    struct tl_text out = {encoded, 0, sizeof encoded, false};
    struct tl_error error;
    size_t used, reused;
    if (tl_binary_get_block(bytes, SYMBOLS, &batch, &used, &error) != TL_OK) {
        assert(batch.count == 0);
        return;
    }
    assert(used <= bytes.size);
    tl_binary_put_block(&out, batch.events, batch.truth, batch.count);
    assert(!out.overflow);
    struct tl_str text = {out.data, out.size};
    enum tl_status status = tl_binary_get_block(text, SYMBOLS, &back, &reused, &error);
    assert(status == TL_OK && reused == out.size && back.count == batch.count);
    for (size_t i = 0; i < back.count; i++) {
        struct tl_str symbol = {"X", 1};
        assert(again[i].ts == events[i].ts && again[i].seq == events[i].seq);
        assert(tl_event_hash(&again[i], symbol) == tl_event_hash(&events[i], symbol));
        assert(truths_again[i].parent_id == truths[i].parent_id);
    }
}

static uint64_t load(const uint8_t *at, size_t size)
{
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++)
        value |= (uint64_t)at[i] << (8 * i);
    return value;
}

static uint64_t add(uint64_t hash, const uint8_t *bytes, size_t size)
{
    size_t at = 0;
    for (; at + 8 <= size; at += 8)
        hash = tl_mix64(hash ^ load(bytes + at, 8));
    return at < size ? tl_mix64(hash ^ load(bytes + at, size - at)) : hash;
}

/* A block around the input: count from its first byte, the rest is payload, checksum as binary.h
 * tells it. */
static void check_payload(const uint8_t *data, size_t size)
{
    if (size < 2 || size > 4096) return;
    size_t payload = size - 1;
    uint8_t *block = calloc(1, TL_BINARY_BLOCK_HEAD + payload);
    if (!block) return;
    block[0] = (uint8_t)(data[0] == 0 ? 1 : data[0]);
    block[4] = (uint8_t)payload;
    block[5] = (uint8_t)(payload >> 8);
    memcpy(block + TL_BINARY_BLOCK_HEAD, data + 1, payload);
    uint64_t hash = add(0xcbf29ce484222325ULL, block, 16);
    hash = add(hash, block + TL_BINARY_BLOCK_HEAD, payload);
    hash = tl_mix64(hash ^ (16 + payload));
    for (size_t i = 0; i < 8; i++)
        block[16 + i] = (uint8_t)(hash >> (8 * i));
    check_block((struct tl_str){(const char *)block, TL_BINARY_BLOCK_HEAD + payload});
    free(block);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tl_str bytes = {(const char *)data, size}, symbols[SYMBOLS];
    struct tl_error error;
    size_t count, used = 0;
    if (tl_binary_get_header(bytes, symbols, SYMBOLS, &count, &used, &error) == TL_OK) {
        assert(used <= size && count <= SYMBOLS);
        check_block((struct tl_str){bytes.data + used, size - used});
    }
    if (size > 0) check_block(bytes);
    check_payload(data, size);
    return 0;
}
