/* SPDX-License-Identifier: Apache-2.0
 * FNV-1a, 64 bits, with a final mix: keys of the API's caches and tables (trace ids, symbols). Not
 * for adversaries; nothing the outside sees depends on it. */
#ifndef TL_SERVICES_API_HASH_H
#define TL_SERVICES_API_HASH_H

#include <tapeloom/types.h>

static inline uint64_t tl_api_hash(struct tl_str str)
{
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < str.size; i++)
        hash = (hash ^ (unsigned char)str.data[i]) * 1099511628211u;
    return hash ^ hash >> 32;
}

#endif
