/* SPDX-License-Identifier: Apache-2.0
 * Bounded keyed table: chained hashing over arrays of indices, with a doubly linked list in order
 * of use. Index 0 means none, entry i lives at i - 1. Chains are short (twice as many buckets as
 * entries); the cost of find and put is one hash of the key and about one comparison. */
#include "flow/table.h"

#include <stdlib.h>
#include <string.h>

struct tl_table_entry {
    uint64_t hash;
    uint32_t chain;        /* next of the same bucket */
    uint32_t newer, older; /* order of use */
    uint8_t size;
    char key[TL_TABLE_KEY_MAX];
};

struct tl_table {
    uint32_t capacity, count, mask;
    uint32_t newest, oldest;
    uint64_t evicted;
    size_t value_size;
    uint32_t *buckets;
    struct tl_table_entry *entries;
    unsigned char *values;
};

struct tl_table *tl_table_create(uint32_t capacity, size_t value_size)
{
    uint32_t buckets = 16;
    while (buckets < 2 * capacity && buckets < (1u << 30))
        buckets *= 2;
    value_size = (value_size + 15) / 16 * 16; /* keeps every value aligned */
    struct tl_table *table = calloc(1, sizeof *table);
    if (!table) return NULL;
    table->capacity = capacity;
    table->mask = buckets - 1;
    table->value_size = value_size;
    table->buckets = calloc(buckets, sizeof *table->buckets);
    table->entries = calloc(capacity, sizeof *table->entries);
    table->values = calloc(capacity, value_size);
    if (table->buckets && table->entries && table->values) return table;
    tl_table_destroy(table);
    return NULL;
}

void tl_table_destroy(struct tl_table *table)
{
    if (!table) return;
    free(table->buckets);
    free(table->entries);
    free(table->values);
    free(table);
}

/* Eight bytes a step, then the splitmix64 finaliser. Differs between byte orders; only speed may. */
static uint64_t hash_key(struct tl_str key)
{
    uint64_t hash = 0x9e3779b97f4a7c15u ^ key.size;
    for (size_t at = 0; at < key.size; at += 8) {
        uint64_t word = 0;
        memcpy(&word, key.data + at, key.size - at < 8 ? key.size - at : 8);
        hash = (hash ^ word) * 0xff51afd7ed558ccdu;
        hash ^= hash >> 32;
    }
    hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9u;
    hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebu;
    return hash ^ (hash >> 31);
}

static void unlink_use(struct tl_table *table, uint32_t index)
{
    struct tl_table_entry *entry = &table->entries[index - 1];
    if (entry->newer)
        table->entries[entry->newer - 1].older = entry->older;
    else
        table->newest = entry->older;
    if (entry->older)
        table->entries[entry->older - 1].newer = entry->newer;
    else
        table->oldest = entry->newer;
}

static void link_newest(struct tl_table *table, uint32_t index)
{
    struct tl_table_entry *entry = &table->entries[index - 1];
    entry->newer = 0;
    entry->older = table->newest;
    if (table->newest) table->entries[table->newest - 1].newer = index;
    table->newest = index;
    if (!table->oldest) table->oldest = index;
}

static uint32_t find_index(const struct tl_table *table, struct tl_str key, uint64_t hash)
{
    uint32_t index = table->buckets[hash & table->mask];
    while (index) {
        const struct tl_table_entry *entry = &table->entries[index - 1];
        if (entry->hash == hash && entry->size == key.size &&
            memcmp(entry->key, key.data, key.size) == 0)
            return index;
        index = entry->chain;
    }
    return 0;
}

static void *use(struct tl_table *table, uint32_t index)
{
    if (table->newest != index) {
        unlink_use(table, index);
        link_newest(table, index);
    }
    return table->values + (size_t)(index - 1) * table->value_size;
}

void *tl_table_find(struct tl_table *table, struct tl_str key)
{
    if (key.size == 0 || key.size > TL_TABLE_KEY_MAX) return NULL;
    uint32_t index = find_index(table, key, hash_key(key));
    return index ? use(table, index) : NULL;
}

static uint32_t evict_oldest(struct tl_table *table)
{
    uint32_t index = table->oldest;
    struct tl_table_entry *entry = &table->entries[index - 1];
    uint32_t *link = &table->buckets[entry->hash & table->mask];
    while (*link != index)
        link = &table->entries[*link - 1].chain;
    *link = entry->chain;
    unlink_use(table, index);
    table->evicted++;
    return index;
}

void *tl_table_put(struct tl_table *table, struct tl_str key, bool *fresh)
{
    if (fresh) *fresh = false;
    if (key.size == 0 || key.size > TL_TABLE_KEY_MAX) return NULL;
    uint64_t hash = hash_key(key);
    uint32_t index = find_index(table, key, hash);
    if (index) return use(table, index);
    index = table->count < table->capacity ? ++table->count : evict_oldest(table);
    struct tl_table_entry *entry = &table->entries[index - 1];
    entry->hash = hash;
    entry->size = (uint8_t)key.size;
    memcpy(entry->key, key.data, key.size);
    entry->chain = table->buckets[hash & table->mask];
    table->buckets[hash & table->mask] = index;
    link_newest(table, index);
    void *value = table->values + (size_t)(index - 1) * table->value_size;
    memset(value, 0, table->value_size);
    if (fresh) *fresh = true;
    return value;
}

struct tl_str tl_table_key(const struct tl_table *table, const void *value)
{
    size_t offset = (size_t)((const unsigned char *)value - table->values);
    const struct tl_table_entry *entry = &table->entries[offset / table->value_size];
    return (struct tl_str){entry->key, entry->size};
}

uint32_t tl_table_count(const struct tl_table *table)
{
    return table->count;
}

uint64_t tl_table_evicted(const struct tl_table *table)
{
    return table->evicted;
}
