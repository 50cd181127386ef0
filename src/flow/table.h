/* SPDX-License-Identifier: Apache-2.0
 * A bounded table from a short text key to a fixed-size value. All memory is taken at creation;
 * when it is full the least recently used entry gives way (counted). Nothing iterates over it, so
 * no result depends on the order of the hash. */
#ifndef TL_FLOW_TABLE_H
#define TL_FLOW_TABLE_H

#include <tapeloom/types.h>

#define TL_TABLE_KEY_MAX 63 /* bytes; contract ids are about 25, tickers fewer than 8 */

struct tl_table;

/* capacity >= 1; value_size > 0. NULL: no memory. */
struct tl_table *tl_table_create(uint32_t capacity, size_t value_size);
void tl_table_destroy(struct tl_table *table); /* NULL is fine */

/* The value under key, or NULL. The entry becomes the most recently used one. The pointer is good
 * until the next tl_table_put on this table. */
void *tl_table_find(struct tl_table *table, struct tl_str key);
/* The same, made of zero bytes where there was none (*fresh is set then; may be NULL). NULL only
 * for a key that is empty or longer than TL_TABLE_KEY_MAX. */
void *tl_table_put(struct tl_table *table, struct tl_str key, bool *fresh);
/* The key of a value that find or put returned; lives as long as the entry. */
struct tl_str tl_table_key(const struct tl_table *table, const void *value);

uint32_t tl_table_count(const struct tl_table *table);
uint64_t tl_table_evicted(const struct tl_table *table);

#endif
