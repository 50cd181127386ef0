/* SPDX-License-Identifier: Apache-2.0
 * Trace ids of the prints in open clusters and recent legs: one ring of fixed cells, appended to
 * and never freed. A list is good until its cells are overwritten, 65 536 prints later (a cluster
 * and its legs live about a second of market time); what was overwritten is skipped and counted. */
#ifndef TL_FLOW_MEMBERS_H
#define TL_FLOW_MEMBERS_H

#include <tapeloom/types.h>

#define TL_MEMBER_TRACE_MAX 95 /* bytes; ours are about 35, a UUID is 36 */

struct tl_members;

struct tl_member_list {  /* zeroed: empty */
    uint64_t head, tail; /* serial numbers of cells, from 1 */
    uint32_t count;
};

struct tl_members *tl_members_create(uint32_t cells);
void tl_members_destroy(struct tl_members *members);
void tl_members_append(struct tl_members *members, struct tl_member_list *list,
                       struct tl_str trace_id);
/* Writes up to capacity trace ids in order of arrival; borrowed until the next append. */
size_t tl_members_list(struct tl_members *members, const struct tl_member_list *list,
                       struct tl_str *out, size_t capacity);
uint64_t tl_members_lost(const struct tl_members *members);
/* Ascending by bytes, equal ones removed; returns the new count. */
size_t tl_members_sort_unique(struct tl_str *ids, size_t count);

#endif
