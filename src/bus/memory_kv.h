/* SPDX-License-Identifier: Apache-2.0
 * The key-value bucket of the memory room, kept in one local file. Thread-safe. */
#ifndef TL_BUS_MEMORY_KV_H
#define TL_BUS_MEMORY_KV_H

#include "bus/bus.h"

struct tl_memory_kv;

/* data_dir NULL: not kept. TL_CORRUPT: the file is not what it should be; it is left alone. */
enum tl_status tl_memory_kv_open(const char *data_dir, struct tl_memory_kv **kv,
                                 struct tl_error *error) TL_MUST_USE;
void tl_memory_kv_shut(struct tl_memory_kv *kv); /* wakes waiting watches: TL_CLOSED from now on */
void tl_memory_kv_destroy(struct tl_memory_kv *kv);

/* As in bus.h. */
enum tl_status tl_memory_kv_get(struct tl_memory_kv *kv, const char *key, struct tl_kv_entry *entry,
                                struct tl_error *error) TL_MUST_USE;
enum tl_status tl_memory_kv_put(struct tl_memory_kv *kv, const char *key, struct tl_str value,
                                uint64_t expected_revision, struct tl_kv_entry *entry,
                                struct tl_error *error) TL_MUST_USE;
enum tl_status tl_memory_kv_history(struct tl_memory_kv *kv, const char *key,
                                    void (*visit)(void *context, const struct tl_kv_entry *entry),
                                    void *context, struct tl_error *error) TL_MUST_USE;
/* The oldest kept revision above `after`, once there is one; after 0: the newest there is. */
enum tl_status tl_memory_kv_next(struct tl_memory_kv *kv, const char *key, uint64_t after,
                                 int timeout_ms, struct tl_kv_entry *entry) TL_MUST_USE;

#endif
