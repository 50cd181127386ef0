/* SPDX-License-Identifier: Apache-2.0
 * The ring of member trace ids. A cell carries the serial number it was written under, so that a
 * list notices when the ring has come round. */
#include "flow/members.h"

#include <stdlib.h>
#include <string.h>

struct cell {
    uint64_t serial, next;
    uint8_t size;
    char trace[TL_MEMBER_TRACE_MAX];
};

struct tl_members {
    uint32_t cells;
    uint64_t last, lost;
    struct cell *ring;
};

struct tl_members *tl_members_create(uint32_t cells)
{
    struct tl_members *members = calloc(1, sizeof *members);
    if (!members) return NULL;
    members->cells = cells;
    members->ring = calloc(cells, sizeof *members->ring);
    if (members->ring) return members;
    free(members);
    return NULL;
}

void tl_members_destroy(struct tl_members *members)
{
    if (!members) return;
    free(members->ring);
    free(members);
}

static struct cell *cell_at(struct tl_members *members, uint64_t serial)
{
    struct cell *cell = &members->ring[serial % members->cells];
    return cell->serial == serial ? cell : NULL;
}

void tl_members_append(struct tl_members *members, struct tl_member_list *list,
                       struct tl_str trace_id)
{
    uint64_t serial = ++members->last;
    struct cell *cell = &members->ring[serial % members->cells];
    cell->serial = serial;
    cell->next = 0;
    cell->size =
        (uint8_t)(trace_id.size < TL_MEMBER_TRACE_MAX ? trace_id.size : TL_MEMBER_TRACE_MAX);
    memcpy(cell->trace, trace_id.data, cell->size);
    struct cell *tail = list->tail ? cell_at(members, list->tail) : NULL;
    if (tail)
        tail->next = serial;
    else
        list->head = serial;
    list->tail = serial;
    list->count++;
}

size_t tl_members_list(struct tl_members *members, const struct tl_member_list *list,
                       struct tl_str *out, size_t capacity)
{
    size_t count = 0;
    uint64_t serial = list->head;
    while (serial && count < capacity) {
        const struct cell *cell = cell_at(members, serial);
        if (!cell) break;
        out[count++] = (struct tl_str){cell->trace, cell->size};
        serial = cell->next;
    }
    if (count < list->count) members->lost += list->count - count;
    return count;
}

uint64_t tl_members_lost(const struct tl_members *members)
{
    return members->lost;
}

static int compare(struct tl_str a, struct tl_str b)
{
    size_t shorter = a.size < b.size ? a.size : b.size;
    int order = memcmp(a.data, b.data, shorter);
    if (order) return order;
    return a.size < b.size ? -1 : a.size > b.size;
}

static void sift(struct tl_str *ids, size_t root, size_t count)
{
    for (size_t child = 2 * root + 1; child < count; child = 2 * root + 1) {
        if (child + 1 < count && compare(ids[child], ids[child + 1]) < 0) child++;
        if (compare(ids[root], ids[child]) >= 0) return;
        struct tl_str held = ids[root];
        ids[root] = ids[child];
        ids[child] = held;
        root = child;
    }
}

size_t tl_members_sort_unique(struct tl_str *ids, size_t count)
{
    for (size_t i = count / 2; i-- > 0;)
        sift(ids, i, count);
    for (size_t end = count; end > 1; end--) {
        struct tl_str held = ids[0];
        ids[0] = ids[end - 1];
        ids[end - 1] = held;
        sift(ids, 0, end - 1);
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || compare(ids[kept - 1], ids[i]) != 0) ids[kept++] = ids[i];
    return kept;
}
